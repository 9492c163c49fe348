// depth.mjs: a program that multiplies more often than levels last, and its result as it is decrypted; what the walks that have one share.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { steps } from './lab.mjs';
import { runCode, shots } from './browser.mjs';
import { decrypt, painted } from './vault.mjs';

const NUMBERS = Array.from({ length: 50 }, (_, i) => Math.round(800 * Math.cos(i)) / 1000);

/** Walks of minutes run where this says so. */
export const slow = process.env.JFHE_TEST_SLOW === '1';

/** Steps of such a walk, on the page that `page()` gives. */
export function slowSteps(page) {
  return slow ? steps(test, page) : name => test(name, { skip: 'JFHE_TEST_SLOW=1 runs it' }, () => {});
}

/** How many files the store holds. */
export function blobs(lab) {
  return readdirSync(join(lab.data, 'jupyterfhe'), { recursive: true, withFileTypes: true }).filter(one => one.isFile() && one.name.length === 64).length;
}

/** A file with one column, x. */
export function writeWaves(path) {
  writeFileSync(path, `x\n${NUMBERS.join('\n')}\n`);
}

/** Code that leaves in y the x of dataset `waves`, multiplied so many times with itself. */
export const power = count => `x = jf.open("waves")["x"]\ny = x\nfor _ in range(${count}):\n    y = y * x\n`;

/** Run a product of many factors in a cell, decrypt it, and compare. Gives what explain() says. */
export async function checkPower(page, lab, count, name) {
  const said = await (await runCode(page, `${power(count)}print(y.explain())`, 180)).locator('.jp-OutputArea').innerText();
  assert.match(said, /bootstrap/, said);
  const cell = await runCode(page, `${power(count)}y`, 230);
  await shots(page, `${name}-computed`);
  const { rows } = await painted(await decrypt(page, lab, cell));
  assert.equal(rows.length, NUMBERS.length);
  rows.forEach(([{ value, bound }], i) => {
    assert.ok(bound > 0 && bound < 0.05, `a bound of ${bound}`);
    const slack = bound + 0.5 * 10 ** Math.floor(Math.log10(bound)); // the digits that are shown
    assert.ok(Math.abs(value - NUMBERS[i] ** (count + 1)) <= slack, `${value} is not ${NUMBERS[i] ** (count + 1)} within ${bound}`);
  });
  await cell.scrollIntoViewIfNeeded();
  await shots(page, `${name}-decrypted`);
  return said;
}

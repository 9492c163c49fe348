// depth.mjs: a program that multiplies more often than levels last, and its result as it is decrypted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { runCode, shots } from './browser.mjs';
import { decrypt, painted } from './vault.mjs';

const NUMBERS = Array.from({ length: 50 }, (_, i) => Math.round(800 * Math.cos(i)) / 1000);

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

// Exact integers: what Python keeps, the vault opens to the last digit; what does not belong together is refused.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { here, vault } from './bundle.mjs';
import { folder, openFolder, python, writeKeys } from './folders.mjs';

let made;
before(() => {
  writeKeys();
  mkdirSync(join(folder, 'exact'));
  made = JSON.parse(python(here('compute_exact.py'), 'keys', 'exact'));
});

test('arrays of integers, truth values and rationals, computed in Python', async () => {
  for (const [name, { shape, dtype, want }] of Object.entries(made)) {
    const opened = await openFolder(`exact/${name}`);
    assert.deepEqual([opened.shape, opened.dtype, opened.exact], [shape, dtype, true], name);
    if (dtype === 'float64') {
      assert.equal(opened.integers, null);
      want.forEach((x, i) => assert.equal(opened.re[i], Number(x), `${name}[${i}]`));
      assert.ok(opened.errors.every((e, i) => e <= Math.abs(opened.re[i]) * 2 ** -52));
    } else {
      assert.deepEqual([...opened.integers].map(String), want.slice(0, opened.re.length), name);
      opened.integers.forEach((n, i) => {
        assert.equal(opened.re[i], Number(n));
        assert.equal(opened.errors[i] === 0, BigInt(Number(n)) === n, `${name}[${i}]`);
      });
    }
  }
  const halves = await openFolder('exact/halves');
  assert.ok(halves.errors.every(e => e === 0), 'halves are doubles');
  assert.ok((await openFolder('exact/thirds')).errors.some(e => e > 0), 'thirds are not');
  assert.equal((await openFolder('exact/ages')).re.length, 20_000);
});

test('a quotient is rounded once, to the nearest double', () => {
  const cases = [
    [1n, 3n], [-1n, 3n], [2n ** 53n + 1n, 1n], [(2n ** 54n + 3n) * 7n, 7n], [10n ** 300n + 1n, 10n ** 290n], [1n, 10n ** 300n], [-(10n ** 40n), 3n ** 80n], [6n, 3n], [5n, 2n],
    [(2n ** 53n + 1n) * 10n ** 40n + 1n, 10n ** 40n], [-(2n ** 53n + 1n) * 10n ** 40n - 1n, 10n ** 40n] // a middle and a little more
  ];
  for (const [n, d] of cases) {
    const { value, error } = vault.nearestQuotient(n, d);
    // by integers alone: |value - n/d| is no more than to either neighbour
    const distance = x => {
      const [p, q] = asFraction(x);
      const off = p * d - n * q;
      return [off < 0n ? -off : off, q * d];
    };
    const less = ([a, b], [x, y]) => a * y <= x * b;
    for (const other of [vault.up(value), vault.down(value)]) assert.ok(less(distance(value), distance(other)), `${n}/${d}`);
    assert.ok(less(distance(value), asFraction(error)), `${n}/${d}: ${error}`);
    assert.equal(error === 0, distance(value)[0] === 0n, `${n}/${d}`);
  }
});

/** A double as a quotient. */
function asFraction(x) {
  let [m, e] = [x, 0n];
  while (!Number.isInteger(m)) [m, e] = [m * 2, e + 1n];
  return [BigInt(m), 2n ** e];
}

test('changed manifests and parts of different vectors are refused', async () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'exact/squares/manifest.json'), 'utf8'));
  assert.ok(manifest.moduli.length > 1);
  const changes = {
    'moduli is no list': m => (m.moduli = 5), 'a modulus twice': m => (m.moduli[1] = m.moduli[0]), 'a modulus too many': m => m.moduli.push(12289),
    'a gain of doubles': m => (m.strips[0].gain = [1, 1]), 'a denominator of 0': m => (m.strips[0].gain[1] = '0'), 'fractions as integers': m => (m.strips[0].gain[1] = '3'),
    'a range turned round': m => m.strips[0].range.reverse(), 'a vector that is not there': m => (m.strips[0].values = [1]), 'another version': m => (m.version = 4),
    'no dtype of integers': m => (m.dtype = 'complex128'), 'digits without end': m => (m.strips[0].shift[0] = '9'.repeat(401)), 'another ring': m => (m.log_slots = 13)
  };
  for (const [what, change] of Object.entries(changes)) {
    const bad = structuredClone(manifest);
    change(bad);
    await assert.rejects(openFolder('exact/squares', 0, (file, bytes) => (file === 'manifest.json' ? vault.utf8(JSON.stringify(bad)) : bytes)), /not made by/, what);
  }
  const narrow = structuredClone(manifest);
  narrow.strips[0].range = ['0', '5'];
  const instead = (file, bytes) => (file === 'manifest.json' ? vault.utf8(JSON.stringify(narrow)) : bytes);
  await assert.rejects(openFolder('exact/squares', 0, instead), 'the sum is beyond its range');
  const swapped = (file, bytes) => (file === '1.jfhe' ? new Uint8Array(readFileSync(join(folder, 'exact/sum/1.jfhe'))) : bytes);
  await assert.rejects(openFolder('exact/squares', 0, swapped), 'parts of two vectors');
  const other = (file, bytes) => (file === '1.jfhe' ? new Uint8Array(readFileSync(join(folder, 'exact/squares/0.jfhe'))) : bytes);
  await assert.rejects(openFolder('exact/squares', 0, other), 'of another modulus');
});

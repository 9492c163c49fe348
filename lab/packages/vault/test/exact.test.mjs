// Exact integers: what Python keeps, the vault opens to the last digit; what does not belong together is refused.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { here, root, vault } from './bundle.mjs';
import { encryptTable, folder, openFolder, python, session, writeKeys } from './folders.mjs';

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

test('tables: the vault encrypts exactly, Python reads and computes; Python encrypts, the vault reads', async () => {
  const rows = 20_000; // a chunk of 16,384 integers and a part; two and a part of 8,192 numbers
  const ward = i => ['lung', 'skin', 'none'][(i * 7) % 3];
  const visits = i => ((i * 7919) % 61) - 5;
  const gap = i => (i % 5 === 2 ? null : i * 1_000_003);
  const day = i => new Date(Date.UTC(2020, 0, 1 + (i % 400))).toISOString().slice(0, 10);
  const lines = Array.from({ length: rows }, (_, i) => [visits(i), ward(i), gap(i) ?? '', day(i), i % 2 ? 'yes' : 'no', (i % 97) / 4].join(','));
  writeFileSync(join(folder, 'day.csv'), `visits,ward,gap,day,smokes,cost\n${lines.join('\n')}\n`);
  const { plans, done } = await encryptTable('day', join(folder, 'day.csv'));
  assert.equal(done.done, done.total);
  assert.deepEqual(plans.map(plan => plan.exact), ['both', 'both', 'both', 'both', 'both', 'no']);
  await encryptTable('alone', join(folder, 'day.csv'), Object.fromEntries(['visits', 'ward', 'gap', 'day', 'smokes'].map(name => [name, { exact: name === 'smokes' ? 'no' : 'yes' }])), 63);
  const told = JSON.parse(python(here('exact_tables.py'), 'keys', '.'));
  const labels = ['lung', 'none', 'skin'];
  const want = [visits, i => labels.indexOf(ward(i)), gap, i => Date.parse(`${day(i)}T00:00:00Z`) / 86400e3, i => i % 2];
  const check = (values, column, from = 0) => values.forEach((x, i) => assert.equal(x, want[column](from + i), `column ${column}, row ${from + i}`));
  assert.deepEqual(told.day.exact, [true, true, true, true, true, false]);
  assert.deepEqual(told.day.approximate, [true, true, true, true, true, true]);
  assert.deepEqual([told.alone.exact, told.alone.approximate], [[true, true, true, true, false, false], [false, false, false, false, true, true]]);
  for (const name of ['day', 'alone']) told[name].values.slice(0, 5).forEach((values, column) => {
    assert.equal(values.length, rows);
    check(values, column);
  });
  assert.equal(told.alone.moduli.length, 3, '63 bits');

  const sum = f => Array.from({ length: rows }, (_, i) => BigInt(f(i))).reduce((a, b) => a + b);
  for (const [name, exact] of [['total', sum(visits)], ['ward', sum(i => (ward(i) === 'none' ? visits(i) : 0))], ['there', sum(i => Number(gap(i) !== null))]]) {
    assert.deepEqual([...(await openFolder(name)).integers], [exact], name);
  }
  const cost = await openFolder('cost');
  assert.equal(cost.exact, false);
  assert.ok(Math.abs(cost.re[0] - Array.from({ length: rows }, (_, i) => (visits(i) * (i % 97)) / 4).reduce((a, b) => a + b)) <= cost.errors[0]);

  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'python/manifest.json'), 'utf8')).moduli, JSON.parse(readFileSync(join(folder, 'day/manifest.json'), 'utf8')).moduli);
  for (const name of ['day', 'alone', 'python']) for (const from of [0, 16_300, 16_384, rows - 3]) {
    const opened = await openFolder(name, from);
    assert.equal(opened.from, from);
    opened.columns.slice(0, 5).forEach((column, c) => {
      assert.equal(column.bound, 0, column.name);
      check([...column.values].map((x, i) => (column.missing?.[i] ? null : x)), c, from);
    });
  }
});

test('a table whose exact parts were exchanged is refused', async () => {
  const swapped = (file, bytes) => (file === 'x0-0-1.ct' ? new Uint8Array(readFileSync(join(folder, 'day/x1-0-1.ct'))) : bytes);
  await assert.rejects(openFolder('day', 0, swapped));
  const manifest = JSON.parse(readFileSync(join(folder, 'day/manifest.json'), 'utf8'));
  for (const [what, change] of Object.entries({
    'no moduli': m => delete m.moduli, 'another ring': m => (m.moduli.log_slots = 12), 'a float that is exact': m => (m.columns[5].exact = m.columns[0].exact),
    'a part too few': m => m.columns[0].exact.files.pop(), 'masks that differ': m => (m.columns[2].exact.mask = null), 'no files at all': m => ((m.columns[0].files = null), (m.columns[0].exact = null))
  })) {
    const bad = structuredClone(manifest);
    change(bad);
    await assert.rejects(openFolder('day', 0, (file, bytes) => (file === 'manifest.json' ? vault.utf8(JSON.stringify(bad)) : bytes)), /not made by/, what);
  }
});

test('both sides choose the same moduli', () => {
  const { cases } = JSON.parse(readFileSync(`${root}protocol/vectors/exact/choices.json`, 'utf8'));
  for (const { log_n: logN, modulus_bits: modulusBits, rows, bounds, bits, moduli } of cases) {
    const sizes = { logN, modulusBits, ciphertext: 1 };
    const plans = bounds.map(([lo, hi]) => ({ lo, hi, exact: 'both' }));
    assert.equal(vault.resultBits(plans, rows, sizes), bits);
    assert.deepEqual(vault.tableModuli(plans, rows, null, sizes), moduli);
  }
  assert.deepEqual([vault.sizesOf(session.context).modulusBits, session.lend().sizes.logN], [25, 14]);
});

// Recipes of results: every operation against exact arithmetic, tails against 50 digits, whole recipes against true results; and manifests
// that a stranger wrote are refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root, vault } from './bundle.mjs';

const { around, boundOf, entrywise, evaluate, evaluateTwice, finished, probableOf, hiddenOf, parseManifest, recipeOf, reshape, ALONG } = vault;
const { cases } = JSON.parse(readFileSync(`${root}protocol/vectors/finish/cases.json`, 'utf8'));
const real = x => (x === 'inf' ? Infinity : x === '-inf' ? -Infinity : x);
const span = ({ values, bounds }) => around([values.length], values, bounds);
const slack = x => 4 * Number.EPSILON * Math.abs(x) + 1e-300;

for (const { op, operands, low, high, exact } of cases.filter(one => one.kind === 'rule')) {
  test(`${op} of exact numbers, decrypted numbers and what may be zero`, () => {
    const given = operands.map(span);
    const got = entrywise(op, given[0].shape, given);
    low.map(real).forEach((least, i) => {
      const [most, at] = [real(high[i]), `entry ${i}: ${got.low[i]} .. ${got.mid[i]} .. ${got.high[i]}, wanted ${least} .. ${real(high[i])}`];
      if (least === null) return assert.ok(Number.isNaN(got.mid[i]) && boundOf(got, i) === 0, at);
      assert.ok(got.low[i] <= least && most <= got.high[i] && got.low[i] <= got.mid[i] && got.mid[i] <= got.high[i], at);
      if (Number.isFinite(least)) assert.ok(least - got.low[i] <= slack(least) && got.high[i] - most <= slack(most), `too wide, ${at}`);
      assert.equal(exact[i] && boundOf(got, i) !== 0, false, at);
    });
  });
}

test('tails lie between their ends, which are 2^-29 apart', () => {
  for (const { op, operands, low, high } of cases.filter(one => one.kind === 'tail')) {
    const got = entrywise(op, [1], operands.map(x => around([1], [x], [0])));
    const at = `${op}(${operands}): ${got.mid[0]}, wanted ${low}`;
    assert.ok(got.low[0] <= low && high <= got.high[0], at);
    assert.ok(Math.abs(got.mid[0] - low) <= 1e-10 * low + 1e-300, at);
    assert.ok(got.high[0] - got.low[0] <= 2 ** -28 * low + 1e-300, at);
  }
  const one = x => around([1], [x], [0]);
  assert.equal(boundOf(entrywise('t_two_sided', [1], [one(1), one(1e9)]), 0) >= 0.5, true, 'more degrees than were measured: nothing is known');
  const far = entrywise('normal_two_sided', [1], [one(60)]);
  assert.ok(far.low[0] === 0 && far.high[0] > 0, 'below the smallest double is not 0');
});

for (const { name, arrays, nodes, outputs, truths, wide } of cases.filter(one => one.kind === 'recipe')) {
  test(`the recipe of ${name} holds what is true for every input between the ends`, () => {
    const parts = arrays.map(({ shape, values, bounds }) => ({ shape, re: Float64Array.from(values), errors: Float64Array.from(bounds) }));
    const spans = evaluate(recipeOf(nodes, arrays.map(one => one.shape)), parts);
    outputs.forEach((node, o) => {
      const got = spans[node];
      got.mid.forEach((mid, i) => {
        const found = truths.map(truth => truth[o][i]);
        if (found[0] === null) return assert.ok(Number.isNaN(mid), `output ${o}, entry ${i}: ${mid}`);
        for (const [least, most] of found) assert.ok(got.low[i] <= least && most <= got.high[i], `output ${o}, entry ${i}: ${got.low[i]} .. ${got.high[i]}, true ${least}`);
        const apart = Math.max(...found.map(x => x[1])) - Math.min(...found.map(x => x[0]));
        assert.ok(got.high[i] - got.low[i] <= wide * apart + 1e-12 * Math.abs(mid), `output ${o}, entry ${i} is too wide`);
      });
    });
  });
}

test('nothing is decided by chance: what is undefined or unknown rests on proved bounds, and the probable bound holds', () => {
  const { arrays, nodes, outputs, probable, shown } = cases.find(one => one.kind === 'chance');
  const parts = arrays.map(({ shape, values, bounds, likely }) => ({ shape, re: Float64Array.from(values), errors: Float64Array.from(bounds), likely: Float64Array.from(likely) }));
  const known = evaluateTwice(recipeOf(nodes, arrays.map(one => one.shape)), parts);
  outputs.forEach((node, o) => known[node].mid.forEach((mid, i) => {
    const [bound, likely] = [boundOf(known[node], i), probableOf(known[node], i)];
    assert.equal(Number.isNaN(mid) ? 'undefined' : bound === Infinity ? 'unknown' : 'proved', shown[o][i], `output ${o}, entry ${i}`);
    assert.ok(likely <= bound && likely <= 1e-2, `output ${o}, entry ${i}: ${likely}, proved ${bound}`);
    for (const truth of probable) if (!Number.isNaN(mid)) assert.ok(mid - likely <= truth[o][i][0] && truth[o][i][1] <= mid + likely, `output ${o}, entry ${i}: ${mid}`);
  }));
  const gone = { ...around([1], [2], [3]), likely: { shape: [1], mid: Float64Array.of(NaN), low: Float64Array.of(NaN), high: Float64Array.of(NaN) } };
  assert.equal(probableOf(gone, 0), boundOf(gone, 0), 'undefined by chance alone');
});

test('inverses hold that of every matrix between the ends, and say nothing where one of them may be singular', () => {
  const got = ALONG.inverse(reshape(around([4], [4, 1, 2, 3], [1e-4, 1e-4, 1e-4, 1e-4]), [2, 2]));
  for (const e of [1e-4, -1e-4]) {
    const [a, b, c, d] = [4 + e, 1 - e, 2 - e, 3 + e];
    const det = a * d - b * c;
    [d / det, -b / det, -c / det, a / det].forEach((x, i) => assert.ok(got.low[i] <= x && x <= got.high[i] && got.high[i] - got.low[i] < 1e-3));
  }
  assert.equal(boundOf(ALONG.inverse(reshape(around([4], [1, 1, 1, 1.001], [1, 1, 1, 1]), [2, 2])), 0), Infinity);
});

test('sums and running sums of integers are exact; broadcasting is numpy\'s', () => {
  const whole = reshape(around([6], [1, 2, 3, 4, 5, 6], new Array(6).fill(0)), [2, 3]);
  assert.deepEqual([...ALONG.sum(whole).mid, boundOf(ALONG.sum(whole), 1)], [6, 15, 0]);
  assert.deepEqual([...ALONG.cumprod(whole).high], [1, 2, 6, 4, 20, 120]);
  const got = entrywise('sub', [2, 3], [whole, reshape(around([2], [10, 20], [0, 0]), [2, 1])]);
  assert.deepEqual([...got.mid], [-9, -8, -7, -16, -15, -14]);
});

test('what is undefined stays so over what may be zero; integers that doubles rounded are not exact', () => {
  const undefined_ = entrywise('div', [1], [around([1], [0], [0]), around([1], [0], [0])]);
  assert.ok(Number.isNaN(entrywise('div', [1], [undefined_, around([1], [1e-9], [1e-6])]).mid[0]));
  const large = around([2], [2 ** 53, 2 ** 60], [0, 0]);
  assert.ok(boundOf(large, 0) === 0 && boundOf(large, 1) > 0);
});

// ---- manifests ----
const strip = { length: null, gain: [1, 0], shift: [0, 0], range: [-1, 1], drift: 0, values: [0] };
const array = { format: 'jupyterfhe array', version: 2, params: 'p', key: 'k', shape: [2], dtype: 'float64', slot_axis: null, log_slots: 3, ciphertexts: 1, strips: [strip, strip] };
const output = { name: 'mean', node: 2, valid: null, kind: 'float', epoch: null, categories: null, source: null };
const good = {
  format: 'jupyterfhe result', version: 1, arrays: [array], nodes: [['part', 0, 0, [2]], ['number', [], [2]], ['div', [0, 1]]], shape: 'series', title: '', outputs: [output],
  keep: null, index: { labels: ['a', { date: '2024-05-31' }], names: ['work'], secret: [null] }, tables: ['t']
};
const parse = manifest => parseManifest(new TextEncoder().encode(JSON.stringify(manifest)));

test('a result\'s manifest is taken', () => {
  const found = parse(good);
  assert.deepEqual([found.params, found.key, found.shape, found.index.rows, found.index.label(1)], ['p', 'k', 'series', 2, ['2024-05-31']]);
  assert.equal(parse({ ...good, index: { range: [5, 1, -2], names: [null], secret: [null] } }).index.label(1)[0], 3);
});

const nodes = (...more) => ({ nodes: [...good.nodes, ...more] });
const out = change => ({ outputs: [{ ...output, ...change }] });
const index = change => ({ index: { ...good.index, ...change } });
const HOSTILE = {
  'another version': { version: 2 }, 'no arrays': { arrays: [] }, '65 arrays': { arrays: new Array(65).fill(array) }, 'an array that is a table': { arrays: [{ ...array, format: 'jupyterfhe-table-1' }] },
  'arrays of two keys': { arrays: [array, { ...array, key: 'other' }] }, 'an array of three axes': { arrays: [{ ...array, shape: [1, 2, 1] }] }, 'no nodes': { nodes: [] },
  'a node that is none': nodes(7), 'an unknown operation': nodes(['eval', [0]]), 'an operation of Object': nodes(['constructor', [0]]), 'an operand that comes later': nodes(['add', [0, 3]]),
  'a negative operand': nodes(['sqrt', [-1]]), 'too many operands': nodes(['sqrt', [0, 1]]), 'shapes that do not meet': nodes(['number', [3], [1, 2, 3]], ['add', [0, 3]]),
  'a part beyond its array': nodes(['part', 0, 1, [2]]), 'a part of no array': nodes(['part', 1, 0, [2]]), 'a number of another shape': nodes(['number', [3], [1]]), 'a number that is none': nodes(['number', [], ['1']]),
  'a reshape that does not hold': nodes(['reshape', [0], [3]]), 'an index out of range': nodes(['index', [0], 2]), 'an inverse of a row': nodes(['inverse', [0]]), 'a sum without axis': nodes(['sum', [1]]),
  'rows that grow without end': { nodes: [...good.nodes, ...Array.from({ length: 22 }, (_, i) => ['stack', [i + 2, i + 2]])] }, 'an index of 2^40 rows': index({ labels: undefined, range: [0, 2 ** 40, 1] }),
  'a range without step': index({ labels: undefined, range: [0, 2, 0] }), 'an index of another length': index({ labels: ['a'] }), 'labels of different levels': index({ labels: [['a', 'b'], 'c'] }),
  'a label that is markup in an object': index({ labels: ['a', { date: '<img onerror=x>' }] }), 'no names': index({ names: [] }), 'an output of no node': out({ node: 3 }), 'a kind that is none': out({ kind: 'html' }),
  'an epoch that is none': out({ epoch: 'yesterday1' }), 'labels that are none': out({ categories: [1] }), 'a name that is none': out({ name: 5 }), 'no outputs': { outputs: [] }, 'two outputs of a series': { outputs: [output, output] },
  'rows left out of named numbers': { shape: 'record', index: null, keep: 0 }, 'a title that is none': { title: null }, 'a shape that is none': { shape: 'svg' }
};
for (const [what, change] of Object.entries(HOSTILE)) {
  test(`a result refused: ${what}`, () => assert.throws(() => parse({ ...good, ...change }), why => {
    assert.match(why.message, /was not made by JupyterFHE|shown/);
    assert.ok(!why.message.includes('\n') && !why.message.includes('<'));
    return true;
  }));
}

// ---- labels and rows ----
const values = (...x) => ({ shape: [x.length], re: Float64Array.from(x), errors: new Float64Array(x.length).fill(1e-9), likely: new Float64Array(x.length).fill(1e-11) });
const table = {
  ...good, shape: 'frame', arrays: [{ ...array, shape: [9], strips: new Array(9).fill(strip) }],
  nodes: [['part', 0, 0, [3]], ['part', 0, 3, [3]], ['part', 0, 6, [3]]],
  outputs: [{ ...output, name: 'job', node: 0, kind: 'category', source: 'job' }, { ...output, name: 'c1', node: 1, kind: 'date', epoch: '1970-01-01' }], keep: 2,
  index: { labels: [0, 1, 2], names: ['job'], secret: ['job'] }
};

test('private labels stand in the place of codes, rows without one go, and so do rows that a filter left out', () => {
  const sealed = hiddenOf([{ names: { c1: 'born' }, labels: { job: ['cook', 'smith'] } }]);
  const opened = finished(parse(table), [values(1, 0, 1, 31, 32, 33, 1, 1, 1)], [], sealed);
  assert.deepEqual(opened.index, [['cook'], ['smith']]);
  assert.deepEqual(opened.columns.map(column => [column.name, ...Array.from(column.values, (_, i) => vault.entryWords(column, i))]), [['job', 'smith', 'cook'], ['born', '1970-02-01', '1970-02-02']]);
  const filtered = finished(parse(table), [values(1, 0, 1, 31, 32, 33, 1, 0, 1)], [], sealed);
  assert.deepEqual(filtered.index, [['cook']]);
  const unknown = hiddenOf([{ labels: { job: ['cook'] } }, { labels: { job: ['smith'] } }]);
  assert.deepEqual(finished(parse(table), [values(1, 0, 1, 31, 32, 33, 1, 1, 1)], [], unknown).index, [[0], [1], [2]], 'two tables that differ: codes');
});

test('hidden names stand in the place of the public ones: of columns, of levels, of what a level without a name lists', () => {
  const hidden = hiddenOf([{ names: { c1: 'born', c10: 'paid' }, labels: {} }]);
  assert.deepEqual(['c1', 'c10_mean', 'c1_2', 'c100', 'c2'].map(text => vault.named(text, hidden)), ['born', 'paid_mean', 'born_2', 'c100', 'c2']);
  const parts = [values(1, 0, 1, 31, 32, 33, 1, 1, 1)];
  const listed = finished(parse({ ...table, index: { labels: ['c1', 'c10', 'other'], names: [null], secret: [null] } }), parts, [], hidden);
  assert.deepEqual([listed.index, listed.columns[1].name], [[['born'], ['paid'], ['other']], 'born']);
  const grouped = finished(parse({ ...table, index: { labels: ['c1', 'c10', 'other'], names: ['c10'], secret: [null] } }), parts, [], hidden);
  assert.deepEqual([grouped.names, grouped.index], [['paid'], [['c1'], ['c10'], ['other']]], 'labels of a category are no names');
});

test('a filter that is no longer certain is refused', () => {
  const part = { ...values(1, 0, 1, 31, 32, 33, 1, 0.5, 1), errors: new Float64Array(9).fill(0.01) };
  assert.throws(() => finished(parse(table), [part], [], hiddenOf([])), /no longer certain/);
});

test('undefined numbers, unknown ones and truth values are pandas\' words', () => {
  const column = { name: 'x', kind: 'float', epoch: null, labels: null, shape: [3], values: Float64Array.of(1.25, 0, 2), errors: Float64Array.of(0.1, 0, Infinity), likely: Float64Array.of(0.001, 0, Infinity), gone: Uint8Array.of(0, 1, 0) };
  assert.deepEqual([0, 1, 2].map(i => vault.entryWords(column, i)), ['1.250', 'NaN', 'unknown']);
  assert.equal(vault.entryWords({ ...column, kind: 'bool', values: Float64Array.of(1), errors: Float64Array.of(0), likely: Float64Array.of(0) }, 0), 'True');
  assert.equal(vault.entryWords({ ...column, kind: 'category', labels: ['a', 'b'], values: Float64Array.of(1), errors: Float64Array.of(3), likely: Float64Array.of(0) }, 0), '1', 'a label by chance is none');
});

// Rows of numbers of a chart: picked from opened arrays, counted into bins as numpy counts, and refused where they do not fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vault } from './bundle.mjs';

const { binned, rowsOf } = vault;
const f = (...x) => Float64Array.from(x);
const array = (shape, re, errors = re.map(() => 1e-9)) => ({ kind: 'array', shape, dtype: 'float64', re: f(...re), im: null, errors: f(...errors), assumed: [] });
const row = (y, errors = y.map(() => 1e-9)) => ({ name: null, x: null, y: f(...y), errors: f(...errors) });
const chart = (...series) => ({ series: series.map(([x, y]) => ({ name: null, x, y })) });

test('columns of a grid are rows of a chart, also when the end was not opened', () => {
  const [second] = rowsOf(chart([null, { ref: 0, column: 1 }]), [array([3, 2], [1, 2, 3, 4, 5, 6])]);
  assert.deepEqual([...second.y], [2, 4, 6]);
  const [cut] = rowsOf(chart([{ numbers: [7, 8, 9] }, { ref: 0, column: 1 }]), [array([3, 2], [1, 2, 3, 4, 5])]);
  assert.deepEqual([[...cut.x], [...cut.y]], [[7, 8], [2, 4]]);
});

for (const [what, source, part] of [
  ['a column that is not there', { ref: 0, column: 2 }, array([3, 2], [1, 2, 3, 4, 5, 6])],
  ['a grid for a row', { ref: 0, column: null }, array([3, 2], [1, 2, 3, 4, 5, 6])],
  ['a column of a row', { ref: 0, column: 0 }, array([3], [1, 2, 3])],
  ['a table', { ref: 0, column: null }, { kind: 'table', rows: 1, from: 0, columns: [] }],
  ['complex numbers', { ref: 0, column: null }, { ...array([1], [1]), im: f(1) }]
]) {
  test(`refused: ${what}`, () => assert.throws(() => rowsOf(chart([null, source]), [part]), /does not fit/));
}

test('numbers are counted as numpy counts them', () => {
  // numpy.histogram([0, 0.5, 1, 1.5, 2, 3], [0, 1, 2, 3]) == [2, 2, 2]
  const bins = binned([0, 1, 2, 3], [row([0, 0.5, 1, 1.5, 2, 3, -1, 4])]);
  assert.deepEqual(bins.counts, [[2, 2, 2]]);
  assert.equal(bins.outside, 2);
  // numpy.histogram([1, 2, 3, 4, 10], 3): edges 1, 4, 7, 10; counts 3, 1, 1
  assert.deepEqual(binned(3, [row([1, 2, 3, 4, 10])]).counts, [[3, 1, 1]]);
  assert.deepEqual(binned(null, [row([5, 5, 5])]).counts[0].reduce((a, b) => a + b), 3);
});

test('a number whose error reaches over an edge counts as lying on it, and is told', () => {
  const bins = binned([0, 1, 2], [row([0.9999999995, 1.0000000005, 0.5, 2.0000000003])]);
  assert.deepEqual(bins.counts, [[1, 3]]);
  assert.equal(bins.near, 3);
  assert.equal(bins.outside, 0);
});

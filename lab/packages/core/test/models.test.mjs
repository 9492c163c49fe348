// What arrives in outputs, comms and files may be anything: it is checked, cut, or refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOutput, asPointer, asProgress, asVariables, looksLikeData, pointerText, isDataFile, sizeText, shapeText } from '../lib/index.js';

const hash = c => c.repeat(64);
const good = {
  version: 1, kind: 'array', workspace: 'personal', tree: { files: [{ name: 'manifest.json', sha256: hash('a'), size: 10 }] },
  tree_hash: hash('b'), key_id: 'c'.repeat(32), params: hash('d'), shape: [3], dtype: 'float64', scheme: 'CKKS', preset: 'ml',
  levels_left: 4, error_bound: 1e-7, size: 10, seconds: 2, program: null, inputs: [hash('e')], name: 'mean', dataset: null, columns: null
};

test('a reference is taken, and only the protocol\'s members go on to the vault', () => {
  const output = asOutput({ ...good, evil: '<script>', onload: 'x' });
  assert.equal(output.name, 'mean');
  assert.equal(output.errorBound, 1e-7);
  assert.deepEqual(Object.keys(output.ref).filter(k => k === 'evil' || k === 'onload'), []);
});

const BAD = {
  'no object': 'text', 'another version': { ...good, version: 2 }, 'no tree': { ...good, tree: null },
  'a path in a name': { ...good, tree: { files: [{ name: '../x', sha256: hash('a'), size: 1 }] } },
  'a hash that is none': { ...good, tree_hash: 'x' }, 'a kind that is none': { ...good, kind: 'script' },
  'a negative axis': { ...good, shape: [-1] }, 'a workspace with a slash': { ...good, workspace: 'a/b' }, 'an array': [good], 'null': null,
  'a shape that is a text': { ...good, shape: 'javascript:alert(1)' }, 'a key with markup': { ...good, key_id: '<img src=x onerror=alert(1)>' }
};
for (const [what, bad] of Object.entries(BAD)) {
  test(`refused: ${what}`, () => assert.equal(asOutput(bad), null));
}

test('facts of the wrong type are left out, not shown', () => {
  const output = asOutput({ ...good, error_bound: 'NaN', levels_left: -3, size: 'big', seconds: {}, name: 7, columns: [1, { name: 'x' }] });
  assert.equal(output.errorBound, null);
  assert.equal(output.levelsLeft, null);
  assert.equal(output.size, 0);
  assert.equal(output.seconds, null);
  assert.equal(output.name, null);
  assert.deepEqual(output.columns, [{ name: 'x', kind: '', missing: false }]);
});

test('progress lies between nothing and all', () => {
  const base = { version: 1, id: 'a', label: 'compute', done: 3, total: 2, seconds_left: -1, state: 'running' };
  assert.equal(asProgress(base).done, 2);
  assert.equal(asProgress(base).secondsLeft, null);
  assert.equal(asProgress({ ...base, total: 0 }), null);
  assert.equal(asProgress({ ...base, state: 'exploding' }), null);
});

test('variables that are none are left out', () => {
  const list = asVariables({ type: 'variables', version: 1, variables: [{ name: 'x', kind: 'scalar', shape: [] }, { name: 3 }, null] });
  assert.deepEqual(list.map(v => v.name), ['x']);
  assert.equal(asVariables({ type: 'variables', version: 2, variables: [] }), null);
});

test('a pointer file names a dataset and nothing else', () => {
  assert.deepEqual(asPointer(pointerText('personal', 'breast-cancer')), { version: 1, workspace: 'personal', dataset: 'breast-cancer' });
  for (const bad of ['', '{', '[]', '{"version":1}', pointerText('a/b', 'x'), pointerText('a', '../x'), 'x'.repeat(5000)]) {
    assert.equal(asPointer(bad), null);
  }
});

test('tables look like data, code does not', () => {
  assert.ok(looksLikeData('a,b\n1,2\n3,4\n'));
  assert.ok(looksLikeData('a;b\r\n1,5;2\r\n3;4\r\n'));
  assert.ok(looksLikeData('a\tb\n1\t2\n3\t4'));
  assert.ok(looksLikeData('[{"a": 1}, {"a": 2}, {"a": 3}]'));
  for (const code of ['x = 1\ny = 2\nz = 3', 'import numpy as np\n\nprint(np.pi)', 'def f(a, b):\n    return a, b\n\nf(1, 2)', '', 'one line, with a comma']) {
    assert.equal(looksLikeData(code), false, code);
  }
  assert.ok(isDataFile('a.csv') && isDataFile('A.PARQUET') && !isDataFile('a.ipynb') && !isDataFile('a.py'));
});

test('numbers in words', () => {
  assert.equal(sizeText(1000), '1000 bytes');
  assert.equal(sizeText(20.4 * 1024 * 1024), '20.4 MiB');
  assert.equal(shapeText('table', [569, 31]), '569 rows, 31 columns');
  assert.equal(shapeText('scalar', []), 'one number');
});

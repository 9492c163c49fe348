// The store's client: paths, errors, and answers that are not what they should be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreClient, StoreError } from '../lib/index.js';

const answer = (status, body) => new Response(body === undefined ? null : JSON.stringify(body), { status });
function client(...answers) {
  const asked = [];
  const made = new StoreClient(async (path, init) => {
    asked.push(`${init.method} ${path}${init.body ? ' ' + init.body : ''}`);
    return answers.shift();
  });
  return { made, asked };
}

test('names go into paths escaped', async () => {
  const { made, asked } = client(answer(200, { snapshots: [] }));
  await made.snapshots('personal', 'a b/c');
  assert.equal(asked[0], 'GET workspaces/personal/datasets/a%20b%2Fc/snapshots?branch=main&limit=50');
});

test('a refusal keeps its code and its hint', async () => {
  const { made } = client(answer(409, { error: { code: 'conflict', message: 'the branch moved', hint: 'look again' } }));
  await assert.rejects(made.rollback('personal', 'd', 'a', 'b'), error =>
    error instanceof StoreError && error.status === 409 && error.code === 'conflict' && error.hint === 'look again');
});

test('an answer without JSON is an error with its status', async () => {
  const { made } = client(new Response('<html>', { status: 502 }));
  await assert.rejects(made.status(), /the store answered 502/);
});

test('datasets are a list; what is none is left out', async () => {
  const { made } = client(answer(200, [{ name: 'd', kind: 'table', branches: { main: 'x' }, tags: {}, updated: '', snapshot: { id: 'x', size: 5, summary: { rows: 3 } } }, 7]));
  const [one, ...rest] = await made.datasets('personal');
  assert.equal(rest.length, 0);
  assert.equal(one.snapshot.rows, 3);
});

test('differences of versions', async () => {
  const { made } = client(answer(200, { rows: { from: 1, to: 2 }, columns: { added: ['a'], removed: [], changed: [{ name: 'b', chunks: [0, 2] }] } }));
  assert.deepEqual(await made.diff('personal', 'd', 'x', 'y'), { rowsFrom: 1, rowsTo: 2, added: ['a'], removed: [], changed: [{ name: 'b', chunks: 2 }] });
});

test('columns say whether they are exact', async () => {
  const column = (name, more) => ({ name, kind: 'int', lo: 0, hi: 9, files: [], mask: null, ...more });
  const columns = [column('a'), column('b', { exact: { files: [], mask: [] } }), column('c', { files: null, exact: { files: [], mask: null } })];
  const { made } = client(answer(200, { id: 'x', size: 5, summary: { rows: 3 }, manifest: { columns } }));
  const found = (await made.snapshot('personal', 'x')).columns;
  assert.deepEqual(found.map(c => [c.exact, c.missing]), [['', false], ['exact and approximate', true], ['exact', false]]);
});

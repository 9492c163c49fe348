// What the vault encrypts, Python computes with and opens; what Python computes, the vault opens: within the declared bounds.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { here, vault } from './bundle.mjs';
import { encryptTable, folder, openFolder, python, session, writeKeys } from './folders.mjs';

const { Session } = vault;
const { key } = session;
before(writeKeys);

test('breast cancer: the vault encrypts, Python opens and averages, the vault opens the mean', async () => {
  python(here('make_breast_cancer.py'), 'breast.csv');
  const { draft, done } = await encryptTable('table', join(folder, 'breast.csv'));
  assert.equal(draft.rows, 569);
  assert.equal(done.done, done.total);
  const report = JSON.parse(python(here('open_with_python.py'), 'keys', 'table', 'breast.csv', 'mean'));
  assert.equal(report.columns, 31);
  assert.ok(report.worst <= 1, `all values within their bounds: ${report.worst}`);
  assert.ok(report.mean_worst <= 1 && report.mean_bound < 1, `${report.mean_worst}`);

  const mean = await openFolder('mean');
  assert.deepEqual(mean.shape, [30]);
  report.means.forEach((want, i) => {
    assert.ok(Math.abs(mean.re[i] - want) <= mean.errors[i], `mean ${i}`);
    assert.ok(mean.errors[i] <= report.mean_bounds[i] * (1 + 1e-9) && mean.errors[i] >= report.mean_bounds[i] * (1 - 1e-9), `bound ${i}: ${mean.errors[i]}, Python's ${report.mean_bounds[i]}`);
    assert.ok(mean.likely[i] < mean.errors[i] && Math.abs(mean.likely[i] - report.mean_likely[i]) <= 1e-9 * mean.likely[i], `probable bound ${i}: ${mean.likely[i]}, Python's ${report.mean_likely[i]}`);
  });
  const [{ values, errors, likely }] = (await openFolder('groups')).columns;
  const [means, bounds, probable] = report.groups;
  const close = (x, y) => Math.abs(x - y) <= 1e-9 * Math.abs(y);
  means.forEach((x, i) => assert.ok(close(values[i], x) && close(errors[i], bounds[i]) && close(likely[i], probable[i]) && 0 < likely[i] && likely[i] < errors[i],
    `group ${i}: ${values[i]} within ${errors[i]}, probably ${likely[i]}; Python ${x}, ${bounds[i]}, ${probable[i]}`));

  const table = await openFolder('table', 560);
  assert.deepEqual([table.rows, table.from, table.columns.length], [569, 560, 31]);
  const lines = readFileSync(join(folder, 'breast.csv'), 'utf8').trim().split('\n').slice(561).map(l => l.split(','));
  table.columns.forEach((column, c) => {
    assert.equal(column.values.length, 9);
    column.values.forEach((x, r) => {
      if (column.kind === 'category') assert.equal(column.labels[x], lines[r][c]);
      else assert.ok(Math.abs(x - Number(lines[r][c])) <= column.bound, `${column.name} row ${r}`);
    });
  });
});

test('missing values, categories, dates, hidden names and labels', async () => {
  const path = join(folder, 'people.csv');
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 3 === 0 ? '' : i},${['lung', 'skin', 'none'][i % 3]},2024-0${1 + (i % 9)}-01,${i % 2 ? 'yes' : 'no'}`);
  writeFileSync(path, `dose,diagnosis,day,smokes\n${rows.join('\n')}\n`);
  await encryptTable('people', path, { diagnosis: { hideName: true, hideLabels: true } });
  const manifest = readFileSync(join(folder, 'people/manifest.json'), 'utf8');
  assert.doesNotMatch(manifest, /diagnosis|lung|skin/);
  assert.match(manifest, /"c2"/);
  const told = JSON.parse(python(here('open_with_python.py'), 'keys', 'people', path, '-'));
  assert.deepEqual(told.names, ['dose', 'c2', 'day', 'smokes']);
  const table = await openFolder('people');
  assert.deepEqual(table.columns.map(c => c.name), ['dose', 'diagnosis', 'day', 'smokes']);
  assert.deepEqual([...table.columns[1].values].slice(0, 3).map(x => table.columns[1].labels[x]), ['lung', 'skin', 'none']);
  assert.deepEqual([...table.columns[0].missing].slice(0, 4), [1, 0, 0, 1]);
  assert.deepEqual([...table.columns[0].values].slice(0, 4), [0, 1, 2, 0]);
  const sealed = new Uint8Array(readFileSync(join(folder, 'people/sealed.bin')));
  sealed[60] ^= 1;
  assert.equal(await vault.unsealText(sealed, session.sealKey, key.id), null);
});

test('a secret number', async () => {
  for (const [i, [value, bounds]] of [[Math.PI, null], [0, null], [-12.5, [-20, 100]], [1e-9, [0, 1]]].entries()) {
    const files = session.withEncryptor(e => vault.scalarFiles(value, bounds ?? vault.publicRange(value), key, e));
    mkdirSync(join(folder, `scalar${i}`));
    for (const { name, bytes } of files) writeFileSync(join(folder, `scalar${i}`, name), bytes);
    const opened = await openFolder(`scalar${i}`);
    assert.deepEqual(opened.shape, []);
    assert.ok(Math.abs(opened.re[0] - value) <= opened.errors[0] && opened.errors[0] < 1e-3);
    const told = JSON.parse(python(here('open_with_python.py'), 'keys', `scalar${i}`, String(value), 'scalar'));
    assert.ok(told.worst <= 1, `${told.worst}`);
    assert.ok(Math.abs(told.bound - opened.errors[0]) <= 1e-9 * opened.errors[0], 'the same bound on both sides');
  }
  assert.throws(() => vault.scalarFiles(5, [0, 1], key, null), /outside/);
});

test('wrapped keys', async () => {
  const container = key.write();
  const record = await vault.wrap(container, 'correct horse battery', { key_id: session.keyId, preset: 'stats', params: session.context.write() });
  assert.equal(await vault.unwrap(record, 'correct horse batterz'), null);
  assert.deepEqual(await vault.unwrap(record, 'correct horse battery'), container);
  const again = vault.parseRecovery(vault.recoveryText(record));
  assert.deepEqual(await vault.unwrap(again, 'correct horse battery'), container);
  assert.equal(await vault.unwrap({ ...again, key_id: '0'.repeat(32) }, 'correct horse battery'), null, 'bound to its key id');
  for (const text of ['', '{}', '[1]', 'x'.repeat(2 << 20), JSON.stringify({ ...record, kdf: { ...record.kdf, memory: 2 ** 40 } })]) {
    assert.throws(() => vault.parseRecovery(text), /no recovery file/);
  }
  const passkey = await vault.wrapPasskey(container, record, 'id', 'salt', new Uint8Array(32).fill(7));
  assert.deepEqual(await vault.unwrapPasskey({ ...record, passkeys: [passkey] }, 'id', new Uint8Array(32).fill(7)), container);
  assert.equal(await vault.unwrapPasskey({ ...record, passkeys: [passkey] }, 'id', new Uint8Array(32).fill(8)), null);
  const other = await Session.open(again, await vault.unwrap(again, 'correct horse battery'));
  assert.deepEqual(other.sealKey, session.sealKey);
  other.close();
});

test('a changed ciphertext or manifest is refused', async () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'table/manifest.json'), 'utf8'));
  for (const change of [m => (m.rows = -1), m => (m.columns[0].half = 'x'), m => (m.key_id = '00'), m => (m.columns[0].files = []), m => (m.format = 'x')]) {
    const bad = structuredClone(manifest);
    change(bad);
    const fetch = async file => (file === 'manifest.json' ? vault.utf8(JSON.stringify(bad)) : new Uint8Array(readFileSync(join(folder, 'table', file))));
    await assert.rejects(session.withOpener(o => o.open(fetch, new Set(), { from: 0 }, () => {})), /another key|not made by/);
  }
  const fetch = async file => {
    const bytes = new Uint8Array(readFileSync(join(folder, 'table', file)));
    if (file !== 'manifest.json') bytes[bytes.length - 9] ^= 1;
    return bytes;
  };
  await assert.rejects(session.withOpener(o => o.open(fetch, new Set(), { from: 0 }, () => {})));
});

test('locking while a look is fetched', async () => {
  const record = await vault.wrap(key.write(), 'correct horse battery', { key_id: session.keyId, preset: 'stats', params: session.context.write() });
  const other = await Session.open(record, key.write());
  const fetch = async file => {
    other.close();
    return new Uint8Array(readFileSync(join(folder, 'mean', file)));
  };
  await assert.rejects(other.withOpener((o, still) => o.open(fetch, new Set(), { from: 0 }, still)), /locked/);
});

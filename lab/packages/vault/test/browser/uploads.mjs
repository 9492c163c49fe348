// Files on their way: dropped connections, reloads, cancelling, and files that are none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../bundle.mjs';
import { lab } from '../world.mjs';
import { button, choose, context, drop, folder, hashOf, label, paint, problems, shot, unlock, w } from './page.mjs';

test('a dropped connection, and a reload in the middle: the upload goes on', async () => {
  const path = join(folder, 'long.csv');
  const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${(i * 7919) % 1000},${i % 2 ? '' : i / 3},${['a', 'b', 'c'][i % 3]}`);
  writeFileSync(path, `n,x,y,kind\n${rows.join('\n')}\n`);
  let one = await lab(w, context, problems);
  await unlock(one);
  const before = w.store.puts;
  Object.assign(w.store.faults, { drop: 3, dropAfter: before + 5, delay: 400 }); // slower than notes are written
  await drop(one, path, 'long.csv');
  await one.frame.getByText('Encrypt long.csv').waitFor();
  await button(one, 'Encrypt').click();
  for (let i = 0; w.store.puts < before + 20 && i < 600; i++) await new Promise(done => setTimeout(done, 50));
  assert.equal(w.store.faults.drop, 0, 'three connections were cut, and the upload went on');
  await one.page.close();
  assert.ok(!w.store.datasets.has('long'), 'nothing is committed half');
  w.store.faults.delay = 0;

  one = await lab(w, context, problems);
  await unlock(one);
  await one.ask({ type: 'open', view: 'encrypt' });
  await one.frame.getByText(/long\.csv: \d+ % is encrypted and stored/).waitFor();
  const stored = w.store.blobs.size;
  const putsBefore = w.store.puts;
  await drop(one, path, 'long.csv');
  await one.frame.getByText('Go on with this file').waitFor();
  await shot(one, '10-go-on');
  await button(one, 'Go on').click();
  const committed = await one.event('committed');
  assert.equal(committed.dataset, 'long');
  const [version] = w.store.datasets.get('long');
  const parts = 8 * 5 + 4 * 2 * 3; // five vectors of numbers; three of integers, four chunks of two moduli each
  assert.equal(version.tree.files.length, parts + 2, 'with the manifest and the sealed labels');
  assert.ok(w.store.puts - putsBefore < parts - 5, `${w.store.puts - putsBefore} of ${parts} parts were sent again; ${stored} blobs lay there`);
  const first = (await one.events('progress')).filter(e => e.job === committed.job)[0];
  assert.ok(first.done >= 10, 'the bar begins where it stopped');

  execFileSync('mkdir', ['-p', join(folder, 'long')]);
  for (const file of version.tree.files) writeFileSync(join(folder, 'long', file.name), w.store.blobs.get(file.sha256));
  await one.ask({ type: 'open', view: 'encrypt' });
  await one.frame.getByText('Drop a file here').waitFor();
  assert.equal(await one.frame.getByText('Interrupted').count(), 0);
  await one.page.close();
});

test('another file of the same name and size is not mixed in', async () => {
  const path = join(folder, 'swap.csv');
  const text = (shift) => `n,x\n${Array.from({ length: 30_000 }, (_, i) => `${i},${1000 + ((i + shift) % 8000)}`).join('\n')}\n`;
  writeFileSync(path, text(0));
  let one = await lab(w, context, problems);
  await unlock(one);
  w.store.faults.delay = 300;
  const before = w.store.puts;
  await drop(one, path, 'swap.csv');
  await button(one, 'Encrypt').click();
  for (let i = 0; w.store.puts < before + 4 && i < 400; i++) await new Promise(done => setTimeout(done, 50));
  await one.page.close();
  w.store.faults.delay = 0;
  writeFileSync(path, text(1));
  one = await lab(w, context, problems);
  await unlock(one);
  await drop(one, path, 'swap.csv');
  await button(one, 'Go on').click();
  await one.event('committed');
  const [version] = w.store.datasets.get('swap');
  const manifest = JSON.parse(w.store.blobs.get(version.tree.files.find(f => f.name === 'manifest.json').sha256));
  assert.equal(manifest.rows, 30_000);
  const ref = { version: 1, kind: 'table', workspace: 'personal', tree: version.tree, tree_hash: hashOf(version.tree), key_id: version.key_id, shape: [30_000, 2] };
  const frame = await paint(one, ref);
  const cells = await frame.locator('tbody tr').nth(1).locator('td').allInnerTexts();
  assert.deepEqual(cells, ['0', '1001'], 'every number is the second file’s');
  await one.page.close();
});

test('cancel stops an upload and leaves no dataset', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  w.store.faults.delay = 300;
  await drop(one, join(folder, 'long.csv'), 'cancelled.csv');
  await button(one, 'Encrypt').click();
  const { job } = await one.event('progress', e => e.label === 'encrypt' && e.done > 0);
  assert.equal((await one.ask({ type: 'cancel', job })).ok, true);
  assert.equal((await one.event('failed')).code, 'cancelled');
  w.store.faults.delay = 0;
  assert.ok(!w.store.datasets.has('cancelled'));
  assert.equal((await one.ask({ type: 'cancel', job })).code, 'not_found');
  await one.page.close();
});

/** Twenty million zeros in one row group, a few kilobytes as a file. */
const BOMB = 'import sys, pyarrow as pa, pyarrow.parquet as pq; pq.write_table(pa.table({"x": pa.chunked_array([pa.array([0] * 1_000_000)] * 20)}), sys.argv[1], compression="zstd", row_group_size=20_000_000)';

test('bad files: a message that says what and where, and nothing is uploaded', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  const before = w.store.log.length;
  const bad = [
    ['empty.csv', /empty\.csv is empty/], ['wrong-delimiter.csv', /separated by semicolons/], ['utf16.csv', /UTF-16/],
    ['open-quote.csv', /line 2: a quote that is never closed/], ['twice.csv', /two columns are called/], ['not.parquet', /not a whole Parquet/],
    ['zero.csv', /line 2: a zero byte/]
  ];
  for (const [name, words] of bad) {
    await drop(one, `${root}protocol/vectors/tables/${name}`, name);
    await one.frame.getByText(words).first().waitFor({ timeout: 10_000 });
    if (name === 'wrong-delimiter.csv') {
      await shot(one, '11-refused');
      await button(one, 'Read it so').click();
      await one.frame.getByText('Encrypt wrong-delimiter.csv').waitFor();
      await button(one, 'Cancel').click();
      continue;
    }
    await one.frame.getByRole('button', { name: 'Close' }).click();
  }
  for (const [name, words] of [['ragged.csv', /line 3: 2 cells, the header has 3/], ['mixed.csv', /line 3: column “a” is no finite number/]]) {
    await drop(one, `${root}protocol/vectors/tables/${name}`, name);
    await one.frame.getByText(words).waitFor();
    assert.ok(await button(one, 'Encrypt').isDisabled());
    await button(one, 'Cancel').click();
  }
  const made = {
    'columns.csv': [`${Array.from({ length: 1e6 }, (_, i) => i).join(',')}\n`, /line 1: (1,000,000 columns|a row longer)/],
    'infinity.csv': ['a,b\n1,2\n3,1e999\n5,6\n', /line 3: column “b” is not finite/],
    'nan.json': ['[{"a": 1},\n{"a": NaN}]', /line 2: NaN is no number of JSON/],
    'large.csv': ['a,b\n1,2\n', /large\.csv: line 3: a zero byte/]
  };
  for (const [name, [text, words]] of Object.entries(made)) {
    writeFileSync(join(folder, name), text);
    if (name === 'large.csv') truncateSync(join(folder, name), 2 ** 31 + 4096); // a hole: it takes no room on the disk
    await choose(one, join(folder, name));
    await one.frame.getByText(words).first().waitFor({ timeout: 10_000 });
    await one.frame.getByRole('button', { name: name === 'infinity.csv' ? 'Cancel' : 'Close', exact: true }).click();
  }
  execFileSync(`${root}.venv/bin/python`, ['-c', BOMB, join(folder, 'bomb.parquet')]);
  await choose(one, join(folder, 'bomb.parquet'));
  await one.frame.getByText(/bomb\.parquet.*(too many rows|row group)/).first().waitFor({ timeout: 10_000 });
  await one.frame.getByRole('button', { name: 'Close' }).click();
  writeFileSync(join(folder, 'names.csv'), '"a ""quoted"" name","<b>&amp;",📏 größe,"x\ny"\n1,2,3,4\n5,6,7,8\n');
  await choose(one, join(folder, 'names.csv'));
  for (const name of ['a "quoted" name', '<b>&amp;', '📏 größe']) await label(one, `Use ${name}`).waitFor();
  assert.ok(await button(one, 'Encrypt').isEnabled());
  await button(one, 'Cancel').click();
  await drop(one, `${root}protocol/vectors/tables/emoji.csv`, 'größe 📏.csv');
  assert.equal(await label(one, 'Call it').inputValue(), 'gro_e');
  await button(one, 'Cancel').click();
  assert.equal(w.store.log.slice(before).filter(([method]) => method !== 'GET' && method !== 'OPTIONS').length, 0);
  await one.page.close();
});

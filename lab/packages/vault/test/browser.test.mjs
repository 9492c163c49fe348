// The vault in a real browser: first use, unlocking, recovery, a file on its way, going on after a reload, painting, hostile pages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { here, root, vault } from './bundle.mjs';
import { engine, piecesOf, rows, secretsOf } from './upper.mjs';
import { lab, SHOTS, world } from './world.mjs';

const folder = mkdtempSync(join(tmpdir(), 'vault-browser-'));
const PASSPHRASE = 'correct horse battery staple';
const CSV = join(folder, 'breast_cancer.csv');
let w;
let context;
let recovery;
const problems = [];

before(async () => {
  w = await world();
  context = await w.browser.newContext({ acceptDownloads: true, viewport: { width: 1100, height: 760 } });
  context.setDefaultTimeout(30_000);
  execFileSync(`${root}.venv/bin/python`, [here('make_breast_cancer.py'), CSV]);
});
afterEach(async () => {
  Object.assign(w.store.faults, { drop: 0, dropAfter: Infinity, delay: 0, deny: false });
  for (const page of context.pages()) await page.close(); // and with the last page the keeper, which locks
});
after(async () => {
  await w?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A picture in light and dark. */
async function shot(one, name) {
  for (const theme of ['light', 'dark']) {
    await one.ask({ type: 'theme', theme });
    await one.page.evaluate(t => document.body.classList.toggle('dark', t === 'dark'), theme);
    await one.page.screenshot({ path: `${SHOTS}${name}-${theme}.png` });
  }
  await one.ask({ type: 'theme', theme: 'light' });
  await one.page.evaluate(() => document.body.classList.remove('dark'));
}

const button = (one, name) => one.frame.getByRole('button', { name, exact: true });
const offer = (one, name) => one.frame.getByRole('radio', { name });
const label = (one, name) => one.frame.getByLabel(name, { exact: true });

/** Drop a file on the page: on the vault's frame, as a real drag would once the lab has raised it. */
async function drop(one, path, name, lastModified = 1_700_000_000_000) {
  await one.ask({ type: 'drag', over: true });
  const bytes = readFileSync(path).toString('base64');
  await one.frame.evaluate(([data, file, modified]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], file, { lastModified: modified }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [bytes, name, lastModified]);
}

/** Choose a file of this machine in the vault's dialog. */
async function choose(one, path) {
  await one.ask({ type: 'open', view: 'encrypt' });
  await label(one, 'Drop a file here, or choose one').setInputFiles(path);
}

async function unlock(one) {
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await button(one, 'Unlock').click();
  await one.event('state', e => e.keys === 'unlocked');
}

test('first use: a key, a recovery file, keys for the server', async () => {
  const one = await lab(w, context, problems);
  assert.equal(one.connected.keys, 'none');
  await one.ask({ type: 'open', view: 'keys' });
  await one.event('want', e => e.show && e.full);
  await label(one, 'Passphrase').fill('short');
  await label(one, 'Once more').fill('short');
  await button(one, 'Create key').click();
  await one.frame.getByText('Take at least 10 characters').waitFor();
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await label(one, 'Once more').fill('something else');
  await button(one, 'Create key').click();
  await one.frame.getByText('The two passphrases differ').waitFor();
  assert.ok(await offer(one, 'Statistics').isChecked(), 'what runs the welcome notebook');
  await one.frame.getByText('242 MB of keys, once').waitFor();
  await offer(one, 'Any depth').check();
  await one.frame.getByText('311 MB of keys, once').waitFor();
  await shot(one, '1-first-use');
  await offer(one, 'Sums').check(); // smaller files, for this test
  await label(one, 'Once more').fill(PASSPHRASE);
  await label(one, 'Once more').press('Enter');
  const download = one.page.waitForEvent('download');
  await button(one, 'Save recovery file').click();
  const file = await download;
  recovery = join(folder, file.suggestedFilename());
  await file.saveAs(recovery);
  assert.match(file.suggestedFilename(), /^jupyterfhe-key-[0-9a-f]{8}\.json$/);
  await one.frame.getByText('The server is ready').waitFor({ timeout: 60_000 });
  await shot(one, '2-recovery');
  await button(one, 'Done').click();
  await one.event('want', e => !e.show);
  const state = await one.event('state', e => e.published === true);
  const { tree, elements } = w.store.keys.get(state.key_id);
  assert.equal(tree.files.length, 17);
  assert.equal(elements.length, 15);
  assert.ok(tree.files.some(f => f.name === 'relin.key') && !tree.files.some(f => f.name.includes('secret')));
  const keys = await one.events('progress');
  assert.ok(keys.length > 1 && keys.every(e => e.label === 'keys' && e.total === keys[0].total) && keys.at(-1).done === keys[0].total);
  assert.ok(keys.every((e, i) => i === 0 || e.done >= keys[i - 1].done), 'the bar never falls');
  assert.deepEqual((await one.ask({ type: 'status' })).keys, 'unlocked');
  await one.page.close();
});

test('after a reload it is locked; a wrong passphrase says so and no more; the right one unlocks', async () => {
  const one = await lab(w, context, problems);
  assert.equal(one.connected.keys, 'locked');
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill('wrong passphrase');
  await button(one, 'Unlock').click();
  await one.frame.getByText('That passphrase does not open this key.').waitFor();
  await shot(one, '3-unlock');
  assert.deepEqual((await one.events('failed')).length, 0, 'the lab is not told of wrong passphrases');
  await label(one, 'Passphrase').fill(PASSPHRASE);
  const stretching = one.page.waitForEvent('worker', worker => worker.url().endsWith('stretcher.js'));
  await button(one, 'Unlock').click();
  await one.event('state', e => e.keys === 'unlocked' && e.published === true);
  await stretching;
  assert.deepEqual(one.page.workers().map(worker => worker.url()), [], 'what the passphrase took of memory has ended');
  const after = (await one.events('state')).length;
  await one.ask({ type: 'open', view: 'lock' });
  await one.event('state', e => e.keys === 'locked', { after });

  // Locked while a passphrase is being made into a key: it stays locked.
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill(PASSPHRASE);
  const begun = one.page.waitForEvent('worker', worker => worker.url().endsWith('stretcher.js'));
  await button(one, 'Unlock').click();
  await begun;
  await one.ask({ type: 'open', view: 'lock' });
  await one.frame.getByText('The key was locked.').waitFor();
  assert.equal((await one.ask({ type: 'status' })).keys, 'locked');
  await one.page.close();
});

test('a dropped file is looked at, confirmed, encrypted, stored', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  await one.ask({ type: 'drag', over: true });
  await one.frame.getByText('Drop it here').waitFor();
  await shot(one, '4-drop');
  await drop(one, CSV, 'breast_cancer.csv');
  await one.frame.getByText('Encrypt breast_cancer.csv').waitFor();
  assert.equal(await label(one, 'Call it').inputValue(), 'breast_cancer');
  assert.equal(await one.frame.getByRole('row').count(), 32);
  assert.equal(await label(one, 'Exact or approximate: diagnosis').inputValue(), 'both', 'a newcomer changes nothing');
  await one.frame.getByText('Exact results have up to').waitFor();
  await one.frame.getByText('Encrypted, the table takes 22.0 MB').waitFor();
  await shot(one, '5-confirm');
  for (const width of [1024, 1280, 1100]) {
    await one.page.setViewportSize({ width, height: 760 });
    assert.ok(await one.frame.locator('.scroll').evaluate(place => place.scrollWidth <= place.clientWidth), `the last column is in sight at ${width} pixels`);
  }
  const words = one.frame.locator('.words');
  const open = one.frame.getByLabel('Let the server see the labels of diagnosis');
  assert.ok(!(await open.isChecked()), 'labels are sealed unless somebody says otherwise');
  assert.match(await words.innerText(), /will see[^]*how many labels diagnosis has[^]*will not see[^]*the labels of diagnosis/);
  await open.check();
  await one.frame.getByText('how many labels diagnosis has').waitFor({ state: 'detached' });
  assert.match(await words.innerText(), /will see[^]*the labels of diagnosis[^]*will not see/);
  await one.frame.getByLabel('Let the server see the labels of diagnosis').uncheck();
  await one.frame.getByText('how many labels diagnosis has').waitFor();
  const remembered = () => one.frame.locator('body').evaluate(async () => {
    const wait = request => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const kept = await wait((await wait(indexedDB.open('jupyterfhe-vault'))).transaction('choices').objectStore('choices').getAll());
    return kept.filter(({ name }) => name.startsWith('hide-names:')).map(({ yes }) => yes);
  });
  await label(one, 'Hide all names').check();
  await one.frame.getByText('31 columns: c1, c2, c3').waitFor();
  assert.ok(await label(one, 'Hide the name of mean radius').isChecked() && !(await words.innerText()).includes('mean radius'));
  assert.deepEqual(await remembered(), [true]);
  await shot(one, '5-names');
  await label(one, 'Hide the name of mean radius').uncheck();
  await one.frame.getByText('31 columns: mean radius, c2').waitFor();
  await label(one, 'Hide all names').uncheck();
  await one.frame.getByText('31 columns: mean radius, mean texture').waitFor();
  assert.deepEqual(await remembered(), [false]);
  await label(one, 'Lowest possible mean radius').fill('0');
  await label(one, 'Highest possible mean radius').fill('20');
  await label(one, 'Highest possible mean radius').press('Tab');
  await one.frame.getByText('rows cannot be read as the columns below say').waitFor();
  await one.frame.getByText('column “mean radius” is outside its bounds').first().waitFor();
  assert.ok(await button(one, 'Encrypt').isDisabled());
  await shot(one, '6-faults');
  await label(one, 'Highest possible mean radius').fill('64');
  await label(one, 'Highest possible mean radius').press('Tab');
  await one.frame.getByText('rows cannot be read as the columns below say').waitFor({ state: 'detached' });
  await one.frame.getByLabel('Use mean texture', { exact: true }).uncheck();
  await one.frame.getByText('left out').waitFor();
  await button(one, 'Encrypt').click();
  const committed = await one.event('committed');
  assert.deepEqual([committed.dataset, committed.kind], ['breast_cancer', 'table']);
  const progress = (await one.events('progress')).filter(e => e.job === committed.job);
  assert.ok(progress.length > 0 && progress.at(-1).done === progress.at(-1).total);
  for (let i = 1; i < progress.length; i++) assert.ok(progress[i].done >= progress[i - 1].done);
  const [version] = w.store.datasets.get('breast_cancer');
  assert.equal(version.snapshot, committed.snapshot);
  const names = version.tree.files.map(f => f.name);
  assert.equal(names.length, 30 + 1 + 2, 'the diagnosis is there exactly as well');
  assert.deepEqual(names, [...names].sort());
  const manifest = w.store.blobs.get(version.tree.files.find(f => f.name === 'manifest.json').sha256).toString();
  assert.ok(!manifest.includes('malignant') && !manifest.includes('mean texture') && manifest.includes('mean radius'));
  assert.deepEqual(await one.events('failed'), []);
  await one.page.close();
});

test('what the browser stored, Python reads; its results are painted, and right', async () => {
  const [version] = w.store.datasets.get('breast_cancer');
  const write = (tree, name) => {
    execFileSync('mkdir', ['-p', join(folder, name)]);
    for (const file of tree.files) writeFileSync(join(folder, name, file.name), w.store.blobs.get(file.sha256));
  };
  write(version.tree, 'table');
  write(w.store.keys.get(version.key_id).tree, 'keys');
  const results = JSON.parse(execFileSync(`${root}.venv/bin/python`, [here('compute_results.py'), CSV], { cwd: folder, encoding: 'utf8' }));
  const refs = {};
  for (const [name, { kind, shape, files }] of Object.entries(results.refs)) {
    const tree = { files: [] };
    for (const file of files) {
      const bytes = readFileSync(join(folder, name, file.name));
      w.store.blobs.set(file.sha256, bytes);
      tree.files.push(file);
    }
    refs[name] = { version: 1, kind, workspace: 'personal', tree, tree_hash: results.refs[name].tree_hash, key_id: version.key_id, shape };
  }
  refs.table = { version: 1, kind: 'table', workspace: 'personal', tree: version.tree, tree_hash: results.table_hash, key_id: version.key_id, shape: [569, 30] };
  writeFileSync(join(folder, 'refs.json'), JSON.stringify({ refs, truth: results.truth }));

  const one = await lab(w, context, problems);
  await unlock(one);
  const painted = {};
  for (const name of Object.keys(refs)) painted[name] = await paint(one, refs[name]);
  await one.page.waitForTimeout(300);
  for (const [name, frame] of Object.entries(painted)) assert.deepEqual(await frame.locator('.error').allInnerTexts(), [], name);
  const spread = await painted.spread.locator('.number').innerText();
  within(spread, results.truth.spread);
  assert.equal(await painted.count.locator('.number').innerText(), `${results.truth.count}exact`);
  const rows = await painted.means.getByRole('row').allInnerTexts();
  assert.equal(rows.length, 29);
  rows.forEach((row, i) => within(row.split(/\s+/).slice(1).join(' '), results.truth.means[i]));
  const cells = await painted.corr.locator('tbody td').allInnerTexts();
  const bounds = await painted.corr.locator('tbody td').evaluateAll(all => all.map(td => td.title));
  cells.forEach((text, i) => within(`${text} ${bounds[i]}`, results.truth.corr.flat()[i]));
  const table = await painted.table.locator('tbody tr').nth(1).locator('td').allInnerTexts();
  assert.equal(table.at(-1), 'malignant', 'hidden labels are shown here');
  await one.page.evaluate(() => window.scrollTo(0, 0));
  await shotPaints(one);
  for (const frame of Object.values(painted)) assert.ok(!(await frame.locator('.error').count()));
  const events = await one.page.evaluate(() => window.paints.map(p => p.events));
  for (const all of events) assert.deepEqual(all.filter(e => e.type !== 'state').map(e => e.type), ['painted'], 'the lab learns that bytes arrived, nothing else');

  const closing = await paint(one, refs.spread);
  await closing.getByRole('button', { name: 'Hide' }).click();
  await one.page.waitForFunction(() => window.paints.at(-1).events.some(e => e.type === 'closed'));
  assert.equal(await closing.locator('.number').count(), 0);
  await one.ask({ type: 'open', view: 'lock' });
  await painted.spread.getByText('Your key is locked').waitFor();
  assert.equal(await painted.spread.locator('.number').count(), 0, 'locking takes numbers off the screen');
  await painted.spread.getByRole('button', { name: 'Unlock' }).click();
  await one.event('want', e => e.show);
  await one.page.close();
});

async function paint(one, ref, theme = 'light') {
  await one.page.evaluate(async ([url, r, t]) => {
    window.paints ??= [];
    const side = await window.frameOf(url, 'paint');
    window.paints.push(side);
    const reply = await side.ask({ type: 'paint', ref: r, theme: t });
    if (!reply.ok || Object.keys(reply).length !== 2) throw new Error(JSON.stringify(reply));
  }, [`${w.vaultUrl}paint.html`, ref, theme]);
  const frame = one.page.frames().filter(f => f.url().endsWith('paint.html')).at(-1);
  await frame.locator('.number, .values, .error').first().waitFor({ timeout: 30_000 });
  return frame;
}

async function shotPaints(one) {
  for (const theme of ['light', 'dark']) {
    await one.page.evaluate(t => {
      document.body.classList.toggle('dark', t === 'dark');
      return Promise.all(window.paints.map(p => p.ask({ type: 'theme', theme: t })));
    }, theme);
    await one.page.screenshot({ path: `${SHOTS}7-painted-${theme}.png`, fullPage: true });
  }
  await one.page.evaluate(() => document.body.classList.remove('dark'));
  const chart = one.page.frames().filter(f => f.url().endsWith('paint.html'));
  for (const frame of chart) if (await frame.getByRole('button', { name: 'Chart' }).count()) await frame.getByRole('button', { name: 'Chart' }).click();
  await one.page.screenshot({ path: `${SHOTS}8-chart-dark.png`, fullPage: true });
}

/** The text is a number and its bound, and the truth lies within. Shown digits are cut at the bound, so twice that is allowed. */
function within(text, truth) {
  const found = /^(-?[\d.]+(?:e[+-]?\d+)?)\s*(?:± ([\d.e+-]+)|exact)/.exec(text.replace(/\n/g, ' '));
  assert.ok(found, `“${text}” is a number with its bound`);
  assert.ok(Math.abs(Number(found[1]) - truth) <= 1.6 * Number(found[2] ?? 0) + 1e-12, `${text}, truly ${truth}`);
}

test('a secret value', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  await one.ask({ type: 'open', view: 'secret', name: 'threshold' });
  await label(one, 'Value').fill('abc');
  await button(one, 'Encrypt and store').click();
  await one.frame.getByText('The value is no number').waitFor();
  await label(one, 'Value').fill('42.125');
  await shot(one, '9-secret');
  await button(one, 'Encrypt and store').click();
  const committed = await one.event('committed', e => e.kind === 'scalar');
  assert.equal(committed.dataset, 'threshold');
  const [version] = w.store.datasets.get('threshold');
  assert.deepEqual(version.tree.files.map(f => f.name), ['0.jfhe', 'manifest.json']);
  assert.ok(!JSON.stringify(await one.page.evaluate(() => window.vault.events)).includes('42.125'));
  await one.page.close();
});

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

function hashOf(tree) {
  return execFileSync(`${root}.venv/bin/python`, ['-c', 'import sys,json,hashlib;print(hashlib.sha256(json.dumps(json.load(sys.stdin),sort_keys=True,separators=(",",":")).encode()).hexdigest())'], { input: JSON.stringify(tree), encoding: 'utf8' }).trim();
}

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

test('recovery on another computer', async () => {
  const other = await w.browser.newContext({ viewport: { width: 1100, height: 760 } });
  const one = await lab(w, other, problems);
  assert.equal(one.connected.keys, 'none');
  await one.ask({ type: 'open', view: 'keys' });
  await button(one, 'I have a recovery file').click();
  await label(one, 'Recovery file').setInputFiles(recovery);
  await label(one, 'Its passphrase').fill('not the right one');
  await button(one, 'Restore').click();
  await one.frame.getByText('That passphrase does not open this recovery file.').waitFor();
  await shot(one, '12-restore');
  await label(one, 'Its passphrase').fill(PASSPHRASE);
  await button(one, 'Restore').click();
  await one.event('state', e => e.keys === 'unlocked' && e.published === true);
  const { refs, truth } = JSON.parse(readFileSync(join(folder, 'refs.json'), 'utf8'));
  within(await (await paint(one, refs.spread)).locator('.number').innerText(), truth.spread);
  await other.close();
});

test('a refusal of large keys is told as one, not as a broken network', async () => {
  const other = await w.browser.newContext({ viewport: { width: 1100, height: 760 } });
  const one = await lab(w, other, problems);
  await one.ask({ type: 'open', view: 'keys' });
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await label(one, 'Once more').fill(PASSPHRASE);
  w.store.faults.deny = true; // the grant has ended
  await button(one, 'Create key').click();
  await one.frame.getByText('The notebook server no longer accepts this page').waitFor();
  assert.equal((await one.event('failed')).code, 'store');
  w.store.faults.deny = false;
  await other.close();
});

const uppers = one => rows(one.frame, 'uppers');
const parts = async one => (await rows(one.frame, 'parts')).filter(({ job }) => job.startsWith('above-'));

/** All that IndexedDB holds, texts and bytes in a row, in base64. */
async function dump(one) {
  const all = [];
  for (const table of ['keys', 'jobs', 'parts', 'choices', 'uppers']) all.push(...(await rows(one.frame, table)).flatMap(row => Object.values(row)));
  const bytes = all.map(value => Buffer.from(String(value), /^[A-Za-z0-9+/]{40,}={0,2}$/.test(String(value)) ? 'base64' : 'utf8'));
  return Buffer.concat(bytes).toString('base64');
}

/** What the vault's page hears from its workers from now on; gives a function that tells it as bytes. */
async function overhear(one) {
  await one.frame.evaluate(() => {
    window.heard = [];
    const keep = data => {
      const bytes = [];
      const text = JSON.stringify(data, (_, value) => {
        if (value instanceof ArrayBuffer) value = new Uint8Array(value);
        if (!ArrayBuffer.isView(value)) return value;
        bytes.push(Array.from(new Uint8Array(value.buffer)));
        return null;
      });
      window.heard.push([...new TextEncoder().encode(text)], ...bytes);
    };
    const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
    Object.defineProperty(Worker.prototype, 'onmessage', { set(listener) {
      set.call(this, event => (keep(event.data), listener(event)));
    } });
  });
  return async () => (await one.frame.evaluate(() => window.heard)).map(bytes => Buffer.from(bytes));
}

/** Set up a key in an open dialog. */
async function create(one, title) {
  await offer(one, title).check();
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await label(one, 'Once more').fill(PASSPHRASE);
  await button(one, 'Create key').click();
}

test('keys on their way are stopped, go on, and go on after the page was closed; another key stands beside the first', async () => {
  const other = await w.browser.newContext({ viewport: { width: 1100, height: 760 } });
  let one = await lab(w, other, problems);
  const first = w.store.puts;
  const sent = () => w.store.puts - first;
  const some = async count => {
    for (const until = sent() + count; sent() < until; ) await new Promise(done => setTimeout(done, 20));
  };
  w.store.faults.delay = 150;
  await one.ask({ type: 'open', view: 'keys' });
  await create(one, 'Sums');
  await some(4);
  await button(one, 'Stop').click();
  await one.frame.getByText('Stopped. What the server has of the keys stays').waitFor();
  assert.equal((await one.event('failed')).code, 'cancelled');
  const bar = (await one.events('progress')).at(-1);
  assert.ok(bar.done > 0 && bar.done < bar.total);
  const stopped = sent();
  await one.page.waitForTimeout(500);
  assert.ok(sent() <= stopped + 1, 'one that was on its way may arrive');
  await shot(one, '14-keys-stopped');
  const before = (await one.events('progress')).length;
  await button(one, 'Go on').click();
  await some(4);
  assert.ok((await one.events('progress'))[before].done > 0, 'the bar begins where it stopped');
  await one.page.close();

  one = await lab(w, other, problems);
  const { key_id } = one.connected;
  assert.ok(!w.store.keys.has(key_id), 'nothing is registered half');
  await unlock(one);
  await one.event('state', e => e.published === true);
  const { tree } = w.store.keys.get(key_id);
  assert.equal(tree.files.length, 17);
  assert.ok(tree.files.every(file => w.store.blobs.has(file.sha256)));
  assert.ok(sent() <= 17 + 4, `${sent()} were sent for 17: what was under way twice is sent again, and no more`);

  w.store.faults.delay = 0;
  await one.ask({ type: 'open', view: 'keys' });
  await one.frame.getByText('is ready to compute with it').waitFor();
  await button(one, 'Make another key…').click();
  await one.frame.getByText('The key that you have stays on this computer').waitFor();
  await shot(one, '15-another-key');
  await create(one, 'Sums');
  await button(one, 'Done').click();
  const second = await one.event('state', e => e.published === true && e.key_id !== key_id);
  assert.ok(w.store.keys.has(second.key_id) && w.store.keys.has(key_id));
  await one.ask({ type: 'open', view: 'keys' });
  await one.frame.getByText('Other keys on this computer').waitFor();
  await shot(one, '16-other-keys');
  const [ref] = [{ version: 1, kind: 'array', workspace: 'personal', tree, tree_hash: hashOf(tree), key_id, shape: [] }];
  const beside = await paint(one, ref);
  await beside.getByText(`This was encrypted with key ${key_id.slice(0, 8)}, which is on this computer too`).waitFor();
  const stranger = await paint(one, { ...ref, key_id: '0'.repeat(32) });
  await stranger.getByText('This was encrypted with another key than the one on this device.').waitFor();
  await button(one, 'Use this key').click();
  await one.event('state', e => e.keys === 'locked' && e.key_id === key_id);
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await button(one, 'Unlock').click();
  await one.frame.getByText('Other keys on this computer').waitFor();
  assert.deepEqual((({ keys, key_id: id }) => [keys, id])(await one.ask({ type: 'status' })), ['unlocked', key_id]);
  await one.page.close();
  one = await lab(w, other, problems);
  assert.equal(one.connected.key_id, key_id, 'the one that was in use last is in use');
  await other.close();
});

test('any depth is added to a key: told before, stopped, gone on with after a reload, forgotten; its secret is nowhere but sealed', async () => {
  const other = await w.browser.newContext({ viewport: { width: 1100, height: 900 }, acceptDownloads: true });
  let one = await lab(w, other, problems);
  const first = w.store.log.length;
  const sent = () => w.store.log.slice(first).filter(([method, path]) => method === 'PUT' && path.startsWith('/blobs/')).map(([, path]) => path.slice(7));
  const some = async count => {
    for (const until = sent().length + count; sent().length < until; ) await new Promise(done => setTimeout(done, 20));
  };
  w.store.ready = { tree: { files: [] }, elements: [] }; // as if the keys of any first ring were there: this test is about those above
  await one.ask({ type: 'open', view: 'keys' });
  await label(one, 'With any depth above').check();
  await one.frame.getByText('526 MB of keys, once').waitFor();
  await shot(one, '17-with-any-depth');
  await offer(one, 'Sums').check();
  assert.ok(await label(one, 'With any depth above').isHidden(), 'no larger ring is offered above those');
  await offer(one, 'Statistics').check();
  await label(one, 'With any depth above').uncheck();
  await create(one, 'Statistics');
  const download = one.page.waitForEvent('download');
  await button(one, 'Save recovery file').click();
  const record = vault.parseRecovery(readFileSync(await (await download).path(), 'utf8'));
  await button(one, 'Done').click();
  await one.ask({ type: 'open', view: 'keys' });
  await one.frame.getByText('ends; any can be added').waitFor();
  await button(one, 'Add any depth…').click();
  await one.frame.getByText('284 MB of keys, once').waitFor();
  await shot(one, '18-add-any-depth');
  await button(one, 'Not now').click();
  await one.frame.getByText('ends; any can be added').waitFor();
  assert.deepEqual([sent(), await uppers(one)], [[], []], 'nothing happens before it is wanted');

  const heard = await overhear(one);
  await button(one, 'Add any depth…').click();
  await button(one, 'Add any depth').click();
  await one.frame.getByText('any depth is being added').waitFor();
  await some(3); // parameters, the key that lifts, the one that lowers
  await shot(one, '19-adding-any-depth');
  await button(one, 'Stop').click();
  await one.frame.getByText('Stopped. What the server has of the keys stays').waitFor();
  assert.equal((await one.event('failed')).code, 'cancelled');
  const [row] = await uppers(one);
  const { below, upper } = await secretsOf(row, record, PASSPHRASE);
  const large = vault.Context.preset(await engine(), 'deep-lean');
  const held = vault.SecretKey.read(large, upper);
  const lift = [...w.store.blobs.values()].map(bytes => bytes.subarray(0, 192)).find(head => head[40] === 4 && head[49] === 4);
  assert.deepEqual([lift.subarray(176, 192).toString('hex'), Buffer.from(held.id)], [record.key_id, lift.subarray(160, 176)], 'the key that lifts leads from this secret to that one');
  const stopped = sent().length;
  const before = await heard();

  await one.page.close(); // and with the page what it had in memory
  one = await lab(w, other, problems);
  const again = await overhear(one);
  await unlock(one);
  await some(2); // it goes on by itself
  assert.ok((await one.events('progress'))[0].done > 0, 'the bar begins where it stopped');
  const after = sent().slice(stopped);
  assert.equal(new Set(sent()).size, sent().length, 'nothing that had arrived is sent again');
  const newest = w.store.blobs.get(after.at(-1));
  assert.deepEqual(newest.subarray(160, 176), Buffer.from(held.id), 'of the same secret');
  assert.deepEqual((await secretsOf((await uppers(one))[0], record, PASSPHRASE)).upper, upper);

  for (const secret of [upper, below]) {
    const pieces = piecesOf(secret);
    const where = [...sent().map(hash => w.store.blobs.get(hash)).filter(bytes => bytes), Buffer.from(await dump(one), 'base64'), ...(secret === upper ? [...before, ...(await again())] : [])];
    for (const [i, place] of where.entries()) assert.ok(!pieces.some(piece => place.includes(piece)), `a secret lies in place ${i}`);
  }
  assert.ok(before.length > 0 && (await again()).length > 0, 'something was overheard');

  await one.ask({ type: 'open', view: 'keys' }); // another key is in use meanwhile
  await button(one, 'Make another key…').click();
  await create(one, 'Sums');
  await button(one, 'Done').click();
  assert.notEqual((await one.ask({ type: 'status' })).key_id, record.key_id);
  assert.equal((await one.event('failed')).code, 'cancelled', 'nothing is made with a key that is not in use');
  assert.equal((await uppers(one)).length, 1);
  await one.ask({ type: 'open', view: 'keys' });
  await button(one, 'Use this key').click();
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await button(one, 'Unlock').click();
  await some(1); // and it goes on with the first

  await one.frame.getByText('any depth is being added').waitFor();
  await button(one, 'Stop and forget').click();
  await one.frame.getByText('Forgotten. Nothing of the larger ring stays').waitFor();
  assert.deepEqual([await uppers(one), await parts(one)], [[], []]);
  const end = sent().length;
  await one.page.waitForTimeout(300);
  assert.ok(sent().length <= end + 1, 'one that was on its way may arrive');
  assert.ok(!w.store.keys.has(record.key_id), 'nothing was registered');
  await one.ask({ type: 'open', view: 'keys' });
  w.store.ready = null;
  for (const it of [held, large]) it.free();
  await other.close();
});

test('a passkey unlocks', async () => {
  const one = await lab(w, context, problems);
  const cdp = await context.newCDPSession(one.page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true }
  });
  await unlock(one);
  await one.ask({ type: 'open', view: 'keys' });
  await button(one, 'Unlock with this device next time').click();
  await one.frame.getByText('Fingerprint, face or PIN').waitFor();
  await shot(one, '13-your-key');
  assert.equal(await button(one, 'Unlock with this device next time').count(), 0);
  const after = (await one.events('state')).length;
  await button(one, 'Lock').click();
  await one.event('state', e => e.keys === 'locked', { after });
  await one.ask({ type: 'open', view: 'unlock' });
  const locked = (await one.events('state')).length;
  await button(one, 'Use this device').click();
  await one.page.waitForFunction(n => window.vault.events.filter(e => e.type === 'state').slice(n).some(e => e.keys === 'unlocked'), locked);
  await one.page.close();
});

test('hostile pages and messages get nothing', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  const { refs } = JSON.parse(readFileSync(join(folder, 'refs.json'), 'utf8'));
  const bad = await one.page.evaluate(async ref => {
    const asked = [
      { type: 'decrypt', ref }, { type: 'paint', ref, theme: 'light' }, { type: 'lend' }, { type: 'open', view: 'keys', name: '../x' },
      { type: 'open', view: '__proto__' }, { type: 'status', more: 1 }, { type: 'constructor' }, { type: ['status'] }, {}, { type: 'theme', theme: '<b>' },
      { type: 'connect', store: 'https://evil.example/x', workspace: 'personal', grant: 'x' },
      { type: 'connect', store: 'javascript:alert(1)', workspace: 'personal', grant: 'x' }, { type: 'connect', store: 7 },
      { type: 'cancel', job: { toString: 1 } }, { type: 'drag', over: 'yes' }, { type: 'recovery' }, { type: 'export' }
    ];
    const out = [];
    for (const request of asked) out.push(await window.vault.ask(request));
    for (const odd of [null, 7, 'x', [], { id: {} }, { call: 1, method: 'lend' }, { id: -1, type: 'status' }]) window.vault.raw(odd);
    return out;
  }, refs.spread);
  for (const reply of bad) assert.equal(reply.ok, false, JSON.stringify(reply));
  for (const reply of bad) assert.deepEqual(Object.keys(reply).sort(), ['code', 'id', 'message', 'ok']);

  const paints = await one.page.evaluate(async ([url, ref]) => {
    const side = await window.frameOf(url, 'paint');
    const out = [];
    for (const change of [{ tree_hash: '0' }, { key_id: 'x' }, { tree: null }, { tree: { files: [] } }, { shape: [-1] }, { workspace: '../..' }, { version: 2 },
      { tree: { files: [{ name: '../../etc/passwd', sha256: '0'.repeat(64), size: 1 }] } }]) out.push(await side.ask({ type: 'paint', ref: { ...ref, ...change }, theme: 'dark' }));
    for (const type of ['connect', 'open', 'drag', 'status']) out.push(await side.ask({ type, view: 'keys', over: true }));
    return { out, events: side.events };
  }, [`${w.vaultUrl}paint.html`, refs.spread]);
  for (const reply of paints.out) assert.ok(reply.code === 'bad_request' || reply.code === 'unknown', JSON.stringify(reply));
  assert.deepEqual(paints.events, []);

  // A well-formed reference whose bytes are swapped: shown as refused in the frame, and no word to the lab.
  const swapped = await paint(one, { ...refs.spread, tree_hash: 'f'.repeat(64) });
  await swapped.getByText('does not fit its own description').waitFor();
  const told = await one.page.evaluate(() => window.paints.at(-1).events);
  assert.deepEqual(told, []);

  // A greeting by a script of the lab's page takes nobody's line, however many there are. A hello from a stranger, or with a forged number of ports: silence.
  const ports = await one.page.evaluate(async url => {
    const frame = window.vault.frame;
    const answers = [];
    const hello = (data, count) => {
      const channels = Array.from({ length: count }, () => new MessageChannel());
      for (const c of channels) c.port1.onmessage = e => answers.push(e.data);
      frame.contentWindow.postMessage(data, new URL(url).origin, channels.map(c => c.port2));
      for (const c of channels) c.port1.postMessage({ id: 1, type: 'status' });
    };
    hello({ type: 'jupyterfhe:hello', version: 1 }, 2);
    hello({ type: 'jupyterfhe:hello', version: 1 }, 0);
    hello({ type: 'jupyterfhe:hello' }, 1);
    hello('jupyterfhe:hello', 1);
    const nested = document.createElement('iframe');
    nested.srcdoc = '<script>const c = new MessageChannel(); c.port1.onmessage = e => parent.postMessage({ leaked: e.data }, "*"); parent.frames[0].postMessage({ type: "jupyterfhe:hello", version: 1 }, "*", [c.port2]); c.port1.postMessage({ id: 1, type: "status" });</' + 'script>';
    nested.sandbox = 'allow-scripts';
    window.addEventListener('message', e => e.data?.leaked && answers.push(e.data));
    document.body.append(nested);
    await new Promise(done => setTimeout(done, 800));
    const silent = answers.length;
    for (let i = 0; i < 40; i++) hello({ type: 'jupyterfhe:hello', version: 1 }, 1);
    await new Promise(done => setTimeout(done, 300));
    const lab = await Promise.race([window.vault.ask({ type: 'status' }), new Promise(done => setTimeout(done, 5000, 'no answer'))]);
    hello({ type: 'jupyterfhe:hello', version: 99 }, 1);
    await new Promise(done => setTimeout(done, 300));
    return { silent, last: answers.at(-1), lab };
  }, w.vaultUrl);
  assert.equal(ports.silent, 0);
  assert.equal(ports.last.code, 'refused');
  assert.deepEqual([ports.lab.ok, ports.lab.keys], [true, 'unlocked'], 'the lab’s own line still answers');
  await one.page.close();
});

test('another origin can neither frame the vault nor read it, and the vault reaches no other host', async () => {
  const page = await context.newPage();
  await page.route('http://evil.test/**', route => route.fulfill({ contentType: 'text/html', body: '<h1>evil</h1>' }));
  await page.goto('http://evil.test/');
  const found = await page.evaluate(async url => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    let told = 0;
    window.addEventListener('message', () => (told += 1));
    await new Promise(done => setTimeout(done, 1000));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (told += 1);
    frame.contentWindow.postMessage({ type: 'jupyterfhe:hello', version: 1 }, '*', [port2]);
    port1.postMessage({ id: 1, type: 'status' });
    await new Promise(done => setTimeout(done, 500));
    const read = await fetch(url).then(r => r.type, () => 'refused');
    return { told, read };
  }, w.vaultUrl);
  assert.deepEqual(found, { told: 0, read: 'refused' });
  const own = await context.newPage();
  await own.goto(w.vaultUrl);
  const reach = await own.evaluate(() => fetch('https://example.org/', { mode: 'no-cors' }).then(() => 'reached', () => 'refused'));
  assert.equal(reach, 'refused');
  const injected = await own.evaluate(() => {
    try {
      document.body.innerHTML = '<img src=x onerror="window.bad=1">';
      return 'set';
    } catch (why) {
      return why.name;
    }
  });
  assert.equal(injected, 'TypeError', 'no markup from text (Trusted Types)');
  await own.evaluate(() => {
    const script = document.createElement('script');
    try {
      script.textContent = 'window.bad = 1';
      document.body.append(script);
    } catch {
      // Trusted Types
    }
  });
  assert.equal(await own.evaluate(() => window.bad), undefined);
  await own.close();
  await page.close();
});

test('a window of its own: by keyboard alone, with names for screen readers', async () => {
  const page = await context.newPage();
  await page.goto(w.vaultUrl);
  await page.getByText(/Its 11 files are those of its manifest/).waitFor();
  await page.getByText('Your key is locked.').waitFor();
  await page.screenshot({ path: `${SHOTS}14-window-light.png` });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Unlock' }).waitFor();
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.getByText('Your key is unlocked.').waitFor();
  for (const control of await page.locator('button, input:not([hidden]), select').all()) {
    const name = await control.evaluate(e => e.getAttribute('aria-label') || e.textContent || document.querySelector(`label[for="${e.id}"]`)?.textContent);
    assert.ok(name, await control.evaluate(e => e.outerHTML));
  }
  await page.getByRole('button', { name: 'Your key' }).press('Enter');
  await page.getByRole('dialog', { name: 'Your key' }).waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.querySelector('[role=dialog]').contains(document.activeElement)), 'the focus stays in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  await page.getByText(/Its \d+ files/).waitFor();
  await page.screenshot({ path: `${SHOTS}14-window-dark.png` });
  await page.close();
});

test('a key that nobody uses locks by itself, and takes what is shown with it', async () => {
  let one = await lab(w, context, problems);
  await unlock(one);
  await one.ask({ type: 'open', view: 'keys' });
  assert.equal(await label(one, 'Locks by itself').inputValue(), '30');
  await label(one, 'Locks by itself').selectOption('240');
  await one.frame.evaluate(() => new Promise((done, fail) => { // two seconds, which the dialog does not offer
    const open = indexedDB.open('jupyterfhe-vault');
    open.onsuccess = () => {
      const keys = open.result.transaction('keys', 'readwrite').objectStore('keys');
      keys.getAll().onsuccess = ({ target }) => {
        if (target.result[0].lock_after !== 240) fail(new Error('the choice was not kept'));
        keys.put({ ...target.result[0], lock_after: 0.03 }).onsuccess = () => (open.result.close(), done());
      };
    };
  }));
  await one.page.close();
  one = await lab(w, context, problems);
  await unlock(one);
  const { refs } = JSON.parse(readFileSync(join(folder, 'refs.json'), 'utf8'));
  const frame = await paint(one, refs.spread);
  const before = Date.now(), after = (await one.events('state')).length;
  while (Date.now() - before < 3000) { // longer than that, at work
    await frame.locator('body').dispatchEvent('keydown', { key: 'Shift' });
    assert.equal((await one.ask({ type: 'status' })).keys, 'unlocked');
    await one.page.waitForTimeout(300);
  }
  await one.event('state', e => e.keys === 'locked', { most: 15_000, after });
  await frame.getByText('Your key is locked').waitFor();
  assert.equal(await frame.locator('.number').count(), 0);
  await one.page.close();
});

test('nothing was written to the console', () => assert.deepEqual(problems, []));

// What is encrypted here, and what of it is painted: a table, results, a secret value.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { here, root } from '../bundle.mjs';
import { lab, SHOTS } from '../world.mjs';
import { button, context, CSV, drop, folder, label, paint, problems, shot, unlock, w, within } from './page.mjs';

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

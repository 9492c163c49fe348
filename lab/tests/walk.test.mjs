// walk.test.mjs: a first day with JupyterFHE, in a real browser: keys, a dropped file, the welcome notebook, decrypted results that are
// numpy's within their bounds, a second version, what changed, and back. At the end nothing of the file is found on the server's side.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { command, dropFiles, newPage, openLab, runCell, runCode, setSource, shot, shots, startBrowser } from './lib/browser.mjs';
import { csv, mean, correlation, line } from './lib/numbers.mjs';
import { PYTHON, ROOT, run, sampleData, startLab, steps, until } from './lib/lab.mjs';
import { startProxy } from './lib/proxy.mjs';
import { frameSteps } from './steps/frames.mjs';
import { PASSPHRASE, confirmFile, decrypt, head, makeKeys, painted } from './lib/vault.mjs';
import { secretBytes } from './lib/recovery.mjs';

const COLUMNS = ['mean_concavity', 'mean_concave_points', 'diagnosis'];
const step = steps(test, () => page);
let home, proxy, lab, browser, page, recovery, data;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'jupyterfhe-walk-'));
  proxy = await startProxy(join(home, 'traffic.bin'));
  lab = await startLab({ origin: proxy.port });
  proxy.to(lab.port);
  browser = await startBrowser();
  page = await newPage(browser);
  proxy.follow(page);
  await sampleData(join(home, 'breast-cancer.csv'), '--columns', '8');
  data = csv(readFileSync(join(home, 'breast-cancer.csv'), 'utf8'));
});

after(async () => {
  await browser?.close();
  await lab?.stop();
  await proxy?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Decrypt a cell's card and compare with what numpy's formulas give on the file. */
async function check(cell, expected) {
  const frame = await decrypt(page, lab, cell);
  const { rows } = await painted(frame);
  assert.equal(rows.length, expected.length);
  rows.forEach((row, i) => row.forEach(({ value, bound }, j) => {
    assert.ok(bound > 0 && bound < 1, `a bound of ${bound}`);
    const slack = bound + 1e-12 + 0.5 * 10 ** Math.floor(Math.log10(bound)); // the digits that are shown
    assert.ok(Math.abs(value - expected[i][j]) <= slack, `${value} is not ${expected[i][j]} within ${bound}`);
  }));
  return frame;
}

const hash = cell => cell.locator('.jp-Fhe-card').getAttribute('data-tree');
const panelCell = i => page.locator('.jp-Notebook .jp-Cell').nth(i);
const firstHashes = {};

step('first start: the welcome notebook says kindly that there is no data yet', async () => {
  await openLab(page, lab, '/tree/welcome.ipynb');
  await page.getByText('No keys yet').waitFor();
  const cell = await runCell(page, 1);
  const said = await cell.locator('.jp-OutputArea').innerText();
  assert.match(said, /breast-cancer/);
  assert.doesNotMatch(said, /Traceback/, said);
  await shots(page, '1-first-start');
});

step('keys are made in the vault, and a recovery file is saved', async () => {
  recovery = await makeKeys(page, lab, { onDialog: name => shot(page, `2-${name}`) });
  assert.match(recovery.key_id, /^[0-9a-f]{32}$/);
  await page.getByText('Keys unlocked').waitFor();
});

step('a CSV dropped on the page is confirmed and becomes an encrypted dataset', async () => {
  await dropFiles(page, [join(home, 'breast-cancer.csv')]);
  await confirmFile(page, lab, 'breast-cancer.csv', { onDialog: () => shots(page, '3-confirm') });
  await page.getByText('breast-cancer is encrypted and stored.').waitFor();
  await until('the pointer file', () => page.getByText('breast-cancer.fhe').isVisible(), 20);
});

step('the mean is numpy\'s within its bound', async () => {
  await runCell(page, 1);
  const cell = await runCell(page, 3);
  firstHashes.mean = await hash(cell);
  await check(cell, COLUMNS.map(name => [mean(data[name])]));
  await cell.scrollIntoViewIfNeeded();
  await shots(page, '4-mean');
});

step('the correlation matrix is numpy\'s within its bound', async () => {
  const cell = await runCell(page, 5);
  firstHashes.correlation = await hash(cell);
  await check(cell, correlation(COLUMNS.map(name => data[name])));
  await cell.evaluate(e => e.scrollIntoView({ block: 'start' }));
  await shots(page, '5-correlation');
});

step('slope and intercept of the regression are numpy\'s within their bounds', async () => {
  const [slope, intercept] = line(data.mean_concave_points, data.diagnosis);
  await check(await runCell(page, 7), [[slope]]);
  await check(await runCell(page, 8), [[intercept]]);
});

step('a sum of whole numbers is exact, and opens again by its name', async () => {
  const sick = data.diagnosis.reduce((sum, x) => sum + x, 0);
  for (const code of ['sick = patients["diagnosis"].sum()\njf.save(sick, "sick")\nsick', 'jf.open("sick") * 1000003 - 1']) {
    const cell = await runCode(page, code);
    const text = await (await decrypt(page, lab, cell)).locator('.number').innerText();
    assert.equal(text.replace(/\s/g, ''), `${code.startsWith('sick') ? sick : sick * 1000003 - 1}exact`);
    assert.match(await cell.innerText(), /exact/);
  }
});

frameSteps(step, { get page() { return page; }, get lab() { return lab; }, file: () => join(home, 'breast-cancer.csv') });

step('the panel of variables lists them, with shapes and bounds and no values', async () => {
  await command(page, 'application:toggle-right-area').catch(() => {});
  await page.evaluate(() => window.jupyterapp.shell.activateById('jupyterfhe-variables'));
  const panel = page.locator('#jupyterfhe-variables');
  for (const name of ['average', 'correlation', 'patients', 'slope']) await panel.locator('.jp-Fhe-row-name', { hasText: new RegExp(`^${name}$`) }).waitFor({ timeout: 15000 });
  await shot(page, '6-variables-light');
});

step('a changed cell gives another result; the first one, run again, is found again', async () => {
  const source = await page.evaluate(() => window.jupyterapp.shell.currentWidget.content.widgets[3].model.sharedModel.getSource());
  await setSource(page, 3, source.replace('"mean_concavity", ', ''));
  const changed = await runCell(page, 3);
  assert.notEqual(await hash(changed), firstHashes.mean);
  await setSource(page, 3, source);
  const again = await runCell(page, 3);
  assert.equal(await hash(again), firstHashes.mean);
});

step('a second version, dropped on a cell, stays out of the cell', async () => {
  const { text } = await secondVersion();
  writeFileSync(join(home, 'breast-cancer.csv'), text);
  const cell = panelCell(3);
  await cell.scrollIntoViewIfNeeded();
  const box = await cell.locator('.cm-content').boundingBox();
  await dropFiles(page, [join(home, 'breast-cancer.csv')], Math.round(box.x + 100), Math.round(box.y + 10));
  await confirmFile(page, lab, 'breast-cancer.csv', { onDialog: table => table.getByLabel('Use note', { exact: true }).uncheck() });
  const source = await page.evaluate(() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON()));
  assert.ok(!source.includes('CANARY'));
  const other = csv(text);
  await runCell(page, 1);
  await check(await runCell(page, 3), COLUMNS.map(name => [mean(other[name])]));
  assert.notEqual(await hash(panelCell(3)), firstHashes.mean);
});

step('versions, what changed, and the way back to the first results', async () => {
  await page.evaluate(() => window.jupyterapp.shell.activateById('jupyterfhe-datasets'));
  const panel = page.locator('#jupyterfhe-datasets');
  await panel.getByRole('button', { name: /^breast-cancer/ }).click();
  await panel.getByText('Version 2').waitFor();
  await panel.getByRole('button', { name: 'What changed in version 2 of breast-cancer' }).click();
  await panel.getByText('569 → 570').waitFor();
  await shots(page, '7-versions');
  const newest = await head(lab, 'breast-cancer');
  await panel.getByRole('button', { name: 'Roll breast-cancer back to version 1' }).click();
  await page.getByRole('button', { name: 'Roll back', exact: true }).last().click();
  await until('the rollback', async () => (await head(lab, 'breast-cancer')) !== newest, 20);
  await panel.getByText('the data of version 1 again').waitFor();
  await runCell(page, 1);
  assert.equal(await hash(await runCell(page, 3)), firstHashes.mean);
  assert.equal(await hash(await runCell(page, 5)), firstHashes.correlation);
});

for (const kind of ['json', 'parquet']) {
  step(`the same from ${kind}`, async () => {
    const name = `cancer-${kind}`;
    await sampleData(join(home, `${name}.${kind}`), '--columns', '7');
    await dropFiles(page, [join(home, `${name}.${kind}`)]);
    await confirmFile(page, lab, `${name}.${kind}`, { dataset: name });
    const cell = await runCode(page, `np.mean(jf.open("${name}")[["mean_radius", "mean_concavity"]], axis=0)`);
    await check(cell, ['mean_radius', 'mean_concavity'].map(column => [mean(data[column])]));
  });
}

step('a .fhe file opens as a preview of what is public', async () => {
  await command(page, 'docmanager:open', { path: 'breast-cancer.fhe' });
  const preview = page.locator('.jp-Fhe-preview');
  await preview.getByRole('row', { name: /mean_concavity/ }).waitFor();
  await shots(page, '8-preview');
  await command(page, 'application:close');
});

step('what the page stores is without values: the notebook is saved', async () => {
  await command(page, 'docmanager:save');
  const saved = await until('the saved notebook', () => {
    const text = readFileSync(join(lab.notebooks, 'welcome.ipynb'), 'utf8');
    return text.includes('vnd.jupyterfhe.ref') ? text : null;
  });
  for (const value of [mean(data.mean_concavity), line(data.mean_concave_points, data.diagnosis)[0]]) {
    assert.ok(!saved.includes(String(value).slice(0, 7)), 'a decrypted value is in the notebook file');
  }
});

// ---- canaries ----
const CANARIES = { numbers: [17.319048271636, 0.2146917038254, 0.11370529481637, 1241.0713924], texts: ['CANARY-7f3a91bd20c4'] };

/** The first version with one row more, of values that exist nowhere else, and a column of text that is left out. */
async function secondVersion() {
  const lines = readFileSync(join(home, 'breast-cancer.csv'), 'utf8').trim().split(/\r?\n/);
  const [radius, concavity, points, area] = CANARIES.numbers;
  const row = { mean_radius: radius, mean_concavity: concavity, mean_concave_points: points, mean_area: area };
  const names = lines[0].split(',');
  const extra = names.map((name, i) => row[name] ?? lines[1].split(',')[i]);
  const notes = lines.slice(1).map((one, i) => `${one},${CANARIES.texts[0]}-${i}`);
  return { text: [`${lines[0]},note`, ...notes, `${extra.join(',')},${CANARIES.texts[0]}-last`].join('\n') };
}

/** What of the needles is found in processes, files and traffic of the server's side. */
async function search(needles, extra = []) {
  const file = join(home, 'needles.json');
  writeFileSync(file, JSON.stringify(needles));
  const pids = lab.pids();
  assert.ok(pids.length >= 3, 'server, vault\'s files and a kernel are running');
  const words = [join(ROOT, 'lab/tests/canaries.py'), file, ...pids.flatMap(pid => ['--pid', pid]), ...[lab.home, proxy.file, ...extra].flatMap(path => ['--path', path])];
  const { stdout } = await run(PYTHON, words, { maxBuffer: 1 << 26 });
  rmSync(file);
  return JSON.parse(stdout);
}

step('nothing of the file, the passphrase or the secret key is found in memory, files, database, logs or traffic of the server', async () => {
  const needles = { numbers: CANARIES.numbers, texts: [...CANARIES.texts, PASSPHRASE], bytes: await secretBytes(recovery, PASSPHRASE) };
  assert.ok(Object.keys(needles.bytes).length >= 8);
  const { found, searched } = await search(needles);
  assert.ok(searched > 50e6, `only ${searched} bytes were searched`);
  assert.deepEqual(found, []);
});

step('the same search finds them when they are given away on purpose', async () => {
  const secret = await secretBytes(recovery, PASSPHRASE);
  const [name, digits] = Object.entries(secret)[0];
  await runCode(page, `kept = [${CANARIES.numbers[0]}, bytes.fromhex("${digits}"), "${CANARIES.texts[0]}"]`);
  const { found } = await search({ numbers: CANARIES.numbers, texts: CANARIES.texts, bytes: { [name]: digits } });
  const kinds = new Set(found.map(one => one.needle));
  assert.ok(kinds.has(String(CANARIES.numbers[0])) && kinds.has(CANARIES.texts[0]) && kinds.has(name), JSON.stringify(found));
  assert.ok(!kinds.has(String(CANARIES.numbers[1])), 'only what was given away');
  const places = found.flatMap(one => one.where).join('\n');
  assert.match(places, /process/);
  assert.match(places, /traffic\.bin/);
});

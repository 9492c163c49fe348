// depth.test.mjs: keys for any depth, as a person makes them: chosen in words, made in the browser, interrupted by a reload, gone on with; then
// a cell multiplies more often than levels last, two kernels share the keys, and the result is decrypted. Minutes long: JFHE_TEST_SLOW=1 runs it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { dropFiles, newPage, openLab, shot, shots, startBrowser } from './lib/browser.mjs';
import { blobs, checkPower, slow, slowSteps, writeWaves } from './lib/depth.mjs';
import { startLab, until } from './lib/lab.mjs';
import { PASSPHRASE, confirmFile, unlock, vaultFrame } from './lib/vault.mjs';

const step = slowSteps(() => page);
let home, lab, browser, page;

before(async () => {
  if (!slow) return;
  home = mkdtempSync(join(tmpdir(), 'jupyterfhe-depth-'));
  lab = await startLab();
  copyFileSync(join(lab.notebooks, 'welcome.ipynb'), join(lab.notebooks, 'second.ipynb'));
  browser = await startBrowser();
  page = await newPage(browser);
  writeWaves(join(home, 'waves.csv'));
});

after(async () => {
  await browser?.close();
  await lab?.stop();
  if (home) rmSync(home, { recursive: true, force: true });
});

/** Evaluation keys that the store has registered. */
const registered = async () => (await lab.api('workspaces/personal/keys')).json();

step('keys for any depth are chosen in words, and the page says what they cost', async () => {
  await openLab(page, lab, '/tree/welcome.ipynb');
  const frame = await vaultFrame(page, lab);
  await page.locator('.jp-Fhe-status-button').first().click();
  const first = frame.getByRole('dialog', { name: 'Set up your key' });
  await first.getByRole('radio', { name: 'Any depth' }).check();
  await first.getByText('311 MB of keys, once').waitFor();
  await first.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await first.getByLabel('Once more').fill(PASSPHRASE);
  await shots(page, 'depth-1-choice');
  await first.getByRole('button', { name: 'Create key' }).click();
});

step('a reload in the middle loses nothing: the next unlock sends the rest', async () => {
  const frame = await vaultFrame(page, lab);
  await frame.getByText(/^\d\d %/).waitFor({ timeout: 120_000 });
  await until('a few keys in the store', () => blobs(lab) >= 4, 120);
  await shots(page, 'depth-2-making');
  const there = blobs(lab);
  await openLab(page, lab, '/tree/welcome.ipynb');
  assert.deepEqual(await registered(), [], 'nothing is registered half');
  await unlock(page, lab);
  await until('the keys in the registry', async () => (await registered()).length === 1, 180);
  const [{ files, size }] = await registered();
  assert.equal(files, 22);
  assert.ok(size < 320e6);
  assert.ok(there >= 4 && blobs(lab) <= 22 + 4, `${blobs(lab)} files for 22, of which ${there} were there before the reload`);
});

step('numbers are encrypted where bootstraps end', async () => {
  await dropFiles(page, [join(home, 'waves.csv')]);
  await confirmFile(page, lab, 'waves.csv', { dataset: 'waves', onDialog: () => shot(page, 'depth-3-confirm') });
});

step('a cell multiplies more often than levels last, and decrypts within its bound', () => checkPower(page, lab, 13, 'depth-4'));

/** Files of keys that each kernel has mapped, by its id. */
function mapped() {
  const found = new Map();
  for (const pid of lab.pids()) {
    try {
      const files = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').filter(line => line.includes('.keys/')).map(line => line.trim().split(/\s+/).slice(4).join(' '));
      if (files.length > 0) found.set(pid, new Set(files));
    } catch { /* it ended */ }
  }
  return [...found.values()];
}

step('a second kernel maps the same files', async () => {
  await openLab(page, lab, '/tree/second.ipynb');
  await unlock(page, lab);
  await checkPower(page, lab, 14, 'depth-5');
  const [one, two] = mapped();
  assert.ok(one && two, `${mapped().length} kernels have mapped keys`);
  assert.ok([...two].filter(file => one.has(file)).length >= 7, 'the keys of bootstrapping');
});

step('nothing went wrong on the page meanwhile', () => assert.deepEqual(page.errors.filter(text => !/favicon|404|401/.test(text)), []));

// climb.test.mjs: any depth for what is uploaded already: numbers are encrypted for statistics, a program is too deep for them, a ring above is added in
// the vault, interrupted by a reload, gone on with; then the same program runs in the same kernel and is decrypted. JFHE_TEST_SLOW=1 runs it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { dropFiles, newPage, openLab, runCode, shots, startBrowser } from './lib/browser.mjs';
import { blobs, checkPower, power, slow, slowSteps, writeWaves } from './lib/depth.mjs';
import { PYTHON, ROOT, run, startLab, until } from './lib/lab.mjs';
import { PASSPHRASE, confirmFile, makeKeys, unlock, vaultFrame } from './lib/vault.mjs';

const step = slowSteps(() => page);
let home, lab, browser, page, recovery, reader, secrets;

before(async () => {
  if (!slow) return;
  reader = await import('../packages/vault/test/upper.mjs');
  home = mkdtempSync(join(tmpdir(), 'jupyterfhe-climb-'));
  lab = await startLab();
  browser = await startBrowser();
  page = await newPage(browser);
  writeWaves(join(home, 'waves.csv'));
});

after(async () => {
  await browser?.close();
  await lab?.stop();
  if (home) rmSync(home, { recursive: true, force: true });
});

const names = async () => (await (await lab.api(`workspaces/personal/keys/${recovery.key_id}`)).json()).tree.files.map(({ name }) => name);

/** The dialog of the key. */
async function yourKey() {
  const frame = await vaultFrame(page, lab);
  await page.evaluate(() => window.jupyterapp.commands.execute('jupyterfhe:keys'));
  const dialog = frame.getByRole('dialog', { name: 'Your key' });
  await dialog.waitFor();
  return { frame, dialog };
}

step('numbers are encrypted for statistics', async () => {
  await openLab(page, lab, '/tree/welcome.ipynb');
  recovery = await makeKeys(page, lab);
  await dropFiles(page, [join(home, 'waves.csv')]);
  await confirmFile(page, lab, 'waves.csv', { dataset: 'waves' });
});

step('a program that is too deep for them is refused, and told where depth is to be had', async () => {
  const cell = await runCode(page, `${power(17)}y.compute()`, 120);
  const said = await cell.locator('.jp-OutputArea').innerText();
  assert.match(said, /DepthError/, said);
  assert.match(said, /vault|Add any depth|dialog of/i, said);
  await shots(page, 'climb-1-refused');
});

step('any depth is added: told before, then on its way', async () => {
  const { frame, dialog } = await yourKey();
  await dialog.getByRole('button', { name: 'Add any depth…' }).click();
  const asked = frame.getByRole('dialog', { name: 'Add any depth' });
  await asked.getByText('284 MB of keys, once').waitFor();
  await shots(page, 'climb-2-asked');
  const before = blobs(lab);
  await asked.getByRole('button', { name: 'Add any depth' }).click();
  await until('a few of its keys in the store', () => blobs(lab) >= before + 3, 120);
  await shots(page, 'climb-3-making');
  const [row] = await reader.rows(frame, 'uppers');
  secrets = await reader.secretsOf(row, recovery, PASSPHRASE);
});

step('a reload in the middle loses nothing: the next unlock sends the rest, and nothing stays in the browser', async () => {
  await openLab(page, lab, '/tree/welcome.ipynb');
  assert.ok(!(await names()).some(name => name.startsWith('above-')), 'nothing is registered half');
  await unlock(page, lab);
  await until('the ring above in the registry', async () => (await names()).includes('above-lift.key'), 200);
  const frame = await vaultFrame(page, lab);
  await until('an empty shelf', async () => (await reader.rows(frame, 'uppers')).length === 0, 20);
  assert.deepEqual(await reader.rows(frame, 'parts'), []);
  const { dialog } = await yourKey();
  await dialog.getByText('any: a ring above is there').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Add any depth…' }).count(), 0, 'it is not offered again');
  await shots(page, 'climb-4-there');
  await dialog.getByRole('button', { name: 'Close' }).click();
});

step('the same program runs in the same kernel on what was uploaded before, and decrypts within its bound', async () => {
  const said = await checkPower(page, lab, 17, 'climb-5');
  assert.match(said, /lifted to deep-lean/, said);
});

step('neither secret is found in memory, files, database or logs of the server', async () => {
  const file = join(home, 'needles.json');
  const bytes = Object.fromEntries(Object.entries(secrets).flatMap(([name, secret]) => reader.piecesOf(secret).map((piece, i) => [`${name} ${i}`, piece.toString('hex')])));
  writeFileSync(file, JSON.stringify({ bytes }));
  const pids = lab.pids();
  assert.ok(pids.length >= 3, 'server, vault\'s files and a kernel are running');
  const words = [join(ROOT, 'lab/tests/canaries.py'), file, ...pids.flatMap(pid => ['--pid', pid]), '--path', lab.home];
  const { found, searched } = JSON.parse((await run(PYTHON, words, { maxBuffer: 1 << 26 })).stdout);
  assert.ok(searched > 50e6, `only ${searched} bytes were searched`);
  assert.deepEqual(found, []);
});

step('nothing went wrong on the page meanwhile', () => assert.deepEqual(page.errors.filter(text => !/favicon|404|401/.test(text)), []));

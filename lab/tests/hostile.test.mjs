// hostile.test.mjs: outputs that attack. Their scripts run in the lab's origin, as a malicious kernel's do, while a decrypted result is
// on the screen and keys are unlocked. None gets a decrypted number, a key, or a word of what is inside the vault's frames.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dropFiles, newPage, openLab, runCode, shot, startBrowser } from './lib/browser.mjs';
import { startLab } from './lib/lab.mjs';
import { BUNDLES, PAYLOADS } from './lib/payloads.mjs';
import { PASSPHRASE, confirmFile, decrypt, makeKeys, painted, unlock, vaultFrame } from './lib/vault.mjs';

const ALLOWED = new Set(['version', 'keys', 'key_id', 'preset', 'mode', 'published', 'jobs', 'id', 'ok', 'code', 'message', 'type', 'show', 'full']);
const ran = new Set(); // payloads whose scripts told anything
let home, lab, browser, page, digits, reference, dialogs;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'jupyterfhe-hostile-'));
  lab = await startLab();
  browser = await startBrowser();
  page = await newPage(browser);
  dialogs = [];
  page.on('dialog', dialog => (dialog.type() === 'beforeunload' ? dialog.accept() : (dialogs.push(dialog.message()), dialog.dismiss())));
  await openLab(page, lab, '/tree/welcome.ipynb');
  await makeKeys(page, lab, { preset: 'stats' });
  writeFileSync(join(home, 'small.csv'), `x,y\n${Array.from({ length: 40 }, (_, i) => `${(7.193 + 0.731 * i).toFixed(4)},${i % 5}`).join('\n')}\n`);
  await dropFiles(page, [join(home, 'small.csv')]);
  await confirmFile(page, lab, 'small.csv', { dataset: 'small' });
  const cell = await runCode(page, 'import numpy as np\nbait = np.mean(jf.open("small")["x"])\nbait');
  const frame = await decrypt(page, lab, cell);
  digits = String((await painted(frame)).rows[0][0].value).slice(0, 7);
  assert.match(digits, /^\d+\.\d{3,}/);
  reference = await page.evaluate(() => {
    const { cells } = window.jupyterapp.shell.currentWidget.context.model.toJSON();
    return cells.flatMap(c => c.outputs ?? []).map(o => o.data?.['application/vnd.jupyterfhe.ref+json']).filter(Boolean).at(-1);
  });
  await page.evaluate(() => (window.__loot = []));
});

after(async () => {
  await shot(page, 'hostile-end').catch(() => {});
  await browser?.close();
  await lab?.stop();
  rmSync(home, { recursive: true, force: true });
});

const fill = text => text.replaceAll('$VAULT', lab.vault).replaceAll('$REF', JSON.stringify(reference)).replaceAll('$DIGITS', digits);

/** What the attacks brought: never a digit of the result, a passphrase, a key, or an answer with more than states. */
async function inspect() {
  const loot = await page.evaluate(() => window.__loot.splice(0));
  const text = JSON.stringify(loot);
  for (const [name] of loot) ran.add(name);
  assert.ok(!text.includes(digits), `a decrypted number was stolen: ${text.slice(0, 500)}`);
  assert.ok(!text.includes(PASSPHRASE), 'the passphrase was stolen');
  assert.ok(!/passphrase|recovery/i.test(text.replace(/"message":"[^"]*"/g, '')), `words of the vault's dialogs were read: ${text.slice(0, 500)}`);
  for (const [, word, said] of loot) {
    if (word !== 'said') continue;
    const answer = JSON.parse(said);
    assert.deepEqual(Object.keys(answer).filter(key => !ALLOWED.has(key)), [], `an answer says more than states: ${said}`);
  }
  assert.deepEqual(dialogs, []);
  return loot;
}

/** The vault still stands, unlocked, and no dialog of it was answered. */
async function intact() {
  // A window that an attack left open would put this page behind it, where the browser draws and counts time slowly.
  for (const other of page.context().pages()) if (other !== page) await other.close();
  const frame = await vaultFrame(page, lab);
  await frame.evaluate(() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })));
  const reply = await lab.api('workspaces/personal/datasets');
  assert.deepEqual((await reply.json()).map(d => d.name), ['small']);
}

/** The page itself still has its line to the vault. */
async function reached() {
  await page.evaluate(() => window.jupyterapp.commands.execute('jupyterfhe:keys'));
  const dialog = (await vaultFrame(page, lab)).getByRole('dialog', { name: 'Your key' });
  await dialog.getByRole('button', { name: 'Close' }).click();
}

describe('payloads', () => {
  for (const [name, payload] of Object.entries(PAYLOADS)) {
    test(name, async () => {
      const html = fill(payload).replaceAll('NAME', JSON.stringify(name));
      await runCode(page, `from IPython.display import HTML, display\ndisplay(HTML(bytes.fromhex("${Buffer.from(html).toString('hex')}").decode()))`);
      if (payload.includes('<script>') && payload.includes('loot')) {
        await page.waitForFunction(want => window.__loot.some(one => one[0] === want) || want.startsWith('log '), name, { timeout: 8000 }).catch(() => {});
      }
      await page.waitForTimeout(150);
      const loot = await inspect();
      if (name === 'record the screen') assert.deepEqual(loot, [[name, 'refused', 'NotAllowedError']], 'refused at once, without asking anybody');
      await intact();
      if (name === 'take the lab\'s line') await reached();
    });
  }
  for (const [name, bundle] of Object.entries(BUNDLES)) {
    test(name, async () => {
      await runCode(page, `import json\ndisplay(json.loads(bytes.fromhex("${Buffer.from(JSON.stringify(bundle)).toString('hex')}")), raw=True)`);
      await page.waitForTimeout(200);
      if (name === 'a chart of markup') {
        const frame = await decrypt(page, lab, page.locator('.jp-Notebook .jp-Cell').last());
        assert.match(await frame.locator('.error').innerText(), /does not fit its own description/, 'its parts are not what it names');
        assert.equal(await frame.locator('#paint :is(img, script, svg, iframe)').count(), 0);
      }
      await inspect();
      await intact();
    });
  }
});

test('after all of it the status bar locks, and takes the numbers from the screen', async () => {
  const lock = page.locator('.jp-Fhe-status-button').first();
  for (let i = 0; i < 3; i++) { // a lock that comes too late would meet the next unlocking
    await page.getByText('Keys unlocked').waitFor();
    await lock.click({ timeout: 5000 });
    await page.getByText('Keys locked').waitFor({ timeout: 5000 });
    await unlock(page, lab);
  }
});

test('the attacks ran: a page without a vault in between would have lost', async () => {
  const scripts = Object.entries(PAYLOADS).filter(([, payload]) => payload.includes('<script>(async')).map(([name]) => name);
  const silent = scripts.filter(name => !ran.has(name));
  assert.ok(silent.length <= scripts.length / 8, `these told nothing: ${silent.join('; ')}`);
  // The same readers, on a frame of the lab's own origin, get everything: the payloads work, it is the origin that stops them.
  const stolen = await page.evaluate(text => {
    const frame = document.createElement('iframe');
    frame.srcdoc = `<p>${text}</p>`;
    document.body.append(frame);
    return new Promise(done => (frame.onload = () => done(frame.contentDocument.body.innerText)));
  }, digits);
  assert.equal(stolen, digits);
});

// One browser and one store for all that browser.test.mjs runs, and the hands of who sits before them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { here, root } from '../bundle.mjs';
import { SHOTS, world } from '../world.mjs';

export const folder = mkdtempSync(join(tmpdir(), 'vault-browser-'));
export const PASSPHRASE = 'correct horse battery staple';
export const CSV = join(folder, 'breast_cancer.csv');
export let w;
export let context;
export let recovery; // file of the first key
export const problems = [];

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

/** Say where the recovery file of the first key is. */
export const keepRecovery = path => (recovery = path);

/** A picture in light and dark. */
export async function shot(one, name) {
  for (const theme of ['light', 'dark']) {
    await one.ask({ type: 'theme', theme });
    await one.page.evaluate(t => document.body.classList.toggle('dark', t === 'dark'), theme);
    await one.page.screenshot({ path: `${SHOTS}${name}-${theme}.png` });
  }
  await one.ask({ type: 'theme', theme: 'light' });
  await one.page.evaluate(() => document.body.classList.remove('dark'));
}

export const button = (one, name) => one.frame.getByRole('button', { name, exact: true });
export const offer = (one, name) => one.frame.getByRole('radio', { name });
export const label = (one, name) => one.frame.getByLabel(name, { exact: true });

/** Drop a file on the page: on the vault's frame, as a real drag would once the lab has raised it. */
export async function drop(one, path, name, lastModified = 1_700_000_000_000) {
  await one.ask({ type: 'drag', over: true });
  const bytes = readFileSync(path).toString('base64');
  await one.frame.evaluate(([data, file, modified]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], file, { lastModified: modified }));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [bytes, name, lastModified]);
}

/** Choose a file of this machine in the vault's dialog. */
export async function choose(one, path) {
  await one.ask({ type: 'open', view: 'encrypt' });
  await label(one, 'Drop a file here, or choose one').setInputFiles(path);
}

export async function unlock(one) {
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await button(one, 'Unlock').click();
  await one.event('state', e => e.keys === 'unlocked');
}

/** The frame in which the vault paints a result. */
export async function paint(one, ref, theme = 'light') {
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

/** The text is a number and its bound, and the truth lies within. Shown digits are cut at the bound, so twice that is allowed. */
export function within(text, truth) {
  const found = /^(-?[\d.]+(?:e[+-]?\d+)?)\s*(?:± ([\d.e+-]+)|exact)/.exec(text.replace(/\n/g, ' '));
  assert.ok(found, `“${text}” is a number with its bound`);
  assert.ok(Math.abs(Number(found[1]) - truth) <= 1.6 * Number(found[2] ?? 0) + 1e-12, `${text}, truly ${truth}`);
}

export function hashOf(tree) {
  return execFileSync(`${root}.venv/bin/python`, ['-c', 'import sys,json,hashlib;print(hashlib.sha256(json.dumps(json.load(sys.stdin),sort_keys=True,separators=(",",":")).encode()).hexdigest())'], { input: JSON.stringify(tree), encoding: 'utf8' }).trim();
}

// A million rows of eight columns through the browser: how long, how much memory, and whether the bar told the truth.
//
//   node test/large.mjs [ROWS] [--preset stats|ml|deep-lean] [--broken] [--integers]      one JSON line; wants a quiet machine
//
// --integers: of 1 to 4 digits, which are encrypted in both ways, instead of decimals.
// --broken: connections are cut at a fifth, the network is away for five seconds at a third, and the page is loaded again at a half.
import { mkdtempSync, createWriteStream, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory } from './memory.mjs';
import { lab, world } from './world.mjs';

const words = process.argv.slice(2);
const broken = words.includes('--broken');
const integers = words.includes('--integers');
const preset = words.includes('--preset') ? words[words.indexOf('--preset') + 1] : 'ml';
const rows = Number(words.find(word => /^\d+$/.test(word)) ?? 1_000_000);
const PASSPHRASE = 'correct horse battery';
const folder = mkdtempSync(join(tmpdir(), 'vault-large-'));
const path = join(folder, 'large.csv');
const out = createWriteStream(path);
out.write('a,b,c,d,e,f,g,h\n');
let state = 12345;
const draw = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
for (let i = 0; i < rows; i += 1) {
  const line = Array.from({ length: 8 }, (_, c) => (integers ? Math.floor(draw() * 10 ** (1 + (c % 4))) : (draw() * 10 ** (c % 4)).toFixed(9))).join(',');
  if (!out.write(`${line}\n`)) await new Promise(done => out.once('drain', done));
}
await new Promise(done => out.end(done));

const w = await world();
// Sizes instead of bytes, but for manifests: a gigabyte would not be the vault's.
w.store.blobs = new (class extends Map {
  bytes = 0;
  set(digest, body) {
    this.bytes += body.length;
    return super.set(digest, body.length);
  }
})();
const context = await w.browser.newContext();
const button = (one, name) => one.frame.getByRole('button', { name, exact: true });
const blank = await context.newPage();
await blank.goto(w.labOrigin);
const empty = memory();
await blank.close();
let one = await lab(w, context);
await one.ask({ type: 'open', view: 'keys' });
await one.frame.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
await one.frame.getByLabel('Once more', { exact: true }).fill(PASSPHRASE);
await one.frame.locator(`input[type=radio][value=${preset}]`).check();
const k0 = performance.now() / 1000;
await button(one, 'Create key').click();
await one.frame.getByText('The server is ready').waitFor({ timeout: 240_000 });
const keys = { seconds: performance.now() / 1000 - k0, bytes: w.store.blobs.bytes };
await button(one, 'Done').click();

const time = () => performance.now() / 1000;
async function choose(into) {
  await into.ask({ type: 'open', view: 'encrypt' });
  const chooser = into.page.waitForEvent('filechooser');
  await into.frame.getByLabel('Drop a file here, or choose one').click();
  await (await chooser).setFiles(path);
}
const quantile = (all, part) => [...all].sort((a, b) => a - b)[Math.floor(part * (all.length - 1))] ?? 0;
const before = memory();
const range = what => ({ empty: empty[what], before: before[what], median: quantile(seen.map(one => one[what]), 0.5), peak: Math.max(...seen.map(one => one[what])) });
const seen = [];
const watch = setInterval(() => seen.push(memory()), 500);
const t0 = time();
await choose(one);
await one.frame.getByText('Encrypt large.csv').waitFor({ timeout: 300_000 });
const read = time() - t0;
const t1 = time();
await button(one, 'Encrypt').click();
const told = [];
const poll = setInterval(async () => {
  const now = (await one.events('progress').catch(() => [])).at(-1);
  if (now && now.seconds_left !== null) told.push([time() - t1, now.done / now.total, now.seconds_left]);
}, 1000);
const reached = part => one.event('progress', e => e.label === 'encrypt' && e.done >= part * e.total, { most: 600_000 });
const report = {};
if (broken) {
  await reached(0.2);
  Object.assign(w.store.faults, { drop: 20, dropAfter: w.store.puts });
  await reached(1 / 3);
  await context.setOffline(true);
  await new Promise(done => setTimeout(done, 5000));
  await context.setOffline(false);
  await reached(0.5);
  const puts = w.store.puts;
  await one.page.close();
  one = await lab(w, context);
  await one.ask({ type: 'open', view: 'unlock' });
  await one.frame.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await button(one, 'Unlock').click();
  await one.event('state', e => e.keys === 'unlocked');
  await choose(one);
  await button(one, 'Go on').click();
  await one.event('committed', e => e.kind === 'table', { most: 900_000 });
  Object.assign(report, { cut: 20 - w.store.faults.drop, sent_before_reload: puts, sent_after_reload: w.store.puts - puts });
}
await one.event('committed', e => e.kind === 'table', { most: 900_000 });
const seconds = time() - t1;
clearInterval(poll);
clearInterval(watch);
// What the bar foretold from a tenth to nine tenths, against what it took.
const errors = told.filter(([, part]) => part > 0.1 && part < 0.9).map(([at, , left]) => Math.abs(at + left - seconds) / seconds);
if (!broken) Object.assign(report, { foretold_median: quantile(errors, 0.5), foretold_worst: Math.max(...errors), foretold_points: errors.length });
console.log(JSON.stringify({ preset, rows, bytes: statSync(path).size, keys_seconds: keys.seconds, keys_bytes: keys.bytes, read_seconds: read, encrypt_seconds: seconds,
  values: rows * 8, blobs: w.store.blobs.size, sent: w.store.blobs.bytes - keys.bytes, renderer: range('renderer'), all: range('all'), ...report }));
await context.close();
await w.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);

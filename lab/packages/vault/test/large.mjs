// A million rows of eight columns through the browser: how long, how much memory, and whether the bar told the truth.
//
//   node test/large.mjs [ROWS]      one JSON line; wants a quiet machine
import { execSync } from 'node:child_process';
import { mkdtempSync, createWriteStream, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lab, world } from './world.mjs';

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vault-large-'));
const path = join(folder, 'large.csv');
const out = createWriteStream(path);
out.write('a,b,c,d,e,f,g,h\n');
let state = 12345;
const draw = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
for (let i = 0; i < rows; i += 1) {
  const line = Array.from({ length: 8 }, (_, c) => (draw() * 10 ** (c % 4)).toFixed(9)).join(',');
  if (!out.write(`${line}\n`)) await new Promise(done => out.once('drain', done));
}
await new Promise(done => out.end(done));

const w = await world();
w.store.blobs = { map: new Map(), set(k, v) { this.map.set(k, v.length); }, has(k) { return this.map.has(k); }, get size() { return this.map.size; } };
const context = await w.browser.newContext();
const one = await lab(w, context);
await one.ask({ type: 'open', view: 'keys' });
await one.frame.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
await one.frame.getByLabel('Once more', { exact: true }).fill('correct horse battery');
await one.frame.getByRole('button', { name: 'Create key' }).click();
await one.frame.getByText('The server is ready').waitFor({ timeout: 120_000 });
await one.frame.getByRole('button', { name: 'Done' }).click();

/** Resident bytes of the renderers among this process's descendants; the one that holds the vault's frame is by far the largest. */
function memory() {
  const all = execSync('ps -eo pid,ppid,rss,args', { encoding: 'utf8' }).trim().split('\n').slice(1).map(line => line.trim().split(/\s+/));
  const ours = new Set([String(process.pid)]);
  for (let grown = -1; grown !== ours.size; ) {
    grown = ours.size;
    for (const [pid, ppid] of all) if (ours.has(ppid)) ours.add(pid);
  }
  return all.filter(([pid, , , ...args]) => ours.has(pid) && args.join(' ').includes('--type=renderer')).reduce((sum, [, , rss]) => sum + rss * 1024, 0);
}
const before = memory();
let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, memory())), 250);
const time = () => performance.now() / 1000;
await one.ask({ type: 'open', view: 'encrypt' });
const chooser = one.page.waitForEvent('filechooser');
await one.frame.getByLabel('Drop a file here, or choose one').click();
const t0 = time();
await (await chooser).setFiles(path);
await one.frame.getByText('Encrypt large.csv').waitFor({ timeout: 300_000 });
const read = time() - t0;
const t1 = time();
await one.frame.getByRole('button', { name: 'Encrypt', exact: true }).click();
const told = [];
const poll = setInterval(async () => {
  const now = (await one.events('progress').catch(() => [])).at(-1);
  if (now && now.seconds_left !== null) told.push([time() - t1, now.done / now.total, now.seconds_left]);
}, 1000);
await one.event('committed', e => e.kind === 'table', 900_000);
const seconds = time() - t1;
clearInterval(poll);
clearInterval(watch);
// What the bar foretold from a tenth to nine tenths, against what it took.
const worst = told.filter(([, part]) => part > 0.1 && part < 0.9).map(([at, , left]) => Math.abs(at + left - seconds) / seconds);
console.log(JSON.stringify({ rows, bytes: statSync(path).size, read_seconds: read, encrypt_seconds: seconds, values: rows * 8, blobs: w.store.blobs.size,
  renderer_before: before, renderer_peak: peak, foretold_worst: Math.max(...worst), foretold_points: worst.length }));
await context.close();
await w.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);

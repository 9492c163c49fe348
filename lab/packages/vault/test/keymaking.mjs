// Keys made in the browser: how long, how many bytes, how much memory, and whether the bar told the truth.
//
//   node test/keymaking.mjs [PRESET] [--above] [--line MBIT]      one JSON line; wants a quiet machine
//
// --above: with a ring above. --line: the store takes so many megabits a second, as a line up would.
import { memory } from './memory.mjs';
import { lab, world } from './world.mjs';

const words = process.argv.slice(2);
const preset = words.find(word => /^[a-z]/.test(word)) ?? 'deep-lean';
const line = words.includes('--line') ? Number(words[words.indexOf('--line') + 1]) : Infinity;
const w = await world();
if (line < Infinity) {
  let free = 0; // when the line has sent what was given to it
  w.store.line = async bytes => {
    const now = performance.now();
    free = Math.max(free, now) + (8 * bytes) / (1000 * line);
    await new Promise(done => setTimeout(done, free - now));
  };
}
const context = await w.browser.newContext();
const one = await lab(w, context);
const frame = one.frame;
const field = name => frame.getByLabel(name, { exact: true });
await one.ask({ type: 'open', view: 'keys' });
await field('Passphrase').fill('correct horse battery');
await field('Once more').fill('correct horse battery');
await frame.locator(`input[type=radio][value=${preset}]`).check();
if (words.includes('--above')) await field('With any depth above').check();
const before = memory();
const seen = [];
const watch = setInterval(() => seen.push(memory()), 100);
const start = performance.now();
await frame.getByRole('button', { name: 'Create key', exact: true }).click();
await one.event('progress');
const begun = (performance.now() - start) / 1000;
const told = [];
const poll = setInterval(async () => {
  const now = (await one.events('progress').catch(() => [])).at(-1);
  if (now?.seconds_left != null) told.push([(performance.now() - start) / 1000, now.done / now.total, now.seconds_left]);
}, 250);
await frame.getByText('The server is ready').waitFor({ timeout: 600_000 });
const seconds = (performance.now() - start) / 1000;
clearInterval(watch);
clearInterval(poll);
await new Promise(done => setTimeout(done, 2000));
const [{ tree }] = w.store.keys.values();
const bytes = tree.files.reduce((sum, { size }) => sum + size, 0);
const off = told.filter(([, part]) => part > 0.1 && part < 0.9).map(([at, , left]) => Math.abs(at + left - seconds) / seconds).sort((a, b) => a - b);
const peak = Math.max(...seen.map(({ renderer }) => renderer));
console.log(JSON.stringify({ preset, files: tree.files.length, bytes, seconds, until_the_bar: begun, renderer: { before: before.renderer, peak, after: memory().renderer },
  browser: { before: before.all, peak: Math.max(...seen.map(({ all }) => all)) }, foretold_median: off[Math.floor(off.length / 2)] ?? null, foretold_worst: off.at(-1) ?? null }));
await context.close();
await w.stop();
process.exit(0);

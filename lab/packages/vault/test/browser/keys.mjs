// Keys beside the first, on other computers, larger, for any depth: made, stopped, gone on with, refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { vault } from '../bundle.mjs';
import { engine, piecesOf, rows, secretsOf } from '../upper.mjs';
import { lab } from '../world.mjs';
import { button, folder, hashOf, label, offer, paint, PASSPHRASE, problems, recovery, shot, unlock, w, within } from './page.mjs';

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
  assert.deepEqual([await uppers(one), await parts(one)], [[], []], 'and is not noted behind it');
  assert.ok(!w.store.keys.has(record.key_id), 'nothing was registered');
  await one.ask({ type: 'open', view: 'keys' });
  w.store.ready = null;
  for (const it of [held, large]) it.free();
  await other.close();
});

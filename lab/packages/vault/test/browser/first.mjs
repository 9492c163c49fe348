// The first use of a key, and unlocking it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { lab } from '../world.mjs';
import { button, context, folder, keepRecovery, label, offer, PASSPHRASE, problems, recovery, shot, w } from './page.mjs';

test('first use: a key, a recovery file, keys for the server', async () => {
  const one = await lab(w, context, problems);
  assert.equal(one.connected.keys, 'none');
  await one.ask({ type: 'open', view: 'keys' });
  await one.event('want', e => e.show && e.full);
  await label(one, 'Passphrase').fill('short');
  await label(one, 'Once more').fill('short');
  await button(one, 'Create key').click();
  await one.frame.getByText('Take at least 10 characters').waitFor();
  await label(one, 'Passphrase').fill(PASSPHRASE);
  await label(one, 'Once more').fill('something else');
  await button(one, 'Create key').click();
  await one.frame.getByText('The two passphrases differ').waitFor();
  assert.ok(await offer(one, 'Statistics').isChecked(), 'what runs the welcome notebook');
  await one.frame.getByText('242 MB of keys, once').waitFor();
  await offer(one, 'Any depth').check();
  await one.frame.getByText('311 MB of keys, once').waitFor();
  await shot(one, '1-first-use');
  await offer(one, 'Sums').check(); // smaller files, for this test
  await label(one, 'Once more').fill(PASSPHRASE);
  await label(one, 'Once more').press('Enter');
  const download = one.page.waitForEvent('download');
  await button(one, 'Save recovery file').click();
  const file = await download;
  keepRecovery(join(folder, file.suggestedFilename()));
  await file.saveAs(recovery);
  assert.match(file.suggestedFilename(), /^jupyterfhe-key-[0-9a-f]{8}\.json$/);
  await one.frame.getByText('The server is ready').waitFor({ timeout: 60_000 });
  await shot(one, '2-recovery');
  await button(one, 'Done').click();
  await one.event('want', e => !e.show);
  const state = await one.event('state', e => e.published === true);
  const { tree, elements } = w.store.keys.get(state.key_id);
  assert.equal(tree.files.length, 17);
  assert.equal(elements.length, 15);
  assert.ok(tree.files.some(f => f.name === 'relin.key') && !tree.files.some(f => f.name.includes('secret')));
  const keys = await one.events('progress');
  assert.ok(keys.length > 1 && keys.every(e => e.label === 'keys' && e.total === keys[0].total) && keys.at(-1).done === keys[0].total);
  assert.ok(keys.every((e, i) => i === 0 || e.done >= keys[i - 1].done), 'the bar never falls');
  assert.deepEqual((await one.ask({ type: 'status' })).keys, 'unlocked');
  await one.page.close();
});

test('after a reload it is locked; a wrong passphrase says so and no more; the right one unlocks', async () => {
  const one = await lab(w, context, problems);
  assert.equal(one.connected.keys, 'locked');
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill('wrong passphrase');
  await button(one, 'Unlock').click();
  await one.frame.getByText('That passphrase does not open this key.').waitFor();
  await shot(one, '3-unlock');
  assert.deepEqual((await one.events('failed')).length, 0, 'the lab is not told of wrong passphrases');
  await label(one, 'Passphrase').fill(PASSPHRASE);
  const stretching = one.page.waitForEvent('worker', worker => worker.url().endsWith('stretcher.js'));
  await button(one, 'Unlock').click();
  await one.event('state', e => e.keys === 'unlocked' && e.published === true);
  await stretching;
  assert.deepEqual(one.page.workers().map(worker => worker.url()), [], 'what the passphrase took of memory has ended');
  const after = (await one.events('state')).length;
  await one.ask({ type: 'open', view: 'lock' });
  await one.event('state', e => e.keys === 'locked', { after });

  // Locked while a passphrase is being made into a key: it stays locked.
  await one.ask({ type: 'open', view: 'unlock' });
  await label(one, 'Passphrase').fill(PASSPHRASE);
  const begun = one.page.waitForEvent('worker', worker => worker.url().endsWith('stretcher.js'));
  await button(one, 'Unlock').click();
  await begun;
  await one.ask({ type: 'open', view: 'lock' });
  await one.frame.getByText('The key was locked.').waitFor();
  assert.equal((await one.ask({ type: 'status' })).keys, 'locked');
  await one.page.close();
});

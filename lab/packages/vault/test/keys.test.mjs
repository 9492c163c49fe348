// What keys are offered for, what they cost, and that an interrupted upload of them goes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root, vault } from './bundle.mjs';

vault.loadFrom(async () => readFileSync(process.env.JFHE_WASM ?? `${root}build/wasm/jfhe.wasm`));
const near = (told, found, part) => assert.ok(Math.abs(told - found) <= part * found, `${told} for ${found}`);

for (const offer of vault.OFFERS) {
  test(`${offer.title}: the page tells what keys and numbers take`, async () => {
    const engine = await vault.engine();
    const context = vault.Context.preset(engine, offer.preset);
    const parts = vault.keyParts(context, null); // nothing is made
    near(offer.keys, parts.reduce((sum, { weight }) => sum + weight, 0), 0.01);
    near(offer.number, vault.sizesOf(context).ciphertext / context.slots, 0.01);
    assert.equal(offer.rows, context.slots);
    const names = parts.flatMap(({ files }) => files.map(({ name }) => name));
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.includes('sparse.key'), context.bootstraps);
    assert.equal(offer.preset === 'deep-lean', context.bootstraps);
    context.free();
  });
}

test('the keys of a preset weigh what was foretold', async () => {
  const session = await vault.Session.generate('stats');
  for (const { files, weight, make } of vault.keyParts(session.context, session.key)) {
    const bytes = make().reduce((sum, one) => sum + one.length, 0);
    assert.ok(bytes >= weight && bytes <= weight + 8192, `${files[0].name}: ${bytes} for ${weight}`); // payloads begin at a page
  }
  session.close();
});

/** Parts that count how often they are made, and a store that can fail. */
function uploading(known, fails = () => false) {
  const made = [];
  const sent = [];
  const part = (...names) => ({
    files: names.map(name => ({ name, kind: null, galois: null })), weight: 10,
    make: () => (made.push(names[0]), names.map(name => new TextEncoder().encode(`new ${name}`)))
  });
  const store = {
    keep: async bytes => {
      const name = new TextDecoder().decode(bytes);
      if (fails(name)) throw new Error('the network is gone');
      sent.push(name);
      return { sha256: name, size: bytes.length };
    }
  };
  const told = [];
  const progress = new vault.Progress('j', 'keys', 80, now => told.push(now), () => 1000 * told.length);
  const upload = new vault.Upload(store, 'note', new Map(known.map(name => [name, { sha256: `old ${name}`, size: 7 }])), progress);
  return { made, sent, part, progress, told, upload };
}

test('an interrupted upload makes what is missing, and a pair of which one is missing anew', async () => {
  const { made, sent, part, progress, told, upload } = uploading(['relin.key', 'dense.key', 'public.key']);
  await upload.run([part('public.key'), part('relin.key'), part('galois-5.key'), part('sparse.key', 'dense.key')]);
  assert.deepEqual(made, ['galois-5.key', 'sparse.key']);
  assert.deepEqual(sent, ['new galois-5.key', 'new sparse.key', 'new dense.key']);
  assert.equal(upload.stored.get('dense.key').sha256, 'new dense.key', 'the old one belongs to another sparse secret');
  assert.equal(upload.stored.get('relin.key').sha256, 'old relin.key');
  assert.equal(told[0].done, 40, 'the bar begins where it stopped');
  assert.deepEqual([progress.current().done, progress.current().total], [80, 80]);
});

test('what is lost on the way is told, and no later part is sent', async () => {
  const { sent, part, upload } = uploading([], name => name.includes('galois'));
  await assert.rejects(upload.run([part('relin.key'), part('galois-5.key'), part('public.key')]), /the network is gone/);
  assert.deepEqual(sent, ['new relin.key']);
});

test('keys that another device registered first stay, and what the store refuses is told', async t => {
  const store = new vault.Store({ store: 'http://localhost:1/v1', workspace: 'personal', grant: 'x' });
  const register = status => {
    t.mock.method(globalThis, 'fetch', async () => new Response('{}', { status }));
    return store.putKeys('0'.repeat(32), { files: [] }, []);
  };
  for (const status of [200, 409]) await register(status);
  await assert.rejects(register(422), /refused it \(status 422\)/);
  await assert.rejects(register(403), /no longer accepts this page/);
});

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

test('the keys of a ring above weigh what the page tells, and belong together', async () => {
  const [{ preset, ladder }] = vault.OFFERS;
  assert.deepEqual(vault.OFFERS.filter(offer => offer.ladder !== null).map(offer => offer.preset), ['ml']);
  const engine = await vault.engine();
  const [small, large] = [preset, ladder.preset].map(name => vault.Context.preset(engine, name));
  assert.deepEqual([large.above(small), small.above(large)], [true, false]);
  const [below, upper] = [small, large].map(context => vault.SecretKey.generate(context));
  const parts = vault.aboveParts(large, upper, below, ladder);
  near(ladder.keys, parts.reduce((sum, { weight }) => sum + weight, 0), 0.01);
  const names = parts.flatMap(({ files }) => files.map(({ name, kind, galois }) => (assert.deepEqual([kind, galois], [null, null]), name)));
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every(name => /^above-[a-z0-9-]+\.(key|jfhe)$/.test(name)) && !names.some(name => name.includes('public')));
  for (const name of ['params.jfhe', 'lift.key', 'lower.key', 'relin.key', 'sparse.key', 'dense.key']) assert.ok(names.includes(`above-${name}`), name);
  const [lift, lower] = ['above-lift.key', 'above-lower.key'].map(name => {
    const { weight, make } = parts.find(({ files }) => files[0].name === name);
    const [bytes] = make();
    near(weight, bytes.length, 0.005);
    return engine.inspect(bytes);
  });
  assert.deepEqual([lift.fromId, lift.keyId, lower.fromId, lower.keyId], [below.id, upper.id, upper.id, below.id]);
  for (const one of [upper, below, large, small]) one.free();
});

test('keys of one ring above are not mixed with those of another secret', () => {
  const part = (name, ...digest) => [name, { name, sha256: name, size: 1, digest: Uint8Array.of(...digest) }];
  const found = new Map([part('above-lift.key', 1, 2), part('above-relin.key', 1, 3), part('public.key')]);
  assert.deepEqual([...vault.ofSet(found, Uint8Array.of(1, 2)).keys()], ['above-lift.key']);
  assert.deepEqual([...vault.ofSet(found, new Uint8Array(0)).keys()], ['public.key']);
});

test('too little memory is told as that, and nothing else is', () => {
  for (const why of [new vault.JfheError(vault.Status.ERR_MEMORY, 'no 40 bytes'), new RangeError('Array buffer allocation failed')]) {
    assert.match(vault.told(why).message, /not enough memory/);
    assert.equal(vault.told(why).code, 'memory');
  }
  const other = new vault.JfheError(vault.Status.ERR_CONTEXT, 'x');
  assert.equal(vault.told(other), other);
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
  const upload = new vault.Upload(store, { note: 'note', whose: new Uint8Array(0) }, new Map(known.map(name => [name, { sha256: `old ${name}`, size: 7 }])), progress);
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

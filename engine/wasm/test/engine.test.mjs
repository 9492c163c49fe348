// engine.test.mjs: keys, encryption, decryption, inspection, and what is refused, in WebAssembly alone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import {
  Context,
  Decryptor,
  EXPORTS,
  Encoding,
  Encryptor,
  Engine,
  JfheError,
  ObjectKind,
  SecretKey,
  Status,
  bootstrapWants
} from '../../../lab/packages/wasm/lib/index.js';
import { furthest, load, steady, wasm } from './support.mjs';

const engine = await load();

const status = expected => error => {
  assert.ok(error instanceof JfheError, String(error));
  assert.equal(error.status, expected, `${error.code}: ${error.message}`);
  assert.ok(error.message.length > 0);
  return true;
};

function opened(preset) {
  const context = Context.preset(engine, preset);
  const key = SecretKey.generate(context);
  return { context, key, encryptor: new Encryptor(key), decryptor: new Decryptor(key) };
}

describe('the module', () => {
  test('imports randomness, a clock and nothing that reaches further', () => {
    const names = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(i => `${i.module}.${i.name}`);
    const allowed = ['random_get', 'clock_time_get', 'environ_get', 'environ_sizes_get', 'proc_exit'];
    assert.deepEqual(
      names.filter(name => !allowed.map(a => `wasi_snapshot_preview1.${a}`).includes(name)),
      []
    );
    assert.ok(names.includes('wasi_snapshot_preview1.random_get'));
  });

  test('exports what the calls were generated for, and nothing else', () => {
    const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(e => e.name);
    assert.deepEqual(names.sort(), [...EXPORTS, '_initialize', 'memory'].sort());
  });

  test('is compiled while it arrives, and from a server that names it wrongly', async () => {
    for (const type of ['application/wasm', 'application/octet-stream']) {
      const server = createServer((_, answer) => answer.writeHead(200, { 'Content-Type': type }).end(wasm));
      await new Promise(done => server.listen(0, '127.0.0.1', done));
      const other = await Engine.load(fetch(`http://127.0.0.1:${server.address().port}/jfhe.wasm`));
      assert.equal(other.calls.securityLimit(14, 128), 430);
      server.close();
    }
  });

  test('uses its SIMD kernels, and the portable ones when told', async () => {
    for (const isa of ['wasm128', 'ref']) {
      const context = Context.preset(await load({ env: { JFHE_ISA: isa } }), 'stats-lite');
      assert.equal(context.backend, isa);
    }
    assert.equal(Context.preset(engine, 'stats-lite').backend, 'wasm128');
  });
});

for (const preset of ['stats-lite', 'stats']) {
  describe(preset, () => {
    const { context, key, encryptor, decryptor } = opened(preset);
    const re = Float64Array.from({ length: context.slots }, (_, i) => Math.sin(0.37 * i));
    const im = Float64Array.from({ length: context.slots }, (_, i) => Math.cos(0.11 * i));

    test('two runs of values go in and come out within the bound', () => {
      const out = decryptor.decrypt(encryptor.encrypt({ re, im, bound: 1.5 }));
      const worst = Math.max(furthest(out.re, i => re[i]), furthest(out.im, i => im[i]));
      assert.ok(worst > 0 && worst <= out.error, `${worst} and ${out.error}`);
      assert.ok(out.error < 1e-6, `${out.error}`);
    });

    test('a short run of real values, at the lowest level', () => {
      const bytes = encryptor.encrypt({ re: re.subarray(0, 5), bound: 1, level: 0, logSlots: 3 });
      const out = decryptor.decrypt(bytes);
      assert.equal(out.re.length, 8);
      assert.ok(furthest(out.re, i => (i < 5 ? re[i] : 0)) <= out.error);
      assert.ok(bytes.length < encryptor.encrypt({ re, bound: 1 }).length);
    });

    test('no more bytes a value than promised', () => {
      const bytes = encryptor.encrypt({ re, im, bound: 1.5 });
      const top = bytes.length / (2 * context.slots);
      const low = encryptor.encrypt({ re, im, bound: 1.5, level: 0 }).length / (2 * context.slots);
      assert.ok(top <= 6.1 * (context.levels + 1) && low <= 12, `${top}, ${low}`);
    });

    test('published keys say what they are', () => {
      const keys = { pk: key.publicKey(), relin: key.relinearisationKey(), low: key.relinearisationKey(1) };
      const turn = key.rotationKey(3, 1);
      assert.equal(engine.inspect(keys.pk).object, ObjectKind.PK);
      assert.equal(engine.inspect(keys.relin).kind, 1);
      assert.equal(engine.inspect(turn).galois, engine.calls.galoisRotate(context.ptr, 3));
      assert.ok(keys.low.length < keys.relin.length);
      for (const bytes of [...Object.values(keys), turn]) {
        assert.deepEqual(engine.inspect(bytes).keyId, key.id);
        assert.equal(Number(engine.inspect(bytes).totalBytes), bytes.length);
      }
    });

    test('a key comes back from its container', () => {
      const bytes = encryptor.encrypt({ re, im, bound: 1.5 });
      const again = SecretKey.read(context, key.write());
      assert.deepEqual(again.id, key.id);
      const out = new Decryptor(again).decrypt(bytes);
      assert.ok(furthest(out.re, i => re[i]) <= out.error);
      again.free();
    });

    test('a container is described without a key', () => {
      const bytes = encryptor.encrypt({ re, im, bound: 1.5 });
      const info = engine.inspect(bytes.subarray(0, 1280));
      assert.equal(info.object, ObjectKind.CT);
      assert.equal(info.encoding, Encoding.SEEDED);
      assert.equal(info.logN, context.logN);
      assert.equal(info.level, context.levels);
      assert.equal(info.totalBytes, BigInt(bytes.length));
      assert.deepEqual(info.paramsHash, context.hash);
      assert.deepEqual(Context.read(engine, context.write()).hash, context.hash);
    });
  });
}

describe('refusals', () => {
  const { context, key, encryptor, decryptor } = opened('stats-lite');
  const one = Float64Array.of(1);

  test('values that are no numbers, too large or too many', () => {
    for (const bad of [NaN, Infinity, -Infinity, 1.01]) {
      assert.throws(() => encryptor.encrypt({ re: Float64Array.of(bad), bound: 1 }), status(Status.ERR_VALUE));
    }
    assert.throws(() => encryptor.encrypt({ re: one, bound: 2 ** 60 }), status(Status.ERR_RANGE));
    assert.throws(() => encryptor.encrypt({ re: one, bound: 1, level: 9 }), status(Status.ERR_LEVEL));
    assert.throws(() => encryptor.encrypt({ re: new Float64Array(context.slots + 1), bound: 1 }), RangeError);
  });

  test('an unknown preset, a key of other parameters', () => {
    assert.throws(() => Context.preset(engine, 'stats-light'), error => {
      assert.match(error.message, /stats-lite/);
      return status(Status.ERR_ARG)(error);
    });
    const stats = Context.preset(engine, 'stats');
    assert.throws(() => SecretKey.read(stats, key.write()), status(Status.ERR_CONTEXT));
    stats.free();
  });

  test('hostile bytes give a status, and the engine works on', () => {
    const good = encryptor.encrypt({ re: one, bound: 1 });
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8;
    for (let i = 0; i < 400; i++) {
      const bad = good.slice(0, i % 4 === 0 ? random() % good.length : good.length);
      if (i % 4 !== 0) bad[i % 4 === 1 ? random() % 256 : random() % bad.length] ^= 1 << random() % 8;
      assert.throws(() => decryptor.decrypt(bad), JfheError);
      if (i % 4 === 1) assert.throws(() => engine.inspect(bad), JfheError);
    }
    assert.throws(() => engine.inspect(new Uint8Array(0)), JfheError);
    assert.throws(() => decryptor.decrypt(new Uint8Array([...good, 0])), status(Status.ERR_TRUNCATED));
    assert.throws(() => decryptor.decrypt(key.publicKey()), status(Status.ERR_FORMAT));
    assert.ok(furthest(decryptor.decrypt(good).re, i => (i ? 0 : 1)) < 1e-6);
  });

  test('a host without randomness gives no key', async () => {
    const dumb = await load({
      randomness: () => {
        throw new Error('none');
      }
    });
    assert.throws(() => SecretKey.generate(Context.preset(dumb, 'stats-lite')), status(Status.ERR_ENTROPY));
  });

  test('an older module is told from this one', async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await assert.rejects(Engine.load(empty), /lacks .*jfhe_encrypt/);
  });
});

describe('memory', () => {
  test('does not grow over 200 encryptions and decryptions', () => {
    const { context, encryptor, decryptor } = opened('stats-lite');
    const re = new Float64Array(context.slots).fill(0.5);
    const before = [];
    for (let i = 0; i < 201; i++) {
      if (i < 2) before.push(engine.memory.buffer.byteLength);
      decryptor.decrypt(encryptor.encrypt({ re, bound: 1 }));
      if (i % 10 === 0) assert.throws(() => decryptor.decrypt(new Uint8Array(300)), JfheError);
    }
    assert.equal(engine.memory.buffer.byteLength, before[1]);
  });

  test('keys and contexts give theirs back', () => {
    const sizes = [];
    for (let i = 0; i < 12; i++) {
      const { context, key, encryptor, decryptor } = opened('stats-lite');
      key.relinearisationKey();
      for (const thing of [encryptor, decryptor, key, context]) thing.free();
      sizes.push(engine.memory.buffer.byteLength);
    }
    assert.equal(sizes.at(-1), sizes[1]);
  });

  test('no number that was encrypted stays behind', async () => {
    const fresh = await load();
    const context = Context.preset(fresh, 'stats-lite');
    const key = SecretKey.generate(context);
    const [encryptor, decryptor] = [new Encryptor(key), new Decryptor(key)];
    const secret = 0.123456789012345;
    decryptor.decrypt(encryptor.encrypt({ re: new Float64Array(context.slots).fill(secret), bound: 1 }));
    // The number itself, and what it is encoded as: equal slots are one coefficient, below every prime.
    const encoded = BigInt(Math.round(secret * fresh.calls.ctxScale(context.ptr, context.levels)));
    const near = [-1n, 0n, 1n].map(d => encoded + d);
    const words = new BigUint64Array(fresh.memory.buffer);
    const traces = [new BigUint64Array(Float64Array.of(secret).buffer)[0], ...near];
    assert.equal(words.findIndex(word => traces.includes(word)), -1);
  });
});

describe('randomness', () => {
  test('is drawn for every key and ciphertext', () => {
    const { key, encryptor } = opened('stats-lite');
    const other = opened('stats-lite').key;
    assert.notDeepEqual(key.write().slice(4096), other.write().slice(4096));
    const numbers = { re: Float64Array.of(1), bound: 1 };
    assert.notDeepEqual(encryptor.encrypt(numbers), encryptor.encrypt(numbers));
  });

  test('decides every byte', async () => {
    const run = async env => {
      const context = Context.preset(await load({ randomness: steady, env }), 'stats-lite');
      const key = SecretKey.generate(context);
      const bytes = new Encryptor(key).encrypt({ re: Float64Array.of(1, 2, 3), bound: 4 });
      return [key.write(), key.relinearisationKey(1), bytes];
    };
    assert.deepEqual(await run({ JFHE_ISA: 'ref' }), await run({ JFHE_ISA: 'wasm128' }));
  });
});

describe('keys of a ring above', () => {
  test('lead between the two secrets, and only where the larger ring carries the smaller one\'s primes', () => {
    const [small, large] = [opened('stats'), opened('deep-small')];
    assert.deepEqual([large.context.above(small.context), small.context.above(large.context)], [true, false]);
    const found = [large.key.liftingKey(small.key), large.key.loweringKey(small.key)].map(bytes => engine.inspect(bytes));
    assert.deepEqual(found.map(info => [info.fromId, info.keyId]), [[small.key.id, large.key.id], [large.key.id, small.key.id]]);
    assert.ok(found.every(info => info.logNOther === small.context.logN));
    const other = opened('stats-lite');
    assert.equal(large.context.above(other.context), false);
    assert.throws(() => large.key.liftingKey(other.key), status(Status.ERR_CONTEXT));
    assert.throws(() => small.key.liftingKey(large.key), status(Status.ERR_CONTEXT));
    for (const { key, context, encryptor, decryptor } of [small, large, other]) for (const one of [encryptor, decryptor, key, context]) one.free();
  });

  test('of vectors of fewer slots take a key more a halving', () => {
    const { context } = opened('deep-small');
    const [all, half] = [bootstrapWants(context), bootstrapWants(context, context.logN - 2)];
    assert.ok(half.rotations.some(({ k }) => k === context.slots / 2) && !all.rotations.some(({ k }) => k === context.slots / 2));
    context.free();
  });
});

describe('keys for bootstrapping', () => {
  test('need levels for it', () => {
    const { context } = opened('stats-lite');
    assert.throws(() => bootstrapWants(context), status(Status.ERR_PARAMS));
    assert.deepEqual([context.bootstraps, context.ceiling], [false, context.levels]);
  });

  test('are as large as foretold', () => {
    const { context, key } = opened('stats-lite');
    for (let level = 0; level <= context.levels; level++) {
      const [found, told] = [key.rotationKey(1, level).length, context.keyBytes(level)];
      assert.ok(found >= told && found <= told + 8192, `${found} ${told}`); // the payload begins at a page
    }
  });

  const slow = process.env.JFHE_TEST_SLOW ? {} : { skip: 'JFHE_TEST_SLOW' };
  test('are few and soon made: under 200 MB, under three minutes; fresh numbers are at the ceiling', slow, async t => {
    const own = await load();
    const start = performance.now();
    const context = Context.preset(own, 'deep-lean');
    const key = SecretKey.generate(context);
    const { rotations, sine } = bootstrapWants(context);
    assert.deepEqual([context.bootstraps, context.ceiling, rotations.length], [true, 11, 4]);
    let bytes = 0;
    const weigh = (container, told) => {
      assert.equal(own.inspect(container).object, ObjectKind.EVK);
      assert.ok(Math.abs(container.length - told) <= 8192, `${container.length} ${told}`);
      bytes += container.length;
    };
    weigh(key.relinearisationKey(sine), context.keyBytes(sine));
    weigh(key.conjugationKey(sine), context.keyBytes(sine));
    for (const { k, level } of rotations) weigh(key.rotationKey(k, level), context.keyBytes(level));
    for (const container of key.sparsePair()) bytes += container.length;
    const seconds = (performance.now() - start) / 1000;
    t.diagnostic(`${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s, memory ${(own.memory.buffer.byteLength / 1e6).toFixed(0)} MB`);
    assert.ok(bytes < 200e6, `${bytes}`);
    assert.ok(seconds < 180, `${seconds}`);
    const fresh = new Encryptor(key).encrypt({ re: Float64Array.of(0.5), bound: 1 });
    assert.equal(own.inspect(fresh).level, 11);
    const back = new Decryptor(key).decrypt(fresh);
    assert.ok(Math.abs(back.re[0] - 0.5) <= back.error);
    key.free();
    context.free();
  });
});

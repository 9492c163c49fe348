// interop.test.mjs: the engine in WebAssembly and the native one open each other's containers and write the same bytes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Context, Decryptor, Encryptor, SecretKey } from '../../../lab/packages/wasm/lib/index.js';
import { doubles, folder, furthest, load, native, readFileSync, steady, steadyLibrary, writeFileSync } from './support.mjs';

const ENTROPY = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);
const hex = bytes => Buffer.from(bytes).toString('hex');
// As native.py has them: division rounds alike everywhere, a C library's cosine does not.
const real = t => (t % 97) / 97;
const imaginary = t => (t % 89) / 89 - 0.5;

function numbers(count) {
  const run = f => Float64Array.from({ length: count }, (_, i) => f(i));
  return { re: run(real), im: run(imaginary), bound: 1.2 };
}

const engine = await load();

for (const preset of ['stats-lite', 'stats']) {
  describe(preset, () => {
    const context = Context.preset(engine, preset);
    const key = SecretKey.fromEntropy(context, ENTROPY);

    test('the same entropy gives the same key and the same parameters, to the byte', () =>
      folder(file => {
        native(['sk', preset, hex(ENTROPY), file('sk')]);
        native(['ctx', preset, file('ctx')]);
        assert.deepEqual(key.write(), new Uint8Array(readFileSync(file('sk'))));
        assert.deepEqual(context.write(), new Uint8Array(readFileSync(file('ctx'))));
      }));

    test('encrypted in WebAssembly, decrypted natively', () =>
      folder(file => {
        writeFileSync(file('sk'), key.write(), { mode: 0o600 });
        writeFileSync(file('ct'), new Encryptor(key).encrypt(numbers(context.slots)));
        native(['decrypt', preset, file('sk'), file('ct'), file('out')]);
        const out = doubles(file('out'));
        const error = out.at(-1);
        assert.ok(furthest(out.subarray(0, context.slots), real) <= error);
        assert.ok(furthest(out.subarray(context.slots, 2 * context.slots), imaginary) <= error);
        assert.ok(error < 1e-6);
      }));

    test('encrypted natively, decrypted in WebAssembly', () =>
      folder(file => {
        writeFileSync(file('sk'), key.write(), { mode: 0o600 });
        native(['encrypt', preset, file('sk'), context.slots, file('ct')]);
        const { re, im, error } = new Decryptor(key).decrypt(new Uint8Array(readFileSync(file('ct'))));
        assert.ok(furthest(re, real) <= error && furthest(im, imaginary) <= error && error < 1e-6);
      }));

    test('keys and ciphertexts of a browser are computed with natively, and the result comes back', () =>
      folder(file => {
        writeFileSync(file('relin'), key.relinearisationKey());
        writeFileSync(file('ct'), new Encryptor(key).encrypt(numbers(100)));
        native(['square', preset, file('relin'), file('ct'), file('out')]);
        const { re, im, error } = new Decryptor(key).decrypt(new Uint8Array(readFileSync(file('out'))));
        assert.ok(furthest(re.subarray(0, 100), t => real(t) ** 2 - imaginary(t) ** 2) <= error);
        assert.ok(furthest(im.subarray(0, 100), t => 2 * real(t) * imaginary(t)) <= error && error < 1e-4);
      }));

    test('the same randomness gives the same keys and ciphertexts, to the byte', { skip: process.platform !== 'linux' }, () =>
      folder(async file => {
        steadyLibrary(file('steady.so'));
        const env = { LD_PRELOAD: file('steady.so') };
        const same = Context.preset(await load({ randomness: steady }), preset);
        const bytes = key.write();
        const again = () => SecretKey.read(same, bytes); // its noise begins anew, as that of each command does
        writeFileSync(file('sk'), bytes, { mode: 0o600 });
        native(['encrypt', preset, file('sk'), 100, file('ct')], env);
        native(['relin', preset, file('sk'), 1, file('relin')], env);
        const ct = new Encryptor(again()).encrypt(numbers(100));
        assert.deepEqual(ct, new Uint8Array(readFileSync(file('ct'))));
        assert.deepEqual(again().relinearisationKey(1), new Uint8Array(readFileSync(file('relin'))));
      }));
  });
}

describe('deep-small above stats', () => {
  test('the keys between two rings are those of the native engine, to the byte', { skip: process.platform !== 'linux' }, () =>
    folder(async file => {
      steadyLibrary(file('steady.so'));
      const same = await load({ randomness: steady });
      const [small, large] = ['stats', 'deep-small'].map(preset => Context.preset(same, preset));
      const secrets = [small, large].map(context => SecretKey.fromEntropy(context, ENTROPY).write());
      const [below, above] = [small, large].map((context, i) => SecretKey.read(context, secrets[i])); // their noise begins anew
      secrets.forEach((bytes, i) => writeFileSync(file(`sk${i}`), bytes, { mode: 0o600 }));
      native(['rung', 'deep-small', 'stats', file('sk1'), file('sk0'), file('lift'), file('lower')], { LD_PRELOAD: file('steady.so') });
      assert.deepEqual(above.liftingKey(below), new Uint8Array(readFileSync(file('lift'))));
      assert.deepEqual(above.loweringKey(below), new Uint8Array(readFileSync(file('lower'))));
    }));
});

// node-seal under Node (the driver copies this file beside node_modules): encode and encrypt, seeded; the last entry of --bits is SEAL's one special prime.
import { readFileSync } from 'node:fs';
import SEAL from 'node-seal';

function arg(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
}

const manifest = new URL('./node_modules/node-seal/package.json', import.meta.url);
const version = JSON.parse(readFileSync(manifest, 'utf8')).version;

const logN = Number(arg('--logn', '14'));
const bits = arg('--bits', '48,46,46,46,46,46,46,48').split(',').map(Number);
const scale = 2 ** Number(arg('--scale', '46'));
const budgetMs = Number(arg('--budget-ms', '800'));

const sum = bits.reduce((a, b) => a + b, 0);
const params = {
  logN,
  logQ: sum - bits.at(-1),
  logQP: sum,
  primes: bits.length - 1,
  dnum: bits.length - 1,
  threads: 1
};
const head = { peer: 'node-seal', version, flags: `wasm, node ${process.versions.node}` };

// Warm up, repeat until the budget is spent, print one JSON line (the same rule as common/measure.hpp).
function timeIt(name, op, bytes) {
  op();
  op();
  const ns = [];
  const begin = process.hrtime.bigint();
  while (ns.length < 5 || (ns.length < 5000 && Number(process.hrtime.bigint() - begin) < budgetMs * 1e6)) {
    const t0 = process.hrtime.bigint();
    op();
    ns.push(Number(process.hrtime.bigint() - t0));
  }
  ns.sort((a, b) => a - b);
  const at = f => ns[Math.floor(f * (ns.length - 1) + 0.5)];
  const times = { reps: ns.length, min_ns: ns[0], median_ns: at(0.5), p10_ns: at(0.1), p90_ns: at(0.9) };
  console.log(JSON.stringify({ ...head, name, params, ...times, ...(bytes ? { bytes } : {}) }));
}

const seal = await SEAL();
const parms = new seal.EncryptionParameters(seal.SchemeType.ckks);
parms.setPolyModulusDegree(1 << logN);
parms.setCoeffModulus(seal.CoeffModulus.Create(1 << logN, Int32Array.from(bits)));
const context = new seal.SEALContext(parms, true, seal.SecLevelType.tc128);
if (!context.parametersSet()) throw new Error('node-seal: parameters refused');
const keygen = new seal.KeyGenerator(context);
const secret = keygen.secretKey();
const publicKey = keygen.createPublicKey();
const encoder = new seal.CKKSEncoder(context);
const encryptor = new seal.Encryptor(context, publicKey, secret);
const decryptor = new seal.Decryptor(context, secret);
const values = Float64Array.from({ length: encoder.slotCount() }, (_, i) => Math.sin(0.001 * i));
const plain = new seal.Plaintext();

const cipher = new seal.Ciphertext();
encoder.encode(values, scale, plain);
encryptor.encryptSymmetric(plain, cipher);
const back = new seal.Plaintext();
decryptor.decrypt(cipher, back);
const got = encoder.decodeFloat64(back);
if (values.some((v, i) => Math.abs(v - got[i]) > 1e-3)) throw new Error('node-seal: wrong decryption');

const seeded = encryptor.encryptSymmetricSerializable(plain);
const bytes = seeded.saveToArray(seal.ComprModeType.none).length;
seeded.delete();
timeIt('encode', () => encoder.encode(values, scale, plain));
timeIt('encrypt_seeded', () => encryptor.encryptSymmetricSerializable(plain).delete(), bytes);
timeIt('encode_encrypt_seeded', () => {
  encoder.encode(values, scale, plain);
  encryptor.encryptSymmetricSerializable(plain).delete();
}, bytes);
timeIt('encode_encrypt_seeded_saved', () => {
  encoder.encode(values, scale, plain);
  const c = encryptor.encryptSymmetricSerializable(plain);
  c.saveToArray(seal.ComprModeType.none);
  c.delete();
}, bytes);

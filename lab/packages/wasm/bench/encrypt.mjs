// Encode and encrypt, seeded, in WebAssembly, as bench/peers/node_seal does: one JSON line a measurement.
//
//   node lab/packages/wasm/bench/encrypt.mjs [--wasm FILE] [--preset stats] [--budget-ms 800]
//
// `values` in params is how many numbers one repetition carries: complex packing holds N of them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Context, Decryptor, Encryptor, Engine, Packing, SecretKey } from '../lib/index.js';

const here = path => fileURLToPath(new URL(path, import.meta.url));

function arg(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
}

const preset = arg('--preset', 'stats');
const budgetMs = Number(arg('--budget-ms', '800'));
const wasm = arg('--wasm', process.env.JFHE_WASM ?? here('../../../../build/wasm/jfhe.wasm'));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

const engine = await Engine.load(readFileSync(wasm), { env: process.env.JFHE_ISA ? { JFHE_ISA: process.env.JFHE_ISA } : {} });
const { calls, memory } = engine;
const context = Context.preset(engine, preset);
const key = SecretKey.generate(context);
const { ptr, slots, levels, logN } = context;

const params = {
  logN,
  logQ: Math.round(calls.ctxLogQ(ptr, levels)),
  logQP: Math.round(calls.ctxLogQp(ptr)),
  primes: calls.ctxLimbs(ptr, levels),
  dnum: calls.ctxDnum(ptr),
  threads: 1,
  values: 2 * slots
};
const head = { peer: 'jupyterfhe-wasm', version, flags: `wasm, ${context.backend}, node ${process.versions.node}` };

// The same rule as the peers': warm up, repeat until the budget is spent.
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
  const perValue = { min_ns_per_value: ns[0] / params.values };
  console.log(JSON.stringify({ ...head, name, params, ...times, ...perValue, ...(bytes ? { bytes } : {}) }));
}

const re = Float64Array.from({ length: slots }, (_, i) => Math.sin(0.001 * i));
const im = Float64Array.from({ length: slots }, (_, i) => Math.cos(0.002 * i));
const numbers = { re, im, bound: 1.5 };
const encryptor = new Encryptor(key);
const container = encryptor.encrypt(numbers);
const opened = new Decryptor(key).decrypt(container);
const wrong = i => Math.abs(opened.re[i] - re[i]) > opened.error || Math.abs(opened.im[i] - im[i]) > opened.error;
if (re.some((_, i) => wrong(i))) throw new Error('jfhe.wasm: wrong decryption');

const scratchBytes = Math.max(calls.ckksEncodeScratch(ptr), calls.encryptScratch(ptr));
const scratch = memory.alloc(scratchBytes);
const pt = engine.make(out => calls.ptNew(out, ptr, levels));
const ct = engine.make(out => calls.ctNew(out, ptr, 1, levels));
const [reAt, imAt] = [memory.alloc(8 * slots), memory.alloc(8 * slots)];
const size = container.length;
const bytesAt = memory.alloc(size);

function encode(how) {
  memory.doubles(reAt, slots).set(re);
  memory.doubles(imAt, slots).set(im);
  how.call(calls, ptr, pt, reAt, imAt, slots, Packing.COMPLEX, logN - 1, levels, 0, 1.5, scratch, scratchBytes);
}
const encrypt = () => calls.encrypt(ptr, ct, pt, key.ptr, scratch, scratchBytes);

timeIt('encode', () => encode(calls.ckksEncode));
timeIt('encrypt_seeded', encrypt, size);
timeIt('encode_encrypt_seeded', () => (encode(calls.ckksEncodeFresh), encrypt()), size);
timeIt('encode_encrypt_seeded_saved', () => encryptor.encrypt(numbers), size);

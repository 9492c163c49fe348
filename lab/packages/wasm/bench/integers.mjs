// What exact integers cost to encrypt beside decimals, in WebAssembly: a line a preset. Processor time, medians of repetitions in turn, so that other
// work on the machine weighs on both alike.
//
//   node lab/packages/wasm/bench/integers.mjs [--wasm FILE] [--repetitions 12]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Context, Encryptor, Engine, IntegerEncryptor, SecretKey } from '../lib/index.js';

/** The first moduli of two presets: protocol/vectors/exact/choices.json. */
const MODULI = { stats: 33292289, ml: 3735553 };

function arg(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
}

const wasm = arg('--wasm', process.env.JFHE_WASM ?? fileURLToPath(new URL('../../../../build/wasm/jfhe.wasm', import.meta.url)));
const repetitions = Number(arg('--repetitions', '12'));
const engine = await Engine.load(readFileSync(wasm));
const median = times => times.sort((a, b) => a - b)[times.length >> 1] / 1000;

function timed(run, into) {
  const before = process.cpuUsage().user;
  run();
  into.push(process.cpuUsage().user - before);
}

for (const [preset, modulus] of Object.entries(MODULI)) {
  const context = Context.preset(engine, preset);
  const key = SecretKey.generate(context);
  const [decimals, integers] = [new Encryptor(key), new IntegerEncryptor(key)];
  const re = Float64Array.from({ length: context.slots }, (_, i) => Math.sin(i));
  const values = Float64Array.from({ length: 2 * context.slots }, (_, i) => (i * 7919) % 9973);
  const [a, b] = [[], []];
  for (let i = 0; i < repetitions; i += 1) {
    timed(() => decimals.encrypt({ re, bound: 1 }), a);
    timed(() => integers.encrypt({ values, modulus }), b);
  }
  const bytes = integers.encrypt({ values, modulus }).length;
  console.log(JSON.stringify({ preset, decimals_ms: median(a), integers_ms: median(b), bytes, decimals: re.length, integers: values.length }));
  for (const one of [decimals, integers, key, context]) one.free();
}

// bootstrap.ts: the keys with which a server gives ciphertexts their levels back, made one after another.

import type { SecretKey } from './keys.js';
import { BootstrapKeys, Encoding, type Ptr } from './raw.js';

/** One key in its container, under the name that the command line tool gives it; the `done`-th of `total`. */
export interface KeyFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  done: number;
  total: number;
}

interface Wants {
  rotations: { k: number; level: number }[];
  /** Up to which relinearisation and conjugation must serve. */
  sine: number;
}

const ROTATIONS_MAX = 64;

/** What the few keys for bootstrapping every slot are. */
function wants(key: SecretKey): Wants {
  const { engine, logN, ptr } = key.context;
  const { calls, memory } = engine;
  return memory.scope(scope => {
    const k = scope.room<'int32_t'>(4 * ROTATIONS_MAX);
    const level = scope.room<'uint32_t'>(4 * ROTATIONS_MAX);
    const count = scope.room<'size_t'>(4);
    const sine = scope.room<'uint32_t'>(4);
    calls.bootstrapWants(ptr, k, level, ROTATIONS_MAX, count, sine, logN - 1, BootstrapKeys.FEW_KEYS);
    const seen = new DataView(memory.buffer);
    const rotations = Array.from({ length: seen.getUint32(count, true) }, (_, i) => ({
      k: seen.getInt32(k + 4 * i, true),
      level: seen.getUint32(level + 4 * i, true)
    }));
    return { rotations, sine: seen.getUint32(sine, true) };
  });
}

/** The two keys of the sparse secret, which nobody keeps. */
function pair(key: SecretKey): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  const { engine, ptr } = key.context;
  const { calls, memory } = engine;
  const [down, up] = memory.scope(scope => {
    const outs = [scope.out<'jfhe_evk'>(), scope.out<'jfhe_evk'>()] as const;
    calls.keygenBootstrap(outs[0], outs[1], ptr, key.ptr);
    return [memory.pointer(outs[0]), memory.pointer(outs[1])] as const;
  });
  const container = (evk: Ptr<'jfhe_evk'>): Uint8Array<ArrayBuffer> =>
    engine.written(calls.evkWriteSize(evk, Encoding.SEEDED), (at, length) =>
      calls.evkWrite(at, length, evk, Encoding.SEEDED)
    );
  try {
    return [container(down), container(up)];
  } finally {
    calls.evkFree(down);
    calls.evkFree(up);
  }
}

/**
 * The keys for bootstrapping every slot, few as they are, one at a time: hand each on before asking for the next, for together
 * they are 158 MB of preset 'deep-lean'. Throws JfheError (ERR_PARAMS) where the context has no levels for it.
 */
export function* bootstrapKeys(key: SecretKey): Generator<KeyFile> {
  const { context } = key;
  const { calls } = context.engine;
  const { rotations, sine } = wants(key);
  const total = rotations.length + 4;
  let done = 0;
  const file = (name: string, bytes: Uint8Array<ArrayBuffer>): KeyFile => ({ name, bytes, done: ++done, total });
  yield file('relin.key', key.relinearisationKey(sine));
  yield file(`galois-${calls.galoisConjugate(context.ptr)}.key`, key.conjugationKey(sine));
  for (const { k, level } of rotations)
    yield file(`galois-${calls.galoisRotate(context.ptr, k)}.key`, key.rotationKey(k, level));
  const [down, up] = pair(key);
  yield file('sparse.key', down);
  yield file('dense.key', up);
}

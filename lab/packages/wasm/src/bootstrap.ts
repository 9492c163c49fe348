// bootstrap.ts: which keys a server needs to give ciphertexts their levels back, besides the pair of `SecretKey.sparsePair`.

import type { Context } from './keys.js';
import { BootstrapKeys } from './raw.js';

export interface BootstrapWants {
  /** Rotations, and the level up to which the key of each must serve. */
  readonly rotations: readonly { readonly k: number; readonly level: number }[];
  /** The level up to which relinearisation and conjugation must serve. */
  readonly sine: number;
}

const ROTATIONS_MAX = 64;

/**
 * The few keys for bootstrapping every slot, 188 MB of preset 'deep-lean', or vectors of 2^logSlots: a key more for each halving. Throws JfheError
 * (ERR_PARAMS) where the context has no levels for it.
 */
export function bootstrapWants({ engine, logN, ptr }: Context, logSlots = logN - 1): BootstrapWants {
  const { calls, memory } = engine;
  return memory.scope(scope => {
    const k = scope.room<'int32_t'>(4 * ROTATIONS_MAX);
    const level = scope.room<'uint32_t'>(4 * ROTATIONS_MAX);
    const count = scope.room<'size_t'>(4);
    const sine = scope.room<'uint32_t'>(4);
    calls.bootstrapWants(ptr, k, level, ROTATIONS_MAX, count, sine, logSlots, BootstrapKeys.FEW_KEYS);
    const seen = new DataView(memory.buffer);
    const rotations = Array.from({ length: seen.getUint32(count, true) }, (_, i) => ({
      k: seen.getInt32(k + 4 * i, true),
      level: seen.getUint32(level + 4 * i, true)
    }));
    return { rotations, sine: seen.getUint32(sine, true) };
  });
}

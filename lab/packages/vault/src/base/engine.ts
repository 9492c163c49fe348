// engine.ts: the engine in this worker, and keys in it.

import { Context, Engine, SecretKey } from '@jupyterfhe/wasm';
import type { Sizes } from '../encrypt/exact.ts';
import type { Bytes } from './bytes.ts';

let loaded: Promise<Engine> | null = null;
let source: () => Promise<Response | BufferSource> = () => fetch('jfhe.wasm', { credentials: 'same-origin' });

/** Where the engine comes from, in tests under Node. */
export function loadFrom(other: () => Promise<BufferSource>): void {
  source = other;
  loaded = null;
}

export function engine(): Promise<Engine> {
  loaded ??= source().then(found => Engine.load(found as Response));
  return loaded;
}

/** What a worker needs to encrypt; lent by the keeper to workers of this origin. */
export interface Lent {
  readonly params: Bytes;
  readonly key: Bytes;
  readonly keyId: Bytes;
  readonly paramsHash: Bytes;
  readonly sealKey: Bytes;
  readonly slots: number;
  /** Of fresh numbers. */
  readonly level: number;
  readonly sizes: Sizes;
}

/** The key that a container holds; the container is wiped. */
export function keyOf(context: Context, container: Bytes): SecretKey {
  try {
    return SecretKey.read(context, container);
  } finally {
    container.fill(0);
  }
}

export { Context, SecretKey };

// generate.ts: evaluation keys, as `jfhe keygen` and python/jupyterfhe/client/keys.py make them: the same files with the same names.

import type { Bytes } from '../base/bytes.ts';
import { bootstrapWants, type Context, type SecretKey } from '@jupyterfhe/wasm';

export interface KeyFile {
  readonly name: string;
  /** As protocol/rest.yaml has it; what is no element of the registry has none. */
  readonly kind: 'relin' | 'galois' | 'switch' | null;
  readonly galois: number | null;
}

/** What is made at once: one file, or a pair that belongs together. */
export interface KeyPart {
  readonly files: readonly KeyFile[];
  /** Bytes, foretold: what the bar counts. */
  readonly weight: number;
  /** As many as there are files. */
  make(): Bytes[];
}

const plain = (name: string, weight: number, make: () => Bytes): KeyPart => ({ files: [{ name, kind: null, galois: null }], weight, make: () => [make()] });

/**
 * All that a server computes with: parameters, public key, relinearisation, rotations by powers of two, conjugation; and where the parameters
 * have levels for it, what gives levels back. Keys of bootstrapping serve the levels that it needs, the others those of numbers.
 */
export function keyParts(context: Context, key: SecretKey): KeyPart[] {
  const { calls } = context.engine;
  const wants = context.bootstraps ? bootstrapWants(context) : null;
  const level = wants?.sine ?? context.ceiling;
  const galois = (element: number, upTo: number, make: () => Bytes): KeyPart => ({
    files: [{ name: `galois-${element}.key`, kind: 'galois', galois: element }], weight: context.keyBytes(upTo), make: () => [make()]
  });
  const rotations = new Map<number, KeyPart>();
  const powers = Array.from({ length: context.logN - 1 }, (_, i) => ({ k: 2 ** i, level: context.ceiling }));
  for (const { k, level: upTo } of [...(wants?.rotations ?? []), ...powers]) {
    const element = calls.galoisRotate(context.ptr, k);
    if (!rotations.has(element)) rotations.set(element, galois(element, upTo, () => key.rotationKey(k, upTo)));
  }
  const pair: KeyPart = {
    files: ['sparse.key', 'dense.key'].map(name => ({ name, kind: 'switch', galois: null })),
    weight: context.keyBytes() / context.digits + context.ciphertextBytes(0),
    make: () => key.sparsePair()
  };
  return [
    plain('params.jfhe', 0, () => context.write()),
    plain('public.key', context.ciphertextBytes(context.levels), () => key.publicKey()),
    { files: [{ name: 'relin.key', kind: 'relin', galois: null }], weight: context.keyBytes(level), make: () => [key.relinearisationKey(level)] },
    galois(calls.galoisConjugate(context.ptr), level, () => key.conjugationKey(level)),
    ...rotations.values(),
    ...(wants === null ? [] : [pair])
  ];
}

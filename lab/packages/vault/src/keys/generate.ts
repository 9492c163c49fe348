// generate.ts: evaluation keys, as `jfhe keygen` and python/jupyterfhe/client make them: the same files with the same names.

import type { Bytes } from '../base/bytes.ts';
import { bootstrapWants, type Context, type SecretKey } from '@jupyterfhe/wasm';
import type { Registered } from '../upload/store.ts';
import type { Ladder } from './offers.ts';

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

/** 1, base, base^2, ... below a limit. */
function powers(base: number, below: number): number[] {
  const found = [];
  for (let k = 1; k < below; k *= base) found.push(k);
  return found;
}

/**
 * What computes on vectors of 2^logSlots numbers: relinearisation, conjugation, rotations by the powers of a base; and where the parameters have
 * levels for it, what gives levels back. Keys of bootstrapping serve the levels that it needs, the others those of numbers.
 */
function computing(context: Context, key: SecretKey, logSlots: number, base: number): KeyPart[] {
  const { calls } = context.engine;
  const wants = context.bootstraps ? bootstrapWants(context, context.logN - 1) : null; // of all slots: they bring back vectors of fewer too
  const level = wants?.sine ?? context.ceiling;
  const galois = (element: number, upTo: number, make: () => Bytes): KeyPart => ({
    files: [{ name: `galois-${element}.key`, kind: 'galois', galois: element }], weight: context.keyBytes(upTo), make: () => [make()]
  });
  const rotations = new Map<number, KeyPart>();
  const own = powers(base, 2 ** logSlots).map(k => ({ k, level: context.ceiling }));
  for (const { k, level: upTo } of [...(wants?.rotations ?? []), ...own]) {
    const element = calls.galoisRotate(context.ptr, k);
    if (!rotations.has(element)) rotations.set(element, galois(element, upTo, () => key.rotationKey(k, upTo)));
  }
  const pair: KeyPart = {
    files: ['sparse.key', 'dense.key'].map(name => ({ name, kind: 'switch', galois: null })),
    weight: context.keyBytes() / context.digits + context.ciphertextBytes(0),
    make: () => key.sparsePair()
  };
  return [
    { files: [{ name: 'relin.key', kind: 'relin', galois: null }], weight: context.keyBytes(level), make: () => [key.relinearisationKey(level)] },
    galois(calls.galoisConjugate(context.ptr), level, () => key.conjugationKey(level)),
    ...rotations.values(),
    ...(wants === null ? [] : [pair])
  ];
}

/** All that a server computes with: parameters, public key, and keys of operations. */
export function keyParts(context: Context, key: SecretKey): KeyPart[] {
  return [
    plain('params.jfhe', 0, () => context.write()),
    plain('public.key', context.ciphertextBytes(context.levels), () => key.publicKey()),
    ...computing(context, key, context.logN - 1, 2)
  ];
}

/** What names of the ring above begin with in the one tree of a key: protocol/vault.md. */
export const ABOVE = 'above-';

/**
 * Keys of the ring above (docs/adr/0038): the two that lead there and back, which take both secrets, and those that compute there. Rotations by
 * powers of four save 56 MB of those of two; one between is twice one of them, which is little beside a bootstrap.
 */
export function aboveParts(context: Context, upper: SecretKey, below: SecretKey, { lift, lower }: Pick<Ladder, 'lift' | 'lower'>): KeyPart[] {
  const parts = [
    plain('params.jfhe', 0, () => context.write()),
    plain('lift.key', lift, () => upper.liftingKey(below)),
    plain('lower.key', lower, () => upper.loweringKey(below)),
    ...computing(context, upper, below.context.logN - 1, 4)
  ];
  return parts.map(({ files, ...rest }) => ({ ...rest, files: files.map(({ name }) => ({ name: ABOVE + name, kind: null, galois: null })) }));
}

/** Whether a ring above is registered: the store takes its keys all at once. */
export function hasAbove(found: Registered | null): boolean {
  return found?.tree.files.some(({ name }) => name.startsWith(ABOVE)) ?? false;
}

// generate.ts: evaluation keys, as `jfhe keygen` makes them: the same files with the same names.

import type { Bytes } from '../base/bytes.ts';
import type { Context, SecretKey } from '@jupyterfhe/wasm';

export interface KeyFile {
  readonly name: string;
  readonly kind: 'params' | 'public' | 'relin' | 'galois';
  readonly galois: number | null;
  make(): Bytes;
}

/** The files in order of name, each made when it is wanted: parameters, public key, relinearisation, rotations by powers of two, conjugation. */
export function evaluationFiles(context: Context, key: SecretKey): KeyFile[] {
  const { calls } = context.engine;
  const files: KeyFile[] = [
    { name: 'params.jfhe', kind: 'params', galois: null, make: () => context.write() },
    { name: 'public.key', kind: 'public', galois: null, make: () => key.publicKey() },
    { name: 'relin.key', kind: 'relin', galois: null, make: () => key.relinearisationKey() }
  ];
  for (let i = 0; i < context.logN - 1; i += 1) {
    const galois = calls.galoisRotate(context.ptr, 2 ** i);
    files.push({ name: `galois-${galois}.key`, kind: 'galois', galois, make: () => key.rotationKey(2 ** i) });
  }
  const galois = calls.galoisConjugate(context.ptr);
  files.push({ name: `galois-${galois}.key`, kind: 'galois', galois, make: () => key.conjugationKey() });
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

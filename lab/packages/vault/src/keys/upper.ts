// upper.ts: the secret of a ring above (docs/adr/0049). Nobody needs it once the keys of that ring are made, and they are all of one secret; so for as
// long as they are on their way, and no longer, it lies in IndexedDB, sealed under a key that only the holder of the secret below can derive.

import { change, get, remove, type Table } from '../base/db.ts';
import { joined, utf8, type Bytes } from '../base/bytes.ts';
import { keyOf, SecretKey, type Context } from '../base/engine.ts';
import { lockBytes, NONCE, unlockBytes } from '../base/sodium.ts';
import { cancelled } from '../upload/store.ts';
import { end } from '../upload/journal.ts';
import type { Ladder } from './offers.ts';

/** That somebody wants a ring above. `sealed`: a nonce and the ring's secret; null before that is made. */
interface UpperRow {
  readonly job: string;
  readonly ladder: Ladder;
  readonly sealed: Bytes | null;
}

/** The name of the upload, in which its parts are noted too. */
export function climbOf(keyId: string, workspace: string): string {
  return `above-${keyId}-${workspace}`;
}

/** The row that is there for as long as it is wanted. */
export function rowOf(climb: string): readonly [Table, string] {
  return ['uppers', climb];
}

/** A ring above is wanted from now on, until its keys are registered or it is forgotten. */
export async function want(climb: string, ladder: Ladder): Promise<void> {
  await change<UpperRow>('uppers', climb, row => row ?? { job: climb, ladder, sealed: null });
}

/** Which one is wanted; null where none is. */
export async function wanted(climb: string): Promise<Ladder | null> {
  return (await get<UpperRow>('uppers', climb))?.ladder ?? null;
}

/** It is there, or not wanted any more: nothing of it stays in this browser. */
export async function forget(climb: string): Promise<void> {
  await remove('uppers', climb);
  await end(climb);
}

function about(climb: string, context: Context): Bytes {
  return joined(utf8(`jupyterfhe upper 1 ${climb} `), context.hash);
}

/** The secret that lies there; a new one, which is there from now on, when none does, or not one that `sealing` opens. */
export async function upperSecret(climb: string, context: Context, sealing: Bytes): Promise<SecretKey> {
  const sealed = (await get<UpperRow>('uppers', climb))?.sealed ?? null;
  const found = sealed === null ? null : await unlockBytes(sealed.slice(NONCE), sealed.slice(0, NONCE), sealing, about(climb, context));
  if (found !== null) return keyOf(context, found);
  const key = SecretKey.generate(context);
  const container = key.write();
  try {
    const made = await lockBytes(container, sealing, about(climb, context));
    const next = joined(made.nonce, made.sealed);
    if ((await change<UpperRow>('uppers', climb, row => row && { ...row, sealed: next })) === undefined) throw cancelled(); // forgotten meanwhile
    return key;
  } catch (why) {
    key.free();
    throw why;
  } finally {
    container.fill(0);
  }
}

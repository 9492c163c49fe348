// seal.ts: texts that no server reads: hidden names and labels (sealed.bin), and the notes of unfinished uploads.

import { derive, joined, utf8, type Bytes } from '../base/bytes.ts';
import { lockBytes, NONCE, unlockBytes } from '../base/sodium.ts';

const MAGIC = joined(utf8('JFHESEAL'), Uint8Array.of(1));
const BLOCK = 1024;
/** Bytes of the secret key's payload before its coefficients: counts, which change. */
const COUNTS = 16;

/** A key that only the holder of a secret key can derive, for one purpose. */
async function derivedOf(container: Uint8Array, keyId: Bytes, purpose: string): Promise<Bytes> {
  const view = new DataView(container.buffer, container.byteOffset, container.byteLength);
  const coefficients = container.slice(Number(view.getBigUint64(24, true)) + COUNTS);
  const key = await derive(coefficients, keyId, purpose);
  coefficients.fill(0);
  return key;
}

/** The key under which this secret key's holder seals texts. */
export function sealingKey(container: Uint8Array, keyId: Bytes): Promise<Bytes> {
  return derivedOf(container, keyId, 'jupyterfhe sealed 1');
}

/** The key under which the secret of a ring above lies here while its keys are made (upper.ts). */
export function upperSealingKey(container: Uint8Array, keyId: Bytes): Promise<Bytes> {
  return derivedOf(container, keyId, 'jupyterfhe upper 1');
}

/** Sealed, its length hidden up to a kilobyte. */
export async function sealText(text: string, key: Uint8Array, keyId: Uint8Array): Promise<Bytes> {
  const plain = utf8(text);
  const padded = new Uint8Array(Math.max(1, Math.ceil(plain.length / BLOCK)) * BLOCK).fill(0x20);
  padded.set(plain);
  const { nonce, sealed } = await lockBytes(padded, key, joined(MAGIC, keyId));
  return joined(MAGIC, nonce, sealed);
}

/** The text, with blanks behind it; null when it is not ours. */
export async function unsealText(bytes: Uint8Array, key: Uint8Array, keyId: Uint8Array): Promise<string | null> {
  const head = MAGIC.length;
  if (bytes.length < head + NONCE + 16 || MAGIC.some((byte, i) => bytes[i] !== byte)) return null;
  const found = await unlockBytes(bytes.subarray(head + NONCE), bytes.subarray(head, head + NONCE), key, joined(MAGIC, keyId));
  return found === null ? null : new TextDecoder().decode(found);
}

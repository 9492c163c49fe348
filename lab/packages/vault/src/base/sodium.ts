// sodium.ts: libsodium, loaded once a worker, and the two things that the vault takes of it.

import sodium from 'libsodium-wrappers-sumo';
import { utf8, type Bytes } from './bytes.ts';

export const NONCE = 24;
export const SALT = 16;

export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** XChaCha20-Poly1305 with a fresh nonce. */
export async function lockBytes(plain: Uint8Array, key: Uint8Array, about: Uint8Array): Promise<{ nonce: Bytes; sealed: Bytes }> {
  await sodium.ready;
  const nonce = random(NONCE);
  const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, about, null, nonce, key);
  return { nonce, sealed: new Uint8Array(sealed) };
}

/** What was locked; null when the key, the bytes or what they are about differ. */
export async function unlockBytes(sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array, about: Uint8Array): Promise<Bytes | null> {
  await sodium.ready;
  if (nonce.length !== NONCE || sealed.length < 16) return null;
  try {
    return new Uint8Array(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, about, nonce, key));
  } catch {
    return null;
  }
}

/** A passphrase, and how it is made long. */
export interface Stretch {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly ops: number;
  /** Bytes, which the module's memory grows by and never gives back: a worker of its own does it (keys/stretcher.ts). */
  readonly memory: number;
}

/** Argon2id: 32 bytes of a passphrase. Takes about half a second and 64 MiB, for whoever guesses too. */
export async function stretch({ passphrase, salt, ops, memory }: Stretch): Promise<Uint8Array> {
  await sodium.ready;
  return sodium.crypto_pwhash(32, utf8(passphrase.normalize('NFKC')), salt, ops, memory, sodium.crypto_pwhash_ALG_ARGON2ID13);
}

// recovery.mjs: open a recovery file as its owner would, to know which bytes may be nowhere else.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './lab.mjs';

/** Pieces of the secret key's container, by their place, as hex. */
export async function secretBytes(recovery, passphrase) {
  const sodium = createRequire(join(ROOT, 'lab/packages/vault/package.json'))('libsodium-wrappers-sumo');
  await sodium.ready;
  const bytes = text => new Uint8Array(Buffer.from(text, 'base64'));
  const { kdf } = recovery;
  const key = sodium.crypto_pwhash(32, passphrase, bytes(kdf.salt), kdf.ops, kdf.memory, sodium.crypto_pwhash_ALG_ARGON2ID13);
  const data = Buffer.concat([Buffer.from(recovery.format), Buffer.from([0]), Buffer.from(recovery.key_id)]);
  const secret = Buffer.from(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, bytes(recovery.sealed), data, bytes(recovery.nonce), key));
  // Windows that hold many different bytes: runs of zeros are everywhere, and say nothing.
  const rich = [];
  for (let at = 64; at + 24 <= secret.length - 32; at += 24) if (new Set(secret.subarray(at, at + 24)).size >= 18) rich.push(at);
  const out = {};
  for (let i = 0; i < 8; i++) {
    const at = rich[Math.floor((rich.length * (i + 0.5)) / 8)];
    if (at !== undefined) out[`secret key at ${at}`] = secret.subarray(at, at + 24).toString('hex');
  }
  out.passphraseKey = Buffer.from(key).toString('hex');
  return out;
}

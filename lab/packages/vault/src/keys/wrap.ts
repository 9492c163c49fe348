// wrap.ts: the secret key at rest: its container under a passphrase or a passkey. protocol/vault.md, "The secret key at rest".

import { base64, derive, joined, unbase64, utf8, type Bytes } from '../base/bytes.ts';
import { Told } from '../base/rpc.ts';
import { lockBytes, random, SALT, stretch, unlockBytes, type Stretch } from '../base/sodium.ts';

export const FORMAT = 'jupyterfhe-vault-key-1';
const OPS = 3;
const MEMORY = 64 << 20;
/** What a recovery file may ask of this machine. */
const OPS_MAX = 16;
const MEMORY_MAX = 1 << 30;
export const PASSPHRASE_MIN = 10;

export interface Passkey {
  readonly id: string;
  readonly salt: string;
  readonly nonce: string;
  readonly sealed: string;
}

export interface KeyRecord {
  readonly format: typeof FORMAT;
  readonly key_id: string;
  readonly preset: string;
  readonly created: string;
  readonly params: string;
  readonly kdf: { readonly name: 'argon2id'; readonly ops: number; readonly memory: number; readonly salt: string };
  readonly nonce: string;
  readonly sealed: string;
  readonly passkeys?: readonly Passkey[];
  /** Of this device, as passkeys are. */
  readonly lock_after?: number;
  /** Of this device: when it was last taken into use, in milliseconds. Of several keys the last one is. */
  readonly used?: number;
}

const LOCK_AFTER = 30;

/** Minutes without use after which it locks by itself; 0: never. */
export function lockAfter(record: KeyRecord | null): number {
  const minutes = record?.lock_after ?? LOCK_AFTER;
  return Number.isFinite(minutes) && minutes >= 0 ? minutes : LOCK_AFTER;
}

function about(keyId: string): Bytes {
  return joined(utf8(FORMAT), new Uint8Array(1), utf8(keyId));
}

export async function wrap(
  container: Uint8Array,
  passphrase: string,
  facts: { key_id: string; preset: string; params: Uint8Array },
  stretched: (work: Stretch) => Promise<Uint8Array> = stretch
): Promise<KeyRecord> {
  const salt = random(SALT);
  const key = await stretched({ passphrase, salt, ops: OPS, memory: MEMORY });
  const { nonce, sealed } = await lockBytes(container, key, about(facts.key_id));
  key.fill(0);
  return {
    format: FORMAT,
    key_id: facts.key_id,
    preset: facts.preset,
    created: new Date().toISOString().slice(0, 10),
    params: base64(facts.params),
    kdf: { name: 'argon2id', ops: OPS, memory: MEMORY, salt: base64(salt) },
    nonce: base64(nonce),
    sealed: base64(sealed),
    passkeys: []
  };
}

/** The secret key's container; null when the passphrase or the record is wrong, which look alike. */
export async function unwrap(
  record: KeyRecord,
  passphrase: string,
  stretched: (work: Stretch) => Promise<Uint8Array> = stretch
): Promise<Bytes | null> {
  const { salt, ops, memory } = record.kdf;
  const key = await stretched({ passphrase, salt: unbase64(salt), ops, memory });
  const found = await unlockBytes(unbase64(record.sealed), unbase64(record.nonce), key, about(record.key_id));
  key.fill(0);
  return found;
}

function passkeyKey(prf: Bytes, record: KeyRecord): Promise<Bytes> {
  return derive(prf, utf8(record.key_id), 'jupyterfhe passkey 1');
}

export async function wrapPasskey(container: Uint8Array, record: KeyRecord, id: string, salt: string, prf: Bytes): Promise<Passkey> {
  const key = await passkeyKey(prf, record);
  const { nonce, sealed } = await lockBytes(container, key, about(record.key_id));
  key.fill(0);
  return { id, salt, nonce: base64(nonce), sealed: base64(sealed) };
}

export async function unwrapPasskey(record: KeyRecord, id: string, prf: Bytes): Promise<Bytes | null> {
  const passkey = record.passkeys?.find(one => one.id === id);
  if (passkey === undefined) return null;
  const key = await passkeyKey(prf, record);
  const found = await unlockBytes(unbase64(passkey.sealed), unbase64(passkey.nonce), key, about(record.key_id));
  key.fill(0);
  return found;
}

/** The recovery file: the record without what is of this device. */
export function recoveryText(record: KeyRecord): string {
  const { passkeys: _, lock_after: __, used: ___, ...rest } = record;
  return `${JSON.stringify(rest, null, 1)}\n`;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A recovery file, checked as if a stranger had written it. */
export function parseRecovery(text: string): KeyRecord {
  const no = new Told('This is no recovery file of the vault.', 'file');
  let found: KeyRecord;
  try {
    if (text.length > 1 << 20) throw no;
    found = JSON.parse(text) as KeyRecord;
  } catch {
    throw no;
  }
  const texts = [found?.key_id, found?.preset, found?.created, found?.params, found?.nonce, found?.sealed, found?.kdf?.salt];
  const { kdf } = found ?? {};
  const fine =
    found?.format === FORMAT &&
    texts.every(one => typeof one === 'string') &&
    /^[0-9a-f]{32}$/.test(found.key_id) &&
    /^[a-z0-9-]{1,23}$/.test(found.preset) &&
    /^\d{4}-\d\d-\d\d$/.test(found.created) &&
    [found.params, found.nonce, found.sealed, kdf.salt].every(one => BASE64.test(one) && one.length % 4 === 0) &&
    kdf.name === 'argon2id' &&
    Number.isInteger(kdf.ops) && kdf.ops >= 1 && kdf.ops <= OPS_MAX &&
    Number.isInteger(kdf.memory) && kdf.memory >= 8192 && kdf.memory <= MEMORY_MAX &&
    unbase64(kdf.salt).length === SALT;
  if (!fine) throw no;
  const { format, key_id, preset, created, params, nonce, sealed } = found;
  return { format, key_id, preset, created, params, kdf: { name: 'argon2id', ops: kdf.ops, memory: kdf.memory, salt: kdf.salt }, nonce, sealed, passkeys: [] };
}

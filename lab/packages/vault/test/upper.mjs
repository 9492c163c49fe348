// What lies in the vault's IndexedDB while the keys of a ring above are on their way, read as its owner could.
import { readFileSync } from 'node:fs';
import { root, vault } from './bundle.mjs';

let loaded = null;
/** The engine in this process. */
export function engine() {
  vault.loadFrom(async () => readFileSync(process.env.JFHE_WASM ?? `${root}build/wasm/jfhe.wasm`));
  return (loaded ??= vault.engine());
}

/** All rows of a table of the vault's IndexedDB, bytes in base64. */
export function rows(frame, table) {
  return frame.evaluate(name => new Promise((done, fail) => {
    const request = indexedDB.open('jupyterfhe-vault');
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const found = request.result.transaction(name).objectStore(name).getAll();
      const plain = x => (x instanceof Uint8Array ? btoa(String.fromCharCode(...x)) : x);
      found.onsuccess = () => (request.result.close(), done(found.result.map(row => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])))));
    };
  }), table);
}

/** The containers of a key of a recovery file, and of the secret above it that a row of `uppers` has sealed. */
export async function secretsOf({ job, ladder, sealed }, record, passphrase) {
  const below = await vault.unwrap(record, passphrase);
  const sealing = await vault.upperSealingKey(below, vault.unhex(record.key_id));
  const context = vault.Context.preset(await engine(), ladder.preset);
  const about = vault.joined(vault.utf8(`jupyterfhe upper 1 ${job} `), context.hash);
  context.free();
  const bytes = Buffer.from(sealed, 'base64');
  return { below, upper: await vault.unlockBytes(bytes.subarray(24), bytes.subarray(0, 24), sealing, about) };
}

/** A few runs of bytes of a secret's coefficients, which are nowhere else by chance. */
export function piecesOf(container) {
  const secret = Buffer.from(container);
  const payload = secret.subarray(Number(secret.readBigUInt64LE(24)) + 16);
  const pieces = [0.2, 0.45, 0.7].map(part => payload.subarray(Math.floor(part * payload.length), Math.floor(part * payload.length) + 32));
  if (!pieces.every(piece => new Set(piece).size > 8)) throw new Error('nothing to look for');
  return pieces;
}

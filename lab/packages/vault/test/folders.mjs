// A key and folders: what the vault encrypts lies in a folder instead of a store, so that Python can read it, and the other way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, vault } from './bundle.mjs';

export const folder = mkdtempSync(join(tmpdir(), 'vault-round-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
export const python = (...args) => execFileSync(`${root}.venv/bin/python`, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 26 });

vault.loadFrom(async () => readFileSync(process.env.JFHE_WASM ?? `${root}build/wasm/jfhe.wasm`));
export const session = await vault.Session.generate('stats');

/** The key and its evaluation keys, where Python finds them: `keys`. */
export function writeKeys() {
  mkdirSync(join(folder, 'keys'));
  for (const part of vault.keyParts(session.context, session.key)) {
    part.make().forEach((bytes, i) => writeFileSync(join(folder, 'keys', part.files[i].name), bytes));
  }
  writeFileSync(join(folder, 'keys/secret.key'), session.key.write(), { mode: 0o600 });
}

/** Encrypt a file as the workers do. */
export async function encryptTable(name, path, declared = {}, results = null) {
  const lent = session.lend();
  const source = await vault.openSource(await openAsBlob(path), path.split('/').at(-1));
  const columns = vault.describe(source, await vault.survey(source, () => {}), new Map(Object.entries(declared)));
  const draft = await vault.examine(source, columns, () => {});
  assert.equal(draft.faults.count, 0);
  const plans = draft.columns.flatMap(c => c.spec?.plan() ?? []);
  mkdirSync(join(folder, name));
  const moduli = vault.tableModuli(plans, draft.rows, results, lent.sizes);
  const integers = new vault.IntegerEncryptor(session.key);
  const seal = async ({ values, modulus }) => {
    const bytes = modulus === null ? session.withEncryptor(encryptor => encryptor.encrypt({ re: values, bound: 1 })) : integers.encrypt({ values, modulus });
    const sha256 = await vault.sha256(bytes);
    writeFileSync(join(folder, sha256), bytes);
    return { sha256, size: bytes.length };
  };
  const total = vault.vectorsOf(plans, draft.rows, lent.slots, moduli.length);
  const progress = new vault.Progress('j', 'encrypt', total, () => {});
  const job = { source, plans, rows: draft.rows, moduli, lent, credits: new vault.Credits([seal]), progress, signal: new AbortController().signal, known: new Map(), keep: async () => {} };
  const sealer = new vault.TableSealer(job);
  await sealer.run();
  integers.free();
  for (const [file, { sha256 }] of sealer.stored) writeFileSync(join(folder, name, file), readFileSync(join(folder, sha256)));
  writeFileSync(join(folder, name, 'manifest.json'), vault.tableManifest(plans, draft.rows, moduli, lent, sealer.stored));
  const sealed = await vault.sealedFile(plans, lent);
  if (sealed) writeFileSync(join(folder, name, 'sealed.bin'), sealed);
  return { plans, draft, done: progress.current() };
}

/** Open a folder as the keeper does; `change` may put other bytes in the place of a file's. */
export async function openFolder(name, from = 0, change = (_, bytes) => bytes) {
  const files = new Set(readdirSync(join(folder, name)));
  let arrived = 0;
  const fetch = async file => change(file, new Uint8Array(readFileSync(join(folder, name, file))));
  const opened = await session.withOpener(opener => opener.open(fetch, files, { from }, async () => void (arrived += 1)));
  assert.equal(arrived, 1);
  return opened;
}

// journal.ts: what an upload needs to go on after the page was closed: what was confirmed, sealed, and which parts are stored.

import { all, get, partsOf, put, remove } from '../base/db.ts';
import type { Bytes } from '../base/bytes.ts';
import { sealText, unsealText } from '../keys/seal.ts';
import type { Plan } from '../parse/spec.ts';

export interface Note {
  readonly file: { readonly name: string; readonly size: number; readonly lastModified: number };
  readonly delimiter: string | null;
  readonly dataset: string;
  readonly rows: number;
  readonly plans: readonly Plan[];
  readonly store: string;
  readonly workspace: string;
}

interface JobRow {
  readonly job: string;
  readonly key_id: string;
  readonly total: number;
  readonly sealed: Bytes;
}

/** A part that is in the store: a vector's ciphertext. `digest` is keyed, and says whether the numbers are the same. */
export interface Part {
  readonly job: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly digest: Bytes;
}

export async function begin(job: string, note: Note, total: number, keyId: string, sealKey: Bytes, id: Bytes): Promise<void> {
  const sealed = await sealText(JSON.stringify(note), sealKey, id);
  await put('jobs', { job, key_id: keyId, total, sealed } satisfies JobRow);
}

export async function note(job: string, sealKey: Bytes, id: Bytes): Promise<Note | null> {
  const row = await get<JobRow>('jobs', job);
  const text = row === undefined ? null : await unsealText(row.sealed, sealKey, id);
  return text === null ? null : (JSON.parse(text) as Note);
}

/** The unfinished jobs of a key. */
export async function unfinished(keyId: string, sealKey: Bytes, id: Bytes): Promise<{ job: string; note: Note; done: number; total: number }[]> {
  const out = [];
  for (const row of await all<JobRow>('jobs')) {
    const found = row.key_id === keyId ? await note(row.job, sealKey, id) : null;
    if (found !== null) out.push({ job: row.job, note: found, done: (await parts(row.job)).length, total: row.total });
  }
  return out;
}

export function parts(job: string): Promise<Part[]> {
  return all<Part>('parts', partsOf(job));
}

export async function keep(part: Part): Promise<void> {
  await put('parts', part);
}

export async function end(job: string): Promise<void> {
  await remove('parts', partsOf(job));
  await remove('jobs', job);
}

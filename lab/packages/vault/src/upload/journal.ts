// journal.ts: what an upload needs to go on after the page was closed: what was confirmed, sealed, and which parts are stored.

import { all, get, partsOf, put, putRelaxed, putWhile, remove, type Table } from '../base/db.ts';
import type { Bytes } from '../base/bytes.ts';
import { sealText, unsealText } from '../keys/seal.ts';
import type { Plan } from '../parse/spec.ts';
import type { Store } from './store.ts';

export interface Note {
  readonly file: { readonly name: string; readonly size: number; readonly lastModified: number };
  readonly delimiter: string | null;
  readonly dataset: string;
  readonly rows: number;
  readonly plans: readonly Plan[];
  /** Of exact columns: the primes that residues are taken modulo. */
  readonly moduli: readonly number[];
  readonly store: string;
  readonly workspace: string;
}

interface JobRow {
  readonly job: string;
  readonly key_id: string;
  readonly total: number;
  readonly sealed: Bytes;
}

/** A part that is in the store: a vector's ciphertext, or an evaluation key. `digest` is keyed, and says whether the numbers are the same; of a key of a ring above it is the
 *  name of that ring's secret, of other keys empty. */
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

/** Of what an earlier run stored, by name, what the store still has: what nobody commits it sweeps. */
export async function stillThere(job: string, store: Store): Promise<Map<string, Part>> {
  const found = await parts(job);
  const missing = await store.missing(found.map(part => part.sha256));
  return new Map(found.filter(part => !missing.has(part.sha256)).map(part => [part.name, part]));
}

/** Note one part at once; where it belongs to something that may be forgotten, only while the row of that is there. */
export async function keep(part: Part, of: readonly [Table, IDBValidKey] | null = null): Promise<void> {
  await (of === null ? putRelaxed('parts', [part]) : putWhile('parts', part, of)).catch(() => {}); // as below
}

const NOTE_EVERY = 500; // milliseconds

/**
 * Notes of what is stored, written together: a flush of the disk for each would cost more than its vector. A note that is lost costs
 * that vector's encryption again, and nothing else; so a browser that has no room for notes stops no upload.
 */
export class Notes {
  private waiting: Part[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly job: string) {}

  readonly keep = (part: Omit<Part, 'job'>): void => {
    this.waiting.push({ job: this.job, ...part });
    this.timer ??= setTimeout(() => void this.flush(), NOTE_EVERY);
  };

  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const [first, ...others] = this.waiting.splice(0);
    if (first !== undefined) await putRelaxed('parts', [first, ...others]).catch(() => {});
  }
}

export async function end(job: string): Promise<void> {
  await remove('parts', partsOf(job));
  await remove('jobs', job);
}

// table.ts: a confirmed table becomes encrypted chunks, a manifest, and a commit. Python: client/tables.py, `_Sealer`.

import { hex, utf8, type Bytes } from '../base/bytes.ts';
import type { Lent } from '../base/engine.ts';
import { Told } from '../base/rpc.ts';
import { sealText } from '../keys/seal.ts';
import { Faults, TableError, type Batch, type Source } from '../parse/rows.ts';
import { Spec, type Plan } from '../parse/spec.ts';
import type { Part } from '../upload/journal.ts';
import { treeOf, type Store, type Stored } from '../upload/store.ts';
import type { Progress } from '../upload/progress.ts';
import type { TreeFile } from '../../../core/src/vaultProtocol.ts';
import type { Task } from './sealer.ts';

const FILES_MAX = 1 << 18;
export const PENDING = 3; // vectors that a sealer may have: one being encrypted, the others being sent

/** Encrypts a vector and puts it into the store; takes the vector away. */
export type Seal = (task: Task) => Promise<Stored>;

/** As many credits as sealers can use; whoever has none waits. */
export class Credits {
  private readonly free: Seal[] = [];
  private readonly waiting: ((seal: Seal) => void)[] = [];

  constructor(sealers: readonly Seal[], each = PENDING) {
    for (let i = 0; i < each; i += 1) this.free.push(...sealers);
  }

  take(): Promise<Seal> {
    const seal = this.free.shift();
    return seal ? Promise.resolve(seal) : new Promise(resolve => this.waiting.push(resolve));
  }

  give(seal: Seal): void {
    const next = this.waiting.shift();
    if (next) next(seal);
    else this.free.push(seal);
  }
}

/** How many vectors a table has. */
export function vectorsOf(plans: readonly Plan[], rows: number, slots: number): number {
  const vectors = plans.reduce((sum, plan) => sum + 1 + Number(plan.masked), 0) * Math.ceil(rows / slots);
  if (vectors > FILES_MAX) throw new TableError(`This would make more than ${FILES_MAX} files.`, 'Leave columns out, or split the table.');
  return vectors;
}

export interface Job {
  readonly source: Source;
  readonly plans: readonly Plan[];
  readonly rows: number;
  readonly lent: Lent;
  readonly credits: Credits;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What an earlier run stored, by name. */
  readonly known: ReadonlyMap<string, Part>;
  /** Called for each vector that is stored. */
  keep(part: Omit<Part, 'job'>): void;
}

interface Filling {
  readonly spec: Spec;
  readonly values: Float64Array<ArrayBuffer>;
  readonly mask: Float64Array<ArrayBuffer> | null;
}

export class TableSealer {
  readonly stored = new Map<string, Stored>();
  private readonly columns: Filling[];
  private readonly running = new Set<Promise<void>>();
  private readonly digestKey: Promise<CryptoKey>;
  private readonly slots: number;
  private failure: unknown = null;
  private at = 0;
  private chunk = 0;
  private rows = 0;

  constructor(private readonly job: Job) {
    this.slots = job.lent.slots;
    const room = (): Float64Array<ArrayBuffer> => new Float64Array(this.slots);
    this.columns = job.plans.map(plan => ({ spec: Spec.from(plan), values: room(), mask: plan.masked ? room() : null }));
    this.digestKey = crypto.subtle.importKey('raw', job.lent.sealKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  }

  /** Read all rows, encrypt and store them. Memory: a chunk of every column, and what the credits hold. */
  async run(): Promise<void> {
    const { source, signal } = this.job;
    const faults = new Faults(source.unit);
    for await (const batch of source.batches(faults, () => {})) {
      if (signal.aborted) throw new Told('Cancelled.', 'cancelled');
      await this.take(batch);
    }
    if (this.at > 0) await this.seal();
    await Promise.all(this.running);
    this.check();
    if (faults.count > 0 || this.rows !== this.job.rows) throw this.changed();
  }

  private changed(): TableError {
    return new TableError(`${this.job.source.name} changed while it was read.`, 'Nothing was stored under its name. Drop it again.');
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async take(batch: Batch): Promise<void> {
    const read = this.columns.map(({ spec }) => {
      const cells = batch.cells.get(spec.name);
      const found = cells ? spec.read(cells) : { numbers: new Float64Array(batch.rows), missing: new Uint8Array(batch.rows).fill(1), wrong: new Map<number, string>() };
      if (found.wrong.size > 0 || (!spec.masked && found.missing.includes(1))) throw this.changed();
      for (let i = 0; i < batch.rows; i += 1) {
        const u = found.missing[i] ? 0 : ((found.numbers[i] as number) - spec.centre) / spec.half;
        if (!(Math.abs(u) <= 1)) throw this.changed();
        found.numbers[i] = u;
      }
      return found;
    });
    for (let done = 0; done < batch.rows; ) {
      const count = Math.min(batch.rows - done, this.slots - this.at);
      this.columns.forEach(({ values, mask }, i) => {
        const { numbers, missing } = read[i] as (typeof read)[number];
        values.set(numbers.subarray(done, done + count), this.at);
        if (mask) for (let j = 0; j < count; j += 1) mask[this.at + j] = missing[done + j] ? 0 : 1;
      });
      done += count;
      this.at += count;
      if (this.at === this.slots) await this.seal();
    }
    this.rows += batch.rows;
  }

  private async seal(): Promise<void> {
    for (const [i, { values, mask }] of this.columns.entries()) {
      await this.submit(`c${i}-${this.chunk}.ct`, values);
      if (mask) await this.submit(`m${i}-${this.chunk}.ct`, mask);
    }
    this.chunk += 1;
    this.at = 0;
  }

  /** Encrypt a vector when there is a credit; go on while it is encrypted. */
  private async submit(name: string, vector: Float64Array<ArrayBuffer>): Promise<void> {
    const digest = new Uint8Array(await crypto.subtle.sign('HMAC', await this.digestKey, vector));
    const known = this.job.known.get(name);
    if (known !== undefined && known.digest.every((byte, i) => byte === digest[i])) {
      this.stored.set(name, { sha256: known.sha256, size: known.size });
      vector.fill(0);
      return;
    }
    const seal = await this.job.credits.take();
    this.check();
    const values = vector.slice();
    vector.fill(0);
    const running: Promise<void> = seal({ values })
      .then(found => {
        this.stored.set(name, found);
        this.job.keep({ name, ...found, digest });
        this.job.progress.add(1);
      })
      .catch((why: unknown) => void (this.failure ??= why))
      .finally(() => {
        this.job.credits.give(seal);
        this.running.delete(running);
      });
    this.running.add(running);
  }
}

/** The manifest of a table: all of it is public. Hidden names are called by their place. */
export function tableManifest(plans: readonly Plan[], rows: number, lent: Lent, stored: ReadonlyMap<string, Stored>): Bytes {
  const logSlots = Math.log2(lent.slots);
  const chunks = Math.ceil(rows / lent.slots);
  const files = (letter: string, i: number): unknown[] =>
    Array.from({ length: chunks }, (_, chunk) => {
      const name = `${letter}${i}-${chunk}.ct`;
      const found = stored.get(name);
      if (found === undefined) throw new Told('A part of the table is missing.');
      return { name, sha256: found.sha256 };
    });
  const columns = plans.map((plan, i) => ({
    name: publicName(plans, i),
    kind: plan.kind,
    unit: plan.unit,
    epoch: plan.epoch,
    categories: plan.kind === 'category' && !plan.hideLabels ? plan.labels : null,
    lo: plan.lo,
    hi: plan.hi,
    centre: plan.centre,
    half: plan.half,
    files: files('c', i),
    mask: plan.masked ? files('m', i) : null
  }));
  const manifest = {
    format: 'jupyterfhe-table-1',
    params: hex(lent.paramsHash),
    key_id: hex(lent.keyId),
    rows,
    log_slots: logSlots,
    level: lent.levels,
    packing: 'real',
    columns
  };
  return utf8(`${JSON.stringify(manifest, null, 1)}\n`);
}

/** What stands in the manifest: the name, or c1, c2, ... for hidden ones, with marks behind where somebody's name is that. */
export function publicName(plans: readonly Plan[], i: number): string {
  if (!plans[i]?.hideName) return (plans[i] as Plan).name;
  const shown = new Set(plans.filter(plan => !plan.hideName).map(plan => plan.name));
  let name = `c${i + 1}`;
  while (shown.has(name)) name += '_';
  return name;
}

/** sealed.bin; null when nothing is hidden. */
export async function sealedFile(plans: readonly Plan[], lent: Lent): Promise<Bytes | null> {
  const names: Record<string, string> = {};
  const labels: Record<string, readonly string[]> = {};
  plans.forEach((plan, i) => {
    if (plan.hideName) names[publicName(plans, i)] = plan.name;
    if (plan.hideLabels && plan.labels) labels[publicName(plans, i)] = plan.labels;
  });
  if (Object.keys(names).length + Object.keys(labels).length === 0) return null;
  return sealText(JSON.stringify({ names, labels }), lent.sealKey, lent.keyId);
}

/** Store the manifest and what is sealed, and commit. */
export async function commitTable(job: Job, sealer: TableSealer, store: Store, dataset: string): Promise<string> {
  const files: TreeFile[] = [...sealer.stored].map(([name, { sha256: digest, size }]) => ({ name, sha256: digest, size }));
  const extra: [string, Bytes | null][] = [
    ['manifest.json', tableManifest(job.plans, job.rows, job.lent, sealer.stored)],
    ['sealed.bin', await sealedFile(job.plans, job.lent)]
  ];
  for (const [name, bytes] of extra) {
    if (bytes !== null) files.push({ name, ...(await store.keep(bytes)) });
  }
  return store.commit(dataset, treeOf(files), hex(job.lent.keyId));
}

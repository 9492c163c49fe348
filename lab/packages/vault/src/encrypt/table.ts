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

/** How many ciphertexts a table has; exact vectors are twice as long, and have one a modulus. */
export function vectorsOf(plans: readonly Plan[], rows: number, slots: number, moduli: number): number {
  const count = (some: readonly Plan[]): number => some.reduce((sum, plan) => sum + 1 + Number(plan.masked), 0);
  const approximate = count(plans.filter(plan => plan.exact !== 'yes')) * Math.ceil(rows / slots);
  const vectors = approximate + count(plans.filter(plan => plan.exact !== 'no')) * Math.ceil(rows / (2 * slots)) * moduli;
  if (vectors > FILES_MAX) throw new TableError(`This would make more than ${FILES_MAX} files.`, 'Leave columns out, or split the table.');
  return vectors;
}

export interface Job {
  readonly source: Source;
  readonly plans: readonly Plan[];
  readonly rows: number;
  /** Of exact columns. */
  readonly moduli: readonly number[];
  readonly lent: Lent;
  readonly credits: Credits;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What an earlier run stored, by name. */
  readonly known: ReadonlyMap<string, Part>;
  /** Called for each vector that is stored. */
  keep(part: Omit<Part, 'job'>): void;
}

/** Numbers of a batch of a column: as approximate vectors hold them, as integers, and which are missing. */
interface Numbers {
  readonly units: Float64Array;
  readonly whole: Float64Array;
  readonly missing: Uint8Array;
}

/** A column's chunk that fills: c and m hold values and mask, x and y the same exactly. */
interface Filling {
  readonly column: number;
  readonly letter: 'c' | 'm' | 'x' | 'y';
  readonly values: Float64Array<ArrayBuffer>;
}

/** Columns whose chunks are of one length, and so fill together. */
interface Lane {
  readonly rows: number;
  /** A ciphertext for each; null for approximate numbers. */
  readonly moduli: readonly (number | null)[];
  readonly fillings: readonly Filling[];
  at: number;
  chunk: number;
}

function laneOf(plans: readonly Plan[], rows: number, moduli: readonly (number | null)[], letters: readonly ['c' | 'x', 'm' | 'y'], without: 'yes' | 'no'): Lane {
  const filling = (column: number, letter: Filling['letter']): Filling => ({ column, letter, values: new Float64Array(rows) });
  const fillings = plans.flatMap((plan, i) => (plan.exact === without ? [] : [filling(i, letters[0]), ...(plan.masked ? [filling(i, letters[1])] : [])]));
  return { rows, moduli, fillings, at: 0, chunk: 0 };
}

/** Put some numbers behind what is there. */
function fill({ letter, values }: Filling, { units, whole, missing }: Numbers, from: number, count: number, at: number): void {
  if (letter === 'c') values.set(units.subarray(from, from + count), at);
  else if (letter === 'x') values.set(whole.subarray(from, from + count), at);
  else for (let j = 0; j < count; j += 1) values[at + j] = missing[from + j] ? 0 : 1;
}

export class TableSealer {
  readonly stored = new Map<string, Stored>();
  private readonly specs: readonly Spec[];
  private readonly lanes: readonly Lane[];
  private readonly running = new Set<Promise<void>>();
  private readonly digestKey: Promise<CryptoKey>;
  private failure: unknown = null;
  private rows = 0;

  constructor(private readonly job: Job) {
    const { plans, moduli, lent } = job;
    this.specs = plans.map(plan => Spec.from(plan));
    this.lanes = [laneOf(plans, lent.slots, [null], ['c', 'm'], 'yes'), laneOf(plans, 2 * lent.slots, moduli, ['x', 'y'], 'no')];
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
    for (const lane of this.lanes) if (lane.at > 0) await this.seal(lane);
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
    const read = this.specs.map(spec => this.numbers(spec, batch));
    for (const lane of this.lanes) {
      for (let done = 0; done < batch.rows && lane.fillings.length > 0; ) {
        const count = Math.min(batch.rows - done, lane.rows - lane.at);
        for (const filling of lane.fillings) fill(filling, read[filling.column] as Numbers, done, count, lane.at);
        done += count;
        lane.at += count;
        if (lane.at === lane.rows) await this.seal(lane);
      }
    }
    this.rows += batch.rows;
  }

  private numbers(spec: Spec, batch: Batch): Numbers {
    const cells = batch.cells.get(spec.name);
    const found = cells ? spec.read(cells) : { numbers: new Float64Array(batch.rows), missing: new Uint8Array(batch.rows).fill(1), wrong: new Map<number, string>() };
    if (found.wrong.size > 0 || (!spec.masked && found.missing.includes(1))) throw this.changed();
    const units = new Float64Array(batch.rows);
    for (let i = 0; i < batch.rows; i += 1) {
      const u = found.missing[i] ? 0 : ((found.numbers[i] as number) - spec.centre) / spec.half;
      if (!(Math.abs(u) <= 1)) throw this.changed();
      units[i] = u;
    }
    return { units, whole: found.numbers, missing: found.missing };
  }

  private async seal(lane: Lane): Promise<void> {
    for (const { column, letter, values } of lane.fillings) {
      const name = `${letter}${column}-${lane.chunk}`;
      for (const [part, modulus] of lane.moduli.entries()) await this.submit(modulus === null ? `${name}.ct` : `${name}-${part}.ct`, values, modulus);
      values.fill(0);
    }
    lane.chunk += 1;
    lane.at = 0;
  }

  /** Encrypt a vector when there is a credit; go on while it is encrypted. */
  private async submit(name: string, vector: Float64Array<ArrayBuffer>, modulus: number | null): Promise<void> {
    const digest = new Uint8Array(await crypto.subtle.sign('HMAC', await this.digestKey, vector));
    const known = this.job.known.get(name);
    if (known !== undefined && known.digest.every((byte, i) => byte === digest[i])) {
      this.stored.set(name, { sha256: known.sha256, size: known.size });
      return;
    }
    const seal = await this.job.credits.take();
    this.check();
    const running: Promise<void> = seal({ values: vector.slice(), modulus })
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
export function tableManifest(plans: readonly Plan[], rows: number, moduli: readonly number[], lent: Lent, stored: ReadonlyMap<string, Stored>): Bytes {
  const logSlots = Math.log2(lent.slots);
  const file = (name: string): { name: string; sha256: string } => {
    const found = stored.get(name);
    if (found === undefined) throw new Told('A part of the table is missing.');
    return { name, sha256: found.sha256 };
  };
  const files = (letter: string, i: number): unknown[] => Array.from({ length: Math.ceil(rows / lent.slots) }, (_, chunk) => file(`${letter}${i}-${chunk}.ct`));
  const exactFiles = (letter: string, i: number): unknown[] =>
    Array.from({ length: Math.ceil(rows / (2 * lent.slots)) }, (_, chunk) => moduli.map((__, part) => file(`${letter}${i}-${chunk}-${part}.ct`))).flat();
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
    files: plan.exact === 'yes' ? null : files('c', i),
    mask: plan.exact !== 'yes' && plan.masked ? files('m', i) : null,
    ...(plan.exact === 'no' ? {} : { exact: { files: exactFiles('x', i), mask: plan.masked ? exactFiles('y', i) : null } })
  }));
  const manifest = {
    format: 'jupyterfhe-table-1',
    params: hex(lent.paramsHash),
    key_id: hex(lent.keyId),
    rows,
    log_slots: logSlots,
    level: lent.level,
    packing: 'real',
    columns,
    ...(moduli.length === 0 ? {} : { moduli: { log_slots: logSlots + 1, primes: moduli } })
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
    ['manifest.json', tableManifest(job.plans, job.rows, job.moduli, job.lent, sealer.stored)],
    ['sealed.bin', await sealedFile(job.plans, job.lent)]
  ];
  for (const [name, bytes] of extra) {
    if (bytes !== null) files.push({ name, ...(await store.keep(bytes)) });
  }
  return store.commit(dataset, treeOf(files), hex(job.lent.keyId));
}

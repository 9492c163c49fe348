// reader.ts: a worker that reads one file: what it holds, whether it fits what was confirmed, its encryption. The page shows what it
// tells; cells never leave this worker but as ciphertexts.

import { hex } from '../base/bytes.ts';
import type { Lent } from '../base/engine.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import { random } from '../base/sodium.ts';
import { describe, examine, survey, type Column, type Draft } from '../parse/draft.ts';
import { openSource } from '../parse/files.ts';
import { TableError, type Source } from '../parse/rows.ts';
import { Spec, type Declared, type Plan } from '../parse/spec.ts';
import type { Survey } from '../parse/survey.ts';
import * as journal from '../upload/journal.ts';
import { Progress } from '../upload/progress.ts';
import { Store, type Connection, type Stored } from '../upload/store.ts';
import { tableModuli } from './exact.ts';
import type { Task } from './sealer.ts';
import { commitTable, Credits, TableSealer, vectorsOf, type Job } from './table.ts';

/** A column as the page shows it. */
export interface ShownColumn {
  readonly name: string;
  readonly plan: Plan | null;
  readonly problem: string | null;
  readonly dropped: boolean;
  readonly values: number;
  readonly missing: number;
  readonly labels: readonly string[] | null;
}
export interface Shown {
  readonly rows: number;
  readonly columns: readonly ShownColumn[];
  readonly faults: number;
  readonly lines: readonly string[];
  readonly delimiter: string | null;
}
export interface EncryptArgument {
  readonly dataset: string;
  readonly lent: Lent;
  readonly connection: Connection;
  readonly ports: readonly MessagePort[];
  /** Of the interrupted upload to go on with. */
  readonly job: string | null;
  /** Bits that the largest exact result shall have, sign included; null for what sums of all rows need. */
  readonly results: number | null;
}

function told(why: unknown): unknown {
  return why instanceof TableError ? new Told(why.message, 'file', why.advice, why.lines, why.delimiter) : why;
}

export class Reader {
  private file: File | null = null;
  private delimiter: string | null = null;
  private source: Source | null = null;
  private surveys: Map<string, Survey> = new Map();
  private draft: Draft | null = null;
  private hideNames = false;
  private readonly stop = new AbortController();

  constructor(private readonly tell: (event: string, data: unknown) => void) {}

  private readonly check = (): void => {
    if (this.stop.signal.aborted) throw new Told('Cancelled.', 'cancelled');
  };

  /** Read a file twice: what it holds, and whether every cell fits. */
  async open({ file, delimiter, hideNames }: { file: File; delimiter: string | null; hideNames: boolean }): Promise<Shown> {
    [this.file, this.delimiter, this.hideNames] = [file, delimiter, hideNames];
    this.source = await openSource(file, file.name, delimiter);
    const progress = new Progress('read', 'read', 2 * file.size, now => this.tell('progress', now));
    this.surveys = await survey(this.source, bytes => progress.add(bytes), this.check);
    return this.examine({}, progress);
  }

  /** The same with what the person changed. */
  async declare({ declared, hideNames }: { declared: Record<string, Declared>; hideNames: boolean }): Promise<Shown> {
    this.hideNames = hideNames;
    const { size } = this.source as Source;
    return this.examine(declared, new Progress('read', 'read', size, now => this.tell('progress', now)));
  }

  private async examine(declared: Record<string, Declared>, progress: Progress): Promise<Shown> {
    const source = this.source as Source;
    const columns = describe(source, this.surveys, new Map(Object.entries(declared)), this.hideNames);
    this.draft = await examine(source, columns, bytes => progress.add(bytes), this.check);
    return {
      rows: this.draft.rows,
      columns: this.draft.columns.map(shown),
      faults: this.draft.faults.count,
      lines: this.draft.faults.lines,
      delimiter: this.delimiter
    };
  }

  /** Encrypt, store and commit; or go on with that. */
  async encrypt({ dataset, lent, connection, ports, job, results }: EncryptArgument): Promise<{ job: string; dataset: string; snapshot: string }> {
    const id = job ?? `table-${hex(random(6))}`;
    const note = job === null ? this.confirmed(dataset, connection, lent, results) : await this.resumed(job, lent);
    this.source ??= await openSource(this.file as File, note.file.name, note.delimiter);
    const total = vectorsOf(note.plans, note.rows, lent.slots, note.moduli.length);
    const progress = new Progress(id, 'encrypt', total + 1, now => this.tell('progress', now));
    const store = new Store(connection, this.stop.signal, yes => this.tell('online', yes));
    const known = job === null ? new Map<string, journal.Part>() : await journal.stillThere(job, store);
    if (job === null) await journal.begin(id, note, total, hex(lent.keyId), lent.sealKey, lent.keyId);
    progress.skip(known.size);
    const seals = ports.map(port => {
      const peer = new Peer(port);
      return (task: Task) => peer.call<Stored>('seal', task, [task.values.buffer]);
    });
    const notes = new journal.Notes(id);
    const work: Job = {
      source: this.source, plans: note.plans, rows: note.rows, moduli: note.moduli, lent, credits: new Credits(seals), progress, known,
      signal: this.stop.signal, keep: notes.keep
    };
    const sealer = new TableSealer(work);
    try {
      await sealer.run();
    } finally {
      await notes.flush();
    }
    progress.label = 'upload';
    progress.report(true);
    const snapshot = await commitTable(work, sealer, store, note.dataset);
    await journal.end(id);
    progress.add(1);
    return { job: id, dataset: note.dataset, snapshot };
  }

  private confirmed(dataset: string, connection: Connection, lent: Lent, results: number | null): journal.Note {
    const { draft, file } = this;
    if (draft === null || file === null) throw new Told('No file was read.');
    if (draft.faults.count > 0) throw new Told('Some rows cannot be read.', 'file', '', draft.faults.lines);
    const bad = draft.columns.find(column => !column.dropped && column.spec === null);
    if (bad !== undefined) throw new Told(bad.problem ?? 'A column cannot be read.', 'file');
    const plans = draft.columns.flatMap(column => column.spec?.plan() ?? []);
    if (plans.length === 0) throw new Told('No column is left.', 'file');
    return {
      file: { name: file.name, size: file.size, lastModified: file.lastModified },
      delimiter: this.delimiter, dataset, rows: draft.rows, plans, moduli: tableModuli(plans, draft.rows, results, lent.sizes),
      store: connection.store, workspace: connection.workspace
    };
  }

  private async resumed(job: string, lent: Lent): Promise<journal.Note> {
    const note = await journal.note(job, lent.sealKey, lent.keyId);
    if (note === null) throw new Told('There is no such upload to go on with.');
    return { ...note, plans: note.plans.map(plan => Spec.from(plan).plan()), moduli: note.moduli ?? [] };
  }

  /** Take the file of an interrupted upload. */
  resume({ file }: { file: File }): null {
    this.file = file;
    return null;
  }

  cancel(): null {
    this.stop.abort();
    return null;
  }
}

function shown({ name, spec, problem, dropped, values, missing, labels }: Column): ShownColumn {
  return { name, plan: spec?.plan() ?? null, problem, dropped, values, missing, labels };
}

/** Serve the page. */
export function serve(wire: Wire): void {
  const reader = new Reader((event, data) => page.emit(event, data));
  const safe = <A, R>(run: (argument: A) => Promise<R> | R) => async (argument: A): Promise<R> => {
    try {
      return await run(argument);
    } catch (why) {
      throw told(why);
    }
  };
  const page: Peer = new Peer(wire, {
    open: safe((argument: { file: File; delimiter: string | null; hideNames: boolean }) => reader.open(argument)),
    declare: safe((argument: { declared: Record<string, Declared>; hideNames: boolean }) => reader.declare(argument)),
    encrypt: safe((argument: EncryptArgument) => reader.encrypt(argument)),
    resume: safe((argument: { file: File }) => reader.resume(argument)),
    cancel: () => reader.cancel()
  });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

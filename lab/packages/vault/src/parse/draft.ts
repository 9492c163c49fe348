// draft.ts: a table that was read and not encrypted yet: what its columns hold, and whether every cell fits.

import { Faults, ROWS_MAX, TableError, type Batch, type Progress, type Source } from './rows.ts';
import { Spec, type Declared } from './spec.ts';
import { LABELS, Survey } from './survey.ts';

/** Called between batches, so that a job can be stopped; throws to stop it. */
export type Check = () => void | Promise<void>;

async function* counted(source: Source, faults: Faults, progress: Progress, check: Check): AsyncGenerator<Batch> {
  let rows = 0;
  for await (const batch of source.batches(faults, progress)) {
    await check();
    rows += batch.rows;
    if (rows > ROWS_MAX) throw new TableError(`${source.name}: more than ${ROWS_MAX} rows.`);
    yield batch;
  }
}

/** First reading: types, labels, missing values. */
export async function survey(source: Source, progress: Progress, check: Check = () => {}): Promise<Map<string, Survey>> {
  const found = new Map<string, Survey>();
  let seen = 0;
  for await (const batch of counted(source, new Faults(source.unit), progress, check)) {
    for (const [name, cells] of batch.cells) {
      let one = found.get(name);
      if (one === undefined) {
        one = new Survey(name);
        one.missing = seen;
        found.set(name, one);
      }
      one.see(cells);
    }
    seen += batch.rows;
  }
  for (const name of source.names) if (!found.has(name)) found.set(name, new Survey(name));
  return found;
}

/** What a column is, or why it cannot be taken. */
export interface Column {
  readonly name: string;
  readonly spec: Spec | null;
  readonly problem: string | null;
  readonly dropped: boolean;
  readonly values: number;
  readonly missing: number;
  /** Labels that occur; null when there are more than LABELS. */
  readonly labels: readonly string[] | null;
}

export interface Draft {
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly faults: Faults;
}

/** The columns as they would be encrypted; one that cannot be says why. `hideNames`: of columns of which nothing else is declared. */
export function describe(source: Source, surveys: ReadonlyMap<string, Survey>, declared: ReadonlyMap<string, Declared>, hideNames = false): Column[] {
  return source.names.map(name => {
    const found = surveys.get(name) as Survey;
    const choice = declared.get(name) ?? {};
    const base = { name, dropped: choice.drop ?? false, values: found.live, missing: found.missing, labels: found.live > 0 ? found.labels : [] };
    if (base.dropped) return { ...base, spec: null, problem: null };
    if (source.unreadable(name)) return { ...base, spec: null, problem: 'Its type stands for no number. Leave it out.' };
    try {
      return { ...base, spec: Spec.of(found, { hideName: hideNames, ...choice }), problem: null };
    } catch (why) {
      if (!(why instanceof TableError)) throw why;
      return { ...base, spec: null, problem: `${why.message} ${why.advice}` };
    }
  });
}

/** Second reading: every cell against its column. Bounds are chosen; malformed rows are listed. */
export async function examine(source: Source, columns: readonly Column[], progress: Progress, check: Check = () => {}): Promise<Draft> {
  const faults = new Faults(source.unit);
  const specs = columns.flatMap(column => column.spec ?? []);
  let rows = 0;
  for await (const batch of counted(source, faults, progress, check)) {
    const bad = new Map<number, string>();
    for (const spec of specs) {
      const cells = batch.cells.get(spec.name);
      if (cells === undefined) {
        spec.foundMissing += batch.rows; // a name that JSON's later records bring
        continue;
      }
      const read = spec.read(cells);
      for (const [row, why] of read.wrong) if (!bad.has(row)) bad.set(row, why); // a row counts once
      spec.note(read);
    }
    for (const [row, why] of bad) faults.add(batch.line(row), why);
    rows += batch.rows;
  }
  if (rows === 0 && faults.count === 0) throw new TableError(`${source.name} has no rows.`);
  const settled = columns.map(column => {
    try {
      column.spec?.settle();
      return column;
    } catch (why) {
      if (!(why instanceof TableError)) throw why;
      return { ...column, spec: null, problem: `${why.message} ${why.advice}` };
    }
  });
  return { columns: settled, rows, faults };
}

export { LABELS };

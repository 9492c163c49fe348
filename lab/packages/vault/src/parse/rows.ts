// rows.ts: rows of a file, batch by batch, whatever the format. As python/jupyterfhe/client/tables_rows.py: what cannot be
// read as a row becomes a fault, a line and a reason, and never what stood there.

export const ROW_MAX = 1 << 20; // bytes of a row
export const COLUMNS_MAX = 4096;
export const ROWS_MAX = 2 ** 30;
export const NAME_MAX = 200;
export const BATCH = 1 << 13; // rows of JSON and Parquet batches
const FAULTS_KEPT = 20;
const FAULTS_MAX = 100_000;

/** A file that is no table, or one with malformed rows. */
export class TableError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly advice = 'Nothing was uploaded.',
    /** Malformed rows, the first of them, in words. */
    readonly lines: readonly string[] = [],
    /** A delimiter that would read better. */
    readonly delimiter: string | null = null
  ) {
    super(message);
  }
}

/** Rows that cannot be read: the first in words, the others counted. */
export class Faults {
  count = 0;
  private kept: [number, string][] = [];

  constructor(readonly unit: 'line' | 'row' = 'line') {}

  add(line: number, reason: string): void {
    this.count += 1;
    if (this.count > FAULTS_MAX) {
      throw new TableError(
        `More than ${FAULTS_MAX} rows cannot be read, the first in ${this.unit} ${this.first()[0]?.[0] ?? line}.`,
        'Nothing was uploaded. Is this a table of this kind?'
      );
    }
    this.kept.push([line, reason]);
    if (this.kept.length > 50 * FAULTS_KEPT) this.kept = this.first(); // sources and columns do not find them in order
  }

  get lines(): string[] {
    const lines = this.first().map(([line, reason]) => `${this.unit} ${line}: ${reason}`);
    const more = this.count - lines.length;
    return more > 0 ? [...lines, `and ${more} more`] : lines;
  }

  check(name: string): void {
    if (this.count === 0) return;
    const rows = this.count === 1 ? 'row' : 'rows';
    throw new TableError(`${name}: ${this.count} ${rows} cannot be read.`, 'Nothing was uploaded.', this.lines);
  }

  private first(): [number, string][] {
    return [...this.kept].sort((a, b) => a[0] - b[0]).slice(0, FAULTS_KEPT);
  }
}

/** One column of a batch: texts, or numbers whose type the file says. */
export type Cells =
  | { readonly type: 'text'; /** numbers and missing values are words, as in CSV */ readonly words: boolean; readonly texts: readonly (string | null)[] }
  | { readonly type: NumberType; readonly numbers: Float64Array; readonly missing: Uint8Array };
export type NumberType = 'int' | 'float' | 'bool' | 'date' | 'datetime';

export interface Batch {
  readonly rows: number;
  readonly cells: ReadonlyMap<string, Cells>;
  /** Where a row of the batch stands in the file. */
  line(row: number): number;
}

export type Progress = (bytes: number) => void;

/** A file that is read several times. */
export interface Source {
  readonly name: string;
  readonly unit: 'line' | 'row';
  readonly size: number;
  /** Of the columns; JSON's grow as they appear. */
  readonly names: readonly string[];
  /** Whether a column is of a type that no number stands for. */
  unreadable(name: string): boolean;
  batches(faults: Faults, progress: Progress): AsyncGenerator<Batch>;
}

/** Refuse names of columns that are absent, too long, too many, or there twice. */
export function checkNames(names: readonly string[], where: string): void {
  if (names.length > COLUMNS_MAX) {
    throw new TableError(`${where}: ${names.length.toLocaleString('en')} columns; ${COLUMNS_MAX} are possible.`);
  }
  const seen = new Set<string>();
  names.forEach((name, i) => {
    const length = [...name].length;
    if (length === 0) throw new TableError(`${where}: the name of column ${i + 1} is missing.`);
    if (length > NAME_MAX) throw new TableError(`${where}: the name of column ${i + 1} is over ${NAME_MAX} characters.`);
    if (name.includes('\0')) throw new TableError(`${where}: the name of column ${i + 1} holds a zero byte.`);
    if (seen.has(name)) {
      throw new TableError(`${where}: two columns are called “${name}”.`, 'Nothing was uploaded. Rename one of them.');
    }
    seen.add(name);
  });
}

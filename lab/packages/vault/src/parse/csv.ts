// csv.ts: CSV (RFC 4180) with a header row. Rows that are not of it are told with their line; none is dropped in silence.

import { checkNames, ROW_MAX, TableError, type Batch, type Cells, type Faults, type Progress, type Source } from './rows.ts';
import { checkHead, headOf, textOf } from './text.ts';

const BATCH = 1 << 12;
const WEIGHT = 1 << 22; // characters of a batch
const QUOTE = '"';

interface Row {
  /** null: nothing, not even quotes. */
  cells: (string | null)[];
  line: number;
  fault: string | null;
}

/** Cuts text into rows. Feed it with `push`; a row may lie across pieces. */
export class CsvRows {
  private text = '';
  private at = 0;
  private line = 1;

  constructor(
    private readonly delimiter: string,
    private readonly name: string
  ) {}

  *push(piece: string, end: boolean): Generator<Row> {
    this.text = this.text.slice(this.at) + piece;
    this.at = 0;
    for (;;) {
      const row = this.next(end);
      if (row === null) break;
      yield row;
    }
    if (!end && this.text.length - this.at > 2 * ROW_MAX) {
      throw new TableError(`${this.name}: line ${this.line}: a row longer than 1 MiB, or a quote that is never closed.`);
    }
  }

  /** The next row; null when it is not all there yet. */
  private next(end: boolean): Row | null {
    const { text } = this;
    if (this.at >= text.length) return null;
    let stop = text.indexOf('\n', this.at);
    if (stop < 0) {
      if (!end) return null;
      stop = text.length;
    }
    let line = text.slice(this.at, stop);
    if (!line.includes(QUOTE)) {
      if (line.endsWith('\r')) line = line.slice(0, -1);
      if (!line.includes('\r')) {
        this.at = stop + 1;
        const cells: (string | null)[] = line.split(this.delimiter);
        for (let i = 0; i < cells.length; i += 1) if (cells[i] === '') cells[i] = null;
        return { cells, line: this.line++, fault: line.length > ROW_MAX ? 'longer than 1 MiB' : null };
      }
    }
    return this.slow(end);
  }

  /** A row with quotes, or one that a carriage return ends. */
  private slow(end: boolean): Row | null {
    const { text, delimiter } = this;
    const begin = this.at;
    const row: Row = { cells: [], line: this.line, fault: null };
    let at = begin;
    let breaks = 0;
    let odd = false;
    for (;;) {
      let cell: string | null;
      if (text[at] === QUOTE) {
        const found = this.quoted(at + 1);
        if (found === null || (found.at >= text.length && !end)) {
          if (found !== null || !end) return null;
          throw new TableError(`${this.name}: line ${this.line + breaks}: a quote that is never closed.`);
        }
        ({ at } = found);
        cell = found.cell;
        breaks += count(cell, '\n');
      } else {
        cell = null;
      }
      const from = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
      if (at >= text.length && !end) return null;
      if (at > from) {
        const rest = text.slice(from, at);
        odd ||= count(rest, QUOTE) % 2 === 1;
        if (cell !== null) row.fault ??= 'text behind a closing quote';
        cell = (cell ?? '') + rest;
      }
      row.cells.push(cell);
      if (text[at] === delimiter) {
        at += 1;
        continue;
      }
      if (text[at] === '\r' && text[at + 1] === undefined && !end) return null;
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
      break;
    }
    if (odd) row.fault ??= 'a quote inside a cell';
    if (at - begin > ROW_MAX) row.fault ??= 'longer than 1 MiB';
    this.line += 1 + breaks;
    this.at = Math.min(at, text.length);
    return row;
  }

  /** The text from behind an opening quote up to its closing one; null when that is not there. */
  private quoted(from: number): { cell: string; at: number } | null {
    let cell = '';
    for (;;) {
      const at = this.text.indexOf(QUOTE, from);
      if (at < 0) return null;
      cell += this.text.slice(from, at);
      if (this.text[at + 1] !== QUOTE) return { cell, at: at + 1 };
      cell += QUOTE;
      from = at + 2;
    }
  }
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found += 1;
  return found;
}

const NAMES_OF_DELIMITERS: Record<string, string> = { ';': 'semicolons', '\t': 'tabs', '|': 'bars', ',': 'commas' };

export class CsvSource implements Source {
  readonly unit = 'line' as const;
  readonly size: number;

  private constructor(
    readonly name: string,
    private readonly file: Blob,
    readonly names: readonly string[],
    readonly delimiter: string
  ) {
    this.size = file.size;
  }

  /** Read the header. */
  static async open(file: Blob, name: string, delimiter: string): Promise<CsvSource> {
    checkHead(await headOf(file), name);
    const rows = new CsvRows(delimiter, name);
    for await (const { text, end } of textOf(file, name, () => {})) {
      for (const row of rows.push(text, end)) {
        const names = row.cells.map(cell => cell ?? '');
        if (row.fault !== null) throw new TableError(`${name}: line 1: ${row.fault}.`);
        const other = [';', '\t', '|'].find(mark => names[0]?.includes(mark));
        if (names.length === 1 && other !== undefined && delimiter === ',') {
          const words = NAMES_OF_DELIMITERS[other] as string;
          throw new TableError(
            `${name}: line 1: with commas this is one column only, whose name holds ${words}.`,
            `Read it as separated by ${words}.`,
            [],
            other
          );
        }
        checkNames(names, `${name}: line 1`);
        return new CsvSource(name, file, names, delimiter);
      }
    }
    throw new TableError(`${name} is empty.`);
  }

  unreadable(): boolean {
    return false;
  }

  async *batches(faults: Faults, progress: Progress): AsyncGenerator<Batch> {
    const rows = new CsvRows(this.delimiter, this.name);
    const wide = this.names.length;
    let columns = this.names.map((): (string | null)[] => []);
    let lines: number[] = [];
    let weight = 0;
    let blank: number[] = []; // lines of nothing, which may end the file; in between one could stand for missing values
    let header = true;
    let seen = false;
    for await (const { text, end } of textOf(this.file, this.name, progress)) {
      for (const { cells, line, fault } of rows.push(text, end)) {
        if (header) {
          header = false;
          continue;
        }
        seen = true;
        if (cells[0] === null && cells.every(cell => cell === null) && (cells.length === wide || cells.length === 1)) {
          if (blank.length < 1000) blank.push(line);
          continue;
        }
        for (const at of blank) faults.add(at, 'a blank line between rows');
        blank = [];
        if (fault !== null || cells.length !== wide) {
          faults.add(line, fault ?? `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${wide}`);
          continue;
        }
        for (let i = 0; i < wide; i++) {
          const cell = cells[i] as string | null;
          (columns[i] as (string | null)[]).push(cell);
          weight += cell === null ? 1 : cell.length;
        }
        if (lines.push(line) === BATCH || weight > WEIGHT) {
          yield this.batch(columns, lines);
          columns = this.names.map(() => []);
          lines = [];
          weight = 0;
        }
      }
    }
    if (!seen) throw new TableError(`${this.name}: no rows below the header.`);
    if (lines.length > 0) yield this.batch(columns, lines);
  }

  private batch(columns: (string | null)[][], lines: number[]): Batch {
    const cells = new Map<string, Cells>(this.names.map((name, i) => [name, { type: 'text', words: true, texts: columns[i] as string[] }]));
    return { rows: lines.length, cells, line: row => lines[row] as number };
  }
}

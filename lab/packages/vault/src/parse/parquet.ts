// parquet.ts: Parquet files of flat columns, a row group at a time. Sizes that a file claims are checked before anything is
// made of them: a few kilobytes of Parquet can claim billions of values.

import { decompress as unzstd } from 'fzstd';
import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type FileMetaData, type SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { compressors as others } from 'hyparquet-compressors';
import { BATCH, checkNames, ROWS_MAX, TableError, type Batch, type Cells, type Faults, type NumberType, type Progress, type Source } from './rows.ts';

const FOOTER_MAX = 16 << 20;
const PAGE_MAX = 1 << 27; // bytes unpacked
const COLUMN_MAX = 1 << 29; // bytes unpacked, of a column in a row group
const GROUP_ROWS_MAX = 1 << 24;
const SMALLER = 'Nothing was uploaded. Write it with smaller row groups (of at most a million rows, say).';

type ColumnType = NumberType | 'text' | null;
type Compressors = Record<string, (input: Uint8Array, length: number) => Uint8Array>;

/** Unpacking that never makes more than the page's header says, which is checked before. */
const compressors: Compressors = Object.fromEntries(
  Object.entries({ ...(others as Compressors), ZSTD: (input: Uint8Array, length: number) => unzstd(input, new Uint8Array(length)) }).map(
    ([name, unpack]) => [
      name,
      (input: Uint8Array, length: number): Uint8Array => {
        if (!(length >= 0 && length <= PAGE_MAX)) throw new Error('page too large');
        const out = unpack(input, length);
        if (out.length !== length) throw new Error('page of another length');
        return out;
      }
    ]
  )
);

const parsers = {
  timestampFromMilliseconds: (millis: bigint) => Number(millis * 1000n),
  timestampFromMicroseconds: (micros: bigint) => Number(micros),
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos / 1000n),
  dateFromDays: (days: number) => days
};

interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Digits behind the point, for decimals. */
  readonly scale: number | null;
}

function buffer(file: Blob): AsyncBuffer {
  return { byteLength: file.size, slice: (start, end = file.size) => piece(file, start, end) };
}

/** Bytes that lie in the file: what a footer says of places is not believed. */
async function piece(file: Blob, from: number, to: number): Promise<ArrayBuffer> {
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= file.size)) throw new Error('not in the file');
  return file.slice(from, to).arrayBuffer();
}

function typeOf(element: SchemaElement): ColumnType {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (element.num_children || element.repetition_type === 'REPEATED') return null;
  const word = logical?.type ?? converted;
  if (word === 'DECIMAL') return 'float';
  if (word === 'STRING' || word === 'UTF8' || word === 'ENUM') return 'text';
  if (word === 'DATE') return 'date';
  if (word === 'TIMESTAMP' || word === 'TIMESTAMP_MILLIS' || word === 'TIMESTAMP_MICROS' || (!word && type === 'INT96')) return 'datetime';
  if (word === 'FLOAT16') return 'float';
  if (word !== undefined && word !== 'INTEGER' && !/^U?INT_/.test(word)) return null;
  if (type === 'BOOLEAN') return 'bool';
  if (type === 'INT32' || type === 'INT64') return 'int';
  return type === 'FLOAT' || type === 'DOUBLE' ? 'float' : null;
}

/** The columns at the top, and decimals made plain in the schema: the reader would round them twice. */
function columnsOf(schema: SchemaElement[]): Column[] {
  const columns: Column[] = [];
  for (let at = 1; at < schema.length; at += 1) {
    const element = schema[at] as SchemaElement;
    const type = typeOf(element);
    const decimal = (element.logical_type?.type ?? element.converted_type) === 'DECIMAL';
    const scale = decimal ? ((element.logical_type as { scale?: number } | undefined)?.scale ?? element.scale ?? 0) : null;
    if (decimal) {
      delete element.converted_type;
      delete element.logical_type;
    }
    columns.push({ name: element.name, type, scale });
    for (let inside = element.num_children ?? 0; inside > 0; inside -= 1) {
      at += 1;
      inside += schema[at]?.num_children ?? 0;
    }
  }
  return columns;
}

export class ParquetSource implements Source {
  readonly unit = 'row' as const;
  readonly size: number;
  readonly names: string[];
  private readonly checked = new Set<number>();

  private constructor(
    readonly name: string,
    private readonly file: Blob,
    private readonly metadata: FileMetaData,
    private readonly columns: readonly Column[]
  ) {
    this.size = file.size;
    this.names = columns.map(column => column.name);
  }

  /** Read the footer. */
  static async open(file: Blob, name: string): Promise<ParquetSource> {
    const broken = new TableError(`${name}: this is not a whole Parquet file.`);
    if (file.size < 12) throw broken;
    const tail = new DataView(await file.slice(file.size - 8).arrayBuffer());
    const head = new DataView(await file.slice(0, 4).arrayBuffer());
    if (tail.getUint32(4, true) !== 0x31524150 || head.getUint32(0, true) !== 0x31524150) throw broken;
    if (tail.getUint32(0, true) > file.size - 12) throw broken;
    if (tail.getUint32(0, true) > FOOTER_MAX) throw new TableError(`${name}: its footer is larger than 16 MiB.`);
    let metadata: FileMetaData;
    try {
      metadata = await parquetMetadataAsync(buffer(file), { geoparquet: false });
    } catch {
      throw broken;
    }
    const columns = columnsOf(metadata.schema);
    checkNames(columns.map(column => column.name), name);
    if (columns.length === 0) throw new TableError(`${name}: no columns.`);
    checkClaims(metadata, name);
    return new ParquetSource(name, file, metadata, columns);
  }

  unreadable(name: string): boolean {
    return this.columns.some(column => column.name === name && column.type === null);
  }

  async *batches(_faults: Faults, progress: Progress): AsyncGenerator<Batch> {
    let first = 0;
    let told = 0;
    for (const [index, group] of this.metadata.row_groups.entries()) {
      const rows = Number(group.num_rows);
      const cells = new Map<string, Cells>();
      for (const column of this.columns) {
        if (column.type !== null) cells.set(column.name, await this.read(column, index, first, rows));
      }
      for (let at = 0; at < rows; at += BATCH) {
        const count = Math.min(BATCH, rows - at);
        const start = first + at;
        yield { rows: count, cells: new Map([...cells].map(([name, all]) => [name, part(all, at, at + count)])), line: row => start + row + 1 };
      }
      first += rows;
      const now = Math.floor((this.size * first) / Number(this.metadata.num_rows));
      progress(now - told);
      told = now;
    }
  }

  private async read(column: Column, group: number, first: number, rows: number): Promise<Cells> {
    const pieces: { from: number; data: ArrayLike<unknown> }[] = [];
    try {
      if (!this.checked.has(group)) await this.checkPages(group);
      await parquetRead({
        file: buffer(this.file),
        metadata: this.metadata,
        columns: [column.name],
        rowStart: first,
        rowEnd: first + rows,
        compressors,
        parsers,
        utf8: false,
        geoparquet: false,
        onChunk: chunk => void pieces.push({ from: chunk.rowStart - first, data: chunk.columnData as ArrayLike<unknown> })
      } as Parameters<typeof parquetRead>[0]);
    } catch (why) {
      if (why instanceof TableError) throw why;
      throw new TableError(`${this.name}: column “${column.name}”, rows ${first + 1} to ${first + rows}: it cannot be read.`);
    }
    const cells = empty(column.type as NonNullable<ColumnType>, rows);
    let filled = 0;
    for (const { from, data } of pieces) {
      for (let i = 0; i < data.length; i += 1) {
        const at = from + i;
        if (at < 0 || at >= rows) continue;
        filled += 1;
        put(cells, at, data[i], column.scale);
      }
    }
    if (filled !== rows) {
      throw new TableError(`${this.name}: column “${column.name}” has ${filled} rows where its footer says ${rows}.`);
    }
    return cells;
  }

  /** Read the headers of all pages: what they claim must fit the row group. */
  private async checkPages(index: number): Promise<void> {
    const group = this.metadata.row_groups[index];
    for (const { meta_data: meta } of group?.columns ?? []) {
      if (!meta) throw new Error('no column');
      const begin = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const bytes = await piece(this.file, begin, begin + Number(meta.total_compressed_size));
      const reader = { view: new DataView(bytes), offset: 0 };
      let values = 0n;
      let size = 0;
      while (reader.offset < bytes.byteLength - 1 && values < meta.num_values) {
        const page = parquetHeader(reader);
        reader.offset += page.compressed_page_size;
        size += page.uncompressed_page_size;
        const count = page.data_page_header?.num_values ?? page.data_page_header_v2?.num_values ?? 0;
        const words = page.dictionary_page_header?.num_values ?? 0;
        values += BigInt(count);
        const sane = page.compressed_page_size >= 0 && page.uncompressed_page_size >= 0 && count >= 0 && words >= 0 && words <= page.uncompressed_page_size * 8 + 8;
        if (!sane || page.uncompressed_page_size > PAGE_MAX || size > COLUMN_MAX || values > meta.num_values) throw this.bomb(meta.path_in_schema[0]);
      }
    }
    this.checked.add(index);
  }

  private bomb(column: string | undefined): TableError {
    return new TableError(`${this.name}: column “${column ?? ''}”: its pages claim more than they may hold.`, SMALLER);
  }
}

/** Refuse a footer whose sizes do not fit the file or this machine. */
function checkClaims(metadata: FileMetaData, name: string): void {
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new TableError(`${name}: no rows.`);
  if (!(rows <= ROWS_MAX)) throw new TableError(`${name}: more than ${ROWS_MAX} rows.`);
  let sum = 0;
  for (const group of metadata.row_groups) {
    const here = Number(group.num_rows);
    sum += here;
    const large = group.columns.some(({ meta_data: meta }) => Number(meta?.total_uncompressed_size ?? 0) > COLUMN_MAX);
    if (here > GROUP_ROWS_MAX || here < 0 || large) throw new TableError(`${name}: a row group that is too large.`, SMALLER);
  }
  if (sum !== rows) throw new TableError(`${name}: its row groups hold ${sum} rows where its footer says ${rows}.`);
}

function empty(type: NonNullable<ColumnType>, rows: number): Cells {
  if (type === 'text') return { type, words: false, texts: new Array<string | null>(rows).fill(null) };
  return { type, numbers: new Float64Array(rows), missing: new Uint8Array(rows).fill(1) };
}

function put(cells: Cells, at: number, value: unknown, scale: number | null): void {
  if (value === null || value === undefined) return;
  if (cells.type === 'text') {
    (cells.texts as (string | null)[])[at] = String(value);
    return;
  }
  const x = scale === null ? Number(value) : decimal(value, scale);
  if (Number.isNaN(x)) return; // as pandas writes missing values
  cells.numbers[at] = x;
  cells.missing[at] = 0;
}

/** Over its digits, so that the nearest double is taken. */
function decimal(value: unknown, scale: number): number {
  let whole: bigint;
  if (value instanceof Uint8Array) {
    whole = value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    whole = BigInt.asIntN(8 * value.length, whole);
  } else {
    whole = BigInt(value as number | bigint);
  }
  return Number(`${whole}e-${scale}`);
}

function part(cells: Cells, from: number, to: number): Cells {
  if (cells.type === 'text') return { ...cells, texts: cells.texts.slice(from, to) };
  return { ...cells, numbers: cells.numbers.subarray(from, to), missing: cells.missing.subarray(from, to) };
}

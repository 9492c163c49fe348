// tableManifest.ts: what the folder of a table says of itself, checked.

import { KINDS, WHOLE, type Kind } from '../parse/survey.ts';
import { count, list, need, number, object, text, type Loose } from './checks.ts';
import { moduliOf } from './manifest.ts';

const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}$/;
const COLUMNS_MAX = 4096;

type Files = readonly { readonly name: string; readonly sha256: string }[];

export interface TableColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly unit: string | null;
  readonly epoch: string | null;
  readonly categories: readonly string[] | null;
  readonly lo: number;
  readonly hi: number;
  readonly centre: number;
  readonly half: number;
  /** Of the approximate encryption; null where the column is exact alone. */
  readonly files: Files | null;
  readonly mask: Files | null;
  /** Of the exact one: chunk by chunk, within one a file a modulus. */
  readonly exact: { readonly files: Files; readonly mask: Files | null } | null;
}

export interface TableManifest {
  readonly format: 'jupyterfhe-table-1';
  readonly params: string;
  readonly key: string;
  readonly rows: number;
  readonly logSlots: number;
  readonly level: number;
  /** Of its exact columns, and log2 of the integers that a vector of them holds; null where none is exact. */
  readonly moduli: { readonly logSlots: number; readonly primes: readonly number[] } | null;
  readonly columns: readonly TableColumn[];
}

export function tableOf(root: Loose): TableManifest {
  need(root['packing'] === 'real', 'its packing is unknown');
  const rows = count(root['rows'], 2 ** 40, 'rows');
  const logSlots = count(root['log_slots'], 16, 'log_slots');
  const moduli = tableModuliOf(root['moduli']);
  const chunks = Math.ceil(rows / 2 ** logSlots);
  const parts = moduli === null ? 0 : Math.ceil(rows / 2 ** moduli.logSlots) * moduli.primes.length;
  const columns = list(root['columns'], COLUMNS_MAX, 'columns').map(one => columnOf(object(one, 'a column'), chunks, parts));
  need(rows > 0 && columns.length > 0, 'it is empty');
  need(moduli === null || moduli.logSlots >= logSlots, 'its chunks of integers are shorter than the others');
  return {
    format: 'jupyterfhe-table-1', params: text(root['params'], 'params'), key: text(root['key_id'], 'key_id'),
    rows, logSlots, level: count(root['level'], 64, 'level'), moduli, columns
  };
}

function tableModuliOf(x: unknown): TableManifest['moduli'] {
  if (x === null || x === undefined) return null;
  const found = object(x, 'its moduli');
  return { logSlots: count(found['log_slots'], 17, 'log_slots of its moduli'), primes: moduliOf(found['primes']) };
}

function filesOf(x: unknown, chunks: number): { name: string; sha256: string }[] {
  const files = list(x, 1 << 18, 'files').map(one => {
    const file = object(one, 'a file');
    const [name, sha256] = [text(file['name'], 'a file'), text(file['sha256'], 'a file')];
    need(PLAIN.test(name) && /^[0-9a-f]{64}$/.test(sha256), 'a file has no plain name');
    return { name, sha256 };
  });
  need(files.length === chunks, 'a column lacks files');
  return files;
}

function filesOrNone(x: unknown, chunks: number): Files | null {
  return x === null || x === undefined ? null : filesOf(x, chunks);
}

/** @param parts - Files of an exact vector of the column; 0 where the table has no moduli. */
function exactOf(x: unknown, parts: number): TableColumn['exact'] {
  if (x === null || x === undefined) return null;
  need(parts > 0, 'a column is exact and the table has no moduli');
  const found = object(x, 'an exact column');
  return { files: filesOf(found['files'], parts), mask: filesOrNone(found['mask'], parts) };
}

function columnOf(one: Loose, chunks: number, parts: number): TableColumn {
  const kind = one['kind'] as Kind;
  need(KINDS.includes(kind), 'a column is of no known kind');
  const optional = (x: unknown, what: string): string | null => (x === null || x === undefined ? null : text(x, what));
  const categories = one['categories'];
  const exact = exactOf(one['exact'], parts);
  const [files, mask] = [filesOrNone(one['files'], chunks), filesOrNone(one['mask'], chunks)];
  need(exact === null || WHOLE.includes(kind), 'a column is exact and of no whole numbers');
  need(exact === null ? files !== null : files === null || (mask === null) === (exact.mask === null), 'a column lacks files, or its masks do not fit');
  return {
    name: text(one['name'], 'a name'), kind, unit: optional(one['unit'], 'a unit'), epoch: optional(one['epoch'], 'an epoch'),
    categories: categories === null || categories === undefined ? null : list(categories, 1 << 16, 'labels').map(v => text(v, 'a label')),
    lo: number(one['lo'], 'a bound'), hi: number(one['hi'], 'a bound'),
    centre: number(one['centre'], 'a centre'), half: number(one['half'], 'a half range'),
    files, mask, exact
  };
}

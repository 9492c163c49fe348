// files.ts: which reader a file needs.

import { CsvSource } from './csv.ts';
import { JsonSource } from './json.ts';
import { ParquetSource } from './parquet.ts';
import { TableError, type Source } from './rows.ts';

type Form = 'csv' | 'tsv' | 'json' | 'parquet';
const FORMS: Record<string, Form> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  parquet: 'parquet',
  pq: 'parquet'
};
/** Bytes; ciphertexts of more would not be kept by a notebook's server either. */
export const FILE_MAX = 2 ** 41;

export async function openSource(file: Blob, name: string, delimiter: string | null = null): Promise<Source> {
  const form = FORMS[/\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
  if (form === undefined) {
    throw new TableError(`${name} is no table: CSV, TSV, JSON, NDJSON and Parquet files can be read.`, 'Nothing was uploaded.');
  }
  if (file.size === 0) throw new TableError(`${name} is empty.`);
  if (file.size > FILE_MAX) throw new TableError(`${name} is larger than 2 TB.`);
  if (form === 'csv' || form === 'tsv') return CsvSource.open(file, name, delimiter ?? (form === 'tsv' ? '\t' : ','));
  return form === 'json' ? JsonSource.open(file, name) : ParquetSource.open(file, name);
}

// results.ts: a result's parts decrypted, its recipe evaluated, labels put on, rows left out. As python/jupyterfhe/client/frames.py.

import { Told } from '../base/rpc.ts';
import { evaluateTwice, type Part } from '../finish/recipe.ts';
import { boundOf, probableOf, type Known, type Span } from '../finish/span.ts';
import type { Kind } from '../parse/survey.ts';
import type { Label, ResultIndex, ResultManifest, ResultOutput } from './resultManifest.ts';

const WHOLE: readonly Kind[] = ['int', 'bool', 'date', 'category'];

/** One column, or one named number. */
export interface OpenedOutput {
  readonly name: string;
  readonly kind: Kind;
  readonly epoch: string | null;
  readonly labels: readonly string[] | null;
  /** Of a record's number; a column has that of its rows. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Bound on the error of each; 0 where it is exact, Infinity where nothing is known. */
  readonly errors: Float64Array;
  /** Probable bound on the error of each (docs/SOUNDNESS.md, "Finished at decryption"), never above that of `errors`. */
  readonly likely: Float64Array;
  /** 1 where nothing is there, or a number is undefined. */
  readonly gone: Uint8Array;
}

export interface OpenedResult {
  readonly kind: 'result';
  readonly shape: 'record' | 'series' | 'frame';
  readonly title: string;
  readonly names: readonly (string | null)[];
  /** Labels of the rows, one a level; null for named numbers. */
  readonly index: readonly (readonly Label[])[] | null;
  readonly columns: readonly OpenedOutput[];
  readonly assumed: readonly string[];
}

/** Names and labels that the owner kept, by the columns they are of. */
export interface Hidden {
  readonly names: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** What `sealed.bin` of a table holds. */
export interface Sealed {
  readonly names?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

/** Of all tables that a result is of. Where two of them say different things of one column, neither is believed: codes are shown. */
export function hiddenOf(tables: readonly Sealed[]): Hidden {
  const together = <T>(maps: readonly Readonly<Record<string, T>>[]): Map<string, T> => {
    const entries = maps.flatMap(map => Object.entries(map));
    const fine = ([column, said]: [string, T]): boolean => entries.every(([other, words]) => other !== column || JSON.stringify(words) === JSON.stringify(said));
    return new Map(entries.filter(fine));
  };
  return { names: together(tables.map(table => table.names ?? {})), labels: together(tables.map(table => table.labels ?? {})) };
}

/** A text with the own name of a column in the place of the public one; as the first part of `c2_mean` too. */
export function named(text: string, { names }: Hidden): string {
  const whole = names.get(text);
  if (whole !== undefined) return whole;
  const parts = [...names.keys()].filter(name => text.startsWith(`${name}_`)).sort((a, b) => b.length - a.length);
  return parts[0] === undefined ? text : `${names.get(parts[0])}${text.slice(parts[0].length)}`;
}

/**
 * Finish a result.
 *
 * Time: linear in the entries of all nodes, cubic in the rows of inverted matrices. Memory: 48 bytes an entry.
 */
export function finished<A>(manifest: ResultManifest<A>, parts: readonly Part[], assumed: readonly string[], hidden: Hidden): OpenedResult {
  const spans = evaluateTwice(manifest.nodes, parts);
  const span = (node: number): Known => spans[node] as Known;
  const { index, keep, outputs, shape, title } = manifest;
  const rows = index === null ? null : rowsOf(index, keep === null ? null : span(keep), hidden);
  const columns = outputs.map(output => column(output, span(output.node), output.valid === null ? null : span(output.valid), rows?.places ?? null, hidden));
  return { kind: 'result', shape, title, names: (index?.names ?? []).map(name => name && named(name, hidden)), index: rows?.labels ?? null, columns, assumed };
}

/** Whether a mask is set; refused where its error could hide that. */
function there(mask: Span, i: number): boolean {
  const at = mask.mid.length === 1 ? 0 : i;
  const [low, high] = [mask.low[at] as number, mask.high[at] as number];
  if (low < 0.5 && high >= 0.5) throw new Told('Which values are there is no longer certain: the error bound of a mask reaches 1/2.', 'range');
  return low >= 0.5;
}

/** Which rows are shown, and their labels: private ones in the place of codes; codes that only hide how many labels there are go. */
function rowsOf(index: ResultIndex, keep: Span | null, hidden: Hidden): { places: number[]; labels: (readonly Label[])[] } {
  const known = index.secret.map(column => (column === null ? null : hidden.labels.get(column) ?? null));
  const places: number[] = [];
  const labels: (readonly Label[])[] = [];
  for (let row = 0; row < index.rows; row += 1) {
    if (keep !== null && !there(keep, row)) continue;
    const label = index.label(row).map((code, level) => {
      const own = known[level];
      if (own && Number.isInteger(code)) return own[code as number];
      return typeof code === 'string' && index.names[level] === null ? named(code, hidden) : code; // of a level without a name: names of columns
    });
    if (label.includes(undefined)) continue;
    places.push(row);
    labels.push(label as readonly Label[]);
  }
  return { places, labels };
}

function column(output: ResultOutput, cells: Known, valid: Span | null, places: readonly number[] | null, hidden: Hidden): OpenedOutput {
  const at = places ?? Array.from(cells.mid.keys());
  const values = new Float64Array(at.length);
  const errors = new Float64Array(at.length);
  const likely = new Float64Array(at.length);
  const gone = new Uint8Array(at.length);
  const one = places !== null && cells.mid.length === 1; // the same number in every row
  at.forEach((row, i) => {
    const place = one ? 0 : row;
    values[i] = cells.mid[place] as number;
    gone[i] = Number(Number.isNaN(values[i]) || (valid !== null && !there(valid, row)));
    [errors[i], likely[i]] = gone[i] ? [0, 0] : [boundOf(cells, place), probableOf(cells, place)];
  });
  const { kind, epoch, name, categories, source } = output;
  if (WHOLE.includes(kind) && errors.every(error => error < 0.5)) {
    values.forEach((x, i) => (values[i] = gone[i] ? 0 : Math.round(x) + 0));
    for (const bounds of [errors, likely]) bounds.fill(0);
  }
  const labels = categories ?? (source === null ? null : hidden.labels.get(source) ?? null);
  return { name: name === null ? '' : named(name, hidden), kind, epoch, labels, shape: cells.shape, values, errors, likely, gone };
}

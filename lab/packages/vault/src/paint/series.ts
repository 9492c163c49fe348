// series.ts: from a chart's description and opened ciphertexts to rows of numbers; what does not fit together is said.

import { bisectRight } from 'd3-array';
import { Told } from '../base/rpc.ts';
import type { Chart, ChartSource } from '../../../core/src/vaultProtocol.ts';
import type { Opened } from '../keeper/api.ts';
import type { OpenedArray } from '../keeper/open.ts';
import type { OpenedResult } from '../keeper/results.ts';
import { labelWords } from './resultView.ts';

/** One row of numbers, with the bound on each one's error; null places are 0, 1, 2, ... */
export interface Row {
  readonly name: string | null;
  readonly x: Float64Array | null;
  readonly y: Float64Array;
  readonly errors: Float64Array;
}

/** How many numbers of each row lie in each bin. */
export interface Bins {
  readonly edges: readonly number[];
  readonly counts: readonly (readonly number[])[];
  /** So near to an edge that their error reaches over it: they count as lying on it. */
  readonly near: number;
  /** Outside of the edges that were asked for. */
  readonly outside: number;
}

interface Numbers {
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

const AUTO_BINS = 10;

function misfit(what: string): Told {
  return new Told(`This chart does not fit its numbers: ${what}.`, 'format');
}

/** The opened numbers of a reference; a chart has no tables. */
export function opened(of: Opened | undefined): OpenedArray | OpenedResult {
  if (of?.kind === 'result' && of.index !== null) return of;
  if (of?.kind !== 'array' || of.im !== null) throw misfit('it names what is no row of real numbers');
  return of;
}

/** A column of a result, as far off as is likely; NaN where nothing is there or nothing is known. */
function columnOf(of: OpenedResult, column: number): Numbers {
  const found = of.columns[column];
  if (found === undefined) throw misfit('there is no such column');
  const known = (i: number): boolean => !found.gone[i] && (found.likely[i] as number) < Infinity;
  return { values: found.values.map((x, i) => (known(i) ? x : NaN)), errors: found.likely.map((x, i) => (known(i) ? x : 0)) };
}

/** A grid of numbers: an array of two axes, or a frame with its labels. */
export function gridOf(of: Opened | undefined): { grid: OpenedArray; across: readonly string[] | null; down: readonly string[] | null } {
  const found = opened(of);
  if (found.kind === 'array') return { grid: found, across: null, down: null };
  const [rows, wide] = [found.index!.length, found.columns.length];
  const columns = found.columns.map((_, j) => columnOf(found, j));
  const all = (pick: (one: Numbers) => Float64Array): Float64Array => Float64Array.from({ length: rows * wide }, (_, i) => pick(columns[i % wide] as Numbers)[Math.floor(i / wide)] as number);
  const errors = all(one => one.errors);
  const grid: OpenedArray = { kind: 'array', shape: [rows, wide], dtype: 'float64', exact: false, integers: null, re: all(one => one.values), im: null, errors, likely: errors, assumed: found.assumed };
  return { grid, across: found.columns.map(column => column.name), down: wordsOf(found) };
}

/** Words for the rows of a result. */
function wordsOf(of: OpenedResult): readonly string[] {
  return of.index!.map(labels => labels.map(labelWords).join(', '));
}

function numbersOf(source: ChartSource, parts: readonly Opened[]): Numbers {
  if ('numbers' in source) return { values: Float64Array.from(source.numbers), errors: new Float64Array(source.numbers.length) };
  const of = opened(parts[source.ref]);
  if (of.kind === 'result') return columnOf(of, source.column ?? 0);
  const { re, errors, shape } = of;
  if (source.column === null) {
    if (shape.length !== 1) throw misfit('it takes a whole grid for one row');
    return { values: re, errors };
  }
  const [, wide = 0] = shape;
  if (shape.length !== 2 || source.column >= wide) throw misfit('there is no such column');
  const { column } = source;
  const rows = Math.floor((re.length - column + wide - 1) / wide);
  const pick = (from: Float64Array): Float64Array => Float64Array.from({ length: rows }, (_, i) => from[i * wide + column] as number);
  return { values: pick(re), errors: pick(errors) };
}

/** What a chart draws: rows, the words below them, and how many places were left out since a number there is undefined. */
export interface Drawn {
  readonly rows: readonly Row[];
  readonly ticks: readonly string[] | null;
  readonly left: number;
}

export function drawnOf(chart: Chart, parts: readonly Opened[]): Drawn {
  const rows = rowsOf(chart, parts);
  const first = chart.series[0]?.y;
  const of = first && 'ref' in first ? parts[first.ref] : undefined;
  const ticks = chart.x_ticks ?? (chart.mark === 'bar' && of?.kind === 'result' ? wordsOf(of) : null);
  const places = Math.max(...rows.map(row => row.y.length));
  const there = (i: number): boolean => rows.every(row => i >= row.y.length || !Number.isNaN((row.y[i] as number) + (row.x?.[i] ?? 0)));
  const kept = Array.from({ length: places }, (_, i) => i).filter(there);
  if (kept.length === places) return { rows, ticks, left: 0 };
  const pick = (of: Float64Array): Float64Array => Float64Array.from(kept.filter(i => i < of.length), i => of[i] as number);
  const shown = rows.map(row => ({ ...row, x: row.x && pick(row.x), y: pick(row.y), errors: pick(row.errors) }));
  return { rows: shown, ticks: ticks && kept.map(i => ticks[i] ?? ''), left: places - kept.length };
}

export function rowsOf(chart: Chart, parts: readonly Opened[]): readonly Row[] {
  return chart.series.map(series => {
    const y = numbersOf(series.y, parts);
    const x = series.x === null ? null : numbersOf(series.x, parts).values;
    const shown = x === null ? y.values.length : Math.min(x.length, y.values.length); // of the longer one less may have been opened
    return { name: series.name, x: x?.subarray(0, shown) ?? null, y: y.values.subarray(0, shown), errors: y.errors.subarray(0, shown) };
  });
}

/** Least and greatest of all. */
export function extentOf(all: readonly Float64Array[]): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const one of all) {
    for (const x of one) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

function edgesOf(bins: Chart['bins'], rows: readonly Row[]): readonly number[] {
  if (Array.isArray(bins)) return bins as readonly number[];
  const count = (bins as number | null) ?? AUTO_BINS;
  const { low, high } = extentOf(rows.map(row => row.y));
  const [from, to] = high > low ? [low, high] : [low - 0.5, high + 0.5];
  return Array.from({ length: count + 1 }, (_, i) => (i === count ? to : from + ((to - from) * i) / count));
}

/** Count, as numpy's histogram does: a number on an edge belongs to the bin right of it, on the last edge to the last bin. */
export function binned(bins: Chart['bins'], rows: readonly Row[]): Bins {
  const edges = edgesOf(bins, rows);
  const last = edges.length - 2;
  const asked = Array.isArray(bins);
  let [near, outside] = [0, 0];
  const counts = rows.map(row => {
    const count = new Array<number>(last + 1).fill(0);
    row.y.forEach((x, i) => {
      const error = row.errors[i] as number;
      let bin = bisectRight(edges as number[], x) - 1;
      const [below, above] = [edges[bin] ?? -Infinity, edges[bin + 1] ?? Infinity];
      if (above - x <= error) bin += 1; // within its error of the edge above: it counts as being there
      const inner = (edge: number, place: number): boolean => Math.abs(x - edge) <= error && (asked || (place > 0 && place <= last));
      if (inner(below, bin) || inner(above, bin)) near += 1;
      if (bin === last + 1 && x - (edges[last + 1] as number) <= error) bin = last;
      if (bin < 0 || bin > last) outside += 1;
      else count[bin] = (count[bin] as number) + 1;
    });
    return count;
  });
  return { edges, counts, near, outside };
}

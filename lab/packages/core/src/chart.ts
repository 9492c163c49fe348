// chart.ts: a chart of encrypted numbers, `application/vnd.jupyterfhe.chart+json`: what to draw, and of which references. Public facts
// alone; the vault decrypts and draws. protocol/kernel.md has the words.

import { isAtMost, isObject, isText } from './check.js';
import { isReference, plainReference, type Reference } from './reference.js';

export const CHART_MIME = 'application/vnd.jupyterfhe.chart+json';

export type Mark = 'line' | 'scatter' | 'bar' | 'hist' | 'heatmap';
export const MARKS: readonly Mark[] = ['line', 'scatter', 'bar', 'hist', 'heatmap'];

/** Numbers of a reference (all of them, or one column), or public ones. */
export type ChartSource = { readonly ref: number; readonly column: number | null } | { readonly numbers: readonly number[] };

export interface ChartSeries {
  readonly name: string | null;
  /** null: 0, 1, 2, ... */
  readonly x: ChartSource | null;
  readonly y: ChartSource;
}

export interface Chart {
  readonly version: 1;
  readonly mark: Mark;
  readonly title: string | null;
  readonly x_label: string | null;
  readonly y_label: string | null;
  /** Words along an axis. */
  readonly x_ticks: readonly string[] | null;
  readonly y_ticks: readonly string[] | null;
  /** Public places along x are milliseconds since 1970. */
  readonly x_time: boolean;
  /** How many bins a histogram has, or their edges. */
  readonly bins: number | readonly number[] | null;
  readonly series: readonly ChartSeries[];
  readonly refs: readonly Reference[];
}

const MOST = { series: 16, refs: 32, numbers: 20_000, words: 1000, text: 200, bins: 1000, columns: 4096 } as const;

const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x);

function words(x: unknown, most: number): readonly string[] | null | undefined {
  if (x === null || x === undefined) return null;
  return Array.isArray(x) && x.length <= most && x.every(one => isText(one, MOST.text)) ? [...(x as string[])] : undefined;
}

function label(x: unknown): string | null | undefined {
  if (x === null || x === undefined) return null;
  return isText(x, MOST.text) ? x : undefined;
}

function asSource(x: unknown, refs: readonly Reference[]): ChartSource | undefined {
  if (!isObject(x)) return undefined;
  if (Array.isArray(x['numbers'])) {
    const numbers = x['numbers'] as unknown[];
    return numbers.length <= MOST.numbers && numbers.every(isNumber) ? { numbers: [...(numbers as number[])] } : undefined;
  }
  const { ref, column } = x;
  const fits = isAtMost(ref, refs.length - 1) && (column === null || isAtMost(column, MOST.columns));
  return fits ? { ref, column } : undefined;
}

function asSeries(x: unknown, refs: readonly Reference[]): ChartSeries | null {
  if (!isObject(x)) return null;
  const name = label(x['name']), y = asSource(x['y'], refs);
  const place = x['x'] === null || x['x'] === undefined ? null : asSource(x['x'], refs);
  return name === undefined || y === undefined || place === undefined ? null : { name, x: place, y };
}

function asBins(x: unknown): number | readonly number[] | null | undefined {
  if (x === null || x === undefined) return null;
  if (isAtMost(x, MOST.bins) && x > 0) return x;
  const edges = Array.isArray(x) && x.length >= 2 && x.length <= MOST.bins + 1 && x.every(isNumber) ? (x as number[]) : undefined;
  return edges?.every((edge, i) => i === 0 || edge > (edges[i - 1] as number)) ? [...edges] : undefined;
}

/** The chart, made anew of what the protocol knows; null when it is none. */
export function asChart(x: unknown): Chart | null {
  if (!isObject(x) || x['version'] !== 1 || !MARKS.includes(x['mark'] as Mark)) return null;
  const given = x['refs'], rows = x['series'];
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST.refs || !given.every(isReference)) return null;
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > MOST.series) return null;
  const refs = given.map(plainReference);
  const series = rows.map(row => asSeries(row, refs)).filter(row => row !== null);
  const texts = { title: label(x['title']), x_label: label(x['x_label']), y_label: label(x['y_label']) };
  const ticks = { x_ticks: words(x['x_ticks'], MOST.words), y_ticks: words(x['y_ticks'], MOST.words) };
  const bins = asBins(x['bins']);
  const fine = series.length === rows.length && ![...Object.values(texts), ...Object.values(ticks), bins].includes(undefined);
  if (!fine) return null;
  return { version: 1, mark: x['mark'] as Mark, x_time: x['x_time'] === true, bins, series, refs, ...texts, ...ticks } as Chart;
}

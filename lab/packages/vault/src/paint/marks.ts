// marks.ts: rows of numbers as lines, points, bars, bins and shaded grids.

import { s } from '../page/dom.ts';
import type { Chart } from '../../../core/src/vaultProtocol.ts';
import type { OpenedArray } from '../keeper/open.ts';
import { colour, picture, plotOf, type Extent, type Plot } from './figure.ts';
import { numberWords } from './numbers.ts';
import { extentOf, type Bins, type Row } from './series.ts';

const WHISKERS_MAX = 80; // bars that show their bounds
const WORDS_IN_CELLS = 12; // rows and columns of a grid whose cells have room for their number
const VISIBLE = 0.6; // pixels from which a bound is drawn

const names = (rows: readonly Row[]): readonly (string | null)[] => rows.map(row => row.name);
const placeOf = (row: Row, i: number): number => row.x?.[i] ?? i;

function xExtent(chart: Chart, rows: readonly Row[]): Extent {
  if (chart.x_ticks) return { words: chart.x_ticks };
  if (chart.mark === 'bar' && rows.every(row => row.x === null)) return { words: Array.from({ length: rows[0]?.y.length ?? 0 }, (_, i) => String(i)) };
  if (chart.mark === 'bar') return { words: [...(rows[0]?.x ?? [])].map(x => (chart.x_time ? new Date(x).toISOString().slice(0, 10) : String(x))) };
  const long = Math.max(...rows.map(row => row.y.length));
  return { ...extentOf(rows.map(row => row.x ?? Float64Array.of(0, long - 1))), time: chart.x_time };
}

/** Height of the numbers with their errors; bars stand on 0. */
function yExtent(rows: readonly Row[], grounded: boolean): Extent {
  const ends = rows.flatMap(row => [row.y.map((y, i) => y - (row.errors[i] as number)), row.y.map((y, i) => y + (row.errors[i] as number))]);
  const { low, high } = extentOf(ends);
  return grounded ? { low: Math.min(0, low), high: Math.max(0, high) } : { low, high };
}

function said(chart: Chart, what: string): string {
  return [chart.title, what].filter(Boolean).join(': ');
}

// One path a series: a million points are one element, and the browser draws it at once.
function pathOf(plot: Plot, row: Row, point: (x: string, y: string, first: boolean) => string): string {
  const parts: string[] = [];
  row.y.forEach((y, i) => parts.push(point(plot.x.at(placeOf(row, i)).toFixed(1), plot.y.at(y).toFixed(1), i === 0)));
  return parts.join('');
}

function band(plot: Plot, row: Row, i: number): SVGElement[] {
  const height = row.errors.reduce((most, e) => Math.max(most, Math.abs(plot.y.at(e) - plot.y.at(0))), 0);
  if (height < VISIBLE) return [];
  const side = (sign: number): string[] => [...row.y].map((y, j) => `${plot.x.at(placeOf(row, j)).toFixed(1)},${plot.y.at(y + sign * (row.errors[j] as number)).toFixed(1)}`);
  return [s('polygon', { class: `band ${colour(i)}`, points: [...side(1), ...side(-1).reverse()].join(' ') })];
}

export function lines(chart: Chart, rows: readonly Row[]): SVGElement {
  const plot = plotOf(xExtent(chart, rows), yExtent(rows, false), { x: chart.x_label, y: chart.y_label });
  const marks = rows.flatMap((row, i) => [...band(plot, row, i), s('path', { class: `line ${colour(i)}`, d: pathOf(plot, row, (x, y, first) => `${first ? 'M' : 'L'}${x} ${y}`) })]);
  return picture(plot, marks, said(chart, `line chart of ${rows[0]?.y.length ?? 0} numbers`), names(rows));
}

export function points(chart: Chart, rows: readonly Row[]): SVGElement {
  const plot = plotOf(xExtent(chart, rows), yExtent(rows, false), { x: chart.x_label, y: chart.y_label });
  // A line of no length with round ends is a dot.
  const marks = rows.map((row, i) => s('path', { class: `dots ${colour(i)}`, d: pathOf(plot, row, (x, y) => `M${x} ${y}h0`) }));
  return picture(plot, marks, said(chart, `scatter chart of ${rows[0]?.y.length ?? 0} points`), names(rows));
}

/** Bars of rows beside each other in the places of the x axis. */
export function bars(chart: Chart, rows: readonly Row[]): SVGElement {
  const plot = plotOf(xExtent(chart, rows), yExtent(rows, true), { x: chart.x_label, y: chart.y_label });
  const wide = Math.max(0.5, plot.x.step / rows.length);
  const marks = rows.flatMap((row, r) => [...row.y].flatMap((y, i) => {
    const from = plot.x.at(i) - plot.x.step / 2 + r * wide;
    return [rect(plot, from, wide, 0, y, colour(r)), ...whisker(plot, from + wide / 2, y, row.errors[i] as number, row.y.length)];
  }));
  return picture(plot, marks, said(chart, `bar chart of ${rows[0]?.y.length ?? 0} numbers`), names(rows));
}

function rect(plot: Plot, x: number, width: number, low: number, high: number, kind: string): SVGElement {
  const [top, foot] = [Math.min(plot.y.at(low), plot.y.at(high)), Math.max(plot.y.at(low), plot.y.at(high))];
  return s('rect', { class: `mark ${kind}`, x: x.toFixed(2), width: Math.max(0.5, width).toFixed(2), y: top.toFixed(2), height: Math.max(0.5, foot - top).toFixed(2) });
}

function whisker(plot: Plot, x: number, y: number, error: number, count: number): SVGElement[] {
  const [top, foot] = [plot.y.at(y + error), plot.y.at(y - error)];
  if (count > WHISKERS_MAX || foot - top < VISIBLE) return [];
  return [s('line', { class: 'whisker', x1: x, x2: x, y1: top, y2: foot })];
}

export function histogram(chart: Chart, rows: readonly Row[], bins: Bins): SVGElement {
  const { edges, counts } = bins;
  const high = Math.max(1, ...counts.flat());
  const x: Extent = { low: edges[0] as number, high: edges.at(-1) as number };
  const plot = plotOf(x, { low: 0, high }, { x: chart.x_label, y: chart.y_label });
  const marks = counts.flatMap((row, r) => row.map((count, i) => {
    const [from, to] = [plot.x.at(edges[i] as number), plot.x.at(edges[i + 1] as number)];
    const wide = Math.max(0.5, (to - from - 1) / rows.length);
    return rect(plot, from + 0.5 + r * wide, wide, 0, count, colour(r));
  }));
  return picture(plot, marks, said(chart, `histogram of ${counts.flat().reduce((sum, n) => sum + n, 0)} numbers in ${edges.length - 1} bins`), names(rows));
}

/** A grid shaded by size: one colour above 0, another one below. */
export function heatmap(chart: Chart, grid: OpenedArray): SVGElement {
  const [rows = 0, columns = 0] = grid.shape;
  const words = (given: readonly string[] | null, count: number): readonly string[] => given ?? Array.from({ length: count }, (_, i) => String(i));
  const plot = plotOf({ words: words(chart.x_ticks, columns) }, { words: words(chart.y_ticks, rows) }, { x: chart.x_label, y: chart.y_label });
  const most = grid.re.reduce((sum, x) => (Number.isNaN(x) ? sum : Math.max(sum, Math.abs(x))), 0) || 1;
  const inside = Math.max(rows, columns) <= WORDS_IN_CELLS;
  const marks = [...grid.re].flatMap((value, i) => {
    if (Number.isNaN(value)) return []; // undefined
    const [x, y] = [plot.x.at(i % columns), plot.y.at(Math.floor(i / columns))];
    const cell = s('rect', {
      class: value < 0 ? 'cold' : 'hot', 'fill-opacity': (0.06 + 0.84 * Math.abs(value / most)).toFixed(3),
      x: (x - plot.x.step / 2).toFixed(2), y: (y - plot.y.step / 2).toFixed(2), width: plot.x.step.toFixed(2), height: plot.y.step.toFixed(2)
    });
    if (!inside) return [cell];
    const number = s('text', { class: Math.abs(value / most) > 0.6 ? 'cell strong' : 'cell', x: x.toFixed(1), y: (y + 4).toFixed(1), 'text-anchor': 'middle' });
    number.textContent = numberWords(value, Math.max(grid.errors[i] as number, most / 200));
    return [cell, number];
  });
  return picture(plot, marks, said(chart, `heat map of ${rows} rows and ${columns} columns`), [], false);
}

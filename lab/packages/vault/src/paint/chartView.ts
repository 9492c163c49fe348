// chartView.ts: a decrypted chart: the picture, and the numbers behind it for who would rather read them.

import { count, h } from '../page/dom.ts';
import type { OpenedArray, OpenedTable } from '../keeper/open.ts';
import type { Chart } from '../../../core/src/vaultProtocol.ts';
import { grid, worst } from './arrayView.ts';
import { bars, heatmap, histogram, lines, points } from './marks.ts';
import { boundWords, numberWords } from './numbers.ts';
import { binned, opened, rowsOf, type Bins, type Row } from './series.ts';
import { promises, switcher, type View } from './views.ts';

const READ_MAX = 1000; // rows of the table of numbers

const DRAW = { line: lines, scatter: points, bar: bars };

export function chartView(chart: Chart, parts: readonly (OpenedArray | OpenedTable)[]): View {
  const arrays = parts.map(opened);
  const most = worst(Float64Array.from(arrays, one => one.errors.reduce((most, x) => Math.max(most, x), 0)));
  const said = `${most === 'exact' ? most : `errors at most ${most}`}${cutWords(arrays)}`;
  const assumed = promises([...new Set(arrays.flatMap(one => one.assumed))]);
  if (chart.mark === 'heatmap') {
    const source = chart.series[0]?.y;
    const of = opened(source && 'ref' in source ? parts[source.ref] : undefined);
    const { buttons, body } = switcher('Chart', [
      { name: 'chart', label: 'Chart', make: () => heatmap(chart, of) }, { name: 'numbers', label: 'Numbers', make: () => grid(of, false) }
    ]);
    return { said, buttons, body: [...body, ...assumed] };
  }
  const rows = rowsOf(chart, parts);
  if (chart.mark === 'hist') return histogramView(chart, rows, said, assumed);
  const draw = DRAW[chart.mark];
  const { buttons, body } = switcher('Chart', [
    { name: 'chart', label: 'Chart', make: () => draw(chart, rows) }, { name: 'numbers', label: 'Numbers', make: () => rowTable(chart, rows) }
  ]);
  return { said, buttons, body: [...body, ...assumed] };
}

function cutWords(arrays: readonly OpenedArray[]): string {
  const cut = arrays.filter(one => one.re.length < one.shape.reduce((product, n) => product * n, 1));
  return cut.length > 0 ? `; the first ${count(Math.min(...cut.map(one => one.re.length)), 'number')} shown` : '';
}

function histogramView(chart: Chart, rows: readonly Row[], said: string, assumed: readonly HTMLElement[]): View {
  const bins = binned(chart.bins, rows);
  const words = [said];
  if (bins.outside > 0) words.push(`${count(bins.outside, 'number')} outside of the bins`);
  if (bins.near > 0) words.push(`${count(bins.near, 'number')} so near to an edge that their error reaches over it`);
  const { buttons, body } = switcher('Chart', [
    { name: 'chart', label: 'Chart', make: () => histogram(chart, rows, bins) }, { name: 'numbers', label: 'Numbers', make: () => binTable(rows, bins) }
  ]);
  return { said: words.join('; '), buttons, body: [...body, ...assumed] };
}

const title = (row: Row, i: number, all: readonly Row[]): string => row.name ?? (all.length === 1 ? 'number' : `series ${i + 1}`);

function rowTable(chart: Chart, rows: readonly Row[]): HTMLElement {
  const long = Math.min(READ_MAX, Math.max(...rows.map(row => row.y.length)));
  const place = (row: Row, i: number): string => {
    const x = row.x?.[i];
    if (chart.x_ticks) return chart.x_ticks[i] ?? '';
    return x === undefined ? String(i) : chart.x_time ? new Date(x).toISOString().slice(0, 16) : String(Number(x.toPrecision(6)));
  };
  const head = h('tr', {}, h('th', { scope: 'col' }, chart.x_label ?? 'x'), ...rows.flatMap((row, i) => [h('th', { scope: 'col' }, title(row, i, rows)), h('th', { scope: 'col' }, 'error')]));
  const body = Array.from({ length: long }, (_, i) => h('tr', {}, h('th', { scope: 'row' }, place(rows[0] as Row, i)), ...rows.flatMap(row => {
    if (i >= row.y.length) return [h('td'), h('td')];
    return [h('td', {}, numberWords(row.y[i] as number, row.errors[i] as number)), h('td', { class: 'bound' }, boundWords(row.errors[i] as number))];
  })));
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
}

function binTable(rows: readonly Row[], { edges, counts }: Bins): HTMLElement {
  const width = ((edges.at(-1) as number) - (edges[0] as number)) / (edges.length - 1);
  const words = (edge: number): string => numberWords(edge, width / 100);
  const head = h('tr', {}, h('th', { scope: 'col' }, 'from'), h('th', { scope: 'col' }, 'to'), ...rows.map((row, i) => h('th', { scope: 'col' }, rows.length === 1 ? 'how many' : title(row, i, rows))));
  const body = edges.slice(1).map((to, i) => h('tr', {}, h('th', { scope: 'row' }, words(edges[i] as number)), h('th', { scope: 'row' }, words(to)), ...counts.map(row => h('td', {}, String(row[i])))));
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
}

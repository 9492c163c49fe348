// chartView.ts: a decrypted chart: the picture, and the numbers behind it for who would rather read them.

import { count, h } from '../page/dom.ts';
import type { Opened } from '../keeper/api.ts';
import type { Chart } from '../../../core/src/vaultProtocol.ts';
import { grid, worst } from './arrayView.ts';
import { bars, heatmap, histogram, lines, points } from './marks.ts';
import { boundWords, numberWords } from './numbers.ts';
import { binned, drawnOf, gridOf, opened, type Bins, type Row } from './series.ts';
import { promises, switcher, type View } from './views.ts';

const READ_MAX = 1000; // rows of the table of numbers

const DRAW = { line: lines, scatter: points, bar: bars };

/** How far off what is drawn is: an array's bounds are proved ones, a result's probable ones, those that are known. */
function errorsOf(of: ReturnType<typeof opened>): number[] {
  const all = of.kind === 'array' ? [of.errors] : of.columns.map(column => column.likely);
  return all.map(errors => errors.reduce((most, x) => (x < Infinity ? Math.max(most, x) : most), 0));
}

/** Whether nothing but a chance stands behind some of what is drawn. */
const byChance = (of: ReturnType<typeof opened>): boolean => of.kind === 'result' && of.columns.some(({ errors, likely }) => likely.some((x, i) => x < (errors[i] as number)));

export function chartView(chart: Chart, parts: readonly Opened[]): View {
  const found = parts.map(opened);
  const most = worst(Float64Array.from(found.flatMap(errorsOf)));
  const said = `${most === 'exact' ? most : `errors ${found.some(byChance) ? 'probably ' : ''}at most ${most}`}${cutWords(found)}`;
  const assumed = promises([...new Set(found.flatMap(one => one.assumed))]);
  if (chart.mark === 'heatmap') {
    const source = chart.series[0]?.y;
    const { grid: of, across, down } = gridOf(source && 'ref' in source ? parts[source.ref] : undefined);
    const labelled: Chart = { ...chart, x_ticks: chart.x_ticks ?? across, y_ticks: chart.y_ticks ?? down };
    const { buttons, body } = switcher('Chart', [
      { name: 'chart', label: 'Chart', make: () => heatmap(labelled, of) }, { name: 'numbers', label: 'Numbers', make: () => grid(of, false) }
    ]);
    return { said, buttons, body: [...body, ...assumed] };
  }
  const { rows, ticks, left } = drawnOf(chart, parts);
  const words = left > 0 ? `${said}; ${count(left, 'place')} left out: undefined` : said;
  if (chart.mark === 'hist') return histogramView(chart, rows, words, assumed);
  const labelled: Chart = { ...chart, x_ticks: ticks };
  const draw = DRAW[chart.mark];
  const { buttons, body } = switcher('Chart', [
    { name: 'chart', label: 'Chart', make: () => draw(labelled, rows) }, { name: 'numbers', label: 'Numbers', make: () => rowTable(labelled, rows) }
  ]);
  return { said: words, buttons, body: [...body, ...assumed] };
}

function cutWords(found: readonly ReturnType<typeof opened>[]): string {
  const cut = found.flatMap(one => (one.kind === 'array' && one.re.length < one.shape.reduce((product, n) => product * n, 1) ? [one.re.length] : []));
  return cut.length > 0 ? `; the first ${count(Math.min(...cut), 'number')} shown` : '';
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

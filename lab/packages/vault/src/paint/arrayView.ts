// arrayView.ts: decrypted arrays: one number, a row of them, a grid; each with its bound.

import { h } from '../page/dom.ts';
import type { OpenedArray } from '../keeper/open.ts';
import type { Chart } from '../../../core/src/vaultProtocol.ts';
import { bars, lines } from './marks.ts';
import { boundWords, numberWords } from './numbers.ts';
import { promises, switcher, type View, type Way } from './views.ts';

const GRID_MAX = 200; // rows and columns of a grid
const CHART_MAX = 5000;
const BARS_MAX = 80; // more are drawn as a line
const ROUNDED = 'exact to 16 digits'; // quotients of exact integers, rounded once to a double

function entry(opened: OpenedArray, i: number): string {
  const bound = opened.errors[i] as number;
  const re = opened.re[i] as number;
  if (opened.dtype === 'bool') return re === 1 ? 'True' : 'False';
  if (opened.integers !== null) return String(opened.integers[i]);
  if (opened.exact) return String(re);
  if (opened.im === null) return numberWords(re, bound);
  const im = opened.im[i] as number;
  return `${numberWords(re, bound)} ${im < 0 ? '−' : '+'} ${numberWords(Math.abs(im), bound)}i`;
}

/** Words for the largest error. */
export function worst(errors: Float64Array): string {
  return boundWords(errors.reduce((most, x) => Math.max(most, x), 0)).replace('± ', '');
}

/** What is behind a number: nothing where all are alike and the line above says it. */
function bound(opened: OpenedArray, i: number): string {
  if (opened.dtype === 'bool' || opened.integers !== null) return '';
  if (opened.exact) return opened.errors[i] === 0 ? 'exact' : ROUNDED;
  return boundWords(opened.errors[i] as number);
}

/** How sure all of them are. */
function certainty(opened: OpenedArray): string {
  if (opened.exact) return opened.errors.every(error => error === 0) || opened.integers !== null ? 'exact' : ROUNDED;
  return opened.dtype === 'bool' ? 'certain' : `errors at most ${worst(opened.errors)}`;
}

function scalarView(opened: OpenedArray): View {
  const words = opened.integers !== null && opened.dtype !== 'bool' ? 'exact' : bound(opened, 0);
  return { said: 'decrypted on this computer', buttons: [], body: [h('p', { class: 'number' }, entry(opened, 0), h('small', {}, words)), ...promises(opened.assumed)] };
}

/** A row of numbers drawn as it is, without words. */
function plainChart(opened: OpenedArray): Element {
  const rows = [{ name: null, x: null, y: opened.re, errors: opened.errors }];
  const mark = opened.re.length <= BARS_MAX ? 'bar' : 'line';
  const chart: Chart = {
    version: 1, mark, title: null, x_label: null, y_label: null, x_ticks: null, y_ticks: null, x_time: false, bins: null, series: [], refs: []
  };
  return mark === 'bar' ? bars(chart, rows) : lines(chart, rows);
}

export function arrayView(opened: OpenedArray): View {
  const { shape, re } = opened;
  if (shape.length === 0) return scalarView(opened);
  const size = shape.reduce((product, n) => product * n, 1);
  const cut = re.length < size ? `, the first ${re.length.toLocaleString('en')} shown` : '';
  const name = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const said = `shape ${name}${cut}; ${certainty(opened)}`;
  if (size === 0) return { said, buttons: [], body: [] };
  const single = shape.filter(n => n > 1).length <= 1;
  const chartable = single && opened.im === null && re.length > 1 && re.length <= CHART_MAX && opened.dtype !== 'bool';
  const ways: Way[] = [{ name: 'numbers', label: 'Numbers', make: () => (single ? column(opened) : grid(opened, false)) }];
  if (chartable) ways.push({ name: 'chart', label: 'Chart', make: () => plainChart(opened) });
  if (!single && !opened.exact && opened.dtype !== 'bool') ways.push({ name: 'bounds', label: 'Bounds', make: () => grid(opened, true) });
  const { buttons, body } = switcher('Numbers', ways);
  return { said, buttons, body: [...body, ...promises(opened.assumed)] };
}

/** A row of numbers, one below the other, each with its bound. */
function column(opened: OpenedArray): HTMLElement {
  const rows = [...opened.re.slice(0, GRID_MAX * 5)].map((_, i) => h('tr', {}, h('th', { scope: 'row' }, String(i)), h('td', {}, entry(opened, i)), h('td', { class: 'bound' }, bound(opened, i))));
  return h('table', {}, h('tbody', {}, ...rows));
}

/** Two axes as a grid, shaded by size; further axes as more rows. */
export function grid(opened: OpenedArray, bounds: boolean): HTMLElement {
  const { shape, re, errors } = opened;
  const wide = shape.at(-1) as number;
  const rows = Math.min(GRID_MAX, Math.ceil(re.length / wide));
  const columns = Math.min(GRID_MAX, wide);
  const most = re.reduce((sum, x) => (Number.isNaN(x) ? sum : Math.max(sum, Math.abs(x))), 0) || 1;
  const body = Array.from({ length: rows }, (_, r) => h('tr', {}, h('th', { scope: 'row' }, rowName(shape, r)), ...Array.from({ length: columns }, (__, c) => {
    const i = r * wide + c;
    const text = i >= re.length ? '' : bounds ? boundWords(errors[i] as number) : entry(opened, i);
    const cell = h('td', { title: i < re.length ? bound(opened, i) : '' }, text);
    const x = (re[i] ?? 0) / most;
    if (opened.dtype === 'float64' || opened.dtype === 'int64') cell.style.backgroundColor = `rgb(var(--${x < 0 ? 'cold' : 'hot'}) / ${(Math.abs(x) * 0.35).toFixed(3)})`;
    return cell;
  })));
  const head = h('tr', {}, h('td'), ...Array.from({ length: columns }, (_, c) => h('th', { scope: 'col' }, String(c))));
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
}

function rowName(shape: readonly number[], row: number): string {
  let rest = row;
  const out: number[] = [];
  for (const n of shape.slice(0, -1).reverse()) {
    out.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return out.join(', ');
}

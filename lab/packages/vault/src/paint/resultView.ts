// resultView.ts: frames, series and named numbers as pandas and scipy print them, each number to the digits of its probable bound, the
// proved one beside it.

import { count, h } from '../page/dom.ts';
import type { Label } from '../keeper/resultManifest.ts';
import type { OpenedOutput, OpenedResult } from '../keeper/results.ts';
import { boundWords, cellWords } from './numbers.ts';
import { promises, switcher, type View, type Way } from './views.ts';

const PAGE = 200; // rows in the document at once

/** A label of a row in pandas' words. */
export function labelWords(label: Label): string {
  if (label === null) return 'NaN';
  return typeof label === 'boolean' ? (label ? 'True' : 'False') : String(label);
}

/** An entry of a column, or of a named number, in pandas' words. */
export function entryWords(column: OpenedOutput, i: number): string {
  if (column.gone[i]) return column.kind === 'date' || column.kind === 'datetime' ? 'NaT' : 'NaN';
  const [x, bound, proved] = [column.values[i] as number, column.likely[i] as number, column.errors[i] as number];
  if (bound === Infinity) return 'unknown';
  if (bound === 0 && proved > 0) return String(x); // labels and days are what is proved to be a whole number alone
  if (column.kind === 'bool' && proved === 0) return x === 1 ? 'True' : 'False';
  return cellWords({ ...column, bound }, x);
}

const provedWords = (bound: number): string => (bound === Infinity ? 'proved: nothing' : `proved ${boundWords(bound)}`);

/** Both bounds of a number in words; one where they are alike, none where nothing is there. */
function errorWords(column: OpenedOutput, i: number): string {
  const [likely, proved] = [column.likely[i] as number, column.errors[i] as number];
  if (column.gone[i] || likely === Infinity) return '';
  return likely === proved ? boundWords(proved) : `${boundWords(likely).replace('exact', '± 0')}, ${provedWords(proved)}`;
}

/** The largest bounds of a column, of numbers that are shown: likely, and proved. */
function worst({ likely, errors, gone }: OpenedOutput): [number, number] {
  const known = Array.from(likely.keys()).filter(i => !gone[i] && (likely[i] as number) < Infinity);
  return [known.reduce((most, i) => Math.max(most, likely[i] as number), 0), known.reduce((most, i) => Math.max(most, errors[i] as number), 0)];
}

export function resultView(opened: OpenedResult): View {
  return opened.index === null ? recordView(opened) : frameView(opened, opened.index);
}

// ---- named numbers ----
/** Of entry i of a shape: "[1, 2]", nothing for a single number. */
function place(shape: readonly number[], i: number): string {
  if (shape.length === 0) return '';
  const [, wide] = shape;
  return wide === undefined ? `[${i}]` : `[${Math.floor(i / wide)}, ${i % wide}]`;
}

/** `TtestResult(statistic=-6.31, pvalue=7.3e-10)` */
function recordWords({ title, columns }: OpenedResult): string {
  const said = columns.map(column => {
    const words = Array.from(column.values.subarray(0, 6), (_, i) => entryWords(column, i));
    const cut = column.values.length > words.length ? ', …' : '';
    return `${column.name}=${column.shape.length === 0 ? words[0] : `[${words.join(', ')}${cut}]`}`;
  });
  return `${title}(${said.join(', ')})`;
}

function recordView(opened: OpenedResult): View {
  const { columns, assumed, title } = opened;
  const rows = columns.flatMap(column => Array.from(column.values.subarray(0, PAGE), (_, i) => h('tr', {},
    h('th', { scope: 'row' }, `${column.name}${place(column.shape, i)}`), cell(column, i), h('td', { class: 'bound' }, errorWords(column, i)))));
  const [only] = columns;
  const single = only !== undefined && columns.length === 1 && only.shape.length === 0;
  const said = single || title === '' ? 'decrypted on this computer' : title;
  if (single) return { said, buttons: [], body: [h('p', { class: 'number' }, entryWords(only, 0), h('small', {}, errorWords(only, 0))), ...promises(assumed)] };
  const words = title === '' ? [] : [h('p', { class: 'record' }, h('code', {}, recordWords(opened)))];
  return { said, buttons: [], body: [...words, h('div', { class: 'values', tabindex: 0, role: 'region', 'aria-label': title || 'Numbers' }, h('table', {}, h('tbody', {}, ...rows))), ...promises(assumed)] };
}

function cell(column: OpenedOutput, i: number): HTMLElement {
  const text = column.kind === 'category' || column.kind === 'date' || column.kind === 'datetime';
  return h('td', { class: column.gone[i] ? 'gone' : text ? 'text' : '', title: errorWords(column, i) }, entryWords(column, i));
}

// ---- rows and columns ----
function frameView(opened: OpenedResult, index: readonly (readonly Label[])[]): View {
  const { columns, assumed, shape } = opened;
  const size = `${count(index.length, 'row')}${shape === 'frame' ? `, ${count(columns.length, 'column')}` : ''}`;
  if (index.length === 0) return { said: `${size}: a filter left none`, buttons: [], body: [...promises(assumed)] };
  let from = 0;
  const pages: Way[] = [{ name: 'numbers', label: 'Numbers', make: () => table(opened, index, from, false) }];
  if (columns.some(column => column.errors.some(error => error > 0))) pages.push({ name: 'bounds', label: 'Bounds', make: () => table(opened, index, from, true) });
  const { buttons, body } = switcher('Rows', pages);
  if (index.length <= PAGE) return { said: size, buttons, body: [...body, ...promises(assumed)] };
  const where = h('span', { role: 'status' });
  const turn = (to: number): void => {
    from = to;
    where.textContent = `rows ${(from + 1).toLocaleString('en')} to ${Math.min(from + PAGE, index.length).toLocaleString('en')}`;
    [before.disabled, after.disabled] = [from === 0, from + PAGE >= index.length];
    (buttons.find(button => button.getAttribute('aria-pressed') === 'true') ?? buttons[0])?.click();
    if (buttons.length === 0) body[0]!.replaceChildren(table(opened, index, from, false));
  };
  const before = h('button', { type: 'button', class: 'plain', onclick: () => turn(from - PAGE) }, 'Previous');
  const after = h('button', { type: 'button', class: 'plain', onclick: () => turn(from + PAGE) }, 'Next');
  turn(0);
  return { said: size, buttons: [where, before, after, ...buttons], body: [...body, ...promises(assumed)] };
}

function table({ columns, names }: OpenedResult, index: readonly (readonly Label[])[], from: number, bounds: boolean): HTMLElement {
  const shown = index.slice(from, from + PAGE);
  const head = h('tr', {}, ...names.map(name => (name === null ? h('td') : h('th', { scope: 'col' }, name))), ...columns.map(column => h('th', { scope: 'col' }, column.name)));
  const most = columns.map(worst);
  const alike = most.every(([likely, proved]) => likely === proved);
  const said = (word: string, of: (one: [number, number]) => string): HTMLElement =>
    h('tr', {}, ...names.map((_, level) => h('td', { class: 'bound' }, level === 0 ? word : '')), ...most.map(one => h('td', { class: 'bound' }, of(one))));
  const sure = alike ? [said('', ([likely]) => boundWords(likely))]
    : [said('probably', ([likely, proved]) => (proved === 0 ? 'exact' : boundWords(likely).replace('exact', '± 0'))), said('proved', ([, proved]) => (proved === Infinity ? 'nothing' : boundWords(proved)))];
  const rows = shown.map((labels, r) => h('tr', {}, ...labels.map(label => h('th', { scope: 'row' }, labelWords(label))),
    ...columns.map(column => (bounds ? h('td', { class: 'bound' }, errorWords(column, from + r)) : cell(column, from + r)))));
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...sure, ...rows));
}

// index.ts: one decrypted output in a frame of its own. What is painted here stays here: the lab learns that bytes arrived, no more.

import { Keeper } from '../keeper/client.ts';
import type { OpenedArray, OpenedTable } from '../keeper/open.ts';
import type { KeeperState } from '../keeper/api.ts';
import { action, buttons } from '../page/card.ts';
import { count, h } from '../page/dom.ts';
import { LabPort, loadConfig, Refusal } from '../protocol/port.ts';
import { PAINT_REQUESTS, type Reference, type VaultRequest } from '../../../core/src/vaultProtocol.ts';
import { chart } from './chart.ts';
import { boundWords, cellWords, numberWords } from './numbers.ts';

const place = document.getElementById('paint') as HTMLElement;
document.documentElement.dataset['framed'] = 'true';
const GRID_MAX = 200; // rows and columns of a grid
const CHART_MAX = 5000;

let keeper: Keeper | null = null;
let state: KeeperState | null = null;
let ref: Reference | null = null;
let running = 0;
const port = new LabPort(PAINT_REQUESTS, handle, () => {});

function handle(request: VaultRequest): void {
  if (request.type === 'theme') document.documentElement.dataset['theme'] = request.theme;
  else if (request.type === 'focus') (place.querySelector('button') ?? place).focus();
  else if (request.type === 'paint') {
    document.documentElement.dataset['theme'] = request.theme;
    ref = request.ref;
    void paint(0);
  } else throw new Refusal('unknown', 'This frame has no such request.');
}

/** Show the reference, or why it cannot be shown: here, not to the lab. */
async function paint(from: number): Promise<void> {
  if (ref === null || keeper === null || state === null) return;
  if (state.keys !== 'unlocked') return locked();
  const turn = (running += 1);
  place.replaceChildren(h('p', { class: 'hint', role: 'status' }, 'Fetching…'));
  try {
    const opened = await keeper.ask('open', { ref, from });
    if (turn === running) place.replaceChildren(...(opened.kind === 'array' ? arrayView(opened) : tableView(opened)));
  } catch (why) {
    if (turn !== running) return;
    place.replaceChildren(tools([]), h('p', { class: 'error', role: 'alert' }, why instanceof Error ? why.message : 'It cannot be shown.'));
  }
}

function locked(): void {
  const unlock = action(state?.keys === 'none' ? 'Set up a key' : 'Unlock', async () => {
    await keeper?.ask('wantUnlock', null);
  });
  place.replaceChildren(tools([]), h('p', {}, state?.keys === 'none' ? 'There is no key on this computer.' : 'Your key is locked.'), buttons(unlock));
}

function tools(more: readonly HTMLElement[], said = ''): HTMLElement {
  const hide = h('button', { type: 'button', class: 'plain', onclick: () => {
    running += 1;
    place.replaceChildren();
    port.send({ type: 'closed' });
  } }, 'Hide');
  return h('div', { class: 'tools' }, h('span', {}, said), h('div', { class: 'buttons' }, ...more, hide));
}

// ---- arrays ----
type View = 'numbers' | 'chart' | 'bounds';

function entry(opened: OpenedArray, i: number): string {
  const bound = opened.errors[i] as number;
  const re = opened.re[i] as number;
  if (opened.dtype === 'bool') return re === 1 ? 'True' : 'False';
  if (opened.im === null) return numberWords(re, bound);
  const im = opened.im[i] as number;
  return `${numberWords(re, bound)} ${im < 0 ? '−' : '+'} ${numberWords(Math.abs(im), bound)}i`;
}

function largest(errors: Float64Array): number {
  return errors.reduce((most, x) => Math.max(most, x), 0);
}

function arrayView(opened: OpenedArray): HTMLElement[] {
  const { shape, re, errors } = opened;
  if (shape.length === 0) {
    return [tools([], 'decrypted on this computer'), h('p', { class: 'number' }, entry(opened, 0), h('small', {}, opened.dtype === 'bool' ? '' : boundWords(errors[0] as number)))];
  }
  const size = shape.reduce((product, n) => product * n, 1);
  const cut = re.length < size ? `, the first ${re.length.toLocaleString('en')} shown` : '';
  const name = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const said = `shape ${name}${cut}; ${opened.dtype === 'bool' ? 'certain' : `errors at most ${boundWords(largest(errors)).replace('± ', '')}`}`;
  if (size === 0) return [tools([], said)];
  const values = h('div', { class: 'values', tabindex: 0, role: 'region', 'aria-label': 'Numbers' });
  const single = shape.filter(n => n > 1).length <= 1;
  const chartable = single && opened.im === null && re.length > 1 && re.length <= CHART_MAX && opened.dtype !== 'bool';
  const show = (what: View): void => {
    values.replaceChildren(what === 'chart' ? chart(re, errors) : single ? column(opened) : grid(opened, what === 'bounds'));
    for (const button of views) button.setAttribute('aria-pressed', String(button.dataset['view'] === what));
  };
  const offered: readonly View[] = chartable ? ['numbers', 'chart'] : !single && opened.dtype !== 'bool' ? ['numbers', 'bounds'] : [];
  const views = offered.map(what => {
    const button = h('button', { type: 'button', class: 'plain', onclick: () => show(what) }, { numbers: 'Numbers', chart: 'Chart', bounds: 'Bounds' }[what]);
    button.dataset['view'] = what;
    return button;
  });
  show('numbers');
  return [tools(views, said), values];
}

/** A row of numbers, one below the other, each with its bound. */
function column(opened: OpenedArray): HTMLElement {
  const rows = [...opened.re.slice(0, GRID_MAX * 5)].map((_, i) => h('tr', {}, h('th', { scope: 'row' }, String(i)), h('td', {}, entry(opened, i)), h('td', { class: 'bound' }, boundWords(opened.errors[i] as number))));
  return h('table', {}, h('tbody', {}, ...rows));
}

/** Two axes as a grid, shaded by size; further axes as more rows. */
function grid(opened: OpenedArray, bounds: boolean): HTMLElement {
  const { shape, re, errors } = opened;
  const wide = shape.at(-1) as number;
  const rows = Math.min(GRID_MAX, Math.ceil(re.length / wide));
  const columns = Math.min(GRID_MAX, wide);
  const most = re.reduce((sum, x) => Math.max(sum, Math.abs(x)), 0) || 1;
  const body = Array.from({ length: rows }, (_, r) => h('tr', {}, h('th', { scope: 'row' }, rowName(shape, r)), ...Array.from({ length: columns }, (__, c) => {
    const i = r * wide + c;
    const text = i >= re.length ? '' : bounds ? boundWords(errors[i] as number) : entry(opened, i);
    const cell = h('td', { title: boundWords(errors[i] as number) }, text);
    const x = (re[i] ?? 0) / most;
    if (opened.dtype === 'float64') cell.style.backgroundColor = `rgb(var(--${x < 0 ? 'cold' : 'hot'}) / ${(Math.abs(x) * 0.35).toFixed(3)})`;
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

// ---- tables ----
function tableView(opened: OpenedTable): HTMLElement[] {
  const { rows, from, columns } = opened;
  const shown = columns[0]?.values.length ?? 0;
  const said = `${count(rows, 'row')}; rows ${(from + 1).toLocaleString('en')} to ${(from + shown).toLocaleString('en')}`;
  const turn = (text: string, to: number, on: boolean): HTMLElement => h('button', { type: 'button', class: 'plain', disabled: !on, onclick: () => void paint(to) }, text);
  const head = h('tr', {}, h('td'), ...columns.map(column => h('th', { scope: 'col' }, column.name, column.unit ? h('span', { class: 'bound' }, ` ${column.unit}`) : null)));
  const bounds = h('tr', {}, h('td'), ...columns.map(column => h('td', { class: 'bound' }, boundWords(column.bound))));
  const body = Array.from({ length: shown }, (_, r) => h('tr', {}, h('th', { scope: 'row' }, (from + r).toLocaleString('en')), ...columns.map(column => cell(column, r))));
  return [
    tools([turn('Previous', Math.max(0, from - 200), from > 0), turn('Next', from + shown, from + shown < rows)], said),
    h('div', { class: 'values', tabindex: 0, role: 'region', 'aria-label': 'Rows' }, h('table', {}, h('thead', {}, head), h('tbody', {}, bounds, ...body)))
  ];
}

function cell(column: OpenedTable['columns'][number], row: number): HTMLElement {
  if (column.missing?.[row]) return h('td', { class: 'gone' }, 'missing');
  const text = column.kind === 'category' || column.kind === 'date' || column.kind === 'datetime';
  return h('td', { class: text ? 'text' : '' }, cellWords(column, column.values[row] as number));
}

async function main(): Promise<void> {
  try {
    keeper = new Keeper();
  } catch {
    place.replaceChildren(h('p', { class: 'error' }, 'This browser lacks something that the vault needs (shared workers).'));
    return;
  }
  keeper.on('arrived', () => port.send({ type: 'painted' }));
  keeper.on('state', next => {
    const before = state?.keys;
    state = next;
    if (ref !== null && before !== next.keys) void paint(0); // unlocked: shown; locked: gone
  });
  state = await keeper.ask('status', null);
  port.allow(await loadConfig());
}

void main();

// tableView.ts: rows of a decrypted table, a page of them at a time.

import { count, h } from '../page/dom.ts';
import type { OpenedTable } from '../keeper/open.ts';
import { boundWords, cellWords } from './numbers.ts';
import type { View } from './views.ts';

const PAGE = 200; // rows; the keeper opens as many

/** @param turn - Shows the page that begins with that row. */
export function tableView(opened: OpenedTable, turn: (from: number) => void): View {
  const { rows, from, columns } = opened;
  const shown = columns[0]?.values.length ?? 0;
  const said = `${count(rows, 'row')}; rows ${(from + 1).toLocaleString('en')} to ${(from + shown).toLocaleString('en')}`;
  const button = (text: string, to: number, on: boolean): HTMLElement => h('button', { type: 'button', class: 'plain', disabled: !on, onclick: () => turn(to) }, text);
  const head = h('tr', {}, h('td'), ...columns.map(column => h('th', { scope: 'col' }, column.name, column.unit ? h('span', { class: 'bound' }, ` ${column.unit}`) : null)));
  const bounds = h('tr', {}, h('td'), ...columns.map(column => h('td', { class: 'bound' }, boundWords(column.bound))));
  const body = Array.from({ length: shown }, (_, r) => h('tr', {}, h('th', { scope: 'row' }, (from + r).toLocaleString('en')), ...columns.map(column => cell(column, r))));
  return {
    said,
    buttons: [button('Previous', Math.max(0, from - PAGE), from > 0), button('Next', from + shown, from + shown < rows)],
    body: [h('div', { class: 'values', tabindex: 0, role: 'region', 'aria-label': 'Rows' }, h('table', {}, h('thead', {}, head), h('tbody', {}, bounds, ...body)))]
  };
}

function cell(column: OpenedTable['columns'][number], row: number): HTMLElement {
  if (column.missing?.[row]) return h('td', { class: 'gone' }, 'missing');
  const text = column.kind === 'category' || column.kind === 'date' || column.kind === 'datetime';
  return h('td', { class: text ? 'text' : '' }, cellWords(column, column.values[row] as number));
}

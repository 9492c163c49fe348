// confirmTable.ts: the columns of a file as they will be encrypted, each of which can be changed; and in words what the server will see.

import type { Shown, ShownColumn } from '../encrypt/reader.ts';
import { publicName } from '../encrypt/table.ts';
import type { Declared, Exact, Plan } from '../parse/spec.ts';
import type { Kind } from '../parse/survey.ts';
import { count, h } from './dom.ts';

const KINDS: readonly [Kind, string][] = [
  ['float', 'Decimal number'],
  ['int', 'Whole number'],
  ['bool', 'Yes or no'],
  ['category', 'Category'],
  ['date', 'Date'],
  ['datetime', 'Date and time']
];

/** A bound as the person writes it. */
export function boundText(plan: Plan, x: number): string {
  if (plan.kind === 'date') return new Date(x * 86400e3).toISOString().slice(0, 10);
  if (plan.kind === 'datetime') return new Date(Math.round(x * 1e3)).toISOString().replace('.000Z', 'Z');
  return String(x);
}

/** What the person declares of a column, from what was declared when it is applied: the row on the screen may be older. */
export type Change = (now: Declared) => Declared;

/** What stands below a column's type: whether it is exact. */
export type ExactOf = (plan: Plan, choose: (exact: Exact) => void) => HTMLElement | null;

/** The rows of the table; `change` is called with what the person declares of a column. */
export function columnRows(shown: Shown, declared: Readonly<Record<string, Declared>>, change: (name: string, next: Change) => void, exact: ExactOf): HTMLElement {
  const head = ['Use', 'Column', 'Type', 'Lowest to highest possible', 'Missing', 'Hide'];
  const plans = shown.columns.flatMap(column => column.plan ?? []);
  const called = (plan: Plan | null): string | null => (plan?.hideName ? publicName(plans, plans.indexOf(plan)) : null);
  const body = shown.columns.map(column => row(column, called(column.plan), declared[column.name] ?? {}, next => change(column.name, next), exact));
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Columns' },
    h('table', {}, h('thead', {}, h('tr', {}, ...head.map(text => h('th', { scope: 'col' }, text)))), h('tbody', {}, ...body))
  );
}

/** `called`: what cells and the server say in the place of a hidden name. */
function row(column: ShownColumn, called: string | null, now: Declared, change: (next: Change) => void, exact: ExactOf): HTMLElement {
  const { name, plan, dropped } = column;
  const use = h('input', { type: 'checkbox', checked: !dropped, 'aria-label': `Use ${name}`, onchange: () => change(() => (dropped ? {} : { drop: true })) });
  const problem = column.problem === null ? null : h('p', { class: 'error' }, column.problem);
  const rest = dropped || (plan === null && now.kind === undefined && column.problem === null) ? [] : cells(column, now, change, exact);
  return h('tr', { class: dropped ? 'dropped' : '' },
    h('td', {}, use),
    h('th', { scope: 'row' }, name, called === null ? null : h('p', { class: 'hint' }, called), problem),
    ...(rest.length > 0 ? rest : [h('td', { colspan: 4 }, dropped ? 'left out' : '')])
  );
}

function cells(column: ShownColumn, now: Declared, change: (next: Change) => void, exact: ExactOf): HTMLElement[] {
  const { name, plan, labels } = column;
  const select = h('select', { 'aria-label': `Type of ${name}`, onchange: () => change(now => retyped(now, select.value as Kind)) },
    ...(plan === null ? [h('option', { value: '', selected: true, disabled: true }, 'choose')] : []),
    ...KINDS.filter(([kind]) => kind !== 'category' || labels !== null).map(([kind, text]) => h('option', { value: kind, selected: plan?.kind === kind }, text))
  );
  return [
    h('td', {}, select, plan === null ? null : exact(plan, way => change(now => ({ ...now, exact: way })))),
    h('td', {}, plan === null ? '' : plan.kind === 'category' ? labelList(plan, change) : bounds(plan, now, change)),
    h('td', {}, missing(column, now, change)),
    h('td', {}, check(`Hide the name of ${name}`, 'name', now.hideName ?? plan?.hideName ?? false, yes => change(now => ({ ...now, hideName: yes }))))
  ];
}

/** One switch for the names of all columns. */
export function namesSwitch(on: boolean, change: (yes: boolean) => void): HTMLElement {
  return h('div', { class: 'names' }, check('Hide all names', 'Hide all names', on, change),
    h('p', { class: 'hint' }, 'The server and the notebook call columns c1, c2, … then; what you decrypt shows you their names. Remembered for this workspace.'));
}

/** What stays of a declaration when the type changes. */
function retyped(now: Declared, kind: Kind): Declared {
  const { lo: _, hi: __, categories: ___, ...rest } = now;
  return { ...rest, kind };
}

function check(label: string, text: string, on: boolean, change: (yes: boolean) => void): HTMLElement {
  const box = h('input', { type: 'checkbox', checked: on, 'aria-label': label, onchange: () => change(box.checked) });
  return h('label', { class: 'check' }, box, text);
}

function bounds(plan: Plan, now: Declared, change: (next: Change) => void): HTMLElement {
  if (plan.kind === 'bool') return h('span', { class: 'hint' }, 'no, yes');
  const input = (which: 'lo' | 'hi'): HTMLInputElement =>
    h('input', {
      type: 'text', size: plan.epoch === null ? 8 : plan.kind === 'date' ? 10 : 18, autocomplete: 'off', spellcheck: 'false',
      value: String(now[which] ?? boundText(plan, plan[which])),
      'aria-label': `${which === 'lo' ? 'Lowest' : 'Highest'} possible ${plan.name}`,
      onchange: () => change(now => ({ ...now, lo: lo.value, hi: hi.value }))
    });
  const [lo, hi] = [input('lo'), input('hi')];
  const unit = plan.epoch !== null ? null : h('input', {
    type: 'text', size: 5, placeholder: 'unit', autocomplete: 'off', 'aria-label': `Unit of ${plan.name}`, value: plan.unit ?? '',
    onchange: () => change(now => ({ ...now, unit: (unit as HTMLInputElement).value }))
  });
  return h('span', { class: 'pair' }, lo, h('span', {}, 'to'), hi, unit);
}

function labelList(plan: Plan, change: (next: Change) => void): HTMLElement {
  const labels = plan.labels ?? [];
  const code = (i: number): string => (plan.hideLabels ? `${i} ` : ''); // what cells say instead of the label
  const text = labels.slice(0, 6).map((label, i) => code(i) + (label === '' ? '(empty)' : label)).join(', ') + (labels.length > 6 ? ` and ${labels.length - 6} more` : '');
  return h('span', { class: 'labels' }, h('span', {}, text),
    check(`Let the server see the labels of ${plan.name}`, 'labels public', !plan.hideLabels, yes => change(now => ({ ...now, hideLabels: !yes }))));
}

function missing(column: ShownColumn, now: Declared, change: (next: Change) => void): HTMLElement {
  const found = column.missing === 0 ? 'none' : column.missing.toLocaleString('en');
  const select = h('select', {
    'aria-label': `Missing values of ${column.name}`,
    onchange: () => change(now => ({ ...now, missing: select.value as 'auto' | 'mask' | 'refuse' }))
  },
  ...([['auto', found], ['mask', `${found}; hide whether there are any`], ['refuse', 'must not be missing']] as const).map(([value, text]) =>
    h('option', { value, selected: (now.missing ?? 'auto') === value }, text)));
  return select;
}

/** In words, what the server sees and what it does not. */
export function publicWords(shown: Shown, dataset: string): HTMLElement {
  const plans = shown.columns.flatMap(column => column.plan ?? []);
  const masked = plans.filter(plan => plan.masked);
  const categories = plans.filter(plan => plan.kind === 'category');
  const open = categories.filter(plan => !plan.hideLabels);
  const sealed = categories.filter(plan => plan.hideLabels);
  const names = plans.map((_, i) => publicName(plans, i));
  const list = (all: readonly string[]): string => (all.length > 8 ? `${all.slice(0, 8).join(', ')} and ${all.length - 8} more` : all.join(', '));
  const hidden = plans.some(plan => plan.hideName);
  const called = (some: readonly Plan[]): string => list(some.map(plan => publicName(plans, plans.indexOf(plan))));
  const sees = [
    `that “${dataset}” has ${count(shown.rows, 'row')} and ${count(plans.length, 'column')}: ${list(names)}`,
    'their types and units, whether they are exact, and between which bounds their values lie (as above; rounded so that they do not tell the extremes)',
    open.length > 0 ? `the labels of ${called(open)}` : '',
    sealed.length > 0 ? `how many labels ${called(sealed)} ${sealed.length === 1 ? 'has' : 'have'}; cells call them 0, 1, … as above` : '',
    masked.length > 0 ? `that values may be missing in ${called(masked)}` : ''
  ].filter(text => text !== '');
  const never = ['any value', masked.length > 0 ? 'which values are missing' : '', hidden ? 'the names that you hide' : '', sealed.length > 0 ? `the labels of ${list(sealed.map(plan => plan.name))}` : '', 'the file’s name' + (shown.columns.some(column => column.dropped) ? ', and the columns that you leave out' : '')].filter(text => text !== '');
  return h('div', { class: 'words' },
    h('h2', {}, 'The server will see'), h('ul', {}, ...sees.map(text => h('li', {}, `${text}.`))),
    h('h2', {}, 'The server will not see'), h('ul', {}, ...never.map(text => h('li', {}, `${text}.`)))
  );
}

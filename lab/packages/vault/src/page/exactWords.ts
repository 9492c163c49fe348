// exactWords.ts: exact or approximate, in the words of somebody who computes with the columns: the choice for each, what it weighs, and how large
// exact results may become.

import { bytesOf, resultBits, tableModuli, type Sizes } from '../encrypt/exact.ts';
import { vectorsOf } from '../encrypt/table.ts';
import type { Exact, Plan } from '../parse/spec.ts';
import { WHOLE } from '../parse/survey.ts';
import { h, sizeWords } from './dom.ts';

const WAYS: readonly [Exact, string][] = [['both', 'exact and approximate'], ['yes', 'exact alone'], ['no', 'approximate alone']];
/** What people may choose: as much as sums of all rows need, or the widest integers that there are. */
const WIDE = 63;

/** Bytes of a value, as people read them. */
function weight(plan: Plan, moduli: number, sizes: Sizes): string {
  return `${Math.round(bytesOf(plan, moduli, sizes))} bytes a value`;
}

/** How many moduli the exact columns take; 0 where none is, or where they are too wide: encrypting says so. */
function moduliOf(plans: readonly Plan[], rows: number, results: number | null, sizes: Sizes): number {
  try {
    return tableModuli(plans, rows, results, sizes).length;
  } catch {
    return 0;
  }
}

/** The choice for one column; nothing for columns that are no whole numbers. */
export function exactChoice(plan: Plan, plans: readonly Plan[], rows: number, results: number | null, sizes: Sizes, change: (exact: Exact) => void): HTMLElement | null {
  if (!WHOLE.includes(plan.kind)) return null;
  const select = h('select', { 'aria-label': `Exact or approximate: ${plan.name}`, onchange: () => change(select.value as Exact) },
    ...WAYS.map(([value, text]) => h('option', { value, selected: plan.exact === value }, text)));
  return h('span', { class: 'exact' }, select, h('span', { class: 'hint' }, weight(plan, moduliOf(plans, rows, results, sizes), sizes)));
}

/** What the whole table weighs, chunks that are not full included; nothing where it is too large: encrypting says so. */
function tableWeight(plans: readonly Plan[], rows: number, results: number | null, sizes: Sizes): string {
  try {
    const count = vectorsOf(plans, rows, 2 ** (sizes.logN - 1), moduliOf(plans, rows, results, sizes));
    return `Encrypted, the table takes ${sizeWords(count * sizes.ciphertext)}.`;
  } catch {
    return '';
  }
}

/** Decimal digits that every integer of so many bits, sign included, has room for. */
function digits(bits: number): string {
  return `${Math.floor((bits - 1) * Math.log10(2))} digits`;
}

/** What the table weighs; and where a column is exact, what that means and how large exact results may become. */
export function exactWords(plans: readonly Plan[], rows: number, results: number | null, sizes: Sizes, change: (results: number | null) => void): HTMLElement {
  const weighs = h('p', { class: 'hint' }, tableWeight(plans, rows, results, sizes));
  if (!plans.some(plan => plan.exact !== 'no')) return weighs;
  const needed = resultBits(plans, rows, sizes);
  const select = h('select', { 'aria-label': 'Largest exact result', onchange: () => change(select.value === '' ? null : WIDE) },
    h('option', { value: '', selected: results === null }, `${digits(needed)}: sums of all rows`),
    h('option', { value: String(WIDE), selected: results !== null }, `${digits(WIDE)}: more, for products of columns`));
  return h('div', { class: 'exact-words' },
    h('p', { class: 'hint' }, 'Exact: sums, counts, filters and groups to the last digit. Approximate: means, models, roots, whatever meets decimal numbers; with a bound on the error. With both, a cell takes what it needs.'),
    h('label', {}, 'Exact results have up to ', select), weighs);
}

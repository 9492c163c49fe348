// offerChoice.ts: what keys are made for: a choice in words, and below it what the chosen one costs before anything is made.

import { OFFERS, type Ladder, type Offer } from '../keys/offers.ts';
import { h, id, sizeWords, timeWords } from './dom.ts';

const LINE = 30e6; // bits a second of an ordinary line up

/** Bytes for the server, and how long they take. */
const uploadWords = (keys: number): string => `${sizeWords(keys)} of keys, once: ${timeWords((8 * keys) / LINE)} over a line of 30 Mbit/s`;
const memoryWords = (memory: number): string => `${sizeWords(memory)} of this computer, while the keys are made`;

function lines(all: readonly (readonly [string, string])[]): HTMLElement[] {
  return all.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]);
}

/** What keys cost, before anything is made; with a ring above or without. */
function costs({ keys, number, rows, memory }: Offer, ladder: Ladder | null): HTMLElement[] {
  return lines([
    ['For the server', uploadWords(keys + (ladder?.keys ?? 0))],
    ['Memory', memoryWords(Math.max(memory, ladder?.memory ?? 0))],
    ['A number', `${number} bytes in a long table; a column takes ${sizeWords(number * rows)} at least`]
  ]);
}

/** What a ring above costs. */
export function ladderCosts({ keys, memory, seconds }: Ladder): HTMLElement {
  return h('dl', { class: 'hint' }, ...lines([
    ['For the server', uploadWords(keys)],
    ['To make them', `${timeWords(seconds)} of one processor of this computer`],
    ['Memory', memoryWords(memory)]
  ]));
}

interface Choice {
  readonly element: HTMLElement;
  /** The preset that is chosen now. */
  readonly preset: () => string;
  /** Whether a ring above is wanted at once. */
  readonly climb: () => boolean;
}

/** The choice. `later`: there is no notebook yet to which keys of a ring above could go. */
export function offerChoice(later: boolean): Choice {
  let [chosen] = OFFERS;
  const cost = h('dl', { class: 'hint' });
  const name = id();
  const about = h('p', { class: 'hint', id: id() }, 'Programs of more products in a row than the keys last climb to a larger ring and come back, for seconds more. It can be added later too.');
  const box = h('input', { type: 'checkbox', id: id(), 'aria-describedby': about.id, onchange: () => tell() });
  const higher = h('div', { class: 'offer above' }, box, h('div', {}, h('label', { for: box.id }, 'With any depth above'), about));
  const climb = (): boolean => box.checked && !higher.hidden;
  const tell = (): void => {
    higher.hidden = later || chosen.ladder === null;
    cost.replaceChildren(...costs(chosen, climb() ? chosen.ladder : null));
  };
  const one = (offer: Offer): HTMLElement => {
    const can = h('p', { class: 'hint', id: id() }, offer.can);
    const radio = h('input', { type: 'radio', id: id(), name, value: offer.preset, checked: offer === chosen, 'aria-describedby': can.id, onchange: () => {
      chosen = offer;
      tell();
    } });
    return h('div', { class: 'offer' }, radio, h('div', {}, h('label', { for: radio.id }, offer.title), can));
  };
  tell();
  const element = h('fieldset', {}, h('legend', {}, 'Made for'), ...OFFERS.flatMap(offer => (offer.ladder === null ? [one(offer)] : [one(offer), higher])),
    h('div', { role: 'status' }, cost),
    h('p', { class: 'hint' }, 'What you encrypt with keys for one of them cannot be used together with what you encrypt with keys for another.'));
  return { element, preset: () => chosen.preset, climb };
}

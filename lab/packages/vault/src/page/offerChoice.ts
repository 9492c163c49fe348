// offerChoice.ts: what keys are made for: a choice in words, and below it what the chosen one costs before anything is made.

import { OFFERS, type Offer } from '../keys/offers.ts';
import { h, id, sizeWords, timeWords } from './dom.ts';

const LINE = 30e6; // bits a second of an ordinary line up

/** What it costs, before anything is made. */
function costs({ keys, number, rows, memory }: Offer): HTMLElement[] {
  const lines: readonly (readonly [string, string])[] = [
    ['For the server', `${sizeWords(keys)} of keys, once: ${timeWords((8 * keys) / LINE)} over a line of 30 Mbit/s`],
    ['Memory', `${sizeWords(memory)} of this computer, while the keys are made`],
    ['A number', `${number} bytes in a long table; a column takes ${sizeWords(number * rows)} at least`]
  ];
  return lines.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]);
}

/** The choice, and the preset that is chosen now. */
export function offerChoice(): { element: HTMLElement; preset: () => string } {
  let [chosen] = OFFERS;
  const cost = h('dl', { class: 'hint' }, ...costs(chosen));
  const name = id();
  const one = (offer: Offer): HTMLElement => {
    const about = h('p', { class: 'hint', id: id() }, offer.can);
    const radio = h('input', { type: 'radio', id: id(), name, value: offer.preset, checked: offer === chosen, 'aria-describedby': about.id, onchange: () => {
      chosen = offer;
      cost.replaceChildren(...costs(offer));
    } });
    return h('div', { class: 'offer' }, radio, h('div', {}, h('label', { for: radio.id }, offer.title), about));
  };
  const element = h('fieldset', {}, h('legend', {}, 'Made for'), ...OFFERS.map(one), h('div', { role: 'status' }, cost),
    h('p', { class: 'hint' }, 'What you encrypt with keys for one of them cannot be used together with what you encrypt with keys for another.'));
  return { element, preset: () => chosen.preset };
}

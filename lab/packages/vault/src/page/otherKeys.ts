// otherKeys.ts: keys beside the one in use: what was encrypted with one of them opens while that one is in use.

import { titleOf } from '../keys/offers.ts';
import type { App } from './app.ts';
import { action } from './card.ts';
import { h } from './dom.ts';

/** The other keys of this computer, each with a button that takes it into use; nothing where there is none. */
export function otherKeys(app: App, used: () => void): HTMLElement | null {
  const { others } = app.state;
  if (others.length === 0) return null;
  const rows = others.map(({ key_id, preset, created }) => h('li', {},
    h('span', {}, h('code', {}, key_id.slice(0, 8)), `, made for: ${titleOf(preset)} `), h('span', { class: 'hint' }, `since ${created}`),
    action('Use this key', async () => {
      await app.keeper.ask('use', { key_id });
      used();
    }, 'plain')));
  return h('div', { class: 'words' },
    h('h2', {}, 'Other keys on this computer'),
    h('p', { class: 'hint' }, 'What was encrypted with one of them opens while it is in use. Encrypted numbers of two keys cannot meet in one computation.'),
    h('ul', { class: 'key-list' }, ...rows));
}

// depth.ts: any depth for keys that have an end: a ring above them, whose keys are made and sent when somebody wants it. docs/adr/0049.

import type { KeeperState } from '../keeper/api.ts';
import { ladderOf } from '../keys/offers.ts';
import { words, type App } from './app.ts';
import { action, alertLine, buttons } from './card.ts';
import { h } from './dom.ts';
import { ladderCosts } from './offerChoice.ts';

const WHAT = 'A program that multiplies more often in a row than your keys last is then computed in a larger ring, as long as it takes, and its results come back. Nothing has to be uploaded again: what you uploaded before climbs too.';
const PRICE = 'Programs that climb take seconds more; explain() says how many. All others stay as fast as they are.';
const CUSTODY = 'The larger ring has a secret of its own, which nobody needs afterwards. While its keys are on their way it lies in this browser, locked under your key; then it is wiped.';

/** Whether a ring above can be added now. */
export function canClimb({ preset, connected, above, climbing }: KeeperState): boolean {
  return ladderOf(preset) !== null && connected && above === false && !climbing;
}

/** How deep programs go, as a row of the key's page; nothing where its title says it. */
export function depthWords({ preset, above, climbing }: KeeperState): HTMLElement[] {
  if (ladderOf(preset) === null) return [];
  const said = climbing ? 'any depth is being added' : above === true ? 'any: a ring above is there, for what was uploaded before too' : 'ends; any can be added';
  return [h('dt', {}, 'Depth'), h('dd', {}, said)];
}

/** Say what it takes, and begin. `back` shows the key's page, where the bar is. */
export function addDepth(app: App, back: () => void): void {
  const ladder = ladderOf(app.state.preset);
  if (ladder === null) return;
  const alert = alertLine();
  const begin = action('Add any depth', async () => {
    try {
      await app.keeper.ask('climb', null);
      back();
    } catch (why) {
      alert.say(words(why));
    }
  });
  app.card.show('Add any depth', [
    h('p', {}, WHAT), h('p', {}, PRICE), ladderCosts(ladder), h('p', { class: 'hint' }, CUSTODY),
    alert.element, buttons(begin, action('Not now', back, 'plain'))
  ], { close: back });
  begin.focus();
}

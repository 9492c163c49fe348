// views.ts: what views of a decrypted output have in common: words above, buttons that change between ways to look, promises below.

import { h } from '../page/dom.ts';

/** One decrypted output as the frame shows it. */
export interface View {
  readonly said: string;
  readonly buttons: readonly HTMLElement[];
  readonly body: readonly HTMLElement[];
}

/** A way to look at it, made when it is wanted. */
export interface Way {
  readonly name: string;
  readonly label: string;
  make(): Element;
}

/** One of several ways at a time; the first one first. A single way needs no button. */
export function switcher(what: string, ways: readonly Way[]): Pick<View, 'buttons' | 'body'> {
  const values = h('div', { class: 'values', tabindex: 0, role: 'region', 'aria-label': what });
  const show = (way: Way): void => {
    values.replaceChildren(way.make());
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset['view'] === way.name));
  };
  const buttons = ways.length < 2 ? [] : ways.map(way => {
    const button = h('button', { type: 'button', class: 'plain', onclick: () => show(way) }, way.label);
    button.dataset['view'] = way.name;
    return button;
  });
  show(ways[0] as Way);
  return { buttons, body: [values] };
}

/** What the notebook promised and nothing checked, from the manifest whose hash was checked. */
export function promises(assumed: readonly string[]): HTMLElement[] {
  if (assumed.length === 0) return [];
  const list = h('ul', {}, ...assumed.map(words => h('li', {}, words)));
  const summary = h('summary', {}, `The errors hold if ${assumed.length === 1 ? 'a promise' : `${assumed.length} promises`} of the notebook hold${assumed.length === 1 ? 's' : ''}`);
  return [h('details', { class: 'assumed' }, summary, list)];
}

// index.ts: one decrypted output in a frame of its own. What is painted here stays here: the lab learns that bytes arrived, no more.

import { Keeper } from '../keeper/client.ts';
import { CHARTED_MAX } from '../keeper/open.ts';
import type { KeeperState, Opened } from '../keeper/api.ts';
import { action, buttons } from '../page/card.ts';
import { h } from '../page/dom.ts';
import { LabPort, loadConfig, Refusal } from '../protocol/port.ts';
import { PAINT_REQUESTS, type Chart, type Reference, type VaultRequest } from '../../../core/src/vaultProtocol.ts';
import { arrayView } from './arrayView.ts';
import { chartView } from './chartView.ts';
import { resultView } from './resultView.ts';
import { tableView } from './tableView.ts';
import type { View } from './views.ts';

const place = document.getElementById('paint') as HTMLElement;
document.documentElement.dataset['framed'] = 'true';

let keeper: Keeper | null = null;
let state: KeeperState | null = null;
let wanted: { readonly ref: Reference } | { readonly chart: Chart } | null = null;
let running = 0;
const port = new LabPort(PAINT_REQUESTS, handle, () => {});

function handle(request: VaultRequest): void {
  if (request.type === 'theme') document.documentElement.dataset['theme'] = request.theme;
  else if (request.type === 'focus') (place.querySelector('button') ?? place).focus();
  else if (request.type === 'paint' || request.type === 'chart') {
    document.documentElement.dataset['theme'] = request.theme;
    wanted = request;
    void paint(0);
  } else throw new Refusal('unknown', 'This frame has no such request.');
}

/** Show what is wanted, or why it cannot be shown: here, not to the lab. */
async function paint(from: number): Promise<void> {
  if (wanted === null || keeper === null || state === null) return;
  if (state.keys !== 'unlocked') return locked();
  const turn = (running += 1);
  place.replaceChildren(h('p', { class: 'hint', role: 'status' }, 'Fetching…'));
  try {
    const view = await viewOf(keeper, wanted, from);
    if (turn === running) place.replaceChildren(tools(view.buttons, view.said), ...view.body);
  } catch (why) {
    if (turn !== running) return;
    place.replaceChildren(tools([]), h('p', { class: 'error', role: 'alert' }, why instanceof Error ? why.message : 'It cannot be shown.'));
  }
}

async function viewOf(from: Keeper, what: NonNullable<typeof wanted>, row: number): Promise<View> {
  if ('chart' in what) return chartView(what.chart, await from.ask('open', { refs: what.chart.refs, from: 0, most: CHARTED_MAX }));
  const opened = (await from.ask('open', { refs: [what.ref], from: row }))[0] as Opened;
  if (opened.kind === 'result') return resultView(opened);
  return opened.kind === 'array' ? arrayView(opened) : tableView(opened, to => void paint(to));
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
    if (wanted !== null && before !== next.keys) void paint(0); // unlocked: shown; locked: gone
  });
  state = await keeper.ask('status', null);
  port.allow(await loadConfig());
}

void main();

// index.ts: the main frame: what the lab asks, which dialog is shown, and what the lab is told.

import { sha256 } from '../base/bytes.ts';
import { Keeper } from '../keeper/client.ts';
import type { KeeperState } from '../keeper/api.ts';
import { LabPort, loadConfig, Refusal, type Config } from '../protocol/port.ts';
import { FRAME_REQUESTS, VAULT_VERSION, type VaultEvent, type VaultProgress, type VaultRequest, type VaultStatus } from '../../../core/src/vaultProtocol.ts';
import { failure, type App } from './app.ts';
import { Card } from './card.ts';
import { h } from './dom.ts';
import { choose, dropPlace, take } from './encryptView.ts';
import { createKey, ensureUnlocked, keys, restore, unlock } from './keysView.ts';
import { publishUnlessStopped, stopClimbing, stopPublishing } from './publish.ts';
import { secret } from './secretView.ts';

const framed = window.parent !== window;
const root = document.getElementById('root') as HTMLElement;
const home = document.getElementById('home') as HTMLElement;
document.documentElement.dataset['theme'] = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset['framed'] = String(framed);

let config: Config | null = null;
let dragging = false;
const port = new LabPort(FRAME_REQUESTS, request => handle(request), () => tellState());

class MainApp implements App {
  readonly keeper = new Keeper();
  readonly card = new Card(root, show => this.tell({ type: 'want', show, full: show }));
  readonly framed = framed;
  readonly jobs = new Map<string, VaultProgress>();
  readonly cancels = new Map<string, () => void>();
  state: KeeperState = { keys: 'none', key_id: null, preset: null, published: null, above: null, climbing: false, connected: false, passkeys: [], created: null, lock_after: 0, others: [] };

  tell(event: VaultEvent): void {
    port.send(event);
  }

  progress(now: VaultProgress): void {
    this.jobs.set(now.job, now);
    this.keeper.active(); // no lock in the middle of a job
    this.tell({ type: 'progress', ...now });
  }

  ended(job: string): void {
    this.jobs.delete(job);
    this.cancels.delete(job);
  }
}

const app = start();

function start(): MainApp | null {
  try {
    if (!isSecureContext) throw new Error('no secure context');
    return new MainApp();
  } catch {
    home.append(h('p', { class: 'error' }, 'This browser lacks something that the vault needs (shared workers, or an address that it trusts: localhost or https).'));
    return null;
  }
}

function tellState(): void {
  if (app === null || config === null) return;
  const { keys: state, key_id, published } = app.state;
  port.send({ type: 'state', keys: state, key_id, mode: config.mode, published });
  showHome();
}

function status(): VaultStatus {
  const { keys: state, key_id, preset, published } = (app as MainApp).state;
  return { version: VAULT_VERSION, keys: state, key_id, preset, mode: (config as Config).mode, published, jobs: [...(app as MainApp).jobs.values()] };
}

// ---- what the lab asks ----
async function handle(request: VaultRequest): Promise<Partial<VaultStatus> | void> {
  if (app === null || config === null) throw new Refusal('busy', 'The vault cannot run in this browser.');
  switch (request.type) {
    case 'connect': {
      const { store, workspace, grant } = request;
      if (!URL.canParse(store) || !config.stores.includes(new URL(store).origin)) throw new Refusal('refused', 'The vault was not started for this store.');
      app.state = await app.keeper.ask('connect', { store, workspace, grant });
      tellState();
      return status();
    }
    case 'status':
      return status();
    case 'open':
      return open(request.view, request.name ?? '');
    case 'drag':
      return drag(request.over);
    case 'theme':
      document.documentElement.dataset['theme'] = request.theme;
      return;
    case 'cancel': {
      const stop = app.cancels.get(request.job);
      const known = stop !== undefined || (await app.keeper.ask('cancel', { job: request.job }));
      if (!known) throw new Refusal('not_found', 'There is no such job.');
      stop?.();
      return;
    }
    case 'focus':
      app.card.focus();
      return;
    default:
      throw new Refusal('unknown', 'This frame has no such request.');
  }
}

async function open(view: string, name: string): Promise<void> {
  const it = app as MainApp;
  if (view === 'lock') {
    await it.keeper.ask('lock', null);
    return;
  }
  if (it.card.busy && !dragging) {
    it.card.focus();
    throw new Refusal('busy', 'A dialog is open that must be answered first.');
  }
  dragging = false;
  const shown: Record<string, () => Promise<unknown>> = {
    keys: () => keys(it),
    encrypt: () => choose(it),
    unlock: () => ensureUnlocked(it),
    secret: async () => ((await ensureUnlocked(it)) ? secret(it, name) : undefined)
  };
  void shown[view]?.();
}

function drag(over: boolean): void {
  const it = app as MainApp;
  if (over && !it.card.busy) {
    dragging = true;
    dropPlace(it);
  } else if (!over && dragging) {
    dragging = false;
    it.card.hide();
  }
}

// ---- files ----
function dropped(event: DragEvent): void {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (app === null || file === undefined) return drag(false);
  if (app.card.busy && !dragging && document.querySelector('.drop') === null) return; // a dialog is being answered
  dragging = false;
  void take(app, file);
}

window.addEventListener('dragover', event => event.preventDefault());
window.addEventListener('drop', dropped);
window.addEventListener('dragleave', event => {
  if (event.relatedTarget === null && dragging) drag(false);
});

// ---- a window of its own ----
function showHome(): void {
  if (framed || app === null || config === null) return;
  const { state } = app;
  const it = app;
  const button = (text: string, run: () => unknown): HTMLElement => h('button', { type: 'button', class: 'plain', onclick: () => void run() }, text);
  const said = { none: 'There is no key on this computer yet.', locked: 'Your key is locked.', unlocked: 'Your key is unlocked.' }[state.keys];
  home.replaceChildren(
    h('h1', {}, 'JupyterFHE vault'),
    h('p', {}, 'Keys and readable data stay on this page. The notebook’s server gets encrypted data only.'),
    h('p', { role: 'status' }, `${said} ${config.mode === 'local' ? 'This page comes from your own computer.' : 'This page comes from a server that others run.'}`),
    h('div', { class: 'buttons' }, ...(state.keys === 'none' ? [button('Set up your key', () => createKey(it)), button('Use a recovery file', () => restore(it))] : []),
      ...(state.keys === 'locked' ? [button('Unlock', () => unlock(it))] : []),
      ...(state.keys === 'unlocked' ? [button('Your key', () => keys(it)), button('Encrypt a file', () => choose(it)), button('Lock', () => it.keeper.ask('lock', null))] : [])),
    h('p', { class: 'hint', id: 'self-check' }, selfCheck)
  );
}

let selfCheck = '';

/** Compare this origin's files with the manifest that came with them. */
async function checkSelf(): Promise<boolean> {
  for (const [name, digest] of Object.entries((config as Config).files)) {
    const response = await fetch(name, { credentials: 'same-origin' });
    if (!response.ok || (await sha256(new Uint8Array(await response.arrayBuffer()))) !== digest) return false;
  }
  return true;
}

async function main(): Promise<void> {
  if (app === null) return;
  config = await loadConfig();
  if (!(await checkSelf())) {
    home.replaceChildren(h('p', { class: 'error', role: 'alert' }, 'The vault’s files are not those that were published. Nothing was opened. Install JupyterFHE again.'));
    document.documentElement.dataset['framed'] = 'false';
    return;
  }
  selfCheck = `Its ${Object.keys(config.files).length} files are those of its manifest.`;
  const it = app;
  it.keeper.on('state', next => {
    it.state = next;
    tellState();
    if (next.keys !== 'unlocked') return stopPublishing();
    if (!next.climbing && next.above !== true) stopClimbing();
    if (next.published === false || next.climbing) void publishUnlessStopped(it).catch(() => {});
  });
  it.keeper.on('progress', now => it.progress(now));
  it.keeper.on('committed', ({ job, dataset, snapshot, kind }) => (it.ended(job), it.tell({ type: 'committed', job, dataset, snapshot, kind })));
  it.keeper.on('failed', ({ job, code }) => (it.ended(job), it.tell({ type: 'failed', job, code: failure(code) })));
  it.keeper.on('wantUnlock', () => void (it.card.busy ? it.card.focus() : ensureUnlocked(it)));
  it.state = await it.keeper.ask('status', null);
  port.allow(config);
  tellState();
}

void main();

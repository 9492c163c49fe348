// encryptView.ts: a file is dropped, looked at, confirmed, encrypted and stored.

import { get, put } from '../base/db.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import type { Shown } from '../encrypt/reader.ts';
import type { Sizes } from '../encrypt/exact.ts';
import type { Declared } from '../parse/spec.ts';
import { DATASET, type VaultProgress } from '../../../core/src/vaultProtocol.ts';
import type { Unfinished } from '../keeper/api.ts';
import type { Connection } from '../upload/store.ts';
import { failure, words, type App } from './app.ts';
import { action, alertLine, buttons } from './card.ts';
import { columnRows, namesSwitch, publicWords, type Change } from './confirmTable.ts';
import { exactChoice, exactWords } from './exactWords.ts';
import { bar, field, h, leftWords, sizeWords } from './dom.ts';
import { ensureUnlocked } from './keysView.ts';
import { worker } from './trusted.ts';

const SEALERS_MAX = 4;
const LARGE_RING = 16; // log2 of the degree at which one sealer takes 230 MB, and encrypts 15 MB a second
const ACCEPT = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.parquet,.pq';

/** A name for a dataset, of a file's. */
export function datasetName(file: string): string {
  const stem = file.replace(/\.[A-Za-z0-9]+$/, '').normalize('NFKD').replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^[^A-Za-z_]+|_+$/g, '');
  return DATASET.test(stem) ? stem.slice(0, 60) : 'data';
}

/** The place to drop a file, while one is dragged over the page. */
export function dropPlace(app: App): void {
  app.card.show('Drop it here', [h('div', { class: 'drop' }, h('p', {}, 'It is encrypted on this computer. Only encrypted data goes to the server.'))]);
}

/** Ask for a file. */
export async function choose(app: App): Promise<void> {
  if (!(await ensureUnlocked(app))) return;
  const left = await app.keeper.ask('unfinished', null).catch((): Unfinished[] => []);
  const file = h('input', { type: 'file', accept: ACCEPT, 'data-focus': true, onchange: () => {
    const chosen = file.files?.[0];
    if (chosen) void take(app, chosen);
  } });
  const notes = left.map(one => h('li', {}, `${one.file.name}: ${Math.floor((100 * one.done) / one.total)} % is encrypted and stored. Choose the same file to go on. `,
    action('Discard', async () => {
      await app.keeper.ask('forget', { job: one.job });
      await choose(app);
    }, 'plain')));
  app.card.show('Encrypt a file', [
    h('p', {}, 'CSV, TSV, JSON, NDJSON or Parquet. The file is read and encrypted on this computer; only encrypted data goes to the server.'),
    h('div', { class: 'drop' }, field('Drop a file here, or choose one', file)),
    notes.length > 0 ? h('div', { class: 'words' }, h('h2', {}, 'Interrupted'), h('ul', {}, ...notes)) : null
  ], { close: () => app.card.hide() });
}

/** A file was dropped or chosen. */
export async function take(app: App, file: File): Promise<void> {
  if (!(await ensureUnlocked(app))) return;
  const left = await app.keeper.ask('unfinished', null).catch((): Unfinished[] => []);
  const again = left.find(one => one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified);
  if (again) return void new Encryption(app, file).resume(again);
  await new Encryption(app, file).read(null);
}

const namesChoice = (connection: Connection | null): string => `hide-names:${connection?.workspace ?? ''}`;

/** Whether names of columns are hidden in a workspace where nothing else is said. A browser that keeps nothing forgets it. */
async function namesHidden(connection: Connection | null): Promise<boolean> {
  const kept = await get<{ yes: boolean }>('choices', namesChoice(connection)).catch(() => undefined);
  return kept?.yes === true;
}

/** The next file asks again where nothing is kept. */
async function rememberNames(connection: Connection | null, yes: boolean): Promise<void> {
  await put('choices', { name: namesChoice(connection), yes }).catch(() => {});
}

/** One file on its way. */
class Encryption {
  private readonly page: Worker = worker('reader.js');
  private readonly reader = new Peer(this.page as unknown as Wire);
  private readonly sealers: { worker: Worker; peer: Peer }[] = [];
  private declared: Record<string, Declared> = {};
  private shown: Shown | null = null;
  private sizes: Sizes | null = null;
  private hideNames = false; // of all columns of which nothing else is said
  private results: number | null = null; // bits of exact results, where the person chose
  private dataset: string;
  private offline = false;
  private stopped = false;

  constructor(
    private readonly app: App,
    private readonly file: File
  ) {
    this.dataset = datasetName(file.name);
    const broken = (): void => this.reader.fail(new Told('This file needs more memory than the browser gives.', 'file'));
    this.page.onerror = broken;
    this.page.onmessageerror = broken;
  }

  /** Look at the file. */
  async read(delimiter: string | null): Promise<void> {
    const progress = bar(`Reading ${this.file.name}`);
    this.reader.on<VaultProgress>('progress', now => progress.set(now.done, now.total, `${sizeWords(this.file.size)} ${leftWords(now.seconds_left)}`));
    this.app.card.show('Encrypt a file', [progress.element], { close: () => this.cancel() });
    try {
      this.hideNames = await namesHidden(await this.app.keeper.ask('connection', null));
      this.shown = await this.reader.call<Shown>('open', { file: this.file, delimiter, hideNames: this.hideNames });
      this.sizes = await this.app.keeper.ask('sizes', null);
      this.confirm();
    } catch (why) {
      if (!this.stopped) this.refused(why);
    }
  }

  private cancel(): void {
    this.stopped = true;
    this.page.terminate();
    for (const { worker: one } of this.sealers) one.terminate();
    this.app.card.hide();
  }

  /** The file is no table: say what and where. */
  private refused(why: unknown): void {
    const told = why instanceof Told ? why : new Told(words(why));
    this.page.terminate();
    const other = told.extra === null ? null : action('Read it so', () => void new Encryption(this.app, this.file).read(told.extra));
    this.app.card.show('This file cannot be encrypted', [
      h('p', { class: 'error', role: 'alert' }, told.message), faultList(told.lines), h('p', {}, told.advice),
      buttons(other, action('Choose another file', () => void choose(this.app), 'plain'))
    ], { close: () => this.app.card.hide() });
    this.app.tell({ type: 'failed', job: 'read', code: 'file' });
  }

  // ---- confirmation ----
  private confirm(): void {
    const shown = this.shown as Shown;
    const sizes = this.sizes as Sizes;
    const plans = shown.columns.flatMap(column => column.plan ?? []);
    const alert = alertLine();
    const name = h('input', { type: 'text', value: this.dataset, autocomplete: 'off', spellcheck: 'false', oninput: () => {
      this.dataset = name.value;
      said.replaceChildren(publicWords(shown, this.dataset));
    } });
    const said = h('div', {}, publicWords(shown, this.dataset));
    const problems = shown.columns.filter(column => !column.dropped && column.problem !== null).length;
    const used = shown.columns.filter(column => column.plan !== null).length;
    const go = action('Encrypt', async () => {
      if (!DATASET.test(this.dataset)) return alert.say('A name begins with a letter and has letters, digits, dots, - and _ only.');
      await this.start(null, alert.say);
    });
    go.disabled = problems > 0 || shown.faults > 0 || used === 0;
    const faults = shown.faults === 0 ? null : h('div', { class: 'faults', role: 'alert' },
      h('p', { class: 'error' }, `${shown.faults.toLocaleString('en')} ${shown.faults === 1 ? 'row' : 'rows'} cannot be read as the columns below say. Correct the file, change the type, or leave the column out.`),
      faultList(shown.lines));
    const open = problems === 0 ? null : h('p', { class: 'error', role: 'alert' }, problems === 1 ? 'One column needs an answer.' : `${problems} columns need an answer.`);
    const card = this.app.card.show(`Encrypt ${this.file.name}`, [
      field('Call it', name, 'In the notebook: jf.open("' + this.dataset + '"). A name that exists gets a new version.'),
      faults, open,
      namesSwitch(this.hideNames, yes => void this.hideAll(yes)),
      columnRows(shown, this.declared, (column, next) => void this.change(column, next), (plan, choose) => exactChoice(plan, plans, shown.rows, this.results, sizes, choose)),
      exactWords(plans, shown.rows, this.results, sizes, results => {
        this.results = results;
        this.redraw();
      }),
      said, alert.element,
      h('p', { class: 'busy-line', role: 'status' }),
      buttons(go, action('Cancel', () => this.cancel(), 'plain'))
    ], { close: () => this.cancel(), wide: true });
    this.status = card.querySelector('.busy-line');
  }

  private status: HTMLElement | null = null;
  private checking = false;
  private checked: Readonly<Record<string, Declared>> | null = null;

  private change(column: string, next: Change): Promise<void> {
    this.declared = { ...this.declared, [column]: next(this.declared[column] ?? {}) };
    return this.check();
  }

  /** All names, those that were chosen one by one included; the next file of this workspace begins so. */
  private async hideAll(yes: boolean): Promise<void> {
    this.hideNames = yes;
    this.declared = Object.fromEntries(Object.entries(this.declared).map(([name, { hideName: _, ...rest }]) => [name, rest]));
    await rememberNames(await this.app.keeper.ask('connection', null), yes);
    await this.check();
  }

  /** What was changed while rows are checked is checked next; the table is drawn anew when all is. */
  private async check(): Promise<void> {
    if (this.status) this.status.textContent = 'Checking every row…';
    if (this.checking) return;
    this.checking = true;
    try {
      while (this.checked !== this.declared) {
        this.checked = this.declared;
        this.shown = await this.reader.call<Shown>('declare', { declared: this.declared, hideNames: this.hideNames });
      }
      this.redraw();
    } catch (why) {
      this.refused(why);
    } finally {
      this.checking = false;
    }
  }

  /** Keep the place, the focus, what is being typed and what is marked: the next key replaces that. */
  private redraw(): void {
    const focused = document.activeElement as HTMLInputElement | null;
    const name = focused?.getAttribute('aria-label') ?? null;
    const typed = focused?.type === 'text' ? focused.value : null;
    const marked = typed === null ? null : ([focused?.selectionStart ?? 0, focused?.selectionEnd ?? 0] as const);
    const scroll = document.querySelector('.scroll')?.scrollTop ?? 0;
    this.confirm();
    const place = document.querySelector('.scroll');
    if (place) place.scrollTop = scroll;
    const again = name === null ? null : document.querySelector<HTMLInputElement>(`[aria-label="${CSS.escape(name)}"]`);
    again?.focus();
    if (!again || typed === null || marked === null) return;
    const same = typed === again.value;
    if (!same) again.value = typed;
    again.setSelectionRange(...marked);
    if (same) return;
    again.addEventListener('blur', () => again.dispatchEvent(new Event('change')), { once: true }); // no browser knows that it was typed
  }

  // ---- encryption ----
  async resume(unfinished: Unfinished): Promise<void> {
    this.dataset = unfinished.dataset;
    await this.reader.call('resume', { file: this.file });
    const alert = alertLine();
    this.app.card.show('Go on with this file', [
      h('p', {}, `${Math.floor((100 * unfinished.done) / unfinished.total)} % of ${this.file.name} is encrypted and stored already, as you confirmed it.`),
      alert.element,
      buttons(
        action('Go on', () => this.start(unfinished.job, alert.say)),
        action('Begin anew', async () => {
          await this.app.keeper.ask('forget', { job: unfinished.job });
          await new Encryption(this.app, this.file).read(null);
        }, 'plain')
      )
    ], { close: () => this.cancel() });
  }

  private async start(job: string | null, say: (text: string) => void): Promise<void> {
    const connection = await this.app.keeper.ask('connection', null);
    if (connection === null) return say('This page is not connected to a notebook. Open it from JupyterLab.');
    try {
      const { logN } = await this.app.keeper.ask('sizes', null);
      const count = logN >= LARGE_RING ? 1 : Math.max(1, Math.min(SEALERS_MAX, (navigator.hardwareConcurrency || 2) - 1));
      const ports: MessagePort[] = [];
      for (let i = 0; i < count; i += 1) ports.push(await this.sealer(connection));
      const lent = await this.app.keeper.ask('lend', null);
      lent.key.fill(0); // the reader seals texts and encrypts nothing
      const done = this.reader.call<{ job: string; dataset: string; snapshot: string }>('encrypt', { dataset: this.dataset, lent, connection, ports, job, results: this.results }, ports);
      await this.follow(done, job);
    } catch (why) {
      say(words(why));
    }
  }

  private async sealer(connection: unknown): Promise<MessagePort> {
    const one = worker('sealer.js');
    const peer = new Peer(one as unknown as Wire);
    one.onerror = () => this.reader.fail(new Told('A worker of the vault stopped.', 'internal'));
    peer.on<boolean>('online', yes => (this.offline = !yes));
    this.sealers.push({ worker: one, peer });
    const { port1, port2 } = new MessageChannel();
    const lent = await this.app.keeper.ask('lend', null);
    await peer.call('start', { lent, connection, port: port1 }, [port1, lent.key.buffer]);
    return port2;
  }

  private async follow(done: Promise<{ job: string; dataset: string; snapshot: string }>, known: string | null): Promise<void> {
    const { app } = this;
    let job = known ?? '';
    const progress = bar(`Encrypting ${this.file.name} as “${this.dataset}”`);
    const abort = (): void => void this.reader.call('cancel').then(() => this.sealers.forEach(({ peer }) => void peer.call('close')));
    this.reader.on<VaultProgress>('progress', now => {
      job = now.job;
      if (!app.jobs.has(job)) app.cancels.set(job, abort);
      progress.set(now.done, now.total, this.offline ? 'The server does not answer; trying again.' : leftWords(now.seconds_left));
      app.progress(now);
    });
    this.reader.on<boolean>('online', yes => (this.offline = !yes));
    if (app.framed) app.card.hide();
    else app.card.show('Encrypting', [progress.element, buttons(action('Cancel', abort, 'plain'))]);
    try {
      const { dataset, snapshot, job: id } = await done;
      app.ended(id);
      app.tell({ type: 'committed', job: id, dataset, snapshot, kind: 'table' });
      if (!app.framed) app.card.show('Stored', [h('p', {}, `“${dataset}” is encrypted and stored. In the notebook: jf.open("${dataset}")`)], { close: () => app.card.hide() });
    } catch (why) {
      app.ended(job);
      this.failed(why, job);
    } finally {
      this.page.terminate();
      for (const { worker: one } of this.sealers) one.terminate();
    }
  }

  private failed(why: unknown, job: string): void {
    const told = why instanceof Told ? why : new Told(words(why));
    const code = failure(told.code);
    this.app.tell({ type: 'failed', job, code });
    if (code === 'cancelled') {
      void this.app.keeper.ask('forget', { job }).catch(() => {});
      if (!this.app.framed) this.app.card.hide();
      return;
    }
    this.app.card.show('It was not stored', [
      h('p', { class: 'error', role: 'alert' }, told.message), faultList(told.lines), h('p', {}, told.advice),
      code === 'file' ? null : h('p', {}, 'Drop the same file again to go on where it stopped.')
    ], { close: () => this.app.card.hide() });
  }
}

function faultList(lines: readonly string[]): HTMLElement | null {
  return lines.length === 0 ? null : h('ul', { class: 'fault-list' }, ...lines.map(line => h('li', {}, line)));
}

// vaultFrame.ts: the vault's frames. One lives as long as the page and is raised when the vault wants to be seen; one more
// for each output that is shown decrypted. The page sizes and places them and sees nothing of what is inside.

import {
  IPreferences, IStore, IVault, KeyState, Painting, VaultEvent, VaultMode, VaultPort, VaultProgress, VaultTheme, VaultView
} from '@jupyterfhe/core';
import { ISignal, Signal } from '@lumino/signaling';

const ALLOW = 'publickey-credentials-get; publickey-credentials-create; clipboard-write';
const RENEW = 10 * 3600 * 1000; // ms; a grant ends after 12 hours
const PATIENCE = 60; // seconds that the vault's server may take to start

const pause = (seconds: number): Promise<void> => new Promise(done => setTimeout(done, 1000 * seconds));

export function currentTheme(): VaultTheme {
  return document.body.dataset['jpThemeLight'] === 'false' ? 'dark' : 'light';
}

function newFrame(title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.allow = ALLOW;
  frame.referrerPolicy = 'origin';
  return frame;
}

export class VaultFrame implements IVault {
  /**
   * @param store - Tells where the vault is and makes grants for it.
   * @param storeUrl - The store's address as the vault's page can reach it.
   * @param preferences - Colours of decrypted outputs.
   * @param refocus - Puts the focus where a person works, when what had it before a dialog cannot take it back.
   */
  constructor(
    private readonly store: IStore, private readonly storeUrl: string, private readonly preferences: IPreferences,
    private readonly refocus: () => void
  ) {
    preferences.changed.connect(() => this.retheme());
    this.ready = this.start();
    this.ready.catch(error => this.fail(String(error instanceof Error ? error.message : error)));
    setInterval(() => void this.connect().catch(() => undefined), RENEW);
  }

  readonly ready: Promise<void>;
  origin = '';
  trouble: string | null = null;
  state = { keys: 'none' as KeyState, keyId: null as string | null, mode: 'local' as VaultMode, published: null as boolean | null };
  readonly jobs = new Map<string, VaultProgress>();

  get changed(): ISignal<IVault, void> {
    return this._changed;
  }

  get event(): ISignal<IVault, VaultEvent> {
    return this._event;
  }

  async open(view: VaultView, name?: string): Promise<void> {
    await this.ready;
    await this.main().request(name === undefined ? { type: 'open', view } : { type: 'open', view, name });
  }

  drag(over: boolean): void {
    if (!this.port || this.trouble) return;
    if (over) this.show(true); // at once: a quick drop must meet the vault, not the page
    void this.port.request({ type: 'drag', over }).catch(() => this.show(false));
  }

  async cancel(job: string): Promise<void> {
    await this.main().request({ type: 'cancel', job });
  }

  paint(host: HTMLElement, what: Painting, label: string, closed: () => void): { dispose(): void } {
    const frame = newFrame(`${label}, decrypted here`);
    const port = new VaultPort(frame, this.origin);
    this.painting.add(port);
    const dispose = (): void => {
      this.painting.delete(port);
      port.dispose();
      frame.remove();
    };
    port.event.connect((_, event) => event.type === 'closed' && closed());
    frame.src = `${this.origin}/paint.html`;
    host.replaceChildren(frame);
    const theme = this.paintTheme();
    const request = 'ref' in what ? { type: 'paint' as const, ...what, theme } : { type: 'chart' as const, ...what, theme };
    port.request(request).catch(() => undefined); // the frame says why, to the person
    return { dispose };
  }

  /** Colours of all frames follow the page's. */
  retheme(): void {
    void this.port?.request({ type: 'theme', theme: currentTheme() }).catch(() => undefined);
    for (const port of this.painting) void port.request({ type: 'theme', theme: this.paintTheme() }).catch(() => undefined);
  }

  private paintTheme(): VaultTheme {
    const { paintTheme } = this.preferences.current;
    return paintTheme === 'page' ? currentTheme() : paintTheme;
  }

  private main(): VaultPort {
    if (!this.port) throw new Error(this.trouble ?? 'The vault has not started.');
    return this.port;
  }

  private async start(): Promise<void> {
    this.origin = await this.find();
    const frame = newFrame('Vault: your keys and files');
    frame.className = 'jp-Fhe-vault';
    frame.tabIndex = -1;
    this.frame = frame;
    const port = new VaultPort(frame, this.origin);
    port.event.connect((_, event) => this.onEvent(event));
    port.greeted.connect(() => {
      this.retheme();
      this.connect().catch(error => this.fail(String(error instanceof Error ? error.message : error)));
    });
    frame.src = `${this.origin}/`;
    document.body.append(frame);
    this.port = port;
    await this.answered(port);
  }

  private async answered(port: VaultPort): Promise<void> {
    const late = pause(PATIENCE).then(() => {
      throw new Error(`The vault at ${this.origin} does not answer. Is it running, and was it started for this page's address?`);
    });
    await Promise.race([port.request({ type: 'status' }), late]);
  }

  /** The vault's origin. On one machine it has the host name of this page: `localhost` and `127.0.0.1` are different sites. */
  private async find(): Promise<string> {
    for (let waited = 0; ; waited++) {
      const { vault } = await this.store.client.status();
      if (vault.port !== null && vault.state === 'running') return `${location.protocol}//${location.hostname}:${vault.port}`;
      if (vault.port === null && vault.url) return new URL(vault.url).origin;
      // "failed" may be between two starts; "none" stays.
      if (vault.state === 'none' || waited >= (vault.state === 'failed' ? PATIENCE / 4 : PATIENCE)) {
        throw new Error(vault.detail ?? 'No vault runs. Start one with: jupyterfhe vault');
      }
      await pause(1);
    }
  }

  private async connect(): Promise<void> {
    if (!this.port) return;
    const grant = await this.store.client.grant('vault');
    const status = await this.port.request({ type: 'connect', store: this.storeUrl, workspace: this.store.workspace, grant });
    this.trouble = null;
    if (status.keys) this.setState(status.keys, status.key_id ?? null, status.mode ?? 'local', status.published ?? null);
  }

  private onEvent(event: VaultEvent): void {
    switch (event.type) {
      case 'state':
        this.setState(event.keys, event.key_id, event.mode, event.published);
        break;
      case 'want':
        this.show(event.show);
        break;
      case 'progress':
        this.jobs.set(event.job, event);
        this._changed.emit();
        break;
      case 'committed':
        this.jobs.delete(event.job);
        this.store.touch();
        this._changed.emit();
        break;
      case 'failed':
        this.jobs.delete(event.job);
        if (event.code === 'store') void this.connect().catch(() => undefined);
        this._changed.emit();
        break;
    }
    this._event.emit(event);
  }

  private setState(keys: KeyState, keyId: string | null, mode: VaultMode, published: boolean | null): void {
    this.state = { keys, keyId, mode, published };
    this._changed.emit();
  }

  private fail(message: string): void {
    this.trouble = message;
    this._changed.emit();
  }

  private show(shown: boolean): void {
    const frame = this.frame;
    if (!frame || frame.classList.contains('jp-mod-shown') === shown) return;
    frame.classList.toggle('jp-mod-shown', shown);
    if (shown) {
      this.before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      frame.focus();
      void this.port?.request({ type: 'focus' }).catch(() => undefined);
    } else {
      // A hidden frame that keeps the focus swallows every key.
      frame.blur();
      this.before?.focus();
      if (document.activeElement === document.body) this.refocus();
    }
  }

  private frame: HTMLIFrameElement | null = null;
  private port: VaultPort | null = null;
  private before: HTMLElement | null = null;
  private readonly painting = new Set<VaultPort>();
  private readonly _changed = new Signal<IVault, void>(this);
  private readonly _event = new Signal<IVault, VaultEvent>(this);
}

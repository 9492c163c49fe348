// vaultPort.ts: the lab's end of one vault frame: hello, requests with replies, events. Holds no value and asks for none.

import { ISignal, Signal } from '@lumino/signaling';
import {
  HELLO, isReady, VAULT_VERSION, VaultErrorCode, VaultEvent, VaultReply, VaultRequest, VaultStatus
} from './vaultProtocol.js';

export class VaultError extends Error {
  constructor(readonly code: VaultErrorCode | 'gone', message: string) {
    super(message);
  }
}

interface Waiting {
  resolve(reply: VaultReply & { ok: true }): void;
  reject(error: Error): void;
}

/** One frame of the vault, from its first load to {@link dispose}. A frame that loads again is greeted again. */
export class VaultPort {
  /** @param frame - An iframe without `src` yet: the caller sets one, of `origin`, when the port listens. */
  constructor(private readonly frame: HTMLIFrameElement, private readonly origin: string) {
    window.addEventListener('message', this.onWindowMessage);
  }

  get event(): ISignal<this, VaultEvent> {
    return this._event;
  }

  /** Emitted when a hello was sent: whoever keeps the vault connected asks again. */
  get greeted(): ISignal<this, void> {
    return this._greeted;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Ask, and wait for the reply. Requests made before the frame has loaded wait for it. */
  request(request: VaultRequest): Promise<VaultReply & { ok: true } & Partial<VaultStatus>> {
    if (this.disposed) return Promise.reject(new VaultError('gone', 'the vault is closed'));
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const message = { ...request, id };
      if (this.port) this.port.postMessage(message);
      else this.queue.push(message);
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    window.removeEventListener('message', this.onWindowMessage);
    this.drop();
    Signal.clearData(this);
  }

  private readonly onWindowMessage = (event: MessageEvent): void => {
    // Any page may post here: the frame itself, of the vault's origin, or nobody.
    if (event.origin === this.origin && event.source === this.frame.contentWindow && isReady(event.data)) this.hello();
  };

  private hello(): void {
    const target = this.frame.contentWindow;
    if (!target || this.disposed) return;
    const queue = this.queue.splice(0);
    if (this.port) this.drop(); // the frame loaded again: what it was asked before, it does not know
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.onmessage = event => this.onMessage(event.data as VaultReply | VaultEvent);
    // The browser delivers it to that origin and to no other, whatever the frame shows meanwhile.
    target.postMessage({ type: HELLO, version: VAULT_VERSION }, this.origin, [channel.port2]);
    for (const message of queue) this.port.postMessage(message);
    this._greeted.emit();
  }

  private drop(): void {
    this.port?.close();
    this.port = null;
    for (const one of this.waiting.values()) one.reject(new VaultError('gone', 'the vault was closed'));
    this.waiting.clear();
  }

  private onMessage(message: VaultReply | VaultEvent): void {
    if (!('id' in message)) {
      this._event.emit(message);
      return;
    }
    const one = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.ok) one?.resolve(message);
    else one?.reject(new VaultError(message.code, message.message));
  }

  private port: MessagePort | null = null;
  private next = 1;
  private disposed = false;
  private readonly queue: object[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private readonly _event = new Signal<this, VaultEvent>(this);
  private readonly _greeted = new Signal<this, void>(this);
}

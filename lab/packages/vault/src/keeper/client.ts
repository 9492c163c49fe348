// client.ts: the keeper, as a frame sees it.

import { Peer, Told, type Wire } from '../base/rpc.ts';
import type { Stretch } from '../base/sodium.ts';
import { sharedWorker, worker } from '../page/trusted.ts';
import type { KeeperApi, KeeperEvents } from './api.ts';

const ACTIVE_EVERY = 1000; // milliseconds

/** A passphrase made long, by a worker that ends with it. */
async function stretch(work: Stretch): Promise<Uint8Array> {
  const one = worker('stretcher.js');
  const peer = new Peer(one as unknown as Wire);
  one.onerror = () => peer.fail(new Told('This browser has no memory left to open the key with.'));
  try {
    return await peer.call<Uint8Array>('stretch', work);
  } finally {
    one.terminate();
  }
}

export class Keeper {
  private readonly peer: Peer;
  private told = -Infinity;

  constructor() {
    if (typeof SharedWorker === 'undefined') throw new Error('no SharedWorker');
    const { port } = sharedWorker('keeper.js');
    this.peer = new Peer(port, { stretch });
    for (const type of ['pointerdown', 'keydown', 'wheel']) window.addEventListener(type, () => this.active(), { capture: true, passive: true });
  }

  /** The key is in use, or the person is: it does not lock by itself now. */
  active(): void {
    if (performance.now() - this.told < ACTIVE_EVERY) return;
    this.told = performance.now();
    void this.ask('active', null);
  }

  ask<M extends keyof KeeperApi>(method: M, argument: KeeperApi[M][0], transfer: Transferable[] = []): Promise<KeeperApi[M][1]> {
    return this.peer.call(method, argument, transfer);
  }

  on<E extends keyof KeeperEvents>(event: E, listener: (data: KeeperEvents[E]) => void): void {
    this.peer.on(event, listener);
  }
}

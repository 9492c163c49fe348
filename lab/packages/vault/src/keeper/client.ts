// client.ts: the keeper, as a frame sees it.

import { Peer } from '../base/rpc.ts';
import { sharedWorker } from '../page/trusted.ts';
import type { KeeperApi, KeeperEvents } from './api.ts';

export class Keeper {
  private readonly peer: Peer;

  constructor() {
    if (typeof SharedWorker === 'undefined') throw new Error('no SharedWorker');
    const { port } = sharedWorker('keeper.js');
    this.peer = new Peer(port);
  }

  ask<M extends keyof KeeperApi>(method: M, argument: KeeperApi[M][0], transfer: Transferable[] = []): Promise<KeeperApi[M][1]> {
    return this.peer.call(method, argument, transfer);
  }

  on<E extends keyof KeeperEvents>(event: E, listener: (data: KeeperEvents[E]) => void): void {
    this.peer.on(event, listener);
  }
}

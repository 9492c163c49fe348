// publish.ts: evaluation keys go to the store, made by a worker of this page.

import { hex } from '../base/bytes.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import type { VaultProgress } from '../../../core/src/vaultProtocol.ts';
import { failure, type App } from './app.ts';
import { worker } from './trusted.ts';

let running: Promise<void> | null = null;
let stop: ((why: Told) => void) | null = null;
/** The person stopped it: it goes on when they say so, or unlock anew. */
let stopped = false;

/** What is going on: the job, while there is one, and whether the store answers. */
export const publishing: { job: string | null; offline: boolean } = { job: null, offline: false };

/** The same, but for keys whose making a person stopped. */
export async function publishUnlessStopped(app: App): Promise<void> {
  if (!stopped) await publishKeys(app);
}

/** Make them and store them, unless they are there; what an interrupted run stored stays. Whoever asks meanwhile waits for the same. */
export function publishKeys(app: App): Promise<void> {
  stopped = false;
  // Of the pages that are open one makes them, and the others find them made.
  running ??= Promise.resolve(navigator.locks.request('jupyterfhe-publish', () => publish(app))).finally(() => (running = null));
  return running;
}

/** Stop it, at a person's wish. */
export function cancelPublishing(): void {
  stopped = true;
  stop?.(new Told('Cancelled.', 'cancelled'));
}

/** The key was locked: the worker goes, and its copy of the key with it. Who unlocks again wants it to go on. */
export function stopPublishing(): void {
  stopped = false;
  stop?.(new Told('The key was locked.', 'locked'));
}

async function publish(app: App): Promise<void> {
  if ((await app.keeper.ask('look', null)).published === true) return;
  const connection = await app.keeper.ask('connection', null);
  if (connection === null) throw new Told('This page is not connected to a notebook.', 'not_connected');
  const job = `keys-${hex(crypto.getRandomValues(new Uint8Array(6)))}`;
  const one = worker('publisher.js');
  const peer = new Peer(one as unknown as Wire);
  let ended: Told | null = null; // while the worker has not been asked yet
  stop = why => {
    ended = why;
    peer.fail(why);
  };
  one.onerror = () => peer.fail(new Told('A worker of the vault stopped.'));
  app.cancels.set(job, cancelPublishing);
  Object.assign(publishing, { job, offline: false });
  peer.on<VaultProgress>('progress', now => app.progress(now));
  peer.on<boolean>('online', yes => (publishing.offline = !yes));
  try {
    const lent = await app.keeper.ask('lend', null);
    if (ended !== null) throw ended;
    await peer.call('publish', { job, lent, connection }, [lent.key.buffer]);
    app.ended(job);
    await app.keeper.ask('look', null);
    app.tell({ type: 'committed', job, dataset: null, snapshot: null, kind: 'keys' });
  } catch (why) {
    app.ended(job);
    app.tell({ type: 'failed', job, code: failure(why instanceof Told ? why.code : '') });
    throw why;
  } finally {
    stop = null;
    publishing.job = null;
    one.terminate();
  }
}

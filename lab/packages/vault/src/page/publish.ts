// publish.ts: evaluation keys go to the store, made by a worker of this page.

import { hex } from '../base/bytes.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import type { VaultProgress } from '../../../core/src/vaultProtocol.ts';
import { failure, type App } from './app.ts';
import { worker } from './trusted.ts';

let running: Promise<void> | null = null;
let stop: ((why: Told) => void) | null = null;
/** What runs was told to stop, and has not ended yet: who begins anew waits for it. */
let ending = false;
/** The person stopped it: it goes on when they say so, or unlock anew. */
let stopped = false;

const ROUNDS = 2; // a ring above may be wanted while the keys below it are on their way

/** What is going on: the job, while there is one, whether the store answers, and whether a ring above is made. */
export const publishing: { job: string | null; offline: boolean; climbs: boolean } = { job: null, offline: false, climbs: false };

/** The same, but for keys whose making a person stopped. */
export async function publishUnlessStopped(app: App): Promise<void> {
  if (!stopped) await publishKeys(app);
}

/** Make them and store them, unless they are there; what an interrupted run stored stays. Whoever asks meanwhile waits for the same. */
export function publishKeys(app: App): Promise<void> {
  stopped = false;
  if (running !== null && !ending) return running;
  const before = running?.catch(() => {}) ?? Promise.resolve();
  ending = false;
  // Of the pages that are open one makes them, and the others find them made.
  const begun = before.then(async () => {
    await navigator.locks.request('jupyterfhe-publish', () => publish(app));
  }).finally(() => {
    if (running === begun) running = null;
  });
  running = begun;
  return running;
}

function end(why: Told): void {
  ending = running !== null;
  stop?.(why);
}

/** Stop it, at a person's wish. */
export function cancelPublishing(): void {
  stopped = true;
  end(new Told('Cancelled.', 'cancelled'));
}

/** The key was locked: the worker goes, and its copy of the key with it. Who unlocks again wants it to go on. */
export function stopPublishing(): void {
  stopped = false;
  end(new Told('The key was locked.', 'locked'));
}

/** The ring above is not wanted any more, as this page or another one was told. */
export function stopClimbing(): void {
  if (publishing.climbs) end(new Told('Cancelled.', 'cancelled'));
}

async function publish(app: App): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { published, climbing } = await app.keeper.ask('look', null);
    if (published === true && !climbing) return;
    await publishOnce(app, climbing);
  }
}

async function publishOnce(app: App, climbs: boolean): Promise<void> {
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
  Object.assign(publishing, { job, offline: false, climbs });
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
    Object.assign(publishing, { job: null, climbs: false });
    one.terminate();
  }
}

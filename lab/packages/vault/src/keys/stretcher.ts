// stretcher.ts: a worker that makes a key of a passphrase. It ends with its work, and so do the 64 MiB that that takes, which the
// module's memory would keep.

import { Peer, type Wire } from '../base/rpc.ts';
import { stretch, type Stretch } from '../base/sodium.ts';

/** Serve the page. */
export function serve(wire: Wire): void {
  new Peer(wire, { stretch: (work: Stretch) => stretch(work) });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

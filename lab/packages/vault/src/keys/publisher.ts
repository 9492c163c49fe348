// publisher.ts: a worker that makes evaluation keys and stores them. It ends with its work, and so does what that took of memory: an
// engine's grows and never shrinks.

import { hex } from '../base/bytes.ts';
import { Context, engine, keyOf, type Lent } from '../base/engine.ts';
import { Peer, type Wire } from '../base/rpc.ts';
import { Progress } from '../upload/progress.ts';
import { Store, treeOf, type Connection } from '../upload/store.ts';
import type { TreeFile, VaultProgress } from '../../../core/src/vaultProtocol.ts';
import { evaluationFiles } from './generate.ts';

export interface PublishArgument {
  readonly job: string;
  readonly lent: Lent;
  readonly connection: Connection;
}

/** Make the keys one by one, and tell the store which there are. The lent key is wiped. */
async function publish({ job, lent, connection }: PublishArgument, tell: (now: VaultProgress) => void): Promise<void> {
  const context = Context.read(await engine(), lent.params, 16);
  const key = keyOf(context, lent.key);
  try {
    const store = new Store(connection);
    const wanted = evaluationFiles(context, key);
    const progress = new Progress(job, 'keys', wanted.length, tell);
    progress.report(true);
    const files: TreeFile[] = [];
    const elements: unknown[] = [];
    for (const { name, kind, galois, make } of wanted) {
      files.push({ name, ...(await store.keep(make())) });
      if (kind === 'relin' || kind === 'galois') elements.push({ file: name, kind, galois_element: galois });
      progress.add(1);
    }
    await store.putKeys(hex(lent.keyId), treeOf(files), elements);
  } finally {
    key.free();
    context.free();
  }
}

/** Serve the page. */
export function serve(wire: Wire): void {
  const page: Peer = new Peer(wire, {
    publish: async (argument: PublishArgument) => {
      await publish(argument, now => page.emit('progress', now));
      return null;
    }
  });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

// publisher.ts: a worker that makes evaluation keys and stores them. It ends with its work, and so does what that took of memory: an
// engine's grows and never shrinks. What is stored is noted; a worker that begins anew makes the rest. Keys are drawn at random, and the store
// replaces none, so those that are stored already are the ones that count.

import { hex, type Bytes } from '../base/bytes.ts';
import { Context, engine, keyOf, type Lent } from '../base/engine.ts';
import { Peer, type Wire } from '../base/rpc.ts';
import * as journal from '../upload/journal.ts';
import { Progress } from '../upload/progress.ts';
import { Store, treeOf, type Connection, type Stored } from '../upload/store.ts';
import type { TreeFile, VaultProgress } from '../../../core/src/vaultProtocol.ts';
import { keyParts, type KeyPart } from './generate.ts';

export interface PublishArgument {
  readonly job: string;
  readonly lent: Lent;
  readonly connection: Connection;
}

/** Parts of one key set on their way: one is sent while the next is made. */
export class Upload {
  readonly stored = new Map<string, Stored>();
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Pick<Store, 'keep'>,
    private readonly note: string,
    /** What was stored before, by name. */
    private readonly known: ReadonlyMap<string, Stored>,
    private readonly progress: Progress
  ) {}

  /** Make and send what is not there yet: of a pair both, where one is lost. */
  async run(parts: readonly KeyPart[]): Promise<void> {
    const there = (part: KeyPart): boolean => part.files.every(({ name }) => this.known.has(name));
    const known = parts.filter(there);
    for (const { name } of known.flatMap(({ files }) => files)) this.stored.set(name, this.known.get(name) as Stored);
    this.progress.skip(known.reduce((sum, { weight }) => sum + 2 * weight, 0));
    for (const part of parts) if (!there(part)) await this.take(part);
    await this.sending;
  }

  /** Make a part and begin to send it; the one before has arrived then. */
  private async take(part: KeyPart): Promise<void> {
    const made = part.make();
    this.progress.add(part.weight);
    await this.sending;
    this.sending = this.send(part, made);
    this.sending.catch(() => {}); // who waits for it next is told
  }

  private async send({ files, weight }: KeyPart, made: readonly Bytes[]): Promise<void> {
    for (const [i, { name }] of files.entries()) {
      const { sha256, size } = await this.store.keep(made[i] as Bytes);
      this.stored.set(name, { sha256, size });
      await journal.keep({ job: this.note, name, sha256, size, digest: new Uint8Array(0) });
    }
    this.progress.add(weight);
  }
}

/** Make the keys part by part, and tell the store which there are. The lent key is wiped. */
export async function publish({ job, lent, connection }: PublishArgument, store: Store, tell: (now: VaultProgress) => void): Promise<void> {
  const context = Context.read(await engine(), lent.params, 16);
  const key = keyOf(context, lent.key);
  try {
    const parts = keyParts(context, key);
    const note = `keys-${hex(lent.keyId)}-${connection.workspace}`;
    // Half of the bar is making, half is sending.
    const progress = new Progress(job, 'keys', parts.reduce((sum, { weight }) => sum + 2 * weight, 0), tell);
    const upload = new Upload(store, note, await journal.stillThere(note, store), progress);
    await upload.run(parts);
    const elements = parts.flatMap(({ files }) => files.filter(({ kind }) => kind !== null).map(({ name, kind, galois }) => ({ file: name, kind, galois_element: galois })));
    const files: TreeFile[] = [...upload.stored].map(([name, { sha256, size }]) => ({ name, sha256, size }));
    await store.putKeys(hex(lent.keyId), treeOf(files), elements);
    await journal.end(note);
  } finally {
    key.free();
    context.free();
  }
}

/** Serve the page. */
export function serve(wire: Wire): void {
  const page: Peer = new Peer(wire, {
    publish: async (argument: PublishArgument) => {
      const store = new Store(argument.connection, undefined, yes => page.emit('online', yes));
      await publish(argument, store, now => page.emit('progress', now));
      return null;
    }
  });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

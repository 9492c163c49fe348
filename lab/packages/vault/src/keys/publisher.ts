// publisher.ts: a worker that makes evaluation keys and stores them. It ends with its work, and so does what that took of memory: an
// engine's grows and never shrinks. What is stored is noted; a worker that begins anew makes the rest. Keys are drawn at random, and the store
// replaces none, so those that are stored already are the ones that count. Where a ring above is wanted, its keys follow.

import { hex, type Bytes } from '../base/bytes.ts';
import type { Table } from '../base/db.ts';
import { Context, engine, keyOf, type Lent, type SecretKey } from '../base/engine.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import * as journal from '../upload/journal.ts';
import { Progress } from '../upload/progress.ts';
import { Store, treeOf, type Connection, type Stored } from '../upload/store.ts';
import type { TreeFile, VaultProgress } from '../../../core/src/vaultProtocol.ts';
import { JfheError, Status } from '@jupyterfhe/wasm';
import { aboveParts, hasAbove, keyParts, type KeyPart } from './generate.ts';
import type { Ladder } from './offers.ts';
import { upperSealingKey } from './seal.ts';
import { climbOf, forget, rowOf, upperSecret, wanted } from './upper.ts';

export interface PublishArgument {
  readonly job: string;
  readonly lent: Lent;
  readonly connection: Connection;
}

/** Keys that are registered together. */
interface KeySet {
  /** Under which its parts are noted, and whose they are: parts of another ring's secret do not count. */
  readonly note: string;
  readonly whose: Bytes;
  /** The row without which nothing of it may be noted; null where it cannot be forgotten. */
  readonly of: readonly [Table, string] | null;
  readonly parts: readonly KeyPart[];
}

/** Bytes that a bar counts: half of it is making, half is sending. */
const weightOf = (parts: readonly KeyPart[]): number => parts.reduce((sum, { weight }) => sum + 2 * weight, 0);

/** Parts of one key set on their way: one is sent while the next is made. */
export class Upload {
  readonly stored = new Map<string, Stored>();
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Pick<Store, 'keep'>,
    private readonly set: Pick<KeySet, 'note' | 'whose' | 'of'>,
    /** What was stored before, by name. */
    private readonly known: ReadonlyMap<string, Stored>,
    private readonly progress: Progress
  ) {}

  /** Make and send what is not there yet: of a pair both, where one is lost. */
  async run(parts: readonly KeyPart[]): Promise<void> {
    const there = (part: KeyPart): boolean => part.files.every(({ name }) => this.known.has(name));
    const known = parts.filter(there);
    for (const { name } of known.flatMap(({ files }) => files)) this.stored.set(name, this.known.get(name) as Stored);
    this.progress.skip(weightOf(known));
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
      await journal.keep({ job: this.set.note, name, sha256, size, digest: this.set.whose }, this.set.of);
    }
    this.progress.add(weight);
  }
}

/** Of parts that an earlier run stored, those that belong to this set. */
export function ofSet<P extends { digest: Uint8Array }>(found: ReadonlyMap<string, P>, whose: Uint8Array): Map<string, P> {
  return new Map([...found].filter(([, { digest }]) => hex(digest) === hex(whose)));
}

/** Make and send a set, then register it with what is there. */
async function register(set: KeySet, keyId: string, store: Store, progress: Progress): Promise<void> {
  const upload = new Upload(store, set, ofSet(await journal.stillThere(set.note, store), set.whose), progress);
  await upload.run(set.parts);
  const before = (await store.keys(keyId)) ?? { tree: treeOf([]), elements: [] };
  const files: TreeFile[] = [...upload.stored].map(([name, { sha256, size }]) => ({ name, sha256, size }));
  const elements = set.parts.flatMap(part => part.files.filter(({ kind }) => kind !== null).map(({ name, kind, galois }) => ({ file: name, kind, galois_element: galois })));
  await store.putKeys(keyId, treeOf([...before.tree.files, ...files]), [...before.elements, ...elements]);
  await journal.end(set.note);
}

/** The ring above while its keys are made. */
class Ring {
  private constructor(
    private readonly context: Context,
    private readonly upper: SecretKey,
    readonly set: KeySet
  ) {}

  static async open(climb: string, ladder: Ladder, below: SecretKey, sealing: Bytes): Promise<Ring> {
    const context = Context.preset(await engine(), ladder.preset);
    try {
      if (!context.above(below.context)) throw new Told('There is no larger ring for keys of these parameters.', 'params');
      const upper = await upperSecret(climb, context, sealing);
      return new Ring(context, upper, { note: climb, whose: upper.id, of: rowOf(climb), parts: aboveParts(context, upper, below, ladder) });
    } catch (why) {
      context.free();
      throw why;
    }
  }

  free(): void {
    this.upper.free();
    this.context.free();
  }
}

/** Make the keys that the store lacks part by part, and tell it which there are. The lent key is wiped. */
export async function publish({ job, lent, connection }: PublishArgument, store: Store, tell: (now: VaultProgress) => void): Promise<void> {
  const keyId = hex(lent.keyId);
  const climb = climbOf(keyId, connection.workspace);
  const sealing = await upperSealingKey(lent.key, lent.keyId);
  const context = Context.read(await engine(), lent.params, 16);
  const key = keyOf(context, lent.key);
  let ring: Ring | null = null;
  try {
    const there = await store.keys(keyId);
    const ladder = await wanted(climb);
    if (ladder !== null && !hasAbove(there)) ring = await Ring.open(climb, ladder, key, sealing);
    const below: KeySet = { note: `keys-${keyId}-${connection.workspace}`, whose: new Uint8Array(0), of: null, parts: there === null ? keyParts(context, key) : [] };
    const sets = [below, ...(ring === null ? [] : [ring.set])].filter(({ parts }) => parts.length > 0);
    const progress = new Progress(job, 'keys', sets.reduce((sum, { parts }) => sum + weightOf(parts), 0), tell);
    for (const set of sets) await register(set, keyId, store, progress);
    if (ladder !== null) await forget(climb);
  } finally {
    ring?.free();
    key.free();
    context.free();
    sealing.fill(0);
  }
}

/** What is told of a failure: where memory is short, what helps. */
export function told(why: unknown): unknown {
  const short = why instanceof RangeError || (why instanceof JfheError && why.status === Status.ERR_MEMORY);
  return short ? new Told('This computer has not enough memory free to make these keys. Close other pages and programs.', 'memory') : why;
}

/** Serve the page. */
export function serve(wire: Wire): void {
  const page: Peer = new Peer(wire, {
    publish: async (argument: PublishArgument) => {
      const store = new Store(argument.connection, undefined, yes => page.emit('online', yes));
      await publish(argument, store, now => page.emit('progress', now)).catch((why: unknown) => {
        throw told(why);
      });
      return null;
    }
  });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

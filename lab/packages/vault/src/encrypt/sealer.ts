// sealer.ts: a worker that encrypts vectors and uploads them, one engine, one thread. The reader gives it a credit's worth at a time.

import type { Bytes } from '../base/bytes.ts';
import { Context, engine, keyOf, type Lent, type SecretKey } from '../base/engine.ts';
import { Peer, Told, type Wire } from '../base/rpc.ts';
import { Store, type Connection, type Stored } from '../upload/store.ts';
import { Encryptor, IntegerEncryptor } from '@jupyterfhe/wasm';

export interface Start {
  readonly lent: Lent;
  readonly connection: Connection;
  readonly port: MessagePort;
}
/** A vector of the table: numbers in [-1, 1], or integers, of which residues are taken. */
export interface Task {
  readonly values: Float64Array<ArrayBuffer>;
  readonly modulus: number | null;
}

/** Encrypts under a lent key. */
export class Sealer {
  private readonly encryptor: Encryptor;
  private integers: IntegerEncryptor | null = null;

  private constructor(
    private readonly context: Context,
    private readonly key: SecretKey,
    private readonly store: Store,
    private readonly stop: AbortController
  ) {
    this.encryptor = new Encryptor(key);
  }

  static async start(lent: Lent, connection: Connection, online: (yes: boolean) => void): Promise<Sealer> {
    const context = Context.read(await engine(), lent.params, 16);
    const stop = new AbortController();
    return new Sealer(context, keyOf(context, lent.key), new Store(connection, stop.signal, online), stop);
  }

  async seal({ values, modulus }: Task): Promise<Stored> {
    // Hash and Blob copy the bytes at once: an array of them would lie until the collector comes, some hundred megabytes later.
    const keep = (container: Bytes): Promise<Stored> => this.store.keep(container);
    try {
      return modulus === null ? this.encryptor.lend({ re: values, bound: 1 }, keep) : this.whole().lend({ values, modulus }, keep);
    } finally {
      values.fill(0); // at once, not when it is stored
    }
  }

  /** Its buffers are made for the first exact column: most tables have none. */
  private whole(): IntegerEncryptor {
    return (this.integers ??= new IntegerEncryptor(this.key));
  }

  close(): void {
    this.stop.abort();
    this.encryptor.free();
    this.integers?.free();
    this.key.free();
    this.context.free();
  }
}

/** Serve the page: `start` once, and then the reader over the port that came with it. */
export function serve(wire: Wire): void {
  let sealer: Sealer | null = null;
  const page: Peer = new Peer(wire, {
    start: async ({ lent, connection, port }: Start) => {
      sealer = await Sealer.start(lent, connection, yes => page.emit('online', yes));
      const held = sealer;
      new Peer(port, {
        seal: async (task: Task) => {
          if (sealer === null) throw new Told('Cancelled.', 'cancelled');
          return held.seal(task);
        }
      });
      return null;
    },
    close: () => {
      sealer?.close();
      sealer = null;
      return null;
    }
  });
}

if (typeof WorkerGlobalScope !== 'undefined') serve(globalThis as unknown as Wire);
declare const WorkerGlobalScope: unknown;

// wasi.ts: the five calls that the engine makes on its host. No file, no network: what is not here does not link.

/** Fills bytes with cryptographic randomness. The engine asks for at most 256 at a time. */
export type Randomness = (bytes: Uint8Array<ArrayBuffer>) => void;

/** What the engine may see of its host. */
export interface Host {
  /** Default: the host's `crypto.getRandomValues`. */
  readonly randomness?: Randomness;
  /** Environment variables; only JFHE_ISA means anything, and only tests set it. */
  readonly env?: Readonly<Record<string, string>>;
}

const ERRNO_SUCCESS = 0;
const ERRNO_IO = 29;

function systemRandomness(bytes: Uint8Array<ArrayBuffer>): void {
  globalThis.crypto.getRandomValues(bytes);
}

/**
 * The import object of jfhe.wasm.
 *
 * memory: gives the module's memory, which exists only once it is instantiated.
 */
export function wasiImports(memory: () => WebAssembly.Memory, host: Host): WebAssembly.Imports {
  const randomness = host.randomness ?? systemRandomness;
  const encoder = new TextEncoder();
  const entries = Object.entries(host.env ?? {}).map(([key, value]) => encoder.encode(`${key}=${value}\0`));

  return {
    wasi_snapshot_preview1: {
      // A host without randomness is an error of the call that wanted it (JFHE_ERR_ENTROPY), never weak keys.
      random_get(at: number, length: number): number {
        try {
          const bytes = new Uint8Array(length); // a view of a memory that may be shared or grow would be refused
          randomness(bytes);
          new Uint8Array(memory().buffer).set(bytes, at >>> 0);
          bytes.fill(0);
          return ERRNO_SUCCESS;
        } catch {
          return ERRNO_IO;
        }
      },

      // For progress and time slices of runs; nothing that is computed depends on it.
      clock_time_get(_clock: number, _precision: bigint, at: number): number {
        const nanoseconds = BigInt(Math.round(performance.now() * 1e6));
        new DataView(memory().buffer).setBigUint64(at >>> 0, nanoseconds, true);
        return ERRNO_SUCCESS;
      },

      environ_sizes_get(count: number, bytes: number): number {
        const view = new DataView(memory().buffer);
        view.setUint32(count >>> 0, entries.length, true);
        view.setUint32(bytes >>> 0, entries.reduce((sum, entry) => sum + entry.length, 0), true);
        return ERRNO_SUCCESS;
      },

      environ_get(pointers: number, text: number): number {
        const view = new DataView(memory().buffer);
        let at = text >>> 0;
        entries.forEach((entry, i) => {
          view.setUint32((pointers >>> 0) + 4 * i, at, true);
          new Uint8Array(memory().buffer).set(entry, at);
          at += entry.length;
        });
        return ERRNO_SUCCESS;
      },

      // The engine never ends the process; its C library could.
      proc_exit(status: number): never {
        throw new WebAssembly.RuntimeError(`the engine stopped with status ${status}`);
      }
    }
  };
}

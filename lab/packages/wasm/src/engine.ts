// engine.ts: load jfhe.wasm, in a browser or in Node, and give its calls.

import { JfheError } from './error.js';
import { Memory } from './memory.js';
import { Calls, EXPORTS, INFO_BYTES, readInfo, type Exports, type Info, type Ptr } from './raw.js';
import { wasiImports, type Host } from './wasi.js';

/** Where the module comes from: a response is compiled while it arrives. */
export type Source = Response | PromiseLike<Response> | BufferSource | WebAssembly.Module;

async function instantiate(source: Source, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const given = await source;
  if (given instanceof WebAssembly.Module) return WebAssembly.instantiate(given, imports);
  if (typeof Response === 'undefined' || !(given instanceof Response)) {
    return (await WebAssembly.instantiate(given as BufferSource, imports)).instance;
  }
  if (!given.ok) throw new Error(`jfhe.wasm: HTTP status ${given.status}`);
  // Streaming wants the right media type; a server that sends another one only costs time.
  if (given.headers.get('Content-Type')?.startsWith('application/wasm')) {
    return (await WebAssembly.instantiateStreaming(given, imports)).instance;
  }
  return (await WebAssembly.instantiate(await given.arrayBuffer(), imports)).instance;
}

/** One instance of the engine: memory of its own, one thread. */
export class Engine {
  readonly calls: Calls;
  readonly memory: Memory;

  private constructor(exports: Exports) {
    this.memory = new Memory(exports);
    this.calls = new Calls(exports, status => this.error(status));
  }

  /** Load and start jfhe.wasm. Throws when it lacks an export: then it and this package were not built together. */
  static async load(source: Source, host: Host = {}): Promise<Engine> {
    let memory: WebAssembly.Memory | undefined;
    const imports = wasiImports(() => memory as WebAssembly.Memory, host);
    const exports = (await instantiate(source, imports)).exports as unknown as Exports;
    const missing = EXPORTS.filter(name => typeof exports[name] !== 'function');
    if (missing.length > 0) throw new Error(`jfhe.wasm lacks ${missing.join(', ')}: build it anew`);
    memory = exports.memory;
    exports._initialize?.();
    return new Engine(exports);
  }

  /** What a container's header says; needs no key and no context. Throws JfheError for bytes that are none. */
  inspect(container: Uint8Array): Info {
    return this.memory.scope(scope => {
      const at = scope.room<'jfhe_info'>(INFO_BYTES);
      this.calls.inspect(scope.bytes(container), container.length, at);
      return readInfo(this.memory.buffer, at);
    });
  }

  /** A handle that `make` writes to the place it is given. */
  make<T extends string>(make: (out: Ptr<`${T}*`>) => void): Ptr<T> {
    return this.memory.scope(scope => {
      const out = scope.out<T>();
      make(out);
      return this.memory.pointer<T>(out);
    });
  }

  /** The bytes that `write` leaves in room for `size` of them. A size of 0 means that the object has no such form. */
  written(size: number, write: (bytes: Ptr<'uint8_t'>, length: number) => void): Uint8Array<ArrayBuffer> {
    return this.lent(size, write, bytes => bytes.slice());
  }

  /** The same where they lie, in the engine's memory: `use` copies what it keeps, and awaits nothing before. */
  lent<R>(size: number, write: (bytes: Ptr<'uint8_t'>, length: number) => void, use: (bytes: Uint8Array<ArrayBuffer>) => R): R {
    return this.memory.scope(scope => {
      const at = scope.room<'uint8_t'>(size);
      write(at, size);
      return use(this.memory.bytes(at, size));
    });
  }

  private error(status: number): JfheError {
    const detail = this.memory.text(this.calls.lastError());
    return new JfheError(status, detail || this.memory.text(this.calls.statusText(status)));
  }
}

// memory.ts: the engine's memory, seen from JavaScript: allocate, copy in, copy out, wipe, free.

import { JfheError } from './error.js';
import { NULL, Status, type Exports, type Ptr } from './raw.js';

/**
 * The engine's memory. A view that a method returns is good until the next call into the engine: when the memory
 * grows, JavaScript detaches every view of it.
 */
export class Memory {
  constructor(private readonly x: Pick<Exports, 'memory' | 'malloc' | 'free'>) {}

  /** All of it, now. */
  get buffer(): ArrayBuffer {
    return this.x.memory.buffer;
  }

  /** Uninitialised bytes, 16-byte aligned. Throws JfheError (ERR_MEMORY). */
  alloc<T extends string>(bytes: number): Ptr<T> {
    const at = this.x.malloc(Math.max(bytes, 1)) >>> 0;
    if (at === 0) throw new JfheError(Status.ERR_MEMORY, `no ${bytes} bytes left for the engine`);
    return at as Ptr<T>;
  }

  free(at: Ptr): void {
    this.x.free(at);
  }

  wipe(at: Ptr, bytes: number): void {
    this.bytes(at, bytes).fill(0);
  }

  bytes(at: Ptr, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, at, length);
  }

  doubles(at: Ptr<'double'>, count: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, at, count);
  }

  /** The address that a call has written to `out`. */
  pointer<T extends string>(out: Ptr<`${T}*`>): Ptr<T> {
    return new DataView(this.buffer).getUint32(out, true) as Ptr<T>;
  }

  /** A C string, copied. */
  text(at: Ptr<'char'>): string {
    const all = new Uint8Array(this.buffer, at);
    return new TextDecoder().decode(all.slice(0, all.indexOf(0)));
  }

  /** Run with memory that is wiped and freed afterwards, whatever happens. */
  scope<R>(run: (scope: Scope) => R): R {
    const scope = new Scope(this);
    try {
      return run(scope);
    } finally {
      scope.close();
    }
  }
}

/** Memory of one call: every piece is wiped and freed when the scope closes. */
export class Scope {
  private readonly pieces: [Ptr, number][] = [];

  constructor(private readonly memory: Memory) {}

  room<T extends string>(bytes: number): Ptr<T> {
    const at = this.memory.alloc<T>(bytes);
    this.pieces.push([at, bytes]);
    return at;
  }

  /** A place for a call to write a handle to. */
  out<T extends string>(): Ptr<`${T}*`> {
    const at = this.room<`${T}*`>(4);
    this.memory.wipe(at, 4);
    return at;
  }

  bytes(source: Uint8Array): Ptr<'uint8_t'> {
    const at = this.room<'uint8_t'>(source.length);
    this.memory.bytes(at, source.length).set(source);
    return at;
  }

  doubles(source: Float64Array): Ptr<'double'> {
    const at = this.room<'double'>(8 * source.length);
    this.memory.doubles(at, source.length).set(source);
    return at;
  }

  text(source: string): Ptr<'char'> {
    return this.bytes(new TextEncoder().encode(`${source}\0`)) as Ptr as Ptr<'char'>;
  }

  close(): void {
    for (const [at, bytes] of this.pieces.splice(0)) {
      if (at === NULL) continue;
      this.memory.wipe(at, bytes);
      this.memory.free(at);
    }
  }
}

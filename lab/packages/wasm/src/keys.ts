// keys.ts: contexts and keys, as objects that own a handle. Call free() when done: nothing else does.

import type { Engine } from './engine.js';
import { Encoding, HASH_BYTES, ID_BYTES, type Ptr } from './raw.js';

/** Parameters with their tables: `Context.preset(engine, 'stats')`. */
export class Context {
  private constructor(
    readonly engine: Engine,
    readonly ptr: Ptr<'jfhe_ctx'>
  ) {}

  /** "stats-lite", "stats", "ml", "deep", "deep-lean" or "deep-small". */
  static preset(engine: Engine, name: string): Context {
    const { calls, memory } = engine;
    return memory.scope(
      scope => new Context(engine, engine.make(out => calls.ctxNewPreset(out, scope.text(name))))
    );
  }

  /** The context that a parameter container describes; a ring above 2^maxLogN is refused before its tables are made. */
  static read(engine: Engine, container: Uint8Array, maxLogN = 16): Context {
    const { calls, memory } = engine;
    return memory.scope(scope => {
      const bytes = scope.bytes(container);
      return new Context(engine, engine.make(out => calls.ctxNewFromContainer(out, bytes, container.length, maxLogN)));
    });
  }

  /** Its parameter container. */
  write(): Uint8Array<ArrayBuffer> {
    const { calls } = this.engine;
    return this.engine.written(calls.ctxWriteSize(this.ptr), (at, length) => calls.ctxWrite(at, length, this.ptr));
  }

  /** SHA-256 of the parameters, as every container of theirs carries it. */
  get hash(): Uint8Array<ArrayBuffer> {
    return this.engine.written(HASH_BYTES, at => this.engine.calls.ctxHash(this.ptr, at));
  }

  /** "wasm128" or "ref". */
  get backend(): string {
    return this.engine.memory.text(this.engine.calls.ctxBackend(this.ptr));
  }

  get logN(): number {
    return this.engine.calls.ctxLogN(this.ptr);
  }

  /** Complex slots of a ciphertext: twice as many real values fit, in complex packing. */
  get slots(): number {
    return this.engine.calls.ctxSlots(this.ptr);
  }

  /** The top level: multiplications in a row. */
  get levels(): number {
    return this.engine.calls.ctxLevels(this.ptr);
  }

  /** Not before all that was made in it is freed. */
  free(): void {
    this.engine.calls.ctxFree(this.ptr);
  }
}

/** A secret key. It lives in the engine's memory and leaves it only through `write`; free() wipes it. */
export class SecretKey {
  private constructor(
    readonly context: Context,
    readonly ptr: Ptr<'jfhe_sk'>
  ) {}

  static generate(context: Context): SecretKey {
    const { engine } = context;
    return new SecretKey(context, engine.make(out => engine.calls.skNew(out, context.ptr)));
  }

  /** The key that 32 bytes of entropy give: the same one at every call, on every machine. */
  static fromEntropy(context: Context, entropy: Uint8Array): SecretKey {
    const { engine } = context;
    if (entropy.length !== 32) throw new RangeError('32 bytes of entropy');
    return engine.memory.scope(scope => {
      const bytes = scope.bytes(entropy);
      return new SecretKey(context, engine.make(out => engine.calls.skFromEntropy(out, context.ptr, bytes)));
    });
  }

  static read(context: Context, container: Uint8Array): SecretKey {
    const { engine } = context;
    return engine.memory.scope(scope => {
      const bytes = scope.bytes(container);
      return new SecretKey(context, engine.make(out => engine.calls.skRead(context.ptr, out, bytes, container.length)));
    });
  }

  /** The key's container. Whoever holds these bytes holds the key: wipe them after use. */
  write(): Uint8Array<ArrayBuffer> {
    const { calls } = this.context.engine;
    return this.context.engine.written(calls.skWriteSize(this.ptr), (at, length) =>
      calls.skWrite(at, length, this.ptr)
    );
  }

  /** The key's public name. */
  get id(): Uint8Array<ArrayBuffer> {
    return this.context.engine.written(ID_BYTES, at => this.context.engine.calls.skId(this.ptr, at));
  }

  /** A public encryption key, as its container. */
  publicKey(): Uint8Array<ArrayBuffer> {
    const { engine } = this.context;
    const key = engine.make<'jfhe_pk'>(out => engine.calls.keygenPublic(out, this.context.ptr, this.ptr));
    try {
      const size = engine.calls.pkWriteSize(key, Encoding.SEEDED);
      return engine.written(size, (at, length) => engine.calls.pkWrite(at, length, key, Encoding.SEEDED));
    } finally {
      engine.calls.pkFree(key);
    }
  }

  /** The key with which products are brought back to two polynomials, as its container. */
  relinearisationKey(level = this.context.levels): Uint8Array<ArrayBuffer> {
    return this.switchingKey(out => this.context.engine.calls.keygenRelin(out, this.context.ptr, this.ptr, level));
  }

  /** The key of the rotation to the left by k slots, as its container. */
  rotationKey(k: number, level = this.context.levels): Uint8Array<ArrayBuffer> {
    return this.galoisKey(this.context.engine.calls.galoisRotate(this.context.ptr, k), level);
  }

  /** The key of complex conjugation, as its container. */
  conjugationKey(level = this.context.levels): Uint8Array<ArrayBuffer> {
    return this.galoisKey(this.context.engine.calls.galoisConjugate(this.context.ptr), level);
  }

  /** A key from which a server derives those of further rotations, as its container. */
  parentKey(k: number): Uint8Array<ArrayBuffer> {
    const { calls } = this.context.engine;
    const galois = calls.galoisRotate(this.context.ptr, k);
    return this.switchingKey(out => calls.keygenParent(out, this.context.ptr, this.ptr, galois));
  }

  free(): void {
    this.context.engine.calls.skFree(this.ptr);
  }

  private galoisKey(galois: number, level: number): Uint8Array<ArrayBuffer> {
    const { calls } = this.context.engine;
    return this.switchingKey(out => calls.keygenGalois(out, this.context.ptr, this.ptr, galois, level));
  }

  private switchingKey(make: (out: Ptr<'jfhe_evk*'>) => void): Uint8Array<ArrayBuffer> {
    const { engine } = this.context;
    const key = engine.make<'jfhe_evk'>(make);
    try {
      const size = engine.calls.evkWriteSize(key, Encoding.SEEDED);
      return engine.written(size, (at, length) => engine.calls.evkWrite(at, length, key, Encoding.SEEDED));
    } finally {
      engine.calls.evkFree(key);
    }
  }
}

// keys.ts: contexts and keys, as objects that own a handle. Call free() when done: nothing else does.

import type { Engine } from './engine.js';
import { JfheError } from './error.js';
import { Encoding, HASH_BYTES, ID_BYTES, Status, type Ptr } from './raw.js';

const NO_LEVEL = 2 ** 32 - 1;

/** Parameters with their tables: `Context.preset(engine, 'stats')`. */
export class Context {
  private known: number | null = null; // the ceiling, once it was asked for

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

  /** The level of fresh numbers, unless said otherwise: what a bootstrap gives (higher ones belong to it), or the top. */
  get ceiling(): number {
    return (this.known ??= this.fresh());
  }

  /** Whether levels can be given back: see `bootstrapWants`. */
  get bootstraps(): boolean {
    return this.ceiling < this.levels;
  }

  /** Digits of a key switch at the top level. */
  get digits(): number {
    return this.engine.calls.ctxDnum(this.ptr);
  }

  /** Bytes of the container of a switching key up to a level, but for its header: to tell before it is made. */
  keyBytes(level = this.levels): number {
    const { calls } = this.engine;
    const limbs = (at: number): number => calls.ctxLimbs(this.ptr, at);
    const digits = Math.ceil(limbs(level) / Math.ceil(limbs(this.levels) / this.digits));
    return digits * (limbs(level) + calls.ctxSpecials(this.ptr)) * this.residueBytes;
  }

  /** Whether what is encrypted in a smaller ring can be lifted into this one. */
  above(small: Context): boolean {
    return this.engine.calls.liftLevel(this.ptr, small.ptr, small.ceiling) !== NO_LEVEL;
  }

  /** Bytes of a fresh ciphertext of numbers at a level, but for its header. */
  ciphertextBytes(level = this.ceiling): number {
    return this.engine.calls.ctxLimbs(this.ptr, level) * this.residueBytes;
  }

  private fresh(): number {
    const { calls, memory } = this.engine;
    return memory.scope(scope => {
      const [from, sine, to] = [scope.room<'uint32_t'>(4), scope.room<'uint32_t'>(4), scope.room<'uint32_t'>(4)];
      try {
        calls.bootstrapLevels(this.ptr, from, sine, to);
      } catch (why) {
        if (why instanceof JfheError && why.status === Status.ERR_PARAMS) return this.levels; // none of them are for bootstrapping
        throw why;
      }
      return new DataView(memory.buffer).getUint32(to, true);
    });
  }

  /** Packed: 48 bits a coefficient. */
  private get residueBytes(): number {
    return 6 * 2 ** this.logN;
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

  /** The keys to a sparse secret, which nobody keeps, and back, for bootstrapping. They belong together. */
  sparsePair(): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
    const { engine, ptr } = this.context;
    const { calls, memory } = engine;
    const pair = memory.scope(scope => {
      const outs = [scope.out<'jfhe_evk'>(), scope.out<'jfhe_evk'>()] as const;
      calls.keygenBootstrap(outs[0], outs[1], ptr, this.ptr);
      return [memory.pointer(outs[0]), memory.pointer(outs[1])] as const;
    });
    try {
      return [this.container(pair[0]), this.container(pair[1])];
    } finally {
      for (const evk of pair) calls.evkFree(evk);
    }
  }

  /** The key that lifts what is under a smaller ring's secret to this one, as its container. Throws JfheError (ERR_CONTEXT) off the ladder. */
  liftingKey(below: SecretKey): Uint8Array<ArrayBuffer> {
    return this.switchingKey(out => this.context.engine.calls.keygenLift(out, this.context.ptr, below.ptr, this.ptr));
  }

  /** The key that lowers what is under this secret to that of a smaller ring. */
  loweringKey(below: SecretKey): Uint8Array<ArrayBuffer> {
    return this.switchingKey(out => this.context.engine.calls.keygenLower(out, this.context.ptr, this.ptr, below.ptr));
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
      return this.container(key);
    } finally {
      engine.calls.evkFree(key);
    }
  }

  private container(evk: Ptr<'jfhe_evk'>): Uint8Array<ArrayBuffer> {
    const { engine } = this.context;
    return engine.written(engine.calls.evkWriteSize(evk, Encoding.SEEDED), (at, length) =>
      engine.calls.evkWrite(at, length, evk, Encoding.SEEDED)
    );
  }
}

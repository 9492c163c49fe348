// cipher.ts: numbers to ciphertext containers and back. Both classes keep their buffers, so that a column of many
// chunks allocates little; both wipe what they held of numbers after each call.

import type { SecretKey } from './keys.js';
import { Encoding, NULL, Packing, type Ptr } from './raw.js';

/** Added to a probable bound for the decoder's rounding of slots up to 1, as the Python client does. */
const DECODING = 2 ** -52;

/** Numbers on their way in. */
export interface Numbers {
  /** At most as many as there are slots; missing ones are 0. */
  readonly re: Float64Array;
  /** Imaginary parts, or a second run of real values: complex packing carries twice the values. */
  readonly im?: Float64Array;
  /**
   * No |re + i im| exceeds it: two runs of values up to b want b * sqrt(2). It travels in the header, so take it from
   * the column's meaning, not from its values.
   */
  readonly bound: number;
  /** Default: the context's ceiling, which is the highest. A lower one makes a smaller ciphertext. */
  readonly level?: number;
  /** log2 of the slots, of which the numbers fill some; default: all. Fewer slots cost less noise. */
  readonly logSlots?: number;
}

/** Numbers on their way out, with what is proved about them. */
export interface Opened {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Bound on the absolute error of every number, rounding of the decoder included. */
  readonly error: number;
  /** Bound that holds with a chance of about 99.99 % for all of them; never above `error`. */
  readonly likely: number;
  /** What the container's header says. */
  readonly level: number;
  readonly packing: Packing;
  readonly logSlots: number;
  readonly magnitude: number;
}

/** Encrypts under a secret key; the ciphertexts are seeded, half as long as others. */
export class Encryptor {
  private readonly re: Ptr<'double'>;
  private readonly im: Ptr<'double'>;
  private readonly ct: Ptr<'jfhe_ct'>;
  private readonly scratch: Ptr;
  private readonly scratchBytes: number;

  constructor(private readonly key: SecretKey) {
    const { engine, ptr, slots, ceiling } = key.context;
    const { calls, memory } = engine;
    this.scratchBytes = Math.max(calls.ckksEncodeScratch(ptr), calls.encryptScratch(ptr));
    this.scratch = memory.alloc(this.scratchBytes);
    this.re = memory.alloc(8 * slots);
    this.im = memory.alloc(8 * slots);
    this.ct = engine.make(out => calls.ctNew(out, ptr, 1, ceiling));
  }

  /** One ciphertext container. Throws JfheError: ERR_VALUE for NaN, infinity or a value beyond `bound`, and so on. */
  encrypt(numbers: Numbers): Uint8Array<ArrayBuffer> {
    return this.lend(numbers, container => container.slice());
  }

  /** The same, for a look at the container where it lies: see Engine.lent. */
  lend<R>(numbers: Numbers, use: (container: Uint8Array<ArrayBuffer>) => R): R {
    const { context } = this.key;
    const { calls } = context.engine;
    const level = numbers.level ?? context.ceiling;
    const pt = context.engine.make<'jfhe_pt'>(out => calls.ptNew(out, context.ptr, level));
    try {
      this.encode(pt, numbers, level);
      calls.encrypt(context.ptr, this.ct, pt, this.key.ptr, this.scratch, this.scratchBytes);
    } finally {
      calls.ptFree(pt); // wipes it
      this.wipe();
    }
    return context.engine.lent(calls.ctWriteSize(this.ct, Encoding.SEEDED), (at, length) => calls.ctWrite(at, length, this.ct, Encoding.SEEDED), use);
  }

  free(): void {
    const { calls, memory } = this.key.context.engine;
    this.wipe();
    for (const at of [this.scratch, this.re, this.im]) memory.free(at);
    calls.ctFree(this.ct);
  }

  private encode(pt: Ptr<'jfhe_pt'>, { re, im, bound, logSlots }: Numbers, level: number): void {
    const { context } = this.key;
    const { calls, memory } = context.engine;
    const count = Math.max(re.length, im?.length ?? 0);
    if (count > context.slots) throw new RangeError(`${count} numbers, ${context.slots} slots`);
    memory.doubles(this.re, count).fill(0, re.length).set(re);
    if (im) memory.doubles(this.im, count).fill(0, im.length).set(im);
    calls.ckksEncodeFresh(
      context.ptr,
      pt,
      this.re,
      im ? this.im : NULL,
      count,
      im ? Packing.COMPLEX : Packing.REAL,
      logSlots ?? context.logN - 1,
      level,
      0, // the level's canonical scale
      bound,
      this.scratch,
      this.scratchBytes
    );
  }

  /** The numbers, and what encoding left of them in the scratch. */
  private wipe(): void {
    const { engine, slots } = this.key.context;
    engine.memory.wipe(this.scratch, this.scratchBytes);
    engine.memory.wipe(this.re, 8 * slots);
    engine.memory.wipe(this.im, 8 * slots);
  }
}

/** Decrypts for the holder of the key. Never show what it gives to others: that is a release (`jfhe_release`). */
export class Decryptor {
  private readonly re: Ptr<'double'>;
  private readonly im: Ptr<'double'>;
  private readonly scratch: Ptr;
  private readonly scratchBytes: number;

  constructor(private readonly key: SecretKey) {
    const { engine, ptr, slots } = key.context;
    const { calls, memory } = engine;
    this.scratchBytes = Math.max(calls.ckksDecodeScratch(ptr), calls.decryptScratch(ptr));
    this.scratch = memory.alloc(this.scratchBytes);
    this.re = memory.alloc(16 * slots); // coefficient packing has N numbers
    this.im = memory.alloc(8 * slots);
  }

  /** The numbers of one ciphertext container, all slots of them. Throws JfheError for bytes that are none. */
  decrypt(container: Uint8Array): Opened {
    const { context } = this.key;
    const { calls, memory } = context.engine;
    const ct = memory.scope(scope => {
      const bytes = scope.bytes(container);
      return context.engine.make<'jfhe_ct'>(out => calls.ctRead(context.ptr, out, bytes, container.length));
    });
    try {
      return this.open(ct);
    } finally {
      calls.ctFree(ct);
    }
  }

  free(): void {
    const { memory } = this.key.context.engine;
    for (const at of [this.scratch, this.re, this.im]) memory.free(at);
  }

  private open(ct: Ptr<'jfhe_ct'>): Opened {
    const { engine, ptr, slots } = this.key.context;
    const { calls, memory } = engine;
    const pt = engine.make<'jfhe_pt'>(out => calls.ptNew(out, ptr, calls.ctLevel(ct)));
    try {
      calls.decrypt(ptr, pt, ct, this.key.ptr, this.scratch, this.scratchBytes);
      const coefficients = calls.ctPacking(ct) === Packing.COEFF;
      const count = coefficients ? 2 * slots : 2 ** calls.ctLogSlots(ct);
      const im = coefficients ? NULL : this.im;
      calls.ckksDecode(ptr, this.re, im, count, pt, this.scratch, this.scratchBytes);
      const error = calls.ptError(pt);
      return {
        re: memory.doubles(this.re, count).slice(),
        im: coefficients ? new Float64Array(0) : memory.doubles(this.im, count).slice(),
        error,
        likely: Math.min(calls.ctErrorProbable(ct) + DECODING, error),
        level: calls.ctLevel(ct),
        packing: calls.ctPacking(ct) as Packing,
        logSlots: calls.ctLogSlots(ct),
        magnitude: calls.ctMagnitude(ct)
      };
    } finally {
      calls.ptFree(pt);
      memory.wipe(this.scratch, this.scratchBytes);
      memory.wipe(this.re, 16 * slots);
      memory.wipe(this.im, 8 * slots);
    }
  }
}

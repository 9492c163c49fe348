// integers.ts: exact integers to ciphertext containers and back, one container for each of a few primes (protocol/integers.md). What numbers are
// to cipher.ts, integers are here.

import { JfheError } from './error.js';
import type { SecretKey } from './keys.js';
import { BgvUse, Encoding, Packing, Status, type Ptr } from './raw.js';

/** Integers on their way in. */
export interface Whole {
  /** At most N of them, each below 2^53 in modulus; missing ones are 0. */
  readonly values: Float64Array;
  readonly modulus: number;
  /** Default: the context's ceiling, which is the highest. */
  readonly level?: number;
}

/** The engine's tables of each modulus, made at its first use. */
class Spaces {
  private readonly made = new Map<number, Ptr<'jfhe_bgv'>>();

  constructor(private readonly key: SecretKey) {}

  of(modulus: number): Ptr<'jfhe_bgv'> {
    const { engine, ptr } = this.key.context;
    const found = this.made.get(modulus) ?? engine.make<'jfhe_bgv'>(out => engine.calls.bgvNew(out, ptr, modulus));
    this.made.set(modulus, found);
    return found;
  }

  free(): void {
    for (const space of this.made.values()) this.key.context.engine.calls.bgvFree(space);
    this.made.clear();
  }
}

/** Encrypts under a secret key; the ciphertexts are seeded. Nothing in one depends on the integers, their bounds included. */
export class IntegerEncryptor {
  private readonly spaces: Spaces;
  private readonly ct: Ptr<'jfhe_ct'>;
  private readonly room: Ptr<'int64_t'>;

  constructor(private readonly key: SecretKey) {
    const { engine, ptr, ceiling, logN } = key.context;
    this.spaces = new Spaces(key);
    this.room = engine.memory.alloc(8 << logN);
    this.ct = engine.make(out => engine.calls.ctNew(out, ptr, 1, ceiling));
  }

  /** The container of the integers modulo one prime. Throws RangeError for what is no integer below 2^53. */
  encrypt(whole: Whole): Uint8Array<ArrayBuffer> {
    return this.lend(whole, container => container.slice());
  }

  /** The same, for a look at the container where it lies: see Engine.lent. */
  lend<R>({ values, modulus, level = this.key.context.ceiling }: Whole, use: (container: Uint8Array<ArrayBuffer>) => R): R {
    const { engine, ptr, logN } = this.key.context;
    const { calls, memory } = engine;
    const space = this.spaces.of(modulus);
    if (values.length > calls.bgvSlots(space)) throw new RangeError(`${values.length} integers, ${calls.bgvSlots(space)} slots`);
    const pt = engine.make<'jfhe_pt'>(out => calls.ptNew(out, ptr, level));
    try {
      this.residues(values, modulus);
      this.withScratch(calls.bgvEncodeScratch(space), (scratch, bytes) =>
        calls.bgvEncode(space, pt, this.room, values.length, 0, BgvUse.FRESH, level, scratch, bytes)
      );
      this.withScratch(calls.encryptScratch(ptr), (scratch, bytes) => calls.encrypt(ptr, this.ct, pt, this.key.ptr, scratch, bytes));
    } finally {
      calls.ptFree(pt); // wipes it
      memory.wipe(this.room, 8 << logN);
    }
    return engine.lent(calls.ctWriteSize(this.ct, Encoding.SEEDED), (at, length) => calls.ctWrite(at, length, this.ct, Encoding.SEEDED), use);
  }

  free(): void {
    const { calls, memory } = this.key.context.engine;
    this.spaces.free();
    memory.free(this.room);
    calls.ctFree(this.ct);
  }

  /** Centred residues as 64-bit integers: they reach 2^31, so a low word and its sign are all of it, without a BigInt each. */
  private residues(values: Float64Array, modulus: number): void {
    const words = new Int32Array(this.key.context.engine.memory.buffer, this.room, 2 * values.length);
    for (let i = 0; i < values.length; i++) {
      const x = values[i] as number;
      if (!Number.isSafeInteger(x)) throw new RangeError('a value is no integer below 2^53');
      let r = x % modulus; // exact, and of x's sign
      if (r > modulus / 2) r -= modulus;
      else if (r < -modulus / 2) r += modulus;
      words[2 * i] = r;
      words[2 * i + 1] = r < 0 ? -1 : 0;
    }
  }

  private withScratch(bytes: number, use: (scratch: Ptr, bytes: number) => void): void {
    this.key.context.engine.memory.scope(scope => use(scope.room(bytes), bytes));
  }
}

/** Opens vectors of integers for the holder of the key. */
export class IntegerDecryptor {
  private readonly spaces: Spaces;

  constructor(private readonly key: SecretKey) {
    this.spaces = new Spaces(key);
  }

  /**
   * The first `count` integers of a vector, exactly, from its containers, one a modulus. Throws JfheError: ERR_RANGE when integers up to `bound`
   * may have wrapped, ERR_VALUE when one exceeds it, ERR_FORM for containers that hold something else, and what reading refuses.
   */
  decrypt(containers: readonly Uint8Array[], moduli: readonly number[], bound: number, count: number): BigInt64Array<ArrayBuffer> {
    if (containers.length !== moduli.length) throw new RangeError(`${containers.length} containers, ${moduli.length} moduli`);
    const { engine, logN } = this.key.context;
    if (!(count >= 0 && count <= 2 ** logN)) throw new RangeError(`${count} integers of ${2 ** logN}`);
    const { calls, memory } = engine;
    return memory.scope(scope => {
      const parts = scope.room<'int64_t'>(8 * count * moduli.length);
      moduli.forEach((modulus, p) => this.residues((parts + 8 * count * p) as Ptr<'int64_t'>, containers[p] as Uint8Array, modulus, count));
      const primes = scope.room<'uint32_t'>(4 * moduli.length);
      new Uint32Array(memory.buffer, primes, moduli.length).set(moduli);
      const out = scope.room<'int64_t'>(8 * count);
      calls.bgvJoin(out, count, parts, primes, moduli.length, bound);
      return new BigInt64Array(memory.buffer, out, count).slice();
    });
  }

  free(): void {
    this.spaces.free();
  }

  private residues(out: Ptr<'int64_t'>, container: Uint8Array, modulus: number, count: number): void {
    const { engine, ptr } = this.key.context;
    const { calls, memory } = engine;
    const ct = memory.scope(scope => {
      const bytes = scope.bytes(container);
      return engine.make<'jfhe_ct'>(made => calls.ctRead(ptr, made, bytes, container.length));
    });
    try {
      if (calls.ctPacking(ct) !== Packing.INT) throw new JfheError(Status.ERR_FORM, 'a ciphertext of integers is wanted, and this one holds others');
      this.open(out, ct, this.spaces.of(modulus), count);
    } finally {
      calls.ctFree(ct);
    }
  }

  private open(out: Ptr<'int64_t'>, ct: Ptr<'jfhe_ct'>, space: Ptr<'jfhe_bgv'>, count: number): void {
    const { engine, ptr } = this.key.context;
    const { calls, memory } = engine;
    const pt = engine.make<'jfhe_pt'>(made => calls.ptNew(made, ptr, calls.ctLevel(ct)));
    try {
      memory.scope(scope => {
        const bytes = Math.max(calls.decryptScratch(ptr), calls.bgvDecodeScratch(space));
        const scratch = scope.room(bytes);
        calls.decrypt(ptr, pt, ct, this.key.ptr, scratch, bytes);
        calls.bgvDecode(space, out, count, pt, scratch, bytes);
      });
    } finally {
      calls.ptFree(pt);
    }
  }
}

// Written by tools/gen_bindings from engine/include/jfhe; do not edit.
// Raw calls: addresses in, numbers out. memory.ts moves the data; engine.ts loads the module.

/** An address in the engine's memory of something of C type `T`. */
export type Ptr<T extends string = string> = number & { readonly __to: T };

/** The address of nothing. */
export const NULL = 0 as Ptr<never>;

/** What a jfhe.wasm exports: integers and addresses are i32, `double` is f64. */
export type Exports = Readonly<Record<(typeof EXPORTS)[number], (...args: number[]) => number>> & {
  readonly memory: WebAssembly.Memory;
  readonly _initialize?: () => void;
};

/*
 * Handles are addresses too:
 * - `Ptr<'jfhe_ctx'>`: Checked parameters with all tables: degree, primes, levels, scales. Immutable, shareable between threads.
 * - `Ptr<'jfhe_ct'>`
 * - `Ptr<'jfhe_pt'>`
 * - `Ptr<'jfhe_evk'>`: One switching key: relinearisation, one Galois element, old -> new, or lift into a larger ring.
 * - `Ptr<'jfhe_pk'>`: A public encryption key.
 * - `Ptr<'jfhe_keyring'>`: A set of switching keys of one secret, looked up by what they do. Owns what is added. Safe to read from many threads.
 * - `Ptr<'jfhe_bgv'>`: Integers modulo one prime in a context: tables, constants. Immutable, shareable between threads; the context must outlive it.
 * - `Ptr<'jfhe_bgv_map'>`: A square matrix on the slots, as diagonals, encoded for a level and those below it.
 * - `Ptr<'jfhe_poly'>`
 * - `Ptr<'jfhe_linmap'>`: A square matrix on the slots, as its generalised diagonals: out[i] = sum over d of diag_d[i] * in[(i + d) mod slots].
 * - `Ptr<'jfhe_bootstrap'>`: A bootstrap made ready: linear maps, their plaintexts, the polynomial. Public; read by any number of threads.
 * - `Ptr<'jfhe_program'>`: A graph of operations. Grows only; safe to read from many threads once it is built.
 * - `Ptr<'jfhe_plan'>`
 * - `Ptr<'jfhe_rung'>`: What joins a smaller ring to that of a plan: a rung of the ladder.
 * - `Ptr<'jfhe_run'>`: One computation of a plan. Used by one thread at a time; only jfhe_run_cancel may come from another.
 * - `Ptr<'jfhe_table'>`: A table made ready: its coefficients. Public; read by any number of threads.
 * - `Ptr<'jfhe_sk'>`: A secret key: uniform ternary, bound to one context.
 */

/** Outcome of a call. Zero is success; on any other value outputs are unchanged. */
export const Status = {
  OK: 0,
  /** a null pointer, a length of zero, an option out of its set */
  ERR_ARG: 1,
  /** an allocation failed, or a declared size is over the caller's cap */
  ERR_MEMORY: 2,
  /** scratch_len is below what the `_scratch` sibling says */
  ERR_SCRATCH: 3,
  /** parameters that cannot be built (degree, bits, depth) */
  ERR_PARAMS: 4,
  /** a published key would have under the wanted security */
  ERR_SECURITY: 5,
  /** objects of different parameters meet */
  ERR_CONTEXT: 6,
  /** a key is absent, of another secret, or lacks the level or element */
  ERR_KEY: 7,
  /** operands at different levels, or no level left */
  ERR_LEVEL: 8,
  /** scales differ by more than rounding */
  ERR_SCALE: 9,
  /** the message, or its bound, no longer fits under the modulus */
  ERR_RANGE: 10,
  /** wrong degree, form or packing for this call */
  ERR_FORM: 11,
  /** NaN, infinity, or a value beyond its declared bound */
  ERR_VALUE: 12,
  /** bytes that are no container of ours */
  ERR_FORMAT: 13,
  /** a container of a version this library does not read */
  ERR_VERSION: 14,
  /** a container whose checksum does not match */
  ERR_CHECKSUM: 15,
  /** bytes end before the declared length, or go on after it */
  ERR_TRUNCATED: 16,
  /** a caller's read or write function failed */
  ERR_IO: 17,
  /** the operating system gave no randomness */
  ERR_ENTROPY: 18,
  /** the key's count of releases is used up */
  ERR_BUDGET: 19,
  /** the caller asked to stop */
  ERR_CANCELLED: 20,
  STATUS_COUNT: 21
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** parameter hashes */
export const HASH_BYTES = 32;
/** key ids */
export const ID_BYTES = 16;

export const Form = {
  COEFF: 0,
  EVAL: 1
} as const;
export type Form = (typeof Form)[keyof typeof Form];

/** How numbers lie in the ring. */
export const Packing = {
  /** N/2 (or fewer) real slots */
  REAL: 0,
  /** N/2 (or fewer) complex slots */
  COMPLEX: 1,
  /** N real coefficients */
  COEFF: 2,
  /** exact integers modulo a prime t (jfhe/bgv.h) */
  INT: 3
} as const;
export type Packing = (typeof Packing)[keyof typeof Packing];

export const EvkKind = {
  /** s^2 -> s */
  RELIN: 1,
  /** s -> s(X^(1/g)): rotations and conjugation */
  GALOIS: 2,
  /** old secret -> new secret */
  SWITCH: 3,
  /** secret of a smaller ring, embedded -> s */
  LIFT: 4,
  /** s -> secret of a smaller ring, embedded */
  LOWER: 5,
  /** s -> the sparse secret of bootstrapping, at level 0 */
  SPARSE: 6,
  /** the sparse secret -> s, from level 0's modulus to the top's */
  DENSE: 7
} as const;
export type EvkKind = (typeof EvkKind)[keyof typeof EvkKind];

/** What an encoded plaintext is for. */
export const BgvUse = {
  /** to be encrypted; residues stay coefficients, so that encryption transforms once */
  FRESH: 0,
  /** to be added to ciphertexts of its level, or encrypted */
  TERM: 1,
  /** to be multiplied with; public: its size enters the noise bound */
  FACTOR: 2
} as const;
export type BgvUse = (typeof BgvUse)[keyof typeof BgvUse];

export const BGV_DOMAIN_MAX = 1024;

export const BGV_PARTS_MAX = 5;

export const Basis = {
  /** sum c_i x^i */
  POWER: 0,
  /** sum c_i T_i(y), y = (2x - a - b)/(b - a) */
  CHEB: 1
} as const;
export type Basis = (typeof Basis)[keyof typeof Basis];

export const PolyFlag = {
  /** the caller vouches that every message is a real number inside [a, b] */
  PROMISED: 1
} as const;
export type PolyFlag = (typeof PolyFlag)[keyof typeof PolyFlag];

export const POLY_DEGREE_MAX = 1023;

/** Which keys a bootstrap asks for, jfhe_bootstrap_rotations. */
export const BootstrapKeys = {
  /** a key a rotation: least work; 27 rotations for 2^15 slots of `deep` */
  MANY_KEYS: 0,
  /** a key a stage of the transforms and one more, 4 at full packing: other rotations are walked to */
  FEW_KEYS: 1,
  /** added to one of the two: plaintexts are made by jfhe_bootstrap_prepare or the first bootstrap */
  WHEN_NEEDED: 4
} as const;
export type BootstrapKeys = (typeof BootstrapKeys)[keyof typeof BootstrapKeys];

export const BOOTSTRAP_MANY_MAX = 8;

export const ObjectKind = {
  /** a parameter literal with its primes and levels */
  PARAMS: 1,
  /** a ciphertext of degree 1 or 2 */
  CT: 2,
  /** a public encryption key */
  PK: 3,
  /** one switching key */
  EVK: 4,
  /** a secret key: never leaves its holder's machine */
  SK: 5
} as const;
export type ObjectKind = (typeof ObjectKind)[keyof typeof ObjectKind];

export const Encoding = {
  /** 64-bit words; a switching key can be mapped */
  RAW: 1,
  /** 48-bit words */
  PACKED: 2,
  /** 48-bit words, the uniform half as a seed: fresh ciphertexts and keys */
  SEEDED: 3,
  /** 64-bit words, the uniform half as a seed; keys only, can be mapped */
  RAW_SEEDED: 4,
  /** secret keys: 2 bits a coefficient */
  TERNARY: 5,
  /** parameters */
  LITERAL: 6
} as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];

export const Scheme = {
  NONE: 0,
  CKKS: 1,
  /** and BFV: exact integers */
  BGV: 2
} as const;
export type Scheme = (typeof Scheme)[keyof typeof Scheme];

/** fixed part of a header */
export const HEADER_BYTES = 256;
/** with the longest table of digits */
export const HEADER_BYTES_MAX = 1280;

/** operations */
export const PROGRAM_NODES_MAX = 16777216;
/** vectors, polynomials and maps together */
export const PROGRAM_TABLES_MAX = 1048576;
/** bytes of a name of an input or output, UTF-8, no control characters */
export const NAME_MAX = 255;

/** Passes in their order. `stop_after` ends planning behind one; jfhe_plan_text then prints what it left. */
export const Pass = {
  /** the program as given */
  INPUT: 0,
  /** constants folded, neutral operations and unused values dropped            from -O1 */
  SIMPLIFY: 1,
  /** equal operations made once                                                from -O1 */
  CSE: 2,
  /** sums of products share one relinearisation and one rescaling ("lazy")    from -O2 */
  PRODUCTS: 3,
  /** where levels end: the row of cuts through the program that costs the fewest bootstraps        always */
  BOOTSTRAPS: 4,
  /** each value as low as its uses allow, rescalings and level changes placed; below -O1: as high */
  LEVELS: 5,
  /** inputs of a smaller ring lifted, outputs lowered; the ring holds the depth, else refused with the numbers */
  RING: 6,
  /** absent Galois elements made of present ones; rotations of one value hoisted; sums merged from -O2 */
  ROTATIONS: 7,
  /** level, scale, worst and probable error of every value */
  BOUNDS: 8,
  /** order, groups, last uses, memory and time */
  SCHEDULE: 9,
  COUNT: 10
} as const;
export type Pass = (typeof Pass)[keyof typeof Pass];

export const PlanFlag = {
  /** on a rung, a bootstrap of all slots brings the repetitions of vectors of fewer back, each by itself; not for sharing */
  APART: 1
} as const;
export type PlanFlag = (typeof PlanFlag)[keyof typeof PlanFlag];

export const RunEvent = {
  /** input `number` is needed: jfhe_run_give it and go on */
  WANTS: 1,
  /** output `number` is ready: jfhe_run_take it, now or later */
  OUTPUT: 2,
  /** the time slice is over */
  PAUSE: 3,
  DONE: 4
} as const;
export type RunEvent = (typeof RunEvent)[keyof typeof RunEvent];

export const TABLE_MAX = 4096;

/** What a header says. Fields that an object does not have are 0. */
export interface Info {
  readonly version: number;
  /** enum jfhe_object */
  readonly object: number;
  /** enum jfhe_encoding */
  readonly encoding: number;
  /** enum jfhe_scheme */
  readonly scheme: number;
  readonly logN: number;
  readonly level: number;
  /** primes of the subset, specials included */
  readonly limbs: number;
  /** enum jfhe_form */
  readonly form: number;
  /** enum jfhe_packing */
  readonly packing: number;
  readonly logSlots: number;
  readonly degree: number;
  /** enum jfhe_evk_kind */
  readonly kind: number;
  readonly galois: number;
  readonly digits: number;
  /** lift and lower: the smaller ring */
  readonly logNOther: number;
  /** of integers: t */
  readonly modulus: number;
  readonly headerBytes: bigint;
  /** of the whole container */
  readonly totalBytes: bigint;
  /** of the object's residues once read */
  readonly memoryBytes: bigint;
  readonly scale: number;
  readonly magnitude: number;
  /** 0 for integers */
  readonly errorWorst: number;
  readonly errorSd: number;
  /** as jfhe_ct_error_probable */
  readonly errorProbable: number;
  readonly paramsHash: Uint8Array;
  /** the secret it opens under, or switches to */
  readonly keyId: Uint8Array;
  /** switching keys: the secret switched from */
  readonly fromId: Uint8Array;
}

/** Bytes of a jfhe_info. */
export const INFO_BYTES = 192;

/** A copy of the jfhe_info at an address. */
export function readInfo(memory: ArrayBuffer, at: Ptr<'jfhe_info'>): Info {
  const view = new DataView(memory);
  return {
    version: view.getUint32(at, true),
    object: view.getUint32(at + 4, true),
    encoding: view.getUint32(at + 8, true),
    scheme: view.getUint32(at + 12, true),
    logN: view.getUint32(at + 16, true),
    level: view.getUint32(at + 20, true),
    limbs: view.getUint32(at + 24, true),
    form: view.getUint32(at + 28, true),
    packing: view.getUint32(at + 32, true),
    logSlots: view.getUint32(at + 36, true),
    degree: view.getUint32(at + 40, true),
    kind: view.getUint32(at + 44, true),
    galois: view.getUint32(at + 48, true),
    digits: view.getUint32(at + 52, true),
    logNOther: view.getUint32(at + 56, true),
    modulus: view.getUint32(at + 60, true),
    headerBytes: view.getBigUint64(at + 64, true),
    totalBytes: view.getBigUint64(at + 72, true),
    memoryBytes: view.getBigUint64(at + 80, true),
    scale: view.getFloat64(at + 88, true),
    magnitude: view.getFloat64(at + 96, true),
    errorWorst: view.getFloat64(at + 104, true),
    errorSd: view.getFloat64(at + 112, true),
    errorProbable: view.getFloat64(at + 120, true),
    paramsHash: new Uint8Array(memory, at + 128, 32).slice(),
    keyId: new Uint8Array(memory, at + 160, 16).slice(),
    fromId: new Uint8Array(memory, at + 176, 16).slice()
  };
}

/** What a machine takes: seconds. Zero fields stand for the library's own figures. */
export interface Costs {
  /** one NTT of one residue, over N log2 N */
  readonly transform: number;
  /** one modular product and its traffic, a word */
  readonly product: number;
  /** a sum or copy, a word */
  readonly traffic: number;
  /** encoding a vector, over N log2 N, without its NTTs */
  readonly encode: number;
}

/** Bytes of a jfhe_costs. */
export const COSTS_BYTES = 32;

/** A copy of the jfhe_costs at an address. */
export function readCosts(memory: ArrayBuffer, at: Ptr<'jfhe_costs'>): Costs {
  const view = new DataView(memory);
  return {
    transform: view.getFloat64(at, true),
    product: view.getFloat64(at + 8, true),
    traffic: view.getFloat64(at + 16, true),
    encode: view.getFloat64(at + 24, true)
  };
}

export interface PlanOptions {
  /** 0 to 3 */
  readonly optLevel: number;
  /** enum jfhe_pass; JFHE_PASS_SCHEDULE to run */
  readonly stopAfter: number;
  /** levels that outputs should still have, as far as the inputs' levels allow */
  readonly keepLevels: number;
  /** of enum jfhe_plan_flag */
  readonly flags: number;
  /** bytes; 0: none. A plan that needs more is refused with both numbers. */
  readonly memoryLimit: bigint;
  readonly costs: Costs;
}

/** Bytes of a jfhe_plan_options. */
export const PLAN_OPTIONS_BYTES = 56;

/** A copy of the jfhe_plan_options at an address. */
export function readPlanOptions(memory: ArrayBuffer, at: Ptr<'jfhe_plan_options'>): PlanOptions {
  const view = new DataView(memory);
  return {
    optLevel: view.getUint32(at, true),
    stopAfter: view.getUint32(at + 4, true),
    keepLevels: view.getUint32(at + 8, true),
    flags: view.getUint32(at + 12, true),
    memoryLimit: view.getBigUint64(at + 16, true),
    costs: readCosts(memory, (at + 24) as Ptr<'jfhe_costs'>)
  };
}

/** What a plan foresees. */
export interface Forecast {
  /** on one thread */
  readonly seconds: number;
  /** peak: ciphertexts, scratch, encoded vectors; inputs from when they are given; keys apart */
  readonly memoryBytes: bigint;
  /** resident bytes of the switching keys that it uses */
  readonly keyBytes: bigint;
  /** of the plan itself */
  readonly planBytes: bigint;
  /** after planning */
  readonly operations: number;
  /** relinearisations */
  readonly products: number;
  /** key switches of rotations */
  readonly rotations: number;
  /** levels from the highest input to the lowest output; with bootstraps: products in a row */
  readonly depth: number;
  /** levels that the inputs must have */
  readonly levelIn: number;
  /** placed, or the program's own */
  readonly bootstraps: number;
  /** inputs brought up from the smaller ring */
  readonly lifts: number;
  /** outputs brought down to it */
  readonly lowers: number;
}

/** Bytes of a jfhe_forecast. */
export const FORECAST_BYTES = 64;

/** A copy of the jfhe_forecast at an address. */
export function readForecast(memory: ArrayBuffer, at: Ptr<'jfhe_forecast'>): Forecast {
  const view = new DataView(memory);
  return {
    seconds: view.getFloat64(at, true),
    memoryBytes: view.getBigUint64(at + 8, true),
    keyBytes: view.getBigUint64(at + 16, true),
    planBytes: view.getBigUint64(at + 24, true),
    operations: view.getUint32(at + 32, true),
    products: view.getUint32(at + 36, true),
    rotations: view.getUint32(at + 40, true),
    depth: view.getUint32(at + 44, true),
    levelIn: view.getUint32(at + 48, true),
    bootstraps: view.getUint32(at + 52, true),
    lifts: view.getUint32(at + 56, true),
    lowers: view.getUint32(at + 60, true)
  };
}

/** What has happened, and how far it is. */
export interface RunState {
  /** enum jfhe_run_event */
  readonly event: number;
  /** of the input or output */
  readonly number: number;
  /** share of the forecast time, 0 to 1 */
  readonly done: number;
  /** by the pace so far, the forecast at first */
  readonly secondsLeft: number;
  /** bytes held */
  readonly memoryNow: bigint;
  /** so far */
  readonly memoryPeak: bigint;
}

/** Bytes of a jfhe_run_state. */
export const RUN_STATE_BYTES = 40;

/** A copy of the jfhe_run_state at an address. */
export function readRunState(memory: ArrayBuffer, at: Ptr<'jfhe_run_state'>): RunState {
  const view = new DataView(memory);
  return {
    event: view.getUint32(at, true),
    number: view.getUint32(at + 4, true),
    done: view.getFloat64(at + 8, true),
    secondsLeft: view.getFloat64(at + 16, true),
    memoryNow: view.getBigUint64(at + 24, true),
    memoryPeak: view.getBigUint64(at + 32, true)
  };
}

/** The names that a jfhe.wasm of this version exports. */
export const EXPORTS = [
  'free',
  'jfhe_bgv_add',
  'jfhe_bgv_add_const',
  'jfhe_bgv_add_pt',
  'jfhe_bgv_basis',
  'jfhe_bgv_budget',
  'jfhe_bgv_decode',
  'jfhe_bgv_decode_scratch',
  'jfhe_bgv_encode',
  'jfhe_bgv_encode_scratch',
  'jfhe_bgv_equal',
  'jfhe_bgv_equal_const',
  'jfhe_bgv_free',
  'jfhe_bgv_inner_sum',
  'jfhe_bgv_join',
  'jfhe_bgv_map_apply',
  'jfhe_bgv_map_free',
  'jfhe_bgv_map_new',
  'jfhe_bgv_map_rotations',
  'jfhe_bgv_map_scratch',
  'jfhe_bgv_map_swaps',
  'jfhe_bgv_modulus',
  'jfhe_bgv_mul',
  'jfhe_bgv_mul_const',
  'jfhe_bgv_mul_pt',
  'jfhe_bgv_mul_scratch',
  'jfhe_bgv_mul_sum',
  'jfhe_bgv_mul_sum_scratch',
  'jfhe_bgv_neg',
  'jfhe_bgv_new',
  'jfhe_bgv_poly',
  'jfhe_bgv_poly_scratch',
  'jfhe_bgv_pow',
  'jfhe_bgv_rotate',
  'jfhe_bgv_rotate_all',
  'jfhe_bgv_rotate_all_scratch',
  'jfhe_bgv_rotate_scratch',
  'jfhe_bgv_slots',
  'jfhe_bgv_sub',
  'jfhe_bgv_sub_pt',
  'jfhe_bgv_sum_scratch',
  'jfhe_bgv_swap',
  'jfhe_bgv_to_level',
  'jfhe_bgv_to_level_scratch',
  'jfhe_bootstrap_bytes',
  'jfhe_bootstrap_bytes_whole',
  'jfhe_bootstrap_free',
  'jfhe_bootstrap_level_in',
  'jfhe_bootstrap_level_out',
  'jfhe_bootstrap_level_sine',
  'jfhe_bootstrap_levels',
  'jfhe_bootstrap_lighten',
  'jfhe_bootstrap_magnitude',
  'jfhe_bootstrap_many_scratch',
  'jfhe_bootstrap_new',
  'jfhe_bootstrap_precise_scratch',
  'jfhe_bootstrap_prepare',
  'jfhe_bootstrap_rotations',
  'jfhe_bootstrap_scratch',
  'jfhe_bootstrap_wants',
  'jfhe_bridge_scratch',
  'jfhe_bridge_to_bgv',
  'jfhe_bridge_to_ckks',
  'jfhe_bridge_unit',
  'jfhe_ckks_add',
  'jfhe_ckks_add_const',
  'jfhe_ckks_add_pt',
  'jfhe_ckks_bootstrap',
  'jfhe_ckks_bootstrap_many',
  'jfhe_ckks_bootstrap_precise',
  'jfhe_ckks_bound_mul',
  'jfhe_ckks_conjugate',
  'jfhe_ckks_decode',
  'jfhe_ckks_decode_scratch',
  'jfhe_ckks_drop_level',
  'jfhe_ckks_encode',
  'jfhe_ckks_encode_fresh',
  'jfhe_ckks_encode_scratch',
  'jfhe_ckks_gather',
  'jfhe_ckks_gather_scratch',
  'jfhe_ckks_inner_sum',
  'jfhe_ckks_inner_sum_scratch',
  'jfhe_ckks_lookup',
  'jfhe_ckks_mul',
  'jfhe_ckks_mul_const',
  'jfhe_ckks_mul_i',
  'jfhe_ckks_mul_int',
  'jfhe_ckks_mul_lazy',
  'jfhe_ckks_mul_pt',
  'jfhe_ckks_mul_scratch',
  'jfhe_ckks_neg',
  'jfhe_ckks_relin',
  'jfhe_ckks_relin_rescale',
  'jfhe_ckks_rescale',
  'jfhe_ckks_rescale_scratch',
  'jfhe_ckks_rotate',
  'jfhe_ckks_rotate_many',
  'jfhe_ckks_rotate_many_scratch',
  'jfhe_ckks_rotate_scratch',
  'jfhe_ckks_settle',
  'jfhe_ckks_square',
  'jfhe_ckks_sub',
  'jfhe_ckks_sub_pt',
  'jfhe_ckks_switch_key',
  'jfhe_ckks_to_level',
  'jfhe_costs_measure',
  'jfhe_ct_bytes',
  'jfhe_ct_copy',
  'jfhe_ct_degree',
  'jfhe_ct_error_probable',
  'jfhe_ct_error_worst',
  'jfhe_ct_free',
  'jfhe_ct_inspect',
  'jfhe_ct_key_id',
  'jfhe_ct_level',
  'jfhe_ct_log_slots',
  'jfhe_ct_magnitude',
  'jfhe_ct_new',
  'jfhe_ct_packing',
  'jfhe_ct_read',
  'jfhe_ct_scale',
  'jfhe_ct_write',
  'jfhe_ct_write_size',
  'jfhe_ctx_backend',
  'jfhe_ctx_dnum',
  'jfhe_ctx_free',
  'jfhe_ctx_hash',
  'jfhe_ctx_levels',
  'jfhe_ctx_limbs',
  'jfhe_ctx_log_n',
  'jfhe_ctx_log_q',
  'jfhe_ctx_log_qp',
  'jfhe_ctx_name',
  'jfhe_ctx_new_custom',
  'jfhe_ctx_new_from_container',
  'jfhe_ctx_new_preset',
  'jfhe_ctx_primes',
  'jfhe_ctx_scale',
  'jfhe_ctx_security',
  'jfhe_ctx_set_threads',
  'jfhe_ctx_slots',
  'jfhe_ctx_specials',
  'jfhe_ctx_step',
  'jfhe_ctx_threads',
  'jfhe_ctx_write',
  'jfhe_ctx_write_size',
  'jfhe_decrypt',
  'jfhe_decrypt_scratch',
  'jfhe_encoding_text',
  'jfhe_encrypt',
  'jfhe_encrypt_public',
  'jfhe_encrypt_scratch',
  'jfhe_evk_bytes',
  'jfhe_evk_compose',
  'jfhe_evk_digits',
  'jfhe_evk_expand',
  'jfhe_evk_free',
  'jfhe_evk_galois',
  'jfhe_evk_kind_of',
  'jfhe_evk_level',
  'jfhe_evk_map',
  'jfhe_evk_read',
  'jfhe_evk_write',
  'jfhe_evk_write_size',
  'jfhe_galois_conjugate',
  'jfhe_galois_rotate',
  'jfhe_inner_sum_hoisted',
  'jfhe_inner_sum_rotations',
  'jfhe_inspect',
  'jfhe_keygen_bootstrap',
  'jfhe_keygen_galois',
  'jfhe_keygen_lift',
  'jfhe_keygen_lower',
  'jfhe_keygen_parent',
  'jfhe_keygen_public',
  'jfhe_keygen_relin',
  'jfhe_keygen_switch',
  'jfhe_keyring_add',
  'jfhe_keyring_count',
  'jfhe_keyring_derive',
  'jfhe_keyring_free',
  'jfhe_keyring_galois',
  'jfhe_keyring_new',
  'jfhe_keyring_relin',
  'jfhe_last_error',
  'jfhe_lift',
  'jfhe_lift_level',
  'jfhe_lift_scratch',
  'jfhe_lift_slots',
  'jfhe_lift_slots_scratch',
  'jfhe_linmap_apply',
  'jfhe_linmap_cached',
  'jfhe_linmap_diagonals',
  'jfhe_linmap_free',
  'jfhe_linmap_new_array',
  'jfhe_linmap_new_ladder',
  'jfhe_linmap_norm',
  'jfhe_linmap_prepare',
  'jfhe_linmap_rotations',
  'jfhe_linmap_scratch',
  'jfhe_linmap_set_cap',
  'jfhe_lower',
  'jfhe_lower_level',
  'jfhe_lower_scratch',
  'jfhe_lower_slots',
  'jfhe_lower_slots_scratch',
  'jfhe_object_text',
  'jfhe_pass_name',
  'jfhe_pk_free',
  'jfhe_pk_read',
  'jfhe_pk_write',
  'jfhe_pk_write_size',
  'jfhe_plan_forecast',
  'jfhe_plan_free',
  'jfhe_plan_hash',
  'jfhe_plan_new',
  'jfhe_plan_new_on',
  'jfhe_plan_new_with',
  'jfhe_plan_options_init',
  'jfhe_plan_output',
  'jfhe_plan_rotations',
  'jfhe_plan_text',
  'jfhe_poly_degree',
  'jfhe_poly_depth',
  'jfhe_poly_eval',
  'jfhe_poly_eval_scratch',
  'jfhe_poly_free',
  'jfhe_poly_new',
  'jfhe_poly_relins',
  'jfhe_poly_sup',
  'jfhe_poly_value',
  'jfhe_program_add',
  'jfhe_program_add_const',
  'jfhe_program_add_vector',
  'jfhe_program_apply_linmap',
  'jfhe_program_apply_poly',
  'jfhe_program_bootstrap',
  'jfhe_program_conjugate',
  'jfhe_program_free',
  'jfhe_program_hash',
  'jfhe_program_inner_sum',
  'jfhe_program_input',
  'jfhe_program_input_name',
  'jfhe_program_inputs',
  'jfhe_program_level',
  'jfhe_program_linmap',
  'jfhe_program_log_slots',
  'jfhe_program_lookup',
  'jfhe_program_mul',
  'jfhe_program_mul_const',
  'jfhe_program_mul_vector',
  'jfhe_program_neg',
  'jfhe_program_new',
  'jfhe_program_nodes',
  'jfhe_program_output',
  'jfhe_program_output_name',
  'jfhe_program_outputs',
  'jfhe_program_poly',
  'jfhe_program_promise',
  'jfhe_program_read',
  'jfhe_program_rotate',
  'jfhe_program_settle',
  'jfhe_program_sub',
  'jfhe_program_vector',
  'jfhe_program_write',
  'jfhe_program_write_size',
  'jfhe_pt_error',
  'jfhe_pt_free',
  'jfhe_pt_level',
  'jfhe_pt_new',
  'jfhe_pt_scale',
  'jfhe_release',
  'jfhe_release_scratch',
  'jfhe_rotate_sum',
  'jfhe_rotate_sum_scratch',
  'jfhe_run_advance',
  'jfhe_run_cancel',
  'jfhe_run_free',
  'jfhe_run_give',
  'jfhe_run_lend',
  'jfhe_run_new',
  'jfhe_run_take',
  'jfhe_rung_free',
  'jfhe_rung_new',
  'jfhe_security_limit',
  'jfhe_sk_free',
  'jfhe_sk_from_entropy',
  'jfhe_sk_id',
  'jfhe_sk_new',
  'jfhe_sk_read',
  'jfhe_sk_releases',
  'jfhe_sk_write',
  'jfhe_sk_write_size',
  'jfhe_status_text',
  'jfhe_table_digits',
  'jfhe_table_free',
  'jfhe_table_level_in',
  'jfhe_table_level_out',
  'jfhe_table_new',
  'jfhe_table_scratch',
  'malloc'
] as const;

/** One method an export. Those that return a status throw what `fail` makes of a failure. */
export class Calls {
  constructor(
    private readonly x: Exports,
    private readonly fail: (status: number) => Error
  ) {}

  private check(status: number): void {
    if (status !== 0) throw this.fail(status);
  }

  // ---- jfhe/status.h ----

  /** One plain English clause for a status; never null, never allocated. */
  statusText(status: number): Ptr<'char'> {
    return (this.x.jfhe_status_text(status) >>> 0) as Ptr<'char'>;
  }

  /**
   * Detail of the last failure on this thread: which limit, which value; public data only.
   * Empty string if there was none. Valid until the next failing call on the thread.
   */
  lastError(): Ptr<'char'> {
    return (this.x.jfhe_last_error() >>> 0) as Ptr<'char'>;
  }

  // ---- jfhe/params.h ----

  /**
   * Make the context of a preset: "stats-lite", "stats" (the default), "ml", "deep", "deep-lean" or "deep-small" for numbers, "exact" or "exact-deep" for integers.
   *
   * Memory  16 to 80 MB of tables by ring degree.
   * Time    10 to 500 ms.
   * Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for an unknown name (jfhe_last_error lists the names),
   *         JFHE_ERR_MEMORY.
   */
  ctxNewPreset(out: Ptr<'jfhe_ctx*'>, name: Ptr<'char'>): void {
    this.check(this.x.jfhe_ctx_new_preset(out, name));
  }

  /**
   * Build parameters for a depth and a precision.
   *
   * log_n       10 to 17, or 0 for the smallest ring that meets `security`.
   * depth       multiplications in a row, 0 to 60.
   * scale_bits  30 to 58: bits of the scale; the slots keep about scale_bits - log_n - 5 bits after a multiplication. Above 48 each
   *             level is a ratio of primes.
   * first_bits  bits of the last modulus, >= scale_bits + 2 (at most 48 + ...); 0 for scale_bits + 2 where it fits, else two primes.
   * specials    key switching primes of 48 bits, 1 to 16; 0 lets the library weigh key size against speed.
   * security    128, 192 or 256.
   *
   * Returns JFHE_ERR_PARAMS for values out of these ranges, JFHE_ERR_SECURITY when no ring, or not the ring asked for, carries the
   *         modulus; jfhe_last_error names the limit and the bits wanted.
   */
  ctxNewCustom(out: Ptr<'jfhe_ctx*'>, logN: number, depth: number, scaleBits: number, firstBits: number, specials:
    number, security: number): void {
    this.check(this.x.jfhe_ctx_new_custom(out, logN, depth, scaleBits, firstBits, specials, security));
  }

  ctxFree(ctx: Ptr<'jfhe_ctx'>): void {
    this.x.jfhe_ctx_free(ctx);
  }

  /** Give the context's operations threads >= 1 of its own (1 at first). Not while operations run. */
  ctxSetThreads(ctx: Ptr<'jfhe_ctx'>, threads: number): void {
    this.check(this.x.jfhe_ctx_set_threads(ctx, threads));
  }

  ctxThreads(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_threads(ctx) >>> 0;
  }

  /** preset name, or "custom" */
  ctxName(ctx: Ptr<'jfhe_ctx'>): Ptr<'char'> {
    return (this.x.jfhe_ctx_name(ctx) >>> 0) as Ptr<'char'>;
  }

  /** "ref", "avx2", "avx512ifma", "wasm128" */
  ctxBackend(ctx: Ptr<'jfhe_ctx'>): Ptr<'char'> {
    return (this.x.jfhe_ctx_backend(ctx) >>> 0) as Ptr<'char'>;
  }

  ctxLogN(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_log_n(ctx) >>> 0;
  }

  /** complex slots: N/2 */
  ctxSlots(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_slots(ctx) >>> 0;
  }

  /** top level L: multiplications in a row */
  ctxLevels(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_levels(ctx) >>> 0;
  }

  /** all primes, specials included */
  ctxPrimes(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_primes(ctx) >>> 0;
  }

  ctxSpecials(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_specials(ctx) >>> 0;
  }

  /** digits of a key switch at the top level */
  ctxDnum(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_dnum(ctx) >>> 0;
  }

  /** residues of a ciphertext at a level */
  ctxLimbs(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ctx_limbs(ctx, level) >>> 0;
  }

  /** log2 of the modulus at a level */
  ctxLogQ(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ctx_log_q(ctx, level);
  }

  /** log2 of the largest published modulus */
  ctxLogQp(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_log_qp(ctx);
  }

  /** bits: 128, 192, 256; 0 for test parameters */
  ctxSecurity(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_security(ctx) >>> 0;
  }

  /** canonical scale at a level */
  ctxScale(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ctx_scale(ctx, level);
  }

  /** what rescaling from a level divides by; 0 at level 0 */
  ctxStep(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ctx_step(ctx, level);
  }

  /** SHA-256 over the canonical literal (degree, primes, levels); JFHE_HASH_BYTES long. */
  ctxHash(ctx: Ptr<'jfhe_ctx'>, hash: Ptr<'uint8_t'>): void {
    this.x.jfhe_ctx_hash(ctx, hash);
  }

  /** Largest log2(QP) allowed for a degree, ternary secret; 0 when the table has none. log_n in [10, 17]. */
  securityLimit(logN: number, security: number): number {
    return this.x.jfhe_security_limit(logN, security) >>> 0;
  }

  // ---- jfhe/ciphertext.h ----

  /** An empty ciphertext with room for `degree` (1 or 2) at `level`, to be filled as an output. */
  ctNew(out: Ptr<'jfhe_ct*'>, ctx: Ptr<'jfhe_ctx'>, degree: number, level: number): void {
    this.check(this.x.jfhe_ct_new(out, ctx, degree, level));
  }

  ctFree(ct: Ptr<'jfhe_ct'>): void {
    this.x.jfhe_ct_free(ct);
  }

  /** out = a, limbs and metadata. JFHE_ERR_FORM when out has too little room. */
  ctCopy(out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ct_copy(out, a));
  }

  ctDegree(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_degree(ct) >>> 0;
  }

  ctLevel(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_level(ct) >>> 0;
  }

  ctPacking(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_packing(ct) >>> 0;
  }

  ctLogSlots(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_log_slots(ct) >>> 0;
  }

  ctScale(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_scale(ct);
  }

  /** bound on |message slot| */
  ctMagnitude(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_magnitude(ct);
  }

  /** bound on the absolute error of a slot, proved; 0 for integers */
  ctErrorWorst(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_error_worst(ct);
  }

  /** bound that holds for all slots with about 99.99 % chance */
  ctErrorProbable(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_error_probable(ct);
  }

  /** bytes of its limbs in memory */
  ctBytes(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ct_bytes(ct) >>> 0;
  }

  ctKeyId(ct: Ptr<'jfhe_ct'>, id: Ptr<'uint8_t'>): void {
    this.x.jfhe_ct_key_id(ct, id);
  }

  ptNew(out: Ptr<'jfhe_pt*'>, ctx: Ptr<'jfhe_ctx'>, level: number): void {
    this.check(this.x.jfhe_pt_new(out, ctx, level));
  }

  ptFree(pt: Ptr<'jfhe_pt'>): void {
    this.x.jfhe_pt_free(pt);
  }

  ptLevel(pt: Ptr<'jfhe_pt'>): number {
    return this.x.jfhe_pt_level(pt) >>> 0;
  }

  ptScale(pt: Ptr<'jfhe_pt'>): number {
    return this.x.jfhe_pt_scale(pt);
  }

  // ---- jfhe/keys.h ----

  evkFree(key: Ptr<'jfhe_evk'>): void {
    this.x.jfhe_evk_free(key);
  }

  pkFree(key: Ptr<'jfhe_pk'>): void {
    this.x.jfhe_pk_free(key);
  }

  evkKindOf(key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_evk_kind_of(key) >>> 0;
  }

  /** g, or 0 */
  evkGalois(key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_evk_galois(key) >>> 0;
  }

  /** highest level it serves */
  evkLevel(key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_evk_level(key) >>> 0;
  }

  evkDigits(key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_evk_digits(key) >>> 0;
  }

  /** resident bytes */
  evkBytes(key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_evk_bytes(key) >>> 0;
  }

  /** Keep the public half in memory too, instead of expanding it at each use: faster where memory is, twice the bytes. */
  evkExpand(key: Ptr<'jfhe_evk'>): void {
    this.check(this.x.jfhe_evk_expand(key));
  }

  keyringNew(out: Ptr<'jfhe_keyring*'>, ctx: Ptr<'jfhe_ctx'>): void {
    this.check(this.x.jfhe_keyring_new(out, ctx));
  }

  keyringFree(ring: Ptr<'jfhe_keyring'>): void {
    this.x.jfhe_keyring_free(ring);
  }

  /** Takes ownership on success. A second key of the same purpose replaces the first when it serves a higher level. */
  keyringAdd(ring: Ptr<'jfhe_keyring'>, key: Ptr<'jfhe_evk'>): void {
    this.check(this.x.jfhe_keyring_add(ring, key));
  }

  /** Null when absent. */
  keyringRelin(ring: Ptr<'jfhe_keyring'>): Ptr<'jfhe_evk'> {
    return (this.x.jfhe_keyring_relin(ring) >>> 0) as Ptr<'jfhe_evk'>;
  }

  keyringGalois(ring: Ptr<'jfhe_keyring'>, galois: number): Ptr<'jfhe_evk'> {
    return (this.x.jfhe_keyring_galois(ring, galois) >>> 0) as Ptr<'jfhe_evk'>;
  }

  keyringCount(ring: Ptr<'jfhe_keyring'>): number {
    return this.x.jfhe_keyring_count(ring) >>> 0;
  }

  /** The Galois element of a rotation to the left by k slots (k may be negative); conjugation is jfhe_galois_conjugate. */
  galoisRotate(ctx: Ptr<'jfhe_ctx'>, k: number): number {
    return this.x.jfhe_galois_rotate(ctx, k) >>> 0;
  }

  galoisConjugate(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_galois_conjugate(ctx) >>> 0;
  }

  /**
   * Derive the key of rotation a+b from the keys of a and b; of Galois elements, the product. Needs no secret. [LLKN22]
   *
   * parent_a  a key of jfhe_keygen_parent, or one derived by this function with such a parent; null for the identity: the result is
   *           then the key of b itself in the form of a derived one, from which others can start.
   * parent_b  a key of jfhe_keygen_parent.
   * Error     that of a key's pair grows by one key switch a derivation; rotations with the key say so in their bounds.
   * Memory    allocates the key, both halves of it, and while it runs four polynomials and a key switch's scratch.
   *
   * Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for another null pointer; JFHE_ERR_CONTEXT; JFHE_ERR_KEY when parent_b is no
   *         parent, parent_a neither a parent nor derived, or the two are of different secrets; JFHE_ERR_MEMORY.
   */
  evkCompose(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, parentA: Ptr<'jfhe_evk'>, parentB: Ptr<'jfhe_evk'>): void {
    this.check(this.x.jfhe_evk_compose(out, ctx, parentA, parentB));
  }

  // ---- jfhe/bgv.h ----

  /**
   * The space of integers modulo t.
   *
   * t       a prime, 1 modulo 16, below every prime of the context.
   * Memory  about 16 bytes a slot.
   * Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for a null pointer; JFHE_ERR_PARAMS for another t; JFHE_ERR_MEMORY.
   */
  bgvNew(out: Ptr<'jfhe_bgv*'>, ctx: Ptr<'jfhe_ctx'>, t: number): void {
    this.check(this.x.jfhe_bgv_new(out, ctx, t));
  }

  bgvFree(b: Ptr<'jfhe_bgv'>): void {
    this.x.jfhe_bgv_free(b);
  }

  bgvModulus(b: Ptr<'jfhe_bgv'>): number {
    return this.x.jfhe_bgv_modulus(b) >>> 0;
  }

  /** n; rows of n/2 */
  bgvSlots(b: Ptr<'jfhe_bgv'>): number {
    return this.x.jfhe_bgv_slots(b) >>> 0;
  }

  /**
   * Encode integers into a plaintext at a level; missing slots are 0.
   *
   * values  count <= n integers; slots 0 .. n/2-1 are the first row. They are taken modulo t.
   * bound   declared bound on |values|, 0 for (t-1)/2.
   * use     enum jfhe_bgv_use.
   * Memory  scratch >= jfhe_bgv_encode_scratch(b) bytes.
   * Time    independent of the values, but for JFHE_BGV_FACTOR.
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_VALUE for a value beyond the bound; JFHE_ERR_ARG for a negative bound, more values
   *         than slots, or another use; JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH.
   */
  bgvEncode(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_pt'>, values: Ptr<'int64_t'>, count: number, bound: number, use: number,
    level: number, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_encode(b, out, values, count, bound, use, level, scratch, scratchLen));
  }

  bgvEncodeScratch(b: Ptr<'jfhe_bgv'>): number {
    return this.x.jfhe_bgv_encode_scratch(b) >>> 0;
  }

  /**
   * Integers of a decrypted plaintext, centred modulo t, exactly. count <= n.
   * Returns JFHE_ERR_FORM for a plaintext that is not a decrypted one of this t.
   */
  bgvDecode(b: Ptr<'jfhe_bgv'>, values: Ptr<'int64_t'>, count: number, pt: Ptr<'jfhe_pt'>, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_bgv_decode(b, values, count, pt, scratch, scratchLen));
  }

  bgvDecodeScratch(b: Ptr<'jfhe_bgv'>): number {
    return this.x.jfhe_bgv_decode_scratch(b) >>> 0;
  }

  /** Bits of noise that a ciphertext can still take: log2 of half its modulus over the bound on its noise. */
  bgvBudget(ct: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_bgv_budget(ct);
  }

  /**
   * Ciphertexts of one level always meet; where their plaintext factors differ (a product that kept its level), both are multiplied by numbers
   * below about sqrt(t), and so is their noise.
   */
  bgvAdd(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_bgv_add(b, out, a, c));
  }

  bgvSub(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_bgv_sub(b, out, a, c));
  }

  bgvNeg(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_bgv_neg(b, out, a));
  }

  /** c: a JFHE_BGV_TERM of a's level. JFHE_ERR_SCALE when a's plaintext factor is not its level's (jfhe_bgv_to_level mends that). */
  bgvAddPt(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_bgv_add_pt(b, out, a, c));
  }

  bgvSubPt(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_bgv_sub_pt(b, out, a, c));
  }

  /** Add k to every slot. */
  bgvAddConst(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number): void {
    this.check(this.x.jfhe_bgv_add_const(b, out, a, k));
  }

  /** Multiply every slot by k: the noise grows by |k| modulo t, centred; no level. */
  bgvMulConst(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number): void {
    this.check(this.x.jfhe_bgv_mul_const(b, out, a, k));
  }

  /**
   * Multiply slot by slot, relinearise, and drop a level unless told otherwise.
   *
   * out[i] = a[i] * c[i] modulo t, exactly.
   * Shapes  a, c: one level l; c may be a.  out: level `level`, l or l-1. At l the noise is not divided.
   * Memory  scratch >= jfhe_bgv_mul_scratch(ctx, l) bytes.
   * Time    independent of messages.
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL, JFHE_ERR_KEY, JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH.
   */
  bgvMul(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_ct'>, level: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_mul(b, out, a, c, level, keys, scratch, scratchLen));
  }

  bgvMulScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_mul_scratch(ctx, level) >>> 0;
  }

  /**
   * A sum of products for one relinearisation: out[i] = sum over p < count of a[p][i] * c[p][i] modulo t, exactly.
   *
   * Shapes  a, c: count >= 1 ciphertexts each, all of one level l and with their level's plaintext factor. out: level `level`, l or l-1;
   *         it may be a factor.
   * Memory  scratch >= jfhe_bgv_mul_sum_scratch(ctx, l) bytes.
   * Time    independent of messages.
   * Returns JFHE_OK, else out is unchanged: as jfhe_bgv_mul; JFHE_ERR_SCALE when products have different plaintext factors
   *         (jfhe_bgv_to_level mends that); JFHE_ERR_ARG for count 0 or a null factor.
   */
  bgvMulSum(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct*'>, c: Ptr<'jfhe_ct*'>, count: number, level:
    number, keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_mul_sum(b, out, a, c, count, level, keys, scratch, scratchLen));
  }

  bgvMulSumScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_mul_sum_scratch(ctx, level) >>> 0;
  }

  /** c: a JFHE_BGV_FACTOR of a's level or higher. No level; the noise grows by the factor's size, about t*sqrt(N), at most t*N/2. */
  bgvMulPt(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_bgv_mul_pt(b, out, a, c));
  }

  /** Lower to a level: noise and modulus are divided by the primes that leave. a's own level only restores the level's plaintext factor. */
  bgvToLevel(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, level: number, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_bgv_to_level(b, out, a, level, scratch, scratchLen));
  }

  /** level: that of the input. */
  bgvToLevelScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_to_level_scratch(ctx, level) >>> 0;
  }

  /**
   * Rotate both rows to the left: out[i] = a[(i + k) mod n/2] in each. The keys are those of jfhe_galois_rotate(ctx, k).
   * Memory  scratch >= jfhe_bgv_rotate_scratch(ctx, a's level) bytes.
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_KEY without the key; JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH.
   */
  bgvRotate(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number, keys: Ptr<'jfhe_keyring'>, scratch:
    Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_rotate(b, out, a, k, keys, scratch, scratchLen));
  }

  /** Exchange the rows. The key is that of jfhe_galois_conjugate(ctx). Scratch and refusals as jfhe_bgv_rotate. */
  bgvSwap(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_bgv_swap(b, out, a, keys, scratch, scratchLen));
  }

  bgvRotateScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_rotate_scratch(ctx, level) >>> 0;
  }

  /**
   * Rotate all n slots as one line, the second row after the first: out[i] = a[(i + k) mod n]. Keys of the rotation by k mod n/2 and of the
   * exchange of rows. The noise grows as in a product with a plaintext, unless k is a multiple of n/2.
   * Memory  scratch >= jfhe_bgv_rotate_all_scratch(b, a's level) bytes.
   */
  bgvRotateAll(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_rotate_all(b, out, a, k, keys, scratch, scratchLen));
  }

  bgvRotateAllScratch(b: Ptr<'jfhe_bgv'>, level: number): number {
    return this.x.jfhe_bgv_rotate_all_scratch(b, level) >>> 0;
  }

  /**
   * out[i] = sum over j < count of a[i + j*stride] in each row, around its end; `rows` nonzero: and of the other row. count a power of two,
   * stride*count <= n/2. Keys of the rotations by stride*2^j, and of the exchange of rows. count = n/2, stride 1, rows: every slot
   * holds the sum of all.
   * Memory  scratch >= jfhe_bgv_sum_scratch(ctx, a's level) bytes.
   */
  bgvInnerSum(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, stride: number, count: number, rows: number,
    keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_inner_sum(b, out, a, stride, count, rows, keys, scratch, scratchLen));
  }

  bgvSumScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_sum_scratch(ctx, level) >>> 0;
  }

  /**
   * out[r] = sum over diagonals i of values_i[r] * turned_i[r], where turned_i is a with its rows rotated by i, for i < n/2, and a with its rows
   * exchanged and then rotated by i - n/2 for the others. All n diagonals together make any matrix.
   *
   * index   count distinct numbers below n;  values: count*n integers, taken modulo t.
   * Memory  one plaintext a diagonal.
   * Returns JFHE_OK, else *out is null: JFHE_ERR_ARG, JFHE_ERR_LEVEL, JFHE_ERR_MEMORY.
   */
  bgvMapNew(out: Ptr<'jfhe_bgv_map*'>, b: Ptr<'jfhe_bgv'>, index: Ptr<'uint32_t'>, count: number, values:
    Ptr<'int64_t'>, level: number): void {
    this.check(this.x.jfhe_bgv_map_new(out, b, index, count, values, level));
  }

  bgvMapFree(map: Ptr<'jfhe_bgv_map'>): void {
    this.x.jfhe_bgv_map_free(map);
  }

  /** The rotations whose keys an application needs. Writes at most `cap` of them to `k` and returns how many there are. */
  bgvMapRotations(map: Ptr<'jfhe_bgv_map'>, k: Ptr<'int32_t'>, cap: number): number {
    return this.x.jfhe_bgv_map_rotations(map, k, cap) >>> 0;
  }

  /** Nonzero when it needs the exchange of rows. */
  bgvMapSwaps(map: Ptr<'jfhe_bgv_map'>): number {
    return this.x.jfhe_bgv_map_swaps(map);
  }

  /**
   * Apply a map: hoisted baby steps, giant steps; no level. The noise grows by the sum of the diagonals' sizes.
   * Memory  scratch >= jfhe_bgv_map_scratch(ctx, a's level) bytes; allocates as many ciphertexts as there are baby steps, and three.
   */
  bgvMapApply(map: Ptr<'jfhe_bgv_map'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_bgv_map_apply(map, out, a, keys, scratch, scratchLen));
  }

  bgvMapScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_map_scratch(ctx, level) >>> 0;
  }

  /**
   * out[i] = sum over k < count of coeff[k] * x[i]^k modulo t, exactly; count <= 65536, degree below t. [PS73]
   *
   * Levels  about log2(count) + 1; where noise is large, more. The result's level says what was spent.
   * Memory  scratch >= jfhe_bgv_poly_scratch(ctx, x's level) bytes; allocates about 2 sqrt(count) ciphertexts, 64 babies at most.
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL when levels run out; JFHE_ERR_RANGE, JFHE_ERR_KEY, JFHE_ERR_FORM, JFHE_ERR_ARG,
   *         JFHE_ERR_MEMORY, JFHE_ERR_SCRATCH.
   */
  bgvPoly(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, x: Ptr<'jfhe_ct'>, coeff: Ptr<'int64_t'>, count: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_poly(b, out, x, coeff, count, keys, scratch, scratchLen));
  }

  /** out[i] = x[i]^exponent modulo t, exponent >= 1. As jfhe_bgv_poly. */
  bgvPow(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, x: Ptr<'jfhe_ct'>, exponent: number, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_pow(b, out, x, exponent, keys, scratch, scratchLen));
  }

  bgvPolyScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bgv_poly_scratch(ctx, level) >>> 0;
  }

  /**
   * out[i] = 1 where x[i] == value, else 0.
   *
   * domain  the integers of x are promised to lie in [0, domain), value too, domain <= JFHE_BGV_DOMAIN_MAX: a polynomial of degree
   *         domain - 1. 0: any integers, 1 - (x - value)^(t-1) [Fermat]: 16 levels for 65537.
   * As jfhe_bgv_poly.
   */
  bgvEqualConst(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, x: Ptr<'jfhe_ct'>, value: number, domain: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_equal_const(b, out, x, value, domain, keys, scratch, scratchLen));
  }

  /** out[i] = 1 where x[i] == y[i], else 0; one level. domain: both lie in [0, domain), 2*domain <= t; 0: any integers. As jfhe_bgv_poly. */
  bgvEqual(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, x: Ptr<'jfhe_ct'>, y: Ptr<'jfhe_ct'>, domain: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bgv_equal(b, out, x, y, domain, keys, scratch, scratchLen));
  }

  /**
   * The smallest primes that fill every slot of a ring of degree 2^log_n and whose product exceeds 2^bits: signed integers of `bits` bits, as
   * residues in one ciphertext a prime. Writes at most `cap` of them to t and returns how many are needed; 0 when more than
   * JFHE_BGV_PARTS_MAX were.
   */
  bgvBasis(logN: number, bits: number, t: Ptr<'uint32_t'>, cap: number): number {
    return this.x.jfhe_bgv_basis(logN, bits, t, cap) >>> 0;
  }

  /**
   * Integers from their residues: values[i] is the one in (-T/2, T/2), T the product, that is parts[p*count + i] modulo t[p].
   *
   * bound   on |integer|, as jfhe_ct_magnitude of the parts says.
   * Time    independent of the integers.
   * Returns JFHE_OK, else values are unspecified: JFHE_ERR_RANGE when the bound reaches T/2 or exceeds 2^63: the integers may have wrapped;
   *         JFHE_ERR_VALUE when one exceeds the bound or an int64_t: the parts are of different vectors, or it wrapped; JFHE_ERR_ARG for parts that are 0 or over the
   *         limit, or equal primes.
   */
  bgvJoin(values: Ptr<'int64_t'>, count: number, parts: Ptr<'int64_t'>, t: Ptr<'uint32_t'>, nParts: number, bound:
    number): void {
    this.check(this.x.jfhe_bgv_join(values, count, parts, t, nParts, bound));
  }

  // ---- jfhe/circuit.h ----

  /**
   * A polynomial made ready for evaluation: which powers to compute, how to split, its bounds.
   *
   * coeff, count  count >= 2 coefficients, ascending; trailing zeros are dropped. Zero coefficients cost nothing, so odd and even
   *               polynomials need about half the powers.
   * basis         enum jfhe_basis.
   * a, b          the interval of JFHE_BASIS_CHEB, a < b; for JFHE_BASIS_POWER both must be 0.
   * Memory        about 200*count bytes.
   * Time          O(count^2): suprema of the polynomial and its derivative, from 8*count nodes. [EZ64]
   *
   * Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for the limits above or a constant polynomial; JFHE_ERR_VALUE for NaN or
   *         infinity; JFHE_ERR_MEMORY.
   */
  polyNew(out: Ptr<'jfhe_poly*'>, coeff: Ptr<'double'>, count: number, basis: number, a: number, b: number): void {
    this.check(this.x.jfhe_poly_new(out, coeff, count, basis, a, b));
  }

  polyFree(p: Ptr<'jfhe_poly'>): void {
    this.x.jfhe_poly_free(p);
  }

  polyDegree(p: Ptr<'jfhe_poly'>): number {
    return this.x.jfhe_poly_degree(p) >>> 0;
  }

  /** Levels that an evaluation costs: ceil(log2(degree + 1)), and one more where an interval of length other than 2 must be scaled. */
  polyDepth(p: Ptr<'jfhe_poly'>): number {
    return this.x.jfhe_poly_depth(p) >>> 0;
  }

  /** Relinearisations that an evaluation costs: the measure that the plan minimises. */
  polyRelins(p: Ptr<'jfhe_poly'>): number {
    return this.x.jfhe_poly_relins(p) >>> 0;
  }

  /** The value at x, in the clear. */
  polyValue(p: Ptr<'jfhe_poly'>, x: number): number {
    return this.x.jfhe_poly_value(p, x);
  }

  /** sup |p| over [a, b]; for JFHE_BASIS_POWER over [-1, 1]. Proved, at most 2 % above the supremum but for rounding. */
  polySup(p: Ptr<'jfhe_poly'>): number {
    return this.x.jfhe_poly_sup(p);
  }

  /**
   * Evaluate a polynomial slot by slot.
   *
   * out[i] = p(x[i]) + e[i].   Paterson-Stockmeyer in a binary tree with one relinearisation a node. [PS73] [HK20] [BMTPH21]
   *
   * Shapes  x: degree 1, real or complex packing, level l >= jfhe_poly_depth(p).  out: degree 1, level l - jfhe_poly_depth(p).
   * Scale   canonical for out's level, exactly: coefficients absorb every other factor.
   * Error   |e[i]| <= |x error| * sup|p'| over the numbers x can be, plus what the evaluation itself adds; out's bounds say how much.
   *         With JFHE_BASIS_CHEB x's magnitude must lie within [a, b], else the bound grows as the Chebyshev polynomials do
   *         outside and soon is refused; JFHE_POLY_PROMISED in `flags` replaces the magnitude by [a, b].
   * Alias   out may be x.
   * Memory  allocates nothing; scratch >= jfhe_poly_eval_scratch(ctx, p, l) bytes.
   * Time    independent of messages; depends on p, level and ring degree.
   *
   * Returns JFHE_OK, else out is unchanged:
   *         JFHE_ERR_LEVEL    too few levels;
   *         JFHE_ERR_SCALE    x is not near its level's canonical scale;
   *         JFHE_ERR_KEY      no relinearisation key, or it serves lower levels only;
   *         JFHE_ERR_FORM     coefficient packing, degree 2, or out too small;
   *         JFHE_ERR_RANGE    a bound exceeds the modulus on the way;
   *         JFHE_ERR_SCRATCH  scratch_len too small.
   */
  polyEval(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, x: Ptr<'jfhe_ct'>, p: Ptr<'jfhe_poly'>, flags: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_poly_eval(ctx, out, x, p, flags, keys, scratch, scratchLen));
  }

  polyEvalScratch(ctx: Ptr<'jfhe_ctx'>, p: Ptr<'jfhe_poly'>, level: number): number {
    return this.x.jfhe_poly_eval_scratch(ctx, p, level) >>> 0;
  }

  /** The same from arrays, copied: diagonal index[t] is re[t*slots ..], im[t*slots ..]; im may be null. */
  linmapNewArray(out: Ptr<'jfhe_linmap*'>, ctx: Ptr<'jfhe_ctx'>, logSlots: number, index: Ptr<'int32_t'>, count: number,
    re: Ptr<'double'>, im: Ptr<'double'>): void {
    this.check(this.x.jfhe_linmap_new_array(out, ctx, logSlots, index, count, re, im));
  }

  linmapFree(map: Ptr<'jfhe_linmap'>): void {
    this.x.jfhe_linmap_free(map);
  }

  /** Most bytes of encoded diagonals to keep (at first: all). What is beyond is encoded at each use and forgotten; 0 keeps none. */
  linmapSetCap(map: Ptr<'jfhe_linmap'>, bytes: number): void {
    this.check(this.x.jfhe_linmap_set_cap(map, bytes));
  }

  /** Bytes of encoded diagonals kept now. */
  linmapCached(map: Ptr<'jfhe_linmap'>): number {
    return this.x.jfhe_linmap_cached(map) >>> 0;
  }

  /** Diagonals left after dropping zeros. */
  linmapDiagonals(map: Ptr<'jfhe_linmap'>): number {
    return this.x.jfhe_linmap_diagonals(map) >>> 0;
  }

  /** Largest row sum of moduli: |out| <= norm * |in|. */
  linmapNorm(map: Ptr<'jfhe_linmap'>): number {
    return this.x.jfhe_linmap_norm(map);
  }

  /** The rotations whose Galois keys an application needs, without 0. Writes at most `cap` of them to `k` and returns how many there are. */
  linmapRotations(map: Ptr<'jfhe_linmap'>, k: Ptr<'int32_t'>, cap: number): number {
    return this.x.jfhe_linmap_rotations(map, k, cap) >>> 0;
  }

  /**
   * Encode the diagonals for ciphertexts of a level at its canonical scale now, up to the cap. After it, applications at that level only read
   * the map: any number of threads may share it. Without it the first application encodes.
   */
  linmapPrepare(ctx: Ptr<'jfhe_ctx'>, map: Ptr<'jfhe_linmap'>, level: number): void {
    this.check(this.x.jfhe_linmap_prepare(ctx, map, level));
  }

  /**
   * Apply a linear map.
   *
   * out = M a + e. Baby-step giant-step, double hoisting: one decomposition for all baby rotations, which stay in the modulus QP; one
   * polynomial divided by P a giant step; one division by P and the level's step at the end. [HS18] [BMTPH21]
   *
   * Shapes  a: degree 1, level l >= 1, log_slots of the map, real or complex packing.  out: degree 1, level l - 1.
   * Scale   out is canonical.
   * Error   norm * (a's error + key switching) + giant steps' key switching + encoding of the diagonals + rounding; in out's bounds.
   * Packing complex, unless a is real and every diagonal is real.
   * Alias   out may be a.
   * Memory  scratch >= jfhe_linmap_scratch(ctx, map, l) bytes; allocates encoded diagonals as the cap allows.
   * Time    independent of messages.
   *
   * Returns JFHE_OK, else out is unchanged:
   *         JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH, JFHE_ERR_MEMORY;
   *         JFHE_ERR_KEY      a rotation of jfhe_linmap_rotations is absent, serves lower levels only, or keys differ in shape.
   */
  linmapApply(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, map: Ptr<'jfhe_linmap'>, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_linmap_apply(ctx, out, a, map, keys, scratch, scratchLen));
  }

  linmapScratch(ctx: Ptr<'jfhe_ctx'>, map: Ptr<'jfhe_linmap'>, level: number): number {
    return this.x.jfhe_linmap_scratch(ctx, map, level) >>> 0;
  }

  /**
   * out = sum over t < count of a rotated by k[t]: one decomposition, one division; no level. k[t] = 0 adds a itself.
   * Alias, refusals and keys as jfhe_linmap_apply; out has a's level and scale.
   */
  rotateSum(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: Ptr<'int32_t'>, count: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_rotate_sum(ctx, out, a, k, count, keys, scratch, scratchLen));
  }

  rotateSumScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_rotate_sum_scratch(ctx, level) >>> 0;
  }

  /**
   * out[i] = sum over j < count of a[i + j*stride], count a power of two, in passes of up to `radix` (2, 4, 8 or 16) hoisted rotations:
   * fewer decompositions than jfhe_ckks_inner_sum for more keys. Level, scale and refusals as jfhe_rotate_sum.
   */
  innerSumHoisted(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, stride: number, count: number, radix:
    number, keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_inner_sum_hoisted(ctx, out, a, stride, count, radix, keys, scratch, scratchLen));
  }

  /** The rotations that it needs; writes at most `cap`, returns how many. */
  innerSumRotations(stride: number, count: number, radix: number, k: Ptr<'int32_t'>, cap: number): number {
    return this.x.jfhe_inner_sum_rotations(stride, count, radix, k, cap) >>> 0;
  }

  /**
   * Level of `ctx` at which ciphertexts of `small` at `level` arrive by jfhe_lift; UINT32_MAX when its primes are not carried or nothing
   * would be left.
   */
  liftLevel(ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_lift_level(ctx, small, level) >>> 0;
  }

  /** Level of `small` at which jfhe_lower of a ciphertext of `ctx` at `level` arrives with `key`; UINT32_MAX as above. */
  lowerLevel(ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_ctx'>, level: number, key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_lower_level(ctx, small, level, key) >>> 0;
  }

  /**
   * Lift ciphertexts of a smaller ring (degree n) into this one (degree N), up to N/n of them into one.
   *
   * The polynomials are interleaved: A(X) = sum over j < count of X^j a_j(X^(N/n)), switched to this ring's secret, divided to its modulus.
   * Layout  count 1: sparse packing, out has a's log_slots: the same numbers, repeated.
   *         JFHE_PACK_COEFF: coefficient (N/n)*i + j of out is coefficient i of a_j.
   *         count > 1 and slots: out is complex and full; with w = exp(pi i/N) its slot t is sum over j of w^(j*5^t) * a_j[t mod n/2].
   *         jfhe_linmap_new_ladder makes the map that separates them.
   *
   * Shapes  in: count ciphertexts of one context, level, scale, packing and key.  out: level jfhe_lift_level.
   * Scale   out is canonical.
   * Error   count > 1 and slots: the sum of theirs; else the largest; plus one key switch and one rounding.
   * Memory  scratch >= jfhe_lift_scratch.
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_ARG for count 0 or above N/n; JFHE_ERR_CONTEXT when this context lacks the
   *         primes; JFHE_ERR_KEY for another key; JFHE_ERR_LEVEL, JFHE_ERR_SCALE, JFHE_ERR_FORM when the inputs differ or out is
   *         too small; JFHE_ERR_SCRATCH.
   */
  lift(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, in_: Ptr<'jfhe_ct*'>, count: number, key: Ptr<'jfhe_evk'>, scratch:
    Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_lift(ctx, out, in_, count, key, scratch, scratchLen));
  }

  liftScratch(ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_ctx'>, level: number, count: number, key: Ptr<'jfhe_evk'>): number
    {
    return this.x.jfhe_lift_scratch(ctx, small, level, count, key) >>> 0;
  }

  /**
   * Lower a ciphertext into a smaller ring, as the first `count` of its N/n interleaved parts: the inverse of jfhe_lift's layout.
   *
   * out[j][t] = (n/N) sum over u of conj(w^(j*5^(t + u*n/2))) * a[t + u*n/2]; a sparse packing of at most n/2 slots is simply kept
   * (count 1). JFHE_PACK_COEFF: coefficient i of out[j] is coefficient (N/n)*i + j of a.
   * The key is over the smaller ring's modulus alone, since it protects that ring's secret.
   *
   * Shapes  a: degree 1.  out: count ciphertexts of `small`, level jfhe_lower_level.
   * Scale   canonical.
   * Returns as jfhe_lift.
   */
  lower(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct*'>, count: number, a: Ptr<'jfhe_ct'>, key: Ptr<'jfhe_evk'>, scratch:
    Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_lower(ctx, out, count, a, key, scratch, scratchLen));
  }

  lowerScratch(ctx: Ptr<'jfhe_ctx'>, level: number, key: Ptr<'jfhe_evk'>): number {
    return this.x.jfhe_lower_scratch(ctx, level, key) >>> 0;
  }

  /**
   * Lift and separate: slot t + j*n/2 of out is a_j[t mod n/2]. map: jfhe_linmap_new_ladder, mix = 0; keys: its rotations.
   * As jfhe_lift and jfhe_linmap_apply one after the other, one level more, but with the bounds of the parts themselves: magnitude and
   * inherited error are the largest of theirs, not their sum. out has their packing. Not for JFHE_PACK_COEFF.
   */
  liftSlots(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, in_: Ptr<'jfhe_ct*'>, count: number, key: Ptr<'jfhe_evk'>, map:
    Ptr<'jfhe_linmap'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_lift_slots(ctx, out, in_, count, key, map, keys, scratch, scratchLen));
  }

  liftSlotsScratch(ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_ctx'>, level: number, key: Ptr<'jfhe_evk'>, map:
    Ptr<'jfhe_linmap'>): number {
    return this.x.jfhe_lift_slots_scratch(ctx, small, level, key, map) >>> 0;
  }

  /** Mix and lower, the inverse: out[j][t] = a[t + j*n/2], full slots, one level more than jfhe_lower. map: mix != 0. out keeps a's packing. */
  lowerSlots(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct*'>, count: number, a: Ptr<'jfhe_ct'>, key: Ptr<'jfhe_evk'>, map:
    Ptr<'jfhe_linmap'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_lower_slots(ctx, out, count, a, key, map, keys, scratch, scratchLen));
  }

  lowerSlotsScratch(ctx: Ptr<'jfhe_ctx'>, level: number, key: Ptr<'jfhe_evk'>, map: Ptr<'jfhe_linmap'>): number {
    return this.x.jfhe_lower_slots_scratch(ctx, level, key, map) >>> 0;
  }

  /**
   * The map that separates a full lift of N/n ciphertexts of degree n = 2^log_n_small: slot t + u*n/2 becomes a_u[t] (n/2 slots each).
   * mix != 0: its inverse, to be applied before jfhe_lower. N/n diagonals, about 2 sqrt(N/n) rotations, one level.
   */
  linmapNewLadder(out: Ptr<'jfhe_linmap*'>, ctx: Ptr<'jfhe_ctx'>, logNSmall: number, mix: number): void {
    this.check(this.x.jfhe_linmap_new_ladder(out, ctx, logNSmall, mix));
  }

  /**
   * Add to `ring` the keys of rotations k[0 .. count), derived from the parents (jfhe_keygen_parent) found in `parents`: signed
   * binary digits of k, each rotation from a nearby one where that adds no noise. A key that `ring` already has at the parents' level is
   * left alone. A derivation is as many key switches as the derived key has digits; its noise grows with the digits of k.
   * Needs no secret. [LLKN22]
   *
   * Returns JFHE_OK, else: JFHE_ERR_KEY when a parent is missing (jfhe_last_error names the rotation; nothing is derived);
   *         JFHE_ERR_MEMORY (`ring` keeps what was derived so far).
   */
  keyringDerive(ring: Ptr<'jfhe_keyring'>, ctx: Ptr<'jfhe_ctx'>, parents: Ptr<'jfhe_keyring'>, k: Ptr<'int32_t'>, count:
    number): void {
    this.check(this.x.jfhe_keyring_derive(ring, ctx, parents, k, count));
  }

  // ---- jfhe/bootstrap.h ----

  /**
   * Make one for numbers of modulus up to `mag` in 2^log_slots slots.
   *
   * ctx        preset "deep", "deep-lean" or "deep-small", or other parameters whose top steps suit: 2 or 3 equal steps above 8 equal ones.
   * log_slots  1 to log2(N) - 1: as of the ciphertexts it will meet, sparse packing included; one of all slots meets sparse ones too.
   * mag        declared bound on every number, errors included; the error grows in proportion.
   * keys       enum jfhe_bootstrap_keys. With JFHE_BOOTSTRAP_WHEN_NEEDED the first bootstrap has b to itself.
   * Memory     the plaintexts: about 0.8 GB for 2^15 slots of `deep`.
   * Time       seconds: hundreds of encodings.
   *
   * Returns JFHE_OK, else *out is null: JFHE_ERR_PARAMS where the levels do not suit or no overflow bound meets 2^-128; JFHE_ERR_ARG for
   *         other limits; JFHE_ERR_MEMORY.
   */
  bootstrapNew(out: Ptr<'jfhe_bootstrap*'>, ctx: Ptr<'jfhe_ctx'>, logSlots: number, mag: number, keys: number): void {
    this.check(this.x.jfhe_bootstrap_new(out, ctx, logSlots, mag, keys));
  }

  bootstrapFree(b: Ptr<'jfhe_bootstrap'>): void {
    this.x.jfhe_bootstrap_free(b);
  }

  /** least level of an input */
  bootstrapLevelIn(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_level_in(b) >>> 0;
  }

  /** up to which the keys of conjugation, relinearisation must serve */
  bootstrapLevelSine(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_level_sine(b) >>> 0;
  }

  /** level of the result */
  bootstrapLevelOut(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_level_out(b) >>> 0;
  }

  /** bound on numbers, errors included */
  bootstrapMagnitude(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_magnitude(b);
  }

  /** of the plaintexts kept */
  bootstrapBytes(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_bytes(b) >>> 0;
  }

  /** of all plaintexts, made or not */
  bootstrapBytesWhole(b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_bytes_whole(b) >>> 0;
  }

  /**
   * The three levels of every bootstrap of these parameters: of its input at least, of its sine, of its result. Fresh numbers for programs that
   * bootstrap are encrypted at the last. JFHE_ERR_PARAMS as jfhe_bootstrap_new.
   */
  bootstrapLevels(ctx: Ptr<'jfhe_ctx'>, in_: Ptr<'uint32_t'>, sine: Ptr<'uint32_t'>, out: Ptr<'uint32_t'>): void {
    this.check(this.x.jfhe_bootstrap_levels(ctx, in_, sine, out));
  }

  /**
   * Make what JFHE_BOOTSTRAP_WHEN_NEEDED left out, unless it is there. No other thread may use b meanwhile.
   *
   * Memory   jfhe_bootstrap_bytes_whole.
   * Time     seconds.
   * Returns  JFHE_OK, JFHE_ERR_MEMORY.
   */
  bootstrapPrepare(b: Ptr<'jfhe_bootstrap'>): void {
    this.check(this.x.jfhe_bootstrap_prepare(b));
  }

  /**
   * The rotations whose Galois keys it needs, without conjugation (which it needs too) and relinearisation. level: room for as many, or
   * null; the level up to which each must serve. Writes at most `cap`, returns how many.
   */
  bootstrapRotations(b: Ptr<'jfhe_bootstrap'>, k: Ptr<'int32_t'>, level: Ptr<'uint32_t'>, cap: number): number {
    return this.x.jfhe_bootstrap_rotations(b, k, level, cap) >>> 0;
  }

  /**
   * The same, and the level of jfhe_bootstrap_level_sine, for a client that makes the keys and never bootstraps: no plaintexts are made.
   *
   * k, level   room for `cap` rotations and their levels; *count: how many there are.
   * sine       up to which the keys of conjugation and relinearisation must serve.
   * Memory     allocates less than 100 MB while it runs.
   * Returns    as jfhe_bootstrap_new.
   */
  bootstrapWants(ctx: Ptr<'jfhe_ctx'>, k: Ptr<'int32_t'>, level: Ptr<'uint32_t'>, cap: number, count: Ptr<'size_t'>,
    sine: Ptr<'uint32_t'>, logSlots: number, keys: number): void {
    this.check(this.x.jfhe_bootstrap_wants(ctx, k, level, cap, count, sine, logSlots, keys));
  }

  /**
   * Add to a keyring light forms of its rotation keys, for slots to coefficients: those keys divided by the special primes which the lowest levels
   * have no use for. Bootstraps with this keyring take less time afterwards, and give other bits within the same bounds. Without them they
   * take the keys themselves. No other thread may use `keys` meanwhile; keys that are not there are left out, light ones are made once.
   *
   * Memory   kept in `keys`: 8 MB for each rotation of `deep-lean`.
   * Time     milliseconds for each.
   * Returns  JFHE_OK; JFHE_ERR_CONTEXT for keys of another context; JFHE_ERR_MEMORY.
   */
  bootstrapLighten(b: Ptr<'jfhe_bootstrap'>, keys: Ptr<'jfhe_keyring'>): void {
    this.check(this.x.jfhe_bootstrap_lighten(b, keys));
  }

  /**
   * The same numbers at a higher level.
   *
   * out[i] = a[i] + e[i].   Slots to coefficients, modulus raised under a sparse secret, coefficients to slots, sine.
   *
   * Shapes  a: degree 1, real or complex packing, log_slots of b, level >= jfhe_bootstrap_level_in (what is above is dropped), magnitude and
   *         error together at most b's mag. Or of fewer slots, where b is of all N/2: repetitions are then brought back each by itself, and
   *         stay as far apart as they were, instead of becoming their mean.  out: degree 1, level jfhe_bootstrap_level_out.
   * Scale   out is canonical.
   * Error   out's bounds; the worst case holds but for a chance of 2^-128 that a coefficient overflows. Complex numbers cost a second
   *         sine.
   * Alias   out may be a if it has room.
   * Memory  allocates nothing; scratch >= jfhe_bootstrap_scratch(ctx, b) bytes.
   * Time    independent of messages.
   *
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL below level_in; JFHE_ERR_KEY for an absent key (it is named) or a pair of
   *         jfhe_keygen_bootstrap that does not fit together; JFHE_ERR_RANGE for numbers beyond b's mag, or an error that would drown
   *         them; JFHE_ERR_FORM, JFHE_ERR_SCALE, JFHE_ERR_SCRATCH.
   */
  ckksBootstrap(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_bootstrap'>, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_bootstrap(ctx, out, a, b, keys, scratch, scratchLen));
  }

  bootstrapScratch(ctx: Ptr<'jfhe_ctx'>, b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_scratch(ctx, b) >>> 0;
  }

  /**
   * Several ciphertexts in step: each key of the transforms is read, and expanded from its seed, once for all of them, and so is each plaintext.
   *
   * out[i] = what jfhe_ckks_bootstrap makes of a[i], bit for bit.
   *
   * Shapes  a, out: `count` ciphertexts, 1 to JFHE_BOOTSTRAP_MANY_MAX, each as for jfhe_ckks_bootstrap; all under one secret.
   * Error   as jfhe_ckks_bootstrap.
   * Alias   out[i] may be a[i] if it has room; no two outputs are one, and none is another's input.
   * Memory  allocates nothing; scratch >= jfhe_bootstrap_many_scratch(ctx, b, count) bytes, which grows with count.
   * Time    less than `count` bootstraps. Independent of messages.
   *
   * Returns as jfhe_ckks_bootstrap, for the first that is refused; then no output is changed. JFHE_ERR_ARG for another count.
   */
  ckksBootstrapMany(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct*'>, a: Ptr<'jfhe_ct*'>, count: number, b:
    Ptr<'jfhe_bootstrap'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_bootstrap_many(ctx, out, a, count, b, keys, scratch, scratchLen));
  }

  bootstrapManyScratch(ctx: Ptr<'jfhe_ctx'>, b: Ptr<'jfhe_bootstrap'>, count: number): number {
    return this.x.jfhe_bootstrap_many_scratch(ctx, b, count) >>> 0;
  }

  /**
   * The same with more bits: what one bootstrap leaves is bootstrapped too. [BCCKK22]
   *
   * out[i] = a[i] + e[i].
   *
   * Shapes  as jfhe_ckks_bootstrap, but out: level jfhe_bootstrap_level_out - 1.
   * Scale   out is canonical.
   * Error   out's bounds: a's own, roundings at level_in and at the result's level, and jfhe_ckks_bootstrap's by as much smaller as
   *         its worst case is below b's mag.
   * Alias   out may be a if it has room.
   * Memory  allocates nothing; scratch >= jfhe_bootstrap_precise_scratch(ctx, b) bytes.
   * Time    two of jfhe_ckks_bootstrap. Independent of messages.
   *
   * Returns as jfhe_ckks_bootstrap; JFHE_ERR_LEVEL too where no level would be left; JFHE_ERR_RANGE too where a second one adds nothing.
   */
  ckksBootstrapPrecise(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_bootstrap'>, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_bootstrap_precise(ctx, out, a, b, keys, scratch, scratchLen));
  }

  bootstrapPreciseScratch(ctx: Ptr<'jfhe_ctx'>, b: Ptr<'jfhe_bootstrap'>): number {
    return this.x.jfhe_bootstrap_precise_scratch(ctx, b) >>> 0;
  }

  // ---- jfhe/ckks.h ----

  /**
   * Encode numbers into a plaintext at a level.
   * re, im      count numbers each; im may be null. Missing slots are 0.
   * packing     JFHE_PACK_REAL, _COMPLEX: count <= 2^log_slots <= N/2; JFHE_PACK_COEFF: count <= N, im null.
   * log_slots   log2 of the slots; ignored for COEFF. Sparse packing repeats the vector, so fewer slots cost less noise.
   * scale       0 for the level's canonical scale.
   * bound       declared bound on |value|, 0 to take the largest present (reveals it in metadata).
   * Error       rounding to integers: <= jfhe_pt_error(pt) a slot.
   * Returns JFHE_ERR_VALUE for NaN, infinity or a value beyond `bound`; JFHE_ERR_RANGE when scale*bound exceeds 2^62 or half the modulus.
   */
  ckksEncode(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_pt'>, re: Ptr<'double'>, im: Ptr<'double'>, count: number, packing:
    number, logSlots: number, level: number, scale: number, bound: number, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_encode(ctx, out, re, im, count, packing, logSlots, level, scale, bound, scratch,
      scratchLen));
  }

  /**
   * As jfhe_ckks_encode, for numbers that are to be encrypted: the residues stay coefficients, and encryption transforms them together
   * with its noise, so that both calls need half the transforms. The ciphertext is the same, bit for bit.
   *
   * Shapes  out: for jfhe_encrypt, jfhe_encrypt_public and jfhe_ckks_decode; elsewhere it is refused with JFHE_ERR_FORM.
   * Memory  scratch >= jfhe_ckks_encode_scratch(ctx) bytes.
   * Returns as jfhe_ckks_encode.
   */
  ckksEncodeFresh(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_pt'>, re: Ptr<'double'>, im: Ptr<'double'>, count: number,
    packing: number, logSlots: number, level: number, scale: number, bound: number, scratch: Ptr, scratchLen: number):
    void {
    this.check(this.x.jfhe_ckks_encode_fresh(ctx, out, re, im, count, packing, logSlots, level, scale, bound, scratch,
      scratchLen));
  }

  ckksEncodeScratch(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ckks_encode_scratch(ctx) >>> 0;
  }

  /** Slots (or coefficients) of a plaintext; im may be null (the imaginary parts are dropped). count <= slots. */
  ckksDecode(ctx: Ptr<'jfhe_ctx'>, re: Ptr<'double'>, im: Ptr<'double'>, count: number, pt: Ptr<'jfhe_pt'>, scratch:
    Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_decode(ctx, re, im, count, pt, scratch, scratchLen));
  }

  ckksDecodeScratch(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ckks_decode_scratch(ctx) >>> 0;
  }

  ptError(pt: Ptr<'jfhe_pt'>): number {
    return this.x.jfhe_pt_error(pt);
  }

  ckksAdd(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ckks_add(ctx, out, a, b));
  }

  ckksSub(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ckks_sub(ctx, out, a, b));
  }

  ckksNeg(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ckks_neg(ctx, out, a));
  }

  ckksAddPt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_ckks_add_pt(ctx, out, a, b));
  }

  ckksSubPt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_ckks_sub_pt(ctx, out, a, b));
  }

  /** Add re + i*im to every slot. */
  ckksAddConst(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, re: number, im: number): void {
    this.check(this.x.jfhe_ckks_add_const(ctx, out, a, re, im));
  }

  /** Multiply by a small integer; no level, |k| < 2^31. */
  ckksMulInt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number): void {
    this.check(this.x.jfhe_ckks_mul_int(ctx, out, a, k));
  }

  /** Multiply by i: no level, no noise. */
  ckksMulI(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ckks_mul_i(ctx, out, a));
  }

  ckksMul(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_mul(ctx, out, a, b, keys, scratch, scratchLen));
  }

  ckksSquare(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_ckks_square(ctx, out, a, keys, scratch, scratchLen));
  }

  /** Also for jfhe_ckks_relin and jfhe_ckks_relin_rescale; level: that of the inputs. 0 for a level off the chain. */
  ckksMulScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ckks_mul_scratch(ctx, level) >>> 0;
  }

  /** The product without relinearisation or rescaling: degree 2, scale a.scale*b.scale, same level. out may not equal an input. */
  ckksMulLazy(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_ckks_mul_lazy(ctx, out, a, b));
  }

  /** Degree 2 to degree 1 at the same level. scratch >= jfhe_ckks_mul_scratch(ctx, a's level) bytes. */
  ckksRelin(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_ckks_relin(ctx, out, a, keys, scratch, scratchLen));
  }

  /** Degree 2 to degree 1 and one level down in one division. scratch >= jfhe_ckks_mul_scratch(ctx, a's level) bytes. */
  ckksRelinRescale(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch:
    Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_relin_rescale(ctx, out, a, keys, scratch, scratchLen));
  }

  /** Multiply by a plaintext without rescaling; scale a.scale*b.scale. The plaintext's level is >= the ciphertext's. */
  ckksMulPt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_pt'>): void {
    this.check(this.x.jfhe_ckks_mul_pt(ctx, out, a, b));
  }

  /**
   * Multiply every slot by a real constant and rescale: one level down, at the canonical scale of the new level.
   * scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes.
   */
  ckksMulConst(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, c: number, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_ckks_mul_const(ctx, out, a, c, scratch, scratchLen));
  }

  /** Divide by the level's step: level l to l-1, scale / step. The step is a ratio of primes ("rational rescaling"). */
  ckksRescale(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_rescale(ctx, out, a, scratch, scratchLen));
  }

  /** Also for jfhe_ckks_mul_const, jfhe_ckks_to_level and jfhe_ckks_drop_level; level: that of the input. 0 for a level off the chain. */
  ckksRescaleScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ckks_rescale_scratch(ctx, level) >>> 0;
  }

  /**
   * Go down to `level` at its canonical scale. From a canonical scale this costs one multiplication by a constant; same level and
   * scale: a copy. JFHE_ERR_LEVEL when level is above a's, or equal with another scale.
   * scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes.
   */
  ckksToLevel(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, level: number, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_ckks_to_level(ctx, out, a, level, scratch, scratchLen));
  }

  /**
   * Go down to `level` keeping the scale: residues are dropped, nothing is rounded where the sets nest.
   * scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes.
   */
  ckksDropLevel(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, level: number, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_ckks_drop_level(ctx, out, a, level, scratch, scratchLen));
  }

  /** Rotate slots to the left by k: out[i] = a[(i+k) mod slots]. Needs the Galois key of k. out may not equal a. */
  ckksRotate(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, k: number, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_rotate(ctx, out, a, k, keys, scratch, scratchLen));
  }

  ckksConjugate(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, keys: Ptr<'jfhe_keyring'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_ckks_conjugate(ctx, out, a, keys, scratch, scratchLen));
  }

  /**
   * Twice the real part of what the slots hold, errors and all: from here on that is the value.
   *
   * out[i] = x[i] + conj(x[i]) + e[i], x[i] = a[i] and a's error. For compositions whose later parts forgive what the earlier ones left, such
   * as a sign; and for real numbers that were halved, whose error's imaginary part is dropped.
   *
   * limit   finite, above 0: a's magnitude and error bound must come to limit/2 at the most, so that |out[i]| <= limit.
   * Shapes  a: degree 1, real or complex packing.  out: as a, real packing, all N/2 slots (repetitions of a sparse vector are numbers of
   *         their own, as far apart as their errors were); it may not be a.
   * Error   |e[i]| is a key switch's alone. What a's error was is a part of the value: who uses it must know what that does.
   * Memory  allocates nothing; scratch >= jfhe_ckks_rotate_scratch(ctx, a's level) bytes.
   * Time    of a conjugation; independent of messages.
   *
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE beyond the limit; JFHE_ERR_KEY without the key of the conjugation;
   *         JFHE_ERR_FORM, JFHE_ERR_ARG, JFHE_ERR_SCRATCH as jfhe_ckks_conjugate.
   */
  ckksSettle(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, limit: number, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_settle(ctx, out, a, limit, keys, scratch, scratchLen));
  }

  /** Also for jfhe_ckks_conjugate, jfhe_ckks_settle and jfhe_ckks_switch_key; level: that of the input. 0 for a level off the chain. */
  ckksRotateScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ckks_rotate_scratch(ctx, level) >>> 0;
  }

  /** Many rotations of one ciphertext for one decomposition ("hoisted"). out[i] = a rotated by k[i]; k[i] = 0 copies. */
  ckksRotateMany(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct*'>, a: Ptr<'jfhe_ct'>, k: Ptr<'int32_t'>, count: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_rotate_many(ctx, out, a, k, count, keys, scratch, scratchLen));
  }

  ckksRotateManyScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ckks_rotate_many_scratch(ctx, level) >>> 0;
  }

  /** out[i] = sum over j < count of a[i + j*stride]; count a power of two; log2(count) rotations by stride*2^t. */
  ckksInnerSum(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, stride: number, count: number, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_inner_sum(ctx, out, a, stride, count, keys, scratch, scratchLen));
  }

  ckksInnerSumScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_ckks_inner_sum_scratch(ctx, level) >>> 0;
  }

  /**
   * The means of many ciphertexts' slots, as coefficients of one. [CDKS21]
   *
   * Shapes  in: count ciphertexts of degree 1 at one level, scale and secret, slots real or complex. out: packing JFHE_PACK_COEFF at their
   *         level; coefficient i*N/2^l, l = ceil(log2 count), is the mean of the real parts of the slots of in[i]; the other coefficients are
   *         unspecified. out may be an input.
   * Scale   in's times 2^l.
   * Error   the largest of the inputs', plus half a key switch for each of l steps. No level.
   * Keys    conjugation and rotations by 1, 2, .., 2^(l-2). count - 1 key switches.
   * Memory  allocates nothing; scratch >= jfhe_ckks_gather_scratch(ctx, level, count) bytes: it holds all inputs.
   */
  ckksGather(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, in_: Ptr<'jfhe_ct*'>, count: number, keys: Ptr<'jfhe_keyring'>,
    scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_gather(ctx, out, in_, count, keys, scratch, scratchLen));
  }

  ckksGatherScratch(ctx: Ptr<'jfhe_ctx'>, level: number, count: number): number {
    return this.x.jfhe_ckks_gather_scratch(ctx, level, count) >>> 0;
  }

  /** Re-encrypt under a new secret by a JFHE_EVK_SWITCH key. scratch >= jfhe_ckks_rotate_scratch(ctx, a's level) bytes. */
  ckksSwitchKey(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, key: Ptr<'jfhe_evk'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_ckks_switch_key(ctx, out, a, key, scratch, scratchLen));
  }

  /** Worst-case error of a slot of the product of two ciphertexts, after rescaling. */
  ckksBoundMul(ctx: Ptr<'jfhe_ctx'>, a: Ptr<'jfhe_ct'>, b: Ptr<'jfhe_ct'>): number {
    return this.x.jfhe_ckks_bound_mul(ctx, a, b);
  }

  // ---- jfhe/bridge.h ----

  /**
   * What an integer is multiplied by when it becomes an approximate number of a level: the largest possible number that keeps it within [-1, 1], or
   * the least possible one where none does.
   *
   * b       count spaces of one context, their primes different: T is the product of these.
   * most    bound on the integer's modulus, > 0, below T/2.
   * level   of the result. A result has as much room above its numbers as T has above `most`: level l is of use where the level's modulus over
   *         its scale is at most about T/most, and beyond it numbers become larger than 1 in the same measure.
   * Returns JFHE_OK, else *unit is unchanged: JFHE_ERR_RANGE for `most` at or beyond T/2, or where the number would exceed 2^900; JFHE_ERR_ARG for no
   *         space, more than JFHE_BGV_PARTS_MAX, or one prime twice; JFHE_ERR_CONTEXT, JFHE_ERR_LEVEL.
   */
  bridgeUnit(unit: Ptr<'double'>, b: Ptr<'jfhe_bgv*'>, count: number, level: number, most: number): void {
    this.check(this.x.jfhe_bridge_unit(unit, b, count, level, most));
  }

  /**
   * One exact integer becomes an approximate number in all slots: out[i] = unit * c + e[i].
   *
   * b, a    count spaces, and a ciphertext of each: every slot of a[p] holds c modulo the p-th prime, |c| <= most.
   * out     real slots at the canonical scale of `level`, 2^log_slots of them; not one of a.
   * unit    what jfhe_bridge_unit says of b, level and most.
   * Shapes  a: all of one level and secret.  level: at most theirs; one below divides the noise of the integers away.
   * Error   sum over p of |w| v / t, w < t/2 and v the noise of a[p], times unit T / Q, and one rounding of a division; docs/SOUNDNESS.md,
   *         "Between exact and approximate".
   * Memory  allocates nothing; scratch >= jfhe_bridge_scratch(ctx, a's level) bytes.
   * Time    independent of messages: a product with a constant a ciphertext, and one division.
   *
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE as jfhe_bridge_unit, or when the noise leaves no room; JFHE_ERR_LEVEL when levels
   *         differ or `level` is above them; JFHE_ERR_KEY for different secrets; JFHE_ERR_ARG, JFHE_ERR_FORM, JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH.
   */
  bridgeToCkks(b: Ptr<'jfhe_bgv*'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct*'>, count: number, logSlots: number, level:
    number, most: number, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bridge_to_ckks(b, out, a, count, logSlots, level, most, scratch, scratchLen));
  }

  /**
   * An approximate number that is known to be an integer becomes exact: every slot of out is c modulo the prime of b.
   *
   * a       degree 1, slots; every slot of the ring holds unit * c but for its error, and but for unit * off.
   * unit    finite, not 0.
   * most    bound on |c|, which becomes jfhe_ct_magnitude; finite, > 0. It may exceed t: then out is one of several residues.
   * off     >= 0. The error of a over |unit|, off and most times the rounding of a factor must stay below 1/2 together.
   * level   of out: at most a's, and of a modulus below 2^500. Low is good: the noise fills any modulus in the same measure.
   * Error   none. jfhe_bgv_budget(out) is about log2 of 1 / (2 error): sums and small factors are left, products are not.
   * Memory  allocates nothing; scratch >= jfhe_bridge_scratch(ctx, a's level) bytes.
   * Time    independent of messages: a product with a constant, and a division unless primes suffice.
   *
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE when c is not told from its neighbours; JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_ARG,
   *         JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH.
   */
  bridgeToBgv(b: Ptr<'jfhe_bgv'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, unit: number, most: number, off: number,
    level: number, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_bridge_to_bgv(b, out, a, unit, most, off, level, scratch, scratchLen));
  }

  /** For both directions; level: that of the inputs. 0 for a level off the chain. */
  bridgeScratch(ctx: Ptr<'jfhe_ctx'>, level: number): number {
    return this.x.jfhe_bridge_scratch(ctx, level) >>> 0;
  }

  // ---- jfhe/codec.h ----

  /**
   * Read a header alone: no context, no allocation, no look at the payload, of which nothing need be there.
   *
   * bytes, len  the beginning of a container: all of it, or JFHE_HEADER_BYTES_MAX bytes.
   *
   * Returns JFHE_OK, else *out is unchanged: JFHE_ERR_FORMAT, _VERSION, _CHECKSUM, _TRUNCATED as status.h says, JFHE_ERR_KEY,
   *         _SCALE, _VALUE or _FORM for a field that no object of this kind can have.
   */
  inspect(bytes: Ptr<'uint8_t'>, len: number, out: Ptr<'jfhe_info'>): void {
    this.check(this.x.jfhe_inspect(bytes, len, out));
  }

  /**
   * What jfhe_inspect would say of a ciphertext's packed container, without writing one: what jfhe_plan_new asks of an input.
   * Returns JFHE_OK, else *out is unchanged: JFHE_ERR_ARG for a null pointer, JFHE_ERR_KEY and the like for one that was never filled.
   */
  ctInspect(ct: Ptr<'jfhe_ct'>, out: Ptr<'jfhe_info'>): void {
    this.check(this.x.jfhe_ct_inspect(ct, out));
  }

  /** "ciphertext", "public key" and so on; "unknown" for other numbers. Never null. */
  objectText(object: number): Ptr<'char'> {
    return (this.x.jfhe_object_text(object) >>> 0) as Ptr<'char'>;
  }

  encodingText(encoding: number): Ptr<'char'> {
    return (this.x.jfhe_encoding_text(encoding) >>> 0) as Ptr<'char'>;
  }

  ctWriteSize(ct: Ptr<'jfhe_ct'>, encoding: number): number {
    return this.x.jfhe_ct_write_size(ct, encoding) >>> 0;
  }

  ctWrite(bytes: Ptr<'uint8_t'>, len: number, ct: Ptr<'jfhe_ct'>, encoding: number): void {
    this.check(this.x.jfhe_ct_write(bytes, len, ct, encoding));
  }

  pkWriteSize(key: Ptr<'jfhe_pk'>, encoding: number): number {
    return this.x.jfhe_pk_write_size(key, encoding) >>> 0;
  }

  pkWrite(bytes: Ptr<'uint8_t'>, len: number, key: Ptr<'jfhe_pk'>, encoding: number): void {
    this.check(this.x.jfhe_pk_write(bytes, len, key, encoding));
  }

  evkWriteSize(key: Ptr<'jfhe_evk'>, encoding: number): number {
    return this.x.jfhe_evk_write_size(key, encoding) >>> 0;
  }

  evkWrite(bytes: Ptr<'uint8_t'>, len: number, key: Ptr<'jfhe_evk'>, encoding: number): void {
    this.check(this.x.jfhe_evk_write(bytes, len, key, encoding));
  }

  ctxWriteSize(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_ctx_write_size(ctx) >>> 0;
  }

  ctxWrite(bytes: Ptr<'uint8_t'>, len: number, ctx: Ptr<'jfhe_ctx'>): void {
    this.check(this.x.jfhe_ctx_write(bytes, len, ctx));
  }

  ctRead(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_ct_read(ctx, out, bytes, len));
  }

  pkRead(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_pk*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_pk_read(ctx, out, bytes, len));
  }

  evkRead(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_evk*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_evk_read(ctx, out, bytes, len));
  }

  /**
   * A switching key whose residues stay where they are: RAW or RAW_SEEDED, bytes 64-byte aligned (a mapped file is).
   * The bytes are checked like any others, must not change, and must outlive the key. Allocates the handle alone.
   */
  evkMap(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_evk*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_evk_map(ctx, out, bytes, len));
  }

  /**
   * The context of a parameter container.
   * max_log_n  refuse a larger ring (JFHE_ERR_MEMORY) before its tables are made: they dwarf the container.
   * Returns also JFHE_ERR_PARAMS and _SECURITY, as jfhe_ctx_new_custom.
   */
  ctxNewFromContainer(out: Ptr<'jfhe_ctx*'>, bytes: Ptr<'uint8_t'>, len: number, maxLogN: number): void {
    this.check(this.x.jfhe_ctx_new_from_container(out, bytes, len, maxLogN));
  }

  // ---- jfhe/plan.h ----

  /** An empty program on vectors of 2^log_slots slots, log_slots <= 16. */
  programNew(out: Ptr<'jfhe_program*'>, logSlots: number): void {
    this.check(this.x.jfhe_program_new(out, logSlots));
  }

  programFree(program: Ptr<'jfhe_program'>): void {
    this.x.jfhe_program_free(program);
  }

  programLogSlots(program: Ptr<'jfhe_program'>): number {
    return this.x.jfhe_program_log_slots(program) >>> 0;
  }

  programNodes(program: Ptr<'jfhe_program'>): number {
    return this.x.jfhe_program_nodes(program) >>> 0;
  }

  programInputs(program: Ptr<'jfhe_program'>): number {
    return this.x.jfhe_program_inputs(program) >>> 0;
  }

  programOutputs(program: Ptr<'jfhe_program'>): number {
    return this.x.jfhe_program_outputs(program) >>> 0;
  }

  /** Names of inputs and outputs in the order of their making; null beyond the last. */
  programInputName(program: Ptr<'jfhe_program'>, input: number): Ptr<'char'> {
    return (this.x.jfhe_program_input_name(program, input) >>> 0) as Ptr<'char'>;
  }

  programOutputName(program: Ptr<'jfhe_program'>, output: number): Ptr<'char'> {
    return (this.x.jfhe_program_output_name(program, output) >>> 0) as Ptr<'char'>;
  }

  /** SHA-256 over the binary form: equal programs have equal hashes. JFHE_HASH_BYTES long. */
  programHash(program: Ptr<'jfhe_program'>, hash: Ptr<'uint8_t'>): void {
    this.check(this.x.jfhe_program_hash(program, hash));
  }

  /** A vector in the clear: count <= 2^log_slots numbers, the rest 0; im may be null. */
  programVector(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, re: Ptr<'double'>, im: Ptr<'double'>, count:
    number): void {
    this.check(this.x.jfhe_program_vector(program, out, re, im, count));
  }

  /** A polynomial, as jfhe_poly_new. */
  programPoly(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, coeff: Ptr<'double'>, count: number, basis: number, a:
    number, b: number): void {
    this.check(this.x.jfhe_program_poly(program, out, coeff, count, basis, a, b));
  }

  /**
   * A linear map, as jfhe_linmap_new_array: diagonal index[t] is re[t*slots ..], im[t*slots ..]; im may be null.
   * JFHE_ERR_ARG for two indices that are equal modulo the slots.
   */
  programLinmap(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, index: Ptr<'int32_t'>, count: number, re:
    Ptr<'double'>, im: Ptr<'double'>): void {
    this.check(this.x.jfhe_program_linmap(program, out, index, count, re, im));
  }

  /**
   * An encrypted input. packing: JFHE_PACK_REAL or _COMPLEX. bound: the largest modulus of a number that the program is made for, > 0.
   * name: unique among inputs, at most JFHE_NAME_MAX bytes.
   */
  programInput(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, name: Ptr<'char'>, packing: number, bound: number):
    void {
    this.check(this.x.jfhe_program_input(program, out, name, packing, bound));
  }

  programAdd(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, b: number): void {
    this.check(this.x.jfhe_program_add(program, out, a, b));
  }

  programSub(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, b: number): void {
    this.check(this.x.jfhe_program_sub(program, out, a, b));
  }

  programNeg(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number): void {
    this.check(this.x.jfhe_program_neg(program, out, a));
  }

  /** Slot by slot; a = b squares. One level. */
  programMul(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, b: number): void {
    this.check(this.x.jfhe_program_mul(program, out, a, b));
  }

  programAddConst(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, re: number, im: number): void {
    this.check(this.x.jfhe_program_add_const(program, out, a, re, im));
  }

  /** One level, unless re is a small integer and im 0. */
  programMulConst(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, re: number, im: number): void {
    this.check(this.x.jfhe_program_mul_const(program, out, a, re, im));
  }

  programAddVector(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, vector: number): void {
    this.check(this.x.jfhe_program_add_vector(program, out, a, vector));
  }

  /** Slot by slot; one level. A vector of zeros and ones is a mask. */
  programMulVector(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, vector: number): void {
    this.check(this.x.jfhe_program_mul_vector(program, out, a, vector));
  }

  /** To the left by k slots: out[i] = a[(i + k) mod slots]. */
  programRotate(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, k: number): void {
    this.check(this.x.jfhe_program_rotate(program, out, a, k));
  }

  programConjugate(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number): void {
    this.check(this.x.jfhe_program_conjugate(program, out, a));
  }

  /** jfhe_ckks_settle: twice the real part of what the slots hold, no more than `limit` above 0. */
  programSettle(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, limit: number): void {
    this.check(this.x.jfhe_program_settle(program, out, a, limit));
  }

  /** out[i] = sum over j < count of a[i + j*stride]; count a power of two, stride*count <= slots. */
  programInnerSum(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, stride: number, count: number): void {
    this.check(this.x.jfhe_program_inner_sum(program, out, a, stride, count));
  }

  /** One level. */
  programApplyLinmap(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, map: number): void {
    this.check(this.x.jfhe_program_apply_linmap(program, out, a, map));
  }

  /** jfhe_poly_depth levels. flags: enum jfhe_poly_flag. */
  programApplyPoly(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, poly: number, flags: number): void {
    this.check(this.x.jfhe_program_apply_poly(program, out, a, poly, flags));
  }

  /** The same value, no higher than `level`. */
  programLevel(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, level: number): void {
    this.check(this.x.jfhe_program_level(program, out, a, level));
  }

  /** A table look-up. Programs may hold it; jfhe_plan_new refuses it while no parameters evaluate it. */
  programLookup(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number, vector: number): void {
    this.check(this.x.jfhe_program_lookup(program, out, a, vector));
  }

  /**
   * The same numbers with their levels back. Nobody needs to call it: plans place bootstraps where depth demands them, and place none
   * besides a program's own.
   */
  programBootstrap(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, a: number): void {
    this.check(this.x.jfhe_program_bootstrap(program, out, a));
  }

  /**
   * The caller vouches that no number of value a has a modulus above `bound`, whatever the inputs within their bounds. It tightens what
   * the plan proves; a wrong promise makes bounds wrong. Keeps the smaller of two.
   */
  programPromise(program: Ptr<'jfhe_program'>, a: number, bound: number): void {
    this.check(this.x.jfhe_program_promise(program, a, bound));
  }

  /** Name a value as a result; name: unique among outputs. *out is the output's number. */
  programOutput(program: Ptr<'jfhe_program'>, out: Ptr<'uint32_t'>, name: Ptr<'char'>, a: number): void {
    this.check(this.x.jfhe_program_output(program, out, name, a));
  }

  /** Bytes of the text or binary form; 0 when a program has no output. */
  programWriteSize(program: Ptr<'jfhe_program'>, text: number): number {
    return this.x.jfhe_program_write_size(program, text) >>> 0;
  }

  /** bytes: room for _write_size bytes, which it fills (no terminating zero). */
  programWrite(bytes: Ptr<'uint8_t'>, len: number, program: Ptr<'jfhe_program'>, text: number): void {
    this.check(this.x.jfhe_program_write(bytes, len, program, text));
  }

  /**
   * Either form, told apart by its first bytes. Hostile-safe: JFHE_ERR_FORMAT names the line or byte and what is wrong there.
   * Memory  at most 64 bytes an operation, 16 a number of a table, and 700 more an input, an output or a table, counted against the
   *         length.
   */
  programRead(out: Ptr<'jfhe_program*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_program_read(out, bytes, len));
  }

  /** "simplify" and so on; null beyond the last. */
  passName(pass: number): Ptr<'char'> {
    return (this.x.jfhe_pass_name(pass) >>> 0) as Ptr<'char'>;
  }

  /** Time the four on this machine in about 0.2 s. */
  costsMeasure(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_costs'>): void {
    this.check(this.x.jfhe_costs_measure(ctx, out));
  }

  /** -O2, all passes, no limit. */
  planOptionsInit(options: Ptr<'jfhe_plan_options'>): void {
    this.x.jfhe_plan_options_init(options);
  }

  /**
   * Plan a program for parameters and keys.
   *
   * inputs   what each input will be, in the program's order (as jfhe_inspect fills them; level, scale, magnitude, errors,
   *          packing, log_slots, key_id are read); null: fresh encryptions at the top level.
   * keys     relinearisation and Galois keys; must outlive the plan. Null: bounds and costs of typical keys, every rotation present; such a
   *          plan explains, and does not run.
   * Error    every value's bounds are those that the run's ciphertexts will carry, to the last bit.
   * Memory   at most 200 bytes an operation while planning, besides tables.
   * Time     under 10 us an operation.
   *
   * Returns JFHE_OK, else *out is null:
   *         JFHE_ERR_LEVEL    more multiplications in a row than the inputs have levels; names both numbers;
   *         JFHE_ERR_RANGE    a value's bound does not fit its modulus, or an input's magnitude exceeds what the program declares; names the
   *                           value and the operation;
   *         JFHE_ERR_KEY      keys of other secrets, no relinearisation key, or a rotation that the keys cannot make; names it;
   *         JFHE_ERR_FORM     inputs of other slots or packing than declared;
   *         JFHE_ERR_MEMORY   above memory_limit, or out of memory;
   *         JFHE_ERR_CONTEXT  keys of other parameters;
   *         JFHE_ERR_ARG      a look-up, a bootstrap of the program's own where none is given, or options out of their set.
   */
  planNew(out: Ptr<'jfhe_plan*'>, ctx: Ptr<'jfhe_ctx'>, keys: Ptr<'jfhe_keyring'>, program: Ptr<'jfhe_program'>, inputs:
    Ptr<'jfhe_info'>, options: Ptr<'jfhe_plan_options'>): void {
    this.check(this.x.jfhe_plan_new(out, ctx, keys, program, inputs, options));
  }

  /**
   * The same with bootstraps where levels end: what is bootstrapped takes time and an error, and has its levels back.
   *
   * bootstrap  for the program's slots, or for all of ctx; outlives the plan; null: as jfhe_plan_new. One of all slots brings back the repetitions of
   *            sparse vectors each by itself, and so what was settled too, which one of the program's slots would take the mean of. What is larger than its bound is scaled into it. No value
   *            then uses a level above what a bootstrap gives, and outputs keep enough levels to be bootstrapped in their turn, unless
   *            keep_levels is less. A program with bootstraps of its own gets no others.
   * keys       the bootstrap's too: conjugation, rotations, the pair of the sparse secret.
   * Memory     while planning 50 bytes an operation more, and 450 a product in a row.
   * Time       under 10 us an operation.
   *
   * Returns    as jfhe_plan_new; JFHE_ERR_LEVEL also for an operation deeper than what a bootstrap gives, and for an input below what it
   *            takes; JFHE_ERR_RANGE also for numbers above 2^60 times its bound; JFHE_ERR_CONTEXT and _FORM for one of other
   *            parameters or slots.
   */
  planNewWith(out: Ptr<'jfhe_plan*'>, ctx: Ptr<'jfhe_ctx'>, keys: Ptr<'jfhe_keyring'>, bootstrap: Ptr<'jfhe_bootstrap'>,
    program: Ptr<'jfhe_program'>, inputs: Ptr<'jfhe_info'>, options: Ptr<'jfhe_plan_options'>): void {
    this.check(this.x.jfhe_plan_new_with(out, ctx, keys, bootstrap, program, inputs, options));
  }

  /**
   * A rung between `small`, whose primes ctx carries, and ctx. Both contexts and both keys outlive it.
   *
   * lift, lower  from the smaller ring's secret to that of ctx's keys, and back (jfhe_keygen_lift, jfhe_keygen_lower). Both null: typical ones,
   *              for plans that explain.
   * Returns JFHE_OK, else *out is null: JFHE_ERR_CONTEXT for a ring that is not below, on this ladder, and for keys of others; JFHE_ERR_KEY for
   *         one of the keys alone, of another kind or ring, or keys of different secrets; JFHE_ERR_MEMORY.
   */
  rungNew(out: Ptr<'jfhe_rung*'>, ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_ctx'>, lift: Ptr<'jfhe_evk'>, lower:
    Ptr<'jfhe_evk'>): void {
    this.check(this.x.jfhe_rung_new(out, ctx, small, lift, lower));
  }

  rungFree(rung: Ptr<'jfhe_rung'>): void {
    this.x.jfhe_rung_free(rung);
  }

  /**
   * The same for inputs of a smaller ring, which are lifted, and outputs that go back there: the program is computed in the ring of `ctx`, with its
   * levels and its bootstraps, and nobody outside sees that ring. Inputs may also be of `ctx`; fresh ones (inputs null) are of the smaller ring.
   *
   * bootstrap  for the program's slots; or for all of ctx, where the program has all of a ring half as large: then parts of the program that do
   *            the same to different inputs, number by number, share ciphertexts two and two (a level each at the lift and the lowering, and the
   *            key of the rotation by the program's slots), unless options say JFHE_PLAN_APART.
   * rung       outlives the plan; null: as jfhe_plan_new_with. keep_levels, level_in and outputs' levels are then the smaller ring's.
   * Error      a key switch and a rounding for each input, and for each output (docs/SOUNDNESS.md, "Lifting and lowering").
   *
   * Returns    as jfhe_plan_new_with; JFHE_ERR_CONTEXT also for a rung to other parameters; JFHE_ERR_KEY for one whose keys are of another secret,
   *            or typical where `keys` are not; JFHE_ERR_LEVEL for an input of which nothing is left when it is lifted;
   *            JFHE_ERR_FORM also where no two parts of the program can share a ciphertext, and the bootstrap is made for that.
   */
  planNewOn(out: Ptr<'jfhe_plan*'>, ctx: Ptr<'jfhe_ctx'>, keys: Ptr<'jfhe_keyring'>, bootstrap: Ptr<'jfhe_bootstrap'>,
    rung: Ptr<'jfhe_rung'>, program: Ptr<'jfhe_program'>, inputs: Ptr<'jfhe_info'>, options: Ptr<'jfhe_plan_options'>):
    void {
    this.check(this.x.jfhe_plan_new_on(out, ctx, keys, bootstrap, rung, program, inputs, options));
  }

  planFree(plan: Ptr<'jfhe_plan'>): void {
    this.x.jfhe_plan_free(plan);
  }

  planForecast(plan: Ptr<'jfhe_plan'>, out: Ptr<'jfhe_forecast'>): void {
    this.x.jfhe_plan_forecast(plan, out);
  }

  /** What output number `output` will say of itself. Any pointer may be null. JFHE_ERR_ARG beyond the last. */
  planOutput(plan: Ptr<'jfhe_plan'>, output: number, level: Ptr<'uint32_t'>, magnitude: Ptr<'double'>, errorWorst:
    Ptr<'double'>, errorProbable: Ptr<'double'>): void {
    this.check(this.x.jfhe_plan_output(plan, output, level, magnitude, errorWorst, errorProbable));
  }

  /** Rotations whose Galois keys the plan uses: writes at most `cap`, returns how many. */
  planRotations(plan: Ptr<'jfhe_plan'>, k: Ptr<'int32_t'>, cap: number): number {
    return this.x.jfhe_plan_rotations(plan, k, cap) >>> 0;
  }

  /**
   * The plan as text, a line an operation, with levels, bounds and costs as far as planned. Writes at most `cap` bytes with a terminating zero
   * and returns the bytes of the whole, the zero included.
   */
  planText(plan: Ptr<'jfhe_plan'>, text: Ptr<'char'>, cap: number): number {
    return this.x.jfhe_plan_text(plan, text, cap) >>> 0;
  }

  /**
   * SHA-256 over parameters, program and every choice that fixes the result's bytes. With the inputs' hashes it names a result, so a store can
   * reuse it. JFHE_HASH_BYTES long.
   */
  planHash(plan: Ptr<'jfhe_plan'>, hash: Ptr<'uint8_t'>): void {
    this.check(this.x.jfhe_plan_hash(plan, hash));
  }

  /**
   * Start. Allocates scratch for the context's threads; the plan must outlive the run. `skip`: one byte an output, nonzero for those that
   * are not wanted (they were computed before), or null: what only they need is left out.
   */
  runNew(out: Ptr<'jfhe_run*'>, plan: Ptr<'jfhe_plan'>, skip: Ptr<'uint8_t'>): void {
    this.check(this.x.jfhe_run_new(out, plan, skip));
  }

  runFree(run: Ptr<'jfhe_run'>): void {
    this.x.jfhe_run_free(run);
  }

  /**
   * Work until something happens or about `slice` seconds have passed (0: no limit). Intermediates are freed at their last use.
   * Returns JFHE_ERR_CANCELLED after jfhe_run_cancel, or the failure of an operation; then the run can only be freed.
   */
  runAdvance(run: Ptr<'jfhe_run'>, slice: number, state: Ptr<'jfhe_run_state'>): void {
    this.check(this.x.jfhe_run_advance(run, slice, state));
  }

  /**
   * Hand over an input. The run takes ownership on success and frees it at its last use.
   * JFHE_ERR_FORM, _LEVEL, _SCALE, _RANGE, _KEY when it is not what was planned for.
   */
  runGive(run: Ptr<'jfhe_run'>, input: number, ct: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_run_give(run, input, ct));
  }

  /** As jfhe_run_give, of a ciphertext that stays the caller's: it must not change, and must live until the run is freed. Copies no residue. */
  runLend(run: Ptr<'jfhe_run'>, input: number, ct: Ptr<'jfhe_ct'>): void {
    this.check(this.x.jfhe_run_lend(run, input, ct));
  }

  /** Take a ready output; the caller frees it. JFHE_ERR_ARG when it is not ready or was taken. */
  runTake(run: Ptr<'jfhe_run'>, output: number, ct: Ptr<'jfhe_ct*'>): void {
    this.check(this.x.jfhe_run_take(run, output, ct));
  }

  /** Ask a run to stop at its next operation; any thread. */
  runCancel(run: Ptr<'jfhe_run'>): void {
    this.x.jfhe_run_cancel(run);
  }

  // ---- jfhe/table.h ----

  /**
   * Make one. The whole number first + m has the value values[m].
   *
   * b       gives levels, linear maps and keys; outlives the table.
   * values  count finite numbers, 2 to JFHE_TABLE_MAX. Up to 128 cost one bootstrap, more cost two.
   * first   a whole number, at most 2^40 in modulus.
   * Memory  at most 200 KB.
   * Time    count^2 products: 0.2 s for 4096.
   *
   * Returns JFHE_OK, else *out is null: JFHE_ERR_PARAMS where bootstrapping leaves too few levels; JFHE_ERR_VALUE for NaN or infinity;
   *         JFHE_ERR_ARG for the limits above; JFHE_ERR_MEMORY.
   */
  tableNew(out: Ptr<'jfhe_table*'>, b: Ptr<'jfhe_bootstrap'>, values: Ptr<'double'>, count: number, first: number): void
    {
    this.check(this.x.jfhe_table_new(out, b, values, count, first));
  }

  tableFree(t: Ptr<'jfhe_table'>): void {
    this.x.jfhe_table_free(t);
  }

  /** least level of an input */
  tableLevelIn(t: Ptr<'jfhe_table'>): number {
    return this.x.jfhe_table_level_in(t) >>> 0;
  }

  /** level of the result */
  tableLevelOut(t: Ptr<'jfhe_table'>): number {
    return this.x.jfhe_table_level_out(t) >>> 0;
  }

  /** bootstraps that a look-up costs: 1 or 2 */
  tableDigits(t: Ptr<'jfhe_table'>): number {
    return this.x.jfhe_table_digits(t) >>> 0;
  }

  /**
   * Look every slot up. Levels come back, as from a bootstrap.
   *
   * out[i] = values[a[i] - first] + e[i].   The number in a root of unity, and a trigonometric polynomial of that.
   *
   * The caller vouches that all numbers are whole ones of the table's range. Errors of a, up to a half, do not make them less so: they are taken
   * away as far as out's bound says. A number that is not one of the range has a mean of the table's values for a result.
   *
   * Shapes  a: degree 1, real packing, log_slots of the bootstrap, level >= jfhe_table_level_in (what is above is dropped).
   *         out: degree 1, real packing, level jfhe_table_level_out.
   * Scale   out is canonical.
   * Error   out's bounds; the worst case holds but for a chance of 2^-128 a digit that a coefficient overflows.
   * Alias   out may be a if it has room.
   * Memory  allocates nothing; scratch >= jfhe_table_scratch(ctx, t) bytes.
   * Time    independent of messages.
   *
   * Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL below jfhe_table_level_in; JFHE_ERR_KEY as jfhe_ckks_bootstrap;
   *         JFHE_ERR_RANGE for a magnitude that reaches beyond the table's range by more than a half, or an error after which values could not be
   *         told apart; JFHE_ERR_FORM, JFHE_ERR_SCALE, JFHE_ERR_SCRATCH.
   */
  ckksLookup(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, a: Ptr<'jfhe_ct'>, t: Ptr<'jfhe_table'>, keys:
    Ptr<'jfhe_keyring'>, scratch: Ptr, scratchLen: number): void {
    this.check(this.x.jfhe_ckks_lookup(ctx, out, a, t, keys, scratch, scratchLen));
  }

  tableScratch(ctx: Ptr<'jfhe_ctx'>, t: Ptr<'jfhe_table'>): number {
    return this.x.jfhe_table_scratch(ctx, t) >>> 0;
  }

  // ---- jfhe/secret.h ----

  skNew(out: Ptr<'jfhe_sk*'>, ctx: Ptr<'jfhe_ctx'>): void {
    this.check(this.x.jfhe_sk_new(out, ctx));
  }

  skFree(sk: Ptr<'jfhe_sk'>): void {
    this.x.jfhe_sk_free(sk);
  }

  /** Public name of the key: random bytes, not derived from it. JFHE_ID_BYTES long. */
  skId(sk: Ptr<'jfhe_sk'>, id: Ptr<'uint8_t'>): void {
    this.x.jfhe_sk_id(sk, id);
  }

  /**
   * A key that 32 bytes determine: a recovery file is these bytes, and made again in a context of the same degree they give the same
   * key under the same name. The coefficients are stream 1 of ChaCha20 keyed by the bytes, sampled as any ternary secret; the name is
   * the first JFHE_ID_BYTES of stream 2. Noise of what is encrypted comes from the operating system, so it never repeats. The counters
   * of releases are not in the bytes: a key made again starts at 0. Whoever holds the bytes holds the key.
   */
  skFromEntropy(out: Ptr<'jfhe_sk*'>, ctx: Ptr<'jfhe_ctx'>, entropy32: Ptr<'uint8_t'>): void {
    this.check(this.x.jfhe_sk_from_entropy(out, ctx, entropy32));
  }

  keygenPublic(out: Ptr<'jfhe_pk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>): void {
    this.check(this.x.jfhe_keygen_public(out, ctx, sk));
  }

  /** level: highest level served; a lower one makes a smaller key. */
  keygenRelin(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>, level: number): void {
    this.check(this.x.jfhe_keygen_relin(out, ctx, sk, level));
  }

  keygenGalois(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>, galois: number, level: number): void {
    this.check(this.x.jfhe_keygen_galois(out, ctx, sk, galois, level));
  }

  /** A Galois key from which servers may derive others (jfhe_evk_compose): finer digits, one special prime held back. */
  keygenParent(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>, galois: number): void {
    this.check(this.x.jfhe_keygen_parent(out, ctx, sk, galois));
  }

  /** Ciphertexts of `from` become ciphertexts of `to`. */
  keygenSwitch(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, from: Ptr<'jfhe_sk'>, to: Ptr<'jfhe_sk'>, level: number):
    void {
    this.check(this.x.jfhe_keygen_switch(out, ctx, from, to, level));
  }

  /** small: a key of a context of smaller degree whose primes this context carries. */
  keygenLift(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, small: Ptr<'jfhe_sk'>, sk: Ptr<'jfhe_sk'>): void {
    this.check(this.x.jfhe_keygen_lift(out, ctx, small, sk));
  }

  keygenLower(out: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>, small: Ptr<'jfhe_sk'>): void {
    this.check(this.x.jfhe_keygen_lower(out, ctx, sk, small));
  }

  /**
   * The two keys of bootstrapping: s -> a fresh sparse secret of weight 32 over level 0's modulus and one special prime, and back to s at
   * the top level. The sparse secret lives in this call alone; its name is random. Both keys go into the owner's keyring, and only a pair
   * of one call fits together.
   *
   * Returns JFHE_OK, else both are null: JFHE_ERR_SECURITY below degree 2^15 or above 128 bits; JFHE_ERR_MEMORY, JFHE_ERR_ENTROPY.
   */
  keygenBootstrap(down: Ptr<'jfhe_evk*'>, up: Ptr<'jfhe_evk*'>, ctx: Ptr<'jfhe_ctx'>, sk: Ptr<'jfhe_sk'>): void {
    this.check(this.x.jfhe_keygen_bootstrap(down, up, ctx, sk));
  }

  /** Seeded: c1 is expanded from 32 public bytes, so a fresh ciphertext is half as large on the wire. */
  encrypt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, pt: Ptr<'jfhe_pt'>, sk: Ptr<'jfhe_sk'>, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_encrypt(ctx, out, pt, sk, scratch, scratchLen));
  }

  encryptPublic(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_ct'>, pt: Ptr<'jfhe_pt'>, pk: Ptr<'jfhe_pk'>, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_encrypt_public(ctx, out, pt, pk, scratch, scratchLen));
  }

  encryptScratch(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_encrypt_scratch(ctx) >>> 0;
  }

  /** For holders of the key; uses only the residues the bound needs (one or two). Never show its result to others: see jfhe_release. */
  decrypt(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_pt'>, ct: Ptr<'jfhe_ct'>, sk: Ptr<'jfhe_sk'>, scratch: Ptr, scratchLen:
    number): void {
    this.check(this.x.jfhe_decrypt(ctx, out, ct, sk, scratch, scratchLen));
  }

  decryptScratch(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_decrypt_scratch(ctx) >>> 0;
  }

  /**
   * Numbers for someone who does not hold the key. What leaves the key holders is flooded first: each number gets discrete Gaussian
   * noise of sigma = sqrt(12*releases) * 2^(strength_bits/2) * B, B = worst * sqrt(numbers kept), the bound on the error of what is
   * shown, and lies on a grid, so that its low bits say nothing of the error it hides. [LMSS22]
   *
   * Shapes  re, im: count numbers in slot order (coefficients for JFHE_PACK_COEFF); im may be null: then imaginary parts are not
   *         released. keep: count bytes, nonzero = released; null = all. Numbers not kept are 0 and cost nothing.
   * Budget  at most `releases` calls under one key, the same figure in each; sk counts them and its container keeps the count.
   * Error   *error: absolute bound of each number kept, noise included, but for a chance of 2^-64 a number.
   * Returns JFHE_ERR_RANGE when the noise would drown the numbers (error over their magnitude): jfhe_last_error says how many bits
   *         are missing; JFHE_ERR_BUDGET when the releases are used up; JFHE_ERR_ARG for a strength other than 40 or 64.
   */
  release(ctx: Ptr<'jfhe_ctx'>, re: Ptr<'double'>, im: Ptr<'double'>, count: number, error: Ptr<'double'>, ct:
    Ptr<'jfhe_ct'>, sk: Ptr<'jfhe_sk'>, keep: Ptr<'uint8_t'>, strengthBits: number, releases: number, scratch: Ptr,
    scratchLen: number): void {
    this.check(this.x.jfhe_release(ctx, re, im, count, error, ct, sk, keep, strengthBits, releases, scratch,
      scratchLen));
  }

  releaseScratch(ctx: Ptr<'jfhe_ctx'>): number {
    return this.x.jfhe_release_scratch(ctx) >>> 0;
  }

  /** Releases counted so far under this key (kept in its container). */
  skReleases(sk: Ptr<'jfhe_sk'>): number {
    return this.x.jfhe_sk_releases(sk) >>> 0;
  }

  /** Bytes of the container: 2 bits a coefficient after 4 KiB of header, counters of releases included. */
  skWriteSize(sk: Ptr<'jfhe_sk'>): number {
    return this.x.jfhe_sk_write_size(sk) >>> 0;
  }

  /**
   * Whoever holds these bytes holds the key: keep them in a file of mode 0600, wipe the buffer.
   * Returns JFHE_OK, else what was written is undefined: JFHE_ERR_ARG for a null pointer or too little room.
   */
  skWrite(bytes: Ptr<'uint8_t'>, len: number, sk: Ptr<'jfhe_sk'>): void {
    this.check(this.x.jfhe_sk_write(bytes, len, sk));
  }

  /**
   * bytes, len: one whole container. Checks and statuses are those of jfhe/codec.h; JFHE_ERR_VALUE for a coefficient that is not
   * ternary, JFHE_ERR_BUDGET for counters that contradict each other, JFHE_ERR_ENTROPY when there is none for the key's noise.
   * Time    independent of the coefficients.
   */
  skRead(ctx: Ptr<'jfhe_ctx'>, out: Ptr<'jfhe_sk*'>, bytes: Ptr<'uint8_t'>, len: number): void {
    this.check(this.x.jfhe_sk_read(ctx, out, bytes, len));
  }
}

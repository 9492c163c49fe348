// check.ts: small checks of JSON that somebody else wrote. Nothing that arrives is believed before it passed one.

export type Loose = Readonly<Record<string, unknown>>;

export const isObject = (x: unknown): x is Loose => typeof x === 'object' && x !== null && !Array.isArray(x);
export const isCount = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
/** A whole number from 0 to `most`. */
export const isAtMost = (x: unknown, most: number): x is number => isCount(x) && x <= most;
/** A text of at most `most` characters. */
export const isText = (x: unknown, most = 4096): x is string => typeof x === 'string' && x.length <= most;
export const isHash = (x: unknown): x is string => typeof x === 'string' && /^[0-9a-f]{64}$/.test(x);

/** The text, cut to `most` characters; null when it is none. */
export function text(x: unknown, most = 200): string | null {
  return typeof x === 'string' ? x.slice(0, most) : null;
}

/** The finite number, or null. */
export function finite(x: unknown): number | null {
  return typeof x === 'number' && Number.isFinite(x) ? x : null;
}

/** Sizes of the axes, or null. */
export function shapeOf(x: unknown): readonly number[] | null {
  return Array.isArray(x) && x.length <= 32 && x.every(isCount) ? (x as number[]) : null;
}

export function listOf<T>(x: unknown, one: (item: unknown) => T | null): readonly T[] {
  return Array.isArray(x) ? x.map(one).filter((item): item is T => item !== null) : [];
}

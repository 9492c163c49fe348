// rational.ts: the double that is nearest to a quotient of integers of any length.

/** Bits of |n|. */
function bits(n: bigint): number {
  return (n < 0n ? -n : n).toString(2).length;
}

/** x * 2^k, in steps that no double overflows in. */
function scaled(x: number, k: number): number {
  const step = Math.max(-1000, Math.min(1000, k));
  return step === k ? x * 2 ** k : scaled(x * 2 ** step, k - step);
}

/**
 * n / d, d > 0, rounded once to nearest, ties to even, and how far that is off at the most: 0 where the quotient is a double.
 *
 * The quotient is first cut to 66 bits or one more, and its last bit is set where something was cut off: then it lies on the same side of
 * every middle between two doubles as the true quotient, and `Number`, which rounds to nearest, gives that one's double. Below 2^-1022 the
 * last step rounds too, so the bound counts a step there.
 */
export function nearestQuotient(n: bigint, d: bigint): { value: number; error: number } {
  if (n === 0n) return { value: 0, error: 0 };
  const shift = 66 - (bits(n) - bits(d));
  const [p, q] = shift > 0 ? [n << BigInt(shift), d] : [n, d << BigInt(-shift)];
  const cut = p % q !== 0n;
  const whole = p / q; // towards 0
  const sign = n < 0n ? -1n : 1n;
  const sticky = cut && whole % 2n === 0n ? whole + sign : whole;
  const value = scaled(Number(sticky), -shift);
  const rounded = cut || BigInt(Number(sticky)) !== sticky || Math.abs(value) < 2 ** -1000;
  return { value, error: rounded ? Math.abs(value) * 2 ** -53 + Number.MIN_VALUE : 0 };
}

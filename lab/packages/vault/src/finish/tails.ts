// tails.ts: tail probabilities of Student's t, F, chi-square and the normal distribution.
//
// Incomplete beta and gamma functions: a factor by Loader's way (deviances and what Stirling's formula leaves, so that no large logarithms
// cancel) times a continued fraction (DLMF 8.17.22, 8.9.2) or, for gamma left of the mean, a series of positive terms (DLMF 8.11.4).
// test/finish.test.mjs holds them against 40 digits over protocol/vectors/finish/tails.json. Off by 3e-11 of the value at the most, measured; the
// error grows with the degrees of freedom, x being so near to 1, so more than DEGREES_MAX of them are not answered. Whoever uses them
// charges 2^-30.

/** Degrees of freedom that are answered; NaN beyond. */
export const DEGREES_MAX = 2 ** 22;
const PARAMETER_MAX = DEGREES_MAX / 2;
const TINY = 1e-300;
const ROUNDS = 20_000; // continued fractions take about the root of the larger parameter
const CLOSE = 2 ** -53;

/** ln Gamma(x + 1) - ((x + 1/2) ln x - x + ln(2 pi)/2), x > 0: of Stirling's series five terms from 16 on, where the sixth is below 2^-52. */
function stirlingRest(x: number): number {
  let rest = 0;
  for (; x < 16; x += 1) rest += (x + 0.5) * Math.log1p(1 / x) - 1;
  const s = 1 / (x * x);
  return rest + (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / x;
}

/** x ln(x/m) - gap, gap = x - m given apart: small beside its terms where x is near m. */
function deviance(x: number, m: number, gap: number): number {
  if (Math.abs(gap) >= 0.1 * (x + m)) return x * Math.log(x / m) - gap;
  const v = gap / (x + m);
  let sum = gap * v;
  let power = 2 * x * v;
  for (let k = 3; k < 60; k += 2) {
    power *= v * v;
    const next = sum + power / k;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** Lentz's evaluation of 1/(1 + t(1)/(1 + t(2)/(1 + ...))). NaN where it does not settle. */
function fraction(term: (k: number) => number): number {
  let [out, c, d] = [1, 1, 0];
  for (let k = 1; k < ROUNDS; k += 1) {
    const t = term(k);
    d = 1 / (1 + t * d || TINY);
    c = 1 + t / c || TINY;
    const step = c * d;
    out *= step;
    if (Math.abs(step - 1) <= CLOSE) return 1 / out;
  }
  return NaN;
}

/** x^a y^b Gamma(a + b)/(Gamma(a + 1) Gamma(b)) times the fraction of I_x(a, b), y = 1 - x: for x below about a/(a + b). */
function betaPart(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const gap = a * y - b * x; // a - n x, and n y - b
  const log = stirlingRest(n) - stirlingRest(a) - stirlingRest(b) - deviance(a, n * x, gap) - deviance(b, n * y, -gap);
  const factor = Math.exp(log) * Math.sqrt(b / (2 * Math.PI * a * n));
  return factor * fraction(k => {
    const m = k >> 1;
    return k % 2 === 0 ? (m * (b - m) * x) / ((a + k - 1) * (a + k)) : (-(a + m) * (n + m) * x) / ((a + k - 1) * (a + k));
  });
}

/** The regularised incomplete beta function I_x(a, b); y = 1 - x is given beside it, so that neither loses digits. */
export function beta(a: number, b: number, x: number, y: number): number {
  if (!(a > 0 && a <= PARAMETER_MAX && b > 0 && b <= PARAMETER_MAX)) return NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  return x < (a + 1) / (a + b + 2) ? betaPart(a, b, x, y) : 1 - betaPart(b, a, y, x);
}

/** The upper regularised incomplete gamma function Q(a, x). */
export function gammaUpper(a: number, x: number): number {
  if (!(a > 0 && a <= PARAMETER_MAX)) return NaN;
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const factor = Math.exp(-stirlingRest(a) - deviance(a, x, a - x)) / Math.sqrt(2 * Math.PI * a); // x^a e^-x / Gamma(a + 1)
  if (x < a + 1) {
    let [sum, term] = [1, 1];
    for (let k = 1; term > CLOSE * sum; k += 1) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - factor * sum;
  }
  // Gamma(a, x) = x^a e^-x /(x + 1 - a + K), K of -k (k - a)/(x + 2 k + 1 - a); divided through by its denominators
  const whole = (k: number): number => x + 2 * k + 1 - a;
  return ((factor * a) / whole(0)) * fraction(k => (-k * (k - a)) / (whole(k - 1) * whole(k)));
}

/** P(abs(T) >= abs(t)) */
export function tTwoSided(t: number, df: number): number {
  const square = t * t;
  if (square === Infinity) return df > 0 ? 0 : NaN;
  return beta(df / 2, 0.5, df / (df + square), square / (df + square));
}

/** P(F >= f) */
export function fUpper(f: number, d1: number, d2: number): number {
  if (f <= 0) return 1;
  const wide = d1 * f;
  if (wide === Infinity) return 0;
  return beta(d2 / 2, d1 / 2, d2 / (d2 + wide), wide / (d2 + wide));
}

/** P(X >= x) */
export function chi2Upper(x: number, df: number): number {
  return gammaUpper(df / 2, x / 2);
}

/** P(abs(Z) >= abs(z)) */
export function normalTwoSided(z: number): number {
  return gammaUpper(0.5, (z * z) / 2);
}

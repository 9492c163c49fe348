// inverse.ts: the inverse of a small matrix whose entries lie between ends, and a bound on how far it is off.
//
// With R near the inverse of the middles and |I - R A| <= G for every matrix A between the ends, g < 1 the largest row sum of G:
// A^-1 = (I - E)^-1 R, |E| <= G, so entry (i, j) is off by at most (G |R|)[i, j] + (G 1)[i] g/(1 - g) max(|R|[:, j]). [Rump10]

import { down, EPS, up } from '../base/interval.ts';
import { empty, put, type Span } from './span.ts';

type Matrix = Float64Array<ArrayBuffer>[];

const rows = (n: number): Matrix => Array.from({ length: n }, () => new Float64Array(n));

/** An inverse by Gauss and Jordan with the largest pivots, good or not: the bound is computed from what it leaves. Null where a pivot is 0. */
function near(a: Float64Array, n: number): Matrix | null {
  const work = Array.from({ length: n }, (_, i) => Float64Array.from({ length: 2 * n }, (__, j) => (j < n ? (a[i * n + j] as number) : Number(j - n === i))));
  for (let k = 0; k < n; k += 1) {
    const best = work.reduce((at, row, i) => (i > k && Math.abs(row[k] as number) > Math.abs(work[at]![k] as number) ? i : at), k);
    [work[k], work[best]] = [work[best] as Matrix[number], work[k] as Matrix[number]];
    const pivot = work[k] as Float64Array;
    const lead = pivot[k] as number;
    if (lead === 0) return null;
    for (let j = 0; j < 2 * n; j += 1) pivot[j] = (pivot[j] as number) / lead;
    work.forEach((row, i) => {
      const factor = row[k] as number;
      if (i !== k && factor !== 0) for (let j = 0; j < 2 * n; j += 1) row[j] = (row[j] as number) - factor * (pivot[j] as number);
    });
  }
  return work.map(row => row.slice(n));
}

/** G: what I - R A may be, from middles, radii, and (n + 2) 2^-52 of the product of moduli for the roundings. */
function residual(a: Span, n: number, found: Matrix): Matrix {
  const out = rows(n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      let [rest, spread] = [Number(i === j), n * EPS];
      for (let k = 0; k < n; k += 1) {
        const [r, at] = [found[i]![k] as number, k * n + j];
        const [mid, low, high] = [a.mid[at] as number, a.low[at] as number, a.high[at] as number];
        rest -= r * mid;
        spread += Math.abs(r) * (Math.max(high - mid, mid - low) + (n + 2) * EPS * Math.abs(mid));
      }
      out[i]![j] = Math.abs(rest) + spread;
    }
  }
  return out;
}

export function inverse(a: Span): Span {
  const n = a.shape[0] as number;
  const out = empty(a.shape);
  const found = a.mid.every(Number.isFinite) ? near(a.mid, n) : null;
  const g = found && residual(a, n, found);
  const sums = g?.map(row => row.reduce((sum, x) => sum + x, 0)) ?? [];
  const norm = Math.max(...sums, 0);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const mid = found ? (found[i]![j] as number) : NaN;
      if (!found || !g || !(norm < 1)) {
        put(out, i * n + j, mid, -Infinity, Infinity);
        continue;
      }
      let [off, most] = [0, 0];
      for (let k = 0; k < n; k += 1) {
        const size = Math.abs(found[k]![j] as number);
        off += (g[i]![k] as number) * size;
        most = Math.max(most, size);
      }
      off = (off + (norm / (1 - norm)) * (sums[i] as number) * most) * (1 + 2 ** -40);
      put(out, i * n + j, mid, down(mid - off), up(mid + off));
    }
  }
  return out;
}

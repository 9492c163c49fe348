// bounds.ts: public bounds of a column, its centre and half range. The same doubles as python/jupyterfhe/client/tables_schema.py.

/** x = fraction * 2^exponent, fraction in [1/2, 1); of 0 both are 0. */
export function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  const view = new DataView(new ArrayBuffer(8));
  let shift = 0;
  view.setFloat64(0, x);
  if ((view.getUint32(0) & 0x7ff00000) === 0) {
    view.setFloat64(0, x * 2 ** 64); // subnormal
    shift = 64;
  }
  const high = view.getUint32(0);
  view.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return [view.getFloat64(0), ((high >>> 20) & 0x7ff) - 1022 - shift];
}

function ldexp1(exponent: number): number {
  return exponent >= 1024 ? Infinity : 2 ** exponent;
}

/** Bounds that say little about the extremes: multiples of about an eighth of the spread, half of that or more beyond them. */
export function padded(low: number, high: number, whole: boolean): [number, number] {
  if (low > high) return [0, 1]; // no value at all
  const size = Math.max(Math.abs(low), Math.abs(high));
  const spread = high - low || size / 8 || 1;
  let grid = ldexp1(frexp(spread)[1] - 4);
  if (whole) grid = Math.max(grid, 1);
  if (!Number.isFinite(size / grid)) return [low, high];
  const wideLow = Math.min(Math.floor(low / grid - 0.5) * grid, low);
  const wideHigh = Math.max(Math.ceil(high / grid + 0.5) * grid, high); // huge numbers close together have no such grid
  return [low >= 0 && wideLow < 0 ? 0 : wideLow, high <= 0 && wideHigh > 0 ? 0 : wideHigh];
}

/** a - b exactly, as a double and what it lacks. */
function difference(a: number, b: number): [number, number] {
  const d = a - b;
  const t = d - a;
  return [d, a - (d - t) + (-b - t)];
}

/** Centre, and the least power of two that is no smaller than the half range. */
export function middle(low: number, high: number): [number, number] {
  const centre = low / 2 + high / 2;
  const up = difference(high, centre);
  const down = difference(centre, low);
  const [d, e] = up[0] > down[0] || (up[0] === down[0] && up[1] > down[1]) ? up : down;
  if (d === 0 && e === 0) return [centre, 1];
  let half = ldexp1(Math.max(frexp(d)[1] - 1, -1000));
  while (half < d || (half === d && e > 0)) half *= 2;
  return [centre, half];
}

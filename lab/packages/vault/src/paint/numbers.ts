// numbers.ts: a number to the digits that its bound supports.

/** The bound, two digits. */
export function boundWords(bound: number): string {
  return bound === 0 ? 'exact' : `± ${bound.toPrecision(2)}`;
}

/** Digits that lie within the bound are not shown. */
export function numberWords(x: number, bound: number): string {
  if (!Number.isFinite(x)) return String(x);
  if (bound === 0) return String(x);
  const last = Math.floor(Math.log10(bound)); // the decimal place of the bound's first digit
  const first = x === 0 ? last : Math.floor(Math.log10(Math.abs(x)));
  if (last < -15 && first < -4) return x.toExponential(Math.min(15, Math.max(0, first - last)));
  if (first >= 15) return x.toExponential(Math.min(15, Math.max(0, first - last)));
  if (first < -4 && first > last) return x.toExponential(Math.min(15, first - last));
  if (last >= 1) {
    const step = 10 ** last;
    return String(Math.round(x / step) * step + 0);
  }
  const decimals = Math.min(-last, Math.max(0, 15 - Math.max(first, 0)), 100);
  const text = x.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

export function dateWords(kind: 'date' | 'datetime', x: number, bound: number, epoch: string | null): string {
  const start = Date.parse(`${epoch ?? '1970-01-01'}T00:00:00Z`);
  if (kind === 'date') return bound === 0 ? day(new Date(start + x * 86400e3)) : numberWords(x, bound);
  const time = new Date(start + Math.round(x * 1e3));
  if (Number.isNaN(time.getTime())) return numberWords(x, bound);
  const text = time.toISOString();
  return bound < 1e-3 ? text.replace('.000Z', 'Z') : bound < 0.5 ? `${text.slice(0, 19)}Z` : bound < 30 ? `${text.slice(0, 16)}Z` : text.slice(0, 10);
}

function day(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

/** A cell of a table. */
export function cellWords(column: { kind: string; epoch: string | null; labels: readonly string[] | null; bound: number }, x: number): string {
  if (column.kind === 'category' && column.bound === 0) return column.labels?.[x] ?? String(x);
  if (column.kind === 'bool' && column.bound === 0) return x === 1 ? 'yes' : 'no';
  if (column.kind === 'date' || column.kind === 'datetime') return dateWords(column.kind, x, column.bound, column.epoch);
  return numberWords(x, column.bound);
}

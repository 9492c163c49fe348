// cells.ts: texts as numbers, as python/jupyterfhe/client/tables_cells.py reads them. NaN says that a text is none of the kind;
// a number beyond the doubles is infinite.

/** Words for a missing value, in CSV alone. */
const MISSING: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None']);

/** Whether a trimmed text is such a word. Most texts are numbers, which their first character tells at less than a look-up costs. */
export function isMissing(text: string): boolean {
  const first = text.charCodeAt(0); // digits, signs and the point lie between + and 9
  return !(first >= 0x2b && first <= 0x39) && MISSING.has(text);
}

export const DAY = 86400e6; // microseconds
const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|([+-])([0-9]{2}):?([0-9]{2}))?$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Without the blanks and tabs around it. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && (text[from] === ' ' || text[from] === '\t')) from += 1;
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to -= 1;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

export function numberOf(text: string): number {
  return NUMBER.test(text) ? Number(text) : NaN;
}

/** Whether a number was written without point and exponent. */
export function isWhole(text: string): boolean {
  return !/[.eE]/.test(text);
}

export function booleanOf(text: string): number {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'yes' ? 1 : lower === 'false' || lower === 'no' ? 0 : NaN;
}

/** Days since 1970-01-01. */
export function dateOf(text: string): number {
  const found = DATE.exec(text);
  if (found === null) return NaN;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const most = (DAYS[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
  if (day < 1 || day > most) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86400e3;
}

/** Microseconds since 1970-01-01; without an offset UTC is meant. A date is its midnight. */
export function timeOf(text: string): number {
  const found = TIME.exec(text);
  if (found === null) return dateOf(text) * DAY;
  const [, date, hour, minute, second = '0', fraction = '', zone, sign, zoneHour = '0', zoneMinute = '0'] = found;
  const parts = [Number(hour), Number(minute), Number(second)] as const;
  const offset = zone === undefined || zone === 'Z' ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute));
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59 || Number(zoneHour) > 23 || Number(zoneMinute) > 59) return NaN;
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  return dateOf(date as string) * DAY + (parts[0] * 3600 + (parts[1] - offset) * 60 + parts[2]) * 1e6 + micros;
}

/** Order of code points, as Python sorts; JavaScript compares halves of characters. */
export function byCodePoint(a: string, b: string): number {
  const [x, y] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  for (;;) {
    const [p, q] = [x.next(), y.next()];
    if (p.done || q.done) return Number(q.done ?? false) - Number(p.done ?? false);
    const difference = (p.value.codePointAt(0) as number) - (q.value.codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
}

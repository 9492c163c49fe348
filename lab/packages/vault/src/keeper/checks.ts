// checks.ts: pieces of a manifest, read as if a stranger had written them. What does not fit is refused in words that hold nothing of it.

import { Told } from '../base/rpc.ts';

export type Loose = Record<string, unknown>;

export function need(fine: boolean, what: string): asserts fine {
  if (!fine) throw new Told(`This was not made by JupyterFHE, or it was changed: ${what}.`, 'format');
}

export function object(x: unknown, what: string): Loose {
  need(typeof x === 'object' && x !== null && !Array.isArray(x), `${what} is no object`);
  return x as Loose;
}

export function list(x: unknown, most: number, what: string): unknown[] {
  need(Array.isArray(x) && x.length <= most, `${what} is no list, or too long`);
  return x;
}

export function count(x: unknown, most: number, what: string): number {
  need(typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most, `${what} is out of range`);
  return x;
}

export function number(x: unknown, what: string, most = 1e300): number {
  need(typeof x === 'number' && Math.abs(x) <= most, `${what} is no number`);
  return x;
}

export function text(x: unknown, what: string, most = 1000): string {
  need(typeof x === 'string' && x.length <= most, `${what} is no text`);
  return x;
}

export function pair(x: unknown, what: string): [number, number] {
  const both = list(x, 2, what);
  need(both.length === 2, `${what} is no pair`);
  return [number(both[0], what), number(both[1], what)];
}

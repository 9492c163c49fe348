// scalar.ts: one secret number as the folder of an array of shape (), as python/jupyterfhe/array/store.py writes it.

import { down, EPS, powerOfTwo, up } from '../base/interval.ts';
import { hex, utf8, type Bytes } from '../base/bytes.ts';
import { Told } from '../base/rpc.ts';
import type { Encryptor, SecretKey } from '@jupyterfhe/wasm';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Bytes;
}

/** Public bounds that say little: the power of two at or above the modulus. */
export function publicRange(value: number): [number, number] {
  const high = value === 0 ? 1 : powerOfTwo(Math.abs(value));
  return [-high, high];
}

/** The files of its tree. low and high are public. */
export function scalarFiles(value: number, [low, high]: readonly [number, number], key: SecretKey, encryptor: Encryptor): NamedBytes[] {
  if (!Number.isFinite(value)) throw new Told('This is no number.', 'value');
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) throw new Told('The lower bound must be below the higher one.', 'value');
  if (!(low <= value && value <= high)) throw new Told('The number lies outside of these bounds.', 'value');
  const { context } = key;
  const shift = low / 2 + high / 2;
  const gain = powerOfTwo(Math.max(high - shift, shift - low) || Math.abs(shift) || 1);
  const range = [Math.max(down(low / gain + -shift / gain), -1), Math.min(up(high / gain + -shift / gain), 1)];
  const u = Math.min(1, Math.max(-1, (value - shift) / gain));
  const re = new Float64Array(context.slots).fill(u);
  const bytes = encryptor.encrypt({ re, bound: 1 });
  re.fill(0);
  const strip = { length: null, gain: [gain, 0], shift: [shift, 0], range, drift: up(2 * EPS * gain), pad: null, values: [0] };
  const manifest = {
    format: 'jupyterfhe array',
    version: 1,
    params: hex(context.hash),
    key: hex(key.id),
    log_slots: context.logN - 1,
    shape: [],
    dtype: 'float64',
    slot_axis: null,
    ciphertexts: 1,
    strips: [strip]
  };
  return [
    { name: '0.jfhe', bytes },
    { name: 'manifest.json', bytes: utf8(`${JSON.stringify(manifest)}\n`) }
  ];
}

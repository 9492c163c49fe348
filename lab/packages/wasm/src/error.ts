// error.ts: a status of the engine as an exception.

import { Status } from './raw.js';

const NAMES = new Map<number, string>(Object.entries(Status).map(([name, value]) => [value, name]));

/** What a call of the engine refused, and why. The message holds public data only. */
export class JfheError extends Error {
  override readonly name = 'JfheError';

  constructor(
    /** One of `Status`. */
    readonly status: number,
    message: string
  ) {
    super(message);
  }

  /** "ERR_FORMAT" and so on. */
  get code(): string {
    return NAMES.get(this.status) ?? `status ${this.status}`;
  }
}

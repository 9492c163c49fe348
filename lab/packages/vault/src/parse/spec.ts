// spec.ts: a column as it will be encrypted: its kind, its bounds, and the check of every cell. As tables_schema.py and
// tables_declared.py.

import { booleanOf, dateOf, DAY, isMissing, numberOf, timeOf, trimmed } from './cells.ts';
import { middle, padded } from './bounds.ts';
import { TableError, type Cells } from './rows.ts';
import { KINDS, WHOLE, type Kind, type Survey } from './survey.ts';

const EXACT = 2 ** 53; // from here on two integers may be one double
const RANGE_MAX = 1e140;
const HALF_MIN = 1e-140;
const CATEGORIES_MAX = 1 << 16;
const TEXT_MAX = 1000;
const EPOCH = '1970-01-01';

/** What the owner says of a column, all of it optional. Dates and times in bounds are texts as 2024-05-31. */
export interface Declared {
  readonly kind?: Kind;
  readonly lo?: number | string;
  readonly hi?: number | string;
  readonly unit?: string;
  readonly categories?: readonly string[];
  /** "auto": a mask where values are missing. */
  readonly missing?: 'auto' | 'mask' | 'refuse';
  /** Whether its labels go to sealed.bin, not to the manifest. */
  readonly hideLabels?: boolean;
  /** Whether its name goes to sealed.bin. */
  readonly hideName?: boolean;
  /** Of whole numbers; "both" where nothing is said. */
  readonly exact?: Exact;
  readonly drop?: boolean;
}

/** Which encryptions of a column there are: approximate alone, exact alone, both. */
export type Exact = 'no' | 'yes' | 'both';

export interface Read {
  /** 0 where there is none. */
  readonly numbers: Float64Array;
  readonly missing: Uint8Array;
  /** Rows that cannot be read, with the first reason. */
  readonly wrong: Map<number, string>;
}

/** What stands in a column's place in a plan: plain data, for messages between workers and for the journal. */
export interface Plan {
  readonly name: string;
  readonly kind: Kind;
  readonly lo: number;
  readonly hi: number;
  readonly centre: number;
  readonly half: number;
  readonly unit: string | null;
  readonly epoch: string | null;
  readonly labels: readonly string[] | null;
  readonly declared: boolean;
  readonly masked: boolean;
  readonly missing: 'auto' | 'mask' | 'refuse';
  readonly hideLabels: boolean;
  readonly hideName: boolean;
  readonly exact: Exact;
}

export class Spec {
  lo = NaN;
  hi = NaN;
  centre = 0;
  half = 1;
  unit: string | null = null;
  epoch: string | null = null;
  labels: readonly string[] | null = null;
  declared = false;
  hideLabels = true;
  hideName = false;
  exact: Exact = 'no';
  missing: 'auto' | 'mask' | 'refuse' = 'auto';
  foundMissing = 0;
  found: [number, number] = [Infinity, -Infinity];
  private codes: Map<string, number> | null = null;

  constructor(
    readonly name: string,
    readonly kind: Kind
  ) {
    if (kind === 'date' || kind === 'datetime') {
      this.epoch = EPOCH;
      this.unit = kind === 'date' ? 'days' : 's';
    }
  }

  /** Of a surveyed column, with what the owner declared. */
  static of(survey: Survey, declared: Declared): Spec {
    const { name } = survey;
    const kind = declared.kind ?? (declared.categories ? 'category' : survey.kind);
    if (kind === null) {
      const what = survey.live === 0 ? 'has no value at all' : 'holds more than 100 different texts';
      throw new TableError(`Column “${name}” ${what}.`, 'Leave it out, or say what it is.');
    }
    if (!KINDS.includes(kind)) throw new TableError(`Column “${name}” is of no known type.`);
    const spec = new Spec(name, kind);
    spec.missing = declared.missing ?? 'auto';
    spec.hideLabels = declared.hideLabels ?? true;
    spec.hideName = declared.hideName ?? false;
    if (spec.whole) spec.exact = declared.exact ?? 'both';
    if (declared.unit !== undefined) spec.unit = [...declared.unit].slice(0, 64).join('') || null;
    if (kind === 'category') spec.takeLabels(declared.categories ?? survey.labels);
    if (declared.lo !== undefined || declared.hi !== undefined) spec.declare(declared.lo, declared.hi);
    return spec;
  }

  /** As it was confirmed; what was confirmed before columns could be exact says nothing of it, and is not. */
  static from(plan: Plan): Spec {
    const spec = new Spec(plan.name, plan.kind);
    const { masked, ...rest } = plan;
    return Object.assign(spec, rest, { foundMissing: masked ? 1 : 0 });
  }

  plan(): Plan {
    const { name, kind, lo, hi, centre, half, unit, epoch, labels, declared, missing, hideLabels, hideName, exact, masked } = this;
    return { name, kind, lo, hi, centre, half, unit, epoch, labels, declared, masked, missing, hideLabels, hideName, exact };
  }

  get whole(): boolean {
    return WHOLE.includes(this.kind);
  }

  /** Whether a mask goes beside the values. */
  get masked(): boolean {
    return this.missing === 'mask' || (this.missing === 'auto' && this.foundMissing > 0);
  }

  private takeLabels(labels: readonly string[] | null): void {
    const fine = labels !== null && labels.length > 0 && labels.length <= CATEGORIES_MAX && labels.every(v => [...v].length <= TEXT_MAX);
    if (!fine) throw new TableError(`Column “${this.name}” has no labels, too many, or too long ones.`, 'Leave it out, or say what it is.');
    if (new Set(labels).size !== labels.length) throw new TableError(`Column “${this.name}” has a label twice.`);
    this.labels = labels;
  }

  private declare(lo: number | string | undefined, hi: number | string | undefined): void {
    if (this.kind === 'bool' || this.kind === 'category') throw new TableError(`Column “${this.name}” takes no bounds.`);
    const [low, high] = [this.end(lo, Math.floor), this.end(hi, Math.ceil)];
    if (!(low < high)) throw new TableError(`The bounds of column “${this.name}” are wrong: the lower one must be below the higher one.`);
    [this.lo, this.hi, this.declared] = [low, high, true];
  }

  private end(bound: number | string | undefined, round: (x: number) => number): number {
    let x: number;
    if (this.epoch === null) {
      x = typeof bound === 'number' ? bound : numberOf(trimmed(bound ?? ''));
    } else {
      const micros = typeof bound === 'string' ? timeOf(trimmed(bound)) : NaN;
      x = this.kind === 'date' ? round(micros / DAY) : micros / 1e6;
    }
    if (!Number.isFinite(x)) {
      const what = this.epoch === null ? 'two numbers' : 'two dates as 2024-05-31';
      throw new TableError(`The bounds of column “${this.name}” are wrong: ${what} are wanted.`);
    }
    return x;
  }

  /** Numbers of a batch. */
  read(cells: Cells): Read {
    const rows = cells.type === 'text' ? cells.texts.length : cells.numbers.length;
    const out: Read = { numbers: new Float64Array(rows), missing: new Uint8Array(rows), wrong: new Map() };
    const convert = cells.type === 'text' ? this.textReader() : null;
    for (let i = 0; i < rows; i++) {
      let x: number;
      if (cells.type === 'text') {
        const text = cells.texts[i] as string | null;
        if (text === null || (cells.words && isMissing(trimmed(text)))) {
          this.gap(out, i);
          continue;
        }
        x = (convert as (text: string) => number)(text);
      } else {
        if (cells.missing[i] || Number.isNaN(cells.numbers[i])) {
          this.gap(out, i);
          continue;
        }
        x = this.retyped(cells.numbers[i] as number, cells.type);
      }
      this.take(out, i, x);
    }
    return out;
  }

  private gap(out: Read, i: number): void {
    out.missing[i] = 1;
    if (this.missing === 'refuse') out.wrong.set(i, `column “${this.name}” is missing`);
  }

  private take(out: Read, i: number, read: number): void {
    const no = (why: string): void => void out.wrong.set(i, `column “${this.name}” ${why}`);
    let x = read;
    if (Number.isNaN(x)) return no(this.what());
    if (!Number.isFinite(x)) return no('is not finite');
    if (this.whole && x !== Math.floor(x)) return no('is no integer');
    if (this.whole && Math.abs(x) >= EXACT) return no('is 2^53 or more; as a decimal number it would be rounded');
    if (this.kind === 'datetime') x /= 1e6;
    if (this.declared && (x < this.lo || x > this.hi)) return no('is outside its bounds');
    out.numbers[i] = x;
  }

  private textReader(): (text: string) => number {
    if (this.kind === 'category') {
      this.codes ??= new Map((this.labels ?? []).map((label, i) => [label, i]));
      const { codes } = this;
      return text => codes.get(text) ?? NaN;
    }
    if (this.kind === 'bool') {
      return raw => {
        const text = trimmed(raw);
        const flag = booleanOf(text);
        if (!Number.isNaN(flag)) return flag;
        const number = numberOf(text);
        return number === 0 || number === 1 ? number : NaN;
      };
    }
    const one = { float: numberOf, int: numberOf, date: dateOf, datetime: timeOf }[this.kind];
    return raw => one(trimmed(raw));
  }

  /** A number of one type as another; NaN where it does not fit. */
  private retyped(x: number, type: Exclude<Cells['type'], 'text'>): number {
    const time = type === 'date' || type === 'datetime';
    if (this.kind === 'category') {
      this.codes ??= new Map((this.labels ?? []).map((label, i) => [label, i]));
      return this.codes.get(String(x)) ?? NaN;
    }
    if (this.kind === 'bool') return (x === 0 || x === 1) && !time ? x : NaN;
    if (type === 'datetime' && this.kind === 'date') return x % DAY === 0 ? x / DAY : NaN;
    if (type === 'date' && this.kind === 'datetime') return x * DAY;
    return time === (this.kind === 'date' || this.kind === 'datetime') ? x : NaN;
  }

  private what(): string {
    const words: Record<Kind, string> = {
      float: 'is no finite number',
      int: 'is no finite number',
      bool: 'is neither true nor false',
      date: 'is no date as 2024-05-31',
      datetime: 'is no time as 2024-05-31T10:00:00',
      category: 'is none of its labels'
    };
    return words[this.kind];
  }

  /** Remember the range of a batch, and how many are missing. */
  note({ numbers, missing, wrong }: Read): void {
    let [low, high] = this.found;
    for (let i = 0; i < numbers.length; i++) {
      if (missing[i]) {
        this.foundMissing += 1;
        continue;
      }
      if (wrong.size > 0 && wrong.has(i)) continue;
      const x = numbers[i] as number;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    this.found = [low, high];
  }

  /** Choose bounds, centre and half from what was found and declared. */
  settle(): void {
    if (this.kind === 'bool') {
      [this.lo, this.hi] = [0, 1];
    } else if (this.kind === 'category') {
      const count = (this.labels as readonly string[]).length;
      [this.lo, this.hi] = [0, count - 1];
    } else if (!this.declared) {
      [this.lo, this.hi] = padded(...this.found, this.whole);
    }
    const fits = Math.max(Math.abs(this.lo), Math.abs(this.hi)) <= RANGE_MAX;
    [this.centre, this.half] = this.kind === 'bool' || !fits ? [0, 1] : middle(this.lo, this.hi);
    if (!(fits && this.half >= HALF_MIN && Math.abs(this.centre) + this.half <= RANGE_MAX)) {
      throw new TableError(`Column “${this.name}” spans too large or too small a range.`, 'Change its unit, or leave it out.');
    }
  }
}

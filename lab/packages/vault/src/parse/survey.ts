// survey.ts: what a column holds, found in a first reading, as python/jupyterfhe/client/tables_survey.py finds it.

import { booleanOf, byCodePoint, dateOf, isWhole, isMissing, numberOf, timeOf, trimmed } from './cells.ts';
import type { Cells } from './rows.ts';

export type Kind = 'float' | 'int' | 'bool' | 'date' | 'datetime' | 'category';
export const KINDS: readonly Kind[] = ['float', 'int', 'bool', 'date', 'datetime', 'category'];
/** Kinds whose numbers are integers. */
export const WHOLE: readonly Kind[] = ['int', 'bool', 'date', 'category'];
/** Texts of at most so many kinds are categories, unless declared. */
export const LABELS = 100;

export class Survey {
  missing = 0;
  live = 0;
  /** Whether texts of more than LABELS kinds occur. */
  many = false;
  private readonly of: Record<Kind, number> = { float: 0, int: 0, bool: 0, date: 0, datetime: 0, category: 0 };
  private not01 = false;
  private texts = new Set<string>();

  constructor(readonly name: string) {}

  see(cells: Cells): void {
    if (cells.type !== 'text') {
      this.seeNumbers(cells);
    } else if (this.seeTexts(cells.texts, cells.words)) {
      for (const text of cells.texts) {
        if (this.many) break;
        if (text !== null && !(cells.words && isMissing(trimmed(text)))) this.keep(text);
      }
    }
  }

  private keep(text: string): void {
    this.texts.add(text);
    this.many = this.texts.size > LABELS;
    if (this.many) this.texts.clear();
  }

  private seeNumbers(cells: Exclude<Cells, { type: 'text' }>): void {
    const keep = cells.type === 'int' || cells.type === 'float';
    cells.numbers.forEach((x, i) => {
      if (cells.missing[i]) {
        this.missing += 1;
        return;
      }
      this.live += 1;
      this.of[cells.type] += 1;
      if (cells.type === 'int' && x !== 0 && x !== 1) this.not01 = true;
      if (keep && !this.many) this.keep(String(x));
    });
  }

  /** Whether its texts may be labels. */
  private seeTexts(texts: readonly (string | null)[], words: boolean): boolean {
    let numbers = 0;
    let live = 0;
    const kept: string[] = [];
    for (const raw of texts) {
      const text = raw === null ? null : trimmed(raw);
      if (text === null || (words && isMissing(text))) {
        this.missing += 1;
        continue;
      }
      live += 1;
      if (!words) {
        kept.push(text);
        continue;
      }
      const number = numberOf(text);
      if (Number.isNaN(number)) {
        kept.push(text);
      } else {
        numbers += 1;
        const whole = (Number.isInteger(number) || !Number.isFinite(number)) && isWhole(text); // a fraction was not written as a whole
        this.of[whole ? 'int' : 'float'] += 1;
        if (whole && number !== 0 && number !== 1) this.not01 = true;
      }
    }
    this.live += live;
    if (words && numbers === live) return live > 0;
    for (const text of kept) {
      if (words && !Number.isNaN(booleanOf(text))) this.of.bool += 1;
      if (!Number.isNaN(dateOf(text))) this.of.date += 1;
      if (!Number.isNaN(timeOf(text))) this.of.datetime += 1;
    }
    return live > 0;
  }

  /** What most cells are; null when nothing fits. */
  get kind(): Kind | null {
    const { of, live: n } = this;
    if (n === 0) return null;
    const number = of.int + of.float;
    const all: [Kind, number][] = [
      ['int', of.int],
      ['float', number],
      ['bool', of.bool],
      ['date', of.date],
      ['datetime', Math.max(of.datetime, of.date)]
    ];
    for (const [kind, count] of all) {
      if (count === n) return kind === 'int' && !this.not01 ? 'bool' : kind;
    }
    const most: [Kind, number][] = [
      ['float', number],
      ['date', of.date],
      ['datetime', of.datetime],
      ['bool', of.bool]
    ];
    for (const [kind, count] of most) {
      if (2 * count > n) return kind === 'float' && of.float === 0 ? 'int' : kind; // the others are malformed
    }
    return this.many ? null : 'category';
  }

  /** Texts that occur, sorted; null when there are too many. */
  get labels(): string[] | null {
    return this.many ? null : [...this.texts].sort(byCodePoint);
  }
}

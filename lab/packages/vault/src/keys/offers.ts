// offers.ts: what keys can be made for, in the words of somebody who computes, and what each choice costs. The one list of them.

/** A ring that can be added above keys: depth without end for what is encrypted with them, earlier too. docs/adr/0049. */
export interface Ladder {
  /** Parameters of the larger ring. */
  readonly preset: string;
  /** Bytes of its keys, which the server gets once; of those the key that lifts and the one that lowers. */
  readonly keys: number;
  readonly lift: number;
  readonly lower: number;
  /** Bytes of memory that this browser takes while it makes them, and seconds of one processor. */
  readonly memory: number;
  readonly seconds: number;
}

export interface Offer {
  readonly preset: string;
  readonly title: string;
  /** What can be computed. */
  readonly can: string;
  /** Bytes of keys, which the server gets once. */
  readonly keys: number;
  /** Bytes of a number of a long table. */
  readonly number: number;
  /** Rows up to which a column takes as much as one of so many. */
  readonly rows: number;
  /** Bytes of memory that this browser takes while it makes the keys. */
  readonly memory: number;
  /** What leads to any depth from here; null where that is there already, or is not offered. */
  readonly ladder: Ladder | null;
}

const ABOVE_ML: Ladder = { preset: 'deep-lean', keys: 284e6, lift: 21.2e6, lower: 28.3e6, memory: 590e6, seconds: 6 };

/** The first one runs all of the welcome notebook, and is taken unless somebody chooses. */
export const OFFERS: readonly [Offer, ...Offer[]] = [
  { preset: 'ml', title: 'Statistics, correlations, regression', can: 'Fourteen products in a row, which most statistics do with.', keys: 242e6, number: 180, rows: 16384, memory: 310e6, ladder: ABOVE_ML },
  { preset: 'deep-lean', title: 'Any depth', can: 'The same, and whatever multiplies on and on: long iterations, networks, sorting, comparisons of results. Steps beyond the eighth product take seconds more.', keys: 311e6, number: 144, rows: 32768, memory: 530e6, ladder: null },
  { preset: 'stats', title: 'Sums, averages, covariances', can: 'Six products in a row.', keys: 54e6, number: 84, rows: 8192, memory: 160e6, ladder: null }
];

function offerOf(preset: string | null): Offer | undefined {
  return OFFERS.find(offer => offer.preset === preset);
}

/** What a key was made for; a preset's name where it was made elsewhere. */
export function titleOf(preset: string | null): string {
  return offerOf(preset)?.title ?? preset ?? '';
}

/** The ring that can be added above keys of a preset; null where none is offered. */
export function ladderOf(preset: string | null): Ladder | null {
  return offerOf(preset)?.ladder ?? null;
}

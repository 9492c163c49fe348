// offers.ts: what keys can be made for, in the words of somebody who computes, and what each choice costs. The one list of them.

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
}

/** The first one runs all of the welcome notebook, and is taken unless somebody chooses. */
export const OFFERS: readonly [Offer, ...Offer[]] = [
  { preset: 'ml', title: 'Statistics, correlations, regression', can: 'Fourteen products in a row, which most statistics do with.', keys: 242e6, number: 180, rows: 16384, memory: 310e6 },
  { preset: 'deep-lean', title: 'Any depth', can: 'The same, and whatever multiplies on and on: long iterations, networks, sorting, comparisons of results. Steps beyond the eighth product take seconds more.', keys: 311e6, number: 144, rows: 32768, memory: 690e6 },
  { preset: 'stats', title: 'Sums, averages, covariances', can: 'Six products in a row.', keys: 54e6, number: 84, rows: 8192, memory: 160e6 }
];

/** What a key was made for; a preset's name where it was made elsewhere. */
export function titleOf(preset: string | null): string {
  return OFFERS.find(offer => offer.preset === preset)?.title ?? preset ?? '';
}

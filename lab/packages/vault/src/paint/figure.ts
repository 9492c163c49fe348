// figure.ts: what every chart has around its marks, as SVG: axes with ticks and words, a legend, a title for screen readers.
// Scales and ticks are d3's; SVG keeps text as text, for tests and screen readers alike, and takes its colours from vault.css.

import { scaleBand, scaleLinear, scaleUtc } from 'd3-scale';
import { s } from '../page/dom.ts';

const [TOP, RIGHT, BOTTOM] = [12, 16, 30];
const LETTER = 6.2; // pixels of a letter, about
const WORDS_MAX = 16; // letters of a word along an axis
const COLOURS = 8; // classes s0 ... s7 of vault.css

/** Where numbers (or the places of words) lie along one direction. */
export interface Axis {
  at(x: number): number;
  /** Width of a place, for bars and cells. */
  readonly step: number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly label: string | null;
}

export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** What an axis shows: numbers from low to high, times, or words. */
export type Extent = { readonly low: number; readonly high: number; readonly time?: boolean } | { readonly words: readonly string[] };

const longest = (words: readonly string[]): number => Math.min(WORDS_MAX, Math.max(1, ...words.map(word => word.length)));
const short = (text: string): string => (text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX - 1)}…` : text);

function axisOf(extent: Extent, range: [number, number], count: number, label: string | null): Axis {
  if ('words' in extent) {
    const scale = scaleBand<number>().domain(extent.words.map((_, i) => i)).range(range).padding(0.06);
    const half = scale.bandwidth() / 2;
    const every = Math.max(1, Math.ceil(extent.words.length / count));
    const ticks = extent.words.map((text, i) => ({ at: (scale(i) ?? 0) + half, text: short(text) })).filter((_, i) => i % every === 0);
    return { at: i => (scale(i) ?? 0) + half, step: scale.bandwidth(), ticks, label };
  }
  const wide = extent.high > extent.low ? extent : { ...extent, low: extent.low - 0.5, high: extent.high + 0.5 };
  if (wide.time) {
    const scale = scaleUtc().domain([wide.low, wide.high]).range(range);
    const format = scale.tickFormat();
    return { at: x => scale(x), step: 0, ticks: scale.ticks(count).map(t => ({ at: scale(t), text: format(t) })), label };
  }
  const scale = scaleLinear().domain([wide.low, wide.high]).nice(count).range(range);
  const format = scale.tickFormat(count);
  return { at: x => scale(x), step: 0, ticks: scale.ticks(count).map(t => ({ at: scale(t), text: format(t) })), label };
}

/** Room for a picture in this frame, in its pixels, so that letters have their size; the frame's size is the lab's choice. */
function room(): { width: number; height: number } {
  const { clientWidth, clientHeight } = document.documentElement;
  return { width: Math.max(340, clientWidth - 26), height: Math.min(560, Math.max(200, clientHeight - 110)) };
}

/** Axes for what is to be drawn. */
export function plotOf(x: Extent, y: Extent, labels: { x: string | null; y: string | null }): Plot {
  const { width, height } = room();
  const right = width - RIGHT;
  const foot = height - BOTTOM - (labels.x ? 18 : 0);
  const upright = axisOf(y, 'words' in y ? [TOP, foot] : [foot, TOP], 'words' in y ? 200 : 6, labels.y);
  const letters = Math.max(...upright.ticks.map(tick => tick.text.length), 1);
  const left = 14 + letters * LETTER + (labels.y ? 18 : 0);
  const ticks = Math.max(2, Math.floor((right - left) / ('words' in x ? longest(x.words) * LETTER + 8 : 80)));
  return { x: axisOf(x, [left, right], ticks, labels.x), y: upright, left, right, height };
}

function text(words: string, x: number, y: number, anchor: string, more: Record<string, string | number> = {}): SVGElement {
  const element = s('text', { x, y, 'text-anchor': anchor, ...more });
  element.textContent = words;
  return element;
}

function axes(plot: Plot, lines: boolean): SVGElement[] {
  const { x, y, left, right, height } = plot;
  const foot = height - BOTTOM - (x.label ? 18 : 0);
  const out: SVGElement[] = [];
  for (const tick of y.ticks) {
    if (lines) out.push(s('line', { class: 'axis', x1: left, x2: right, y1: tick.at, y2: tick.at }));
    out.push(text(tick.text, left - 6, tick.at + 4, 'end'));
  }
  for (const tick of x.ticks) out.push(text(tick.text, tick.at, foot + 16, 'middle'));
  if (lines) out.push(s('line', { class: 'axis', x1: left, x2: right, y1: foot, y2: foot }));
  if (x.label) out.push(text(x.label, (left + right) / 2, height - 4, 'middle', { class: 'name' }));
  if (y.label) out.push(text(y.label, 0, 0, 'middle', { class: 'name', transform: `translate(12 ${(TOP + foot) / 2}) rotate(-90)` }));
  return out;
}

/** The class of the i-th series' colour. */
export const colour = (i: number): string => `s${i % COLOURS}`;

function legend(names: readonly (string | null)[], y: number): SVGElement[] {
  if (names.length < 2 && !names[0]) return [];
  let x = 14;
  return names.flatMap((name, i) => {
    const words = short(name ?? `series ${i + 1}`);
    const key = s('rect', { class: `key ${colour(i)}`, x, y: y - 9, width: 10, height: 10, rx: 2 });
    const said = text(words, x + 14, y, 'start');
    x += 14 + words.length * (LETTER + 0.6) + 16;
    return [key, said];
  });
}

/** The picture. `said` is read out in its place. */
export function picture(plot: Plot, marks: readonly SVGElement[], said: string, names: readonly (string | null)[] = [], lines = true): SVGElement {
  const key = legend(names, plot.height + 14);
  const height = plot.height + (key.length > 0 ? 22 : 0);
  return s('svg', { class: 'figure', viewBox: `0 0 ${plot.right + RIGHT} ${height}`, role: 'img', 'aria-label': said }, ...axes(plot, lines), ...marks, ...key);
}

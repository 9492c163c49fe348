// chart.ts: a plain chart of one row of numbers: bars with their bounds, or a line when there are many.

import { s } from '../page/dom.ts';
import { numberWords } from './numbers.ts';

const WIDTH = 600;
const HEIGHT = 220;
const LEFT = 56;
const BOTTOM = 20;
const BARS_MAX = 80;

export function chart(values: Float64Array, errors: Float64Array): SVGElement {
  const low = Math.min(0, ...values.map((x, i) => x - (errors[i] ?? 0)));
  const high = Math.max(0, ...values.map((x, i) => x + (errors[i] ?? 0)));
  const span = high - low || 1;
  const y = (x: number): number => 8 + ((high - x) / span) * (HEIGHT - BOTTOM - 8);
  const step = (WIDTH - LEFT) / values.length;
  const x = (i: number): number => LEFT + (i + 0.5) * step;
  const axis = [low, high, 0].filter((at, i, all) => all.indexOf(at) === i).flatMap(at => [
    s('line', { class: 'axis', x1: LEFT, x2: WIDTH, y1: y(at), y2: y(at) }),
    label(numberWords(at, span / 200), LEFT - 6, y(at) + 4, 'end')
  ]);
  const ends = [label('0', x(0), HEIGHT - 4, 'middle'), label(String(values.length - 1), x(values.length - 1), HEIGHT - 4, 'middle')];
  const marks = values.length <= BARS_MAX ? bars(values, errors, x, y, step) : [line(values, x, y)];
  const svg = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Chart of ${values.length} numbers` }, ...axis, ...marks, ...ends);
  return svg;
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const element = s('text', { x, y, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}

function bars(values: Float64Array, errors: Float64Array, x: (i: number) => number, y: (v: number) => number, step: number): SVGElement[] {
  return [...values].flatMap((value, i) => {
    const [top, foot] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
    const wide = Math.max(1, step * 0.7);
    const error = errors[i] as number;
    return [
      s('rect', { class: 'mark', x: x(i) - wide / 2, width: wide, y: top, height: Math.max(0.5, foot - top) }),
      s('line', { class: 'whisker', x1: x(i), x2: x(i), y1: y(value - error), y2: y(value + error) })
    ];
  });
}

function line(values: Float64Array, x: (i: number) => number, y: (v: number) => number): SVGElement {
  const points = [...values].map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return s('polyline', { class: 'line', points });
}

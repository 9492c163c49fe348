// recipe.ts: a recipe as JSON, checked before anything is made of it, and its numbers (protocol/finish.md, "Nodes"). As
// python/jupyterfhe/array/recipe.py and client/finishing.py.

import { Told } from '../base/rpc.ts';
import { count, list, need, number } from '../keeper/checks.ts';
import { ALONG, ENTRYWISE, entrywise, index, reshape, stack } from './rules.ts';
import { around, broadcast, points, sizeOf, type Known, type Span } from './span.ts';

const NODES_MAX = 1 << 16;
const OPERANDS_MAX = 1 << 12;
const ENTRIES_MAX = 1 << 24;
/** Of all nodes together, here: three doubles each. */
const TOTAL_MAX = 1 << 22;
/** Rows of a matrix that is inverted here: a cube of steps. */
const INVERSE_MAX = 200;

/** A checked node. `data`: of a part its array and first entry, of `number` its values, of `index` and `reshape` what they say. */
export interface RecipeNode {
  readonly op: string;
  readonly operands: readonly number[];
  readonly data: readonly number[];
  readonly shape: readonly number[];
}

/** What is fine, and more than is shown. */
export function tooLarge(what: string): Told {
  return new Told(`This has more ${what} than are shown. Show a part of it, as with head(1000).`, 'range');
}

function shapeOf(x: unknown): number[] {
  return list(x, 8, 'a shape').map(n => count(n, 2 ** 40, 'a shape'));
}

/** Nodes, operands before what reads them. @param shapes - Of the arrays that parts are of. */
export function recipeOf(x: unknown, shapes: readonly (readonly number[])[]): RecipeNode[] {
  const given = list(x, NODES_MAX, 'its recipe');
  need(given.length > 0, 'its recipe is empty');
  const out: RecipeNode[] = [];
  let total = 0;
  for (const one of given) {
    const entry = list(one, 4, 'a node');
    need(entry.length >= 2 && typeof entry[0] === 'string', 'a node is none');
    const made = entry[0] === 'part' ? partNode(entry, shapes) : entry[0] === 'number' ? numberNode(entry) : operation(entry, out);
    total += sizeOf(made.shape);
    need(sizeOf(made.shape) <= ENTRIES_MAX, 'a node is too large');
    if (total > TOTAL_MAX) throw tooLarge('numbers');
    out.push(made);
  }
  return out;
}

function partNode(entry: unknown[], shapes: readonly (readonly number[])[]): RecipeNode {
  need(entry.length === 4, 'a part is none');
  const array = count(entry[1], shapes.length - 1, 'a part');
  const start = count(entry[2], ENTRIES_MAX, 'a part');
  const [shape, whole] = [shapeOf(entry[3]), shapes[array] as readonly number[]];
  const lies = whole.length === 2
    ? start < (whole[0] as number) && shape.length === 1 && shape[0] === whole[1]
    : whole.length === 1 && start + sizeOf(shape) <= (whole[0] as number);
  need(lies, 'a part is not in its array');
  return { op: 'part', operands: [], data: [array, start], shape };
}

function numberNode(entry: unknown[]): RecipeNode {
  need(entry.length === 3, 'a number is none');
  const shape = shapeOf(entry[1]);
  const data = list(entry[2], ENTRIES_MAX, 'a number').map(v => number(v, 'a number'));
  need(data.length === sizeOf(shape), 'a number is not of its shape');
  return { op: 'number', operands: [], data, shape };
}

function operation(entry: unknown[], before: readonly RecipeNode[]): RecipeNode {
  const op = entry[0] as string;
  const entrywise_ = Object.hasOwn(ENTRYWISE, op);
  need(entrywise_ || Object.hasOwn(ALONG, op) || ['stack', 'reshape', 'index'].includes(op), 'it wants an operation that this version lacks');
  const operands = list(entry[1], OPERANDS_MAX, 'operands').map(i => count(i, before.length - 1, 'an operand'));
  need(operands.length > 0 && operands.length === (entrywise_ ? ENTRYWISE[op]![0] : op === 'stack' ? operands.length : 1), `${op} has too many operands, or too few`);
  need((entry.length === 3) === (op === 'index' || op === 'reshape') && entry.length <= 3, `${op} has too many members, or too few`);
  const shapes = operands.map(i => before[i]!.shape);
  const data = op === 'index' ? [count(entry[2], ENTRIES_MAX, 'an index')] : op === 'reshape' ? shapeOf(entry[2]) : [];
  return { op, operands, data, shape: shapeAfter(op, shapes, data) };
}

function shapeAfter(op: string, shapes: readonly (readonly number[])[], data: readonly number[]): readonly number[] {
  const first = shapes[0] as readonly number[];
  if (Object.hasOwn(ENTRYWISE, op)) {
    const met = broadcast(shapes);
    need(met !== null, `operands of ${op} do not fit`);
    return met;
  }
  if (op === 'stack') {
    need(shapes.every(shape => shape.length === first.length && shape.every((n, k) => n === first[k])), 'stacked numbers have different shapes');
    return [shapes.length, ...first];
  }
  if (op === 'reshape') {
    need(sizeOf(data) === sizeOf(first), 'a shape does not hold its numbers');
    return data;
  }
  need(first.length > 0, `${op} takes an axis`);
  if (op === 'index') {
    need((data[0] as number) < (first[0] as number), 'an index is out of range');
    return first.slice(1);
  }
  if (op === 'inverse') {
    need(first.length === 2 && first[0] === first[1], 'a matrix without an inverse');
    if ((first[0] as number) > INVERSE_MAX) throw new Told(`A matrix of more than ${INVERSE_MAX} rows is not inverted here.`, 'range');
    return first;
  }
  return op === 'sum' ? first.slice(0, -1) : first;
}

/** Numbers of an array, in numpy's order, and bounds on the error of each: proved, and probable. */
export interface Part {
  readonly shape: readonly number[];
  readonly re: Float64Array;
  readonly errors: Float64Array;
  readonly likely: Float64Array;
}

/** The numbers of every node from both bounds of the parts. What is undefined or an integer rests on the proved ones alone. */
export function evaluateTwice(nodes: readonly RecipeNode[], parts: readonly Part[]): Known[] {
  const proved = evaluate(nodes, parts);
  const exact = parts.every(({ errors, likely }) => errors.every((error, i) => error === likely[i])); // then both are one
  const likely = exact ? proved : evaluate(nodes, parts.map(part => ({ ...part, errors: part.likely })));
  return proved.map((span, i) => ({ ...span, likely: likely[i] as Span }));
}

/** The numbers of every node. Memory: 24 bytes a number of all of them. */
export function evaluate(nodes: readonly RecipeNode[], parts: readonly Omit<Part, 'likely'>[]): Span[] {
  const out: Span[] = [];
  for (const { op, operands, data, shape } of nodes) {
    const given = operands.map(i => out[i] as Span);
    out.push(numbersOf(op, shape, data, given, parts));
  }
  return out;
}

function numbersOf(op: string, shape: readonly number[], data: readonly number[], given: readonly Span[], parts: readonly Omit<Part, 'likely'>[]): Span {
  if (op === 'part') {
    const { shape: whole, re, errors } = parts[data[0] as number] as Omit<Part, 'likely'>;
    const from = (data[1] as number) * (whole.length === 2 ? (whole[1] as number) : 1);
    return around(shape, re.subarray(from, from + sizeOf(shape)), errors.subarray(from, from + sizeOf(shape)));
  }
  if (op === 'number') return points(shape, data);
  if (op === 'stack') return stack(given);
  const [first] = given as [Span];
  if (op === 'reshape') return reshape(first, shape);
  if (op === 'index') return index(first, data[0] as number);
  return ALONG[op]?.(first) ?? entrywise(op, shape, given);
}

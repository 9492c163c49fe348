// resultManifest.ts: what the folder of a result says of itself (protocol/finish.md), read as if a stranger had written it.

import { recipeOf, tooLarge, type RecipeNode } from '../finish/recipe.ts';
import { KINDS, type Kind } from '../parse/survey.ts';
import { count, list, need, object, text, type Loose } from './checks.ts';

const ARRAYS_MAX = 64;
const OUTPUTS_MAX = 4096;
const TABLES_MAX = 64;
const LABELS_MAX = 1 << 24;
const ROWS_MAX = 1 << 20; // that are shown
const LEVELS_MAX = 16;
const SHAPES = ['record', 'series', 'frame'] as const;

/** A label of a row: a day or a time is the text of one, with `date` true. */
export type Label = string | number | boolean | null;

export interface ResultOutput {
  readonly name: string | null;
  readonly node: number;
  readonly valid: number | null;
  readonly kind: Kind;
  readonly epoch: string | null;
  readonly categories: readonly string[] | null;
  readonly source: string | null;
}

export interface ResultIndex {
  readonly names: readonly (string | null)[];
  /** Of each level, the column whose private labels stand in the place of codes. */
  readonly secret: readonly (string | null)[];
  readonly rows: number;
  /** Labels of a row, one a level. */
  label(row: number): readonly Label[];
}

export interface ResultManifest<A> {
  readonly format: 'jupyterfhe result';
  readonly params: string;
  readonly key: string;
  readonly arrays: readonly A[];
  readonly nodes: readonly RecipeNode[];
  readonly shape: (typeof SHAPES)[number];
  readonly title: string;
  readonly outputs: readonly ResultOutput[];
  readonly keep: number | null;
  readonly index: ResultIndex | null;
}

interface Described {
  readonly params: string;
  readonly key: string;
  readonly shape: readonly number[];
}

/** @param arrayOf - Reads the manifest of one array. */
export function resultOf<A extends Described>(root: Loose, arrayOf: (one: Loose) => A): ResultManifest<A> {
  need(root['version'] === 1, 'its version is unknown');
  const arrays = list(root['arrays'], ARRAYS_MAX, 'its arrays').map(one => arrayIn(object(one, 'an array'), arrayOf));
  const [first] = arrays;
  need(first !== undefined, 'it has no arrays');
  need(arrays.every(({ params, key }) => params === first.params && key === first.key), 'its arrays are under different keys');
  const shape = root['shape'] as ResultManifest<A>['shape'];
  need(SHAPES.includes(shape), 'its shape is unknown');
  const nodes = recipeOf(root['nodes'], arrays.map(one => one.shape));
  const outputs = list(root['outputs'], OUTPUTS_MAX, 'its outputs').map(one => outputOf(object(one, 'an output'), nodes.length));
  need(outputs.length > 0 && (shape !== 'series' || outputs.length === 1), 'it has no outputs, or too many');
  const keep = nodeOf(root['keep'], nodes.length);
  const index = shape === 'record' ? null : indexOf(object(root['index'], 'its index'));
  checkLengths(nodes, outputs, keep, index);
  list(root['tables'], TABLES_MAX, 'its tables').forEach(name => text(name, 'a table'));
  return { format: 'jupyterfhe result', params: first.params, key: first.key, arrays, nodes, shape, title: text(root['title'], 'its title'), outputs, keep, index };
}

function arrayIn<A extends Described>(one: Loose, arrayOf: (one: Loose) => A): A {
  need(one['format'] === 'jupyterfhe array', 'one of its arrays is none');
  const found = arrayOf(one);
  need(found.shape.length === 1 || found.shape.length === 2, 'one of its arrays has too many axes');
  return found;
}

function nodeOf(x: unknown, nodes: number): number | null {
  return x === null || x === undefined ? null : count(x, nodes - 1, 'a node of an output');
}

function optional(x: unknown, what: string): string | null {
  return x === null || x === undefined ? null : text(x, what);
}

function outputOf(one: Loose, nodes: number): ResultOutput {
  const [kind, epoch, categories] = [one['kind'] as Kind, optional(one['epoch'], 'an epoch'), one['categories']];
  need(KINDS.includes(kind), 'a column is of no known kind');
  need(epoch === null || /^\d{4}-\d{2}-\d{2}$/.test(epoch), 'an epoch is no date');
  return {
    name: optional(one['name'], 'a name'), node: count(one['node'], nodes - 1, 'a node of an output'), valid: nodeOf(one['valid'], nodes), kind, epoch,
    categories: categories === null || categories === undefined ? null : list(categories, 1 << 16, 'labels').map(label => text(label, 'a label')),
    source: optional(one['source'], 'a source')
  };
}

/** Every column is one number, or as long as the index; those of a record may have up to two axes. */
function checkLengths(nodes: readonly RecipeNode[], outputs: readonly ResultOutput[], keep: number | null, index: ResultIndex | null): void {
  const shape = (node: number): readonly number[] => nodes[node]!.shape;
  if (index === null) {
    need(keep === null, 'named numbers have no rows to leave out');
    need(outputs.every(({ node, valid }) => shape(node).length <= 2 && (valid === null || shape(valid).join() === shape(node).join())), 'a number has too many axes');
    return;
  }
  const columns = [...outputs.flatMap(({ node, valid }) => (valid === null ? [node] : [node, valid])), ...(keep === null ? [] : [keep])];
  need(columns.every(node => shape(node).length === 0 || (shape(node).length === 1 && shape(node)[0] === index.rows)), 'its columns are not as long as its index');
}

function indexOf(one: Loose): ResultIndex {
  const texts = (x: unknown): (string | null)[] => list(x, LEVELS_MAX, 'names of its index').map(name => optional(name, 'a name'));
  const [names, secret] = [texts(one['names']), texts(one['secret'])];
  need(names.length > 0 && names.length === secret.length, 'its index has no names');
  need(('range' in one) !== ('labels' in one), 'its index has no labels');
  const frame = { names, secret };
  if ('range' in one) return { ...frame, ...rangeOf(one['range'], names.length) };
  const given = list(one['labels'], LABELS_MAX, 'labels of its index');
  if (given.length > ROWS_MAX) throw tooLarge('rows');
  const labels = given.map(label => labelsOf(label, names.length));
  return { ...frame, rows: labels.length, label: row => labels[row] as readonly Label[] };
}

function rangeOf(x: unknown, levels: number): Pick<ResultIndex, 'rows' | 'label'> {
  const ends = list(x, 3, 'a range');
  need(ends.length === 3 && levels === 1 && ends.every(end => Number.isInteger(end) && Math.abs(end as number) < 2 ** 41), 'its index has no range');
  const [start, stop, step] = ends as [number, number, number];
  need(step !== 0, 'its index has a range without a step');
  const rows = Math.max(0, Math.ceil((stop - start) / step));
  if (rows > ROWS_MAX) throw tooLarge('rows');
  return { rows, label: row => [start + row * step] };
}

function labelsOf(x: unknown, levels: number): readonly Label[] {
  const labels = Array.isArray(x) ? x : [x];
  need(labels.length === levels && (levels > 1) === Array.isArray(x), 'labels of its index have different levels');
  return labels.map(labelOf);
}

function labelOf(x: unknown): Label {
  if (x === null || typeof x === 'boolean') return x;
  if (typeof x === 'number') return x;
  if (typeof x === 'string') return text(x, 'a label');
  const date = object(x, 'a label');
  const words = text(date['date'], 'a date', 40);
  need(Object.keys(date).length === 1 && /^\d{4}-\d{2}-\d{2}(T[0-9:.+Z-]*)?$/.test(words), 'a label is no date');
  return words.replace('T', ' ');
}

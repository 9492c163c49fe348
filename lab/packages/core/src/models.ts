// models.ts: what the lab knows of references, variables, progress and pointers; protocol/kernel.md has the words.
// Each `as…` takes unknown JSON (an output may be hostile) and gives a checked value or null.

import { finite, isCount, isHash, isObject, listOf, Loose, shapeOf, text } from './check.js';
import { asChart, Chart } from './chart.js';
import { isReference, plainReference, Reference } from './reference.js';
import { DATASET } from './vaultProtocol.js';

export const REFERENCE_MIME = 'application/vnd.jupyterfhe.ref+json';
export const PROGRESS_MIME = 'application/vnd.jupyterfhe.progress+json';
export const VARIABLES_TARGET = 'jupyterfhe.variables';

export interface ColumnInfo {
  readonly name: string;
  readonly kind: string;
  readonly missing: boolean;
}

export interface DatasetName {
  readonly name: string;
  readonly snapshot: string;
}

/** An encrypted output, as the card shows it: public facts only. */
export interface Output {
  readonly ref: Reference;
  readonly kind: Reference['kind'];
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly scheme: string;
  readonly preset: string;
  readonly levelsLeft: number | null;
  readonly errorBound: number | null;
  readonly size: number;
  readonly seconds: number | null;
  readonly reused: boolean;
  readonly program: string | null;
  readonly inputs: readonly string[];
  readonly name: string | null;
  readonly dataset: DatasetName | null;
  readonly columns: readonly ColumnInfo[] | null;
  /** What the notebook promised on the way, and nothing checked: the bound holds if these do. */
  readonly assumed: readonly string[];
}

/** A chart of encrypted numbers, as its card shows it. */
export interface ChartOutput {
  readonly chart: Chart;
  readonly parts: readonly Output[];
  readonly seconds: number | null;
}

export type ProgressState = 'running' | 'done' | 'cancelled' | 'failed';

export interface Progress {
  readonly id: string;
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
  readonly state: ProgressState;
}

export interface Variable {
  readonly name: string;
  readonly kind: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly computed: boolean;
  readonly levelsLeft: number | null;
  readonly errorBound: number | null;
  readonly size: number;
  readonly seconds: number | null;
  readonly reason: string | null;
  readonly preset: string;
  readonly treeHash: string | null;
  readonly dataset: DatasetName | null;
}

/** A `.fhe` file: where an encrypted dataset lies. */
export interface Pointer {
  readonly version: 1;
  readonly workspace: string;
  readonly dataset: string;
}

function asColumn(x: unknown): ColumnInfo | null {
  if (!isObject(x)) return null;
  const name = text(x['name']);
  return name === null ? null : { name, kind: text(x['kind'], 40) ?? '', missing: x['missing'] === true };
}

function asDatasetName(x: unknown): DatasetName | null {
  if (!isObject(x) || typeof x['name'] !== 'string' || !DATASET.test(x['name'])) return null;
  return { name: x['name'], snapshot: text(x['snapshot'], 64) ?? '' };
}

export function asOutput(x: unknown): Output | null {
  if (!isReference(x)) return null;
  return {
    ref: plainReference(x),
    kind: x.kind,
    shape: x.shape,
    dtype: text(x['dtype'], 20) ?? '',
    scheme: text(x['scheme'], 20) ?? '',
    preset: text(x['preset'], 40) ?? '',
    levelsLeft: isCount(x['levels_left']) ? x['levels_left'] : null,
    errorBound: finite(x['error_bound']),
    size: isCount(x['size']) ? x['size'] : 0,
    seconds: finite(x['seconds']),
    reused: x['reused'] === true,
    program: isHash(x['program']) ? x['program'] : null,
    inputs: Array.isArray(x['inputs']) ? x['inputs'].filter(isHash).slice(0, 100) : [],
    name: text(x.name, 100),
    dataset: asDatasetName(x['dataset']),
    columns: Array.isArray(x['columns']) ? listOf(x['columns'].slice(0, 10000), asColumn) : null,
    assumed: Array.isArray(x['assumed']) ? listOf(x['assumed'].slice(0, 100), words => text(words, 300)) : []
  };
}

export function asChartOutput(x: unknown): ChartOutput | null {
  const chart = asChart(x);
  if (chart === null || !isObject(x)) return null;
  return { chart, parts: listOf(x['refs'], asOutput), seconds: finite(x['seconds']) };
}

const STATES: readonly ProgressState[] = ['running', 'done', 'cancelled', 'failed'];

export function asProgress(x: unknown): Progress | null {
  if (!isObject(x) || (x['version'] !== undefined && x['version'] !== 1)) return null;
  const done = finite(x['done']), total = finite(x['total']), state = x['state'] as ProgressState;
  if (done === null || total === null || done < 0 || total <= 0 || !STATES.includes(state)) return null;
  const left = finite(x['seconds_left']);
  return {
    id: text(x['id'], 64) ?? '', label: text(x['label'], 20) ?? '', done: Math.min(done, total), total,
    secondsLeft: left !== null && left >= 0 ? left : null, state
  };
}

export function asVariable(x: unknown): Variable | null {
  if (!isObject(x)) return null;
  const name = text(x['name'], 100), shape = shapeOf(x['shape']);
  if (name === null || shape === null) return null;
  return {
    name, shape,
    kind: text(x['kind'], 20) ?? '',
    dtype: text(x['dtype'], 20) ?? '',
    computed: x['computed'] === true,
    levelsLeft: isCount(x['levels_left']) ? x['levels_left'] : null,
    errorBound: finite(x['error_bound']),
    size: isCount(x['size']) ? x['size'] : 0,
    seconds: finite(x['seconds']),
    reason: text(x['reason'], 300),
    preset: text(x['preset'], 40) ?? '',
    treeHash: isHash(x['tree_hash']) ? x['tree_hash'] : null,
    dataset: asDatasetName(x['dataset'])
  };
}

export function asVariables(x: unknown): readonly Variable[] | null {
  if (!isObject(x) || x['type'] !== 'variables' || x['version'] !== 1) return null;
  return listOf(x['variables'], asVariable);
}

/** The pointer that a `.fhe` file holds, or null. */
export function asPointer(source: string): Pointer | null {
  if (source.length > 4096) return null;
  let x: unknown;
  try {
    x = JSON.parse(source);
  } catch {
    return null;
  }
  if (!isObject(x) || x['version'] !== 1) return null;
  const workspace = x['workspace'], dataset = x['dataset'];
  if (typeof workspace !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(workspace)) return null;
  return typeof dataset === 'string' && DATASET.test(dataset) ? { version: 1, workspace, dataset } : null;
}

export function pointerText(workspace: string, dataset: string): string {
  return JSON.stringify({ version: 1, workspace, dataset }, null, 1) + '\n';
}

export type { Loose };

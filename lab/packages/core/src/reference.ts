// reference.ts: what stands for an encrypted output, `application/vnd.jupyterfhe.ref+json`, and its checks; protocol/kernel.md has the words.

import { finite, isAtMost, isObject, isText, text } from './check.js';

export interface TreeFile {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

export interface Tree {
  readonly files: readonly TreeFile[];
}

/** What it stands for; the last three are finished by the reader (protocol/finish.md). */
export const REFERENCE_KINDS = ['scalar', 'array', 'table', 'frame', 'series', 'record'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** The MIME type `application/vnd.jupyterfhe.ref+json`: never a value. */
export interface Reference {
  readonly version: 1;
  readonly kind: ReferenceKind;
  readonly workspace: string;
  readonly tree: Tree | null;
  readonly tree_hash: string;
  readonly key_id: string;
  readonly shape: readonly number[];
  readonly name?: string | null;
  readonly [more: string]: unknown;
}

export const LIMITS = {
  /** Files of a tree in a reference. */
  files: 262144,
  /** Axes of a shape. */
  axes: 32
} as const;

const HEX64 = /^[0-9a-f]{64}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}$/;
export const WORKSPACE = /^[A-Za-z0-9_-]{1,64}$/;

export function isTree(x: unknown): x is Tree {
  if (!isObject(x) || !Array.isArray(x['files'])) return false;
  const files = x['files'] as unknown[];
  if (files.length === 0 || files.length > LIMITS.files) return false;
  let before = '';
  return files.every(file => {
    if (!isObject(file) || !isText(file['name'], 127) || !PLAIN.test(file['name'])) return false;
    const ordered = file['name'] > before; // sorted, so unique
    before = file['name'];
    return ordered && isText(file['sha256'], 64) && HEX64.test(file['sha256']) && isAtMost(file['size'], 2 ** 40);
  });
}

export function isReference(x: unknown): x is Reference {
  return (
    isObject(x) &&
    x['version'] === 1 &&
    REFERENCE_KINDS.includes(x['kind'] as ReferenceKind) &&
    isText(x['workspace'], 64) &&
    WORKSPACE.test(x['workspace']) &&
    isText(x['tree_hash'], 64) &&
    HEX64.test(x['tree_hash']) &&
    isText(x['key_id'], 32) &&
    HEX32.test(x['key_id']) &&
    Array.isArray(x['shape']) &&
    x['shape'].length <= LIMITS.axes &&
    x['shape'].every(n => isAtMost(n, 2 ** 40)) &&
    isTree(x['tree'])
  );
}

/** Members of a reference that the vault is handed: those of the protocol, none that the notebook's author added. */
export function plainReference(x: Reference): Reference {
  const { version, kind, workspace, tree, tree_hash, key_id, shape } = x;
  const files = (tree?.files ?? []).map(({ name, sha256, size }) => ({ name, sha256, size }));
  const more: Record<string, unknown> = {};
  for (const key of ['params', 'preset', 'scheme', 'dtype', 'program'] as const) {
    const value = text(x[key], 64);
    if (value !== null) more[key] = value;
  }
  const bound = finite(x['error_bound']);
  return {
    version, kind, workspace, tree: { files }, tree_hash, key_id, shape: [...shape], name: text(x.name, 100),
    ...more, ...(bound === null ? {} : { error_bound: bound })
  };
}

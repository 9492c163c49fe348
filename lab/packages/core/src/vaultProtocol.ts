// vaultProtocol.ts: what lab and vault say to each other; protocol/vault.md has the words. Types, and the checks that
// both sides make of what arrives. Imports nothing, so that the vault's bundle takes this file and nothing else of core.

/** Version of the messages. Another one is refused by name. */
export const VAULT_VERSION = 1;

/** `window.postMessage` from lab to vault, with one MessagePort. */
export const HELLO = 'jupyterfhe:hello';
/** `window.postMessage` from vault to lab: its listener stands. Carries nothing else. */
export const READY = 'jupyterfhe:ready';

export interface Hello {
  readonly type: typeof HELLO;
  readonly version: number;
}

export interface Ready {
  readonly type: typeof READY;
  readonly version: number;
}

/** "none": no key on this device. */
export type KeyState = 'none' | 'locked' | 'unlocked';
/** "local": served by the user's own machine. "hub": by a server that others run. */
export type VaultMode = 'local' | 'hub';
export type VaultView = 'keys' | 'encrypt' | 'secret' | 'unlock' | 'lock';
export type VaultTheme = 'light' | 'dark';

export const VIEWS: readonly VaultView[] = ['keys', 'encrypt', 'secret', 'unlock', 'lock'];
export const THEMES: readonly VaultTheme[] = ['light', 'dark'];

export interface TreeFile {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

export interface Tree {
  readonly files: readonly TreeFile[];
}

/** The MIME type `application/vnd.jupyterfhe.ref+json`: never a value. */
export interface Reference {
  readonly version: 1;
  readonly kind: 'scalar' | 'array' | 'table';
  readonly workspace: string;
  readonly tree: Tree | null;
  readonly tree_hash: string;
  readonly key_id: string;
  readonly shape: readonly number[];
  readonly name?: string | null;
  readonly [more: string]: unknown;
}

// ---- lab -> vault; each carries an id that its reply repeats ----
export type VaultRequest =
  | { type: 'connect'; store: string; workspace: string; grant: string }
  | { type: 'status' }
  | { type: 'open'; view: VaultView; name?: string }
  | { type: 'drag'; over: boolean }
  | { type: 'paint'; ref: Reference; theme: VaultTheme }
  | { type: 'theme'; theme: VaultTheme }
  | { type: 'cancel'; job: string }
  | { type: 'focus' };
export type VaultRequestMessage = VaultRequest & { id: number };

/** `status` and `connect` are answered with it. */
export interface VaultStatus {
  readonly version: number;
  readonly keys: KeyState;
  readonly key_id: string | null;
  readonly preset: string | null;
  readonly mode: VaultMode;
  /** Whether evaluation keys lie in the store of the connected workspace; null while that is not known. */
  readonly published: boolean | null;
  readonly jobs: readonly VaultProgress[];
}

export type VaultErrorCode =
  | 'bad_request' // not of the form that protocol/vault.md gives
  | 'unknown' // no such type, or not in this kind of frame
  | 'refused' // a store, an origin or a version that this vault does not serve
  | 'not_connected' // wants `connect` first
  | 'not_found' // no such job
  | 'busy'; // a dialog is open that must be answered first

export type VaultReply =
  | ({ id: number; ok: true } & Partial<VaultStatus>)
  | { id: number; ok: false; code: VaultErrorCode; message: string };

// ---- vault -> lab, without id ----
export type JobLabel = 'read' | 'encrypt' | 'upload' | 'keys';
export interface VaultProgress {
  readonly job: string;
  readonly label: JobLabel;
  readonly done: number;
  readonly total: number;
  /** null while it is not known. */
  readonly seconds_left: number | null;
}

export type FailureCode = 'cancelled' | 'file' | 'store' | 'offline' | 'internal';

export type VaultEvent =
  | { type: 'state'; keys: KeyState; key_id: string | null; mode: VaultMode; published: boolean | null }
  | { type: 'want'; show: boolean; full: boolean }
  | ({ type: 'progress' } & VaultProgress)
  | { type: 'committed'; job: string; dataset: string | null; snapshot: string | null; kind: 'table' | 'scalar' | 'keys' }
  | { type: 'failed'; job: string; code: FailureCode }
  | { type: 'painted' }
  | { type: 'closed' };

export const LIMITS = {
  /** Characters of a request's texts. */
  text: 4096,
  /** Files of a tree in a reference. */
  files: 262144,
  /** Axes of a shape. */
  axes: 32
} as const;

const HEX64 = /^[0-9a-f]{64}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}$/;
const WORKSPACE = /^[A-Za-z0-9_-]{1,64}$/;

/** Names of datasets, as `jf.open("name")` takes them. */
export const DATASET = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

type Loose = Record<string, unknown>;

function isObject(x: unknown): x is Loose {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

function isText(x: unknown, most: number = LIMITS.text): x is string {
  return typeof x === 'string' && x.length <= most;
}

function isCount(x: unknown, most: number): x is number {
  return typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most;
}

export function isHello(x: unknown): x is Hello {
  return isObject(x) && x['type'] === HELLO && typeof x['version'] === 'number';
}

export function isReady(x: unknown): x is Ready {
  return isObject(x) && x['type'] === READY && typeof x['version'] === 'number';
}

export function isTree(x: unknown): x is Tree {
  if (!isObject(x) || !Array.isArray(x['files'])) return false;
  const files = x['files'] as unknown[];
  if (files.length === 0 || files.length > LIMITS.files) return false;
  let before = '';
  return files.every(file => {
    if (!isObject(file) || !isText(file['name'], 127) || !PLAIN.test(file['name'])) return false;
    const ordered = file['name'] > before; // sorted, so unique
    before = file['name'];
    return ordered && isText(file['sha256'], 64) && HEX64.test(file['sha256']) && isCount(file['size'], 2 ** 40);
  });
}

export function isReference(x: unknown): x is Reference {
  return (
    isObject(x) &&
    x['version'] === 1 &&
    (x['kind'] === 'scalar' || x['kind'] === 'array' || x['kind'] === 'table') &&
    isText(x['workspace'], 64) &&
    WORKSPACE.test(x['workspace']) &&
    isText(x['tree_hash'], 64) &&
    HEX64.test(x['tree_hash']) &&
    isText(x['key_id'], 32) &&
    HEX32.test(x['key_id']) &&
    Array.isArray(x['shape']) &&
    x['shape'].length <= LIMITS.axes &&
    x['shape'].every(n => isCount(n, 2 ** 40)) &&
    isTree(x['tree'])
  );
}

/** The request, or null when it has not the form of one. Members that are not named are refused. */
export function asRequest(x: unknown): VaultRequestMessage | null {
  if (!isObject(x) || !isCount(x['id'], 2 ** 52) || typeof x['type'] !== 'string') return null;
  const only = (...names: string[]): boolean => Object.keys(x).every(k => k === 'id' || k === 'type' || names.includes(k));
  switch (x['type']) {
    case 'connect': {
      const fine = isText(x['store']) && isText(x['workspace'], 64) && WORKSPACE.test(x['workspace']) && isText(x['grant']);
      return fine && only('store', 'workspace', 'grant') ? (x as unknown as VaultRequestMessage) : null;
    }
    case 'status':
    case 'focus':
      return only() ? (x as unknown as VaultRequestMessage) : null;
    case 'open': {
      const named = x['name'] === undefined || (isText(x['name'], 100) && DATASET.test(x['name']));
      const fine = VIEWS.includes(x['view'] as VaultView) && named && only('view', 'name');
      return fine ? (x as unknown as VaultRequestMessage) : null;
    }
    case 'drag':
      return typeof x['over'] === 'boolean' && only('over') ? (x as unknown as VaultRequestMessage) : null;
    case 'paint': {
      const fine = isReference(x['ref']) && THEMES.includes(x['theme'] as VaultTheme) && only('ref', 'theme');
      return fine ? (x as unknown as VaultRequestMessage) : null;
    }
    case 'theme':
      return THEMES.includes(x['theme'] as VaultTheme) && only('theme') ? (x as unknown as VaultRequestMessage) : null;
    case 'cancel':
      return isText(x['job'], 64) && only('job') ? (x as unknown as VaultRequestMessage) : null;
    default:
      return null;
  }
}

/** Types of requests that a frame answers. */
export const FRAME_REQUESTS = ['connect', 'status', 'open', 'drag', 'theme', 'cancel', 'focus'] as const;
export const PAINT_REQUESTS = ['paint', 'theme', 'focus'] as const;

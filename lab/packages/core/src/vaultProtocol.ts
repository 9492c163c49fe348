// vaultProtocol.ts: what lab and vault say to each other; protocol/vault.md has the words. Types, and the checks that
// both sides make of what arrives. Imports its neighbours reference.ts, chart.ts and check.ts alone, so that the vault's bundle takes these files
// and nothing else of core.

import { asChart, type Chart } from './chart.js';
import { isAtMost, isObject, isText } from './check.js';
import { isReference, type Reference, WORKSPACE } from './reference.js';

export * from './chart.js';
export * from './reference.js';

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

// ---- lab -> vault; each carries an id that its reply repeats ----
export type VaultRequest =
  | { type: 'connect'; store: string; workspace: string; grant: string }
  | { type: 'status' }
  | { type: 'open'; view: VaultView; name?: string }
  | { type: 'drag'; over: boolean }
  | { type: 'paint'; ref: Reference; theme: VaultTheme }
  | { type: 'chart'; chart: Chart; theme: VaultTheme }
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

/** Names of datasets, as `jf.open("name")` takes them. */
export const DATASET = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

export function isHello(x: unknown): x is Hello {
  return isObject(x) && x['type'] === HELLO && typeof x['version'] === 'number';
}

export function isReady(x: unknown): x is Ready {
  return isObject(x) && x['type'] === READY && typeof x['version'] === 'number';
}

/** The request, or null when it has not the form of one. Members that are not named are refused. */
export function asRequest(x: unknown): VaultRequestMessage | null {
  if (!isObject(x) || !isAtMost(x['id'], 2 ** 52) || typeof x['type'] !== 'string') return null;
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
    case 'chart': {
      const chart = asChart(x['chart']);
      const fine = chart !== null && THEMES.includes(x['theme'] as VaultTheme) && only('chart', 'theme');
      return fine ? ({ ...x, chart } as unknown as VaultRequestMessage) : null;
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
export const PAINT_REQUESTS = ['paint', 'chart', 'theme', 'focus'] as const;

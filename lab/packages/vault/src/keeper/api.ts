// api.ts: what frames ask of the keeper, and what it tells them.

import type { Connection } from '../upload/store.ts';
import type { KeyState, Reference, VaultProgress } from '../../../core/src/vaultProtocol.ts';
import type { Lent } from '../base/engine.ts';
import type { Sizes } from '../encrypt/exact.ts';
import type { Look, OpenedArray, OpenedTable } from './open.ts';
import type { OpenedResult } from './results.ts';

export interface KeeperState {
  readonly keys: KeyState;
  readonly key_id: string | null;
  readonly preset: string | null;
  readonly published: boolean | null;
  /** Whether keys of a ring above lie there too; null where that is not known. */
  readonly above: boolean | null;
  /** A ring above is wanted, and its keys are not all stored yet. */
  readonly climbing: boolean;
  readonly connected: boolean;
  /** Ids of passkeys that open the key, with the salts that they are asked with. */
  readonly passkeys: readonly { readonly id: string; readonly salt: string }[];
  readonly created: string | null;
  /** Minutes without use after which the key locks by itself; 0: never. */
  readonly lock_after: number;
  /** Keys of this device that are not in use. */
  readonly others: readonly { readonly key_id: string; readonly preset: string; readonly created: string }[];
}

/** An upload that was interrupted. */
export interface Unfinished {
  readonly job: string;
  readonly file: { readonly name: string; readonly size: number; readonly lastModified: number };
  readonly dataset: string;
  readonly done: number;
  readonly total: number;
}

/** What is in a tree, decrypted. */
export type Opened = OpenedArray | OpenedTable | OpenedResult;

/** By method: argument and result. */
export interface KeeperApi {
  status: [null, KeeperState];
  connect: [Connection, KeeperState];
  connection: [null, Connection | null];
  /** A key for an offer, the first of this device or `another`, which is in use from then on; `climb`: with a ring above. */
  create: [{ passphrase: string; preset: string; another: boolean; climb: boolean }, { recovery: string; name: string }];
  /** Take another key of this device into use; it is locked. */
  use: [{ key_id: string }, null];
  /** Want a ring above the key in use: its keys are made and stored with the next evaluation keys. */
  climb: [null, null];
  /** Want it no more: nothing of it stays here. */
  stayBelow: [null, null];
  /** Ask the store anew whether evaluation keys are there. */
  look: [null, KeeperState];
  unlock: [{ passphrase: string }, null];
  unlockPasskey: [{ id: string; prf: Uint8Array<ArrayBuffer> }, null];
  addPasskey: [{ id: string; salt: string; prf: Uint8Array<ArrayBuffer> }, null];
  lock: [null, null];
  /** The person is there: begin to count anew. */
  active: [null, null];
  lockAfter: [{ minutes: number }, null];
  recovery: [null, { recovery: string; name: string }];
  restore: [{ text: string; passphrase: string }, null];
  lend: [null, Lent];
  /** What columns will weigh under the key. */
  sizes: [null, Sizes];
  /** Of several, none is decrypted before the bytes of all are here. */
  open: [{ refs: readonly Reference[] } & Look, Opened[]];
  secret: [{ name: string; value: number; bounds: [number, number] | null }, null];
  unfinished: [null, Unfinished[]];
  forget: [{ job: string }, null];
  cancel: [{ job: string }, boolean];
  wantUnlock: [null, null];
}

/** Events. `arrived` is for the frame that asked to open. */
export interface KeeperEvents {
  state: KeeperState;
  progress: VaultProgress;
  committed: { job: string; dataset: string | null; snapshot: string | null; kind: 'table' | 'scalar' | 'keys' };
  failed: { job: string; code: string; message: string };
  arrived: null;
  wantUnlock: null;
}

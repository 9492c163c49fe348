// tokens.ts: what the extension's plugins give each other.

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { StoreClient } from './rest.js';
import type { Progress } from './models.js';
import type { Chart } from './chart.js';
import type { Preferences } from './preferences.js';
import type { KeyState, Reference, VaultEvent, VaultMode, VaultProgress, VaultView } from './vaultProtocol.js';

/** What a frame of the vault shows decrypted. */
export type Painting = { readonly ref: Reference } | { readonly chart: Chart };

/** The vault as the lab sees it: it can be asked to show things, and tells states, never values. */
export interface IVault {
  /** Resolves when the vault's frame answers; rejects when there is none. */
  readonly ready: Promise<void>;
  /** Where the vault is, `http://host:port`; empty until known. */
  readonly origin: string;
  readonly state: { readonly keys: KeyState; readonly keyId: string | null; readonly mode: VaultMode; readonly published: boolean | null };
  /** Why the vault cannot be reached, in words; null when it can. */
  readonly trouble: string | null;
  readonly jobs: ReadonlyMap<string, VaultProgress>;
  readonly changed: ISignal<IVault, void>;
  readonly event: ISignal<IVault, VaultEvent>;
  open(view: VaultView, name?: string): Promise<void>;
  drag(over: boolean): void;
  cancel(job: string): Promise<void>;
  /** Put a frame into `host` that shows it decrypted. Disposing removes it. */
  paint(host: HTMLElement, what: Painting, label: string, closed: () => void): { dispose(): void };
}
export const IVault = new Token<IVault>('@jupyterfhe/extension:IVault', 'Shows and encrypts on the other origin.');

/** The store of ciphertexts. */
export interface IStore {
  readonly client: StoreClient;
  readonly workspace: string;
  /** Emitted when datasets may have changed. */
  readonly changed: ISignal<IStore, void>;
  touch(): void;
}
export const IStore = new Token<IStore>('@jupyterfhe/extension:IStore', 'Speaks to the store of ciphertexts.');

/** What runs in kernels: the last progress that any told. */
export interface IActivity {
  readonly current: Progress | null;
  readonly changed: ISignal<IActivity, void>;
  report(progress: Progress): void;
  /** Stop what is computing in the kernel of the shown notebook: asked first, interrupted when that does not help. */
  cancel(): void;
  /** Asks the kernel to stop, where somebody has a line to it. */
  ask: (() => void) | null;
}
export const IActivity = new Token<IActivity>('@jupyterfhe/extension:IActivity', 'Tells what kernels compute.');

/** What a person chose in the settings. */
export interface IPreferences {
  readonly current: Preferences;
  readonly changed: ISignal<IPreferences, void>;
}
export const IPreferences = new Token<IPreferences>('@jupyterfhe/extension:IPreferences', 'Tells what a person chose in the settings.');

// app.ts: what the dialogs share: the keeper, the card, what the lab is told.

import type { Keeper } from '../keeper/client.ts';
import type { KeeperState } from '../keeper/api.ts';
import type { FailureCode, VaultEvent, VaultProgress } from '../../../core/src/vaultProtocol.ts';
import type { Card } from './card.ts';

export interface App {
  readonly keeper: Keeper;
  readonly card: Card;
  state: KeeperState;
  /** Whether this page is a frame of a lab, or a window of its own. */
  readonly framed: boolean;
  readonly jobs: Map<string, VaultProgress>;
  /** How to stop a job, by its id. */
  readonly cancels: Map<string, () => void>;
  tell(event: VaultEvent): void;
  progress(now: VaultProgress): void;
  ended(job: string): void;
}

/** Words of an error for the person. */
export function words(why: unknown): string {
  return why instanceof Error && why.message !== '' ? why.message : 'Something went wrong inside the vault.';
}

/** What the lab is told of a failure. */
export function failure(code: string): FailureCode {
  return (['cancelled', 'file', 'store', 'offline'] as const).find(one => one === code) ?? 'internal';
}

/** Give a text as a file to save. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

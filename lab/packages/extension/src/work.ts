// work.ts: what the vault does, as bars show it.

import type { IVault, VaultProgress } from '@jupyterfhe/core';
import type { Work } from '@jupyterfhe/ui';

function workOf(vault: IVault, job: VaultProgress): Work {
  return {
    progress: {
      id: job.job, label: job.label, done: job.done, total: Math.max(job.total, 1), secondsLeft: job.seconds_left, state: 'running'
    },
    onCancel: () => void vault.cancel(job.job).catch(() => undefined)
  };
}

/** Files that are encrypted and keys that are made, each with its way to stop. */
export function vaultWork(vault: IVault): readonly Work[] {
  return [...vault.jobs.values()].map(job => workOf(vault, job));
}

// statusItem.tsx: keys, vault and work, in the status bar.

import * as React from 'react';
import type { KeyState, Progress, VaultMode } from '@jupyterfhe/core';
import { LockIcon, OpenLockIcon } from './icons.js';
import { progressLabel } from './progressBar.js';

export interface StatusItemProps {
  readonly keys: KeyState;
  readonly mode: VaultMode;
  readonly trouble: string | null;
  /** What the vault does, if anything. */
  readonly job: Progress | null;
  /** What the kernel does, if anything. */
  readonly running: Progress | null;
  onKeys(): void;
  onCancel(): void;
}

const KEYS: Record<KeyState, string> = { none: 'No keys yet', locked: 'Keys locked', unlocked: 'Keys unlocked' };
const NEXT: Record<KeyState, string> = { none: 'Make keys', locked: 'Unlock them', unlocked: 'Lock them' };
const MODES: Record<VaultMode, string> = { local: 'vault on this machine', hub: 'vault on a server' };

function percent(p: Progress): string {
  return `${progressLabel(p.label)} ${Math.round((100 * p.done) / p.total)} %`;
}

export function StatusItem(props: StatusItemProps): JSX.Element {
  const { keys, mode, trouble, job, running } = props;
  const work = running ?? job;
  const text = trouble ? 'Vault not reached' : KEYS[keys];
  return (
    <span className="jp-Fhe-status">
      <button type="button" className={`jp-Fhe-status-button${trouble ? ' jp-Fhe-warn' : ''}`} onClick={props.onKeys}
        title={trouble ?? `${NEXT[keys]}; ${MODES[mode]}`} aria-label={`Encryption: ${text}, ${MODES[mode]}. ${trouble ? '' : NEXT[keys]}`}>
        {keys === 'unlocked' ? <OpenLockIcon /> : <LockIcon />}
        <span>{text}</span>
        {!trouble && <span className="jp-Fhe-status-mode">{MODES[mode]}</span>}
      </button>
      {work && (
        <button type="button" className="jp-Fhe-status-button" onClick={props.onCancel} title="Cancel" role="status"
          aria-label={`${percent(work)}. Cancel.`}>{percent(work)}</button>
      )}
    </span>
  );
}

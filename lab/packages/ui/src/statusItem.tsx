// statusItem.tsx: keys, vault and work, in the status bar.

import * as React from 'react';
import type { KeyState, Progress, VaultMode } from '@jupyterfhe/core';
import { LockIcon, OpenLockIcon } from './icons.js';
import { leftText, percent, progressLabel } from './progressBar.js';

/** Something that takes time, and the way to stop it. */
export interface Work {
  readonly progress: Progress;
  onCancel(): void;
}

export interface StatusItemProps {
  readonly keys: KeyState;
  readonly mode: VaultMode;
  readonly trouble: string | null;
  readonly work: readonly Work[];
  onKeys(): void;
}

const KEYS: Record<KeyState, string> = { none: 'No keys yet', locked: 'Keys locked', unlocked: 'Keys unlocked' };
const NEXT: Record<KeyState, string> = { none: 'Make keys', locked: 'Unlock them', unlocked: 'Lock them' };
const MODES: Record<VaultMode, string> = { local: 'vault on this machine', hub: 'vault on a server' };

function WorkItem({ progress, onCancel }: Work): JSX.Element {
  const label = progressLabel(progress.label);
  return (
    <span className="jp-Fhe-status-work" role="group" aria-label={label}>
      <span title={leftText(progress)}>{label} {percent(progress)} %</span>
      <span className="jp-Fhe-status-mode">{leftText(progress)}</span>
      <button type="button" className="jp-Fhe-status-button" onClick={onCancel} title={`Cancel: ${label}`} aria-label={`Cancel: ${label}`}>✕</button>
    </span>
  );
}

export function StatusItem(props: StatusItemProps): JSX.Element {
  const { keys, mode, trouble } = props;
  const text = trouble ? 'Vault not reached' : KEYS[keys];
  return (
    <span className="jp-Fhe-status">
      <button type="button" className={`jp-Fhe-status-button${trouble ? ' jp-Fhe-warn' : ''}`} onClick={props.onKeys}
        title={trouble ?? `${NEXT[keys]}; ${MODES[mode]}`} aria-label={`Encryption: ${text}, ${MODES[mode]}. ${trouble ? '' : NEXT[keys]}`}>
        {keys === 'unlocked' ? <OpenLockIcon /> : <LockIcon />}
        <span>{text}</span>
        {!trouble && props.work.length === 0 && <span className="jp-Fhe-status-mode">{MODES[mode]}</span>}
      </button>
      {props.work.map(work => <WorkItem key={work.progress.id} {...work} />)}
    </span>
  );
}

// progressBar.tsx: one bar, for the kernel's work and the vault's.

import * as React from 'react';
import { Progress, secondsText } from '@jupyterfhe/core';

export interface ProgressBarProps {
  readonly progress: Progress;
  readonly onCancel?: (() => void) | undefined;
}

const WORDS: Record<string, string> = {
  compute: 'Computing on encrypted data', upload: 'Storing', download: 'Fetching', keys: 'Preparing keys', encrypt: 'Encrypting', read: 'Reading'
};
const ENDS: Record<string, string> = { cancelled: 'cancelled', failed: 'failed', done: 'done' };

export function progressLabel(label: string): string {
  return WORDS[label] ?? 'Working';
}

export function percent(progress: Progress): number {
  return Math.round(100 * Math.min(1, progress.done / progress.total));
}

/** How long it still takes, or how it ended. */
export function leftText(progress: Progress): string {
  if (progress.state !== 'running') return ENDS[progress.state] ?? '';
  return progress.secondsLeft === null ? '' : `about ${secondsText(progress.secondsLeft)} left`;
}

export function ProgressBar({ progress, onCancel }: ProgressBarProps): JSX.Element {
  const running = progress.state === 'running';
  const share = percent(progress);
  const label = progressLabel(progress.label);
  const left = leftText(progress);
  return (
    <div className={`jp-Fhe-progress jp-Fhe-progress-${progress.state}`}>
      <span className="jp-Fhe-progress-label">{label}</span>
      <div className="jp-Fhe-bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={share} aria-valuetext={`${share} percent${left ? ', ' + left : ''}`}>
        <div className="jp-Fhe-bar-fill" style={{ width: `${share}%` }} />
      </div>
      <span className="jp-Fhe-progress-left">{left}</span>
      {running && onCancel && (
        <button type="button" className="jp-Fhe-button" onClick={onCancel} aria-label={`Cancel: ${label}`}>Cancel</button>
      )}
    </div>
  );
}

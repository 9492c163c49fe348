// progressBar.tsx: one bar, for the kernel's work and the vault's.

import * as React from 'react';
import { Progress, secondsText } from '@jupyterfhe/core';

export interface ProgressBarProps {
  readonly progress: Progress;
  readonly onCancel?: (() => void) | undefined;
}

const WORDS: Record<string, string> = {
  compute: 'Computing on encrypted data', upload: 'Storing', download: 'Fetching', keys: 'Loading keys', encrypt: 'Encrypting', read: 'Reading'
};
const ENDS: Record<string, string> = { cancelled: 'cancelled', failed: 'failed', done: 'done' };

export function progressLabel(label: string): string {
  return WORDS[label] ?? 'Working';
}

export function ProgressBar({ progress, onCancel }: ProgressBarProps): JSX.Element {
  const running = progress.state === 'running';
  const share = Math.min(1, progress.done / progress.total);
  const label = progressLabel(progress.label);
  const left = running && progress.secondsLeft !== null ? `about ${secondsText(progress.secondsLeft)} left` : ENDS[progress.state] ?? '';
  return (
    <div className={`jp-Fhe-progress jp-Fhe-progress-${progress.state}`}>
      <span className="jp-Fhe-progress-label">{label}</span>
      <div className="jp-Fhe-bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)} aria-valuetext={`${Math.round(100 * share)} percent${left ? ', ' + left : ''}`}>
        <div className="jp-Fhe-bar-fill" style={{ width: `${100 * share}%` }} />
      </div>
      <span className="jp-Fhe-progress-left">{left}</span>
      {running && onCancel && (
        <button type="button" className="jp-Fhe-button" onClick={onCancel} aria-label={`Cancel: ${label}`}>Cancel</button>
      )}
    </div>
  );
}

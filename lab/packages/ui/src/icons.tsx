// icons.tsx: a closed and an open lock, drawn in the text's colour.

import * as React from 'react';

const BODY = 'M4 7h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z';

export function LockIcon(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" className="jp-Fhe-icon" aria-hidden="true" focusable="false">
      <path d={BODY} fill="currentColor" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" strokeWidth="1.6" />
    </svg>
  );
}

export function OpenLockIcon(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" className="jp-Fhe-icon" aria-hidden="true" focusable="false">
      <path d={BODY} fill="currentColor" />
      <path d="M5 7V4a3 3 0 0 1 5.8-1" fill="none" stroke="currentColor" strokeWidth="1.6" />
    </svg>
  );
}

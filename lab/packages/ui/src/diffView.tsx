// diffView.tsx: what changed between two versions, as far as it is public: rows, columns, parts of columns.

import * as React from 'react';
import type { Diff } from '@jupyterfhe/core';

function Line({ what, names }: { readonly what: string; readonly names: readonly string[] }): JSX.Element | null {
  if (names.length === 0) return null;
  return <li><strong>{what}</strong> {names.join(', ')}</li>;
}

export function DiffView({ diff }: { readonly diff: Diff }): JSX.Element {
  const same = diff.rowsFrom === diff.rowsTo;
  const nothing = same && diff.added.length + diff.removed.length + diff.changed.length === 0;
  return (
    <div className="jp-Fhe-diff" role="region" aria-label="Changes between two versions">
      <h3>Changes</h3>
      {nothing ? <p>The two versions hold the same data.</p> : (
        <ul>
          {!same && <li><strong>rows</strong> {diff.rowsFrom?.toLocaleString('en')} → {diff.rowsTo?.toLocaleString('en')}</li>}
          <Line what="new columns" names={diff.added} />
          <Line what="removed columns" names={diff.removed} />
          <Line what="changed columns" names={diff.changed.map(c => (c.chunks > 1 ? `${c.name} (${c.chunks} parts)` : c.name))} />
        </ul>
      )}
    </div>
  );
}

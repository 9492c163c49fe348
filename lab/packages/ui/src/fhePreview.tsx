// fhePreview.tsx: a `.fhe` file opened: what everybody may know of the dataset.

import * as React from 'react';
import { agoText, Dataset, shortHash, sizeText, Snapshot } from '@jupyterfhe/core';

export interface FhePreviewProps {
  readonly name: string | null;
  readonly dataset: Dataset | null;
  readonly snapshot: Snapshot | null;
  readonly trouble: string | null;
  onInsert(): void;
}

export function FhePreview({ name, dataset, snapshot, trouble, onInsert }: FhePreviewProps): JSX.Element {
  return (
    <section className="jp-Fhe-preview" aria-label={`Encrypted dataset ${name ?? ''}`}>
      <h1>{name ?? (trouble ? 'Not an encrypted dataset' : 'Looking…')}</h1>
      {trouble && <p className="jp-Fhe-trouble" role="alert">{trouble}</p>}
      {dataset && snapshot && (
        <>
          <dl className="jp-Fhe-pairs">
            {snapshot.rows !== null && (<><dt>rows</dt><dd>{snapshot.rows.toLocaleString('en')}</dd></>)}
            <dt>size, encrypted</dt><dd>{sizeText(snapshot.size)}</dd>
            <dt>version</dt><dd>{shortHash(snapshot.id)}, {agoText(snapshot.created)}</dd>
            <dt>opens with key</dt><dd><code>{snapshot.keyId}</code></dd>
          </dl>
          <button type="button" className="jp-Fhe-button jp-mod-accept" onClick={onInsert}>Use in the notebook</button>
          {snapshot.columns.length > 0 && (
            <table className="jp-Fhe-table">
              <caption>What is public of its columns. The values are encrypted.</caption>
              <thead><tr><th scope="col">column</th><th scope="col">type</th><th scope="col">bounds</th><th scope="col">missing values</th></tr></thead>
              <tbody>
                {snapshot.columns.map(c => (
                  <tr key={c.name}><th scope="row">{c.name}</th><td>{[c.kind, c.exact].filter(Boolean).join(', ')}</td><td>{c.bound}</td><td>{c.missing ? 'possible' : 'none'}</td></tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  );
}

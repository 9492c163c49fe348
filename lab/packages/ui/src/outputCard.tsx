// outputCard.tsx: an encrypted output. It shows public facts; the vault paints values into a frame of its own.

import * as React from 'react';
import { boundText, Output, secondsText, shapeText, shortHash, sizeText } from '@jupyterfhe/core';
import { Card, CardState, Promises } from './card.js';

const KINDS = {
  scalar: 'Encrypted number', array: 'Encrypted numbers', table: 'Encrypted table', frame: 'Encrypted frame', series: 'Encrypted series',
  record: 'Encrypted statistic'
};

/** Pixels of the vault's frame, from the public shape. */
export function paintHeight(output: Output): number {
  const [rows = 1, columns = 1] = output.shape;
  const promises = output.assumed.length > 0 ? 24 : 0;
  if (output.kind === 'record') return (rows === 1 ? 104 : Math.min(440, 120 + 26 * rows)) + promises;
  if (output.kind === 'frame' || output.kind === 'series') return Math.min(520, 126 + 26 * Math.min(rows, 14)) + promises;
  if (output.kind === 'table') return Math.min(480, 120 + 26 * Math.min(rows, 13));
  if (output.shape.length === 0) return 104 + promises;
  if (output.shape.length === 1) return Math.min(440, 120 + 26 * Math.min(rows, 12)) + promises;
  return Math.min(520, 130 + 26 * Math.min(rows, 15) + (columns > 8 ? 20 : 0)) + promises;
}

/** How long it took, in the words of a fact. */
export function tookFact(seconds: number | null, reused: boolean): readonly (readonly [string, string])[] {
  return seconds === null ? [] : [[reused ? 'found again in' : 'computed in', secondsText(seconds)]];
}

function factsOf(output: Output): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [];
  const exact = output.dtype === 'float64' ? 'exact to 16 digits' : 'exact'; // quotients of integers are rounded once
  if (output.errorBound !== null) facts.push(['error', output.scheme === 'BGV' ? exact : boundText(output.errorBound)]);
  if (output.levelsLeft !== null) facts.push(['multiplications left', String(output.levelsLeft)]);
  return [...facts, ['size', sizeText(output.size)], ...tookFact(output.seconds, output.reused)];
}

function Lineage({ output }: { readonly output: Output }): JSX.Element {
  return (
    <dl className="jp-Fhe-pairs">
      {output.dataset && (<><dt>dataset</dt><dd>{output.dataset.name}, version {shortHash(output.dataset.snapshot)}</dd></>)}
      <dt>result</dt><dd><code className="jp-Fhe-hash">{output.ref.tree_hash}</code></dd>
      {output.program && (<><dt>program</dt><dd><code className="jp-Fhe-hash">{output.program}</code></dd></>)}
      {output.inputs.length > 0 && (
        <><dt>inputs</dt><dd>{output.inputs.map(hash => <code key={hash} className="jp-Fhe-hash">{hash}</code>)}</dd></>
      )}
      <dt>key</dt><dd><code>{output.ref.key_id}</code></dd>
      <dt>kind</dt><dd>{[output.scheme, output.preset, output.dtype].filter(Boolean).join(', ')}</dd>
    </dl>
  );
}

export function OutputCard({ output, ...state }: CardState & { readonly output: Output }): JSX.Element {
  const name = output.name ?? output.dataset?.name ?? null;
  const shape = shapeText(output.kind, output.shape);
  const columns = output.columns ?? [];
  return (
    <Card {...state} label={`${KINDS[output.kind]}${name ? ` ${name}` : ''}, ${shape}`} name={name} title={name ?? KINDS[output.kind]} shape={shape}
      tree={output.ref.tree_hash} facts={factsOf(output)} height={paintHeight(output)} copies lineage={<Lineage output={output} />}
      notes={<>
        {columns.length > 0 && (
          <p className="jp-Fhe-columns">{columns.slice(0, 12).map(c => c.name).join(', ')}
            {columns.length > 12 ? ` and ${columns.length - 12} more` : ''}</p>
        )}
        <Promises assumed={output.assumed} />
      </>} />
  );
}

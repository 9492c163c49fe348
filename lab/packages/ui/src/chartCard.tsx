// chartCard.tsx: a chart of encrypted numbers: what will be drawn, in words; the vault draws it.

import * as React from 'react';
import { boundText, ChartOutput, Mark, shapeText, sizeText } from '@jupyterfhe/core';
import { Card, CardState, Promises } from './card.js';
import { tookFact } from './outputCard.js';

const KINDS: Record<Mark, string> = { line: 'line chart', scatter: 'scatter chart', bar: 'bar chart', hist: 'histogram', heatmap: 'heat map' };

/** Pixels of the vault's frame, from what is public. */
export function chartHeight({ chart, parts }: ChartOutput): number {
  const rows = chart.mark === 'heatmap' ? (parts[0]?.shape[0] ?? 1) : 0;
  const words = parts.some(part => part.assumed.length > 0) ? 24 : 0;
  return Math.min(620, Math.max(380, 130 + 26 * rows)) + words;
}

export function ChartCard({ output, ...state }: CardState & { readonly output: ChartOutput }): JSX.Element {
  const { chart, parts } = output;
  const kind = KINDS[chart.mark];
  const bounds = parts.map(part => part.errorBound).filter(bound => bound !== null);
  const shapes = parts.map(part => `${part.name ? `${part.name}: ` : ''}${shapeText(part.kind, part.shape)}`).join('; ');
  const facts: (readonly [string, string])[] = [['of', shapes]];
  if (bounds.length > 0) facts.push(['error', boundText(Math.max(...bounds))]);
  facts.push(['size', sizeText(parts.reduce((sum, part) => sum + part.size, 0))]);
  const assumed = [...new Set(parts.flatMap(part => part.assumed))];
  return (
    <Card {...state} label={`Encrypted ${kind}${chart.title ? ` ${chart.title}` : ''}`} name={chart.title ?? `this ${kind}`}
      title={chart.title ?? `Encrypted ${kind}`} shape={chart.title ? kind : ''} tree={parts[0]?.ref.tree_hash ?? ''}
      facts={[...facts, ...tookFact(output.seconds, parts.every(part => part.reused))]} height={chartHeight(output)} copies={false}
      notes={<Promises assumed={assumed} />}
      lineage={
        <dl className="jp-Fhe-pairs">
          {parts.map(part => (
            <React.Fragment key={part.ref.tree_hash}>
              <dt>{part.name ?? 'result'}</dt><dd><code className="jp-Fhe-hash">{part.ref.tree_hash}</code></dd>
            </React.Fragment>
          ))}
          <dt>key</dt><dd><code>{parts[0]?.ref.key_id}</code></dd>
        </dl>
      } />
  );
}

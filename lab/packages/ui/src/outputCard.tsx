// outputCard.tsx: an encrypted output. It shows public facts; the vault paints values into `paintHost`, a frame of its own.

import * as React from 'react';
import { boundText, Output, secondsText, shapeText, shortHash, sizeText } from '@jupyterfhe/core';
import { LockIcon, OpenLockIcon } from './icons.js';

export interface OutputCardProps {
  readonly output: Output;
  readonly open: boolean;
  readonly trouble: string | null;
  readonly copied: boolean;
  onDecrypt(): void;
  onHide(): void;
  onCopy(): void;
  /** Gets the element in which the vault's frame goes, when the card opens. */
  readonly paintHost: (element: HTMLDivElement | null) => void;
}

const KINDS = { scalar: 'Encrypted number', array: 'Encrypted numbers', table: 'Encrypted table' };

/** Height of the vault's frame in pixels: from public facts alone, so that it tells nothing of the values. */
export function paintHeight(output: Output): number {
  const [rows = 1, columns = 1] = output.shape;
  if (output.kind === 'table') return Math.min(480, 120 + 26 * Math.min(rows, 13));
  if (output.shape.length === 0) return 104;
  if (output.shape.length === 1) return Math.min(440, 120 + 26 * Math.min(rows, 12));
  return Math.min(520, 130 + 26 * Math.min(rows, 15) + (columns > 8 ? 20 : 0));
}

function Facts({ output }: { readonly output: Output }): JSX.Element {
  const facts: [string, string][] = [];
  if (output.errorBound !== null) facts.push(['error', boundText(output.errorBound)]);
  if (output.levelsLeft !== null) facts.push(['multiplications left', String(output.levelsLeft)]);
  facts.push(['size', sizeText(output.size)]);
  if (output.seconds !== null) facts.push([output.reused ? 'found again in' : 'computed in', secondsText(output.seconds)]);
  return (
    <dl className="jp-Fhe-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Lineage({ output }: { readonly output: Output }): JSX.Element {
  return (
    <details className="jp-Fhe-lineage">
      <summary>Where it comes from</summary>
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
    </details>
  );
}

export function OutputCard(props: OutputCardProps): JSX.Element {
  const { output, open } = props;
  const name = output.name ?? output.dataset?.name ?? null;
  const label = `${KINDS[output.kind]}${name ? ` ${name}` : ''}, ${shapeText(output.kind, output.shape)}`;
  return (
    <section className="jp-Fhe-card" aria-label={label} data-tree={output.ref.tree_hash}>
      <header className="jp-Fhe-card-head">
        <span className="jp-Fhe-card-icon" aria-hidden="true">{open ? <OpenLockIcon /> : <LockIcon />}</span>
        <span className="jp-Fhe-card-title">
          {name ? <strong>{name}</strong> : <strong>{KINDS[output.kind]}</strong>}
          <span className="jp-Fhe-card-shape">{shapeText(output.kind, output.shape)}</span>
        </span>
        <span className="jp-Fhe-buttons">
          {open
            ? <button type="button" className="jp-Fhe-button" onClick={props.onHide}>Hide</button>
            : <button type="button" className="jp-Fhe-button jp-mod-accept" onClick={props.onDecrypt} aria-label={`Decrypt ${name ?? 'this output'}`}>
                Decrypt
              </button>}
          <button type="button" className="jp-Fhe-button" onClick={props.onCopy} aria-label={`Copy reference to ${name ?? 'this output'}`}>
            {props.copied ? 'Copied' : 'Copy reference'}
          </button>
        </span>
      </header>
      <Facts output={output} />
      {output.columns && output.columns.length > 0 && (
        <p className="jp-Fhe-columns">{output.columns.slice(0, 12).map(c => c.name).join(', ')}
          {output.columns.length > 12 ? ` and ${output.columns.length - 12} more` : ''}</p>
      )}
      {props.trouble && <p className="jp-Fhe-trouble" role="alert">{props.trouble}</p>}
      {open && <div className="jp-Fhe-paint" ref={props.paintHost} style={{ height: paintHeight(output) }} />}
      <Lineage output={output} />
    </section>
  );
}

/** What is shown for JSON that is no reference. */
export function BadOutput(): JSX.Element {
  return (
    <section className="jp-Fhe-card jp-Fhe-bad" aria-label="Output that cannot be opened">
      <p>This output calls itself encrypted but is not a reference that this version knows. Nothing was opened.</p>
    </section>
  );
}

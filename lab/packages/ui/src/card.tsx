// card.tsx: what cards of encrypted outputs have in common: head with buttons, facts in a row, the place where the vault's frame goes.

import * as React from 'react';
import { LockIcon, OpenLockIcon } from './icons.js';

/** What the widget around a card knows and does. */
export interface CardState {
  readonly open: boolean;
  readonly trouble: string | null;
  readonly copied: boolean;
  onDecrypt(): void;
  onHide(): void;
  onCopy(): void;
  /** Gets the element in which the vault's frame goes, when the card opens. */
  readonly paintHost: (element: HTMLDivElement | null) => void;
}

export interface CardProps extends CardState {
  /** The whole card, for screen readers. */
  readonly label: string;
  readonly name: string | null;
  readonly title: string;
  readonly shape: string;
  readonly tree: string;
  readonly facts: readonly (readonly [string, string])[];
  /** Pixels of the vault's frame: from public facts alone, so that they tell nothing of the values. */
  readonly height: number;
  /** Copied by *Copy reference*; no button without one. */
  readonly copies: boolean;
  readonly notes?: React.ReactNode;
  readonly lineage: React.ReactNode;
}

function Head(props: CardProps): JSX.Element {
  const { name, open } = props;
  const what = name ?? 'this output';
  return (
    <header className="jp-Fhe-card-head">
      <span className="jp-Fhe-card-icon" aria-hidden="true">{open ? <OpenLockIcon /> : <LockIcon />}</span>
      <span className="jp-Fhe-card-title">
        <strong>{props.title}</strong>
        <span className="jp-Fhe-card-shape">{props.shape}</span>
      </span>
      <span className="jp-Fhe-buttons">
        <button type="button" className={`jp-Fhe-button${open ? '' : ' jp-mod-accept'}`} onClick={open ? props.onHide : props.onDecrypt}
          aria-label={`${open ? 'Hide' : 'Decrypt'} ${what}`}>{open ? 'Hide' : 'Decrypt'}</button>
        {props.copies && (
          <button type="button" className="jp-Fhe-button" onClick={props.onCopy} aria-label={`Copy reference to ${what}`}>
            {props.copied ? 'Copied' : 'Copy reference'}
          </button>
        )}
      </span>
    </header>
  );
}

export function Card(props: CardProps): JSX.Element {
  return (
    <section className="jp-Fhe-card" aria-label={props.label} data-tree={props.tree}>
      <Head {...props} />
      <dl className="jp-Fhe-facts">
        {props.facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {props.notes}
      {props.trouble && <p className="jp-Fhe-trouble" role="alert">{props.trouble}</p>}
      {props.open && <div className="jp-Fhe-paint" ref={props.paintHost} style={{ height: props.height }} />}
      <details className="jp-Fhe-lineage">
        <summary>Where it comes from</summary>
        {props.lineage}
      </details>
      <span className="jp-Fhe-said" role="status">{props.copied ? 'The reference was copied.' : ''}</span>
    </section>
  );
}

/** What the notebook promised and nothing checked; the bound holds if these do. */
export function Promises({ assumed }: { readonly assumed: readonly string[] }): JSX.Element | null {
  if (assumed.length === 0) return null;
  return (
    <div className="jp-Fhe-assumed">
      The error holds if what the notebook promised holds:
      <ul>{assumed.map(words => <li key={words}>{words}</li>)}</ul>
    </div>
  );
}

/** What is shown for JSON that is neither a reference nor a chart. */
export function BadOutput(): JSX.Element {
  return (
    <section className="jp-Fhe-card jp-Fhe-bad" aria-label="Output that cannot be opened">
      <p>This output calls itself encrypted but is not a reference that this version knows. Nothing was opened.</p>
    </section>
  );
}

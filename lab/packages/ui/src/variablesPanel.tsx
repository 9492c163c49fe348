// variablesPanel.tsx: the encrypted variables of a kernel, metadata only.

import * as React from 'react';
import { boundText, secondsText, shapeText, sizeText, Variable } from '@jupyterfhe/core';
import { ProgressBar } from './progressBar.js';
import type { Work } from './statusItem.js';

export interface VariablesPanelProps {
  readonly variables: readonly Variable[];
  /** Name of the notebook or console; null when none is shown. */
  readonly source: string | null;
  readonly busy: boolean;
  /** What the kernel does that takes time. */
  readonly work: Work | null;
  onInsert(name: string): void;
}

function state(v: Variable): string {
  if (v.reason) return 'cannot be computed';
  if (v.computed) return sizeText(v.size);
  return v.seconds === null ? 'not computed' : `takes ${v.seconds < 0.1 ? '' : 'about '}${secondsText(v.seconds)}`;
}

function Row({ variable, onInsert }: { readonly variable: Variable; onInsert(name: string): void }): JSX.Element {
  const notes = [boundText(variable.errorBound), variable.levelsLeft === null ? '' : `${variable.levelsLeft} levels`];
  return (
    <li className="jp-Fhe-row">
      <button type="button" className="jp-Fhe-row-main" title={variable.reason ?? 'Insert the name into the cell'}
        aria-label={`${variable.name}, encrypted, ${shapeText(variable.kind, variable.shape)}, ${state(variable)}. Insert its name.`}
        onClick={() => onInsert(variable.name)}>
        <span className="jp-Fhe-row-name">{variable.name}</span>
        <span className="jp-Fhe-row-shape">{shapeText(variable.kind, variable.shape)}</span>
      </button>
      <span className={`jp-Fhe-row-state${variable.reason ? ' jp-Fhe-warn' : ''}`}>{state(variable)}</span>
      <span className="jp-Fhe-row-notes">{notes.filter(Boolean).join(', ')}</span>
    </li>
  );
}

export function VariablesPanel(props: VariablesPanelProps): JSX.Element {
  const { variables, source, busy, work } = props;
  return (
    <section className="jp-Fhe-section" aria-label="Encrypted variables">
      <h2 className="jp-Fhe-heading">Variables{busy && <span className="jp-Fhe-busy" role="status">running</span>}</h2>
      {work && <ProgressBar progress={work.progress} onCancel={work.onCancel} />}
      {source === null && <p className="jp-Fhe-empty">Open a notebook to see its encrypted variables.</p>}
      {source !== null && variables.length === 0 && (
        <p className="jp-Fhe-empty">{source} holds no encrypted variables yet. <code>jf.open("name")</code> makes one.</p>
      )}
      {variables.length > 0 && (
        <ul className="jp-Fhe-rows" aria-label={`Encrypted variables of ${source ?? ''}`}>
          {variables.map(v => <Row key={v.name} variable={v} onInsert={props.onInsert} />)}
        </ul>
      )}
    </section>
  );
}

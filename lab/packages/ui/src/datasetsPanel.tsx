// datasetsPanel.tsx: the workspace's encrypted datasets, their versions, and what may be done with them.

import * as React from 'react';
import { agoText, Dataset, Diff, sizeText, Snapshot } from '@jupyterfhe/core';
import { DiffView } from './diffView.js';
import { ProgressBar } from './progressBar.js';
import type { Work } from './statusItem.js';

/** The dataset that is unfolded. */
export interface OpenDataset {
  readonly name: string;
  readonly versions: readonly Snapshot[];
  readonly diff: { readonly from: Snapshot; readonly to: Snapshot; readonly diff: Diff } | null;
}

export interface DatasetsPanelProps {
  readonly datasets: readonly Dataset[];
  readonly open: OpenDataset | null;
  readonly trouble: string | null;
  /** What the vault encrypts and uploads. */
  readonly work: readonly Work[];
  onToggle(name: string): void;
  onInsert(name: string): void;
  onEncrypt(): void;
  onCompare(name: string, from: Snapshot, to: Snapshot): void;
  onRollback(name: string, to: Snapshot): void;
  onTag(name: string, snapshot: Snapshot): void;
  onDelete(name: string): void;
}

function tagsOf(dataset: Dataset, id: string): readonly string[] {
  return Object.entries(dataset.tags).filter(([, snapshot]) => snapshot === id).map(([tag]) => tag);
}

type VersionProps = DatasetsPanelProps & { readonly dataset: Dataset; readonly at: number; readonly list: readonly Snapshot[] };

function Version({ dataset, at, list, ...panel }: VersionProps): JSX.Element {
  const version = list[at] as Snapshot, before = list[at + 1], head = at === 0;
  const number = list.length - at;
  const tags = tagsOf(dataset, version.id);
  const again = version.action === 'rollback' ? list.findIndex((v, i) => i > at && v.tree === version.tree) : -1;
  return (
    <li className="jp-Fhe-version" data-snapshot={version.id}>
      <div className="jp-Fhe-version-line">
        <strong>Version {number}</strong>
        {head && <span className="jp-Fhe-tag">current</span>}
        {tags.map(tag => <span key={tag} className="jp-Fhe-tag">{tag}</span>)}
        <span className="jp-Fhe-when">{agoText(version.created)}</span>
      </div>
      {again >= 0 && <div className="jp-Fhe-when">the data of version {list.length - again} again</div>}
      <div className="jp-Fhe-buttons">
        {before && (
          <button type="button" className="jp-Fhe-button" aria-label={`What changed in version ${number} of ${dataset.name}`}
            onClick={() => panel.onCompare(dataset.name, before, version)}>Changes</button>
        )}
        {!head && (
          <button type="button" className="jp-Fhe-button" aria-label={`Roll ${dataset.name} back to version ${number}`}
            onClick={() => panel.onRollback(dataset.name, version)}>Roll back</button>
        )}
        <button type="button" className="jp-Fhe-button" aria-label={`Tag version ${number} of ${dataset.name}`}
          onClick={() => panel.onTag(dataset.name, version)}>Tag</button>
      </div>
    </li>
  );
}

type ItemProps = DatasetsPanelProps & { readonly dataset: Dataset };

function Item({ dataset, ...panel }: ItemProps): JSX.Element {
  const open = panel.open?.name === dataset.name ? panel.open : null;
  const head = dataset.snapshot;
  const facts = [dataset.kind, head && head.rows !== null ? `${head.rows.toLocaleString('en')} rows` : '', head?.size ? sizeText(head.size) : ''];
  return (
    <li className="jp-Fhe-dataset" data-dataset={dataset.name}>
      <button type="button" className="jp-Fhe-row-main" aria-expanded={open !== null} onClick={() => panel.onToggle(dataset.name)}>
        <span className="jp-Fhe-row-name">{dataset.name}</span>
        <span className="jp-Fhe-row-shape">{facts.filter(Boolean).join(', ')}</span>
      </button>
      {open && (
        <div className="jp-Fhe-dataset-body">
          <div className="jp-Fhe-buttons">
            <button type="button" className="jp-Fhe-button jp-mod-accept" onClick={() => panel.onInsert(dataset.name)}>Use in the cell</button>
            <button type="button" className="jp-Fhe-button" aria-label={`Delete ${dataset.name}`} onClick={() => panel.onDelete(dataset.name)}>Delete</button>
          </div>
          <ol className="jp-Fhe-versions" aria-label={`Versions of ${dataset.name}, newest first`}>
            {open.versions.map((v, i) => <Version key={v.id} {...panel} dataset={dataset} list={open.versions} at={i} />)}
          </ol>
          {open.diff && <DiffView diff={open.diff.diff} />}
        </div>
      )}
    </li>
  );
}

export function DatasetsPanel(props: DatasetsPanelProps): JSX.Element {
  return (
    <section className="jp-Fhe-section" aria-label="Encrypted datasets">
      <h2 className="jp-Fhe-heading">
        Datasets
        <button type="button" className="jp-Fhe-button jp-mod-accept" onClick={props.onEncrypt}>Encrypt a file…</button>
      </h2>
      {props.work.map(work => <ProgressBar key={work.progress.id} progress={work.progress} onCancel={work.onCancel} />)}
      {props.trouble && <p className="jp-Fhe-trouble" role="alert">{props.trouble}</p>}
      {props.datasets.length === 0 && !props.trouble && (
        <p className="jp-Fhe-empty">Drop a CSV, JSON or Parquet file anywhere on this page. It is encrypted in your browser before it is stored.</p>
      )}
      <ul className="jp-Fhe-rows">{props.datasets.map(d => <Item key={d.name} {...props} dataset={d} />)}</ul>
    </section>
  );
}

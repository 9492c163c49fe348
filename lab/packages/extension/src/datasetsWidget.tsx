// datasetsWidget.tsx: the panel of datasets: asks the store, shows what it says, does what is pressed.

import * as React from 'react';
import { Dataset, IStore, IVault, Snapshot, StoreError } from '@jupyterfhe/core';
import { DatasetsPanel, OpenDataset } from '@jupyterfhe/ui';
import { Dialog, InputDialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { lockIcon } from './icon.js';
import { vaultWork } from './work.js';

export interface DatasetsActions {
  insert(code: string): void;
  encrypt(): void;
}

export class DatasetsWidget extends ReactWidget {
  constructor(private readonly store: IStore, private readonly vault: IVault, private readonly actions: DatasetsActions) {
    super();
    this.id = 'jupyterfhe-datasets';
    this.title.icon = lockIcon;
    this.title.caption = 'Encrypted datasets';
    this.node.setAttribute('aria-label', 'Encrypted datasets');
    this.addClass('jp-Fhe-side');
    store.changed.connect(() => void this.refresh());
    vault.changed.connect(() => this.update());
    void this.refresh();
  }

  /** Ask the store again. */
  async refresh(): Promise<void> {
    await this.attempt(async () => {
      this.datasets = await this.store.client.datasets(this.store.workspace);
      if (this.open) await this.load(this.open.name);
    });
  }

  protected override render(): JSX.Element {
    const { client, workspace } = this.store;
    return (
      <DatasetsPanel datasets={this.datasets} open={this.open} trouble={this.trouble} work={vaultWork(this.vault)}
        onToggle={name => void this.attempt(() => this.toggle(name))}
        onInsert={name => this.actions.insert(`jf.open("${name}")`)}
        onEncrypt={() => this.actions.encrypt()}
        onCompare={(name, from, to) => void this.attempt(async () => {
          const diff = await client.diff(workspace, name, from.id, to.id);
          if (this.open) this.open = { ...this.open, diff: { from, to, diff } };
        })}
        onRollback={(name, to) => void this.attempt(() => this.rollback(name, to))}
        onTag={(name, snapshot) => void this.attempt(() => this.tag(name, snapshot))}
        onDelete={name => void this.attempt(() => this.remove(name))} />
    );
  }

  protected override onAfterShow(): void {
    void this.refresh();
  }

  private async toggle(name: string): Promise<void> {
    if (this.open?.name === name) this.open = null;
    else await this.load(name);
  }

  private async load(name: string): Promise<void> {
    if (!this.datasets.some(d => d.name === name)) {
      this.open = null;
      return;
    }
    const versions = await this.store.client.snapshots(this.store.workspace, name);
    const diff = this.open?.name === name ? this.open.diff : null;
    this.open = { name, versions, diff };
  }

  private async rollback(name: string, to: Snapshot): Promise<void> {
    const head = this.open?.versions[0];
    const sure = await showDialog({
      title: `Roll ${name} back?`,
      body: 'A new version with the older data becomes the current one. Nothing is deleted.',
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Roll back' })]
    });
    if (!sure.button.accept || !head) return;
    await this.store.client.rollback(this.store.workspace, name, to.id, head.id);
    if (this.open) this.open = { ...this.open, diff: null };
    this.store.touch();
  }

  private async tag(name: string, snapshot: Snapshot): Promise<void> {
    const { value } = await InputDialog.getText({
      title: `Tag a version of ${name}`, label: 'A tag never moves. Names of tags can be read by the server.', okLabel: 'Tag'
    });
    if (!value) return;
    await this.store.client.tag(this.store.workspace, name, value, snapshot.id);
    this.store.touch();
  }

  private async remove(name: string): Promise<void> {
    const sure = await showDialog({
      title: `Delete ${name}?`, body: 'All its versions go with it.',
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: 'Delete' })]
    });
    if (!sure.button.accept) return;
    await this.store.client.remove(this.store.workspace, name);
    this.store.touch();
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.trouble = null;
    } catch (error) {
      this.trouble = error instanceof StoreError ? [error.message, error.hint].filter(Boolean).join('. ') : 'The store cannot be reached.';
    }
    if (!this.isDisposed) this.update();
  }

  private datasets: readonly Dataset[] = [];
  private open: OpenDataset | null = null;
  private trouble: string | null = null;
}

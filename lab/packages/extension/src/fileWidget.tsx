// fileWidget.tsx: a `.fhe` file as a document: a pointer is read, the store is asked what may be known of the dataset.

import * as React from 'react';
import { asPointer, Dataset, IStore, Pointer, Snapshot, StoreError } from '@jupyterfhe/core';
import { FhePreview } from '@jupyterfhe/ui';
import { ReactWidget } from '@jupyterlab/apputils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';

class Preview extends ReactWidget {
  constructor(private readonly context: DocumentRegistry.Context, private readonly store: IStore, private readonly insert: (code: string) => void) {
    super();
    this.node.tabIndex = 0;
    void context.ready.then(() => this.load());
    context.model.contentChanged.connect(() => void this.load());
    store.changed.connect(this.load, this);
  }

  protected override render(): JSX.Element {
    const name = this.pointer?.dataset ?? null;
    return (
      <FhePreview name={name} dataset={this.found} snapshot={this.snapshot} trouble={this.trouble}
        onInsert={() => name !== null && this.insert(`jf.open("${name}")`)} />
    );
  }

  private async load(): Promise<void> {
    this.pointer = asPointer(this.context.model.toString());
    this.trouble = this.pointer ? null : 'This file does not name an encrypted dataset.';
    if (this.pointer) {
      try {
        const { workspace, dataset } = this.pointer;
        this.found = await this.store.client.dataset(workspace, dataset);
        if (this.found.snapshot) this.snapshot = await this.store.client.snapshot(workspace, this.found.snapshot.id);
      } catch (error) {
        this.found = this.snapshot = null;
        const gone = error instanceof StoreError && error.status === 404;
        this.trouble = gone ? 'The dataset that this file names is not in the store any more.' : 'The store cannot be reached.';
      }
    }
    if (!this.isDisposed) this.update();
  }

  private pointer: Pointer | null = null;
  private found: Dataset | null = null;
  private snapshot: Snapshot | null = null;
  private trouble: string | null = null;
}

export class PreviewFactory extends ABCWidgetFactory<DocumentWidget<Preview>> {
  constructor(options: DocumentRegistry.IWidgetFactoryOptions, private readonly store: IStore, private readonly insert: (code: string) => void) {
    super(options as DocumentRegistry.IWidgetFactoryOptions<DocumentWidget<Preview>>);
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget<Preview> {
    return new DocumentWidget({ content: new Preview(context, this.store, this.insert), context });
  }
}

// variables.tsx: wiring only: the panel of encrypted variables follows the shown notebook.

import * as React from 'react';
import { IActivity, IPreferences, IStore } from '@jupyterfhe/core';
import { VariablesPanel } from '@jupyterfhe/ui';
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ReactWidget } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { insertInCell } from './cells.js';
import { lockIcon } from './icon.js';
import { KernelWatch } from './kernelWatch.js';

class VariablesWidget extends ReactWidget {
  constructor(
    private readonly notebooks: INotebookTracker, private readonly activity: IActivity, private readonly store: IStore,
    private readonly preferences: IPreferences
  ) {
    super();
    activity.changed.connect(() => this.update());
    this.id = 'jupyterfhe-variables';
    this.title.icon = lockIcon;
    this.title.caption = 'Encrypted variables';
    this.node.setAttribute('aria-label', 'Encrypted variables');
    this.addClass('jp-Fhe-side');
    notebooks.currentChanged.connect((_, panel) => this.follow(panel));
    this.follow(notebooks.currentWidget);
  }

  protected override render(): JSX.Element {
    const { current } = this.activity;
    return (
      <VariablesPanel work={current && { progress: current, onCancel: () => this.activity.cancel() }} variables={this.watch?.variables ?? []} busy={this.watch?.busy ?? false}
        source={this.notebooks.currentWidget?.title.label ?? null}
        onInsert={name => insertInCell(this.notebooks, name, false)} />
    );
  }

  private follow(panel: NotebookPanel | null): void {
    this.watch?.dispose();
    this.watch = panel ? new KernelWatch(panel.sessionContext, () => this.store.client.grant('kernel'), this.preferences) : null;
    const { watch } = this;
    this.activity.ask = watch && ((): void => void watch.cancel());
    this.watch?.changed.connect(() => this.update());
    this.watch?.progress.connect((_, progress) => this.activity.report(progress));
    this.update();
  }

  private watch: KernelWatch | null = null;
}

export const variablesPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:variables',
  description: 'Lists the encrypted variables of the shown notebook, also while its kernel is busy.',
  autoStart: true,
  requires: [INotebookTracker, IActivity, IStore, IPreferences],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd, notebooks: INotebookTracker, activity: IActivity, store: IStore, preferences: IPreferences,
    restorer: ILayoutRestorer | null
  ) => {
    const widget = new VariablesWidget(notebooks, activity, store, preferences);
    app.shell.add(widget, 'right', { rank: 900 });
    restorer?.add(widget, widget.id);
  }
};

// datasets.ts: wiring only; the panel is datasetsWidget.tsx.

import { IStore, IVault } from '@jupyterfhe/core';
import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { insertInCell } from './cells.js';
import { DatasetsWidget } from './datasetsWidget.js';

export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:datasets',
  description: 'Lists encrypted datasets with their versions, tags, changes and ways back.',
  autoStart: true,
  requires: [IStore, IVault],
  optional: [INotebookTracker, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd, store: IStore, vault: IVault, notebooks: INotebookTracker | null, restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const widget = new DatasetsWidget(store, vault, {
      insert: code => {
        if (!insertInCell(notebooks, code)) Notification.info(`Open a notebook first; there, write ${code}`, { autoClose: 5000 });
      },
      encrypt: () => void vault.open('encrypt').catch((error: Error) => Notification.error(error.message))
    });
    app.shell.add(widget, 'left', { rank: 150 });
    restorer?.add(widget, widget.id);
    app.commands.addCommand('jupyterfhe:show-datasets', {
      label: 'Show Encrypted Datasets', describedBy: { args: null }, execute: () => app.shell.activateById(widget.id)
    });
    palette?.addItem({ command: 'jupyterfhe:show-datasets', category: 'Encryption' });
  }
};

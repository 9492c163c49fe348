// secret.ts: wiring only: a value that must not be cell text is asked for in the vault, and the cell gets its name.

import { IVault } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { insertInCell } from './cells.js';

export const secretPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:secret',
  description: 'Asks for a secret value in the vault and inserts its name into the cell.',
  autoStart: true,
  requires: [IVault],
  optional: [INotebookTracker, ICommandPalette],
  activate: (app: JupyterFrontEnd, vault: IVault, notebooks: INotebookTracker | null, palette: ICommandPalette | null) => {
    app.commands.addCommand('jupyterfhe:new-secret', {
      label: 'New Secret Value…',
      caption: 'Type a number in the vault; the cell gets its name, the server its ciphertext',
      describedBy: { args: null },
      execute: () => vault.open('secret')
    });
    app.commands.addKeyBinding({ command: 'jupyterfhe:new-secret', keys: ['Accel Alt S'], selector: '.jp-Notebook' });
    palette?.addItem({ command: 'jupyterfhe:new-secret', category: 'Encryption' });
    vault.event.connect((_, event) => {
      if (event.type === 'committed' && event.kind === 'scalar' && event.dataset !== null) {
        insertInCell(notebooks, `jf.secret("${event.dataset}")`, false);
      }
    });
  }
};

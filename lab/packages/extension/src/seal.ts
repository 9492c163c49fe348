// seal.ts: wiring only; files go to the vault's origin, which encrypts them. Their bytes never pass this page.

import { IVault, pointerText, IStore } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, ToolbarButton } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { insertInCell } from './cells.js';
import { INotebookTracker } from '@jupyterlab/notebook';
import { lockIcon } from './icon.js';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Raise the vault over the page while a file is dragged; what is dropped on the page all the same goes nowhere. */
function overlay(vault: IVault): void {
  const stop = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === 'dragenter') {
      if (vault.trouble) Notification.error(`Files cannot be encrypted now: ${vault.trouble}`, { autoClose: 8000 });
      vault.drag(true);
    } else if (event.type === 'drop') {
      vault.drag(false);
      Notification.warning('The vault was not ready to take the file. Nothing was stored; please drop it again.', { autoClose: 8000 });
    }
  };
  for (const type of ['dragenter', 'dragover', 'drop'] as const) window.addEventListener(type, stop, true);
}

/** Put a small file beside the notebooks that names the dataset. */
async function writePointer(app: JupyterFrontEnd, folder: string, workspace: string, dataset: string): Promise<void> {
  const path = PathExt.join(folder, `${dataset}.fhe`);
  await app.serviceManager.contents.save(path, { type: 'file', format: 'text', content: pointerText(workspace, dataset) });
}

/** Beside the upload button, which stores files as they are. */
function addButton(app: JupyterFrontEnd, browser: IDefaultFileBrowser): void {
  const button = new ToolbarButton({
    icon: lockIcon, tooltip: 'Encrypt a file and store it', onClick: () => void app.commands.execute('jupyterfhe:seal-file')
  });
  if (!browser.toolbar.insertAfter('uploader', 'jupyterfhe-seal', button)) browser.toolbar.addItem('jupyterfhe-seal', button);
}

export const sealPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:seal',
  description: 'Encrypts files that are dropped or chosen, before they leave the browser.',
  autoStart: true,
  requires: [IVault, IStore],
  optional: [IDefaultFileBrowser, ICommandPalette, INotebookTracker],
  activate: (
    app: JupyterFrontEnd, vault: IVault, store: IStore, browser: IDefaultFileBrowser | null, palette: ICommandPalette | null,
    notebooks: INotebookTracker | null
  ) => {
    overlay(vault);
    app.commands.addCommand('jupyterfhe:seal-file', {
      label: 'Encrypt a File…',
      caption: 'Choose a CSV, JSON or Parquet file; it is encrypted in the browser before it is stored',
      icon: lockIcon,
      describedBy: { args: null },
      execute: () => vault.open('encrypt')
    });
    app.commands.addKeyBinding({ command: 'jupyterfhe:seal-file', keys: ['Accel Alt E'], selector: 'body' });
    palette?.addItem({ command: 'jupyterfhe:seal-file', category: 'Encryption' });
    if (browser) void app.restored.then(() => addButton(app, browser));
    vault.event.connect((_, event) => {
      if (event.type !== 'committed' || event.kind !== 'table' || event.dataset === null) return;
      const name = event.dataset;
      void writePointer(app, browser?.model.path ?? '', store.workspace, name).catch(() => undefined);
      Notification.success(`${name} is encrypted and stored.`, {
        autoClose: 10000,
        actions: [{ label: 'Use in the cell', callback: () => insertInCell(notebooks, `jf.open("${name}")`) }]
      });
    });
  }
};

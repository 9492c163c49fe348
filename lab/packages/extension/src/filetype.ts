// filetype.ts: wiring only: `.fhe` files open as a preview of what is public.

import { IStore } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { insertInCell } from './cells.js';
import { PreviewFactory } from './fileWidget.js';
import { lockIcon } from './icon.js';

export const filetypePlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:filetype',
  description: 'Opens .fhe files: names of encrypted datasets, with a preview.',
  autoStart: true,
  requires: [IStore],
  optional: [INotebookTracker],
  activate: (app: JupyterFrontEnd, store: IStore, notebooks: INotebookTracker | null) => {
    app.docRegistry.addFileType({
      name: 'fhe', displayName: 'Encrypted dataset', extensions: ['.fhe'], mimeTypes: ['application/vnd.jupyterfhe.pointer+json'],
      fileFormat: 'text', contentType: 'file', icon: lockIcon
    });
    const insert = (code: string): void => {
      if (insertInCell(notebooks, code)) {
        const panel = notebooks?.currentWidget;
        if (panel) app.shell.activateById(panel.id);
      } else {
        Notification.info(`Open a notebook first; there, write ${code}`, { autoClose: 5000 });
      }
    };
    app.docRegistry.addWidgetFactory(new PreviewFactory(
      { name: 'Encrypted Dataset', fileTypes: ['fhe'], defaultFor: ['fhe'], readOnly: true, modelName: 'text' }, store, insert
    ));
  }
};

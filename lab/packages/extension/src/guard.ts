// guard.ts: data that is about to become the text of a cell, or a file on the server, is asked about first. A guard against
// slips, not a boundary: a person may still type what they like.

import { IPreferences, isDataFile, IVault, looksLikeData } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

const inEditor = (event: Event): boolean => event.target instanceof Element && event.target.closest('.cm-editor, .jp-Cell') !== null;

async function ask(title: string, body: string, plain: string): Promise<'encrypt' | 'plain' | 'no'> {
  const result = await showDialog({
    title, body,
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: plain, actions: ['plain'] }),
      Dialog.okButton({ label: 'Encrypt a file…', actions: ['encrypt'] })
    ],
    defaultButton: 2
  });
  return (result.button.actions[0] as 'encrypt' | 'plain' | undefined) ?? 'no';
}

function guardCells(vault: IVault, preferences: IPreferences, notebooks: INotebookTracker | null): void {
  const stop = (event: ClipboardEvent | DragEvent): void => {
    const data = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
    if (!data || !inEditor(event) || !preferences.current.askBeforePaste) return;
    const files = data.types.includes('Files');
    const text = files ? '' : data.getData('text/plain');
    if (!files && !looksLikeData(text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void ask(
      'This looks like data',
      'What stands in a cell is stored on the server as it is, not encrypted. Encrypt the file instead, and open it with jf.open("name").',
      files ? 'Never mind' : 'Paste anyway'
    ).then(answer => {
      if (answer === 'encrypt') void vault.open('encrypt');
      if (answer === 'plain' && !files) notebooks?.activeCell?.editor?.replaceSelection?.(text);
    });
  };
  window.addEventListener('paste', stop, true);
  window.addEventListener('drop', stop, true);
}

/** The file browser's own upload button stores files as they are: data is asked about. */
function guardUploads(browser: IDefaultFileBrowser, vault: IVault, preferences: IPreferences): void {
  const model = browser.model, upload = model.upload.bind(model);
  model.upload = async (file, path) => {
    if (!isDataFile(file.name) || !preferences.current.askBeforeUpload) return upload(file, path);
    const answer = await ask(
      `Upload ${file.name} unencrypted?`,
      'An upload stores the file on the server as it is: whoever runs the server can read it. Encrypted, only you can.',
      'Upload unencrypted'
    );
    if (answer === 'plain') return upload(file, path);
    if (answer === 'encrypt') void vault.open('encrypt');
    // JupyterLab shows a refusal in a box of its own, and does nothing with what was stored: who cancels is told nothing.
    return null as unknown as Contents.IModel;
  };
}

export const guardPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:guard',
  description: 'Asks before data becomes the text of a cell or an unencrypted file.',
  autoStart: true,
  requires: [IVault, IPreferences],
  optional: [INotebookTracker, IDefaultFileBrowser],
  activate: (
    _app: JupyterFrontEnd, vault: IVault, preferences: IPreferences, notebooks: INotebookTracker | null,
    browser: IDefaultFileBrowser | null
  ) => {
    guardCells(vault, preferences, notebooks);
    if (browser) guardUploads(browser, vault, preferences);
  }
};

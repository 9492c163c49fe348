// cells.ts: text into the active cell of the shown notebook.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';

/** Insert at the cursor. A cell that already ran and holds code gets a new one below; so does one that is no code. */
export function insertInCell(notebooks: INotebookTracker | null, code: string, fresh = true): boolean {
  const panel: NotebookPanel | null = notebooks?.currentWidget ?? null;
  if (!panel) return false;
  const used = panel.content.activeCell?.model;
  if (!used || used.type !== 'code' || (fresh && used.sharedModel.getSource().trim() !== '')) {
    NotebookActions.insertBelow(panel.content);
  }
  const editor = panel.content.activeCell?.editor;
  editor?.replaceSelection?.(code);
  panel.content.mode = 'edit';
  editor?.focus();
  return true;
}

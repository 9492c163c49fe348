// progress.ts: wiring only: bars in outputs, and what kernels do for the status bar.

import { IActivity, Progress, PROGRESS_MIME } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISignal, Signal } from '@lumino/signaling';
import { ProgressWidget } from './progressWidget.js';

const PATIENCE = 3000; // ms that a kernel has to stop by itself, with a line instead of a traceback

class Activity implements IActivity {
  constructor(private readonly interrupt: () => void) {}

  current: Progress | null = null;
  ask: (() => void) | null = null;

  cancel(): void {
    const id = this.current?.id;
    if (this.ask === null) return this.interrupt();
    this.ask();
    setTimeout(() => {
      if (this.current !== null && this.current.id === id) this.interrupt();
    }, PATIENCE);
  }

  get changed(): ISignal<IActivity, void> {
    return this._changed;
  }

  report(progress: Progress): void {
    this.current = progress.state === 'running' ? progress : null;
    this._changed.emit();
  }

  private readonly _changed = new Signal<IActivity, void>(this);
}

export const progressPlugin: JupyterFrontEndPlugin<IActivity> = {
  id: '@jupyterfhe/extension:progress',
  description: 'Shows what kernels compute, with a way to stop it.',
  autoStart: true,
  provides: IActivity,
  requires: [IRenderMimeRegistry],
  optional: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry, notebooks: INotebookTracker | null) => {
    // Pressing a button in a notebook makes it the current one.
    const activity = new Activity(() => void notebooks?.currentWidget?.sessionContext.session?.kernel?.interrupt());
    registry.addFactory({ safe: true, mimeTypes: [PROGRESS_MIME], createRenderer: () => new ProgressWidget(activity) }, 0);
    return activity;
  }
};

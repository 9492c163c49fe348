// progress.ts: wiring only: bars in outputs, and what kernels do for the status bar.

import { IActivity, Progress, PROGRESS_MIME } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISignal, Signal } from '@lumino/signaling';
import { ProgressWidget } from './progressWidget.js';

class Activity implements IActivity {
  constructor(readonly cancel: () => void) {}

  current: Progress | null = null;

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
    const interrupt = (node: HTMLElement | null): void => {
      const panel = node ? notebooks?.find(p => p.node.contains(node)) : notebooks?.currentWidget;
      void panel?.sessionContext.session?.kernel?.interrupt();
    };
    const activity = new Activity(() => interrupt(null));
    registry.addFactory({
      safe: true, mimeTypes: [PROGRESS_MIME], createRenderer: () => new ProgressWidget(activity, interrupt)
    }, 0);
    return activity;
  }
};

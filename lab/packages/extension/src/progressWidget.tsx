// progressWidget.tsx: what a cell is waiting for.

import * as React from 'react';
import { asProgress, IActivity, Progress, PROGRESS_MIME } from '@jupyterfhe/core';
import { ProgressBar } from '@jupyterfhe/ui';
import { ReactWidget } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

export class ProgressWidget extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly activity: IActivity) {
    super();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.progress = asProgress(model.data[PROGRESS_MIME]);
    if (this.progress && this.progress.state !== 'running') this.activity.report(this.progress);
    this.update();
  }

  protected override render(): JSX.Element | null {
    // What is done is no news: the output that follows says how long it took.
    if (!this.progress || this.progress.state === 'done') return null;
    return <ProgressBar progress={this.progress} onCancel={() => this.activity.cancel()} />;
  }

  private progress: Progress | null = null;
}

// status.tsx: wiring only: keys, vault and work in the status bar.

import * as React from 'react';
import { IActivity, IVault } from '@jupyterfhe/core';
import { StatusItem } from '@jupyterfhe/ui';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification, ReactWidget } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { vaultWork } from './work.js';

class StatusWidget extends ReactWidget {
  constructor(private readonly vault: IVault, private readonly activity: IActivity) {
    super();
    vault.changed.connect(() => this.update());
    activity.changed.connect(() => this.update());
  }

  protected override render(): JSX.Element {
    const { vault, activity } = this;
    const { keys, mode } = vault.state;
    const running = activity.current ? [{ progress: activity.current, onCancel: () => activity.cancel() }] : [];
    return (
      <StatusItem keys={keys} mode={mode} trouble={vault.trouble} work={[...running, ...vaultWork(vault)]}
        onKeys={() => void vault.open(keys === 'unlocked' ? 'lock' : keys === 'locked' ? 'unlock' : 'keys')
          .catch((error: Error) => Notification.error(error.message, { autoClose: 8000 }))} />
    );
  }
}

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:status',
  description: 'Shows in the status bar whether keys are unlocked, where the vault runs, and what is computing.',
  autoStart: true,
  requires: [IVault, IActivity, IStatusBar],
  activate: (_app: JupyterFrontEnd, vault: IVault, activity: IActivity, bar: IStatusBar) => {
    bar.registerStatusItem('jupyterfhe-status', { item: new StatusWidget(vault, activity), align: 'left', rank: 90 });
  }
};

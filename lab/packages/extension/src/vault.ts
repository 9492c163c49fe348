// vault.ts: wiring only; the frame is vaultFrame.ts, what is inside it is another origin's.

import { IPreferences, IStore, IVault } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { storeUrl } from './storeClient.js';
import { VaultFrame } from './vaultFrame.js';

export const vaultPlugin: JupyterFrontEndPlugin<IVault> = {
  id: '@jupyterfhe/extension:vault',
  description: 'Keeps the frame of the vault, which holds keys and sees values.',
  autoStart: true,
  provides: IVault,
  requires: [IStore, IPreferences],
  optional: [IThemeManager, ICommandPalette],
  activate: (
    app: JupyterFrontEnd, store: IStore, preferences: IPreferences, themes: IThemeManager | null, palette: ICommandPalette | null
  ) => {
    const refocus = (): void => app.shell.currentWidget?.activate();
    const vault = new VaultFrame(store, storeUrl(app.serviceManager.serverSettings), preferences, refocus);
    // The theme's style sheets arrive after the signal; the attribute on the body is set by then.
    themes?.themeChanged.connect(() => requestAnimationFrame(() => vault.retheme()));
    app.commands.addCommand('jupyterfhe:keys', {
      label: 'Encryption Keys…',
      caption: 'Make, unlock or look at the keys in the vault',
      describedBy: { args: null },
      execute: () => vault.open(vault.state.keys === 'locked' ? 'unlock' : 'keys')
    });
    app.commands.addCommand('jupyterfhe:lock', {
      label: 'Lock Encryption Keys',
      describedBy: { args: null },
      isEnabled: () => vault.state.keys === 'unlocked',
      execute: () => vault.open('lock')
    });
    vault.changed.connect(() => app.commands.notifyCommandChanged('jupyterfhe:lock'));
    for (const command of ['jupyterfhe:keys', 'jupyterfhe:lock']) palette?.addItem({ command, category: 'Encryption' });
    return vault;
  }
};

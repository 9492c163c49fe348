// output.ts: wiring only; the cards are ui's, the values are the vault's.

import { IPreferences, IVault } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { charts, numbers } from './outputs.js';
import { Painted, PaintedWidget } from './paintedWidget.js';

export const outputPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:output',
  description: 'Shows encrypted outputs as cards that the vault can decrypt in place.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IVault, IPreferences],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry, vault: IVault, preferences: IPreferences) => {
    const add = <T>(kind: Painted<T>): void => {
      // Rank below HTML's 50: the kernel sends HTML beside, for other front ends.
      registry.addFactory({ safe: true, mimeTypes: [kind.mime], createRenderer: () => new PaintedWidget(kind, vault, preferences) }, 0);
    };
    add(numbers);
    add(charts);
  }
};

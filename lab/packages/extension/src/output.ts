// output.ts: wiring only; the card is ui's, the values are the vault's.

import { IVault, REFERENCE_MIME } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { OutputWidget } from './outputWidget.js';

export const outputPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterfhe/extension:output',
  description: 'Shows encrypted outputs as cards that the vault can decrypt in place.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IVault],
  activate: (_app: JupyterFrontEnd, registry: IRenderMimeRegistry, vault: IVault) => {
    // Rank below HTML's 50: the kernel sends HTML beside, for other front ends.
    registry.addFactory({ safe: true, mimeTypes: [REFERENCE_MIME], createRenderer: () => new OutputWidget(vault) }, 0);
  }
};

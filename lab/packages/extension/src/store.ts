// store.ts: wiring only; the client is core's.

import { IStore } from '@jupyterfhe/core';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Store } from './storeClient.js';

export const storePlugin: JupyterFrontEndPlugin<IStore> = {
  id: '@jupyterfhe/extension:store',
  description: 'Gives the store of ciphertexts to the other plugins.',
  autoStart: true,
  provides: IStore,
  activate: (app: JupyterFrontEnd) => new Store(app.serviceManager.serverSettings)
};

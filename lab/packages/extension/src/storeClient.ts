// storeClient.ts: the store through Jupyter's own transport, so that cookies, tokens and XSRF are Jupyter's affair.

import { IStore, StoreClient, Transport } from '@jupyterfhe/core';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

/** Where the store's interface is: below Jupyter's base URL. */
export function storeUrl(settings: ServerConnection.ISettings): string {
  return URLExt.join(settings.baseUrl, 'jupyterfhe/v1');
}

export class Store implements IStore {
  readonly client: StoreClient;
  readonly workspace = 'personal';

  constructor(settings: ServerConnection.ISettings) {
    const transport: Transport = (path, init) =>
      ServerConnection.makeRequest(`${storeUrl(settings)}/${path}`, init, settings);
    this.client = new StoreClient(transport);
  }

  get changed(): ISignal<IStore, void> {
    return this._changed;
  }

  touch(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<IStore, void>(this);
}

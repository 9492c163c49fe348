// rest.ts: the store's HTTP interface (protocol/rest.yaml), as the lab uses it: names, hashes and sizes, no values.

import { isCount, isObject, listOf, Loose, text } from './check.js';

/** One version of a dataset. */
export interface Snapshot {
  readonly id: string;
  readonly tree: string;
  readonly created: string;
  readonly actor: string;
  readonly keyId: string;
  readonly action: string;
  readonly size: number;
  readonly rows: number | null;
  readonly columns: readonly StoredColumn[];
}

/** What a table's manifest says in public of one column. */
export interface StoredColumn {
  readonly name: string;
  readonly kind: string;
  readonly bound: string;
  readonly missing: boolean;
  /** In words, of a column that is encrypted exactly: "exact", or beside an approximate form; empty for others. */
  readonly exact: string;
}

export interface Dataset {
  readonly name: string;
  readonly kind: string;
  readonly branches: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly updated: string;
  readonly snapshot: Snapshot | null;
}

/** What changed between two versions. */
export interface Diff {
  readonly rowsFrom: number | null;
  readonly rowsTo: number | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly name: string; readonly chunks: number }[];
}

export interface StoreStatus {
  readonly version: string;
  readonly workspace: { readonly id: string; readonly name: string };
  /** `port` is set when the Jupyter server runs the vault beside itself; the page's own host name goes with it. */
  readonly vault: { readonly url: string; readonly port: number | null; readonly state: string; readonly detail: string | null };
}

/** What the store answered when it refused. */
export class StoreError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly hint: string) {
    super(message);
  }
}

/** Sends one request: Jupyter's own transport, which knows cookies and tokens. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

function asManifestColumn(x: unknown): StoredColumn | null {
  if (!isObject(x)) return null;
  const name = text(x['name']);
  if (name === null) return null;
  const lo = x['lo'], hi = x['hi'], unit = text(x['unit'], 40);
  const numbers = typeof lo === 'number' && typeof hi === 'number' ? `${lo} … ${hi}${unit ? ' ' + unit : ''}` : '';
  const labels = Array.isArray(x['categories']) ? x['categories'].slice(0, 5).join(', ').slice(0, 80) : '';
  const exact = isObject(x['exact']) ? x['exact'] : null;
  const masked = [x['mask'], exact?.['mask']].some(mask => mask !== null && mask !== undefined);
  const words = exact === null ? '' : Array.isArray(x['files']) ? 'exact and approximate' : 'exact';
  return { name, kind: text(x['kind'], 20) ?? '', bound: labels || numbers, missing: masked, exact: words };
}

function asSnapshot(x: unknown): Snapshot | null {
  if (!isObject(x)) return null;
  const id = text(x['id'], 64);
  if (id === null) return null;
  const manifest: Loose = isObject(x['manifest']) ? x['manifest'] : {};
  const summary: Loose = isObject(x['summary']) ? x['summary'] : {};
  return {
    id,
    tree: text(x['tree_hash'], 64) ?? '',
    created: text(x['created'], 40) ?? '',
    actor: text(x['actor'], 80) ?? '',
    keyId: text(x['key_id'], 64) ?? '',
    action: text(x['action'], 20) ?? '',
    size: isCount(x['size']) ? x['size'] : 0,
    rows: isCount(summary['rows']) ? summary['rows'] : null,
    columns: listOf(manifest['columns'], asManifestColumn)
  };
}

const asObject = (x: unknown): Loose => (isObject(x) ? x : {});

function texts(x: unknown): Record<string, string> {
  const pairs = isObject(x) ? Object.entries(x).filter((e): e is [string, string] => typeof e[1] === 'string') : [];
  return Object.fromEntries(pairs);
}

function asDataset(x: unknown): Dataset | null {
  if (!isObject(x)) return null;
  const name = text(x['name'], 100);
  if (name === null) return null;
  return {
    name, kind: text(x['kind'], 20) ?? '', branches: texts(x['branches']), tags: texts(x['tags']),
    updated: text(x['updated'], 40) ?? '', snapshot: asSnapshot(x['snapshot'])
  };
}

const names = (x: unknown): readonly string[] =>
  listOf(x, item => (isObject(item) ? text(item['name']) : text(item)));

function asDiff(x: unknown): Diff {
  const root: Loose = isObject(x) ? x : {};
  const rows: Loose = isObject(root['rows']) ? root['rows'] : {};
  const columns: Loose = isObject(root['columns']) ? root['columns'] : root;
  const changed = listOf(columns['changed'], item => {
    if (!isObject(item)) return typeof item === 'string' ? { name: item, chunks: 0 } : null;
    const name = text(item['name']);
    return name === null ? null : { name, chunks: Array.isArray(item['chunks']) ? item['chunks'].length : 0 };
  });
  return {
    rowsFrom: isCount(rows['from']) ? rows['from'] : null, rowsTo: isCount(rows['to']) ? rows['to'] : null,
    added: names(columns['added']), removed: names(columns['removed']), changed
  };
}

/** Asks the store; each method is one request. Errors are {@link StoreError}. */
export class StoreClient {
  /** @param transport - Gets paths below `…/jupyterfhe/v1/`. */
  constructor(private readonly transport: Transport) {}

  async status(): Promise<StoreStatus> {
    const x = await this.get('status');
    const workspace: Loose = isObject(x['workspace']) ? x['workspace'] : {};
    const vault: Loose = isObject(x['vault']) ? x['vault'] : {};
    const id = text(workspace['id'], 64) ?? 'personal';
    return {
      version: text(x['version'], 40) ?? '',
      workspace: { id, name: text(workspace['name'], 100) ?? id },
      vault: {
        url: text(vault['url'], 500) ?? '', port: isCount(vault['port']) ? vault['port'] : null,
        state: text(vault['state'], 20) ?? '', detail: text(vault['detail'], 300)
      }
    };
  }

  /** A grant: with it the vault's origin stores ciphertexts, or a kernel computes on them. It ends after 12 hours. */
  async grant(audience: 'vault' | 'kernel'): Promise<string> {
    const grant = text(asObject(await this.send('POST', 'grants', { audience }))['grant'], 500);
    if (!grant) throw new StoreError(0, 'answer', 'the store gave no grant', '');
    return grant;
  }

  async datasets(ws: string): Promise<readonly Dataset[]> {
    return listOf(await this.send('GET', `workspaces/${ws}/datasets`), asDataset);
  }

  async dataset(ws: string, name: string): Promise<Dataset> {
    const found = asDataset(await this.get(`workspaces/${ws}/datasets/${encodeURIComponent(name)}`));
    if (!found) throw new StoreError(0, 'answer', 'the store described no dataset', '');
    return found;
  }

  async snapshots(ws: string, name: string, before?: string): Promise<readonly Snapshot[]> {
    const more = before ? `&before=${encodeURIComponent(before)}` : '';
    const x = await this.get(`workspaces/${ws}/datasets/${encodeURIComponent(name)}/snapshots?branch=main&limit=50${more}`);
    return listOf(x['snapshots'], asSnapshot);
  }

  async snapshot(ws: string, id: string): Promise<Snapshot> {
    const found = asSnapshot(await this.get(`workspaces/${ws}/snapshots/${encodeURIComponent(id)}`));
    if (!found) throw new StoreError(0, 'answer', 'the store described no version', '');
    return found;
  }

  async diff(ws: string, name: string, from: string, to: string): Promise<Diff> {
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
    return asDiff(await this.get(`workspaces/${ws}/datasets/${encodeURIComponent(name)}/diff?${query}`));
  }

  async tag(ws: string, name: string, tag: string, snapshot: string): Promise<void> {
    await this.send('PUT', `workspaces/${ws}/datasets/${encodeURIComponent(name)}/tags/${encodeURIComponent(tag)}`, { snapshot });
  }

  async rollback(ws: string, name: string, to: string, parent: string): Promise<void> {
    await this.send('POST', `workspaces/${ws}/datasets/${encodeURIComponent(name)}/rollback`, { branch: 'main', to, parent });
  }

  async remove(ws: string, name: string): Promise<void> {
    await this.send('DELETE', `workspaces/${ws}/datasets/${encodeURIComponent(name)}`);
  }

  private async get(path: string): Promise<Loose> {
    return asObject(await this.send('GET', path));
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const init: RequestInit = { method };
    if (body) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const response = await this.transport(path, init);
    let data: unknown = null;
    if (response.status !== 204) data = await response.json().catch(() => null);
    if (!response.ok) {
      const error: Loose = isObject(data) && isObject(data['error']) ? data['error'] : {};
      const message = text(error['message'], 300) ?? `the store answered ${response.status}`;
      throw new StoreError(response.status, text(error['code'], 40) ?? '', message, text(error['hint'], 300) ?? '');
    }
    return data;
  }
}

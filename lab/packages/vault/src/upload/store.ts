// store.ts: the few calls that the vault makes on the store. protocol/rest.yaml. What drops is tried again until it is cancelled.

import { sha256, utf8, type Bytes } from '../base/bytes.ts';
import { Told } from '../base/rpc.ts';
import type { Tree, TreeFile } from '../../../core/src/vaultProtocol.ts';

export interface Connection {
  readonly store: string;
  readonly workspace: string;
  readonly grant: string;
}

/** What the store has of some bytes. */
export interface Stored {
  readonly sha256: string;
  readonly size: number;
}

/** Evaluation keys in the registry: their files, and which of them hold what. */
export interface Registered {
  readonly tree: Tree;
  readonly elements: readonly unknown[];
}

const LARGE = 8 << 20; // bytes; the server reads a refused body to its end up to here
const BATCH = 500; // hashes a request
const FIRST_PAUSE = 500;
const LAST_PAUSE = 15_000;
export const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}$/;

export function cancelled(): Told {
  return new Told('Cancelled.', 'cancelled');
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(cancelled())), { once: true });
  });
}

export class Store {
  private readonly base: string;

  constructor(
    readonly connection: Connection,
    private readonly signal: AbortSignal = new AbortController().signal,
    /** Told whether the store answers. */
    private readonly online: (yes: boolean) => void = () => {},
    /** Tries before giving up; a job goes on for ever, a look does not. */
    private readonly tries = Infinity
  ) {
    this.base = `${connection.store.replace(/\/$/, '')}/workspaces/${encodeURIComponent(connection.workspace)}`;
  }

  /** Those of the hashes that the store lacks. */
  async missing(hashes: readonly string[]): Promise<Set<string>> {
    const lacking = new Set<string>();
    for (let at = 0; at < hashes.length; at += BATCH) {
      const response = await this.send('POST', '/blobs:missing', { sha256: hashes.slice(at, at + BATCH) });
      const found = (await this.json(response)) as { missing: string[] };
      for (const one of found.missing) lacking.add(one);
    }
    return lacking;
  }

  /**
   * Store bytes. A large blob is asked for first, so that it is not sent twice, and a refusal arrives as one: a server that closes
   * the connection in the middle of a body looks like a broken network. The bytes are copied before this returns.
   */
  async keep(bytes: Bytes): Promise<Stored> {
    const body = new Blob([bytes]); // goes to the network by itself; an array would also be copied into each tool that watches the page
    const stored = { size: bytes.length, sha256: await sha256(bytes) };
    if (stored.size <= LARGE || (await this.missing([stored.sha256])).size > 0) await this.send('PUT', `/blobs/${stored.sha256}`, body);
    return stored;
  }

  /** The bytes of a blob: those that its hash names, or an error. */
  async blob(file: TreeFile): Promise<Bytes> {
    const response = await this.send('GET', `/blobs/${file.sha256}`);
    const bytes = await limited(response, file.size);
    if (bytes === null || (await sha256(bytes)) !== file.sha256) {
      throw new Told('The store gave other bytes than were asked for.', 'store');
    }
    return bytes;
  }

  /** The newest snapshot of a branch; null where there is no such dataset. */
  async head(dataset: string): Promise<string | null> {
    const response = await this.send('GET', `/datasets/${encodeURIComponent(dataset)}`, undefined, [404]);
    if (response.status === 404) return null;
    const found = (await this.json(response)) as { branches?: Record<string, string | null> };
    return found.branches?.['main'] ?? null;
  }

  /** Commit a tree as the newest version of a dataset. */
  async commit(dataset: string, tree: Tree, keyId: string): Promise<string> {
    let parent = await this.head(dataset);
    for (let tries = 0; tries < 8; tries += 1) {
      const body = { branch: 'main', parent, tree, key_id: keyId, program: null, inputs: [], note: null };
      const response = await this.send('POST', `/datasets/${encodeURIComponent(dataset)}/commits`, body, [409]);
      if (response.status !== 409) return ((await this.json(response)) as { snapshot: string }).snapshot;
      parent = await this.head(dataset); // somebody was faster; ours comes on top of theirs
    }
    throw new Told('The store kept changing this dataset while it was being stored.', 'store');
  }

  /** The evaluation keys that are registered for a key; null where there are none. */
  async keys(keyId: string): Promise<Registered | null> {
    const response = await this.send('GET', `/keys/${keyId}`, undefined, [404]);
    return response.status === 404 ? null : registered(await this.json(response));
  }

  /** Register evaluation keys: all that are there, and more. Where another device of this key was faster, its keys stay: they serve as well. */
  async putKeys(keyId: string, tree: Tree, elements: readonly unknown[]): Promise<void> {
    await this.send('PUT', `/keys/${keyId}`, { tree, elements }, [409]);
  }

  private async json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch {
      throw new Told('The store answered with something that is no JSON.', 'store');
    }
  }

  private async send(method: string, path: string, body?: object, accepted: readonly number[] = []): Promise<Response> {
    for (let tries = 1, wait = FIRST_PAUSE; ; tries += 1, wait = Math.min(2 * wait, LAST_PAUSE)) {
      const response = await this.once(method, path, body);
      if (response !== null && (response.ok || accepted.includes(response.status))) {
        this.online(true);
        return response;
      }
      const again = response === null || response.status >= 500 || response.status === 429 || response.status === 408;
      if (!again) throw refusal(response.status);
      this.online(false);
      if (tries >= this.tries) throw new Told('The store does not answer.', 'offline');
      await pause(wait * (0.75 + Math.random() / 2), this.signal);
    }
  }

  /** null when the connection failed. */
  private async once(method: string, path: string, body?: object): Promise<Response | null> {
    const binary = body instanceof Blob;
    const headers: Record<string, string> = { Authorization: `Bearer ${this.connection.grant}` };
    if (body !== undefined) headers['Content-Type'] = binary ? 'application/octet-stream' : 'application/json';
    try {
      return await fetch(this.base + path, {
        method,
        headers,
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        signal: this.signal,
        ...(body === undefined ? {} : { body: binary ? body : utf8(JSON.stringify(body)) })
      });
    } catch {
      if (this.signal.aborted) throw cancelled();
      return null;
    }
  }
}

function refusal(status: number): Told {
  if (status === 401 || status === 403) {
    return new Told('The notebook server no longer accepts this page. Reload it; what is stored already stays.', 'store');
  }
  if (status === 413 || status === 507) return new Told('The store has no room for it.', 'store');
  return new Told(`The store refused it (status ${status}).`, 'store');
}

/** The registry's answer, checked as far as it is used. */
function registered(found: unknown): Registered {
  const { tree, elements } = (found ?? {}) as Partial<Registered>;
  const fine = Array.isArray(tree?.files) && Array.isArray(elements) &&
    tree.files.every(file => typeof file?.name === 'string' && typeof file.sha256 === 'string' && typeof file.size === 'number');
  if (!fine) throw new Told('The store answered with something that is no list of keys.', 'store');
  return { tree: treeOf((tree as Tree).files), elements: elements as readonly unknown[] };
}

/** A body of exactly so many bytes; null when it has more or fewer. */
async function limited(response: Response, size: number): Promise<Bytes | null> {
  const declared = response.headers.get('Content-Length');
  if (declared !== null && Number(declared) > size) return null;
  const reader = response.body?.getReader();
  if (reader === undefined) return null;
  const out = new Uint8Array(size);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return at === size ? out : null;
    if (at + value.length > size) {
      await reader.cancel();
      return null;
    }
    out.set(value, at);
    at += value.length;
  }
}

/** SHA-256 of the canonical JSON of a tree. */
export function treeHash(tree: Tree): Promise<string> {
  const files = tree.files.map(({ name, sha256: digest, size }) => ({ name, sha256: digest, size }));
  return sha256(utf8(JSON.stringify({ files })));
}

/** A tree of files in any order. */
export function treeOf(files: readonly TreeFile[]): Tree {
  return { files: [...files].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, sha256: digest, size }) => ({ name, sha256: digest, size })) };
}

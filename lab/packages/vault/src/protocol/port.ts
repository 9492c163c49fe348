// port.ts: the one door to the lab: who may knock, what may be asked, and nothing that answers with a value. protocol/vault.md.

import { asRequest, HELLO, isHello, READY, VAULT_VERSION, type VaultErrorCode, type VaultEvent, type VaultRequest, type VaultStatus } from '../../../core/src/vaultProtocol.ts';

/** What the vault's server says of itself. */
export interface Config {
  readonly mode: 'local' | 'hub';
  readonly labs: readonly string[];
  readonly stores: readonly string[];
  /** SHA-256 of the vault's files. */
  readonly files: Readonly<Record<string, string>>;
}

/** Requests of one line that wait at once. */
const WAITING_MAX = 64;
/**
 * Lines to the lab's origin that are open at once. Scripts of that origin may greet too, and nothing tells them from the lab: so a
 * greeting takes no other's line. The first stays for as long as this page, of the others the oldest goes.
 */
const LINES_MAX = 8;

interface Line {
  readonly port: MessagePort;
  waiting: number;
}

/** A refusal that the lab is told: a code and a line without any value. */
export class Refusal extends Error {
  constructor(
    readonly code: VaultErrorCode,
    message: string
  ) {
    super(message);
  }
}

export type Handler = (request: VaultRequest) => Promise<Partial<VaultStatus> | void> | Partial<VaultStatus> | void;

export class LabPort {
  private readonly lines: Line[] = [];
  private config: Config | null = null;
  private early: MessageEvent[] = [];

  /** Listens from now on; who may speak is known once `allow` is called. */
  constructor(
    private readonly types: readonly string[],
    private readonly handle: Handler,
    private readonly hello: () => void
  ) {
    window.addEventListener('message', event => this.receive(event));
  }

  allow(config: Config): void {
    this.config = config;
    for (const event of this.early.splice(0)) this.receive(event);
    const other = this.other();
    for (const origin of config.labs) other?.postMessage({ type: READY, version: VAULT_VERSION }, origin);
  }

  get open(): boolean {
    return this.lines.length > 0;
  }

  send(event: VaultEvent): void {
    for (const { port } of this.lines) port.postMessage(event);
  }

  private other(): Window | null {
    return window.parent !== window ? window.parent : (window.opener as Window | null);
  }

  private receive(event: MessageEvent): void {
    if (this.config === null) {
      if (this.early.length < 4) this.early.push(event);
      return;
    }
    const { data, origin, source, ports } = event;
    if (!this.config.labs.includes(origin) || source === null || source !== this.other() || !isHello(data)) return;
    const port = ports[0];
    if (port === undefined || ports.length !== 1) return;
    if (data.version !== VAULT_VERSION) {
      port.postMessage({ id: 0, ok: false, code: 'refused', message: `This vault speaks version ${VAULT_VERSION} of ${HELLO}.` });
      port.close();
      return;
    }
    if (this.lines.length === LINES_MAX) this.lines.splice(1, 1)[0]?.port.close();
    const line: Line = { port, waiting: 0 };
    this.lines.push(line);
    port.onmessage = message => void this.request(line, message.data);
    this.hello();
  }

  private async request(line: Line, data: unknown): Promise<void> {
    const { port } = line;
    const id = typeof data === 'object' && data !== null && typeof (data as { id?: unknown }).id === 'number' ? (data as { id: number }).id : 0;
    const refuse = (code: VaultErrorCode, message: string): void => port.postMessage({ id, ok: false, code, message });
    const type = typeof data === 'object' && data !== null ? (data as { type?: unknown }).type : null;
    if (typeof type === 'string' && !this.types.includes(type)) return refuse('unknown', 'This frame has no such request.');
    const request = asRequest(data);
    if (request === null) return refuse('bad_request', 'The request has not the form that protocol/vault.md gives.');
    if (line.waiting >= WAITING_MAX) return refuse('busy', 'Too many requests wait.');
    line.waiting += 1;
    try {
      port.postMessage({ id, ok: true, ...(await this.handle(request)) });
    } catch (why) {
      if (why instanceof Refusal) refuse(why.code, why.message);
      else refuse('busy', 'The vault could not do it.');
    } finally {
      line.waiting -= 1;
    }
  }
}

/** Read config.json; and check that this page's files are those of its manifest. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('config.json', { credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: status ${response.status}`);
  return (await response.json()) as Config;
}

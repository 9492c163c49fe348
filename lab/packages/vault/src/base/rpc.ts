// rpc.ts: calls and events over a MessagePort, between pages and workers of the vault's own origin.

/** Methods that one side offers. Their arguments and results are plain data and what can be transferred. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Methods = Record<string, (argument: any, port: Wire) => unknown>;

/** An error that crosses: its words are for the person. */
export class Told extends Error {
  constructor(
    message: string,
    readonly code: string = 'internal',
    readonly advice: string = '',
    readonly lines: readonly string[] = [],
    readonly extra: string | null = null
  ) {
    super(message);
  }
}

interface Call {
  call: number;
  method: string;
  argument: unknown;
}
interface Answer {
  answer: number;
  result?: unknown;
  error?: { message: string; code: string; advice: string; lines: readonly string[]; extra: string | null };
}
interface Event_ {
  event: string;
  data: unknown;
}

/** What a port, a worker and a worker's own scope have in common. */
export interface Wire {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

export class Peer {
  private next = 1;
  private readonly waiting = new Map<number, { resolve: (x: never) => void; reject: (why: unknown) => void }>();
  private readonly listeners = new Map<string, (data: never) => void>();

  constructor(
    readonly wire: Wire,
    private readonly methods: Methods = {}
  ) {
    wire.onmessage = event => void this.take(event.data as Call | Answer | Event_);
  }

  call<T>(method: string, argument: unknown = null, transfer: Transferable[] = []): Promise<T> {
    const call = this.next++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.wire.postMessage({ call, method, argument }, transfer);
    });
  }

  emit(event: string, data: unknown): void {
    this.wire.postMessage({ event, data });
  }

  on<T>(event: string, listener: (data: T) => void): void {
    this.listeners.set(event, listener as (data: never) => void);
  }

  /** The other side is gone: whatever waits fails. */
  fail(why: Error): void {
    for (const { reject } of this.waiting.values()) reject(why);
    this.waiting.clear();
  }

  private async take(message: Call | Answer | Event_): Promise<void> {
    if ('event' in message) {
      this.listeners.get(message.event)?.(message.data as never);
    } else if ('answer' in message) {
      const waiting = this.waiting.get(message.answer);
      this.waiting.delete(message.answer);
      const { error } = message;
      if (error) waiting?.reject(new Told(error.message, error.code, error.advice, error.lines, error.extra));
      else waiting?.resolve(message.result as never);
    } else {
      await this.serve(message);
    }
  }

  private async serve({ call, method, argument }: Call): Promise<void> {
    try {
      const run = Object.hasOwn(this.methods, method) ? this.methods[method] : undefined;
      if (run === undefined) throw new Told(`no method ${method}`);
      this.wire.postMessage({ answer: call, result: await run(argument, this.wire) });
    } catch (why) {
      const known = why instanceof Told;
      // Words of other errors stay here: they may say anything.
      const error = known
        ? { message: why.message, code: why.code, advice: why.advice, lines: why.lines, extra: why.extra }
        : { message: 'Something went wrong inside the vault.', code: 'internal', advice: '', lines: [], extra: null };
      if (!known) console.error(`vault: ${method}: ${why instanceof Error ? why.name : 'error'}`, why instanceof Error ? why.stack : '');
      this.wire.postMessage({ answer: call, error });
    }
  }
}

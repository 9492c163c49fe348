// kernelWatch.ts: the comm that tells of encrypted variables, opened again whenever a kernel starts anew.

import { asProgress, asVariables, IPreferences, Progress, Variable, VARIABLES_TARGET } from '@jupyterfhe/core';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

const GIB = 2 ** 30;
const RENEW = 10 * 3600 * 1000; // ms; a kernel's grant ends after 12 hours

/** Follows the kernel of one notebook. */
export class KernelWatch {
  /** @param grant - Makes a fresh grant for a kernel that lives longer than its first one. */
  constructor(
    private readonly session: ISessionContext, private readonly grant: () => Promise<string>, private readonly preferences: IPreferences
  ) {
    preferences.changed.connect(this.sendOptions, this);
    session.kernelChanged.connect(this.restart, this);
    session.statusChanged.connect(this.onStatus, this);
    this.restart();
    this.timer = setInterval(() => void this.renew().catch(() => undefined), RENEW);
  }

  variables: readonly Variable[] = [];
  busy = false;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get progress(): ISignal<this, Progress> {
    return this._progress;
  }

  /** Ask the kernel to stop what it computes; false when there is no line to it. */
  cancel(): boolean {
    this.comm?.send({ type: 'cancel' });
    return this.comm !== null;
  }

  dispose(): void {
    this.close();
    clearInterval(this.timer);
    this.session.kernelChanged.disconnect(this.restart, this);
    this.session.statusChanged.disconnect(this.onStatus, this);
    this.preferences.changed.disconnect(this.sendOptions, this);
    Signal.clearData(this);
  }

  private restart(): void {
    this.close();
    this.variables = [];
    this._changed.emit();
    const kernel = this.session.session?.kernel;
    // Another kernel would answer that it knows no such comm, and log it.
    if (!kernel || !kernel.name.startsWith('jupyterfhe')) return;
    void kernel.info.then(() => this.open(kernel)).catch(() => undefined);
  }

  private open(kernel: Kernel.IKernelConnection): void {
    if (kernel.isDisposed || this.session.session?.kernel !== kernel || this.comm) return;
    const comm = kernel.createComm(VARIABLES_TARGET);
    this.comm = comm;
    comm.onMsg = message => this.onMessage(message.content.data);
    comm.onClose = () => {
      if (this.comm === comm) this.comm = null;
    };
    comm.open({});
    this.sent = 0; // a new kernel has no limit
    this.sendOptions();
  }

  private onMessage(data: unknown): void {
    const list = asVariables(data);
    if (list) {
      this.variables = list;
      this.busy = (data as { busy?: unknown }).busy === true;
      this._changed.emit();
      return;
    }
    const progress = (data as { type?: unknown } | null)?.type === 'progress' ? asProgress(data) : null;
    if (progress) this._progress.emit(progress);
  }

  private onStatus(_: ISessionContext, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') {
      this.stale = true;
    } else if (status === 'idle' && this.stale) {
      this.stale = false;
      this.restart();
    }
  }

  private async renew(): Promise<void> {
    if (this.comm) this.comm.send({ type: 'grant', grant: await this.grant() });
  }

  /** What the settings ask of the kernel. */
  private sendOptions(): void {
    const { memoryLimit } = this.preferences.current;
    if (memoryLimit === this.sent) return;
    this.sent = memoryLimit;
    this.comm?.send({ type: 'options', memory_limit: memoryLimit > 0 ? Math.round(memoryLimit * GIB) : null });
  }

  private close(): void {
    const comm = this.comm;
    this.comm = null;
    if (comm && !comm.isDisposed) comm.dispose();
  }

  private comm: Kernel.IComm | null = null;
  private stale = false;
  private sent = 0;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _progress = new Signal<this, Progress>(this);
}

// progress.ts: one bar a job: how far, and how long it still takes.

import type { JobLabel, VaultProgress } from '../../../core/src/vaultProtocol.ts';

const INTERVAL = 200; // milliseconds between reports
const WINDOW = 20_000; // speed is that of so many last milliseconds

export class Progress {
  private done = 0;
  private told = -Infinity;
  private readonly points: [number, number][] = [];

  constructor(
    readonly job: string,
    public label: JobLabel,
    private total: number,
    private readonly tell: (progress: VaultProgress) => void,
    private readonly now: () => number = () => performance.now()
  ) {
    this.points.push([this.now(), 0]);
  }

  /** Work that was done before, and says nothing about speed. */
  skip(count: number): void {
    this.total = Math.max(this.total, 1);
    this.done += count;
    this.points.splice(0, this.points.length, [this.now(), this.done]);
    this.report(true);
  }

  add(count: number): void {
    this.done = Math.min(this.total, this.done + count);
    const time = this.now();
    this.points.push([time, this.done]);
    while (this.points.length > 2 && (this.points[1] as [number, number])[0] < time - WINDOW) this.points.shift();
    this.report(this.done === this.total);
  }

  report(always = false): void {
    const time = this.now();
    if (!always && time - this.told < INTERVAL) return;
    this.told = time;
    this.tell(this.current());
  }

  current(): VaultProgress {
    const [time, done] = this.points[0] as [number, number];
    const [last, now] = this.points.at(-1) as [number, number];
    const speed = now > done && last - time > 500 ? (now - done) / (last - time) : 0;
    const left = speed > 0 ? Math.round((this.total - this.done) / speed / 100) / 10 : null;
    return { job: this.job, label: this.label, done: this.done, total: this.total, seconds_left: left };
  }
}

// paintedWidget.tsx: what outputs that the vault paints have in common. Nothing is decrypted before a person asks, or chose in the
// settings that outputs open by themselves, and then in the vault's frame.

import type { IPreferences, IVault, Painting } from '@jupyterfhe/core';
import { BadOutput, CardState } from '@jupyterfhe/ui';
import { ReactWidget } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import * as React from 'react';

/** An output of checked type T: what it is made of, and the card that shows it. */
export interface Painted<T> {
  readonly mime: string;
  parse(json: unknown): T | null;
  /** Another output than before when this text differs. */
  identity(output: T): string;
  painting(output: T): Painting;
  /** For the title of the vault's frame. */
  label(output: T): string;
  /** What *Copy reference* copies. */
  code(output: T): string;
  card(output: T, state: CardState): JSX.Element;
}

export class PaintedWidget<T> extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly kind: Painted<T>, private readonly vault: IVault, private readonly preferences: IPreferences) {
    super();
    this.addClass('jp-Fhe-output');
    vault.changed.connect(this.openAtOnce, this);
    preferences.changed.connect(this.openAtOnce, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const output = this.kind.parse(model.data[this.kind.mime]);
    const identity = output ? this.kind.identity(output) : null;
    if (identity !== this.identity) {
      this.hidePaint();
      this.hidden = false;
    }
    [this.output, this.identity] = [output, identity];
    this.openAtOnce();
    this.update();
  }

  override dispose(): void {
    this.frame?.dispose();
    this.frame = null;
    this.vault.changed.disconnect(this.openAtOnce, this);
    this.preferences.changed.disconnect(this.openAtOnce, this);
    super.dispose();
  }

  protected override render(): JSX.Element {
    const { output } = this;
    if (output === null) return <BadOutput />;
    return this.kind.card(output, {
      open: this.open, trouble: this.trouble, copied: this.copied, paintHost: this.paintHost, onDecrypt: () => this.showPaint(),
      onHide: () => {
        this.hidden = true; // by hand: it does not open by itself again
        this.hidePaint();
      },
      onCopy: () => void this.copy(this.kind.code(output))
    });
  }

  private openAtOnce(): void {
    const may = this.preferences.current.decryptAtOnce && this.vault.state.keys === 'unlocked' && !this.vault.trouble;
    if (may && this.output !== null && !this.open && !this.hidden) this.showPaint();
  }

  private showPaint(): void {
    this.trouble = this.vault.trouble ?? (this.vault.origin ? null : 'The vault has not started yet.');
    this.open = this.trouble === null;
    this.update();
  }

  private hidePaint(): void {
    this.frame?.dispose();
    this.frame = null;
    this.open = false;
    this.update();
  }

  private async copy(code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      this.copied = true;
    } catch {
      this.trouble = `Copy it from here: ${code}`;
    }
    this.update();
    setTimeout(() => {
      this.copied = false;
      if (!this.isDisposed) this.update();
    }, 2000);
  }

  // A stable function: React calls it when the element comes and goes, not at each drawing.
  private readonly paintHost = (element: HTMLDivElement | null): void => {
    if (!element || this.frame || this.output === null) return;
    this.frame = this.vault.paint(element, this.kind.painting(this.output), this.kind.label(this.output), () => {
      const inside = element.contains(document.activeElement);
      this.hidden = true;
      this.hidePaint();
      // Whoever pressed Hide in the frame stood in it, and would stand nowhere when it is gone.
      if (inside) void this.renderPromise?.then(() => this.node.querySelector<HTMLElement>('.jp-Fhe-card-head button')?.focus());
    });
  };

  private output: T | null = null;
  private identity: string | null = null;
  private open = false;
  /** A person closed it. */
  private hidden = false;
  private copied = false;
  private trouble: string | null = null;
  private frame: { dispose(): void } | null = null;
}

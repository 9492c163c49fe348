// outputWidget.tsx: an encrypted output in a cell. Nothing is decrypted before a person asks, and then in the vault's frame.

import * as React from 'react';
import { asOutput, IVault, Output, REFERENCE_MIME, shapeText } from '@jupyterfhe/core';
import { BadOutput, OutputCard } from '@jupyterfhe/ui';
import { ReactWidget } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

export class OutputWidget extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly vault: IVault) {
    super();
    this.addClass('jp-Fhe-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const output = asOutput(model.data[REFERENCE_MIME]);
    if (output?.ref.tree_hash !== this.output?.ref.tree_hash) this.hidePaint();
    this.output = output;
    this.update();
  }

  override dispose(): void {
    this.frame?.dispose();
    this.frame = null;
    super.dispose();
  }

  protected override render(): JSX.Element {
    const output = this.output;
    if (!output) return <BadOutput />;
    return (
      <OutputCard output={output} open={this.open} trouble={this.trouble} copied={this.copied} onDecrypt={() => this.showPaint()}
        onHide={() => this.hidePaint()} onCopy={() => void this.copy(output)} paintHost={this.paintHost} />
    );
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

  private async copy(output: Output): Promise<void> {
    try {
      await navigator.clipboard.writeText(`jf.ref("${output.ref.tree_hash}")`);
      this.copied = true;
    } catch {
      this.trouble = `Copy it from here: jf.ref("${output.ref.tree_hash}")`;
    }
    this.update();
    setTimeout(() => {
      this.copied = false;
      if (!this.isDisposed) this.update();
    }, 2000);
  }

  // A stable function: React calls it when the element comes and goes, not at each drawing.
  private readonly paintHost = (element: HTMLDivElement | null): void => {
    if (!element || this.frame || !this.output) return;
    const { ref, kind, shape, name } = this.output;
    this.frame = this.vault.paint(element, ref, name ?? shapeText(kind, shape), () => this.hidePaint());
  };

  private output: Output | null = null;
  private open = false;
  private copied = false;
  private trouble: string | null = null;
  private frame: { dispose(): void } | null = null;
}

// card.ts: one dialog at a time: over the lab's page in a frame, in the middle of a window of its own.

import { h, id } from './dom.ts';

const FOCUSABLE = 'button:not([disabled]), input:not([disabled]), select:not([disabled]), summary, a[href], [tabindex="0"]';

export class Card {
  private shown: HTMLElement | null = null;
  private close: (() => void) | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly visible: (show: boolean) => void
  ) {
    document.addEventListener('keydown', event => this.key(event));
  }

  /** Whether a dialog is open that must be answered. */
  get busy(): boolean {
    return this.shown !== null;
  }

  /** Show a dialog. `close` is what Escape and the closing button do; none when it must be answered. */
  show(title: string, content: readonly (Node | string | null)[], { close, wide = false }: { close?: () => void; wide?: boolean } = {}): HTMLElement {
    const heading = h('h1', { id: id(), tabindex: -1 }, title);
    const button = close ? h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: close }, '×') : null;
    const card = h('section', { class: wide ? 'card wide' : 'card', role: 'dialog', 'aria-modal': true, 'aria-labelledby': heading.id });
    card.append(h('header', {}, heading, button), ...content.filter((one): one is Node | string => one !== null));
    this.root.replaceChildren(h('div', { class: 'backdrop' }, card));
    this.close = close ?? null;
    const first = this.shown === null;
    this.shown = card;
    if (first) this.visible(true);
    this.focus();
    return card;
  }

  /** Put the focus where one types first. */
  focus(): void {
    const first = this.shown?.querySelector<HTMLElement>('[data-focus]') ?? this.shown?.querySelector<HTMLElement>('h1');
    window.focus();
    first?.focus();
    // A frame that is only being shown takes no focus yet. It draws when it would.
    requestAnimationFrame(() => {
      if (this.shown !== null && !this.shown.contains(document.activeElement)) first?.focus();
    });
  }

  hide(): void {
    if (this.shown === null) return;
    this.root.replaceChildren();
    this.shown = null;
    this.close = null;
    this.visible(false);
  }

  private key(event: KeyboardEvent): void {
    if (this.shown === null) return;
    if (event.key === 'Escape' && this.close) {
      event.preventDefault();
      this.close();
    }
    if (event.key !== 'Tab') return;
    const all = [...this.shown.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(one => one.offsetParent !== null);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const wrap = event.shiftKey ? at <= 0 : at === all.length - 1;
    if (!wrap || all.length === 0) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  }
}

/** A line that says what went wrong, read aloud at once. */
export function alertLine(): { element: HTMLElement; say: (text: string) => void } {
  const element = h('p', { class: 'error', role: 'alert' });
  return { element, say: text => (element.textContent = text) };
}

export function buttons(...all: readonly (HTMLElement | null)[]): HTMLElement {
  return h('div', { class: 'buttons' }, ...all);
}

/** A button that shows that something runs, and cannot be pressed twice. */
export function action(label: string, run: () => Promise<void> | void, kind: 'accept' | 'plain' = 'accept'): HTMLButtonElement {
  const button = h('button', { type: 'button', class: kind });
  button.append(label);
  button.addEventListener('click', () => {
    void (async () => {
      button.disabled = true;
      button.classList.add('running');
      try {
        await run();
      } finally {
        button.disabled = false;
        button.classList.remove('running');
      }
    })();
  });
  return button;
}

// dom.ts: elements without HTML text: nothing that a file or a server says is ever parsed as markup.

type Child = Node | string | null | undefined | false;
type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected') (element as unknown as Record<string, unknown>)[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Same, in SVG. */
export function s(tag: string, props: Readonly<Record<string, string | number>> = {}, ...children: readonly Node[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

let next = 0;
export function id(): string {
  next += 1;
  return `v${next}`;
}

/** A labelled field: label, control, hint. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id ||= id();
  const described = hint === undefined ? null : h('p', { class: 'hint', id: id() }, hint);
  if (described) control.setAttribute('aria-describedby', described.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, described);
}

/** A bar with words; `say` changes the words alone. */
export function bar(label: string): { element: HTMLElement; set: (done: number, total: number, text?: string) => void; say: (text: string) => void } {
  const progress = h('progress', { max: 1, 'aria-label': label });
  const words = h('p', { class: 'hint', 'aria-live': 'off' });
  return {
    element: h('div', { class: 'bar' }, h('p', {}, label), progress, words),
    set: (done, total, text = '') => {
      progress.max = Math.max(total, 1);
      progress.value = done;
      words.textContent = text;
    },
    say: text => (words.textContent = text)
  };
}

/** "about 3 minutes" */
export function timeWords(seconds: number): string {
  if (seconds < 1.5) return 'about a second';
  if (seconds < 90) return `about ${Math.round(seconds)} seconds`;
  return `about ${Math.round(seconds / 60)} minutes`;
}

/** "about 3 minutes left" */
export function leftWords(seconds: number | null): string {
  return seconds === null ? '' : `${timeWords(seconds)} left`;
}

/** "1.2 MB" */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${at === 0 ? size : size.toPrecision(3)} ${units[at]}`;
}

/** "1 row", "2 rows" */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

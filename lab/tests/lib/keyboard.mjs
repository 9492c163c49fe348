// keyboard.mjs: a person without a mouse: Tab until the control with that name has the focus, wherever it stands, also in the vault's frames.
import { until } from './lab.mjs';

const PRESSES = 120; // of Tab, until we say that a control cannot be reached

/** The frame that has the focus: the page, or a frame of the vault in it. */
async function focusedFrame(page) {
  let frame = page.mainFrame();
  for (;;) {
    const element = (await frame.evaluateHandle(() => document.activeElement)).asElement();
    const inner = element && (await element.contentFrame());
    if (!inner) return frame;
    frame = inner;
  }
}

/** Nothing for an answer that does not come: a frame that is being removed gives none. */
const soon = promise => Promise.race([promise.catch(() => ''), new Promise(done => setTimeout(done, 2000, ''))]);

/** What a screen reader says of the control that has the focus: `role name`. */
async function focused(page) {
  const frame = await focusedFrame(page);
  return frame.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return '';
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ').trim();
    const name = element.getAttribute('aria-label') || labelled || element.labels?.[0]?.textContent || element.textContent || element.title || '';
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${name.replace(/\s+/g, ' ').trim()}`;
  });
}

/** Press Tab (or Shift+Tab) until the focused control's name fits. */
export async function tabTo(page, name, { back = false } = {}) {
  const seen = [];
  for (let i = 0; i < PRESSES; i++) {
    const now = await soon(focused(page));
    if (name.test(now)) return;
    if (seen.at(-1) !== now) seen.push(now);
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`Tab does not reach ${name}; it went over ${seen.slice(0, 40).join(' | ')}`);
}

/** Wait until the control that has the focus fits, without pressing anything. */
export async function focusOn(page, name, seconds = 20) {
  let last = '';
  await until(`the focus on ${name}`, async () => name.test((last = await soon(focused(page)))), seconds).catch(() => {
    throw new Error(`the focus is on "${last}", not on ${name}`);
  });
}

/** JupyterLab's command palette. */
export async function palette(page, words) {
  await page.keyboard.press('Control+Shift+c');
  await page.waitForFunction(() => document.activeElement?.classList.contains('lm-CommandPalette-input'));
  await page.keyboard.type(words, { delay: 15 });
  await page.locator('.lm-CommandPalette-item.lm-mod-active').waitFor();
  await page.keyboard.press('Enter');
}

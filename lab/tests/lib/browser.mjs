// browser.mjs: Chromium, and what a person does in it: dragging files, running cells, reading what is painted.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { SHOTS, until } from './lab.mjs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export async function startBrowser() {
  if (!CHROMIUM) throw new Error('there is no Chromium: tools/system.sh browser installs it');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A new page, in a context of its own, with what went wrong in it collected. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', error => page.errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && page.errors.push(message.text()));
  return page;
}

/** Open a path of JupyterLab and wait until it stands. */
export async function openLab(page, lab, path = '') {
  await page.goto(lab.url(path));
  await page.waitForSelector('.jp-Launcher, .jp-Notebook', { timeout: 60000 });
  await page.waitForSelector('.jp-Fhe-status-button', { timeout: 30000 });
}

export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Both themes of what is on the screen: NAME-light.png and NAME-dark.png. */
export async function shots(page, name) {
  await shot(page, `${name}-light`);
  await setTheme(page, 'JupyterLab Dark');
  await shot(page, `${name}-dark`);
  await setTheme(page, 'JupyterLab Light');
}

export async function setTheme(page, theme) {
  await command(page, 'apputils:change-theme', { theme });
  const light = theme.endsWith('Light') ? 'true' : 'false';
  await page.waitForFunction(want => {
    const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number); // the style sheets are there
    return document.body.dataset.jpThemeLight === want && (r + g + b > 384) === (want === 'true');
  }, light);
  await page.waitForTimeout(200); // and the frames are told
}

/** Run one of JupyterLab's commands. */
export async function command(page, id, args = {}) {
  await page.evaluate(async ([name, given]) => {
    await window.jupyterapp.commands.execute(name, given); // its result is the page's own
  }, [id, args]);
}

/**
 * Drag files of this machine over the page as a hand would, and drop them. The vault's frame lies over the page by then; it has a
 * process of its own, which the browser's own drag would reach by itself and this protocol reaches by its own session.
 */
export async function dropFiles(page, files, x = 640, y = 400) {
  const data = { items: [], files, dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', x: x - 60, y: y - 40, data });
  await page.waitForSelector('.jp-Fhe-vault.jp-mod-shown', { timeout: 5000 });
  const over = await page.evaluate(([atX, atY]) => document.elementFromPoint(atX, atY)?.className ?? '', [x, y]);
  if (!over.includes('jp-Fhe-vault')) throw new Error(`the vault does not lie over the page: ${over}`);
  const frame = await (await page.$('.jp-Fhe-vault')).contentFrame();
  const inside = await page.context().newCDPSession(frame).catch(() => session);
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop']) {
    await inside.send('Input.dispatchDragEvent', { type, x, y, data });
    await page.waitForTimeout(80);
  }
  await session.detach();
}

/** Run a cell (by its place) and wait until it has ended; gives its cell element. */
export async function runCell(page, index, seconds = 120) {
  const cell = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell').nth(index);
  await cell.scrollIntoViewIfNeeded();
  await cell.locator('.jp-InputPrompt').click();
  const before = await prompt(cell);
  await command(page, 'notebook:run-cell');
  await until(`cell ${index} to end`, async () => {
    const now = await prompt(cell);
    return /\[\d+\]/.test(now) && now !== before;
  }, seconds);
  return cell;
}

const prompt = cell => cell.locator('.jp-InputPrompt').innerText();

/** Replace the source of a cell as by typing. */
export async function setSource(page, index, source) {
  await page.evaluate(([at, text]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = at;
    panel.content.activeCell.model.sharedModel.setSource(text);
  }, [index, source]);
}

/** An empty cell at the end, active, in command mode and with the focus; gives its place. */
export async function newCell(page) {
  await page.evaluate(() => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
  });
  await command(page, 'notebook:insert-cell-below');
  await command(page, 'notebook:enter-command-mode');
  return page.evaluate(() => window.jupyterapp.shell.currentWidget.content.activeCellIndex);
}

/** Run code in a new cell at the end; gives the cell. */
export async function runCode(page, source, seconds = 60) {
  const at = await newCell(page);
  await setSource(page, at, source);
  return runCell(page, at, seconds);
}

/** The same without waiting for its end. */
export async function startCode(page, source) {
  const at = await newCell(page);
  await setSource(page, at, source);
  await page.evaluate(() => void window.jupyterapp.commands.execute('notebook:run-cell')); // it ends when the cell does
  return page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell').nth(at);
}

// page.test.mjs: what a person does beside the first walk: all of it by keyboard and by screen reader, secret values, charts, stopping what takes
// long, guards and settings. One server, one browser, one page; the parts are in steps/.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newPage, startBrowser } from './lib/browser.mjs';
import { startLab, steps } from './lib/lab.mjs';
import { chartSteps } from './steps/charts.mjs';
import { guardSteps } from './steps/guards.mjs';
import { keyboardSteps } from './steps/keyboard.mjs';
import { progressSteps } from './steps/progress.mjs';
import { settingSteps } from './steps/settings.mjs';

const world = {};

before(async () => {
  world.home = mkdtempSync(join(tmpdir(), 'jupyterfhe-page-'));
  world.lab = await startLab();
  world.browser = await startBrowser();
  world.page = await newPage(world.browser);
  world.page.on('filechooser', () => {}); // from the start: asked for at the last moment, it may come to a frame too late
});

after(async () => {
  await world.browser?.close();
  await world.lab?.stop();
  rmSync(world.home, { recursive: true, force: true });
});

const step = steps(test, () => world.page);
for (const part of [keyboardSteps, chartSteps, progressSteps, guardSteps, settingSteps]) part(step, world);

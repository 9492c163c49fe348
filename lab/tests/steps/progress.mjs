// progress.mjs: what takes long says how long, can be stopped from each place that shows it, and holds up nothing else.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { dropFiles, runCode, shot, startCode } from '../lib/browser.mjs';
import { until } from '../lib/lab.mjs';
import { head, vaultFrame } from '../lib/vault.mjs';

const ROWS = 400_000; // enough that a slow machine and a fast one are both still at it when Cancel is pressed

/** Many seconds of work on encrypted numbers. */
const LONG = 'x = df[["mean_radius", "mean_texture", "mean_area", "mean_perimeter"]] * 0.001\n' +
  'z = sum((x * x * (x + i)).sum(axis=0) for i in range(200))';

async function bigFile(path) {
  const out = createWriteStream(path);
  out.write('a,b,c,d,e,f,g,h\n');
  for (let i = 0; i < ROWS; i += 1000) {
    out.write(Array.from({ length: 1000 }, (_, j) => Array.from({ length: 8 }, (__, k) => ((i + j) * (k + 1) * 0.7103) % 97).map(x => x.toFixed(5)).join(',')).join('\n') + '\n');
  }
  await new Promise(done => out.end(done));
  return path;
}

export function progressSteps(step, world) {
  step('while a cell runs, the panel lists new variables, bars say how long, and Cancel in the panel ends the cell', async () => {
    const { page } = world;
    const cell = await startCode(page, `fresh = df["mean_area"].mean()\n${LONG}\nz.compute()`);
    await page.evaluate(() => window.jupyterapp.shell.activateById('jupyterfhe-variables'));
    const panel = page.locator('#jupyterfhe-variables');
    await panel.getByText('fresh', { exact: true }).waitFor({ timeout: 20000 });
    await panel.getByRole('progressbar').waitFor({ timeout: 30000 });
    assert.equal(await cell.locator('.jp-InputPrompt').innerText(), '[*]:', 'the cell still runs');
    await panel.getByText(/about .* left/).waitFor({ timeout: 20000 });
    const status = page.locator('.jp-Fhe-status-work');
    await status.getByText(/Computing on encrypted data \d+ %/).waitFor();
    await shot(page, '15-progress');
    await panel.getByRole('button', { name: 'Cancel: Computing on encrypted data' }).click();
    await cell.getByText('CancelledError').first().waitFor({ timeout: 30000 });
    await status.waitFor({ state: 'detached', timeout: 10000 });
    const after_ = await runCode(page, 'print(6 * 7)');
    assert.match(await after_.locator('.jp-OutputArea').innerText(), /42/);
  });

  step('an encryption shows its bar in the status bar and in the panel, and Cancel leaves nothing behind', async () => {
    const { page, lab, home } = world;
    await dropFiles(page, [await bigFile(join(home, 'big.csv'))]);
    const frame = await vaultFrame(page, lab);
    const dialog = frame.getByRole('dialog', { name: 'Encrypt big.csv' });
    await dialog.getByRole('button', { name: 'Encrypt', exact: true }).click({ timeout: 120000 });
    await until('the dialog to make way', async () => !(await page.$('.jp-Fhe-vault.jp-mod-shown')), 30);
    await page.evaluate(() => window.jupyterapp.shell.activateById('jupyterfhe-datasets'));
    const bar = page.locator('#jupyterfhe-datasets').getByRole('progressbar');
    await bar.waitFor({ timeout: 30000 });
    const status = page.locator('.jp-Fhe-status-work');
    await status.getByText(/\d+ %/).waitFor();
    await shot(page, '16-encrypting');
    await status.getByRole('button', { name: /^Cancel/ }).click();
    await bar.waitFor({ state: 'detached', timeout: 30000 });
    assert.equal(await head(lab, 'big'), null);
    await page.evaluate(() => window.jupyterapp.shell.activateById('filebrowser'));
  });
}

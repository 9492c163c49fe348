// keyboard.mjs: the first day without a mouse: keys, a file, a cell, a decrypted number, a secret value; each screen as a screen reader has it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newCell, openLab, shot } from '../lib/browser.mjs';
import { focusOn, palette, tabTo } from '../lib/keyboard.mjs';
import { pause, sampleData, until } from '../lib/lab.mjs';
import { csv, mean } from '../lib/numbers.mjs';
import { named, readable } from '../lib/readers.mjs';
import { PASSPHRASE, head, painted, paintFrame, vaultFrame } from '../lib/vault.mjs';

const SECRET = 41.73920581;

export function keyboardSteps(step, world) {
  const type = text => world.page.keyboard.type(text);
  const press = key => world.page.keyboard.press(key);

  step('by keyboard: keys are made from the palette', async () => {
    const { page, lab } = world;
    await openLab(page, lab, '/tree/welcome.ipynb');
    const frame = await vaultFrame(page, lab);
    await page.getByText('No keys yet').waitFor();
    await page.getByText('| Idle').waitFor(); // the notebook has settled: it takes the focus when its kernel is there
    await palette(page, 'Encryption Keys');
    await focusOn(page, /Passphrase/);
    await readable(frame, ['[role=dialog]'], 'the dialog of keys');
    await named(frame, '[role=dialog]');
    await type(PASSPHRASE);
    await tabTo(page, /Once more/);
    await type(PASSPHRASE);
    await tabTo(page, /^input .*Statistics/);
    await press('ArrowUp'); // round to the last choice, the smaller keys: enough for what follows
    await frame.getByText('54.0 MB of keys').waitFor();
    await tabTo(page, /^button Create key/);
    await press('Enter');
    await frame.getByRole('dialog', { name: 'Save your recovery file' }).waitFor({ timeout: 150000 });
    await frame.getByText('The server is ready').waitFor({ timeout: 180000 });
    await readable(frame, ['[role=dialog]'], 'the dialog of the recovery file');
    await tabTo(page, /^button Save recovery file/);
    const [download] = await Promise.all([page.waitForEvent('download'), press('Enter')]);
    assert.match(JSON.parse(readFileSync(await download.path(), 'utf8')).key_id, /^[0-9a-f]{32}$/);
    await tabTo(page, /^button Done/);
    await press('Enter');
    await page.getByText('Keys unlocked').waitFor();
  });

  step('by keyboard: a file of all 30 columns is chosen, checked and encrypted', async () => {
    const { page, lab, home } = world;
    const file = await sampleData(join(home, 'breast-cancer.csv'));
    world.data = csv(readFileSync(file, 'utf8'));
    assert.equal(Object.keys(world.data).length, 31);
    const frame = await vaultFrame(page, lab);
    await press('Control+Alt+e');
    await frame.getByRole('dialog').waitFor();
    await readable(frame, ['[role=dialog]'], 'the place for a file');
    await tabTo(page, /^input .*file/i);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')]);
    await chooser.setFiles(file);
    await frame.getByRole('dialog', { name: 'Encrypt breast-cancer.csv' }).waitFor({ timeout: 60000 });
    await readable(frame, ['[role=dialog]'], 'the table of columns');
    await named(frame, '[role=dialog]');
    await shot(page, '9-thirty-columns');
    await tabTo(page, /^button Encrypt$/, { back: true });
    await press('Enter');
    await until('the dataset', () => head(lab, 'breast-cancer'), 120);
    await page.getByText('breast-cancer is encrypted and stored.').waitFor();
  });

  step('by keyboard: cells run, and an output is decrypted, read and hidden', async () => {
    const { page, lab } = world;
    await newCell(page);
    await page.keyboard.press('Enter');
    await type('import numpy as np\ndf = jf.open("breast-cancer")\nm = df["mean_texture"].mean()\nm');
    await press('Control+Enter');
    const card = page.locator('.jp-Fhe-card').last();
    await card.waitFor({ timeout: 60000 });
    await readable(page, ['.jp-Fhe-card'], 'the card');
    await press('Escape');
    await tabTo(page, /^button Decrypt m$/);
    await press('Enter');
    await focusOn(page, /^button Hide m$/);
    const frame = await paintFrame(page, lab);
    const { rows } = await painted(frame);
    assert.ok(Math.abs(rows[0][0].value - mean(world.data.mean_texture)) < 1e-4);
    await readable(frame, ['#paint'], 'a decrypted number');
    // Reading the clipboard waits without end where another window has it: what is written is kept instead.
    await page.evaluate(() => (navigator.clipboard.writeText = async text => void (window.__copied = text)));
    await tabTo(page, /^button Copy reference to m/);
    await press('Enter');
    await page.getByRole('status').filter({ hasText: 'The reference was copied.' }).waitFor();
    assert.match(await page.evaluate(() => window.__copied), /^jf\.ref\("[0-9a-f]{64}"\)$/);
    await tabTo(page, /^button Hide$/); // in the vault's frame
    // The key takes away the frame that should confirm that it was let go: the driver may wait for that without end.
    await Promise.race([press('Enter'), pause(2000)]);
    await focusOn(page, /^button Decrypt m$/);
  });

  step('by keyboard: a secret value goes to the cell as its name alone', async () => {
    const { page, lab } = world;
    await newCell(page);
    await press('Control+Alt+s');
    const frame = await vaultFrame(page, lab);
    await frame.getByRole('dialog', { name: 'New secret value' }).waitFor();
    await focusOn(page, /Name/);
    await readable(frame, ['[role=dialog]'], 'the dialog of a secret value');
    await type('limit');
    await tabTo(page, /Value/);
    await type(String(SECRET));
    await tabTo(page, /^button Encrypt and store/);
    await press('Enter');
    const source = () => page.evaluate(() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource());
    await until('the name in the cell', async () => (await source()) === 'jf.secret("limit")', 30);
    await press('Control+Enter');
    const cell = page.locator('.jp-Notebook .jp-Cell.jp-mod-active');
    await cell.locator('.jp-Fhe-card').waitFor({ timeout: 30000 });
    await cell.getByRole('button', { name: /^Decrypt/ }).click();
    const { rows } = await painted(await paintFrame(page, lab));
    assert.ok(Math.abs(rows[0][0].value - SECRET) <= rows[0][0].bound + 1e-9);
    const saved = await page.evaluate(() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON()));
    assert.ok(!saved.includes(String(SECRET).slice(0, 6)), 'the secret stands in the notebook');
    await cell.getByRole('button', { name: /^Hide/ }).click();
  });

  step('the panels, the status bar and a preview have names for screen readers', async () => {
    const { page } = world;
    for (const id of ['jupyterfhe-datasets', 'jupyterfhe-variables']) await page.evaluate(name => window.jupyterapp.shell.activateById(name), id);
    const datasets = page.locator('#jupyterfhe-datasets');
    await datasets.getByRole('button', { name: /^breast-cancer/ }).click();
    await datasets.getByText('Version 1').waitFor();
    await page.locator('#jupyterfhe-variables .jp-Fhe-row-name').first().waitFor();
    for (const root of ['#jupyterfhe-datasets', '#jupyterfhe-variables', '.jp-Fhe-status']) {
      await readable(page, [root], root);
      await named(page, root);
    }
    await shot(page, '9-panels');
    await page.evaluate(() => window.jupyterapp.commands.execute('docmanager:open', { path: 'breast-cancer.fhe' }).then(() => {}));
    await page.locator('.jp-Fhe-preview table').waitFor();
    await readable(page, ['.jp-Fhe-preview'], 'the preview of a .fhe file');
    await page.evaluate(() => window.jupyterapp.commands.execute('application:close').then(() => {}));
    await page.evaluate(() => window.jupyterapp.shell.activateById('filebrowser'));
  });
}

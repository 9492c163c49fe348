// guards.mjs: data on its way into a cell, or unencrypted onto the server, is asked about; what is no data is left alone.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newCell, shots } from '../lib/browser.mjs';
import { until } from '../lib/lab.mjs';

const DATA = 'age,weight,pulse\n31,70.25,61\n44,81.5,72\n58,77.125,66\n';
const CODE = 'total = sum(x for x in range(10))';

const source = page => page.evaluate(() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource());

/** Paste as the browser does when Ctrl+V is pressed; the clipboard itself belongs to whoever else runs a browser here. */
async function paste(page, text) {
  await page.evaluate(words => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', words);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

export function guardSteps(step, world) {
  step('rows of data pasted into a cell are asked about, and stay out', async () => {
    const { page } = world;
    await newCell(page);
    await page.keyboard.press('Enter');
    await paste(page, DATA);
    const dialog = page.getByRole('dialog').filter({ hasText: 'This looks like data' });
    await dialog.waitFor();
    await shots(page, '17-paste');
    assert.equal(await source(page), '');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await source(page), '');
  });

  step('code is pasted as always; data too, when a person insists', async () => {
    const { page } = world;
    await newCell(page);
    await page.keyboard.press('Enter');
    await paste(page, CODE);
    assert.equal(await source(page), CODE);
    await newCell(page);
    await page.keyboard.press('Enter');
    await paste(page, DATA);
    await page.getByRole('button', { name: 'Paste anyway' }).click();
    await until('the pasted text', async () => (await source(page)).startsWith('age,weight'), 5);
    await page.evaluate(() => window.jupyterapp.commands.execute('notebook:delete-cell').then(() => {}));
  });

  step('a data file for the file browser\'s own upload is asked about; another file is not', async () => {
    const { page, lab, home } = world;
    const upload = async name => {
      writeFileSync(join(home, name), name.endsWith('.csv') ? DATA : 'notes');
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-jp-item-name="uploader"]').first().click()]);
      await chooser.setFiles(join(home, name));
    };
    await page.evaluate(() => window.jupyterapp.shell.activateById('filebrowser'));
    await upload('people.csv');
    const dialog = page.getByRole('dialog').filter({ hasText: 'Upload people.csv unencrypted?' });
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await upload('notes.zip');
    await until('the uploaded notes', () => existsSync(join(lab.notebooks, 'notes.zip')), 15);
    assert.equal(await page.getByRole('dialog').count(), 0, 'a cancel is silent');
    assert.ok(!existsSync(join(lab.notebooks, 'people.csv')));
  });
}

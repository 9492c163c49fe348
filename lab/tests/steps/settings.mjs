// settings.mjs: what a person chooses under Settings, Encryption, happens.
import assert from 'node:assert/strict';
import { command, newCell, runCode, shot, shots } from '../lib/browser.mjs';
import { until } from '../lib/lab.mjs';
import { painted, paintFrame } from '../lib/vault.mjs';

export function settingSteps(step, world) {
  const set = async act => {
    const { page } = world;
    await command(page, 'settingeditor:open', { query: 'Encryption' });
    const form = page.locator('.jp-SettingsEditor, .jp-SettingsForm').last();
    await form.waitFor();
    await act(form);
    await page.waitForTimeout(1200); // the editor saves a moment after the last key
    await command(page, 'application:close');
  };

  step('the settings are there, and outputs open by themselves when that is chosen', async () => {
    const { page, lab } = world;
    await command(page, 'settingeditor:open', { query: 'Encryption' });
    await page.getByText('Decrypt outputs at once').first().waitFor();
    await shots(page, '18-settings');
    await command(page, 'application:close');
    const closed = await runCode(page, 'df["mean_smoothness"].mean()');
    await page.waitForTimeout(500);
    assert.equal(await closed.locator('.jp-Fhe-paint').count(), 0, 'off by default');
    await set(form => form.getByLabel('Decrypt outputs at once').check());
    const cell = await runCode(page, 'df["mean_symmetry"].mean()');
    await cell.locator('.jp-Fhe-paint iframe').waitFor({ timeout: 15000 });
    assert.equal((await painted(await paintFrame(page, lab))).rows.length, 1);
    await closed.locator('.jp-Fhe-paint iframe').waitFor({ timeout: 15000 });
    await set(form => form.getByLabel('Decrypt outputs at once').uncheck());
  });

  step('decrypted outputs keep their own colours when that is chosen', async () => {
    const { page, lab } = world;
    const frame = await paintFrame(page, lab);
    await set(form => form.locator('select').selectOption({ label: 'dark' }));
    await until('dark colours', () => frame.evaluate(() => document.documentElement.dataset.theme === 'dark'), 5);
    await shot(page, '18-dark-output');
    await set(form => form.locator('select').selectOption({ label: 'page' }));
    await until('the page\'s colours', () => frame.evaluate(() => document.documentElement.dataset.theme === 'light'), 5);
  });

  step('a limit of memory refuses what needs more, with both numbers', async () => {
    const { page } = world;
    await set(form => form.locator('input[type=number], input[id$=memoryLimit]').fill('0.001'));
    await until('the kernel to know', async () => {
      const told = await runCode(page, 'print(jf.options.memory_limit)');
      return (await told.locator('.jp-OutputArea').innerText()).includes('1073742');
    }, 10, 500);
    const cell = await runCode(page, '(df["mean_radius"] * df["mean_area"] * 3).mean()');
    assert.match(await cell.locator('.jp-OutputArea').innerText(), /the limit is 1\.0 MiB/);
    await set(form => form.locator('input[type=number], input[id$=memoryLimit]').fill('0'));
    await newCell(page);
  });
}

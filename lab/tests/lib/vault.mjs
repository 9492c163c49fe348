// vault.mjs: the vault's dialogs as a person fills them, and the numbers that it paints.
import { readFileSync } from 'node:fs';
import { until } from './lab.mjs';

export const PASSPHRASE = 'correct horse battery staple';

const PAINTED = '.values, .number, .error';
const inVault = (page, lab, file) => page.frames().filter(f => f.url().startsWith(`${lab.vault}/`) && new URL(f.url()).pathname === `/${file}`);

/** The vault's main frame, once it stands. */
export async function vaultFrame(page, lab) {
  return until('the vault\'s frame', () => inVault(page, lab, '')[0] ?? null, 30);
}

const dialog = (frame, title) => frame.getByRole('dialog', { name: title });

/** First use: passphrase, recovery file, evaluation keys. Gives the recovery file. */
export async function makeKeys(page, lab, { preset = null, onDialog = async () => {} } = {}) {
  const frame = await vaultFrame(page, lab);
  await page.locator('.jp-Fhe-status-button').first().click();
  const first = dialog(frame, 'Set up your key');
  await first.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await first.getByLabel('Once more').fill(PASSPHRASE);
  if (preset !== null) await first.locator(`input[type=radio][value=${preset}]`).check();
  await onDialog('keys');
  await first.getByRole('button', { name: 'Create key' }).click();
  const second = dialog(frame, 'Save your recovery file');
  await second.waitFor({ timeout: 150000 });
  const [download] = await Promise.all([page.waitForEvent('download'), second.getByRole('button', { name: 'Save recovery file' }).click()]);
  const recovery = JSON.parse(readFileSync(await download.path(), 'utf8'));
  await second.getByText('The server is ready').waitFor({ timeout: 180000 });
  await onDialog('recovery');
  await second.getByRole('button', { name: 'Done' }).click();
  await page.waitForSelector('.jp-Fhe-vault:not(.jp-mod-shown)', { state: 'attached' });
  return recovery;
}

/** The table of a dropped file is there: press Encrypt and wait until the store has a new version. */
export async function confirmFile(page, lab, name, { dataset = 'breast-cancer', onDialog = async () => {} } = {}) {
  const frame = await vaultFrame(page, lab);
  const table = dialog(frame, `Encrypt ${name}`);
  await table.waitFor({ timeout: 180000 });
  await onDialog(table);
  const before = await head(lab, dataset);
  await table.getByRole('button', { name: 'Encrypt', exact: true }).click();
  return until(`${dataset} to be stored`, async () => {
    const now = await head(lab, dataset);
    return now !== null && now !== before ? now : null;
  }, 180);
}

/** The current version of a dataset, or null. */
export async function head(lab, dataset) {
  const reply = await lab.api(`workspaces/personal/datasets/${dataset}`);
  return reply.ok ? (await reply.json()).branches.main : null;
}

/** The youngest frame that paints, when something is painted in it. */
export async function paintFrame(page, lab, wanted = PAINTED, known = new Set()) {
  const frame = await until('the painting frame', () => inVault(page, lab, 'paint.html').filter(f => !known.has(f)).at(-1) ?? null, 20);
  await frame.locator(wanted).first().waitFor({ timeout: 180000 });
  return frame;
}

/** Press Decrypt on a cell's card; gives the frame, when numbers or a refusal are painted in it. */
export async function decrypt(page, lab, cell, wanted = PAINTED) {
  const known = new Set(inVault(page, lab, 'paint.html'));
  await cell.getByRole('button', { name: /^Decrypt/ }).click();
  return paintFrame(page, lab, wanted, known);
}

/** Unlock by the passphrase, from the status bar. */
export async function unlock(page, lab) {
  const frame = await vaultFrame(page, lab);
  await page.locator('.jp-Fhe-status-button').first().click();
  const asked = frame.getByRole('dialog', { name: /unlock/i });
  await asked.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await asked.getByRole('button', { name: 'Unlock', exact: true }).click();
  await page.getByText('Keys unlocked').waitFor({ timeout: 30000 });
}

/** Numbers as painted: rows of {value, bound}; the text's own digits. */
export async function painted(frame) {
  const number = text => Number(text.replace(/[,\s\u2009\u202f]/g, '').replace('−', '-'));
  const said = await frame.locator('.tools span').first().innerText();
  if (await frame.locator('.number').count()) {
    const [text, bound] = await frame.locator('.number').evaluate(p => [p.firstChild.textContent, p.querySelector('small').textContent]);
    return { said, rows: [[{ value: number(text), bound: number(bound.replace('±', '')) }]] };
  }
  const rows = await frame.locator('.values tbody tr').evaluateAll(all => all.map(tr => [...tr.querySelectorAll('td')].map(td => [td.textContent, td.title])));
  if (rows[0].length === 2 && rows[0][1][0].includes('±')) {
    return { said, rows: rows.map(([x, b]) => [{ value: number(x[0]), bound: number(b[0].replace('±', '')) }]) };
  }
  return { said, rows: rows.map(row => row.map(([text, title]) => ({ value: number(text), bound: number(title.replace('±', '')) }))) };
}

// charts.mjs: charts of encrypted numbers: drawn in the vault's frame, with numpy's numbers behind them, and without a value in the notebook.
import assert from 'node:assert/strict';
import { runCode, shots } from '../lib/browser.mjs';
import { covariance, mean } from '../lib/numbers.mjs';
import { readable } from '../lib/readers.mjs';
import { decrypt, unlock } from '../lib/vault.mjs';

const COLUMNS = ['mean_radius', 'mean_texture', 'mean_concavity', 'diagnosis'];

/** numpy's histogram of numbers between given edges. */
function counted(numbers, edges) {
  const out = new Array(edges.length - 1).fill(0);
  for (const x of numbers) {
    const at = edges.findLastIndex(edge => x >= edge);
    if (at >= 0 && x <= edges.at(-1)) out[Math.min(at, out.length - 1)] += 1;
  }
  return out;
}

/** The table behind a chart. */
async function behind(frame) {
  await frame.getByRole('button', { name: 'Numbers' }).click();
  const rows = await frame.locator('.values tbody tr').evaluateAll(all => all.map(tr => [...tr.children].map(td => td.textContent)));
  await frame.getByRole('button', { name: 'Chart' }).click();
  return rows;
}

export function chartSteps(step, world) {
  const chart = async (code, mark) => {
    const { page, lab } = world;
    const cell = await runCode(page, code, 120);
    const frame = await decrypt(page, lab, cell, '.figure');
    await cell.evaluate(e => e.scrollIntoView({ block: 'center' }));
    await readable(frame, ['#paint'], `a ${mark} chart`);
    return { cell, frame };
  };

  step('a histogram of encrypted numbers is counted and drawn by the reader', async () => {
    const edges = [0, 10, 12, 14, 18, 30];
    const { cell, frame } = await chart(
      `jf.plot.hist(df["mean_radius"], bins=[${edges}], title="Radii", xlabel="mean radius")`, 'hist');
    const rows = await behind(frame);
    const expected = counted(world.data.mean_radius, edges);
    assert.equal(expected.reduce((sum, n) => sum + n, 0), 569);
    assert.deepEqual(rows.map(row => Number(row[2])), expected);
    const heights = await frame.locator('.figure .mark').evaluateAll(all => all.map(one => Number(one.getAttribute('height'))));
    assert.equal(heights.indexOf(Math.max(...heights)), expected.indexOf(Math.max(...expected)));
    assert.match(await frame.locator('svg').getAttribute('aria-label'), /Radii: histogram of 569 numbers in 5 bins/);
    await shots(world.page, '10-histogram');
    await cell.getByRole('button', { name: /^Hide/ }).click();
  });

  step('a heat map of covariances, bars with words, and a scatter of two encrypted columns', async () => {
    const { page } = world;
    const words = JSON.stringify(COLUMNS);
    const heat = await chart(
      `names = ${words}\njf.plot.heatmap(np.cov(df[names].T), xlabels=names, title="Covariances")`, 'heatmap');
    const expected = COLUMNS.map(a => COLUMNS.map(b => covariance(world.data[a], world.data[b])));
    const rows = await behind(heat.frame);
    rows.forEach((row, i) => row.slice(1).forEach((text, j) => assert.ok(Math.abs(Number(text.replace('−', '-')) - expected[i][j]) < 1e-3, `${text} at ${i}, ${j}`)));
    assert.equal(await heat.frame.locator('.figure rect').count(), 16);
    await shots(page, '11-heatmap');

    const bar = await chart(
      'shares = df[names[:3]].mean(axis=0) / df["mean_radius"].mean().within(14, 14.5)\njf.plot.bar(names[:3], shares, title="Means", ylabel="share of the radius")', 'bar');
    const numbers = (await behind(bar.frame)).map(row => Number(row[1]));
    numbers.forEach((x, i) => assert.ok(Math.abs(x - mean(world.data[COLUMNS[i]]) / mean(world.data.mean_radius)) < 1e-3));
    await bar.frame.getByText('The errors hold if a promise of the notebook holds').waitFor();
    await bar.cell.getByText('what the notebook promised').waitFor();
    await shots(page, '12-bars');

    const dots = await chart(`jf.plot.scatter(df["mean_radius"], df[["mean_texture", "mean_perimeter"]], label=["texture", "perimeter"], xlabel="radius")`, 'scatter');
    const path = await dots.frame.locator('.figure .dots').first().getAttribute('d');
    assert.equal(path.match(/M/g).length, 569);
    await shots(page, '13-scatter');
    for (const one of [heat, bar, dots]) await one.cell.getByRole('button', { name: /^Hide/ }).click();
  });

  step('a line over public dates; and what cannot be drawn says why', async () => {
    const { page } = world;
    const line = await chart(
      'days = np.datetime64("2026-01-01") + np.arange(569)\njf.plot.line(days, df["mean_area"], title="Areas", ylabel="area")', 'line');
    const rows = await behind(line.frame);
    assert.equal(rows.length, 569);
    assert.equal(rows[31][0].slice(0, 10), '2026-02-01');
    assert.ok(Math.abs(Number(rows[31][1].replace(/,/g, '')) - world.data.mean_area[31]) < 1e-3);
    await shots(page, '14-line');
    const wrong = await runCode(page, 'jf.plot.line([1, 2, 3])');
    assert.match(await wrong.locator('.jp-OutputArea').innerText(), /no encrypted array/);
    await line.cell.getByRole('button', { name: /^Hide/ }).click();
  });

  step('no chart left a value in the notebook', async () => {
    const saved = await world.page.evaluate(() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON()));
    assert.match(saved, /vnd\.jupyterfhe\.chart/);
    for (const value of [mean(world.data.mean_radius), covariance(world.data.mean_radius, world.data.mean_texture), world.data.mean_area[31]]) {
      assert.ok(!saved.includes(String(value).slice(0, 6)), `${value} is in the notebook`);
    }
  });

  step('locked keys take the numbers from the screen', async () => {
    const { page, lab } = world;
    const cell = await runCode(page, 'jf.plot.line(df["mean_area"])');
    const frame = await decrypt(page, lab, cell, '.figure');
    await page.evaluate(() => window.jupyterapp.commands.execute('jupyterfhe:lock').then(() => {}));
    await frame.getByText('Your key is locked.').waitFor();
    assert.equal(await frame.locator('.figure').count(), 0);
    await unlock(page, lab);
    await frame.locator('.figure').waitFor({ timeout: 30000 });
    await cell.getByRole('button', { name: /^Hide/ }).click();
  });
}

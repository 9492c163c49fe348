// frames.mjs: frames and statistics at the end of cells: painted as pandas and scipy print them, each number theirs within the bound that is shown.
import assert from 'node:assert/strict';
import { runCode, shots } from '../lib/browser.mjs';
import { PYTHON, run } from '../lib/lab.mjs';
import { readable } from '../lib/readers.mjs';
import { decrypt } from '../lib/vault.mjs';

const number = text => Number(text.replace(/,/g, '').replace('−', '-'));

/** What scipy and pandas say of a CSV whose column `diagnosis` has two labels. */
async function truth(file) {
  const code = [
    'import json, sys, pandas as pd', 'from scipy import stats', 'd = pd.read_csv(sys.argv[1])', "a, b = (d.mean_radius[d.diagnosis == x] for x in ('benign', 'malignant'))",
    't = stats.ttest_ind(a, b, equal_var=False)', "g = d.groupby('diagnosis').mean_radius.agg(['count', 'mean', 'std'])",
    "print(json.dumps({'t': [t.statistic, t.pvalue, t.df], 'rows': [[i, *map(float, r)] for i, r in zip(g.index, g.values)]}))"
  ].join('\n');
  return JSON.parse((await run(PYTHON, ['-c', code, file])).stdout);
}

/** A painted table: labels of the rows, texts and bounds of the cells. */
async function tableOf(frame) {
  const rows = await frame.locator('.values tbody tr').evaluateAll(all => all.map(tr => ({
    labels: [...tr.querySelectorAll('th')].map(th => th.textContent), cells: [...tr.querySelectorAll('td')].map(td => td.textContent), bounds: [...tr.querySelectorAll('td')].map(td => td.title)
  })));
  return rows.filter(row => row.labels.length > 0);
}

function close(text, bound, want) {
  const [most, proved] = bound === 'exact' ? [0, 0] : [...bound.matchAll(/± *([\d.,e−-]*\d)/g)].map(found => number(found[1])); // the probable bound, where it says more
  assert.ok(proved === undefined || proved >= most, `${bound}: what is proved is no narrower`);
  const slack = most + 0.5 * 10 ** Math.floor(Math.log10(most || 1e-300)) + 1e-12 * Math.abs(want);
  assert.ok(Math.abs(number(text) - want) <= slack, `${text} ${bound} is not ${want}`);
  assert.ok(most < 0.5 * Math.abs(want), `a bound of ${bound} says nothing of ${want}`);
}

/** @param world - `page`, `lab`; `file()` is the CSV that was dropped as breast-cancer. */
export function frameSteps(step, world) {
  step('groups and a test of a frame are painted as pandas and scipy print them, with labels that the server never saw', async () => {
    const { page, lab } = world;
    const want = await truth(world.file());
    const cell = await runCode(page, [
      'people = jf.open_frame("breast-cancer")',
      'groups = people.groupby("diagnosis").agg(n=("mean_radius", "count"), mean=("mean_radius", "mean"), sd=("mean_radius", "std"))', 'groups'
    ].join('\n'), 120);
    const frame = await decrypt(page, lab, cell);
    const rows = await tableOf(frame);
    assert.deepEqual(rows.map(row => row.labels), want.rows.map(row => [row[0]]));
    rows.forEach((row, i) => row.cells.forEach((text, j) => close(text, row.bounds[j], want.rows[i][j + 1])));
    assert.deepEqual(await frame.locator('thead th').allTextContents(), ['diagnosis', 'n', 'mean', 'sd']);
    await readable(frame, ['#paint'], 'a painted frame');
    await frame.frameElement().then(element => element.scrollIntoViewIfNeeded());
    await shots(page, '15-frame');
    await cell.getByRole('button', { name: /^Hide/ }).click();

    const test = await runCode(page, [
      'from jupyterfhe import stats', 'stats.ttest_ind(people[people.diagnosis == 0].mean_radius, people[people.diagnosis == 1].mean_radius, equal_var=False)'
    ].join('\n'), 120);
    const painted = await decrypt(page, lab, test);
    assert.match(await painted.locator('code').innerText(), /^TtestResult\(statistic=-\d/);
    const named = await tableOf(painted);
    assert.deepEqual(named.map(row => row.labels[0]), ['statistic', 'pvalue', 'df']);
    named.forEach((row, i) => close(row.cells[0], row.bounds[0], want.t[i]));
    await test.getByRole('button', { name: /^Hide/ }).click();

    const bar = await runCode(page, 'jf.plot.bar(groups["mean"], title="Mean radius")', 60);
    const chart = await decrypt(page, lab, bar, '.figure');
    assert.deepEqual(await chart.locator('.figure text').evaluateAll(all => all.map(t => t.textContent).filter(t => t === 'benign' || t === 'malignant')), ['benign', 'malignant']);
    await bar.getByRole('button', { name: /^Hide/ }).click();
    const saved = await page.evaluate(() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON().cells.slice(-3).map(one => one.outputs)));
    for (const [label, , mean] of want.rows) assert.ok(saved.includes('vnd.jupyterfhe') && !saved.includes(label) && !saved.includes(String(mean).slice(0, 6)), 'a label or a value is in the notebook');
  });
}

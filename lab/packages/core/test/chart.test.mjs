// A chart's description may be hostile too: it is made anew of what the protocol knows, or refused whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asChart, asChartOutput, asPreferences, asRequest, DEFAULTS } from '../lib/index.js';

const hash = c => c.repeat(64);
const ref = {
  version: 1, kind: 'array', workspace: 'personal', tree: { files: [{ name: 'manifest.json', sha256: hash('a'), size: 10 }] },
  tree_hash: hash('b'), key_id: 'c'.repeat(32), shape: [3, 2], dtype: 'float64', error_bound: 1e-7, size: 10, name: 'm', assumed: ['p', 7]
};
const chart = {
  version: 1, mark: 'line', title: 'T', x_label: null, y_label: 'y', x_ticks: null, y_ticks: null, x_time: false, bins: null,
  series: [{ name: 'a', x: { numbers: [1, 2, 3] }, y: { ref: 0, column: 1 } }], refs: [ref], seconds: 0.5
};

test('a chart is taken, and made anew of the protocol\'s members', () => {
  const found = asChart({ ...chart, evil: '<script>', series: [{ ...chart.series[0], onload: 'x' }], refs: [{ ...ref, evil: 1 }] });
  assert.deepEqual(found.series, chart.series);
  assert.ok(!JSON.stringify(found).includes('evil') && !JSON.stringify(found).includes('onload'));
  assert.equal(asChartOutput(chart).seconds, 0.5);
  assert.deepEqual(asChartOutput(chart).parts[0].assumed, ['p']);
  assert.deepEqual(asRequest({ id: 1, type: 'chart', theme: 'dark', chart }).chart, found);
});

const with_ = change => ({ ...chart, ...change });
const series = change => with_({ series: [{ ...chart.series[0], ...change }] });
const BAD = {
  'another version': with_({ version: 2 }), 'an unknown mark': with_({ mark: 'script' }), 'no references': with_({ refs: [] }),
  'a reference that is none': with_({ refs: [{ ...ref, tree_hash: 'x' }] }), 'a place beyond the references': series({ y: { ref: 1, column: null } }),
  'a place that is no number': series({ y: { ref: '0', column: null } }), 'a negative column': series({ y: { ref: 0, column: -1 } }),
  'no column said': series({ y: { ref: 0 } }), 'public numbers that are none': series({ x: { numbers: [1, null] } }),
  'infinite numbers': series({ x: { numbers: [Infinity] } }), 'too many public numbers': series({ x: { numbers: new Array(20001).fill(0) } }),
  'no y': series({ y: null }), 'a title that is none': with_({ title: { toString: 'x' } }), 'a long title': with_({ title: 't'.repeat(201) }),
  'words that are none': with_({ x_ticks: [1] }), 'no bins': with_({ bins: 0 }), 'edges that fall': with_({ bins: [2, 1] }),
  'a million bins': with_({ bins: 1e6 }), 'too many series': with_({ series: new Array(17).fill(chart.series[0]) }), 'null': null, 'a list': [chart]
};
for (const [what, bad] of Object.entries(BAD)) {
  test(`a chart refused: ${what}`, () => {
    assert.equal(asChart(bad), null);
    assert.equal(asRequest({ id: 1, type: 'chart', theme: 'dark', chart: bad }), null);
  });
}

test('settings that are none have their careful defaults', () => {
  assert.deepEqual(asPreferences({}), DEFAULTS);
  assert.deepEqual(asPreferences({ decryptAtOnce: 'yes', paintTheme: '<x>', memoryLimit: -3, askBeforePaste: 0, askBeforeUpload: null }), DEFAULTS);
  assert.equal(asPreferences({ memoryLimit: 2.5 }).memoryLimit, 2.5);
});

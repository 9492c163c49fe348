// readers.mjs: what a screen reader would miss, found by axe-core in the parts that are ours. Its source is evaluated over the browser's
// own protocol: the vault's policy lets no page bring it in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Fail with all that axe finds wrong below `roots` (selectors) of a frame or page. */
export async function readable(frame, roots, what) {
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(SOURCE);
  const found = await frame.evaluate(async ([include, tags]) => {
    const there = include.filter(selector => document.querySelector(selector));
    if (there.length === 0) return { none: include };
    const { violations } = await window.axe.run({ include: there.map(selector => [selector]) }, { runOnly: tags, iframes: false });
    return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
  }, [roots, TAGS]);
  assert.deepEqual(found, [], `${what}: ${JSON.stringify(found)}`);
}

/** Every control below has a name, also those that axe leaves alone. */
export async function named(frame, root) {
  const nameless = await frame.locator(`${root} :is(button, input, select, summary, a[href], iframe)`).evaluateAll(all => all.filter(element => element.checkVisibility()).filter(element => {
    const labelled = element.getAttribute('aria-labelledby');
    const label = element.getAttribute('aria-label') || (labelled && document.getElementById(labelled)?.textContent) || element.labels?.[0]?.textContent;
    return !(label || element.textContent || element.title || '').trim();
  }).map(element => element.outerHTML.slice(0, 160)));
  assert.deepEqual(nameless, [], 'controls without a name');
}

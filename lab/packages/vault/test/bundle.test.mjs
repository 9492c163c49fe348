// The bundle: the same sources give the same bytes wherever they lie; nothing in it reaches elsewhere, or runs text.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { here, root } from './bundle.mjs';

const folder = mkdtempSync(join(tmpdir(), 'vault-bundle-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function build(script, out) {
  execFileSync(process.execPath, [script, '--out', out], { stdio: 'inherit', cwd: folder });
  return JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
}

test('building twice, and elsewhere, gives equal hashes', () => {
  const first = build(here('../build.mjs'), join(folder, 'first'));
  const copy = join(folder, 'elsewhere', 'deep', 'down');
  const from = `${root}lab/packages/`;
  for (const part of ['vault/src', 'vault/build.mjs', 'vault/package.json', 'vault/tsconfig.json', 'core/src', 'wasm/lib', 'wasm/package.json']) {
    cpSync(from + part, join(copy, 'lab/packages', part), { recursive: true });
  }
  symlinkSync(`${from}vault/node_modules`, join(copy, 'lab/packages/vault/node_modules'));
  mkdirSync(join(copy, 'build/wasm'), { recursive: true });
  if (existsSync(`${root}build/wasm/jfhe.wasm`)) cpSync(`${root}build/wasm/jfhe.wasm`, join(copy, 'build/wasm/jfhe.wasm'));
  const second = build(join(copy, 'lab/packages/vault/build.mjs'), join(folder, 'second'));
  assert.deepEqual(second, first);
  assert.equal(Object.keys(first.files).length, 11);

  writeFileSync(join(copy, 'lab/packages/vault/src/page/vault.css'), '/* another */\n');
  const third = build(join(copy, 'lab/packages/vault/build.mjs'), join(folder, 'third'));
  assert.notEqual(third.files['vault.css'], first.files['vault.css'], 'another source gives another hash');
  assert.notEqual(third.files['index.html'], first.files['index.html'], 'pages name the hashes of what they load');
});

test('nothing in the bundle reaches another host, runs text, or writes markup', () => {
  const out = join(folder, 'first');
  for (const name of readdirSync(out).filter(one => /\.(js|html|css)$/.test(one))) {
    const text = readFileSync(join(out, name), 'utf8');
    const hosts = [...text.matchAll(/https?:\/\/([^/"'`\s${]+)/g)].map(found => found[1]).filter(host => host !== 'www.w3.org' && host !== 'localhost');
    assert.deepEqual(hosts.filter(host => !/github\.com|iana\.org/.test(host)), [], name);
    for (const bad of [/\beval\(/, /new Function\(/, /innerHTML/, /document\.write/, /insertAdjacentHTML/, /srcdoc/, /localStorage/, /importScripts\(/]) {
      const found = text.match(bad);
      assert.ok(!found, `${name} has ${found?.[0]}`);
    }
    if (name.endsWith('.html')) assert.equal([...text.matchAll(/integrity="sha256-/g)].length, 2);
  }
});

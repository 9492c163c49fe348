// The vault's modules, bundled for Node once a process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path => fileURLToPath(new URL(path, import.meta.url));
export const root = here('../../../../');

const folder = mkdtempSync(join(tmpdir(), 'vault-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
execFileSync(process.execPath, [here('../build.mjs'), '--test', join(folder, 'vault.mjs')], { stdio: 'inherit' });
export const vault = await import(join(folder, 'vault.mjs'));

// support.mjs: what the tests share: the built engine, known randomness, the native engine beside it.
import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine } from '../../../lab/packages/wasm/lib/index.js';

const here = path => fileURLToPath(new URL(path, import.meta.url));

globalThis.crypto ??= webcrypto; // Node 18 keeps it in a module; browsers and later Nodes have it

export const WASM = process.env.JFHE_WASM ?? here('../../../build/wasm/jfhe.wasm');
export const wasm = readFileSync(WASM);
const module = new WebAssembly.Module(wasm);

export const load = host => Engine.load(module, host);

/** A folder that is gone after `run`. */
export async function folder(run) {
  const path = mkdtempSync(join(tmpdir(), 'jfhe-'));
  try {
    return await run(name => join(path, name));
  } finally {
    rmSync(path, { recursive: true });
  }
}

/** Run a command of native.py; its standard error is the message when it fails. */
export function native(args, env = {}) {
  const options = { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } };
  execFileSync('python3', [here('native.py'), ...args.map(String)], options);
}

/** The doubles of a file. */
export const doubles = path => new Float64Array(new Uint8Array(readFileSync(path)).buffer);

/** Every 256 bytes the same: what `steadyLibrary` gives to a native program. */
export const steady = bytes => bytes.forEach((_, i) => (bytes[i] = i * 151));

/** Build a library which, preloaded, gives a native program that randomness. */
export function steadyLibrary(path) {
  const source = `#include <stddef.h>
    long getrandom(void *p, size_t n, unsigned f) { (void)f; for (size_t i = 0; i < n; i++) ((unsigned char *)p)[i] = i * 151; return (long)n; }`;
  execFileSync('cc', ['-shared', '-fPIC', '-o', path, '-x', 'c', '-'], { input: source });
}

export { readFileSync, writeFileSync };

/** The largest |a[i] - b(i)|. */
export const furthest = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b(i))), 0);

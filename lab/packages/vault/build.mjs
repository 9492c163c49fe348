// Build the vault's bundle: node build.mjs [--out FOLDER] [--test FILE]. The same sources give the same bytes, wherever they
// lie and whenever they are built; manifest.json lists the SHA-256 of each file.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');

function arg(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : resolve(process.argv[at + 1]);
}

const out = arg('--out', join(root, 'python/jupyterfhe/vault/static'));
const test = arg('--test', null);

const common = {
  absWorkingDir: here,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  alias: { '@jupyterfhe/wasm': '../wasm/lib/index.js' }
};
/** Code that looks for Node's modules only where it finds Node: there is none in a browser. */
const external = ['fs', 'path', 'url', 'crypto', 'node:fs', 'node:path', 'node:url', 'node:crypto'];

const ENTRIES = {
  index: 'src/page/index.ts',
  paint: 'src/paint/index.ts',
  keeper: 'src/keeper/worker.ts',
  publisher: 'src/keys/publisher.ts',
  reader: 'src/encrypt/reader.ts',
  sealer: 'src/encrypt/sealer.ts',
  stretcher: 'src/keys/stretcher.ts'
};

const digest = bytes => createHash('sha256').update(bytes);

async function bundle() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    ...common,
    entryPoints: ENTRIES,
    outdir: out,
    platform: 'browser',
    external,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' }
  });
  cpSync(process.env.JFHE_WASM ?? join(root, 'build/wasm/jfhe.wasm'), join(out, 'jfhe.wasm'));
  cpSync(join(here, 'src/page/vault.css'), join(out, 'vault.css'));
  for (const page of ['index', 'paint']) {
    const integrity = name => `sha256-${digest(readFileSync(join(out, name))).digest('base64')}`;
    const html = readFileSync(join(here, `src/page/${page}.html`), 'utf8').replace(
      /(src|href)="([a-z]+\.(?:js|css))"/g,
      (all, _attribute, name) => `${all} integrity="${integrity(name)}"`
    );
    writeFileSync(join(out, `${page}.html`), html);
  }
  const files = {};
  for (const name of readdirSync(out).sort()) files[name] = digest(readFileSync(join(out, name))).digest('hex');
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify({ format: 'jupyterfhe-vault-1', files }, null, 1)}\n`);
}

/** The vault's own modules for tests under Node. */
async function testBundle() {
  await build({ ...common, entryPoints: ['src/testing.ts'], outfile: test, platform: 'node', external: [] });
}

if (test) await testBundle();
else await bundle();

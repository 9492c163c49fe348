// lab.mjs: JupyterLab for one test: its own folders, its own ports, its log in a file; all of it ends with the test.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(import.meta.dirname ?? new URL('..', import.meta.url).pathname, import.meta.dirname ? '../../..' : '../..');
export const PYTHON = join(ROOT, '.venv/bin/python');
export const SHOTS = join(ROOT, 'build/screenshots');
const STEP = 240_000; // ms that one step may take, whatever it waits for
export const run = promisify(execFile);
export const pause = ms => new Promise(done => setTimeout(done, ms));

/** A port that nobody has now. */
export async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

/** Poll until `probe` gives something true. */
export async function until(what, probe, seconds = 30, every = 200) {
  const end = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await pause(every);
  }
}

/** Write scikit-learn's breast-cancer data in the format of the name. */
export async function sampleData(path, ...more) {
  await run(PYTHON, [join(ROOT, 'tools/sample_data.py'), path, ...more]);
  return path;
}

function descendants(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(entry), Number(fields[1]));
    } catch { /* it ended meanwhile */ }
  }
  const all = [pid];
  for (const one of all) for (const [child, parent] of parents) if (parent === one) all.push(child);
  return all;
}

/**
 * Start JupyterLab with the store, the vault and the built extension.
 * @param {{origin?: number, settings?: object}} options - `origin`: port of a proxy through which the browser comes.
 */
export async function startLab({ origin } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'jupyterfhe-lab-'));
  const [notebooks, data, config] = ['notebooks', 'data', 'config'].map(name => join(home, name));
  for (const folder of [notebooks, data, config]) mkdirSync(folder);
  const [port, vaultPort, token] = [await freePort(), await freePort(), randomBytes(16).toString('hex')];
  cpSync(join(ROOT, 'templates/welcome.ipynb'), join(notebooks, 'welcome.ipynb'));
  const settings = join(config, 'lab/user-settings/@jupyterlab/apputils-extension');
  mkdirSync(settings, { recursive: true });
  writeFileSync(join(settings, 'notification.jupyterlab-settings'), '{"fetchNews": "false", "checkForUpdates": false}');
  const pages = [port, ...(origin ? [origin] : [])].map(p => `http://localhost:${p}`);
  const log = join(home, 'server.log');
  const words = [
    '-m', 'jupyterlab', `--ServerApp.root_dir=${notebooks}`, `--ServerApp.port=${port}`, '--ServerApp.port_retries=0',
    '--ServerApp.open_browser=False', '-y', '--allow-root', '--Application.log_level=DEBUG', '--LabApp.expose_app_in_browser=True',
    `--LabApp.extra_labextensions_path=${join(ROOT, 'build/labextension')}`, `--LabApp.user_settings_dir=${join(config, 'lab/user-settings')}`,
    `--JupyterFHE.vault_port=${vaultPort}`, ...pages.map(page => `--JupyterFHE.lab_origins=${page}`)
  ];
  const fd = openSync(log, 'w');
  const process_ = spawn(PYTHON, words, {
    cwd: notebooks,
    detached: true,
    stdio: ['ignore', fd, fd],
    env: {
      ...process.env, JUPYTER_TOKEN: token, JUPYTER_DATA_DIR: data, JUPYTER_CONFIG_DIR: config, JUPYTER_RUNTIME_DIR: join(data, 'runtime'),
      JUPYTERFHE_CACHE: join(home, 'cache'), IPYTHONDIR: join(home, 'ipython')
    }
  });
  let ended = false;
  // However this process ends, nothing of it stays behind.
  process.once('exit', () => {
    if (!ended) for (const pid of descendants(process_.pid)) try { process.kill(pid, 'SIGKILL'); } catch { /* it ended */ }
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));
  process_.on('exit', () => (ended = true));
  const lab = {
    home, notebooks, data, log, port, vaultPort, token, vault: `http://localhost:${vaultPort}`,
    origin: `http://localhost:${origin ?? port}`,
    url: (path = '') => `http://localhost:${origin ?? port}/lab${path}?token=${token}`,
    /** The server and all that it started: kernels and the vault's files. */
    pids: () => descendants(process_.pid),
    async api(path, init = {}) {
      const headers = { Authorization: `token ${token}`, ...init.headers };
      return fetch(`http://127.0.0.1:${port}/jupyterfhe/v1/${path}`, { ...init, headers });
    },
    async stop() {
      if (!ended) {
        process_.kill('SIGTERM');
        await until('JupyterLab to end', () => ended, 20).catch(() => process.kill(-process_.pid, 'SIGKILL'));
      }
      if (!process.env.JFHE_KEEP) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  try {
    await until('JupyterLab and the vault to answer', async () => {
      if (ended) throw new Error(`JupyterLab ended:\n${readFileSync(log, 'utf8').slice(-3000)}`);
      const reply = await lab.api('status').catch(() => null);
      return reply?.ok && (await reply.json()).vault.state === 'running';
    }, 120);
  } catch (error) {
    await lab.stop();
    throw error;
  }
  return lab;
}

/**
 * Steps of one walk: each needs those before it, so after one that failed the others fail at once (JFHE_TEST_GO_ON=1 tries them).
 * @param test - node:test's.
 * @param {() => import('playwright-core').Page} page - The page of which a picture is kept then.
 */
export function steps(test, page) {
  let failed = null;
  return (name, action) => test(name, async () => {
    if (failed && !process.env.JFHE_TEST_GO_ON) throw new Error(`not tried: "${failed}" failed before`);
    let limit;
    try {
      // A key that a hidden frame swallows is waited for without end.
      await Promise.race([action(), new Promise((_, late) => (limit = setTimeout(late, STEP, new Error(`not done after ${STEP / 1000} s`))))]);
    } catch (error) {
      failed = name;
      mkdirSync(SHOTS, { recursive: true });
      await page()?.screenshot({ path: join(SHOTS, 'failed.png') }).catch(() => {});
      throw error;
    } finally {
      clearTimeout(limit); // the file ends with its last step, not minutes later
    }
  });
}

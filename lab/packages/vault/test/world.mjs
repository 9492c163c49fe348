// A small world for browser tests: a store that keeps what rest.yaml says, a page of another origin that plays the lab, the real
// vault server, and headless Chromium.
import { spawn, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { here, root } from './bundle.mjs';
import { chromium } from 'playwright-core';

export const GRANT = 'test-grant-0123456789';
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const SHOTS = `${root}build/screenshots/vault/`;

/** The store: blobs, datasets, keys. `faults` makes it fail. */
export class FakeStore {
  blobs = new Map();
  datasets = new Map();
  keys = new Map();
  log = [];
  faults = { drop: 0, dropAfter: Infinity, delay: 0, deny: false };
  puts = 0;
  /** What is registered for every key that nothing was registered for. */
  ready = null;
  /** Resolves when so many bytes have come: a slow line, where one is wanted. */
  line = async () => {};

  constructor(vaultOrigin) {
    this.vaultOrigin = vaultOrigin;
  }

  async handle(request, response) {
    const cors = { 'Access-Control-Allow-Origin': this.vaultOrigin(), Vary: 'Origin' };
    const end = (status, body) => {
      const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      response.writeHead(status, { ...cors, 'Content-Type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json', 'Content-Length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...cors, 'Access-Control-Allow-Methods': 'GET, PUT, POST', 'Access-Control-Allow-Headers': 'Authorization, Content-Type', 'Access-Control-Max-Age': '600' });
      return response.end();
    }
    if (this.faults.deny && Number(request.headers['content-length']) > 8 << 20) return request.socket.destroy(); // as a server that reads no refused body
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    await this.line(body.length);
    const path = request.url.replace(/^\/base\/jupyterfhe\/v1\/workspaces\/personal/, '');
    this.log.push([request.method, path, body.length]);
    if (request.method === 'PUT' && path.startsWith('/blobs/')) {
      this.puts += 1;
      if (this.puts > this.faults.dropAfter && this.faults.drop > 0) {
        this.faults.drop -= 1;
        return request.socket.destroy();
      }
      if (this.faults.delay) await new Promise(done => setTimeout(done, this.faults.delay));
    }
    if (request.headers.authorization !== `Bearer ${GRANT}` || this.faults.deny) return end(401, { error: { code: 'denied' } });
    return this.route(request.method, path, body, end);
  }

  route(method, path, body, end) {
    const [, kind, name, more] = path.split('/').map(decodeURIComponent);
    const json = () => JSON.parse(body.toString());
    if (method === 'POST' && kind === 'blobs:missing') return end(200, { missing: json().sha256.filter(h => !this.blobs.has(h)) });
    if (kind === 'blobs' && method === 'PUT') {
      if (createHash('sha256').update(body).digest('hex') !== name) return end(422, {});
      this.blobs.set(name, body);
      return end(201, {});
    }
    if (kind === 'blobs' && method === 'GET') return this.blobs.has(name) ? end(200, this.blobs.get(name)) : end(404, {});
    if (kind === 'keys' && method === 'GET') {
      const found = this.keys.get(name) ?? this.ready;
      return found ? end(200, found) : end(404, {});
    }
    if (kind === 'keys' && method === 'PUT') {
      const found = json();
      if (found.tree.files.some(f => !this.blobs.has(f.sha256))) return end(422, {});
      this.keys.set(name, found);
      return end(201, {});
    }
    if (kind === 'datasets' && method === 'GET') {
      const all = this.datasets.get(name);
      return all ? end(200, { name, branches: { main: all.at(-1).snapshot } }) : end(404, {});
    }
    if (kind === 'datasets' && more === 'commits' && method === 'POST') {
      const found = json();
      const all = this.datasets.get(name) ?? [];
      if ((all.at(-1)?.snapshot ?? null) !== found.parent) return end(409, { head: all.at(-1)?.snapshot ?? null });
      const missing = found.tree.files.map(f => f.sha256).filter(h => !this.blobs.has(h));
      if (missing.length) return end(422, { missing });
      const snapshot = createHash('sha256').update(body).digest('hex').slice(0, 32);
      this.datasets.set(name, [...all, { ...found, snapshot }]);
      return end(201, { snapshot });
    }
    return end(404, {});
  }
}

const LAB = `<!doctype html><meta charset="utf-8"><title>A lab</title>
<style>body{margin:0;font:13px system-ui;background:#fff;color:#222}body.dark{background:#111;color:#ddd}
iframe.main{position:fixed;inset:0;width:100%;height:100%;border:0;visibility:hidden;z-index:9}
iframe.main.show{visibility:visible} iframe.paint{border:1px solid #8884;width:700px;height:320px;display:block;margin:12px}</style>
<h2 style="margin:12px">Notebook</h2><p style="margin:12px">[1] table = jf.open("breast_cancer")</p><script src="/lab.js"></script>`;

const LAB_JS = `
window.lab = { events: [], ready: 0 };
function attach(frame, origin, port1, port2) {
  const side = { events: [], replies: new Map(), next: 1 };
  port1.onmessage = ({ data }) => {
    if ('id' in data) side.replies.get(data.id)?.(data);
    else { side.events.push(data); if (data.type === 'want') frame.classList.toggle('show', data.show); }
  };
  side.ask = request => new Promise(done => { const id = side.next++; side.replies.set(id, done); port1.postMessage({ id, ...request }); });
  side.raw = (message, transfer) => port1.postMessage(message, transfer ?? []);
  frame.contentWindow.postMessage({ type: 'jupyterfhe:hello', version: 1 }, origin, [port2]);
  return side;
}
window.frameOf = (url, kind) => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.className = kind; frame.allow = 'publickey-credentials-get; publickey-credentials-create; clipboard-write';
  frame.src = url; frame.title = 'JupyterFHE vault';
  const origin = new URL(url).origin;
  const listen = event => {
    if (event.source !== frame.contentWindow || event.data?.type !== 'jupyterfhe:ready') return;
    window.removeEventListener('message', listen);
    window.lab.ready += 1;
    const { port1, port2 } = new MessageChannel();
    done(Object.assign(attach(frame, origin, port1, port2), { frame }));
  };
  window.addEventListener('message', listen);
  document.body.append(frame);
});
`;

/** Whether the bundle is older than a source of it; `make vault` has built it otherwise, and others may be reading it. */
function stale() {
  const built = `${root}python/jupyterfhe/vault/static/manifest.json`;
  if (!existsSync(built)) return true;
  const sources = readdirSync(here('../src'), { recursive: true, withFileTypes: true }).filter(one => one.isFile()).map(one => `${one.parentPath ?? one.path}/${one.name}`);
  return sources.some(one => statSync(one).mtimeMs > statSync(built).mtimeMs);
}

export async function world() {
  mkdirSync(SHOTS, { recursive: true });
  if (stale()) execFileSync(process.execPath, [here('../build.mjs')], { stdio: 'inherit' });
  let vaultUrl = '';
  const store = new FakeStore(() => new URL(vaultUrl).origin);
  const server = createServer((request, response) => {
    if (request.url.startsWith('/base/jupyterfhe/v1/')) return void store.handle(request, response).catch(() => response.destroy());
    const script = request.url === '/lab.js';
    response.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(script ? LAB_JS : LAB);
  });
  await new Promise(done => server.listen(0, 'localhost', done));
  const labOrigin = `http://localhost:${server.address().port}`;
  const vault = spawn(`${root}.venv/bin/python`, ['-m', 'jupyterfhe.vault', '--port', '0', '--lab', labOrigin, '--store', labOrigin], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise((done, fail) => {
    vault.stdout.once('data', data => done(String(data)));
    vault.once('exit', status => fail(new Error(`vault server: exit status ${status}`)));
  });
  vaultUrl = `http://localhost:${JSON.parse(line).port}/`;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const stop = async () => {
    await browser.close();
    vault.stdin.end();
    await new Promise(done => vault.once('exit', done));
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  };
  return { store, labOrigin, vaultUrl, browser, stop, vault };
}

/** Open the lab's page with its main frame, connected. */
export async function lab({ labOrigin, vaultUrl }, context, problems = []) {
  const page = await context.newPage();
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type()) && !/favicon|net::ERR|401|404|409/.test(message.text())) problems.push(message.text());
  });
  page.on('pageerror', error => problems.push(String(error)));
  await page.goto(labOrigin);
  await page.evaluate(async url => {
    window.vault = await window.frameOf(url, 'main');
  }, vaultUrl);
  const ask = request => page.evaluate(r => window.vault.ask(r), request);
  const connected = await ask({ type: 'connect', store: `${labOrigin}/base/jupyterfhe/v1`, workspace: 'personal', grant: GRANT });
  const frame = page.frames().find(one => one.url() === vaultUrl);
  const events = type => page.evaluate(t => window.vault.events.filter(e => e.type === t), type);
  // after: how many of the type are old; a page that was locked once has such an event already.
  const event = async (type, test = () => true, { most = 60_000, after = 0 } = {}) => {
    const end = Date.now() + most;
    for (;;) {
      const found = (await events(type)).slice(after).find(test);
      if (found) return found;
      if (Date.now() > end) throw new Error(`no event ${type}; there were ${JSON.stringify(await page.evaluate(() => window.vault.events.slice(-8)))}`);
      await new Promise(done => setTimeout(done, 50));
    }
  };
  return { page, ask, frame, events, event, connected };
}

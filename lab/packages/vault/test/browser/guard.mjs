// What keeps a key: passkeys, what other pages cannot do, keyboards, and locking by itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lab, SHOTS } from '../world.mjs';
import { button, context, folder, label, paint, PASSPHRASE, problems, shot, unlock, w } from './page.mjs';

test('a passkey unlocks', async () => {
  const one = await lab(w, context, problems);
  const cdp = await context.newCDPSession(one.page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true }
  });
  await unlock(one);
  await one.ask({ type: 'open', view: 'keys' });
  await button(one, 'Unlock with this device next time').click();
  await one.frame.getByText('Fingerprint, face or PIN').waitFor();
  await shot(one, '13-your-key');
  assert.equal(await button(one, 'Unlock with this device next time').count(), 0);
  const after = (await one.events('state')).length;
  await button(one, 'Lock').click();
  await one.event('state', e => e.keys === 'locked', { after });
  await one.ask({ type: 'open', view: 'unlock' });
  const locked = (await one.events('state')).length;
  await button(one, 'Use this device').click();
  await one.page.waitForFunction(n => window.vault.events.filter(e => e.type === 'state').slice(n).some(e => e.keys === 'unlocked'), locked);
  await one.page.close();
});

test('hostile pages and messages get nothing', async () => {
  const one = await lab(w, context, problems);
  await unlock(one);
  const { refs } = JSON.parse(readFileSync(join(folder, 'refs.json'), 'utf8'));
  const bad = await one.page.evaluate(async ref => {
    const asked = [
      { type: 'decrypt', ref }, { type: 'paint', ref, theme: 'light' }, { type: 'lend' }, { type: 'open', view: 'keys', name: '../x' },
      { type: 'open', view: '__proto__' }, { type: 'status', more: 1 }, { type: 'constructor' }, { type: ['status'] }, {}, { type: 'theme', theme: '<b>' },
      { type: 'connect', store: 'https://evil.example/x', workspace: 'personal', grant: 'x' },
      { type: 'connect', store: 'javascript:alert(1)', workspace: 'personal', grant: 'x' }, { type: 'connect', store: 7 },
      { type: 'cancel', job: { toString: 1 } }, { type: 'drag', over: 'yes' }, { type: 'recovery' }, { type: 'export' }
    ];
    const out = [];
    for (const request of asked) out.push(await window.vault.ask(request));
    for (const odd of [null, 7, 'x', [], { id: {} }, { call: 1, method: 'lend' }, { id: -1, type: 'status' }]) window.vault.raw(odd);
    return out;
  }, refs.spread);
  for (const reply of bad) assert.equal(reply.ok, false, JSON.stringify(reply));
  for (const reply of bad) assert.deepEqual(Object.keys(reply).sort(), ['code', 'id', 'message', 'ok']);

  const paints = await one.page.evaluate(async ([url, ref]) => {
    const side = await window.frameOf(url, 'paint');
    const out = [];
    for (const change of [{ tree_hash: '0' }, { key_id: 'x' }, { tree: null }, { tree: { files: [] } }, { shape: [-1] }, { workspace: '../..' }, { version: 2 },
      { tree: { files: [{ name: '../../etc/passwd', sha256: '0'.repeat(64), size: 1 }] } }]) out.push(await side.ask({ type: 'paint', ref: { ...ref, ...change }, theme: 'dark' }));
    for (const type of ['connect', 'open', 'drag', 'status']) out.push(await side.ask({ type, view: 'keys', over: true }));
    return { out, events: side.events };
  }, [`${w.vaultUrl}paint.html`, refs.spread]);
  for (const reply of paints.out) assert.ok(reply.code === 'bad_request' || reply.code === 'unknown', JSON.stringify(reply));
  assert.deepEqual(paints.events, []);

  // A well-formed reference whose bytes are swapped: shown as refused in the frame, and no word to the lab.
  const swapped = await paint(one, { ...refs.spread, tree_hash: 'f'.repeat(64) });
  await swapped.getByText('does not fit its own description').waitFor();
  const told = await one.page.evaluate(() => window.paints.at(-1).events);
  assert.deepEqual(told, []);

  // A greeting by a script of the lab's page takes nobody's line, however many there are. A hello from a stranger, or with a forged number of ports: silence.
  const ports = await one.page.evaluate(async url => {
    const frame = window.vault.frame;
    const answers = [];
    const hello = (data, count) => {
      const channels = Array.from({ length: count }, () => new MessageChannel());
      for (const c of channels) c.port1.onmessage = e => answers.push(e.data);
      frame.contentWindow.postMessage(data, new URL(url).origin, channels.map(c => c.port2));
      for (const c of channels) c.port1.postMessage({ id: 1, type: 'status' });
    };
    hello({ type: 'jupyterfhe:hello', version: 1 }, 2);
    hello({ type: 'jupyterfhe:hello', version: 1 }, 0);
    hello({ type: 'jupyterfhe:hello' }, 1);
    hello('jupyterfhe:hello', 1);
    const nested = document.createElement('iframe');
    nested.srcdoc = '<script>const c = new MessageChannel(); c.port1.onmessage = e => parent.postMessage({ leaked: e.data }, "*"); parent.frames[0].postMessage({ type: "jupyterfhe:hello", version: 1 }, "*", [c.port2]); c.port1.postMessage({ id: 1, type: "status" });</' + 'script>';
    nested.sandbox = 'allow-scripts';
    window.addEventListener('message', e => e.data?.leaked && answers.push(e.data));
    document.body.append(nested);
    await new Promise(done => setTimeout(done, 800));
    const silent = answers.length;
    for (let i = 0; i < 40; i++) hello({ type: 'jupyterfhe:hello', version: 1 }, 1);
    await new Promise(done => setTimeout(done, 300));
    const lab = await Promise.race([window.vault.ask({ type: 'status' }), new Promise(done => setTimeout(done, 5000, 'no answer'))]);
    hello({ type: 'jupyterfhe:hello', version: 99 }, 1);
    await new Promise(done => setTimeout(done, 300));
    return { silent, last: answers.at(-1), lab };
  }, w.vaultUrl);
  assert.equal(ports.silent, 0);
  assert.equal(ports.last.code, 'refused');
  assert.deepEqual([ports.lab.ok, ports.lab.keys], [true, 'unlocked'], 'the lab’s own line still answers');
  await one.page.close();
});

test('another origin can neither frame the vault nor read it, and the vault reaches no other host', async () => {
  const page = await context.newPage();
  await page.route('http://evil.test/**', route => route.fulfill({ contentType: 'text/html', body: '<h1>evil</h1>' }));
  await page.goto('http://evil.test/');
  const found = await page.evaluate(async url => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    let told = 0;
    window.addEventListener('message', () => (told += 1));
    await new Promise(done => setTimeout(done, 1000));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (told += 1);
    frame.contentWindow.postMessage({ type: 'jupyterfhe:hello', version: 1 }, '*', [port2]);
    port1.postMessage({ id: 1, type: 'status' });
    await new Promise(done => setTimeout(done, 500));
    const read = await fetch(url).then(r => r.type, () => 'refused');
    return { told, read };
  }, w.vaultUrl);
  assert.deepEqual(found, { told: 0, read: 'refused' });
  const own = await context.newPage();
  await own.goto(w.vaultUrl);
  const reach = await own.evaluate(() => fetch('https://example.org/', { mode: 'no-cors' }).then(() => 'reached', () => 'refused'));
  assert.equal(reach, 'refused');
  const injected = await own.evaluate(() => {
    try {
      document.body.innerHTML = '<img src=x onerror="window.bad=1">';
      return 'set';
    } catch (why) {
      return why.name;
    }
  });
  assert.equal(injected, 'TypeError', 'no markup from text (Trusted Types)');
  await own.evaluate(() => {
    const script = document.createElement('script');
    try {
      script.textContent = 'window.bad = 1';
      document.body.append(script);
    } catch {
      // Trusted Types
    }
  });
  assert.equal(await own.evaluate(() => window.bad), undefined);
  await own.close();
  await page.close();
});

test('a window of its own: by keyboard alone, with names for screen readers', async () => {
  const page = await context.newPage();
  await page.goto(w.vaultUrl);
  await page.getByText(/Its 11 files are those of its manifest/).waitFor();
  await page.getByText('Your key is locked.').waitFor();
  await page.screenshot({ path: `${SHOTS}14-window-light.png` });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Unlock' }).waitFor();
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.getByText('Your key is unlocked.').waitFor();
  for (const control of await page.locator('button, input:not([hidden]), select').all()) {
    const name = await control.evaluate(e => e.getAttribute('aria-label') || e.textContent || document.querySelector(`label[for="${e.id}"]`)?.textContent);
    assert.ok(name, await control.evaluate(e => e.outerHTML));
  }
  await page.getByRole('button', { name: 'Your key' }).press('Enter');
  await page.getByRole('dialog', { name: 'Your key' }).waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.querySelector('[role=dialog]').contains(document.activeElement)), 'the focus stays in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  await page.getByText(/Its \d+ files/).waitFor();
  await page.screenshot({ path: `${SHOTS}14-window-dark.png` });
  await page.close();
});

test('a key that nobody uses locks by itself, and takes what is shown with it', async () => {
  let one = await lab(w, context, problems);
  await unlock(one);
  await one.ask({ type: 'open', view: 'keys' });
  assert.equal(await label(one, 'Locks by itself').inputValue(), '30');
  await label(one, 'Locks by itself').selectOption('240');
  await one.frame.evaluate(() => new Promise((done, fail) => { // two seconds, which the dialog does not offer
    const open = indexedDB.open('jupyterfhe-vault');
    open.onsuccess = () => {
      const keys = open.result.transaction('keys', 'readwrite').objectStore('keys');
      keys.getAll().onsuccess = ({ target }) => {
        if (target.result[0].lock_after !== 240) fail(new Error('the choice was not kept'));
        keys.put({ ...target.result[0], lock_after: 0.03 }).onsuccess = () => (open.result.close(), done());
      };
    };
  }));
  await one.page.close();
  one = await lab(w, context, problems);
  await unlock(one);
  const { refs } = JSON.parse(readFileSync(join(folder, 'refs.json'), 'utf8'));
  const frame = await paint(one, refs.spread);
  const before = Date.now(), after = (await one.events('state')).length;
  while (Date.now() - before < 3000) { // longer than that, at work
    await frame.locator('body').dispatchEvent('keydown', { key: 'Shift' });
    assert.equal((await one.ask({ type: 'status' })).keys, 'unlocked');
    await one.page.waitForTimeout(300);
  }
  await one.event('state', e => e.keys === 'locked', { most: 15_000, after });
  await frame.getByText('Your key is locked').waitFor();
  assert.equal(await frame.locator('.number').count(), 0);
  await one.page.close();
});

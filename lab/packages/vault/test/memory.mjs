// What the browser of this process takes of memory.
import { readdirSync, readFileSync } from 'node:fs';

/** Memory in bytes, own and a share of what several map: of the largest renderer, which is the vault's, and of all the browser. */
export function memory() {
  const parents = new Map();
  const browsers = new Map();
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      parents.set(pid, readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (words.includes('chromium')) browsers.set(pid, words.includes('--type=renderer'));
    } catch {
      continue; // it ended
    }
  }
  const ours = pid => pid === String(process.pid) || (parents.has(pid) && ours(parents.get(pid)));
  const of = pid => {
    try {
      return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  const sizes = [...browsers].filter(([pid]) => ours(pid)).map(([pid, renders]) => [of(pid), renders]);
  return { renderer: Math.max(0, ...sizes.map(([size, renders]) => (renders ? size : 0))), all: sizes.reduce((sum, [size]) => sum + size, 0) };
}

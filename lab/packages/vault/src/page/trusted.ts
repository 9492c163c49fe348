// trusted.ts: the only scripts that this page may start, and the only policy that says so (Trusted Types).

type Script = 'keeper.js' | 'publisher.js' | 'reader.js' | 'sealer.js' | 'stretcher.js';
const SCRIPTS: readonly string[] = ['keeper.js', 'publisher.js', 'reader.js', 'sealer.js', 'stretcher.js'];

interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

const rules = {
  createScriptURL: (url: string): string => {
    if (!SCRIPTS.includes(url)) throw new TypeError('no script of the vault');
    return url;
  }
};
const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('jupyterfhe-vault', rules) ?? rules;

export function worker(script: Script): Worker {
  return new Worker(policy.createScriptURL(script), { type: 'module', credentials: 'same-origin' });
}

export function sharedWorker(script: Script): SharedWorker {
  return new SharedWorker(policy.createScriptURL(script), { type: 'module', credentials: 'same-origin', name: 'jupyterfhe-keeper' });
}

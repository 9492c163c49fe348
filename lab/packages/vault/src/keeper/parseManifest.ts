// parseManifest.ts: a manifest of any kind, from its bytes.

import { need, object } from './checks.ts';
import { arrayOf, type ArrayManifest, type ExactArrayManifest } from './manifest.ts';
import { resultOf, type ResultManifest } from './resultManifest.ts';
import { tableOf, type TableManifest } from './tableManifest.ts';

/** Any kind of manifest. */
export function parseManifest(bytes: Uint8Array): ArrayManifest | ExactArrayManifest | TableManifest | ResultManifest<ArrayManifest | ExactArrayManifest> {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    need(false, 'its description cannot be read');
  }
  const root = object(found, 'its description');
  if (root['format'] === 'jupyterfhe result') return resultOf(root, arrayOf);
  need(root['format'] === 'jupyterfhe array' || root['format'] === 'jupyterfhe-table-1', 'its kind is unknown');
  return root['format'] === 'jupyterfhe array' ? arrayOf(root) : tableOf(root);
}

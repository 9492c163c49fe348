// dataText.ts: does a text look like a table? Then it had better not become the text of a cell, which is stored as it is.

const NUMBER = /^\s*["']?[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?["']?\s*$/i;
const LINES = 200; // looked at, of any length of text

function looksLikeRows(lines: readonly string[], separator: string): boolean {
  const rows = lines.map(line => line.split(separator));
  const width = rows[0]?.length ?? 0;
  if (width < 2 || rows.length < 3) return false;
  const even = rows.filter(row => row.length === width).length;
  const cells = rows.slice(1).flat();
  const numbers = cells.filter(cell => NUMBER.test(cell)).length;
  return even >= 0.9 * rows.length && numbers >= 0.3 * cells.length;
}

function looksLikeRecords(text: string): boolean {
  const objects = text.match(/\{[^{}]*"[^"{}]+"\s*:[^{}]*\}/g);
  return /^\s*[[{]/.test(text) && (objects?.length ?? 0) >= 3;
}

/** Whether a person would call it data: rows of one width, many of their cells numbers, or a list of JSON records. */
export function looksLikeData(text: string): boolean {
  const head = text.slice(0, 100_000);
  const lines = head.split(/\r?\n/, LINES).filter(line => line.trim() !== '');
  return [',', ';', '\t', '|'].some(separator => looksLikeRows(lines, separator)) || looksLikeRecords(head);
}

/** Names of files that hold data rather than notebooks, code or pictures. */
export function isDataFile(name: string): boolean {
  return /\.(csv|tsv|tab|txt|json|ndjson|jsonl|parquet|pq|xlsx?|feather|arrow|orc|avro|sav|dta|db|sqlite3?|dat|h5|hdf5|npy|npz|pkl)$/i.test(name);
}

// text.ts: a file as text, piece by piece: UTF-8, no zero byte, no byte order mark. Memory does not grow with the file.

import { TableError, type Progress } from './rows.ts';

const PIECE = 1 << 17; // small enough for the young generation of the collector: text is garbage as soon as it is cut
const NEWLINE = 10;

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** Refuse what a mark at the beginning says is UTF-16 or UTF-32, or an archive. */
export function checkHead(head: Uint8Array, name: string): void {
  const [a, b, c, d] = head;
  const wide = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const plain = a !== undefined && b !== undefined && ((a === 0 && b !== 0) || (b === 0 && a !== 0 && d === 0));
  if (wide || plain) {
    throw new TableError(`${name}: line 1: this text is UTF-16, not UTF-8.`, 'Nothing was uploaded. Save it as UTF-8 (CSV UTF-8 in Excel).');
  }
  if (a === 0x50 && b === 0x4b && c === 3) {
    throw new TableError(`${name}: this is a ZIP archive or an Excel workbook, not a text.`, 'Nothing was uploaded. Save the sheet as CSV.');
  }
  if (a === 0x1f && b === 0x8b) throw new TableError(`${name}: this is compressed with gzip.`, 'Nothing was uploaded. Unpack it first.');
}

export async function headOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, 1 << 16).arrayBuffer());
}

/** The text of a file. `end` is true with the last piece, which may be empty. */
export async function* textOf(file: Blob, name: string, progress: Progress): AsyncGenerator<{ text: string; end: boolean }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  for (let at = 0; at < file.size || at === 0; at += PIECE) {
    const bytes = await read(file, at, name);
    const zero = bytes.indexOf(0);
    if (zero >= 0) {
      throw new TableError(`${name}: line ${lines + newlines(bytes.subarray(0, zero)) + 1}: a zero byte; this is no text file.`);
    }
    let text: string;
    const end = at + PIECE >= file.size;
    try {
      text = decoder.decode(bytes, { stream: !end });
    } catch {
      throw new TableError(`${name}: line ${lines + badLine(bytes)}: this is no UTF-8 text.`, 'Nothing was uploaded. Save it as UTF-8.');
    }
    lines += newlines(bytes);
    progress(bytes.length);
    yield { text, end };
  }
}

async function read(file: Blob, at: number, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
  } catch {
    throw new TableError(`${name} changed or vanished while it was read.`);
  }
}

/** The line, counted from 1, of the first bytes that are no UTF-8; characters cut off at the piece's ends do not count. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let from = 0;
  while (from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from += 1;
  for (;;) {
    const at = bytes.indexOf(NEWLINE, from);
    if (at < 0) return line;
    try {
      decoder.decode(bytes.subarray(from, at));
    } catch {
      return line;
    }
    from = at + 1;
    line += 1;
  }
}

// json.ts: an array of records, or one record a line (NDJSON).

import { JsonCut, JsonError, JsonList, JsonNumber, JsonReader, type JsonRecord, type JsonValue } from './jsonText.ts';
import { BATCH, checkNames, ROW_MAX, TableError, type Batch, type Cells, type Faults, type Progress, type Source } from './rows.ts';
import { checkHead, headOf, textOf } from './text.ts';

const INT64_MAX = 2n ** 63n;

export class JsonSource implements Source {
  readonly unit = 'line' as const;
  readonly size: number;
  readonly names: string[] = []; // grows as names appear
  private readonly known = new Set<string>();

  private constructor(
    readonly name: string,
    private readonly file: Blob,
    private readonly isArray: boolean
  ) {
    this.size = file.size;
  }

  /** Look which of the two it is. */
  static async open(file: Blob, name: string): Promise<JsonSource> {
    const head = await headOf(file);
    checkHead(head, name);
    const text = new TextDecoder().decode(head).trimStart();
    if (text[0] !== '[' && text[0] !== '{') {
      throw new TableError(`${name}: line 1: it begins neither with a JSON array nor with an object.`);
    }
    return new JsonSource(name, file, text[0] === '[');
  }

  unreadable(): boolean {
    return false;
  }

  async *batches(faults: Faults, progress: Progress): AsyncGenerator<Batch> {
    let records: JsonRecord[] = [];
    let lines: number[] = [];
    for await (const { line, value } of this.isArray ? this.elements(faults, progress) : this.objects(faults, progress)) {
      if (!(value instanceof Map)) {
        faults.add(line, 'no JSON object');
        continue;
      }
      this.learn(value);
      records.push(value);
      if (lines.push(line) === BATCH) {
        yield this.batch(records, lines, faults);
        [records, lines] = [[], []];
      }
    }
    if (this.names.length === 0) {
      faults.check(this.name);
      throw new TableError(`${this.name} has no records.`);
    }
    if (records.length > 0) yield this.batch(records, lines, faults);
  }

  private learn(record: JsonRecord): void {
    let grown = false;
    for (const name of record.keys()) {
      if (this.known.has(name)) continue;
      this.known.add(name);
      this.names.push(name);
      grown = true;
    }
    if (grown) checkNames(this.names, this.name);
  }

  private batch(records: JsonRecord[], lines: number[], faults: Faults): Batch {
    const cells = new Map<string, Cells>();
    for (const name of this.names) {
      cells.set(name, columnOf(records.map(record => record.get(name) ?? null), name, lines, faults));
    }
    return { rows: records.length, cells, line: row => lines[row] as number };
  }

  /** One a line. */
  private async *objects(faults: Faults, progress: Progress): AsyncGenerator<{ line: number; value: JsonValue }> {
    let rest = '';
    let line = 0;
    for await (const { text, end } of textOf(this.file, this.name, progress)) {
      const pieces = (rest + text).split('\n');
      rest = end ? '' : (pieces.pop() as string);
      if (rest.length > ROW_MAX) throw new TableError(`${this.name}: line ${line + pieces.length + 1}: longer than 1 MiB.`);
      for (const piece of pieces) {
        line += 1;
        if (piece.length > ROW_MAX) throw new TableError(`${this.name}: line ${line}: longer than 1 MiB.`);
        if (piece.trim() === '') continue;
        const reader = new JsonReader(piece);
        let value: JsonValue;
        try {
          reader.blank();
          value = reader.value();
          reader.blank();
          if (reader.at < piece.length) throw new JsonError('no JSON: something stands behind the object');
        } catch (why) {
          if (!(why instanceof JsonError)) throw why;
          faults.add(line, why instanceof JsonCut ? 'no JSON: it ends too early' : why.message);
          continue;
        }
        yield { line, value };
      }
    }
  }

  /** Those of one array. What follows a malformed one is not read: where the next begins is not known. */
  private async *elements(faults: Faults, progress: Progress): AsyncGenerator<{ line: number; value: JsonValue }> {
    let rest = '';
    let line = 1;
    let state: 'open' | 'first' | 'value' | 'after' | 'closed' = 'open';
    for await (const { text, end } of textOf(this.file, this.name, progress)) {
      rest += text;
      const reader = new JsonReader(rest);
      let passed = 0;
      const step = (): void => {
        for (let at = rest.indexOf('\n', passed); at >= 0 && at < reader.at; at = rest.indexOf('\n', at + 1)) line += 1;
        passed = reader.at;
      };
      for (;;) {
        reader.blank();
        step();
        const mark = rest[reader.at];
        if (mark === undefined) break;
        if (state === 'closed') throw new TableError(`${this.name}: line ${line}: something stands behind the array.`);
        if (state === 'open') {
          reader.at += 1;
          state = 'first';
        } else if (state === 'after' || (state === 'first' && mark === ']')) {
          if (mark !== ',' && mark !== ']') {
            throw new TableError(`${this.name}: line ${line}: a comma is wanted where something else stands.`);
          }
          reader.at += 1;
          state = mark === ']' ? 'closed' : 'value';
        } else {
          const begin = reader.at;
          let value: JsonValue;
          try {
            value = reader.value();
            if (reader.at >= rest.length && !end) throw new JsonCut('it ends'); // a number may go on
          } catch (why) {
            if (!(why instanceof JsonError)) throw why;
            if (why instanceof JsonCut && !end) {
              if (rest.length - begin > ROW_MAX) throw new TableError(`${this.name}: line ${line}: a record longer than 1 MiB.`);
              reader.at = begin;
              break;
            }
            const what = why instanceof JsonCut ? 'no JSON: it ends too early' : why.message;
            faults.add(line, `${what}; what follows was not read`);
            return;
          }
          if (reader.at - begin > ROW_MAX) throw new TableError(`${this.name}: line ${line}: a record longer than 1 MiB.`);
          yield { line, value };
          state = 'after';
        }
      }
      step();
      rest = rest.slice(reader.at);
    }
    if (state !== 'closed') throw new TableError(`${this.name}: line ${line}: ']' is wanted where it ends.`);
  }
}

/** Cells of a batch; mixed ones become words, lists and objects faults. */
function columnOf(values: JsonValue[], name: string, lines: number[], faults: Faults): Cells {
  let whole = true;
  let numbers = true;
  let flags = true;
  let texts = true;
  values.forEach((value, i) => {
    if (value instanceof Map || value instanceof JsonList) {
      faults.add(lines[i] as number, `column “${name}” holds ${value instanceof Map ? 'an object' : 'a list'}`);
      values[i] = null;
      return;
    }
    if (value === null) return;
    const isNumber = value instanceof JsonNumber;
    numbers &&= isNumber;
    whole &&= isNumber && value.whole;
    flags &&= typeof value === 'boolean';
    texts &&= typeof value === 'string';
  });
  if (whole) whole = values.every(value => !(value instanceof JsonNumber) || value.text.length < 19 || inInt64(value.text));
  const big = numbers && !whole && values.every(value => !(value instanceof JsonNumber) || value.whole);
  if (whole || (numbers && !big)) return typed(whole ? 'int' : 'float', values, value => Number((value as JsonNumber).text));
  if (flags) return typed('bool', values, value => Number(value));
  if (texts) return { type: 'text', words: false, texts: values as (string | null)[] };
  return { type: 'text', words: true, texts: values.map(word) };
}

function inInt64(text: string): boolean {
  const value = BigInt(text);
  return value >= -INT64_MAX && value < INT64_MAX;
}

function typed(type: 'int' | 'float' | 'bool', values: JsonValue[], number: (value: JsonValue) => number): Cells {
  const numbers = new Float64Array(values.length);
  const missing = new Uint8Array(values.length);
  values.forEach((value, i) => {
    if (value === null) missing[i] = 1;
    else numbers[i] = number(value);
  });
  return { type, numbers, missing };
}

function word(value: JsonValue): string | null {
  if (value === null || typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.text : String(value);
}

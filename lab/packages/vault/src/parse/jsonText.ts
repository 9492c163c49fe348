// jsonText.ts: one JSON value from text, strictly, keeping how numbers were written: 1 is an integer, 1.0 is none, and
// JSON.parse would not tell. Names given twice are refused, which JSON.parse would not do either.

/** A number with its text; "int" when it has neither point nor exponent. */
export class JsonNumber {
  constructor(
    readonly text: string,
    readonly whole: boolean
  ) {}
}
export type JsonValue = null | boolean | string | JsonNumber | JsonList | JsonRecord;
/** A list: what stands in it does not matter here. */
export class JsonList {}
export type JsonRecord = Map<string, JsonValue>;

/** What is no JSON. */
export class JsonError extends Error {}
/** The text ends inside a value: more may follow. */
export class JsonCut extends JsonError {}

const DEPTH = 64;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const BLANK = /[ \t\r\n]*/y;
const LITERALS: readonly [string, JsonValue][] = [
  ['true', true],
  ['false', false],
  ['null', null]
];
const CONSTANTS = ['NaN', 'Infinity', '-Infinity'];
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export class JsonReader {
  constructor(
    private readonly text: string,
    public at = 0
  ) {}

  blank(): void {
    BLANK.lastIndex = this.at;
    this.at += (BLANK.exec(this.text) as RegExpExecArray)[0].length;
  }

  /** The value that begins here. */
  value(depth = 0): JsonValue {
    if (depth > DEPTH) throw new JsonError('nested too deeply');
    const { text } = this;
    const mark = text[this.at];
    if (mark === undefined) throw new JsonCut('it ends');
    if (mark === '{') return this.record(depth);
    if (mark === '[') return this.list(depth);
    if (mark === '"') return this.string();
    for (const name of CONSTANTS) {
      if (text.startsWith(name, this.at)) throw new JsonError(`${name} is no number of JSON`);
    }
    for (const [word, value] of LITERALS) {
      if (text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(text);
    if (number === null) {
      if ('truefalsenullNaNInfinity-'.includes(text.slice(this.at))) throw new JsonCut('it ends');
      throw new JsonError('no JSON: a value is wanted');
    }
    this.at += number[0].length;
    return new JsonNumber(number[0], number[1] === undefined && number[2] === undefined);
  }

  private record(depth: number): JsonRecord {
    const record: JsonRecord = new Map();
    this.at += 1;
    this.blank();
    if (this.text[this.at] === '}') {
      this.at += 1;
      return record;
    }
    for (;;) {
      this.blank();
      if (this.text[this.at] !== '"') this.wanted('a name in quotes');
      const name = this.string();
      if (record.has(name)) throw new JsonError('a name is given twice');
      this.expect(':');
      this.blank();
      record.set(name, this.value(depth + 1));
      if (!this.more('}')) return record;
    }
  }

  private list(depth: number): JsonList {
    this.at += 1;
    this.blank();
    if (this.text[this.at] === ']') {
      this.at += 1;
      return new JsonList();
    }
    for (;;) {
      this.blank();
      this.value(depth + 1);
      if (!this.more(']')) return new JsonList();
    }
  }

  /** Past a comma: true; past the end: false. */
  private more(end: string): boolean {
    this.blank();
    const mark = this.text[this.at];
    if (mark !== ',' && mark !== end) this.wanted(`a comma or ${end}`);
    this.at += 1;
    return mark === ',';
  }

  private expect(mark: string): void {
    this.blank();
    if (this.text[this.at] !== mark) this.wanted(mark);
    this.at += 1;
  }

  private wanted(what: string): never {
    if (this.at >= this.text.length) throw new JsonCut('it ends');
    throw new JsonError(`no JSON: ${what} is wanted`);
  }

  private string(): string {
    let out = '';
    this.at += 1;
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = (PLAIN.exec(this.text) as RegExpExecArray)[0];
      out += plain;
      this.at += plain.length;
      const mark = this.text[this.at];
      if (mark === undefined) throw new JsonCut('it ends');
      if (mark === '"') {
        this.at += 1;
        return out.replace(/\p{Surrogate}/gu, '?'); // halves of characters, which JSON can write
      }
      if (mark !== '\\') throw new JsonError('no JSON: a control character in a text');
      out += this.escape();
    }
  }

  private escape(): string {
    const mark = this.text[this.at + 1];
    if (mark === undefined) throw new JsonCut('it ends');
    if (mark === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
        if (digits.length < 4) throw new JsonCut('it ends');
        throw new JsonError('no JSON: four digits are wanted behind \\u');
      }
      this.at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    const found = ESCAPES[mark];
    if (found === undefined) throw new JsonError('no JSON: an escape that is none');
    this.at += 2;
    return found;
  }
}

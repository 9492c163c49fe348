// What the vault finds in files is what the command line finds: protocol/vectors/tables, and bad input that says what and where.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, vault } from './bundle.mjs';

const { describe, examine, openSource, survey, Faults, TableError } = vault;
const scratch = mkdtempSync(join(tmpdir(), 'vault-tables-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const folder = `${root}protocol/vectors/tables/`;
const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));

async function draftOf(file, name, { delimiter = null, drop = [], declared = {} } = {}) {
  const source = await openSource(file, name, delimiter);
  const chosen = new Map(Object.entries(declared));
  for (const column of drop) chosen.set(column, { drop: true });
  const found = await survey(source, () => {});
  const draft = await examine(source, describe(source, found, chosen), () => {});
  return { source, draft };
}

function plain({ spec: s }) {
  return {
    name: s.name, kind: s.kind, unit: s.unit, epoch: s.epoch, categories: s.labels === null ? null : [...s.labels],
    lo: s.lo + 0, hi: s.hi + 0, centre: s.centre + 0, half: s.half, masked: s.masked
  };
}

for (const { file, delimiter, drop, ...want } of expected) {
  test(`inference of ${file}`, async () => {
    const blob = await openAsBlob(folder + file);
    let outcome;
    try {
      const { draft } = await draftOf(blob, file, { delimiter, drop });
      const bad = draft.columns.filter(c => !c.dropped && c.spec === null);
      if (draft.faults.count > 0) {
        outcome = { malformed: draft.faults.lines.filter(l => !l.startsWith('and')).map(l => Number(l.split(/[ :]/)[1])) };
      } else if (bad.length > 0) {
        outcome = { refused: true };
      } else {
        outcome = { rows: draft.rows, columns: draft.columns.filter(c => c.spec).map(plain) };
      }
    } catch (why) {
      if (!(why instanceof TableError)) throw why;
      assert.ok(why.message.includes(file), `${why.message} names the file`);
      outcome = why.lines.length ? { malformed: why.lines.map(l => Number(l.split(/[ :]/)[1])) } : { refused: true };
    }
    const less = column => ({ ...column, lo: column.lo + 0, hi: column.hi + 0, centre: column.centre + 0 });
    const wanted = want.columns ? { ...want, columns: want.columns.map(less) } : want;
    assert.deepEqual(outcome, wanted);
  });
}

async function message(name, bytes, options) {
  const file = new Blob([bytes]);
  try {
    const { draft } = await draftOf(file, name, options);
    return draft.faults.lines.join(' | ') || draft.columns.map(c => c.problem ?? '').join('');
  } catch (why) {
    if (!(why instanceof TableError)) throw why;
    return [why.message, why.advice, ...why.lines].join(' ');
  }
}

const BAD = [
  ['empty file', 'a.csv', '', /a\.csv is empty/],
  ['wrong delimiter', 'a.csv', 'a;b\n1;2\n', /line 1.*one column only.*semicolons/],
  ['ragged rows', 'a.csv', 'a,b\n1,2\n3\n', /line 3: 1 cell, the header has 2/],
  ['mixed types', 'a.csv', 'a,b\n1,2\n3,x\n5,6\n', /line 3: column “b” is no finite number/],
  ['a million columns', 'a.csv', Array.from({ length: 1e6 }, (_, i) => i).join(',') + '\n', /line 1: (1,000,000 columns|a row longer|longer)/],
  ['a million columns of JSON', 'a.json', `[{${Array.from({ length: 1e6 }, (_, i) => `"c${i}": 1`).join(', ')}}]`, /line 1: .*(1,000,000 columns|1 MiB)/],
  ['no number in JSON', 'a.json', '[{"a": 1},\n{"a": NaN}]', /line 2: NaN is no number of JSON/],
  ['UTF-16', 'a.csv', new Uint8Array([255, 254, 97, 0, 44, 0]), /UTF-16, not UTF-8/],
  ['UTF-16 without a mark', 'a.csv', new Uint8Array([97, 0, 44, 0, 98, 0, 10, 0]), /UTF-16, not UTF-8/],
  ['infinity', 'a.csv', 'a,b\n1,2\n-1e999,2\n1,2\n', /line 3: column “a” is not finite/],
  ['a workbook', 'a.csv', new Uint8Array([0x50, 0x4b, 3, 4]), /Excel workbook/],
  ['gzip', 'a.csv', new Uint8Array([0x1f, 0x8b, 8]), /gzip/],
  ['no UTF-8', 'a.csv', new Uint8Array([97, 10, 49, 10, 0xe9, 10]), /line 3: this is no UTF-8/],
  ['another ending', 'a.xlsx', 'x', /CSV, TSV, JSON, NDJSON and Parquet/],
  ['a quote left open', 'a.csv', 'a,b\n1,"2\n3,4\n', /line 2: a quote that is never closed/],
  ['a row of 3 MiB', 'a.csv', `a,b\n1,${'x'.repeat(3 << 20)}\n`, /line 2: .*longer than 1 MiB/],
  ['an array cut off', 'a.json', '[{"a": 1},\n{"a": 2', /line 2: no JSON: it ends too early/],
  ['deep JSON', 'a.json', '['.repeat(100000), /nested too deeply/],
  ['a name twice', 'a.json', '[{"a": 1, "a": 2}]', /line 1: a name is given twice/],
  ['no Parquet', 'a.parquet', 'PAR1 nothing PAR1', /not a whole Parquet file/],
  ['too many texts', 'a.csv', 'a\n' + Array.from({ length: 200 }, (_, i) => `t${i}`).join('\n'), /more than 100 different texts/]
];
for (const [what, name, bytes, want] of BAD) {
  test(`bad input: ${what}`, async () => assert.match(await message(name, bytes), want));
}

test('no message repeats a cell', async () => {
  const secret = 'Zx81secret';
  for (const text of [`a,b\n1,2\n${secret},3\n4,5\n`, `a,b\n1,2\n"${secret},3\n`, `a,b\n${secret}\n1,2\n`]) {
    assert.doesNotMatch(await message('a.csv', text), /Zx81/);
  }
  assert.doesNotMatch(await message('a.json', `[{"a": 1}, {"a": ${secret}}]`), /Zx81/);
});

test('a row may lie across pieces', async () => {
  const rows = Array.from({ length: 60000 }, (_, i) => `${i},"é,""\n${i}",${i / 7}`);
  const file = new Blob([`a,b,c\n${rows.join('\r\n')}\r\n`]);
  const source = await openSource(file, 'a.csv');
  let count = 0;
  let last = 0;
  for await (const batch of source.batches(new Faults(), () => {})) {
    const { texts } = batch.cells.get('b');
    for (let i = 0; i < batch.rows; i++) assert.equal(texts[i], `é,"\n${count + i}`);
    count += batch.rows;
    last = batch.line(batch.rows - 1);
  }
  assert.equal(count, 60000);
  assert.equal(last, 2 * 60000);
});

test('decimals are the nearest doubles', async () => {
  const source = await openSource(await openAsBlob(`${folder}decimal.parquet`), 'decimal.parquet');
  for await (const batch of source.batches(new Faults(), () => {})) {
    assert.deepEqual([...batch.cells.get('v').numbers], [1.15, 4.35, -1.15, 0.07, 8.95, 123456789.55]);
  }
});

test('half the range is never too small', () => {
  assert.deepEqual(vault.middle(-1, 1 + 2 ** -52), [2 ** -53, 2], 'the exact half is a little more than 1');
  assert.deepEqual(vault.middle(-1, 1), [0, 1]);
  assert.deepEqual(vault.middle(5, 5), [5, 1]);
  assert.deepEqual(vault.padded(Infinity, -Infinity, false), [0, 1]);
});

test('what a person declares is checked in every row', async () => {
  const text = 'a,b,d\n1,x,2024-01-02\n5,y,2024-03-01\n9,x,2024-02-01\n';
  const lines = async declared => (await draftOf(new Blob([text]), 'a.csv', { declared })).draft.faults.lines.map(l => l.split(':')[0]);
  assert.deepEqual(await lines({ a: { lo: '0', hi: '10' } }), []);
  assert.deepEqual(await lines({ a: { lo: '2', hi: '10' } }), ['line 2']);
  assert.deepEqual(await lines({ a: { lo: '0', hi: '5' } }), ['line 4']);
  assert.deepEqual(await lines({ d: { lo: '2024-01-01', hi: '2024-02-01' } }), ['line 3']);
  assert.deepEqual(await lines({ a: { kind: 'bool' } }), ['line 3', 'line 4']);
  assert.deepEqual(await lines({ b: { categories: ['x'] } }), ['line 3']);
  assert.match(await message('a.csv', text, { declared: { a: { lo: '5', hi: '1' } } }), /lower one must be below/);
  assert.match(await message('a.csv', text, { declared: { d: { lo: '1', hi: '2' } } }), /two dates/);
  assert.match(await message('a.csv', 'a,b\n1,2\n,3\n', { declared: { a: { missing: 'refuse' } } }), /line 3: column “a” is missing/);
});

test('a Parquet footer that claims too much', async () => {
  const bytes = readFileSync(`${folder}types.parquet`);
  let refused = 0;
  for (let at = 4; at < bytes.length; at += 19) {
    const bad = new Uint8Array(bytes);
    bad[at] ^= 0x7f;
    const text = await message('a.parquet', bad);
    refused += Number(text !== '');
  }
  assert.ok(refused > 20, `${refused} of the changed files were refused, none hung or crashed`);
});

/** A file of which each piece is made when it is read: as large as wanted, and never in memory. */
function made(size, piece) {
  const file = new Blob([]);
  return Object.defineProperties(file, {
    size: { value: size },
    slice: { value: (from, to = size) => new Blob([piece(from, Math.min(to, size))]) }
  });
}

test('2 GB without a line break are refused at the first MiB', async () => {
  let read = 0;
  const file = made(2 ** 31 + 5, (from, to) => {
    read += to - from;
    return Buffer.alloc(to - from, 'x');
  });
  await assert.rejects(draftOf(file, 'a.csv'), /line 1: a row longer than 1 MiB/);
  assert.ok(read < 8 << 20, `${read} bytes were read`);
});

test('a malformed row behind 2 GB is told with its line', { skip: process.env.JFHE_TEST_SLOW === '1' ? false : 'JFHE_TEST_SLOW=1 runs it' }, async () => {
  const row = Buffer.from(`1,${'word '.repeat(13_107)}\n`);
  const rows = Math.ceil(2 ** 31 / row.length) + 10;
  const [head, tail] = [Buffer.from('n,t\n'), Buffer.from('1\n')];
  const size = head.length + rows * row.length + tail.length;
  const file = made(size, (from, to) => {
    const out = Buffer.alloc(to - from);
    for (let at = from; at < to; ) {
      const [source, place] = at < head.length ? [head, at] : at >= size - tail.length ? [tail, at - size + tail.length] : [row, (at - head.length) % row.length];
      at += source.copy(out, at - from, place);
    }
    return out;
  });
  const { draft } = await draftOf(file, 'a.csv', { declared: {} });
  assert.deepEqual([draft.rows, draft.faults.lines], [rows, [`line ${rows + 2}: 1 cell, the header has 2`]]);
});

test('Parquet bombs are refused for what they claim, before they are unpacked', async () => {
  const [rows, page] = ['rows.parquet', 'page.parquet'].map(name => join(scratch, name));
  execFileSync(`${root}.venv/bin/python`, ['-c', BOMBS, rows, page]);
  for (const [path, words] of [[rows, /too many rows|row group|smaller row groups/], [page, /too large|smaller row groups/]]) {
    const bytes = readFileSync(path);
    assert.ok(bytes.length < 1 << 20, `${bytes.length} bytes`);
    const before = process.memoryUsage().rss;
    assert.match(await message('bomb.parquet', bytes), words);
    assert.ok(process.memoryUsage().rss - before < 200 << 20, 'nothing of the size that it claims was made');
  }
});

/** Twenty million zeros in one row group; and a quarter of a gigabyte of one letter in one page. */
const BOMBS = `
import sys, pyarrow as pa, pyarrow.parquet as pq
zeros = pa.chunked_array([pa.array([0] * 1_000_000, pa.int64())] * 20)
pq.write_table(pa.table({"x": zeros}), sys.argv[1], compression="zstd", row_group_size=20_000_000)
long = pa.array(["a" * (1 << 28)], pa.large_string())
pq.write_table(pa.table({"x": long}), sys.argv[2], compression="zstd", use_dictionary=False, write_statistics=False)
`;

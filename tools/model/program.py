"""Programs, read and written in both forms from protocol/plan.md alone."""

import hashlib
import math
import re
import struct
from dataclasses import dataclass, field

FORMAT, VERSION, CHECKSUM, TRUNCATED = 13, 14, 15, 16
MAGIC = bytes.fromhex("4a4648500d0a1a0a")
VECTOR, POLY, LINMAP = 1, 2, 3
KINDS = {VECTOR: "vector", POLY: "poly", LINMAP: "linmap"}
# number: word, values read, kind of table read, what stands behind
OPERATIONS = {1: ("input", 0, 0), 2: ("add", 2, 0), 3: ("sub", 2, 0), 4: ("neg", 1, 0), 5: ("mul", 2, 0),
              6: ("add_const", 1, 0), 7: ("mul_const", 1, 0), 8: ("add_vector", 1, VECTOR),
              9: ("mul_vector", 1, VECTOR), 10: ("rotate", 1, 0), 11: ("conjugate", 1, 0), 12: ("inner_sum", 1, 0),
              13: ("linmap", 1, LINMAP), 14: ("poly", 1, POLY), 15: ("level", 1, 0), 16: ("lookup", 1, VECTOR),
              17: ("bootstrap", 1, 0), 18: ("settle", 1, 0)}
NUMBER = {row[0]: n for n, row in OPERATIONS.items()}


class Refused(Exception):
    """A status, and where."""

    def __init__(self, status, why=""):
        super().__init__(status, why)
        self.status = status


def need(ok, why="", status=FORMAT):
    """Refuse unless ok."""
    if not ok:
        raise Refused(status, why)


@dataclass
class Table:
    """Public data. ``im`` is None for real numbers."""

    kind: int
    re: list
    im: list | None = None
    basis: int = 0
    interval: tuple = (0.0, 0.0)
    index: list = field(default_factory=list)


@dataclass
class Operation:
    """One value. ``extra`` is what the last column of the page's table says."""

    number: int
    reads: list
    table: int | None = None
    extra: tuple = ()
    promise: float | None = None


@dataclass
class Program:
    """A program as the page describes it; the methods that add check."""

    log_slots: int
    tables: list = field(default_factory=list)
    operations: list = field(default_factory=list)
    outputs: list = field(default_factory=list)

    def __post_init__(self):
        need(0 <= self.log_slots <= 16, "slots")
        self.seen = set()

    def add_table(self, t):
        slots = 1 << self.log_slots
        every = t.re + (t.im or []) + list(t.interval)
        need(all(map(math.isfinite, every)), "a number is not finite")
        t.re, t.im = [x + 0.0 for x in t.re], t.im and [x + 0.0 for x in t.im]
        t.interval = tuple(x + 0.0 for x in t.interval)
        need(len(self.tables) < 1 << 20)
        if t.kind == VECTOR:
            need(1 <= len(t.re) <= slots, "count of a vector")
        elif t.kind == POLY:
            a, b = t.interval
            need(2 <= len(t.re) <= 1024 and any(t.re[1:]), "coefficients")
            need(a < b and math.isfinite(b - a) if t.basis else a == b == 0, "interval")
        else:
            need(1 <= len(t.index) <= slots and len(t.re) == slots * len(t.index), "diagonals")
            need(all(-slots < i < slots for i in t.index), "index of a diagonal")
            need(len({i % slots for i in t.index}) == len(t.index), "a diagonal twice")
        record = table_bytes(t)
        need(record not in self.seen, "equal tables")
        self.seen.add(record)
        self.tables.append(t)

    def add_operation(self, o):
        slots, word = 1 << self.log_slots, OPERATIONS[o.number][0]
        need(len(self.operations) < 1 << 24)
        need(all(0 <= v < len(self.operations) for v in o.reads), "a value that is not made yet")
        if kind := OPERATIONS[o.number][2]:
            need(0 <= o.table < len(self.tables) and self.tables[o.table].kind == kind, "a table of another kind")
        if word == "input":
            name, packing, bound = o.extra
            check_name(name)
            need(name not in [p.extra[0] for p in self.operations if p.number == o.number], "two inputs of a name")
            need(packing in (0, 1) and bound > 0 and math.isfinite(bound), "packing and bound")
        elif word in ("add_const", "mul_const"):
            need(all(map(math.isfinite, o.extra)))
            o.extra = tuple(x + 0.0 for x in o.extra)
        elif word == "settle":
            need(o.extra[0] > 0 and math.isfinite(o.extra[0]), "limit")
        elif word == "rotate":
            need(-1 << 31 <= o.extra[0] < 1 << 31)
        elif word == "inner_sum":
            stride, count = o.extra
            need(stride >= 1 and count >= 1 and count & count - 1 == 0 and stride * count <= slots, "inner sum")
        elif word == "poly":
            need(o.extra[0] in (0, 1))
        elif word == "level":
            need(0 <= o.extra[0] < 1 << 31)
        self.operations.append(o)

    def add_promise(self, value, bound):
        need(0 <= value < len(self.operations), "a value that is not made yet")
        need(bound >= 0 and math.isfinite(bound), "promise")
        o = self.operations[value]
        o.promise = bound + 0.0 if o.promise is None else min(o.promise, bound + 0.0)

    def add_output(self, name, value):
        check_name(name)
        need(0 <= value < len(self.operations), "a value that is not made yet")
        need(name not in [n for n, _ in self.outputs], "two outputs of a name")
        self.outputs.append((name, value))


def check_name(name):
    """Bytes of a name."""
    need(1 <= len(name) <= 255, "length of a name")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(FORMAT, "UTF-8") from None
    need(not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text), "a control character")


# ---- binary, out ----
def _reals(*x):
    return struct.pack(f"<{len(x)}d", *x)


def _name(name):
    return struct.pack("<H", len(name)) + name


def table_bytes(t):
    """One table's record."""
    count = len(t.index) if t.kind == LINMAP else len(t.re)
    out = struct.pack("<4BI", t.kind, t.im is not None, t.basis, 0, count)
    out += _reals(*t.interval) if t.kind == POLY else b""
    return out + struct.pack(f"<{len(t.index)}i", *t.index) + _reals(*t.re) + _reals(*(t.im or []))


def _operation_bytes(o):
    word, e = OPERATIONS[o.number][0], o.extra
    flag = e[1] if word == "input" else e[0] if word == "poly" else 0
    out = struct.pack("<4B", o.number, o.promise is not None, flag, 0)
    out += struct.pack(f"<{len(o.reads)}I", *o.reads) + (b"" if o.table is None else struct.pack("<I", o.table))
    if word == "input":
        out += _reals(e[2]) + _name(e[0])
    elif word in ("add_const", "mul_const", "settle"):
        out += _reals(*e)
    elif word == "rotate":
        out += struct.pack("<i", *e)
    elif word != "poly":
        out += struct.pack(f"<{len(e)}I", *e)
    return out + (b"" if o.promise is None else _reals(o.promise))


def write_binary(p):
    """The binary form."""
    body = b"".join(map(table_bytes, p.tables)) + b"".join(map(_operation_bytes, p.operations))
    body += b"".join(struct.pack("<I", v) + _name(n) for n, v in p.outputs)
    inputs = sum(o.number == 1 for o in p.operations)
    head = MAGIC + struct.pack("<IIQIIII24x", 1, p.log_slots, 96 + len(body), len(p.tables), len(p.operations), inputs,
                               len(p.outputs))
    return head + body + hashlib.sha256(head + body).digest()


# ---- binary, in ----
class _Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        size = struct.calcsize(form)
        need(size <= len(self.data) - self.at, "a record ends too early")
        self.at += size
        return struct.unpack_from(form, self.data, self.at - size)

    def reals(self, n):
        need(8 * n <= len(self.data) - self.at, "a record ends too early")
        x = self.take(f"<{n}d")
        need(all(math.isfinite(v) and (v or math.copysign(1, v) > 0) for v in x), "a real")
        return list(x)

    def name(self):
        size, = self.take("<H")
        need(size <= 255, "length of a name")
        return b"".join(self.take(f"<{size}s"))


def _read_table(b, p):
    kind, is_complex, basis, zero, count = b.take("<4BI")
    need(kind in KINDS and is_complex <= (kind != POLY) and basis <= (kind == POLY) and zero == 0, "head of a table")
    need(1 <= count <= (1024 if kind == POLY else 1 << p.log_slots), "count of a table")
    interval = tuple(b.reals(2)) if kind == POLY else (0.0, 0.0)
    index = list(b.take(f"<{count}i")) if kind == LINMAP else []
    n = count << p.log_slots if kind == LINMAP else count
    re = b.reals(n)
    p.add_table(Table(kind, re, b.reals(n) if is_complex else None, basis, interval, index))


def _read_operation(b, p):
    number, promised, flag, zero = b.take("<4B")
    need(number in OPERATIONS and promised <= 1 and zero == 0, "head of an operation")
    word, values, kind = OPERATIONS[number]
    need(flag <= (word in ("input", "poly")), "flag")
    reads = list(b.take(f"<{values}I"))
    table = b.take("<I")[0] if kind else None
    if word == "input":
        bound = b.reals(1)[0]
        extra = b.name(), flag, bound
    elif word == "poly":
        extra = (flag,)
    elif word in ("add_const", "mul_const"):
        extra = tuple(b.reals(2))
    elif word == "settle":
        extra = tuple(b.reals(1))
    else:
        extra = b.take({"rotate": "<i", "inner_sum": "<2I", "level": "<I"}.get(word, "<"))
    p.add_operation(Operation(number, reads, table, extra))
    if promised:
        p.add_promise(len(p.operations) - 1, b.reals(1)[0])


def read_binary(data):
    """Bytes to a program, with every check of the page."""
    need(data[:8] == MAGIC[:len(data)], "magic")
    need(len(data) >= 12, "header", TRUNCATED)
    need(data[8:12] == b"\x01\0\0\0", "version", VERSION)
    need(len(data) >= 64, "header", TRUNCATED)
    log_slots, total, *counts = struct.unpack_from("<IQ4I", data, 12)
    need(total >= 96, "length")
    need(total == len(data), "length", TRUNCATED)
    need(hashlib.sha256(data[:-32]).digest() == data[-32:], "checksum", CHECKSUM)
    limits = zip(counts, (0, 1, 0, 1), (1 << 20, 1 << 24, 1 << 24, 1 << 24), (16, 8, 8, 7), strict=True)
    need(all(least <= n <= most and n * size <= total - 96 for n, least, most, size in limits), "counts")
    need(not any(data[40:64]), "reserved")
    p, b = Program(log_slots), _Bytes(data[:-32])
    b.at = 64
    for _ in range(counts[0]):
        _read_table(b, p)
    for _ in range(counts[1]):
        _read_operation(b, p)
    need(sum(o.number == 1 for o in p.operations) == counts[2], "inputs")
    for _ in range(counts[3]):
        value, = b.take("<I")
        p.add_output(b.name(), value)
    need(b.at == len(b.data), "bytes are left")
    return p


# ---- text, out ----
def real_text(x):
    """As ECMAScript writes a number; repr gives the same shortest digits."""
    sign, digits, e = re.fullmatch(r"(-?)([\d.]+)(?:e([+-]\d+))?", repr(x + 0.0)).groups()
    whole, _, part = digits.partition(".")
    point, digits = len(whole) + int(e or 0), whole + part
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.strip("0")
    if not digits:
        return "0"
    if 0 < point <= 21:
        text = digits[:point].ljust(point, "0") + ("." + digits[point:] if point < len(digits) else "")
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return sign + text


def _numbers(re_part, im, indent):
    x = re_part if im is None else [v for pair in zip(re_part, im, strict=True) for v in pair]
    rows = [" ".join(map(real_text, x[i:i + 8])) for i in range(0, len(x), 8)]
    return (b": " + ("\n" + indent).join(rows).encode() + b"\n")


def _table_text(number, t, slots):
    head = f"@{number} = {KINDS[t.kind]}"
    if t.kind == POLY:
        head += f" chebyshev {real_text(t.interval[0])} {real_text(t.interval[1])}" if t.basis else " power"
    head = (head + (" complex" if t.im is not None else "")).encode()
    if t.kind != LINMAP:
        return head + _numbers(t.re, t.im, "  ")
    out = head + b":\n"
    for i, k in enumerate(t.index):
        part = slice(i * slots, (i + 1) * slots)
        out += f"  diagonal {k}".encode() + _numbers(t.re[part], t.im and t.im[part], "    ")
    return out


def _quoted(name):
    return b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _operation_text(number, o):
    word, e = OPERATIONS[o.number][0], o.extra
    out = [f"%{number} = {word}".encode()] + [b"%%%d" % v for v in o.reads]
    out += [] if o.table is None else [b"@%d" % o.table]
    if word == "input":
        out += [_quoted(e[0]), (b"real", b"complex")[e[1]], real_text(e[2]).encode()]
    elif word in ("add_const", "mul_const"):
        out += [real_text(x).encode() for x in (e if e[1] else e[:1])]
    elif word == "settle":
        out += [real_text(e[0]).encode()]
    elif word == "poly":
        out += [b"promised"] * e[0]
    else:
        out += [b"%d" % k for k in e]
    promise = b"" if o.promise is None else f"promise %{number} {real_text(o.promise)}\n".encode()
    return b" ".join(out) + b"\n" + promise


def write_text(p):
    """The text form, as bytes."""
    out = f"jfp 1\nslots 2^{p.log_slots}\n".encode()
    if p.tables:
        out += b"\n" + b"".join(_table_text(i, t, 1 << p.log_slots) for i, t in enumerate(p.tables))
    out += b"\n" + b"".join(_operation_text(i, o) for i, o in enumerate(p.operations)) + b"\n"
    return out + b"".join(b"output %s %%%d\n" % (_quoted(n), v) for n, v in p.outputs) + b"end\n"


# ---- text, in ----
END = rb'(?=[ \t:=]|$)'
TOKENS = {
    "comment": rb"#.*", "word": rb"[a-z_]+", "mark": rb"[=:^]",
    "value": rb"%(?:0|[1-9]\d*)" + END, "table": rb"@(?:0|[1-9]\d*)" + END,
    "name": rb'"(?:[^"\\\0]|\\["\\])*"' + END,
    "number": rb"[+-]?(?:0[xX](?=[\da-fA-F]|\.[\da-fA-F])[\da-fA-F]*\.?[\da-fA-F]*[pP][+-]?\d+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
              + rb"(?=[ \t:=^]|$)"}
TOKEN = re.compile(rb"[ \t]*(?:" + b"|".join(b"(?P<%s>%s)" % (k.encode(), v) for k, v in TOKENS.items()) + rb")", re.S)


def _real(text):
    text = text.decode()
    if "x" not in text.lower():
        need(len(text) <= 1000, "a long number")
        x = float(text)
    else:
        digits, _, power = text.lower().lstrip("+-")[2:].partition("p")
        need(len(digits.replace(".", "").lstrip("0")) <= 16, "a long number")
        fraction = len(digits.partition(".")[2])
        m, e = int(digits.replace(".", ""), 16), max(-9999, min(9999, int(power))) - 4 * fraction
        while m and m % 2 == 0:
            m, e = m // 2, e + 1
        need(m < 1 << 53 and (m == 0 or e >= -1074) and m.bit_length() + e <= 1024, "no double")
        x = math.ldexp(m, e) if m else 0.0
        x = -x if text[0] == "-" else x
    need(math.isfinite(x), "beyond the doubles")
    return x + 0.0


def _tokens(line):
    out, at = [], 0
    while at < len(line.rstrip(b" \t")):
        m = TOKEN.match(line, at)
        need(m is not None, f"what is {line[at:at + 20]!r}")
        at = m.end()
        if m.lastgroup != "comment":
            out.append((m.lastgroup, m[m.lastgroup]))
    return out


class _Text:
    """A cursor over the tokens of one line."""

    def __init__(self, tokens):
        self.left = list(tokens)

    def next_is(self, kind, text=None):
        return bool(self.left) and self.left[0][0] == kind and text in (None, self.left[0][1])

    def take(self, kind, text=None):
        need(self.next_is(kind, text), f"{text or kind} is expected")
        return self.left.pop(0)[1]

    def maybe(self, word):
        return bool(self.next_is("word", word) and self.left.pop(0))

    def reference(self, kind):
        n = int(self.take(kind)[1:])
        need(n < 1 << 32, "a number too large")
        return n

    def whole(self, least, most):
        text = self.take("number")
        need(re.fullmatch(rb"0|-?[1-9]\d*", text) and least <= int(text) <= most, "a whole number")
        return int(text)

    def real(self):
        return _real(self.take("number"))

    def name(self):
        return re.sub(rb"\\(.)", rb"\1", self.take("name")[1:-1])

    def end(self):
        need(not self.left, "the end of the line is expected")


def _text_table(t, p, lines):
    """``lines``: a list of token lists of which the rows of the table are removed."""
    need(t.reference("table") == len(p.tables), "tables in order")
    t.take("mark", b"=")
    kind = {v.encode(): k for k, v in KINDS.items()}.get(t.take("word"), 0)
    need(kind, "kind of a table")
    basis, interval, parts = 0, (0.0, 0.0), 1
    if kind == POLY:
        basis = t.take("word") == b"chebyshev"
        if basis:
            interval = (t.real(), t.real())
    elif t.maybe(b"complex"):
        parts = 2
    t.take("mark", b":")

    def rows(first):
        x = []
        while first.left:
            x.append(first.real())
        while lines and (not lines[0] or lines[0][0][0] == "number"):
            more = _Text(lines.pop(0))
            while more.left:
                x.append(more.real())
        need(len(x) % parts == 0, "a number without its imaginary part")
        return x

    index = []
    if kind != LINMAP:
        x = rows(t)
    else:
        t.end()
        x = []
        while lines and (not lines[0] or lines[0][0] == ("word", b"diagonal")):
            line = _Text(lines.pop(0))
            if line.maybe(b"diagonal"):
                index.append(line.whole(-1 << 31, (1 << 31) - 1))
                line.take("mark", b":")
                x += rows(line)
                need(len(x) == len(index) * parts << p.log_slots, "numbers of a diagonal")
    p.add_table(Table(kind, x[::parts], x[1::2] if parts == 2 else None, int(basis), interval, index))


def _text_operation(t, p):
    need(t.reference("value") == len(p.operations), "values in order")
    t.take("mark", b"=")
    word = t.take("word").decode()
    need(word in NUMBER, "an operation")
    number = NUMBER[word]
    _, values, kind = OPERATIONS[number]
    reads = [t.reference("value") for _ in range(values)]
    table, extra = t.reference("table") if kind else None, ()
    if word == "input":
        name = t.name()
        packing = t.take("word")
        need(packing in (b"real", b"complex"), "packing")
        extra = name, int(packing == b"complex"), t.real()
    elif word in ("add_const", "mul_const"):
        extra = t.real(), t.real() if t.left else 0.0
    elif word == "settle":
        extra = (t.real(),)
    elif word == "rotate":
        extra = (t.whole(-1 << 31, (1 << 31) - 1),)
    elif word == "inner_sum":
        extra = t.whole(0, (1 << 32) - 1), t.whole(0, (1 << 32) - 1)
    elif word == "poly":
        extra = (int(t.maybe(b"promised")),)
    elif word == "level":
        extra = (t.whole(0, (1 << 31) - 1),)
    t.end()
    p.add_operation(Operation(number, reads, table, extra))


def _split(data):
    return [line.removesuffix(b"\r") for line in data.split(b"\n")]


def read_text(data):
    """Bytes of a text to a program. All lines are cut into words first; a line's words are looked at when its turn comes."""
    lines = _split(data)
    head = _Text(_tokens(lines[0]))
    head.take("word", b"jfp")
    need(head.whole(0, (1 << 32) - 1) == 1, "version", VERSION)
    head.end()
    lines, p, ended = _Lazy(lines[1:]), None, False
    while lines and not ended:
        t = _Text(lines.pop(0))
        if not t.left:
            continue
        if p is None:
            t.take("word", b"slots")
            need(t.take("number") == b"2", "2^")
            t.take("mark", b"^")
            p = Program(t.whole(0, (1 << 32) - 1))
            t.end()
        elif t.next_is("table"):
            _text_table(t, p, lines)
        elif t.next_is("value"):
            _text_operation(t, p)
        elif t.maybe(b"promise"):
            value, bound = t.reference("value"), t.real()
            t.end()
            p.add_promise(value, bound)
        elif t.maybe(b"output"):
            name, value = t.name(), t.reference("value")
            t.end()
            p.add_output(name, value)
        else:
            need(t.maybe(b"end"), "a statement")
            t.end()
            ended = True
    need(ended, "the text ends without end", TRUNCATED)
    need(p.outputs, "no output")
    while lines:
        need(not lines.pop(0), "nothing is expected behind end")
    return p


class _Lazy:
    """Lines as lists of tokens, cut when they are asked for, so that the first line that is wrong is the one that is named."""

    def __init__(self, lines):
        self.lines, self.at, self.cut = lines, 0, None

    def __bool__(self):
        return self.at < len(self.lines)

    def __getitem__(self, zero):
        assert zero == 0
        if self.cut is None:
            self.cut = _tokens(self.lines[self.at])
        return self.cut

    def pop(self, zero):
        out, self.cut = self[zero], None
        self.at += 1
        return out


def read(data):
    """Either form."""
    return read_text(data) if data[:4] == b"jfp " else read_binary(data)


def program_hash(p):
    """SHA-256 of the binary form."""
    return hashlib.sha256(write_binary(p)).digest()

"""JSON: an array of objects, or one object a line. pyarrow stops at the first fault and reads no arrays, so we read it here."""

import codecs
import io
import json

import pyarrow as pa

from .tables_rows import BATCH, ROW_MAX, Batch, Cells, Raw, Source, TableError, check_names


def _once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_constant(name):
    raise ValueError(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _why(why):
    if isinstance(why, RecursionError):
        return "nested too deeply"
    if isinstance(why, json.JSONDecodeError):
        return f"no JSON: {why.msg[0].lower()}{why.msg[1:]}"
    text = str(why)
    return text if text.startswith("a name") or text.endswith("of JSON") else "a number of too many digits"


class JsonSource(Source):
    """Records: an array of objects, or one object a line (NDJSON)."""

    def __init__(self, path):
        """Look which of the two it is."""
        super().__init__(path)
        head = self._file.read(1 << 16).removeprefix(codecs.BOM_UTF8).lstrip()
        if head[:1] not in (b"[", b"{"):
            raise TableError(f"{path} begins neither with a JSON array nor with an object")
        self._is_array = head[:1] == b"["
        self.names = []  # grows as names appear

    def _read(self, faults, progress):
        raw = Raw(self._file, self.path, progress, longest=self.size)  # an array may be one line; its records are limited
        records, lines, known = [], [], set(self.names)
        for line, record in (self._elements(raw, faults) if self._is_array else self._objects(raw, faults)):
            if not isinstance(record, dict):
                faults.add(line, "no JSON object")
                continue
            if new := [name for name in record if name not in known]:
                self.names += new
                known.update(new)
                check_names(self.names, self.path)
            records.append(record)
            lines.append(line)
            if len(records) == BATCH:
                yield self._batch(records, lines, faults)
                records, lines = [], []
        if not self.names:
            faults.check(self.path)
            raise TableError(f"{self.path} has no records")
        yield self._batch(records, lines, faults)

    def _batch(self, records, lines, faults):
        cells = {name: _json_cells([r.get(name) for r in records], name, lines, faults) for name in self.names}
        return Batch(len(records), cells, lines.__getitem__)

    def _objects(self, raw, faults):
        """One a line."""
        with io.BufferedReader(_Into(raw), 1 << 18) as file:
            number = 0
            while data := file.readline(ROW_MAX + 1):
                number += 1
                if len(data) > ROW_MAX:
                    raise TableError(f"{self.path}:{number}: longer than 1 MiB")
                if not (text := data.decode().strip()):
                    continue
                try:
                    yield number, _DECODER.decode(text)
                except (ValueError, RecursionError) as why:
                    faults.add(number, _why(why))

    def _elements(self, raw, faults):
        """Those of one array. What follows a malformed one is not read: where the next begins is not known."""
        text = _Text(raw, self.path)
        text.expect("[")
        if text.peek() == "]":
            text.expect("]")
            return text.end()
        while True:
            text.peek()
            line = text.line
            try:
                record = text.element()
            except (ValueError, RecursionError) as why:
                faults.add(line, f"{_why(why)}; what follows was not read")
                return None
            yield line, record
            if text.peek() == "]":
                text.expect("]")
                return text.end()
            text.expect(",")


class _Into(io.RawIOBase):
    """A raw stream of which :class:`io.BufferedReader` can read."""

    def __init__(self, raw):
        self._raw = raw

    def readable(self):
        """It is."""
        return True

    def readinto(self, room):
        """Fill `room`."""
        data = self._raw.read(len(room))
        room[:len(data)] = data
        return len(data)


class _Text:
    """Text of which at least one row's greatest length lies ahead, so that what does not parse is malformed, not cut off."""

    def __init__(self, raw, path):
        self._raw, self._path, self._decoder = raw, path, codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self.line, self._ended = "", 0, 1, False

    def _ahead(self):
        while not self._ended and len(self._text) - self._at < ROW_MAX:
            data = self._raw.read(ROW_MAX)
            self._text = self._text[self._at:] + self._decoder.decode(data, final=not data)
            self._at, self._ended = 0, not data

    def _step(self, to):
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def peek(self):
        """The next character that is no blank; '' at the end."""
        self._ahead()
        to = self._at
        while to < len(self._text) and self._text[to] in " \t\r\n":
            to += 1
        if to - self._at > ROW_MAX // 2:
            raise TableError(f"{self._path}:{self.line}: more blanks than a table has")
        self._step(to)
        return self._text[to] if to < len(self._text) else ""

    def expect(self, mark):
        """Pass a character, or refuse the file."""
        if (found := self.peek()) != mark:
            what = "something else stands" if found else "it ends"
            raise TableError(f"{self._path}:{self.line}: '{mark}' is wanted where {what}")
        self._step(self._at + 1)

    def element(self):
        """Pass a value."""
        value, to = _DECODER.raw_decode(self._text, self._at)
        if to - self._at > ROW_MAX:
            raise TableError(f"{self._path}:{self.line}: a record longer than 1 MiB")
        self._step(to)
        return value

    def end(self):
        """Refuse what follows."""
        if self.peek():
            raise TableError(f"{self._path}:{self.line}: something stands behind the array")


def _json_cells(values, name, lines, faults):
    """Cells of a batch; mixed ones become words, lists and objects faults."""
    kinds = {type(v) for v in values} - {type(None)}
    if kinds & {dict, list}:
        for i, value in enumerate(values):
            if isinstance(value, (dict, list)):
                faults.add(lines[i], f"column {name!r} holds {'an object' if isinstance(value, dict) else 'a list'}")
        values = [None if isinstance(v, (dict, list)) else v for v in values]
        kinds -= {dict, list}
    try:
        if kinds <= {int}:
            return Cells(pa.array(values, pa.int64()), False)
        if kinds <= {int, float}:
            return Cells(pa.array([None if v is None else float(v) for v in values], pa.float64()), False)
        if kinds <= {bool}:
            return Cells(pa.array(values, pa.bool_()), False)
        if kinds <= {str}:
            return Cells(_strings(values), False)
    except (OverflowError, pa.ArrowInvalid):  # integers beyond 2^63
        pass
    words = [None if v is None else ("true" if v else "false") if isinstance(v, bool) else v if isinstance(v, str) else repr(v)
             for v in values]
    return Cells(_strings(words), True)


def _strings(values):
    """Texts; what JSON wrote of halves of characters becomes the replacement character."""
    try:
        return pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return pa.array([None if v is None else v.encode("utf-8", "replace").decode() for v in values], pa.string())

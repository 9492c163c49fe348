"""Rows of a file, batch by batch, as pyarrow arrays; memory does not grow with the rows.

A source says for each row in which line it stood. What cannot be read as a row goes into a list of faults, which holds lines
and reasons and never what stood there.
"""

import codecs
import io
import os
from pathlib import Path

import pyarrow as pa

from ..core import containers, errors

ROW_MAX = 1 << 20  # bytes of a row
COLUMNS_MAX, ROWS_MAX, NAME_MAX = 4096, 1 << 30, 200
BATCH = 1 << 13  # rows of JSON and Parquet batches
FAULTS_KEPT, FAULTS_MAX = 20, 100_000


class TableError(errors.FormatError):
    """A file that is no table, or one with malformed rows."""

    advice = "Nothing was written."


class Faults:
    """Rows that cannot be read: the first in words, the others counted."""

    def __init__(self, unit="line"):
        """Start empty."""
        self.unit, self.kept, self.count = unit, [], 0

    def add(self, line, reason):
        """Note one.

        Parameters
        ----------
        line : int
        reason : str
            Without what stands there.
        """
        self.count += 1
        if self.count > FAULTS_MAX:
            raise TableError(f"more than {FAULTS_MAX} malformed rows, the first in {self.unit} {self.lines[0].split(':')[0]}",
                             "Nothing was written. Is this a table of this kind?")
        self.kept.append((line, reason))
        if len(self.kept) > 50 * FAULTS_KEPT:  # sources and columns do not find them in order
            self.kept = sorted(self.kept)[:FAULTS_KEPT]

    @property
    def lines(self):
        """The first ones in order, ``line: reason``."""
        return [f"{line}: {reason}" for line, reason in sorted(self.kept)[:FAULTS_KEPT]]

    def check(self, path):
        """Raise when there are any, with the list as :attr:`TableError.lines`."""
        if not self.count:
            return
        more = self.count - len(self.lines)
        error = TableError(f"{path}: {self.count} malformed {'row' if self.count == 1 else 'rows'}")
        error.lines = [f"{self.unit} {text}" for text in self.lines] + ([f"and {more} more"] if more else [])
        raise error


class Cells:
    """One column of a batch.

    Parameters
    ----------
    array : pyarrow.Array
    words : bool
        Whether texts are untyped, as in CSV: numbers and missing values are words there.
    """

    __slots__ = ("array", "words")

    def __init__(self, array, words):
        """Keep both."""
        self.array, self.words = array, words


class Batch:
    """Some rows.

    Parameters
    ----------
    rows : int
    cells : dict of str to Cells
    lines : callable
        The line of a row of the batch.
    """

    __slots__ = ("cells", "line", "rows")

    def __init__(self, rows, cells, line):
        """Keep the parts."""
        self.rows, self.cells, self.line = rows, cells, line


class Raw(io.RawIOBase):
    """The file's bytes, looked at as they pass: no NUL, UTF-8, no byte order mark, no endless line."""

    def __init__(self, file, path, progress, lines=0, longest=ROW_MAX):
        self._file, self._path, self._progress, self._longest = file, path, progress, longest
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._first, self.lines, self.quotes, self._open = lines == 0, lines, 0, 0

    def readable(self):
        """It is."""
        return True

    def read(self, size=-1):
        """Up to `size` bytes."""
        data = self._file.read(size)
        self._progress(len(data))
        if self._first and data.startswith(codecs.BOM_UTF8):
            data = data[3:] or self._file.read(size)
        self._first = False
        if (at := data.find(b"\0")) >= 0:
            self._refuse(data, at, "a zero byte; this is no text file")
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as why:
            self._refuse(data, max(0, why.start), "no UTF-8 text")
        self.lines += data.count(b"\n")
        self.quotes += data.count(b'"')
        self._open = len(data) - data.rfind(b"\n") - 1 if b"\n" in data else self._open + len(data)
        if self._open > self._longest:
            self._refuse(b"", 0, "longer than 1 MiB")
        return data

    def _refuse(self, data, at, why):
        raise TableError(f"{self._path}:{self.lines + data.count(10, 0, at) + 1}: {why}")


def check_names(names, path):
    """Refuse names of columns that are absent, too long, too many, or there twice."""
    if len(names) > COLUMNS_MAX:
        raise TableError(f"{path}: more than {COLUMNS_MAX} columns")
    seen = set()
    for i, name in enumerate(names):
        if not name or len(name) > NAME_MAX:
            what = f"over {NAME_MAX} characters" if name else "missing"
            raise TableError(f"{path}: the name of column {i + 1} is {what}")
        if name in seen:
            raise TableError(f"{path}: two columns are called {name!r}", "Nothing was written. Rename one of them.")
        seen.add(name)


class Source:
    """A file that is read several times, by the same descriptor.

    Parameters
    ----------
    path : path-like
    """

    unit = "line"

    def __init__(self, path):
        """Open it."""
        self.path = Path(path)
        self._file = open(containers.regular(path), "rb")  # noqa: SIM115
        self._state = self._stat()
        self.size = self._state[0]
        if self.size == 0:
            raise TableError(f"{path} is empty")

    def _stat(self):
        state = os.fstat(self._file.fileno())
        return state.st_size, state.st_mtime_ns

    def batches(self, faults, progress):
        """Read it from the beginning.

        Parameters
        ----------
        faults : Faults
        progress : callable
            Told how many bytes were read.

        Yields
        ------
        Batch

        Raises
        ------
        TableError
            When it is no table of its kind at all, or changed since it was opened.
        """
        self._file.seek(0)
        rows = 0
        try:
            for batch in self._read(faults, progress):
                rows += batch.rows
                if rows > ROWS_MAX:
                    raise TableError(f"{self.path}: more than {ROWS_MAX} rows")
                if batch.rows:
                    yield batch
        except pa.ArrowException as why:
            raise TableError(f"{self.path}: {harmless(why)}") from None
        if self._stat() != self._state:
            raise TableError(f"{self.path} changed while it was read")

    def _read(self, faults, progress):
        raise NotImplementedError

    def close(self):
        """Close the file."""
        self._file.close()

    def __enter__(self):
        """Itself."""
        return self

    def __exit__(self, *_):
        """Close."""
        self.close()


def harmless(why):
    """What pyarrow complains about, without the values that it repeats."""
    text = str(why)
    if "straddling" in text:
        return "a row longer than 1 MiB"
    for start in ("Corrupt", "Invalid Parquet", "Parquet magic bytes", "Couldn't deserialize", "Unexpected end of stream"):
        if start in text:
            return "not a whole Parquet file"
    return "it cannot be read as such a table"

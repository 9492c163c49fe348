"""CSV (RFC 4180) with a header row, read by pyarrow; every cell stays a text here."""

import codecs
import csv
import functools
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .tables_rows import FAULTS_MAX, ROW_MAX, Batch, Cells, Raw, Source, TableError, check_names


class _Lines:
    """Which line a row of a CSV stood in: rows that were skipped, and line breaks inside quotes, are counted."""

    def __init__(self, before):
        self._next, self._shift = 1, before  # number of the next row; lines of the header, breaks inside earlier rows
        self.skipped = []  # (number, breaks inside, reason), in order; some may lie ahead of the next batch

    def __call__(self, columns, rows, faults):
        """The lines of a batch's rows; faults get those of skipped rows up to there."""
        numbers = np.arange(self._next, self._next + rows + len(self.skipped))
        numbers = numbers[~np.isin(numbers, [n for n, _, _ in self.skipped])][:rows]
        breaks = np.zeros(rows, dtype=np.int64)
        for column in columns:
            breaks += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy(zero_copy_only=False)
        ahead = np.concatenate([[0], np.cumsum(breaks)])  # breaks before each row, and in all
        lines, shift = numbers + ahead[:-1] + self._shift, self._shift
        while self.skipped and self.skipped[0][0] < numbers[-1]:
            number, inside, reason = self.skipped.pop(0)
            at = np.searchsorted(numbers, number)
            faults.add(int(number + shift + ahead[at]), reason)
            lines[at:] += inside
            shift += inside
        self._shift, self._next = shift + int(ahead[-1]), int(numbers[-1]) + 1
        return lines

    def end(self, faults):
        """Tell of the rows that were skipped behind the last batch."""
        for number, inside, reason in self.skipped:
            faults.add(int(number + self._shift), reason)
            self._shift += inside


class CsvSource(Source):
    """RFC 4180 with a header row.

    Parameters
    ----------
    path : path-like
    delimiter : str, default=','
    """

    def __init__(self, path, delimiter=","):
        """Read the header."""
        super().__init__(path)
        self._delimiter = delimiter
        raw = Raw(self._file, self.path, lambda n: None)
        self.names, self._header = self._read_header(raw)
        check_names(self.names, f"{self.path}:1")
        if len(self.names) == 1 and delimiter == "," and any(c in self.names[0] for c in ";\t"):
            raise TableError(f"{self.path}:1: one column only, and its name has a semicolon or tab",
                             "Nothing was written. Say --delimiter ';' or --delimiter tab.")

    def _read_header(self, raw):
        """Names, and how many bytes and lines the header has."""
        data = raw.read(ROW_MAX + (1 << 16))
        text = data[:data.rfind(b"\n") + 1] if len(data) > ROW_MAX else data  # whole characters, as Raw saw
        text = text.decode("utf-8", "ignore")
        lines, used = io.StringIO(text, newline=""), []

        def line_by_line():
            for line in lines:
                used.append(line)
                yield line

        try:
            names = next(csv.reader(line_by_line(), delimiter=self._delimiter, strict=True), [])
        except csv.Error as why:
            raise TableError(f"{self.path}:1: {why}") from None
        self._has_mark = self._mark()
        return names, (len("".join(used).encode()) + 3 * self._has_mark, len(used))

    def _mark(self):
        self._file.seek(0)
        return self._file.read(3) == codecs.BOM_UTF8

    def _read(self, faults, progress):
        size, header_lines = self._header
        self._file.seek(size)
        progress(size)
        raw, lines = Raw(self._file, self.path, progress, header_lines), _Lines(header_lines)
        names = [str(i) for i in range(len(self.names))]
        if self._file.read(1) == b"":
            raise TableError(f"{self.path}: no rows below the header")
        self._file.seek(size)

        def bad_row(row):
            if len(lines.skipped) > FAULTS_MAX:
                return "error"
            words = f"{row.actual_columns} cells, the header has {row.expected_columns}"
            lines.skipped.append((row.number, row.text.rstrip("\r\n").count("\n"), words))
            return "skip"

        reader = pa.csv.open_csv(
            pa.PythonFile(raw, "r"),
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=ROW_MAX, column_names=names),
            parse_options=pa.csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True, ignore_empty_lines=False,
                                              invalid_row_handler=bad_row),
            convert_options=pa.csv.ConvertOptions(column_types={n: pa.string() for n in names}, null_values=[""],
                                                  strings_can_be_null=True, quoted_strings_can_be_null=False))
        blank = []  # lines of rows without any text, which may end the file
        for part in reader:
            if not part.num_rows:
                continue
            line = lines(part.columns if raw.quotes else (), part.num_rows, faults)
            part, line, blank = self._without_blanks(part, line, blank, faults)
            cells = {name: Cells(part.column(i), True) for i, name in enumerate(self.names)}
            yield Batch(part.num_rows, cells, line.__getitem__)
        lines.end(faults)
        if raw.quotes % 2:
            raise TableError(f"{self.path}: a quote that is never closed, or one inside a cell")

    def _without_blanks(self, part, line, blank, faults):
        """Drop rows of nothing, not even quotes. They may only end a file: in between one could stand for missing values."""
        empty = part.column(0).is_null()
        if pc.any(empty).as_py():
            empty = functools.reduce(pc.and_, [c.is_null() for c in part.columns])
        empty = empty.to_numpy(zero_copy_only=False)
        full = np.flatnonzero(~empty)
        last = full[-1] if len(full) else -1
        if len(full):
            for at in [*blank, *line[:last][empty[:last]]]:
                faults.add(int(at), "a blank line between rows")
            blank = []
        blank = blank + line[last + 1:].tolist()
        if not empty.any():
            return part, line, blank
        return part.take(pa.array(full)), line[full], blank[:FAULTS_MAX]

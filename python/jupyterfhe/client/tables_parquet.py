"""Parquet files of flat columns, read by pyarrow, a batch of rows at a time."""

import pyarrow as pa
import pyarrow.parquet

from .tables_rows import BATCH, Batch, Cells, Source, TableError, check_names, harmless


class ParquetSource(Source):
    """A Parquet file of flat columns."""

    unit = "row"

    def __init__(self, path):
        """Read the footer."""
        super().__init__(path)
        try:
            self._table = pa.parquet.ParquetFile(pa.PythonFile(self._file, "r"), thrift_string_size_limit=16 << 20,
                                                 thrift_container_size_limit=1 << 20)
            schema, meta = self._table.schema_arrow, self._table.metadata
        except (pa.ArrowException, OSError) as why:
            raise TableError(f"{path}: {harmless(why)}") from None
        self.names = list(schema.names)
        check_names(self.names, path)
        if not self.names or meta.num_rows == 0:
            raise TableError(f"{path}: no {'rows' if self.names else 'columns'}")
        largest = max(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if largest > 4 << 30:
            raise TableError(f"{path}: a row group of more than 4 GiB",
                             "Nothing was written. Write it with smaller row groups.")
        self._nested = [f.name for f in schema if pa.types.is_nested(f.type) or not _readable(_plain(f.type))]
        self.rows = meta.num_rows

    def unreadable(self, name):
        """Whether a column is of a type that no number stands for."""
        return name in self._nested

    def _read(self, faults, progress):
        names, seen, told = [n for n in self.names if n not in self._nested], 0, 0
        try:
            for part in self._table.iter_batches(BATCH, columns=names, use_threads=False):
                start, seen = seen, seen + part.num_rows
                now = min(self.size, self.size * seen // self.rows)
                progress(now - told)
                told = now
                cells = {n: Cells(_typed(part.column(i)), False) for i, n in enumerate(part.schema.names)}
                yield Batch(part.num_rows, cells, lambda i, start=start: start + int(i) + 1)
        except OSError as why:
            raise TableError(f"{self.path}: {harmless(why)}") from None
        if seen != self.rows:
            raise TableError(f"{self.path}: {seen} rows, its footer says {self.rows}")

    def close(self):
        """Close the file."""
        self._table.close()
        super().close()


def _plain(kind):
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _readable(kind):
    t = pa.types
    return (t.is_integer(kind) or t.is_floating(kind) or t.is_boolean(kind) or t.is_date(kind) or t.is_timestamp(kind)
            or t.is_decimal(kind) or t.is_string(kind) or t.is_large_string(kind) or t.is_null(kind))


def _typed(array):
    """Arrays of few types: int64 or uint64, float64, bool, date32, timestamp, string."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return array.cast(pa.string())
    if pa.types.is_decimal(kind):  # over its digits, so that the nearest double is taken
        return array.cast(pa.string()).cast(pa.float64())
    if pa.types.is_floating(kind):
        return array.cast(pa.float64())
    if pa.types.is_date64(kind):
        return array.cast(pa.timestamp("ms"))
    return array

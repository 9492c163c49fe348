"""Which reader a file needs."""

from pathlib import Path

from .tables_csv import CsvSource
from .tables_json import JsonSource
from .tables_parquet import ParquetSource
from .tables_rows import TableError

FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".ndjson": "json", ".jsonl": "json", ".parquet": "parquet",
           ".pq": "parquet"}


def open_source(path, form=None, delimiter=None):
    """Open a file of rows.

    Parameters
    ----------
    path : path-like
    form : {'csv', 'tsv', 'json', 'parquet'}, optional
        By default as the name ends.
    delimiter : str, optional
        Of a CSV.

    Returns
    -------
    Source

    Raises
    ------
    TableError
    """
    form = form or FORMATS.get(Path(path).suffix.lower())
    if form is None:
        raise TableError(f"{path}: its name does not end in {', '.join(FORMATS)}",
                         "Nothing was written. Say --format csv, json or parquet.")
    if form in ("csv", "tsv"):
        return CsvSource(path, delimiter or ("\t" if form == "tsv" else ","))
    return JsonSource(path) if form == "json" else ParquetSource(path)

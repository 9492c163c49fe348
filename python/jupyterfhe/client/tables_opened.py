"""Opening encrypted tables, chunk by chunk, with a bound on the error of every number."""

import numpy as np

from ..core import errors
from ..core.tables import WHOLE
from .cipher import decrypt
from .integers import open_integers


class OpenedColumn:
    """Numbers of one column of a chunk, in the column's own units.

    Attributes
    ----------
    values : ndarray of float64 of shape (rows,)
        For integers, booleans, dates and categories exact integers when `bound` is 0; 0 where missing.
    missing : ndarray of bool of shape (rows,) or None
    bound : float
        On the distance of each value from the number that was encrypted; 0 for integers that rounding recovers.
    """

    __slots__ = ("bound", "missing", "values")

    def __init__(self, values, missing, bound):
        """Keep the parts."""
        self.values, self.missing, self.bound = values, missing, bound

    def __repr__(self):
        """No value."""
        return f"<OpenedColumn of {len(self.values)} numbers, each within {self.bound:.1e}>"


def units_bound(column, error, values):
    """Bound on ``|centre + half * u' - x|`` as computed in doubles, where u' is within `error` of the encrypted u.

    Parameters
    ----------
    column : jupyterfhe.core.tables.Column
    error : float
        On u.
    values : ndarray
        The results.

    Returns
    -------
    float

    Notes
    -----
    Each step of the owner's arithmetic moved the number by 2^-53 of at most |centre| + half: reading its digits (or another
    type) into a double, subtracting the centre, dividing by half (exact for a power of two); here a product and a sum round by
    2^-53 of their results, of which the product is at most |centre| + |x'|. With |x| <= |centre| + half and second-order terms
    all is below 2^-50 (|centre| + half + max|x'|); the last factor covers the rounding of this formula itself.
    """
    size = abs(column.centre) + column.half + float(np.max(np.abs(values), initial=0.0))
    return (column.half * error + 2.0**-50 * size) * (1 + 2.0**-40)


def open_chunks(table, key, columns=None):
    """Decrypt a table.

    Parameters
    ----------
    table : jupyterfhe.core.tables.Table
    key : SecretKey
    columns : sequence of Column, optional
        All by default.

    Yields
    ------
    list of OpenedColumn
        One a column, for each chunk of rows in order.

    Raises
    ------
    KeyMissingError
        When the table is under another key.
    ChecksumError, FormatError
        When a file is not what the manifest says.
    """
    table.check(key.params)
    if table.key_id != key.id:
        raise errors.KeyMissingError(f"{table.folder} is under key {table.key_id[:8]}, this is key {key.id[:8]}",
                                     "Say which key opens it: --key FILE.")
    columns, slots = table.columns if columns is None else columns, 1 << table.log_slots
    kept = {}
    for chunk in range(table.chunks):
        count = min(slots, table.rows - chunk * slots)
        yield [_open_exact(table, column, key, chunk * slots, count, kept) if column.exact else _open(column, key, chunk, count)
               for column in columns]


def _open_exact(table, column, key, row, count, kept):
    """Rows of an exact column; its chunks are whole multiples of the others', and the last one is kept."""
    rows = 1 << table.log_exact
    index = row // rows
    if kept.get(column.name, (None,))[0] != index:
        masks = (False, True) if column.masked else (False,)
        kept[column.name] = index, *(_whole_chunk(table, column, key, index, mask) for mask in masks)
    _, values, *masks = kept[column.name]
    here = slice(row - index * rows, row - index * rows + count)
    missing = masks[0][here] == 0 if masks else None
    low, high = column.whole_bounds
    live = values[here] if missing is None else values[here][~missing]
    if not ((low <= live) & (live <= high)).all() or (masks and not np.isin(masks[0][here], (0, 1)).all()):
        raise errors.FormatError(f"a chunk of {column.name!r} decrypts to numbers outside the column's bounds",
                                 "It was not made from this table; do not use it.")
    return OpenedColumn(values[here].astype(float), missing, 0.0)


def _whole_chunk(table, column, key, index, mask):
    parts = [column.load_exact(key.params, index, number, mask) for number in range(len(table.moduli))]
    count = min(1 << table.log_exact, table.rows - (index << table.log_exact))
    return open_integers(parts, key, table.moduli, max(1, *map(abs, column.whole_bounds)), count)


def _open(column, key, chunk, count):
    ct = column.load(key.params, chunk)
    opened = decrypt(ct, key, count)
    u, error = opened.values, opened.error_bound
    if not (np.abs(u) <= 1 + error).all():
        raise errors.FormatError(f"a chunk of {column.name!r} decrypts to numbers outside the column's bounds",
                                 "It was not made from this table; do not use it.")
    missing = _missing(column, key, chunk, count) if column.masked else None
    values = column.centre + column.half * u
    bound = units_bound(column, error, values)
    if column.kind in WHOLE and bound < 0.5:
        values, bound = np.rint(values) + 0.0, 0.0  # no -0
    return OpenedColumn(values if missing is None else np.where(missing, 0.0, values), missing, bound)


def _missing(column, key, chunk, count):
    opened = decrypt(column.load(key.params, chunk, mask=True), key, count)
    there = np.rint(opened.values)
    near = np.abs(opened.values - there) <= opened.error_bound
    if not opened.error_bound < 0.5 or not (near & np.isin(there, (0, 1))).all():
        raise errors.FormatError(f"a mask of {column.name!r} decrypts to numbers that are neither 0 nor 1",
                                 "It was not made from this table; do not use it.")
    return there == 0

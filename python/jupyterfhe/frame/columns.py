"""Columns of an encrypted table as series: what stands in the slots of missing values is taken into account here alone."""

from ..array import EncryptedArray
from ..array.layout import mapped
from ..array.twin import Twin
from ..core.errors import ArgumentError
from .categorical import EncryptedCategorical
from .series import EncryptedSeries


def series_of(table, column, index):
    """A column of a table.

    Parameters
    ----------
    table : jupyterfhe.array.table.EncryptedTable
    column : jupyterfhe.core.tables.Column
    index : Index

    Returns
    -------
    EncryptedSeries

    Notes
    -----
    A float column's slots are ``(x - centre)/half``, 0 where a value is missing: ``half`` times them is the rest, `centre` the
    offset, and nothing is computed. Exact columns are taken with 0 in the place of missing values; of those that were encrypted
    approximately too the series knows that form as well, for what picks by codes.
    """
    valid = table.there(column.name) if column.masked else None
    codes = raw = None
    if getattr(column, "exact", False):
        array, offset = table.filled(column.name, 0) if column.masked else table[column.name], 0.0
        raw = Twin(lambda: table.raw(column.name)) if column.approximate else None
    else:
        array = table.raw(column.name)
        offset = array.strips.flat[0].shift
    rest = array if not offset else _without_shift(array)
    if column.kind == "category":
        codes = EncryptedCategorical(_with(array, raw), int(column.hi) + 1, column.categories, valid, column.name)
    out = EncryptedSeries(rest, index, column.name, valid=valid, kind=column.kind, offset=offset, epoch=column.epoch,
                           categories=column.categories, source=column.name if column.kind == "category" else None, codes=codes)
    out.raw = raw
    return out


def _with(array, twin):
    """An array with another approximate form, if there is one."""
    if twin is None:
        return array
    out = array.like()
    out.twin = twin
    return out


def _without_shift(array):
    """The same numbers less the public one that is added to all."""
    return array.like(strips=mapped(lambda s: s._like(shift=0.0), array.strips))


def centred(array):
    """An array's numbers around the middle of their range, so that squares lose little.

    Parameters
    ----------
    array : EncryptedArray of shape (n,)

    Returns
    -------
    (EncryptedArray, float)
        Rest and offset.
    """
    if not isinstance(array, EncryptedArray) or array.ndim != 1:
        raise ArgumentError("a column is an encrypted array of one axis", "Take the columns of a table one by one: X[:, i].")
    if getattr(array, "exact", False) or array.dtype == bool:
        return array, 0.0
    low, high = array.bounds
    middle = (low + high) / 2
    return (array - middle, middle) if middle else (array, 0.0)

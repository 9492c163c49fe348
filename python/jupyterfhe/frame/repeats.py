"""Rows that repeat others, and values that occur: told by declared values, after decryption.

Which row is the first of its value needs a running count a value and a comparison of it with 0: about log2(rows) levels for
every value on the server, and none where the reader's side does it. So these filters and orders are recipes
(:mod:`jupyterfhe.array.finish`) over the encrypted codes, without a level of depth: frames of them are shown, saved and
sliced, and neither summed nor grouped. Orders of rows are told in the same way: places.py.
"""

import functools

import numpy as np

from ..array.finish import finished, larger, node, number, smaller, stack, whole
from ..core.errors import ArgumentError
from .order import counted, occurring
from .products import decided
from .refusal import Refused

NUMBERS_MAX = 1 << 22  # of all nodes of a recipe: more are not shown in notebooks (adr/0032)
REPEATS = 12  # arrays of rows times values that recipes here make at most


def present(series):
    """The declared values that occur, in the order that was declared; a missing one last, where there is one.

    Parameters
    ----------
    series : EncryptedSeries
        Of declared values.

    Returns
    -------
    EncryptedSeries
        On labels 0, 1, 2, ... of all declared values, under a filter that the reader's side decides.

    Notes
    -----
    Cost: a mask and a sum over slots a value. Whoever opens it can open how many rows have each.
    """
    codes, sums = series._categories("unique"), series.sums()
    shown, valid, there = _labels(series, codes), None, occurring(codes, sums)
    if codes.valid is not None:
        gone = sums.count() - sums.count(codes)
        there = stack([*there, smaller(gone, 1.0)])
        shown, valid = [*shown, 0], np.arange(len(codes) + 1) < len(codes)
    return _picked(series, shown, there, valid)


def commonest(series):
    """The declared values that most rows have, in the order that was declared; missing ones do not count.

    Parameters
    ----------
    series : EncryptedSeries
        Of declared values.

    Returns
    -------
    EncryptedSeries
        As of :func:`present`.
    """
    codes, sums = series._categories("mode"), series.sums()
    counts = counted(codes, sums)
    most = functools.reduce(larger, counts)
    return _picked(series, _labels(series, codes), larger(smaller(stack(counts), 1.0) + stack(counts) - most, 0.0))


def _picked(series, shown, there, valid=None):
    """Declared values under a filter that the reader's side decides."""
    from .series import EncryptedSeries
    return EncryptedSeries(None, None, series.name, valid=valid, kind=series.kind, keep=(there,), categories=series.categories,
                           source=series.source, late=number(shown))


def _labels(series, codes):
    """Declared values as numbers: of categories their codes."""
    return list(range(len(codes))) if series.kind == "category" else [float(x) for x in codes.labels]


def repeated(columns, keep, factors):
    """Where a row has the values of an earlier row that counts, or of a later one.

    Parameters
    ----------
    columns : list of EncryptedSeries
        Of declared values and one index.
    keep : {'first', 'last', False}
        Which of equal rows does not count as a repetition; False: none.
    factors : tuple
        Filters: what they leave out counts for nobody.

    Returns
    -------
    Finished of shape (rows,)
        1 or 0; 1 where a filter left the row out.

    Raises
    ------
    Refused
        For values that were not declared, and too many of them for so many rows.

    Notes
    -----
    Cost: no level and no product; the reader's side takes about ten operations a row and value.
    """
    if keep not in ("first", "last", False):
        raise ArgumentError(f"keep is 'first', 'last' or False, not {keep!r}")
    codes, count = combined(columns, "drop_duplicates")
    rows = len(columns[0].index)
    if rows * count * REPEATS > NUMBERS_MAX:
        raise Refused(f"which of {rows:,} rows repeat others, of {count:,} declared values",
                      f"At most {NUMBERS_MAX // REPEATS:,} rows times values: take fewer columns, or df.groupby(...).size().")
    kept = kept_rows(factors)
    alone = None
    for code in range(count):
        here = equal(codes, code)
        here = here if kept is None else here * kept
        part = here * _first(here, rows, keep)
        alone = part if alone is None else alone + part
    return 1.0 - alone


def _first(here, rows, keep):
    """Of the rows of one value, where the one that stays is: above 0 there, 0 at all others."""
    upto = node("cumsum", here)
    if keep == "first":
        return larger(2.0 - upto, 0.0)
    if keep == "last":
        return larger(2.0 - (upto[rows - 1] - upto + here), 0.0)
    return larger(2.0 - upto[rows - 1], 0.0)


def kept_rows(factors):
    """Which rows filters left, as exact numbers.

    Parameters
    ----------
    factors : tuple
        Filters.

    Returns
    -------
    Finished or None
        None without a filter.
    """
    found = decided(factors)
    return None if found is None else whole(found)


def equal(a, b):
    """1 where two whole numbers are equal, else 0.

    Parameters
    ----------
    a, b : Finished, EncryptedArray or array_like

    Returns
    -------
    Finished
    """
    apart = finished(a) - b
    return larger(1.0 - apart * apart, 0.0)


def combined(columns, what, rising=None, first=False):
    """Codes of the values of some columns together, a missing value being one more of its column's.

    Parameters
    ----------
    columns : list of EncryptedSeries
        Of declared values.
    what : str
        What is refused where they are not.
    rising : sequence of bool, optional
        Whether each column's codes rise with its values; all by default.
    first : bool, default=False
        Whether missing values come before all others, instead of last.

    Returns
    -------
    (Finished of shape (rows,), int)
        Whole numbers, and how many there are.
    """
    total, count = None, 1
    for series, upwards in zip(columns, rising or [True] * len(columns), strict=True):
        codes = series._categories(what)
        own, many = finished(codes.shown), len(codes)
        if not upwards:
            own = (many - 1.0) - own
        if codes.valid is not None:
            valid = codes.valid.astype(float) if isinstance(codes.valid, np.ndarray) else whole(codes.valid)
            own = (own + 1.0) * valid if first else (own - float(many)) * valid + float(many)
            many += 1
        own = whole(own)
        total, count = own if total is None else total * float(many) + own, count * many
    return total, count

"""Rows that repeat others, values that occur, and frames in another order: told by declared values, after decryption.

Which row is the first of its value needs a running count a value and a comparison of it with 0: about log2(rows) levels for
every value on the server, and none where the reader's side does it. So these filters and orders are recipes
(:mod:`jupyterfhe.array.finish`) over the encrypted codes, without a level of depth: frames of them are shown, saved and
sliced, and neither summed nor grouped.
"""

import math

import numpy as np

from ..array.finish import finished, larger, node, number, smaller, stack, whole
from ..core.errors import ArgumentError
from .comparing import WHOLE
from .index import Index
from .order import occurring, rank
from .products import decided
from .refusal import Refused

NUMBERS_MAX = 1 << 22  # of all nodes of a recipe: more are not shown in notebooks (adr/0032)
REPEATS, PLACES = 12, 12  # arrays of rows times values, and of rows times rows, that recipes here make at most


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
    from .series import EncryptedSeries
    codes, sums = series._categories("unique"), series.sums()
    shown, valid, there = _labels(series, codes), None, occurring(codes, sums)
    if codes.valid is not None:
        gone = sums.count() - sums.count(codes)
        there = stack([*there, smaller(gone, 1.0)])
        shown, valid = [*shown, 0], np.arange(len(codes) + 1) < len(codes)
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
    codes, count = _combined(columns, "drop_duplicates")
    rows = len(columns[0].index)
    if rows * count * REPEATS > NUMBERS_MAX:
        raise Refused(f"which of {rows:,} rows repeat others, of {count:,} declared values",
                      f"At most {NUMBERS_MAX // REPEATS:,} rows times values: take fewer columns, or df.groupby(...).size().")
    kept = _kept(factors)
    alone = None
    for code in range(count):
        here = _equal(codes, code)
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


def _kept(factors):
    """Which rows filters left, as exact numbers; None without a filter."""
    found = decided(factors)
    return None if found is None else whole(found)


def _equal(a, b):
    """1 where two whole numbers are equal, else 0."""
    apart = finished(a) - b
    return larger(1.0 - apart * apart, 0.0)


def _combined(columns, what, rising=True):
    """(codes of the values of some columns together, how many there are); missing is a value of its own, the last one."""
    total, count = None, 1
    for series in columns:
        codes = series._categories(what)
        own, many = finished(codes.shown), len(codes)
        if not rising:
            own = (many - 1.0) - own
        if codes.valid is not None:
            valid = codes.valid.astype(float) if isinstance(codes.valid, np.ndarray) else whole(codes.valid)
            own, many = (own - float(many)) * valid + float(many), many + 1
        own = whole(own)
        total, count = own if total is None else total * float(many) + own, count * many
    return total, count


def sorted_by(frame, by, ascending=True):
    """A frame's rows in the order of some columns; equal ones as they stand, missing ones last.

    Parameters
    ----------
    frame : EncryptedFrame
        Of a few hundred rows: 547 of one column, 308 of sixteen.
    by : list of str
        Of declared values; or one column of any numbers, none missing.
    ascending : bool

    Returns
    -------
    EncryptedFrame
        On labels 0, 1, 2, ...: where each row came from is secret.

    Notes
    -----
    Cost: of declared values no level; else ranks, see :func:`jupyterfhe.frame.order.rank`. The reader's side puts the rows
    in order.
    """
    rows = len(frame.index)
    most = math.isqrt(NUMBERS_MAX // (PLACES + 2 * len(frame.columns)))
    if rows > most:
        raise Refused(f"sort_values of a frame of {rows:,} rows and {len(frame.columns)} columns, more than {most} rows",
                      "Take fewer columns, filter by nlargest, or sort after decryption.")
    columns = [frame._columns[n] if n in frame._columns else frame[n] for n in by]
    kept = _kept(frame.keep)
    at = _places(columns, rows, ascending, kept)
    here = _equal(at, np.arange(rows, dtype=float).reshape(rows, 1))  # row j of the matrix: which row comes to place j
    index = Index(range(rows))
    made = {n: _reordered(c, here, index) for n, c in frame._columns.items()}
    return frame.like(made, index, () if kept is None else ((here * kept).sum(),))


def _places(columns, rows, ascending, kept):
    """The place in order of each row, 0, 1, 2, ...; those that a filter left out are last."""
    first = columns[0]
    try:
        line, count = _combined(columns, "sort_values", ascending)
    except Refused:
        if len(columns) > 1 or first.kind not in ("float", *WHOLE):
            raise
        line, count = whole(rank(first, "first", ascending).rest), rows + 1
    if kept is not None:
        line = line + (1.0 - kept) * float(count)
    line = line * float(rows) + np.arange(float(rows))  # no two are equal: those that stand before are below
    return smaller(larger(line.reshape(rows, 1) - line, 0.0), 1.0).sum()


def _reordered(series, here, index):
    """A column by the matrix of places."""
    output = series.output()
    valid = None if output.valid is None else (here * output.valid).sum()
    out = type(series)(None, index, series.name, valid=valid, kind=series.kind, epoch=series.epoch,
                       categories=series.categories, source=series.source, late=(here * output.cells).sum())
    return out

"""Places in order of declared values, told after decryption: ranks, the largest rows, frames in order.

As rows that repeat others (repeats.py) these are recipes over the encrypted codes, without a level of depth. Under a filter,
and beside missing values, there is nothing else: what such rows hold in their slots would be ranked with the others.
"""

import math

import numpy as np

from ..array.finish import finished, larger, node, smaller, whole
from ..core.errors import ArgumentError
from .comparing import WHOLE
from .index import Index
from .order import rank
from .refusal import Refused
from .repeats import NUMBERS_MAX, REPEATS, combined, equal, kept_rows

PLACES = 12  # arrays of rows times rows that a recipe here makes at most
RANKS = ("average", "min", "max", "first", "dense")


def ranked(series, method="average", ascending=True):
    """Places in order from 1 on, of the rows that count; missing where the value is.

    Parameters
    ----------
    series : EncryptedSeries
        Of declared values.
    method : {'average', 'min', 'max', 'first', 'dense'}
    ascending : bool

    Returns
    -------
    EncryptedSeries

    Notes
    -----
    Cost: no level and no product; the reader's side takes about ten operations a row and value.
    """
    if method not in RANKS:
        raise Refused(f"ranks by method={method!r}", f"There are {', '.join(RANKS)}.")
    codes = series._categories("ranks")
    rows, kept, out = _rows(series, len(codes)), kept_rows(series.keep), None
    line, _ = combined([series], "ranks", [ascending])
    before = distinct = 0.0
    for code in range(len(codes)):
        here = _here(line, code, kept)
        upto = node("cumsum", here)
        count = upto[rows - 1]
        place = {"average": (count + 1.0) * 0.5 + before, "min": finished(before) + 1.0, "max": count + before,
                 "first": upto + before, "dense": finished(distinct) + 1.0}[method]
        part = here * place
        out = part if out is None else out + part
        before, distinct = count + before, smaller(count, 1.0) + distinct
    return series.like(None, kind="float", late=out)


def foremost(columns, n, side, keep, factors):
    """Where the n largest, or smallest, rows are; missing values come after all others.

    Parameters
    ----------
    columns : list of EncryptedSeries
        Of declared values; those behind decide among rows that are equal before.
    n : int
    side : {1, -1}
        1 for the largest.
    keep : {'first', 'last', 'all'}
        Which of equal rows count where not all do.
    factors : tuple
        Filters.

    Returns
    -------
    Finished of shape (rows,)
        1 or 0.
    """
    if keep not in ("first", "last", "all"):
        raise ArgumentError(f"keep is 'first', 'last' or 'all', not {keep!r}")
    line, count = combined(columns, "nlargest", [side < 0] * len(columns))
    rows, kept = _rows(columns[0], count), kept_rows(factors)
    before, out = 0.0, None
    for code in range(count):
        here = _here(line, code, kept)
        upto = node("cumsum", here)
        ahead = {"first": upto - 1.0, "last": upto[rows - 1] - upto, "all": 0.0}[keep] + finished(before)
        part = here * smaller(larger(float(n) - ahead, 0.0), 1.0)
        out = part if out is None else out + part
        before = upto[rows - 1] + before
    return out


def _rows(series, values):
    """How many rows, refused where a recipe of so many times values would be too long."""
    rows = len(series.index)
    if rows * values * REPEATS > NUMBERS_MAX:
        raise Refused(f"places of {rows:,} rows, of {values:,} declared values",
                      f"At most {NUMBERS_MAX // REPEATS:,} rows times values: take fewer columns, or df.groupby(...).size().")
    return rows


def _here(line, code, kept):
    """1 for rows of a code that count."""
    here = equal(line, code)
    return here if kept is None else here * kept


def sorted_by(frame, by, ascending=True, na_position="last"):
    """A frame's rows in the order of some columns; equal ones as they stand.

    Parameters
    ----------
    frame : EncryptedFrame
        Of a few hundred rows: 547 of one column, 308 of sixteen.
    by : list of str
        Of declared values; or one column of any numbers, none missing.
    ascending : bool or list of bool
        Of all columns, or of each.
    na_position : {'first', 'last'}

    Returns
    -------
    EncryptedFrame
        On labels 0, 1, 2, ...: where each row came from is secret.

    Notes
    -----
    Cost: of declared values no level; else ranks, see :func:`jupyterfhe.frame.order.rank`. The reader's side puts the rows
    in order.
    """
    rising = [ascending] * len(by) if isinstance(ascending, (bool, np.bool_)) else list(ascending)
    if len(rising) != len(by) or not by:
        raise ArgumentError(f"{len(rising)} directions for {len(by)} columns", "Give one, or one a column.")
    if na_position not in ("first", "last"):
        raise ArgumentError(f"na_position is 'first' or 'last', not {na_position!r}")
    rows = len(frame.index)
    most = math.isqrt(NUMBERS_MAX // (PLACES + 2 * len(frame.columns)))
    if rows > most:
        raise Refused(f"sort_values of a frame of {rows:,} rows and {len(frame.columns)} columns, more than {most} rows",
                      "Take fewer columns, filter by nlargest, or sort after decryption.")
    columns = [frame._columns[n] if n in frame._columns else frame[n] for n in by]
    kept = kept_rows(frame.keep)
    at = _places(columns, rows, rising, na_position == "first", kept)
    here = equal(at, np.arange(rows, dtype=float).reshape(rows, 1))  # row j of the matrix: which row comes to place j
    index = Index(range(rows))
    made = {n: _reordered(c, here, index) for n, c in frame._columns.items()}
    return frame.like(made, index, () if kept is None else ((here * kept).sum(),))


def _places(columns, rows, rising, missing_first, kept):
    """The place in order of each row, 0, 1, 2, ...; those that a filter left out are last."""
    first = columns[0]
    try:
        line, count = combined(columns, "sort_values", rising, missing_first)
    except Refused:
        if len(columns) > 1 or first.kind not in ("float", *WHOLE):
            raise
        line, count = whole(rank(first, "first", rising[0]).rest), rows + 1
    if kept is not None:
        line = line + (1.0 - kept) * float(count)
    line = line * float(rows) + np.arange(float(rows))  # no two are equal: those that stand before are below
    return smaller(larger(line.reshape(rows, 1) - line, 0.0), 1.0).sum()


def _reordered(series, here, index):
    """A column by the matrix of places."""
    output = series.output()
    valid = None if output.valid is None else (here * output.valid).sum()
    return type(series)(None, index, series.name, valid=valid, kind=series.kind, epoch=series.epoch,
                        categories=series.categories, source=series.source, late=(here * output.cells).sum())

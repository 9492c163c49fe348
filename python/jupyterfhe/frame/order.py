"""Quantiles, extremes and ranks of columns.

Of integers of a small declared range, quantiles take no comparison and no depth beyond masks: rows at each value or below are
counted under the filter, and the reader's side interpolates. With C_v rows at v or below, n rows, and pos = q (n - 1), the
quantile is ``low + sum over v of clamp(pos - C_v + 1, 0, 1)``: a step counts whole while C_v <= floor(pos), and by the fraction
of pos at the next row, which is pandas' linear interpolation. Other columns are ordered by all pairs, up to 1,024 rows.
"""

import numpy as np

from ..array.finish import at_least, finished, larger, node, number, smaller, stack, whole
from ..array.functions.order import rank as ranked
from ..array.twin import approximate
from ..plan import options
from .comparing import WHOLE, declared
from .refusal import Refused

QUARTERS = {"min": 0.0, "25%": 0.25, "50%": 0.5, "75%": 0.75, "max": 1.0}


def quantile(series, share, sums=None):
    """A quantile of what is there, linear between two values.

    Parameters
    ----------
    series : EncryptedSeries
    share : float
        In [0, 1].
    sums : Sums, optional
        Of a group's rows; the series' own by default.

    Returns
    -------
    Finished
        Undefined where nothing is there.
    """
    if not 0 <= share <= 1:
        raise ValueError("percentiles should all be in the interval [0, 1]. Try a number between them.")
    codes = declared(series._numbers("an order"))
    if codes is None:
        return _by_pairs(series, share, sums)
    sums, series = series.sums() if sums is None else sums, codes
    if codes not in sums.reached:
        found = [_count(sums, codes.indicator([i])) for i in range(len(codes) - 1)]
        sums.reached[codes] = node("cumsum", stack(found)) if found else None, _count(sums, codes.valid)
    reached, n = sums.reached[codes]
    low = float(codes.labels[0])
    if reached is None:
        return at_least(n, 1, number(low))
    place = (n - 1.0) * float(share) + 1.0
    steps = smaller(larger(place - reached, 0.0), 1.0)
    return at_least(n, 1, steps.sum() + low)


def _count(sums, mask):
    found = sums._sum(*(() if mask is None else (mask,)))
    return number(found) if isinstance(found, float) else whole(found)


def _by_pairs(series, share, sums):
    """A quantile of a short column of any numbers, as an encrypted number."""
    if sums is not None or series.valid is not None or series.keep:
        raise Refused(f"a quantile of part of {series.name!r}: its values are not declared",
                      "Encrypt it as integers of a range of at most 128, in a coarser unit; or cut it: jf.cut(s, edges).")
    with _resolved(series):
        return finished(np.quantile(series.values, share))


def _resolved(series):
    """Whole numbers differ by 1 whatever is promised."""
    return options.set(resolution=1.0 if series.kind in WHOLE else options.resolution)


def summary(columns, sums):
    """Whether quantiles of all columns are counts: what ``describe`` shows of them.

    Parameters
    ----------
    columns : iterable of EncryptedSeries
    sums : Sums

    Returns
    -------
    dict of str to float
        Names and shares; none where a column is not declared.
    """
    return QUARTERS if all(declared(c) is not None for c in columns) else {}


def distinct(series, sums=None):
    """How many declared values are there.

    Parameters
    ----------
    series : EncryptedSeries
    sums : Sums, optional

    Returns
    -------
    Finished
        An integer.
    """
    return occurring(series._categories("nunique"), series.sums() if sums is None else sums).sum()


def occurring(codes, sums):
    """Whether each declared value is there.

    Parameters
    ----------
    codes : EncryptedCategorical
    sums : Sums

    Returns
    -------
    Finished of shape (values,)
        1 or 0.
    """
    return stack([smaller(_count(sums, codes.indicator([i])), 1.0) for i in range(len(codes))])


def rank(series, method="average", ascending=True):
    """Places in order from 1 on.

    Parameters
    ----------
    series : EncryptedSeries
        Of at most 1,024 rows, none missing or filtered out.
    method : {'average', 'min', 'max', 'first'}
    ascending : bool

    Returns
    -------
    EncryptedSeries
    """
    values = series._numbers("ranks").values
    with _resolved(series):
        return series.like(ranked(values if ascending else -values, method), kind="float")


def sort_values(series, ascending=True):
    """Values in order, on labels 0, 1, 2, ...: where each came from is secret.

    Parameters
    ----------
    series : EncryptedSeries
        As of :func:`rank`.
    ascending : bool

    Returns
    -------
    EncryptedSeries
    """
    from .series import EncryptedSeries
    values = series._numbers("sorting").values
    with _resolved(series):
        found = np.sort(values) if ascending else -np.sort(-values)
    return EncryptedSeries(found, None, series.name, kind=series.kind, epoch=series.epoch)


def largest(series, n, side):
    """Where the n largest, or smallest, values are; of equal ones the first.

    Parameters
    ----------
    series : EncryptedSeries
        As of :func:`rank`.
    n : int
    side : {1, -1}
        1 for the largest.

    Returns
    -------
    EncryptedArray of shape (rows,)
        1 or 0.
    """
    from ..array import ranks
    from ..array.approximation.places import weighed
    values = approximate(series._numbers("order").values) * float(-side)  # so that the first of equal ones come first
    rows = len(values)
    with _resolved(series):
        return ranks.one(values, weighed(ranks.counted(values), [float(k < n) for k in range(rows)])[0])

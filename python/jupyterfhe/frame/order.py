"""Quantiles, extremes and ranks of columns.

Of integers of a small declared range, quantiles take no comparison and no depth beyond masks: rows at each value or below are
counted under the filter, and the reader's side interpolates. With C_v rows at v or below, n rows, and pos = q (n - 1), the
quantile is ``low + sum over v of clamp(pos - C_v + 1, 0, 1)``: a step counts whole while C_v <= floor(pos), and by the fraction
of pos at the next row, which is pandas' linear interpolation. Other columns are ordered by all pairs, up to 1,024 rows.
"""

import numpy as np

from ..array.finish import at_least, finished, larger, node, number, smaller, sqrt, stack, whole
from ..array.functions.order import rank as ranked
from ..array.twin import approximate
from ..core.errors import DepthError
from ..plan import options
from .comparing import WHOLE, declared
from .refusal import Refused

QUARTERS = (0.25, 0.5, 0.75)


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
    part = sums is not None and (sums.keep or sums.group)
    if part or series.valid is not None or series.keep:
        raise Refused(f"a quantile of part of {series.name!r}: its values are not declared",
                      "Encrypt it as integers of a range of at most 128, in a coarser unit; or cut it: jf.cut(s, edges).")
    with _resolved(series):
        return finished(np.quantile(series.values, share))


def _resolved(series):
    """Whole numbers differ by 1 whatever is promised."""
    return options.set(resolution=1.0 if series.kind in WHOLE else options.resolution)


def summary(columns, shares=None):
    """Whether quantiles of a column at least are counts: what ``describe`` shows of it, and not of the others.

    Parameters
    ----------
    columns : iterable of EncryptedSeries
    shares : sequence of float, optional
        Beside the extremes; the quartiles by default.

    Returns
    -------
    dict of str to float
        Names and shares; none where no column is declared.
    """
    if all(declared(c) is None for c in columns):
        return {}
    between = sorted({float(x) for x in (QUARTERS if shares is None else shares)})
    return {"min": 0.0} | {f"{100 * x:g}%": x for x in between} | {"max": 1.0}


def described(series, sums, shares):
    """A column's count, mean and deviation, and quantiles: undefined where it is not declared.

    Parameters
    ----------
    series : EncryptedSeries
    sums : Sums
    shares : list of float

    Returns
    -------
    list of Finished
    """
    known = declared(series) is not None
    last = [quantile(series, x, sums) if known else at_least(number(0.0), 1, number(0.0)) for x in shares]
    return [sums.count(series), sums.mean(series), sqrt(sums.variance(series)), *last]


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
    return stack([smaller(c, 1.0) for c in counted(codes, sums)])


def counted(codes, sums):
    """How many rows have each declared value.

    Parameters
    ----------
    codes : EncryptedCategorical
    sums : Sums

    Returns
    -------
    list of Finished
        Integers.
    """
    return [_count(sums, codes.indicator([i])) for i in range(len(codes))]


def rank(series, method="average", ascending=True):
    """Places in order from 1 on.

    Parameters
    ----------
    series : EncryptedSeries
        Of at most 1,024 rows, none missing or filtered out; or of declared values, whose places are told at decryption where
        some are, and by 'dense'.
    method : {'average', 'min', 'max', 'first', 'dense'}
    ascending : bool

    Returns
    -------
    EncryptedSeries
    """
    if _told_later(series._numbers("ranks")) or (method == "dense" and declared(series) is not None):
        from .places import ranked as told
        return told(series, method, ascending)
    values = series._numbers("ranks").values
    with _resolved(series):
        return series.like(ranked(values if ascending else -values, method), kind="float")


def _told_later(series):
    """Whether only declared values say where rows stand: some may be missing, or filtered out."""
    return (series.valid is not None or bool(series.keep)) and declared(series) is not None


def sort_values(series, ascending=True, na_position="last"):
    """Values in order, on labels 0, 1, 2, ...: where each came from is secret.

    Parameters
    ----------
    series : EncryptedSeries
        As of :func:`rank`; or a category, in the order of its labels.
    ascending : bool
    na_position : {'first', 'last'}

    Returns
    -------
    EncryptedSeries
    """
    from .series import EncryptedSeries
    if series.kind == "category" or _told_later(series):
        from .frame import EncryptedFrame
        name = series.name or "value"
        frame = EncryptedFrame({name: series.rename(name)}, series.index, series.keep)
        return frame.sort_values(name, ascending, na_position)[name].rename(series.name)
    values = series._numbers("sorting").values
    with _resolved(series):
        found = np.sort(values) if ascending else -np.sort(-values)
    return EncryptedSeries(found, None, series.name, kind=series.kind, epoch=series.epoch)


def largest(columns, n, side, keep="first"):
    """A filter of the n largest, or smallest, rows.

    Parameters
    ----------
    columns : list of EncryptedSeries
        One as of :func:`rank`; or several of declared values.
    n : int
    side : {1, -1}
        1 for the largest.
    keep : {'first', 'last', 'all'}
        Which of equal rows count where not all do.

    Returns
    -------
    EncryptedArray of shape (rows,), ndarray of bool, or Finished
        1 or 0; told at decryption of several columns, where values may be missing, and where levels lack.
    """
    from .places import foremost
    series, rows = columns[0], len(columns[0].index)
    if n <= 0 or (n >= rows and not series.keep):
        return np.full(rows, n > 0)
    told = len(columns) > 1 or keep != "first" or _told_later(series)
    try:
        return foremost(columns, n, side, keep, series.keep) if told else _largest_of_all(series, n, side)
    except DepthError:
        if declared(series) is None:
            raise
        return foremost(columns, n, side, keep, series.keep)


def _largest_of_all(series, n, side):
    """The same by signs of all pairs, under encryption."""
    from ..array import ranks
    from ..array.approximation.places import weighed
    values = approximate(series._numbers("order").values) * float(-side)  # so that the first of equal ones come first
    rows = len(values)
    with _resolved(series):
        return ranks.one(values, weighed(ranks.counted(values), [float(k < n) for k in range(rows)])[0])

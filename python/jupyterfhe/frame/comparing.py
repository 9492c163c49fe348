"""Order of a column's values and public numbers, or another column's: by declared values where there are few, else by signs."""

import datetime
import math
import numbers

import numpy as np

from ..array.approximation.signs import expected, signs
from ..core.errors import ArgumentError
from ..plan import options
from .categorical import integers
from .refusal import Refused

OPERATORS = {"lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}
FEW = 16  # declared values up to which one polynomial is as sharp as a sign
SHARP = 3e-5  # off by more, a sign is no better than a polynomial
COUNTED = 2.0**-5  # what signs may be off a count of all slots, wherever levels suffice
SPARE = 3  # levels for products of masks, and their sums
NEAR = 2.0**-40  # what halves of whole numbers are rounded by
WHOLE = ("int", "bool", "date", "datetime")  # of which two differ by 1 at least: days, seconds


def compared(series, other, name):
    """Where a column is below, or above, something; False where it is missing, as pandas has it.

    Parameters
    ----------
    series : EncryptedSeries
    other : number, date or EncryptedSeries
    name : {'lt', 'le', 'gt', 'ge'}

    Returns
    -------
    EncryptedSeries
        Of truth values.

    Raises
    ------
    Refused
        For floats without ``jf.options.resolution``; for categories.

    Notes
    -----
    Cost: of integers of a declared range of at most 128, and of truth values, a polynomial of about log2 of their number in
    levels; else a sign. One product more where values may be missing.
    """
    if hasattr(other, "rest") or hasattr(other, "late"):
        return _with_series(series, other, name)
    bound = public(series, other)
    codes = _days(series) if series.kind == "date" else declared(series)
    if codes is not None:
        chosen = [i for i, label in enumerate(codes.labels) if OPERATORS[name](label, bound)]
        told = _sharply(series, codes, chosen)
        return series.like(codes.indicator(chosen), valid=None, kind="bool") if told is None else _where(series, told)
    return _told(series, bound, name)


def declared(series):
    """Codes of integers or truth values of a small declared range; None for others.

    Parameters
    ----------
    series : EncryptedSeries

    Returns
    -------
    EncryptedCategorical or None
    """
    if series.kind not in ("int", "bool") or series.late is not None:
        return None
    try:
        return series._categories("order")
    except Refused:
        return None


def _days(series):
    """Days of a small declared range as codes; None for others."""
    if series.late is not None or getattr(series.rest, "exact", False):
        return None
    return integers(series)


def public(series, other):
    """A public number, or a date in the column's own count.

    Parameters
    ----------
    series : EncryptedSeries
    other : object

    Returns
    -------
    float
    """
    if series.kind == "category":
        raise Refused(f"an order of the category {series.name!r}", "Compare with ==, isin; or encrypt ranks as integers.")
    if series.kind in ("date", "datetime"):
        if isinstance(other, str):
            other = datetime.datetime.fromisoformat(other)
        if not isinstance(other, datetime.date):
            raise ArgumentError(f"{series.name!r} holds dates", "Compare with a datetime.date, or a text such as '2024-05-31'.")
        start = datetime.datetime.fromisoformat(series.epoch)
        moment = other if isinstance(other, datetime.datetime) else datetime.datetime.combine(other, datetime.time())
        return (moment - start) / datetime.timedelta(days=1 if series.kind == "date" else 0, seconds=int(series.kind != "date"))
    if not isinstance(other, numbers.Real) or not math.isfinite(other):
        raise ArgumentError(f"{series.name!r} is compared with numbers, or with another column", "Give a finite number.")
    return float(other)


def _with_series(a, b, name):
    for s in (a, b):
        if s.kind == "category":
            raise Refused(f"an order of the category {s.name!r}", "Compare with ==, isin; or encrypt ranks as integers.")
    if a.index != b.index or a.keep != b.keep:
        raise Refused("two columns of different rows", "Align them first, and filter both alike.")
    apart = a - b
    kind = "int" if a.kind in WHOLE and b.kind in WHOLE else "float"
    return _told(apart.like(apart.rest, kind=kind, offset=apart.offset), 0.0, name)


def _told(series, bound, name):
    """Signs of a column's distances from a public number, and what is missing left out."""
    rest = series.rest
    if getattr(rest, "exact", False):
        truth = _ordered(rest, bound - series.offset, name) * 1
    elif series.kind in WHOLE:  # x > 3.5 is x > 3, and so on: the number next to the bound leaves room for a sign
        step = math.ceil if name in ("ge", "lt") else math.floor
        with options.set(resolution=1.0):
            truth = _ordered(rest, step(bound) - series.offset, name).astype(float)
    else:
        truth = _ordered(rest, bound - series.offset, name).astype(float)
    return _where(series, truth)


def _sharply(series, codes, chosen):
    """Truth by a sign, where a polynomial through so many declared values would be off too far to count rows; None elsewhere.

    The engine bounds what a polynomial makes of an error by sums over its coefficients: 5e-3 for 63 values. A composition's
    parts are settled in between, and off by 1e-6.
    """
    rest, count = series.rest, len(codes)
    if getattr(rest, "exact", False) or count <= FEW or not 0 < len(chosen) < count:
        return None
    upper = chosen[-1] == count - 1
    apart = rest - (float(codes.labels[chosen[0] if upper else chosen[-1] + 1]) - 0.5 - series.offset)
    goal = min(SHARP, COUNTED / sum(s.length + s.behind for s in rest.strips.flat))
    off = expected(apart, 0.5, SPARE, goal)
    if off > SHARP:  # more levels than there are
        return None
    told = signs(apart, 0.5 * (1 - NEAR), spare=SPARE, goal=goal if off <= goal else SHARP, summed=True)
    return (told + 1.0) * 0.5 if upper else (1.0 - told) * 0.5


def _where(series, truth):
    """Truth values, and what is missing left out."""
    valid = series.valid
    if valid is None:
        return series.like(truth, valid=None, kind="bool")
    there = valid.astype(float) if isinstance(valid, np.ndarray) else valid
    return series.like(None, valid=None, kind="bool", factors=(truth, there))


def _ordered(rest, bound, name):
    return OPERATORS[name](rest, bound)

"""Functions of a column, number by number; what is missing stays missing."""

import numbers

import numpy as np

from ..array.lut import lut
from ..core.errors import ArgumentError
from .products import product
from .refusal import Refused

KINDS = ("float", "int", "bool")


def applied(series, function, name, kind=None):
    """A function of the array's, of every number of a column.

    Parameters
    ----------
    series : EncryptedSeries
        Of numbers or truth values.
    function : callable of EncryptedArray
        Of the same shape.
    name : str
        For the refusal.
    kind : str, optional
        Of what comes out; the column's own by default.

    Returns
    -------
    EncryptedSeries

    Notes
    -----
    Cost: the function's, and a product where values may be missing: what their slots hold may be near a step.
    """
    if series.kind not in KINDS:
        raise Refused(f"{name} of the {series.kind} column {series.name!r}", "Of numbers and truth values alone.")
    found = function(series.rest + series.offset if series.offset else series.rest)
    kind = kind or ("int" if series.kind == "bool" else series.kind)
    return series.like(found if series.valid is None else product([found, series.valid]), kind=kind)


def clipped(series, lower, upper):
    """Numbers cut off at public ends.

    Parameters
    ----------
    series : EncryptedSeries
    lower, upper : float or None

    Returns
    -------
    EncryptedSeries
    """
    ends = [e for e in (lower, upper) if e is not None]
    if not all(isinstance(e, numbers.Real) for e in ends):
        raise Refused("clip at ends that are encrypted, or one a row", "Public numbers; or s.where(s < other, other).")
    if not ends:
        return series.like(series.rest, offset=series.offset, kind=series.kind)
    whole = all(float(e).is_integer() for e in ends)
    return applied(series, lambda x: np.clip(x, lower, upper), "clip", None if whole else "float")


def stepped(series, by, function, name):
    """A quotient's whole part, or what a division leaves, by a public number.

    Parameters
    ----------
    series : EncryptedSeries
    by : float
    function : callable
        np.floor_divide or np.remainder.
    name : str

    Returns
    -------
    EncryptedSeries
    """
    if not isinstance(by, numbers.Real):
        raise Refused(f"{name} by what is no public number", "Divide by a public number; or after decryption.")
    kind = "int" if series.kind != "float" and float(by).is_integer() else "float"
    return applied(series, lambda x: function(x, by), name, kind)


def looked_up(series, table):
    """What a Python function, or a dict, makes of every declared value: a table that is looked up.

    Parameters
    ----------
    series : EncryptedSeries
        Of integers or truth values, or a category whose labels are public.
    table : callable or dict
        Of a value, to a number; called here, in the clear, once for each declared one.

    Returns
    -------
    EncryptedSeries

    Notes
    -----
    Cost: that of :func:`jupyterfhe.lut`. Reveals: the table.
    """
    numbers_of, labels, first = _declared(series)
    if isinstance(table, dict):
        lacking = [v for v in labels if v not in table]
        if lacking:
            raise ArgumentError(f"map of {series.name!r}: the dict has no {lacking[0]!r}", "Every declared value has one.")
        wanted = [table[v] for v in labels]
    else:
        wanted = [table(v) for v in labels]
    found = lut(lambda k: wanted[k - first], range(first, first + len(wanted)))(numbers_of)
    kind = {"b": "bool", "i": "int"}.get(found.dtype.kind, "int" if all(w == int(w) for w in wanted) else "float")
    found = found * 1 if kind == "bool" and found.exact else found.astype(float) if kind == "bool" else found
    return series.like(found if series.valid is None else product([found, series.valid]), kind=kind)


def _declared(series):
    """(numbers, their declared values in order, the first number) of a column that a table can be made for."""
    if series.kind == "category":
        codes = series.codes
        if codes.labels is None:
            raise Refused(f"map of the category {series.name!r}, whose labels the owner kept",
                          "Compute with its codes: (df.c == 3) * 2.5.")
        return codes.array, codes.labels, 0
    if series.kind not in ("int", "bool"):
        raise Refused(f"map of the {series.kind} column {series.name!r}: its values are not declared",
                      "Functions of numpy take any numbers, np.exp(s); jf.cut(s, edges) makes categories of them.")
    x = series.rest + series.offset if series.offset else series.rest
    low, high = (round(end) for end in x.bounds)
    values = range(low, high + 1)
    return x, [bool(v) for v in values] if series.kind == "bool" else values, low


def chosen(series, condition, other=None):
    """Numbers where a condition holds, others elsewhere.

    Parameters
    ----------
    series : EncryptedSeries
    condition : EncryptedSeries
        Of truth values.
    other : float or EncryptedSeries, optional
        Nothing, as pandas has it, by default: these rows are missing then.

    Returns
    -------
    EncryptedSeries

    Notes
    -----
    Cost: a product beyond the condition's levels, and another for which are there where values may be missing.
    """
    if series.kind not in KINDS:
        raise Refused(f"where of the {series.kind} column {series.name!r}", "Of numbers and truth values alone.")
    truth = series._same_rows(condition)._truths("where")
    factors = truth.factors or (truth.rest,)
    if other is None:
        return series.like(product([series.filled, *factors]), valid=product([series.valid, *factors]), kind=series.kind)
    if isinstance(other, numbers.Real):
        moved = series.filled - float(other) * (1.0 if series.valid is None else series._valid_numbers)
        kind = "int" if series.kind == "int" and float(other).is_integer() else "float"
        there = _there(series.valid, truth.rest, None)
        return series.like(product([moved, *factors]), offset=float(other), valid=there, kind=kind)
    if not hasattr(other, "rest"):
        raise ArgumentError("where takes a public number or another encrypted column beside its condition")
    if other.index != series.index or other.keep != series.keep or other.kind not in KINDS:
        raise Refused("where of two columns of different rows, or of no numbers", "Align them first, and filter both alike.")
    taken = other.filled + product([series.filled - other.filled, *factors])
    kind = "float" if "float" in (series.kind, other.kind) else "int"
    return series.like(taken, valid=_there(series.valid, truth.rest, other.valid), kind=kind)


def _there(mine, truth, theirs):
    """Where a value is there, of one column where a condition holds and another's elsewhere."""
    if mine is None and theirs is None:
        return None
    gone = [] if mine is None else [product([1.0 - _numbers(mine), truth])]
    gone += [] if theirs is None else [product([1.0 - _numbers(theirs), 1.0 - truth])]
    return 1.0 - (gone[0] if len(gone) == 1 else gone[0] + gone[1])


def _numbers(valid):
    """A mask as numbers."""
    return valid.astype(float) if isinstance(valid, np.ndarray) else valid

"""Arithmetic of series: with numbers, with each other on a public index, missing where either is missing."""

import numbers

import numpy as np

from ..array import EncryptedArray
from ..array.finish import Finished, node
from ..array.registry import UFUNCS as ARRAYS
from .elementwise import applied
from .products import product
from .refusal import Refused
from .windows import reindex

DAYS = ("date", "datetime")
UFUNCS = {np.add: "add", np.subtract: "sub", np.multiply: "mul", np.divide: "div"}


def binary(a, b, name, swapped=False):
    """``a op b``, or ``b op a`` where swapped.

    Parameters
    ----------
    a : EncryptedSeries
    b : EncryptedSeries, EncryptedScalar, Finished, or public numbers
    name : {'add', 'sub', 'mul', 'div'}
    swapped : bool, default=False

    Returns
    -------
    EncryptedSeries
        Refused where rows, filters or kinds do not go together.
    """
    if hasattr(b, "late"):
        return _series(*((b, a) if swapped else (a, b)), name)
    kind = _kind(a.kind, None, name, swapped)
    if isinstance(b, Finished) or a.late is not None or (isinstance(b, EncryptedArray) and name == "div"):
        args = (b, a.cells) if swapped else (a.cells, b)
        return a.like(None, late=node(name, *args), valid=a.valid, kind=kind)
    if isinstance(b, EncryptedArray):
        return _with_scalar(a, b, name, swapped, kind)
    return _with_public(a, b, name, swapped, kind)


def _kind(a, b, name, swapped):
    """The result's kind; dates are moved by numbers, and taken from each other."""
    if "category" in (a, b):
        raise Refused("arithmetic of categories", "df.get_dummies gives 0/1 columns.")
    if a in DAYS or b in DAYS:
        if name == "sub" and a == b:
            return "float"
        if name in ("add", "sub") and None in (a, b) and not (name == "sub" and swapped):
            return a or b
        raise Refused(f"{name} of a {a if a in DAYS else b}", "Dates are moved by numbers, and subtracted from each other.")
    return "int" if name != "div" and {a, b} <= {"int", "bool", None} and (b is not None) else "float"


def _with_scalar(a, b, name, swapped, kind):
    """With one encrypted number."""
    if b.ndim:
        raise Refused("an encrypted array beside a series", "Make it a series on the same index: EncryptedSeries(array, "
                      "s.index).")
    if name == "mul":
        return a.like(a.filled * b, kind=kind)
    there = 1.0 if a.valid is None else a._valid_numbers
    moved = there * b
    if name == "add":
        return a.like(a.filled + moved, kind=kind, epoch=a.epoch)
    return a.like(moved - a.filled if swapped else a.filled - moved, kind=kind, epoch=a.epoch)


def _with_public(a, b, name, swapped, kind):
    """With a public number or one a row: masks stay, `offset` takes what is the same for all."""
    single = isinstance(b, numbers.Number) and not isinstance(b, complex)
    if not single:
        b = np.asarray(b, dtype=float)
        if b.shape != (len(a.index),):
            raise ValueError(f"{b.shape} numbers for {len(a.index)} rows")
    if name == "div":
        if swapped:
            return a.like(None, late=node("div", b, a.cells), kind=kind)
        b, name = 1.0 / b, "mul"
    if name == "mul":
        return a.like(a.rest * b, offset=a.offset * float(b), kind=_scaled_kind(a, b)) if single else a.like(a.filled * b,
                                                                                                             kind=kind)
    sign = -1.0 if name == "sub" else 1.0
    kept = {"kind": kind if not (single and kind == "float" and a.kind == "int" and float(b).is_integer()) else "int",
            "epoch": a.epoch if kind in DAYS else None}
    if single:
        if swapped and name == "sub":
            return a.like(-a.rest, offset=float(b) - a.offset, **kept)
        return a.like(a.rest, offset=a.offset + sign * float(b), **kept)
    shown = b if a.valid is None else b * a._valid_numbers
    if swapped and name == "sub":
        return a.like(shown - a.filled, **kept)
    return a.like(a.filled + sign * shown, **kept)


def _scaled_kind(a, b):
    return "int" if a.kind in ("int", "bool") and float(b).is_integer() else "float"


def _series(a, b, name):
    """Of two series; rows of a label that one lacks are missing."""
    kind = _kind(a.kind, b.kind, name, False)
    if a.keep != b.keep:
        raise Refused("two series under different filters", "Compute before filtering, then filter the result.")
    if a.index != b.index:
        both = a.index.union(b.index)
        a, b = reindex(a, both), reindex(b, both)
    valid = a.valid if a.valid is b.valid else product([a.valid, b.valid])
    if name == "div" or a.late is not None or b.late is not None:
        return a.like(None, late=node(name, a.cells, b.cells), valid=valid, kind=kind)
    if a.kind in DAYS and b.kind in DAYS and a.epoch != b.epoch:
        b = b + _apart(b, a)
    if name == "mul":
        if a.valid is None and b.valid is None:
            cross = a.rest * b.rest
            cross = cross + b.offset * a.rest if b.offset else cross
            cross = cross + a.offset * b.rest if a.offset else cross
            return a.like(cross, offset=a.offset * b.offset, kind=kind)
        return a.like(a.filled * b.filled, valid=valid, kind=kind)
    sign = 1.0 if name == "add" else -1.0
    rest = a.rest + b.rest if name == "add" else a.rest - b.rest
    if a.valid is not b.valid:
        rest = product([rest, valid])  # where one is missing the other's rest stands there
    return a.like(rest, valid=valid, offset=a.offset + sign * b.offset, kind=kind)


def _apart(b, a):
    """What turns b's epoch into a's."""
    import datetime
    days = (datetime.date.fromisoformat(b.epoch) - datetime.date.fromisoformat(a.epoch)).days
    return days if a.kind == "date" else 86400 * days


def ufunc_of(series, ufunc, method, inputs, out, options):
    """Arithmetic and roots of numpy, of series.

    Parameters
    ----------
    series : EncryptedSeries
    ufunc : numpy.ufunc
    method : str
    inputs : tuple
    out, options : object
        Refused.

    Returns
    -------
    EncryptedSeries
    """
    if method == "__call__" and out is None and not options:
        if ufunc in UFUNCS and len(inputs) == 2:
            first = inputs[0] is series
            return binary(series, inputs[1] if first else inputs[0], UFUNCS[ufunc], not first)
        if ufunc is np.sqrt:
            return series.like(None, late=node("sqrt", series.cells))
        if ufunc is np.square:
            return series**2
        if ufunc is np.negative:
            return -series
        if len(inputs) == 1 and ufunc in ARRAYS:
            return applied(series, ufunc, f"np.{ufunc.__name__}", "float")
    raise Refused(f"np.{ufunc.__name__} of an encrypted series", "Use its array where nothing is missing: np.exp(s.values); or "
                  "after "
                  "decryption.")

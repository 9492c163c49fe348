"""Public operands: Python's numbers and numpy's arrays as doubles, with what was lost on the way."""

import numbers
from decimal import Decimal
from fractions import Fraction

import numpy as np

from ..core.errors import InvalidValueError
from .interval import EPS

EXACT = 2**53  # integers up to here are doubles


def public(x):
    """A public operand as an array of doubles, complex doubles or truth values.

    Parameters
    ----------
    x : number, Fraction, Decimal or array_like of them

    Returns
    -------
    (ndarray, float) or None
        The array and a bound on the relative distance of its numbers from `x`; None for what are no numbers.

    Raises
    ------
    InvalidValueError
        For NaN and infinity.
    """
    if not isinstance(x, (numbers.Number, np.ndarray, np.generic, list, tuple, Decimal)):
        return None
    array = np.asarray(x)
    slip = 0.0
    if array.dtype.kind == "O":
        if not all(isinstance(v, (int, float, complex, Fraction, Decimal, np.number)) for v in array.flat):
            return None
        kind = complex if any(isinstance(v, (complex, np.complexfloating)) for v in array.flat) else float
        array, slip = _converted(array, kind), EPS
    elif array.dtype.kind in "iu":
        slip = EPS if array.size and (int(array.max()) > EXACT or int(array.min()) < -EXACT) else 0.0
        array = array.astype(np.float64)
    elif array.dtype.kind in "fc":
        wide = np.complex128 if array.dtype.kind == "c" else np.float64
        slip = EPS if array.dtype.itemsize > np.dtype(wide).itemsize else 0.0
        array = array.astype(wide, copy=False)
    elif array.dtype.kind != "b":
        return None
    if not np.all(np.isfinite(array)):
        raise InvalidValueError("a public operand holds NaN or infinity",
                                "Replace such entries first, for instance with numpy.nan_to_num.")
    return array, slip


def _converted(array, kind):
    """Python's own conversion of every entry; it rounds to nearest."""
    try:
        return np.array([kind(v) for v in array.flat], dtype=kind).reshape(array.shape)
    except OverflowError:
        raise InvalidValueError("a public operand is beyond the doubles", "Change the units.") from None


def number(c):
    """A Python number of a numpy one."""
    return complex(c) if np.iscomplexobj(c) else float(c)

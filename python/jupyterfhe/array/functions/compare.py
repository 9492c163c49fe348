"""Comparisons of encrypted numbers: signs of differences, as far as the caller says how much numbers that differ differ."""

import numpy as np

from ...core.errors import DepthError
from ...plan import options
from ...plan.notes import ASSUMED, note
from ..approximation import signs
from ..approximation.signs import WIDER
from ..refusal import Refused
from ..registry import ufunc
from ..ufuncs import BOOL, FLOAT, add, is_encrypted, multiply, operands, subtract

UNSURE = 0.5  # a truth value that is off by more may be the other one
SPARE = 1  # levels left where that costs no precision: truth values are made to be multiplied with
NEAR = 2.0**-40  # the gap is narrower by this share, for the rounding of half a resolution


@ufunc(np.greater)
def greater(x, y):
    """Whether x > y: one sign of x - y, shifted by half of ``options.resolution``."""
    return _whether(x, y, -1)


@ufunc(np.greater_equal)
def greater_equal(x, y):
    """Whether x >= y."""
    return _whether(x, y, 1)


@ufunc(np.less)
def less(x, y):
    """Whether x < y."""
    return _whether(y, x, -1)


@ufunc(np.less_equal)
def less_equal(x, y):
    """Whether x <= y."""
    return _whether(y, x, 1)


@ufunc(np.equal)
def equal(x, y):
    """Whether x = y: neither below nor above, two signs."""
    inside, above = _whether(x, y, 1), _whether(x, y, -1)
    return inside if inside is NotImplemented else _truth(subtract(inside.astype(FLOAT), above.astype(FLOAT)))


@ufunc(np.not_equal)
def not_equal(x, y):
    """Whether x and y differ."""
    same = equal(x, y)
    return same if same is NotImplemented else _truth(subtract(1.0, same.astype(FLOAT)))


def _whether(x, y, side):
    """Whether x - y, moved half a resolution up (1) or down (-1), is above 0."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = (_number(p) for p in parts)
    apart = subtract(a, b)
    if apart.dtype.kind == "c":
        raise Refused("an order of complex numbers", "Compare .real, .imag or np.abs.")
    low, high = apart.bounds
    if low > 0 or high < 0:
        return _truth(add(multiply(apart, 0.0), float(low > 0)))
    step = _resolution(parts)
    for value in apart.values:
        note(value, f"{ASSUMED}compared numbers that differ, differ by {step:g} or more")
    if (low if side > 0 else -high) > -step * (1 - NEAR):  # none is below, or above, but by less than any may differ
        return _truth(add(multiply(apart, 0.0), float(side > 0)))
    told = signs(add(apart, side * step / 2), step / 2 * (1 - NEAR), spare=SPARE)
    return _truth(multiply(add(told, 1.0), 0.5))


def _number(part):
    """An operand as numbers; truth values as 0 and 1."""
    if is_encrypted(part):
        return part.astype(FLOAT) if part.dtype == BOOL else part
    array = part[0]
    return array.astype(FLOAT) if array.dtype == BOOL else array


def _resolution(parts):
    if all((p.dtype if is_encrypted(p) else p[0].dtype) == BOOL for p in parts):
        return 1.0
    if options.resolution is None:
        raise Refused("comparing encrypted numbers that may be as near to each other as they like",
                      "Say how much two of them differ at least if they differ at all, for instance jf.options.resolution = 1 "
                      "for whole numbers, 0.01 for cents; or encrypt whole numbers with exact=True.")
    return float(options.resolution)


def _truth(array):
    """Numbers near 0 and 1 as truth values; refused where nobody could tell which."""
    off = max((s.drift for s in array.strips.flat), default=0.0)
    if off >= UNSURE:
        raise DepthError(f"truth values would be known to {off:.2g} only with the levels left", WIDER)
    return array.like(dtype=np.dtype(bool))

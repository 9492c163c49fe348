"""Public numbers beside exact integers: rationals, and integers of a common unit."""

import math
from fractions import Fraction

import numpy as np

from ..core import errors
from .refusal import Refused

UNIT_BITS = 20  # public vectors of floats are taken where so many binary places make integers of them
WIDE = 2**62  # what a public vector of integers may reach


def rational(c, slip=0.0):
    """A public number as an exact rational.

    Parameters
    ----------
    c : int, float or Fraction
    slip : float, default=0.0
        Distance from what was given, as :func:`jupyterfhe.array.operand.public` says.
    """
    if isinstance(c, complex):
        raise Refused("complex numbers beside exact integers", "Encrypt the integers approximately: exact=False.")
    if slip:
        raise Refused("a public number that no double holds beside exact integers",
                      "Give an integer up to 2^53, or a float, whose value is taken as it is.")
    return Fraction(c)


def rational_gcd(*numbers):
    """The largest rational of which all are whole multiples; 1 when all are 0."""
    out = Fraction(0)
    for x in map(abs, map(Fraction, numbers)):
        out = Fraction(math.gcd(out.numerator * x.denominator, x.numerator * out.denominator), out.denominator * x.denominator)
    return out or Fraction(1)


def integers(v, slip=0.0):
    """A public vector as integers and their unit, a power of two.

    Parameters
    ----------
    v : ndarray of float64 or int64
    slip : float, default=0.0

    Returns
    -------
    (ndarray of int64, Fraction)

    Raises
    ------
    Refused
        For numbers that no few binary places hold.
    """
    if slip or v.dtype.kind == "c":
        rational(1j if v.dtype.kind == "c" else 0, slip)
    scaled, places = np.asarray(v), 0
    while places <= UNIT_BITS and not np.array_equal(scaled, np.rint(scaled)):
        places += 4
        scaled = np.asarray(v) * 2.0**places
    if places > UNIT_BITS or np.abs(scaled).max() >= WIDE:
        raise Refused("a public vector of fractions beside exact integers",
                      "Round it to integers of a unit that you divide by afterwards, or encrypt approximately: exact=False.")
    return scaled.astype(np.int64), Fraction(1, 2**places)


def fitting(numbers, ratio):
    """Public integers times an integer, as int64 or refused."""
    ratio = int(ratio)
    if len(numbers) and max(abs(int(numbers.min())), abs(int(numbers.max()))) * abs(ratio) >= WIDE:
        raise errors.RangeError("public numbers beyond 2^62 beside exact integers", "Change their unit.")
    return (numbers * ratio).astype(np.int64)


def outward(x, towards):
    """The double beside a rational, on the side that is wanted."""
    near = float(x)
    return near if near == x else math.nextafter(near, towards)

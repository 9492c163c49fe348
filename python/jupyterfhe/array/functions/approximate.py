"""Functions of every number by polynomials over the numbers' interval: exponentials, logarithms, powers, waves."""

import math

import numpy as np

from ..approximation import SMOOTH, Power, Root, applied
from ..interval import EPS
from ..operand import public
from ..refusal import Refused, refuse
from ..registry import ufunc
from ..ufuncs import each, is_encrypted
from ..ufuncs import power as whole_power


def scaled(array, c):
    """Times a public number that is itself rounded; free."""
    return each(array, lambda s: s.scaled(c, EPS), np.dtype(float))


def shifted(array, c, slip=0.0):
    """Plus a public number; free."""
    return each(array, lambda s: s.shifted(c, slip), np.dtype(float))


def _plain(theirs, name):
    @ufunc(theirs)
    def ours(x):
        return applied(x, SMOOTH[name])
    ours.__name__, ours.__doc__ = name, f"As :func:`numpy.{name}`."
    return ours


exp, log, tanh, sin, sinh, cosh, arctan = (
    _plain(f, f.__name__) for f in (np.exp, np.log, np.tanh, np.sin, np.sinh, np.cosh, np.arctan))


@ufunc(np.exp2)
def exp2(x):
    """``exp(x log 2)``."""
    return exp(scaled(x, math.log(2)))


@ufunc(np.expm1)
def expm1(x):
    """``exp(x) - 1``."""
    return shifted(exp(x), -1.0)


@ufunc(np.log2)
def log2(x):
    """``log(x) / log 2``."""
    return scaled(log(x), 1 / math.log(2))


@ufunc(np.log10)
def log10(x):
    """``log(x) / log 10``."""
    return scaled(log(x), 1 / math.log(10))


@ufunc(np.log1p)
def log1p(x):
    """``log(1 + x)``."""
    return log(shifted(x, 1.0))


@ufunc(np.cos)
def cos(x):
    """``sin(x + pi / 2)``."""
    return sin(shifted(x, math.pi / 2, EPS))


@ufunc(np.sqrt)
def sqrt(x):
    """Square roots. Numbers that may be 0 cost precision: the root is steep there."""
    return root(x)


def root(x):
    """Square roots of an array, or refused where numbers may be below 0."""
    low = min((s.bounds[0] + 2 * s.drift for s in x.strips.flat), default=1.0)
    if low < -2.0**-40 * x.bounds[1]:
        raise Refused(f"sqrt of numbers that may be below 0, down to {low:.6g}",
                      "Declare where they lie, if you know it: x.within(0, high), or better a low above 0.")
    if any(s.bounds[0] <= 2.0**-24 * s.bounds[1] for s in x.strips.flat):
        return applied(x, Root())
    return applied(x, SMOOTH["sqrt"])


@ufunc(np.cbrt)
def cbrt(x):
    """Cube roots of numbers above 0."""
    return applied(x, Power(1 / 3, "cbrt"))


@ufunc(np.reciprocal)
def reciprocal(x):
    """``1 / x`` of numbers on one side of 0."""
    return applied(x, SMOOTH["reciprocal"])


@ufunc(np.power, np.float_power)
def power(x, y):
    """Powers: whole ones by products, others over the interval; a public base by the exponential."""
    if is_encrypted(y):
        if is_encrypted(x):
            raise refuse("approximate", "np.power of encrypted numbers to encrypted powers")
        base = public(x)[0]
        if base.ndim or not base > 0:
            raise Refused("np.power of a base that is not one number above 0", "Write np.exp(y * np.log(base)).")
        return exp(scaled(y, math.log(float(base))))
    exponent = np.asarray(y, dtype=float)
    if np.all(exponent == np.round(exponent)) and np.all(exponent >= 0):
        return whole_power(x, y)
    if exponent.ndim and not np.all(exponent == exponent.flat[0]):
        raise Refused("np.power with fractional or negative exponents that differ", "Use one exponent at a time.")
    r = float(exponent.flat[0])
    shape = np.broadcast_shapes(x.shape, exponent.shape)
    if shape != x.shape:
        raise Refused("np.power whose exponent has the larger shape", "Broadcast the numbers first: np.broadcast_to.")
    if r == 0.5:
        return root(x)
    return applied(x, SMOOTH["reciprocal"] if r == -1 else Power(r))

"""Quotients by encrypted numbers, and the statistics that end in one or in a root."""

import numpy as np

from ...plan import options
from ...plan.notes import ASSUMED, note
from ..approximation import SMOOTH, Power, applied
from ..interval import EPS
from ..known import Family, Gram, RootOf
from ..refusal import Refused
from ..registry import FUNCTIONS, implements, ufunc
from ..ufuncs import divide as by_public
from ..ufuncs import is_encrypted, multiply, operands
from .approximate import root
from .common import axes_of
from .reductions import counted, grouped, variables
from .within import narrowed, within

_INVERSE_ROOT = Power(-0.5, "reciprocal root")
_REWRITE = ("Declare where it lies, if you know it: y.within(low, high) with both on one side of 0. Or return numerator and "
            "denominator, and divide after decryption.")


@ufunc(np.divide)
def divide(x, y):
    """Quotients: by public numbers free, by encrypted ones through the reciprocal over their interval and one product."""
    parts = operands(x, y)
    if parts is None or not is_encrypted(parts[1]):
        return by_public(x, y)
    if isinstance(y.known, RootOf) and y.known.square.bounds[0] > 0:  # one polynomial for root and reciprocal
        return multiply(x, applied(y.known.square, _INVERSE_ROOT, spare=int(is_encrypted(parts[0])), headroom=4))
    low, high = y.bounds
    if low <= 0 <= high:
        raise Refused(f"a division by encrypted numbers that may be 0: they lie in [{low:.6g}, {high:.6g}]", _REWRITE)
    return multiply(x, applied(y, SMOOTH["reciprocal"], spare=int(is_encrypted(parts[0])), headroom=4))


def widths(groups):
    """How wide the declared range of each group of strips is.

    Parameters
    ----------
    groups : ndarray of object of shape (..., k)

    Returns
    -------
    ndarray of shape (...)
    """
    out = np.empty(groups.shape[:-1])
    for at in np.ndindex(out.shape):
        spans = [s.bounds for s in groups[at]]
        out[at] = max(high for _, high in spans) - min(low for low, _ in spans)
    return out


def spread(variance, wide, factor=1.0):
    """A variance within what is known of it: not below 0, not above a quarter of the width squared [Pop35].

    Parameters
    ----------
    variance : EncryptedArray
    wide : ndarray
        Widths of the ranges of the numbers, for each of its strips where there are as many.
    factor : float, default=1.0
        ``n / (n - ddof)``.

    Returns
    -------
    EncryptedArray
    """
    least, words = options.least_spread, None
    if least is not None:
        words = f"every standard deviation is at least {least:g} of half its range's width"
    each = wide.reshape(variance.strips.shape) if wide.size == variance.strips.size else None
    out = np.empty(variance.strips.shape, dtype=object)
    for at in np.ndindex(out.shape):
        low, high = (wide.min(), wide.max()) if each is None else (each[at], each[at])
        least_square = 0.0 if least is None else (least * low / 2) ** 2
        out[at] = narrowed(variance.strips[at], least_square, high * high / 4 * factor * (1 + 8 * EPS))
    out = variance.like(strips=out)
    for value in out.values if words else ():
        note(value, ASSUMED + words)
    return out


@implements(np.std)
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """Standard deviations: the root of the variance; coarse unless ``options.least_spread`` is set."""
    if a.dtype.kind == "c":
        raise Refused("np.std of encrypted complex numbers", "Take the root of np.var yourself, within a range.")
    var = FUNCTIONS[np.var](a, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction)
    if not is_encrypted(var):
        return np.sqrt(var)
    axes = axes_of(axis, a.ndim)
    n = counted(a, axes)
    var = spread(var, widths(grouped(a, axes)[0]), n / (n - (ddof if correction is None else correction)))
    out = root(var)
    out.known = RootOf(var)
    return out


@implements(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """Correlations: covariances times reciprocal roots of variances, which ``options.least_spread`` must keep off 0."""
    if options.least_spread is None:
        raise Refused("np.corrcoef divides by standard deviations, which may be 0 for all that is known",
                      "Promise how small they can be: with jf.options.set(least_spread=0.05), as a share of half the declared "
                      "range; or decrypt np.cov and divide then.")
    rows = [variables(v, rowvar) for v in (x, y) if v is not None]
    x = rows[0] if len(rows) == 1 else np.concatenate(rows, axis=0)
    if x.dtype.kind == "c":
        raise Refused("np.corrcoef of encrypted complex numbers", "Take .real or .imag first.")
    covariance = FUNCTIONS[np.cov](x, bias=True, dtype=dtype)
    if not covariance.ndim:
        return np.ones(())
    wide = widths(x.strips)
    inverse = applied(spread(np.diagonal(covariance), wide), _INVERSE_ROOT, spare=2, headroom=64)
    half = within(multiply(covariance, inverse[:, None]), -wide.max(), wide.max())  # a correlation times a deviation
    out = within(multiply(half, inverse[None, :]), -1.0, 1.0)
    out.known = Gram(Family(), tuple(range(len(out))), 1.0, 0.0)
    return out


@implements(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """Euclidean lengths: the root of a sum of squares."""
    if ord not in (None, 2, "fro") or (ord == 2 and x.ndim > 1 and axis is None):
        raise Refused(f"np.linalg.norm of order {ord}", "Only Euclidean lengths are there.")
    squares = np.sum(multiply(x, np.conj(x)) if x.dtype.kind == "c" else np.square(x), axis=axis, keepdims=keepdims)
    return root(within(np.real(squares) if x.dtype.kind == "c" else squares, 0.0, np.inf))



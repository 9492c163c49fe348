"""Extremes, order statistics and sorting of vectors: counts of pairwise comparisons, and tables of those counts."""

import numpy as np

from .. import digits, network, ranks
from ..approximation.places import weighed
from ..approximation.tables import depth
from ..layout import mapped
from ..refusal import Refused
from ..registry import implements
from ..twin import approximate
from ..ufuncs import FLOAT
from .common import axis_of, only
from .within import within

MEANINGS = ("average", "min", "max", "first", "ordinal")


def _numbers(a, name):
    """Truth values as numbers; complex ones refused."""
    if a.dtype.kind == "c":
        raise Refused(f"{name} of encrypted complex numbers", "Take .real, .imag or np.abs first.")
    return a.astype(FLOAT) if a.dtype == bool else a


def _line(a, axis, name):
    """(array, axis) of what is ordered; one axis at a time."""
    a = _numbers(a, name)
    if not a.ndim and axis is None:
        return a.reshape(1), 0
    if axis is None and a.ndim != 1:
        raise Refused(f"{name} over several axes at once", "Name one axis; or reshape to one vector first.")
    axis = axis_of(0 if axis is None else axis, a.ndim)
    if not a.shape[axis]:
        raise ValueError("zero-size array to reduction operation which has no identity")
    if a.slot_axis == axis and a.ndim > 1:
        raise Refused(f"{name} along the slots of several rows", "Take them one by one: [np.max(row) for row in x].")
    return a, axis


def _reduced(a, axis, keepdims, wanted, ties, name, index=False):
    """What a weight a place in order makes of numbers along an axis, or of their indices."""
    shape = a.shape
    a, axis = _line(a, axis, name)
    n, bounds = a.shape[axis], a.bounds
    if n == 1:
        out = a[(slice(None),) * axis + (0,)]
        out = out * 0.0 if index else out
    elif a.ndim == 1 and (a.slot_axis == 0 or n > ranks.ACROSS_MAX):
        out = ranks.one(a, ranks.place(a, wanted.index(1.0), ties) if index else ranks.picked(a, wanted, ties))
    else:
        out = _across(np.moveaxis(a, axis, 0), wanted, ties, index)
    out = within(out, *((0.0, n - 1.0) if index and n > 1 else bounds)) if n > 1 and bounds[0] < bounds[1] else out
    return np.expand_dims(out, axis) if keepdims and shape else out


def _across(a, wanted, ties, index):
    """As :func:`_reduced`, over the first axis, which is off the slots."""
    n, total = len(a), None
    for i, counts in enumerate(ranks.across(a, ties, spare=depth(n) + (not index))):
        strips = mapped(lambda s: weighed(s, wanted)[0], counts)
        slot = None if a.slot_axis is None else a.slot_axis - 1
        weight = a.like(shape=a.shape[1:], dtype=FLOAT, slot_axis=slot, strips=strips)
        middle = sum(a.bounds) / 2
        part = weight * (float(i) if index else a[i] - middle)
        total = part if total is None else total + part
    return total if index else total + middle


@implements(np.max)
def amax(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The largest along one axis."""
    only("max", out=(out, None), initial=(initial, None), where=(where, True))
    n = a.shape[0 if axis is None else axis] if a.ndim else 1
    return _reduced(a, axis, keepdims, [0.0] * (n - 1) + [1.0], "first", "np.max")


@implements(np.min)
def amin(a, axis=None, out=None, keepdims=False, initial=None, where=True):
    """The smallest along one axis."""
    only("min", out=(out, None), initial=(initial, None), where=(where, True))
    n = a.shape[0 if axis is None else axis] if a.ndim else 1
    return _reduced(a, axis, keepdims, [1.0] + [0.0] * (n - 1), "first", "np.min")


@implements(np.ptp)
def ptp(a, axis=None, out=None, keepdims=False):
    """The largest less the smallest: weights 1 and -1."""
    only("ptp", out=(out, None))
    return amax(a, axis, keepdims=keepdims) - amin(a, axis, keepdims=keepdims)


@implements(np.argmax)
def argmax(a, axis=None, out=None, *, keepdims=False):
    """Where the largest stands, the first of equal ones."""
    only("argmax", out=(out, None))
    n = a.shape[0 if axis is None else axis] if a.ndim else 1
    return _reduced(a, axis, keepdims, [0.0] * (n - 1) + [1.0], "last", "np.argmax", index=True)


@implements(np.argmin)
def argmin(a, axis=None, out=None, *, keepdims=False):
    """Where the smallest stands, the first of equal ones."""
    only("argmin", out=(out, None))
    n = a.shape[0 if axis is None else axis] if a.ndim else 1
    return _reduced(a, axis, keepdims, [1.0] + [0.0] * (n - 1), "first", "np.argmin", index=True)


@implements(np.quantile)
def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """A public quantile, linear between the two numbers that it lies between."""
    only("quantile", out=(out, None), overwrite_input=(overwrite_input, False), method=(method, "linear"),
         weights=(weights, None))
    share = np.asarray(q, dtype=float)
    if share.ndim:
        return np.stack([quantile(a, float(p), axis, keepdims=keepdims) for p in share])
    if not 0 <= share <= 1:
        raise ValueError("Quantiles must be in the range [0, 1]")
    n = a.shape[0 if axis is None else axis] if a.ndim else 1
    at = float(share) * (n - 1)
    wanted = [max(0.0, 1.0 - abs(at - k)) for k in range(n)]
    return _reduced(a, axis, keepdims, wanted, "first", "np.quantile")


@implements(np.percentile)
def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None):
    """As np.quantile, of hundredths."""
    only("percentile", out=(out, None), overwrite_input=(overwrite_input, False), method=(method, "linear"),
         weights=(weights, None))
    return quantile(a, np.asarray(q, dtype=float) / 100, axis, keepdims=keepdims)


@implements(np.median)
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The number in the middle, or the mean of both."""
    only("median", out=(out, None), overwrite_input=(overwrite_input, False))
    return quantile(a, 0.5, axis, keepdims=keepdims)


@implements(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    """A vector's numbers from the smallest up."""
    only("sort", order=(order, None))
    x = _vector(a, axis, "np.sort")
    if len(x) < 2:
        return x.copy()
    by = digits if digits.wanted(x) else network if network.wanted(x) else ranks
    return within(ranks.one(x, by.ordered(x)), *x.bounds)


@implements(np.argsort)
def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    """Indices of a vector's numbers from the smallest up, equal ones as they stand."""
    only("argsort", order=(order, None))
    x = _vector(a, axis, "np.argsort")
    if len(x) < 2:
        return x * 0.0
    by = digits if digits.wanted(x) else ranks
    return within(ranks.one(x, by.ordered(x, indices=True)), 0.0, len(x) - 1.0)


def _vector(a, axis, name):
    if a.ndim != 1 or not len(a):
        raise Refused(f"{name} of several axes, or of no number", "Sort one vector at a time.")
    axis_of(-1 if axis is None else axis, 1)
    return _numbers(a, name)


def rank(x, method="average"):
    """Places in order from 1 on, as scipy.stats.rankdata has them.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    method : {'average', 'min', 'max', 'first', 'ordinal'}, default='average'
        What equal numbers get.

    Returns
    -------
    EncryptedArray of shape (n,)

    Raises
    ------
    Refused
        Without ``jf.options.resolution``.

    Notes
    -----
    Cost: one sign of all n^2 differences; 'average' takes two. Reveals: n, the resolution.
    """
    if method not in MEANINGS:
        raise Refused(f"ranks by method={method!r}", f"There are {', '.join(MEANINGS)}.")
    if not hasattr(x, "strips"):
        return _plain_rank(np.asarray(x), method)
    x = _vector(approximate(x), 0, "jf.rank")
    if len(x) == 1:
        return x * 0.0 + 1.0
    if method == "average":
        return (rank(x, "min") + rank(x, "max")) / 2
    counts = ranks.below(x, "first" if method == "ordinal" else method, spare=1)  # sums of n signs want room at the end
    return within(ranks.one(x, counts).reshape(x.shape) + 1.0, 1.0, len(x) + 0.5)


def _plain_rank(x, method):
    """Of public numbers, of mock data say."""
    if method in ("first", "ordinal"):
        return np.argsort(np.argsort(x, kind="stable")) + 1.0
    below, upto = (x < x[:, None]).sum(axis=1), (x <= x[:, None]).sum(axis=1)
    return {"min": below + 1.0, "max": upto + 0.0, "average": (below + 1.0 + upto) / 2}[method]

"""Sums and what is made of them: means, variances, covariances, products over an axis."""

import numpy as np

from ..known import Family, Gram
from ..operand import public
from ..refusal import Refused
from ..registry import REDUCTIONS, implements
from ..strip import combine
from ..ufuncs import COMPLEX, FLOAT, is_encrypted
from .common import axes_of, only


def grouped(a, axes):
    """Strips that a reduction joins, as a last axis; the others in their order.

    Parameters
    ----------
    a : EncryptedArray
    axes : tuple of int

    Returns
    -------
    (ndarray of object, bool)
        And whether slots are reduced too.
    """
    keep = [i for i in range(a.ndim) if i not in axes]
    rows = np.transpose(a.strips, keep + list(axes))
    rows = rows.reshape(*(a.strips.shape[i] for i in keep), -1)
    return rows, a.slot_axis in axes


def reduced(a, axes, f, keepdims, dtype):
    """``f(strips, slots)`` for each group of strips that `axes` join, as an array.

    Parameters
    ----------
    a : EncryptedArray
        With numbers.
    axes : tuple of int
    f : callable of (list of Strip, bool)
    keepdims : bool
    dtype : dtype

    Returns
    -------
    EncryptedArray
    """
    rows, slots = grouped(a, axes)
    made, out = {}, np.empty(rows.shape[:-1], dtype=object)
    for at in np.ndindex(out.shape):
        name = tuple(map(id, rows[at]))
        if name not in made:
            made[name] = f(list(rows[at]), slots)
        out[at] = made[name]
    shape = tuple(s for i, s in enumerate(a.shape) if i not in axes)
    slot = None if slots or a.slot_axis is None else a.slot_axis - sum(i < a.slot_axis for i in axes)
    out = a.like(shape=shape, dtype=dtype, slot_axis=slot, strips=out)
    return out[tuple(None if i in axes else slice(None) for i in range(a.ndim))] if keepdims else out


def total(strips, slots):
    """The sum of strips, and over slots."""
    out = combine((s, 1.0) for s in strips) if len(strips) > 1 else strips[0]
    return out.sum() if slots else out


def counted(a, axes):
    """How many numbers a reduction joins."""
    return int(np.prod([a.shape[i] for i in axes], dtype=int))


def _nothing(a, axes, keepdims, number):
    """What numpy says of reductions of empty arrays: public, for nothing encrypted is in it."""
    return np.full(tuple(1 if i in axes else s for i, s in enumerate(a.shape) if keepdims or i not in axes), number)


@implements(np.sum)
def add_up(a, axis=None, dtype=None, out=None, keepdims=False, initial=0, where=True):
    """Sums."""
    only("sum", dtype=(dtype, None), out=(out, None), where=(where, True))
    axes = axes_of(axis, a.ndim)
    if not counted(a, axes) or not a.size:
        return _nothing(a, axes, keepdims, initial + 0.0)
    result = reduced(a, axes, total, keepdims, COMPLEX if a.dtype == COMPLEX else FLOAT)
    return result + initial if initial else result


@implements(np.mean)
def mean(a, axis=None, dtype=None, out=None, keepdims=False, where=True):
    """Averages."""
    only("mean", dtype=(dtype, None), out=(out, None), where=(where, True))
    axes = axes_of(axis, a.ndim)
    n = counted(a, axes)
    if not n or not a.size:
        return _nothing(a, axes, keepdims, np.nan)
    return reduced(a, axes, lambda s, slots: total(s, slots).in_ratio(1.0, n), keepdims,
                   COMPLEX if a.dtype == COMPLEX else FLOAT)


@implements(np.average)
def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """Averages; encrypted weights need a division by their sum, which must be off 0."""
    only("average", returned=(returned, False))
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    if is_encrypted(weights):
        if weights.ndim == 1 and a.ndim > 1:
            axis = axes_of(axis, a.ndim)[0]
            weights = weights[tuple(slice(None) if i == axis else None for i in range(a.ndim))]
        return add_up(a * weights, axis, keepdims=keepdims) / add_up(np.broadcast_to(weights, a.shape), axis, keepdims=keepdims)
    weights = np.asarray(weights, dtype=float)
    if weights.ndim == 1 and a.ndim > 1:
        axis = axes_of(axis, a.ndim)[0]
        weights = weights.reshape([-1 if i == axis else 1 for i in range(a.ndim)])
    whole = np.broadcast_to(weights, a.shape).sum(axis=axis, keepdims=keepdims)
    if not np.all(whole):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return add_up(a * weights, axis, keepdims=keepdims) / whole


def _spread(strips, slots, n):
    """Mean of squares less the square of the mean, around a public middle."""
    middle = strips[0].shift
    parts = [s.shifted(-middle) for s in strips]
    squares = total([s.times(s.conjugate()) if s.complex else s.times(s) for s in parts], slots).in_ratio(1.0, n)
    centre = total(parts, slots).in_ratio(1.0, n)
    out = combine([(squares, 1.0), (centre.times(centre.conjugate()), -1.0)])
    return combine([(out, 0.5), (out.conjugate(), 0.5)]) if out.complex else out


@implements(np.var)
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None):
    """Variances: two levels."""
    only("var", dtype=(dtype, None), out=(out, None), where=(where, True), mean=(mean, None))
    ddof = ddof if correction is None else correction
    axes = axes_of(axis, a.ndim)
    n = counted(a, axes)
    if n <= ddof or not a.size:
        return _nothing(a, axes, keepdims, np.nan)
    return reduced(a, axes, lambda s, slots: _spread(s, slots, n).in_ratio(n, n - ddof), keepdims, FLOAT)


@implements(np.prod)
def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1, where=True):
    """Products over axes that are not along the slots: ceil(log2(n)) levels."""
    only("prod", dtype=(dtype, None), out=(out, None), where=(where, True))
    axes = axes_of(axis, a.ndim)
    if a.slot_axis in axes:
        raise Refused("a product of all numbers along the slots",
                      "It loses all precision after a few levels; multiply along another axis, or sum logarithms.")
    if not counted(a, axes) or not a.size:
        return _nothing(a, axes, keepdims, initial + 0.0)

    def tree(strips, _):
        while len(strips) > 1:
            strips = [s.times(t) for s, t in zip(strips[::2], strips[1::2], strict=False)] + strips[len(strips) & ~1:]
        return strips[0]

    result = reduced(a, axes, tree, keepdims, COMPLEX if a.dtype == COMPLEX else FLOAT)
    return result * initial if initial != 1 else result


@implements(np.count_nonzero)
def count_nonzero(a, axis=None, *, keepdims=False):
    """How many are true."""
    if a.dtype != bool:
        raise Refused("np.count_nonzero of encrypted numbers that are no truth values", "Encrypt them with dtype=bool.")
    return add_up(a, axis, keepdims=keepdims)


@implements(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """Covariances: two levels, an inner sum a pair."""
    only("cov", fweights=(fweights, None), aweights=(aweights, None), dtype=(dtype, None))
    rows = [variables(x, rowvar) for x in (m, y) if x is not None]
    x = rows[0] if len(rows) == 1 else np.concatenate(rows, axis=0)
    if not is_encrypted(x):
        raise Refused("np.cov of public data alone", "Use numpy on it.")
    n = x.shape[1]
    ddof = (0 if bias else 1) if ddof is None else ddof
    if n <= ddof:
        raise Refused(f"a covariance of {n} observations with ddof {ddof}", "Give more rows.")
    if x.slot_axis != 1:
        rest = x - mean(x, axis=1, keepdims=True)
        out = np.squeeze(rest @ np.conj(rest).T / (n - ddof))
    else:
        out = np.squeeze(_covariances(x, n, ddof))
    if out.ndim == 2 and out.dtype == FLOAT:
        out.known = Gram(Family(), tuple(range(len(out))), 1.0, 0.0)
    return out


def variables(x, rowvar):
    """Variables in rows, observations in columns."""
    x = x if is_encrypted(x) else public(x)[0]
    if x.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    x = x.reshape(1, -1) if x.ndim < 2 else x
    return x if rowvar or x.shape[0] == 1 else x.T


def _covariances(x, n, ddof):
    """Observations along the slots: E[x y] - E[x] E[y] around public middles, each pair once."""
    rows = [s.shifted(-s.shift) for s in x.strips[:, 0]]
    means = [s.sum().in_ratio(1.0, n) for s in rows]
    out = np.empty((len(rows), len(rows)), dtype=object)
    for i, s in enumerate(rows):
        for j in range(i + 1):
            t, u = (rows[j].conjugate(), means[j].conjugate()) if x.dtype == COMPLEX else (rows[j], means[j])
            both = combine([(s.times(t).sum().in_ratio(1.0, n), 1.0), (means[i].times(u), -1.0)])
            out[i, j] = both.in_ratio(n, n - ddof)
            out[j, i] = out[i, j].conjugate() if x.dtype == COMPLEX else out[i, j]
    return x.like(shape=out.shape, slot_axis=None, strips=out, dtype=x.dtype if x.dtype == COMPLEX else FLOAT)


REDUCTIONS[np.add] = lambda a, axis=0, **options: add_up(a, axis, **options)
REDUCTIONS[np.multiply] = lambda a, axis=0, **options: prod(a, axis, **options)

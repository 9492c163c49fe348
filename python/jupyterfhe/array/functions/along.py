"""Work along an axis in the order of its entries: running sums, differences, rolls, convolutions."""

import numpy as np

from ...plan import Value, Vector
from .. import interval as iv
from ..interval import EPS
from ..refusal import Refused
from ..registry import implements
from ..strip import Strip, combine
from ..ufuncs import COMPLEX, FLOAT, each, is_encrypted
from .common import axis_of, only


def _at(a, axis, index):
    """Entries of an axis."""
    return a[(slice(None),) * axis + (index,)]


@implements(np.take)
def take(a, indices, axis=None, out=None, mode="raise"):
    """Entries by public indices."""
    only("take", out=(out, None), mode=(mode, "raise"))
    if axis is None:
        return np.ravel(a)[indices]
    return _at(a, axis_of(axis, a.ndim), indices)


@implements(np.roll)
def roll(a, shift, axis=None):
    """Entries moved along an axis, round the end."""
    if axis is None:
        return roll(np.ravel(a), shift, 0).reshape(a.shape)
    for k, i in zip(np.atleast_1d(shift), np.atleast_1d(axis), strict=True):
        i = axis_of(int(i), a.ndim)
        a = _at(a, i, np.roll(np.arange(a.shape[i]), int(k)))
    return a


@implements(np.flip)
def flip(m, axis=None):
    """Entries in reverse order; along the slots a rotation each."""
    for i in range(m.ndim) if axis is None else np.atleast_1d(axis):
        m = _at(m, axis_of(int(i), m.ndim), slice(None, None, -1))
    return m


@implements(np.repeat)
def repeat(a, repeats, axis=None):
    """Entries several times in a row."""
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
    return _at(a, axis, np.repeat(np.arange(a.shape[axis]), repeats))


@implements(np.diff)
def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Differences of neighbours."""
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    axis = axis_of(axis, a.ndim)
    if n and (prepend is not None or append is not None):
        ends = [x for x in (prepend, a, append) if x is not None]
        shape = (*a.shape[:axis], 1, *a.shape[axis + 1:])
        a = np.concatenate([x if np.ndim(x) else np.broadcast_to(x, shape) for x in ends], axis)
    for _ in range(n):
        a = _at(a, axis, slice(1, None)) - _at(a, axis, slice(None, -1))
    return a


@implements(np.cumsum)
def cumsum(a, axis=None, dtype=None, out=None):
    """Running sums. Along the slots: no level while they are half empty, else two."""
    only("cumsum", dtype=(dtype, None), out=(out, None))
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
    a = a if a.dtype == COMPLEX else a.like(dtype=FLOAT)
    if not a.size:
        return a
    if axis == a.slot_axis:
        return each(a, lambda s: s.running() if a.exact else _running(s))
    strips = np.moveaxis(a.strips, axis, -1)
    out = np.empty(strips.shape, dtype=object)
    for at in np.ndindex(strips.shape[:-1]):
        before = None
        for i, strip in enumerate(strips[at]):
            before = strip if before is None else combine([(before, 1.0), (strip, 1.0)])
            out[(*at, i)] = before
    return a.like(strips=np.moveaxis(out, -1, axis))


def _running(strip):
    """Running sums of a strip: all of it, less what comes at i or behind it, plus number i itself."""
    strip = strip.masked()
    n, session, pad = strip.length, strip.session, strip.pad
    if isinstance(pad, Value):
        values = (*strip.values[:-1], strip.values[-1].mul_vector(Vector(np.ones(n - (strip.chunks - 1) * session.slots))))
        strip, pad = Strip(session, values, n, strip.gain, strip.shift, strip.range, 0.0, strip.drift), 0.0
    base = strip.shift + strip.gain * pad if strip.behind else strip.shift
    chunks = [v.add_const(-pad) if strip.behind else v for v in strip.values]
    half = session.slots // 2
    values = _half_full(chunks[0], n) if n <= half and len(chunks) == 1 else _full(chunks, half)
    reach = iv.up(n * (strip.size + abs(pad)))
    drift = n * (strip.drift + 4 * EPS * strip.largest)
    out = Strip(session, tuple(values), n, strip.gain, 0.0, iv.sym(reach), None if n % session.slots else 0.0, iv.up(drift))
    return out.plus_vector(base * np.arange(1, n + 1)) if base else out


def _half_full(u, n):
    """One chunk whose numbers, zeros behind them, leave as much room again: windows never run round the end."""
    window = u.inner_sum(1 << (n - 1).bit_length())
    return [u.inner_sum(u.session.slots).sub(window).add(u)]


def _full(chunks, half):
    """Chunks in two halves each, cut apart before and after."""
    out, before = [], None
    low, high = Vector(np.ones(half)), Vector(np.concatenate([np.zeros(half), np.ones(half)]))
    for u in chunks:
        parts = []
        for cut in (low, high):
            piece = u.mul_vector(cut)
            whole = piece.inner_sum(u.session.slots)
            run = whole.sub(piece.inner_sum(half)).add(piece)
            parts.append((run if before is None else run.add(before)).mul_vector(cut))
            before = whole if before is None else before.add(whole)
        out.append(parts[0].add(parts[1]))
    return out


@implements(np.convolve)
def convolve(a, v, mode="full"):
    """With a public kernel: a rotation and a product by a constant for each of its entries."""
    if is_encrypted(v):
        a, v = v, a
    if is_encrypted(v):
        raise Refused("np.convolve of two encrypted vectors", "Make one of them public, or sum products of rolled vectors.")
    v = np.atleast_1d(np.asarray(v))
    if a.ndim != 1 or v.ndim != 1 or not a.size or not v.size:
        raise ValueError("np.convolve takes two vectors with entries")
    n, k = a.size, len(v)
    wide = np.concatenate([np.zeros(k - 1), a, np.zeros(k - 1)]) if k > 1 else a
    terms = [wide[k - 1 - i:n + 2 * (k - 1) - i] * v[i] for i in range(k)]
    full = terms[0]
    for term in terms[1:]:
        full = full + term
    if mode == "full":
        return full
    if mode == "same":
        start, length = (min(n, k) - 1) // 2, max(n, k)
    else:
        start, length = min(n, k) - 1, max(n, k) - min(n, k) + 1
    return full[start:start + length]

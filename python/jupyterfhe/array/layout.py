"""How an array's numbers lie: which axis runs along the slots, and what it costs to change that."""

import numpy as np

from ..core import errors
from ..plan import Vector, options
from . import interval as iv
from .interval import EPS
from .strip import Strip, real
from .whole import WholeStrip


def mapped(f, *arrays, symmetric=False):
    """``f`` of strips, element by element with numpy's broadcasting, once for each different group of arguments.

    Parameters
    ----------
    f : callable
    *arrays : ndarray of object
    symmetric : bool, default=False
        Whether the order of arguments says nothing.

    Returns
    -------
    ndarray of object
    """
    made, each = {}, np.broadcast(*arrays)
    out = np.empty(each.shape, dtype=object)
    for at, items in zip(np.ndindex(each.shape), each, strict=True):
        name = tuple(sorted(map(id, items)) if symmetric else map(id, items))
        if name not in made:
            made[name] = f(*items)
        out[at] = made[name]
    return out


def afford(operations, what, rewrite):
    """Refuse a change of layout that costs too much.

    Parameters
    ----------
    operations : int
        Rotations and products.
    what, rewrite : str
    """
    if operations > options.max_operations:
        raise errors.OutOfMemoryError(f"{what} takes {operations:,} rotations and products, more than "
                                      f"jf.options.max_operations = {options.max_operations:,}", rewrite)


# ---- along the slots ----
def gather(strips, which, index):
    """Numbers of several strips, picked by public indices, as one strip.

    Parameters
    ----------
    strips : sequence of Strip
    which, index : ndarray of int of shape (n,)
        Result i is number ``index[i]`` of ``strips[which[i]]``.

    Returns
    -------
    Strip

    Notes
    -----
    Cost: a rotation for each different offset of a chunk; one level where pieces must be cut out.
    """
    first, n, slots = strips[0], len(index), strips[0].session.slots
    if len(strips) == 1 and first.length == n and np.array_equal(index, np.arange(n)):
        return first
    single = np.array([s.length is None for s in strips])
    offset = np.where(single[which], 0, (index - np.arange(n)) % slots)
    piece = np.where(single[which], 0, index // slots)
    groups = [_groups(which[c:c + slots], piece[c:c + slots], offset[c:c + slots]) for c in range(0, n, slots)]
    afford(2 * sum(map(len, groups)), f"picking {n:,} numbers along the slots",
           "Select with np.where(public_mask, x, 0), which rotates nothing, or encrypt the data in the order you need.")
    if isinstance(first, WholeStrip):
        return WholeStrip.gathered(strips, groups, which, n)
    values, pad, gain = [], 0.0, max((s.gain for s in strips), key=abs)
    for group in groups:
        value, pad = _piece(strips, group, gain)
        values.append(value)
    drift = max(s.drift + (0.0 if s.gain == gain else 4 * EPS * s.largest) for s in strips)
    spans = [_grown(s, real(s.gain / gain)) for s in strips]
    span = min(low for low, _ in spans), max(high for _, high in spans)
    out = Strip(first.session, tuple(values), n, gain, 0.0, span, pad, iv.up(drift))
    return _shifts(out, np.array([s.shift for s in strips])[which])


def placed(strip, places):
    """Numbers of a strip at public places, 0 where a place is -1, in one level.

    Parameters
    ----------
    strip : Strip
    places : ndarray of int of shape (n,)

    Returns
    -------
    Strip

    Notes
    -----
    Cost: a rotation and a product for each different offset of a chunk; one level.
    """
    n, slots, there = len(places), strip.session.slots, places >= 0
    values = []
    for c in range(0, n, slots):
        at = np.flatnonzero(there[c:c + slots])
        picked = places[c:c + slots][at]
        zero, total = np.zeros(len(at), dtype=int), None
        for _, piece, k, own in _groups(zero, picked // slots, (picked - at) % slots) if len(at) else ():
            mask = np.zeros(int(at[own].max()) + 1)
            mask[at[own]] = 1.0
            part = strip.values[piece].rotate(k).mul_vector(Vector(mask))
            total = part if total is None else total.add(part)
        values.append(strip.values[0].mul_const(0) if total is None else total)
    low, high = strip.range
    out = Strip(strip.session, tuple(values), n, strip.gain, 0.0, (min(low, 0.0), max(high, 0.0)), 0.0, strip.drift)
    return out.plus_vector(np.where(there, strip.shift, 0.0)) if strip.shift else out


def _grown(strip, ratio):
    """Its range in another unit."""
    if strip.complex or isinstance(ratio, complex):
        return iv.sym(iv.up(strip.size * abs(ratio) * (1 + 2 * EPS)))
    return iv.scale(strip.range, ratio)


def _groups(which, piece, offset):
    """``[(strip, chunk, rotation, positions)]`` of one chunk of results."""
    rows = np.stack([which, piece, offset])
    names, inverse = np.unique(rows, axis=1, return_inverse=True)
    inverse = inverse.reshape(-1)
    order = np.argsort(inverse, kind="stable")
    cuts = np.cumsum(np.bincount(inverse))[:-1]
    return [(*map(int, name), at) for name, at in zip(names.T, np.split(order, cuts), strict=True)]


def _piece(strips, groups, gain):
    """One chunk, and what is behind its numbers."""
    if len(groups) == 1 and strips[groups[0][0]].gain == gain:
        which, piece, k, _ = groups[0]
        return strips[which].values[piece].rotate(k), None
    total = None
    for which, piece, k, at in groups:
        mask = np.zeros(int(at.max()) + 1, dtype=complex if isinstance(strips[which].gain / gain, complex) else float)
        mask[at] = strips[which].gain / gain
        part = strips[which].values[piece].rotate(k).mul_vector(Vector(mask))
        total = part if total is None else total.add(part)
    return total, 0.0


def _shifts(strip, shifts):
    """Add what each number's own strip had been shifted by."""
    if np.all(shifts == shifts[0]):
        return strip.shifted(real(shifts[0].item()))
    return strip.plus_vector(shifts)


# ---- of whole arrays ----
def unpack(array):
    """The array with no axis along the slots: each number a strip of its own, in slot 0.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    EncryptedArray
    """
    axis, n = array.slot_axis, array.shape[array.slot_axis]
    afford(n * array.strips.size * (2 + array.session.log_slots), f"taking {n:,} numbers apart",
           "Keep this axis along the slots: use sums, products and matmul that reduce it.")
    out = np.empty(array.shape, dtype=object)
    for at in np.ndindex(array.strips.shape):
        for i in range(n):
            where = (*at[:axis], i, *at[axis + 1:])
            out[where] = gather([array.strips[at]], np.zeros(1, dtype=int), np.array([i]))
    return array.like(strips=out, slot_axis=None)


def pack(array, axis):
    """The array with `axis` along the slots: a product and perhaps a rotation a number, one level.

    Parameters
    ----------
    array : EncryptedArray
        Without a slot axis.
    axis : int

    Returns
    -------
    EncryptedArray
    """
    n = array.shape[axis]
    if n < 2:
        return array
    afford(2 * array.strips.size, f"packing {array.strips.size:,} numbers into slots",
           "Compute with the array whose axis is along the slots already.")
    rows = np.moveaxis(array.strips, axis, -1)
    out = np.empty(rows.shape[:-1], dtype=object)
    for at in np.ndindex(out.shape):
        out[at] = gather(list(rows[at]), np.arange(n), np.zeros(n, dtype=int))
    return array.like(strips=np.expand_dims(out, axis), slot_axis=axis)


def align(a, b):
    """Two arrays whose numbers can meet strip by strip, of as many axes.

    Parameters
    ----------
    a, b : EncryptedArray
        Of shapes that broadcast.

    Returns
    -------
    (EncryptedArray, EncryptedArray)
        With equal slot axes, or one without; what it takes is the notes of :func:`pack` and :func:`unpack`.
    """
    ndim = max(a.ndim, b.ndim)
    a, b = a.expanded(ndim), b.expanded(ndim)
    while True:
        if a.slot_axis == b.slot_axis:
            return a, b
        if a.slot_axis is None or b.slot_axis is None:
            bare, other = (a, b) if a.slot_axis is None else (b, a)
            if bare.shape[other.slot_axis] != 1:
                bare = pack(bare, other.slot_axis)
            return (bare, other) if a.slot_axis is None else (other, bare)
        if a.shape[a.slot_axis] * a.strips.size <= b.shape[b.slot_axis] * b.strips.size:
            a = unpack(a)
        else:
            b = unpack(b)


def longest_axis(shape):
    """The axis to lay along the slots, or None where no axis has two entries."""
    axis = int(np.argmax(shape)) if shape else None
    return axis if axis is not None and shape[axis] >= 2 and 0 not in shape else None

"""Shapes: views that cost nothing, and joining, which costs along the slots alone."""

import math

import numpy as np

from ..layout import gather, pack, unpack
from ..refusal import Refused
from ..registry import implements
from ..ufuncs import COMPLEX, FLOAT, empty, is_encrypted
from .common import axis_of, encrypted, lifted

implements(np.shape)(lambda a: a.shape)
implements(np.ndim)(lambda a: a.ndim)
implements(np.size)(lambda a, axis=None: a.size if axis is None else a.shape[axis])
implements(np.iscomplexobj)(lambda x: x.dtype == COMPLEX)
implements(np.isrealobj)(lambda x: x.dtype != COMPLEX)
implements(np.copy)(lambda a, order="K", subok=False: a.copy())
implements(np.zeros_like, np.empty_like)(lambda a, dtype=None, shape=None, **_: np.zeros(shape or a.shape, dtype or a.dtype))
implements(np.ones_like)(lambda a, dtype=None, shape=None, **_: np.ones(shape or a.shape, dtype or a.dtype))
implements(np.full_like)(lambda a, fill_value, dtype=None, shape=None, **_: np.full(shape or a.shape, fill_value,
                                                                                    dtype or a.dtype))


@implements(np.transpose)
def transpose(a, axes=None):
    """Axes in another order."""
    axes = tuple(range(a.ndim))[::-1] if axes is None else tuple(axis_of(i, a.ndim) for i in axes)
    strips = np.transpose(a.strips, axes)
    slot = None if a.slot_axis is None else axes.index(a.slot_axis)
    return a.like(shape=tuple(a.shape[i] for i in axes), strips=strips, slot_axis=slot)


@implements(np.swapaxes)
def swapaxes(a, axis1, axis2):
    """Two axes exchanged."""
    axes = list(range(a.ndim))
    i, j = axis_of(axis1, a.ndim), axis_of(axis2, a.ndim)
    axes[i], axes[j] = j, i
    return transpose(a, axes)


@implements(np.moveaxis)
def moveaxis(a, source, destination):
    """Axes moved to new places."""
    return transpose(a, _moved(a.ndim, source, destination))


def _moved(ndim, source, destination):
    """The order of axes after :func:`numpy.moveaxis`."""
    marks = np.broadcast_to(np.uint8(0), tuple(range(2, ndim + 2)))  # each axis has a length of its own
    return [s - 2 for s in np.moveaxis(marks, source, destination).shape]


@implements(np.expand_dims)
def expand_dims(a, axis):
    """New axes of length 1."""
    axes = np.atleast_1d(axis)
    ndim = a.ndim + len(axes)
    new = {axis_of(int(i), ndim) for i in axes}
    return a[tuple(None if i in new else slice(None) for i in range(ndim))]


@implements(np.squeeze)
def squeeze(a, axis=None):
    """Axes of length 1 taken out."""
    gone = [axis_of(int(i), a.ndim) for i in (np.flatnonzero(np.array(a.shape) == 1) if axis is None else np.atleast_1d(axis))]
    if any(a.shape[i] != 1 for i in gone):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return a[tuple(0 if i in gone else slice(None) for i in range(a.ndim))]


@implements(np.atleast_1d)
def atleast_1d(*arrays):
    """Arrays of at least an axis."""
    out = tuple(x if np.ndim(x) else x.reshape(1) for x in arrays)
    return out[0] if len(out) == 1 else out


@implements(np.atleast_2d)
def atleast_2d(*arrays):
    """Arrays of at least two axes."""
    out = tuple(x if np.ndim(x) > 1 else x.reshape(1, -1) for x in arrays)
    return out[0] if len(out) == 1 else out


@implements(np.broadcast_to)
def broadcast_to(a, shape, subok=False):
    """A larger shape of the same numbers."""
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if np.broadcast_shapes(a.shape, shape) != shape:
        raise ValueError(f"an array of shape {a.shape} cannot be broadcast to {shape}")
    if 0 in shape:
        return empty(a, shape, a.dtype)
    a = a.expanded(len(shape))
    strips = np.broadcast_to(a.strips, tuple(1 if i == a.slot_axis else s for i, s in enumerate(shape)))
    return a.like(shape=shape, strips=strips)


@implements(np.reshape)
def reshape(a, /, shape=None, order="C", *, newshape=None, copy=None):
    """Another shape; the slot axis must stay whole, or the numbers be few."""
    shape = newshape if shape is None else shape
    shape = [int(s) for s in np.atleast_1d(shape)] if np.size(shape) else []
    if order != "C":
        raise Refused(f"np.reshape in order {order}", "Transpose, then reshape in C order.")
    if shape.count(-1) == 1:
        shape[shape.index(-1)] = a.size // max(-math.prod(shape), 1)
    if math.prod(shape) != a.size:
        raise ValueError(f"cannot reshape array of size {a.size} into shape {tuple(shape)}")
    shape = tuple(shape)
    if a.slot_axis is None or not a.size:
        return a.like(shape=shape, strips=a.strips.reshape(shape))
    n, before = a.shape[a.slot_axis], math.prod(a.shape[:a.slot_axis])
    for axis, size in enumerate(shape):
        if size == n and math.prod(shape[:axis]) == before:
            strips = a.strips.reshape([1 if i == axis else s for i, s in enumerate(shape)])
            return a.like(shape=shape, slot_axis=axis, strips=strips)
    return _regrouped(a, shape)


def _regrouped(a, shape):
    """A reshape that cuts or joins along the slots: numbers are picked one by one."""
    old = np.moveaxis(a.strips, a.slot_axis, -1)[..., 0]
    strips, n = list(old.ravel()), a.shape[a.slot_axis]
    places = np.moveaxis(np.arange(a.size).reshape(a.shape), a.slot_axis, -1).reshape(len(strips), n)
    which, index = np.empty(a.size, dtype=int), np.empty(a.size, dtype=int)
    for i, row in enumerate(places):
        which[row], index[row] = i, np.arange(n)
    axis = int(np.argmax(shape))
    out = np.empty((*shape[:axis], 1, *shape[axis + 1:]), dtype=object)
    which, index = (np.moveaxis(x.reshape(shape), axis, -1) for x in (which, index))
    for at in np.ndindex(which.shape[:-1]):
        used, own = np.unique(which[at], return_inverse=True)
        out[(*at[:axis], 0, *at[axis:])] = gather([strips[i] for i in used], own.reshape(-1), index[at])
    return a.like(shape=shape, slot_axis=axis if shape[axis] > 1 else None, strips=out)


@implements(np.ravel)
def ravel(a, order="C"):
    """One axis."""
    return reshape(a, (a.size,), order)


def _alike(arrays):
    """Arrays as encrypted ones of one layout and dtype."""
    like = next((a for a in arrays if is_encrypted(a) and a.size), None)
    if like is None:
        like = encrypted(*arrays)
        return [a if is_encrypted(a) else empty(like, np.shape(a), FLOAT) for a in arrays]
    arrays = [lifted(a, like) for a in arrays]
    for other in arrays:
        if other.session is not like.session:
            like.session.refuse(other.session)
    return arrays


@implements(np.concatenate)
def concatenate(arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays joined along an axis: free, but along the slots."""
    arrays = _alike(list(arrays))
    if axis is None:
        arrays, axis = [ravel(a) for a in arrays], 0
    if len({a.ndim for a in arrays}) > 1 or not arrays[0].ndim:
        raise ValueError("all the input arrays must have the same number of dimensions, one or more")
    axis = axis_of(axis, arrays[0].ndim)
    if len({a.shape[:axis] + a.shape[axis + 1:] for a in arrays}) > 1:
        raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
    kinds = {a.dtype for a in arrays}
    dtype = COMPLEX if COMPLEX in kinds else kinds.pop() if len(kinds) == 1 else FLOAT
    shape = list(arrays[0].shape)
    shape[axis] = sum(a.shape[axis] for a in arrays)
    full = [a for a in arrays if a.size]
    if not full:
        return empty(arrays[0], tuple(shape), dtype)
    laid = [a for a in full if a.slot_axis is not None]
    slot = max(laid, key=lambda a: a.size).slot_axis if laid else None
    if slot is not None:
        full = [_with_slots(a, slot) for a in full]
    if slot == axis:
        return _end_to_end(full, axis).like(dtype=dtype)
    return full[0].like(shape=tuple(shape), dtype=dtype, slot_axis=slot,
                        strips=np.concatenate([a.strips for a in full], axis=axis))


def _with_slots(a, slot):
    """An array with this axis along the slots, or without one where it has one number along it."""
    if a.slot_axis == slot:
        return a
    a = a if a.slot_axis is None else unpack(a)
    return pack(a, slot)


def _end_to_end(arrays, axis):
    """Join along the slots."""
    ends = np.cumsum([a.shape[axis] for a in arrays])
    which = np.repeat(np.arange(len(arrays)), [a.shape[axis] for a in arrays])
    index = np.concatenate([np.arange(a.shape[axis]) for a in arrays])
    rows = np.stack([a.strips for a in arrays], axis=-1)
    out = np.empty(rows.shape[:-1], dtype=object)
    for at in np.ndindex(out.shape):
        out[at] = gather(list(rows[at]), which, index)
    shape = list(arrays[0].shape)
    shape[axis] = int(ends[-1])
    return arrays[0].like(shape=tuple(shape), slot_axis=axis if shape[axis] > 1 else None, strips=out)


@implements(np.stack)
def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """Arrays of one shape joined along a new axis."""
    arrays = list(arrays)
    if len({np.shape(a) for a in arrays}) > 1:
        raise ValueError("all input arrays must have the same shape")
    return concatenate([np.expand_dims(a, axis) for a in arrays], axis)


@implements(np.vstack)
def vstack(arrays, *, dtype=None, casting="same_kind"):
    """Joined as rows."""
    return concatenate([np.atleast_2d(a) for a in arrays], 0)


@implements(np.hstack)
def hstack(arrays, *, dtype=None, casting="same_kind"):
    """Joined along the second axis, vectors along their only one."""
    arrays = [np.atleast_1d(a) for a in arrays]
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1)


@implements(np.column_stack)
def column_stack(arrays):
    """Vectors as columns."""
    return concatenate([a[:, None] if np.ndim(a) == 1 else a for a in arrays], 1)

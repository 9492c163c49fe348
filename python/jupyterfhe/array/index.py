"""Numbers of an array by public indices, slices and masks."""

import numpy as np

from .layout import gather
from .refusal import Refused, refuse


def _is_array(key):
    return isinstance(key, (np.ndarray, list, range))


def entries(key, shape):
    """A key as a list with one entry an axis, None for new axes, and masks as arrays.

    Parameters
    ----------
    key : object
    shape : tuple of int

    Returns
    -------
    list
    """
    key = list(key) if isinstance(key, tuple) else [key]
    key = [np.asarray(k) if _is_array(k) else k for k in key]
    for k in key:
        if hasattr(k, "strips"):
            raise refuse("__index__")
        if not (k is None or k is Ellipsis or isinstance(k, (slice, int, np.integer, np.ndarray, np.bool_))):
            raise Refused(f"a {type(k).__name__} is no index", "Use integers, slices, None, Ellipsis, and arrays of them.")
        if isinstance(k, (bool, np.bool_)) or (isinstance(k, np.ndarray) and k.dtype.kind not in "bi" and k.size):
            raise Refused("an index is an integer or an array of integers or truth values", "Convert it first.")
    taken = sum(0 if k is None or k is Ellipsis else k.ndim if _is_mask(k) else 1 for k in key)
    places = [i for i, k in enumerate(key) if k is Ellipsis]
    if len(places) > 1 or taken > len(shape):
        raise IndexError(f"too many indices for an array of {len(shape)} axes")
    at = places[0] if places else len(key)
    fill = [slice(None)] * (len(shape) - taken)
    return key[:at] + fill + key[at + 1:]


def _is_mask(k):
    return isinstance(k, np.ndarray) and k.dtype == bool


def _at_axis(key, axis):
    """Where in the list the entry of an axis stands."""
    place = 0
    for i, k in enumerate(key):
        wide = 0 if k is None else k.ndim if _is_mask(k) else 1
        if place <= axis < place + wide:
            if wide > 1:
                raise Refused("a mask of several axes reaches into the slots",
                              "Select with np.where(public_mask, x, 0), or with a mask of one axis.")
            return i
        place += wide
    raise IndexError(f"no axis {axis}")


def select(array, key):
    """``array[key]``.

    Parameters
    ----------
    array : EncryptedArray
    key : object

    Returns
    -------
    EncryptedArray
    """
    key = entries(key, array.shape)
    if array.slot_axis is None:
        strips = array.strips[tuple(key)]
        strips = strips if isinstance(strips, np.ndarray) else _single(strips)
        return array.like(shape=strips.shape, strips=strips)
    at, n = _at_axis(key, array.slot_axis), array.shape[array.slot_axis]
    wanted = key[at]
    others = [k for i, k in enumerate(key) if i != at]
    if isinstance(wanted, np.ndarray) and any(isinstance(k, np.ndarray) for k in others):
        raise Refused("arrays as indices of several axes, one of them along the slots",
                      "Index one axis at a time: x[rows][:, columns].")
    index = _numbers(wanted, n)
    if isinstance(wanted, slice) or not any(isinstance(k, np.ndarray) for k in others):
        key[at] = slice(None)
        strips = array.strips[tuple(key)]
        axis = _where(key, at, array.strips.shape)
        return along(array, strips, axis, index, drop=not isinstance(wanted, (slice, np.ndarray)))
    key[at] = slice(None)  # an integer of the slot axis beside arrays of others: numpy lets it join them
    chosen = along(array, array.strips, array.slot_axis, index, drop=False)
    key[at] = wanted if chosen.slot_axis is not None else 0
    return chosen.like(shape=(strips := chosen.strips[tuple(key)]).shape, strips=strips)


def _single(strip):
    out = np.empty((), dtype=object)
    out[()] = strip
    return out


def _where(key, at, shape):
    """The axis of the result along which an entry ``slice(None)`` of the key runs."""
    short, long = [1] * len(shape), [1] * len(shape)
    axis = sum(0 if k is None else k.ndim if _is_mask(k) else 1 for k in key[:at])
    for i, size in enumerate(shape):
        short[i] = long[i] = size
    short[axis], long[axis] = 2, 3
    a, b = (np.broadcast_to(np.uint8(0), s)[tuple(key)].shape for s in (short, long))
    return next(i for i, (p, q) in enumerate(zip(a, b, strict=True)) if p != q)


def _numbers(wanted, n):
    """The numbers along an axis that an entry of a key picks."""
    if isinstance(wanted, np.ndarray) and wanted.dtype == bool and wanted.shape != (n,):
        raise IndexError(f"a mask of {wanted.shape} for an axis of {n}")
    if isinstance(wanted, np.ndarray) and wanted.ndim != 1:
        raise Refused("an array of several axes picks along the slots", "Pick with a flat array, then reshape.")
    if isinstance(wanted, np.ndarray) and not wanted.size:
        return np.zeros(0, dtype=int)
    return np.atleast_1d(np.arange(n)[wanted])


def along(array, strips, axis, index, drop=False):
    """An array of strips whose numbers along the slots are picked by index.

    Parameters
    ----------
    array : EncryptedArray
        What it is made of.
    strips : ndarray of object
        Of length 1 along `axis`, the slots.
    axis : int
    index : ndarray of int
    drop : bool, default=False
        Whether the axis goes, one number being left.

    Returns
    -------
    EncryptedArray
    """
    n = len(index)
    shape = (*strips.shape[:axis], n, *strips.shape[axis + 1:])
    if n == 0 or 0 in strips.shape:
        strips = np.empty(shape, dtype=object)
        return array.like(shape=shape, slot_axis=None, strips=strips)
    made = {}
    out = np.empty(strips.shape, dtype=object)
    for at in np.ndindex(strips.shape):
        strip = strips[at]
        if id(strip) not in made:
            made[id(strip)] = gather([strip], np.zeros(n, dtype=int), index)
        out[at] = made[id(strip)]
    if drop:
        shape = shape[:axis] + shape[axis + 1:]
        return array.like(shape=shape, slot_axis=None, strips=out.reshape(shape))
    return array.like(shape=shape, slot_axis=axis if n > 1 else None, strips=out)

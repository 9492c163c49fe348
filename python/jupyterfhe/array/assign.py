"""``x[key] = value`` with public keys: new strips in the places of old ones.

Arrays here are values: a part of one is an array of its own, where numpy's would be a view that sees every change. So an
assignment is refused while another array lives that numpy would let share memory with it, for numpy would change that too.
"""

import weakref

import numpy as np

from .index import entries
from .layout import gather, mapped
from .operand import number, public
from .refusal import Refused

VIEWS = {np.transpose, np.swapaxes, np.moveaxis, np.expand_dims, np.squeeze, np.reshape, np.ravel, np.broadcast_to, np.diagonal,
         np.atleast_1d, np.atleast_2d, np.real, np.imag}  # of these numpy returns views, mostly


class Kin:
    """Arrays that would share memory if they were numpy's."""

    __slots__ = ("_alive", "_room", "whole")

    def __init__(self, whole):
        """Start with the array that the others are parts of."""
        self._alive, self._room, self.whole = [weakref.ref(whole)], 16, weakref.ref(whole)

    def add(self, array):
        """Count an array in."""
        if len(self._alive) >= self._room:
            self._alive = [ref for ref in self._alive if ref() is not None]
            self._room = 2 * len(self._alive) + 16
        self._alive.append(weakref.ref(array))

    def others(self, *known):
        """Whether one lives that is none of these."""
        return any((a := ref()) is not None and not any(a is k for k in known) for ref in self._alive)


def relate(part, whole):
    """Note that numpy would make `part` a view of `whole`.

    Parameters
    ----------
    part, whole : EncryptedArray
    """
    if part is whole:
        return
    if whole.kin is None:
        whole.kin = Kin(whole)
    part.kin = whole.kin
    part.kin.add(part)


def alone(array, value):
    """Refuse to change an array while others live that numpy would change with it; `value` is what it takes."""
    if array.kin is not None and array.kin.others(array, value):
        raise Refused("this array changes while a part of it, or what it is a part of, is in use: numpy would change that too",
                      "Write x[0, 1] = v in place of x[0][1] = v, and take parts that shall stay as they are with x[0].copy().")


def assign(array, key, value):
    """The strips of an array after ``array[key] = value``.

    Parameters
    ----------
    array : EncryptedArray
    key : object
        Public, as for reading.
    value : EncryptedArray, number or array_like

    Returns
    -------
    ndarray of object

    Notes
    -----
    Cost: none where whole strips are replaced. Along the slots one level; an encrypted value is turned to its place, a rotation
    for each different offset.
    """
    alone(array, value)
    chosen = np.arange(array.size).reshape(array.shape)[tuple(entries(key, array.shape))]
    value = value if hasattr(value, "strips") else public(value)
    if value is None:
        raise Refused("what is assigned is neither encrypted nor a number", "Assign numbers, or arrays of them.")
    value, slip = value if isinstance(value, tuple) else (value, 0.0)
    _fits(array, value)
    while value.ndim > chosen.ndim and value.shape[0] == 1:
        value = value[0]
    value = np.broadcast_to(value, chosen.shape)
    source = np.full(array.size, -1)
    source[chosen.ravel()] = np.arange(chosen.size)
    rows = source.reshape(array.shape)[..., None] if array.slot_axis is None else np.moveaxis(source.reshape(array.shape),
                                                                                            array.slot_axis, -1)
    old = array.strips if array.slot_axis is None else np.squeeze(array.strips, array.slot_axis)
    out = np.empty(old.shape, dtype=object)
    put = _encrypted(array, value) if hasattr(value, "strips") else _public(value.reshape(-1), slip)
    for at in np.ndindex(out.shape):
        row = rows[at]
        out[at] = put(old[at], row) if np.any(row >= 0) else old[at]
    return out if array.slot_axis is None else np.expand_dims(out, array.slot_axis)


def _fits(array, value):
    """Refuse what numpy would cut to fit."""
    if value.dtype != array.dtype and (value.dtype.kind == "c" or array.dtype.kind == "b"):
        raise Refused(f"numbers of {value.dtype} do not go into an array of {array.dtype}",
                      "Make the array wider first: x = x.astype(complex), or x.astype(float) for truth values.")
    if hasattr(value, "strips") and value.session is not array.session:
        array.session.refuse(value.session)


def _public(numbers, slip):
    """Public numbers in the places that a row of sources names."""
    numbers = numbers.astype(float) if numbers.dtype == bool else numbers

    def put(strip, row):
        there = row >= 0
        new = np.where(there, numbers[np.maximum(row, 0)], 0)
        drift = slip * float(abs(new).max())
        if strip.length is None or len(row) == 1:
            return strip.constant(number(new[0]), drift)
        if np.all(there):
            return strip.constant(0.0).plus_vector(new, drift)
        return strip.times_vector(np.where(there, 0.0, 1.0)).plus_vector(new, drift)

    return put


def _encrypted(array, value):
    """Numbers of an encrypted array in the places that a row of sources names."""
    slot = value.slot_axis
    strips = list(mapped(lambda s: s, value.strips).flat)
    which = np.arange(value.strips.size).reshape(value.strips.shape)
    which = np.broadcast_to(which, value.shape).reshape(-1)
    index = np.zeros(value.shape, dtype=int) if slot is None else np.broadcast_to(
        np.arange(value.shape[slot]).reshape([-1 if i == slot else 1 for i in range(value.ndim)]), value.shape)
    index = index.reshape(-1)

    def put(strip, row):
        there, taken = row >= 0, np.maximum(row, 0)
        if len(row) == 1 and slot is None:
            return strips[which[taken[0]]]
        used, own = np.unique(np.where(there, which[taken], len(strips)), return_inverse=True)
        kept = np.arange(len(row)) if strip.length is not None else np.zeros(len(row), dtype=int)
        parts = [strip if u == len(strips) else strips[u] for u in used]
        return gather(parts, own.reshape(-1), np.where(there, index[taken], kept))

    return put

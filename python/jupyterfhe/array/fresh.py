"""From numbers to a new array: which axis runs along the slots, in which unit each row is encrypted."""

import numpy as np

from ..core.errors import ArgumentError, InvalidValueError
from . import interval as iv
from .array import array_of
from .interval import EPS
from .layout import longest_axis
from .strip import Strip, count
from .whole import WholeStrip


def plain(values):
    """Numbers that can be encrypted, as float64, complex128 or bool.

    Parameters
    ----------
    values : array_like

    Returns
    -------
    ndarray

    Raises
    ------
    InvalidValueError
        For what are no numbers, NaN, infinity, and integers that doubles do not hold.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biufcO":
        raise InvalidValueError(f"{array.dtype} is not a type of numbers", "Convert it to numbers first.")
    if array.dtype.kind in "iu" and array.size and not -(2**53) <= int(array.min()) <= int(array.max()) <= 2**53:
        raise InvalidValueError("an integer is beyond 2^53, where doubles skip some", "Split such numbers into parts.")
    kind = {"b": bool, "c": np.complex128}.get(array.dtype.kind, np.float64)
    array = array.astype(kind, copy=False)
    if not np.all(np.isfinite(array)):
        raise InvalidValueError("NaN or infinity cannot be encrypted", "Replace missing values first.")
    return array


class Unit:
    """How numbers of a public interval become slots: ``x = shift + gain u``, u within `range`.

    Parameters
    ----------
    low, high : float
    kind : {'b', 'f', 'c'}
        Truth values; reals of the interval; complex numbers of modulus up to `high`.
    """

    __slots__ = ("gain", "range", "shift")

    def __init__(self, low, high, kind):
        """Choose powers of two, so that units of different rows are whole multiples of each other."""
        if kind == "b":
            self.gain, self.shift, self.range = 1.0, 0.0, (0.0, 1.0)
            return
        low, high = float(low), float(high)
        if kind == "c":
            low = -high
        if not (np.isfinite(low) and np.isfinite(high) and low <= high):
            raise ArgumentError("bounds are (low, high), finite, low not above high")
        self.shift = low / 2 + high / 2
        if low == high == self.shift:  # one number for all: u is exactly 0
            self.gain, self.range = iv.power_of_two(abs(self.shift) or 1.0), (0.0, 0.0)
            return
        half = max(high - self.shift, self.shift - low)
        self.gain = iv.power_of_two(half or abs(self.shift) or 1.0)
        ends = iv.add((low / self.gain, high / self.gain), (-self.shift / self.gain, -self.shift / self.gain))
        self.range = max(ends[0], -1.0), min(ends[1], 1.0)

    def slots(self, x):
        """Numbers as u; off by less than 2 * EPS."""
        u = (x - self.shift) / self.gain
        return u if x.dtype.kind == "c" else np.clip(u, -1.0, 1.0)


def public_range(rows, kind):
    """Ranges that say little: powers of two around the largest modulus of each row.

    Parameters
    ----------
    rows : ndarray of shape (..., n)
    kind : str
        As of :class:`Unit`.

    Returns
    -------
    (ndarray, ndarray)
        Lows and highs, of shape (...).
    """
    if kind == "b":
        return np.zeros(rows.shape[:-1]), np.ones(rows.shape[:-1])
    largest = np.abs(rows).max(axis=-1)
    high = np.vectorize(lambda m: iv.power_of_two(float(m)) if m else 1.0, otypes=[float])(largest)
    return -high, high


def lay_out(session, values, bounds, slot_axis, leaf):
    """An array of numbers.

    Parameters
    ----------
    session : jupyterfhe.plan.Session
    values : ndarray
        As :func:`plain` gives it.
    bounds : (array_like, array_like) or None
        Public lows and highs, broadcast over all axes but the one along the slots; None for :func:`public_range`.
    slot_axis : int or None
        None takes the longest.
    leaf : callable of ndarray of shape (n,)
        Encrypts a chunk of u of moduli up to 1.

    Returns
    -------
    EncryptedArray
    """
    kind = {"b": "b", "c": "c"}.get(values.dtype.kind, "f")
    dtype = np.dtype({"b": bool, "c": np.complex128, "f": np.float64}[kind])
    axis = longest_axis(values.shape) if slot_axis is None else int(slot_axis) % max(values.ndim, 1)
    if axis is not None and (not values.ndim or values.shape[axis] < 2):
        axis = None
    rows = values[..., None] if axis is None else np.moveaxis(values, axis, -1)
    if not values.size:
        return array_of(session, values.shape, dtype, None, np.empty(values.shape, dtype=object))
    low, high = (np.broadcast_to(b, rows.shape[:-1]) for b in bounds) if bounds is not None else public_range(rows, kind)
    if bounds is not None:
        _inside(rows, low, high, kind)
    strips = np.empty(rows.shape[:-1], dtype=object)
    for at in np.ndindex(strips.shape):
        strips[at] = _strip(session, rows[at], Unit(low[at], high[at], kind), axis is None, leaf)
    if axis is not None:
        strips = np.expand_dims(strips, axis)
    return array_of(session, values.shape, dtype, axis, strips)


def _inside(rows, low, high, kind):
    """Refuse numbers outside of their declared bounds, without saying which."""
    inside = np.abs(rows) <= high[..., None] if kind == "c" else (low[..., None] <= rows) & (rows <= high[..., None])
    if not np.all(inside):
        raise InvalidValueError("a number lies outside of its declared bounds",
                                "Declare bounds that hold for every number, or leave them out.")


def _strip(session, row, unit, single, leaf):
    u = unit.slots(row)
    drift = iv.up(2 * EPS * unit.gain) if row.dtype.kind != "b" else 0.0
    if single:
        value = leaf(np.full(session.slots, u[0]))
        return Strip(session, (value,), None, unit.gain, unit.shift, unit.range, value, drift)
    slots = session.slots
    values = tuple(leaf(u[i * slots:(i + 1) * slots]) for i in range(count(session, len(u))))
    return Strip(session, values, len(u), unit.gain, unit.shift, unit.range, 0.0, drift).declared()


# ---- exact integers ----
def whole(values):
    """Integers that can be encrypted exactly, as int64 or bool.

    Parameters
    ----------
    values : array_like

    Returns
    -------
    ndarray

    Raises
    ------
    InvalidValueError
        For what are no integers, or are beyond 64 bits.
    """
    array = np.asarray(values)
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind not in "iu":
        raise InvalidValueError(f"{array.dtype} is no type of integers", "Round and convert it first, or leave exact= out.")
    if array.dtype.kind == "u" and array.size and int(array.max()) >= 2**63:
        raise InvalidValueError("an integer is beyond 63 bits", "Split such integers into parts.")
    return array.astype(np.int64, copy=False)


def whole_bounds(values):
    """Public bounds that say little of integers: powers of two, 0 below where none is negative.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    (int, int)
    """
    if values.dtype.kind == "b" or not values.size:
        return 0, 1
    low, high = int(values.min()), int(values.max())
    most = 1 << max(high, -low, 1).bit_length()
    return (-most if low < 0 else 0), most


def result_bits(bounds, count):
    """Bits that a sum of squares of so many integers takes, sign included; as many as there are for what exceeds them.

    Parameters
    ----------
    bounds : (int, int)
    count : int

    Returns
    -------
    int
    """
    most = max(abs(bounds[0]), abs(bounds[1]), 1)
    return max(min((2 * max(count, 1) * most * most + 1).bit_length(), 63), (2 * most + 1).bit_length())


def lay_out_whole(session, values, bounds, slot_axis, leaf):
    """An array of exact integers.

    Parameters
    ----------
    session : jupyterfhe.plan.whole.WholeSession
    values : ndarray
        As :func:`whole` gives it.
    bounds : (int, int)
        Public, of all of them.
    slot_axis : int or None
        None takes the longest.
    leaf : callable of ndarray of int64
        Encrypts a chunk.

    Returns
    -------
    EncryptedArray
    """
    axis = longest_axis(values.shape) if slot_axis is None else int(slot_axis) % max(values.ndim, 1)
    if axis is not None and (not values.ndim or values.shape[axis] < 2):
        axis = None
    if values.size and not bounds[0] <= int(values.min()) <= int(values.max()) <= bounds[1]:
        raise InvalidValueError("a number lies outside of its declared bounds",
                                "Declare bounds that hold for every number, or leave them out.")
    rows = values[..., None] if axis is None else np.moveaxis(values, axis, -1)
    strips, slots = np.empty(rows.shape[:-1], dtype=object), session.slots
    for at in np.ndindex(strips.shape):
        row = rows[at].astype(np.int64)
        if axis is None:
            value = leaf(np.full(slots, row[0]))
            strips[at] = WholeStrip(session, (value,), None, 1, 0, bounds, value)
        else:
            chunks = tuple(leaf(row[i:i + slots]) for i in range(0, len(row), slots))
            strips[at] = WholeStrip(session, chunks, len(row), 1, 0, bounds, 0)
    if axis is not None:
        strips = np.expand_dims(strips, axis)
    return array_of(session, values.shape, np.dtype(bool if values.dtype.kind == "b" else np.int64), axis, strips)

"""numpy's ufuncs on encrypted arrays, element by element."""

import numpy as np

from ..core.errors import ArgumentError
from . import interval as iv
from .layout import align, longest_axis, mapped
from .operand import number, public
from .refusal import Refused, refuse, unknown
from .registry import REDUCTIONS, UFUNCS, ufunc
from .strip import combine

ENUMERATED = 64  # so many results of one number with a public array stay strips of their own: no level; more go into slots
FLOAT, COMPLEX, BOOL = np.dtype(np.float64), np.dtype(np.complex128), np.dtype(bool)


def is_encrypted(x):
    """Whether an operand is an encrypted array."""
    return hasattr(x, "strips")


def run(what, method, inputs, options):
    """Run a ufunc's method.

    Parameters
    ----------
    what : numpy.ufunc
    method : str
    inputs : tuple
    options : dict

    Returns
    -------
    EncryptedArray or NotImplemented
    """
    options = {k: v for k, v in options.items() if not (k == "where" and v is True)}
    if method == "reduce" and what in REDUCTIONS:
        return REDUCTIONS[what](*inputs, **options)
    if method == "outer" and what in UFUNCS:
        a, b = (x if is_encrypted(x) else np.asarray(x) for x in inputs)
        return UFUNCS[what](a[(..., *[None] * np.ndim(b))], b)
    if method != "__call__" or what not in UFUNCS:
        raise unknown(what.__name__ if method == "__call__" else f"{what.__name__}.{method}")
    if options:
        raise Refused(f"np.{what.__name__} with {', '.join(options)} is not implemented for encrypted arrays",
                      "Leave it out; use np.where for a condition.")
    return UFUNCS[what](*inputs)


# ---- machinery ----
def paired(a, b, f, dtype, symmetric=False):
    """``f`` of the strips of two encrypted arrays, with numpy's broadcasting.

    Parameters
    ----------
    a, b : EncryptedArray
    f : callable of (Strip, Strip)
    dtype : dtype
    symmetric : bool, default=False
        Whether ``f(s, t)`` is ``f(t, s)``, so that it is made once for both.

    Returns
    -------
    EncryptedArray
    """
    shape = np.broadcast_shapes(a.shape, b.shape)
    if 0 in shape:
        return empty(a, shape, dtype)
    if a.session is not b.session:
        a.session.refuse(b.session)
    a, b = align(a, b)
    slot = a.slot_axis if a.slot_axis is not None else b.slot_axis
    return a.like(shape=shape, dtype=dtype, slot_axis=slot, strips=mapped(f, a.strips, b.strips, symmetric=symmetric))


def empty(a, shape, dtype):
    """An array without numbers."""
    return a.like(shape=shape, dtype=dtype, slot_axis=None, strips=np.empty(shape, dtype=object))


def each(a, f, dtype=None):
    """``f`` of all strips."""
    return a.like(dtype=dtype or a.dtype, strips=mapped(f, a.strips))


def with_public(a, p, scalar, vector, dtype):
    """An encrypted array with a public one, with numpy's broadcasting.

    Parameters
    ----------
    a : EncryptedArray
    p : ndarray
    scalar : callable of (Strip, number)
        For one number beside a strip.
    vector : callable of (Strip, ndarray)
        For a number each.
    dtype : dtype

    Returns
    -------
    EncryptedArray
    """
    shape = np.broadcast_shapes(a.shape, p.shape)
    if 0 in shape:
        return empty(a, shape, dtype)
    a, p = a.expanded(len(shape)), p.reshape((1,) * (len(shape) - p.ndim) + p.shape)
    slot = a.slot_axis
    if slot is None and np.prod(shape) > max(ENUMERATED, a.size):
        grown = [s if a.shape[i] == 1 else 1 for i, s in enumerate(shape)]
        slot = longest_axis(grown)
    if slot is None:
        strips = mapped_with(scalar, a.strips, p)
    else:
        strips = _rows(a.strips, np.moveaxis(p, slot, -1), slot, scalar, vector, shape[slot])
    return a.like(shape=shape, dtype=dtype, slot_axis=slot, strips=strips)


def mapped_with(f, strips, p):
    """``f`` of strips and the public numbers beside them."""
    pairs = np.broadcast(strips, p)
    out = np.empty(pairs.shape, dtype=object)
    for at, (s, c) in zip(np.ndindex(pairs.shape), pairs, strict=True):
        out[at] = f(s, number(c))
    return out


def _rows(strips, rows, slot, scalar, vector, n):
    """Strips along the slots with rows of public numbers."""
    strips = np.squeeze(strips, slot)
    shape = np.broadcast_shapes(strips.shape, rows.shape[:-1])
    strips, rows = np.broadcast_to(strips, shape), np.broadcast_to(rows, (*shape, rows.shape[-1]))
    out = np.empty(shape, dtype=object)
    for at in np.ndindex(shape):
        row = rows[at]
        if row.size == 1 or np.all(row == row[0]):
            out[at] = scalar(strips[at], number(row[0])).spread_to(n)
        else:
            out[at] = vector(strips[at], np.array(row))
    return np.expand_dims(out, slot)


def operands(*inputs):
    """Inputs as encrypted arrays or ``(ndarray, slip)``; None where one is neither."""
    out = [x if is_encrypted(x) else public(x) for x in inputs]
    return None if any(x is None for x in out) else out


def kind(*parts):
    """float64, or complex128 where an operand is complex."""
    dtypes = [x.dtype if is_encrypted(x) else x[0].dtype for x in parts]
    return COMPLEX if any(d.kind == "c" for d in dtypes) else FLOAT


def all_bool(*parts):
    """Whether all operands are truth values."""
    return all((x.dtype if is_encrypted(x) else x[0].dtype) == BOOL for x in parts)


# ---- sums ----
def _shift(a, p):
    array, slip = p
    array = array.astype(FLOAT) if array.dtype == BOOL else array
    return with_public(a, array, lambda s, c: s.shifted(c, slip),
                       lambda s, v: s.plus_vector(v, slip * float(abs(v).max())), kind(a, p))


@ufunc(np.add)
def add(x, y):
    """Sums; truth values are joined by or, as numpy does."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = parts
    if all_bool(a, b):
        return logical_or(x, y)
    if is_encrypted(a) and is_encrypted(b):
        return paired(a, b, lambda s, t: combine([(s, 1.0), (t, 1.0)]), kind(a, b))
    return _shift(a, b) if is_encrypted(a) else _shift(b, a)


@ufunc(np.subtract)
def subtract(x, y):
    """Differences."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = parts
    if all_bool(a, b):
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator")
    if is_encrypted(a) and is_encrypted(b):
        return paired(a, b, lambda s, t: combine([(s, 1.0), (t, -1.0)]), kind(a, b))
    if is_encrypted(a):
        return _shift(a, (-1.0 * b[0], b[1]))
    return _shift(each(b, lambda s: s.scaled(-1.0), kind(b)), a)


@ufunc(np.negative)
def negative(x):
    """Every number negated."""
    return each(x, lambda s: s.scaled(-1.0))


@ufunc(np.positive)
def positive(x):
    """The same numbers."""
    return x.copy()


# ---- products ----
def _scale(a, array, slip, dtype):
    array = array.astype(FLOAT) if array.dtype == BOOL else array
    return with_public(a, array, lambda s, c: s.scaled(c, slip), lambda s, v: s.times_vector(v, slip), dtype)


@ufunc(np.multiply)
def multiply(x, y):
    """Products; with a public number for all they are free."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = parts
    dtype = BOOL if all_bool(a, b) else kind(a, b)
    if is_encrypted(a) and is_encrypted(b):
        return paired(a, b, lambda s, t: s.times(t), dtype, symmetric=True)
    return _scale(a, *b, dtype) if is_encrypted(a) else _scale(b, *a, dtype)


@ufunc(np.divide)
def divide(x, y):
    """Quotients by public numbers."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = parts
    if is_encrypted(b):
        raise refuse("divide", "np.divide")
    array, slip = b
    if not np.all(array):
        raise ArgumentError("a division by 0", "Mask such entries first, for instance with np.where.")
    return with_public(a, array.astype(FLOAT) if array.dtype == BOOL else array, lambda s, c: s.in_ratio(1.0, c, slip),
                       lambda s, v: s.times_vector(1.0 / v, slip + iv.EPS), kind(a, b))


@ufunc(np.square)
def square(x):
    """Squares."""
    return each(x, lambda s: s.times(s), kind(x))


@ufunc(np.power)
def power(x, y):
    """Whole public powers above 0: ceil(log2(k)) levels."""
    if is_encrypted(y):
        raise refuse("approximate", "np.power")
    exponent = np.asarray(y, dtype=float)
    if np.any(exponent != np.round(exponent)) or np.any(exponent < 0):
        raise refuse("approximate", "np.power with a negative or fractional exponent")
    return with_public(x, exponent, lambda s, k: s.power(int(k)) if k else s.constant(1.0), _no_powers, kind(x))


def _no_powers(*_):
    raise Refused("powers that differ along the slots", "Use one exponent for all numbers of this axis.")


@ufunc(np.conjugate)
def conjugate(x):
    """Complex conjugates; real numbers stay."""
    return each(x, lambda s: s.conjugate()) if x.dtype == COMPLEX else x.like(dtype=FLOAT)


# ---- truth values ----
def _bools(name, x, y):
    parts = operands(x, y)
    if parts is None:
        return None
    if not all_bool(*parts):
        raise Refused(f"np.{name} of encrypted numbers that are no truth values", "Encrypt them with dtype=bool.")
    return parts


def _with_bool(parts, both, by_true, by_false):
    """Two truth arrays: a rule for encrypted ones, and what a public True and a public False make of an encrypted one."""
    a, b = parts
    if is_encrypted(a) and is_encrypted(b):
        return paired(a, b, both, BOOL)
    a, (array, _) = (a, b) if is_encrypted(a) else (b, a)

    def vector(s, v):
        on, off = by_true(s), by_false(s)
        return combine([(on.times_vector(v), 1.0), (off.times_vector(1.0 - v), 1.0)])

    return with_public(a, array.astype(FLOAT), lambda s, c: by_true(s) if c else by_false(s), vector, BOOL)


def _truth(strip):
    """A strip that is known to be 0 or 1."""
    return strip


@ufunc(np.logical_and, np.bitwise_and)
def logical_and(x, y):
    """``a b``."""
    parts = _bools("logical_and", x, y)
    return NotImplemented if parts is None else _with_bool(parts, lambda s, t: s.times(t), _truth, lambda s: s.constant(0.0))


@ufunc(np.logical_or, np.bitwise_or)
def logical_or(x, y):
    """``a + b - a b``."""
    parts = _bools("logical_or", x, y)
    return NotImplemented if parts is None else _with_bool(
        parts, lambda s, t: combine([(s, 1.0), (t, 1.0), (s.times(t), -1.0)]), lambda s: s.constant(1.0), _truth)


@ufunc(np.logical_xor, np.bitwise_xor)
def logical_xor(x, y):
    """``a + b - 2 a b``."""
    parts = _bools("logical_xor", x, y)
    return NotImplemented if parts is None else _with_bool(
        parts, lambda s, t: combine([(s, 1.0), (t, 1.0), (s.times(t), -2.0)]), _not, _truth)


def _not(strip):
    return strip.scaled(-1.0).shifted(1.0)


@ufunc(np.logical_not, np.invert)
def logical_not(x):
    """``1 - a``."""
    if x.dtype != BOOL:
        raise Refused("np.logical_not of encrypted numbers that are no truth values", "Encrypt them with dtype=bool.")
    return each(x, _not)

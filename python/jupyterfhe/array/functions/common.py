"""What the families of functions share."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from ..operand import public
from ..refusal import Refused
from ..strip import Strip
from ..ufuncs import FLOAT, add, is_encrypted


def axes_of(axis, ndim):
    """An axis argument as a tuple of axes; None is all."""
    return tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)


def axis_of(axis, ndim):
    """One axis."""
    return normalize_axis_index(axis, ndim)


def only(name, **options):
    """Refuse options that numpy has and this does not, unless they stand at their defaults.

    Parameters
    ----------
    name : str
    **options
        Each (value, default).
    """
    for option, (value, default) in options.items():
        if value is not default and value != default:
            raise Refused(f"np.{name} with {option}= is not implemented for encrypted arrays", "Leave it out.")


def encrypted(*arrays):
    """The first encrypted one among arrays."""
    return next(a for a in arrays if is_encrypted(a))


def lifted(x, like):
    """An array as an encrypted one: a public one as zeros plus it.

    Parameters
    ----------
    x : EncryptedArray or array_like
    like : EncryptedArray
        With at least one number.

    Returns
    -------
    EncryptedArray
    """
    if is_encrypted(x):
        return x
    array, _ = public(x)
    if not array.size:
        return like.like(shape=array.shape, slot_axis=None, strips=np.empty(array.shape, dtype=object))
    nothing = like.strips.flat[0].values[0].mul_const(0)
    strip = Strip(like.session, (nothing,), None, 1.0, 0.0, (0.0, 0.0), nothing)
    strips = np.empty((), dtype=object)
    strips[()] = strip
    out = add(like.like(shape=(), dtype=FLOAT, slot_axis=None, strips=strips), x)
    return out.like(dtype=array.dtype) if array.dtype.kind == "b" else out

"""Products of 0/1 vectors that spend few levels, and how many levels are left."""

import functools
import math

import numpy as np

from ..array import EncryptedArray
from ..array.finish import Finished, finished
from ..plan.value import LEAVES, upwards
from . import sharp
from .refusal import LATE, Refused


def left(array):
    """About how many levels are left: what orders products; the planner knows it exactly.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    int
    """
    if getattr(array, "exact", False) or not array.size:
        return 0
    known, last = {}, array.strips.flat[0].values[0]
    for value in upwards([last], known):
        op, args, data = value.made
        if op in LEAVES:
            known[value] = value.session.params.levels if value.session.is_clear else data.level
        else:
            known[value] = min(known[a] for a in args) - _price(op, data)
    return known[last]


def _price(op, data):
    if op in ("mul", "mul_vector", "linmap"):
        return 1
    if op == "mul_const":
        return 0 if data.imag == 0 and data.real.is_integer() and abs(data.real) < 2**31 else 1
    return math.ceil(math.log2(len(data[0].coefficients))) if op == "poly" else 0


def product(factors, summed=True):
    """The product of encrypted and public factors, those with most levels left first.

    Parameters
    ----------
    factors : iterable of EncryptedArray, ndarray of bool, or None
        None stands for ones.
    summed : bool, default=True
        Whether it is summed over all slots.

    Returns
    -------
    EncryptedArray, ndarray of bool or None
    """
    factors = [f.sealed() if hasattr(f, "sealed") else f for f in factors if f is not None]
    if any(isinstance(f, Finished) for f in factors):
        raise Refused("which rows count is decided at decryption: nothing is summed over them here", LATE)
    public = [f for f in factors if not isinstance(f, EncryptedArray)]
    sealed = [f for f in factors if isinstance(f, EncryptedArray)]
    known = functools.reduce(np.logical_and, public) if public else None
    if not sealed:
        return known
    sealed = sharp.chosen(sealed, left, summed)
    ranked = sorted(((left(f), i, f) for i, f in enumerate(sealed)), key=lambda t: (-t[0], t[1]))
    if known is not None and not known.all():
        level, i, first = ranked[0]
        ranked[0] = level - 1, i, np.where(known, first, 0)
    while len(ranked) > 1:
        ranked.sort(key=lambda t: (-t[0], t[1]))
        (a, i, x), (b, _, y) = ranked[:2]
        ranked[:2] = [(min(a, b) - 1, i, x * y)]
    return ranked[0][2]


def decided(factors):
    """Which rows stay, for the reader: as :func:`product`, of filters that are finished at decryption too.

    Parameters
    ----------
    factors : iterable of EncryptedArray, ndarray of bool, Finished, or None

    Returns
    -------
    Finished or None
    """
    late = [f for f in factors if isinstance(f, Finished)]
    known = product(f for f in factors if not isinstance(f, Finished))
    if known is not None:
        late.append(finished(known.astype(float) if isinstance(known, np.ndarray) else known))
    return functools.reduce(lambda a, b: a * b, late) if late else None

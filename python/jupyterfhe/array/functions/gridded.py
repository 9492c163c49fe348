"""Steps of numbers that were declared to lie on a grid: one table, where levels come back, instead of a sign an edge.

A grid is promised by ``x.whole()`` or ``x.within(low, high, step=s)``. Which of its numbers an edge lies between is public, so
a function that is constant between edges is a table of the grid's numbers. See docs/adr/0048.
"""

import math
from fractions import Fraction

import numpy as np

from ...core import errors
from ...plan import foresee, options
from ...plan.notes import note
from .. import known
from ..approximation import looking
from ..lut import LookUp
from ..refusal import Refused

FEW = 2  # edges, up to which signs may cost less than a table: each of them takes bootstraps of its own
ROUNDED = Fraction(1, 1 << 20)  # of a step, by which ends of a range are off a grid


def tabled(array, f):
    """A function of numbers on a grid, looked up in a bootstrap.

    Parameters
    ----------
    array : EncryptedArray
    f : callable of float
        Gives a number for each of the grid's numbers within the array's range.

    Returns
    -------
    EncryptedArray or None
        None where no grid was declared, levels do not come back, or the range has too many of its numbers.
    """
    on = known.grid(array.known)
    if on is None or array.exact or array.session.between is None or not array.size:
        return None
    low, high = array.bounds
    start, step = on
    first, last = (f((end - start) / step) for f, end in ((_above, Fraction(low)), (_below, Fraction(high))))
    if not first <= last or last - first >= looking.most(array.session):
        return None
    look = LookUp(lambda k: f(float(start + k * step)), range(first, last + 1))
    if all(v == float(start + k * step) for k, v in look.near.items()):
        return array
    return look((array - float(start)) / float(step) if on != (0, 1) else array)


def _above(place):
    """The first number of a grid at a place, which is off a little, or above."""
    return math.ceil(place - ROUNDED)


def _below(place):
    return math.floor(place + ROUNDED)


def cheaper(array, f, edges, signs):
    """What takes less time of a table and of a sign an edge.

    Parameters
    ----------
    array : EncryptedArray
    f : callable of float
    edges : int
        How many signs it would be.
    signs : callable
        Makes the same by signs.

    Returns
    -------
    EncryptedArray
    """
    table = tabled(array, f) if edges else None
    if table is None:
        return signs()
    these = f"{edges} edge{'s' * (edges > 1)}"
    if edges > FEW:
        return _told(table, f"{these} by a table of the grid's numbers, not by signs")
    try:
        other = signs()
        seconds = [foresee(x.values)[1].forecast.seconds for x in (table, other)]
    except (Refused, errors.DepthError, errors.RangeError, errors.FormError):
        return _told(table, f"{these} by a table of the grid's numbers, since signs do not tell them apart")
    if seconds[1] < seconds[0]:
        return _told(other, f"{these} by signs, {seconds[1]:.1f} s; a table would take {seconds[0]:.1f} s")
    return _told(table, f"{these} by a table, {seconds[0]:.1f} s; signs would take {seconds[1]:.1f} s")


def _told(array, words):
    for value in array.values:
        note(value, words)
    return array


def reached(array, edges, strict):
    """For each of several public edges, 1 where numbers reach it.

    Parameters
    ----------
    array : EncryptedArray
    edges : sequence of float
    strict : sequence of bool
        Whether an edge is reached by what lies above it alone.

    Returns
    -------
    list of EncryptedArray, or None
        As of :func:`tabled`; None too where a resolution lets signs tell, which are sharper by far: what is counted here are
        many numbers.
    """
    out = []
    if options.resolution is not None:
        return None
    for edge, above in zip(edges, strict, strict=True):
        one = tabled(array, lambda v, e=edge, s=above: float(v > e if s else v >= e))
        if one is None:
            return None
        out.append(one.astype(np.dtype(float)))
    return out

"""Rounding: free where the range alone tells what comes out, as it does for numbers bounded tightly; else by steps.

Between two whole numbers that may come out there is an edge, and a sign tells on which side of it a number is: numbers must be
farther from it than half of ``options.resolution``, or on it.
"""

import math

import numpy as np

from ...plan import options
from .. import bridge, exactly
from ..refusal import Refused
from ..registry import implements, ufunc
from ..ufuncs import FLOAT, each
from . import gridded
from .common import only
from .steps import listed, stepped

TO_ROUND = ("Set jf.options.resolution to how far numbers are at least from where results change; or declare where they lie: "
            "x.within(low, high) with one result for all between; or round after decryption.")


def settled(array, function, name, edge=None):
    """What a function that never falls makes of every number, a constant where its values at both ends of a range agree.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    function : callable
        Of a float, monotonic.
    name : str
        For the refusal.
    edge : callable of int, optional
        Where it comes to a whole number, and whether that takes more than being there.

    Returns
    -------
    EncryptedArray of the same shape
        Constants take no operation and no level; else a sign each whole number of the range.

    Raises
    ------
    Refused
        Where numbers of a strip's range may differ in it, for complex numbers too.
    """
    if array.dtype.kind == "c":
        raise Refused(f"{name} of encrypted complex numbers", "Take .real and .imag first.")
    if array.exact:
        return exactly.tabled(array, function)
    low, high = (function(end) for end in array.bounds) if array.size else (0.0, 0.0)
    table = gridded.tabled(array, function) if low < high else None
    if table is not None:
        return table
    if edge is not None and options.resolution is not None and low < high:
        edges = [edge(k) for k in listed(int(low), int(high))]
        strict = {e for e, above in edges if above}
        return stepped(array, [e for e, _ in edges], strict.__contains__) + low

    def constant(strip):
        low, high = strip.bounds
        ends = function(low), function(high)
        if ends[0] != ends[1]:
            raise Refused(f"{name} of encrypted numbers in [{low:.6g}, {high:.6g}]: {ends[0]:g} or {ends[1]:g}", TO_ROUND)
        return strip.constant(float(ends[0]))

    return each(array, constant, FLOAT)


@implements(np.round)
def round_(a, decimals=0, out=None):
    """To even where two are as near."""
    only("round", out=(out, None))
    if not decimals and bridge.lands(a):
        return bridge.to_exact(a, FLOAT)
    if a.exact and decimals:
        return round_(a * 10**decimals) / 10**decimals if decimals > 0 else round_(a / 10**-decimals) * 10**-decimals
    return settled(a, lambda x: float(np.round(float(x), decimals)), "np.round", None if decimals else _nearest)


def _nearest(k):
    """Half way up to k belongs to the even one of both."""
    return k - 0.5, k % 2 == 1


@ufunc(np.rint)
def rint(x):
    """As np.round."""
    if bridge.lands(x):
        return bridge.to_exact(x, FLOAT)
    return settled(x, lambda v: float(np.rint(float(v))), "np.rint", _nearest)


@ufunc(np.floor)
def floor(x):
    """The whole number below."""
    return settled(x, lambda v: float(math.floor(v)), "np.floor", lambda k: (float(k), False))


@ufunc(np.ceil)
def ceil(x):
    """The whole number above."""
    return settled(x, lambda v: float(math.ceil(v)), "np.ceil", lambda k: (k - 1.0, True))


@ufunc(np.trunc)
def trunc(x):
    """As np.floor and np.ceil, towards 0."""
    return settled(x, lambda v: float(math.trunc(v)), "np.trunc", lambda k: (float(k), False) if k > 0 else (k - 1.0, True))

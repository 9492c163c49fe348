"""Rounding where the range alone tells what comes out, as it does for numbers that were bounded tightly."""

import numpy as np

from ..refusal import Refused
from ..registry import implements, ufunc
from ..ufuncs import FLOAT, each
from .common import only

TO_ROUND = ("Declare where they lie, if you know it: x.within(low, high) with one result for all between; or round after "
            "decryption.")


def settled(array, function, name):
    """What a function that never falls makes of every number, where its values at both ends of a strip's range agree.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    function : callable
        Of a float, monotonic.
    name : str
        For the refusal.

    Returns
    -------
    EncryptedArray of the same shape
        Constants: no operation, no level.

    Raises
    ------
    Refused
        Where numbers of a strip's range may differ in it, for complex numbers too.
    """
    if array.dtype.kind == "c":
        raise Refused(f"{name} of encrypted complex numbers", "Take .real and .imag first.")

    def constant(strip):
        low, high = strip.bounds
        ends = function(low), function(high)
        if ends[0] != ends[1]:
            raise Refused(f"{name} of encrypted numbers in [{low:.6g}, {high:.6g}]: {ends[0]:g} or {ends[1]:g}", TO_ROUND)
        return strip.constant(float(ends[0]))

    return each(array, constant, FLOAT)


@implements(np.round)
def round_(a, decimals=0, out=None):
    """Numbers whose range lies between two steps: free."""
    only("round", out=(out, None))
    return settled(a, lambda x: float(np.round(x, decimals)), "np.round")


@ufunc(np.rint)
def rint(x):
    """As np.round."""
    return settled(x, lambda v: float(np.rint(v)), "np.rint")


@ufunc(np.floor)
def floor(x):
    """Numbers whose range holds no integer but its lower end: free."""
    return settled(x, lambda v: float(np.floor(v)), "np.floor")


@ufunc(np.ceil)
def ceil(x):
    """Numbers whose range holds no integer but its upper end: free."""
    return settled(x, lambda v: float(np.ceil(v)), "np.ceil")


@ufunc(np.trunc)
def trunc(x):
    """As np.floor and np.ceil, towards 0."""
    return settled(x, lambda v: float(np.trunc(v)), "np.trunc")

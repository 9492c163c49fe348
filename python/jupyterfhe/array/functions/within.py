"""What a caller promises of encrypted numbers: the interval where they lie."""

import math
from fractions import Fraction

from ...core.errors import ArgumentError
from ...plan.notes import ASSUMED, note
from .. import interval as iv
from ..known import Grid, grid
from ..ufuncs import each


def within(array, low, high, words=None):
    """The same numbers, none of which is below `low` or above `high`.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    low, high : float
        May be infinite where nothing is known.
    words : str, optional
        What to tell in :meth:`explain` as assumed; empty for what is proved.

    Returns
    -------
    EncryptedArray
    """
    low, high = float(low), float(high)
    if math.isnan(low) or math.isnan(high) or not low < high:
        raise ArgumentError("a range is (low, high), low below high")
    if array.dtype.kind == "c":
        raise ArgumentError("a range of complex numbers has no low", "Take .real or .imag first.")
    out = each(array, lambda s: narrowed(s, low, high), array.dtype)
    out.known = array.known if grid(array.known) else None
    if words:
        for value in out.values:
            note(value, ASSUMED + words)
    return out


def stepping(array, low, high, step):
    """The same numbers, all of them `low` plus a multiple of a step, none above `high`.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    low, high, step : float

    Returns
    -------
    EncryptedArray
    """
    low, high, step = float(low), float(high), float(step)
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(step) and step > 0):
        raise ArgumentError("a grid has finite ends and a step above 0")
    out = within(array, low, high, f"numbers of shape {array.shape} lie within [{low:g}, {high:g}], in steps of {step:g}")
    out.known = Grid(*(Fraction(repr(c)) for c in (low, step)))  # 3 steps of 0.1 are 0.3, as whoever wrote that means
    return out


def narrowed(strip, low, high):
    """A strip with its range cut; its slots may be off by its drift.

    Parameters
    ----------
    strip : Strip
    low, high : float

    Returns
    -------
    Strip
    """
    if isinstance(strip.gain, complex) or isinstance(strip.shift, complex) or strip.complex:
        return strip
    ends = []
    for end, out in ((low, -1), (high, 1)):
        edge = end + out * (strip.drift + 8 * iv.EPS * (strip.largest + abs(end)))
        ends.append((edge - strip.shift) / strip.gain if math.isfinite(end) else out * math.copysign(math.inf, strip.gain))
    ends = sorted(ends)
    span = max(strip.range[0], ends[0]), min(strip.range[1], ends[1])
    if not span[0] <= span[1]:
        raise ArgumentError(f"no number of [{strip.bounds[0]:.6g}, {strip.bounds[1]:.6g}] lies in [{low:.6g}, {high:.6g}]")
    return strip._like(range=span)

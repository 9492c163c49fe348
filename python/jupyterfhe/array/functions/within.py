"""What a caller promises of encrypted numbers: the interval where they lie."""

import math

from ...core.errors import ArgumentError
from ...plan.notes import ASSUMED, note
from .. import interval as iv
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
    if words:
        for value in out.values:
            note(value, ASSUMED + words)
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

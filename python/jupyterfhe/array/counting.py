"""Order statistics of exact integers of a small declared range: how many are at each value or above, and tables of that.

Number j in order is at least v exactly when no more than j numbers are below v, so it is the range's low end plus how many
values v above that say so. Nothing is compared with anything but public numbers, and everything is exact.
"""

from fractions import Fraction

import numpy as np

from ..core.errors import ArgumentError
from .refusal import Refused
from .strip import combine
from .whole import DOMAIN_MAX

VALUES_MAX = 64
EXACTLY = 10**6  # largest denominator of a quantile's share


def _counted(x, name):
    """(strip, its counts of numbers at v or above for every v but the lowest)."""
    if x.ndim != 1 or x.slot_axis != 0:
        raise Refused(f"{name} of exact integers but for one vector along the slots", "Take rows one by one.")
    strip, n = x.strips[0], len(x)
    low, high = strip.range
    if high - low >= VALUES_MAX or n >= DOMAIN_MAX:
        raise Refused(f"{name} of {n:,} exact integers of {high - low + 1:,} declared values",
                      f"At most {VALUES_MAX} values and {DOMAIN_MAX - 1:,} numbers: declare tighter bounds; or encrypt the "
                      "column approximately and set jf.options.resolution = 1.")
    unit = strip._like(gain=1, shift=0)
    return strip, [unit.looked_up(lambda u, v=v: u >= v).sum() for v in range(low + 1, high + 1)]


def _told(strip, parts):
    """The strip's numbers, of how many values are reached."""
    low = strip.range[0]
    if not parts:
        raise ArgumentError("every number is the same by its declared bounds")
    out = combine([(p, 1) for p in parts]).shifted(low)
    return out.scaled(strip.gain).shifted(strip.shift)


def statistic(x, share, name):
    """A quantile of a vector, linear between two numbers.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
        Exact.
    share : float
    name : str

    Returns
    -------
    WholeStrip
        One number.
    """
    if not 0 <= share <= 1:
        raise ValueError("Quantiles must be in the range [0, 1]")
    nearby = Fraction(share).limit_denominator(EXACTLY)
    if float(nearby) != float(share):
        raise Refused(f"{name} at a share that is no fraction of a small denominator", "Give a share such as 0.25 or 1 / 3.")
    strip, counts = _counted(x, name)
    n = len(x)
    at = nearby * (n - 1)
    j, rest = int(at), at - int(at)
    if strip.range[0] == strip.range[1]:
        same = strip.constant(strip.interval[0])
        return same._like(length=None, values=same.values[:1], pad=same.values[0])
    d = rest.denominator

    def reached(c):
        """How much of the step to v the quantile takes, in d-ths: c numbers are at v or above."""
        return (d - rest.numerator) * (c >= n - j) + rest.numerator * (c >= n - j - 1)

    return _told(strip, [c.looked_up(reached).in_ratio(1, d) for c in counts])


def ordered(x):
    """A vector's numbers from the smallest up.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
        Exact.

    Returns
    -------
    WholeStrip of n numbers
    """
    strip, counts = _counted(x, "np.sort")
    n = len(x)
    if 2 * n >= DOMAIN_MAX:
        raise Refused(f"np.sort of {n:,} exact integers, more than {DOMAIN_MAX // 2 - 1}", "Sort after decryption.")
    if strip.range[0] == strip.range[1]:
        return strip
    places = np.arange(n) - n
    return _told(strip, [c.spread_to(n).plus_vector(places).looked_up(lambda u: u >= 0) for c in counts])

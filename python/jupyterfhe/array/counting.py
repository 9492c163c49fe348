"""Order statistics of exact integers of a small declared range: how many are at each value or above, and tables of that.

Number j in order is at least v exactly when no more than j numbers are below v, so it is the range's low end plus how many
values v above that say so. Nothing is compared with anything but public numbers, and everything is exact.
"""

import itertools
from fractions import Fraction

import numpy as np

from ..core.errors import ArgumentError
from ..plan.whole import Whole
from .refusal import Refused
from .strip import combine
from .whole import DOMAIN_MAX, WholeStrip

VALUES_MAX = 64
SORTED_MAX = 64  # numbers whose indices are sorted: a table of 2 n - 1 values for each
EXACTLY = 10**6  # largest denominator of a quantile's share


def _unit(x, name):
    """The strip of a vector whose integers rise with its numbers, and its integers alone."""
    if x.ndim != 1 or x.slot_axis != 0:
        raise Refused(f"{name} of exact integers but for one vector along the slots", "Take rows one by one.")
    strip, n = x.strips[0], len(x)
    strip = strip.in_unit(-strip.gain) if strip.gain < 0 else strip
    low, high = strip.range
    if high - low >= VALUES_MAX or n >= DOMAIN_MAX:
        raise Refused(f"{name} of {n:,} exact integers of {high - low + 1:,} declared values",
                      f"At most {VALUES_MAX} values and {DOMAIN_MAX - 1:,} numbers: declare tighter bounds; or encrypt the "
                      "column approximately and set jf.options.resolution = 1.")
    return strip, strip._like(gain=1, shift=0)


def _counted(x, name):
    """(strip, its counts of numbers at v or above for every v but the lowest)."""
    strip, unit = _unit(x, name)
    low, high = strip.range
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
        return _single(strip, strip.interval[0])
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


# ---- indices ----
class _Levels:
    """Where a vector's numbers are at v or above, v = 1, 2, .. steps above the lowest value.

    Attributes
    ----------
    above : list of WholeStrip
        1 where a number is at v or above; 0 behind the numbers.
    counts : list of WholeStrip
        Their sums, one number each.
    n : int
    """

    def __init__(self, unit, name):
        """Look up; slots behind the numbers are filled with the lowest value first."""
        unit = unit if isinstance(unit.pad, int) else unit.zeroed()
        (value,), self.n, session = unit.values, unit.length, unit.session
        low, high = unit.range
        if self.n + self._window() > session.slots // 2:
            raise Refused(f"{name} of {self.n:,} exact integers in vectors of {session.slots:,}", "Take fewer at a time.")
        filled = np.full(session.slots, -unit.pad)
        filled[:self.n] = -low
        base = WholeStrip(session, (value.add_vector(Whole(filled)),), self.n, 1, 0, (0, high - low), 0)
        self.above = [base.looked_up(lambda u, v=v: u >= v) for v in range(1, high - low + 1)]
        self.counts = [a.sum() for a in self.above]

    def _window(self):
        return 1 << (self.n - 1).bit_length()

    def upto(self):
        """How many numbers up to each are exactly at v, v = 0, 1, 2, ..; itself included.

        A running sum over halves of the slots counts those from a number on: they are all less those, and itself.

        Returns
        -------
        list of WholeStrip
        """
        n, found = self.n, []
        for above, count in zip(self.above, self.counts, strict=True):
            onward = above._like(values=(above.values[0].row_sum(self._window()),), range=(0, n), pad=None)
            found.append(combine([(count.spread_to(n), 1), (onward, -1), (above, 1)]))
        first = found[0].scaled(-1).plus_vector(np.arange(1, n + 1))
        between = [combine([(a, 1), (b, -1)]) for a, b in itertools.pairwise(found)]
        return [_known(s, 0, n) for s in (first, *between, found[-1])]

    def exactly(self):
        """1 where a number is exactly at v, v = 0, 1, 2, ..

        Returns
        -------
        list of WholeStrip
        """
        between = [_known(combine([(a, 1), (b, -1)]), 0, 1) for a, b in itertools.pairwise(self.above)]
        return [self.above[0].scaled(-1).shifted(1), *between, self.above[-1]]


def _known(strip, low, high):
    """The same integers, whose range is known better than intervals say; behind the numbers anything within it."""
    strip = strip.in_unit(1, 0)
    return strip._like(range=(low, high))


def index(x, name, largest):
    """The index of the largest number, or the smallest; the first of equal ones.

    With ``f_v`` the index of the first number at value v, and ``t_v`` whether the extreme is at v or above, it is
    ``f_0 + sum of t_v (f_v - f_(v-1))``: the sum telescopes to the extreme's own value, whatever f says of values that are
    not there. And f_v is how many numbers have none at v among those up to them.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
        Exact.
    name : str
    largest : bool

    Returns
    -------
    WholeStrip
        One number.

    Notes
    -----
    Cost: a level more than the extreme itself, twice as many tables.
    """
    unit, n = _unit(x, name)[1], len(x)
    if unit.range[0] == unit.range[1]:
        return _single(unit, 0)
    levels = _Levels(unit, name)
    first = [u.looked_up(lambda count: count == 0).sum() for u in levels.upto()]
    reached = [c.looked_up((lambda count: count >= 1) if largest else (lambda count: count == n)) for c in levels.counts]
    terms = [(t.times(combine([(b, 1), (a, -1)])), 1) for t, (a, b) in zip(reached, itertools.pairwise(first), strict=True)]
    return _known(combine([(first[0], 1), *terms]), 0, n - 1)


def _single(strip, number):
    """A public number in every slot, as one that is encrypted."""
    same = strip.constant(number)
    return same._like(length=None, values=same.values[:1], pad=same.values[0])


def indices(x, name):
    """Indices of a vector's numbers from the smallest up, equal ones as they stand.

    A number's place is how many are below it and how many equal ones stand before it, both sums over values; a table of each
    number's place says in which slot its index goes.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
        Exact, of at most 64 numbers.
    name : str

    Returns
    -------
    WholeStrip of n numbers
    """
    unit, n = _unit(x, name)[1], len(x)
    if n > SORTED_MAX:
        raise Refused(f"{name} of {n:,} exact integers, more than {SORTED_MAX}", "Sort after decryption.")
    if unit.range[0] == unit.range[1]:
        return unit.constant(0).plus_vector(np.arange(n))
    levels = _Levels(unit, name)
    total = None
    for v, (here, upto) in enumerate(zip(levels.exactly(), levels.upto(), strict=True)):
        below = combine([(upto, 1)] + ([(levels.counts[v - 1].spread_to(n), -1)] if v else [])).shifted(n - 1 if v else -1)
        part = here.times(below)
        total = part if total is None else combine([(total, 1), (part, 1)])
    total = _known(total, 0, n - 1)
    at = np.arange(n)
    placed = [(total.times_vector((at == i).astype(int)).sum().spread_to(n).plus_vector(-at).looked_up(lambda u: u == 0), i)
              for i in range(1, n)]
    return _known(combine(placed), 0, n - 1)

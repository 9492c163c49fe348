"""Tables of any function over a declared domain of whole numbers: exact for exact integers, else one polynomial."""

import math
from fractions import Fraction

import numpy as np

from ..core import Polynomial, errors
from ..plan.notes import ASSUMED, note
from . import interval as iv
from .approximation import certify, looking
from .approximation.apply import levels_left
from .approximation.tables import depth, table
from .layout import mapped
from .refusal import Refused
from .strip import Strip

DENOMINATOR_MAX = 1 << 20  # of what an exact table gives
SPAN_MAX = 512  # whole numbers of one polynomial
BOOL, INT, FLOAT = np.dtype(bool), np.dtype(np.int64), np.dtype(float)


class LookUp:
    """A function of whole numbers that were declared, for encrypted arrays.

    Parameters
    ----------
    f : callable of int
        Gives numbers or truth values; is called once for every number of the domain, in the clear.
    domain : iterable of int
    """

    def __init__(self, f, domain):
        """Call the function for all of the domain."""
        given = set(domain)
        numbers = sorted({int(k) for k in given})
        if not numbers or len(numbers) != len(given) or any(int(k) != k for k in given):
            raise errors.ArgumentError("a table's domain holds whole numbers, one at least")
        made = [f(k) for k in numbers]
        try:
            self.table = {k: Fraction(v) if isinstance(v, (int, Fraction)) else Fraction(float(v)).limit_denominator(10**9)
                          for k, v in zip(numbers, made, strict=True)}
            self.near = {k: float(v) for k, v in zip(numbers, made, strict=True)}
        except (TypeError, ValueError, OverflowError):
            raise errors.ArgumentError("a table gives finite real numbers or truth values") from None
        kinds = {bool if isinstance(v, (bool, np.bool_)) else int if isinstance(v, (int, np.integer)) else float for v in made}
        self.dtype = BOOL if kinds == {bool} else INT if kinds <= {bool, int} else FLOAT
        self.domain = numbers

    def __call__(self, x):
        """The function of every number.

        Parameters
        ----------
        x : EncryptedArray

        Returns
        -------
        EncryptedArray of the same shape

        Raises
        ------
        Refused
            Where the numbers' declared range reaches beyond the domain, or the table takes too many of them.
        DepthError
            When the levels do not hold the table.

        Notes
        -----
        Cost: about ``log2`` of the range's length in levels, ``2 sqrt(2 length)`` products. Where levels come back, wider
        ranges, up to 4,096 numbers, cost one bootstrap up to 128 and two above. That approximate numbers are whole, and in the
        domain, is believed. Reveals: the domain and the table.
        """
        if not hasattr(x, "strips"):
            return self._plainly(np.asarray(x))
        if x.exact:
            return self._exactly(x)
        if x.dtype.kind == "c":
            raise Refused("a table of complex numbers", "Take .real, .imag or np.abs first.")
        levels = levels_left(x)
        for value in x.values:
            note(value, f"{ASSUMED}numbers are whole ones of {self.domain[0]} to {self.domain[-1]}")
        strips = mapped(lambda s: self._nearly(s, min(levels[v] for v in s.values)), x.strips)
        return x.like(strips=strips, dtype=BOOL if self.dtype == BOOL else FLOAT)

    def _plainly(self, x):
        """Public numbers, of mock data say."""
        try:
            made = [self.near[int(k)] for k in x.ravel().tolist() if k == int(k)]
        except (KeyError, TypeError, ValueError, OverflowError):
            made = []
        if len(made) != x.size:
            raise errors.ArgumentError("a table is looked up for whole numbers of its domain", "Of a series: s.map(f).")
        return np.array(made, dtype=self.dtype).reshape(x.shape)

    def _exactly(self, x):
        """Exact integers: the engine's tables modulo primes."""
        wide = math.lcm(*(v.denominator for v in self.table.values()))
        if wide > DENOMINATOR_MAX:
            raise Refused("a table of exact integers that gives fractions without a small common denominator",
                          "Give whole numbers, or fractions.Fraction; or divide by a public number afterwards.")

        def one(strip):
            low, high = strip.interval
            self._covers(low, high)
            # numbers between those of the domain are promised not to be there
            return strip.looked_up(lambda v: self.table.get(v, Fraction(0)) * wide).in_ratio(1, wide)

        return x.like(strips=mapped(one, x.strips), dtype=self.dtype)

    def _covers(self, low, high):
        if low < self.domain[0] or high > self.domain[-1]:
            raise Refused(f"numbers declared in [{float(low):g}, {float(high):g}] and a table of {self.domain[0]} to "
                          f"{self.domain[-1]}", "Give the table all of the declared range, or declare tighter bounds.")

    def _nearly(self, strip, levels):
        """Approximate numbers: a polynomial through the table's points."""
        low, high = (round(end) for end in strip.bounds)
        low, high = max(low, self.domain[0]), min(high, self.domain[-1])
        if low > high:
            self._covers(*strip.bounds)
        chosen = [k for k in self.domain if low <= k <= high]
        span = chosen[-1] - chosen[0] + 1
        if strip.session.between is not None and (span > SPAN_MAX or depth(span) + 1 > levels):
            return self._in_a_bootstrap(strip, chosen)
        if span > SPAN_MAX:
            raise Refused(f"a table over {span:,} approximate whole numbers, more than {SPAN_MAX}",
                          "Declare tighter bounds, or encrypt with exact=True, or with parameters whose levels come back.")
        nodes = [(k - strip.shift) / strip.gain for k in chosen]
        wide = max(1.0, strip.size, *map(abs, nodes))
        wide = 1.0 if wide <= 1 + 2.0**-40 else wide
        needed = depth(span) + (wide != 1)
        if needed > levels:
            raise errors.DepthError(f"a table over {span} whole numbers takes {needed} levels, and {max(levels, 0)} are left",
                                    "Declare tighter bounds, or encrypt with parameters of more depth: 'ml' has 14 levels.")
        wanted = [self.near[k] for k in chosen]
        unit = iv.power_of_two(max(map(abs, wanted)) or 1.0)
        found = table(tuple(min(max(n / wide, -1.0), 1.0) for n in nodes), tuple(w / unit for w in wanted), depth(span))
        body = Polynomial(found.coefficients, "chebyshev", (-wide, wide))
        values = tuple(v.poly(body, found.size, promised=True) for v in strip.values)
        behind = float(np.polynomial.chebyshev.chebval(0.0, found.coefficients))
        pad = values[-1] if strip.length is None else behind if isinstance(strip.pad, float) and strip.pad == 0 else None
        near = float(found.near(iv.up(strip.drift / abs(strip.gain) / wide)).max())
        if strip.behind:  # what is known of zeros behind the numbers is rounded
            near += certify.rounding(found.coefficients) * strip.behind / strip.length
        span = (min(*wanted, unit * min(behind, 0)) / unit - near, max(*wanted, unit * max(behind, 0)) / unit + near)
        span = max(iv.down(span[0]), -found.size), min(iv.up(span[1]), found.size)
        return Strip(strip.session, values, strip.length, unit, 0.0, span, pad, iv.up(near * unit)).promising()

    def _in_a_bootstrap(self, strip, chosen):
        """Approximate numbers of a wide range, where levels come back: the engine's tables."""
        first, last = chosen[0], chosen[-1]
        if strip.behind:  # what is there is looked up too, zeros where nobody knows it
            at = strip.shift + (strip.gain * strip.pad if isinstance(strip.pad, float) else 0.0)
            first, last = min(first, math.floor(at)), max(last, math.ceil(at))
        most = looking.most(strip.session)
        if last - first >= most:
            raise Refused(f"a table over {last - first + 1:,} approximate whole numbers, more than {most:,}",
                          "Declare tighter bounds, or encrypt with exact=True.")
        wanted = np.interp(np.arange(first, last + 1), chosen, [self.near[k] for k in chosen])
        middle = float(wanted.max() / 2 + wanted.min() / 2)  # slots on both sides of 0 have a bit more for the values
        wanted = wanted - middle
        return looking.looked_up(strip, wanted, first, iv.power_of_two(float(np.abs(wanted).max()) or 1.0)).shifted(middle)


def lut(f, domain):
    """Make a table of a Python function over whole numbers, to look encrypted ones up in.

    Parameters
    ----------
    f : callable of int
        Runs here, in the clear, once for every number of the domain: it never sees encrypted ones.
    domain : iterable of int
        ``range(10)`` for digits.

    Returns
    -------
    LookUp
        A function of encrypted arrays.

    Examples
    --------
    ``grade = jf.lut(lambda points: 1 + (points < 50) + (points < 20), range(0, 101)); grade(x)``
    """
    return LookUp(f, domain)

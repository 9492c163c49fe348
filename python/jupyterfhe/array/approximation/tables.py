"""Tables of encrypted whole numbers: one polynomial through what each of them shall become.

Of all polynomials of degree 2^L - 1 through the points we take the one of least sum of (k c_k)^2, c_k its Chebyshev
coefficients: weights that grow with k keep it from swinging between the points. What an argument is off its whole number is
multiplied by the slope there. For the table of one place that is about half a step a step at that place and its neighbours and
next to nothing elsewhere, where a bound for all of [-1, 1] would be hundreds: so the first two derivatives are taken at the
nodes, and what the second changes by within the distance from a bound on the third around them.
"""

import functools
import math
import typing

import numpy as np

from ...core import Polynomial, errors
from .. import interval as iv
from ..strip import Strip
from . import certify
from .signs import HALF, WIDER, settling

DENSE = 1.6  # degrees a node: equidistant nodes lie pi / 2 times as dense in the middle as Chebyshev's of as many
FILL = 0.97  # share of [-1, 1] that nodes take: at its very ends slopes are steep
REACH = HALF
FULL = FILL * REACH  # what those of the tables' arguments reach
AROUND = 2.0**-8
LEVELS_MAX = 10  # degree 1023


class Table(typing.NamedTuple):
    """A polynomial through points.

    Attributes
    ----------
    coefficients : ndarray
        Of Chebyshev's polynomials on [-1, 1].
    off : float
        Bound on its distance from the table at the nodes.
    size : float
        Bound on its modulus on [-1, 1].
    slopes, bends : ndarray
        Bounds on the moduli of its first two derivatives at the nodes.
    twist : float
        Bound on its third derivative's modulus up to :data:`AROUND` beyond the nodes.
    """

    coefficients: np.ndarray
    off: float
    size: float
    slopes: np.ndarray
    bends: np.ndarray
    twist: float

    def near(self, distance):
        """Bounds on how far it is from the table where its argument is off a node: Taylor's formula to the third order.

        Parameters
        ----------
        distance : float

        Returns
        -------
        ndarray
            For each node.
        """
        if not distance < AROUND:
            raise errors.RangeError(f"whole numbers known to {distance:.1e} of their range only are no index of a table", WIDER)
        rest = distance * (self.bends / 2 + distance * self.twist / 6)
        return (self.off + distance * (self.slopes + rest)) * (1 + 2.0**-40)


def depth(count):
    """Levels of a table of so many whole numbers in a row.

    Parameters
    ----------
    count : int

    Returns
    -------
    int
    """
    return 1 if count <= 2 else max(2, math.ceil(math.log2(DENSE * count + 1)))


@functools.lru_cache(maxsize=512)
def table(nodes, wanted, levels):
    """The polynomial of least norm through points.

    Parameters
    ----------
    nodes : tuple of float
        In [-1, 1].
    wanted : tuple of float
    levels : int
        Its degree is below 2^levels.

    Returns
    -------
    Table
    """
    x, y = np.array(nodes), np.array(wanted)
    base = np.polynomial.chebyshev.chebvander(x, (1 << levels) - 1)
    weight = 1.0 + np.arange(base.shape[1])
    c = np.linalg.lstsq(base / weight, y, rcond=None)[0] / weight
    steep, bent, twisted = (np.polynomial.chebyshev.chebder(c, k) for k in (1, 2, 3))
    count = certify.OVERSAMPLE * len(c)
    size, edge = _largest(c, count), min(float(np.abs(x).max()) + AROUND, 1.0)
    twist = certify.piece(-edge, edge, np.zeros_like, len(twisted) - 1 or 1, twisted)
    bends = _moduli(x, bent, twist)
    slopes = _moduli(x, steep, float(bends.max()) + twist)
    # the nodes stand for whole numbers, and were rounded
    off = float(np.abs(base @ c - y).max()) + certify.rounding(c) + float(slopes.max()) * 2.0**-50
    return Table(c, iv.up(off), iv.up(size), slopes, bends, iv.up(twist * (1 + 2.0**-30)))


def _moduli(x, coefficients, slope):
    """Bounds on a polynomial's moduli at nodes that were rounded, by less than 2^-50; `slope` bounds its derivative there."""
    at = np.abs(np.polynomial.chebyshev.chebval(x, coefficients)) + certify.rounding(coefficients)
    return (at + slope * 2.0**-50) * (1 + 2.0**-40)


def _largest(c, count):
    """Bound on a polynomial's modulus on [-1, 1], of its values at Chebyshev's points."""
    values = np.polynomial.chebyshev.chebval(certify.nodes(count), c)
    return (float(np.abs(values).max()) + certify.rounding(c)) * certify.between(len(c) - 1, count)


def tabled(strip, wanted, levels, *, reach=None):
    """A table of a strip of whole numbers from 0 on.

    Parameters
    ----------
    strip : Strip
        Its slots, those behind its numbers too, lie within :data:`REACH`; numbers are off whole ones by its drift.
    wanted : sequence of float
        For 0, 1, 2, ...
    levels : int
    reach : float, optional
        What the result's slots shall reach, for free; the wanted numbers themselves, about, by default.

    Returns
    -------
    (Strip, float)
        What is behind its numbers is unknown. And a bound on the sum of what they are off when no two of them are equal.

    Raises
    ------
    DepthError
        For more numbers than a polynomial of :data:`LEVELS_MAX` levels has.
    """
    if levels > LEVELS_MAX:
        raise errors.DepthError(f"a table of {len(wanted):,} whole numbers needs a polynomial of {levels} levels",
                                "Order fewer numbers; or count those of a small declared range.")
    strip = settled(strip)
    nodes = tuple((k - strip.shift) / strip.gain for k in range(len(wanted)))
    unit = iv.power_of_two(max(map(abs, wanted)) or 1.0)
    found = table(nodes, tuple(w / unit for w in wanted), levels)
    part = 1.0 if reach is None else reach / found.size
    body, size = Polynomial(found.coefficients * part, "chebyshev", (-1.0, 1.0)), iv.up(found.size * part)
    values = tuple(v.poly(body, size, promised=True) for v in strip.values)
    each = found.near(iv.up(strip.drift / abs(strip.gain)))
    near, total = float(each.max()), float(each.sum()) * (1 + 2.0**-40)
    low, high = iv.scale((min(wanted) / unit - near, max(wanted) / unit + near), part)
    pad = values[-1] if strip.length is None else None
    span, drift = (max(low, -size), min(high, size)), iv.up(near * unit + 4 * iv.EPS * unit * found.size)
    return Strip(strip.session, values, strip.length, unit / part, 0.0, span, pad, drift), iv.up(total * unit)


def settled(strip):
    """A strip whose slots are what they were off their numbers too: from here on errors are its drift (SOUNDNESS.md, "Signs").

    Parameters
    ----------
    strip : Strip
        Its slots lie within :data:`REACH`.

    Returns
    -------
    Strip
        Its slots lie in [-1, 1].

    Notes
    -----
    The engine bounds what a polynomial makes of an error by sums over all coefficients. Settled values have no error, and the
    drift is multiplied by the slope that is proved here: a hundred times less for tables of a dozen numbers.
    """
    room = settling([v.promising(REACH, always=True) for v in strip.values])
    half = (1 - room) / 2
    if half < REACH:
        raise errors.RangeError(f"whole numbers known to {room:.1e} only are no index of a table", WIDER)
    values = tuple(v.promising(half, always=True).settle(1) for v in strip.values)
    low, high = strip.range
    span = max(-1.0, 2 * low - room), min(1.0, 2 * high + room)
    return strip._like(values=values, gain=strip.gain / 2, range=span, pad=values[0] if strip.length is None else None,
                       drift=iv.up(strip.drift + abs(strip.gain) / 2 * room))

"""Weights of encrypted places in order: by one table, and where levels come back by tables of signs that are told once more.

A bootstrap moves counts of n numbers by about n / 700, and a table multiplies that by its slope, near 1 at the places beside
the wanted one. Where there are bootstraps there are levels too: a table of -1 and 1 that is off by a tenth says which of both
is meant as well as an exact one, and signs with so wide a gap take few levels (docs/adr/0042).
"""

from .. import interval as iv
from ..strip import combine
from .signs import HEADROOM, PARTS, told
from .tables import REACH, tabled

SURE = 2.0**-10  # errors of all places together


def weighed(strip, wanted, levels):
    """A public weight of the place of each number.

    Parameters
    ----------
    strip : Strip
        As of :func:`~jupyterfhe.array.approximation.tables.tabled`.
    wanted : sequence of float
        For 0, 1, 2, ...
    levels : int
        Of the table.

    Returns
    -------
    (Strip, float)
        As of :func:`~jupyterfhe.array.approximation.tables.tabled`.
    """
    if strip.session.between is None:
        return tabled(strip, wanted, levels)
    weights = sorted(set(wanted) - {0.0})
    parts = [(_among(strip, [w == weight for w in wanted], levels), weight) for weight in weights]
    off = sum(abs(weight) * part.drift for part, weight in parts) * len(wanted)
    return parts[0][0] if weights == [1.0] else combine(parts), iv.up(off)


def _among(strip, there, levels):
    """1 where a number's place is among some, 0 elsewhere."""
    near, _ = tabled(strip, [1.0 if t else -1.0 for t in there], levels, reach=REACH)
    sure = told(near, 1.0, PARTS * strip.session.between, HEADROOM, SURE / len(there), settle=True)
    return sure.scaled(0.5).shifted(0.5)

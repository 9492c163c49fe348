"""Weights of encrypted places in order: by one table, and where levels come back by tables of signs that are told once more.

A bootstrap moves counts of n numbers by about n / 700, and a table multiplies that by its slope, near 1 at the places beside
the wanted one. Where there are bootstraps there are levels too: a table of -1 and 1 that is off by a tenth says which of both
is meant as well as an exact one, and signs with so wide a gap take few levels (docs/adr/0042). Where a table's polynomial would
lie across a bootstrap, that bootstrap is the table: it takes counts as they were before it (docs/adr/0046).
"""

import numpy as np

from .. import interval as iv
from ..strip import combine
from . import looking
from .signs import COARSE, PARTS, told
from .tables import FULL, LEVELS_MAX, REACH, depth, tabled

SURE = 2.0**-10  # errors of all places together


def within_bootstraps(session, count):
    """Whether a table of so many places is looked up in the middle of a bootstrap.

    Parameters
    ----------
    session : Session
    count : int

    Returns
    -------
    bool
    """
    return session.between is not None and depth(count) > min(session.between, LEVELS_MAX)


def ahead(session, count):
    """What :func:`weighed` wants of counts.

    Parameters
    ----------
    session : Session
    count : int
        Places.

    Returns
    -------
    (int, float or None)
        Levels, and what the slots may reach.
    """
    return (1, None) if within_bootstraps(session, count) else (depth(count), FULL)


def weighed(strip, wanted):
    """A public weight of the place of each number.

    Parameters
    ----------
    strip : Strip
        Places, with what :func:`ahead` says.
    wanted : sequence of float
        For 0, 1, 2, ...

    Returns
    -------
    (Strip, float)
        As of :func:`~jupyterfhe.array.approximation.tables.tabled`.
    """
    if strip.session.between is None:
        return tabled(strip, wanted, depth(len(wanted)))
    weights = sorted(set(wanted) - {0.0})
    parts = [(_among(strip, [w == weight for w in wanted]), weight) for weight in weights]
    off = sum(abs(weight) * part.drift for part, weight in parts) * len(wanted)
    return parts[0][0] if weights == [1.0] else combine(parts), iv.up(off)


def _among(strip, there):
    """1 where a number's place is among some, 0 elsewhere."""
    signs = [1.0 if t else -1.0 for t in there]
    if within_bootstraps(strip.session, len(signs)):
        near = looking.looked_up(strip, np.array(signs), 0, 1 / COARSE)
    else:
        near, _ = tabled(strip, signs, depth(len(signs)), reach=REACH)
    return yes_or_no(near, SURE / len(there))


def yes_or_no(near, goal):
    """1 for numbers near 1, 0 for those near -1.

    Parameters
    ----------
    near : Strip
    goal : float
        Error wanted.

    Returns
    -------
    Strip
    """
    return told(near, 1.0, PARTS * near.session.between, 1.0, goal, settle=True).scaled(0.5).shifted(0.5)

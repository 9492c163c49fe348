"""Tables of encrypted whole numbers in the middle of a bootstrap: up to 4,096 of them, without a level of their own."""

import math

from ...plan import Vector
from ...plan.notes import note
from .. import interval as iv
from ..strip import Strip
from .apply import masked

ONE_DIGIT = 128  # numbers that are looked up in one bootstrap, more in two
MOST = 4096
WHOLE = 2.0**-20  # what a public whole number may be off one
FLAT = math.pi**2 / 3  # of its values' width a step off a number costs so much, by the step's square (SOUNDNESS.md, "Tables")


def most(session):
    """How many numbers a table may have."""
    return min(MOST, session.slots)


def _behind(strip, first, table):
    """What slots behind the numbers will hold, or None."""
    if not strip.behind or not isinstance(strip.pad, float):
        return None
    at = strip.shift + strip.gain * strip.pad - first
    place = round(at)
    return float(table.re[place]) if abs(at - place) < WHOLE and 0 <= place < len(table.re) else None


def looked_up(strip, wanted, first, unit):
    """The numbers of a table at encrypted whole ones.

    Parameters
    ----------
    strip : Strip
        Its numbers are whole ones of the table, but for its drift. Behind them there may be anything.
    wanted : ndarray of float
        For first, first + 1, ...
    first : int
    unit : float
        What the slots are multiples of; at least the largest modulus in the table.

    Returns
    -------
    Strip
        Behind its numbers there is the table's value of what was there, where that was a known whole number.

    Notes
    -----
    Cost: a bootstrap or two, and a level where numbers are not what the slots hold already.
    """
    bare = strip.behind and not isinstance(strip.pad, float)
    if bare and strip.chunks == 1:
        strip = masked(strip, strip.gain)  # brought to steps of 1 in the same level
    elif bare:
        strip = masked(strip)
    table = Vector(wanted / unit)
    behind = _behind(strip, first, table)
    values = tuple(v.mul_const(strip.gain).add_const(strip.shift - first).look_up(table) for v in strip.values)
    for v in values:
        note(v, f"a table of {len(wanted):,} numbers, looked up in {1 if len(wanted) <= ONE_DIGIT else 2} bootstraps")
    low, high = float(table.re.min()), float(table.re.max())
    # (e + d)^2 - e^2 <= d + d^2 for what the engine knows of, e <= 1/2, and what only doubles did, d; for each digit
    drift = strip.drift + 4 * iv.EPS * (strip.largest + abs(first))
    off = 2 * FLAT * (high - low) * unit * (drift + drift**2)
    pad = values[-1] if strip.length is None else behind
    return Strip(strip.session, values, strip.length, unit, 0.0, (low, high), pad, iv.up(off)).promising()

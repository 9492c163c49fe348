"""Sorting by a network of comparisons: for more numbers than a table of their places can hold.

Batcher's merge of odd and even places [Bat68] takes t (t + 1) / 2 rounds for 2^t numbers, or fewer: what is missing counts as
larger than all. In a round every comparison is of numbers equally far apart, so it is one sign of all slots.

Levels come back where they cost no precision: in every round the numbers before they are settled, and what is between two parts
of a sign. That is more often than need be; the planner's shortest path would put fewer elsewhere, where their errors grow. See
docs/adr/0042 and "Networks" in docs/SOUNDNESS.md.
"""

import numpy as np

from ..core import errors
from ..plan import Vector, worst_error
from ..plan.notes import ASSUMED, note
from . import interval as iv
from .approximation.signs import HEADROOM, PARTS, WIDER, told
from .approximation.tables import depth
from .layout import afford
from .ranks import resolution, vector
from .strip import Strip

REACH = 0.45  # of slots before they are settled: what numbers are off in the end needs room too
SURE = 2.0**-17  # of the signs of a round: a tenth of what a bootstrap moves numbers by
OPERATIONS = 24  # rotations and products of a round
UNIT = 2.0  # settling doubles
SLACK = 1 + 2.0**-4  # levels, and with them errors, may differ a little between a plan of some rounds and one of all
LOWERED = 2.0**-19  # what an input may be moved by on its way to a level that a plan of a part does not take it to
LEFT = 0.2  # share of the resolution that must be left as a gap


def wanted(x):
    """Whether a vector is sorted by a network: levels come back, and a table of its places would lie across a bootstrap.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)

    Returns
    -------
    bool
    """
    return x.session.between is not None and depth(2 * len(x) - 1) > x.session.between


def rounds(n):
    """Comparisons of a network, those of a round together.

    Parameters
    ----------
    n : int

    Yields
    ------
    (int, ndarray of int)
        How far apart, and where the first ones stand, which get the smaller numbers.
    """
    place, merged = np.arange(n), 1
    while merged < n:
        apart = merged
        while apart:
            first = place[(place - apart % merged) % (2 * apart) < apart]
            first = first[(first >= apart % merged) & (first + apart < n)]
            yield apart, first[first // (2 * merged) == (first + apart) // (2 * merged)]
            apart //= 2
        merged *= 2


def ordered(x):
    """A vector's numbers from the smallest up.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)

    Returns
    -------
    Strip of n numbers

    Raises
    ------
    DepthError
        Where numbers that differ by the resolution could not be told apart any more after as many rounds.

    Notes
    -----
    Cost: about ``log2(n)^2 / 2`` rounds of a sign, a product and about two bootstraps each.
    """
    step, strip, n = resolution(), vector(x, x.session.slots), len(x)
    network = list(rounds(n))
    afford(OPERATIONS * len(network), f"a network of {len(network)} rounds for {n:,} numbers", "Sort fewer at a time.")
    for value in strip.values:
        note(value, f"{ASSUMED}compared numbers that differ, differ by {step:g} or more")
    row = _spread(strip)
    for number, (apart, first) in enumerate(network):
        row = _round(row, apart, first, step, number > 0)
    (value,) = row.values
    return row._like(values=(value.bootstrap(),))


def _spread(strip):
    """The numbers about 0, in slots up to :data:`REACH`; 0 behind them."""
    low, high = strip.range
    middle, half = (low + high) / 2, iv.up((high - low) / 2 * (1 + 4 * iv.EPS))
    (value,) = strip.values
    moved = value.add_vector(Vector([-middle] * strip.length)) if middle else value
    ratio = REACH / half
    shift = strip.shift + strip.gain * middle
    drift = iv.up(strip.drift + 8 * iv.EPS * (strip.largest + abs(shift)))
    return Strip(strip.session, (moved.mul_const(ratio),), strip.length, strip.gain / ratio, shift, iv.sym(REACH), None, drift)


def _round(row, apart, first, step, refresh):
    """Numbers at some places and those so far behind them, the smaller of both first."""
    (value,), session = row.values, row.session
    room = 2 * (LOWERED + SLACK * worst_error([value.bootstrap() if refresh else value]))
    gain, drift = row.gain / UNIT, iv.up(row.drift + abs(row.gain) / UNIT * room)
    if REACH * UNIT + drift / abs(gain) > 1 - room or step - 2 * drift < LEFT * step:
        raise errors.DepthError(f"numbers that differ by {step:g} are known to {drift:.2g} after rounds of a network", WIDER)
    # halved: in the units of the next round, so that differences fit a sign
    value = value.promising((1 - room) / 2, always=True)
    half = (value.bootstrap() if refresh else value).settle(1).mul_const(0.5)
    differ = half.sub(half.rotate(apart))
    signed = told(Strip(session, (differ,), session.slots, row.gain, 0.0, (-1.0, 1.0), 0.0, 0.0), step - 2 * drift,
                  PARTS * session.between, HEADROOM, SURE, settle=False, refresh=True)
    (sign,), size, mask = signed.values, abs(signed.gain), np.zeros(session.slots)
    mask[first] = 0.5
    moved = differ.mul_vector(Vector(mask)).add(differ.mul_vector(Vector(mask * signed.gain)).mul(sign))
    out = half.sub(moved).add(moved.rotate(-apart))
    # numbers alike stay between both, but for what signs exceed 1; others are off by a sign's error of half their distance
    drift = iv.up(drift * (1 + max(size / HEADROOM - 1, 0.0) + signed.drift) + abs(gain) * signed.drift * (1 + 2.0**-40))
    return Strip(session, (out.promising(REACH + drift / abs(row.gain), always=True),), row.length, row.gain, row.shift,
                 iv.sym(iv.up(REACH + drift / abs(row.gain))), None, drift)

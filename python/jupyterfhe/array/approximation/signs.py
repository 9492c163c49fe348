"""From a strip to the signs of its numbers: the composition chosen, evaluated, and what is proved of the result."""

import math
import warnings

import numpy as np

from ...core import Polynomial, errors
from ...plan import Value, Vector, foresee, options
from ...plan.notes import note
from .. import interval as iv
from ..layout import mapped
from ..strip import Strip
from . import composite
from .apply import ApproximationWarning, callers, levels_left, masked

UNIT = (-1.0, 1.0)
FACTOR_MAX = 2.0**20
NEAR = 2.0**-40
LOW_MAX = 0.99  # exchanges need an interval
WIDER = ("Promise a wider gap, or encrypt with parameters of more depth: 'ml' has 14 levels, Parameters.custom up to 60, and "
         "'deep' is made for bootstraps.")
HEADROOM = 4.0  # how much smaller than 1 the last slots are: what is made of them on the way fits the lowest level then
HALF = 0.5 - 2.0**-7  # what numbers may reach before they are settled, which doubles them
SETTLED = 1.5  # how much more than the errors foreseen settling allows
ROOM_MAX = 2.0**-5
PARTS = 3  # polynomials of a composition, where levels come back between them
ROOMS = 8  # how much more room the last part leaves than the errors before it are expected to need
BEFORE = 1 + 2.0**-5  # a bootstrap passes on errors that were there, a little larger


def signs(array, gap, *, spare=0, headroom=HEADROOM, goal=None, settle=False):
    """-1 or 1 for every number of an array.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    gap : float
        No modulus is below it: there the result is neither, and not in the error bound.
    spare : int, default=0
        Levels to leave for products.
    headroom : float, default=4.0
        How much smaller than 1 the slots shall be: for sums of so many signs.
    goal : float, optional
        Wanted error; twice ``options.precision`` by default.
    settle : bool, default=False
        Settle the numbers before the first polynomial too, for sums whose errors its slope would multiply: a level unless they
        lie within half a unit.

    Returns
    -------
    EncryptedArray
        Of float64; its error is how far it is from -1 or 1.

    Raises
    ------
    DepthError
        When so few levels are left that no composition tells the signs apart.

    Notes
    -----
    Cost: the composition's levels, one more when numbers exceed 1 in the units of the slots; a conjugation between two parts,
    which makes what the slots hold the value (``jfhe_ckks_settle``), so that errors do not grow with the parts' slopes.
    Reveals: the interval, the gap, the degrees.
    """
    levels, goal = levels_left(array, PARTS), 2 * options.precision if goal is None else goal

    def one(strip):
        return told(strip, gap, min(levels[v] for v in strip.values) - spare, headroom, goal, settle)

    return array.like(dtype=np.dtype(float), strips=mapped(one, array.strips))


def expected(array, gap, spare=0):
    """How far signs are expected to be off, at the most over an array's strips; 1 where they cannot be told.

    Parameters
    ----------
    array : EncryptedArray
    gap, spare : float and int
        As of :func:`signs`.

    Returns
    -------
    float
    """
    levels, worst = levels_left(array, PARTS), 0.0
    for strip in array.strips.flat:
        try:
            _, window, low = _ready(strip, gap)
        except errors.ArgumentError:
            return 1.0
        chosen = composite.degrees(low, min(levels[v] for v in strip.values) - spare - (window != UNIT), 2 * options.precision)
        worst = max(worst, composite.off(low, chosen))
    return worst


def told(strip, gap, levels, headroom, goal, settle, refresh=False):
    """-1 or 1 for every number of a strip.

    Parameters
    ----------
    strip : Strip
    gap : float
        As all further ones of :func:`signs`.
    levels : int
        What may be spent.
    headroom, goal : float
    settle : bool
    refresh : bool, default=False
        Whether levels come back between parts, wherever else they do.

    Returns
    -------
    Strip
    """
    strip = strip if settle else _known_behind(strip)
    if settle:
        values, low, spent = _settled(strip, gap)
        window = UNIT
    else:
        factor, window, low = _ready(strip, gap)
        spent = window != UNIT
    chosen = composite.degrees(low, levels - spent, goal)
    # told as well where that does not more than double errors; else unknown, and a level for sums that need a mask
    aside = not settle and len(chosen) > 1 and isinstance(strip.pad, float) and 0 < strip.behind <= (strip.length or 0)
    if not settle:
        values = _arguments(strip, factor, aside)
    if not chosen:
        largest = max(map(abs, strip.bounds))
        raise errors.DepthError(
            f"telling signs down to {gap:.3g} of {largest:.3g} needs more than the {max(levels, 0)} levels left", WIDER)
    values, error, unit = _composed(values, window, low, chosen, headroom, refresh)
    out = _finished(strip, values, error, unit, headroom, aside, exact_zeros=len(chosen) == 1)
    _tell(out, strip, gap, chosen, error, levels, goal)
    return out


def _wide(strip):
    """Bound on the modulus of x / gain."""
    offset = strip.shift / strip.gain
    return iv.up(iv.modulus(iv.add(strip.range, (offset, offset)))) if offset else strip.size


def _settled(strip, gap):
    """(values in [-1, 1] without errors, how near 0 they may be, levels spent): what they were off counts against the gap."""
    largest = max(map(abs, strip.bounds))
    wide = _wide(strip)
    ratio = HALF / wide if wide > HALF else float(min(HALF // wide, FACTOR_MAX))
    values = [v.mul_const(ratio).promising(HALF, always=True) for v in _arguments(strip, 1)]
    slip = strip.drift + 8 * iv.EPS * (abs(strip.shift) + largest)
    near = (gap - slip) / abs(strip.gain) * 2 * ratio * (1 - NEAR)
    room = settling(values, near / 2)
    if (1 - room) / 2 < HALF:
        raise errors.RangeError(f"numbers known to {room:.1e} of their range only have no signs to be told", WIDER)
    low = near - room
    if not low > 0:
        raise errors.RangeError(f"the numbers are known to {room:.1e} of their range only, and the gap is {gap:.1e}", WIDER)
    return [v.promising((1 - room) / 2, always=True).settle(1) for v in values], min(low, LOW_MAX), wide > HALF


def settling(values, most=math.inf):
    """Room for what values are off when they are settled, in the units of the result.

    For what a plan foresees, and for a bootstrap: where levels come back, they may do so before each settled value (adr/0042).

    Parameters
    ----------
    values : sequence of Value
    most : float, optional
        A bootstrap gets no room where this would be exceeded: a plan that puts one there is refused then.

    Returns
    -------
    float
    """
    _, plan = foresee(values)
    room = 2 * SETTLED * max(out.error_bound for out in plan.outputs)
    more = room + 2 * BEFORE * values[0].session.refreshed
    return more if more <= most else room


def _ready(strip, gap):
    """(factor, window, low): what slots are multiplied by, the interval they are in then, and how near 0 they may be in it."""
    largest = max(map(abs, strip.bounds))
    wide = _wide(strip)  # a symmetric window of x / gain
    factor = int(min(1 / wide, FACTOR_MAX)) if wide <= 1 else 1
    window = UNIT if wide <= 1 else (-wide, wide)
    # rounding of the offset, the quotient and the window moves numbers by less than NEAR of the gap and 8 EPS of their size
    slip = strip.drift + 8 * iv.EPS * (abs(strip.shift) + largest)
    low = (gap - slip) / abs(strip.gain) * factor / window[1] * (1 - NEAR)
    if not low > 0:
        raise errors.ArgumentError(f"the numbers are known to {strip.drift:.1e} only, and the gap is {gap:.1e}")
    return factor, window, min(low, LOW_MAX)


def _known_behind(strip):
    """A strip whose padding is 0 as u, or goes where its numbers go."""
    if strip.length is None or not strip.behind or strip.pad is strip.values[-1] or strip.pad == 0.0:
        return strip
    return masked(strip)


def _arguments(strip, factor, aside=False):
    """Slots that are factor * x / gain; behind the last number 0, or the least number where that is to be told as well."""
    offset = strip.shift / strip.gain
    whole = [v.add_const(offset) for v in strip.values]
    if strip.behind and isinstance(strip.pad, float) and (offset or aside):
        keep = strip.length - (strip.chunks - 1) * strip.session.slots
        there = [-_wide(strip)] * strip.behind if aside else []
        whole[-1] = strip.values[-1].add_vector(Vector([offset] * keep + there))
    return [v.mul_const(factor) for v in whole]


def _composed(values, window, low, chosen, headroom, refresh):
    """(values, bound on the distance from the sign, unit) of numbers in the window, none nearer to 0 than low.

    Every part but the last halves its result, and leaves room: settled, it is a real number again, without error, in [low, 1].
    """
    *before, last = chosen
    for degree in before:
        p = composite.part(degree, low)
        room = _room(_through(values, p, window, 2 * _unit(p)))
        half = (1 - room) / 2
        values = _through(values, p, window, _unit(p) / half)
        values = [v.promising(half, always=True) for v in values]
        values = [(v.bootstrap() if refresh else v).settle(1) for v in values]
        low, window = composite.below(p, room), UNIT
        if not low > 0:
            raise errors.RangeError("errors between polynomials leave no signs to be told", WIDER)
    p = composite.part(last, low)
    unit = _unit(p) * headroom
    return _through(values, p, window, unit), p.error * (1 + composite.SLACK), unit


def _unit(p):
    """What a part is divided by, so that it stays within 1."""
    return p.size * (1 + composite.SLACK)


def _through(values, p, window, unit):
    """Each value through a part."""
    body = Polynomial(p.coefficients / unit, "chebyshev", window)
    return [v.poly(body, iv.up(p.size / unit), promised=True) for v in values]


def _room(values):
    """Room for twice the errors of values, found by planning them: a power of two, and a bootstrap's own error."""
    _, plan = foresee(values)
    worst = max(out.error_bound for out in plan.outputs)
    room = max(iv.power_of_two(worst) * ROOMS, 2.0**-40) + 2 * BEFORE * values[0].session.refreshed
    if room > ROOM_MAX:
        raise errors.RangeError(f"errors of up to {worst:.1e} between polynomials leave no signs to be told", WIDER)
    return room


def _finished(strip, values, error, unit, headroom, aside, exact_zeros):
    """The strip of signs; zeros behind its numbers stay zeros where nothing was settled.

    What was put aside there is told as all numbers are, and off by as much: each number carries its share of that, for sums.
    """
    gain = math.copysign(unit, strip.gain)
    pad = -1 / unit if aside else None if strip.behind and not exact_zeros else 0.0
    error *= 1 + (strip.behind / strip.length if aside else 0)
    if strip.length is None or isinstance(strip.pad, Value):
        pad = values[-1]
    return Strip(strip.session, tuple(values), strip.length, gain, 0.0, iv.sym(iv.up(1 / headroom)), pad, iv.up(error))


def _tell(out, strip, gap, chosen, error, levels, goal):
    """Notes for explain(), and a warning where the result is coarser than was asked for."""
    low, high = strip.bounds
    text = (f"sign: degrees {', '.join(map(str, chosen))} on [{low:.6g}, {high:.6g}] outside of {gap:.3g} around 0, "
            f"off by at most {error:.2e}")
    if error > goal:
        warnings.warn(ApproximationWarning(
            f"{text}, where {goal:.1e} was asked for: {levels} levels allow no better. "
            f"error_bound() counts it in."), stacklevel=callers())
    for v in out.values:
        note(v, text)

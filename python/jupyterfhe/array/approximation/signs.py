"""From a strip to the signs of its numbers: the composition chosen, evaluated, and what is proved of the result."""

import math
import typing
import warnings

import numpy as np

from ...core import Polynomial, errors
from ...plan import Value, Vector, options, worst_error
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
WIDER = ("Promise a wider gap, or take more depth: 'ml' has 14 levels, 'deep-lean' has no end; data of 'ml' that is "
         "there already climbs with keys of a ring above, jupyterfhe ladder, or Add any depth in the notebook.")
HEADROOM = 4.0  # how much smaller than 1 the last slots are: what is made of them on the way fits the lowest level then
HALF = 0.5 - 2.0**-7  # what numbers may reach before they are settled, which doubles them
COARSE = 0.4  # the same of numbers that are less well known
SETTLED = 1.5  # how much more than the errors foreseen settling allows
ROOM_MAX = 2.0**-5
PARTS = 3  # polynomials of a composition, where levels come back between them
ROOMS = 8  # how much more room the last part leaves than the errors before it are expected to need
BEFORE = 1 + 2.0**-5  # a bootstrap passes on errors that were there, a little larger
CUT = 1.5  # how much wider a window may be than the numbers are, and spare its level: a level halves what can be told


class Window(typing.NamedTuple):
    """What the first polynomial gets.

    Attributes
    ----------
    factor : int
        What slots are multiplied by.
    ends : (float, float)
        The interval they are in then; a level unless it is [-1, 1].
    middle : float
        Where in [-1, 1] the numbers change their sign: 0, or what the polynomial is moved by instead.
    low : float
        How near to that they may be, as a share of the window.
    """

    factor: int
    ends: tuple[float, float]
    middle: float
    low: float

    @property
    def spent(self):
        """Levels before the polynomial."""
        return int(self.ends != UNIT)

    @property
    def far(self):
        """An end of [-1, 1] whose sign is its own, wherever the middle is."""
        return 1.0 if self.middle < 0 else -1.0

    def part(self, degree):
        """The first polynomial of a composition, as :func:`.composite.part` has it."""
        return composite.moved(degree, self.low, self.middle) if self.middle else composite.part(degree, self.low)


def signs(array, gap, *, spare=0, headroom=HEADROOM, goal=None, settle=False, summed=False):
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
    summed : bool, default=False
        Whether many are summed: see :func:`.composite.degrees`.

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
        return told(strip, gap, min(levels[v] for v in strip.values) - spare, headroom, goal, settle, summed=summed)

    return array.like(dtype=np.dtype(float), strips=mapped(one, array.strips))


def expected(array, gap, spare=0, goal=None):
    """How far signs are expected to be off, at the most over an array's strips; 1 where they cannot be told.

    Parameters
    ----------
    array : EncryptedArray
    gap, spare, goal : float, int, and float or None
        As of :func:`signs`.

    Returns
    -------
    float
    """
    levels, worst, goal = levels_left(array, PARTS), 0.0, 2 * options.precision if goal is None else goal
    for strip in array.strips.flat:
        try:
            window = _ready(strip, gap)
        except errors.ArgumentError:
            return 1.0
        chosen = composite.degrees(window.low, min(levels[v] for v in strip.values) - spare - window.spent, goal)
        worst = max(worst, composite.off(window.low, chosen))
    return worst


def told(strip, gap, levels, headroom, goal, settle, refresh=False, summed=False):
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
    summed : bool, default=False

    Returns
    -------
    Strip
    """
    if settle:
        values, low, spent = _settled(strip, gap)
        window = Window(1, UNIT, 0.0, low)
    else:
        strip = _known_behind(strip)
        window = _ready(strip, gap)
        spent = window.spent
    chosen = composite.degrees(window.low, levels - spent, goal, summed)
    zeros = len(chosen) == 1 and not window.middle  # stay zeros: the polynomial is odd
    aside = not settle and not zeros and _worth(strip, composite.off(window.low, chosen), goal)
    if not settle:
        values = _arguments(strip, window, aside)
    if not chosen:
        largest = max(map(abs, strip.bounds))
        raise errors.DepthError(
            f"telling signs down to {gap:.3g} of {largest:.3g} needs more than the {max(levels, 0)} levels left", WIDER)
    values, error, unit = _composed(values, window, chosen, headroom, refresh)
    out = _finished(strip, values, error, unit, headroom, window.far if aside else 0.0 if zeros else None)
    _tell(out, strip, gap, chosen, error, levels, goal)
    return out


def _worth(strip, error, goal):
    """Whether slots behind the numbers are told as well, so that sums know them; else a level for sums, which need a mask.

    Their errors count as the numbers' own: as many of them as there are numbers at most double those, and any number does not
    matter as long as all together stay below what was asked for, or would be unasked.
    """
    if not strip.behind or not isinstance(strip.pad, float):
        return False
    return strip.behind <= strip.length or error * (1 + strip.behind / strip.length) <= max(goal, 2 * options.precision)


def _wide(strip):
    """Bound on the modulus of x / gain."""
    offset = strip.shift / strip.gain
    return iv.up(iv.modulus(iv.add(strip.range, (offset, offset)))) if offset else strip.size


def _settled(strip, gap):
    """(values in [-1, 1] without errors, how near 0 they may be, levels spent): what they were off counts against the gap."""
    largest = max(map(abs, strip.bounds))
    wide = _wide(strip)
    slip = strip.drift + 8 * iv.EPS * (abs(strip.shift) + largest)
    for reach in (HALF, COARSE):
        ratio = reach / wide if wide > reach else float(min(reach // wide, FACTOR_MAX))
        far = min(reach, iv.up(wide * ratio))
        values = [v.mul_const(ratio).promising(far, always=True) for v in _arguments(strip, Window(1, UNIT, 0.0, 0.0), False)]
        near = (gap - slip) / abs(strip.gain) * 2 * ratio * (1 - NEAR)
        room = settling(values, near / 2)
        if (1 - room) / 2 >= far:
            break
    else:
        raise errors.RangeError(f"numbers known to {room:.1e} of their range only have no signs to be told", WIDER)
    low = near - room
    if not low > 0:
        raise errors.RangeError(f"the numbers are known to {room:.1e} of their range only, and the gap is {gap:.1e}", WIDER)
    return [v.promising((1 - room) / 2, always=True).settle(1) for v in values], min(low, LOW_MAX), wide > reach


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
    room = 2 * SETTLED * worst_error(values)
    more = room + 2 * BEFORE * values[0].session.refreshed
    return more if more <= most else room


def _ready(strip, gap):
    """The :class:`Window` of a strip."""
    largest, offset = max(map(abs, strip.bounds)), strip.shift / strip.gain
    wide = _wide(strip)  # a symmetric window of x / gain
    factor = int(min(1 / wide, FACTOR_MAX)) if wide <= 1 else 1
    ends, middle = UNIT if wide <= 1 else (-wide, wide), 0.0
    if wide > 1 >= strip.size and abs(offset) < 1 and 1 + abs(offset) <= CUT * wide:
        wide, ends, middle = 1 + abs(offset), UNIT, -offset
    # rounding of the offset, the quotient and the window moves numbers by less than NEAR of the gap and 8 EPS of their size
    slip = strip.drift + 8 * iv.EPS * (abs(strip.shift) + largest)
    low = (gap - slip) / abs(strip.gain) * factor / (wide if middle else ends[1]) * (1 - NEAR)
    if not low > 0:
        raise errors.ArgumentError(f"the numbers are known to {strip.drift:.1e} only, and the gap is {gap:.1e}")
    return Window(factor, ends, middle, min(low, LOW_MAX))


def _known_behind(strip):
    """A strip whose padding is 0 as u, or goes where its numbers go."""
    if strip.length is None or not strip.behind or strip.pad is strip.values[-1] or strip.pad == 0.0:
        return strip
    return masked(strip)


def _arguments(strip, window, aside):
    """Slots that are factor * x / gain; behind the last number 0, or what lies far from the edge if that is to be told too."""
    keep = (strip.length or 0) - (strip.chunks - 1) * strip.session.slots
    if window.middle:
        if not aside:
            return list(strip.values)
        return [*strip.values[:-1], strip.values[-1].add_vector(Vector([0.0] * keep + [window.far] * strip.behind))]
    offset = strip.shift / strip.gain
    whole = [v.add_const(offset) for v in strip.values]
    if strip.behind and isinstance(strip.pad, float) and (offset or aside):
        there = [-_wide(strip)] * strip.behind if aside else []
        whole[-1] = strip.values[-1].add_vector(Vector([offset] * keep + there))
    return [v.mul_const(window.factor) for v in whole]


def _composed(values, window, chosen, headroom, refresh):
    """(values, bound on the distance from the sign, unit) of numbers in the window, none nearer to 0 than low.

    Every part but the last halves its result, and leaves room: settled, it is a real number again, without error, in [low, 1].
    """
    *before, last = chosen
    for degree in before:
        p = window.part(degree)
        room = _room(_through(values, p, window.ends, 2 * _unit(p)))
        half = (1 - room) / 2
        values = _through(values, p, window.ends, _unit(p) / half)
        values = [v.promising(half, always=True) for v in values]
        values = [(v.bootstrap() if refresh else v).settle(1) for v in values]
        window = Window(1, UNIT, 0.0, composite.below(p, room))
        if not window.low > 0:
            raise errors.RangeError("errors between polynomials leave no signs to be told", WIDER)
    p = window.part(last)
    unit = _unit(p) * headroom
    return _through(values, p, window.ends, unit), p.error * (1 + composite.SLACK), unit


def _unit(p):
    """What a part is divided by, so that it stays within 1."""
    return p.size * (1 + composite.SLACK)


def _through(values, p, window, unit):
    """Each value through a part."""
    body = Polynomial(p.coefficients / unit, "chebyshev", window)
    return [v.poly(body, iv.up(p.size / unit), promised=True) for v in values]


def _room(values):
    """Room for twice the errors of values, found by planning them: a power of two, and a bootstrap's own error."""
    worst = worst_error(values)
    room = max(iv.power_of_two(worst) * ROOMS, 2.0**-40) + 2 * BEFORE * values[0].session.refreshed
    if room > ROOM_MAX:
        raise errors.RangeError(f"errors of up to {worst:.1e} between polynomials leave no signs to be told", WIDER)
    return room


def _finished(strip, values, error, unit, headroom, behind):
    """The strip of signs, with what stands behind its numbers: zeros, signs, or None for what is not known.

    Signs are off there by as much as anywhere: each number carries its share of that, for sums.
    """
    pad = 0.0 if not strip.behind else None if behind is None else behind / unit
    if behind:
        error *= 1 + strip.behind / strip.length
    if strip.length is None or isinstance(strip.pad, Value):
        pad = values[-1]
    return Strip(strip.session, tuple(values), strip.length, math.copysign(unit, strip.gain), 0.0,
                 iv.sym(iv.up(1 / headroom)), pad, iv.up(error))


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

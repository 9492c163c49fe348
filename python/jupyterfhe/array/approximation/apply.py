"""From a strip to a function of it: padding moved into the interval, the polynomial, and what is proved of the result."""

import sys
import warnings

import numpy as np

from ...core import errors
from ...plan import Value, Vector, foresee, options
from ...plan.notes import note
from .. import interval as iv
from ..layout import mapped
from ..refusal import Refused
from ..strip import Strip
from .choose import NEAR, choose


class ApproximationWarning(UserWarning):
    """A function is coarser than ``options.precision`` asks for; its error is in the result's bound."""


def applied(array, f, *, spare=0, headroom=1):
    """A function of all numbers of an array.

    Parameters
    ----------
    array : EncryptedArray
        Of real numbers.
    f : Smooth or Straight
    spare : int, default=0
        Levels to leave for products.
    headroom : int, default=1
        Power of two: how much smaller than 1 slots shall be, so that what is made of them fits the lowest level.

    Returns
    -------
    EncryptedArray
        Of float64.

    Raises
    ------
    Refused
        When the numbers' interval reaches where the function is not defined, or for complex numbers.
    DepthError
        When so few levels are left that a constant would be as good.

    Notes
    -----
    Cost: ceil(log2(degree + 1)) levels, one more when the interval is wider than 2 in the units of the slots.
    Reveals: the interval, the degree.
    """
    if array.dtype.kind == "c":
        raise Refused(f"{f.name} of encrypted complex numbers", "Take .real or .imag first.")
    ready = array.like(dtype=np.dtype(float), strips=mapped(lambda s: _ready(s, f), array.strips))
    levels = levels_left(ready)
    return ready.like(strips=mapped(lambda s: apply(s, f, min(levels[v] for v in s.values) - spare, headroom), ready.strips))


def levels_left(array, parts=1):
    """Levels that each of an array's values will have.

    Parameters
    ----------
    array : EncryptedArray
    parts : int, default=1
        Among how many polynomials the levels are shared: where levels come back, each has those between two bootstraps.

    Returns
    -------
    dict of Value to int
    """
    values, most = array.values, array.session.params.levels
    if array.session.between is not None:  # whatever a value has, it can have these
        return dict.fromkeys(values, parts * array.session.between)
    graph, plan = foresee(values, most)
    known = {v: out.level for v, out in zip(graph.wanted, plan.outputs, strict=True)} if plan else {}
    return {v: known.get(v, most if v.stored is None or v.session.is_clear else v.stored.level) for v in values}


def _ready(strip, f):
    """A strip whose padding is known, or bounded like its numbers; refused where the function is not defined."""
    low, high = strip.bounds
    if not f.holds(low, high):
        raise Refused(f"{f.name} of numbers that may lie in [{low:.6g}, {high:.6g}]", outside(f.name))
    if strip.length is None or not strip.behind or (isinstance(strip.pad, float) and strip.pad == 0):
        return strip
    if strip.pad is strip.values[-1]:
        return strip
    return masked(strip)


def outside(name):
    """What to do where a function's interval is too wide."""
    return (f"Declare where the numbers lie, if you know it: x.within(low, high) with low above 0, then {name}; or encrypt "
            "with tighter bounds. A division, root or logarithm that ends a computation can wait until after decryption.")


def masked(strip, share=1.0):
    """The same numbers, 0 behind them, whatever was known of that: a level.

    Parameters
    ----------
    strip : Strip
        Of one chunk, unless share is 1.
    share : float, default=1.0
        What slots are multiplied by in the same level.

    Returns
    -------
    Strip
    """
    keep = strip.length - (strip.chunks - 1) * strip.session.slots
    last = strip.values[-1].mul_vector(Vector([share] * keep))
    return strip._like(values=(*strip.values[:-1], last), pad=0.0, gain=strip.gain / share, range=iv.scale(strip.range, share),
                       drift=iv.up(strip.drift + (share != 1) * 4 * iv.EPS * strip.largest))


def apply(strip, f, levels, headroom=1):
    """A function of a strip.

    Parameters
    ----------
    strip : Strip
        Real; its padding is 0, or as its numbers.
    f : Smooth or Straight
    levels : int
        What may be spent.
    headroom : int, default=1
        As of :func:`applied`.

    Returns
    -------
    Strip
    """
    if strip.size == 0.0:
        return _of_constant(strip, f)
    span, reach = strip.range, strip.drift / abs(strip.gain)
    if reach > NEAR / 4 * (span[1] - span[0]):
        span = iv.down(span[0] - reach), iv.up(span[1] + reach)
    found = None
    if span[1] > span[0] and levels > 0:
        found = choose(f, span, strip.gain, strip.shift, levels, options.precision, headroom)
    if found is None:
        raise errors.DepthError(
            f"{f.name} over [{strip.bounds[0]:.6g}, {strip.bounds[1]:.6g}] needs more than the {max(levels, 0)} levels left",
            "Declare a narrower range: x.within(low, high); encrypt with parameters of more depth ('stats' has 6, 'ml' 14); or "
            "apply it after decryption.")
    values, pad = _evaluated(strip, found)
    low, high = f.image(*strip.bounds)
    error = found.error + found.slope * strip.drift
    span = iv.scale(iv.add((low - found.error, high + found.error), (-found.shift, -found.shift)), 1 / found.gain)
    span = max(iv.down(span[0]), -found.size), min(iv.up(span[1]), found.size)
    text = f"{f.name}: degree {found.degree} on [{strip.bounds[0]:.6g}, {strip.bounds[1]:.6g}], off by at most {error:.2e}"
    if not found.reached:
        warnings.warn(ApproximationWarning(
            f"{text}, where {options.precision:.1e} of the function's width was asked for: {levels} levels allow no better. "
            f"error_bound() counts it in."), stacklevel=callers())
    out = Strip(strip.session, values, strip.length, found.gain, found.shift, span, pad, iv.up(error)).promising()
    for v in out.values:
        note(v, text)
    return out


def callers():
    """How far up the first frame is that is neither ours nor numpy's."""
    depth, frame = 1, sys._getframe(1)
    while frame and frame.f_globals.get("__name__", "").split(".")[0] in ("jupyterfhe", "numpy"):
        depth, frame = depth + 1, frame.f_back
    return depth


def _evaluated(strip, found):
    """Chunks through the polynomial, and what is behind their numbers then."""
    low, high = found.body.interval
    middle = (low + high) / 2
    behind = strip.behind and isinstance(strip.pad, float)
    scaled = {v: v.mul_const(found.factor) for v in strip.values}
    made = {v: scaled[v].poly(found.body, found.size, promised=True) for v in strip.values}
    values = tuple(made[v] for v in strip.values)
    if behind and middle != 0:  # zeros go to the middle, where the polynomial is 0
        tail = np.zeros(strip.session.slots)
        tail[-strip.behind:] = middle
        last = scaled[strip.values[-1]].add_vector(Vector(tail)).poly(found.body, found.size, promised=True)
        values = (*values[:-1], last)
    if strip.length is None or isinstance(strip.pad, Value):
        return values, values[-1]
    return values, 0.0 if behind else strip.pad


def _of_constant(strip, f):
    """Of a public number."""
    value = float(f.value(np.array([strip.shift]))[0])
    reach = strip.drift + 2.0**-40 * (1 + abs(strip.shift))
    slope = f.slope(strip.shift - reach, strip.shift + reach) if hasattr(f, "slope") else 1.0
    return strip.constant(value, iv.up(slope * strip.drift + 2.0**-48 * abs(value)))

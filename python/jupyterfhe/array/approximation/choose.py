"""Which polynomial: the lowest depth, then the lowest degree, that reaches the wanted precision; else the best that fits."""

import functools
import math
import typing

import numpy as np

from ...core import Polynomial
from .. import interval as iv
from ..interval import EPS
from . import certify
from .straight import Straight, fit

FINE = 2.0**-20  # windows end on multiples of it, so that their middles are exact
WORTH = 0.5  # a polynomial must be nearer than this share of what a constant is off
QUANTA = 2.0**-46  # of their sum: sums of coefficients are exact then, and last bits of libraries hardly ever matter
NEAR = 2.0**-30  # so far beyond a window, as a share of its half, the number may lie that a slot inside stands for
STRAIGHT_MAX = 127  # errors fall as 1/degree only: more is hardly worth its time


class Chosen(typing.NamedTuple):
    """A polynomial of ``factor * u``, ready for the engine.

    Attributes
    ----------
    body : jupyterfhe.core.Polynomial
        Of values around 0, which is 0 in the middle of its interval, exactly.
    factor : int
        What u is multiplied by first, for nothing.
    gain, shift : float
        The function is near ``shift + gain * body``.
    size : float
        Bound on the body's modulus over its interval.
    error : float
        Proved bound on its distance from the function.
    slope : float
        What a distance of the argument becomes.
    degree, depth : int
    reached : bool
        Whether the error is within what was wanted.
    """

    body: object
    factor: int
    gain: float
    shift: float
    size: float
    error: float
    slope: float
    degree: int
    depth: int
    reached: bool


class Window(typing.NamedTuple):
    """An interval of ``factor * u``, and the line ``x = middle + half y`` for y in [-1, 1]."""

    factor: int
    low: float
    high: float
    middle: float
    half: float
    extra: int


def windows(span, gain, shift):
    """Intervals around a range: some of length 2, which need no level of their own, and the tightest.

    Parameters
    ----------
    span : (float, float)
        Range of u.
    gain, shift : float

    Yields
    ------
    Window
    """
    length, seen = span[1] - span[0], set()
    most = int(min(2 / length, 2.0**20)) if length <= 2 else 0
    for k in sorted({most, max(most - 1, 1)}) if most else ():
        low, high = sorted((iv.down(k * span[0]), iv.up(k * span[1]))) if k > 1 else span
        for start in (low, (low + high) / 2 - 1, high - 2):
            start = math.floor(start / FINE) * FINE
            for at in (start, start + FINE):
                if at <= low and high <= at + 2 and (k, at) not in seen:
                    seen.add((k, at))
                    yield _window(k, at, at + 2.0, gain, shift, 0)
    fine = iv.power_of_two(length) * FINE
    low, high = math.floor(span[0] / fine) * fine, math.ceil(span[1] / fine) * fine
    if high - low != 2:
        yield _window(1, low, high, gain, shift, 1)


def _window(k, low, high, gain, shift, extra):
    return Window(k, low, high, shift + gain * ((low + high) / 2) / k, gain * ((high - low) / 2) / k, extra)


def _wider(window):
    """The window's x, and NEAR of its half more on both sides: what numbers stand for may lie there."""
    reach = abs(window.half) * (1 + NEAR)
    return window.middle - reach, window.middle + reach


@functools.lru_cache(maxsize=256)
def choose(f, span, gain, shift, levels, precision, headroom=1):
    """The polynomial for a function of ``shift + gain * u``.

    Parameters
    ----------
    f : Smooth or Straight
    span : (float, float)
        Range of u.
    gain, shift : float
    levels : int
    precision : float
        Wanted error, as a share of the width of the function's values.
    headroom : int, default=1
        Power of two: how much smaller than 1 the slots shall be, for products at low levels.

    Returns
    -------
    Chosen or None
        None when no polynomial of so few levels is worth anything.
    """
    ends = sorted((shift + gain * span[0], shift + gain * span[1]))
    if not f.holds(*ends) and not isinstance(f, Straight):
        return None
    low, high = f.image(*ends)
    goal = precision * (high - low)
    straight = isinstance(f, Straight)
    around = list(windows(span, gain, shift))
    if straight:  # fits take time: the tightest of each kind
        around = [min(kind, key=lambda w: abs(w.half)) for e in (0, 1) if (kind := [w for w in around if w.extra == e])]
    found = [c for w in around if (c := (_bent if straight else _series)(f, w, levels, goal))]
    if not found:
        return None
    def rank(c):
        return c[2] > goal, c[0].extra + _depth(c[1]) if c[2] <= goal else 0, c[2]

    window, coefficients, error = min(found, key=rank)
    if not error < WORTH * (high - low) / 2:
        return None
    return _finish(f, window, coefficients, error, goal, headroom)


def _depth(coefficients):
    return math.ceil(math.log2(len(coefficients)))


def _series(f, window, levels, goal):
    """(window, coefficients, proved error) of a smooth function."""
    most = 2 ** min(levels - window.extra, 10) - 1
    if most < 1 or not f.holds(*_wider(window)):
        return None
    degree, tail = terms = certify.terms(f, window.middle, window.half, goal / 64)
    if not math.isfinite(tail):
        return None
    c = certify.series(f, window.middle, window.half, degree)
    left = np.cumsum(np.abs(c[::-1]))[::-1]  # left[k] = sum of |c_i|, i >= k
    near = np.flatnonzero(left[1:] + tail <= 0.9 * goal)
    n = min(int(near[0]) if len(near) else most, most, degree)
    return _proved(f, window, c[:max(n, 1) + 1], lambda c: certify.smooth(f, window.middle, window.half, c, terms))


def _bent(f, window, levels, goal):
    """(window, coefficients, proved error) of a function of straight pieces."""
    most, found = 2 ** min(levels - window.extra, 10) - 1, None
    degree = 3
    while degree <= min(most, STRAIGHT_MAX):
        c = fit(f, window.middle, window.half, degree)
        found = _proved(f, window, c, lambda c: f.bound(window.middle, window.half, c)) or found
        if found and found[2] <= goal:
            break
        degree = 2 * degree + 1
    return found


def _proved(f, window, c, bound):
    """Coefficients as multiples of one quantum, with their bound."""
    quantum = iv.power_of_two(float(np.abs(c).sum()) or 1.0) * QUANTA
    c = np.trim_zeros(np.round(c / quantum) * quantum, "b")
    return (window, c, bound(c)) if len(c) > 1 else None


def _finish(f, window, c, error, goal, headroom):
    """Body, gain and shift."""
    c = c.copy()
    base = float(np.sum(c[0::4]) - np.sum(c[2::4]))  # p(0): a sum of quanta, exact
    shift, c[0] = base, c[0] - base
    count = certify.OVERSAMPLE * len(c)
    largest = float(np.abs(np.polynomial.chebyshev.chebval(certify.nodes(count), c)).max()) + certify.rounding(c)
    largest *= certify.between(len(c) - 1, count)
    gain = iv.power_of_two(largest) * headroom
    body = Polynomial(c / gain, "chebyshev", (window.low, window.high))
    slope = f.steepness(window.middle, window.half, c) if isinstance(f, Straight) else f.slope(*_wider(window))
    error = error + slope * 8 * EPS * (abs(window.middle) + abs(window.half))  # the line itself was rounded
    depth = _depth(c) + window.extra
    return Chosen(body, window.factor, gain, shift, iv.up(largest / gain), error, slope, len(c) - 1, depth, error <= goal)

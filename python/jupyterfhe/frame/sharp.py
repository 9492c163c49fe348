"""Masks made sharp: settled, and brought to 0 and 1 by a cubic whose slope is 0 there.

A polynomial through ten labels is off by its evaluation's own noise, 1e-5 under `ml`: enough to miscount 10^5 rows. What the
mask is off is small beside the 1 between 0 and 1, so it is taken into the number (settled) and squared by ``3 m^2 - 2 m^3``,
and the cubic's noise is what is left. That takes two levels, which masks often have: they meet filters that have fewer
(adr/0047).
"""

import functools
import weakref

from ..array import interval as iv
from ..array.approximation.apply import masked
from ..array.approximation.signs import HALF, settling
from ..array.layout import mapped
from ..array.strip import Strip
from ..core import Polynomial
from ..plan import Vector
from .masks import chooser, filled

LEVELS = 2
KEPT = 4  # levels that a product may be taken down to, though it could keep more
ROOM_MAX = 2.0**-9  # HALF leaves 2^-6, and SURELY wants four times as much
SURELY = 4.0  # a plan of all that follows may have less room: it takes values at other levels, and settles them there
WORTH = 2.0**-6  # of a row: masks that count all slots nearer than this are left as they are
_OFFERS = weakref.WeakKeyDictionary()  # of a mask's first value: what makes it sharp


def offered(mask, codes, count, chosen, valid):
    """A mask, and how it is made sharp where someone has the levels.

    Parameters
    ----------
    mask : EncryptedArray
        As :func:`jupyterfhe.frame.masks.indicator` made it of the other parameters.
    codes, count, chosen, valid
        As there.

    Returns
    -------
    EncryptedArray
        The same mask.
    """
    plain = not mask.size or getattr(codes, "exact", False) or count <= 2 or not 0 < len(chosen) < count
    first = None if plain else mask.strips.flat[0].values[0]
    if first is not None and first.session.between is None:  # else two levels more are a bootstrap a mask (adr/0047)
        _OFFERS[first] = functools.cache(functools.partial(_sharpened, codes, count, chosen, valid))
    return mask


def chosen(factors, left, summed=True):
    """Factors of a product, masks sharp where that costs the product no level that it needs.

    Parameters
    ----------
    factors : list of EncryptedArray
    left : callable
        Gives a factor's levels.
    summed : bool, default=True
        Whether the product is summed over all slots, each number carrying its share of what those behind are off.

    Returns
    -------
    list of EncryptedArray
    """
    levels, out = [left(f) for f in factors], list(factors)
    for i, factor in enumerate(factors):
        make = _OFFERS.get(factor.strips.flat[0].values[0]) if factor.size and not getattr(factor, "exact", False) else None
        fewer = [*levels[:i], levels[i] - LEVELS, *levels[i + 1:]]
        if make is None or _after(fewer) < min(_after(levels), KEPT):
            continue
        found = make(summed)
        if found is not None:
            levels, out[i] = fewer, found
    return out


def _after(levels):
    """Levels of a product of factors that have so many, those with most multiplied first."""
    levels = sorted(levels)
    while len(levels) > 1:
        levels = sorted([*levels[:-2], min(levels[-2:]) - 1])
    return levels[0]


def _sharpened(codes, count, chosen, valid, summed):
    """The sharp mask; None where there is nothing to gain, or no room for what the plain one is off."""
    full = codes if valid is None else filled(codes, valid)  # a missing row has the first code, and is taken out below
    made = mapped(lambda s: _cubed(s, count, chosen, summed), full.strips)
    if any(s is None for s in made.flat):
        return None
    out = codes.like(strips=made)
    return out if valid is None or 0 not in chosen else out - (1.0 - valid)


def _cubed(strip, count, chosen, summed):
    if strip.length is None:
        return None
    found = chooser(strip, count, chosen)
    if isinstance(found, Strip):
        return None
    coefficients, off, (first, told) = found
    if off > ROOM_MAX:  # many labels in a part of [-1, 1], as where missing ones are filled in
        return None
    picked = _scaled(_at_code(strip, first), coefficients)
    room = settling(picked)
    if room > ROOM_MAX or (summed and room * (strip.length + strip.behind) <= WORTH):
        return None
    values, drift, _ = cubed(picked, HALF, off, off)
    if summed:
        drift *= 1 + strip.behind / strip.length  # what stands behind the rows is off by as much, and is taken off sums as told
    pad = float(told) if strip.behind else 0.0
    return Strip(strip.session, tuple(values), strip.length, 1.0, 0.0, (-(2.0**-40), 1 + 2.0**-40), pad, iv.up(drift))


def cubed(values, share, near, far):
    """Masks made sharp.

    Parameters
    ----------
    values : list of Value
        ``share (2 m - 1)``, m being 1 but for `near`, or 0 but for `far`.
    share : float
        Below 1/2, by as much as they may be off.
    near, far : float

    Returns
    -------
    (list of Value, float, float)
        The masks; how far they are from 0 or 1, and how far where they are 0.
    """
    # slots hold 2 share (2 m - 1) but for `room`, what the values are off at most, or the run is refused
    room, end = SURELY * settling(values), 2 * share
    held = [v.promising((1 - room) / 2, always=True).settle(1) for v in values]
    cubic = Polynomial([0.5, 0.75 / end - 0.1875 / end**3, 0.0, -0.0625 / end**3], "chebyshev", (-1.0, 1.0))

    def drift(off):  # Taylor at the ends, where the slope is 0 and the second derivative at most 1.5 (end + slip) / end^3
        slip = (room + 2 * end * off) / end
        return 0.75 * (1 + slip) * slip**2 + 2.0**-48
    return [v.poly(cubic, 1 + 2.0**-40, promised=True) for v in held], drift(max(near, far)), drift(far)


def _at_code(strip, first):
    """Values whose slots behind the rows hold the first code."""
    if not strip.behind:
        return list(strip.declared().values)
    if not isinstance(strip.pad, float):
        strip = masked(strip)
    keep = strip.length - (strip.chunks - 1) * strip.session.slots
    values, reach = list(strip.declared().values), iv.up(max(strip.size, abs(first)))
    moved = values[-1].add_vector(Vector([0.0] * keep + [first - strip.pad] * strip.behind))
    return [*values[:-1], moved.promising(reach, always=True)]


def _scaled(values, coefficients):
    """HALF (2 m - 1) of each value, m its mask."""
    body = [2 * HALF * c for c in coefficients]
    body[0] -= HALF
    size = iv.up(sum(map(abs, body)))
    body = Polynomial(body, "chebyshev", (-1.0, 1.0))
    return [v.poly(body, size, promised=True) for v in values]

"""Moduli, signs, and the smaller and larger of two: by signs as fine as ``options.resolution``, else by one polynomial.

A sign multiplies what it is the sign of: 0 stays 0 whatever its sign, and from the promised resolution on |x| is wrong by its
sign's share of it. Without a promise the gap itself would be the error, and no composition of 14 levels comes as near as one
polynomial of 7 does (docs/adr/0035).
"""

import math

import numpy as np

from ...core.errors import ArgumentError
from ...plan import options
from ...plan.notes import ASSUMED, note
from .. import exactly
from ..approximation import Clip, Modulus, applied, signs
from ..approximation.signs import expected
from ..operand import public
from ..refusal import Refused
from ..registry import implements, ufunc
from ..strip import combine, rescaled
from ..ufuncs import FLOAT, add, is_encrypted, multiply, operands, paired, subtract
from .approximate import root, scaled
from .common import only
from .within import within

COARSEST = 0.28 / 127  # what one polynomial is off |x| on [-1, 1]; no worse sign is worth its levels
PRODUCT = 1  # level of a sign times its number


@ufunc(np.absolute, np.fabs)
def absolute(x):
    """Moduli: free where the sign is known, else by a sign or a polynomial that is coarse near 0."""
    if x.dtype.kind == "c":
        return root(within(np.real(x * np.conj(x)), 0.0, np.inf))
    low, high = x.bounds
    if low >= 0:
        return x.copy()
    if high <= 0:
        return scaled(x, -1.0)
    found = resolved(x)
    return applied(x, Modulus()) if found is None else found


def resolved(x):
    """Moduli by signs, where ``options.resolution`` promises that no modulus but 0 is below it.

    Parameters
    ----------
    x : EncryptedArray
        Of real numbers.

    Returns
    -------
    EncryptedArray or None
        None without that promise, or where the levels left give no better signs than one polynomial gives moduli.

    Notes
    -----
    Cost: a sign and one level. 0 gives 0 whatever its sign comes out as.
    """
    gap = options.resolution
    if gap is None or not gap < max(map(abs, x.bounds)) or not expected(x, gap, PRODUCT) < COARSEST:
        return None
    for value in x.values:
        note(value, f"{ASSUMED}a number that is not 0 has a modulus of {gap:g} or more, as differences that are compared have")
    return within(multiply(x, signs(x, float(gap), spare=PRODUCT)), 0.0, np.inf)


def sign(x, gap=None):
    """-1 for numbers below 0, 1 for those above.

    Parameters
    ----------
    x : EncryptedArray
    gap : float, optional
        Promise that no modulus is below it: what a polynomial gives there is neither, and is not in the error bound. Not
        needed where the interval of the numbers leaves one side of 0 out.

    Returns
    -------
    EncryptedArray

    Raises
    ------
    Refused
        Without a gap.
    """
    low, high = x.bounds
    if low > 0 or high < 0:
        return x * 0.0 + (1.0 if low > 0 else -1.0)
    if gap is None:
        raise Refused("the sign of encrypted numbers that may be near 0",
                      "Promise how near they can be: jf.sign(x, gap), and no modulus is below gap.")
    if not 0 < gap < max(-low, high):
        raise ArgumentError(f"a gap is above 0 and below the largest modulus, {max(-low, high):.6g}")
    for value in x.values:
        note(value, f"{ASSUMED}no number is nearer to 0 than {gap:g}")
    return signs(x, float(gap))


ufunc(np.sign)(sign)


@ufunc(np.maximum, np.fmax)
def maximum(x, y):
    """The larger of two: their mean and half the modulus of their difference."""
    return _extreme(x, y, 1)


@ufunc(np.minimum, np.fmin)
def minimum(x, y):
    """The smaller of two."""
    return _extreme(x, y, -1)


def _extreme(x, y, side):
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = (p if is_encrypted(p) else p[0] for p in parts)
    if not is_encrypted(b) and not b.ndim:
        return clip(a, float(b), None) if side > 0 else clip(a, None, float(b))
    if not is_encrypted(a) and not a.ndim:
        return _extreme(b, a, side)
    apart = subtract(a, b)
    if apart.bounds[0] >= 0 or apart.bounds[1] <= 0:
        return scaled(add(add(a, b), scaled(absolute(apart), float(side))), 0.5)
    found = resolved(apart)
    if found is not None:
        return scaled(add(add(a, b), scaled(found, float(side))), 0.5)
    # the polynomial may end at the lowest level: its slots stay small, and the sum, which has levels, comes to its unit
    far = applied(apart, Modulus(), headroom=8)
    return scaled(paired(add(a, b), far, lambda s, t: combine([(rescaled(s, t.gain), 1.0), (t, float(side))]), FLOAT), 0.5)


@implements(np.clip)
def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None, **options):
    """Numbers cut off at public bounds: free where none can lie beyond them."""
    only("clip", out=(out, None), **{name: (value, None) for name, value in options.items()})
    floor, ceiling = (_edge(e, other) for e, other in ((a_min, min), (a_max, max)))
    floor, ceiling = (-math.inf if floor is None else floor), (math.inf if ceiling is None else ceiling)
    if not is_encrypted(a):
        raise Refused("np.clip of public numbers at encrypted bounds", "Write np.maximum and np.minimum.")
    if isinstance(floor, np.ndarray) or isinstance(ceiling, np.ndarray):
        a = a if floor is -math.inf else maximum(a, floor)
        return a if ceiling is math.inf else minimum(a, ceiling)
    if floor > ceiling:
        raise ArgumentError("np.clip between a low and a high that is below it")
    low, high = a.bounds
    if floor <= low and high <= ceiling:
        return a.copy()
    if high <= floor or ceiling <= low:
        return a * 0.0 + (floor if high <= floor else ceiling)
    if a.exact:
        return _exactly(a, floor, ceiling)
    found = _clipped(a, floor, ceiling)
    return applied(a, Clip(floor, ceiling)) if found is None else found


def _exactly(a, floor, ceiling):
    """Exact integers cut off at whole ends: a table."""
    if not all(math.isinf(e) or e.is_integer() for e in (floor, ceiling)):
        raise Refused("np.clip of exact integers at ends between them", "Cut them off at whole numbers.")
    return exactly.tabled(a, lambda v: min(max(v, floor), ceiling))


def _clipped(a, floor, ceiling):
    """Numbers cut off by moduli: ``x - (x - high + |x - high|) / 2`` and the like; None where signs give no moduli."""
    out, (low, high) = a, a.bounds
    for edge, side in ((floor, 1.0), (ceiling, -1.0)):
        if not low < edge < high:
            continue
        beyond = subtract(a, edge)
        found = resolved(beyond)
        if found is None:
            return None
        out = add(out, scaled(subtract(scaled(found, side), beyond), 0.5))
    return within(out, max(low, floor), min(high, ceiling))


def _edge(*given):
    """A public bound as a float, or an array of them."""
    edge = next((e for e in given if e is not None), None)
    if edge is None:
        return None
    if is_encrypted(edge):
        raise Refused("np.clip at encrypted bounds", "Write np.minimum(np.maximum(x, low), high).")
    array = public(edge)[0].astype(float)
    return array if array.ndim else float(array)

"""Encrypted 0/1 vectors: where a category has a label."""

import functools
import math

import numpy as np

from ..array import interval as iv
from ..array.approximation.apply import masked
from ..array.layout import mapped
from ..array.strip import Strip
from ..array.twin import Twin
from ..core import Polynomial
from ..core.errors import DepthError
from .refusal import Refused

LABELS_MAX = 128  # a polynomial of degree 255 takes 8 levels
# sum of moduli of Chebyshev coefficients, which multiplies the error: beyond it one level more is the smaller price
STEEP, STEEP_DEEP, DEEP = 256.0, 4.0, 10  # the second for parameters of so many levels
NEAR = 1e-6  # labels are whole numbers
# what a polynomial's slope costs beside its sum of moduli: the first multiplies the argument's error, the second that of
# about as many products as it has levels, each about as large
PRODUCTS = 4.0
WEIGHTS = (np.ones_like, lambda k: 1.0 + k, lambda k: 1.0 + k * k)  # of coefficients: the last ones hold slopes down


@functools.lru_cache(maxsize=512)
def selector(ends, count, chosen, steep=STEEP):
    """Chebyshev coefficients of a polynomial that is 1 at chosen ones of equidistant nodes and 0 at the others.

    Of all such polynomials of degree 2^L - 1 those of the least norm of weighted coefficients are tried: the interpolating
    one of degree count - 1 grows like 2^count between the nodes, and its coefficients multiply the error. More coefficients
    than nodes bring the norm down to 2. Of these, the one with the least sum of moduli and slope between the ends, where all
    nodes lie. The interval is [-1, 1] wherever the nodes lie: another would cost a level, for its own map onto [-1, 1].

    Parameters
    ----------
    ends : (float, float)
        First and last node, in [-1, 1].
    count : int
        Nodes.
    chosen : tuple of int
    steep : float
        Largest sum of moduli of coefficients.

    Returns
    -------
    (tuple of float, float)
        Coefficients, and how far its values are off at the nodes.
    """
    nodes, wanted = np.linspace(*ends, count), np.zeros(count)
    wanted[list(chosen)] = 1.0
    reach = max(map(abs, ends))
    within = reach * np.cos(np.linspace(0.0, np.pi, 1025))
    for levels in range(max(count - 1, 1).bit_length(), 9):
        base = np.polynomial.chebyshev.chebvander(nodes, (1 << levels) - 1)
        weights = [w(np.arange(1 << levels, dtype=float)) for w in WEIGHTS]
        made = [np.linalg.lstsq(base / w, wanted, rcond=None)[0] / w for w in weights]
        fine = [c for c in made if np.abs(c).sum() <= steep]
        if fine:
            break
    found = min(fine or made[:1], key=lambda c: _price_of(c, within))
    off = float(np.abs(base @ found - wanted).max())
    # nodes are rounded: the slope of a polynomial of degree d and modulus s is at most d^2 s on [-1, 1] (Markov)
    off += len(found) ** 2 * float(np.abs(found).sum()) * 2.0**-50
    return tuple(found.tolist()), off


def _price_of(coefficients, within):
    """About how much an argument's error comes out larger by."""
    slope = np.polynomial.chebyshev.chebval(within, np.polynomial.chebyshev.chebder(coefficients))
    return float(np.abs(slope).max() + PRODUCTS * np.abs(coefficients).sum())


def indicator(codes, count, chosen, valid=None):
    """1 where a code is one of some, 0 elsewhere and where it is missing.

    Parameters
    ----------
    codes : EncryptedArray of shape (n,)
        Integers from 0 to `count` - 1; where they are missing, slots hold 0.
    count : int
    chosen : iterable of int
    valid : EncryptedArray or None
        1 where a code is there.

    Returns
    -------
    EncryptedArray of shape (n,)

    Notes
    -----
    Cost: nothing for two labels; else a polynomial of about ceil(log2(count)) levels, see docs/adr/0028.
    """
    chosen = tuple(sorted(set(chosen)))
    if count > LABELS_MAX:
        raise Refused(f"picking labels out of {count}", f"It takes a polynomial whose degree is above {LABELS_MAX}; group the "
                      "labels before encryption, or encrypt 0/1 columns.")
    if getattr(codes, "exact", False):
        return _exactly(codes, count, chosen, valid)
    if not chosen:
        return codes * 0.0
    if len(chosen) == count:
        return codes * 0.0 + 1.0 if valid is None else valid
    if count == 2:
        ones = codes if valid is None else filled(codes, valid)
        return ones if chosen == (1,) else (1.0 if valid is None else valid) - ones
    made = mapped(lambda s: _selected(s, count, chosen), codes.strips)
    return _promised(_there(codes.like(strips=made), valid))


def _there(out, valid):
    """Truth values of codes, 0 where no code is."""
    one = next(iter(out.strips.flat))
    if valid is None:
        return out
    if one.length is None:  # a single number, in every slot: none stands behind it
        return out * valid
    behind = one.shift + one.gain * one.pad  # what the polynomial gives for a slot that holds 0
    return out - behind * (1.0 - valid)


def _exactly(codes, count, chosen, valid):
    """The same of exact codes. Its approximate form is the polynomial's, which costs less than a comparison."""
    sources = [codes.twin] if valid is None else [codes.twin, getattr(valid, "twin", None)]
    twin = None if None in sources else Twin(lambda *forms: indicator(forms[0], count, chosen, *forms[1:]), sources)
    try:
        found = np.isin(codes, chosen) if chosen else codes * 0
        out = found * 1 if valid is None else found * valid
    except (Refused, DepthError):
        if twin is None:
            raise
        return twin()
    out.twin = twin
    return out


def filled(codes, valid):
    """Codes, 0 where they are missing."""
    centre = codes.strips.flat[0].shift
    return codes - centre * (1.0 - valid)


def _selected(strip, count, chosen):
    single = strip.length is None
    if not single and (strip.pad != 0.0 or isinstance(strip.pad, complex)):
        strip = masked(strip)
    found = chooser(strip, count, chosen)
    if isinstance(found, Strip):
        return found
    coefficients, off, _ = found
    body = Polynomial(coefficients, "chebyshev", (-1.0, 1.0))
    size = float(np.abs(coefficients).sum())
    at_zero = float(np.polynomial.chebyshev.chebval(0.0, coefficients))
    # slots hold what was declared, or 0: the polynomial's slope matters there alone
    values = tuple(v.poly(body, size, promised=True) for v in strip.declared().values)
    # slots of rows hold an integer code each, for which the polynomial gives 0 or 1
    return Strip(strip.session, values, strip.length, 1.0, 0.0, (min(-off, at_zero), max(1 + off, at_zero)),
                 values[0] if single else at_zero, iv.up(off))


def chooser(strip, count, chosen):
    """The polynomial of a strip's slots that picks some of its codes.

    Parameters
    ----------
    strip : Strip
        Of codes.
    count : int
    chosen : tuple of int

    Returns
    -------
    (tuple of float, float, (float, bool)), or Strip
        Coefficients, how far its values are off, and where the first code lies and whether it is picked; a constant strip where
        the declared range leaves nothing to pick.
    """
    # a label outside of what the numbers were declared to be, as 0 is where missing values are filled, is none of the nodes
    first, last = max(math.ceil(strip.bounds[0] - NEAR), 0), min(math.floor(strip.bounds[1] + NEAR), count - 1)
    chosen = tuple(c - first for c in chosen if first <= c <= last)
    if not 0 < len(chosen) <= last - first:
        return strip.constant(float(bool(chosen)))
    ends = (first - strip.shift) / strip.gain, (last - strip.shift) / strip.gain
    steep = STEEP_DEEP if strip.session.params.levels >= DEEP else STEEP
    return *selector(ends, last - first + 1, chosen, steep), (ends[0], 0 in chosen)


def _promised(array):
    """The same truth values, whose range is known better than intervals say."""
    def tight(strip):
        low, high = (0.0 - strip.shift) / strip.gain, (1.0 - strip.shift) / strip.gain
        slack = 2.0**-40 + strip.drift / abs(strip.gain)
        return strip._like(range=(min(low, high) - slack, max(low, high) + slack)).promising()
    return array.like(strips=mapped(tight, array.strips))

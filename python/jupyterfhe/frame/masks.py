"""Encrypted 0/1 vectors: where a category has a label, which rows stay; and products of them that spend few levels."""

import functools
import math

import numpy as np

from ..array import EncryptedArray
from ..array import interval as iv
from ..array.approximation.apply import masked
from ..array.finish import Finished, finished
from ..array.layout import mapped
from ..array.strip import Strip
from ..array.twin import Twin
from ..core import Polynomial
from ..core.errors import DepthError
from ..plan.value import LEAVES
from .refusal import LATE, Refused

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
        ones = codes if valid is None else _filled(codes, valid)
        return ones if chosen == (1,) else (1.0 if valid is None else valid) - ones
    made = mapped(lambda s: _selected(s, count, chosen), codes.strips)
    out = codes.like(strips=made)
    if valid is None:
        return _promised(out)
    one = next(iter(made.flat))
    if one.length is None:  # a single number, in every slot: none stands behind it
        return _promised(out * valid)
    behind = one.shift + one.gain * one.pad  # what the polynomial gives for a slot that holds 0
    return _promised(out - behind * (1.0 - valid))


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


def _filled(codes, valid):
    """Codes, 0 where they are missing."""
    centre = codes.strips.flat[0].shift
    return codes - centre * (1.0 - valid)


def _selected(strip, count, chosen):
    single = strip.length is None
    if not single and (strip.pad != 0.0 or isinstance(strip.pad, complex)):
        strip = masked(strip)
    # a label outside of what the numbers were declared to be, as 0 is where missing values are filled, is none of the nodes
    first, last = max(math.ceil(strip.bounds[0] - NEAR), 0), min(math.floor(strip.bounds[1] + NEAR), count - 1)
    chosen = tuple(c - first for c in chosen if first <= c <= last)
    if not 0 < len(chosen) <= last - first:
        return strip.constant(float(bool(chosen)))
    ends = (first - strip.shift) / strip.gain, (last - strip.shift) / strip.gain
    coefficients, off = selector(ends, last - first + 1, chosen, STEEP_DEEP if strip.session.params.levels >= DEEP else STEEP)
    body = Polynomial(coefficients, "chebyshev", (-1.0, 1.0))
    size = float(np.abs(coefficients).sum())
    at_zero = float(np.polynomial.chebyshev.chebval(0.0, coefficients))
    # slots hold what was declared, or 0: the polynomial's slope matters there alone
    values = tuple(v.poly(body, size, promised=True) for v in strip.declared().values)
    # slots of rows hold an integer code each, for which the polynomial gives 0 or 1
    return Strip(strip.session, values, strip.length, 1.0, 0.0, (min(-off, at_zero), max(1 + off, at_zero)),
                 values[0] if single else at_zero, iv.up(off))


def _promised(array):
    """The same truth values, whose range is known better than intervals say."""
    def tight(strip):
        low, high = (0.0 - strip.shift) / strip.gain, (1.0 - strip.shift) / strip.gain
        slack = 2.0**-40 + strip.drift / abs(strip.gain)
        return strip._like(range=(min(low, high) - slack, max(low, high) + slack)).promising()
    return array.like(strips=mapped(tight, array.strips))


# ---- products ----
def left(array):
    """About how many levels are left: what orders products; the planner knows it exactly.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    int
    """
    if getattr(array, "exact", False) or not array.size:
        return 0
    known, pending = {}, [array.strips.flat[0].values[0]]
    while pending:
        value = pending[-1]
        op, args, data = value.made
        wanted = [a for a in args if a not in known]
        if wanted:
            pending += wanted
            continue
        pending.pop()
        if op in LEAVES:
            known[value] = value.session.params.levels if value.session.is_clear else data.level
        else:
            known[value] = min(known[a] for a in args) - _price(op, data)
    return known[array.strips.flat[0].values[0]]


def _price(op, data):
    if op in ("mul", "mul_vector", "linmap"):
        return 1
    if op == "mul_const":
        return 0 if data.imag == 0 and data.real.is_integer() and abs(data.real) < 2**31 else 1
    return math.ceil(math.log2(len(data[0].coefficients))) if op == "poly" else 0


def product(factors):
    """The product of encrypted and public factors, those with most levels left first.

    Parameters
    ----------
    factors : iterable of EncryptedArray, ndarray of bool, or None
        None stands for ones.

    Returns
    -------
    EncryptedArray, ndarray of bool or None
    """
    factors = [f for f in factors if f is not None]
    if any(isinstance(f, Finished) for f in factors):
        raise Refused("which rows count is decided at decryption: nothing is summed over them here", LATE)
    public = [f for f in factors if not isinstance(f, EncryptedArray)]
    sealed = [f for f in factors if isinstance(f, EncryptedArray)]
    known = functools.reduce(np.logical_and, public) if public else None
    if not sealed:
        return known
    ranked = sorted(((left(f), i, f) for i, f in enumerate(sealed)), key=lambda t: (-t[0], t[1]))
    if known is not None and not known.all():
        level, i, first = ranked[0]
        ranked[0] = level - 1, i, np.where(known, first, 0)
    while len(ranked) > 1:
        ranked.sort(key=lambda t: (-t[0], t[1]))
        (a, i, x), (b, _, y) = ranked[:2]
        ranked[:2] = [(min(a, b) - 1, i, x * y)]
    return ranked[0][2]


def decided(factors):
    """Which rows stay, for the reader: as :func:`product`, of filters that are finished at decryption too.

    Parameters
    ----------
    factors : iterable of EncryptedArray, ndarray of bool, Finished, or None

    Returns
    -------
    Finished or None
    """
    late = [f for f in factors if isinstance(f, Finished)]
    known = product(f for f in factors if not isinstance(f, Finished))
    if known is not None:
        late.append(finished(known.astype(float) if isinstance(known, np.ndarray) else known))
    return functools.reduce(lambda a, b: a * b, late) if late else None

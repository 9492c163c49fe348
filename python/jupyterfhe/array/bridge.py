"""Single numbers from exact integers to approximate numbers and back, without a second encryption. See docs/adr/0043.

A number lies in every slot: a total, a count, a mean. Such numbers go over by a product with a public integer; vectors whose
slots differ would need a transform modulo t, and take their second encryption (:mod:`jupyterfhe.array.twin`).
"""

import functools
import math
from fractions import Fraction

import numpy as np

from ..core import errors
from ..core.integers import WIDEST, moduli
from ..plan import Graph, Value, bridge, foresee
from ..plan.notes import ASSUMED, inherit, note
from ..plan.whole import WholeValue, narrowed
from . import interval as iv
from . import known
from .rational import outward
from .refusal import Refused
from .strip import Strip
from .ufuncs import each
from .whole import WholeStrip

FLOAT, INT = np.dtype(np.float64), np.dtype(np.int64)


def single(array):
    """Whether an array holds single numbers, each in all slots of its ciphertext.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    bool
    """
    return bool(array.size) and all(s.length is None for s in array.strips.flat)


def _copied(array, make):
    """The array over values of its own, computed for this purpose alone: with few levels; and the copy of each value."""
    copies = {v: v if v.stored is not None else make(v) for v in array.values}
    strips = np.empty(array.strips.shape, dtype=object)
    for at in np.ndindex(strips.shape):
        s = array.strips[at]
        strips[at] = s._like(values=tuple(copies[v] for v in s.values))
    return array.like(strips=strips), copies


def _taken(array, make, dtype, session):
    """An array of the other scheme: `make` of each strip. What was assumed on the way goes over as well."""
    strips = np.empty(array.strips.shape, dtype=object)
    for at in np.ndindex(strips.shape):
        strips[at] = make(array.strips[at])
    out = array.like(session=session, dtype=dtype, strips=strips)
    inherit(Graph(array.values), out.values)
    return out


def met(arrays):
    """Exact arrays of which single numbers have the moduli of the others, where those are some of their own.

    Parameters
    ----------
    arrays : list of EncryptedArray
        Exact.

    Returns
    -------
    dict of int to EncryptedArray
        By id of an array what takes its place.
    """
    least = min((a.session for a in arrays), key=lambda s: len(s.moduli))
    wider = [a for a in arrays if a.session.base is least.base and set(least.moduli) < set(a.session.moduli)]
    return {id(a): _narrowed(a, least) for a in wider if single(a)}


def _narrowed(array, session):
    values = narrowed(array.values, session)
    strips = np.empty(array.strips.shape, dtype=object)
    for at in np.ndindex(strips.shape):
        value = values[array.strips[at].values[0]]
        strips[at] = array.strips[at]._like(session=session, values=(value,), pad=value)
    out = array.like(session=session, strips=strips)
    out.twin = array.twin
    return out


# ---- there ----
def to_approximate(array):
    """Exact single numbers as approximate ones.

    Parameters
    ----------
    array : EncryptedArray
        Exact, of single numbers.

    Returns
    -------
    EncryptedArray
        Of float64. Its levels are those that its moduli have room for: 0 for two moduli and totals of 20 bits.

    Raises
    ------
    DepthError
        When no level is left to take the integers' noise away.

    Notes
    -----
    Cost: no rotation and no key beyond those of the integers; a level of theirs. Reveals: nothing.
    """
    source, copies = _copied(array, lambda v: WholeValue(v.session, v.made, v.mag, False))
    levels = []
    run = functools.partial(_computed, source, levels)

    def make(strip):
        most = max(1, *map(abs, strip.range))
        value = bridge.approximate(copies[strip.values[0]], most, run)
        levels.append(value.made[2].keep)
        return _approximate_strip(strip, value, value.made[2].unit)

    return _taken(array, make, FLOAT, array.session.base)


def _computed(array, levels):
    array.compute(keep_levels=max(levels))


def _approximate_strip(strip, value, unit):
    """``shift + gain u``, u the integer times the unit: rationals become doubles, and what that moves is drift."""
    gain, shift = float(strip.gain / Fraction(unit)), float(strip.shift)
    slip = abs(Fraction(gain) * Fraction(unit) - strip.gain) * max(map(abs, strip.range)) + abs(Fraction(shift) - strip.shift)
    span = tuple(outward(u * Fraction(unit), end) for u, end in zip(strip.range, (-math.inf, math.inf), strict=True))
    return Strip(strip.session.base, (value,), None, gain, shift, span, value, outward(slip, math.inf))


# ---- back ----
def lands(array):
    """Whether approximate numbers are known to be integers and can become exact.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    bool
    """
    return isinstance(array.known, known.Whole) and single(array) and not array.session.is_clear


def promised(array):
    """The same numbers, promised by the caller to be integers.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    EncryptedArray
    """
    out = array.copy()
    out.known = known.Whole()
    for value in out.values:
        note(value, f"{ASSUMED}numbers of shape {array.shape} are integers")
    return out


def to_exact(array, dtype=INT):
    """Approximate single numbers that are integers, as exact ones.

    Parameters
    ----------
    array : EncryptedArray
        Of single numbers, known to be integers.
    dtype : dtype

    Returns
    -------
    EncryptedArray
        Exact. Sums and products by small integers are left to it, products are not.

    Raises
    ------
    Refused
        Where nothing says that they are integers, and for vectors.
    RangeError
        When the error does not tell an integer from its neighbours.
    DepthError
        When no level is left.
    """
    if not single(array):
        raise Refused("a vector of approximate numbers as exact integers",
                      "Single numbers can: sum first; or round after decryption.")
    if not isinstance(array.known, known.Whole):
        raise Refused("approximate numbers that nothing says are integers",
                      "Sums of truth values are known to be. Promise it of others: x.whole().astype(int); or round after "
                      "decryption.")
    if array.session.is_clear:
        raise Refused("exact integers in a simulation", "Leave the type.")
    array = _centred(array)
    source, copies = _copied(array, lambda v: Value(v.session, v.made, v.mag, v.complex, v.promise))
    run = functools.partial(_computed, source, [bridge.LANDING])
    session = array.session.whole(moduli(array.session.params, WIDEST))  # each costs a product, and others have fewer

    return _taken(array, lambda s: _exact_strip(s, copies[s.values[0]], session, run), dtype, session)


def _centred(array):
    """The same numbers, what stands beside the slots an integer."""
    def moved(strip):
        if strip.complex or isinstance(strip.gain, complex) or isinstance(strip.shift, complex):
            raise Refused("complex numbers as integers", "Take .real first.")
        rest = strip.shift - round(strip.shift)
        if rest == 0:
            return strip
        value = strip.values[0].add_const(rest / strip.gain)
        edge = iv.up(abs(rest / strip.gain))
        return strip._like(values=(value,), pad=value, shift=strip.shift - rest, range=iv.add(strip.range, (-edge, edge)),
                           drift=iv.up(strip.drift + 4 * iv.EPS * abs(rest)))
    return each(array, moved)


def _exact_strip(strip, source, session, run):
    """Of numbers ``shift + c``, c an integer: slots hold c over the gain."""
    middle, (low, high) = int(strip.shift), strip.bounds
    span = math.ceil(low) - middle, math.floor(high) - middle
    most = max(1, *map(abs, span))
    off = iv.up(strip.drift + 2.0**-52 * most)  # the gain's reciprocal is rounded
    level, error = _foreseen(source)
    if level < bridge.LANDING:
        raise errors.DepthError("no level is left to make an integer exact", "Encrypt with parameters of more depth.")
    value = bridge.exact(session, source, 1.0 / strip.gain, most, off, error, run)
    return WholeStrip(session, (value,), None, 1, middle, span, value)


def _foreseen(value):
    """Level and error bound of a value."""
    if value.stored is not None:
        return value.stored.level, value.stored.info.error_worst
    out = foresee([value], bridge.LANDING)[1].outputs[0]
    return out.level, out.error_bound

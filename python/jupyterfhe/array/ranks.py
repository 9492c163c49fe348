"""How many of a vector's numbers are below each: one sign of all differences, summed; and what is picked by such counts.

Ties are told by half of ``options.resolution``, added to a difference where equal numbers shall count as below and taken off
where not. Told by who comes first, counts are a permutation of 0 .. n - 1 whatever is equal, and a table of them picks exactly
one number.
"""

import numpy as np

from ..core import errors
from ..plan import options
from ..plan.notes import ASSUMED, note
from . import interval as iv
from .approximation import signs
from .approximation.apply import masked
from .approximation.places import SURE, ahead, weighed, within_bootstraps, yes_or_no
from .approximation.signs import HEADROOM, WIDER
from .approximation.tables import FULL, depth, settled
from .layout import pack
from .pairs import MOST, Pairs, differences
from .refusal import Refused
from .strip import Strip, combine

NEAR = 2.0**-40  # the gap is narrower by this share, for the rounding of half a resolution
UNSURE = 0.25  # a count that is off by more is no whole number any more
TILED = 0.25  # settling doubles what fills half a unit, and differences of tiles double it again
DIVIDED = 32.0
ACROSS_MAX = 16  # numbers along an axis off the slots: n (n - 1) / 2 signs of whole vectors
TIES = {"first": lambda i, k: k < i, "last": lambda i, k: k > i, "min": lambda i, k: i < -1, "max": lambda i, k: i >= -1}


def resolution():
    """``options.resolution``, or a refusal that says what it is for."""
    if options.resolution is None:
        raise Refused("an order of encrypted numbers that may be as near to each other as they like",
                      "Say how much two of them differ at least if they differ at all, for instance jf.options.resolution = 1 "
                      "for whole numbers, 0.01 for cents; or encrypt whole numbers with exact=True.")
    return float(options.resolution)


def vector(x, most=MOST):
    """A vector's strip, 0 (as u) behind its numbers, in one chunk.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    most : int, optional
        Numbers.

    Returns
    -------
    Strip
    """
    n = len(x)
    if n > min(most, x.session.slots):
        raise Refused(f"an order of {n:,} encrypted numbers, more than {min(most, x.session.slots):,}",
                      "Compare with public thresholds and count; or declare a small range of whole numbers and count those.")
    strip = (x if x.slot_axis is not None else pack(x, 0)).strips.flat[0]
    return strip if isinstance(strip.pad, float) and strip.pad == 0 else masked(strip)


def below(x, ties="first", *, spare=0, reach=None):
    """How many of the others each number of a vector is above.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
        Real.
    ties : {'first', 'last', 'min', 'max'}, default='first'
        Which equal numbers count: those before it, those behind it, none, all.
    spare : int, default=0
        Levels to leave.
    reach : float, optional
        What the slots may reach, those behind the counts too; without it they are as large as they come.

    Returns
    -------
    Strip of n numbers

    Raises
    ------
    Refused, DepthError
        Without a resolution; when the levels left do not tell numbers so near apart, for so many of them.

    Notes
    -----
    Cost: about ``4 log2(n)`` rotations, one sign of ``n^2`` slots and a level where the range exceeds half a unit.
    """
    step, strip = resolution(), vector(x)
    n, session = strip.length, strip.session
    if n == 1:
        return strip.constant(0.0)
    pairs = Pairs(n, session.slots)
    if not pairs.each:
        raise Refused(f"all pairs of {n} numbers in vectors of {session.slots}", "Encrypt with all slots that the ring has.")
    apart = differences(strip, pairs)
    for value in strip.values:
        note(value, f"{ASSUMED}compared numbers that differ, differ by {step:g} or more")
    moved = apart.plus_vector(np.where(TIES[ties](*pairs.places()), step / 2, -step / 2))
    headroom, ratio = units(n, reach)
    told = signs(one(x, moved), step / 2 * (1 - NEAR), spare=spare + (ratio != 1), headroom=headroom, goal=goal(n),
                 settle=True).strips[0]
    drift = iv.up((n - 1) / 2 * told.drift)
    sure(n, drift)
    total = pairs.gathered(told.values).mul_const(ratio)
    far = iv.up((n - 1) / headroom * ratio)
    return Strip(session, (total,), n, told.gain / 2 / ratio, (n - 1) / 2, iv.sym(far), None, drift)


def counted(x, ties="first"):
    """As :func:`below`, ready to be weighed: levels for that, for a product and for a sum are left.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    ties : {'first', 'last'}

    Returns
    -------
    Strip of n numbers
    """
    levels, reach = ahead(x.session, len(x))
    return below(x, ties, spare=levels + 2, reach=reach)


def units(n, reach):
    """What signs are divided by, and what their sums are multiplied by, so that slots reach no farther than they may.

    Dividing the polynomial's coefficients is free, but its errors stay what they are and weigh as much more: beyond a factor of
    :data:`DIVIDED` a level for the sum is the smaller price.

    Parameters
    ----------
    n : int
    reach : float or None

    Returns
    -------
    (float, float)
    """
    wanted = HEADROOM if reach is None else (n - 1) / reach
    return (wanted, 1.0) if wanted <= DIVIDED else (HEADROOM, HEADROOM / wanted)


def goal(n):
    """Error wanted of signs of which n are summed, so that a sum is a whole number, and an index of a table."""
    return min(2 * options.precision, SURE / n)


def sure(n, drift):
    """Refuse counts that would not be whole numbers."""
    if not drift < UNSURE:
        raise errors.DepthError(f"places of {n} numbers would be known to {drift:.2g} only with the levels left", WIDER)


def one(like, strip):
    """An array of one strip.

    Parameters
    ----------
    like : EncryptedArray
    strip : Strip

    Returns
    -------
    EncryptedArray
    """
    several = strip.length is not None and strip.length > 1
    strips = np.empty((1,) if several else (), dtype=object)
    strips[...] = strip
    return like.like(shape=(strip.length,) if several else (), dtype=np.dtype(float), slot_axis=0 if several else None,
                     strips=strips)


def picked(x, wanted, ties="first"):
    """The sum of a vector's numbers, each times a public weight of its place in order.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    wanted : sequence of float
        Weight of the smallest number, of the next one, ...; none below 0.
    ties : {'first', 'last'}

    Returns
    -------
    Strip
        One number.

    Notes
    -----
    Cost: that of :func:`below`, that of a table of n places, a level more, and one that is left, where the sum has room.
    """
    strip = vector(x)
    n = strip.length
    (weights, off), rest = weighed(counted(x, ties), wanted), strip._like(shift=0.0)
    out = summed(weights.times(rest), rest.largest * sum(wanted), off * rest.largest + sum(wanted) * rest.drift)
    return out.shifted(strip.shift * float(sum(wanted)), n * iv.EPS)


def summed(strip, reach, drift, count=None):
    """The sum of numbers of which all but a few are near 0: no more than those few, whatever each may be.

    Parameters
    ----------
    strip : Strip
        0 (as u) behind its numbers.
    reach : float
        Bound on the modulus of the sum when every weight is what it stands for.
    drift : float
        Bound on what the weights, a permutation's, are off together, times the largest number.
    count : int, optional
        How many slots are summed, a power of two; as many as there are numbers by default.

    Returns
    -------
    Strip
        One number.
    """
    (value,) = strip.values
    drift = iv.up(drift + 16 * strip.length * iv.EPS * strip.largest)
    span = iv.sym(iv.up((reach + drift) / abs(strip.gain)))
    count = count or int(iv.power_of_two(float(strip.length)))  # as many as there are: a sum is off by as much as it has slots
    total = value.inner_sum(count).promising(span[1], always=True)
    alone = count < strip.session.slots
    return Strip(strip.session, (total,), 1 if alone else None, strip.gain, 0.0, span, None if alone else total, drift)


def place(x, which, ties):
    """The index of the number at a place in order.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    which : int
    ties : {'first', 'last'}

    Returns
    -------
    Strip
        One number.
    """
    n = len(x)
    weights, off = weighed(counted(x, ties), [float(k == which) for k in range(n)])
    if within_bootstraps(x.session, n):
        return by_bits(weights, off)
    middle = (n - 1) / 2
    return summed(weights.times_vector(np.arange(n) - middle), middle, off * middle).shifted(middle)


def by_bits(weights, off):
    """The index of the one number whose weight is 1, bit by bit: sums of signs, which are told once more.

    Summed at once, an index is off by what all weights are, n of them, times n: by more than 1/2 for some hundred numbers.

    Parameters
    ----------
    weights : Strip of n numbers
        1 for one of them, 0 for the others.
    off : float
        Bound on the sum of what they are off.

    Returns
    -------
    Strip
        One number.

    Notes
    -----
    Cost: a product and a rotation a bit, a sign, two levels and ``log2`` of the slots in rotations beside it.
    """
    n, session = weights.length, weights.session
    tile, bits = int(iv.power_of_two(float(n))), (n - 1).bit_length()
    if tile * bits > session.slots:
        raise Refused(f"the index of one of {n:,} numbers in vectors of {session.slots}",
                      "Encrypt with all slots that the ring has.")
    total = None
    for bit in reversed(range(bits)):  # each in a tile of its own, leftwards of slot 0 round the end
        part = weights.times_vector(np.where(np.arange(n) >> bit & 1, 1.0, -1.0))
        (value,) = part.values
        total = value if total is None else total.rotate(tile).add(value)
    off = iv.up(off + n * part.drift)
    # wherever a tile's length begins, the weight that is 1 is in it once, or in none
    near = summed(part._like(values=(total,)), 1.0, off, tile)._like(length=session.slots, pad=None)
    powers, mask = 2.0 ** np.arange(bits), np.zeros(session.slots)
    mask[-tile * np.arange(bits)] = powers
    found = yes_or_no(near, SURE / powers.sum()).times_vector(mask)
    drift = iv.up(2 * found.drift)  # all powers together are less than twice the largest
    reach = iv.up((powers.sum() + drift) / abs(found.gain))
    value = found.values[0].inner_sum(session.slots // tile, tile).promising(reach, always=True)
    return found._like(values=(value,), length=1, range=iv.sym(reach), pad=None, drift=drift)


def ordered(x, indices=False):
    """A vector's numbers from the smallest up, or their indices; equal ones in the order that they stand in.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    indices : bool, default=False

    Returns
    -------
    Strip of n numbers

    Notes
    -----
    Cost: that of :func:`below`, a table of ``2 n - 1`` numbers in ``n^2`` slots, two levels beside it.
    """
    strip, n = vector(x), len(x)
    if n == 1:
        return strip.constant(0.0) if indices else strip
    levels = depth(2 * n - 1)
    # settled before they are tiled: their errors count once then, not once a tile; a level more: sums of tiles want room
    counts = masked(settled(below(x, spare=levels + 3, reach=FULL)), TILED)
    pairs = Pairs(n, strip.session.slots, tiles=n, first=0)
    column, index = pairs.places()  # column k of tile j reads number (k - j) mod n
    apart = counts._like(values=tuple(pairs.narrow(counts.values[0])), length=len(pairs.each) * pairs.slots)
    apart = apart.plus_vector(np.where(column < 0, (n - 1) / 2, n - 1.0 - column))
    here, off = weighed(apart, [float(k == n - 1) for k in range(2 * n - 1)])
    if indices:
        shift, reach = (n - 1) / 2, (n - 1) / 2
        found, off = here.times_vector(np.where(index < 0, 0.0, index - shift)), off * reach
    else:
        rest = strip._like(shift=0.0)
        tiled = tuple(v.promising(rest.size) for v in pairs.narrow(strip.values[0]))  # tiles do not overlap
        tiles = rest._like(values=tiled, length=apart.length)
        found, shift, reach, off = here.times(tiles), strip.shift, rest.largest, off * rest.largest + rest.drift
    drift = iv.up(off + 16 * n * iv.EPS * found.largest)
    span = iv.sym(iv.up((reach + drift) / abs(found.gain)))
    out = Strip(strip.session, (pairs.gathered(found.values),), n, found.gain, 0.0, span, None, drift)
    return out.shifted(shift, iv.EPS)


def across(x, ties="first", *, spare=0):
    """How many of the others each number is above, along an axis off the slots.

    Parameters
    ----------
    x : EncryptedArray of shape (n, ...)
        Without its first axis along the slots.
    ties : {'first', 'last'}
    spare : int, default=0

    Returns
    -------
    list of ndarray of Strip
        Of each place of the first axis.
    """
    step, n = resolution(), len(x)
    if n > ACROSS_MAX:
        raise Refused(f"an order of {n} encrypted numbers off the slots, more than {ACROSS_MAX}",
                      "Encrypt with this axis along the slots: slot_axis=.")
    later, earlier = np.tril_indices(n, -1)
    for value in x.values:
        note(value, f"{ASSUMED}compared numbers that differ, differ by {step:g} or more")
    moved = x[later] - x[earlier] + (step / 2 if ties == "first" else -step / 2)
    headroom = (n - 1) / FULL
    told = signs(moved, step / 2 * (1 - NEAR), spare=spare, headroom=headroom, goal=goal(n))
    sure(n, max((n - 1) / 2 * s.drift for s in told.strips.flat))
    out = []
    for i in range(n):
        terms = [(p, 0.5 if a == i else -0.5) for p, (a, b) in enumerate(zip(later, earlier, strict=True)) if i in (a, b)]
        made = np.empty(told.strips.shape[1:], dtype=object)
        for at in np.ndindex(made.shape):
            made[at] = combine([(told.strips[(p, *at)], c) for p, c in terms]).shifted((n - 1) / 2)
        out.append(made)
    return out

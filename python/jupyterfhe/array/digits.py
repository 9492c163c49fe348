"""Sorting by digits of places: for more numbers than a table of their places can hold, where levels come back.

The place of number i is a base + b. U[i, A] says whether its first digit is A, V[i, B] whether its second is B; at the place
A base + B stands the sum over i of U[i, A] V[i, B] x[i]. That is a product of two matrices of about sqrt(n) n entries, which
lie in one vector each, 1,024 numbers in 2^15 slots; each is a table of counts in tiles, looked up in the middle of a bootstrap
and told once more. What a network takes two bootstraps a round for is six or so beside those of the counts (docs/adr/0046).
"""

import numpy as np

from ..core import errors
from ..plan import Map, Vector, foresee, worst_error
from . import interval as iv
from .approximation import looking
from .approximation.apply import masked
from .approximation.places import SURE, within_bootstraps, yes_or_no
from .approximation.signs import BEFORE, COARSE
from .layout import afford
from .network import LOWERED, SLACK
from .ranks import MOST, below, vector
from .refusal import Refused
from .strip import Strip
from .turning import Turns, linear

INDICES = 256  # numbers whose indices are found: those of more would be known to more than 1/2
LOWER = 2.5  # where values end at levels that are not all used: how much more than foreseen their errors may be
ROOMS = 3  # bootstraps' errors that there is room for where one may lie
AHEAD = 2  # levels of counts: masked, and scaled
FURTHER = 3  # levels of what some programs go on with
OPERATIONS = 16  # rotations, real parts and a product of a turn of the digits
SPARE = 1  # numbers that tables have more at both ends: places are off whole ones
FILLED = 0.9  # of slots that may be bootstrapped
TWICE = 2.0  # a window across the end of a tile holds parts of two rows


class Layout:
    """Tiles of a power of two slots, tile t for the digit t modulo base.

    Parameters
    ----------
    n, slots : int

    Attributes
    ----------
    tile, base : int
    rows : int
        First digits there are.
    """

    def __init__(self, n, slots):
        """As few second digits as there are first ones, or twice as many."""
        bits = (n - 1).bit_length()
        self.n, self.slots, self.tile, self.base = n, slots, 1 << bits, 1 << -(-bits // 2)
        self.rows = -(-n // self.base)
        self.copies = slots // self.tile
        self.number, self.column = np.arange(slots) % self.tile, np.arange(slots) // self.tile % self.base
        self.there = self.number < n

    @property
    def fits(self):
        """Whether there is a tile for every digit."""
        return self.tile * self.base <= self.slots

    def tiled(self, value, reach):
        """A vector whose other slots are 0, none above `reach`, in every tile."""
        return value.inner_sum(self.copies, self.tile).promising(reach, always=True)

    def first(self):
        """What is added to a place in each slot, and the table that says 1 where its first digit is the slot's, else -1."""
        last = self.base * (self.rows - 1) + SPARE
        k = np.arange(self.n + last + SPARE) - last
        return last - self.base * np.minimum(self.column, self.rows - 1), (k >= 0) & (k < self.base)

    def second(self):
        """The same of the second digit."""
        last = self.base - 1 + SPARE
        return last - self.column, (np.arange(self.n + last + SPARE) - last) % self.base == 0

    def home(self):
        """From the sums, row A's of turn t in slot A tile - t, to their places: the second digit is (A - t) modulo base.

        Returns
        -------
        Map
        """
        place = np.arange(self.n)
        row, second = np.divmod(place, self.base)
        apart = (row * self.tile - (row - second) % self.base - place) % self.slots
        index, which = np.unique(apart, return_inverse=True)
        rows = np.zeros((len(index), self.slots))
        rows[which, place] = 1.0
        return Map(index, rows)


def wanted(x):
    """Whether a vector is sorted by digits: levels come back, and a table of its places would lie across a bootstrap.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)

    Returns
    -------
    bool
    """
    n, session = len(x), x.session
    return (within_bootstraps(session, 2 * n - 1) and n <= MOST
            and Layout(n, session.slots).fits and 2 * n + 2 * SPARE <= looking.most(session))


def ordered(x, indices=False):
    """A vector's numbers from the smallest up, or their indices; equal ones in the order that they stand in.

    Parameters
    ----------
    x : EncryptedArray of shape (n,)
    indices : bool, default=False

    Returns
    -------
    Strip of n numbers

    Raises
    ------
    Refused
        For the indices of more than :data:`INDICES` numbers.

    Notes
    -----
    Cost: that of counts, tables and signs in two vectors, about sqrt(n) products, ``sqrt(n) log2(n)`` rotations, four levels.
    """
    if indices and len(x) > INDICES:
        raise Refused(f"sorted indices of {len(x):,} encrypted numbers, more than {INDICES}",
                      "They would be known to more than 1/2. jf.rank tells each number's place, for up to 1,024 of them.")
    layout = Layout(len(x), x.session.slots)
    afford(OPERATIONS * layout.base, f"an order of {len(x):,} numbers by digits", "Sort fewer at a time.")
    try:
        out = _ordered(layout, x, indices, 0.0)
        foresee([out.values[0], _further(out.values[0])])
    except errors.RangeError:  # bootstraps lie where digits are multiplied
        out = _ordered(layout, x, indices, ROOMS * BEFORE * x.session.refreshed)
    return out


def _further(value):
    """What some programs may go on with: where their levels are wanted, bootstraps may lie elsewhere."""
    for _ in range(FURTHER):
        value = value.mul(value).promising(1.0, always=True)
    return value


def _ordered(layout, x, indices, refreshed):
    """As :func:`ordered`; with room for a bootstrap before digits are multiplied, or with none."""
    strip, n = vector(x), len(x)
    tiles = _tiles(layout, _settled(below(x, spare=AHEAD), SLACK))
    first, second = (yes_or_no(_looked_up(layout, tiles, *of), SURE / (8 * n)) for of in (layout.first(), layout.second()))
    if indices:
        shift, reach, drift = (n - 1) / 2, (n - 1) / 2, 0.0
        carried = second.times_vector(np.where(layout.there, layout.number - shift, 0.0))
    else:
        rest = masked(_settled(strip._like(shift=0.0)))  # what is settled has its errors behind the numbers too, as numbers
        shift, reach, drift = strip.shift, rest.largest, rest.drift
        carried = second.times(rest._like(values=(layout.tiled(rest.values[0], rest.size),), length=layout.slots, drift=0.0))
    first, carried = _settled(first, LOWER, refreshed), _settled(carried, LOWER, refreshed)
    # of each sum's factors all but base are near 0, or all but as many as there are rows
    off = layout.base * carried.drift + (layout.rows * (reach + drift) + layout.tile * carried.drift) * first.drift
    off += 64 * n * iv.EPS * reach
    value, more, gain = _sums(layout, first, carried, iv.up(reach + drift + off))
    drift = iv.up(drift + off + more)
    span = iv.up((reach + drift) / abs(gain))
    value = linear(value, layout.home()).promising(span, always=True)
    return Strip(strip.session, (value,), n, gain, 0.0, iv.sym(span), 0.0, drift).shifted(shift, iv.EPS)


def _settled(strip, slack=LOWER, more=0.0):
    """Numbers that are what they were off too: in sums each error counts by what it is multiplied with then.

    A bootstrap would move them by more than can be told afterwards: no room is left for one, but for `more`.
    """
    (value,) = strip.values
    # of a sum, for a vector that is there has no plan
    room = LOWERED + more + slack * worst_error([value.add(value)]) / 2
    value = value.promising(strip.size, always=True)
    limit = 2 * max(value.mag, strip.size) * (1 + 2.0**-30) + 2 * room
    span, drift = iv.sym(iv.up(2 * (strip.size + room))), iv.up(strip.drift + abs(strip.gain) * room)
    return strip._like(values=(value.settle(limit),), gain=strip.gain / 2, range=span, pad=None, drift=drift)


def _tiles(layout, counts):
    """Places in steps of 1 about 0, in every tile; 0 behind the numbers of a tile."""
    bare = masked(counts, counts.gain)
    return bare._like(values=(layout.tiled(bare.values[0], bare.size),), length=layout.slots, pad=None)


def _looked_up(layout, tiles, offset, there):
    """Near 1 where a place has a slot's digit, near -1 elsewhere."""
    moved = tiles.values[0].add_vector(Vector(np.where(layout.there, tiles.shift + offset, 0.0)))
    whole = tiles._like(values=(moved,), shift=0.0, range=(0.0, len(there) - 1.0))
    return looking.looked_up(whole, np.where(there, 1.0, -1.0), 0, 1 / COARSE)


def _sums(layout, first, carried, reach):
    """Sums over each tile of products: row A's with the second digits (A - t) modulo base, t = 0, 1, .., in slot A tile - t.

    Blocks of base slots are summed in each product, and settled; then their sums lie beside those of other turns, and are added
    up in one vector.

    Parameters
    ----------
    layout : Layout
    first, carried : Strip
        Settled.
    reach : float
        No sum over a tile is above it, nor one over a part of a tile.

    Returns
    -------
    (Value, float, float)
        Slots, how far they are off what the factors stand for, and what they are multiples of.
    """
    turns, total, worst, blocks = Turns(carried.values[0]), None, 0.0, layout.tile // layout.base
    begins = (layout.number % layout.base == 0) & (np.arange(layout.slots) < layout.rows * layout.tile)
    for t in reversed(range(layout.base)):
        part = first.times(carried._like(values=(turns.get((layout.base - t) % layout.base * layout.tile),)))
        span = iv.sym(iv.up(TWICE * reach / abs(part.gain)))
        block = _settled(part._like(values=(part.values[0].inner_sum(layout.base),), range=span, drift=0.0))
        worst = max(worst, block.drift)
        share = FILLED * abs(block.gain) / (TWICE * reach)
        value = block.values[0].mul_vector(Vector(begins * share))
        total = value if total is None else total.rotate(1).add(value)
    unit = block.gain / share
    total = total.promising(iv.up((reach + worst) / abs(unit)), always=True)  # no two turns' blocks meet
    total = total.inner_sum(blocks, layout.base).promising(iv.up((TWICE * reach + blocks * worst) / abs(unit)), always=True)
    return total, iv.up(blocks * worst + 16 * blocks * iv.EPS * reach), unit

"""All pairs of a vector's numbers in slots, without a level: the vector beside itself in tiles of two periods.

Tiles of n numbers and tiles of n + 1 (the numbers and one slot that nobody reads) drift apart by one place a tile, so in tile j
number i stands beside number (i - j) mod n. Tiles j = 1, 2, .., n - 1 hold every ordered pair once, in n^2 - 1 slots:
128 numbers just fit 2^14. Tiles lie leftwards of slot 0, round the end, so that every rotation is one to the left. See
docs/adr/0035.
"""

import numpy as np

from . import interval as iv
from .layout import afford
from .strip import Strip

MOST = 1 << 10


class Pairs:
    """Where the ordered pairs of n numbers stand.

    Parameters
    ----------
    n, slots : int
    tiles : int, optional
        How many, the first being j = first.
    first : int, default=1

    Attributes
    ----------
    each : list of int
        Tiles of every chunk.
    """

    def __init__(self, n, slots, tiles=None, first=1):
        """Choose how many tiles a chunk has: all of them lie inside of what tiles of period n cover."""
        self.n, self.slots, self.first = n, slots, first
        tiles = n - 1 if tiles is None else tiles
        most = slots // (n + 1)
        if slots % n:
            while most and (-(-most * (n + 1) // n) + 1) * n > slots:
                most -= 1
        self.most = most
        self.each = [min(most, tiles - at) for at in range(0, tiles, most)] if most else []

    @property
    def starts(self):
        """The first tile of each chunk, less one."""
        return [self.first - 1 + sum(self.each[:c]) for c in range(len(self.each))]

    def wide(self, value):
        """Numbers of a chunk, zeros behind them, in tiles of n + 1.

        Parameters
        ----------
        value : jupyterfhe.plan.Value

        Returns
        -------
        dict of int to Value
            By how many tiles.
        """
        ahead = value.rotate(self.n + 1)
        return {count: window(ahead, count, self.n + 1) for count in set(self.each)}

    def narrow(self, value):
        """Numbers of a chunk, zeros behind them, in tiles of n: one chunk for each of :attr:`each`.

        Parameters
        ----------
        value : jupyterfhe.plan.Value

        Returns
        -------
        list of Value
        """
        n, slots = self.n, self.slots
        count = -(-max(self.each) * (n + 1) // n) + 1  # no more than are read: every copy adds the others' noise
        even = 1 << (count - 1).bit_length()
        count = even if even * n <= slots else count if count * n <= slots else slots // n
        tiled = window(value, count, n)
        return [tiled.rotate(-start % n) for start in self.starts]

    def places(self):
        """Which pair stands in each slot of each chunk.

        Returns
        -------
        (ndarray of int, ndarray of int)
            Of the number in tiles of n + 1, and of that in tiles of n; -1 where none is. Of shape (chunks * slots,).
        """
        i, k = np.full((2, len(self.each) * self.slots), -1)
        column = np.arange(self.n)
        for c, (count, start) in enumerate(zip(self.each, self.starts, strict=True)):
            for tile in range(1, count + 1):
                at = c * self.slots + (column - tile * (self.n + 1)) % self.slots
                i[at], k[at] = column, (column - start - tile) % self.n
        return i, k

    def gathered(self, values):
        """Sums over all tiles, in slots 0 .. n - 1; elsewhere sums of some of them.

        Parameters
        ----------
        values : sequence of Value
            A chunk each.

        Returns
        -------
        Value
        """
        total = None
        for value, count in zip(values, self.each, strict=True):
            part = window(value, count, self.n + 1).rotate(self.slots - count * (self.n + 1))
            total = part if total is None else total.add(part)
        return total


def window(value, count, stride):
    """``out[t] = sum of value[t + j * stride], j < count``, for any count.

    Parameters
    ----------
    value : jupyterfhe.plan.Value
    count, stride : int

    Returns
    -------
    Value

    Notes
    -----
    Cost: at most ``2 log2(count)`` rotations.
    """
    if count & (count - 1) == 0:
        return value.inner_sum(count, stride)
    total, done, power, size = None, 0, value, 1
    while size <= count:
        if count & size:
            part = power.rotate(done * stride)
            total, done = (part if total is None else total.add(part)), done + size
        size *= 2
        if size <= count:
            power = power.add(power.rotate(size // 2 * stride))
    return total


def differences(strip, pairs):
    """Each number less each other one, as one strip of all slots of all chunks.

    Parameters
    ----------
    strip : Strip
        One chunk of n numbers, 0 (as u) behind them.
    pairs : Pairs

    Returns
    -------
    Strip
        Where no pair stands there are differences of numbers and zeros.
    """
    value, n = strip.values[0], strip.length
    afford(6 * n.bit_length() + 16 * len(pairs.each), f"all pairs of {n:,} numbers", "Compare fewer at a time.")
    wide, narrow = pairs.wide(value), pairs.narrow(value)
    values = tuple(wide[count].sub(other) for count, other in zip(pairs.each, narrow, strict=True))
    low, high = min(strip.range[0], 0.0), max(strip.range[1], 0.0)
    reach = iv.up(high - low)
    return Strip(strip.session, values, len(values) * pairs.slots, strip.gain, 0.0, iv.sym(reach), 0.0,
                 iv.up(2 * strip.drift + 4 * iv.EPS * strip.largest)).promising()

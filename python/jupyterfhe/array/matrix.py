"""Small dense matrices, many columns a ciphertext: products by diagonals, of public and of encrypted matrices.

A block of R rows and C columns lies column after column: slot ``l * R + i`` holds entry (i, l). So a rotation by a multiple of
R turns the columns, with no mask; and as R * C divides the slots, and the block is repeated, it turns them in a circle.
"""

import numpy as np

from ..core import errors
from ..plan import Map, Vector, options
from . import interval as iv
from .array import EncryptedArray
from .interval import EPS
from .layout import gather
from .operand import public
from .refusal import Refused
from .strip import Strip, combine
from .turning import Turns, linear


class PackedMatrix:
    """An encrypted matrix in blocks, for products with ``@``.

    Made by ``client.encrypt_matrix``, or by :func:`packed` of an array.

    Attributes
    ----------
    shape : (int, int)
    block : (int, int)
        Rows and columns of a block; powers of two.
    array : EncryptedArray of shape (row blocks, column blocks, slots)
        What is stored; behind the last row and column it holds 0.
    """

    __slots__ = ("array", "block", "shape")
    __array_ufunc__ = None  # so that a public matrix on the left asks this class

    def __init__(self, array, shape, block):
        """Take an array as it was arranged by :func:`arrange`."""
        rows, columns = block
        grid = -(-shape[0] // rows), -(-shape[1] // columns)
        if array.shape != (*grid, array.session.slots) or array.slot_axis != 2 or array.dtype.kind != "f":
            raise errors.ArgumentError(f"an array of shape {array.shape} is no matrix of {shape} in blocks of {block}")
        self.array, self.shape, self.block = array, tuple(shape), tuple(block)

    def _like(self, array, shape=None):
        return PackedMatrix(array, shape or self.shape, self.block)

    def __matmul__(self, other):
        """With a public matrix or another packed one.

        Parameters
        ----------
        other : ndarray or PackedMatrix
            Of as many rows as this has columns.

        Returns
        -------
        PackedMatrix

        Notes
        -----
        Public: one level; for blocks of C columns up to C products of plaintexts and about 2 sqrt(C) rotations a block.
        Encrypted: three levels; for square blocks of side d about 3 d rotations a block and d products a pair of blocks.
        """
        if isinstance(other, PackedMatrix):
            return _product(self, other)
        if isinstance(other, EncryptedArray):
            raise Refused("a packed matrix times an encrypted array", "Pack the array first: jf.matrix.packed(array).")
        plain = public(other)
        if plain is None or plain[0].ndim != 2:
            raise errors.ArgumentError("a packed matrix is multiplied by a matrix")
        return _with_public(self, np.asarray(plain[0], dtype=float), plain[1])

    def __rmatmul__(self, other):
        """Refuse: rows lie across ciphertexts."""
        raise Refused("a public matrix times a packed one", "Encrypt the transpose: (A.T @ P.T) is the transpose of P @ A.")

    def _both(self, other, f):
        if not isinstance(other, PackedMatrix) or (other.shape, other.block) != (self.shape, self.block):
            raise errors.ArgumentError("packed matrices are added when shape and blocks agree")
        return self._like(f(self.array, other.array))

    def __add__(self, other):
        """Entry by entry."""
        return self._both(other, np.add)

    def __sub__(self, other):
        """Entry by entry."""
        return self._both(other, np.subtract)

    def __mul__(self, c):
        """Times a public number; free."""
        if np.ndim(c) or isinstance(c, (EncryptedArray, PackedMatrix)):
            raise errors.ArgumentError("a packed matrix is multiplied by one public number; use @ for matrices")
        return self._like(self.array * c)

    __rmul__ = __mul__

    def __truediv__(self, c):
        """By a public number; free."""
        return self * (1.0 / c)

    def __neg__(self):
        """Negated; free."""
        return self._like(-self.array)

    def unpacked(self):
        """The matrix as an array with rows along the slots: a rotation and a mask a column of a block, one level.

        Returns
        -------
        EncryptedArray
        """
        (n, m), (rows, columns) = self.shape, self.block
        i = np.arange(n)
        if n < 2:
            raise Refused("unpacking a matrix of one row", "Decrypt it packed: client.decrypt_matrix.")
        out = np.empty((1, m), dtype=object)
        for j in range(m):
            pieces = list(self.array.strips[:, j // columns, 0])
            out[0, j] = gather(pieces, i // rows, (j % columns) * rows + i % rows)
        return self.array.like(shape=(n, m), slot_axis=0, strips=out)

    def compute(self, keep_levels=None):
        """Compute now; see :meth:`EncryptedArray.compute`."""
        self.array.compute(keep_levels)
        return self

    def error_bound(self, probable=False):
        """Bound on the error of every entry.

        Returns
        -------
        float
        """
        return float(np.max(self.array.error_bound(probable)))

    def explain(self, details=False):
        """What computing takes; see :meth:`EncryptedArray.explain`."""
        return self.array.explain(details)

    def __repr__(self):
        """Shape and blocks; never a value."""
        return f"<PackedMatrix of {self.shape}, {self.array.strips.size} blocks of {self.block}>"


# ---- layout ----
def blocks(shape, slots, *, square=False):
    """Rows and columns of a block for a matrix.

    Parameters
    ----------
    shape : (int, int)
    slots : int
    square : bool or int, default=False
        Square blocks, as products of two encrypted matrices need; a power of two is their side, which both must share. Else
        all columns go into one block where they fit.

    Returns
    -------
    (int, int)
    """
    if square:
        most = 1 << (slots.bit_length() - 1) // 2
        side = min(int(iv.power_of_two(float(max(shape)))), most) if square is True else int(square)
        if side & (side - 1) or not 0 < side <= most:
            raise errors.ArgumentError(f"the side of a block is a power of two up to {most} here, not {side}")
        return side, side
    columns = min(int(iv.power_of_two(float(shape[1]))), slots)
    return slots // columns, columns


def arrange(values, slots, block):
    """A matrix in the clear as rows of slots.

    Parameters
    ----------
    values : ndarray of shape (n, m)
    slots : int
    block : (int, int)

    Returns
    -------
    ndarray of shape (row blocks, column blocks, slots)
    """
    values, (rows, columns) = np.asarray(values, dtype=float), block
    grid = -(-values.shape[0] // rows), -(-values.shape[1] // columns)
    full = np.zeros((grid[0] * rows, grid[1] * columns))
    full[:values.shape[0], :values.shape[1]] = values
    parts = full.reshape(grid[0], rows, grid[1], columns).transpose(0, 2, 3, 1).reshape(*grid, rows * columns)
    return np.tile(parts, slots // (rows * columns))


def restore(slots, shape, block):
    """The matrix of what :func:`arrange` made.

    Parameters
    ----------
    slots : ndarray of shape (row blocks, column blocks, slots)
    shape, block : (int, int)

    Returns
    -------
    ndarray of `shape`
    """
    rows, columns = block
    grid = slots.shape[:2]
    parts = slots[..., :rows * columns].reshape(*grid, columns, rows).transpose(0, 3, 1, 2)
    return parts.reshape(grid[0] * rows, grid[1] * columns)[:shape[0], :shape[1]]


def packed(array, *, square=False):
    """An array as a packed matrix: a rotation and a mask a column of a block, one level.

    Parameters
    ----------
    array : EncryptedArray of shape (n, m)
        Best with rows along the slots (``slot_axis=0``), else every entry is moved on its own.
    square : bool or int, default=False
        As of :func:`blocks`.

    Returns
    -------
    PackedMatrix

    Raises
    ------
    OutOfMemoryError
        Above ``options.max_operations``.
    """
    if array.ndim != 2 or array.slot_axis is None or array.dtype.kind != "f":
        raise errors.ArgumentError("what is packed is a matrix of real numbers with an axis along the slots")
    slots, strips = array.session.slots, list(array.strips.flat)
    rows, columns = block = blocks(array.shape, slots, square=square)
    grid = -(-array.shape[0] // rows), -(-array.shape[1] // columns)
    zero = len(strips)
    strips.append(strips[0].constant(0.0).spread_to(max(array.shape)))
    out = np.empty((*grid, 1), dtype=object)
    slot = np.arange(slots) % (rows * columns)
    for r, c in np.ndindex(grid):
        i, j = r * rows + slot % rows, c * columns + slot // rows
        inside = (i < array.shape[0]) & (j < array.shape[1])
        which, index = (j, i) if array.slot_axis == 0 else (i, j)
        out[r, c, 0] = gather(strips, np.where(inside, which, zero), np.where(inside, index, 0))
    return PackedMatrix(array.like(shape=(*grid, slots), slot_axis=2, strips=out), array.shape, block)


# ---- products ----
def _tiled(rows, slots):
    return np.tile(rows, slots // rows.shape[1])


def _block_map(part, block, slots):
    """``block @ part`` as a map of slots: ``out(i, l) = sum of in(i, l + t) part[l + t, l]``, with its factor."""
    rows, columns = block
    factor = iv.power_of_two(float(np.abs(part).sum(axis=0).max()))  # no result larger than 1: the lowest level holds it
    l = np.arange(columns)  # noqa: E741
    diagonals = np.stack([np.repeat(part[(l + t) % columns, l], rows) for t in range(columns)]) / factor
    return Map(np.arange(columns) * rows, _tiled(diagonals, slots)), factor


def _with_public(a, plain, slip):
    """One map a pair of column blocks, for all row blocks."""
    if plain.shape[0] != a.shape[1]:
        raise ValueError(f"matmul: the inner dimensions of {a.shape} and {plain.shape} differ")
    columns, grid, slots = a.block[1], a.array.shape[:2], a.array.session.slots
    wide = -(-plain.shape[1] // columns)
    full = np.zeros((grid[1] * columns, wide * columns))
    full[:plain.shape[0], :plain.shape[1]] = plain
    out = np.empty((grid[0], wide, 1), dtype=object)
    for h in range(wide):
        maps = []
        for g in range(grid[1]):
            part = full[g * columns:(g + 1) * columns, h * columns:(h + 1) * columns]
            if np.any(part):
                maps.append((g, *_block_map(part, a.block, slots)))
        for r in range(grid[0]):
            terms = [(_mapped(a.array.strips[r, g, 0], m, slip), factor) for g, m, factor in maps]
            out[r, h, 0] = combine(terms) if terms else a.array.strips[r, 0, 0].constant(0.0)
    array = a.array.like(shape=(grid[0], wide, slots), strips=out)
    return PackedMatrix(array, (a.shape[0], plain.shape[1]), a.block)


def _flat(strip):
    """The same numbers with no public shift: it goes into the slots."""
    if strip.shift == 0:
        return strip
    offset = strip.shift / strip.gain
    span = iv.add(strip.range, (iv.down(offset), iv.up(offset)))
    return strip._like(values=tuple(v.add_const(offset) for v in strip.values), shift=0.0, range=span, pad=None,
                       drift=iv.up(strip.drift + 2 * EPS * abs(strip.shift)))


def _mapped(strip, map_, slip=0.0):
    """A strip through a map whose numbers are off by `slip`, relative."""
    strip = _flat(strip)
    values = tuple(linear(v, map_) for v in strip.values)
    drift = map_.norm * (strip.drift + (len(map_.index) * EPS + slip) * strip.largest)
    span = iv.sym(iv.up(map_.norm * strip.size))
    return Strip(strip.session, values, strip.length, strip.gain, 0.0, span, None, iv.up(drift)).promising()


def _spun(strip, turns, k):
    """A strip of one chunk without padding, rotated."""
    return strip._like(values=(turns.get(k),))


def _product(a, b):
    """``sum over k of (columns turned by k)(sigma a) * (rows turned by k)(tau b)`` for each pair of blocks [JKLS18]."""
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"matmul: the inner dimensions of {a.shape} and {b.shape} differ")
    if a.block != b.block or a.block[0] != a.block[1]:
        raise errors.ArgumentError("packed matrices are multiplied when both have the same square blocks",
                                   "Encrypt both with square=side, one power of two.")
    if a.array.session is not b.array.session:
        a.array.session.refuse(b.array.session)
    d, slots = a.block[0], a.array.session.slots
    grid = a.array.shape[0], a.array.shape[1], b.array.shape[1]
    _afford(grid, d)
    sigma, tau = _sigma(d, slots), _tau(d, slots)
    lefts = {at: _mapped(a.array.strips[(*at, 0)], sigma) for at in np.ndindex(grid[:2])}
    rights = {at: _mapped(b.array.strips[(*at, 0)], tau) for at in np.ndindex(grid[1:])}
    unit = iv.power_of_two(d * grid[1] * max(s.size for s in rights.values()) * max(s.size for s in lefts.values()))
    rows = {at: _rows_turned(s, d, slots, max(unit, 1.0)) for at, s in rights.items()}
    columns = {at: _columns_turned(s, d) for at, s in lefts.items()}
    out = np.empty((grid[0], grid[2], 1), dtype=object)
    for r, c in np.ndindex(grid[0], grid[2]):
        out[r, c, 0] = combine((columns[r, g][k].times(rows[g, c][k]), 1.0) for g in range(grid[1]) for k in range(d))
    array = a.array.like(shape=(grid[0], grid[2], slots), strips=out)
    return PackedMatrix(array, (a.shape[0], b.shape[1]), a.block)


def _afford(grid, d):
    """Refuse what is too much, with the number."""
    count = d * (grid[0] * grid[1] + 2 * grid[1] * grid[2] + grid[0] * grid[1] * grid[2])
    if count > options.max_operations:
        raise errors.OutOfMemoryError(f"this product takes {count:,} rotations and products, more than "
                                      f"jf.options.max_operations = {options.max_operations:,}",
                                      "Raise it, or use parameters with more slots, so that blocks are larger.")


def _sigma(d, slots):
    """``out(i, j) = in(i, i + j)``: row i moves by i columns."""
    entry = np.arange(d * d) % d
    return Map(np.arange(d) * d, _tiled((entry == np.arange(d)[:, None]).astype(float), slots))


def _tau(d, slots):
    """``out(i, j) = in(i + j, j)``: column j moves by j rows, those that leave at the top come back below."""
    entry = np.arange(d * d)
    i, j = entry % d, entry // d
    index = np.arange(-d + 1, d)
    offset = np.where(i + j < d, j, j - d)
    return Map(index, _tiled((offset == index[:, None]).astype(float), slots))


def _columns_turned(strip, d):
    """``out(i, j) = in(i, j + k)`` for all k."""
    turns = Turns(strip.values[0])
    return [_spun(strip, turns, k * d) for k in range(d)]


def _rows_turned(strip, d, slots, unit):
    """``out(i, j) = in(i + k, j)`` for all k: two rotations, each for the rows where it is right; one level.

    u is divided by a power of two, so that the sum of products fits the lowest level.
    """
    turns, row, out = Turns(strip.values[0]), np.arange(d), []
    back = Turns(turns.get(-d))
    for k in range(d):
        stays = np.tile((row + k < d) / unit, slots // d)
        value = turns.get(k).mul_vector(Vector(stays))
        if k:
            value = value.add(back.get(k).mul_vector(Vector(1.0 / unit - stays)))
        out.append(strip._like(values=(value,), gain=strip.gain * unit, range=iv.scale(strip.range, 1.0 / unit)).promising())
    return out

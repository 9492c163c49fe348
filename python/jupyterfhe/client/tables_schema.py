"""A column as it will be encrypted: its kind, its bounds, and the check of every cell."""

import datetime
import math
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core.tables import HALF_MIN, RANGE_MAX, WHOLE
from .tables_cells import DAY, READ, flags, numbers_of, split_missing, trimmed, typed_numbers
from .tables_rows import TableError

EXACT = 2.0**53  # from here on two integers may be one double: 2^53 itself is 2^53 + 1 too
EPOCH = "1970-01-01"


class Spec:
    """A column as it will be encrypted.

    Parameters
    ----------
    name : str
    kind : str
    """

    def __init__(self, name, kind):
        """Start without bounds."""
        self.name, self.public_name, self.kind = name, name, kind
        self.lo = self.hi = self.unit = self.epoch = self.labels = None
        self.declared = False  # bounds are the owner's
        self.public_labels = True
        self.missing = "auto"  # or 'mask', 'refuse'
        self.exact = "no"  # or 'yes', 'both', which is the default of whole numbers
        self.exact_declared = False  # by the owner
        self.found_missing, self.found = 0, [math.inf, -math.inf]
        self.centre = self.half = None
        if kind in ("date", "datetime"):
            self.epoch, self.unit = EPOCH, "days" if kind == "date" else "s"

    def choose(self, params):
        """Leave exactness that nobody asked for where parameters hold no integers.

        Parameters
        ----------
        params : jupyterfhe.core.Parameters
        """
        if not self.exact_declared and params.levels == 0:
            self.exact = "no"

    @property
    def approximate(self):
        """Whether it is encrypted as approximate numbers."""
        return self.exact != "yes"

    @property
    def masked(self):
        """Whether a mask goes beside the values."""
        return self.missing == "mask" or (self.missing == "auto" and self.found_missing > 0)

    def read(self, cells, words):
        """Numbers of a batch.

        Parameters
        ----------
        cells : Cells
        words : sequence of str

        Returns
        -------
        numbers : ndarray of shape (rows,)
            0 where there is none.
        missing : ndarray of bool of shape (rows,)
        wrong : list of (ndarray of int, str)
            Rows that cannot be read, with the reason.
        """
        missing, live = split_missing(cells, words)
        at = np.flatnonzero(~missing)
        numbers, good = self._live(live, cells.words)
        reasons = [(~good, self._what())]
        reasons.append((good & ~np.isfinite(numbers), "is not finite"))
        if self.kind in WHOLE:
            reasons.append((good & (numbers != np.floor(numbers)), "is no integer"))
            reasons.append((good & (np.abs(numbers) >= EXACT), "is 2^53 or more; type=float rounds it"))
        if self.epoch is not None:  # exact, but for the division
            numbers = numbers - _days(self.epoch) * (1 if self.kind == "date" else DAY)
            numbers = numbers if self.kind == "date" else numbers / 1e6
        if self.declared:
            reasons.append((good & ((numbers < self.lo) | (numbers > self.hi)), "is outside its bounds"))
        full = np.zeros(len(missing))
        full[at] = np.where(good, numbers, 0)
        wrong = [(at[mask], f"column {self.name!r} {why}") for mask, why in reasons if mask.any()]
        if self.missing == "refuse" and missing.any():
            wrong.append((np.flatnonzero(missing), f"column {self.name!r} is missing"))
        return full, missing, wrong

    def _live(self, live, words):
        if self.kind == "category":
            texts = live if pa.types.is_string(live.type) else live.cast(pa.string())
            codes = pc.index_in(texts, pa.array(self.labels, pa.string()))
            good = ~flags(pc.is_null(codes))
            return pc.fill_null(codes, 0).to_numpy(zero_copy_only=False).astype(float), good
        numbers, kind = typed_numbers(live)
        if kind is None:
            texts = trimmed(live)
            numbers, good = READ[self.kind](texts)
            if self.kind == "bool":
                more, are = numbers_of(texts)
                are &= np.isin(more, (0, 1))
                numbers, good = np.where(are, more, numbers), good | are
            return numbers, good
        return self._typed(numbers, kind)

    def _typed(self, numbers, kind):
        """Numbers of one kind as another."""
        if self.kind == "bool":
            return numbers, np.isin(numbers, (0, 1)) & (kind not in ("date", "datetime"))
        if kind == "datetime" and self.kind == "date":
            return np.floor(numbers / DAY), numbers % DAY == 0
        if kind == "date" and self.kind == "datetime":
            return numbers * DAY, np.ones(len(numbers), dtype=bool)
        fits = (kind in ("date", "datetime")) == (self.kind in ("date", "datetime"))
        return numbers, np.full(len(numbers), fits)

    def _what(self):
        return {"float": "is no finite number", "int": "is no finite number", "bool": "is neither true nor false",
                "date": "is no date as 2024-05-31", "datetime": "is no time as 2024-05-31T10:00:00",
                "category": "is none of the declared categories"}[self.kind]

    def note(self, numbers, missing):
        """Remember the range of a batch, and how many are missing."""
        self.found_missing += int(missing.sum())
        live = numbers[~missing]
        if len(live):
            self.found = [min(self.found[0], float(live.min())), max(self.found[1], float(live.max()))]

    def settle(self):
        """Choose bounds, centre and half from what was found and declared.

        Raises
        ------
        TableError
            When the range is out of range.
        """
        if self.kind == "bool":
            self.lo, self.hi = 0.0, 1.0
        elif self.kind == "category":
            self.lo, self.hi = 0.0, float(len(self.labels) - 1)
        elif not self.declared:
            self.lo, self.hi = padded(*self.found, whole=self.kind in WHOLE)
        fits = max(abs(self.lo), abs(self.hi)) <= RANGE_MAX
        # A bool and a mask hold 0 and 1 themselves, so that products of them need no shift.
        self.centre, self.half = (0.0, 1.0) if self.kind == "bool" or not fits else middle(self.lo, self.hi)
        if not (fits and self.half >= HALF_MIN and abs(self.centre) + self.half <= RANGE_MAX):
            raise TableError(f"column {self.name!r} spans too large or too small a range",
                             f"Nothing was written. {HALF_MIN:g} to {RANGE_MAX:g} are possible; change its unit.")


def _days(date):
    return (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days


def padded(low, high, whole=False):
    """Bounds that say little about the extremes: multiples of about an eighth of the spread, half of that or more beyond them.

    Parameters
    ----------
    low, high : float
    whole : bool, default=False
        Make them integers.

    Returns
    -------
    (float, float)
        0 when `low` is not negative and the widened bound would be: signs matter to roots and logarithms.
    """
    if low > high:  # no value at all
        return 0.0, 1.0
    size = max(abs(low), abs(high))
    spread = high - low or size / 8 or 1.0
    grid = math.ldexp(1.0, math.frexp(spread)[1] - 4)
    grid = max(grid, 1.0) if whole else grid
    if not math.isfinite(size / grid):
        return low, high
    wide = math.floor(low / grid - 0.5) * grid, math.ceil(high / grid + 0.5) * grid
    wide = min(wide[0], low), max(wide[1], high)  # huge numbers close together have no such grid
    return (0.0 if low >= 0 > wide[0] else wide[0]), (0.0 if high <= 0 < wide[1] else wide[1])


def middle(low, high):
    """Centre, and the least power of two that is no smaller than the half range.

    Parameters
    ----------
    low, high : float

    Returns
    -------
    (float, float)

    Notes
    -----
    Powers of two divide exactly, and columns whose units are powers of two of each other are added without a multiplication by
    a fraction. At most one bit of precision is given for it. [low, high] lies within centre +- half exactly, and rounding
    keeps the order, so that ``|x - centre| <= half`` in doubles too.
    """
    centre = low / 2 + high / 2
    exact = max(Fraction(high) - Fraction(centre), Fraction(centre) - Fraction(low))
    if not exact:
        return centre, 1.0
    half = math.ldexp(1.0, max(math.frexp(float(exact))[1] - 1, -1000))
    while Fraction(half) < exact:
        half *= 2
    return centre, half

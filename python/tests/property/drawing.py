"""What Hypothesis draws for the property tests: arrays at the edges of ciphertexts and ranges, axes, options."""

import math

import numpy as np
from hypothesis import strategies as st

SLOTS = 16  # numbers a ciphertext holds in these tests
LONG = (2, 15, 16, 17, 31, 32, 33)  # lengths around one and two ciphertexts
SHORT = (1, 2, 3, 2, 1, 3, 2, 0)  # lengths of the other axes, now and then none
MOST = 6  # strips of an array
SCALES = (0, 0, 0, 0, -30, -7, 5, 20)  # exponents of ranges
DTYPES = ("float64", "float32", "int16", "bool", "complex128")


class Drawn:
    """An operand.

    Attributes
    ----------
    values : ndarray
        As the owner has it.
    public : bool
        Whether it stays in the clear.
    options : dict
        How it is encrypted.
    """

    def __init__(self, values, public, options):
        """Keep the parts."""
        self.values, self.public, self.options = values, public, options

    @property
    def wide(self):
        """The values as they are computed with: whole and single numbers as doubles."""
        return self.values.astype(float) if self.values.dtype.kind in "iuf" else self.values

    @property
    def ndim(self):
        """Axes."""
        return self.values.ndim

    @property
    def shape(self):
        """Lengths."""
        return self.values.shape

    def __repr__(self):
        """What a failing example shows."""
        return f"{'public' if self.public else 'encrypted'} {self.values!r} {self.options or ''}"


class Pick:
    """Draws for one example of one case.

    Parameters
    ----------
    draw : callable
        Of Hypothesis.
    case : Case
        What it declares bounds what is drawn.
    turn : int
        Which of its dtypes and numbers of axes the first array has, so that all are tested.
    """

    def __init__(self, draw, case, turn):
        """Keep the parts."""
        self.draw, self.case = draw, case
        low, high = case.axes
        self.dtypes, self.axes_first = [case.dtypes[turn % len(case.dtypes)]], [low + turn % (high - low + 1)]

    def one(self, *options):
        """One of some options."""
        return self.draw(st.sampled_from(options))

    def flag(self):
        """True or False."""
        return self.draw(st.booleans())

    def whole(self, low, high):
        """An integer."""
        return self.draw(st.integers(low, high))

    # ---- shapes and axes ----
    def shape(self, low=None, high=None, empty=True):
        """Lengths, one of them about those of ciphertexts."""
        first = self.axes_first.pop() if self.axes_first and low is None else None
        low, high = self.case.axes[0] if low is None else low, self.case.axes[1] if high is None else high
        out = [self.one(*SHORT) for _ in range(self.whole(low, high) if first is None else first)]
        if not (empty and self.case.empty):
            out = [n or 1 for n in out]
        if out and self.whole(0, 4):
            out[self.whole(0, len(out) - 1)] = self.one(*LONG)
        while math.prod(n for n in out if n <= 3) > MOST:
            out[out.index(max(n for n in out if n <= 3))] = 1
        return tuple(out)

    def sized(self, *shapes):
        """One of some shapes, as the turn's number of axes asks where one has it."""
        first = self.axes_first.pop() if self.axes_first else None
        return self.one(*([s for s in shapes if len(s) == first] or shapes))

    def axis(self, x):
        """An axis of an array, sometimes counted from the end."""
        return self.whole(-x.ndim, x.ndim - 1)

    def axes(self, x):
        """None, one axis or several."""
        if not x.ndim or not self.whole(0, 3):
            return None
        several = self.draw(st.sets(st.integers(0, x.ndim - 1), min_size=1))
        return self.axis(x) if self.flag() else tuple(sorted(several))

    def dtype(self, public=False):
        """One of the case's dtypes."""
        return self.dtypes.pop() if self.dtypes and not public else self.one(*self.case.dtypes)

    # ---- arrays ----
    def array(self, shape=None, dtype=None, public=False, scale=None, low=-1.0, high=1.0, **options):
        """An array of the case's dtypes and axes."""
        shape = self.shape() if shape is None else shape
        dtype = dtype or self.dtype(public)
        values = self.values(shape, dtype, low, high)
        if dtype.startswith(("float", "complex")) and low == -1.0 and high == 1.0:
            values = (values * 2.0 ** (self.one(*self.case.scales) if scale is None else scale)).astype(dtype)
        if not public and dtype.startswith("float") and values.size and not self.whole(0, 2):
            options["bounds"] = float(values.min()), float(values.max())
        if not public and len(shape) > 1 and not self.whole(0, 3):
            options["slot_axis"] = self.whole(0, len(shape) - 1)
        return Drawn(values, public, options)

    def values(self, shape, dtype, low, high):
        """Numbers: spread, all equal, at the ends of the range, mostly zero."""
        rng = np.random.default_rng(self.whole(0, 2**32 - 1))
        kind = self.one("spread", "spread", "equal", "ends", "sparse")
        if dtype == "bool":
            return {"equal": np.full(shape, self.flag())}.get(kind, rng.random(shape) < 0.5)
        if dtype == "int16":
            low, high = math.ceil(low * 100), math.floor(high * 100)
        spread = rng.uniform(low, high, shape)
        if dtype == "complex128":
            spread = (spread + 1j * rng.uniform(low, high, shape)) / np.sqrt(2)
        out = {"spread": spread, "equal": np.full(shape, rng.uniform(low, high)),
               "ends": np.where(rng.random(shape) < 0.5, low, high) * (1j if dtype == "complex128" else 1),
               "sparse": np.where(rng.random(shape) < 0.8, min(max(0.0, low), high), spread)}[kind]
        return out.astype(dtype)

    def pair(self, **options):
        """Two arrays that broadcast, at least one of them encrypted."""
        whole = self.shape()
        shapes = [tuple(1 if self.whole(0, 3) == 0 else n for n in whole) for _ in range(2)]
        shapes = [s[self.whole(0, len(s)):] if not self.whole(0, 3) else s for s in shapes]
        return self.sides(*shapes, **options)

    def sides(self, first, second, **options):
        """Two arrays of given shapes, at least one of them encrypted."""
        public = self.one(None, 0, 1) if self.case.public else None
        return [self.array(shape, public=public == i, **options) for i, shape in enumerate((first, second))]

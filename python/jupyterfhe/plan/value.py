"""One encrypted vector as an expression that is computed when somebody needs it.

Building costs a small object an operation and moves no ciphertext. What a :class:`Value` is made of stands in one tuple,
``made``: an operation, the values that it reads, and its public data. A computed value is a leaf, and forgets what it was
made of. Operations are those of ``jfhe/plan.h``; nothing here knows a level or a scale.
"""

import math
import weakref

import numpy as np

from ..core import LinearMap
from ..core.errors import ArgumentError, InvalidValueError
from .notes import handed_on

LEAVES = ("input", "bridge")  # operations that read no value: what is there, and what comes over from the other scheme


def upwards(values, known):
    """Values, each after what it reads and is not known.

    Programs are deeper than Python's stack: nothing calls itself here.

    Parameters
    ----------
    values : iterable of Value
    known : container of Value
        Whoever asks puts each value in before asking for the next.

    Yields
    ------
    Value
        What it reads is known.
    """
    pending = list(values)
    while pending:
        missing = [a for a in pending[-1].made[1] if a not in known]
        if missing:
            pending += missing
        else:
            yield pending.pop()


class Vector:
    """Public numbers for the slots, read-only; the slots behind them count as 0.

    Parameters
    ----------
    values : array_like of shape (n,)
        Real or complex.
    """

    __slots__ = ("im", "largest", "re")

    def __init__(self, values):
        """Copy, so that nobody changes them later."""
        array = np.asarray(values)
        if array.ndim != 1 or not array.size:
            raise ArgumentError(f"a vector of slots has one dimension and an entry, not shape {array.shape}")
        self.re = np.array(array.real, dtype=np.float64)
        self.im = np.array(array.imag, dtype=np.float64) if array.dtype.kind == "c" and np.any(array.imag) else None
        for part in (self.re, self.im):
            if part is not None:
                part.flags.writeable = False
        largest = np.abs(self.re).max() if self.im is None else np.hypot(self.re, self.im).max()
        if not math.isfinite(largest):
            raise InvalidValueError("a public operand holds NaN or infinity",
                                    "Replace such entries first, for instance with numpy.nan_to_num.")
        self.largest = float(largest)

    @property
    def numbers(self):
        """The numbers as one array."""
        return self.re if self.im is None else self.re + 1j * self.im


class Map:
    """A public square matrix on the slots by its diagonals: ``out[i] = sum of rows[d][i] * in[(i + index[d]) % slots]``.

    Parameters
    ----------
    index : sequence of int
        Different modulo the slots.
    rows : array_like of shape (len(index), slots)
        Real.
    """

    __slots__ = ("_rotations", "index", "norm", "rows")

    def __init__(self, index, rows):
        """Keep the diagonals that hold anything; they must not change."""
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        index = np.asarray(index, dtype=np.int32)
        if rows.ndim != 2 or index.shape != rows.shape[:1] or not np.any(rows) or not np.all(np.isfinite(rows)):
            raise ArgumentError("a linear map has a diagonal that is not 0, of finite numbers, and an index for each")
        kept = np.any(rows != 0, axis=1)
        self.index, self.rows, self._rotations = index[kept], rows[kept], {}
        self.norm = float(np.abs(self.rows).sum(axis=0).max()) * (1 + 2.0**-50 * len(self.rows))

    def rotations(self, params, log_slots):
        """Rotations whose keys the engine needs to apply it.

        Parameters
        ----------
        params : jupyterfhe.core.Parameters
        log_slots : int

        Returns
        -------
        list of int
        """
        if (params.hash, log_slots) not in self._rotations:
            diagonals = dict(zip(self.index.tolist(), self.rows, strict=True))
            self._rotations[params.hash, log_slots] = LinearMap(params, diagonals, log_slots).rotations
        return self._rotations[params.hash, log_slots]


def _levels(op, args, data):
    """Depth of what an operation makes."""
    spent = op in ("mul", "mul_vector", "linmap") or (op == "mul_const" and not _is_integer(data))
    if op == "poly":
        spent = data[0].depth
    if op == "lookup":  # levels come back
        return 0
    return max((a.depth for a in args), default=0) + spent


def _is_integer(c):
    """Whether a factor costs no level."""
    return complex(c).imag == 0 and float(complex(c).real).is_integer() and abs(c) < 2.0**31


_DECLARED = weakref.WeakKeyDictionary()  # of a value, by bound: the same with that bound
_ASIDE = weakref.WeakKeyDictionary()  # of a value: the same, computed apart


class Value:
    """An encrypted vector of ``2**log_slots`` numbers.

    Attributes
    ----------
    session : Session
    made : tuple
        ``(operation, values read, public data)``.
    mag : float
        Bound on the modulus of every number, as sizes of operands imply it; a guide for choosing forms, never shown as proof.
    promise : float or None
        Bound that the array's storey proved from intervals, where it is below `mag`.
    complex : bool
        Whether numbers may have imaginary parts.
    depth : int
        Levels spent since what it was first made of, as if nothing were merged: for choices between ways to write a sum.
    """

    __slots__ = ("__weakref__", "complex", "depth", "made", "mag", "promise", "session")

    def __init__(self, session, made, mag, is_complex, promise=None):
        """Keep the parts; use the methods to make others."""
        self.session, self.made, self.mag, self.complex, self.promise = session, made, mag, is_complex, promise
        self.depth = _levels(*made)

    @classmethod
    def leaf(cls, session, stored):
        """A vector that is there: see :mod:`jupyterfhe.plan.leaf`."""
        return cls(session, ("input", (), stored), stored.magnitude, stored.complex)

    # ---- operations ----
    def _make(self, op, args, data, mag, is_complex=None):
        for other in args[1:]:
            if other.session is not self.session:
                self.session.refuse(other.session)
        is_complex = any(a.complex for a in args) if is_complex is None else is_complex
        return Value(self.session, (op, args, data), mag, is_complex)

    def add(self, other):
        """Slot by slot."""
        return self._make("add", (self, other), None, self.mag + other.mag)

    def sub(self, other):
        """Slot by slot."""
        return self._make("sub", (self, other), None, self.mag + other.mag)

    def neg(self):
        """Every number negated."""
        return self._make("neg", (self,), None, self.mag)

    def mul(self, other):
        """Slot by slot; one level."""
        return self._make("mul", (self, other), None, self.mag * other.mag)

    def add_const(self, c):
        """Plus a public number."""
        c = complex(c)
        return self if c == 0 else self._make("add_const", (self,), c, self.mag + abs(c), self.complex or c.imag != 0)

    def mul_const(self, c):
        """Times a public number: one level, none for an integer below 2^31."""
        c = complex(c)
        if c == 1:
            return self
        if c == -1:
            return self.neg()
        return self._make("mul_const", (self,), c, self.mag * abs(c), self.complex or c.imag != 0)

    def add_vector(self, vector):
        """Plus a :class:`Vector`."""
        return self._make("add_vector", (self,), vector, self.mag + vector.largest, self.complex or vector.im is not None)

    def mul_vector(self, vector):
        """Times a :class:`Vector`; one level."""
        return self._make("mul_vector", (self,), vector, self.mag * vector.largest, self.complex or vector.im is not None)

    def rotate(self, k):
        """To the left by k slots."""
        k %= self.session.slots
        return self if k == 0 else self._make("rotate", (self,), k, self.mag)

    def conjugate(self):
        """Every number conjugated."""
        return self._make("conjugate", (self,), None, self.mag) if self.complex else self

    def bootstrap(self):
        """The same numbers, up to 1 in modulus, with their levels back; the planner places no others beside it."""
        return self._make("bootstrap", (self,), None, self.mag)

    def inner_sum(self, count, stride=1):
        """``out[i] = sum of self[i + j * stride], j < count``; count a power of two."""
        return self if count == 1 else self._make("inner_sum", (self,), (stride, count), self.mag * count)

    def linear(self, map_):
        """Through a :class:`Map`; one level."""
        return self._make("linmap", (self,), map_, self.mag * map_.norm)

    def poly(self, polynomial, mag, promised=False):
        """A :class:`~jupyterfhe.core.Polynomial` of every number, which `mag` bounds.

        Parameters
        ----------
        polynomial : jupyterfhe.core.Polynomial
        mag : float
        promised : bool, default=False
            Whether every number, padding included, is known to be real and in the polynomial's interval.
        """
        return self._make("poly", (self,), (polynomial, promised), mag)

    def look_up(self, table):
        """The numbers of a :class:`Vector` at the encrypted whole numbers 0, 1, ..., in the middle of a bootstrap.

        Every slot, padding included, is promised to be below the vector's length.
        """
        whole = self.promising(len(table.re) - 1, always=True)
        return whole._make("lookup", (whole,), table, table.largest, False)

    def settle(self, limit):
        """Twice the real part of what the slots hold, errors and all, refused where that may exceed a limit."""
        return self._make("settle", (self,), float(limit), float(limit), False)

    def promising(self, bound, always=False):
        """The same numbers, none of whose moduli exceeds `bound`: what the engine then need not prove.

        A promise keeps the planner from merging this value into a sum, so it is dropped where it gains little, unless `always`.
        """
        if self.made[0] in LEAVES or not (always or bound < 0.75 * self.mag):
            return self
        return handed_on(self, Value(self.session, self.made, bound, self.complex, bound))

    def declared(self, bound):
        """The same numbers, none of whose moduli exceeds `bound` by what their owner declared.

        Unlike :meth:`promising` it serves vectors that are there, whose files name a larger bound: 1 for a column, which
        fills part of [-1, 1]. One vector and bound give one value, so that what is computed from it meets again.
        """
        if self.made[0] != "input":
            return self.promising(bound)
        if bound >= self.mag:
            return self
        known = _DECLARED.setdefault(self, {})
        if bound not in known:
            known[bound] = Value(self.session, self.made, bound, self.complex, bound)
        return known[bound]

    def aside(self):
        """The same numbers, which may be computed for those who open them alone: at the last level, while this value stays as
        it is and can be computed for more work. What is computed already is taken as it is.
        """
        if self.stored is not None:
            return _ASIDE[self] if self in _ASIDE and _ASIDE[self].stored is not None else self
        if self not in _ASIDE:
            _ASIDE[self] = type(self)(self.session, self.made, self.mag, self.complex, self.promise)
        return _ASIDE[self]

    # ---- what it is ----
    @property
    def stored(self):
        """What holds the numbers, or None while they are not computed."""
        return self.made[2] if self.made[0] == "input" else None

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted values are not pickled: a pickle runs code where it is opened. Use save() and load().")

    def __bool__(self):
        """Refuse."""
        raise TypeError("whether an encrypted number is true is not known here")

    def __repr__(self):
        """Operation; never a value."""
        return f"<Value {self.made[0]}, {self.session.slots} slots>"

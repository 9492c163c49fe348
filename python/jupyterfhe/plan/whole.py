"""Encrypted vectors of exact integers, as expressions.

A :class:`WholeValue` is one vector of integers modulo the product of its session's moduli: a ciphertext for each, which no
operation lets out of step. Operations are those of :class:`~jupyterfhe.plan.value.Value`, with integers for reals; what they
compute is exact whatever wraps on the way, if only the result fits. Whether it fits is the array's storey's to say.
"""

import math

import numpy as np

from ..core.errors import ContextError, FormatError, KeyMissingError
from ..core.integers import Integers, budget
from .noise import MARGIN
from .value import LEAVES, Value, upwards


class Whole:
    """Public integers for the slots, read-only; the slots behind them count as 0.

    Parameters
    ----------
    values : ndarray of int64 of shape (n,)
    """

    __slots__ = ("largest", "numbers")

    def __init__(self, values):
        """Copy, so that nobody changes them later."""
        self.numbers = np.array(values, dtype=np.int64)
        self.numbers.flags.writeable = False
        self.largest = max(abs(int(self.numbers.min())), abs(int(self.numbers.max())))


class WholeValue(Value):
    """An encrypted vector of integers, one a slot of the ring's N; the two halves of the slots are one line.

    Attributes
    ----------
    session : WholeSession
    mag : int
        Bound on what exact arithmetic gives; a guide for forecasts.
    """

    __slots__ = ()

    def _make(self, op, args, data, mag, is_complex=None):
        for other in args[1:]:
            if other.session is not self.session:
                self.session.refuse(other.session)
        return WholeValue(self.session, (op, args, data), mag, False)

    def add_const(self, c):
        """Plus a public integer."""
        return self if c == 0 else self._make("add_const", (self,), int(c), self.mag + abs(int(c)))

    def mul_const(self, c):
        """Times a public integer: no level, noise by its size modulo each modulus."""
        c = int(c)
        return self if c == 1 else self.neg() if c == -1 else self._make("mul_const", (self,), c, self.mag * abs(c))

    def add_vector(self, vector):
        """Plus a :class:`Whole`."""
        return self._make("add_vector", (self,), vector, self.mag + vector.largest)

    def mul_vector(self, vector):
        """Times a :class:`Whole`."""
        return self._make("mul_vector", (self,), vector, self.mag * vector.largest)

    def conjugate(self):
        """Itself."""
        return self

    def row_sum(self, count):
        """``out[i] = sum of self[i + j], j < count``, round the end of each half of the slots; count a power of two."""
        return self if count == 1 else self._make("row_sum", (self,), count, self.mag * count)

    def inner_sum(self, count, stride=1):
        """The sum of all slots in every slot: what `count` must name."""
        if (count, stride) != (self.session.slots, 1):
            raise NotImplementedError("sums over some slots of integers are row_sum's")
        return self._make("inner_sum", (self,), count, self.mag * count)

    def look_up(self, table, low, mag):
        """``table[x - low]`` of every integer x, which must lie within the table; behind the numbers anything may stand.

        Parameters
        ----------
        table : tuple of int
        low, mag : int
            mag bounds the moduli of the table's numbers.
        """
        return self._make("look_up", (self,), (table, low), mag)

    def promising(self, bound):
        """Itself: sizes decide nothing in exact arithmetic."""
        return self

    def __repr__(self):
        """Operation; never a value."""
        return f"<WholeValue {self.made[0]}, {self.session.slots} slots>"


class Residues:
    """What holds a vector of integers: a ciphertext a modulus, each in memory or in a file.

    Parameters
    ----------
    parts : sequence of Held or Filed
    bound : int
        On the integers.
    """

    __slots__ = ("magnitude", "parts")

    complex = False

    def __init__(self, parts, bound):
        """Keep them."""
        self.parts, self.magnitude = tuple(parts), bound

    @property
    def info(self):
        """Header of the first; all agree in what is asked of it."""
        return self.parts[0].info

    @property
    def level(self):
        """The lowest of their levels."""
        return min(part.level for part in self.parts)

    @property
    def nbytes(self):
        """Bytes in memory or of the files."""
        return sum(part.nbytes for part in self.parts)

    def noise(self, model):
        """Bits of noise: what a model says of fresh integers or of results; more where ciphertexts at hand say so.

        Parameters
        ----------
        model : jupyterfhe.plan.noise.Model

        Returns
        -------
        float
        """
        params = model.params
        guess = model.fresh if self.level == params.ceiling else model.floor + MARGIN
        held = [p for p in self.parts if p.ciphertext is not None]
        return max([guess, *(params.log_q(p.level) - 1 - budget(p.ciphertext) for p in held)])

    def load(self, params):
        """The ciphertexts.

        Parameters
        ----------
        params : jupyterfhe.core.Parameters

        Returns
        -------
        list of Ciphertext
        """
        return [part.load(params) for part in self.parts]

    def of(self, places):
        """Those modulo some of the moduli.

        Parameters
        ----------
        places : sequence of int

        Returns
        -------
        Residues
        """
        return Residues([self.parts[i] for i in places], self.magnitude)


def narrowed(values, session):
    """Values modulo some of their moduli: what is left out was computed for larger numbers.

    Parameters
    ----------
    values : iterable of WholeValue
        Of one session.
    session : WholeSession
        Its moduli are some of theirs.

    Returns
    -------
    dict of WholeValue to WholeValue
    """
    made, values = {}, list(values)
    places = [values[0].session.moduli.index(t) for t in session.moduli]
    for value in upwards(values, made):
        op, args, data = value.made
        data = data.of(places) if op in LEAVES else data
        made[value] = WholeValue(session, (op, tuple(made[a] for a in args), data), value.mag, False)
    return made


class WholeSession:
    """What integers are computed with: the keys of a session, and moduli. Use :meth:`Session.whole`.

    Attributes
    ----------
    base : Session
    params : jupyterfhe.core.Parameters
    keys : jupyterfhe.core.EvaluationKeys
    moduli : tuple of int
    rows : Session
        Whose rotations are those of half the slots.
    product : int
        Integers are exact between minus and plus half of it.
    """

    is_clear = False

    def __init__(self, base, moduli):
        """Keep them."""
        self.base, self.params, self.keys, self.moduli = base, base.params, base.keys, tuple(moduli)
        self.product = math.prod(self.moduli)
        self.log_slots = base.params.log_n
        rows = base.params.log_n - 1
        self.rows = base if base.log_slots == rows else type(base)(base.params, base.keys, rows)

    @property
    def slots(self):
        """Integers in a ciphertext."""
        return 1 << self.log_slots

    @property
    def results(self):
        """Where results are kept: with those of the base session."""
        return self.base.results

    @results.setter
    def results(self, results):
        self.base.results = results

    @property
    def spaces(self):
        """Tables of the moduli.

        Returns
        -------
        list of Integers
        """
        return [Integers.of(self.params, t) for t in self.moduli]

    def leaf(self, stored):
        """A leaf of ciphertexts.

        Parameters
        ----------
        stored : Residues

        Returns
        -------
        WholeValue

        Raises
        ------
        ContextError, KeyMissingError, FormatError
            When they are of other parameters, under another key, or not integers modulo these moduli.
        """
        if len(stored.parts) != len(self.moduli):
            raise FormatError(f"{len(stored.parts)} ciphertexts for {len(self.moduli)} moduli")
        for part, t in zip(stored.parts, self.moduli, strict=True):
            info = part.info
            if bytes(info.params_hash).hex() != self.params.hash:
                raise ContextError(f"a vector is of other parameters than {self.params}")
            if self.keys.key_id not in (None, bytes(info.key_id).hex()):
                raise KeyMissingError(f"a vector is under key {bytes(info.key_id).hex()[:8]}, the session's keys are of "
                                      f"{self.keys.key_id[:8]}", "Open it with the keys of its own owner.")
            if info.modulus != t or info.log_slots != self.log_slots:
                raise FormatError(f"a ciphertext holds no {self.slots} integers modulo {t}")
        return WholeValue(self, ("input", (), stored), stored.magnitude, False)

    def refuse(self, other):
        """Say why values of two sessions do not meet."""
        if not isinstance(other, WholeSession):
            raise ContextError("exact integers and approximate numbers do not meet",
                               "Encrypt the integers approximately too (exact='both'), or finish after decryption.")
        if self.moduli != other.moduli and self.base is other.base:
            raise ContextError(f"integers of {len(self.moduli)} and of {len(other.moduli)} moduli do not meet",
                               "Encrypt both with one results=, the bits that the largest result needs.")
        self.base.refuse(other.base)

    def __repr__(self):
        """Parameters, moduli, key."""
        return f"<WholeSession of {self.params.name}, {self.product.bit_length()} bits, key {(self.keys.key_id or 'none')[:8]}>"

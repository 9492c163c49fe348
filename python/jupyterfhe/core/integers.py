"""Exact integers modulo a prime: what can be done with their ciphertexts, one method an engine call (``jfhe/bgv.h``).

They live in the parameters of approximate numbers, under the same secret and evaluation keys: docs/adr/0024. A vector of wide
integers is a ciphertext for each of a few primes, the moduli; the storeys above choose them and put results together.
"""

import math
import threading
import weakref

from . import errors
from .call import Handle
from .ciphertext import Ciphertext
from .engine import engine, ffi, lib

PARTS_MAX = lib.JFHE_BGV_PARTS_MAX
WIDEST = 64  # bits: what jfhe_bgv_join puts together
NOISE_BITS = 20.2  # log2 of what a division leaves over t, N = 2^14: docs/SOUNDNESS.md says 19.6, and 1.1 a doubling of N
_live, _making = weakref.WeakValueDictionary(), threading.Lock()
_moduli = {}  # by log_n and bits: those found so far


def _is_prime(m):
    return all(m % d for d in range(3, math.isqrt(m) + 1, 2))  # m is odd


def modulus_bits(params):
    """Bits of a modulus: as many as let a product's division by a level's step take the product's noise away.

    Parameters
    ----------
    params : Parameters

    Returns
    -------
    int

    Notes
    -----
    A division leaves noise of about ``b = log2 t + NOISE_BITS``. Two such make 2 b, and a step of s bits leaves 2 b - s,
    no more than b when log2 t is at most s - NOISE_BITS. A larger modulus would lose levels, a smaller one carries less.
    """
    if params.levels == 0:
        raise errors.ParameterError("parameters without levels hold no integers", "Take a preset: 'stats' or 'exact'.")
    step = min(math.log2(params.step(level)) for level in range(1, params.levels + 1))
    bits = math.floor(step - NOISE_BITS - 1.1 * (params.log_n - 14))
    return max(params.log_n + 2, min(bits, 30))


def moduli(params, bits):
    """As few moduli as hold integers of so many bits, sign included.

    Parameters
    ----------
    params : Parameters
    bits : int
        1 to 64.

    Returns
    -------
    tuple of int
        Of equal parameters always the first ones of one list, so that vectors of equal width can meet.

    Raises
    ------
    RangeError
        When more than 64 bits, or more moduli than the engine puts together, were needed.
    """
    if not 0 < bits <= WIDEST:
        raise errors.RangeError(f"integers of {bits} bits are wider than {WIDEST}",
                                "Declare tighter bounds, or sum in several parts.")
    # primes 1 modulo 2N fill every slot
    found = _moduli.setdefault((params.log_n, modulus_bits(params)), [])
    product, out = 1, []
    while product < 2**bits:
        if len(out) == PARTS_MAX:
            raise errors.RangeError(f"integers of {bits} bits take more than {PARTS_MAX} moduli under {params.name}",
                                    "Take parameters of larger steps: 'stats' rather than 'exact'.")
        if len(out) == len(found):
            found.append(_next(found, 2 ** modulus_bits(params), 2 << params.log_n))
        out.append(found[len(out)])
        product *= out[-1]
    return tuple(out)


def _next(found, limit, stride):
    """The next modulus: the largest prime under a limit that is 1 modulo the stride; where none is left, the smallest above."""
    middle = limit // stride * stride + 1  # limit is a power of two, and mostly a multiple of the stride
    candidates = [*range(middle - stride, stride, -stride), *range(middle, middle + 256 * stride, stride)]
    return next(t for t in candidates if t not in found and _is_prime(t))


def budget(ciphertext):
    """Bits of noise that a ciphertext of integers can still take.

    Parameters
    ----------
    ciphertext : Ciphertext

    Returns
    -------
    float
    """
    return lib.jfhe_bgv_budget(ciphertext.pointer)


class Integers(Handle):
    """Integers modulo a prime t in some parameters.

    Use :meth:`of`, so that one space has one table.
    """

    __slots__ = ("modulus", "params")

    def __init__(self, params, t):
        """Make the tables."""
        pointer = engine.make("jfhe_bgv", lib.jfhe_bgv_new, params.pointer, t)
        super().__init__(engine, pointer, lib.jfhe_bgv_free, params.pointer)
        self.params, self.modulus = params, t

    @classmethod
    def of(cls, params, t):
        """The space of a modulus.

        Parameters
        ----------
        params : Parameters
        t : int
            A prime; see :func:`moduli`.

        Returns
        -------
        Integers

        Raises
        ------
        ParameterError
            For a number that is none, or no prime.
        """
        with _making:
            found = _live.get((params.hash, t))
            if found is None:
                found = _live[params.hash, t] = cls(params, t)
        return found

    @property
    def slots(self):
        """Integers that a ciphertext holds."""
        return lib.jfhe_bgv_slots(self.pointer)

    # ---- linear ----
    def _plain(self, function, a, *args):
        out = Ciphertext.empty(self.params, a.level)
        with self.params.gate:
            engine.check(function(self.pointer, out.pointer, a.pointer, *args))
        return out

    def _work(self, function, size, a, *args, level=None):
        out = Ciphertext.empty(self.params, a.level if level is None else level)
        with self.params.gate:
            engine.run(function, size, self.pointer, out.pointer, a.pointer, *args)
        return out

    def add(self, a, b):
        """Add slot by slot; of one level."""
        return self._plain(lib.jfhe_bgv_add, a, b.pointer)

    def sub(self, a, b):
        """Subtract slot by slot; of one level."""
        return self._plain(lib.jfhe_bgv_sub, a, b.pointer)

    def neg(self, a):
        """Negate every slot."""
        return self._plain(lib.jfhe_bgv_neg, a)

    def add_const(self, a, k):
        """Add an integer of any size to every slot."""
        return self._plain(lib.jfhe_bgv_add_const, a, self.centred(k))

    def mul_const(self, a, k):
        """Multiply every slot by an integer of any size; noise grows by what it is modulo t."""
        return self._plain(lib.jfhe_bgv_mul_const, a, self.centred(k))

    def centred(self, k):
        """An integer modulo t, between -t/2 and t/2."""
        k %= self.modulus
        return k - self.modulus if 2 * k > self.modulus else k

    # ---- with public vectors ----
    def encode(self, values, level, factor):
        """A public vector, to be added or multiplied with.

        Parameters
        ----------
        values : ndarray of int64 of shape (n,)
            n at most :attr:`slots`; the rest is 0.
        level : int
            Of the ciphertexts.
        factor : bool
            Whether it is for products.

        Returns
        -------
        Handle
        """
        ctx = self.params.pointer
        plain = Handle(engine, engine.make("jfhe_pt", lib.jfhe_pt_new, ctx, level), lib.jfhe_pt_free, ctx)
        with self.params.gate:
            engine.run(lib.jfhe_bgv_encode, lib.jfhe_bgv_encode_scratch(self.pointer), self.pointer, plain.pointer,
                       engine.source(values, "int64_t[]"), len(values), 0.0,
                       lib.JFHE_BGV_FACTOR if factor else lib.JFHE_BGV_TERM, level)
        return plain

    def add_vector(self, a, values):
        """Add public integers slot by slot."""
        a = self.to_level(a, a.level)  # a term is made for the level's own plaintext factor
        return self._plain(lib.jfhe_bgv_add_pt, a, self.encode(values, a.level, False).pointer)

    def mul_vector(self, a, values):
        """Multiply by public integers slot by slot: no level, noise by about t sqrt(N)."""
        return self._plain(lib.jfhe_bgv_mul_pt, a, self.encode(values, a.level, True).pointer)

    # ---- products and levels ----
    def mul(self, a, b, level, keys):
        """Multiply slot by slot.

        Parameters
        ----------
        a, b : Ciphertext
            Of one level.
        level : int
            Of the result: theirs, or one less, which takes the noise of the product away.
        keys : cdata
            A ``jfhe_keyring *`` with a relinearisation key.

        Returns
        -------
        Ciphertext
        """
        return self._work(lib.jfhe_bgv_mul, lib.jfhe_bgv_mul_scratch(self.params.pointer, a.level), a, b.pointer, level, keys,
                          level=level)

    def mul_sum(self, a, b, level, keys):
        """The sum of products, slot by slot, for one relinearisation.

        Parameters
        ----------
        a, b : sequence of Ciphertext
            As many, all of one level.
        level : int
        keys : cdata
            As of :meth:`mul`.

        Returns
        -------
        Ciphertext
        """
        first, second = (ffi.new("jfhe_ct *[]", [c.pointer for c in factors]) for factors in (a, b))
        out = Ciphertext.empty(self.params, level)
        with self.params.gate:
            engine.run(lib.jfhe_bgv_mul_sum, lib.jfhe_bgv_mul_sum_scratch(self.params.pointer, a[0].level), self.pointer,
                       out.pointer, first, second, len(a), level, keys)
        return out

    def to_level(self, a, level):
        """Go down to a level: modulus and noise become smaller."""
        return self._work(lib.jfhe_bgv_to_level, lib.jfhe_bgv_to_level_scratch(self.params.pointer, a.level), a, level,
                          level=level)

    # ---- slots ----
    def turn(self, a, k, keys):
        """Each half of the slots to the left on its own: ``out[i] = a[(i + k) % (slots / 2)]``.

        Parameters
        ----------
        a : Ciphertext
        k : int
        keys : cdata
            With the key of the rotation by k.

        Returns
        -------
        Ciphertext
        """
        return self._work(lib.jfhe_bgv_rotate, lib.jfhe_bgv_rotate_scratch(self.params.pointer, a.level), a, k, keys)

    def swap(self, a, keys):
        """The halves exchanged; `keys` has the conjugation's."""
        return self._work(lib.jfhe_bgv_swap, lib.jfhe_bgv_rotate_scratch(self.params.pointer, a.level), a, keys)

    def inner_sum(self, a, stride, count, rows, keys):
        """``out[i] = sum of a[i + j * stride], j < count``, in each half of the slots, and of both where `rows`.

        Parameters
        ----------
        a : Ciphertext
        stride, count : int
            count a power of two, stride * count at most half the slots.
        rows : bool
        keys : cdata
            With rotations by stride, 2 stride, ... and, for `rows`, the conjugation.

        Returns
        -------
        Ciphertext
        """
        return self._work(lib.jfhe_bgv_inner_sum, lib.jfhe_bgv_sum_scratch(self.params.pointer, a.level), a, stride, count,
                          rows, keys)

    def poly(self, a, coefficients, keys):
        """A polynomial of every slot.

        Parameters
        ----------
        a : Ciphertext
        coefficients : sequence of int
            Ascending, between -t/2 and t/2.
        keys : cdata
            With a relinearisation key.

        Returns
        -------
        Ciphertext
            About log2 of the coefficients and one levels lower.
        """
        return self._work(lib.jfhe_bgv_poly, lib.jfhe_bgv_poly_scratch(self.params.pointer, a.level), a,
                          ffi.new("int64_t[]", coefficients), len(coefficients), keys)

    def __repr__(self):
        """Modulus and slots."""
        return f"<Integers modulo {self.modulus}, {self.slots} slots, {self.params.name}>"

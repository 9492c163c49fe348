"""Numbers in the clear, encoded so that ciphertexts can be added to them or multiplied by them."""

import numpy as np

from . import errors
from .call import Handle
from .engine import engine, lib

PACKINGS = {"real": lib.JFHE_PACK_REAL, "complex": lib.JFHE_PACK_COMPLEX, "coeff": lib.JFHE_PACK_COEFF}
PACKING_TEXT = {number: name for name, number in PACKINGS.items()} | {lib.JFHE_PACK_INT: "integers"}


def as_numbers(values):
    """Real and imaginary parts as contiguous doubles; no copy is made of an array that is one already.

    Parameters
    ----------
    values : array_like of shape (n,)
        Booleans, integers, floats, complex numbers, or objects that float() takes.

    Returns
    -------
    (ndarray of float64, ndarray of float64 or None)
        None when the numbers are real.

    Raises
    ------
    InvalidValueError
        For an integer or long float that no double holds exactly.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise errors.ArgumentError(f"a vector is wanted, not {array.ndim} dimensions", "Pass one row at a time.")
    if array.dtype.kind == "c":
        return exact(array.real), exact(array.imag)
    return exact(array), None


def exact(array):
    """Doubles of the same values."""
    if array.dtype.kind not in "biufO":
        raise errors.InvalidValueError(f"{array.dtype} is not a type of numbers", "Convert the column to numbers first.")
    doubles = np.ascontiguousarray(array, dtype=np.float64)
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8:
        limit = 2**53
        if array.size and not (-limit <= int(array.min()) and int(array.max()) <= limit):
            raise errors.InvalidValueError("an integer is beyond 2^53, where doubles skip some",
                                           "Split such numbers into parts, or round them to floats yourself.")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8 and not np.array_equal(doubles, array, equal_nan=True):
        raise errors.InvalidValueError(f"a {array.dtype} is not a double", "Round them to float64 yourself.")
    return doubles


def encode(binding, function, size, params, pointer, parts, packing, log_slots, level, scale, bound):
    """Call one of the engine's encoders on `parts`, as :func:`as_numbers` gives them, into `pointer`."""
    re, im = (binding.ffi.NULL if part is None else binding.source(part, "double[]") for part in parts)
    binding.run(function, size, params, pointer, re, im, len(parts[0]), packing, log_slots, level, scale, bound)


class Plaintext(Handle):
    """An encoded vector of public numbers.

    Use :meth:`encode`.
    """

    __slots__ = ("packing", "params")

    def __init__(self, params, pointer, packing):
        """Use :meth:`encode`."""
        super().__init__(engine, pointer, lib.jfhe_pt_free, params.pointer)
        self.params, self.packing = params, packing

    @classmethod
    def encode(cls, params, values, *, level=None, scale=0.0, bound=0.0, packing=None, log_slots=None):
        """Encode numbers.

        Parameters
        ----------
        params : Parameters
        values : array_like of shape (n,)
            n up to the slots; the rest is 0.
        level : int, optional
            Highest level of the ciphertexts that it will meet; the top level by default.
        scale : float, default=0.0
            0 for the level's canonical scale.
        bound : float, default=0.0
            Largest modulus; 0 takes the largest present.
        packing : {'real', 'complex', 'coeff'}, optional
            By default as the dtype says.
        log_slots : int, optional
            log2 of the slots; the vector repeats when there are fewer than the ring holds.

        Returns
        -------
        Plaintext

        Raises
        ------
        InvalidValueError
            For NaN, infinity, or a number beyond `bound`.
        RangeError
            When the scaled numbers do not fit.
        """
        parts = as_numbers(values)
        packing = packing or ("real" if parts[1] is None else "complex")
        level = params.levels if level is None else level
        log_slots = params.log_n - 1 if log_slots is None else log_slots
        self = cls(params, engine.make("jfhe_pt", lib.jfhe_pt_new, params.pointer, level), packing)
        with params.gate:
            encode(engine, lib.jfhe_ckks_encode, lib.jfhe_ckks_encode_scratch(params.pointer), params.pointer, self.pointer,
                   parts, PACKINGS[packing], log_slots, level, scale, bound)
        return self

    @property
    def level(self):
        """Highest level of the ciphertexts that it can meet."""
        return lib.jfhe_pt_level(self.pointer)

    @property
    def scale(self):
        """Its scale."""
        return lib.jfhe_pt_scale(self.pointer)

    @property
    def error_bound(self):
        """Bound on the error of encoding, a slot."""
        return lib.jfhe_pt_error(self.pointer)

    def __repr__(self):
        """Level and scale."""
        return f"<Plaintext {self.packing}, level {self.level} of {self.params.levels}, scale {self.scale:.6g}>"

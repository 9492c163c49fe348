"""What ciphertexts are sent through: linear maps and polynomials, made ready once and used often."""

import threading

import numpy as np

from . import errors
from .call import Handle
from .engine import engine, ffi, lib
from .plaintext import as_numbers, exact


class LinearMap(Handle):
    """A square matrix on the slots, by its diagonals: ``out[i] = sum of diagonal[d][i] * in[(i + d) % slots]``.

    Parameters
    ----------
    params : Parameters
    diagonals : mapping of int to array_like of shape (slots,)
        Diagonals that are all 0 are dropped.
    log_slots : int, optional
        log2 of the matrix's size; the full ring by default.
    """

    __slots__ = ("_lock", "_prepared", "log_slots", "params")

    def __init__(self, params, diagonals, log_slots=None):
        """Read the diagonals; they are copied."""
        self.params, self.log_slots = params, params.log_n - 1 if log_slots is None else log_slots
        self._lock, self._prepared = threading.Lock(), set()
        slots = 1 << self.log_slots
        index = np.fromiter(diagonals, dtype=np.int32, count=len(diagonals))
        parts = [as_numbers(row) for row in diagonals.values()]
        if any(len(re) != slots for re, _ in parts):
            raise errors.ArgumentError(f"a diagonal has not {slots} numbers", "Give every diagonal one number a slot.")
        re = np.stack([re for re, _ in parts]) if parts else np.empty((0, slots))
        im = None
        if any(part is not None for _, part in parts):
            im = engine.source(np.stack([np.zeros(slots) if part is None else part for _, part in parts]), "double[]")
        pointer = engine.make("jfhe_linmap", lib.jfhe_linmap_new_array, params.pointer, self.log_slots,
                              engine.source(index, "int32_t[]"), len(index), engine.source(re, "double[]"), im or ffi.NULL)
        super().__init__(engine, pointer, lib.jfhe_linmap_free, params.pointer)

    @classmethod
    def from_matrix(cls, params, matrix):
        """The map ``out = matrix @ in``.

        Parameters
        ----------
        params : Parameters
        matrix : array_like of shape (n, n)
            n a power of two, at most the slots.

        Returns
        -------
        LinearMap
        """
        matrix = np.asarray(matrix)
        n = len(matrix)
        if matrix.shape != (n, n) or n & (n - 1) or not 0 < n <= params.slots:
            raise errors.ArgumentError(f"a matrix of shape {matrix.shape} is no map of the slots",
                                       "Pad it with zeros to a square whose side is a power of two.")
        rows = np.arange(n)
        every = {d: matrix[rows, (rows + d) % n] for d in range(n)}
        return cls(params, {d: row for d, row in every.items() if np.any(row)}, n.bit_length() - 1)

    def prepare(self, level):
        """Encode the diagonals for a level now; afterwards any number of threads share the map there.

        Parameters
        ----------
        level : int
        """
        with self._lock:
            if level not in self._prepared:
                with self.params.gate:
                    engine.check(lib.jfhe_linmap_prepare(self.params.pointer, self.pointer, level))
                self._prepared.add(level)

    @property
    def rotations(self):
        """Rotations whose keys an application needs."""
        count = lib.jfhe_linmap_rotations(self.pointer, ffi.NULL, 0)
        out = ffi.new("int32_t[]", count)
        lib.jfhe_linmap_rotations(self.pointer, out, count)
        return list(out)

    @property
    def diagonals(self):
        """How many are left after zeros were dropped."""
        return lib.jfhe_linmap_diagonals(self.pointer)

    @property
    def norm(self):
        """Largest row sum of moduli: how much it can enlarge a number."""
        return lib.jfhe_linmap_norm(self.pointer)

    @property
    def nbytes(self):
        """Bytes of encoded diagonals kept."""
        return lib.jfhe_linmap_cached(self.pointer)

    def __repr__(self):
        """Size and diagonals."""
        return f"<LinearMap of {1 << self.log_slots} slots, {self.diagonals} diagonals>"


class _Fit:
    """A Python function while the engine calls it, and the exception that it raised."""

    def __init__(self, function):
        self.function, self.error = function, None


@ffi.def_extern()
def jfhe_py_real(job, x):
    """Call a :class:`_Fit`'s function; after an exception only NaN, on which the engine stops with a status."""
    fit = ffi.from_handle(job)
    if fit.error is None:
        try:
            return float(fit.function(x))
        except BaseException as why:
            fit.error = why
    return float("nan")


class Polynomial(Handle):
    """A polynomial made ready for evaluation.

    Parameters
    ----------
    coefficients : array_like of shape (n,)
        Ascending, n >= 2.
    basis : {'power', 'chebyshev'}, default='power'
    interval : (float, float), optional
        Where the numbers lie; required for 'chebyshev', refused for 'power'.
    """

    __slots__ = ("basis", "coefficients", "interval")

    def __init__(self, coefficients, basis="power", interval=None):
        """Plan the evaluation and prove suprema."""
        numbers = {"power": lib.JFHE_BASIS_POWER, "chebyshev": lib.JFHE_BASIS_CHEB}
        if basis not in numbers or (basis == "chebyshev") != (interval is not None):
            raise errors.ArgumentError("basis is 'power', or 'chebyshev' with an interval")
        low, high = interval or (0.0, 0.0)
        self.coefficients, self.basis, self.interval = exact(np.asarray(coefficients)), basis, interval
        pointer = engine.make("jfhe_poly", lib.jfhe_poly_new, engine.source(self.coefficients, "double[]"),
                              len(self.coefficients), numbers[basis], low, high)
        super().__init__(engine, pointer, lib.jfhe_poly_free)

    @classmethod
    def fit(cls, function, degree, interval):
        """Approximate a real function by its Chebyshev interpolant.

        Parameters
        ----------
        function : callable of float
            Finite on the interval. Called while the engine waits; its exceptions pass through.
        degree : int
            1 to 1023.
        interval : (float, float)

        Returns
        -------
        Polynomial

        Raises
        ------
        InvalidValueError
            When the function is NaN or infinite somewhere on the interval.
        """
        coefficients, job = np.zeros(degree + 1), _Fit(function)
        handle = ffi.new_handle(job)
        status = lib.jfhe_cheb_fit(engine.target(coefficients, "double[]"), degree + 1, lib.jfhe_py_real, handle, *interval)
        if job.error is not None:
            raise job.error
        engine.check(status)
        return cls(coefficients, "chebyshev", interval)

    def __call__(self, x):
        """Its value in the clear.

        Parameters
        ----------
        x : float

        Returns
        -------
        float
        """
        return lib.jfhe_poly_value(self.pointer, x)

    @property
    def degree(self):
        """Its degree, trailing zeros dropped."""
        return lib.jfhe_poly_degree(self.pointer)

    @property
    def depth(self):
        """Levels that an evaluation costs."""
        return lib.jfhe_poly_depth(self.pointer)

    @property
    def products(self):
        """Relinearisations that an evaluation costs."""
        return lib.jfhe_poly_relins(self.pointer)

    @property
    def sup(self):
        """Largest modulus on the interval, [-1, 1] for 'power'; proved."""
        return lib.jfhe_poly_sup(self.pointer)

    def __repr__(self):
        """Degree and depth."""
        where = f" on [{self.interval[0]:g}, {self.interval[1]:g}]" if self.interval else ""
        return f"<Polynomial of degree {self.degree}{where}, {self.depth} levels>"

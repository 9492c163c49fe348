"""Ciphertexts: what the server holds of the numbers."""

from . import containers
from .call import Handle
from .engine import engine, lib
from .plaintext import PACKING_TEXT


class Ciphertext(Handle):
    """An encrypted vector with its proved bounds. Immutable: every operation makes another.

    It has no value here, and nothing that shows it prints one: level, bounds, size and the key's name are public.
    Use :meth:`from_bytes` or :meth:`load`; :func:`jupyterfhe.client.encrypt` makes them from numbers.
    """

    __slots__ = ("params",)

    def __init__(self, params, pointer):
        """Use the class methods instead."""
        super().__init__(engine, pointer, lib.jfhe_ct_free, params.pointer)
        self.params = params

    @classmethod
    def empty(cls, params, level, degree=1):
        """Room for an output.

        Parameters
        ----------
        params : Parameters
        level : int
        degree : {1, 2}, default=1

        Returns
        -------
        Ciphertext
        """
        return cls(params, engine.make("jfhe_ct", lib.jfhe_ct_new, params.pointer, degree, level))

    # ---- containers ----
    @classmethod
    def from_bytes(cls, params, data):
        """Read a container; every byte of it is checked.

        Parameters
        ----------
        params : Parameters
            Those that it was encrypted with.
        data : bytes-like
            One whole container; it is not kept.

        Returns
        -------
        Ciphertext

        Raises
        ------
        FormatError
            And its kinds, for bytes that are no ciphertext.
        ContextError
            When it is of other parameters.
        """
        view = engine.source(data)
        with params.gate:
            pointer = engine.make("jfhe_ct", lib.jfhe_ct_read, params.pointer, view, len(view), at=1)
        return cls(params, pointer)

    @classmethod
    def load(cls, params, path):
        """Read a file.

        Parameters
        ----------
        params : Parameters
        path : path-like

        Returns
        -------
        Ciphertext
        """
        most = 3 * params.primes * 2 * params.slots * 8 + (1 << 13)  # degree 2, raw words, the header
        return cls.from_bytes(params, containers.scanned(path, most))

    def _written(self, encoding):
        if encoding is None:
            encoding = "seeded" if lib.jfhe_ct_write_size(self.pointer, lib.JFHE_ENCODING_SEEDED) else "packed"
        number = containers.ENCODINGS[encoding]
        return containers.written(lib.jfhe_ct_write_size(self.pointer, number), lib.jfhe_ct_write, self.pointer, number)

    def to_bytes(self, encoding=None):
        """The container.

        Parameters
        ----------
        encoding : {'seeded', 'packed', 'raw'}, optional
            By default the smallest that it has: 'seeded' when fresh, else 'packed'.

        Returns
        -------
        bytes

        Raises
        ------
        FormError
            For 'seeded' when it is not fresh.
        """
        return bytes(self._written(encoding))

    def save(self, path, encoding=None):
        """Write a file that appears whole or not at all.

        Parameters
        ----------
        path : path-like
        encoding : str, optional
            As of :meth:`to_bytes`.
        """
        containers.save(path, self._written(encoding))

    # ---- what it is ----
    @property
    def level(self):
        """Multiplications that are left."""
        return lib.jfhe_ct_level(self.pointer)

    @property
    def degree(self):
        """1, or 2 after a product that was not relinearised."""
        return lib.jfhe_ct_degree(self.pointer)

    @property
    def packing(self):
        """'real', 'complex', 'coeff' or 'integers'."""
        return PACKING_TEXT[lib.jfhe_ct_packing(self.pointer)]

    @property
    def log_slots(self):
        """log2 of how many numbers it holds."""
        return lib.jfhe_ct_log_slots(self.pointer)

    @property
    def slots(self):
        """How many numbers it holds."""
        return 1 << self.log_slots

    @property
    def scale(self):
        """What the numbers are multiplied by, a real."""
        return lib.jfhe_ct_scale(self.pointer)

    @property
    def magnitude(self):
        """Bound on the modulus of every number: public, as declared when encrypting and carried along."""
        return lib.jfhe_ct_magnitude(self.pointer)

    @property
    def error_bound(self):
        """Bound on the absolute error of every number, proved."""
        return lib.jfhe_ct_error_worst(self.pointer)

    @property
    def error_probable(self):
        """Bound that holds for all numbers with about 99.99 % chance."""
        return lib.jfhe_ct_error_probable(self.pointer)

    @property
    def nbytes(self):
        """Bytes in memory."""
        return lib.jfhe_ct_bytes(self.pointer)

    @property
    def key_id(self):
        """Name of the secret that opens it, hex digits; not derived from the secret."""
        return engine.text(lib.jfhe_ct_key_id, lib.JFHE_ID_BYTES, self.pointer)

    def __repr__(self):
        """Shape, level, error bound, size and key; never a value, nor a bound on one."""
        exact = self.packing == "integers"
        error = "exact" if exact else f"error <= {self.error_bound:.1e}"
        return (f"<Ciphertext {self.slots} {self.packing}, {'BGV' if exact else 'CKKS'} {self.params.name}, level {self.level} "
                f"of {self.params.levels}, {error}, {containers.human(self.nbytes)}, key {self.key_id[:8]}>")

    def __bool__(self):
        """Refuse: truth would be a decryption."""
        raise TypeError("whether an encrypted number is true is not known here. "
                        "Compute both branches and combine them with an encrypted mask, or decide after decryption.")

    def __copy__(self):
        """Itself: it cannot change."""
        return self

    def __deepcopy__(self, memo):
        """Itself: it cannot change."""
        return self

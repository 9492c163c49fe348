"""Parameters: the ring, its primes and levels, with all tables; everything else is made in them."""

import threading
import weakref
from pathlib import Path

from . import containers
from .call import Gate, Handle
from .engine import engine, ffi, lib

_live = weakref.WeakValueDictionary()  # by hash: equal parameters are one object, so that what is made in them can meet
_making = threading.Lock()


class Parameters(Handle):
    """Checked parameters with their tables. Equal ones are the same object in a process.

    Use :meth:`preset`, :meth:`custom`, :meth:`from_bytes` or :meth:`load`.
    """

    __slots__ = ("_hash", "gate")

    def __init__(self, pointer, digest):
        """Use the class methods instead."""
        super().__init__(engine, pointer, lib.jfhe_ctx_free)
        self._hash = digest
        self.gate = Gate()

    # ---- making ----
    @classmethod
    def _adopt(cls, pointer, threads):
        digest = engine.text(lib.jfhe_ctx_hash, lib.JFHE_HASH_BYTES, pointer)
        with _making:
            self = _live.get(digest)
            if self is None:
                self = _live[digest] = cls(pointer, digest)
            else:
                lib.jfhe_ctx_free(pointer)
        if threads is not None:
            self.threads = threads
        return self

    @classmethod
    def preset(cls, name="stats", *, threads=None):
        """Take a preset.

        Parameters
        ----------
        name : {'stats-lite', 'stats', 'ml', 'deep', 'deep-lean', 'deep-small'}, default='stats'
            Two, six or fourteen multiplications in a row; those of 'deep' bootstrap.
        threads : int, optional
            See :attr:`threads`.

        Returns
        -------
        Parameters

        Raises
        ------
        ArgumentError
            For an unknown name.
        """
        return cls._adopt(engine.make("jfhe_ctx", lib.jfhe_ctx_new_preset, name.encode()), threads)

    @classmethod
    def custom(cls, depth, *, scale_bits=46, log_n=0, first_bits=0, specials=0, security=128, threads=None):
        """Build parameters for a depth and a precision.

        Parameters
        ----------
        depth : int
            Multiplications in a row, 0 to 60.
        scale_bits : int, default=46
            30 to 58; about ``scale_bits - log_n - 5`` bits of a slot survive a multiplication.
        log_n : int, default=0
            Ring degree 2^log_n, 10 to 17; 0 takes the smallest that is secure.
        first_bits : int, default=0
            Bits of the last modulus; 0 chooses.
        specials : int, default=0
            Key switching primes; 0 chooses.
        security : {128, 192, 256}, default=128
        threads : int, optional
            See :attr:`threads`.

        Returns
        -------
        Parameters

        Raises
        ------
        ParameterError
            For values out of these ranges.
        SecurityError
            When the ring does not carry the modulus; the message says both.
        """
        return cls._adopt(engine.make("jfhe_ctx", lib.jfhe_ctx_new_custom, log_n, depth, scale_bits, first_bits, specials,
                                      security), threads)

    @classmethod
    def from_bytes(cls, data, *, max_log_n=17, threads=None):
        """Read a parameter container.

        Parameters
        ----------
        data : bytes-like
        max_log_n : int, default=17
            Refuse larger rings before their tables are made.
        threads : int, optional
            See :attr:`threads`.

        Returns
        -------
        Parameters

        Raises
        ------
        FormatError, SecurityError, OutOfMemoryError
        """
        view = engine.source(data)
        pointer = engine.make("jfhe_ctx", lib.jfhe_ctx_new_from_container, view, len(view), max_log_n)
        return cls._adopt(pointer, threads)

    @classmethod
    def load(cls, path, **options):
        """Read a parameter file, or a folder of keys, where it is called ``params.jfhe``.

        Parameters
        ----------
        path : path-like
        **options
            As of :meth:`from_bytes`.

        Returns
        -------
        Parameters
        """
        path = Path(path)
        path = path / "params.jfhe" if path.is_dir() else path
        return cls.from_bytes(containers.read(path, containers.PARAMS_MAX), **options)

    def to_bytes(self):
        """The container.

        Returns
        -------
        bytes
        """
        return bytes(containers.written(lib.jfhe_ctx_write_size(self.pointer), lib.jfhe_ctx_write, self.pointer))

    def save(self, path):
        """Write the container to a file.

        Parameters
        ----------
        path : path-like
        """
        containers.save(path, self.to_bytes())

    # ---- what they are ----
    @property
    def threads(self):
        """Threads of the operations, 1 at first. Setting it waits until no operation runs. Results do not depend on it."""
        return lib.jfhe_ctx_threads(self.pointer)

    @threads.setter
    def threads(self, count):
        with self.gate.alone():
            if count != lib.jfhe_ctx_threads(self.pointer):
                engine.check(lib.jfhe_ctx_set_threads(self.pointer, count))

    @property
    def name(self):
        """Name of the preset, or 'custom'."""
        return ffi.string(lib.jfhe_ctx_name(self.pointer)).decode()

    @property
    def backend(self):
        """Instruction set in use: 'ref', 'avx2' or 'avx512ifma'."""
        return ffi.string(lib.jfhe_ctx_backend(self.pointer)).decode()

    @property
    def hash(self):
        """SHA-256 of the parameters, hex digits."""
        return self._hash

    @property
    def log_n(self):
        """log2 of the ring degree."""
        return lib.jfhe_ctx_log_n(self.pointer)

    @property
    def slots(self):
        """Complex numbers that a ciphertext holds: half the ring degree."""
        return lib.jfhe_ctx_slots(self.pointer)

    @property
    def levels(self):
        """Top level: multiplications in a row."""
        return lib.jfhe_ctx_levels(self.pointer)

    @property
    def bootstrap_levels(self):
        """Levels at which a bootstrap begins, its sine begins, and its results are; None where there are none for it."""
        out = ffi.new("uint32_t[3]")
        if lib.jfhe_bootstrap_levels(self.pointer, out, out + 1, out + 2) != lib.JFHE_OK:
            return None
        return tuple(out)

    @property
    def ceiling(self):
        """The level of fresh numbers, unless said otherwise: what a bootstrap gives (higher ones belong to it), or the top."""
        levels = self.bootstrap_levels
        return self.levels if levels is None else levels[2]

    @property
    def primes(self):
        """All primes, specials included."""
        return lib.jfhe_ctx_primes(self.pointer)

    @property
    def specials(self):
        """Primes that only key switching uses."""
        return lib.jfhe_ctx_specials(self.pointer)

    @property
    def dnum(self):
        """Digits of a key switch at the top level."""
        return lib.jfhe_ctx_dnum(self.pointer)

    @property
    def security(self):
        """Bits of security; 0 for parameters of tests."""
        return lib.jfhe_ctx_security(self.pointer)

    @property
    def log_qp(self):
        """log2 of the largest published modulus."""
        return lib.jfhe_ctx_log_qp(self.pointer)

    def log_q(self, level):
        """log2 of the modulus at a level."""
        return lib.jfhe_ctx_log_q(self.pointer, level)

    def limbs(self, level):
        """Residues of a ciphertext at a level."""
        return lib.jfhe_ctx_limbs(self.pointer, level)

    def scale(self, level):
        """Canonical scale of a level."""
        return lib.jfhe_ctx_scale(self.pointer, level)

    def step(self, level):
        """What rescaling from a level divides by; 0 at level 0."""
        return lib.jfhe_ctx_step(self.pointer, level)

    def galois(self, rotation):
        """The Galois element of a rotation to the left by `rotation` slots."""
        return lib.jfhe_galois_rotate(self.pointer, rotation)

    @property
    def galois_conjugate(self):
        """The Galois element of conjugation."""
        return lib.jfhe_galois_conjugate(self.pointer)

    def __repr__(self):
        """Name, degree, levels, modulus, security."""
        return (f"<Parameters {self.name}: degree 2^{self.log_n}, {self.levels} levels, {self.log_qp:.0f} bits, "
                f"{self.security}-bit security, {self.backend}>")

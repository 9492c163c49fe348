"""Where the numbers of a leaf lie: in memory, in a file, or, for simulation, in the clear."""

import numpy as np

from ..core import Ciphertext, containers
from ..core.engine import engine, ffi, lib

COMPLEX = lib.JFHE_PACK_COMPLEX


class Held:
    """A ciphertext in memory.

    Parameters
    ----------
    ciphertext : jupyterfhe.core.Ciphertext
    """

    __slots__ = ("ciphertext", "info")

    def __init__(self, ciphertext):
        """Look at its header."""
        self.ciphertext, self.info = ciphertext, ffi.new("jfhe_info *")
        engine.check(lib.jfhe_ct_inspect(ciphertext.pointer, self.info))

    def feed(self, run, number):
        """Let a run read it."""
        run.lend(number, self.ciphertext)

    def load(self, params):
        """The ciphertext."""
        return self.ciphertext

    @property
    def nbytes(self):
        """Bytes in memory."""
        return self.ciphertext.nbytes

    @property
    def magnitude(self):
        """Bound on every number."""
        return self.info.magnitude

    @property
    def complex(self):
        """Whether numbers may have imaginary parts."""
        return self.info.packing == COMPLEX

    @property
    def level(self):
        """Multiplications left."""
        return self.info.level


class Filed(Held):
    """A container in a file, read each time a run wants it; its header alone is in memory.

    Parameters
    ----------
    path : path-like
    """

    __slots__ = ("path",)

    def __init__(self, path):
        """Read the header."""
        self.path, self.ciphertext, self.info = path, None, ffi.new("jfhe_info *")
        with open(containers.regular(path), "rb") as file:
            head = file.read(containers.HEADER_MAX)
        engine.check(lib.jfhe_inspect(engine.source(head), len(head), self.info))

    def feed(self, run, number):
        """Read it for a run, which frees it early; it must be what stood there first, which the run checks."""
        run.give(number, self.load(run.params))

    def load(self, params):
        """Read it."""
        return Ciphertext.load(params, self.path)

    @property
    def nbytes(self):
        """Bytes of the file."""
        return self.info.total_bytes


class Clear:
    """Numbers in the clear, which take an encrypted vector's place in a simulation.

    Parameters
    ----------
    numbers : ndarray of shape (slots,)
    bound : float
        What an owner would have declared.
    """

    __slots__ = ("level", "magnitude", "numbers")

    def __init__(self, numbers, bound, level=None):
        """Keep them."""
        self.numbers, self.magnitude, self.level = numbers, bound, level

    @property
    def complex(self):
        """Whether they have imaginary parts."""
        return np.iscomplexobj(self.numbers)

    @property
    def nbytes(self):
        """Nothing is encrypted."""
        return 0

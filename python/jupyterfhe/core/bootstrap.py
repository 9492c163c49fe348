"""Bootstrapping: how ciphertexts get their levels back. Plans place bootstraps; nobody calls one."""

import threading
from typing import NamedTuple

from .call import Handle
from .engine import engine, ffi, lib

MAGNITUDE = 1 + 2.0**-4  # numbers up to 1 and their errors; plans scale what is larger
_KEYS = lib.JFHE_BOOTSTRAP_FEW_KEYS
_ROTATIONS_MAX = 64
_known = {}  # by parameters and slots: finding out makes all maps once


class Wants(NamedTuple):
    """Keys that a bootstrap needs besides the pair of the sparse secret.

    Attributes
    ----------
    rotations : dict of int to int
        Rotation: the level up to which its key must serve.
    sine : int
        The level up to which the keys of relinearisation and conjugation must serve.
    """

    rotations: dict
    sine: int


def wants(params, log_slots=None):
    """What keys a bootstrap needs: few, 188 MB of preset 'deep-lean' when all slots are used (docs/adr/0029).

    Parameters
    ----------
    params : Parameters
        Of levels for it, see :attr:`Parameters.bootstrap_levels`.
    log_slots : int, optional
        log2 of the slots of what is bootstrapped; all that the ring has by default. Fewer need a key more a halving.

    Returns
    -------
    Wants

    Raises
    ------
    ParameterError
        Where the parameters have no levels for it.
    """
    name = params.hash, params.log_n - 1 if log_slots is None else log_slots
    if name not in _known:
        k, level = ffi.new("int32_t[]", _ROTATIONS_MAX), ffi.new("uint32_t[]", _ROTATIONS_MAX)
        count, sine = ffi.new("size_t *"), ffi.new("uint32_t *")
        engine.check(lib.jfhe_bootstrap_wants(params.pointer, k, level, _ROTATIONS_MAX, count, sine, name[1], _KEYS))
        _known[name] = Wants({k[i]: level[i] for i in range(count[0])}, sine[0])
    return _known[name]


class Bootstrap(Handle):
    """A bootstrap of some parameters and slots: maps and bounds at first, its plaintexts from :meth:`prepare` on.

    Parameters
    ----------
    params : Parameters
    log_slots : int

    Notes
    -----
    Time: half a second with preset 'deep-lean'; :meth:`prepare` three more.
    """

    __slots__ = ("_lock", "_ready", "params", "wants")

    def __init__(self, params, log_slots):
        """Make the maps."""
        self.params, self.wants, self._lock, self._ready = params, wants(params, log_slots), threading.Lock(), False
        with params.gate:
            pointer = engine.make("jfhe_bootstrap", lib.jfhe_bootstrap_new, params.pointer, log_slots, MAGNITUDE,
                                  _KEYS | lib.JFHE_BOOTSTRAP_WHEN_NEEDED)
        super().__init__(engine, pointer, lib.jfhe_bootstrap_free, params.pointer)

    def prepare(self):
        """Make the plaintexts, once; afterwards any number of threads bootstrap."""
        with self._lock:
            if not self._ready:
                with self.params.gate:
                    engine.check(lib.jfhe_bootstrap_prepare(self.pointer))
                self._ready = True

    @property
    def nbytes(self):
        """Bytes of the plaintexts that are there."""
        return lib.jfhe_bootstrap_bytes(self.pointer)

    def __repr__(self):
        """Levels."""
        low, _, high = self.params.bootstrap_levels
        return f"<Bootstrap from level {low} to level {high} of {self.params.name}>"

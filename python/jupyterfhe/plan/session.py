"""A session: the parameters and evaluation keys with which values are computed. Values of two sessions never meet."""

import collections
import functools
import os
import threading
import weakref
from pathlib import Path

from ..core import Above, Bootstrap, Ciphertext, EvaluationKeys, Parameters
from ..core.bootstrap import wants
from ..core.errors import ArgumentError, ContextError, JupyterFHEError, KeyMissingError
from .leaf import Filed, Held
from .program import Plan, Program
from .value import Value
from .whole import WholeSession

PLANS_KEPT = 16  # plans of a session that are kept for the next time

_sessions = weakref.WeakValueDictionary()  # by folder or by keys, so that what is opened twice can meet
_making = threading.Lock()


class Session:
    """What values are computed with.

    Use :meth:`of`, so that one set of keys has one session.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters
    keys : jupyterfhe.core.EvaluationKeys or None
        None: values are in the clear, for simulation.
    log_slots : int

    Attributes
    ----------
    results : object or None
        Where computed arrays are kept and found again, if anywhere: has ``compute(array, keep_levels)``.
    ask : callable or None
        Looks where keys come from whether there are more, if anywhere.
    reached : jupyterfhe.core.Above or None
        Of the session of a ring above: how it is reached from below.
    """

    def __init__(self, params, keys, log_slots):
        """Start without plans."""
        self.results = self.ask = None
        self._whole = {}  # by moduli
        self._looked = None, None  # the folder of a ring above and when it changed last, and what it lacked then
        self._boots = {}  # by log2 of their slots
        self._above = self.reached = None
        self.params, self.keys, self.log_slots = params, keys, log_slots
        self.plans = collections.OrderedDict()  # by what they were made for; a plan in use is taken out
        self.lock = threading.Lock()

    @classmethod
    def of(cls, keys, log_slots=None):
        """The session of some keys.

        Parameters
        ----------
        keys : path-like or jupyterfhe.core.EvaluationKeys
            A folder of evaluation keys, or what was opened of one.
        log_slots : int, optional
            log2 of how many numbers a ciphertext holds; all that the ring has by default.

        Returns
        -------
        Session
        """
        with _making:
            if isinstance(keys, (str, os.PathLike)):
                place = Path(keys).resolve()
                known = [s for (what, _), s in _sessions.items() if what == place]
                keys = known[0].keys if known else EvaluationKeys.open(place)
            place = keys.folder.resolve() if keys.folder else id(keys)
            log_slots = keys.params.log_n - 1 if log_slots is None else log_slots
            session = _sessions.get((place, log_slots))
            if session is None or session.keys is not keys:
                session = _sessions[place, log_slots] = cls(keys.params, keys, log_slots)
            return session

    @classmethod
    def clear(cls, params="stats", log_slots=None):
        """A session in which values are in the clear: for :func:`jupyterfhe.simulate`.

        Parameters
        ----------
        params : str or jupyterfhe.core.Parameters, default='stats'
        log_slots : int, optional

        Returns
        -------
        Session
        """
        params = Parameters.preset(params) if isinstance(params, str) else params
        return cls(params, None, params.log_n - 1 if log_slots is None else log_slots)

    def whole(self, moduli):
        """The session of exact integers with these keys.

        Parameters
        ----------
        moduli : tuple of int

        Returns
        -------
        WholeSession
        """
        if moduli not in self._whole:
            self._whole[moduli] = WholeSession(self, moduli)
        return self._whole[moduli]

    # ---- levels that come back ----
    @property
    def lacks_for_bootstrap(self):
        """Why levels do not come back, in words; '' where they do."""
        if self.params.bootstrap_levels is None:
            return f"parameters {self.params.name} have no levels for bootstrapping"
        return self._lacks(self.log_slots) if self._lacks(self._all) else ""

    def _lacks(self, log_slots):
        """The same of the bootstrap of some slots."""
        return "" if self.is_clear else self.keys.lacks_for_bootstrap(wants(self.params, log_slots))

    @property
    def _all(self):
        return self.params.log_n - 1

    @property
    def bootstrap(self):
        """The :class:`~jupyterfhe.core.Bootstrap` of plans, made when first asked for; None where levels do not come back.

        That of all slots where the keys for the session's own are not there.
        """
        if not self._boots and self.lacks_for_bootstrap:
            return None
        return self._boot(self._all if self._lacks(self.log_slots) else self.log_slots)

    @property
    def apart(self):
        """Of sparse vectors: the bootstrap of all slots, which brings what was settled back as well; or None."""
        if self.params.bootstrap_levels is None or self.log_slots == self._all or self._lacks(self._all):
            return None
        return self._boot(self._all)

    def _boot(self, log_slots):
        with self.lock:
            if log_slots not in self._boots:
                self._boots[log_slots] = Bootstrap(self.params, log_slots)
            return self._boots[log_slots]

    @property
    def between(self):
        """Levels between two bootstraps, or None where there are none: the most that one operation can take.

        In a ring above, where there is one: what comes later may be deep, and then all of a program climbs.
        """
        if self.lacks_for_bootstrap:
            return self.above.between if self.above is not None else None
        low, _, high = self.params.bootstrap_levels
        return high - low

    @property
    def refreshed(self):
        """Bound on the error that a bootstrap adds to numbers up to 1, in a ring above perhaps; 0 where there are none."""
        if self.bootstrap is None:
            return 0.0 if self.above is None else self.above.refreshed
        return self._refreshed

    @functools.cached_property
    def _refreshed(self):
        program = Program(self.log_slots)
        program.output("y", program.append("bootstrap", [program.input("x", False, 1.0)], None))
        return Plan(program, self.params, None, None, bootstrap=self.bootstrap).outputs[0].error_bound

    # ---- a ring above ----
    @property
    def above(self):
        """The session of the larger ring in which deep programs are computed, or None where these keys lead to none."""
        return None if self.lacks_above is None or self.lacks_above else self._above

    @property
    def lacks_above(self):
        """Why programs do not climb, in words; '' where they do, None where there is no ring above."""
        if self._above is not None:
            return ""
        if self.is_clear or self.keys.above is None:
            return None
        folder = self.keys.above
        try:
            stamp = folder, folder.stat().st_mtime_ns  # files may still be arriving
        except OSError:
            return None
        if self._looked[0] != stamp:
            self._looked = stamp, self._look_above(folder)
        return self._looked[1]

    def _look_above(self, folder):
        try:
            reached = Above(self.keys, folder)
            session = Session(reached.keys.params, reached.keys, self.log_slots)
            lacks = reached.lacks or session.lacks_for_bootstrap
        except JupyterFHEError as why:  # half of an upload: what needs no ring above goes on
            return f"keys that can be read: {why.detail}"
        except OSError as why:
            return f"a file that can be read: {why}"
        if not lacks:
            session.reached, self._above = reached, session
        return lacks

    def grew(self):
        """Whether there is a ring above now that was not there before: its owner may have added one meanwhile."""
        if self.above is not None or self.ask is None:
            return False
        self.ask()
        return self.above is not None

    @property
    def shared(self):
        """Of a ring above: the bootstrap of all its slots, with which two chunks share a ciphertext; or None."""
        params = self.params
        if self.reached is None or params.log_n != self.reached.below.params.log_n + 1:
            return None
        if self.log_slots != params.log_n - 2 or params.galois(self.slots) not in self.keys.galois:
            return None
        return self.apart

    # ---- what it holds ----
    @property
    def slots(self):
        """Numbers in a ciphertext."""
        return 1 << self.log_slots

    @property
    def is_clear(self):
        """Whether values are in the clear."""
        return self.keys is None

    @property
    def vector_room(self):
        """How large a number of a public vector may be: the engine encodes into 62 bits at the scale."""
        return 2.0**61 / max(map(self.params.scale, range(self.params.levels + 1)))

    def hold(self, ciphertext):
        """A leaf of a ciphertext in memory.

        Parameters
        ----------
        ciphertext : jupyterfhe.core.Ciphertext

        Returns
        -------
        Value
        """
        if not isinstance(ciphertext, Ciphertext) or ciphertext.params is not self.params:
            raise ContextError(f"{ciphertext!r} is no ciphertext of {self.params}")
        return self.leaf(Held(ciphertext))

    def file(self, path):
        """A leaf of a container that stays in its file.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        Value
        """
        return self.leaf(Filed(path))

    def leaf(self, stored):
        """A leaf of what holds a ciphertext.

        Parameters
        ----------
        stored : jupyterfhe.plan.leaf.Held

        Returns
        -------
        Value
        """
        info = stored.info
        if bytes(info.params_hash).hex() != self.params.hash:
            raise ContextError(f"a vector is of other parameters than {self.params}")
        if self.keys.key_id not in (None, bytes(info.key_id).hex()):
            raise KeyMissingError(f"a vector is under key {bytes(info.key_id).hex()[:8]}, the session's keys are of "
                                  f"{self.keys.key_id[:8]}", "Open it with the keys of its own owner.")
        if info.log_slots != self.log_slots:
            raise ArgumentError(f"a vector of 2^{info.log_slots} slots in a session of 2^{self.log_slots}",
                                "Encrypt all vectors that shall meet with one log_slots.")
        return Value.leaf(self, stored)

    def refuse(self, other):
        """Say why values of two sessions do not meet."""
        if self.params is not other.params:
            raise ContextError(f"values of {self.params} and of {other.params} do not meet",
                               "Encrypt both with one set of parameters.")
        if self.is_clear or other.is_clear or self.log_slots != other.log_slots:
            raise ContextError("values of different sessions do not meet", "Open both in one session.")
        raise KeyMissingError(f"values under key {str(self.keys.key_id)[:8]} and key {str(other.keys.key_id)[:8]} do not meet",
                              "Open all data with one folder of evaluation keys: jf.open(path, keys=folder).")

    def __repr__(self):
        """Parameters and key."""
        key = "in the clear" if self.is_clear else f"key {(self.keys.key_id or 'none')[:8]}"
        return f"<Session of {self.params.name}, {self.slots} slots, {key}>"

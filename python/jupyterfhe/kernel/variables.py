"""The comm that tells the page which encrypted variables there are, also while a cell runs (protocol/kernel.md)."""

import contextlib
import queue
import threading
import time

import numpy as np

from ..array import EncryptedArray
from ..array.table import EncryptedTable
from ..core.errors import JupyterFHEError
from ..plan import Graph, cancel_all, options
from . import finished, progress
from .reference import columns_of, kind_of, origin_of

TARGET = "jupyterfhe.variables"
EVERY = 0.5  # seconds between two looks
SHORT = 5000  # operations that are planned to say what computing takes; longer ones are left alone
MOST = 1000  # variables listed
SHOWN = (EncryptedArray, EncryptedTable, *finished.KINDS)


def _is_limit(x):
    return x is None or (isinstance(x, int) and not isinstance(x, bool) and x > 0)


def encrypted(namespace):
    """The encrypted variables of a namespace, sorted by name.

    Parameters
    ----------
    namespace : dict

    Returns
    -------
    list of (str, object)
        Arrays, tables, and what is finished at decryption.
    """
    for _ in range(5):
        try:
            found = [(n, v) for n, v in list(namespace.items()) if isinstance(v, SHOWN)]
            break
        except RuntimeError:  # a cell changed it just now
            continue
    else:
        return []
    return sorted(((n, v) for n, v in found if isinstance(n, str) and not n.startswith("_")), key=lambda row: row[0])[:MOST]


def _name(array):
    values = array.values
    return sum(v.stored is not None for v in values), id(array.strips), tuple(map(id, values))


class Forecasts:
    """What computing takes, planned once for each value by a thread of its own.

    Planning may load keys, which waits until no run uses them: whoever lists or sends must not wait with it.
    """

    def __init__(self):
        """Know nothing."""
        self._known = {}  # by _name: (strips and vectors, which keeps their ids their own, and facts)
        self._asked, self._queue, self._thread = set(), queue.SimpleQueue(), None

    def of(self, array):
        """Level, bound, seconds and reason as far as they are known.

        Parameters
        ----------
        array : EncryptedArray

        Returns
        -------
        dict
        """
        name = _name(array)
        found = self._known.get(name)
        if found is not None:
            return found[1]
        if array.computed:
            return self._learn(name, array)
        if name not in self._asked and len(Graph(array.values).order) <= SHORT:
            self._asked.add(name)
            self._queue.put((name, array))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jupyterfhe-forecasts", daemon=True)
                self._thread.start()
        return {"levels_left": None, "error_bound": None, "seconds": None, "reason": None}

    def _work(self):
        while True:
            name, array = self._queue.get()
            with contextlib.suppress(Exception):  # it stays unknown; there is nobody to tell
                self._learn(name, array)
            del array

    def _learn(self, name, array):
        kept = array.strips, array.values
        facts = _planned(array)
        if _name(array) == name:  # nobody wrote to it meanwhile
            self._known[name] = kept, facts
        return facts

    def forget(self, alive):
        """Keep what is known of these arrays alone, and let the others' vectors go.

        Parameters
        ----------
        alive : iterable of EncryptedArray
        """
        names = {_name(array) for array in alive}
        for name in set(self._known) - names:
            self._known.pop(name, None)
        self._asked &= names


def _planned(array):
    try:
        known, plan = array._outlook()
        bound = float(np.max(array.errors({v: parts[1] for v, parts in known.items()}), initial=0.0))
        return {"levels_left": min((level for level, _, _ in known.values()), default=None),
                "error_bound": bound if np.isfinite(bound) else None,
                "seconds": plan.forecast.seconds if plan is not None else None, "reason": None}
    except JupyterFHEError as why:
        return {"levels_left": None, "error_bound": None, "seconds": None, "reason": why.detail}


def described(name, value, space, forecasts):
    """One variable, never a value of it.

    Parameters
    ----------
    name : str
    value : EncryptedArray, EncryptedTable, or what is finished at decryption
    space : Space or None
    forecasts : Forecasts

    Returns
    -------
    dict
    """
    value = finished.table_of(value) or value
    facts, session = finished.facts_of(value) if isinstance(value, finished.KINDS) else (None, value.session)
    origin = space.origins.get(value) if space is not None else None
    out = {"name": name, "kind": facts["kind"] if facts else kind_of(value),
           "shape": facts["shape"] if facts else list(value.shape), "computed": True, "levels_left": None,
           "error_bound": None, "seconds": None, "reason": None, "key_id": None if session.is_clear else session.keys.key_id,
           "params": session.params.hash, "preset": session.params.name, "tree_hash": origin.tree.hash if origin else None,
           "dataset": origin_of(origin), "columns": facts["columns"] if facts else columns_of(value)}
    kept = space.results.kept.get(value) if space is not None else None
    if facts:  # planning many parts twice a second would cost more than it says: %fhe explain tells
        size = kept.tree.size if kept else origin.tree.size if origin else 0
        return out | {"dtype": facts["dtype"], "computed": bool(kept or origin), "size": size,
                      "tree_hash": kept.tree.hash if kept else out["tree_hash"]}
    if isinstance(value, EncryptedTable):
        return out | {"dtype": "table", "levels_left": value.table.level, "size": origin.tree.size if origin else 0}
    out |= {"dtype": str(value.dtype), "computed": value.computed, "size": int(value.nbytes)}
    if kept is not None:
        out["tree_hash"] = kept.tree.hash
    return out | forecasts.of(value)


class Variables:
    """Answers comms, and tells them of changes from a thread of its own.

    Parameters
    ----------
    shell : InteractiveShell
    find_space : callable
        Gives the workspace, or None.
    """

    def __init__(self, shell, find_space):
        """Start watching when the first comm opens."""
        self._shell, self._find_space, self._forecasts = shell, find_space, Forecasts()
        self._comms, self._thread = {}, None
        self._lock = threading.RLock()  # held while a message is sent, never while something is found out
        self._seq, self._told, self.busy = 0, {}, False
        self._wake = threading.Event()

    # ---- cells ----
    def started(self, *_):
        """A cell begins."""
        self.busy = True

    def ended(self, *_):
        """A cell ended: look at once."""
        self.busy = False
        self._wake.set()

    # ---- comms ----
    def opened(self, comm, message):
        """A page opened a comm.

        Parameters
        ----------
        comm : Comm
        message : dict
        """
        # where answers go is where a message was sent: what we told from elsewhere must not lead them to the busy main shell
        comm._reply_subshell_for = lambda data, default: default
        comm.on_msg(lambda m: self._asked(comm, m))
        comm.on_close(lambda _: self._gone(comm))
        with self._lock:
            self._comms[comm.comm_id] = comm
            if self._thread is None:
                progress.listeners.add(self._progress)
                self._thread = threading.Thread(target=self._watch, name="jupyterfhe-variables", daemon=True)
                self._thread.start()
        self._list(comm)

    def _gone(self, comm):
        with self._lock:
            self._comms.pop(comm.comm_id, None)
            self._told.pop(comm.comm_id, None)

    def _asked(self, comm, message):
        data = message.get("content", {}).get("data")
        data = data if isinstance(data, dict) else {}
        kind, number = data.get("type"), data.get("id")
        number = number if isinstance(number, str) and len(number) <= 200 else None
        if kind == "list":
            self._list(comm, number)
        elif kind == "cancel":
            cancel_all()
            self._send(comm, {"type": "cancelled", "id": number})
        elif kind == "grant" and isinstance(data.get("grant"), str) and self._find_space() is not None:
            self._find_space().store.http.renew(data["grant"])
            self._send(comm, {"type": "granted", "id": number})
        elif kind == "options" and _is_limit(data.get("memory_limit")):
            options.memory_limit = data["memory_limit"]
            self._send(comm, {"type": "chosen", "id": number})
        else:
            self._send(comm, {"type": "error", "id": number, "code": "bad_request",
                              "message": "there are list, cancel, grant and options"})

    def _send(self, comm, data):
        try:
            with self._lock:
                comm.send(data)
        except Exception:  # a page that left must not stop the watching of others
            self._gone(comm)

    def _progress(self, message):
        for comm in list(self._comms.values()):
            self._send(comm, {"type": "progress", **message})

    # ---- lists ----
    def listed(self):
        """All variables.

        Returns
        -------
        list of dict
        """
        found, space = encrypted(self._shell.user_ns), self._find_space()
        return [described(n, v, space, self._forecasts) for n, v in found]

    def _list(self, comm, number=None):
        rows = self.listed()
        with self._lock:
            self._seq += 1
            self._told[comm.comm_id] = self.busy, rows
            self._send(comm, {"type": "variables", "version": 1, "id": number, "seq": self._seq, "busy": self.busy,
                              "variables": rows})

    def _watch(self):
        while True:
            self._wake.wait(EVERY)
            self._wake.clear()
            if self._comms:
                with contextlib.suppress(Exception):  # the next look may succeed; there is nobody to tell
                    self._look()
                time.sleep(EVERY / 5)  # at most so often, however short cells are

    def _look(self):
        self._forecasts.forget([v for _, v in encrypted(self._shell.user_ns) if isinstance(v, EncryptedArray)])
        rows = self.listed()
        for comm in list(self._comms.values()):
            if self._told.get(comm.comm_id) != (self.busy, rows):
                self._list(comm)

"""Finished results on disk, so that a run that was killed goes on where it stopped: the same plan, the same bytes.

A result is named by the SHA-256 of the plan, the key and all inputs, and its number. Every one is written whole or not at all
as soon as it is ready. What lies in the folder is ciphertexts; whoever writes there could as well write where arrays are saved.
"""

import contextlib
import hashlib
import os
import re
import warnings
from pathlib import Path

from ..core import Ciphertext, containers
from ..core.errors import JupyterFHEError
from .leaf import Held
from .options import options

_OURS = re.compile(r"\.?[0-9a-f]{64}-\d+\.jfhe(\.part-\w+)?")


class Shelf:
    """Results of one run.

    Parameters
    ----------
    folder : path-like
        Made when absent.
    graph : Graph
    plan : Plan
    """

    def __init__(self, folder, graph, plan):
        """Look what there is of these results; what is damaged or of other bounds counts as absent."""
        self._folder, self._plan = Path(folder), plan
        self._folder.mkdir(parents=True, exist_ok=True)
        self._name = _name(graph, plan)
        self.found = {i: held for i in range(len(plan.outputs)) if (held := self._take(i, graph.session.params)) is not None}

    def _path(self, number):
        return self._folder / f"{self._name}-{number}.jfhe"

    def _take(self, number, params):
        try:
            held = Held(Ciphertext.load(params, self._path(number)))
            os.utime(self._path(number))
        except (JupyterFHEError, OSError):
            return None
        out, info = self._plan.outputs[number], held.info
        fits = (info.level, info.magnitude, info.error_worst) == (out.level, out.magnitude, out.error_bound)
        return held if fits else None

    def put(self, number, ciphertext):
        """Keep a result; a folder that takes none costs the next run its time, not this one its results.

        Parameters
        ----------
        number : int
        ciphertext : Ciphertext
        """
        try:
            containers.save(self._path(number), ciphertext.to_bytes())
        except OSError as why:
            warnings.warn(f"a finished result could not be kept in {self._folder}: {why.strerror}. jf.options.shelf names "
                          "another folder, or None.", stacklevel=2)

    def prune(self, limit):
        """Remove the oldest results, of all runs, until at most so many bytes are left; halves of killed processes count too.

        Parameters
        ----------
        limit : int
        """
        kept = []
        for path in self._folder.iterdir():
            if _OURS.fullmatch(path.name):
                with contextlib.suppress(FileNotFoundError):  # another process was faster
                    kept.append((path.stat().st_mtime_ns, path.stat().st_size, path))
        size = sum(s for _, s, _ in kept)
        for _, each, path in sorted(kept):
            if size <= limit:
                break
            path.unlink(missing_ok=True)
            size -= each


def _name(graph, plan):
    """Of all that fixes the bytes of results."""
    out = hashlib.sha256(b"jupyterfhe shelf 1\0" + plan.hash + (graph.session.keys.key_id or "").encode())
    for _, stored in graph.leaves:
        path = getattr(stored, "path", None)
        data = containers.scanned(path, 1 << 32) if path is not None else stored.ciphertext.to_bytes()
        out.update(hashlib.sha256(data).digest())
    return out.hexdigest()


def shelf_for(graph, plan):
    """The shelf of a run, or None: where none is set, and for runs that take less time than files do.

    Parameters
    ----------
    graph : Graph
    plan : Plan

    Returns
    -------
    Shelf or None
    """
    if options.shelf is None or plan.forecast.seconds < options.slow:
        return None
    try:
        return Shelf(options.shelf, graph, plan)
    except OSError as why:
        warnings.warn(f"results are not kept in {options.shelf}: {why.strerror}", stacklevel=2)
        return None

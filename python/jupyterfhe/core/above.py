"""The ring above: the keys with which programs that are too deep for the ring of the data are computed in a larger one.

A folder of keys may hold a folder ``above``: evaluation keys of larger parameters, under a secret that nobody kept, and
``lift.key`` and ``lower.key``, which lead there and back. Plans climb when depth demands it; nobody says so. docs/adr/0038.

In a store, whose trees are flat, the same files are called ``above-`` and their name. docs/adr/0049.
"""

import os
import threading
from pathlib import Path

from . import containers, errors
from .call import Handle
from .engine import engine, ffi, lib
from .keys import ABOVE, MAPPED, EvaluationKeys, Source

LIFT, LOWER = "lift.key", "lower.key"
PREFIX = f"{ABOVE}-"  # of their names in a flat tree
_KINDS = {LIFT: lib.JFHE_EVK_LIFT, LOWER: lib.JFHE_EVK_LOWER}
_WORDS = {LIFT: "lifting", LOWER: "lowering"}


class _Key(Handle):
    """A ``jfhe_evk`` of its own."""

    __slots__ = ()

    def __init__(self, params, source):
        """Load it."""
        pointer, _, kept = source.open(params)
        super().__init__(engine, pointer, lib.jfhe_evk_free, params.pointer, kept)


class Rung(Handle):
    """What joins a smaller ring to that of a plan.

    Parameters
    ----------
    params : Parameters
        Of the larger ring.
    small : Parameters
        Of data and results.
    lift, lower : _Key, optional
        Both absent: typical ones, for plans that explain.
    """

    __slots__ = ("params", "small")

    def __init__(self, params, small, lift=None, lower=None):
        """Join them."""
        self.params, self.small = params, small
        keys = [ffi.NULL if key is None else key.pointer for key in (lift, lower)]
        pointer = engine.make("jfhe_rung", lib.jfhe_rung_new, params.pointer, small.pointer, *keys)
        super().__init__(engine, pointer, lib.jfhe_rung_free, params.pointer, small.pointer, *keys)


class Above:
    """The keys of the ring above those of a folder.

    Parameters
    ----------
    below : EvaluationKeys
        Of the folder.
    folder : path-like
        Its folder ``above``.

    Attributes
    ----------
    keys : EvaluationKeys
        Of the larger ring.
    """

    def __init__(self, below, folder):
        """Read the headers."""
        self.below, self.folder, self.keys = below, folder, EvaluationKeys.open(folder)
        self._rungs, self._lock = {}, threading.Lock()

    @property
    def lacks(self):
        """What is absent, or leads elsewhere, in words; '' where programs can climb."""
        ids = {"from_id": self.below.key_id, "key_id": self.keys.key_id}
        for name, (start, end) in {LIFT: ("from_id", "key_id"), LOWER: ("key_id", "from_id")}.items():
            path = self.folder / name
            if not path.is_file():
                return f"the key for {_WORDS[name]} ({name}) in {self.folder}"
            info = containers.inspect_file(path)
            if info.object != lib.JFHE_OBJECT_EVK or info.kind != _KINDS[name]:
                return f"a key for {_WORDS[name]}: {path} is none"
            if info.params_hash != self.keys.params.hash or info.log_n_other != self.below.params.log_n:
                between = f"{self.below.params.name} and {self.keys.params.name}"
                return f"a key for {_WORDS[name]} between {between}: {path} is of others"
            if (getattr(info, start), getattr(info, end)) != (ids["from_id"], ids["key_id"]):
                return f"a key for {_WORDS[name]} of these secrets: {path} is of others"
        return ""

    def rung(self, *, typical=False):
        """What joins the rings; loads its two keys when first asked for: a folder's are mapped, as those of bootstrapping.

        Parameters
        ----------
        typical : bool, default=False
            For plans without keys: nothing is loaded.

        Returns
        -------
        Rung

        Raises
        ------
        KeyMissingError
            Naming what is absent.
        """
        with self._lock:
            if typical not in self._rungs:
                if not typical and self.lacks:
                    raise errors.KeyMissingError(f"the ring above lacks {self.lacks}", HINT)
                keys = () if typical else [self._key(name) for name in (LIFT, LOWER)]
                self._rungs[typical] = Rung(self.keys.params, self.below.params, *keys)
            return self._rungs[typical]

    def _key(self, name):
        path = self.folder / name
        source = Source(path, containers.inspect_file(path))
        return _Key(self.keys.params, source.mapped(self.keys.params, self.folder / MAPPED))


HINT = ("Ask the owner of the data for the whole folder 'above'; jupyterfhe ladder makes it, in a notebook Add any depth in "
        "the vault.")


def unflatten(flat, folder):
    """Give a folder of keys the ring above it that a flat folder has, as links to the same files.

    Parameters
    ----------
    flat : path-like
        With files ``above-...``, or none.
    folder : path-like
        On the same file system.

    Returns
    -------
    int
        How many files there were.
    """
    found, place = sorted(Path(flat).glob(f"{PREFIX}?*")), Path(folder) / ABOVE
    if found:
        place.mkdir()
    for path in found:
        os.link(path, place / path.name.removeprefix(PREFIX))
    return len(found)

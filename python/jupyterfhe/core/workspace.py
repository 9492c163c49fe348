"""A workspace: one folder with keys and named data.

::

    HOME/keys/       what `jfhe keygen` writes; secret.key only where the owner is
    HOME/keys/above/ keys of a larger ring, for deep programs; perhaps
    HOME/data/NAME/  an encrypted table, or a result that a script saved
    HOME/shelf/      finished results of runs that may be interrupted
    HOME/private/    what the owner keeps to read results: labels that were left out of a table

A machine that computes has a copy without ``private`` and without ``keys/secret.key``.
"""

import os
import re
from pathlib import Path

from .errors import ArgumentError, StorageError

VARIABLE, DEFAULT = "JUPYTERFHE_HOME", ".jupyterfhe"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked(name):
    """A name that is a plain file name everywhere.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Raises
    ------
    ArgumentError
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or ".part-" in name:
        raise ArgumentError("a name in a workspace has 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit",
                            "Choose such a name, for example patients-2024.")
    return name


class Workspace:
    """The folders of one workspace; nothing is read or made.

    Parameters
    ----------
    home : path-like
    """

    __slots__ = ("home",)

    def __init__(self, home):
        """Use :func:`find`, which looks whether it is one."""
        self.home = Path(home)

    @property
    def keys(self):
        """Folder of keys."""
        return self.home / "keys"

    @property
    def data(self):
        """Folder of tables and results."""
        return self.home / "data"

    @property
    def private(self):
        """Folder that stays with the owner."""
        return self.home / "private"

    def place(self, name):
        """Where a table or result of this name lies or would lie.

        Parameters
        ----------
        name : str

        Returns
        -------
        Path

        Raises
        ------
        ArgumentError
            When it is no name.
        """
        return self.data / checked(name)

    def existing(self, name):
        """As :meth:`place`, of what is there.

        Parameters
        ----------
        name : str

        Returns
        -------
        Path

        Raises
        ------
        StorageError
            Naming what there is.
        """
        place = self.place(name)
        if not place.is_dir():
            names = self.names()
            have = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") if names else "nothing"
            other = (f"the folder {name} here is another one, ./{name}" if Path(name).is_dir() else
                     f"jupyterfhe encrypt FILE --as {name} would make it")
            raise StorageError(f"there is nothing called {name} in {self.home}", f"It holds {have}; {other}.")
        return place

    def names(self):
        """Names of all tables and results, sorted.

        Returns
        -------
        list of str
        """
        if not self.data.is_dir():
            return []
        return sorted(p.name for p in self.data.iterdir() if p.is_dir() and _NAME.fullmatch(p.name) and ".part-" not in p.name)

    def __repr__(self):
        """Where it lies."""
        return f"<Workspace {self.home}>"


def find(home=None):
    """The workspace to work in.

    Parameters
    ----------
    home : path-like, optional
        By default what the variable JUPYTERFHE_HOME says, else ``.jupyterfhe`` in the working folder.

    Returns
    -------
    Workspace

    Raises
    ------
    StorageError
        When there is none.
    """
    home = Path(home or os.environ.get(VARIABLE) or DEFAULT)
    if not (home / "keys" / "params.jfhe").is_file():
        where = "" if home == Path(DEFAULT) else f" {home}"
        raise StorageError(f"{home} is no workspace", f"Make one with: jupyterfhe init{where}")
    return Workspace(home)

"""A workspace of a store by names: what ``jf.open``, ``save``, ``secret``, ``datasets``, ``history`` and ``ref`` do."""

import html
import os
import threading

from ..array import EncryptedArray
from ..array import store as folders
from ..array.table import load_table
from ..core import EvaluationKeys, containers, tables
from ..core.above import PREFIX, unflatten
from ..core.errors import ArgumentError, FormatError, KeyMissingError, StorageError
from ..frame import result as results
from ..plan import Session
from ..stats.outcome import opened
from . import finished
from .cache import Cache
from .progress import Show, expected
from .results import Results
from .store import Store
from .transport import StoreError, line
from .trees import NAME, is_hash

PAGE = 200  # snapshots asked for at once
COMMITS = 6  # tries, when others save under the same name meanwhile

_spaces, _making = {}, threading.Lock()


def current():
    """The workspace that the environment names.

    Returns
    -------
    Space or None
        None when JUPYTERFHE_STORE is not set.
    """
    store = Store.of_environment()
    if store is None:
        return None
    with _making:
        name = store.base, store.workspace
        if name not in _spaces:
            _spaces[name] = Space(store, Cache())
        return _spaces[name]


class Listing(list):
    """Rows that print themselves as a table.

    Parameters
    ----------
    title : str
    columns : sequence of str
    rows : iterable of dict
    """

    def __init__(self, title, columns, rows):
        """Keep them."""
        super().__init__(rows)
        self.title, self.columns = title, columns

    def _cells(self):
        return [[str(row.get(c, "")) for c in self.columns] for row in self]

    def __repr__(self):
        """A line a row."""
        if not self:
            return f"{self.title}: nothing"
        cells = [list(self.columns), *self._cells()]
        widths = [max(len(row[i]) for row in cells) for i in range(len(self.columns))]
        return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)

    def _repr_html_(self):
        """A table."""
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in self._cells())
        return f"<table><caption>{html.escape(self.title)}</caption><tr>{head}</tr>{body}</table>"


class Origin:
    """What an array or table was opened as.

    Attributes
    ----------
    tree : Tree
    name, snapshot : str or None
    """

    __slots__ = ("name", "snapshot", "tree")

    def __init__(self, tree, name=None, snapshot=None):
        """Keep the parts."""
        self.tree, self.name, self.snapshot = tree, name, snapshot


class Saved:
    """Where a result lies.

    Attributes
    ----------
    name, snapshot, tree_hash : str
    """

    __slots__ = ("name", "new", "snapshot", "tree_hash")

    def __init__(self, name, snapshot, tree_hash, new):
        """Keep the parts."""
        self.name, self.snapshot, self.tree_hash, self.new = name, snapshot, tree_hash, new

    def __repr__(self):
        """Name and version."""
        return f"<{'saved as' if self.new else 'unchanged:'} {self.name}, version {self.snapshot[:8]}>"


class Space:
    """A workspace of a store.

    Parameters
    ----------
    store : Store
    cache : Cache
    """

    def __init__(self, store, cache):
        """Ask nothing yet."""
        self.store, self.cache, self.results = store, cache, Results(store, cache)
        self.origins = self.results.origins
        self._keys, self._lock = {}, threading.RLock()  # by key id: (EvaluationKeys, hash of their tree)

    # ---- keys ----
    def keys(self, key_id):
        """The evaluation keys of a secret, as files that are mapped.

        Parameters
        ----------
        key_id : str

        Returns
        -------
        EvaluationKeys

        Raises
        ------
        KeyMissingError
            When the workspace has none.
        """
        with self._lock:
            tree = self.store.keys(key_id)
            if tree is None:
                raise KeyMissingError(f"the workspace has no evaluation keys of key {line(key_id, 8)}",
                                      "They are uploaded when keys are made: unlock the vault of this key, and try again.")
            known, of = self._keys.get(key_id, (None, None))
            if of == tree.hash:
                return known
            found = EvaluationKeys.open(self._mapped(tree))
            if found.key_id not in (None, key_id):
                raise KeyMissingError(f"the store gave keys of {found.key_id[:8]} for key {key_id[:8]}")
            if known is not None:  # keys were added: those that are used already stay, so that old and new values meet
                for path in sorted(found.folder.glob("*.key")):
                    known.add(path, parent=path.name.startswith("parent-"))
                known.above = found.above
                found = known
            self._keys[key_id] = found, tree.hash
            return found

    def _mapped(self, tree):
        place, size = self.results.checkout(tree), sum(s for name, (_, s) in tree.files.items() if not name.startswith(PREFIX))

        def unpack(folder):
            with Show("keys", size, expected(size)):
                EvaluationKeys.open(place).unpack(folder)
            unflatten(place, folder)  # its keys are unpacked when a program first climbs

        return self.cache.derived(f"{tree.hash}.keys", unpack)

    @property
    def loaded(self):
        """Ids of keys that were opened."""
        return set(self._keys)

    def session(self, key_id, log_slots):
        """What to compute with.

        Parameters
        ----------
        key_id : str
        log_slots : int

        Returns
        -------
        Session
        """
        session = Session.of(self.keys(key_id), log_slots)
        session.results, session.ask = self.results, lambda: self.keys(key_id)
        return session

    # ---- opening ----
    def _dataset(self, name):
        found = self.store.dataset(_name(name))
        if found is None:
            names = sorted(row["name"] for row in self.store.datasets() if isinstance(row.get("name"), str))
            have = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") if names else "nothing yet"
            raise StorageError(f"there is no dataset called {name} in workspace {self.store.workspace}",
                               f"It holds {have}. Drop a file on the page to add one.")
        return found

    def find(self, name, version=None, branch=None, tag=None):
        """A version of a dataset.

        Parameters
        ----------
        name : str
        version : str or int, optional
            A snapshot's id or its beginning, or its number: 1 is the first of the branch, -1 the newest.
        branch, tag : str, optional

        Returns
        -------
        Snapshot
            With its tree.
        """
        if (version is not None) + (tag is not None) > 1:
            raise ArgumentError("version= and tag= exclude each other", "Give the one that you mean.")
        dataset = self._dataset(name)
        if tag is not None:
            return self._at(name, _chosen(dataset, "tags", tag))
        if version is None:
            heads = dataset.get("branches") or {}
            head = (dataset.get("snapshot") or {}).get("id") if branch is None and "main" not in heads else None
            return self._at(name, head or _chosen(dataset, "branches", branch or "main"))
        if isinstance(version, str) and is_hash(version):
            return self._at(name, version)
        history = self.versions(name, branch)
        if isinstance(version, str):
            found = [s for s in history if len(version) >= 6 and s.id.startswith(version)]
        elif isinstance(version, int) and not isinstance(version, bool):
            number = version - 1 if version > 0 else len(history) + version
            found = history[number:number + 1] if 0 <= number < len(history) and version else []
        else:
            raise ArgumentError("a version is a number or a snapshot's id", "jf.history(name) lists both.")
        if len(found) != 1:
            raise StorageError(f"{name} has no version {line(str(version), 64)}",
                               f"It has {len(history)}; jf.history({name!r}) lists them.")
        return self._at(name, found[0].id)

    def _at(self, name, number):
        found = self.store.snapshot(number)
        if found is None or found.dataset not in (None, name):
            raise StorageError(f"{name} has no version {line(str(number), 8)}", f"jf.history({name!r}) lists them.")
        if found.tree is None:
            found.tree = self.results.tree(found.tree_hash)
        return found

    def versions(self, name, branch=None):
        """All versions of a branch, the oldest first.

        Parameters
        ----------
        name : str
        branch : str, optional

        Returns
        -------
        list of Snapshot
        """
        out, before = [], None
        while True:
            page = self.store.snapshots(name, branch or "main", PAGE, before)
            out += page
            if len(page) < PAGE:
                return out[::-1]
            before = page[-1].id

    def open(self, name, version=None, branch=None, tag=None):
        """A dataset; see :func:`jupyterfhe.open`.

        Parameters
        ----------
        name : str
        version : str or int, optional
        branch, tag : str, optional

        Returns
        -------
        EncryptedArray or EncryptedTable
        """
        found = self.find(name, version, branch, tag)
        return self._load(Origin(found.tree, name, found.id))

    def ref(self, tree_hash):
        """What a reference stands for; see :func:`jupyterfhe.ref`.

        Parameters
        ----------
        tree_hash : str

        Returns
        -------
        EncryptedArray or EncryptedTable
        """
        return self._load(Origin(self.results.tree(tree_hash)))

    def secret(self, name):
        """One number; see :func:`jupyterfhe.secret`.

        Parameters
        ----------
        name : str

        Returns
        -------
        EncryptedScalar
        """
        found = self.open(name)
        if not isinstance(found, EncryptedArray) or found.shape:
            raise ArgumentError(f"{name} is no single number but has shape {found.shape}", f"Use jf.open({name!r}).")
        return found

    def _load(self, origin):
        place = self.results.checkout(origin.tree)
        manifest = tables.manifest_of(place)
        if manifest["format"] == tables.FORMAT:
            table = tables.open_table(place)
            out = load_table(place, self.session(table.key_id, table.log_slots))
        elif manifest["format"] == folders.FORMAT:
            found = folders.read_manifest(place)
            if not found["key"]:
                raise FormatError(f"tree {origin.tree.hash[:8]} does not say which key it is under")
            log_slots = None if found.get("moduli") else found["log_slots"]  # of integers the ring's, which no session has
            out = folders.load(place, self.session(found["key"], log_slots))
        elif manifest["format"] == results.FORMAT:
            found = results.read_manifest(place)["arrays"][0]
            if not found["key"]:
                raise FormatError(f"tree {origin.tree.hash[:8]} does not say which key it is under")
            out = opened(results.load(place, lambda log_slots: self.session(found["key"], log_slots)))
        else:
            raise FormatError(f"tree {origin.tree.hash[:8]} holds no table, array or result but "
                              f"{line(manifest['format'], 40)!r}")
        self.origins.put(out, origin)
        return out

    # ---- saving ----
    def save(self, array, name, replace=False, branch="main"):
        """A new version of a dataset; see :func:`jupyterfhe.save`.

        Parameters
        ----------
        array : EncryptedArray, EncryptedFrame, EncryptedSeries, or an outcome of :mod:`jupyterfhe.stats`
        name : str
        replace : bool
        branch : str

        Returns
        -------
        Saved
        """
        if not isinstance(array, (EncryptedArray, *finished.KINDS)):
            raise TypeError(f"encrypted arrays, frames, series and statistics are saved, not a {type(array).__name__}")
        session = array.session if isinstance(array, EncryptedArray) else finished.facts_of(array)[1]
        if session.is_clear:
            raise StorageError("a simulation is not saved: its numbers are in the clear", "Save encrypted arrays.")
        _name(name)
        self._may(name, self.store.dataset(name), replace)  # before a long computation
        kept = self._computed(array) if isinstance(array, EncryptedArray) else finished.keep(self, array, named=True)
        for _ in range(COMMITS):
            head = self._may(name, self.store.dataset(name), replace)
            parent = ((head or {}).get("branches") or {}).get(branch)
            if parent is not None and self._at(name, parent).tree_hash == kept.tree.hash:
                return self._saved(array, name, parent, kept, new=False)
            content = {"branch": branch, "parent": parent, "tree": kept.tree.json, "key_id": session.keys.key_id,
                       "program": kept.program, "inputs": list(kept.inputs), "rebase": False}
            try:
                return self._saved(array, name, self.store.commit(name, content), kept, new=True)
            except StoreError as why:
                if why.http != 409:
                    raise
        raise StoreError(f"others save {name} again and again", "Wait a little and save again.", 409, "conflict")

    def _computed(self, array):
        self.adopt(array)
        array.compute()
        return self.results.keep(array)

    def _saved(self, array, name, snapshot, kept, new):
        self.origins.put(array, Origin(kept.tree, name, snapshot))
        return Saved(name, snapshot, kept.tree.hash, new)

    @staticmethod
    def _may(name, dataset, replace):
        """Refuse to put a result over what a person uploaded."""
        snapshot = (dataset or {}).get("snapshot") or {}
        computed = snapshot.get("program") or snapshot.get("inputs")
        if dataset is not None and not replace and (dataset.get("kind") == "table" or not computed):
            raise StorageError(f"{name} was uploaded and is no result; nothing was saved",
                               "Choose another name, or save(x, name, replace=True): the old version stays in the history.")
        return dataset

    def adopt(self, array):
        """Let an array that was opened from a folder compute through the store from now on.

        Parameters
        ----------
        array : EncryptedArray
        """
        session = array.session
        if session.results is None and not session.is_clear and session.keys.key_id:
            session.results = self.results

    # ---- lists ----
    def datasets(self):
        """What there is; see :func:`jupyterfhe.datasets`.

        Returns
        -------
        Listing
        """
        rows = []
        for found in self.store.datasets():
            snapshot = found.get("snapshot") if isinstance(found.get("snapshot"), dict) else {}
            tags = found.get("tags") if isinstance(found.get("tags"), dict) else {}
            shape = (snapshot.get("summary") or {}).get("shape")
            rows.append({"name": line(found.get("name"), 127), "kind": line(found.get("kind"), 16),
                         "shape": " x ".join(map(str, shape)) if isinstance(shape, list) else "",
                         "version": line(snapshot.get("id"), 8), "updated": line(found.get("updated"), 19),
                         "size": containers.human(snapshot["size"]) if isinstance(snapshot.get("size"), int) else "",
                         "tags": ", ".join(line(tag, 127) for tag in tags)})
        columns = "name", "kind", "shape", "version", "updated", "size", "tags"
        return Listing(f"datasets of {self.store.workspace}", columns, rows)

    def history(self, name, branch=None):
        """Versions of a dataset; see :func:`jupyterfhe.history`.

        Parameters
        ----------
        name : str
        branch : str, optional

        Returns
        -------
        Listing
        """
        dataset = self._dataset(name)
        tags = dataset.get("tags") if isinstance(dataset.get("tags"), dict) else {}
        rows = []
        for number, found in enumerate(self.versions(name, branch), 1):
            facts = found.facts
            rows.append({"number": number, "version": found.id[:8], "id": found.id, "time": line(facts.get("created"), 19),
                         "by": line(facts.get("actor"), 64), "what": line(facts.get("action"), 16),
                         "tree": found.tree_hash[:8], "tree_hash": found.tree_hash,
                         "program": line(facts.get("program"), 8),
                         "tags": ", ".join(line(t, 127) for t, i in tags.items() if i == found.id)})
        columns = "number", "version", "time", "by", "what", "tree", "program", "tags"
        return Listing(f"versions of {name}", columns, rows[::-1])

    def __repr__(self):
        """Which store."""
        return f"<Space {self.store.workspace} of {self.store.base}>"


def _name(name):
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ArgumentError("a dataset's name has 1 to 127 of A-Z a-z 0-9 . _ -, the first no dot",
                            "Choose such a name, for example patients-2024.")
    return name


def _chosen(dataset, what, name):
    found = dataset.get(what) if isinstance(dataset.get(what), dict) else {}
    if name not in found:
        have = ", ".join(line(n, 127) for n in list(found)[:8]) or "none"
        word = "tag" if what == "tags" else "branch"
        raise StorageError(f"{line(dataset.get('name'), 127)} has no {word} {line(str(name), 127)}", f"There is {have}.")
    return found[name]


def is_dataset(path):
    """Whether a text names a dataset of a store rather than a folder.

    Parameters
    ----------
    path : object

    Returns
    -------
    bool
    """
    return isinstance(path, str) and os.sep not in path

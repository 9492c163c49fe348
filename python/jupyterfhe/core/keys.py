"""Evaluation keys: what a server computes with. None of them opens anything.

A folder of keys holds ``params.jfhe``, ``relin.key``, ``galois-G.key`` for each Galois element G, and perhaps
``parent-G.key``, from which others are derived, and the pair ``sparse.key`` and ``dense.key``, for bootstrapping;
``jfhe keygen`` and :func:`jupyterfhe.client.keygen` both write it.
"""

import contextlib
import hashlib
import mmap
import os
import threading
from pathlib import Path

from . import containers, errors
from .call import Handle
from .engine import engine, ffi, lib
from .parameters import Parameters

RELIN = lib.JFHE_EVK_RELIN
GALOIS = lib.JFHE_EVK_GALOIS
SPARSE, DENSE = lib.JFHE_EVK_SPARSE, lib.JFHE_EVK_DENSE  # to the secret of bootstrapping and back
NAMES = ("relin.key", "galois-*.key", "parent-*.key", "sparse.key", "dense.key")
_FIXED = {RELIN: "relin.key", SPARSE: "sparse.key", DENSE: "dense.key"}
ABOVE = "above"  # folder, beside keys, of those of a larger ring
MAPPED = "mapped"  # folder, beside keys, of the same keys in files that can be mapped


class _Ring(Handle):
    """A ``jfhe_keyring``; what its keys are mapped from lives as long as it does."""

    __slots__ = ("kept",)

    def __init__(self, params):
        self.kept = []
        pointer = engine.make("jfhe_keyring", lib.jfhe_keyring_new, params.pointer)
        super().__init__(engine, pointer, lib.jfhe_keyring_free, params.pointer, self.kept)


class Source:
    """A key's container that may be loaded: a path or bytes, and its header.

    Parameters
    ----------
    data : Path or bytes
    info : Info
    """

    def __init__(self, data, info):
        """Keep both."""
        self.data, self.info = data, info

    def open(self, params):
        """``(jfhe_evk *, bytes resident, what must outlive it)``. A raw file stays where it is; others are expanded."""
        data = self.data
        mapped = self.info.encoding in containers.MAPPABLE and not isinstance(data, bytes)
        if not isinstance(data, bytes):
            data = _map(data) if mapped else containers.read(data, containers.KEY_MAX)
        view = engine.source(data)
        read = lib.jfhe_evk_map if mapped else lib.jfhe_evk_read
        pointer = engine.make("jfhe_evk", read, params.pointer, view, len(view), at=1)
        return pointer, 0 if mapped else lib.jfhe_evk_bytes(pointer), view if mapped else None

    @property
    def key_id(self):
        """Of the secret whose holder made it."""
        return self.info.from_id if self.info.kind == SPARSE else self.info.key_id

    def mapped(self, params, folder):
        """The same key in a file of `folder` that can be mapped: written once, shared by all processes that need it.

        Itself where that cannot be, on a folder that takes no files for instance.
        """
        if isinstance(self.data, bytes) or self.info.encoding in containers.MAPPABLE:
            return self
        with contextlib.suppress(OSError), open(containers.regular(self.data), "rb") as file:
            # the header has the seed and the checksum of all that follows, so it names the key
            path = folder / f"{hashlib.sha256(file.read(containers.HEADER_MAX)).hexdigest()}.key"
            if not path.exists():
                folder.mkdir(exist_ok=True)
                containers.save(path, self.rewritten(params, "raw-seeded"), replace=False)
            info = containers.inspect_file(path)
            if all(getattr(info, n) == getattr(self.info, n) for n in ("kind", "galois", "level", "key_id", "from_id")):
                return Source(path, info)
        return self

    def rewritten(self, params, encoding):
        """The container in another encoding."""
        number = containers.ENCODINGS[encoding]
        pointer, _, _kept = self.open(params)
        try:
            return containers.written(lib.jfhe_evk_write_size(pointer, number), lib.jfhe_evk_write, pointer, number)
        finally:
            lib.jfhe_evk_free(pointer)

    def __str__(self):
        """Where it lies."""
        return "a key given as bytes" if isinstance(self.data, bytes) else str(self.data)


def _map(path):
    with open(containers.regular(path), "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class EvaluationKeys:
    """The switching keys of one secret: found in a folder, loaded when an operation first needs them.

    Keys written with encoding 'raw' or 'raw-seeded' (see :meth:`unpack`) are mapped: the system reads of the file what is
    used, shares it between processes, and drops it when memory is short. Such a file must not be cut short meanwhile.

    Parameters
    ----------
    params : Parameters
    """

    def __init__(self, params):
        """Start empty; see :meth:`open` and :meth:`add`."""
        self.params, self.key_id, self.folder = params, None, None
        self.above = None  # where keys of the ring above would lie (above.py)
        self._sources = {}  # (kind, Galois element): Source
        self._parents = {}  # Galois element: Source
        self._ring, self._parent_ring = _Ring(params), None
        self._loaded, self._resident = {}, 0  # (kind, Galois element): highest level loaded
        self._light = []  # what the bootstraps want that have light keys
        self._lock = threading.RLock()

    @classmethod
    def open(cls, folder, params=None):
        """Find the keys of a folder; their headers are read, nothing else.

        Parameters
        ----------
        folder : path-like
        params : Parameters, optional
            ``params.jfhe`` of the folder by default.

        Returns
        -------
        EvaluationKeys

        Raises
        ------
        KeyMissingError
            When keys of different secrets lie there.
        FormatError
            For a file called ``*.key`` that is no evaluation key.
        """
        folder = Path(folder)
        self = cls(params or Parameters.load(folder))
        self.folder, self.above = folder, folder / ABOVE
        for path in sorted(p for names in NAMES for p in folder.glob(names)):
            self.add(path, parent=path.name.startswith("parent-"))
        return self

    # ---- adding ----
    def add(self, source, *, parent=False):
        """Add a key; it is loaded when it is needed.

        Parameters
        ----------
        source : path-like or bytes
            One container.
        parent : bool, default=False
            Whether others are to be derived from it (:meth:`derive`).

        Raises
        ------
        ContextError, KeyMissingError, FormatError
            When it is of other parameters, of another secret, or no key.
        """
        data = source if isinstance(source, bytes) else Path(source)
        info = containers.inspect(data) if isinstance(data, bytes) else containers.inspect_file(data)
        found = Source(data, info)
        self._judge(found)
        with self._lock:
            table, name = (self._parents, info.galois) if parent else (self._sources, (info.kind, info.galois))
            if name not in table or table[name].info.level < info.level:
                table[name] = found
            self.key_id = found.key_id

    def _judge(self, found):
        info = found.info
        if info.object != lib.JFHE_OBJECT_EVK or info.kind not in (RELIN, GALOIS, SPARSE, DENSE):
            raise errors.FormatError(f"{found} is a {info.object_text}, not a key to compute with",
                                     "A server needs relin.key, galois-*.key and perhaps the pair sparse.key and dense.key; a "
                                     "secret key never goes there.")
        if info.params_hash != self.params.hash:
            raise errors.ContextError(f"{found} is of other parameters than {self.params}")
        if self.key_id not in (None, found.key_id):
            raise errors.KeyMissingError(f"{found} is of key {found.key_id[:8]}, the others are of {self.key_id[:8]}",
                                         "Keep the keys of each secret in a folder of their own.")

    def _load(self, ring, found):
        pointer, resident, kept = found.open(self.params)
        with self.params.gate.alone():
            status = lib.jfhe_keyring_add(ring.pointer, pointer)
            if status == lib.JFHE_OK and kept is not None:
                ring.kept.append(kept)
        if status != lib.JFHE_OK:
            why = engine.error(status)
            lib.jfhe_evk_free(pointer)
            raise why
        self._resident += resident

    def need(self, *, relin=False, rotations=(), conjugate=False, galois=()):
        """Load these keys, so that an operation finds them.

        Parameters
        ----------
        relin : bool, default=False
        rotations : iterable of int
        conjugate : bool, default=False
        galois : iterable of int
            Galois elements.

        Returns
        -------
        cdata
            The ``jfhe_keyring *``.

        Raises
        ------
        KeyMissingError
            Naming what is absent.
        """
        wanted = [(RELIN, 0)] if relin else []
        wanted += [(GALOIS, self.params.galois(k)) for k in rotations]
        wanted += [(GALOIS, self.params.galois_conjugate)] if conjugate else []
        wanted += [(GALOIS, g) for g in galois]
        for name in wanted:
            self._need(name)
        return self._ring.pointer

    # ---- bootstrapping ----
    def need_bootstrap(self, wants):
        """Load the keys for bootstrapping: a folder's are mapped from files that its sub-folder ``mapped`` gets once.

        Parameters
        ----------
        wants : jupyterfhe.core.bootstrap.Wants

        Raises
        ------
        KeyMissingError
            Naming what is absent, or serves too low a level.

        Notes
        -----
        Memory: what the system keeps of the files, shared between processes: 251 MB with preset 'deep-lean'. Where no file can
        be written, as much in memory.
        """
        lacking = self.lacks_for_bootstrap(wants)
        if lacking:
            raise errors.KeyMissingError(f"bootstrapping lacks {lacking}",
                                         "Ask the owner for all keys of a workspace: jupyterfhe init --preset deep-lean.")
        for name in self._bootstrap_levels(wants):
            if self.folder is not None and name not in self._loaded:
                self._sources[name] = self._sources[name].mapped(self.params, self.folder / MAPPED)
            self._need(name)

    def lighten(self, bootstrap):
        """Add light forms of the keys for a bootstrap's lowest levels, once: it takes less time then.

        Parameters
        ----------
        bootstrap : jupyterfhe.core.Bootstrap
            Whose keys are loaded: :meth:`need_bootstrap`.

        Notes
        -----
        Memory: 34 MB with preset 'deep-lean' and all slots. They are computed from the keys, and never written.
        """
        with self._lock:
            if bootstrap.wants not in self._light:
                with self.params.gate:
                    engine.check(lib.jfhe_bootstrap_lighten(bootstrap.pointer, self._ring.pointer))
                self._light.append(bootstrap.wants)

    def lacks_for_bootstrap(self, wants):
        """What is absent, or serves too low a level, among the keys for bootstrapping, in words; '' where nothing is.

        Parameters
        ----------
        wants : jupyterfhe.core.bootstrap.Wants

        Returns
        -------
        str
        """
        for name, level in self._bootstrap_levels(wants).items():
            found = self._sources.get(name)
            if found is None:
                return f"the key for {self._words(name)} {self._where()}"
            if found.info.level < level:
                return (f"a key for {self._words(name)} up to level {level}; the one {self._where()} serves level "
                        f"{found.info.level}")
        return ""

    def _bootstrap_levels(self, wants):
        """Names of the keys for bootstrapping, with the level that each must serve."""
        galois = {k: self.params.galois(k) for k in wants.rotations}
        return {(SPARSE, 0): 0, (DENSE, 0): 0, (RELIN, 0): wants.sine, (GALOIS, self.params.galois_conjugate): wants.sine,
                **{(GALOIS, galois[k]): level for k, level in wants.rotations.items()}}

    def _need(self, name):
        found = self._sources.get(name)
        if found is None and name not in self._loaded:
            raise errors.KeyMissingError(f"there is no key for {self._words(name)} {self._where()}")
        if found is None or self._loaded.get(name, -1) >= found.info.level:
            return
        with self._lock:
            if self._loaded.get(name, -1) < found.info.level:
                self._load(self._ring, found)
                self._loaded[name] = found.info.level

    def _words(self, name):
        kind, g = name
        if kind == RELIN:
            return "relinearisation (products of ciphertexts)"
        if kind == SPARSE:
            return "the way to the sparse secret (sparse.key)"
        if kind == DENSE:
            return "the way back from the sparse secret (dense.key)"
        return "conjugation" if g == self.params.galois_conjugate else f"rotation by {self._rotation(g)} (galois-{g}.key)"

    def _where(self):
        return f"among the {len(self._sources)} of {self.folder}" if self.folder else f"among the {len(self._sources)} added"

    def _rotation(self, galois):
        """The rotation of a Galois element, of smallest size."""
        order, at = self.params.slots, 1
        for k in range(order):
            if at == galois:
                return k if k <= order // 2 else k - order
            at = at * 5 % (4 * order)
        return None

    # ---- deriving ----
    @property
    def can_derive(self):
        """Whether there are parent keys."""
        return bool(self._parents)

    def derive(self, rotations):
        """Make rotation keys of the parent keys, without any secret.

        Parameters
        ----------
        rotations : iterable of int

        Raises
        ------
        KeyMissingError
            When a parent is absent; the message names its rotation.

        Notes
        -----
        Cost: as many key switches a key as it has digits. Noise grows with the signed binary digits of the rotation.
        """
        with self._lock:
            if self._parent_ring is None and self._parents:
                ring = _Ring(self.params)
                for found in self._parents.values():
                    self._load(ring, found)
                self._parent_ring = ring
            if self._parent_ring is None:
                raise errors.KeyMissingError(f"there is no parent key {self._where()}",
                                             "Ask the owner for client.keygen(..., parents=True).")
            wanted = [int(k) for k in rotations]
            before = self.count
            with self.params.gate.alone():
                engine.check(lib.jfhe_keyring_derive(self._ring.pointer, self.params.pointer, self._parent_ring.pointer,
                                                     ffi.new("int32_t[]", wanted), len(wanted)))
            self._note(wanted, before)

    def _note(self, rotations, before):
        """Count what :meth:`derive` added."""
        for k in rotations:
            name = (GALOIS, self.params.galois(k))
            key = lib.jfhe_keyring_galois(self._ring.pointer, name[1])
            if key != ffi.NULL and self._loaded.get(name, -1) < lib.jfhe_evk_level(key):
                self._loaded[name] = lib.jfhe_evk_level(key)
                self._resident += lib.jfhe_evk_bytes(key)

    # ---- what there is ----
    @property
    def count(self):
        """Keys loaded now."""
        return lib.jfhe_keyring_count(self._ring.pointer)

    @property
    def nbytes(self):
        """Bytes in memory now; mapped keys are not counted."""
        return self._resident

    @property
    def has_relin(self):
        """Whether products of ciphertexts are possible."""
        return (RELIN, 0) in self._sources

    @property
    def has_pair(self):
        """Whether the two keys of the sparse secret are there, which nothing but bootstrapping needs."""
        return (SPARSE, 0) in self._sources and (DENSE, 0) in self._sources

    @property
    def galois(self):
        """Galois elements there are, loaded or not."""
        return sorted({g for kind, g in [*self._sources, *self._loaded] if kind == GALOIS})

    @property
    def rotations(self):
        """Rotations there are keys for, of smallest size each."""
        return sorted(self._rotation(g) for g in self.galois if g != self.params.galois_conjugate)

    def missing(self, rotations):
        """Those of some rotations there is no key for.

        Parameters
        ----------
        rotations : iterable of int

        Returns
        -------
        list of int
        """
        have = set(self.galois)
        return [k for k in rotations if self.params.galois(k) not in have]

    def unpack(self, folder, *, expand=False):
        """Write all keys as files that can be mapped, for a server that starts often.

        Parameters
        ----------
        folder : path-like
            Made when absent.
        expand : bool, default=False
            Write the public halves too: twice the bytes, less work at each use.

        Returns
        -------
        EvaluationKeys
            Those of the new folder.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        encoding = "raw" if expand else "raw-seeded"
        self.params.save(folder / "params.jfhe")
        for prefix, table in (("galois", self._sources), ("parent", self._parents)):
            for found in table.values():
                name = _FIXED.get(found.info.kind) or f"{prefix}-{found.info.galois}.key"
                containers.save(folder / name, found.rewritten(self.params, encoding))
        return type(self).open(folder, self.params)

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("EvaluationKeys are not pickled: a pickle runs code where it is opened. "
                        "Send the folder's files and use EvaluationKeys.open().")

    def __repr__(self):
        """How many keys, of which secret, how much memory."""
        where = f" in {os.fspath(self.folder)}" if self.folder else ""
        return (f"<EvaluationKeys of key {(self.key_id or 'none')[:8]}{where}: {len(self._sources)} keys, {self.count} loaded, "
                f"{containers.human(self.nbytes)}>")

"""Secret and public keys, and the making of evaluation keys. Files and folders as ``jfhe keygen`` writes and reads them."""

import contextlib
import os
import threading
import weakref
from pathlib import Path

from ..core import containers
from ..core.bootstrap import wants as bootstrap_wants
from ..core.call import Handle
from ..core.errors import ClosedError, KeyMissingError
from ..core.parameters import Parameters
from . import files
from .engine import context_of, engine, ffi, lib

SECRET_FILE, PUBLIC_FILE, PARAMS_FILE, RELIN_FILE = "secret.key", "public.key", "params.jfhe", "relin.key"
SPARSE_FILE, DENSE_FILE = "sparse.key", "dense.key"


class SecretKey(Handle):
    """The secret: whoever holds it opens everything encrypted under it.

    Wiped from memory by :meth:`close`, at the end of a ``with`` block, when Python forgets it, and at exit.
    Use :meth:`load` or :meth:`generate`; :func:`keygen` makes a whole folder of keys.
    """

    __slots__ = ("_end", "_lock", "_process", "context", "id", "params", "path")

    def __init__(self, context, pointer, path=None):
        """Use the class methods instead."""
        self.context, self.params, self.path = context, context.params, path
        self._process = os.getpid()
        self._lock = threading.Lock()  # the engine's source of noise is part of the key: one call at a time
        self.id = engine.text(lib.jfhe_sk_id, lib.JFHE_ID_BYTES, pointer)
        self._own(pointer)

    def _own(self, pointer):
        super().__init__(engine, pointer, lib.jfhe_sk_free, self.context.pointer)
        self._end = weakref.finalize(self, ffi.release, self.pointer)  # at exit too: freeing wipes

    @classmethod
    def generate(cls, params):
        """Make a key in memory alone.

        Parameters
        ----------
        params : jupyterfhe.core.Parameters

        Returns
        -------
        SecretKey
        """
        context = context_of(params)
        return cls(context, engine.make("jfhe_sk", lib.jfhe_sk_new, context.pointer))

    @classmethod
    def load(cls, path, params=None):
        """Read a key that nobody else may read.

        Parameters
        ----------
        path : path-like
            A folder of keys, or the file in it.
        params : jupyterfhe.core.Parameters, optional
            ``params.jfhe`` beside the file by default.

        Returns
        -------
        SecretKey

        Raises
        ------
        StorageError
            When others may read the file.
        FormatError
            And its kinds, when it holds no secret key.
        """
        path = Path(path)
        path = (path / SECRET_FILE if path.is_dir() else path).absolute()
        context = context_of(params or Parameters.load(path.parent))
        return cls(context, _read(context, path), path)

    @contextlib.contextmanager
    def use(self):
        """The engine's pointer, for one call at a time.

        Yields
        ------
        cdata
            A ``jfhe_sk *``.

        Raises
        ------
        ClosedError
        """
        with self._lock:
            if self._process != os.getpid():  # both would go on with the same noise, which opens what they encrypt
                raise ClosedError(f"the secret key {self.id[:8]} was loaded before this process was forked",
                                  "Load it in each process: SecretKey.load(folder).")
            if not self._end.alive:
                raise ClosedError(f"the secret key {self.id[:8]} was closed", "Load it again: SecretKey.load(folder).")
            with self.context.gate:
                yield self.pointer

    def close(self):
        """Wipe it from memory. The file stays."""
        with self._lock:
            self._end()
            self.pointer = None

    def __enter__(self):
        """Itself."""
        return self

    def __exit__(self, *_):
        """Close."""
        self.close()

    @property
    def closed(self):
        """Whether it was wiped."""
        return not self._end.alive

    @property
    def releases(self):
        """Releases counted so far under this key."""
        with self.use() as pointer:
            return lib.jfhe_sk_releases(pointer)

    # ---- files ----
    def save(self, path):
        """Write it to a new file that nobody else may read; whoever reads it holds the key.

        Parameters
        ----------
        path : path-like
            Must not exist. Later releases are counted in this file.
        """
        with self.use() as pointer:
            _write(pointer, path, files.write_new_secret)
        self.path = Path(path).absolute()

    @contextlib.contextmanager
    def counted(self):
        """The pointer for a release: of the count that the file holds now, and the file holds the new one before this ends.

        Yields
        ------
        cdata
            A ``jfhe_sk *``. What is released with it must not leave before the block ended without an exception.
        """
        if self.path is None:
            with self.use() as pointer:
                yield pointer
            return
        with files.locked(self.path.parent), self.use():
            pointer = _read(self.context, self.path)
            if engine.text(lib.jfhe_sk_id, lib.JFHE_ID_BYTES, pointer) != self.id:
                lib.jfhe_sk_free(pointer)
                raise KeyMissingError(f"{self.path} is another key now than {self.id[:8]}",
                                      "Releases are counted in the key's file: put it back.")
            self._end()
            self._own(pointer)
            yield pointer
            _write(pointer, self.path, files.replace_secret)

    # ---- published keys ----
    def public_bytes(self):
        """A public key's container, for those who shall encrypt for this key's holder.

        Returns
        -------
        bytes
        """
        with self.use() as pointer:
            key = engine.make("jfhe_pk", lib.jfhe_keygen_public, self.context.pointer, pointer)
        return _published("pk", key)

    def relin_bytes(self, level=None):
        """A relinearisation key's container.

        Parameters
        ----------
        level : int, optional
            Highest level served; a lower one makes a smaller key.

        Returns
        -------
        bytes
        """
        return self._evk(lib.jfhe_keygen_relin, self.params.levels if level is None else level)

    def galois_bytes(self, galois, level=None):
        """A Galois key's container: of a rotation or the conjugation, as ``params.galois(k)`` says.

        Parameters
        ----------
        galois : int
        level : int, optional
            As of :meth:`relin_bytes`.

        Returns
        -------
        bytes
        """
        return self._evk(lib.jfhe_keygen_galois, galois, self.params.levels if level is None else level)

    def parent_bytes(self, galois):
        """A parent key's container, of which servers derive others.

        Parameters
        ----------
        galois : int

        Returns
        -------
        bytes
        """
        return self._evk(lib.jfhe_keygen_parent, galois)

    def pair_bytes(self):
        """Two containers: the keys of the way to a sparse secret, which nobody keeps, and back; for bootstrapping.

        Returns
        -------
        tuple of bytes
        """
        down, up = ffi.new("jfhe_evk **"), ffi.new("jfhe_evk **")
        with self.use() as pointer:
            engine.check(lib.jfhe_keygen_bootstrap(down, up, self.context.pointer, pointer))
        try:
            first = _published("evk", down[0])
        except BaseException:
            lib.jfhe_evk_free(up[0])
            raise
        return first, _published("evk", up[0])

    def rung_bytes(self, below):
        """Two containers: the keys that lift what is under the secret of a smaller ring to this one, and lower it again.

        Parameters
        ----------
        below : SecretKey
            Of parameters whose primes this key's carry.

        Returns
        -------
        tuple of bytes

        Raises
        ------
        ContextError
            When the rings are not on one ladder.
        """
        with self.use() as mine, below.use() as theirs:
            lift = engine.make("jfhe_evk", lib.jfhe_keygen_lift, self.context.pointer, theirs, mine)
            lower = engine.make("jfhe_evk", lib.jfhe_keygen_lower, self.context.pointer, mine, theirs)
        return _published("evk", lift), _published("evk", lower)

    def _evk(self, make, *args):
        with self.use() as pointer:
            key = engine.make("jfhe_evk", make, self.context.pointer, pointer, *args)
        return _published("evk", key)

    def add_rotations(self, folder, rotations):
        """Add rotation keys to a folder that a server computes with; those that are there already stay.

        Parameters
        ----------
        folder : path-like
        rotations : iterable of int
        """
        for g in dict.fromkeys(self.params.galois(k) for k in rotations):
            self._add_galois(folder, g, self.params.ceiling)

    def add_bootstrap(self, folder, *log_slots):
        """Add the keys for bootstrapping to a folder for a server: before others, for they serve more levels.

        Parameters
        ----------
        folder : path-like
        *log_slots : int
            log2 of the slots of what is bootstrapped, of each kind that there is; all slots by default. Fewer need a key more a
            halving.
        """
        each = [bootstrap_wants(self.params, n) for n in log_slots or [None]]
        sine, rotations = max(w.sine for w in each), {}
        for k, level in (pair for w in each for pair in w.rotations.items()):
            rotations[k] = max(level, rotations.get(k, 0))
        files.write_new(Path(folder) / RELIN_FILE, self.relin_bytes(sine))
        self._add_galois(folder, self.params.galois_conjugate, sine)
        for k, level in rotations.items():
            self._add_galois(folder, self.params.galois(k), level)
        for name, data in zip((SPARSE_FILE, DENSE_FILE), self.pair_bytes(), strict=True):
            files.write_new(Path(folder) / name, data)

    def _add_galois(self, folder, g, level):
        path = Path(folder) / f"galois-{g}.key"
        if not path.exists():
            files.write_new(path, self.galois_bytes(g, level))

    def __reduce_ex__(self, protocol):
        """Refuse."""
        raise TypeError("a secret key is not pickled: a pickle leaves its holder's control. save(path) writes a private file.")

    def __repr__(self):
        """Name of the key, parameters; nothing of the secret."""
        return f"<SecretKey {self.id[:8]}, {self.params.name}{', closed' if self.closed else ''}>"


def _read(context, path):
    data = files.read_secret(path)
    try:
        view = engine.source(data)
        with context.gate:
            pointer = engine.make("jfhe_sk", lib.jfhe_sk_read, context.pointer, view, len(view), at=1)
    finally:
        files.wipe(data)
    return pointer


def _write(pointer, path, write):
    data = bytearray(lib.jfhe_sk_write_size(pointer))
    try:
        engine.check(lib.jfhe_sk_write(engine.target(data), len(data), pointer))
        write(path, data)
    finally:
        files.wipe(data)


def _published(kind, key):
    """The seeded container of a key, which is freed."""
    write, size, free = (getattr(lib, f"jfhe_{kind}_{verb}") for verb in ("write", "write_size", "free"))
    try:
        data = bytearray(size(key, lib.JFHE_ENCODING_SEEDED))
        engine.check(write(engine.target(data), len(data), key, lib.JFHE_ENCODING_SEEDED))
        return bytes(data)
    finally:
        free(key)


class PublicKey(Handle):
    """Encrypts for the holder of a secret key, and opens nothing."""

    __slots__ = ("context", "id", "params")

    def __init__(self, params, data):
        """Read a container.

        Parameters
        ----------
        params : jupyterfhe.core.Parameters
        data : bytes-like
        """
        record = ffi.new("jfhe_info *")
        view = engine.source(data)
        engine.check(lib.jfhe_inspect(view, len(view), record))
        self.params, self.context, self.id = params, context_of(params), bytes(record.key_id).hex()
        pointer = engine.make("jfhe_pk", lib.jfhe_pk_read, self.context.pointer, view, len(view), at=1)
        super().__init__(engine, pointer, lib.jfhe_pk_free, self.context.pointer)

    @classmethod
    def load(cls, path, params=None):
        """Read ``public.key`` of a folder of keys, or that file.

        Parameters
        ----------
        path : path-like
        params : jupyterfhe.core.Parameters, optional
            ``params.jfhe`` beside the file by default.

        Returns
        -------
        PublicKey
        """
        path = Path(path)
        path = path / PUBLIC_FILE if path.is_dir() else path
        return cls(params or Parameters.load(path.parent), containers.read(path, containers.KEY_MAX))

    @contextlib.contextmanager
    def use(self):
        """The engine's pointer.

        Yields
        ------
        cdata
            A ``jfhe_pk *``.
        """
        with self.context.gate:
            yield self.pointer

    def __repr__(self):
        """Name of the secret that it encrypts for."""
        return f"<PublicKey of {self.id[:8]}, {self.params.name}>"


def keygen(folder, params="stats", *, rotations="powers", conjugate=True, parents=(), bootstrap=None):
    """Make a secret key and a folder of keys, as ``jfhe keygen`` does.

    Parameters
    ----------
    folder : path-like
        Must not exist; it appears complete or not at all. All files but ``secret.key`` may go to the machine that computes.
    params : str or jupyterfhe.core.Parameters, default='stats'
        A preset's name, or parameters.
    rotations : 'powers', 'both', 'none' or iterable of int, default='powers'
        Rotations to make keys for; 'powers' are 1, 2, 4, ... as sums over slots need, 'both' those and -1, -2, -4, ...: rolls,
        joins and convolutions then take a half to a seventh of the rotations, and keys 1.8 times the bytes.
    conjugate : bool, default=True
        Whether to make the conjugation's key.
    parents : 'all' or iterable of int, default=()
        Rotations to make parent keys for, of which a server derives others; 'all' are the powers of two in both directions,
        which make every rotation.
    bootstrap : bool, optional
        Whether to make the keys for bootstrapping; by default where the parameters have levels for it ('deep-lean': 188 MB;
        'deep': 309 MB). Other keys then serve the levels below.

    Returns
    -------
    SecretKey
        Open; close it when done.

    Raises
    ------
    StorageError
        When the folder exists.
    """
    params = Parameters.preset(params) if isinstance(params, str) else params
    powers = [1 << i for i in range(params.log_n - 1)]
    both = [*powers, *(-k for k in powers[:-1])]  # half the slots is its own opposite
    named = {"powers": powers, "both": both, "none": []}
    rotations = named.get(rotations, rotations) if isinstance(rotations, str) else rotations
    parents = [sign * k for k in powers for sign in (1, -1)] if parents == "all" else parents
    secret = SecretKey.generate(params)
    try:
        with files.staged(folder) as part:
            files.write_new(part / PARAMS_FILE, params.to_bytes())
            secret.save(part / SECRET_FILE)
            files.write_new(part / PUBLIC_FILE, secret.public_bytes())
            if params.bootstrap_levels is not None if bootstrap is None else bootstrap:
                secret.add_bootstrap(part)
            else:
                files.write_new(part / RELIN_FILE, secret.relin_bytes(params.ceiling))
            secret.add_rotations(part, rotations)
            if conjugate:
                secret._add_galois(part, params.galois_conjugate, params.ceiling)
            for g in dict.fromkeys(params.galois(k) for k in parents):
                files.write_new(part / f"parent-{g}.key", secret.parent_bytes(g))
    except BaseException:
        secret.close()
        raise
    secret.path = Path(os.path.abspath(folder)) / SECRET_FILE
    return secret

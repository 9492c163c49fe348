"""Encrypting tables: a file of rows becomes a folder that :func:`jupyterfhe.core.tables.open_table` reads.

Three readings: what columns hold, whether every cell fits (and its range), and the encryption. Before the third nothing is
written; the folder then appears complete or not at all.
"""

import contextlib
import fcntl
import hashlib
import json
import math
import os
import shutil
from pathlib import Path

import numpy as np

from ..core import errors
from ..core.integers import moduli, modulus_bits
from ..core.tables import FILES_MAX, FORMAT, MANIFEST
from . import files
from .cipher import seal
from .integers import seal_integers
from .tables_cells import MISSING
from .tables_declared import specify
from .tables_files import open_source
from .tables_rows import Faults, TableError
from .tables_survey import LABELS, Survey

__all__ = ["Draft", "TableError", "draft", "open_source"]


@contextlib.contextmanager
def _silent(total, words):
    """A progress that shows nothing: like others, told how far a job of `total` went on."""
    yield lambda n: None


class Draft:
    """A table that was read and not encrypted yet.

    Attributes
    ----------
    specs : list of Spec
        The columns as they will be encrypted.
    rows : int
    left_out : list of str
    """

    def __init__(self, source, specs, rows, left_out, words):
        """Use :func:`draft`."""
        self.source, self.specs, self.rows, self.left_out, self._words = source, specs, rows, left_out, words

    def encrypt(self, folder, key, *, level=None, log_slots=None, results=None, progress=_silent):
        """Encrypt it.

        Parameters
        ----------
        folder : path-like
            Must not exist; appears complete or not at all.
        key : SecretKey or PublicKey
        level : int, optional
            Multiplications that shall be possible; all by default.
        log_slots : int, optional
            log2 of the rows of a chunk; all that the ring has by default, so that every table of a key can meet every other.
        results : int, optional
            Of exact integers: bits that the largest result shall have, sign included, up to 64. By default as
            :func:`result_bits` says.
        progress : callable, optional
            ``with progress(total, words) as tell``; ``tell(n)`` says that n more rows were encrypted.

        Returns
        -------
        dict
            ``bytes`` and ``files``.

        Raises
        ------
        StorageError
            When the folder exists.
        TableError
            When the file changed meanwhile.

        Notes
        -----
        Memory: a chunk of every column, whatever the rows. Time: one encryption a chunk and column.
        """
        params = key.params
        level = params.ceiling if level is None else level
        log_slots = params.log_n - 1 if log_slots is None else log_slots
        if not 0 <= log_slots < params.log_n or not 0 <= level <= params.levels:
            raise errors.ArgumentError(f"with {params} a level is 0 to {params.levels} and log2 of the slots 0 to "
                                       f"{params.log_n - 1}")
        for spec in self.specs:
            spec.choose(params)
        primes = self._moduli(params, results)
        vectors = sum((1 + spec.masked) * (spec.approximate + len(primes) * (spec.exact != "no")) for spec in self.specs)
        if -(-self.rows >> log_slots) * vectors > FILES_MAX:
            raise TableError(f"{self.source.path}: would make more than {FILES_MAX} files")
        with _stage(folder) as part, progress(self.rows, "encrypting") as tell:
            sealer = _Sealer(part, self.specs, key, level, log_slots, primes)
            faults = Faults()
            for batch in self.source.batches(faults, lambda n: None):
                sealer.take(batch, self._words, self.source.path)
                tell(batch.rows)
            sealer.finish()
            if faults.count or sealer.rows != self.rows:
                raise TableError(f"{self.source.path} changed while it was read")
            manifest = sealer.manifest(params, key, level, log_slots)
            sealer.write(MANIFEST, (json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())
            sealer.sync()
        return {"bytes": sealer.bytes, "files": sealer.files}

    def _moduli(self, params, results):
        """Moduli of the exact columns, one choice for all, so that they can meet."""
        exact = [spec for spec in self.specs if spec.exact != "no"]
        if not exact:
            return ()
        return moduli(params, results or result_bits(params, exact, self.rows))


def result_bits(params, specs, rows):
    """Bits for the results of exact columns: sums of each, and of squares and products where these take two moduli at the most.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters
    specs : list of Spec
        With bounds.
    rows : int

    Returns
    -------
    int
    """
    most = max(max(abs(math.ceil(s.lo)), abs(math.floor(s.hi)), 1) for s in specs)
    sums, squares = ((2 * rows * n + 1).bit_length() for n in (most, most * most))
    two = modulus_bits(params) * 2 - 1
    return min(squares, max(two, sums), 63) if squares > sums else min(sums, 63)


class _Vector:
    """A column's numbers on their way into chunks.

    Parameters
    ----------
    slots : int
        Rows of a chunk.
    dtype : dtype
    seal : callable of (int, ndarray)
        Encrypts a chunk, of a number.
    """

    def __init__(self, slots, dtype, seal):
        """Start empty."""
        self._numbers, self._seal, self._at, self._chunk = np.zeros(slots, dtype=dtype), seal, 0, 0

    def add(self, numbers):
        """Take numbers; full chunks are encrypted, and wiped."""
        done = 0
        while done < len(numbers):
            n = min(len(numbers) - done, len(self._numbers) - self._at)
            self._numbers[self._at:self._at + n] = numbers[done:done + n]
            done, self._at = done + n, self._at + n
            if self._at == len(self._numbers):
                self.finish()

    def finish(self):
        """Encrypt what there is."""
        if self._at:
            self._seal(self._chunk, self._numbers)
            self._numbers.fill(0)
            self._chunk, self._at = self._chunk + 1, 0


class _Sealer:
    """Encrypts a table's chunks as they fill."""

    def __init__(self, folder, specs, key, level, log_slots, primes):
        self._folder, self._specs, self._key, self._level, self._primes = folder, specs, key, level, primes
        self._options = {"level": level, "log_slots": log_slots, "packing": "real", "bound": 1.0}
        self.rows, self.bytes, self.files, self._names = 0, 0, 0, []
        self._listed = [{} for _ in specs]
        self._vectors = [dict(self._vectors_of(i, spec, 1 << log_slots)) for i, spec in enumerate(specs)]

    def _vectors_of(self, i, spec, slots):
        """By prefix of their files' names: c and m hold values and mask, x and y the same exactly."""
        ring = 1 << self._key.params.log_n
        if spec.approximate:
            yield "c", _Vector(slots, float, lambda k, v: self._save(f"c{i}-{k}.ct", seal(v, self._key, **self._options)))
            if spec.masked:
                yield "m", _Vector(slots, float, lambda k, v: self._save(f"m{i}-{k}.ct", seal(v, self._key, **self._options)))
        if spec.exact != "no":
            yield "x", _Vector(ring, np.int64, lambda k, v: self._save_exact(f"x{i}-{k}", v))
            if spec.masked:
                yield "y", _Vector(ring, np.int64, lambda k, v: self._save_exact(f"y{i}-{k}", v))

    def take(self, batch, words, path):
        """Add a batch's rows."""
        read = []
        for spec in self._specs:
            numbers, missing, wrong = spec.read(batch.cells[spec.name], words)
            u = (numbers - spec.centre) / spec.half
            if wrong or (missing.any() and not spec.masked) or not (np.abs(u[~missing]) <= 1).all():
                raise TableError(f"{path} changed while it was read")
            u[missing] = 0
            numbers = np.where(missing, 0, numbers).astype(np.int64) if spec.exact != "no" else None
            read.append((u, numbers, missing))
        for vectors, (u, numbers, missing) in zip(self._vectors, read, strict=True):
            for prefix, vector in vectors.items():
                vector.add(u if prefix == "c" else numbers if prefix == "x" else ~missing)
        self.rows += batch.rows

    def _save(self, name, data):
        self.write(name, data)
        listed = self._listed[int(name[1:].split("-")[0])].setdefault(name[0], [])
        listed.append({"name": name, "sha256": hashlib.sha256(data).hexdigest()})

    def _save_exact(self, name, vector):
        for number, data in enumerate(seal_integers(vector, self._key, self._primes, level=self._level)):
            self._save(f"{name}-{number}.ct", data)

    def finish(self):
        """Encrypt the last chunks."""
        for vectors in self._vectors:
            for vector in vectors.values():
                vector.finish()

    def write(self, name, data):
        """A new file; made durable by :meth:`sync`."""
        with open(self._folder / name, "xb") as out:
            out.write(data)
        self._names.append(name)
        self.bytes, self.files = self.bytes + len(data), self.files + 1

    def sync(self):
        """All together at the end: by then the system has written most of it."""
        for name in self._names:
            files.sync(self._folder / name)

    def manifest(self, params, key, level, log_slots):
        """What the folder says of itself: all of it is public."""
        columns = []
        for spec, listed in zip(self._specs, self._listed, strict=True):
            labels = list(spec.labels) if spec.kind == "category" and spec.public_labels else None
            columns.append({"name": spec.public_name, "kind": spec.kind, "unit": spec.unit, "epoch": spec.epoch,
                            "categories": labels, "lo": spec.lo, "hi": spec.hi, "centre": spec.centre, "half": spec.half,
                            "files": listed.get("c"), "mask": listed.get("m")})
            if spec.exact != "no":
                columns[-1]["exact"] = {"files": listed["x"], "mask": listed.get("y")}
        out = {"format": FORMAT, "params": params.hash, "key_id": key.id, "rows": self.rows, "log_slots": log_slots,
               "level": level, "packing": "real", "columns": columns}
        return out | ({"moduli": {"log_slots": params.log_n, "primes": list(self._primes)}} if self._primes else {})


@contextlib.contextmanager
def _stage(folder):
    """A folder in the making, after those were removed that a killed process left beside it."""
    folder = Path(folder).absolute()
    with contextlib.ExitStack() as stack:
        with files.locked(folder.parent):  # so that nobody takes ours for left before it is locked
            _sweep(folder.parent)
            part = stack.enter_context(files.staged(folder))
            handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield part


def _sweep(folder):
    for part in folder.glob("[!.]*.part-*"):  # what begins with a dot is a running script's, and not locked
        try:
            handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(part, ignore_errors=True)
        except BlockingIOError:
            pass  # its writer lives
        finally:
            os.close(handle)


def draft(source, *, only=None, drop=(), overrides=None, labels="public", names="public", missing="auto", words=MISSING,
          most_labels=LABELS, exact=None, progress=_silent):
    """Read a table twice: find what its columns hold, then check every cell. Nothing is written.

    Parameters
    ----------
    source : Source
        As :func:`open_source` gives it; kept open for :meth:`Draft.encrypt`.
    only : sequence of str, optional
        Take these columns alone.
    drop : sequence of str
        Leave these out.
    overrides : dict of str to dict, optional
        What the owner declares of columns: 'type', 'bounds', 'categories', 'labels', 'missing', 'unit', 'epoch', 'exact'.
    labels : {'public', 'private'}
        Whether labels of categories stand in the manifest.
    names : {'public', 'sealed'}
        Whether columns have their own names in the manifest, or are called c1, c2, ... there.
    missing : {'auto', 'mask', 'refuse'}
        What becomes of missing values: a mask where there are some, a mask beside every column, or a malformed row.
    words : sequence of str
        Words that say missing in a CSV.
    most_labels : int
        Undeclared categories have no more.
    exact : {'both', 'yes', 'no'}, optional
        Whether columns of whole numbers (int, bool, date, category) are encrypted exactly, approximately, or in both ways. By
        default both, and under parameters without levels, which hold no integers, approximately.
    progress : callable, optional
        As of :meth:`Draft.encrypt`; of bytes.

    Returns
    -------
    Draft

    Raises
    ------
    TableError
        When it is no table. For malformed rows the attribute ``lines`` lists the first and says how many more there are.
    ArgumentError
        When a column is named that is not there.
    """
    overrides, surveys, seen = overrides or {}, {}, 0
    with progress(2 * source.size, "reading") as tell:
        for batch in source.batches(Faults(source.unit), tell):
            for name, cells in batch.cells.items():
                if name not in surveys:
                    surveys[name] = Survey(name, words, most_labels)
                    surveys[name].missing = seen
                surveys[name].see(cells)
            seen += batch.rows
        chosen = _choose(source, only, drop, overrides)
        specs = [specify(surveys.get(name) or Survey(name, words, 0), overrides.get(name, {}), labels, missing, exact)
                 for name in chosen]
        rows, faults = _check(source, specs, words, tell)
    faults.check(source.path)
    if not rows:
        raise TableError(f"{source.path} has no rows")
    for number, spec in enumerate(specs, 1):
        spec.settle()
        spec.public_name = spec.name if names == "public" else f"c{number}"
    return Draft(source, specs, rows, [n for n in source.names if n not in chosen], words)


def _choose(source, only, drop, overrides):
    for name in [*(only or ()), *drop, *overrides]:
        if name not in source.names:
            more = ", ..." if len(source.names) > 20 else ""
            raise errors.ArgumentError(f"{source.path} has no column {name!r}",
                                       f"It has {', '.join(map(repr, source.names[:20]))}{more}.")
    chosen = [n for n in source.names if (only is None or n in only) and n not in drop]
    if not chosen:
        raise errors.ArgumentError("no column is left", "Name fewer with --drop.")
    for name in chosen:
        if getattr(source, "unreadable", lambda n: False)(name):
            raise TableError(f"{source.path}: column {name!r} is of a type that no number stands for",
                             f"Nothing was written. Leave it out with --drop {name!r}.")
    return chosen


def _check(source, specs, words, tell):
    rows, faults = 0, Faults(source.unit)
    for batch in source.batches(faults, tell):
        bad = {}
        for spec in specs:
            numbers, missing, wrong = spec.read(batch.cells[spec.name], words)
            for at, why in wrong:
                for i in at:
                    bad.setdefault(int(i), why)  # a row counts once, with what its first wrong column is
            spec.note(numbers, missing)
        for i in sorted(bad):
            faults.add(int(batch.line(i)), bad[i])
        rows += batch.rows
    return rows, faults

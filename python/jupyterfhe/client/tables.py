"""Encrypting tables: a file of rows becomes a folder that :func:`jupyterfhe.core.tables.open_table` reads.

Three readings: what columns hold, whether every cell fits (and its range), and the encryption. Before the third nothing is
written; the folder then appears complete or not at all.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np

from ..core import errors
from ..core.tables import FILES_MAX, FORMAT, MANIFEST
from . import files
from .cipher import seal
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

    def encrypt(self, folder, key, *, level=None, log_slots=None, progress=_silent):
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
        level = params.levels if level is None else level
        log_slots = params.log_n - 1 if log_slots is None else log_slots
        if not 0 <= log_slots < params.log_n or not 0 <= level <= params.levels:
            raise errors.ArgumentError(f"with {params} a level is 0 to {params.levels} and log2 of the slots 0 to "
                                       f"{params.log_n - 1}")
        vectors = sum(1 + spec.masked for spec in self.specs)
        if -(-self.rows >> log_slots) * vectors > FILES_MAX:
            raise TableError(f"{self.source.path}: would make more than {FILES_MAX} files")
        with _stage(folder) as part, progress(self.rows, "encrypting") as tell:
            sealer = _Sealer(part, self.specs, key, level, log_slots)
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


class _Sealer:
    """Fills chunks, encrypts full ones."""

    def __init__(self, folder, specs, key, level, log_slots):
        self._folder, self._specs, self._key, self._options = folder, specs, key, {"level": level, "log_slots": log_slots,
                                                                                   "packing": "real", "bound": 1.0}
        self._slots, self._at, self._chunk, self.rows, self.bytes, self.files = 1 << log_slots, 0, 0, 0, 0, 0
        self._values = np.zeros((len(specs), self._slots))
        self._masks = {i: np.zeros(self._slots) for i, spec in enumerate(specs) if spec.masked}
        self._listed = [([], []) for _ in specs]
        self._names = []

    def take(self, batch, words, path):
        """Add a batch's rows."""
        read = []
        for spec in self._specs:
            numbers, missing, wrong = spec.read(batch.cells[spec.name], words)
            u = (numbers - spec.centre) / spec.half
            if wrong or (missing.any() and not spec.masked) or not (np.abs(u[~missing]) <= 1).all():
                raise TableError(f"{path} changed while it was read")
            u[missing] = 0
            read.append((u, missing))
        done = 0
        while done < batch.rows:
            n = min(batch.rows - done, self._slots - self._at)
            for i, (u, missing) in enumerate(read):
                self._values[i, self._at:self._at + n] = u[done:done + n]
                if i in self._masks:
                    self._masks[i][self._at:self._at + n] = ~missing[done:done + n]
            done, self._at = done + n, self._at + n
            if self._at == self._slots:
                self._seal()
        self.rows += batch.rows

    def _seal(self):
        for i, listed in enumerate(self._listed):
            self._save(f"c{i}-{self._chunk}.ct", self._values[i], listed[0])
            if i in self._masks:
                self._save(f"m{i}-{self._chunk}.ct", self._masks[i], listed[1])
        self._chunk, self._at = self._chunk + 1, 0

    def _save(self, name, vector, listed):
        data = seal(vector, self._key, **self._options)
        vector.fill(0)
        self.write(name, data)
        listed.append({"name": name, "sha256": hashlib.sha256(data).hexdigest()})

    def finish(self):
        """Encrypt the last chunk."""
        if self._at:
            self._seal()

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
        columns = [{"name": s.name, "kind": s.kind, "unit": s.unit, "epoch": s.epoch,
                    "categories": list(s.labels) if s.kind == "category" and s.public_labels else None,
                    "lo": s.lo, "hi": s.hi, "centre": s.centre, "half": s.half,
                    "files": values, "mask": masks if s.masked else None}
                   for s, (values, masks) in zip(self._specs, self._listed, strict=True)]
        return {"format": FORMAT, "params": params.hash, "key_id": key.id, "rows": self.rows, "log_slots": log_slots,
                "level": level, "packing": "real", "columns": columns}


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


def draft(source, *, only=None, drop=(), overrides=None, labels="public", missing="auto", words=MISSING, most_labels=LABELS,
          progress=_silent):
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
        What the owner declares of columns: 'type', 'bounds', 'categories', 'labels', 'missing', 'unit', 'epoch'.
    labels : {'public', 'private'}
        Whether labels of categories stand in the manifest.
    missing : {'auto', 'mask', 'refuse'}
        What becomes of missing values: a mask where there are some, a mask beside every column, or a malformed row.
    words : sequence of str
        Words that say missing in a CSV.
    most_labels : int
        Undeclared categories have no more.
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
        specs = [specify(surveys.get(name) or Survey(name, words, 0), overrides.get(name, {}), labels, missing)
                 for name in chosen]
        rows, faults = _check(source, specs, words, tell)
    faults.check(source.path)
    if not rows:
        raise TableError(f"{source.path} has no rows")
    for spec in specs:
        spec.settle()
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

"""Encrypted tables: folders with ``manifest.json`` and one container for each column and chunk of rows.

The reader takes a manifest as if a stranger had written it. It needs no secret, and a kernel that has no client reads with it.
A column's number x is ``centre + half * u``; the containers hold u, ``|u| <= 1``. Slots behind the last row hold 0, and so do
missing values, beside which a second vector, the mask, says 1 for there and 0 for missing. A column of whole numbers may be
there as exact integers, x itself, instead or as well: a container for each of the table's moduli and each chunk of N rows.
Format: docs/guide-python-cli.md.
"""

import hashlib
import json
import math
import re
from pathlib import Path

from . import containers, errors
from .ciphertext import Ciphertext
from .engine import lib
from .integers import PARTS_MAX

FORMAT, MANIFEST = "jupyterfhe-table-1", "manifest.json"
KINDS = ("float", "int", "bool", "date", "datetime", "category")
WHOLE = ("int", "bool", "date", "category")  # kinds whose numbers are integers
MANIFEST_MAX = 64 << 20  # bytes
COLUMNS_MAX, FILES_MAX, CATEGORIES_MAX, TEXT_MAX = 4096, 1 << 18, 1 << 16, 1000
ROWS_MAX = 1 << 40
RANGE_MAX, HALF_MIN = 1e140, 1e-140  # beyond these a product of two columns leaves the range of doubles; as in the C tool
KEY_ID = 2 * lib.JFHE_ID_BYTES  # hex digits
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}")
_HEX = re.compile(r"[0-9a-f]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ROOT = {"format", "params", "key_id", "rows", "log_slots", "level", "packing", "columns", "moduli"}
_COLUMN = {"name", "kind", "unit", "epoch", "categories", "lo", "hi", "centre", "half", "files", "mask", "exact"}


class _Bad(Exception):
    """What is wrong with a manifest."""


def _want(condition, what):
    if not condition:
        raise _Bad(what)


def read_json(path, cap=MANIFEST_MAX):
    """Read a JSON object as if a stranger had written it.

    Parameters
    ----------
    path : path-like
    cap : int
        Bytes at most.

    Returns
    -------
    dict

    Raises
    ------
    FormatError, OutOfMemoryError, StorageError
        For no UTF-8, no JSON, a name given twice, NaN, infinity, too deep nesting, too many bytes, or no regular file.
    """
    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name is given twice")
        return found

    def no_constant(name):
        raise ValueError(f"{name} is no number of JSON")

    data = containers.read(path, cap)
    try:
        root = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=no_constant)
    except UnicodeDecodeError:
        raise errors.FormatError(f"{path} is no UTF-8 text") from None
    except json.JSONDecodeError as why:
        raise errors.FormatError(f"{path}:{why.lineno}: {why.msg}") from None
    except ValueError as why:
        raise errors.FormatError(f"{path}: {why}") from None
    except RecursionError:
        raise errors.FormatError(f"{path}: nested too deeply") from None
    if not isinstance(root, dict):
        raise errors.FormatError(f"{path} holds no JSON object")
    return root


def manifest_of(folder):
    """The manifest of a folder of encrypted data, of whatever format.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    dict
        Nothing in it is checked but that ``format`` is a printable text.

    Raises
    ------
    FormatError
        And others of :func:`read_json`.
    """
    path = Path(folder) / MANIFEST
    if not path.exists():
        raise errors.FormatError(f"{folder} holds no {MANIFEST}", "Name a folder that jupyterfhe encrypt or save() wrote.")
    root = read_json(path)
    found = root.get("format")
    if type(found) is not str or len(found) > 64 or not found.isprintable():
        raise errors.FormatError(f"{path} names no format")
    return root


def format_of(folder):
    """What a folder of encrypted data says it is: the ``format`` of its manifest.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    str

    Raises
    ------
    FormatError
        And others of :func:`read_json`.
    """
    return manifest_of(folder)["format"]


# ---- checks by hand; each raises _Bad ----
def _integer(value, low, high, what):
    _want(type(value) is int and low <= value <= high, f"{what} is missing or out of range")
    return value


def _number(value, what):
    _want(type(value) in (int, float) and abs(value) <= RANGE_MAX, f"{what} is missing or out of range")
    return float(value)


def _text(value, what, most=TEXT_MAX, empty=False):
    _want(type(value) is str and (empty or value) and len(value) <= most and "\0" not in value, f"{what} is missing or no text")
    try:
        value.encode()
    except UnicodeEncodeError:  # JSON can write half a character
        raise _Bad(f"{what} is no text") from None
    return value


def _hex(value, size, what):
    _want(type(value) is str and len(value) == size and _HEX.fullmatch(value) is not None, f"{what} is missing or wrong")
    return value


def _known(value, names, what):
    _want(type(value) is dict, f"{what} is no object")
    other = sorted(set(value) - names)
    _want(not other, f"{what} has an unknown member {other[0][:80]!r}" if other else "")
    return value


def _files(value, count, what):
    _want(type(value) is list and len(value) == count, f"{what} does not list {count} files")
    out = []
    for entry in value:
        _known(entry, {"name", "sha256"}, f"an entry of {what}")
        name, digest = entry.get("name"), _hex(entry.get("sha256"), 64, f"a SHA-256 of {what}")
        _want(type(name) is str and _PLAIN.fullmatch(name) is not None, f"a file of {what} has no plain name")
        out.append((name, digest))
    return tuple(out)


def _categories(value, hi, what):
    if value is None:
        return None
    _want(type(value) is list and 0 < len(value) <= CATEGORIES_MAX, f"{what} is empty or too long")
    labels = tuple(_text(v, f"a label of {what}", empty=True) for v in value)
    _want(len(set(labels)) == len(labels), f"{what} has a label twice")
    _want(len(labels) == hi + 1, f"{what} does not fit its bounds")
    return labels


def _moduli(value):
    """Moduli and log2 of the integers that a ciphertext of them holds."""
    if value is None:
        return (), 0
    _known(value, {"log_slots", "primes"}, "'moduli'")
    primes = value.get("primes")
    _want(type(primes) is list and 0 < len(primes) <= PARTS_MAX, "'moduli' is empty or too long")
    out = tuple(_integer(t, 17, 2**32 - 1, "a modulus") for t in primes)
    _want(len(set(out)) == len(out), "a modulus is there twice")
    return out, _integer(value.get("log_slots"), 3, 17, "'log_slots' of 'moduli'")


class Column:
    """One column of an encrypted table.

    Attributes
    ----------
    name : str
    kind : str
        One of :data:`KINDS`.
    unit, epoch : str or None
        What the numbers count; for dates the days since `epoch`, for times the seconds.
    categories : tuple of str or None
        Labels by code; None for other kinds, and where the owner left them out.
    lo, hi : float
        Public bounds on the numbers.
    centre, half : float
        The containers hold ``(x - centre) / half``.
    masked : bool
        Whether values may be missing.
    exact, approximate : bool
        Which encryptions there are of it.
    """

    __slots__ = ("_exact", "_exact_mask", "_files", "_mask", "_table", "approximate", "categories", "centre", "epoch", "exact",
                 "half", "hi", "kind", "lo", "masked", "name", "unit")

    def __init__(self, table, entry, index):
        """Check an entry of a manifest."""
        what = f"column {index + 1}"
        _known(entry, _COLUMN, what)
        self._table, self.name, self.kind = table, _text(entry.get("name"), f"the name of {what}"), entry.get("kind")
        _want(self.kind in KINDS, f"{what} is of no known kind")
        self.lo, self.hi, self.centre = (_number(entry.get(m), f"{m!r} of {what}") for m in ("lo", "hi", "centre"))
        self.half = _number(entry.get("half"), f"'half' of {what}")
        _want(self.half >= HALF_MIN and abs(self.centre) + self.half <= RANGE_MAX, f"the range of {what} is out of range")
        # half was rounded up, so lo and hi lie within centre +- half up to the rounding of this very sum
        slack = math.ulp(abs(self.centre) + self.half)
        _want(self.lo <= self.hi and self.centre - self.half - slack <= self.lo and self.hi <= self.centre + self.half + slack,
              f"the bounds of {what} do not fit its centre and half")
        unit, epoch = entry.get("unit"), entry.get("epoch")
        self.unit = None if unit is None else _text(unit, f"the unit of {what}", 64)
        _want((epoch is not None) == (self.kind in ("date", "datetime")), f"the epoch of {what} is missing or out of place")
        _want(epoch is None or (type(epoch) is str and _DATE.fullmatch(epoch) is not None), f"the epoch of {what} is no date")
        self.epoch = epoch
        _want(entry.get("categories") is None or self.kind == "category", f"{what} is no category and has labels")
        self.categories = _categories(entry.get("categories"), self.hi, f"the labels of {what}")
        self.exact = entry.get("exact") is not None
        self.approximate = not self.exact or entry.get("files") is not None
        self._files = _files(entry.get("files"), table.chunks, f"'files' of {what}") if self.approximate else ()
        self.masked = entry.get("mask") is not None
        self._mask = _files(entry["mask"], table.chunks, f"'mask' of {what}") if self.masked else ()
        self._exact, self._exact_mask = self._exactly(table, entry["exact"], what) if self.exact else ((), ())

    def _exactly(self, table, entry, what):
        """Files of the exact encryption, chunk by chunk, a modulus after the other."""
        _want(self.kind in WHOLE, f"{what} is exact and of no whole numbers")
        _known(entry, {"files", "mask"}, f"'exact' of {what}")
        count = table.exact_chunks * len(table.moduli)
        values, masks = _files(entry.get("files"), count, f"'exact' of {what}"), ()
        masked = entry.get("mask") is not None
        _want(masked == self.masked or not self.approximate, f"the masks of {what} do not fit")
        if masked:
            masks, self.masked = _files(entry["mask"], count, f"'exact' mask of {what}"), True
        return values, masks

    @property
    def whole_bounds(self):
        """Lowest and highest integer that may stand in it.

        Returns
        -------
        (int, int)
        """
        return math.ceil(self.lo), math.floor(self.hi)

    def exact_paths(self, chunk, mask=False):
        """Files of a chunk of the exact encryption, a modulus each.

        Parameters
        ----------
        chunk : int
        mask : bool, default=False

        Returns
        -------
        list of Path
        """
        return [self._table.folder / name for name, _ in self._exact_part(chunk, mask)]

    def _exact_part(self, chunk, mask):
        count = len(self._table.moduli)
        return (self._exact_mask if mask else self._exact)[chunk * count:(chunk + 1) * count]

    def load_exact(self, params, chunk, number, mask=False):
        """A ciphertext of the exact encryption.

        Parameters
        ----------
        params : Parameters
        chunk : int
        number : int
            Of the modulus.
        mask : bool, default=False

        Returns
        -------
        Ciphertext

        Raises
        ------
        ChecksumError, FormatError, ContextError
            When it is not what the manifest says.
        """
        table = self._table
        ct = Ciphertext.from_bytes(params, self._scanned(params, self._exact_part(chunk, mask)[number]))
        want = "integers", params.log_n, table.level, 1, table.key_id
        if (ct.packing, ct.log_slots, ct.level, ct.degree, ct.key_id) != want:
            raise errors.FormatError(f"a chunk of {self.name!r} is not packed, or not under the key, that the manifest says")
        return ct

    @property
    def paths(self):
        """Files of the chunks, in order.

        Returns
        -------
        list of Path
        """
        return [self._table.folder / name for name, _ in self._files]

    @property
    def mask_paths(self):
        """Files of the mask's chunks; none when nothing can be missing.

        Returns
        -------
        list of Path
        """
        return [self._table.folder / name for name, _ in self._mask]

    @property
    def files(self):
        """Names and SHA-256 of all its files, mask included.

        Returns
        -------
        tuple of (str, str)
        """
        return self._files + self._mask + self._exact + self._exact_mask

    def read(self, params, chunk, mask=False):
        """Bytes of a chunk's container, whose SHA-256 is the manifest's.

        Parameters
        ----------
        params : Parameters
        chunk : int
        mask : bool, default=False
            The mask's chunk instead of the values'.

        Returns
        -------
        bytes

        Raises
        ------
        ChecksumError
            When the file is not the one that was encrypted.
        """
        return bytes(self._scanned(params, (self._mask if mask else self._files)[chunk]))

    def _scanned(self, params, entry):
        """The same of one entry, until this thread reads another file."""
        name, digest = entry
        path = self._table.folder / name
        data = containers.scanned(path, containers.HEADER_MAX + params.primes * 2 * params.slots * 16)  # two raw polynomials
        if hashlib.sha256(data).hexdigest() != digest:
            raise errors.ChecksumError(f"{path} is not the file that the manifest names: its SHA-256 differs")
        return data

    def load(self, params, chunk, mask=False):
        """The ciphertext of a chunk.

        Parameters
        ----------
        params : Parameters
        chunk : int
        mask : bool, default=False
            The mask's chunk instead of the values'.

        Returns
        -------
        Ciphertext

        Raises
        ------
        ChecksumError, FormatError, ContextError
            When it is not what the manifest says.
        """
        table, entry = self._table, (self._mask if mask else self._files)[chunk]
        ct = Ciphertext.from_bytes(params, self._scanned(params, entry))
        want = "real", table.log_slots, table.level, 1, table.key_id
        if (ct.packing, ct.log_slots, ct.level, ct.degree, ct.key_id) != want:
            raise errors.FormatError(f"a chunk of {self.name!r} is not packed, or not under the key, that the manifest says")
        if not ct.magnitude <= 1 + 2.0**-40:  # the engine rounds the declared bound up
            raise errors.FormatError(f"a chunk of {self.name!r} may exceed the column's bounds")
        return ct

    def __repr__(self):
        """What is public of it."""
        missing = ", with missing values" if self.masked else ""
        exact = ", exact" if self.exact else ""
        return f"<Column {self.name!r}, {self.kind}{exact}, {self.lo:g} to {self.hi:g}{missing}>"


class Table:
    """An encrypted table, as its manifest describes it.

    Attributes
    ----------
    folder : Path
    params_hash, key_id : str
        Hex digits.
    rows, chunks : int
    log_slots : int
        log2 of the rows of a chunk.
    moduli : tuple of int
        Of exact integers; none where no column is exact.
    log_exact, exact_chunks : int
        log2 of the rows of a chunk of exact integers, and how many such chunks a column has.
    level : int
        Multiplications left.
    columns : tuple of Column
    """

    __slots__ = ("chunks", "columns", "exact_chunks", "folder", "key_id", "level", "log_exact", "log_slots", "moduli",
                 "params_hash", "rows")

    def __init__(self, folder, root):
        """Use :func:`open_table`."""
        self.folder = folder
        _known(root, _ROOT, "it")
        self.params_hash, self.key_id = _hex(root.get("params"), 64, "'params'"), _hex(root.get("key_id"), KEY_ID, "'key_id'")
        self.rows = _integer(root.get("rows"), 1, ROWS_MAX, "'rows'")
        self.log_slots = _integer(root.get("log_slots"), 0, 16, "'log_slots'")
        self.level = _integer(root.get("level"), 0, 64, "'level'")
        _want(root.get("packing") == "real", "'packing' is not 'real'")
        self.chunks = -(-self.rows >> self.log_slots)
        self.moduli, self.log_exact = _moduli(root.get("moduli"))
        self.exact_chunks = -(-self.rows >> self.log_exact)
        entries = root.get("columns")
        _want(type(entries) is list and 0 < len(entries) <= COLUMNS_MAX, "'columns' is missing, empty or too long")
        _want(self.chunks * len(entries) <= FILES_MAX, "it has too many files")
        self.columns = tuple(Column(self, entry, i) for i, entry in enumerate(entries))
        _want(len(set(self.names)) == len(self.columns), "two columns have one name")
        _want(any(c.exact for c in self.columns) == bool(self.moduli), "'moduli' is there for no column, or missing")

    @property
    def names(self):
        """Names of the columns.

        Returns
        -------
        list of str
        """
        return [c.name for c in self.columns]

    def column(self, name):
        """A column by name.

        Parameters
        ----------
        name : str

        Returns
        -------
        Column

        Raises
        ------
        ArgumentError
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise errors.ArgumentError(f"the table has no column {name!r}", f"It has {', '.join(map(repr, self.names[:20]))}.")

    def check(self, params):
        """Refuse parameters that are not the table's.

        Parameters
        ----------
        params : Parameters

        Raises
        ------
        ContextError
        FormatError
        """
        if params.hash != self.params_hash:
            raise errors.ContextError(f"{self.folder} was encrypted with other parameters than {params}")
        if self.log_slots > params.log_n - 1 or self.level > params.levels:
            raise errors.FormatError(f"{self.folder / MANIFEST}: 'log_slots' or 'level' is more than the parameters have")
        if self.moduli and self.log_exact != params.log_n:
            raise errors.FormatError(f"{self.folder / MANIFEST}: 'moduli' does not fill the ring of 2^{params.log_n}")

    def __repr__(self):
        """Rows, columns, key."""
        return f"<Table of {self.rows} rows, {len(self.columns)} columns, key {self.key_id[:8]}>"


def open_table(folder, params=None):
    """Read the manifest of an encrypted table; no container is read yet.

    Parameters
    ----------
    folder : path-like
    params : Parameters, optional
        Checked to be the table's.

    Returns
    -------
    Table

    Raises
    ------
    FormatError, OutOfMemoryError, StorageError, ContextError
        When it is none, or of other parameters.
    """
    folder, root = Path(folder), manifest_of(folder)
    path = folder / MANIFEST
    if root["format"] != FORMAT:
        raise errors.FormatError(f"{path} is no table of jupyterfhe encrypt: its format is {root['format']!r}, not {FORMAT!r}")
    try:
        table = Table(folder, root)
    except _Bad as why:
        raise errors.FormatError(f"{path}: {why}") from None
    if params is not None:
        table.check(params)
    return table

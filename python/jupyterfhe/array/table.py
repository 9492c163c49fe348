"""Encrypted tables as arrays: a column, several columns, and which values are there."""

import numpy as np

from ..core.errors import ArgumentError, ContextError, KeyMissingError
from ..core.tables import open_table
from ..plan import Session
from ..plan.leaf import Filed
from ..plan.whole import Residues
from . import interval as iv
from .array import array_of
from .interval import EPS
from .refusal import Refused
from .strip import Strip
from .twin import Twin, noted
from .whole import WholeStrip


class Chunk(Filed):
    """A chunk of a column, whose file must be the one that the manifest names each time it is read.

    Parameters
    ----------
    column : jupyterfhe.core.tables.Column
    index : int
    mask : bool
    """

    __slots__ = ("_column", "_index", "_mask")

    def __init__(self, column, index, mask):
        """Read the header."""
        super().__init__((column.mask_paths if mask else column.paths)[index])
        self._column, self._index, self._mask = column, index, mask

    def open(self, params):
        """Read it, check its SHA-256 and that it is packed as the manifest says."""
        return self._column.load(params, self._index, mask=self._mask)

    load = open


class ExactChunk(Filed):
    """One modulus of a chunk of an exact column.

    Parameters
    ----------
    column : jupyterfhe.core.tables.Column
    index, number : int
        Of the chunk, and of the modulus.
    mask : bool
    """

    __slots__ = ("_column", "_index", "_mask", "_number")

    def __init__(self, column, index, number, mask):
        """Read the header."""
        super().__init__(column.exact_paths(index, mask)[number])
        self._column, self._index, self._number, self._mask = column, index, number, mask

    def load(self, params):
        """Read it, check its SHA-256 and that it is packed as the manifest says."""
        return self._column.load_exact(params, self._index, self._number, self._mask)


class EncryptedTable:
    """Columns of an encrypted table, each an :class:`EncryptedArray` of shape (rows,).

    ``table["age"]`` is a column, ``table[["age", "bmi"]]`` an array of shape (rows, 2). A column in which values may be missing
    is refused there, since nobody could tell what stands in their places: :meth:`filled` says it, and :meth:`there` is the
    mask. Categories are their codes, dates days and times seconds since the column's epoch. Columns that were encrypted exactly
    are exact integers; :meth:`approximate` gives their other encryption, where there is one.

    Parameters
    ----------
    table : jupyterfhe.core.tables.Table
    session : jupyterfhe.plan.Session
    """

    def __init__(self, table, session):
        """Use :func:`jupyterfhe.open`."""
        table.check(session.params)
        if session.keys.key_id not in (None, table.key_id):
            raise KeyMissingError(f"{table.folder} is under key {table.key_id[:8]}, the session's keys are of "
                                  f"{session.keys.key_id[:8]}", "Open it with the keys of its own owner.")
        if session.log_slots != table.log_slots:
            raise ContextError(f"{table.folder} has 2^{table.log_slots} rows a ciphertext, the session 2^{session.log_slots}",
                               "Encrypt all data that shall meet with one --slots.")
        self.table, self.session = table, session

    @property
    def columns(self):
        """What is public of each column: name, kind, bounds, labels.

        Returns
        -------
        tuple of jupyterfhe.core.tables.Column
        """
        return self.table.columns

    @property
    def names(self):
        """Names of the columns.

        Returns
        -------
        list of str
        """
        return self.table.names

    @property
    def shape(self):
        """Rows and columns."""
        return self.table.rows, len(self.table.columns)

    def __len__(self):
        """How many rows."""
        return self.table.rows

    def __iter__(self):
        """Names, as a mapping's."""
        return iter(self.names)

    def __contains__(self, name):
        """Whether there is such a column."""
        return name in self.names

    def __getitem__(self, names):
        """A column, or several side by side.

        Parameters
        ----------
        names : str or list of str

        Returns
        -------
        EncryptedArray of shape (rows,) or (rows, len(names))

        Raises
        ------
        ArgumentError
            When there is no such column.
        Refused
            When values may be missing.
        """
        if isinstance(names, str):
            return self._paired(self._array([self._whole(names)], (self.table.rows,)), [names], lambda: self.approximate(names))
        names = list(names)
        if not names or not all(isinstance(n, str) for n in names):
            raise ArgumentError("columns are named: table['age'] or table[['age', 'bmi']]",
                                f"There are {', '.join(map(repr, self.names[:20]))}.")
        chosen = [self.table.column(n) for n in names]
        exact = all(c.exact for c in chosen)
        if not exact and not all(c.approximate for c in chosen):
            only = next(c.name for c in chosen if not c.approximate)
            raise Refused(f"{only!r} is exact and others of these columns are approximate",
                          f"Take them apart, or encrypt {only!r} in both ways: --column {only}:exact=both.")
        def made(exact):
            out = self._array([self._whole(n, exact) for n in names], (self.table.rows, len(names)))
            return out if exact or not any(c.exact for c in chosen) else noted(out)
        return self._paired(made(exact), names, lambda: made(False))

    def _paired(self, array, names, approximately):
        """An array of columns that knows its approximate form, where all of them were encrypted in both ways."""
        if array.exact and all(self.table.column(n).approximate for n in names):
            array.twin = Twin(approximately)
        return array

    def approximate(self, name):
        """The approximate encryption of a column that has an exact one too.

        Parameters
        ----------
        name : str

        Returns
        -------
        EncryptedArray of shape (rows,)

        Raises
        ------
        Refused
            When there is none.
        """
        column = self.table.column(name)
        if not column.approximate:
            raise Refused(f"{name!r} was encrypted exactly alone", f"Encrypt it in both ways: --column {name}:exact=both.")
        return self._array([self._whole(name, exact=False)], (self.table.rows,))

    def _whole(self, name, exact=True):
        column = self.table.column(name)
        if column.masked:
            raise Refused(f"values of {name!r} may be missing",
                          f"Say what stands in their places, table.filled({name!r}, 0), or take sums over those that are "
                          f"there: table.filled({name!r}, 0).sum() and table.there({name!r}).sum().")
        return self._exact_strip(column) if exact and column.exact else self._strip(column)

    def filled(self, name, value):
        """A column with a public number in the place of missing values.

        Parameters
        ----------
        name : str
        value : float

        Returns
        -------
        EncryptedArray of shape (rows,)

        Notes
        -----
        Cost: no product of ciphertexts; nothing at all for columns without missing values.
        """
        column = self.table.column(name)
        if column.exact and (value == int(value) or not column.approximate):
            return self._paired(self._filled_exactly(column, value), [name], lambda: self._filled(column, value))
        return self._filled(column, value)

    def _filled(self, column, value):
        array = self._array([self._strip(column)], (self.table.rows,))
        if not column.masked or value == column.centre:
            return array
        mask = self._array([self._mask(column)], (self.table.rows,))
        return array + (1 - mask) * (float(value) - column.centre)  # missing values hold the centre

    def _filled_exactly(self, column, value):
        array = self._array([self._exact_strip(column)], (self.table.rows,))
        if not column.masked or value == 0:
            return array
        if value != int(value):
            raise Refused(f"{value} in the place of missing integers", "Give an integer.")
        there = self._array([self._exact_strip(column, mask=True)], (self.table.rows,))
        return array + (1 - there) * int(value)

    def raw(self, name):
        """A column with whatever stands in the slots of missing values: the middle of the column's range.

        Parameters
        ----------
        name : str

        Returns
        -------
        EncryptedArray of shape (rows,)
            For those who mask it: :mod:`jupyterfhe.frame`.
        """
        return self._array([self._strip(self.table.column(name))], (self.table.rows,))

    def there(self, name):
        """1 where a value is there, 0 where it is missing.

        Parameters
        ----------
        name : str

        Returns
        -------
        EncryptedArray of shape (rows,)
            Numbers, so that a sum counts.
        """
        column = self.table.column(name)
        if not column.masked:
            raise Refused(f"no value of {name!r} is missing", "Use the column as it is: all its rows are there.")
        shape = self.table.rows,
        if not column.exact:
            return self._array([self._mask(column)], shape)
        exactly = self._array([self._exact_strip(column, mask=True)], shape)
        return self._paired(exactly, [name], lambda: self._array([self._mask(column)], shape))

    # ---- strips ----
    def _values(self, column, mask=False):
        return tuple(self.session.leaf(Chunk(column, i, mask)) for i in range(self.table.chunks))

    def _strip(self, column):
        """Centre and half become shift and gain; public bounds become the range. Slots behind the last row hold 0."""
        ends = ((b - column.centre) / column.half for b in (column.lo, column.hi))
        low, high = ends
        span = max(iv.down(low - EPS), -1.0), min(iv.up(high + EPS), 1.0)
        if column.masked:
            span = min(span[0], 0.0), max(span[1], 0.0)
        # 2 EPS: the owner's reading of digits and subtraction, each half an EPS of the largest number, and a division
        drift = iv.up(2 * EPS * (abs(column.centre) + column.half))
        strip = Strip(self.session, self._values(column), self.table.rows, column.half, column.centre, span, 0.0, drift)
        return strip.declared()

    def _mask(self, column):
        return Strip(self.session, self._values(column, mask=True), self.table.rows, 1.0, 0.0, (0.0, 1.0), 0.0)

    def _exact_strip(self, column, mask=False):
        """Missing values and slots behind the last row hold 0."""
        session, count = self.session.whole(self.table.moduli), range(len(self.table.moduli))
        low, high = (0, 1) if mask else column.whole_bounds
        span = (min(low, 0), max(high, 0)) if column.masked else (low, high)
        most = max(abs(low), abs(high))
        values = tuple(session.leaf(Residues([ExactChunk(column, i, k, mask) for k in count], most))
                       for i in range(self.table.exact_chunks))
        return WholeStrip(session, values, self.table.rows, 1, 0, span, 0)

    def _array(self, strips, shape):
        out = np.empty((1, len(strips))[-len(shape):], dtype=object)
        out.flat = strips
        first = strips[0]
        exact = isinstance(first, WholeStrip)
        return array_of(first.session, shape, np.dtype(np.int64 if exact else np.float64), 0 if self.table.rows > 1 else None,
                        out)

    def __copy__(self):
        """Itself: it cannot change."""
        return self

    def __deepcopy__(self, memo):
        """Itself: it cannot change."""
        return self

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted tables are not pickled: a pickle runs code where it is opened. Open it by name again.")

    def __repr__(self):
        """Rows, columns, key; never a value."""
        names = ", ".join(self.names[:8]) + (", ..." if len(self.names) > 8 else "")
        return (f"<EncryptedTable {len(self)} rows, {len(self.columns)} columns, {self.session.params.name}, level "
                f"{self.table.level}, key {self.table.key_id[:8]}: {names}>")

    def _repr_html_(self):
        """Columns with what is public of them."""
        from .explain import table
        facts = {c.name: f"{c.kind}, {c.lo:g} to {c.hi:g}" + (", may be missing" if c.masked else "") for c in self.columns}
        return table(f"EncryptedTable of {len(self)} rows", facts)


def load_table(folder, keys):
    """Open a table.

    Parameters
    ----------
    folder : path-like
    keys : path-like, jupyterfhe.core.EvaluationKeys or jupyterfhe.plan.Session

    Returns
    -------
    EncryptedTable

    Raises
    ------
    FormatError, ContextError, KeyMissingError, StorageError
    """
    table = open_table(folder)
    return EncryptedTable(table, keys if isinstance(keys, Session) else Session.of(keys, table.log_slots))

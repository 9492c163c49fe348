"""Encrypted columns side by side, with pandas' names for what is done to them."""

import numpy as np

from ..array import EncryptedArray
from ..array.finish import finished, number, sqrt, stack
from ..core import containers
from ..core.errors import ArgumentError
from . import order, windows
from .columns import centred, series_of
from .grouping import GroupBy
from .index import Index
from .moments import Sums
from .products import decided
from .refusal import Refused
from .result import Result
from .series import ORDER, EncryptedSeries

SUMMARY = ("count", "mean", "std")


class EncryptedFrame:
    """A table whose values stay encrypted: columns are :class:`EncryptedSeries` on one public index.

    Filters yield masks: ``df[df.c == "x"]`` keeps every row, marks which count, and the reader's side leaves out the others.
    How many rows stay is secret, so ``len`` is refused then.

    Parameters
    ----------
    columns : EncryptedTable, or dict of str to EncryptedSeries, EncryptedArray or a result
        Of one length.
    index : Index or iterable, optional
        Public labels of the rows; 0, 1, 2, ... by default.
    keep : tuple, optional
        Filters: factors of 0 and 1.
    """

    __hash__ = None

    def __init__(self, columns, index=None, keep=()):
        """Keep the columns; no ciphertext moves."""
        self.tables, self.opened = (), None  # the table that this is, as long as it is all of it
        if hasattr(columns, "table") and hasattr(columns, "session"):
            table, self.opened = columns, columns if index is None else None
            index = index if isinstance(index, Index) else Index(range(len(table)) if index is None else index)
            self.tables = (table.table.folder.name,)
            columns = {c.name: series_of(table, c, index) for c in table.columns}
        if not columns:
            raise ArgumentError("a frame has a column at least")
        made = {name: _series(name, column, index) for name, column in columns.items()}
        first = next(iter(made.values()))
        self.index = index if isinstance(index, Index) else first.index if index is None else Index(index)
        for name, column in made.items():
            if len(column.index) != len(self.index):
                raise ArgumentError(f"column {name!r} has {len(column.index)} rows, the frame {len(self.index)}")
        self.keep = tuple(keep)
        self._columns = made

    def like(self, columns, index=None, keep=None):
        """A frame of other columns, of the same tables.

        Parameters
        ----------
        columns : dict of str to EncryptedSeries
        index : Index, optional
        keep : tuple, optional

        Returns
        -------
        EncryptedFrame
        """
        out = EncryptedFrame(columns, self.index if index is None else index, self.keep if keep is None else keep)
        out.tables = self.tables
        return out

    # ---- what is public ----
    @property
    def columns(self):
        """Names of the columns."""
        return list(self._columns)

    @property
    def dtypes(self):
        """Kinds by column."""
        return {n: c.kind for n, c in self._columns.items()}

    @property
    def shape(self):
        """Rows and columns; refused after a filter."""
        return len(self), len(self._columns)

    def __len__(self):
        """Rows, which are public; how many a filter left is not."""
        if self.keep:
            raise Refused("len(filtered): how many rows a filter leaves is secret", "Count them: df.count().")
        return len(self.index)

    def __iter__(self):
        """Names."""
        return iter(self._columns)

    def __contains__(self, name):
        """Whether there is such a column."""
        return name in self._columns

    def memory_usage(self):
        """Bytes of the ciphertexts that are there, by column; of a column in both forms, those of the exact one.

        Returns
        -------
        dict of str to int
        """
        def size(array):
            return array.nbytes if isinstance(array, EncryptedArray) else 0
        return {n: size(c._rest) + size(c.valid) for n, c in self._columns.items()}

    def info(self):
        """Print what is public of it: rows, columns, kinds, bytes."""
        print(self._facts())

    def _facts(self):
        sizes = self.memory_usage()
        lines = [f"EncryptedFrame, {len(self.index)} rows" + (" before a filter" if self.keep else "")]
        width = max(map(len, map(str, self.columns)))
        for name, column in self._columns.items():
            missing = "may be missing" if column.valid is not None else ""
            lines.append(f"  {name!s:<{width}}  {column.kind:<8}  {missing:<14}  {containers.human(sizes[name])}".rstrip())
        return "\n".join(lines)

    # ---- selection ----
    def __getitem__(self, key):
        """A column by name, columns by names, rows by truth values or a public slice.

        Parameters
        ----------
        key : str, list of str, EncryptedSeries of truth values, slice, or ndarray of bool

        Returns
        -------
        EncryptedSeries or EncryptedFrame
        """
        if isinstance(key, str):
            if key not in self._columns:
                raise ArgumentError(f"the frame has no column {key!r}", f"It has {', '.join(map(repr, self.columns[:20]))}.")
            return self._columns[key].kept(self.keep)
        if isinstance(key, EncryptedSeries):
            return self._filtered(key)
        if isinstance(key, slice):
            out = self.like({n: windows.rows(c, key) for n, c in self._columns.items()}, self.index[key],
                            tuple(windows.sliced(k, key) for k in self.keep))
            return out
        if isinstance(key, np.ndarray) and key.dtype == bool:
            if key.shape != (len(self.index),):
                raise IndexError(f"a mask of {key.shape} for {len(self.index)} rows")
            return self.like(self._columns, keep=(*self.keep, key))
        names = list(key)
        for name in names:
            if name not in self._columns:
                raise ArgumentError(f"the frame has no column {name!r}", f"It has {', '.join(map(repr, self.columns[:20]))}.")
        return self.like({n: self._columns[n] for n in names})

    def _filtered(self, mask):
        mask._truths("a filter")
        if mask.index != self.index:
            raise Refused("a filter on another index", "Make it of this frame's own columns.")
        if mask.keep and mask.keep != self.keep:
            raise Refused("a filter made under another filter", "Make both of the frame before it was filtered.")
        return self.like(self._columns, keep=(*self.keep, *(mask.factors or (mask.rest,))))

    def __getattr__(self, name):
        """A column whose name is an identifier."""
        columns = self.__dict__.get("_columns", {})
        if name in columns:
            return self[name]
        if name in (*ORDER, "rank", "loc", "iloc", "query", "eval", "iterrows", "itertuples", "values"):
            raise Refused(f"{name} of an encrypted frame needs comparisons, or plain values",
                          "Sums, means and groups work; rows by public slices df[10:20]; else after decryption.")
        raise AttributeError(f"an encrypted frame has no {name!r}")

    def head(self, n=5):
        """The first rows; under a filter the first of all, of which the reader sees those that it left."""
        return self[:n]

    def tail(self, n=5):
        """The last rows."""
        return self[max(len(self.index) - n, 0):]

    def assign(self, **columns):
        """With more columns, or others in their places.

        Parameters
        ----------
        **columns : EncryptedSeries, EncryptedArray, public numbers, or callable of the frame

        Returns
        -------
        EncryptedFrame
        """
        out = dict(self._columns)
        for name, column in columns.items():
            found = column(self.like(out)) if callable(column) else column
            if isinstance(found, EncryptedSeries):
                if found.keep and found.keep != self.keep:
                    raise Refused(f"column {name!r} is under another filter", "Make it of the frame before it was filtered.")
                found = found._copy()
                found.keep = ()
                found = windows.reindex(found, self.index)
            elif not isinstance(found, EncryptedArray):
                base = next(c for c in out.values() if c.late is None)
                found = base.like(base.rest * 0.0, valid=None) + np.broadcast_to(np.asarray(found, float), (len(self.index),))
            out[name] = found
        return self.like(out)

    def drop(self, columns):
        """Without some columns."""
        gone = [columns] if isinstance(columns, str) else list(columns)
        return self[[n for n in self.columns if n not in gone]]

    def rename(self, columns):
        """Columns under other names."""
        return self.like({columns.get(n, n): c for n, c in self._columns.items()})

    def set_index(self, labels):
        """The same rows under other public labels, dates say.

        Parameters
        ----------
        labels : iterable
            Never an encrypted column: labels are public.

        Returns
        -------
        EncryptedFrame
        """
        if isinstance(labels, (str, EncryptedSeries)):
            raise Refused("an encrypted column as index", "Labels are public: give them, df.set_index(dates).")
        index = labels if isinstance(labels, Index) else Index(labels)
        return self.like({n: c.set_axis(index) for n, c in self._columns.items()}, index)

    # ---- missing values ----
    def isna(self):
        """Where nothing is there."""
        return self.like({n: c.isna() for n, c in self._columns.items()})

    def notna(self):
        """Where a value is there."""
        return self.like({n: c.notna() for n, c in self._columns.items()})

    def fillna(self, value):
        """Public numbers where nothing is there.

        Parameters
        ----------
        value : float or dict of str to float

        Returns
        -------
        EncryptedFrame
        """
        chosen = value if isinstance(value, dict) else {n: value for n, c in self._columns.items() if c.kind != "category"}
        return self.like({n: c.fillna(chosen[n]) if n in chosen else c for n, c in self._columns.items()})

    def dropna(self, subset=None):
        """A filter that leaves rows without missing values; the reader's side compacts.

        Parameters
        ----------
        subset : list of str, optional
            Columns that count; all by default.

        Returns
        -------
        EncryptedFrame
        """
        names = self.columns if subset is None else subset
        masks = {id(c.valid): c.valid for c in (self._columns[n] for n in names) if c.valid is not None}
        return self.like(self._columns, keep=(*self.keep, *masks.values()))

    # ---- reductions ----
    def _numeric(self):
        return {n: c for n, c in self._columns.items() if c.kind in ("float", "int", "bool") and c.late is None}

    def sums(self):
        """Sums over the rows that count."""
        return Sums(len(self.index), self.keep)

    def _reduced(self, f, kind="float", columns=None):
        """A series on the columns' names."""
        columns = self._numeric() if columns is None else columns
        if not columns:
            raise ArgumentError("no column holds numbers")
        sums = self.sums()
        return EncryptedSeries(None, Index(columns), None, late=stack([finished(f(sums, c)) for c in columns.values()]),
                               kind=kind)

    def sum(self):
        """Sums by column."""
        return self._reduced(lambda sums, c: sums.late_total(c))

    def count(self):
        """Values that are there, by column."""
        return self._reduced(lambda sums, c: sums.count(c.codes or c), "int", self._columns)

    def mean(self):
        """Means by column."""
        return self._reduced(lambda sums, c: sums.mean(c))

    def var(self, ddof=1):
        """Variances by column."""
        return self._reduced(lambda sums, c: sums.variance(c, ddof))

    def std(self, ddof=1):
        """Standard deviations by column."""
        return self._reduced(lambda sums, c: sqrt(sums.variance(c, ddof)))

    def sem(self, ddof=1):
        """Standard errors of the means."""
        return self._reduced(lambda sums, c: sqrt(sums.variance(c, ddof) / sums.count(c)))

    def quantile(self, q=0.5):
        """A quantile by column, or several; see :meth:`EncryptedSeries.quantile`."""
        if np.ndim(q):
            sums, index = self.sums(), Index([float(x) for x in q])
            made = {n: stack([order.quantile(c, x, sums) for x in index]) for n, c in self._numeric().items()}
            return self.like({n: EncryptedSeries(None, index, n, late=cells) for n, cells in made.items()}, index, ())
        return self._reduced(lambda sums, c: order.quantile(c, float(q), sums))

    def median(self):
        """Medians by column."""
        return self.quantile(0.5)

    def min(self):
        """The smallest values by column."""
        return self.quantile(0.0)

    def max(self):
        """The largest values by column."""
        return self.quantile(1.0)

    def nunique(self):
        """How many of the declared values are there, by column."""
        return self._reduced(lambda sums, c: order.distinct(c, sums), "int", self._columns)

    def duplicated(self, subset=None, keep="first"):
        """Where an earlier row has the same values; see :func:`jupyterfhe.frame.repeats.repeated`.

        Parameters
        ----------
        subset : str or list of str, optional
            Columns of declared values; all by default.
        keep : {'first', 'last', False}, default='first'

        Returns
        -------
        EncryptedSeries
            Of truth values, finished at decryption.
        """
        return EncryptedSeries(None, self.index, None, kind="bool", keep=self.keep, late=self._repeated(subset, keep))

    def drop_duplicates(self, subset=None, keep="first"):
        """A filter that leaves one row of each combination of values, decided at decryption.

        Parameters
        ----------
        subset : str or list of str, optional
            As of :meth:`duplicated`.
        keep : {'first', 'last', False}, default='first'

        Returns
        -------
        EncryptedFrame
            Shown, saved and sliced without a level; sums and groups of it take a mask under encryption
            (:mod:`jupyterfhe.frame.firsts`).
        """
        from .firsts import Firsts
        told = 1.0 - self._repeated(subset, keep)
        return self.like(self._columns, keep=(*self.keep, Firsts(told, self._of(subset), keep, self.keep)))

    def _of(self, subset):
        return [self[n] for n in (self.columns if subset is None else [subset] if isinstance(subset, str) else subset)]

    def _repeated(self, subset, keep):
        from .repeats import repeated
        return repeated(self._of(subset), keep, self.keep)

    def sort_values(self, by, ascending=True, na_position="last", *, kind="stable", ignore_index=True):
        """Rows in the order of columns of declared values, or of one of any numbers; see
        :func:`jupyterfhe.frame.places.sorted_by`.

        Parameters
        ----------
        by : str or list of str
        ascending : bool or list of bool, default=True
        na_position : {'first', 'last'}, default='last'
        kind : str
            Equal rows stand as they stood, whatever is asked for.
        ignore_index : bool, default=True
            False is refused: where each row came from is secret.

        Returns
        -------
        EncryptedFrame
            On labels 0, 1, 2, ...; finished at decryption.
        """
        from .places import sorted_by
        if not ignore_index:
            raise Refused("sort_values that keeps labels: where each row came from is secret", "Put the labels into a column.")
        return sorted_by(self, [by] if isinstance(by, str) else list(by), ascending, na_position)

    def nlargest(self, n, columns, keep="first"):
        """A filter that leaves the rows of the largest values of a column, or of several of declared values.

        Parameters
        ----------
        n : int
        columns : str or list of str
        keep : {'first', 'last', 'all'}, default='first'

        Returns
        -------
        EncryptedFrame
            Rows as they stand.
        """
        return self._foremost(n, columns, 1, keep)

    def nsmallest(self, n, columns, keep="first"):
        """The same of the smallest."""
        return self._foremost(n, columns, -1, keep)

    def _foremost(self, n, columns, side, keep):
        chosen = [self[c] for c in ([columns] if isinstance(columns, str) else columns)]
        return self.like(self._columns, keep=(*self.keep, order.largest(chosen, n, side, keep)))

    def cov(self, ddof=1):
        """Covariances of all pairs of columns, each over the rows that have both."""
        return self._matrix(lambda sums, a, b: sums.covariance(a, b, ddof))

    def corr(self):
        """Pearson's correlations of all pairs of columns."""
        return self._matrix(lambda sums, a, b: number(1.0) if a is b else sums.correlation(a, b))

    def _matrix(self, f):
        columns, sums, made = self._numeric(), self.sums(), {}
        for i, (n, a) in enumerate(columns.items()):
            for j, (m, b) in enumerate(columns.items()):
                made[n, m] = made[m, n] if j < i else f(sums, a, b)
        index = Index(columns)
        return self.like({m: EncryptedSeries(None, index, m, late=stack([made[n, m] for n in columns])) for m in columns},
                         index, ())

    def describe(self, percentiles=None):
        """Counts, means and deviations; extremes and quantiles of the columns of small declared ranges.

        Parameters
        ----------
        percentiles : sequence of float, optional
            The quartiles by default.

        Returns
        -------
        EncryptedFrame
            Missing where a column's values are not declared and another's are.
        """
        sums, columns = self.sums(), self._numeric()
        if not columns:
            raise Refused("describe of no numbers", "Categories are counted: s.value_counts(), s.nunique(), s.mode().")
        more = order.summary(columns.values(), percentiles)
        index, shares = Index((*SUMMARY, *more)), list(more.values())
        made = {n: stack(order.described(c, sums, shares)) for n, c in columns.items()}
        return self.like({n: EncryptedSeries(None, index, n, late=cells) for n, cells in made.items()}, index, ())

    # ---- groups ----
    def groupby(self, by, min_count=0):
        """Groups of rows by declared categories, truth values, or public labels.

        Parameters
        ----------
        by : str, EncryptedSeries, public labels of the rows, or a list of them
        min_count : int, default=0
            Groups of fewer rows come out undefined at the reader's side, see docs/guide-frames.md.

        Returns
        -------
        GroupBy
            Every combination of declared labels is a group, for which have rows is secret.
        """
        several = isinstance(by, list) and any(isinstance(b, (str, list, np.ndarray, EncryptedSeries)) for b in by)
        return GroupBy(self, by if several else [by], min_count)

    def resample(self, rule, min_count=0):
        """Groups on a grid of the index's public dates.

        Parameters
        ----------
        rule : {'D', 'W', 'ME', 'MS', 'QE', 'QS', 'YE', 'YS'}
            Days, weeks that end on Sundays, months, quarters, years; by last or first days.
        min_count : int, default=0

        Returns
        -------
        GroupBy
        """
        from .calendar import grid
        return GroupBy(self, [grid(self.index, rule)], min_count)

    def pivot_table(self, values, index, columns, aggfunc="mean", min_count=0):
        """See :func:`pivot_table`."""
        from .tables import pivot_table
        return pivot_table(self, values, index, columns, aggfunc, min_count)

    def merge(self, right, on, how="left"):
        """See :func:`merge`."""
        from .joining import merge
        return merge(self, right, on, how)

    def get_dummies(self, columns=None):
        """See :func:`get_dummies`."""
        from .tables import get_dummies
        return get_dummies(self, columns)

    # ---- order of rows ----
    def _each(self, f):
        return self.like({n: f(c) for n, c in self._columns.items()})

    def shift(self, periods=1):
        """Rows moved by a public number."""
        return self._each(lambda c: self[c.name].shift(periods))

    def diff(self, periods=1):
        """Less the row some places before."""
        return self._each(lambda c: self[c.name].diff(periods))

    def cumsum(self):
        """Running sums."""
        return self._each(lambda c: self[c.name].cumsum())

    def rolling(self, window, min_periods=None):
        """Windows of so many rows in each column: ``.sum()``, ``.mean()``, ``.count()``, ``.var()``, ``.std()``."""
        return windows.FrameRolling(self, window, min_periods)

    # ---- out ----
    def to_array(self):
        """Columns as an array, when no value may be missing.

        Returns
        -------
        EncryptedArray of shape (rows, columns)
        """
        if self.keep:
            raise Refused("the array of a filtered frame", "Use its sums and means, or multiply by the filter: df.a * (df.c == "
                          "'x').")
        return np.stack([c.values for c in self._columns.values()], axis=1)

    def result(self):
        """What is saved and opened.

        Returns
        -------
        Result
        """
        return Result("frame", [c.rename(n).output() for n, c in self._columns.items()], self.index, decided(self.keep),
                      tables=self.tables)

    def _refused(self, *_):
        raise Refused("the truth value of an encrypted frame is not known here", "Decide after decryption.")

    __bool__ = __float__ = __array__ = _refused
    del _refused

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted frames are not pickled: a pickle runs code where it is opened. Save them by name.")

    def __repr__(self):
        """What is public of it; never a value."""
        return self._facts()

    def _repr_html_(self):
        """The same as a table."""
        from ..array.explain import table
        facts = {n: c.kind + (", may be missing" if c.valid is not None else "") for n, c in self._columns.items()}
        return table(f"EncryptedFrame of {len(self.index)} rows" + (" before a filter" if self.keep else ""), facts)


def _series(name, column, index):
    """A column of whatever sort, under its name and no filter."""
    if isinstance(column, EncryptedSeries):
        out = column._copy()
        out.name, out.keep = name, ()
        return out
    if isinstance(column, EncryptedArray):
        rest, offset = centred(column)
        return EncryptedSeries(rest, index, name, offset=offset, kind="bool" if column.dtype == bool else "float")
    cells = finished(column)
    if cells.ndim != 1:
        raise ArgumentError(f"column {name!r} has {cells.ndim} axes")
    return EncryptedSeries(None, index, name, late=cells)

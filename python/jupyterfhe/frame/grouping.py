"""Groups of rows: a mask a group, and sums under it."""

import functools
import itertools

import numpy as np

from ..array import EncryptedArray
from ..array.finish import at_least, finished, larger, sqrt, stack
from ..array.layout import afford
from ..core.errors import ArgumentError
from . import order
from .index import Index
from .moments import Sums
from .refusal import Refused
from .series import EncryptedSeries

KINDS = {"count": "int", "size": "int"}
SPREAD = ("var", "std", "sem")
SHARES = {"min": 0.0, "median": 0.5, "max": 1.0}
FUNCTIONS = ("sum", "mean", "count", "size", *SPREAD, *SHARES, "nunique")


class Key:
    """One key of a grouping: labels, and where the rows of each are.

    Attributes
    ----------
    index : Index
        Of the labels.
    masks : callable of int
        Gives the mask of a label: encrypted, or public truth values.
    """

    __slots__ = ("index", "masks")

    def __init__(self, index, masks):
        """Keep both."""
        self.index, self.masks = index, masks


def key_of(frame, by):
    """A key of a frame.

    Parameters
    ----------
    frame : EncryptedFrame
    by : str, EncryptedSeries, Key, or public labels

    Returns
    -------
    Key

    Raises
    ------
    Refused
        For a column whose values are not declared.
    """
    if isinstance(by, Key):
        return by
    if isinstance(by, str):
        by = frame[by]
    if isinstance(by, EncryptedSeries):
        if by.index != frame.index:
            raise Refused("a key on another index", "Make it of this frame's own columns.")
        codes = by._categories("groupby")
        return Key(codes.index(by.name), lambda i: codes.indicator([i]))
    labels = list(by)
    if len(labels) != len(frame.index):
        raise ArgumentError(f"{len(labels)} public labels for {len(frame.index)} rows")
    found = {}
    for i, label in enumerate(labels):
        found.setdefault(label, []).append(i)
    names = sorted(found)
    masks = np.zeros((len(names), len(labels)), dtype=bool)
    for i, name in enumerate(names):
        masks[i, found[name]] = True
    return Key(Index(names), masks.__getitem__)


class GroupBy:
    """Groups of a frame's rows; one for every combination of declared labels, with rows or without.

    Parameters
    ----------
    frame : EncryptedFrame
    by : list
    min_count : int
        Groups of fewer rows are left out. The reader's side decides it, for counts are known nowhere else: it keeps small
        groups out of what is shown and passed on, not from a reader who changes the program.
    """

    def __init__(self, frame, by, min_count=0, columns=None, single=None):
        """Name the groups; nothing is summed."""
        if not isinstance(min_count, (int, np.integer)) or min_count < 0:
            raise ArgumentError(f"min_count is a whole number from 0 on, not {min_count!r}")
        self.frame, self.min_count, self._single = frame, int(min_count), single
        self.keys = [key_of(frame, b) for b in by]
        used = {b if isinstance(b, str) else getattr(b, "name", None) for b in by}
        self._columns = columns or [n for n in frame.columns if n not in used]
        combined = list(itertools.product(*(range(len(k.index)) for k in self.keys)))
        afford(len(combined) * max(len(self._columns), 1) * 16, f"{len(combined):,} groups of {len(self._columns)} columns",
               "Group by fewer keys at a time, or take fewer columns: df.groupby(...)[['a', 'b']].")
        self._codes = combined
        self._made, self._kept = None, {}

    @property
    def index(self):
        """Labels of the groups."""
        if len(self.keys) == 1:
            return self.keys[0].index
        labels = [tuple(k.index[i] for k, i in zip(self.keys, codes, strict=True)) for codes in self._codes]
        return Index(labels, [k.index.names[0] for k in self.keys], [k.index.secret[0] for k in self.keys])

    def __getitem__(self, names):
        """Of some columns alone.

        Parameters
        ----------
        names : str or list of str

        Returns
        -------
        GroupBy
        """
        chosen = [names] if isinstance(names, str) else list(names)
        for name in chosen:
            self.frame[name]
        out = object.__new__(GroupBy)
        out.__dict__.update(self.__dict__)
        out._columns, out._single = chosen, names if isinstance(names, str) else None
        return out

    def __getattr__(self, name):
        """A column whose name is an identifier, as of a frame."""
        frame = self.__dict__.get("frame")
        if frame is None or name not in frame.columns:
            raise AttributeError(f"groups of an encrypted frame have no {name!r}")
        return self[name]

    # ---- sums ----
    def groups(self):
        """Sums of every group.

        Returns
        -------
        list of Sums
        """
        if self._made is None:
            shared, rows = {}, len(self.frame.index)
            self._made = [Sums(rows, self.frame.keep, [k.masks(i) for k, i in zip(self.keys, codes, strict=True)], shared)
                          for codes in self._codes]
        return self._made

    def _released(self, cells):
        """A cell a group, undefined where the group is too small."""
        if not self.min_count:
            return cells
        return [at_least(g.count(), self.min_count, c) for g, c in zip(self.groups(), cells, strict=True)]

    def kept(self, wide=1):
        """Which rows of a table of groups are shown, those of which one group at least is large enough; nothing where all are.

        Parameters
        ----------
        wide : int, default=1
            Groups that stand in one row.

        Returns
        -------
        tuple of Finished
            As :attr:`EncryptedFrame.keep` has it.
        """
        if not self.min_count:
            return ()
        if wide not in self._kept:  # one for all columns, so that they can be computed with each other
            counts = [g.count() for g in self.groups()]
            most = [functools.reduce(larger, counts[i:i + wide]) for i in range(0, len(counts), wide)]
            self._kept[wide] = stack([at_least(c, self.min_count, 1.0) for c in most]),
        return self._kept[wide]

    def _column(self, name, function, ddof=1, keep=()):
        """A column of the result; `keep` where it stands alone."""
        series = self.frame._columns.get(name) if name is not None else None
        if function not in FUNCTIONS and not isinstance(function, float):
            raise Refused(f"agg({function!r})", f"There are {', '.join(FUNCTIONS)}, and quantile(q).")
        if function not in KINDS and function != "nunique" and series.kind not in ("float", "int", "bool"):
            raise Refused(f"{function} of the {series.kind} column {name!r}", "Sums and means are of numbers: choose columns, "
                          "df.groupby(...)[['a', 'b']].")
        cells = self._released([_cell(g, series, function, ddof) for g in self.groups()])
        kind = KINDS.get(function, "int" if function == "sum" and series.kind in ("int", "bool") else "float")
        if function in ("sum", "count", "size") and not self.min_count and all(isinstance(c, EncryptedArray) for c in cells):
            return EncryptedSeries(np.stack(cells), self.index, name, kind=kind)
        late = stack([finished(c) for c in cells])
        return EncryptedSeries(None, self.index, name, late=late, kind=kind, keep=keep)

    # ---- results ----
    def agg(self, functions=None, **named):
        """Several functions of the columns.

        Parameters
        ----------
        functions : str, list of str, or dict of str to (str or list of str), optional
        **named : (str, str)
            A result's name: column and function.

        Returns
        -------
        EncryptedFrame, or EncryptedSeries for one function of one column
            Where a column has several functions, results are named ``column_function``.
        """
        if named:
            return self._frame({name: self._column(*spec) for name, spec in named.items()})
        if isinstance(functions, str):
            return self._all(functions)
        wanted = functions if isinstance(functions, dict) else {n: list(functions) for n in self._columns}
        made = {}
        for name, chosen in wanted.items():
            for function in [chosen] if isinstance(chosen, str) else chosen:
                made[name if isinstance(chosen, str) else f"{name}_{function}"] = self._column(name, function)
        return self._frame(made)

    aggregate = agg

    def _all(self, function, ddof=1):
        if self._single is not None:
            return self._column(self._single, function, ddof, self.kept())
        columns = self._columns
        if function not in KINDS:
            columns = [n for n in columns if self.frame._columns[n].kind in ("float", "int", "bool")]
        if not columns:
            raise ArgumentError("no column holds numbers")
        return self._frame({n: self._column(n, function, ddof) for n in columns})

    def _frame(self, made):
        return self.frame.like(made, self.index, self.kept())

    def sum(self):
        """Sums by group."""
        return self._all("sum")

    def mean(self):
        """Means by group."""
        return self._all("mean")

    def count(self):
        """Values that are there, by group."""
        return self._all("count")

    def var(self, ddof=1):
        """Variances by group."""
        return self._all("var", ddof)

    def std(self, ddof=1):
        """Standard deviations by group."""
        return self._all("std", ddof)

    def sem(self, ddof=1):
        """Standard errors of the means by group."""
        return self._all("sem", ddof)

    def min(self):
        """The smallest by group; see :func:`jupyterfhe.frame.order.quantile`."""
        return self._all("min")

    def max(self):
        """The largest by group."""
        return self._all("max")

    def median(self):
        """Medians by group."""
        return self._all("median")

    def quantile(self, q=0.5):
        """Quantiles by group, of integers of a small declared range."""
        return self._all(float(q))

    def nunique(self):
        """How many of the declared values are there, by group."""
        return self._all("nunique")

    def describe(self):
        """Count, mean and deviation by group; extremes and quartiles of columns of small declared ranges.

        Returns
        -------
        EncryptedFrame
            Of one column as ``groupby(...)["a"]`` picks it, ``count``, ``mean`` and so on; else ``a_count``, ``a_mean``.
        """
        made = {}
        for name in [self._single] if self._single is not None else self._columns:
            more = order.summary([self.frame._columns[name]])
            for label, function in {"count": "count", "mean": "mean", "std": "std", **more}.items():
                made[label if self._single is not None else f"{name}_{label}"] = self._column(name, function)
        return self._frame(made)

    def size(self):
        """Rows by group, whatever is missing in them."""
        return self._column(None, "size", keep=self.kept()).rename("size")

    def __repr__(self):
        """Keys and groups."""
        names = ", ".join(map(str, self._columns[:8]))
        return f"<GroupBy {len(self._codes)} groups of {len(self.frame.index)} rows, columns {names}>"


def _cell(sums, series, function, ddof):
    if function == "size":
        return sums.raw_count()
    if function == "count":
        return sums.raw_count(series.codes or series)
    if function == "sum":
        return sums.total(series)
    if function == "mean":
        return sums.mean(series)
    if function == "nunique":
        return order.distinct(series, sums)
    if isinstance(function, float) or function in SHARES:
        return order.quantile(series, SHARES.get(function, function), sums)
    found = sums.variance(series, ddof)
    if function == "var":
        return found
    return sqrt(found) if function == "std" else sqrt(found / sums.count(series))

"""One encrypted column: numbers beside a validity mask, on a public index."""

import numpy as np

from ..array import EncryptedArray
from ..array.finish import Finished, finished, sqrt, stack
from ..core.errors import ArgumentError
from . import elementwise, order, windows
from .categorical import EncryptedCategorical, integers
from .comparing import compared
from .index import Index
from .moments import Sums
from .products import decided, product
from .refusal import LATE, Refused
from .result import Output, Result
from .truths import Truths

ORDER = ("idxmin", "idxmax", "apply", "agg", "plot", "hist", "item",
         "tolist", "to_list", "to_numpy")


class EncryptedSeries(Truths):
    """A column of numbers, truth values, dates or category codes that stay encrypted; missing values are marked, encrypted too.

    Where a value is there it is ``offset + rest``; `rest` holds 0 where none is. What ends in a division is finished at
    decryption (:class:`~jupyterfhe.array.finish.Finished`) and is not computed on further, except by ``+ - * /`` and roots.

    Attributes
    ----------
    name : str or None
    index : Index
        Public labels.
    kind : str
        float, int, bool, date, datetime or category.
    """

    __array_priority__ = 3000
    __hash__ = None

    def __init__(self, values, index=None, name=None, *, valid=None, kind="float", keep=(), offset=0.0, epoch=None,
                 categories=None,
                 source=None, codes=None, factors=None, late=None):
        """Keep the parts.

        Parameters
        ----------
        values : EncryptedArray of shape (n,), or None
            0 where nothing is there, less `offset`.
        index : Index or iterable, optional
            0, 1, 2, ... by default.
        name : str, optional
        valid : EncryptedArray, ndarray of bool or None
            1 where a value is there.
        kind : str, default='float'
        keep : tuple
            Rows that a filter left: factors of 0 and 1.
        offset : float, default=0.0
        epoch, categories, source : optional
            As of :class:`~jupyterfhe.frame.result.Output`.
        codes : EncryptedCategorical, optional
        factors : tuple, optional
            Truth values whose product this is, multiplied when it is needed.
        late : Finished, optional
            Numbers that are finished at decryption, in the place of `values`.
        """
        self._rest, self.factors, self.late = values, factors, late
        n = len(late if late is not None else factors[0] if values is None else values)
        self.index = index if isinstance(index, Index) else Index(range(n) if index is None else index)
        if len(self.index) != n:
            raise ArgumentError(f"an index of {len(self.index)} labels for {n} rows")
        self.name, self.valid, self.kind, self.keep, self.offset = name, valid, kind, tuple(keep), float(offset)
        self.epoch, self.categories, self.source, self.codes = epoch, categories, source, codes
        self._powers, self._filled = {}, None
        self.raw = None  # of an exact column: its approximate form as the table holds it, see columns.py

    # ---- parts ----
    @property
    def rest(self):
        """Numbers less :attr:`offset`; 0 where nothing is there."""
        if self.late is not None:
            raise Refused(f"{self.name or 'the numbers'} are finished at decryption: nothing is computed on them here", LATE)
        if self._rest is None:
            self._rest = product(self.factors)
        return self._rest

    def powers(self, k):
        """The k-th power of :attr:`rest`, made once."""
        if k == 1:
            return self.rest
        if k not in self._powers:
            self._powers[k] = self.powers(k // 2) * self.powers(k - k // 2)
        return self._powers[k]

    @property
    def values(self):
        """The numbers as an array, when none may be missing or filtered out.

        Returns
        -------
        EncryptedArray of shape (n,)
        """
        if self.valid is not None or self.keep:
            raise Refused(f"values of {self.name!r} may be missing", "Say what stands in their places, s.fillna(0).values, and "
                          "take "
                          "filters off; or use the series' own sums and means, which count what is there.")
        return self.rest + self.offset if self.offset else self.rest

    @property
    def filled(self):
        """Numbers with 0 where nothing is there; made once."""
        if self._filled is None:
            there = 1.0 if self.valid is None else self._valid_numbers
            self._filled = self.rest if self.offset == 0 else self.rest + self.offset * there
        return self._filled

    @property
    def _valid_numbers(self):
        return self.valid.astype(float) if isinstance(self.valid, np.ndarray) else self.valid

    @property
    def session(self):
        """What computes."""
        return self.rest.session

    @property
    def dtype(self):
        """What decryption gives: a kind."""
        return self.kind

    @property
    def shape(self):
        """Rows, which are public; refused after a filter."""
        return (len(self),)

    def __len__(self):
        """Rows, which are public; how many a filter left is not."""
        if self.keep:
            raise Refused("len(filtered): how many rows a filter leaves is secret", "Count them: s.count(), df.count().")
        return len(self.index)

    def like(self, values=None, **changes):
        """A series with some parts changed; of the same rows.

        Parameters
        ----------
        values : EncryptedArray, optional
        **changes
            As the parameters.

        Returns
        -------
        EncryptedSeries
        """
        parts = {"index": self.index, "name": self.name, "valid": self.valid, "keep": self.keep}
        return EncryptedSeries(values, **(parts | changes))

    def rename(self, name):
        """The same under another name."""
        out = self._copy()
        out.name = name
        return out

    def set_axis(self, labels):
        """The same with other public labels."""
        out = self._copy()
        out.index = labels if isinstance(labels, Index) else Index(labels)
        if len(out.index) != len(self.index):
            raise ArgumentError(f"an index of {len(out.index)} labels for {len(self.index)} rows")
        return out

    def _copy(self):
        out = object.__new__(EncryptedSeries)
        out.__dict__.update(self.__dict__)
        return out

    def kept(self, keep):
        """The same under more filters."""
        out = self._copy()
        out.keep = (*self.keep, *keep)
        return out

    def sums(self):
        """Sums over its rows."""
        return Sums(len(self.index), self.keep)

    # ---- arithmetic ----
    def _numbers(self, what):
        if self.kind == "category":
            raise Refused(f"{what} of the category {self.name!r}", "Categories are compared, counted and grouped by; "
                          "df.get_dummies gives 0/1 columns.")
        return self

    def _binary(self, other, name, swapped=False):
        from .arithmetic import binary
        return binary(self, other, name, swapped)

    def _operator(name, swapped=False):
        def method(self, other):
            return self._binary(other, name, swapped)
        return method

    __add__, __sub__, __mul__, __truediv__ = map(_operator, ("add", "sub", "mul", "div"))
    __radd__, __rmul__ = __add__, __mul__
    __rsub__, __rtruediv__ = _operator("sub", True), _operator("div", True)
    add, sub, mul, div = __add__, __sub__, __mul__, __truediv__
    del _operator

    def __neg__(self):
        """Less than nothing."""
        return self * -1.0

    def __pow__(self, k):
        """A whole power above 0."""
        if not isinstance(k, (int, np.integer)) or k < 1:
            raise Refused(f"a power {k!r} of an encrypted series", "Whole powers from 1 on.")
        return self.like(self._numbers("a power").filled ** int(k))

    # ---- number by number ----
    def abs(self):
        """Moduli; coarse near 0 without ``jf.options.resolution``."""
        return elementwise.applied(self, np.abs, "abs")

    def clip(self, lower=None, upper=None):
        """Numbers cut off at public ends."""
        return elementwise.clipped(self, lower, upper)

    def round(self, decimals=0):
        """Rounded numbers, to even where two are as near: a sign each step of the range, or none of integers."""
        if self.kind == "int" and decimals >= 0:
            return self._copy()
        return elementwise.applied(self, lambda x: np.round(x, decimals), "round")

    def __floordiv__(self, by):
        """The whole part of a quotient by a public number."""
        return elementwise.stepped(self, by, np.floor_divide, "//")

    def __mod__(self, by):
        """What a division by a public number leaves, of its sign."""
        return elementwise.stepped(self, by, np.remainder, "%")

    def where(self, cond, other=None):
        """Its numbers where a condition holds; elsewhere others, or nothing.

        Parameters
        ----------
        cond : EncryptedSeries
            Of truth values.
        other : float or EncryptedSeries, optional

        Returns
        -------
        EncryptedSeries
        """
        return elementwise.chosen(self, cond, other)

    def mask(self, cond, other=None):
        """As :meth:`where`, of the opposite condition."""
        return self.where(~cond, other)

    __abs__, __round__, floordiv, mod = abs, round, __floordiv__, __mod__

    # ---- order ----
    def _order(name):
        def method(self, other):
            return compared(self, other, name)
        return method

    __lt__, __le__, __gt__, __ge__ = map(_order, ("lt", "le", "gt", "ge"))
    lt, le, gt, ge = __lt__, __le__, __gt__, __ge__
    del _order

    def map(self, table):
        """What a function, or a dict, makes of every declared value; see :func:`jupyterfhe.frame.elementwise.looked_up`."""
        return elementwise.looked_up(self, table)

    def between(self, left, right, inclusive="both"):
        """Where a value lies between two others.

        Parameters
        ----------
        left, right : number, date or EncryptedSeries
        inclusive : {'both', 'neither', 'left', 'right'}, default='both'

        Returns
        -------
        EncryptedSeries
            Of truth values; False where it is missing.
        """
        if inclusive not in ("both", "neither", "left", "right"):
            raise ArgumentError(f"inclusive is both, neither, left or right, not {inclusive!r}")
        above = compared(self, left, "ge" if inclusive in ("both", "left") else "gt")
        return above & compared(self, right, "le" if inclusive in ("both", "right") else "lt")

    def quantile(self, q=0.5):
        """A quantile of what is there, linear between two values; see :func:`jupyterfhe.frame.order.quantile`.

        Parameters
        ----------
        q : float or list of float, default=0.5

        Returns
        -------
        Finished, or EncryptedSeries on the shares
        """
        if np.ndim(q):
            shares = [float(x) for x in q]
            return EncryptedSeries(None, Index(shares), self.name, late=stack([order.quantile(self, x) for x in shares]))
        return order.quantile(self, float(q))

    def median(self):
        """The number in the middle, or the mean of both."""
        return order.quantile(self, 0.5)

    def min(self):
        """The smallest of what is there."""
        return order.quantile(self, 0.0)

    def max(self):
        """The largest of what is there."""
        return order.quantile(self, 1.0)

    def nunique(self):
        """How many of the declared values are there."""
        return order.distinct(self)

    def unique(self):
        """The declared values that are there; see :func:`jupyterfhe.frame.repeats.present`."""
        from .repeats import present
        return present(self)

    def duplicated(self, keep="first"):
        """Where an earlier row has the same value; see :func:`jupyterfhe.frame.repeats.repeated`."""
        from .repeats import repeated
        return self.like(None, valid=None, kind="bool", late=repeated([self], keep, self.keep))

    def drop_duplicates(self, keep="first"):
        """A filter that leaves one row of each value, decided at decryption."""
        from .firsts import Firsts
        from .repeats import repeated
        return self.kept((Firsts(1.0 - repeated([self], keep, self.keep), [self], keep, self.keep),))

    def rank(self, method="average", ascending=True):
        """Places in order from 1 on; see :func:`jupyterfhe.frame.order.rank`."""
        return order.rank(self, method, ascending)

    def sort_values(self, ascending=True, na_position="last"):
        """Values in order, on labels 0, 1, 2, ...; see :func:`jupyterfhe.frame.order.sort_values`."""
        return order.sort_values(self, ascending, na_position)

    def nlargest(self, n=5, keep="first"):
        """A filter that leaves the largest values, in the order of their rows; see :func:`jupyterfhe.frame.order.largest`."""
        return self.kept((order.largest([self], n, 1, keep),))

    def nsmallest(self, n=5, keep="first"):
        """A filter that leaves the smallest values, in the order of their rows."""
        return self.kept((order.largest([self], n, -1, keep),))

    def mode(self):
        """The declared values that most rows have; see :func:`jupyterfhe.frame.repeats.commonest`."""
        from .repeats import commonest
        return commonest(self)

    def describe(self, percentiles=None):
        """Count, mean, deviation; extremes and quantiles where the values' range is declared and small.

        Parameters
        ----------
        percentiles : sequence of float, optional
            The quartiles by default.

        Returns
        -------
        EncryptedSeries
        """
        from .frame import EncryptedFrame
        name = self._numbers("describe").name or "value"
        return EncryptedFrame({name: self.rename(name)}, self.index, self.keep).describe(percentiles)[name]

    # ---- what is refused ----
    def _refused(name, words):
        def method(self, *_, **__):
            raise Refused(f"{name} of an encrypted series: {words[0]}", words[1])
        method.__name__ = name
        return method

    __bool__ = __float__ = __array__ = _refused("plain value", ("it is encrypted", "client.decrypt_frame opens it. Functions "
                                                                "of numpy take its array where nothing is missing: s.values."))
    for _name in ORDER:
        locals()[_name] = _refused(_name, ("it needs comparisons, or plain values", "Sums, means and groups work; else after "
                                           "decryption."))
    del _refused, _name

    # ---- missing values ----
    def isna(self):
        """Where nothing is there."""
        if self.valid is None:
            return self.like(self.rest * 0.0, kind="bool")
        return self.like(1.0 - (self._valid_numbers if not isinstance(self.valid, np.ndarray) else self._public_valid()),
                         valid=None,
                         kind="bool")

    def notna(self):
        """Where a value is there."""
        return ~self.isna()

    def _public_valid(self):
        return self.rest * 0.0 + self.valid.astype(float)

    def fillna(self, value):
        """A public number, or an encrypted one, where nothing is there.

        Parameters
        ----------
        value : float or EncryptedScalar

        Returns
        -------
        EncryptedSeries

        Notes
        -----
        Cost: free for a public number, one product for an encrypted one.
        """
        if isinstance(value, Finished):
            raise Refused("a fill that is finished at decryption", "Open it and fill with a public number, or fill with a sum "
                          "over a "
                          "public count.")
        if self.valid is None:
            return self._copy()
        if self.kind == "category":
            raise Refused(f"missing values of the category {self.name!r}", "Declare a label for them before encryption.")
        if isinstance(value, EncryptedArray):
            return self.like(self.filled + (1.0 - self._valid_numbers) * value, valid=None, kind=self.kind, epoch=self.epoch)
        # offset + rest there; rest is 0 elsewhere, so it takes the difference alone
        gap = float(value) - self.offset
        rest = self.rest if gap == 0 else self.rest + gap * (1.0 - self._valid_numbers)
        return self.like(rest, valid=None, offset=self.offset, kind=self.kind, epoch=self.epoch)

    def dropna(self):
        """A filter that leaves the rows with a value; the reader's side compacts."""
        return self if self.valid is None else self.kept((self.valid,))

    def astype(self, kind):
        """Truth values as numbers; numbers are not rounded."""
        kind = {float: "float", int: "int", bool: "bool"}.get(kind, kind)
        if (self.kind, kind) not in (("bool", "int"), ("bool", "float"), ("int", "float"), (self.kind, self.kind)):
            raise Refused(f"{self.kind} does not become {kind} without being decrypted", "Round after decryption.")
        out = self._copy()
        out.kind = kind
        return out

    # ---- reductions ----
    def sum(self):
        """The sum of what is there, as an encrypted number."""
        return self._numbers("a sum").sums().total(self)

    def count(self):
        """How many are there: an integer, at decryption."""
        return self.sums().count(self)

    def mean(self):
        """The mean of what is there; divided at decryption."""
        return self._numbers("a mean").sums().mean(self)

    def var(self, ddof=1):
        """The variance of what is there."""
        return self._numbers("a variance").sums().variance(self, ddof)

    def std(self, ddof=1):
        """The standard deviation."""
        return sqrt(self.var(ddof))

    def sem(self, ddof=1):
        """The standard error of the mean."""
        return sqrt(self.var(ddof) / self.count())

    def cov(self, other, ddof=1):
        """The covariance over rows that have both."""
        return self._pair(other).covariance(self, other, ddof)

    def corr(self, other):
        """Pearson's correlation over rows that have both."""
        return self._pair(other).correlation(self, other)

    def _pair(self, other):
        self._numbers("a covariance")
        if other.index != self.index or other.keep != self.keep:
            raise Refused("two series of different rows", "Align them first, and filter both alike.")
        return self.sums()

    def skew(self):
        """The skewness, corrected for its bias as pandas does."""
        from .shape import skewness
        return skewness(self, bias=False)

    def kurt(self):
        """The excess kurtosis, corrected for its bias as pandas does."""
        from .shape import excess
        return excess(self, bias=False)

    kurtosis = kurt

    def value_counts(self, normalize=False):
        """Rows a label, in the order that was declared; labels that nobody has count 0.

        Parameters
        ----------
        normalize : bool, default=False
            Shares of the rows that have a value instead, divided at decryption.

        Returns
        -------
        EncryptedSeries
            On the labels.
        """
        codes = self._categories("value_counts")
        if normalize:
            counts = stack(order.counted(codes, self.sums()))
            return EncryptedSeries(None, codes.index(self.name), "proportion", late=counts / counts.sum())
        made = [Sums(len(self.index), self.keep, (codes.indicator([i]),)).raw_count() for i in range(len(codes))]
        return EncryptedSeries(np.stack(made), codes.index(self.name), "count", kind="int")

    def _categories(self, what):
        if self.kind == "bool" and self.valid is None:
            return EncryptedCategorical.of_truth(self)
        if self.codes is None and self.kind == "int":
            self.codes = integers(self)
        if self.codes is None:
            raise Refused(f"{what} of the {self.kind} column {self.name!r}: its values are not declared",
                          "Encrypt it as a category, as truth values, or as integers of a range of at most 128.")
        return self.codes

    def get_dummies(self):
        """A 0/1 column a label; see :func:`get_dummies`."""
        from .tables import get_dummies
        return get_dummies(self)

    def groupby(self, by, min_count=0):
        """Groups by another series; see :meth:`EncryptedFrame.groupby`."""
        from .frame import EncryptedFrame
        name = self.name or "value"
        return EncryptedFrame({name: self.rename(name)}, self.index, self.keep).groupby(by, min_count=min_count)[name]

    # ---- order of rows ----
    def shift(self, periods=1):
        """Rows moved by a public number; missing where none comes."""
        return windows.shift(self, periods)

    def diff(self, periods=1):
        """Less the row some places before."""
        return self - self.shift(periods)

    def cumsum(self):
        """Running sums of what is there."""
        return windows.cumsum(self)

    def rolling(self, window, min_periods=None):
        """Windows of so many rows: ``.sum()``, ``.mean()``, ``.count()``, ``.var()``, ``.std()``."""
        return windows.Rolling(self, window, min_periods)

    def resample(self, rule, min_count=0):
        """Groups on a grid of the index's public dates; see :meth:`EncryptedFrame.resample`."""
        from .frame import EncryptedFrame
        name = self.name or "value"
        return EncryptedFrame({name: self.rename(name)}, self.index, self.keep).resample(rule, min_count=min_count)[name]

    def reindex(self, labels):
        """Rows by other public labels; missing where there are none."""
        return windows.reindex(self, labels if isinstance(labels, Index) else Index(labels))

    def head(self, n=5):
        """The first rows; under a filter the first of all, of which the reader sees those that it left."""
        return windows.rows(self, slice(0, n))

    # ---- out ----
    @property
    def cells(self):
        """Values for the reader, as a recipe."""
        if self.late is not None:
            return self.late
        return finished(self.rest) + self.offset if self.offset else finished(self.rest)

    def output(self):
        """How the reader shows it.

        Returns
        -------
        Output
        """
        cells, valid = self.cells, self.valid
        if self.kind == "category" and self.codes is not None:
            cells, valid = finished(self.codes.shown), self.codes.valid
        if isinstance(valid, np.ndarray):
            valid = valid.astype(float)
        return Output(self.name, cells, valid, self.kind, self.epoch, self.categories, self.source)

    def result(self):
        """What is saved and opened.

        Returns
        -------
        Result
        """
        return Result("series", [self.output()], self.index, decided(self.keep))

    def compute(self):
        """Compute its numbers now, and keep them."""
        self.rest.compute()
        return self

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        """Arithmetic and roots of numpy."""
        from .arithmetic import ufunc_of
        return ufunc_of(self, ufunc, method, inputs, out, options)

    def __repr__(self):
        """Name, kind, rows; never a value."""
        missing = ", may be missing" if self.valid is not None else ""
        filtered = ", filtered" if self.keep else ""
        return f"<EncryptedSeries {self.name!r}, {self.kind}, {len(self.index)} rows{missing}{filtered}>"

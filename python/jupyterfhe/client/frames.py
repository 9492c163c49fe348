"""Frames, series and statistics, opened on the owner's machine: recipes finished, labels put on, rows compacted."""

import collections
import datetime
import keyword

import numpy as np

from ..core import EvaluationKeys
from ..core.errors import RangeError
from ..core.tables import WHOLE
from ..frame import result as results
from ..plan import Session
from .arrays import OpenedArray, decrypt_array
from .finishing import finish


class OpenedFrame:
    """Rows and columns of a result that was decrypted. What prints it prints no value; ask for them.

    Attributes
    ----------
    columns : dict of str to ndarray
        Values; NaN (None for texts, dates and truth values) where nothing is there or a number is undefined.
    error_bound : dict of str to ndarray
        Bound on the absolute error of each number, proved; 0 where it is exact, infinite where nothing is known.
    error_probable : dict of str to ndarray
        Bound that holds with a chance of about 99.99 % for every ciphertext behind the result, of which there are as many as
        its folder has ``.jfhe`` files; never above `error_bound`. It decides nothing: what is exact, undefined, suppressed or
        left out rests on `error_bound`.
    index : list
        Labels of the rows.
    shape : str
        'record', 'series' or 'frame'.
    title : str
    assumed : tuple of str
        As of :class:`~jupyterfhe.client.arrays.OpenedArray`; of all results that were opened together.
    """

    __slots__ = ("assumed", "columns", "error_bound", "error_probable", "index", "names", "shape", "title")

    def __init__(self, shape, columns, error_bound, error_probable, index, names, title, assumed=()):
        """Keep the parts."""
        self.shape, self.columns, self.error_bound, self.error_probable = shape, columns, error_bound, error_probable
        self.index, self.names, self.title, self.assumed = index, names, title, tuple(assumed)

    def to_pandas(self):
        """As pandas has it.

        Returns
        -------
        pandas.DataFrame or pandas.Series
        """
        import pandas as pd

        if self.shape == "record":
            return pd.Series({n: v[()] for n, v in self.columns.items()}, name=self.title or None)
        if self.index and isinstance(self.index[0], tuple):
            index = pd.MultiIndex.from_tuples(self.index, names=self.names)
        else:
            index = pd.Index(self.index, name=self.names[0] if self.names else None)
        if self.shape == "series":
            (name, values), = self.columns.items()
            return pd.Series(values, index=index, name=name or None)
        return pd.DataFrame(dict(self.columns), index=index, columns=list(self.columns))

    def to_tuple(self):
        """A record as a named tuple of numbers and arrays.

        Returns
        -------
        tuple
        """
        names = [n if n.isidentifier() and not keyword.iskeyword(n) else f"c{i}" for i, n in enumerate(self.columns)]
        kind = collections.namedtuple(self.title if self.title.isidentifier() else "Record", names)
        return kind(*(v[()] if v.shape == () else v for v in self.columns.values()))

    def __getitem__(self, name):
        """Values of a column."""
        return self.columns[name]

    def __getattr__(self, name):
        """Values of a column whose name is an identifier."""
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r} among {', '.join(self.columns)}") from None

    def __reduce_ex__(self, protocol):
        """Refuse: values would go where nobody sees."""
        raise TypeError("decrypted numbers are not pickled; take .columns and store them yourself if they may be stored")

    def __repr__(self):
        """Shape and exactness."""
        likely, worst = (max((float(np.max(b, initial=0.0)) for b in bounds.values()), default=0.0)
                         for bounds in (self.error_probable, self.error_bound))
        return (f"<OpenedFrame {self.shape} of {len(self.columns)} columns, each probably within {likely:.1e}, proved "
                f"{worst:.1e}{''.join(f'; assumed: {text}' for text in self.assumed)}; for holders of the key alone>")


def decrypt_frame(result, key, labels=None, names=None):
    """Open a frame, a series, or what a statistic gave, for holders of the key.

    Parameters
    ----------
    result : path-like, or what has ``result()``; or a list of them
        A folder that was saved, an EncryptedFrame, an EncryptedSeries, an outcome of :mod:`jupyterfhe.stats`. Several are
        computed by one plan.
    key : SecretKey
    labels : callable of str, optional
        Gives the private labels of a table's column, or None.
    names : callable of str, optional
        Gives the text that stands for a column's name: its own, where the table calls it c1, c2, ...

    Returns
    -------
    OpenedFrame, or a list of them
    """
    several = isinstance(result, list)
    found = [_result(r, key) for r in (result if several else [result])]
    assumed = {}
    spans = iter(finish([root for r in found for root in r.roots], _opener(key, assumed)))
    out = [_opened(r, spans, labels or (lambda _: None), names or (lambda text: text), assumed) for r in found]
    return out if several else out[0]


def _result(x, key):
    if hasattr(x, "result"):
        return x.result()
    return x if hasattr(x, "roots") else results.load(x, lambda log_slots: Session.of(EvaluationKeys(key.params), log_slots))


def _opened(result, spans, labels, named, assumed=()):
    """A result of the spans of its roots, in their order."""
    cells = [next(spans) for _ in result.outputs]
    valid = [None if o.valid is None else next(spans) for o in result.outputs]
    rows = None if result.keep is None else np.flatnonzero(_there(next(spans)))
    index = None
    if result.index is not None:
        index, rows = _labelled(result.index, rows, labels, named)
    columns, worst, likely = {}, {}, {}
    for output, span, there in zip(result.outputs, cells, valid, strict=True):
        found = span.mid, span.bound, span.probable
        if result.index is not None:
            found = [np.broadcast_to(x, (len(result.index),)) for x in found]
        gone = np.isnan(found[0]) if there is None else np.isnan(found[0]) | np.broadcast_to(~_there(there), found[0].shape)
        if rows is not None:
            *found, gone = (x[rows] for x in (*found, gone))
        mid, *bounds = found
        name = named(output.name or "")
        name = output.name if name in columns else name  # a column of the notebook's own has that name too
        worst[name], likely[name] = (np.where(gone, 0.0, b) for b in bounds)
        exact = output.kind in WHOLE and bool(np.all(worst[name] < 0.5))
        if exact:
            worst[name], likely[name] = np.zeros(mid.shape), np.zeros(mid.shape)
        columns[name] = _shown(output, mid, gone, exact, labels)
    names = None if result.index is None else [n and named(n) for n in result.index.names]
    return OpenedFrame(result.shape, columns, worst, likely, index, names, result.title, assumed)


def decrypt_finished(x, key):
    """Open numbers that are finished at decryption.

    Parameters
    ----------
    x : Finished
    key : SecretKey

    Returns
    -------
    OpenedArray
    """
    assumed = {}
    span, = finish([x], _opener(key, assumed))
    return OpenedArray(span.mid, span.bound, span.probable, assumed)


def _opener(key, assumed):
    """What opens a recipe's parts, and adds what they assume to a dict, whose keys keep their order."""
    def open_part(array):
        found = decrypt_array(array, key)
        assumed.update(dict.fromkeys(found.assumed))
        return found.values, found.error_bound, found.error_probable
    return open_part


def _there(span):
    """Where a mask is set; refused where its error could hide that."""
    if np.any((span.low < 0.5) & (span.high >= 0.5)):
        raise RangeError("which values are there is no longer certain: the mask's error bound reaches 1/2",
                         "Combine fewer conditions, or use parameters of more precision.")
    return span.mid >= 0.5


def _shown(output, mid, gone, exact, labels):
    """Values of a column as its kind has them; `exact`: they are whole numbers, off by less than 1/2."""
    kind = output.kind
    if exact:
        mid = np.rint(np.where(gone, 0.0, mid))
    if kind in ("date", "datetime") and output.epoch:
        return _times(output, mid, gone)
    if kind == "bool" and exact:
        return np.where(gone, None, mid > 0.5) if gone.any() else mid > 0.5
    if kind == "category" and exact:
        known = output.categories or labels(output.source or output.name)
        if known:
            return np.array([None if g else known[int(v)] for v, g in zip(mid.ravel(), gone.ravel(), strict=True)],
                            dtype=object).reshape(mid.shape)
    if exact and not gone.any() and kind == "int":
        return mid.astype(np.int64)
    return np.where(gone, np.nan, mid)


def _times(output, mid, gone):
    start = datetime.datetime.fromisoformat(output.epoch)
    unit = datetime.timedelta(days=1) if output.kind == "date" else datetime.timedelta(seconds=1)
    made = [None if g else start + float(v) * unit for v, g in zip(mid.ravel(), gone.ravel(), strict=True)]
    if output.kind == "date":
        made = [None if m is None else m.date() for m in made]
    return np.array(made, dtype=object).reshape(mid.shape)


def _labelled(index, rows, labels, named):
    """Labels of the rows, private ones put in the place of codes; codes that only hide how many labels there are go.

    Texts of a level without a name are names of columns, as those of means of all columns are.
    """
    known = [labels(s) if s else None for s in index.secret]
    places = range(len(index)) if rows is None else rows.tolist()
    columns = [name is None for name in index.names]
    if not any(known) and (isinstance(index.labels, range) or not any(columns)):
        return [index.labels[i] for i in places], rows
    found = [(i, x if isinstance(x, tuple) else (x,)) for i, x in ((i, index.labels[i]) for i in places)]
    found = [(i, x) for i, x in found if all(k is None or c < len(k) for k, c in zip(known, x, strict=True))]
    shown = [tuple(k[c] if k is not None else named(c) if own and isinstance(c, str) else c
                   for k, own, c in zip(known, columns, x, strict=True)) for _, x in found]
    return (shown if len(known) > 1 else [x for x, in shown]), np.array([i for i, _ in found], dtype=int)

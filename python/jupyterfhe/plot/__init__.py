"""Charts of encrypted numbers, named as in matplotlib: ``jf.plot.line(y)``, ``scatter``, ``bar``, ``hist``, ``heatmap``.

Each gives an :class:`EncryptedChart`; end a cell with it. The kernel sends what to draw and references to encrypted numbers;
the reader's vault decrypts them and draws in its own frame. Words, public places along an axis and edges of bins are seen by
the server, like all that stands in a cell.
"""

import numpy as np

from ..array import EncryptedArray
from ..core.errors import ArgumentError
from ..frame import EncryptedFrame, EncryptedSeries
from .chart import ENCRYPTED, EncryptedChart, Series, places, shape_of

__all__ = ["EncryptedChart", "bar", "heatmap", "hist", "line", "scatter"]

GRID_MAX = 200  # rows and columns of a heat map
BINS_MAX = 1000


def line(x, y=None, *, label=None, title=None, xlabel=None, ylabel=None):
    """Join encrypted numbers by a line.

    Parameters
    ----------
    x : array_like or EncryptedArray
        Places along x, public or encrypted; with `y` left out these are the numbers, drawn over 0, 1, 2, ...
    y : EncryptedArray of shape (n,) or (n, k), EncryptedSeries or EncryptedFrame, optional
        k columns are k lines. A series stands over its index, where that is of numbers or dates.
    label : str or sequence of str, optional
        Names of the lines.
    title, xlabel, ylabel : str, optional

    Returns
    -------
    EncryptedChart
    """
    return _over("line", x, y, label, title, xlabel, ylabel)


def scatter(x, y, *, label=None, title=None, xlabel=None, ylabel=None):
    """Draw a point for every pair of numbers.

    Parameters
    ----------
    x : array_like or EncryptedArray of shape (n,)
    y : EncryptedArray of shape (n,) or (n, k), EncryptedSeries or EncryptedFrame
    label : str or sequence of str, optional
    title, xlabel, ylabel : str, optional

    Returns
    -------
    EncryptedChart
    """
    return _over("scatter", x, y, label, title, xlabel, ylabel)


def bar(x, height=None, *, label=None, title=None, xlabel=None, ylabel=None):
    """Draw a bar for every encrypted number, with the bound on its error.

    Parameters
    ----------
    x : array_like
        Words or numbers below the bars, public; with `height` left out these are the numbers.
    height : EncryptedArray of shape (n,) or (n, k), EncryptedSeries or EncryptedFrame, optional
        k columns are k bars beside each other. Labels of a series' rows are the words below, private ones too.
    label : str or sequence of str, optional
    title, xlabel, ylabel : str, optional

    Returns
    -------
    EncryptedChart
    """
    if height is not None and isinstance(x, ENCRYPTED):
        raise ArgumentError("what stands below bars is public", "Give words or numbers, or draw a scatter.")
    return _over("bar", x, height, label, title, xlabel, ylabel)


def hist(x, bins=10, range=None, *, label=None, title=None, xlabel=None, ylabel=None):
    """Count encrypted numbers in bins. The reader's side counts, after decryption.

    Parameters
    ----------
    x : EncryptedArray of shape (n,) or (n, k), EncryptedSeries or EncryptedFrame
        What is missing is left out.
    bins : int or array_like, default=10
        How many, between the least and the greatest number, or increasing edges.
    range : (float, float), optional
        Where the first bin begins and the last one ends.
    label : str or sequence of str, optional
    title, xlabel, ylabel : str, optional

    Returns
    -------
    EncryptedChart
    """
    words = {"title": title, "x_label": xlabel, "y_label": ylabel or "how many"}
    return EncryptedChart("hist", _series(x, None, label), words, bins=_bins(bins, range))


def heatmap(values, *, xlabels=None, ylabels=None, title=None, xlabel=None, ylabel=None):
    """Shade a grid of encrypted numbers, as of a correlation matrix.

    Parameters
    ----------
    values : EncryptedArray of shape (rows, columns), or EncryptedFrame
        At most 200 of each. Labels of a frame are the words along its sides.
    xlabels, ylabels : sequence of str, optional
        Words along the sides; with `ylabels` left out a square grid takes `xlabels` for both.
    title, xlabel, ylabel : str, optional

    Returns
    -------
    EncryptedChart
    """
    values = _drawable(values, (2,))
    rows, columns = shape_of(values)
    if max(rows, columns) > GRID_MAX:
        raise ArgumentError(f"a heat map has at most {GRID_MAX} rows and columns, not {rows, columns}", "Draw a part of it.")
    if ylabels is None and rows == columns:
        ylabels = xlabels
    for ticks, size, axis in ((xlabels, columns, "x"), (ylabels, rows, "y")):
        if ticks is not None and len(ticks) != size:
            raise ArgumentError(f"{len(ticks)} words stand along {size} numbers of the {axis} axis", "Give one for each.")
    words = {"title": title, "x_label": xlabel, "y_label": ylabel}
    return EncryptedChart("heatmap", [Series(values)], words, xlabels, ylabels)


def _over(mark, x, y, label, title, xlabel, ylabel):
    """A chart of numbers over places."""
    if y is None:
        x, y = None, x
    ticks, time = None, False
    if x is None and mark != "bar":
        x = _index(y)
    if isinstance(x, ENCRYPTED):
        x = _drawable(x, (1,))
    elif x is not None:
        x, ticks, time = places(x)
    series = _series(y, x, label)
    n = shape_of(y)[0]
    for given in (shape_of(x)[0] if isinstance(x, ENCRYPTED) else None if x is None else len(x), ticks and len(ticks)):
        if given not in (None, n):
            raise ArgumentError(f"there are {given} places along x and {n} numbers", "Give one place a number.")
    return EncryptedChart(mark, series, {"title": title, "x_label": xlabel, "y_label": ylabel}, ticks, time=time)


def _series(y, x, label):
    """A series for each column."""
    y = _drawable(y, (1, 2))
    columns = [None] if len(shape_of(y)) == 1 else list(range(shape_of(y)[1]))
    names = [label] if isinstance(label, str) or label is None else list(label)
    if label is None:
        names = list(map(str, y.columns)) if isinstance(y, EncryptedFrame) else [None] * len(columns)
    if len(names) != len(columns) or any(not isinstance(n, (str, type(None))) or len(n or "") > 200 for n in names):
        raise ArgumentError(f"label names {len(columns)} series, one text of at most 200 characters each", "Leave it out.")
    return [Series(y, x, name, column) for name, column in zip(names, columns, strict=True)]


def _index(y):
    """Public places of a series' rows, where they are no mere count and no words; else None."""
    labels = y.index.labels if isinstance(y, (EncryptedSeries, EncryptedFrame)) else range(0)
    if isinstance(labels, range) or any(y.index.secret) or any(isinstance(x, (str, tuple, type(None))) for x in labels):
        return None
    return labels if not any(hasattr(x, "isoformat") for x in labels) else np.array(labels, dtype="datetime64[ms]")


def _drawable(array, dimensions):
    """What a chart shows, a plain column as the array that it is; the rest is refused."""
    if not isinstance(array, ENCRYPTED):
        raise ArgumentError(f"a {type(array).__name__} is no encrypted array", "Draw public numbers with matplotlib.")
    shape = shape_of(array)
    if len(shape) not in dimensions or 0 in shape:
        wanted = " or ".join(f"{n} ax{'i' if n == 1 else 'e'}s" for n in dimensions)
        raise ArgumentError(f"an array of shape {shape} is not drawn", f"Give numbers along {wanted}.")
    if not isinstance(array, EncryptedArray):
        return _column(array)
    if np.issubdtype(array.dtype, np.complexfloating):
        raise ArgumentError("complex numbers are not drawn", "Draw np.real(x) or np.imag(x).")
    return array


def _column(x):
    """A series or frame of numbers; a series that is no more than an array as that."""
    series = [x] if isinstance(x, EncryptedSeries) else [x[name] for name in x.columns]
    for one in series:
        if one.kind not in ("float", "int", "bool"):
            raise ArgumentError(f"a column of kind {one.kind} is not drawn",
                                "Draw its counts: jf.plot.bar(df.c.value_counts()).")
    plain = isinstance(x, EncryptedSeries) and x.late is None and x.valid is None and not x.keep
    return x.values if plain and isinstance(x.index.labels, range) else x


def _bins(bins, limits):
    """A count of bins, or their edges."""
    whole = isinstance(bins, (int, np.integer)) and not isinstance(bins, bool)
    if whole and limits is None:
        if not 1 <= bins <= BINS_MAX:
            raise ArgumentError(f"a histogram has 1 to {BINS_MAX} bins, not {bins}", "Choose fewer.")
        return int(bins)
    edges = np.linspace(*map(float, limits), bins + 1) if whole else np.asarray(bins, dtype=np.float64)
    fits = edges.ndim == 1 and 2 <= len(edges) <= BINS_MAX + 1
    if not fits or not np.all(np.isfinite(edges)) or not np.all(np.diff(edges) > 0):
        raise ArgumentError(f"edges of bins are 2 to {BINS_MAX + 1} finite numbers that increase",
                            "Write bins=20, or bins=[0, 1, 5].")
    return edges.tolist()

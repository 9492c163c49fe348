"""A chart of encrypted numbers: what shall be drawn, and of which arrays. The reader's vault decrypts and draws."""

import numpy as np

from ..array import EncryptedArray, Refused
from ..core.errors import ArgumentError
from ..frame import EncryptedFrame, EncryptedSeries

ENCRYPTED = (EncryptedArray, EncryptedFrame, EncryptedSeries)  # what a chart draws

SERIES_MAX = 16
TICKS_MAX = 1000  # words along an axis
PUBLIC_MAX = 20_000  # public numbers that travel in the output itself


class Series:
    """One row of numbers to draw, over another one or over places that are public.

    Parameters
    ----------
    y : EncryptedArray, EncryptedSeries or EncryptedFrame
    x : EncryptedArray, EncryptedSeries, ndarray or None
    name : str or None
    column : int or None
        Which column of `y`, when it has two axes.
    """

    __slots__ = ("column", "name", "x", "y")

    def __init__(self, y, x=None, name=None, column=None):
        """Keep the parts."""
        self.y, self.x, self.name, self.column = y, x, name, column


class EncryptedChart:
    """A chart that its reader decrypts. A cell that ends in one computes what it needs and shows a card with *Decrypt*.

    Parameters
    ----------
    mark : {'line', 'scatter', 'bar', 'hist', 'heatmap'}
    series : sequence of Series
    words : dict
        ``title``, ``x_label``, ``y_label``: text or None. Public.
    x_ticks, y_ticks : sequence of str, optional
        Words along an axis. Public.
    bins : int or list of float, optional
        How many bins a histogram has, or their edges. Public; numbers are put into them by the reader's side.
    time : bool, default=False
        Whether public places along x are milliseconds since 1970.

    Attributes
    ----------
    arrays : list of EncryptedArray, EncryptedSeries or EncryptedFrame
        What has to be computed, each once.
    """

    def __init__(self, mark, series, words, x_ticks=None, y_ticks=None, bins=None, time=False):
        """Keep the parts; what is no chart is refused."""
        if not 1 <= len(series) <= SERIES_MAX:
            raise ArgumentError(f"a chart has 1 to {SERIES_MAX} series, not {len(series)}", "Draw several charts.")
        self.mark, self.series, self.bins, self.time = mark, tuple(series), bins, time
        self.words = {name: _text(name, text) for name, text in words.items()}
        self.x_ticks, self.y_ticks = _ticks("x", x_ticks), _ticks("y", y_ticks)
        found = [a for s in self.series for a in (s.x, s.y) if isinstance(a, ENCRYPTED)]
        self.arrays = list({id(a): a for a in found}.values())
        if not self.arrays:
            raise ArgumentError("nothing in this chart is encrypted", "Draw public numbers with matplotlib.")

    @property
    def is_clear(self):
        """Whether its arrays are those of a simulation, of which there is nothing to decrypt."""
        return any(a.session.is_clear for a in self.arrays if isinstance(a, EncryptedArray))

    def spec(self):
        """The chart in the words of protocol/kernel.md, without its references.

        Returns
        -------
        dict
            Its sources name arrays by their place in :attr:`arrays`.
        """
        places = {id(a): i for i, a in enumerate(self.arrays)}

        def source(a, column=None):
            if a is None:
                return None
            if isinstance(a, ENCRYPTED):
                return {"ref": places[id(a)], "column": column}
            return {"numbers": a.tolist()}

        series = [{"name": s.name, "x": source(s.x), "y": source(s.y, s.column)} for s in self.series]
        return {"version": 1, "mark": self.mark, **self.words, "x_ticks": self.x_ticks, "y_ticks": self.y_ticks,
                "x_time": self.time, "bins": self.bins, "series": series}

    def __repr__(self):
        """What it draws, in one line; never a value."""
        title = f" {self.words['title']!r}" if self.words.get("title") else ""
        shapes = ", ".join(str(shape_of(a)) for a in self.arrays)
        return f"<EncryptedChart {self.mark}{title}, of encrypted numbers of shape {shapes}>"

    def __iter__(self):
        """Refuse: matplotlib's functions give lists of artists, this gives one chart."""
        raise Refused("a chart is one thing, not a list of artists", "Write chart = jf.plot.line(y); end the cell with chart.")


def shape_of(x):
    """Shape of what is drawn: rows that a filter may leave out are counted, for how many it leaves is secret.

    Parameters
    ----------
    x : EncryptedArray, EncryptedSeries or EncryptedFrame

    Returns
    -------
    tuple of int
    """
    if isinstance(x, EncryptedSeries):
        return (len(x.index),)
    return (len(x.index), len(x.columns)) if isinstance(x, EncryptedFrame) else x.shape


def _text(name, text):
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > 200:
        raise ArgumentError(f"{name} is a text of at most 200 characters", "It is public, like all that a cell says.")
    return text


def _ticks(axis, ticks):
    if ticks is None:
        return None
    out = [str(tick) for tick in ticks]
    if len(out) > TICKS_MAX or any(len(tick) > 200 for tick in out):
        raise ArgumentError(f"the {axis} axis has at most {TICKS_MAX} words of 200 characters", "Leave them out.")
    return out


def places(x):
    """Public places along x, as numbers.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    (ndarray or None, list of str or None, bool)
        Numbers, or words; and whether the numbers are milliseconds since 1970.
    """
    given = np.asarray(x)
    if given.ndim != 1 or not 1 <= len(given) <= PUBLIC_MAX:
        raise ArgumentError(f"public places along x are 1 to {PUBLIC_MAX} numbers, dates or words in a row",
                            "Leave x out to count from 0.")
    if given.dtype.kind == "M":
        return given.astype("datetime64[ms]").astype(np.float64), None, True
    if given.dtype.kind in "biuf" and np.all(np.isfinite(given)):
        return given.astype(np.float64), None, False
    if given.dtype.kind in "US" or all(isinstance(v, str) for v in given):
        return None, [str(v) for v in given], False
    raise ArgumentError("public places along x are finite numbers, dates or words", "Convert them first.")

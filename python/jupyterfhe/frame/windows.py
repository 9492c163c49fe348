"""Rows in their order: shifts, windows, running sums, other labels. All by public places."""

import numpy as np

from ..array import EncryptedArray
from ..array.finish import ARGUMENTS_MAX, Finished, at_least, finished, node, sqrt, whole
from ..array.layout import afford, mapped, placed
from ..array.twin import Twin
from ..core.errors import ArgumentError
from .products import product
from .refusal import Refused


def _no_filter(series, what):
    if series.keep:
        raise Refused(f"{what} after a filter: which rows are next to each other is secret", "Filter after it.")
    if series.kind == "category":
        raise Refused(f"{what} of a category", "df.get_dummies gives 0/1 columns, which move like numbers.")


def _both(public, valid):
    """Public and encrypted validity together."""
    return public if valid is None else product([public, valid])


def moved(array, places):
    """Entries by public places, 0 where a place is -1.

    Parameters
    ----------
    array : EncryptedArray of shape (n,)
    places : ndarray of int

    Returns
    -------
    EncryptedArray of shape (len(places),)
    """
    if (places >= 0).all():
        return array[places]
    if array.slot_axis is None or getattr(array, "exact", False):
        return np.where(places >= 0, array[np.maximum(places, 0)], 0)
    afford(2 * len(np.unique(np.arange(len(places)) - places)), f"moving {len(places):,} rows",
           "Move rows by fewer different distances.")
    return array.like(shape=(len(places),), strips=mapped(lambda s: placed(s, places), array.strips))


def shift(series, periods):
    """Rows moved by a public number.

    Parameters
    ----------
    series : EncryptedSeries
    periods : int

    Returns
    -------
    EncryptedSeries
    """
    _no_filter(series, "a shift")
    n = len(series.index)
    places = np.arange(n) - int(periods)
    places[(places < 0) | (places >= n)] = -1
    return _placed(series, places, series.index)


def _placed(series, places, index):
    """A series whose rows are picked by places, missing for -1."""
    public = places >= 0
    valid = series.valid
    if isinstance(valid, EncryptedArray):
        valid = moved(valid, places)
    elif valid is not None:
        valid = public & valid[np.maximum(places, 0)]
    elif not public.all():
        valid = public
    if series.late is not None:
        raise Refused("rows of numbers that are finished at decryption do not move", "Move the rows before.")
    return series.like(moved(series.rest, places), index=index, valid=valid, offset=series.offset, kind=series.kind,
                       epoch=series.epoch)


def reindex(series, index):
    """Rows by other public labels, missing where there are none.

    Parameters
    ----------
    series : EncryptedSeries
    index : Index

    Returns
    -------
    EncryptedSeries
    """
    if series.index == index:
        return series
    _no_filter(series, "rows by other labels")
    if not series.index.unique:
        raise Refused("an index that has a label twice", "Give the rows labels of their own: s.set_axis(...).")
    return _placed(series, np.array(index.places_in(series.index), dtype=int), index)


def sliced(numbers, key):
    """Numbers by a public slice, those that are finished at decryption too."""
    if not isinstance(numbers, Finished):
        return numbers[key]
    chosen = range(len(numbers))[key]
    if not 0 < len(chosen) <= ARGUMENTS_MAX:
        raise Refused(f"{len(chosen):,} rows of numbers that are finished at decryption", f"Take 1 to {ARGUMENTS_MAX:,} rows.")
    return node("stack", *[numbers[i] for i in chosen])


def rows(series, key):
    """Rows by a public slice, in any form of series."""
    if series.late is not None:
        valid = None if series.valid is None else sliced(series.valid, key)
        return series.like(None, late=sliced(series.late, key), index=series.index[key], kind=series.kind, valid=valid,
                           keep=tuple(sliced(k, key) for k in series.keep), epoch=series.epoch, categories=series.categories,
                           source=series.source)
    codes = None if series.codes is None else series.codes.rows(key)
    valid = None if series.valid is None else series.valid[key]
    keep = tuple(sliced(k, key) for k in series.keep)
    out = series.like(series.rest[key], index=series.index[key], valid=valid, keep=keep, offset=series.offset, kind=series.kind,
                      epoch=series.epoch, categories=series.categories, source=series.source, codes=codes)
    out.raw = None if series.raw is None else Twin(lambda form: form[key], [series.raw])
    return out


def cumsum(series):
    """Running sums of what is there; missing stays missing.

    Parameters
    ----------
    series : EncryptedSeries

    Returns
    -------
    EncryptedSeries
    """
    _no_filter(series, "running sums")
    out = np.cumsum(series.filled)
    return series.like(out if series.valid is None else product([out, series.valid]), kind=series.kind)


class Rolling:
    """Windows of so many rows that end at each row.

    Parameters
    ----------
    series : EncryptedSeries
    window : int
    min_periods : int, optional
        Fewest values for a result; the window by default.
    """

    def __init__(self, series, window, min_periods=None):
        """Keep the parts."""
        _no_filter(series, "windows")
        if not isinstance(window, (int, np.integer)) or not 0 < window <= len(series.index):
            raise ArgumentError(f"a window has 1 to {len(series.index)} rows, not {window!r}")
        self.series, self.window = series, int(window)
        self.least = self.window if min_periods is None else int(min_periods)

    def _windowed(self, array):
        """Sums of the window that ends at each row: a rotation a row of the window, one level."""
        n, total = len(array), array
        afford(2 * self.window, f"windows of {self.window} rows", "Take fewer rows a window, or differences of running sums: "
               "s.cumsum().")
        for k in range(1, self.window):
            places = np.arange(n) - k
            total = total + moved(array, np.where(places < 0, -1, places))
        return total

    def _counts(self):
        """Values a window: public, or encrypted."""
        valid = self.series.valid
        if isinstance(valid, EncryptedArray):
            return self._windowed(valid)
        ones = np.ones(len(self.series.index)) if valid is None else valid.astype(float)
        return np.convolve(ones, np.ones(self.window))[:len(ones)]

    def _made(self, cells, live=None):
        """A series; live where which windows are full is public."""
        counts = self._counts()
        if isinstance(counts, np.ndarray):
            full = counts >= self.least
            if live is not None:
                return self.series.like(live if full.all() else np.where(full, live, 0), valid=None if full.all() else full)
            return self.series.like(None, late=finished(cells), valid=None if full.all() else full)
        return self.series.like(None, late=at_least(whole(counts), self.least, cells), valid=None)

    def sum(self):
        """Sums."""
        found = self._windowed(self.series.filled)
        return self._made(found, found)

    def count(self):
        """How many are there."""
        counts = self._counts()
        if isinstance(counts, np.ndarray):
            raise Refused("counts that are public: nothing is missing", "They are min(row + 1, window).")
        return self.series.like(counts, valid=None, kind="int")

    def mean(self):
        """Means."""
        counts, found = self._counts(), self._windowed(self.series.filled)
        if isinstance(counts, np.ndarray):
            return self._made(found, found * (1.0 / np.maximum(counts, 1.0)))
        return self._made(finished(found) / whole(counts))

    def var(self, ddof=1):
        """Variances."""
        s, counts = self.series, self._counts()
        n = finished(counts) if isinstance(counts, np.ndarray) else whole(counts)
        total = finished(self._windowed(s.rest))
        return self._made((finished(self._windowed(s.powers(2))) - total * total / n) / (n - float(ddof)))

    def std(self, ddof=1):
        """Standard deviations."""
        out = self.var(ddof)
        return out.like(None, late=sqrt(out.late), valid=out.valid)


class FrameRolling:
    """Windows of every column of a frame.

    Parameters
    ----------
    frame : EncryptedFrame
    window : int
    min_periods : int, optional
        Fewest values for a result; the window by default.
    """

    def __init__(self, frame, window, min_periods=None):
        """Keep the parts; a filter, a category and a window that does not fit are refused now."""
        self.frame = frame
        self.windows = {name: Rolling(frame[name], window, min_periods) for name in frame.columns}

    def _each(self, f):
        return self.frame.like({name: f(rolling) for name, rolling in self.windows.items()})

    def sum(self):
        """Sums."""
        return self._each(Rolling.sum)

    def count(self):
        """How many are there."""
        return self._each(Rolling.count)

    def mean(self):
        """Means."""
        return self._each(Rolling.mean)

    def var(self, ddof=1):
        """Variances."""
        return self._each(lambda rolling: rolling.var(ddof))

    def std(self, ddof=1):
        """Standard deviations."""
        return self._each(lambda rolling: rolling.std(ddof))

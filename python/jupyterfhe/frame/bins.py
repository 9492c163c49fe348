"""A column cut at public edges: a category whose masks are differences of comparisons with the edges."""

import itertools

import numpy as np

from ..core.errors import ArgumentError
from .categorical import EncryptedCategorical
from .comparing import compared

BINS_MAX = 64


class Binned(EncryptedCategorical):
    """Bins as labels; rows outside of all of them are missing.

    Attributes
    ----------
    reached : list of EncryptedArray
        For every edge where rows lie beyond it.
    """

    def __init__(self, reached, labels):
        """Codes are one less than the edges that are reached."""
        total = reached[0] * 0.0
        for one in reached[1:-1]:
            total = total + one
        self.reached = reached
        total = total - float(len(labels) - 1) * reached[-1]  # 0 beyond the last edge too
        super().__init__(total, len(labels), labels, reached[0] - reached[-1])

    def indicator(self, codes):
        """1 where the bin is one of some: neighbours' masks are one difference."""
        chosen = tuple(sorted(set(codes)))
        if chosen not in self._made:
            total = self.reached[0] * 0.0
            for i in chosen:
                total = total + (self.reached[i] - self.reached[i + 1])
            self._made[chosen] = total
        return self._made[chosen]

    def rows(self, key):
        """Codes of some rows."""
        return Binned([r[key] for r in self.reached], self.labels)


def cut(series, bins, right=True, labels=None, include_lowest=False):
    """Bins of a column by public edges, to group and count by.

    Parameters
    ----------
    series : EncryptedSeries
        Numbers; floats need ``jf.options.resolution``.
    bins : sequence of float
        Rising edges.
    right : bool, default=True
        Whether bins are closed on the right, (a, b].
    labels : sequence of str, or False, optional
        One a bin; ``(a, b]`` by default; False: numbers 0, 1, ... in their places.
    include_lowest : bool, default=False
        Whether the first bin holds its left edge too.

    Returns
    -------
    EncryptedSeries
        A category; missing where the value is, or lies outside.

    Notes
    -----
    Cost: a comparison an edge, and no product; of integers of a small declared range a polynomial each.
    """
    if not hasattr(series, "kind"):
        raise ArgumentError("cut takes a column", "Of an array np.digitize(x, edges) says which bin each number is in.")
    edges = np.asarray(bins, dtype=float)
    if edges.ndim != 1 or not 2 <= len(edges) <= BINS_MAX + 1 or not np.all(np.diff(edges) > 0):
        raise ArgumentError(f"bins are given by 2 to {BINS_MAX + 1} public edges that rise",
                            "Name them: a count of bins would take the values' own ends.")
    numbered = labels is False
    if labels is None or numbered:
        labels = [f"({a:g}, {b:g}]" if right else f"[{a:g}, {b:g})" for a, b in itertools.pairwise(edges.tolist())]
    if len(labels) != len(edges) - 1 or len(set(labels)) != len(labels):
        raise ArgumentError(f"{len(labels)} labels, not all different, for {len(edges) - 1} bins")
    beyond = ["gt" if right else "ge"] * len(edges)
    if include_lowest and right:
        beyond[0] = "ge"
    reached = [compared(series, float(e), name) for e, name in zip(edges, beyond, strict=True)]
    codes = Binned([r.rest for r in reached], tuple(map(str, labels)))
    if numbered:
        codes.labels = tuple(range(len(codes)))
        return series.like(codes.array, valid=codes.valid, kind="int", codes=codes)
    return series.like(codes.array, valid=codes.valid, kind="category", categories=codes.labels, codes=codes)

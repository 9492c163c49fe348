"""Sums over the rows that are there: what every statistic is made of, each computed once.

A series holds ``offset + rest`` where a value is there and 0 in `rest` where none is, so sums of `rest` need no mask for
missing values. Sums of squares are taken of `rest`, about the middle of the column's range: var = (S2 - S1^2/n)/(n - ddof) then
cancels little. Divisions are left to the reader's side.
"""

import numpy as np

from ..array.finish import finished, number, sqrt, whole
from .products import left, product


class Sums:
    """Sums over rows, of series that share an index and a filter.

    Parameters
    ----------
    rows : int
    keep : tuple of (EncryptedArray or ndarray)
        Filters, multiplied.
    group : tuple of (EncryptedArray or ndarray)
        Where a group's rows are.
    shared : dict, optional
        Products that other groups use too.
    """

    def __init__(self, rows, keep=(), group=(), shared=None):
        """Nothing is summed yet."""
        self.rows, self.keep, self.group = rows, tuple(keep), tuple(group)
        self._shared = {} if shared is None else shared
        self._made = {}
        self.reached = {}  # by codes: rows at each value or below, and rows

    def _sum(self, *factors, of=None):
        """The sum of a product of factors over the rows, each product once.

        Parameters
        ----------
        *factors : EncryptedArray, ndarray or None
        of : EncryptedSeries, optional
            Where nothing is in it, a factor is 0: no filter by that multiplies it again.
        """
        factors = [f for f in factors if f is not None]
        held = [*factors, *_masks([of] if of is not None else [])]
        name = _named(factors, held)
        if name not in self._made:
            self._made[name] = self._added(factors, held), held  # kept, so that ids stay their own
        return self._made[name][0]

    def _added(self, factors, held):
        keep = [k for k in self.keep if not any(k is h for h in held)]  # 0 and 1 are their own squares
        if not (factors or keep or self.group):
            return float(self.rows)
        whole_product = self._product(factors, held, keep) if self.group else product([*factors, *keep])
        if isinstance(whole_product, np.ndarray):
            return float(whole_product.sum())
        return np.sum(whole_product)

    def _product(self, factors, held, keep):
        """With what all groups share multiplied first, where levels allow that."""
        name = _named(factors, held)
        if name not in self._shared:
            self._shared[name] = product([*factors, *keep]), held
        shared = self._shared[name][0]
        sealed = [g for g in self.group if hasattr(g, "strips")]
        if hasattr(shared, "strips") and sealed and min([left(shared), *map(left, sealed)]) < len(sealed):
            return product([*factors, *keep, *self.group])
        return product([shared, *self.group])

    # ---- what is counted ----
    def count(self, *series):
        """Rows in which every one of some series has a value.

        Parameters
        ----------
        *series : EncryptedSeries
            None of them: rows alone.

        Returns
        -------
        Finished
            An integer, exact while its error is below 1/2.
        """
        found = self._sum(*_masks(series))
        return number(found) if isinstance(found, float) else whole(found)

    def raw_count(self, *series):
        """The same as an encrypted number to compute with, or a public one."""
        return self._sum(*_masks(series))

    def rest(self, series, *beside):
        """The sum of a series' rest over rows where `beside` have values too."""
        return self._sum(series.rest, *_masks(b for b in beside if b.valid is not series.valid), of=series)

    def rest2(self, a, b):
        """The sum of products of two series' rests; 0 where either is missing."""
        return self._sum(a.rest, b.rest, of=a)

    def power(self, series, k):
        """The sum of k-th powers of a series' rest."""
        if k == 1:
            return self.rest(series)
        half = series.powers(k // 2)
        return self._sum(half, half if k % 2 == 0 else series.powers(k - k // 2), of=series)

    # ---- what is finished ----
    def total(self, series):
        """The sum of a series, as an encrypted number; of whole numbers with their offset, which costs no level at the end."""
        return self._sum(series.filled, of=series)

    def late_total(self, series):
        """The same, finished at decryption: n exact, the sum of rests as precise as it gets."""
        return finished(self.rest(series)) + series.offset * self.count(series)

    def mean(self, series):
        """S1/n + offset."""
        return finished(self.rest(series)) / self.count(series) + series.offset

    def variance(self, series, ddof=1):
        """(S2 - S1^2/n)/(n - ddof); 0/0 and so undefined where n is too small."""
        n, s = self.count(series), finished(self.rest(series))
        return (finished(self.rest2(series, series)) - s * s / n) / (n - float(ddof))

    def covariance(self, a, b, ddof=1):
        """The same of two, over the rows that have both."""
        return self.comoment(a, b) / (self.count(a, b) - float(ddof))

    def comoment(self, a, b):
        """Sum of products of distances from the means, over the rows that have both."""
        return finished(self.rest2(a, b)) - finished(self.rest(a, b)) * finished(self.rest(b, a)) / self.count(a, b)

    def own_comoment(self, a, b):
        """Sum of squared distances of `a` from its mean, over the rows that `b` has too."""
        squares = self.rest2(a, a) if b.valid is None or b.valid is a.valid else self._sum(a.rest, a.rest, *_masks([b]))
        s = finished(self.rest(a, b))
        return finished(squares) - s * s / self.count(a, b)

    def correlation(self, a, b):
        """Covariance over both deviations: one quotient and two roots, at decryption."""
        return self.comoment(a, b) / (sqrt(self.own_comoment(a, b)) * sqrt(self.own_comoment(b, a)))


def _masks(series):
    """Validity of some series, each mask once."""
    return list({id(s.valid): s.valid for s in series if s.valid is not None}.values())


def _named(factors, held):
    return tuple(sorted(map(id, factors))), tuple(sorted(map(id, held)))

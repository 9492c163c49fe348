"""Codes of a declared set of labels, and where each label stands."""

import functools
import math

from ..array import EncryptedArray
from ..array.layout import mapped
from ..array.twin import Twin
from ..core.errors import ArgumentError
from . import sharp
from .index import Index
from .masks import LABELS_MAX, indicator


class EncryptedCategorical:
    """A column of codes 0, 1, ... of labels that were declared, public or kept by the owner.

    Attributes
    ----------
    array : EncryptedArray of shape (n,)
        The codes; where one is missing its slot holds 0.
    count : int
        How many labels.
    labels : tuple of str or None
        None where the owner kept them: codes then stand for them until the reader's side.
    valid : EncryptedArray or None
        1 where a code is there.
    """

    def __init__(self, array, count, labels=None, valid=None, source=None):
        """Keep the parts; nothing is computed.

        Parameters
        ----------
        array, count, labels, valid
            As the attributes.
        source : str, optional
            The table's column, where its labels are kept by the owner.
        """
        self.array, self.count, self.valid, self.source = array, int(count), valid, source
        self.labels = None if labels is None else tuple(labels)
        if self.labels is not None and len(self.labels) != self.count:
            raise ArgumentError(f"{len(self.labels)} labels for {self.count} codes")
        self._made = {}

    @classmethod
    def of_truth(cls, series):
        """Truth values as the labels False and True."""
        out = cls(series.rest, 2, (False, True))
        out._made = {(1,): series.rest}
        return out

    def __len__(self):
        """How many labels."""
        return self.count

    def code(self, label):
        """The code of a label.

        Parameters
        ----------
        label : object
            Of codes whose labels the owner kept: the code itself.

        Returns
        -------
        int

        Raises
        ------
        ArgumentError
            When it was not declared.
        """
        if isinstance(label, EncryptedArray):
            raise ArgumentError("a label is public", "Compare with one of the labels that were declared.")
        known = self.labels if self.labels is not None else range(self.count)
        for i, own in enumerate(known):
            if own == label:
                return i
        if self.labels is None:
            raise ArgumentError(f"{label!r} is no code below {self.count}; the labels of this category are kept by the owner",
                                "Use codes; the reader's side shows the labels.")
        raise ArgumentError(f"{label!r} is no label that was declared",
                            f"There are {', '.join(map(repr, self.labels[:20]))}{', ...' if len(self.labels) > 20 else ''}.")

    def indicator(self, codes):
        """1 where the code is one of some, 0 elsewhere and where it is missing; made once.

        Parameters
        ----------
        codes : iterable of int

        Returns
        -------
        EncryptedArray of shape (n,)
        """
        chosen = tuple(sorted(set(codes)))
        if chosen not in self._made:
            found = indicator(self.array, self.count, chosen, self.valid)
            self._made[chosen] = sharp.offered(found, self.array, self.count, chosen, self.valid)
        return self._made[chosen]

    @functools.cached_property
    def shown(self):
        """Codes as the reader opens them."""
        return self.array

    def index(self, name=None):
        """The labels as an index.

        Parameters
        ----------
        name : str, optional

        Returns
        -------
        Index
        """
        return Index(range(self.count) if self.labels is None else self.labels, [name],
                     [self.source if self.labels is None else None])

    def rows(self, key):
        """Codes of some rows; `key` as of an array."""
        valid = None if self.valid is None else self.valid[key]
        return EncryptedCategorical(self.array[key], self.count, self.labels, valid, self.source)

    def __repr__(self):
        """Labels, which are public, or how many."""
        if self.labels is None:
            return f"<EncryptedCategorical of {self.count} labels that the owner kept>"
        return f"<EncryptedCategorical {', '.join(map(repr, self.labels[:8]))}{', ...' if self.count > 8 else ''}>"


def integers(series):
    """Integers of a small declared range as codes; None where the range is too wide.

    Parameters
    ----------
    series : EncryptedSeries
        Of integers.

    Returns
    -------
    EncryptedCategorical or None
    """
    rest = series.rest
    # what an exact column holds where nothing is there, 0, is in its range; in the approximate form the middle is
    low, high = (b + series.offset for b in (rest if series.raw is None else series.raw()).bounds)
    low, high = math.ceil(low - 1e-6), math.floor(high + 1e-6)
    if not 0 < high - low < LABELS_MAX:
        return None
    if getattr(rest, "exact", False):
        codes = rest - low
        if series.raw is not None:
            codes.twin = Twin(lambda form: form - low, [series.raw])
        elif series.valid is not None:
            codes.twin = None  # where nothing is there its numbers are 0, which may be no code
        return EncryptedCategorical(codes, high - low + 1, range(low, high + 1), series.valid)
    if any(s.size > 1 or isinstance(s.gain, complex) for s in rest.strips.flat):
        return None
    # rest is 0 where nothing is there, and so are the slots of codes that are shifted publicly
    codes = rest.like(strips=mapped(lambda s: s._like(shift=s.shift + series.offset - low), rest.strips))
    return EncryptedCategorical(codes, high - low + 1, range(low, high + 1), series.valid)

"""What a column holds, found in a first reading."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core.tables import KINDS
from .tables_cells import booleans_of, dates_of, flags, numbers_of, split_missing, times_of, trimmed, typed_numbers

LABELS = 100  # texts of at most so many kinds are categories, unless declared


class Survey:
    """What the cells of one column look like so far.

    Parameters
    ----------
    name : str
    words : sequence of str
    labels : int
        Texts of more kinds are no categories.
    """

    def __init__(self, name, words, labels):
        """See nothing yet."""
        self.name, self._words, self.most = name, words, labels
        self.missing = self.live = 0
        self._of = dict.fromkeys(KINDS, 0)  # cells that can be read as this kind
        self._not01, self._texts, self._many = False, set(), False

    def see(self, cells):
        """Count a batch.

        Parameters
        ----------
        cells : Cells
        """
        missing, live = split_missing(cells, self._words)
        self.missing += int(missing.sum())
        self.live += len(live)
        if not len(live):
            return
        numbers, kind = typed_numbers(live)
        if kind is None:
            kind = self._see_texts(live, cells.words)
        else:
            self._count(kind, numbers, np.ones(len(live), dtype=bool))
        if kind in ("int", "float", "category") and not self._many:
            self._texts.update(pc.unique(live.cast(pa.string())).to_pylist())
            self._many = len(self._texts) > max(self.most, 2)
            if self._many:
                self._texts.clear()

    def _count(self, kind, numbers, good):
        self._of[kind] += int(good.sum())
        if kind == "int":
            self._not01 = self._not01 or not np.isin(numbers[good], (0, 1)).all()

    def _see_texts(self, live, words):
        live = trimmed(live)
        if words:
            numbers, good = numbers_of(live)
            whole = good & (numbers == np.floor(numbers))
            whole[whole] = ~flags(pc.match_substring_regex(live.filter(pa.array(whole)), r"[.eE]"))
            self._count("int", numbers, whole)
            self._count("float", numbers, good & ~whole)
            if good.all():
                return "int"
            self._count("bool", *booleans_of(live))
        self._of["date"] += int(dates_of(live)[1].sum())
        self._of["datetime"] += int(times_of(live)[1].sum())
        return "category"

    @property
    def kind(self):
        """What most cells are; None when nothing fits."""
        of, n = self._of, self.live
        if n == 0:
            return None
        number = of["int"] + of["float"]
        for kind, count in (("int", of["int"]), ("float", number), ("bool", of["bool"]), ("date", of["date"]),
                            ("datetime", max(of["datetime"], of["date"]))):
            if count == n:
                return "bool" if kind == "int" and not self._not01 else kind
        for kind, count in (("float", number), ("date", of["date"]), ("datetime", of["datetime"]), ("bool", of["bool"])):
            if 2 * count > n:  # the others are malformed
                return "int" if kind == "float" and not of["float"] else kind
        return None if self._many else "category"

    @property
    def labels(self):
        """Texts that occur, sorted; None when there are too many."""
        return None if self._many else sorted(self._texts)

"""Truth values of a column: what equals a label, and what is true of two columns of them."""

from ..array import EncryptedArray
from ..core.errors import ArgumentError
from .categorical import integers
from .products import product
from .refusal import Refused


class Truths:
    """What an :class:`~jupyterfhe.frame.series.EncryptedSeries` answers with truth values: 1 or 0, none of them missing."""

    __hash__ = None

    def _compare(self, other, equal):
        chosen = self._codes_of([other], "==")
        found = self._chosen(chosen)
        return found if equal else ~found

    def __eq__(self, other):
        """Where a category, or a truth value, is one that was declared; False where it is missing."""
        return self._compare(other, True)

    def __ne__(self, other):
        """The opposite of ``==``; True where it is missing, as pandas has it."""
        return self._compare(other, False)

    def isin(self, labels):
        """Where a category is one of some.

        Parameters
        ----------
        labels : iterable

        Returns
        -------
        EncryptedSeries
            Of truth values; False where it is missing.
        """
        return self._chosen(self._codes_of(list(labels), "isin"))

    def _codes_of(self, labels, what):
        if isinstance(labels[0] if labels else None, (Truths, EncryptedArray)):
            raise Refused(f"{what} of two encrypted columns needs comparisons", "Compare with labels that were declared.")
        if self.kind == "bool":
            if not all(x in (0, 1, True, False) for x in labels):
                raise ArgumentError(f"{self.name!r} holds truth values", "Compare with True and False.")
            return [int(x) for x in labels]
        if self.codes is None and getattr(self.rest, "exact", False) and integers(self) is None:
            return labels
        codes = self._categories(what)
        return [codes.code(x) for x in labels]

    def _chosen(self, chosen):
        if self.kind == "bool" and self.codes is None:
            return self._truth(chosen)
        if self.codes is None:
            found = [(self.filled == c) * 1 for c in chosen]
            total = found[0]
            for one in found[1:]:
                total = total + one
            return self.like(total if self.valid is None else product([total, self.valid]), valid=None, kind="bool")
        return self.like(self.codes.indicator(chosen), valid=None, kind="bool")

    def _truth(self, chosen):
        ones = self.filled
        if set(chosen) == {1}:
            return self.like(ones, valid=None, kind="bool", factors=self.factors)
        there = 1.0 if self.valid is None else self._valid_numbers
        return self.like(there - ones if set(chosen) == {0} else ones * 0.0 + there, valid=None, kind="bool")

    def _truths(self, what):
        if self.kind != "bool" or self.valid is not None:
            raise Refused(f"{what} of a column that is no truth value", "Compare first: (df.c == 'x') & (df.d == 'y').")
        return self

    def __and__(self, other):
        """Both; multiplied when it is needed, so that a filter of several conditions spends few levels."""
        other = self._same_rows(other)._truths("&")
        mine = self._truths("&").factors or (self.rest,)
        return self.like(None, valid=None, kind="bool", factors=(*mine, *(other.factors or (other.rest,))))

    def __or__(self, other):
        """Either."""
        return ~(~self & ~self._same_rows(other)._truths("|"))

    def __xor__(self, other):
        """One alone."""
        a, b = self._truths("^").rest, self._same_rows(other)._truths("^").rest
        return self.like(a + b - 2 * (a * b), valid=None, kind="bool")

    def __invert__(self):
        """Where it is false."""
        return self.like(1.0 - self._truths("~").rest if not getattr(self.rest, "exact", False) else 1 - self.rest, valid=None,
                         kind="bool")

    def _same_rows(self, other):
        if not isinstance(other, Truths):
            raise Refused(f"a {type(other).__name__} beside an encrypted series of truth values", "Make it a series first.")
        if other.index != self.index:
            raise Refused("truth values on different indexes", "Align them first: s.reindex(index).")
        if other.keep != self.keep:
            raise Refused("truth values under different filters", "Make both before filtering.")
        return other

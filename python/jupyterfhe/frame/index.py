"""Public labels of rows: what alignment, slices and shifts go by. An encrypted column is never an index."""

import datetime

from ..core.errors import ArgumentError
from .refusal import Refused

SIMPLE = (str, int, float, bool)


class Index:
    """Public labels, in order.

    Parameters
    ----------
    labels : range or iterable
        Texts, numbers, truth values or dates; or tuples of them, one entry a level.
    names : sequence of (str or None), optional
        Of the levels.
    secret : tuple of (str or None), optional
        For each level the table's column whose codes these are, where the owner kept its labels.

    Raises
    ------
    ArgumentError
        For labels that are none.
    """

    __slots__ = ("labels", "names", "secret")

    def __init__(self, labels, names=None, secret=None):
        """Check the labels."""
        if not isinstance(labels, range):
            labels = tuple(_label(x) for x in labels)
        levels = len(labels[0]) if len(labels) and isinstance(labels[0], tuple) else 1
        self.labels, self.names = labels, tuple(names) if names else (None,) * levels
        self.secret = tuple(secret) if secret else (None,) * levels
        if len(self.names) != levels or len(self.secret) != levels:
            raise ArgumentError(f"an index of {levels} levels has {len(self.names)} names")

    def __len__(self):
        """How many."""
        return len(self.labels)

    def __iter__(self):
        """In order."""
        return iter(self.labels)

    def __getitem__(self, key):
        """A label, or an index of some."""
        if isinstance(key, slice):
            return Index(self.labels[key], self.names, self.secret)
        if isinstance(key, (list, tuple)) or hasattr(key, "dtype"):
            return Index([self.labels[int(i)] for i in key], self.names, self.secret)
        return self.labels[key]

    def __eq__(self, other):
        """Whether labels are the same, in order; names say nothing."""
        if not isinstance(other, Index):
            return NotImplemented
        if isinstance(self.labels, range) == isinstance(other.labels, range):
            return self.labels == other.labels
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None

    @property
    def unique(self):
        """Whether no label comes twice."""
        return isinstance(self.labels, range) or len(set(self.labels)) == len(self.labels)

    def place(self, label):
        """Where a label stands.

        Parameters
        ----------
        label : object

        Returns
        -------
        int

        Raises
        ------
        KeyError
        """
        try:
            return self.labels.index(_label(label))
        except ValueError:
            raise KeyError(label) from None

    def union(self, other):
        """Labels of both, sorted where they differ, as pandas aligns.

        Parameters
        ----------
        other : Index

        Returns
        -------
        Index

        Raises
        ------
        Refused
            When a label comes twice.
        """
        if self == other:
            return self
        if not (self.unique and other.unique):
            raise Refused("two indexes meet that differ and have a label twice", "Give both the same index first: "
                          "s.set_axis(...).")
        both = set(self.labels) | set(other.labels)
        try:
            return Index(sorted(both), self.names, self.secret)
        except TypeError:
            return Index([*self.labels, *(x for x in other.labels if x not in set(self.labels))], self.names, self.secret)

    def places_in(self, other):
        """For each label where `other` has it, or -1.

        Parameters
        ----------
        other : Index

        Returns
        -------
        list of int
        """
        at = {label: i for i, label in enumerate(other.labels)}
        return [at.get(label, -1) for label in self.labels]

    def to_json(self):
        """What is written of it.

        Returns
        -------
        dict
        """
        if isinstance(self.labels, range):
            r = self.labels
            rows = {"range": [r.start, r.stop, r.step]}
        else:
            rows = {"labels": [list(map(_written, x)) if isinstance(x, tuple) else _written(x) for x in self.labels]}
        return rows | {"names": list(self.names), "secret": list(self.secret)}

    def __repr__(self):
        """The first labels; they are public."""
        if isinstance(self.labels, range):
            return f"<Index {self.labels.start} to {self.labels.stop} by {self.labels.step}>"
        return f"<Index of {len(self)}: {', '.join(map(repr, self.labels[:6]))}{', ...' if len(self) > 6 else ''}>"


def _label(x):
    if isinstance(x, tuple) and x:
        return tuple(_label(y) for y in x)
    if hasattr(x, "isoformat") and not isinstance(x, (datetime.date, datetime.datetime)):
        x = x.to_pydatetime() if hasattr(x, "to_pydatetime") else x
    if hasattr(x, "item"):
        x = x.item()
    if isinstance(x, (*SIMPLE, datetime.date, type(None))) and x == x:  # NaN is no label
        return x
    raise ArgumentError(f"a {type(x).__name__} is no label of an index", "Labels are texts, numbers, truth values and dates.")


def _written(x):
    return {"date": x.isoformat()} if isinstance(x, datetime.date) else x


def _read(x):
    if isinstance(x, dict):
        if set(x) != {"date"} or not isinstance(x["date"], str):
            raise ValueError("a label is none")
        return datetime.datetime.fromisoformat(x["date"]) if "T" in x["date"] else datetime.date.fromisoformat(x["date"])
    if not isinstance(x, (*SIMPLE, type(None))) or (isinstance(x, str) and len(x) > 1000):
        raise ValueError("a label is none")
    return x


def _short(x):
    return isinstance(x, str) and len(x) <= 1000


def index_of(found):
    """What :meth:`Index.to_json` wrote, as a stranger's.

    Parameters
    ----------
    found : object

    Returns
    -------
    Index

    Raises
    ------
    ValueError
        When it is none.
    """
    if not isinstance(found, dict) or not set(found) <= {"range", "labels", "names", "secret"}:
        raise ValueError("an index is no object")
    for part in ("names", "secret"):
        if not isinstance(found.get(part), list) or not all(n is None or _short(n) for n in found[part]):
            raise ValueError("an index has no names")
    if "range" in found:
        ends = found["range"]
        if not isinstance(ends, list) or len(ends) != 3 or not all(type(e) is int and abs(e) < 1 << 41 for e in ends):
            raise ValueError("an index has no range")
        if not ends[2]:
            raise ValueError("an index has a range without a step")
        return Index(range(*ends), found["names"], found["secret"])
    labels = found.get("labels")
    if not isinstance(labels, list) or len(labels) > 1 << 24:
        raise ValueError("an index has no labels")
    rows = [tuple(map(_read, x)) if isinstance(x, list) else _read(x) for x in labels]
    if len({len(r) if isinstance(r, tuple) else 0 for r in rows}) > 1:
        raise ValueError("labels of an index have different levels")
    try:
        return Index(rows, found["names"], found["secret"])
    except ArgumentError as why:
        raise ValueError(str(why)) from None

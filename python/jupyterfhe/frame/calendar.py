"""Public dates on a public grid: which days fall into which week, month, quarter or year."""

import datetime

import numpy as np

from ..core.errors import ArgumentError
from .index import Index
from .refusal import Refused

RULES = ("D", "W", "ME", "MS", "QE", "QS", "YE", "YS")
PERIODS_MAX = 100_000


def _start(day, rule):
    """First day of the period that a day is in."""
    if rule == "D":
        return day
    if rule == "W":
        return day - datetime.timedelta(days=day.weekday())
    month = {"M": day.month, "Q": (day.month - 1) // 3 * 3 + 1, "Y": 1}[rule[0]]
    return day.replace(month=month, day=1)


def _next(start, rule):
    """First day of the period after it."""
    if rule in ("D", "W"):
        return start + datetime.timedelta(days=1 if rule == "D" else 7)
    months = start.year * 12 + start.month - 1 + {"M": 1, "Q": 3, "Y": 12}[rule[0]]
    return datetime.date(months // 12, months % 12 + 1, 1)


def grid(index, rule):
    """A key of the periods that dates fall into, those without rows among them.

    Parameters
    ----------
    index : Index
        Of dates.
    rule : str
        One of :data:`RULES`.

    Returns
    -------
    jupyterfhe.frame.grouping.Key

    Raises
    ------
    Refused
        When the index holds no dates.
    """
    from .grouping import Key

    if rule not in RULES:
        raise ArgumentError(f"{rule!r} is no rule of a grid", f"There are {', '.join(RULES)}.")
    if not len(index) or not all(isinstance(d, datetime.date) for d in index):
        raise Refused("resample on an index that holds no dates", "Dates of rows are public then: df.set_index(dates). For "
                      "encrypted "
                      "dates encrypt the period as a category.")
    days = [d.date() if isinstance(d, datetime.datetime) else d for d in index]
    starts = [_start(d, rule) for d in days]
    periods, at = [], min(starts)
    while at <= max(starts):
        periods.append(at)
        if len(periods) > PERIODS_MAX:
            raise ArgumentError(f"a grid of more than {PERIODS_MAX} periods")
        at = _next(at, rule)
    masks = np.array([[s == p for s in starts] for p in periods]) if len(periods) <= 4096 else None
    if masks is None:
        raise ArgumentError(f"a grid of {len(periods)} periods", "Take a coarser rule.")
    ends = [_next(p, rule) - datetime.timedelta(days=1) for p in periods]
    labels = periods if rule in ("D", "MS", "QS", "YS") else ends
    return Key(Index(labels, index.names), masks.__getitem__)

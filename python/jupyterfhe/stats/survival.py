"""Survival on a public grid of times: who was at risk and who died, counted; the curve at decryption."""

from ..array.finish import finished, larger, node, sqrt, stack
from ..core.errors import ArgumentError
from ..frame import EncryptedSeries, Index
from ..frame.moments import Sums
from .outcome import Outcome


def _counts(durations, events, group=()):
    """Rows that end at each time, and those of them with an event.

    Parameters
    ----------
    durations, events : EncryptedSeries
    group : tuple of EncryptedArray

    Returns
    -------
    (Finished, Finished)
        Of the times' shape; integers.
    """
    codes = durations._categories("a survival curve")
    ends, dead = [], []
    for i in range(len(codes)):
        sums = Sums(len(durations.index), durations.keep, (codes.indicator([i]), *group))
        ends.append(sums.count(events))
        dead.append(node("whole", sums.total(events)))
    return stack(ends), stack(dead)


def _checked(durations, events):
    if not isinstance(durations, EncryptedSeries) or not isinstance(events, EncryptedSeries):
        raise ArgumentError("durations and events are encrypted series of one frame")
    durations._pair(events) if durations.kind != "category" else None
    if events.kind != "bool":
        raise ArgumentError(f"events are truth values, not {events.kind}", "Encrypt them as 0 and 1, or true and false.")


def _at_risk(ends):
    """Rows that end at a time or later."""
    return ends.sum() - node("cumsum", ends) + ends


def kaplan_meier(durations, events):
    """The Kaplan-Meier estimate of survival.

    Parameters
    ----------
    durations : EncryptedSeries
        Times on a public grid: a category whose labels are in order of time, or integers of a declared range of at most 128.
    events : EncryptedSeries
        Of truth values: whether it ended by the event, or was censored.

    Returns
    -------
    EncryptedFrame
        at_risk, events, survival, std_error (Greenwood's), by time.

    Notes
    -----
    Cost: a mask, a product and two sums over slots for each time.
    """
    from ..frame import EncryptedFrame

    _checked(durations, events)
    ends, dead = _counts(durations, events)
    risk = _at_risk(ends)
    survival = node("cumprod", 1.0 - dead / risk)
    error = survival * sqrt(node("cumsum", dead / (risk * (risk - dead))))
    index = durations._categories("a survival curve").index(durations.name)
    index = Index(index.labels, ["time"], index.secret)
    columns = {"at_risk": (risk, "int"), "events": (dead, "int"), "survival": (survival, "float"), "std_error": (error,
                                                                                                                 "float")}
    return EncryptedFrame({n: EncryptedSeries(None, index, n, late=finished(c), kind=k) for n, (c, k) in columns.items()},
                          index)


def logrank(durations, events, group):
    """Whether two groups survive alike: the log-rank test.

    Parameters
    ----------
    durations, events : EncryptedSeries
        As of :func:`kaplan_meier`.
    group : EncryptedSeries
        A category of two labels, or truth values.

    Returns
    -------
    Outcome
        statistic (chi-square of one degree of freedom), pvalue.
    """
    _checked(durations, events)
    codes = group._categories("a log-rank test")
    if len(codes) != 2:
        raise ArgumentError(f"a log-rank test of {len(codes)} groups", "Compare two at a time.")
    (ends, dead), (other_ends, other_dead) = (_counts(durations, events, (codes.indicator([i]),)) for i in (1, 0))
    n1, n = _at_risk(ends), _at_risk(ends) + _at_risk(other_ends)
    d = dead + other_dead
    safe = larger(n, 1.0)  # times at which nobody is left count for nothing, not for 0/0
    expected = d * n1 / safe
    variance = d * n1 * (n - n1) * (n - d) / (safe * safe * larger(n - 1.0, 1.0))
    gap = (dead - expected).sum()
    statistic = gap * gap / variance.sum()
    return Outcome("LogrankResult", statistic=statistic, pvalue=node("chi2_upper", statistic, 1.0))

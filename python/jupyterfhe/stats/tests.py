"""Tests of hypotheses: statistics from sums, tails at decryption."""

from ..array.finish import finished, modulus, node, smaller, sqrt, stack
from ..core.errors import ArgumentError
from ..frame import EncryptedFrame, EncryptedSeries, crosstab
from .outcome import Outcome, pair, sample


def _t_test(difference, variance, df):
    """The outcome of a t-test of a difference whose variance is estimated."""
    t = difference / sqrt(variance)
    return Outcome("TtestResult", statistic=t, pvalue=node("t_two_sided", t, df), df=df)


def ttest_1samp(a, popmean):
    """Whether a mean is a public number.

    Parameters
    ----------
    a : EncryptedSeries or EncryptedArray of shape (n,)
    popmean : float

    Returns
    -------
    Outcome
        statistic, pvalue, df.
    """
    a = sample(a)
    n = a.count()
    return _t_test(a.mean() - float(popmean), a.var() / n, n - 1.0)


def ttest_ind(a, b, equal_var=True):
    """Whether two samples have one mean.

    Parameters
    ----------
    a, b : EncryptedSeries or EncryptedArray of shape (n,)
        Of different rows, or of one frame filtered differently: ``df[df.c == "x"].y``.
    equal_var : bool, default=True
        False is Welch's test.

    Returns
    -------
    Outcome
        statistic, pvalue, df.
    """
    a, b = sample(a, "a"), sample(b, "b")
    n, m, va, vb = a.count(), b.count(), a.var(), b.var()
    if equal_var:
        df = n + m - 2.0
        pooled = (va * (n - 1.0) + vb * (m - 1.0)) / df
        return _t_test(a.mean() - b.mean(), pooled * (1.0 / n + 1.0 / m), df)
    ea, eb = va / n, vb / m
    both = ea + eb
    return _t_test(a.mean() - b.mean(), both, both * both / (ea * ea / (n - 1.0) + eb * eb / (m - 1.0)))


def ttest_rel(a, b):
    """Whether pairs differ by nothing on the average.

    Parameters
    ----------
    a, b : EncryptedSeries or EncryptedArray of shape (n,)
        Of the same rows.

    Returns
    -------
    Outcome
        statistic, pvalue, df.
    """
    a, b, _ = pair(a, b)
    return ttest_1samp(a - b, 0.0)


def f_oneway(*samples):
    """Whether several samples have one mean.

    Parameters
    ----------
    *samples : EncryptedSeries or EncryptedArray; or one EncryptedSeries and a category that tells its groups
        Two at least.

    Returns
    -------
    Outcome
        statistic, pvalue.
    """
    if len(samples) == 2 and isinstance(samples[1], EncryptedSeries) and samples[1].kind in ("category", "bool"):
        parts = _grouped(*samples)
    else:
        parts = [(s.sums(), s) for s in (sample(x) for x in samples)]
    if len(parts) < 2:
        raise ArgumentError("f_oneway takes two samples at least")
    middle = parts[0][1].offset  # sums about one point, or what is between groups would be lost
    n = [sums.count(s) for sums, s in parts]
    s1 = [finished(sums.rest(s)) + (s.offset - middle) * k for (sums, s), k in zip(parts, n, strict=True)]
    within = [finished(sums.rest2(s, s)) - finished(sums.rest(s)) ** 2 / k for (sums, s), k in zip(parts, n, strict=True)]
    n_all, s_all, inside = stack(n).sum(), stack(s1).sum(), stack(within).sum()
    between = stack([s * s / k for s, k in zip(s1, n, strict=True)]).sum() - s_all * s_all / n_all
    d1, d2 = len(parts) - 1.0, n_all - float(len(parts))
    f = (between / d1) / (inside / d2)
    return Outcome("F_onewayResult", statistic=f, pvalue=node("f_upper", f, d1, d2))


def _grouped(values, by):
    """Sums of one series under each label of a category."""
    frame = EncryptedFrame({"x": sample(values), "by": by}, values.index, values.keep)
    return [(g, frame._columns["x"]) for g in frame.groupby("by").groups()]


def chi2_contingency(observed, columns=None, correction=True):
    """Whether two categories are independent.

    Parameters
    ----------
    observed : EncryptedFrame of counts, or EncryptedSeries
        What :func:`jupyterfhe.crosstab` gives; or a category.
    columns : EncryptedSeries, optional
        The other category.
    correction : bool, default=True
        Yates' for tables of one degree of freedom.

    Returns
    -------
    Outcome
        statistic, pvalue, dof, expected_freq. Undefined where a declared label has no rows.

    Notes
    -----
    Cost: that of the table. Counts are exact, and so the statistic is to the rounding of doubles.
    """
    table = observed if columns is None else crosstab(observed, columns)
    counts = node("whole", stack([c.cells for c in table._columns.values()]))  # a row a column of the table
    wide, high = counts.shape
    if min(wide, high) < 2:
        raise ArgumentError(f"a table of {high} by {wide} has nothing to test", "Two labels at least on each side.")
    across = counts.sum()
    down = stack([sum_of([counts[i][j] for i in range(wide)]) for j in range(high)])
    total = across.sum()
    expected = across.reshape(wide, 1) * down.reshape(1, high) / total
    gap = modulus(counts - expected)
    if correction and wide == high == 2:
        gap = gap - smaller(0.5, gap)
    dof = float((wide - 1) * (high - 1))
    statistic = (gap * gap / expected).sum().sum()
    turned = stack([stack([expected[i][j] for i in range(wide)]) for j in range(high)])
    return Outcome("Chi2ContingencyResult", statistic=statistic, pvalue=node("chi2_upper", statistic, dof), dof=dof,
                   expected_freq=turned)


def sum_of(items):
    """The sum of a few numbers."""
    return stack(items).sum()


def pearsonr(x, y):
    """Pearson's correlation, and whether it is 0.

    Parameters
    ----------
    x, y : EncryptedSeries or EncryptedArray of shape (n,)
        Of the same rows.

    Returns
    -------
    Outcome
        statistic, pvalue.
    """
    x, y, sums = pair(x, y)
    r, n = sums.correlation(x, y), sums.count(x, y)
    t = r * sqrt((n - 2.0) / ((1.0 - r) * (1.0 + r)))
    return Outcome("PearsonRResult", statistic=r, pvalue=node("t_two_sided", t, n - 2.0))

"""Third and fourth moments: skewness and kurtosis of power sums about the middle of the range, finished at decryption."""

from ..array.finish import finished, sqrt


def central(series, order):
    """Count and central moments of a series.

    Parameters
    ----------
    series : EncryptedSeries
    order : {2, 3, 4}

    Returns
    -------
    (Finished, list of Finished)
        n, and the second to `order`-th central moment (sums over n).

    Notes
    -----
    Cost: ceil(log2(order)) levels and a sum over slots a power.
    """
    sums = series.sums()
    n = sums.count(series)
    raw = [None] + [finished(sums.power(series, k)) / n for k in range(1, order + 1)]
    m = raw[1]
    out = [raw[2] - m * m]
    if order > 2:
        out.append(raw[3] - m * raw[2] * 3.0 + m * m * m * 2.0)
    if order > 3:
        out.append(raw[4] - m * raw[3] * 4.0 + m * m * raw[2] * 6.0 - m * m * (m * m) * 3.0)
    return n, out


def skewness(series, bias=True):
    """Third central moment over the second to the 3/2.

    Parameters
    ----------
    series : EncryptedSeries
    bias : bool, default=True
        False corrects for it, as pandas does.

    Returns
    -------
    Finished
    """
    n, (m2, m3) = central(series, 3)
    out = m3 / (m2 * sqrt(m2))
    return out if bias else out * (sqrt(n * (n - 1.0)) / (n - 2.0))


def excess(series, fisher=True, bias=True):
    """Fourth central moment over the square of the second, less 3.

    Parameters
    ----------
    series : EncryptedSeries
    fisher : bool, default=True
        False leaves the 3 in.
    bias : bool, default=True
        False corrects for it, as pandas does.

    Returns
    -------
    Finished
    """
    n, (m2, _, m4) = central(series, 4)
    out = m4 / (m2 * m2)
    if not bias:
        out = (out * (n * n - 1.0) - (n - 1.0) * (n - 1.0) * 3.0) / ((n - 2.0) * (n - 3.0)) + 3.0
    return out - 3.0 if fisher else out

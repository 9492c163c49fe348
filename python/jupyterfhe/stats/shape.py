"""Standard scores, skewness and kurtosis."""

from ..array.finish import sqrt
from ..frame.shape import excess, skewness
from .outcome import sample


def zscore(a, ddof=0):
    """Distances from the mean over the standard deviation.

    Parameters
    ----------
    a : EncryptedSeries or EncryptedArray of shape (n,)
    ddof : int, default=0

    Returns
    -------
    EncryptedSeries
        Finished at decryption.

    Notes
    -----
    Cost: two sums over slots, one level; the numbers themselves are not touched.
    """
    a = sample(a)
    return a.like(None, late=(a.cells - a.mean()) / sqrt(a.var(ddof)))


def skew(a, bias=True):
    """Skewness: the third central moment over the second to the 3/2.

    Parameters
    ----------
    a : EncryptedSeries or EncryptedArray of shape (n,)
    bias : bool, default=True

    Returns
    -------
    Finished
    """
    return skewness(sample(a), bias)


def kurtosis(a, fisher=True, bias=True):
    """Kurtosis: the fourth central moment over the square of the second.

    Parameters
    ----------
    a : EncryptedSeries or EncryptedArray of shape (n,)
    fisher : bool, default=True
        Less 3, so that normal numbers have 0.
    bias : bool, default=True

    Returns
    -------
    Finished
    """
    return excess(sample(a), fisher, bias)

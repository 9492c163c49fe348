"""Lines and planes through encrypted points: sums of products on the server, the small system at decryption."""

import numpy as np

from ..array import interval as iv
from ..array.finish import finished, node, sqrt, stack
from ..core.errors import ArgumentError
from ..frame import EncryptedFrame
from ..frame.moments import Sums
from ..frame.products import product
from .outcome import Outcome, pair, sample


def linregress(x, y):
    """A line through points, as :func:`scipy.stats.linregress`.

    Parameters
    ----------
    x, y : EncryptedSeries or EncryptedArray of shape (n,)
        Of the same rows.

    Returns
    -------
    Outcome
        slope, intercept, rvalue, pvalue, stderr, intercept_stderr.
    """
    x, y, sums = pair(x, y)
    n = sums.count(x, y)
    xx, yy, xy = sums.own_comoment(x, y), sums.own_comoment(y, x), sums.comoment(x, y)
    mx, my = finished(sums.rest(x, y)) / n + x.offset, finished(sums.rest(y, x)) / n + y.offset
    slope, r = xy / xx, xy / (sqrt(xx) * sqrt(yy))
    df = n - 2.0
    error = sqrt((1.0 - r) * (1.0 + r) * yy / xx / df)
    t = r * sqrt(df / ((1.0 - r) * (1.0 + r)))
    return Outcome("LinregressResult", slope=slope, intercept=my - slope * mx, rvalue=r, pvalue=node("t_two_sided", t, df),
                   stderr=error, intercept_stderr=error * sqrt(xx / n + mx * mx))


def ols(y, X):
    """Ordinary least squares with a constant, standard errors, and tests that coefficients are 0.

    Parameters
    ----------
    y : EncryptedSeries or EncryptedArray of shape (n,)
    X : EncryptedFrame, EncryptedArray of shape (n, k), or list of EncryptedSeries
        Of the same rows. Rows in which anything is missing are left out.

    Returns
    -------
    Outcome
        params, bse, tvalues, pvalues (each of k + 1, the constant first), rsquared, fvalue, f_pvalue, nobs, df_resid.

    Notes
    -----
    Cost: (k + 1)(k + 2)/2 products and sums over slots, one level. Sums are about the middles of the declared ranges, and their
    units are put right before the matrix is inverted at decryption: how far the inverse is off is proved there, for every
    matrix within the sums' bounds; where they allow a singular one, the bounds come out infinite.
    """
    y, columns = sample(y, "y"), _columns(X)
    sums = _complete([y, *columns])
    n, k = sums.count(), len(columns)
    units = np.array([1.0] + [iv.power_of_two(max(iv.modulus(c.rest.bounds), 1e-300)) for c in columns])
    s = [finished(sums.rest(c)) for c in columns]
    products = [[finished(sums.rest2(columns[min(i, j)], columns[max(i, j)])) for j in range(k)] for i in range(k)]
    matrix = stack([stack([n, *s]), *(stack([s[i], *products[i]]) for i in range(k))]) / np.outer(units, units)
    right = stack([finished(sums.rest(y)), *(finished(sums.rest2(c, y)) for c in columns)]) / units
    inverse = node("inverse", matrix)
    scaled = (inverse * right.reshape(1, k + 1)).sum()
    total = finished(sums.rest2(y, y))
    residual = total - (scaled * right).sum()
    df = n - (k + 1.0)
    spread = residual / df
    # back from centred and scaled columns: the constant is what the plane has at the origin of the data
    middle = np.array([c.offset for c in columns])
    slopes = scaled / units
    constant = slopes[0] + y.offset - (_tail(slopes, k) * middle).sum()
    reach = np.concatenate([[1.0], -middle]) / units
    constant_variance = ((inverse * np.outer(reach, reach)).sum()).sum()
    params = stack([constant, *(slopes[i] for i in range(1, k + 1))])
    variances = stack([constant_variance, *(inverse[i][i] / units[i] ** 2 for i in range(1, k + 1))])
    bse = sqrt(variances * spread)
    t = params / bse
    about_mean = total - finished(sums.rest(y)) ** 2 / n
    f = ((about_mean - residual) / float(k)) / spread
    return Outcome("OLSResults", params=params, bse=bse, tvalues=t, pvalues=node("t_two_sided", t, df),
                   rsquared=1.0 - residual / about_mean, fvalue=f, f_pvalue=node("f_upper", f, float(k), df), nobs=n,
                   df_resid=df)


def _tail(x, k):
    return stack([x[i] for i in range(1, k + 1)])


def _columns(X):
    """Regressors as a list of series."""
    if isinstance(X, EncryptedFrame):
        return [sample(X[n], n) for n in X.columns]
    if hasattr(X, "ndim") and X.ndim == 2:
        return [sample(X[:, j], f"x{j}") for j in range(X.shape[1])]
    found = [sample(x, f"x{j}") for j, x in enumerate(X)]
    if not found:
        raise ArgumentError("a regression has a column at least")
    return found


def _complete(series):
    """Sums over the rows in which every series has a value."""
    first = series[0]
    for s in series[1:]:
        first._pair(s)
    masks = list({id(s.valid): s.valid for s in series if s.valid is not None}.values())
    return Sums(len(first.index), (*first.keep, *([product(masks)] if masks else [])))

"""How far a polynomial is from a function at the most: a proof for each, after it was made ("Approximations", SOUNDNESS.md).

Polynomials are ``sum c_k T_k(y)``, y in [-1, 1], and stand for functions of ``x = middle + half y``.
"""

import math

import numpy as np

from ..interval import EPS
from .smooth import NUMPY

OVERSAMPLE = 8
TERMS_MAX = 1 << 14


def nodes(n):
    """Chebyshev's points ``cos(pi (2 j + 1) / 2 n)``; numpy is off by 2^-50 at the most."""
    return np.cos(np.pi * (2 * np.arange(n) + 1) / (2 * n))


def between(degree, count):
    """How much larger a polynomial can be than at `count` points, ``1 / cos(pi degree / 2 count)``."""
    return (1 + 2.0**-30) / math.cos(math.pi * degree / (2 * count))


def rounding(coefficients):
    """What Clenshaw's rule rounds: 3 operations a coefficient, none on more than (n + 1) sum |c|; and the node's own error."""
    n, total = len(coefficients), float(np.abs(coefficients).sum())
    slope = float((np.abs(coefficients) * np.arange(n) ** 2.0).sum())
    return 3 * n * EPS * (n + 1) * total + 2.0**-50 * slope


def terms(f, middle, half, goal):
    """Degree whose Chebyshev series is within `goal` of f, and how near it is.

    Parameters
    ----------
    f : Smooth
    middle, half : float
    goal : float

    Returns
    -------
    (int, float)
    """
    rho = 1 + np.logspace(-5, 4, 400)
    a, b = abs(half) * (rho + 1 / rho) / 2, abs(half) * (rho - 1 / rho) / 2
    sup, degree = f.box(middle, a, b), 16
    if not np.any(np.isfinite(sup)):
        return 0, math.inf
    rho, sup = rho[np.isfinite(sup)], sup[np.isfinite(sup)]
    while True:  # |f - f_m| <= 2 M rho^-m / (rho - 1)   [Tre13, Theorem 8.2]
        with np.errstate(over="ignore"):
            tail = float(np.min(np.exp2(1 + np.log2(np.maximum(sup, 1e-300)) - degree * np.log2(rho)) / (rho - 1))) * 1.001
        if tail <= goal or degree >= TERMS_MAX:
            return degree, tail
        degree *= 2


def series(f, middle, half, degree):
    """Chebyshev coefficients, from twice as many points."""
    n = 2 * degree
    values = f.value(middle + half * nodes(n))
    spectrum = np.fft.fft(np.concatenate([values, values[::-1]]))[:degree + 1]
    c = (spectrum * np.exp(-0.5j * np.pi * np.arange(degree + 1) / n)).real / n
    c[0] /= 2
    return c


def smooth(f, middle, half, coefficients, terms_):
    """Bound on |p - f| over all of [-1, 1].

    Parameters
    ----------
    f : Smooth
    middle, half : float
    coefficients : ndarray
    terms_ : (int, float)
        As of :func:`terms`, of a degree not below the polynomial's.

    Returns
    -------
    float

    Notes
    -----
    f is within `tail` of a polynomial q of degree m. At the points |q - p| <= |f - p| + tail; between them it is at most
    1/cos(pi m / 2 n) larger [EZ64].
    """
    degree, tail = terms_
    degree = max(degree, len(coefficients) - 1)
    count = OVERSAMPLE * degree
    y = nodes(count)
    x = middle + half * y
    apart = np.abs(f.value(x) - np.polynomial.chebyshev.chebval(y, coefficients))
    low, high = min(middle - abs(half), float(x.min())), max(middle + abs(half), float(x.max()))
    place = 2.0**-50 * (abs(middle) + 2 * abs(half)) * f.slope(low, high)
    slip = rounding(coefficients) + place + NUMPY * max(map(abs, f.image(low, high)))
    return (float(apart.max()) + slip + tail) * between(degree, count) + tail


def piece(low, high, wanted, degree, coefficients, y_of=lambda t: t, oversample=OVERSAMPLE):
    """Bound on |p(y) - g(t)| for t in [low, high], g and y polynomials in t, so that their difference has the degree given.

    Parameters
    ----------
    low, high : float
    wanted : callable of ndarray
        g; exact but for 4 roundings.
    degree : int
    coefficients : ndarray
    y_of : callable of ndarray
    oversample : int, optional
        Points a degree: the bound is at most 1 / cos(pi / 2 oversample) too large.

    Returns
    -------
    float
    """
    count = oversample * degree
    t = (low + high) / 2 + (high - low) / 2 * nodes(count)
    g = wanted(t)
    apart = np.abs(g - np.polynomial.chebyshev.chebval(y_of(t), coefficients))
    slip = rounding(coefficients) * 8 + 2.0**-48 * float(np.abs(g).max(initial=0.0) + abs(low) + abs(high))
    return (float(apart.max()) + slip) * between(degree, count)

"""Functions made of straight pieces, and the root at 0: nowhere smooth enough for a series, near-minimax by reweighting.

A polynomial minus a straight piece is a polynomial, so its largest modulus on the piece is found from values at points alone.
"""

import itertools
import math

import numpy as np

from ..interval import EPS
from . import certify

ROUNDS = 24  # Lawson's iteration gains little after that
GRID = 10  # points a degree


class Straight:
    """A continuous function of straight pieces, or one with gaps where it does not matter what stands there.

    Attributes
    ----------
    name : str
    parity : int or None
        0 for even, 1 for odd functions.
    """

    name, parity = "", None

    def __init__(self, *key):
        """Numbers that tell it from others of its kind."""
        self.key = key

    def __eq__(self, other):
        """By numbers, so that polynomials are found again."""
        return type(other) is type(self) and other.key == self.key

    def __hash__(self):
        """By numbers."""
        return hash((type(self), self.key))

    def holds(self, low, high):
        """Everywhere."""
        return True

    def image(self, low, high):
        """Interval of its values: ends of pieces."""
        ends = [v for left, right, slope, base in self.pieces(low, high) for v in (slope * left + base, slope * right + base)]
        off = 4 * EPS * max(map(abs, ends))
        return min(ends) - off, max(ends) + off

    def within(self, low, high, x):
        """Where points are on no gap."""
        return np.any([(left <= x) & (x <= right) for left, right, *_ in self.pieces(low, high)], axis=0)

    def bound(self, middle, half, coefficients):
        """Proved bound on |p - f| on all pieces.

        Parameters
        ----------
        middle, half : float
            The polynomial's y stands for ``middle + half y``.
        coefficients : ndarray

        Returns
        -------
        float
        """
        low, high = sorted((middle - half, middle + half))
        parts = []
        for left, right, slope, base in self.pieces(low, high):
            ends = sorted(((left - middle) / half, (right - middle) / half))
            parts.append(certify.piece(*ends, lambda y, s=slope, b=base: s * (middle + half * y) + b,
                                       len(coefficients) - 1, coefficients))
        return max(parts) + 8 * EPS * (abs(middle) + abs(half))

    def steepness(self, middle, half, coefficients):
        """Bound on what a distance of x becomes: by the polynomial's own slope, and the function's."""
        return 2 * (1 + float((np.abs(coefficients) * np.arange(len(coefficients)) ** 2.0).sum()) / abs(half))


class Modulus(Straight):
    """``|x|``."""

    name, parity = "abs", 0

    def value(self, x):
        """Of arrays."""
        return np.abs(x)

    def pieces(self, low, high):
        """(left, right, slope, base)."""
        if low >= 0 or high <= 0:
            return [(low, high, 1.0 if low >= 0 else -1.0, 0.0)]
        return [(low, 0.0, -1.0, 0.0), (0.0, high, 1.0, 0.0)]


class Clip(Straight):
    """Between two numbers; either may be infinite.

    Parameters
    ----------
    floor, ceiling : float
    """

    name = "clip"

    def value(self, x):
        """Of arrays."""
        return np.clip(x, *self.key)

    def pieces(self, low, high):
        """(left, right, slope, base)."""
        floor, ceiling = self.key
        cuts = [low, *(c for c in self.key if low < c < high), high]
        out = []
        for left, right in itertools.pairwise(cuts):
            inside = floor <= (left + right) / 2 <= ceiling
            out.append((left, right, 1.0, 0.0) if inside else (left, right, 0.0, floor if right <= floor else ceiling))
        return out


class Root(Straight):
    """The square root from 0 on."""

    name = "sqrt"

    def value(self, x):
        """Of arrays."""
        return np.sqrt(np.maximum(x, 0.0))

    def image(self, low, high):
        """From 0."""
        return 0.0, math.sqrt(max(high, 0.0)) * (1 + EPS)

    def within(self, low, high, x):
        """Where it is defined."""
        return x >= 0

    def bound(self, middle, half, coefficients):
        """As of :class:`Straight`, for x = t t: then the root is t."""
        high = math.sqrt(middle + abs(half)) * (1 + 4 * EPS)
        found = certify.piece(0.0, high, lambda t: t, 2 * (len(coefficients) - 1), coefficients,
                              lambda t: np.clip((t * t - middle) / half, -1.0, 1.0))
        return found + 8 * EPS * high


def _orthogonal(basis):
    """Columns made orthogonal, and the factor; Chebyshev's nearly are, so that their squares can be used."""
    try:
        r = np.linalg.cholesky(basis.T @ basis).T
        return np.linalg.solve(r.T, basis.T).T, r
    except np.linalg.LinAlgError:  # gaps take the polynomials' independence away
        return np.linalg.qr(basis)


def fit(f, middle, half, degree):
    """Coefficients that come near the best of a degree: least squares, heavier where they are worst [Law61].

    Parameters
    ----------
    f : Straight
    middle, half : float
    degree : int

    Returns
    -------
    ndarray
    """
    y = np.concatenate([certify.nodes(GRID * degree), [-1.0, 1.0]])
    low, high = sorted((middle - half, middle + half))
    y = y[f.within(low, high, middle + half * y)]
    columns = np.arange(degree + 1)
    if f.parity is not None and middle == 0:
        columns = columns[f.parity::2]
    basis = np.polynomial.chebyshev.chebvander(y, degree)[:, columns]
    values = f.value(middle + half * y)
    q, r = _orthogonal(basis)  # once: in this basis the equations of every round are well conditioned
    weight, best, least = np.full(len(y), 1.0 / len(y)), None, math.inf
    for _ in range(ROUNDS):
        heavy = q * weight[:, None]
        found = np.linalg.solve(heavy.T @ q, heavy.T @ values)
        apart = np.abs(q @ found - values)
        if apart.max() < least:
            best, least = found, apart.max()
        weight = weight * apart
        if not weight.sum() > 0:
            break
        weight = np.maximum(weight / weight.sum(), 1e-15)
    best = np.linalg.solve(r, best)
    out = np.zeros(degree + 1)
    out[columns] = best
    return out

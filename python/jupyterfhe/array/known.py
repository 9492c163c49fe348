"""What is known of an array beyond the ranges of its entries, because of how it was made: Gram matrices, moments, roots.

A matrix of covariances, or ``Z.T @ Z``, is symmetric and has no eigenvalue below 0; a multiple of the identity that is added to
it moves all of them. That is what :func:`numpy.linalg.solve` needs. Facts are proved, they follow an array through the few
operations named here, and are forgotten by all others.
"""

import math
import typing
from fractions import Fraction

import numpy as np

LARGE = 1e15  # public numbers that a grid is moved by


class Family:
    """A positive semidefinite matrix of which blocks may come by.

    Parameters
    ----------
    key : object
        Families of equal keys are one.
    kept : object, optional
        What must stay alive, so that ids in the key stay its own.
    """

    __slots__ = ("kept", "key")

    def __init__(self, key=None, kept=None):
        """Keep them; without a key it is a family of its own."""
        self.key, self.kept = self if key is None else key, kept


class Gram(typing.NamedTuple):
    """A symmetric matrix ``scale * F[rows][:, rows] + ridge * I``; without a family, of eigenvalues `ridge` at least."""

    family: Family | None
    rows: tuple
    scale: float
    ridge: float


class Moment(typing.NamedTuple):
    """Columns ``scale * F[rows, j]``: ``scale * F[rows, rows]^(1/2) w``, the length of w at most `reach` for each of them."""

    family: Family
    rows: tuple
    scale: float
    reach: np.ndarray


class RootOf(typing.NamedTuple):
    """Square roots of another array's numbers."""

    square: object


class Whole(typing.NamedTuple):
    """Every number is an integer."""


class Grid(typing.NamedTuple):
    """Every number is `first` plus a multiple of `step`; exactly, so that a third three times is one."""

    first: Fraction
    step: Fraction


def carried(function, inputs, result):
    """Note what is known of a result, for what is known of the operands.

    Parameters
    ----------
    function : callable
        numpy's.
    inputs : tuple
        Positional operands.
    result : object

    Returns
    -------
    object
        The result.
    """
    rule = RULES.get(function)
    if any(getattr(x, "exact", False) for x in inputs) and not getattr(result, "exact", False):
        return result  # computed on their approximate forms, of which this was noted already
    if rule and hasattr(result, "strips") and result.dtype.kind == "f" and result.size:
        result.known = rule(*inputs)
    return result


def _one_positive(c):
    """A public number above 0, or None."""
    c = np.asarray(c) if not hasattr(c, "strips") else None
    return float(c) if c is not None and c.ndim == 0 and c.dtype.kind in "iuf" and 0 < c < math.inf else None


def grid(known):
    """What is known, as a grid, or None.

    Parameters
    ----------
    known : object

    Returns
    -------
    Grid or None
    """
    return Grid(Fraction(0), Fraction(1)) if isinstance(known, Whole) else known if isinstance(known, Grid) else None


def _one(c):
    """A public number as a fraction, or None."""
    c = np.asarray(c) if not hasattr(c, "strips") else None
    fits = c is not None and c.ndim == 0 and c.dtype.kind in "iuf" and np.isfinite(c) and abs(c) < LARGE
    return Fraction(float(c) if c.dtype.kind == "f" else c.item()) if fits else None  # computed with as doubles


def _stretched(on, factor):
    """A grid times a public number."""
    return Grid(on.first * factor, on.step * abs(factor)) if on and factor else None


def _scaled(known, factor):
    if factor is None or not isinstance(known, (Gram, Moment)):
        return None
    changes = {"ridge": known.ridge * factor} if isinstance(known, Gram) else {}
    return known._replace(scale=known.scale * factor, **changes)


def _times(x, y):
    if not hasattr(x, "strips"):
        x, y = y, x
    if grid(x.known):
        return _stretched(grid(x.known), _one(y))
    return _scaled(x.known, _one_positive(y))


def _over(x, y):
    if hasattr(x, "strips") and grid(x.known):
        by = _one(y)
        return _stretched(grid(x.known), 1 / by if by else None)
    factor = _one_positive(y)
    return _scaled(x.known, factor and 1 / factor) if hasattr(x, "strips") else None


def _plus(x, y, sign=1.0):
    if not hasattr(x, "strips"):
        x, y = y, x
    if hasattr(y, "strips"):
        return _both(x.known, y.known) if sign > 0 else None
    on, c = grid(x.known), _one(y)
    if on:
        return None if c is None else on._replace(first=on.first + Fraction(int(sign)) * c)
    y = np.asarray(y)
    if not isinstance(x.known, Gram) or y.shape != x.shape or y.dtype.kind not in "iufb" or not np.array_equal(y, y.T):
        return None
    y = sign * y.astype(float)
    c = float(y[0, 0])
    if np.array_equal(y, c * np.eye(len(y))):
        return x.known._replace(ridge=x.known.ridge + c)
    least = float(np.linalg.eigvalsh(y)[0]) - 2.0**-40 * float(np.abs(y).sum())  # far beyond what the library is off by
    return Gram(None, x.known.rows, 1.0, x.known.ridge + least)


def _both(a, b):
    """Sums of two such matrices: their least eigenvalues add [HJ13, 4.3.1]."""
    if not (isinstance(a, Gram) and isinstance(b, Gram)):
        return None
    return Gram(None, a.rows, 1.0, a.ridge + b.ridge)


def _minus(x, y):
    if not hasattr(x, "strips") and grid(y.known):
        on, c = grid(y.known), _one(x)
        return None if c is None else Grid(c - on.first, on.step)
    return _plus(x, y, -1.0) if hasattr(x, "strips") and not hasattr(y, "strips") else None


def _product(a, b):
    """``Z.T @ Z``, and ``Z.T @ y`` of the same Z."""
    if not (hasattr(a, "strips") and hasattr(b, "strips")) or a.dtype.kind != "f" or b.dtype.kind != "f":
        return None
    if a.ndim != 2 or b.ndim > 2:  # numpy multiplies stacks of matrices too
        return None
    left = a.strips.T
    family = Family((a.session, a.shape, tuple(map(id, left.ravel()))), left)
    rows = tuple(range(a.shape[0]))
    same = a.shape == b.shape[::-1] and left.shape == b.strips.shape
    if same and all(s is t for s, t in zip(left.flat, b.strips.flat, strict=True)):
        return Gram(family, rows, 1.0, 0.0)
    columns = np.atleast_2d(b.strips.T).T
    largest = [max(s.largest + s.drift for s in column) for column in columns.T]
    return Moment(family, rows, 1.0, math.sqrt(a.shape[1]) * (1 + 2.0**-40) * np.array(largest))


def _counts(a, *_):
    """Sums of truth values."""
    return Whole() if hasattr(a, "strips") and a.dtype == bool else None


def block(array, key):
    """What is known of ``array[key]``: principal blocks of a Gram matrix, and columns beside them.

    Parameters
    ----------
    array : EncryptedArray
    key : object

    Returns
    -------
    Gram, Moment or None
    """
    known = array.known
    if not isinstance(known, Gram) or not isinstance(key, tuple) or len(key) != 2 or not isinstance(key[0], slice):
        return None
    place = range(len(known.rows))
    rows = place[key[0]]
    columns = place[key[1]] if isinstance(key[1], slice) else [place[key[1]]] if isinstance(key[1], (int, np.integer)) else ()
    if not len(rows) or not len(columns):
        return None
    inside = tuple(known.rows[i] for i in rows)
    if isinstance(key[1], slice) and list(rows) == list(columns):
        return known._replace(rows=inside)
    if known.family is None or set(rows) & set(columns):
        return None
    # F[rows, j] = F[rows, rows]^(1/2) w with |w|^2 <= F[j, j], for the Schur complement is not below 0 [HJ13, 7.7.9]
    tops = [array.strips[tuple(0 if array.slot_axis == axis else j for axis in (0, 1))].bounds[1] for j in columns]
    reach = np.sqrt(np.maximum(np.array(tops) - known.ridge, 0.0) / known.scale) * (1 + 2.0**-40)
    return Moment(known.family, inside, known.scale, reach)


RULES = {np.multiply: _times, np.divide: _over, np.add: _plus, np.subtract: _minus, np.matmul: _product, np.dot: _product,
         np.negative: lambda a: _stretched(grid(a.known), Fraction(-1)),
         np.transpose: lambda a, *_: a.known if isinstance(a.known, Gram) else None,
         np.sqrt: lambda a: RootOf(a), np.sum: _counts, np.count_nonzero: _counts}

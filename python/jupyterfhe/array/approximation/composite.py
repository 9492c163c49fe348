"""Signs by compositions of odd polynomials, each of which brings numbers nearer to -1 and 1 [LLNK22].

A part is a polynomial P of t in [-1, 1] with |P(t) - 1| <= error for t in [low, 1], and |P| <= size on all of [-1, 1]. The next
part starts from P(t) / size, whose modulus lies between (1 - error) / size and 1.
"""

import functools
import math
import typing

import numpy as np

from . import certify

DEGREES = (3, 7, 15, 31, 63)  # the most that 2 .. 6 levels allow
GRID = 40  # points a degree between which extremes are looked for
ROUNDS = 40
STEPS = 64  # lower ends are taken down to 2^-(k / STEPS) while compositions are compared
FINE = 64  # points a degree where bounds are proved: a part's error may be near 1, and what it lacks of that counts
SLACK = 2.0**-20  # what bounds are kept away from each other by, for roundings of quotients


class Part(typing.NamedTuple):
    """An odd polynomial near the sign.

    Attributes
    ----------
    coefficients : ndarray
        Of Chebyshev's polynomials.
    error : float
        Proved bound on its distance from 1 where it is meant to be near.
    size : float
        Proved bound on its modulus over [-1, 1].
    """

    coefficients: np.ndarray
    error: float
    size: float

    @property
    def degree(self):
        """Degree."""
        return len(self.coefficients) - 1

    @property
    def depth(self):
        """Levels."""
        return math.ceil(math.log2(len(self.coefficients)))


@functools.lru_cache(maxsize=1024)
def part(degree, low):
    """The odd polynomial nearest to 1 on [low, 1], nearly: Remez' exchange [Rem34].

    Parameters
    ----------
    degree : int
    low : float

    Returns
    -------
    Part or None
        None where nothing was found that is better than 0.
    """
    c = np.zeros(degree + 1)
    c[1::2] = _exchange(degree, low)
    error = certify.piece(low, 1.0, np.ones_like, degree, c, oversample=FINE)
    size = certify.piece(-1.0, 1.0, np.zeros_like, degree, c, oversample=FINE)
    return Part(c, error, size) if error < 1 else None


@functools.lru_cache(maxsize=256)
def moved(degree, low, middle):
    """The same part about a point other than 0, whose window is cut to [-1, 1]: no level brings its numbers there.

    ``Q(u) = P((u - middle) / (1 + |middle|))`` is of the same degree, and what it is off is proved for itself.

    Parameters
    ----------
    degree : int
    low : float
        Of P's argument.
    middle : float
        In (-1, 1).

    Returns
    -------
    Part or None
    """
    p, wide = part(degree, low), 1 + abs(middle)
    if p is None:
        return None
    at = certify.nodes(2 * (degree + 1))
    values = np.polynomial.chebyshev.chebval((at - middle) / wide, p.coefficients)
    c = np.polynomial.chebyshev.chebfit(at, values, degree)
    below, above = middle - low * wide, middle + low * wide
    sides = [certify.piece(-1.0, below, lambda x: -np.ones_like(x), degree, c, oversample=FINE)] if below > -1 else []
    sides += [certify.piece(above, 1.0, np.ones_like, degree, c, oversample=FINE)] if above < 1 else []
    error = max(sides, default=1.0)
    size = certify.piece(-1.0, 1.0, np.zeros_like, degree, c, oversample=FINE)
    return Part(c, error, size) if error < 1 else None


def _exchange(degree, low):
    """Coefficients of T_1, T_3, ...; extremes are moved to where the error is largest until it is level."""
    count = (degree + 1) // 2
    j = np.arange(count + 1)
    points = GRID * degree
    grid = np.unique(np.concatenate([low ** np.linspace(1, 0, points), 1 - (1 - low) * np.linspace(0, 1, points) ** 2]))
    basis = np.polynomial.chebyshev.chebvander(grid, degree)[:, 1::2]
    # P is x times a polynomial of x^2, for which Chebyshev's extremes on [low^2, 1] are a good start
    start = np.sqrt((1 + low * low) / 2 - (1 - low * low) / 2 * np.cos(np.pi * j / count))
    x = grid[np.searchsorted(grid, start).clip(max=len(grid) - 1)]
    best, least = np.zeros(count), math.inf
    for _ in range(ROUNDS):
        rows = np.polynomial.chebyshev.chebvander(x, degree)[:, 1::2]
        *found, level = np.linalg.solve(np.hstack([rows, ((-1.0) ** j)[:, None]]), np.ones(count + 1))
        off = basis @ np.array(found) - 1
        largest = float(np.abs(off).max())
        if largest < least:
            best, least = np.array(found), largest
        if largest <= abs(level) * (1 + 1e-4) + 1e-14:
            break
        runs = np.split(np.arange(len(grid)), np.flatnonzero(np.diff(np.sign(off))) + 1)
        ends = [int(run[np.argmax(np.abs(off[run]))]) for run in runs]
        while len(ends) > count + 1:
            ends.pop(0 if abs(off[ends[0]]) < abs(off[ends[-1]]) else -1)
        if len(ends) <= count:
            break
        x = grid[ends]
    return best


def degrees(low, levels, goal, summed=False):
    """Degrees of the composition of least depth whose error is below a goal, else of the best.

    Parameters
    ----------
    low : float
        No modulus is below it, and none above 1.
    levels : int
    goal : float
    summed : bool, default=False
        Whether noise matters more than products: of all that reach the goal the one whose last part has the least degree, for
        what parts before it are off is settled.

    Returns
    -------
    tuple of int
        Empty where nothing helps.
    """
    step = -math.ceil(-math.log2(low) * STEPS)
    for depth in range(2, levels + 1):
        if _best(step, depth)[0] <= goal:
            found = (_best(step, depth, last) for last in (DEGREES if summed else (None,)))
            return next(chosen for error, chosen in found if error <= goal)
    return _best(step, levels)[1] if levels >= 2 else ()


@functools.lru_cache(maxsize=8192)
def _best(step, depth, last=None):
    """(error, degrees) for numbers down to 2^(step / STEPS), estimated: the parts are proved when they are made.

    `last` is the degree of the last part, where it is not any.
    """
    best = 1 - 2.0 ** (step / STEPS), ()
    for degree in DEGREES[:depth - 1]:
        p = part(degree, 2.0 ** (step / STEPS))
        if p is None:
            continue
        rest = depth - p.depth
        error, more = p.error if last in (None, degree) else 1.0, ()
        if rest >= 2:
            after = below(p)
            error, more = _best(-math.ceil(-math.log2(after) * STEPS), rest, last)
        if error < best[0]:
            best = error, (degree, *more)
    return best


def below(p, room=0.0):
    """The lower end that a part leaves to the next one, whose numbers lie up to 1 and were moved by up to `room`."""
    return ((1 - p.error) / p.size * (1 - room) - room) * (1 - SLACK)


def off(low, chosen):
    """How far a composition's results are off, as long as nothing on the way adds errors.

    Parameters
    ----------
    low : float
    chosen : tuple of int
        Of :func:`degrees`.

    Returns
    -------
    float
        1 for no composition.
    """
    error = 1.0
    for degree in chosen:
        p = part(degree, low)
        if p is None:
            return 1.0
        error, low = p.error, below(p)
    return error

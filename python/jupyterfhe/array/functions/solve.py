"""Linear systems and inverses of encrypted symmetric positive definite matrices, by a Chebyshev polynomial of the matrix.

With R = I - alpha A of eigenvalues within 1/t, the polynomials ``r_d(A) = T_d(t R) / T_d(t)`` are the smallest on the interval
that are 1 at 0, and ``p_d(x) = (1 - r_d(x)) / x`` is within ``1 / T_d(t)`` of 1/x, relative. From ``T_2d = 2 T_d^2 - 1`` comes
``p_2d = 2 T_d(t)^2 / T_2d(t) (1 + r_d) p_d``: a level doubles the degree, by one product of matrices for T and one of a matrix
and the right sides for p b. Slots hold T_d(t R), of size 1 at most, and only what meets the right sides is divided by T_d(t),
by a level of its own: so no error is made larger than the polynomial makes it. ("Linear systems", SOUNDNESS.md)
"""

import math
import typing
import warnings
from fractions import Fraction

import numpy as np

from ...core.errors import ArgumentError, DepthError
from ...plan import options
from ...plan.notes import ASSUMED, note
from .. import interval as iv
from ..approximation.apply import ApproximationWarning, callers, levels_left
from ..interval import EPS
from ..known import Gram, Moment
from ..layout import afford, mapped, unpack
from ..operand import public
from ..refusal import Refused
from ..registry import implements
from ..strip import combine, rescaled
from ..ufuncs import FLOAT, is_encrypted
from .within import narrowed

WORTH = 0.5  # a solution is worth something when it is nearer than this share of its length
DOUBLINGS_MAX = 12
MARGIN = 2.0**-40  # what rounding of public factors did to eigenvalues
_GRAM = ("Write the matrix so that its eigenvalues are bounded from below: np.cov(Z.T) or Z.T @ Z / n, plus a ridge, "
         "c * np.eye(p) with c above 0; or promise where they lie: jf.options.set(eigenvalues=(low, high)). Or return the "
         "matrix and the right side, and solve after decryption.")


class Interval(typing.NamedTuple):
    """Where eigenvalues lie, and words for what of it is assumed."""

    low: float
    high: float
    words: str | None


def eigenvalues(a):
    """An interval of all eigenvalues of a symmetric matrix.

    Parameters
    ----------
    a : EncryptedArray of shape (p, p)

    Returns
    -------
    Interval

    Raises
    ------
    Refused
        When nothing keeps them above 0.
    """
    promised, known = options.eigenvalues, a.known if isinstance(a.known, Gram) else None
    if known is None and promised is None:
        raise Refused("np.linalg.solve of a matrix that is not known to be symmetric, with eigenvalues above 0", _GRAM)
    p = len(a)
    spans = [[_entry(a, i, j).bounds for j in range(p)] for i in range(p)]
    high = max(sum(iv.modulus(s) for s in row) for row in spans)  # Gershgorin
    low = 0.0
    if known is not None:
        low = known.ridge * (1 - MARGIN)
        high = min(high, sum(spans[i][i][1] for i in range(p)) - (p - 1) * low)  # the trace, all others being `low` at least
    high *= 1 + MARGIN
    words = None
    if promised is not None and (promised[0] > low or promised[1] < high or known is None):
        words = f"eigenvalues of a symmetric matrix of shape {a.shape} lie within [{promised[0]:g}, {promised[1]:g}]"
        low, high = max(low, promised[0]), min(high, promised[1])
    if not low > 0:
        raise Refused(f"np.linalg.solve of a matrix that may be singular: its eigenvalues may lie in [{low:.3g}, {high:.3g}]",
                      _GRAM)
    if not low < high:
        raise ArgumentError(f"no eigenvalues lie within the promised {promised}: by the ranges of its entries the matrix has "
                            f"them from {low:.6g} to {high:.6g}")
    return Interval(low, high, words)


def _entry(a, i, j):
    """A strip of a symmetric matrix: entries above the diagonal stand for those below."""
    i, j = min(i, j), max(i, j)
    return a.strips[tuple(0 if a.slot_axis == axis else k for axis, k in ((0, i), (1, j)))]


class Steps:
    """The numbers T_d(t) of an interval, exactly: alpha, and for d = 1, 2, 4, ... what r_d and p_d take.

    Parameters
    ----------
    low, high : float
    """

    def __init__(self, low, high):
        """Everything follows from alpha, which is rounded first."""
        self.alpha = 2 / (low + high)
        far = max(abs(1 - Fraction(self.alpha) * Fraction(low)), abs(1 - Fraction(self.alpha) * Fraction(high)))
        self.t = [1 / far if far else Fraction(2**60)]  # |t r_1| <= 1 on the interval

    def at(self, k):
        """T_d(t), d = 2^k."""
        while len(self.t) <= k:
            self.t.append(2 * self.t[-1] ** 2 - 1)
        return self.t[k]

    def size(self, k):
        """Bound on |r_d|."""
        return iv.up(float(1 / self.at(k)))

    def factor(self, k):
        """2 T_d^2 / T_2d, rounded."""
        return float(2 * self.at(k) ** 2 / self.at(k + 1))

    def needed(self, precision):
        """Least k for which p_d is within `precision` of 1/x, relative."""
        return next((k for k in range(1, DOUBLINGS_MAX + 1) if self.at(k) * Fraction(precision) >= 1), DOUBLINGS_MAX)


def _reach(spectrum, a, b, columns):
    """Bounds on the length of ``A^-1 b`` for each column of b."""
    tops = [[s.largest + s.drift if hasattr(s, "largest") else abs(s) for s in column] for column in columns]
    plain = np.array([math.sqrt(sum(t * t for t in top)) for top in tops]) / spectrum.low
    if not (isinstance(a.known, Gram) and is_encrypted(b) and isinstance(b.known, Moment)):
        return plain * (1 + MARGIN)
    known, moment = a.known, b.known
    if known.family is None or known.family.key != moment.family.key or known.rows != moment.rows or not known.ridge >= 0:
        return plain * (1 + MARGIN)
    # b = (scale_b / sqrt(scale_a)) A_0^(1/2) w, A_0 = A - ridge; and sqrt(x - ridge) / x falls beyond 2 ridge
    at = max(2 * known.ridge, spectrum.low)
    steep = math.sqrt(at - known.ridge) / at * moment.scale / math.sqrt(known.scale)
    return np.minimum(plain, moment.reach * steep) * (1 + MARGIN)


@implements(np.linalg.solve)
def solve(a, b):
    """``x`` with ``a x = b`` for symmetric matrices whose eigenvalues are known to be above 0.

    Parameters
    ----------
    a : EncryptedArray of shape (p, p)
        A Gram matrix or covariances plus a ridge, or with ``options.eigenvalues`` promised.
    b : EncryptedArray or array_like of shape (p,) or (p, k)

    Returns
    -------
    EncryptedArray of b's shape

    Raises
    ------
    Refused, DepthError

    Notes
    -----
    Error: ``1 / T_d(t)`` of a bound on the solution's length, d = 2^k, plus what computing adds.
    Cost: k + 2 levels at the most; p^3 / 2 products and p^2 / 2 relinearisations a doubling, k of them: about
    log2(sqrt(high / low) log(2 / precision) / 2). Reveals: the interval of eigenvalues, k.
    """
    if not is_encrypted(a):
        raise Refused("np.linalg.solve with a public matrix and an encrypted right side", "Write np.linalg.inv(a) @ b.")
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not a.size:
        raise Refused(f"np.linalg.solve of an array of shape {a.shape}", "Solve one square matrix at a time.")
    if a.dtype.kind != "f":
        raise Refused(f"np.linalg.solve of a matrix of {a.dtype}", "Take real numbers.")
    right = b if is_encrypted(b) else public(b)[0]
    if right.ndim not in (1, 2) or right.shape[0] != len(a) or right.dtype.kind not in "fb":
        raise ValueError(f"solve: a right side of shape {right.shape} and {right.dtype} for a matrix of {a.shape}")
    if is_encrypted(right) and right.session is not a.session:
        a.session.refuse(right.session)
    spectrum = eigenvalues(a)
    steps = Steps(spectrum.low, spectrum.high)
    wanted = steps.needed(options.precision)
    p, columns = len(a), _columns(right)
    afford(wanted * p * p * ((p + 1) // 2 + len(columns)), f"solving a system of {p} equations",
           "Choose fewer columns, or solve after decryption.")
    reach, chebyshev = _reach(spectrum, a, right, columns), _first(a, steps)
    left = _left(a, [*chebyshev.flat, *(s for column in columns for s in column if hasattr(s, "values"))]) - 1
    doublings = min(wanted, left)
    if doublings < 1 or steps.size(doublings) > WORTH:
        raise DepthError(f"np.linalg.solve with eigenvalues in [{spectrum.low:.3g}, {spectrum.high:.3g}] needs {wanted + 2} "
                         f"levels, and {max(left, 0) + 2} are left",
                         "Add a larger ridge, scale the columns so that the eigenvalues lie closer, encrypt with parameters of "
                         "more depth ('ml' has 14), or return matrix and right side and solve after decryption.")
    out, error = _solved(chebyshev, columns, steps, doublings, reach)
    _tell(out, spectrum, steps, doublings, error)
    strips = np.empty(right.size, dtype=object)
    strips[:] = [s for row in zip(*out, strict=True) for s in row]
    return a.like(shape=right.shape, slot_axis=None, strips=strips.reshape(right.shape), dtype=FLOAT)


@implements(np.linalg.inv)
def inv(a):
    """The inverse of a symmetric matrix whose eigenvalues are known to be above 0: :func:`solve` of the unit matrix."""
    return solve(a, np.eye(len(a)))


def _columns(right):
    """Right sides as columns of strips or numbers."""
    if not is_encrypted(right):
        return [[float(v) for v in column] for column in right.reshape(len(right), -1).T]
    return [list(column) for column in _apart(right).reshape(len(right), -1).T]


def _apart(array):
    """Its numbers, each in every slot: whatever else stood in slots would grow without a bound."""
    array = array if array.slot_axis is None else unpack(array)
    return mapped(lambda s: s.replicated(), array.strips)


def _left(a, strips):
    """Levels that all of these strips have."""
    row = np.empty(len(strips), dtype=object)
    row[:] = strips
    return min(levels_left(a.like(shape=row.shape, slot_axis=None, strips=row)).values())


def _flat(strip):
    """The same numbers with no public shift: it goes into the slots, free."""
    if strip.shift == 0:
        return strip
    offset = strip.shift / strip.gain
    span = iv.add(strip.range, (iv.down(offset), iv.up(offset)))
    values = tuple(v.add_const(offset) for v in strip.values)
    return strip._like(values=values, shift=0.0, range=span, pad=values[0],
                       drift=iv.up(strip.drift + 2 * EPS * abs(strip.shift)))


def _confined(strip, size):
    """A strip whose true numbers are known not to exceed `size`, without a shift."""
    return _flat(narrowed(strip, -size, size)).promising()


def _first(a, steps):
    """T_1 = t (I - alpha A) in units of 1, its lower half the upper."""
    t, entries = float(steps.at(0)), _apart(a)
    return _symmetric(len(a), lambda i, j: rescaled(
        entries[i, j].scaled(-steps.alpha).shifted(1.0 if i == j else 0.0).scaled(t, EPS), 1.0))


def _symmetric(p, entry):
    """A matrix whose eigenvalues, so whose entries, are within [-1, 1]."""
    out = np.empty((p, p), dtype=object)
    for i in range(p):
        for j in range(i, p):
            out[i, j] = out[j, i] = _confined(entry(i, j), 1.0)
    return out


def _times(row, column):
    """The sum of products of strips with strips or numbers."""
    if hasattr(column[0], "values"):
        return combine((s.times(t), 1.0) for s, t in zip(row, column, strict=True))
    return combine((s, c) for s, c in zip(row, column, strict=True))


def _doubled(chebyshev):
    """T_2d of T_d."""
    return _symmetric(len(chebyshev), lambda i, j: rescaled(_times(chebyshev[i], chebyshev[:, j]).scaled(2.0), 1.0).shifted(
        -1.0 if i == j else 0.0))


def _solved(chebyshev, columns, steps, doublings, reach):
    """p_d(A) b for each column, and how far it is from the solution."""
    unit = iv.power_of_two(float(reach.max()) * 2 or 1.0)
    for k in range(doublings):
        unit /= steps.factor(k)
    x = [[_start(s, steps.alpha, unit) for s in column] for column in columns]
    for k in range(doublings):
        made, factor, size = [], steps.factor(k), steps.size(k)
        r = mapped(lambda s, size=size: rescaled(s.scaled(size, 2 * EPS), 1.0), chebyshev)
        for column, top in zip(x, reach, strict=True):
            own = [_advanced(_times(r[i], column), s, unit) for i, s in enumerate(column)]
            made.append([_confined(s.scaled(factor, EPS), iv.up(top * (1 + steps.size(k + 1)))) for s in own])
        x, unit = made, unit * factor
        if k + 1 < doublings:
            chebyshev = _doubled(chebyshev)
    error = reach * steps.size(doublings)
    return [[s._like(drift=iv.up(s.drift + e)) for s in column] for column, e in zip(x, error, strict=True)], float(error.max())


def _advanced(product, s, unit):
    """``s + product``."""
    return combine([(s, 1.0), (product, 1.0)]) if hasattr(s, "values") else rescaled(product.shifted(s), unit)


def _start(s, alpha, unit):
    """The first solution, alpha b, in the unit of the steps."""
    return rescaled(s.scaled(alpha), unit) if hasattr(s, "values") else alpha * s


def _tell(columns, spectrum, steps, doublings, error):
    """Notes for ``explain()``, and a warning where precision was not reached."""
    text = (f"solve: degree {2**doublings - 1} in a matrix of eigenvalues in [{spectrum.low:.6g}, {spectrum.high:.6g}], off by "
            f"at most {error:.2e}")
    if steps.size(doublings) > options.precision:
        warnings.warn(ApproximationWarning(
            f"{text}, {steps.size(doublings):.1e} of the solution's largest length, where {options.precision:.1e} was asked "
            "for: the levels allow no better. error_bound() counts it in."), stacklevel=callers())
    for strip in (s for column in columns for s in column):
        for value in strip.values:
            note(value, text)
            if spectrum.words:
                note(value, ASSUMED + spectrum.words)

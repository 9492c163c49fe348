"""The reader's side of a recipe: decrypted parts through its operations, with an interval around every number.

A number is three arrays: what doubles give (`mid`), and ends between which the true one lies. Each operation on the ends is
rounded outward by one step of :func:`numpy.nextafter`, which covers the half step that a correctly rounded operation is off. A
number that pandas would call undefined, 0/0 of exact zeros say, is NaN; one of which nothing is known has the ends -inf and
inf.

A recipe is evaluated twice: from the parts' worst-case bounds, which decide everything (what is an integer, undefined,
suppressed, there), and from their probable ones, which say how far off numbers are likely to be.
"""

import numpy as np

from ..array.recipe import checked, laid_out
from ..core.errors import ArgumentError, InternalError

TAIL_SLIP = 2.0**-30  # relative: what scipy's tails are off by at most, see docs/SOUNDNESS.md, "Finished at decryption"
TAIL_FLOOR = 2.0**-1000  # where doubles end, a tail has no relative error any more
WHOLE_MAX = 2.0**53  # up to here doubles count without gaps


class Span:
    """Numbers and ends around them; :class:`Known` has a second pair of ends.

    Attributes
    ----------
    mid, low, high : ndarray of one shape
        NaN in all three where the number is undefined.
    """

    __slots__ = ("high", "low", "mid")

    def __init__(self, mid, low, high):
        """Keep them; ends that doubles lost become infinite."""
        gone = np.isnan(mid)
        self.mid = np.asarray(mid, dtype=float)
        self.low = np.where(gone, np.nan, np.where(np.isnan(low), -np.inf, low))
        self.high = np.where(gone, np.nan, np.where(np.isnan(high), np.inf, high))

    @classmethod
    def around(cls, values, bound):
        """Decrypted numbers and their bounds."""
        values, bound = np.asarray(values, dtype=float), np.asarray(bound, dtype=float)
        exact = np.broadcast_to(bound == 0, values.shape) & (np.abs(values) <= WHOLE_MAX)
        return cls(values, np.where(exact, values, _down(values - bound)), np.where(exact, values, _up(values + bound)))

    @property
    def bound(self):
        """How far each number is from the true one at the most; 0 where it is undefined."""
        reach = np.maximum(_up(self.high - self.mid), _up(self.mid - self.low))
        return np.where(np.isnan(self.mid) | (self.low == self.high), 0.0, reach)

    def like(self, change):
        """The same change of shape of all three."""
        return Span(change(self.mid), change(self.low), change(self.high))


class Known(Span):
    """Numbers, ends between which the true ones lie, and what is known with the chance of probable bounds.

    Attributes
    ----------
    likely : Span
        The same recipe from probable bounds.
    """

    __slots__ = ("likely",)

    def __init__(self, proved, likely):
        """The numbers are those of the worst case: what it cannot tell is not told by chance."""
        super().__init__(proved.mid, proved.low, proved.high)
        self.likely = likely

    @property
    def probable(self):
        """How far each number is likely to be from the true one: never more than :attr:`bound`, 0 where it is undefined."""
        with np.errstate(invalid="ignore"):
            reach = np.maximum(_up(self.likely.high - self.mid), _up(self.mid - self.likely.low))
        bound = self.bound
        reach = np.where((self.likely.low == self.mid) & (self.likely.high == self.mid), 0.0, reach)
        # undefined by probable bounds alone: they say nothing of the number that is shown
        return np.where(np.isnan(reach), bound, np.minimum(reach, bound))


def _up(x):
    return np.nextafter(x, np.inf)


def _down(x):
    return np.nextafter(x, -np.inf)


def finish(roots, opened):
    """Decrypt what a recipe is made of, and evaluate it.

    Parameters
    ----------
    roots : list of Finished
    opened : callable of EncryptedArray
        Gives an array's numbers, their bounds and their probable bounds.

    Returns
    -------
    list of Known
        One an output.

    Notes
    -----
    Parts are joined first, so that one plan computes many of them.
    """
    arrays, nodes, wanted = laid_out(roots)
    parts, steps = [opened(a) for a in arrays], checked(nodes, wanted, [a.shape for a in arrays])
    proved = evaluated(steps, [(values, worst) for values, worst, _ in parts])
    exact = all(np.array_equal(worst, likely) for _, worst, likely in parts)  # then both are one
    likely = proved if exact else evaluated(steps, [(values, bound) for values, _, bound in parts])
    return [Known(proved[i], likely[i]) for i in wanted]


def evaluated(steps, parts):
    """The numbers of every node.

    Parameters
    ----------
    steps : list of (str, tuple of int, object, tuple of int)
        As :func:`jupyterfhe.array.recipe.checked` gives them.
    parts : list of (ndarray, ndarray)
        Of each array, its numbers and a bound on each.

    Returns
    -------
    list of Span
    """
    found = []
    with np.errstate(all="ignore"):
        for op, args, data, shape in steps:
            if op == "part":
                made = _part(*parts[data[0]], data[1], shape)
            elif op == "number":
                made = Span(data, data, data)
            else:
                made = RULES[op](*(found[a] for a in args), **({} if data is None else {"data": data}))
            if made.mid.shape != shape:
                raise InternalError(f"{op} gave shape {made.mid.shape}, not {shape}")
            found.append(made)
    return found


def _part(values, bound, start, shape):
    """Entries of a joined array."""
    bound = np.broadcast_to(bound, values.shape)
    if values.ndim == 2:
        return Span.around(values[start], bound[start])
    size = int(np.prod(shape, dtype=int))
    return Span.around(values[start:start + size].reshape(shape), bound[start:start + size].reshape(shape))


# ---- arithmetic ----
def _point(*spans):
    """Where all operands are exact."""
    return np.logical_and.reduce(np.broadcast_arrays(*[s.low == s.high for s in spans]))


def _exactly(a, b, mid, low, high):
    """Operations on small integers round nothing; they stay points."""
    fine = _point(a, b) & (np.abs(mid) <= 2.0**52)
    fine &= (a.mid == np.rint(a.mid)) & (b.mid == np.rint(b.mid)) & (np.abs(a.mid) <= 2.0**52) & (np.abs(b.mid) <= 2.0**52)
    fine &= mid == np.rint(mid)
    return Span(mid, np.where(fine, mid, _down(low)), np.where(fine, mid, _up(high)))


def _add(a, b):
    return _exactly(a, b, a.mid + b.mid, a.low + b.low, a.high + b.high)


def _sub(a, b):
    return _exactly(a, b, a.mid - b.mid, a.low - b.high, a.high - b.low)


def _product(x, y):
    """A product of ends, where 0 times infinity is 0: an end stands for finite numbers."""
    return np.where((x == 0) | (y == 0), 0.0, x * y)


def _mul(a, b):
    if a is b:
        least = np.where((a.low <= 0) & (a.high >= 0), 0.0, np.minimum(a.low**2, a.high**2))
        out = _exactly(a, b, a.mid**2, least, np.maximum(a.low**2, a.high**2))
        return Span(out.mid, np.maximum(out.low, np.where(np.isnan(out.low), np.nan, 0.0)), out.high)
    ends = [_product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return _exactly(a, b, a.mid * b.mid, np.minimum.reduce(ends), np.maximum.reduce(ends))


def _div(a, b):
    """0/0 is undefined, and so is what may be 0 over an exact 0: an empty group's sum is 0, whatever its noise says."""
    zero = (b.low == 0) & (b.high == 0)
    open_ = (b.low <= 0) & (b.high >= 0) & ~zero
    mid = np.where(zero & (a.low <= 0) & (a.high >= 0), np.nan, a.mid / b.mid)
    mid = np.where(open_ & ~np.isfinite(mid) & ~np.isnan(a.mid), 0.0, mid)
    quotients = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
    exact = zero | ((a.low == 0) & (a.high == 0))
    low = np.where(exact, mid, _down(np.minimum.reduce(quotients)))
    high = np.where(exact, mid, _up(np.maximum.reduce(quotients)))
    return Span(mid, np.where(open_, -np.inf, low), np.where(open_, np.inf, high))


def _sqrt(a):
    """The true number has a root, so ends below 0 are cut off."""
    gone = np.isnan(a.mid) | (a.high < 0)
    mid = np.sqrt(np.maximum(a.mid, 0.0))
    return Span(np.where(gone, np.nan, mid), np.maximum(_down(np.sqrt(np.maximum(a.low, 0.0))), 0.0),
                np.where(a.high == 0, 0.0, _up(np.sqrt(np.maximum(a.high, 0.0)))))


def _whole(a):
    """The only integer between the ends; where there are several, nothing is gained."""
    near = np.rint(a.mid)
    sure = (np.ceil(a.low) == near) & (np.floor(a.high) == near)
    return Span(np.where(sure, near, a.mid), np.where(sure, near, a.low), np.where(sure, near, a.high))


def _larger(a, b):
    return Span(np.maximum(a.mid, b.mid), np.maximum(a.low, b.low), np.maximum(a.high, b.high))


def _at_least(count, least, x):
    """Undefined where the count may be too small."""
    mid = np.where(count.low >= least.high, x.mid, np.nan)
    return Span(mid, np.broadcast_to(x.low, mid.shape), np.broadcast_to(x.high, mid.shape))


# ---- along axes ----
def _total(a):
    """The sum along the last axis; n additions of doubles are off by less than n * 2^-53 of the sum of moduli."""
    n = a.mid.shape[-1]
    exact = np.all((a.low == a.high) & (a.mid == np.rint(a.mid)), axis=-1) & (np.abs(a.mid).sum(axis=-1) <= 2.0**52)
    slip = n * 2.0**-52 * np.maximum(np.abs(a.low), np.abs(a.high)).sum(axis=-1)
    mid = a.mid.sum(axis=-1)
    return Span(mid, np.where(exact, mid, _down(a.low.sum(axis=-1) - slip)), np.where(exact, mid,
                                                                                      _up(a.high.sum(axis=-1) + slip)))


def _running(step):
    def rule(a):
        if not a.mid.shape[-1]:
            return a
        entries = [a.like(lambda x, i=i: x[..., i]) for i in range(a.mid.shape[-1])]
        out = [entries[0]]
        for entry in entries[1:]:
            out.append(step(out[-1], entry))
        return _stacked(out, -1)
    return rule


def _running_sums(a):
    """Running sums; of integers that are exact all at once, for as long as nothing is rounded."""
    reached = np.cumsum(np.abs(a.mid), axis=-1)
    if np.all((a.low == a.high) & (a.mid == np.rint(a.mid)) & (reached <= 2.0**52)):
        mid = np.cumsum(a.mid, axis=-1)
        return Span(mid, mid, mid)
    return _running(_add)(a)


def _stacked(spans, axis=0):
    return Span(*(np.stack([getattr(s, part) for s in spans], axis=axis) for part in ("mid", "low", "high")))


def _inverse(a):
    """The inverse, and a bound on how far it is off.

    With R near it and ``|I - R A| <= G`` of norm g < 1 for every matrix A between the ends, ``A^-1 - R = (E + E^2 + ...) R``
    with ``|E| <= G``: entry (i, j) is at most ``(G |R|)[i, j] + (G 1)[i] g/(1 - g) max(|R|[:, j])``. [Rump10]
    """
    n = len(a.mid)
    if np.any(np.isnan(a.mid)) or not np.all(np.isfinite(a.mid)):
        return Span(np.full((n, n), np.nan), a.low, a.high)
    try:
        near = np.linalg.inv(a.mid)
    except np.linalg.LinAlgError:
        return Span(np.full((n, n), np.nan), a.low, a.high)
    radius = np.maximum(a.high - a.mid, a.mid - a.low)
    size = np.abs(near)
    # the product is off by less than (n + 2) * 2^-52 of the product of moduli
    residual = np.abs(np.eye(n) - near @ a.mid) + size @ (radius + (n + 2) * 2.0**-52 * np.abs(a.mid)) + n * 2.0**-52
    norm = residual.sum(axis=1).max()
    if not norm < 1:
        return Span(near, np.full((n, n), -np.inf), np.full((n, n), np.inf))
    off = residual @ size + (norm / (1 - norm)) * residual.sum(axis=1)[:, None] * size.max(axis=0)[None, :]
    off *= 1 + 2.0**-40
    return Span(near, _down(near - off), _up(near + off))


# ---- tails ----
def _tail(function, falling):
    """A tail probability: monotone in its statistic where degrees of freedom are exact."""
    def rule(*spans):
        fixed = [s.mid for s in spans[1:]]
        sure = _point(*spans[1:]) if fixed else True
        low, high = falling(spans[0])
        a, b = function(high, *fixed), function(low, *fixed)
        mid = function(spans[0].mid, *fixed)
        return _between(mid, np.where(sure, a, 0.0), np.where(sure, b, 1.0))
    return rule


def _between(mid, least, most):
    """A probability between two computed ones, each off by TAIL_SLIP of itself."""
    low, high = least * (1 - TAIL_SLIP) - TAIL_FLOOR, most * (1 + TAIL_SLIP) + TAIL_FLOOR
    return Span(mid, np.maximum(low, 0.0), np.minimum(np.where(np.isnan(high), 1.0, high), 1.0))


def _modulus(a):
    least = np.where((a.low <= 0) & (a.high >= 0), 0.0, np.minimum(np.abs(a.low), np.abs(a.high)))
    return least, np.maximum(np.abs(a.low), np.abs(a.high))


def _special():
    """The part of scipy that has tails; p-values alone need it."""
    try:
        from scipy import special
    except ImportError:
        raise ArgumentError("p-values are computed by scipy, which is not installed here",
                            "pip install 'jupyterfhe[stats]'") from None
    return special


def _t(t, df):
    return 2 * _special().stdtr(df, -np.abs(t))


def _f(f, d1, d2):
    return _special().fdtrc(d1, d2, np.maximum(f, 0.0))


def _chi2(x, df):
    return _special().chdtrc(df, np.maximum(x, 0.0))


def _normal(z):
    return 2 * _special().ndtr(-np.abs(z))


def _t_rule(t, df):
    """Degrees of freedom may be a quotient (Welch): the tail falls in t and in the degrees alike."""
    low, high = _modulus(t)
    a, b, mid = _t(high, df.high), _t(low, np.maximum(df.low, 0.0)), _t(t.mid, df.mid)
    return _between(mid, a, b)


def _ends(a):
    return a.low, a.high


RULES = {"add": _add, "sub": _sub, "mul": _mul, "div": _div, "sqrt": _sqrt, "whole": _whole, "larger": _larger,
         "at_least": _at_least, "sum": _total,
         "cumsum": _running_sums, "cumprod": _running(_mul), "stack": lambda *spans: _stacked(spans),
         "reshape": lambda a, data: a.like(lambda x: x.reshape(data)), "index": lambda a, data: a.like(lambda x: x[data]),
         "inverse": _inverse, "t_two_sided": _t_rule, "f_upper": _tail(_f, _ends), "chi2_upper": _tail(_chi2, _ends),
         "normal_two_sided": _tail(_normal, _modulus)}

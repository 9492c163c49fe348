"""Functions that are analytic around their interval: values, slopes, and bounds on ellipses of the complex plane.

A function here says of a box ``|Re z - c| <= a, |Im z| <= b`` how large its modulus can be there; infinity when the box may
hold a singularity. From that follows how fast its Chebyshev series falls.
"""

import math

import numpy as np

WIDEN = 1 + 2.0**-40  # covers the few roundings of a bound
NUMPY = 2.0**-48  # numpy's functions are off by 4 units in the last place at most, relative; 16 are charged


class Smooth:
    """A function of one real number.

    Attributes
    ----------
    name : str
    steps : bool
        Whether it is monotone where it is defined.
    """

    steps = True

    def __init__(self, name, value, box, slope, holds=lambda low, high: True):
        """Keep the parts: ``value`` of arrays, ``box(c, a, b)``, ``slope(low, high)`` >= sup |f'|, ``holds(low, high)``."""
        self.name, self.value, self._box, self._slope, self.holds = name, value, box, slope, holds

    def box(self, c, a, b):
        """Bound on the modulus in boxes.

        Parameters
        ----------
        c : float
        a, b : ndarray

        Returns
        -------
        ndarray
        """
        with np.errstate(all="ignore"):
            out = np.asarray(self._box(c, a * WIDEN + abs(c) * 2.0**-45, b * WIDEN)) * (1 + 2.0**-30)
        return np.where(np.isfinite(out), out, np.inf)

    def slope(self, low, high):
        """Bound on the modulus of the derivative."""
        with np.errstate(all="ignore"):
            return float(self._slope(low, high)) * WIDEN

    def image(self, low, high):
        """Interval of its values."""
        ends = sorted(float(v) for v in self.value(np.array([low, high])))
        off = NUMPY * max(map(abs, ends))
        return ends[0] - off, ends[1] + off


class Wave(Smooth):
    """The sine."""

    def image(self, low, high):
        """Its crests stand at odd multiples of pi / 2."""
        out = list(super().image(low, high))
        for side, crest in ((0, -math.pi / 2), (1, math.pi / 2)):
            first = crest + 2 * math.pi * math.ceil((low - crest) / (2 * math.pi) - 1e-9)
            if first <= high + 1e-6:  # a crest that is nearly there counts
                out[side] = 2.0 * side - 1.0
        return max(out[0], -1.0), min(out[1], 1.0)


class Even(Smooth):
    """The hyperbolic cosine: falls, then grows."""

    def image(self, low, high):
        """Its lowest value stands at 0."""
        below, above = super().image(low, high)
        return (1.0 if low <= 0 <= high else below), above


class Power(Smooth):
    """``x ** r`` for a real r and x > 0; for whole r also x < 0.

    Parameters
    ----------
    r : float
    """

    def __init__(self, r, name=None):
        """One function an exponent."""
        self.r, self.name = r, name or f"power {r:g}"

    def __eq__(self, other):
        """By exponent, so that polynomials are found again."""
        return isinstance(other, Power) and other.r == self.r

    def __hash__(self):
        """By exponent."""
        return hash(self.r)

    def value(self, x):
        """Of arrays."""
        return 1.0 / x if self.r == -1 else np.sqrt(x) if self.r == 0.5 else np.power(x, self.r)

    def holds(self, low, high):
        """Not at 0."""
        return low > 0 or (high < 0 and float(self.r).is_integer())

    def _box(self, c, a, b):
        c = abs(c)  # whole powers: both sides have equal moduli
        near = np.where(c > a, c - a, np.nan)
        return np.maximum(near**self.r, np.hypot(c + a, b) ** self.r)

    def _slope(self, low, high):
        ends = abs(low), abs(high)
        return abs(self.r) * max(e ** (self.r - 1) for e in ends)


def _positive(low, high):
    return low > 0


def _log_box(c, a, b):
    near = np.where(c > a, c - a, np.nan)
    return np.maximum(np.abs(np.log(near)), np.abs(np.log(np.hypot(c + a, b)))) + math.pi / 2


def _tanh_box(c, a, b):
    # |tanh(x+iy)|^2 = (sinh^2 x + sin^2 y)/(sinh^2 x + cos^2 y) lies between tan^2 y and 1
    return np.where(b < 1.57, np.maximum(1.0, np.tan(np.minimum(b, 1.57))), np.inf)


def _arctan_box(c, a, b):
    # 2i arctan z = log(1 + iz) - log(1 - iz), and Re(1 +- iz) >= 1 - b
    far = 1 + np.hypot(abs(c) + a, b)
    return np.where(b < 1, np.maximum(-np.log(np.maximum(1 - b, 1e-300)), np.log(far)) + math.pi / 2, np.inf)


def _widest(low, high):
    return max(abs(low), abs(high))


SMOOTH = {f.name: f for f in (
    Smooth("exp", np.exp, lambda c, a, b: np.exp(c + a), lambda low, high: np.exp(high)),
    Smooth("log", np.log, _log_box, lambda low, high: 1 / low, _positive),
    Smooth("sinh", np.sinh, lambda c, a, b: np.cosh(abs(c) + a), lambda low, high: np.cosh(_widest(low, high))),
    Even("cosh", np.cosh, lambda c, a, b: np.cosh(abs(c) + a), lambda low, high: np.sinh(_widest(low, high))),
    Smooth("tanh", np.tanh, _tanh_box, lambda low, high: 1.0),
    Wave("sin", np.sin, lambda c, a, b: np.cosh(b), lambda low, high: 1.0),
    Smooth("arctan", np.arctan, _arctan_box, lambda low, high: 1.0),
    Power(0.5, "sqrt"),
    Power(-1.0, "reciprocal"),
)}

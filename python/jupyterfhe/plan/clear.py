"""The same expressions on numbers in the clear: what a simulation runs instead of ciphertexts."""

import numpy as np

from .leaf import Clear


def _padded(vector, slots):
    out = np.zeros(slots, dtype=vector.numbers.dtype)
    out[:len(vector.re)] = vector.numbers
    return out


def _number(c):
    return c if c.imag else c.real


def _inner_sum(x, data):
    stride, count = data
    for t in range(count.bit_length() - 1):
        x = x + np.roll(x, -(stride << t))
    return x


def _poly(x, data):
    polynomial, _ = data
    if polynomial.basis == "power":
        return np.polynomial.polynomial.polyval(x, polynomial.coefficients)
    low, high = polynomial.interval
    return np.polynomial.chebyshev.chebval((2 * x - low - high) / (high - low), polynomial.coefficients)


def _linear(x, map_):
    return sum(row * np.roll(x, -int(k)) for k, row in zip(map_.index, map_.rows, strict=True))


def _look_up(x, vector):
    return vector.numbers[np.clip(np.rint(np.real(x)).astype(int), 0, len(vector.re) - 1)]


_OPS = {
    "add": lambda data, a, b: a + b,
    "sub": lambda data, a, b: a - b,
    "neg": lambda data, a: -a,
    "mul": lambda data, a, b: a * b,
    "add_const": lambda data, a: a + _number(data),
    "mul_const": lambda data, a: a * _number(data),
    "add_vector": lambda data, a: a + _padded(data, len(a)),
    "mul_vector": lambda data, a: a * _padded(data, len(a)),
    "rotate": lambda data, a: np.roll(a, -data),
    "conjugate": lambda data, a: a.conj(),
    "bootstrap": lambda data, a: a,
    "settle": lambda data, a: 2 * np.real(a),
    "inner_sum": lambda data, a: _inner_sum(a, data),
    "linmap": lambda data, a: _linear(a, data),
    "poly": lambda data, a: _poly(a, data),
    "lookup": lambda data, a: _look_up(a, data),
}


def run(graph, keep_levels=None):
    """Compute a :class:`~jupyterfhe.plan.execute.Graph` of values in the clear.

    Parameters
    ----------
    graph : Graph
    keep_levels : int, optional
        Ignored: numbers in the clear have no levels.
    """
    numbers = {value: stored.numbers for value, stored in graph.leaves}
    for value, (op, args, data) in graph.order:
        numbers[value] = _OPS[op](data, *(numbers[a] for a in args))
    for value in graph.wanted:
        value.made = "input", (), Clear(numbers[value], value.mag)

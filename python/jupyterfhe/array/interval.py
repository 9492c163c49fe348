"""Intervals of doubles, rounded outward, so that what they claim holds in exact arithmetic.

A double operation is off by at most half a unit in the last place, so one step outward with :func:`math.nextafter` covers it.
"""

import math

EPS = 2.0**-52  # twice the relative error of one rounded operation


def up(x):
    """The next double above."""
    return math.nextafter(x, math.inf)


def down(x):
    """The next double below."""
    return math.nextafter(x, -math.inf)


def add(a, b):
    """``{x + y}``; each of `a`, `b` is (low, high)."""
    return down(a[0] + b[0]), up(a[1] + b[1])


def scale(a, c):
    """``{c x}`` for a number c."""
    return mul(a, (c, c))


def mul(a, b):
    """``{x y}`` for x, y that vary apart; nothing is rounded where one is 0."""
    if a == (0.0, 0.0) or b == (0.0, 0.0):
        return 0.0, 0.0
    products = a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]
    return down(min(products)), up(max(products))


def square(a):
    """``{x x}``: never negative."""
    if a == (0.0, 0.0):
        return a
    low, high = a[0] * a[0], a[1] * a[1]
    return (0.0 if a[0] <= 0.0 <= a[1] else max(down(min(low, high)), 0.0)), up(max(low, high))


def modulus(a):
    """The largest modulus."""
    return max(abs(a[0]), abs(a[1]))


def sym(radius):
    """``[-radius, radius]``."""
    return -radius, radius


def power_of_two(x):
    """The smallest power of two that is not below x > 0."""
    fraction, exponent = math.frexp(x)
    return math.ldexp(1.0, exponent - (fraction == 0.5)) if exponent < 1024 else math.ldexp(1.0, 1023)

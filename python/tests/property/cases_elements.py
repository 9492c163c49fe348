"""Arithmetic, truth values, choice: element by element."""

import numpy as np
from table import NUMBERS, REAL, proves

FAMILY = "Element by element"


def two(name, example, **declared):
    """A ufunc of two operands that broadcast, called by its name."""
    @proves(name, FAMILY, example, public=True, **declared)
    def make(pick):
        return getattr(np, name), pick.pair()


def one(name, example, **declared):
    """A ufunc of one operand."""
    @proves(name, FAMILY, example, **declared)
    def make(pick):
        return getattr(np, name), [pick.array()]


two("add", "x + y", remark="Truth values are joined by or, as numpy does; a public number costs nothing.")
two("subtract", "x - y", remark="Not of two arrays of truth values, as in numpy.")
two("multiply", "x * y", remark="By one public number for all it costs nothing; by public numbers of their own, a level.")
one("negative", "-x", dtypes=NUMBERS)
one("positive", "+x", dtypes=NUMBERS)
one("square", "np.square(x)", scales=(0, 0, -7, 5), remark="The declared range of a square is never negative.")
one("conjugate", "np.conjugate(z)")


@proves("divide", FAMILY, "x / w.max()", public=True, refused={"a denominator whose range holds 0": "x / y"},
        remark="A public denominator costs no level where it is one number.")
def divide(pick):
    a, b = (pick.shape() for _ in range(2))
    b = b if pick.flag() else a
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        b = ()
    by = pick.array(b, public=True, dtype=pick.one("float64", "int16", "complex128"), low=0.25, high=4.0)
    return np.divide, [pick.array(a), by]


@proves("power", FAMILY, "x ** 3", scales=(0, 0, -5, 3), dtypes=NUMBERS, options="exponents 0 to 5",
        refused={"exponents that differ along the slots": "x ** np.arange(x.shape[0])", "encrypted exponents of encrypted numbers": "x ** y"},
        remark="Whole public exponents, ceil(log2(k)) levels.")
def power(pick):
    k = pick.whole(0, 5)
    k = pick.one(k, float(k), np.int64(k))
    return (lambda a: a**k) if pick.flag() else (lambda a: np.power(a, k)), [pick.array()]


def truth(name, example, theirs):
    """An operation of two truth arrays."""
    @proves(name, FAMILY, example, public=True, dtypes=("bool",), refused={"numbers that are no truth values": f"np.{name}(x, y)"})
    def make(pick):
        return getattr(np, theirs), pick.pair()


for _name, _example in (("logical_and", "np.logical_and(p, q)"), ("logical_or", "np.logical_or(p, q)"),
                        ("logical_xor", "np.logical_xor(p, q)"), ("bitwise_and", "p & q"), ("bitwise_or", "p | q"),
                        ("bitwise_xor", "p ^ q")):
    truth(_name, _example, _name)
one("logical_not", "np.logical_not(p)", dtypes=("bool",), refused={"numbers that are no truth values": "np.logical_not(x)"})
one("invert", "~p", dtypes=("bool",), refused={"numbers that are no truth values": "~x"})


@proves("where", FAMILY, "np.where(c, x, y)", public=True, remark="The condition is public, or encrypted truth values.",
        refused={"an encrypted condition alone": "np.where(p)", "encrypted numbers as a condition": "np.where(x, 1, 2)"})
def where(pick):
    x, y = pick.pair()
    shape = np.broadcast_shapes(x.shape, y.shape)
    shape = tuple(n if pick.whole(0, 2) else 1 for n in shape)
    return np.where, [pick.array(shape, dtype="bool", public=pick.flag()), x, y]


@proves("real", FAMILY, "np.real(z)", dtypes=NUMBERS)
def real(pick):
    return (np.real if pick.flag() else lambda a: a.real), [pick.array()]


@proves("imag", FAMILY, "np.imag(z)", dtypes=NUMBERS)
def imag(pick):
    return (np.imag if pick.flag() else lambda a: a.imag), [pick.array()]


@proves("polyval", FAMILY, "np.polyval([1.0, -2.0, 0.5, 3.0], x)", dtypes=(*REAL, "complex128"), scales=(0, 0, -5, 2),
        options="degrees 0 to 5", remark="Public real coefficients, ceil(log2(degree + 1)) levels.",
        refused={"encrypted coefficients": "np.polyval(u, 2.0)"})
def polyval(pick):
    x = pick.array()
    degree = pick.whole(0, 5 if x.values.dtype.kind != "c" else 3)
    p = pick.values((degree + 1,), "float64", -2.0, 2.0)
    return (lambda a: np.polyval(p, a)), [x]



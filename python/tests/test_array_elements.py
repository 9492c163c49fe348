"""Arithmetic on encrypted arrays, element by element, as numpy does it."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe.array.refusal import Refused
from jupyterfhe.core import errors
from lab import Lab

LENGTHS = [2, 15, 16, 17, 40]  # 16 slots a ciphertext


@pytest.fixture(scope="session")
def lab(short):
    return Lab(short)


@pytest.mark.parametrize("n", LENGTHS)
def test_operators_of_two(lab, rng, n):
    x, y = rng.uniform(-3, 3, (2, n))
    lab.both(lambda a, b: (a + b, a - b, a * b, -a, +a, a**2, a**3, np.square(b), a * a - b * b), x, y)


@pytest.mark.parametrize("shapes", [((3, 5), (5,)), ((3, 5), (3, 1)), ((17, 2), (2,)), ((17, 2), (17, 1)), ((2, 17), (17,)),
                                    ((4, 1, 3), (2, 1)), ((), (5,)), ((1,), (20,)), ((1, 20), (3, 1)), ((2, 3, 18), (3, 1))])
def test_broadcasting_of_two(lab, rng, shapes):
    a, b = (rng.uniform(-1, 1, s) for s in shapes)
    lab.both(lambda a, b: (a + b, a * b, b - a), a, b)


@pytest.mark.parametrize("shapes", [((5,), ()), ((20,), (20,)), ((20,), (3, 1)), ((20, 3), (3,)), ((20, 3), (20, 1)),
                                    ((20, 3), (20, 3)), ((1,), (100,)), ((), (70,)), ((), (2, 3)), ((3, 1), (1, 80)),
                                    ((2, 20), (4, 1, 1))])
def test_broadcasting_with_public(lab, rng, shapes):
    a, p = rng.uniform(-1, 1, shapes[0]), rng.uniform(-2, 2, shapes[1])
    lab.both(lambda a: (a + p, p + a, a - p, p - a, a * p, p * a, a / (p + 3)), a)


def test_what_does_not_broadcast(lab, rng):
    a, b = lab.seal(rng.normal(size=5)), lab.seal(rng.normal(size=6))
    for x in (b, np.ones(6)):
        with pytest.raises(ValueError, match="broadcast"):
            a + x


@pytest.mark.parametrize("c", [3, -2, 0, 0.25, True, 1 + 2j, Fraction(1, 3), Decimal("0.1"), np.float32(1.5), np.int8(7),
                               10**20, np.longdouble("0.1")])
def test_python_numbers(lab, rng, c):
    x = rng.uniform(-1, 1, 5)
    plain = complex(c) if isinstance(c, complex) else float(c)
    a = lab.seal(x)
    for op in (operator.add, operator.sub, operator.mul):
        lab.agree(op(a, c), op(x, plain))
        lab.agree(op(c, a), op(plain, x))
    if c:
        lab.agree(a / c, x / plain)


def test_python_numbers_join_scalars(lab):
    s = lab.seal(0.5)
    assert isinstance(s, jf.EncryptedScalar) and s.shape == () and repr(s).startswith("<EncryptedScalar")
    lab.agree(sum([s, s, 1, s * Fraction(1, 2)]), 2.25)
    lab.agree(1 - s, 0.5)
    lab.agree(s**4, 0.0625)
    import numbers
    assert isinstance(s, numbers.Number)


def test_public_scalars_cost_nothing(lab, rng):
    a = lab.seal(rng.uniform(-1, 1, 20))
    b = (3 * a - 5) / 7 + 1e6
    assert b.computed and b.values == a.values
    lab.agree(b, (3 * lab.open(a).values - 5) / 7 + 1e6)


@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.uint8, np.int64, np.float64])
def test_dtypes(lab, dtype):
    x = np.arange(6).astype(dtype)
    a = lab.both(lambda a: a * 2 + 1, x.astype(float))
    assert a.dtype == np.float64 and lab.seal(x).dtype == np.float64
    lab.agree(lab.seal(x), x.astype(float))


def test_complex_numbers(lab, rng):
    z, w = rng.normal(size=(2, 18)) + 1j * rng.normal(size=(2, 18))
    x = rng.normal(size=18)
    lab.both(lambda a, b: (a + b, a * b, a * np.conj(b), a.real, a.imag, (1 - 2j) * a, a - x), z, w)
    lab.both(lambda a: (a * 1j, a * z, a + z, np.conj(a), a.real, np.imag(a)), x)
    lab.both(lambda a: (a.sum(), a.mean(), np.vdot(a, a)), z)
    assert lab.seal(x).astype(complex).dtype == np.complex128


def test_truth_values(lab, rng):
    p, q = rng.random((2, 20)) < 0.5
    lab.both(lambda a, b: (a & b, a | b, a ^ b, ~a, a + b, a * b, np.logical_not(b)), p, q)
    mask = rng.random(20) < 0.5
    lab.both(lambda a: (a & mask, a | mask, a ^ mask, a & True, a | False, mask ^ a, a.sum(), a.mean(), a * 2.5,
                        np.count_nonzero(a), a + 1), p)
    one = lab.seal(np.True_)
    assert isinstance(one, jf.EncryptedBool) and one.dtype == bool
    with pytest.raises(TypeError, match="boolean subtract"):
        lab.seal(p) - lab.seal(q)
    with pytest.raises(jf.Refused, match="truth values"):
        lab.seal(np.ones(3)) & lab.seal(np.ones(3))


def test_in_place(lab, rng):
    x, y = rng.uniform(-1, 1, (2, 20))
    a, b = lab.seal(x), lab.seal(y)
    alias = a
    a += b
    a *= 2
    assert alias is a
    lab.agree(alias, 2 * (x + y))
    a -= 1.5
    a /= 4
    lab.agree(a, (2 * (x + y) - 1.5) / 4)
    with pytest.raises(ValueError, match="broadcast"):
        a += np.ones((2, 20))
    plain = np.zeros(20)
    with pytest.raises(jf.Refused, match="in the clear"):
        plain += b
    s = t = lab.seal(0.5)
    s += 1
    lab.agree(t, 0.5)


def test_ranges_are_those_of_what_was_computed(lab):
    x = np.linspace(-1, 1, 9)
    a = lab.seal(x)
    assert (a * a).bounds[0] >= -1e-12 and (a * a).bounds[1] == pytest.approx(1)
    assert (a - a).bounds == pytest.approx((0, 0), abs=1e-14)
    b = lab.seal(x + 10, bounds=(9.0, 11.0))
    assert b.bounds == pytest.approx((9, 11)) and (b * b).bounds == pytest.approx((81, 121))
    lab.agree(b * b - 100, (x + 10) ** 2 - 100)


@pytest.mark.parametrize("x", [np.zeros(20), np.full(20, 7.0), np.array([1e-9] * 5), np.array([1e9, -1e9, 5.0]),
                               np.array([1.0, -1.0] * 16)])
def test_extremes(lab, x):
    lab.both(lambda a: (a + a, a - 2 * a, a * a, a.sum(), a.mean(), a.var()), x, close=1e-3 * max(1.0, abs(x).max() ** 2))


def test_narrow_bounds_far_from_zero(lab, rng):
    x = 1e6 + rng.uniform(-1, 1, 20)
    a = lab.seal(x, bounds=(1e6 - 1, 1e6 + 1))
    lab.agree(a.mean(), x.mean(), close=1e-11)
    lab.agree(a.var(), x.var(), close=1e-4)
    lab.agree(a * np.linspace(0, 1, 20), x * np.linspace(0, 1, 20), close=1e-7)


def test_empty_arrays(lab):
    for shape in ((0,), (0, 3), (3, 0)):
        x = np.empty(shape)
        a = lab.seal(x)
        for f in (lambda a: a + 1, lambda a: a * a, lambda a: a.T, lambda a: np.sum(a), lambda a: np.sum(a, axis=0),
                  lambda a: a[:0], lambda a: np.cumsum(a, axis=0)):
            lab.agree(f(a), f(x))
        assert "0 ciphertexts" in repr(a)


def test_bounds_that_do_not_hold_are_refused_without_a_number(lab):
    with pytest.raises(errors.InvalidValueError) as why:
        lab.seal([0.5, 3.25], bounds=(0, 1))
    assert "3.25" not in str(why.value)
    for bad in ([1.0, np.nan], [np.inf], ["a"], [2**60]):
        with pytest.raises(errors.InvalidValueError):
            lab.seal(bad)
    with pytest.raises(errors.InvalidValueError, match="NaN"):
        lab.seal([1.0]) + np.nan


# ---- refused ----
@pytest.mark.parametrize("f", [bool, float, int, complex, round, operator.index, lambda a: a < 1, lambda a: a == a,
                               lambda a: 1 / a, lambda a: a / a, np.log, np.sqrt, lambda a: a**0.5, lambda a: a**-1,
                               lambda a: a**a, np.max, np.sort, np.median, np.unique, np.nonzero, np.asarray, np.corrcoef,
                               lambda a: a.item(), lambda a: a.tolist(), lambda a: np.where(a), lambda a: a // 2,
                               lambda a: [1, 2, 3][a], lambda a: 3 in a, np.linalg.inv, np.fft.fft,
                               lambda a: np.add.accumulate(a), lambda a: np.add(a, a, where=[True])])
def test_refused_with_a_rewrite(lab, f):
    a = lab.seal(np.array(0.5)) if f in (bool, float, int, complex, round, operator.index) else lab.seal(np.ones(3))
    with pytest.raises(TypeError) as why:
        f(a)
    assert isinstance(why.value, jf.Refused) or f is np.linalg.inv
    assert len(str(why.value)) > 40


def test_foreign_operands(lab):
    a = lab.seal(np.ones(3))
    for other in ("text", object(), None, {"a": 1}):
        with pytest.raises(TypeError):
            a + other


def test_no_pickle_no_hash(lab):
    import pickle
    a = lab.seal(np.ones(3))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(a)
    with pytest.raises(TypeError):
        hash(a)
    with pytest.raises(TypeError, match="opened or computed"):
        jf.EncryptedArray([1.0])


def test_rounding_where_the_range_tells_the_result(lab):
    x = lab.seal([2.1, 2.2, 2.4], bounds=(2.05, 2.45))
    lab.both(lambda a: (np.round(a), np.rint(a), np.floor(a), np.ceil(a), np.trunc(-a), round(a[0])), np.array([2.1, 2.2, 2.4]),
             bounds=(2.05, 2.45))
    assert math.floor(x[1]).bounds[0] == pytest.approx(2) and round(np.mean(x) / 100, 1).shape == ()
    for f in (lambda a: np.round(a, 1), lambda a: np.floor(a + 0.8), lambda a: np.ceil(a - 0.2), lambda a: np.round(a + 0.2),
              lambda a: np.round(a * 1j)):
        with pytest.raises(Refused):
            f(x)
    # an error that may carry a number over the step is counted: the true number is a half and more, or less
    with pytest.raises(Refused, match="0 or 1"):
        round(lab.seal([0.5 - 1e-18], bounds=(0.4, 0.5))[0] + 1e-14)


def test_digits_of_encrypted_numbers_are_not_shown(lab):
    m = np.mean(lab.seal([1.0, 2.0]))
    assert f"{m}" == str(m)
    with pytest.raises(Refused, match="digits"):
        f"{m:.2f}"


def test_a_sum_of_many_weights_is_no_deeper_than_its_terms(lab):
    """Each term has a unit of its own, and the running sum keeps its."""
    f = lambda x: sum(x * x * (i + 0.5) for i in range(1, 9))  # noqa: E731
    assert "2 used" in lab.both(f, np.linspace(-1, 1, 20)).explain().facts["levels"]

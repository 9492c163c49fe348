"""Exact integers: every function equals numpy's result, to the last digit, or is refused."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterfhe.array import Refused
from jupyterfhe.client import decrypt_array, encrypt_array
from jupyterfhe.core.errors import ContextError, DepthError, InvalidValueError, RangeError

SLOTS = 8192  # of the ring of 2^13
LENGTHS = (1, 2, 7, SLOTS - 1, SLOTS, SLOTS + 1)
TYPES = ("int8", "int16", "int32", "uint8", "uint16", "uint32", "int64", "bool")
EXAMPLES = 60 if os.environ.get("JFHE_TEST_SLOW") else 2
MASK = np.arange(SLOTS + 1) % 3 == 0


class Case:
    """A function of one array, two, or an array and a public one; and which numbers it is tried with."""

    def __init__(self, f, *, most=None, types=TYPES, lengths=LENGTHS, floating=False):
        self.f, self.most, self.types, self.lengths, self.floating = f, most, types, lengths, floating


NUMBERS = tuple(t for t in TYPES if t != "bool")
UNDER_32 = tuple(t for t in NUMBERS if t != "uint32")  # squares of the others reach 2^64
SMALL = ("int8", "uint8", "int16")
CASES = {
    "same": Case(lambda x, y, w: x),
    "add": Case(lambda x, y, w: x + y),
    "add public": Case(lambda x, y, w: w + x),
    "add one": Case(lambda x, y, w: x + 77),
    "subtract": Case(lambda x, y, w: x - y, types=NUMBERS),
    "subtract from": Case(lambda x, y, w: 5 - x, types=NUMBERS),
    "multiply": Case(lambda x, y, w: x * y, types=UNDER_32),
    "multiply public": Case(lambda x, y, w: x * w),
    "multiply one": Case(lambda x, y, w: -3 * x),
    "negative": Case(lambda x, y, w: -x, types=NUMBERS),
    "square": Case(lambda x, y, w: x ** 2, types=UNDER_32),
    "power": Case(lambda x, y, w: x ** 3, types=SMALL),
    "absolute": Case(lambda x, y, w: np.abs(x - 3), most=3, types=NUMBERS),
    "and": Case(lambda x, y, w: x & y, types=("bool",)),
    "or": Case(lambda x, y, w: x | ~y, types=("bool",)),
    "xor": Case(lambda x, y, w: x ^ y, types=("bool",)),
    "equal": Case(lambda x, y, w: x == 2, most=3, types=NUMBERS),
    "not equal": Case(lambda x, y, w: 1 != x, most=3, types=NUMBERS),  # noqa: SIM300
    "less": Case(lambda x, y, w: x < 1, most=3, types=NUMBERS),
    "greater": Case(lambda x, y, w: 2 > x, most=3, types=NUMBERS),  # noqa: SIM300
    "equal both": Case(lambda x, y, w: x == y, most=1, types=NUMBERS),
    "isin": Case(lambda x, y, w: np.isin(x, [0, 3]), most=3, types=NUMBERS),
    "remainder": Case(lambda x, y, w: x % 3, most=3, types=NUMBERS),
    "floor divide": Case(lambda x, y, w: x // 2, most=3, types=NUMBERS),
    "masked sum": Case(lambda x, y, w: ((x == 1) * y).sum(), most=1, types=NUMBERS),
    "count": Case(lambda x, y, w: (x == 0).sum(), most=3, types=NUMBERS),  # slots behind the last number hold 0 too
    "sum of shifted products": Case(lambda x, y, w: ((x + 1) * (y - 2)).sum(), types=SMALL),
    "sum": Case(lambda x, y, w: x.sum()),
    "sum of products": Case(lambda x, y, w: (x * y).sum(), types=SMALL),
    "dot": Case(lambda x, y, w: x.dot(y), types=SMALL),
    "matmul public": Case(lambda x, y, w: x @ w, types=SMALL),
    "table": Case(lambda x, y, w: np.stack([x, y]).sum(axis=0), types=NUMBERS),
    "where": Case(lambda x, y, w: np.where(MASK[:len(w)], x, 0), types=NUMBERS),
    "slice": Case(lambda x, y, w: x[1:5], lengths=(7, SLOTS, SLOTS + 1)),
    "edge": Case(lambda x, y, w: x[SLOTS // 2 - 3:SLOTS // 2 + 3], lengths=(SLOTS,)),
    "item": Case(lambda x, y, w: x[-1]),
    "concatenate": Case(lambda x, y, w: np.concatenate([x[:2], y]), lengths=(2, 7)),
    "diff": Case(lambda x, y, w: np.diff(x), types=NUMBERS, lengths=(2, 7, SLOTS)),
    "roll": Case(lambda x, y, w: np.roll(x, 3), lengths=(SLOTS,)),
    "cumsum": Case(lambda x, y, w: np.cumsum(x), lengths=(2, 7, SLOTS + 1)),
    "mean": Case(lambda x, y, w: x.mean(), floating=True),
    "half": Case(lambda x, y, w: x / 2 + 0.25, floating=True),
    "var": Case(lambda x, y, w: x.var(ddof=1), types=SMALL, lengths=(2, 7, SLOTS + 1), floating=True),
    "deviations": Case(lambda x, y, w: x[:7] - x[:7].mean(), types=SMALL, lengths=(7,), floating=True),
}


def limits(dtype, most):
    if most is not None:
        return 0, most
    return (0, 1) if dtype == "bool" else (int(np.iinfo(dtype).min), int(min(np.iinfo(dtype).max, 2**62)))


@st.composite
def operands(draw, case):
    dtype = draw(st.sampled_from(case.types))
    low, high = limits(dtype, case.most)
    if dtype == "int64" and case.most is None:  # so that results fit 64 bits, as numpy's do not always
        low, high = -2**20, 2**20
    n, kind = draw(st.sampled_from(case.lengths)), draw(st.sampled_from(["spread", "low", "high", "zero", "ends"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    fixed = {"low": low, "high": high, "zero": 0}

    def one():
        if kind == "ends":
            return rng.choice([low, high], n)
        return np.full(n, fixed[kind]) if kind in fixed else rng.integers(low, high, n, endpoint=True)

    public = rng.integers(-9, 9, n)
    wide = bool if dtype == "bool" else np.int64
    return one().astype(wide), one().astype(wide), public, (low, high)


@pytest.fixture(scope="module")
def sealed(quick):
    return lambda values, **options: encrypt_array(values, quick.secret, exact=True, keys=quick.keys, **options)


@pytest.mark.parametrize("name", CASES)
def test_equals_numpy(sealed, quick, name):
    case = CASES[name]

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(operands(case))
    def check(drawn):
        x, y, w, bounds = drawn
        most = max(abs(b) for b in bounds)
        results = 63 if most >= 2**15 else 48
        want = case.f(x, y, w)
        got = case.f(sealed(x, bounds=bounds, results=results), sealed(y, bounds=bounds, results=results), w)
        opened = decrypt_array(got, quick.secret)
        assert opened.values.shape == np.shape(want)
        if case.floating:
            assert opened.values.dtype == float
            np.testing.assert_allclose(opened.values, want, rtol=1e-12, atol=1e-15 * most)
        else:
            assert opened.values.dtype == np.asarray(want).dtype
            np.testing.assert_array_equal(opened.values, want)
            assert not np.any(opened.error_bound)

    check()


def test_a_mean_is_the_rational_rounded_once(sealed, quick):
    from fractions import Fraction

    x = np.random.default_rng(5).integers(0, 1000, 9999)
    opened = decrypt_array(sealed(x).mean(), quick.secret)
    assert opened.values == float(Fraction(int(x.sum()), len(x)))
    assert opened.error_bound == np.spacing(1024.0) / 2  # the public bound that was chosen


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint16"])
def test_extremes_come_back(sealed, quick, dtype):
    info = np.iinfo(dtype)
    x = np.array([info.min, info.min + 1, 0, info.max - 1, info.max], dtype=dtype)
    if dtype == "int64":
        x = x[1:]  # -2^63 has no opposite: the engine joins below 2^63
    np.testing.assert_array_equal(decrypt_array(sealed(x, bounds=(int(x.min()), int(x.max()))), quick.secret).values, x)


# ---- refusals ----
def test_an_overflow_is_refused_when_it_is_built(sealed):
    x = sealed(np.array([100, 200]), bounds=(0, 1000), results=30)
    with pytest.raises(RangeError, match=r"up to 2\^39.9 .* hold 33 bits"):
        x * x * x * x
    assert (x * x * x).dtype == np.int64


def test_an_overflow_of_a_sum_is_refused(sealed):
    x = sealed(np.full(5000, 60000), bounds=(0, 2**16), results=17)
    with pytest.raises(RangeError):
        x.sum()


def test_widths_that_differ_do_not_meet(sealed):
    with pytest.raises(ContextError, match="moduli do not meet"):
        sealed(np.arange(3), results=16) + sealed(np.arange(3), results=60)


def test_depth_is_refused_before_anything_runs(sealed):
    x = sealed(np.arange(5), bounds=(0, 4), results=48)
    with pytest.raises(DepthError, match="multiplications in a row"):
        (((x * x) * (x * x)) * ((x + 1) * x) * (x * x + x) * x).compute()


@pytest.mark.parametrize("f", [np.exp, np.sqrt, np.std, lambda x: 1 / x, lambda x: x < np.arange(5), lambda x: np.median(x),
                               lambda x: x * np.array([0.1, 0.2, 0.3, 0.4, 0.5]), lambda x: x * 1j,
                               lambda x: x * x == 3, lambda x: x.astype(np.int8), lambda x: np.clip(x, 0.5, 3)])
def test_what_integers_do_not_have_is_refused(sealed, f):
    with pytest.raises((Refused, TypeError)):
        f(sealed(np.arange(5), bounds=(0, 100)))


@pytest.mark.parametrize("ends", [(0, 3), (None, 2), (-1, None), (-9, 9), (6, 9)])
def test_integers_are_cut_off_exactly(sealed, quick, ends):
    x = np.arange(-3, 5)
    got = np.clip(sealed(x, bounds=(-3, 4)), *ends)
    opened = decrypt_array(got, quick.secret)
    np.testing.assert_array_equal(opened.values, np.clip(x, *ends))
    assert got.dtype == np.int64 and not np.any(opened.error_bound)


def test_integers_are_changed_in_place_as_integers(sealed, quick):
    x, y = sealed(np.arange(5), bounds=(0, 4), results=30), sealed(np.arange(5) > 2, results=30)
    x[1] = 40
    x += y
    x[3:] *= 2
    want = np.arange(5)
    want[1] = 40
    want += np.arange(5) > 2
    want[3:] *= 2
    np.testing.assert_array_equal(decrypt_array(x, quick.secret).values, want)
    for change in (lambda: x.__setitem__(0, 0.5), lambda: x.__itruediv__(2), lambda: y.__setitem__(0, 7), lambda: x.__iadd__(0.5),
                   lambda: x.__setitem__(0, encrypt_array(np.array([1.0, 2.0]), quick.secret, keys=quick.keys)[0])):
        with pytest.raises((Refused, ContextError)):
            change()
    np.testing.assert_array_equal(decrypt_array(x, quick.secret).values, want)


def test_exact_and_approximate_do_not_meet(sealed, quick):
    x = sealed(np.arange(5))
    y = encrypt_array(np.arange(5.0), quick.secret, keys=quick.keys)
    with pytest.raises(Refused, match="exact integers and approximate numbers"):
        x + y
    with pytest.raises(Refused):
        np.concatenate([y, x])


@pytest.mark.parametrize("values", [np.array([0.5]), np.array([2**63], dtype=np.uint64), np.array(["a"])])
def test_what_are_no_integers_is_refused(sealed, values):
    with pytest.raises(InvalidValueError):
        sealed(values)


def test_numbers_outside_of_their_bounds_are_refused_unnamed(sealed):
    with pytest.raises(InvalidValueError) as why:
        sealed(np.array([4711]), bounds=(0, 5))
    assert "4711" not in str(why.value)


# ---- how it is computed ----
def test_sums_of_products_share_a_relinearisation(sealed, quick):
    n = 3 * SLOTS
    v = np.random.default_rng(3).integers(-9, 9, n)
    x, y = sealed(v, bounds=(-9, 9), results=34), sealed(v[::-1], bounds=(-9, 9), results=34)
    total = (x * y).sum()
    text = str(total.explain(details=True))
    assert text.count("= mul_sum") == 1 and "= mul " not in text and "= add" not in text
    np.testing.assert_array_equal(decrypt_array(total, quick.secret).values, (v * v[::-1]).sum())
    product = x * y
    both = np.stack([product + x * x, product])  # a product that somebody else reads stays
    np.testing.assert_array_equal(decrypt_array(both, quick.secret).values, [v * v[::-1] + v * v, v * v[::-1]])


def test_a_plan_that_begins_too_low_begins_again(sealed, quick, monkeypatch):
    from jupyterfhe.plan import modular, noise, residues

    x, starts = sealed(np.arange(5), bounds=(0, 4), results=30), []
    for module in (residues, noise):
        monkeypatch.setattr(module, "MARGIN", -40)  # the model hopes for too much; the engine's bounds decide
    run = modular._run
    monkeypatch.setattr(modular, "_run", lambda plan, ring: starts.append(plan.start) or run(plan, ring))
    np.testing.assert_array_equal(decrypt_array((x * x).sum(), quick.secret).values, 30)
    assert len(starts) > 1 and starts == sorted(starts)


# ---- what is shown ----
def test_explain_shows_scheme_moduli_levels(sealed):
    text = str((sealed(np.arange(4), bounds=(0, 3)) * 2 == 4).explain(details=True))
    assert "BGV" in text and "modul" in text and "levels" in text and "none: exact integers" in text
    assert "look_up" in text


def test_repr_shows_no_value(sealed):
    text = repr(sealed(np.array([4711, 4712]), bounds=(0, 10**5)))
    assert "4711" not in text and "BGV" in text and "int64" in text


def test_computed_integers_go_on(sealed, quick):
    x = sealed(np.arange(10), bounds=(0, 9))
    y = (x * x).compute()
    assert y.computed
    np.testing.assert_array_equal(decrypt_array(y + x, quick.secret).values, np.arange(10) ** 2 + np.arange(10))

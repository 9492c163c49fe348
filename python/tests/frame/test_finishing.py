"""The reader's side of recipes: intervals hold the truth, what is undefined is NaN, what is unknown has no bound."""

import json
import os
from fractions import Fraction

import finish_vectors
import numpy as np
import pytest

from jupyterfhe.array.recipe import checked
from jupyterfhe.client.finishing import RULES, Known, Span, evaluated

special = pytest.importorskip("scipy.special")


def around(values, bound, rng):
    """Numbers off by up to a bound, as decryption gives them, and the truth."""
    values = np.asarray(values, dtype=float)
    return Span.around(values + bound * rng.uniform(-0.9, 0.9, values.shape), bound), values


@pytest.mark.parametrize("op,exact", [("add", lambda a, b: a + b), ("sub", lambda a, b: a - b), ("mul", lambda a, b: a * b),
                                      ("div", lambda a, b: a / b), ("larger", max)])
def test_arithmetic_holds_the_truth(op, exact, rng):
    for bound in (0.0, 1e-9, 1e-3):
        x, y = rng.normal(0, 10, 200), rng.normal(0, 10, 200)
        (a, x), (b, y) = around(x, bound, rng), around(y, bound, rng)
        with np.errstate(all="ignore"):
            got = RULES[op](a, b)
        for i in range(200):
            want = exact(Fraction(x[i]), Fraction(y[i]))
            assert np.isinf(got.low[i]) or Fraction(got.low[i]) <= want
            assert np.isinf(got.high[i]) or want <= Fraction(got.high[i])
            assert got.low[i] <= got.mid[i] <= got.high[i]


def test_running_sums_are_exact_where_nothing_is_rounded_and_hold_the_truth_elsewhere():
    whole, large = np.arange(-3.0, 9).reshape(3, 4), np.array([2.0**52, 3.0, -1.0])
    got = RULES["cumsum"](Span.around(whole, 0.0))
    assert np.array_equal(got.mid, np.cumsum(whole, axis=-1)) and np.all(got.bound == 0)
    for values, bound in ((large, 0.0), (whole[0] / 4, 0.0), (whole[0], 1e-3), (np.array([1.0, np.nan, 2.0]), 0.0)):
        got = RULES["cumsum"](Span.around(values, bound))
        truth = np.cumsum(values)
        assert np.array_equal(np.isnan(got.mid), np.isnan(truth)) and np.all(got.bound[1:][~np.isnan(truth[1:])] > 0)
        assert np.all((got.low <= truth) & (truth <= got.high) | np.isnan(truth))


def test_small_integers_stay_exact():
    a, b = (Span.around(np.arange(6.0), 0.0) for _ in range(2))
    for op in ("add", "sub", "mul"):
        assert np.all(RULES[op](a, b).bound == 0)
    assert np.all(RULES["sum"](a).bound == 0) and np.all(RULES["cumsum"](a).bound == 0)
    third = RULES["div"](Span.around(np.array(1.0), 0.0), Span.around(np.array(3.0), 0.0))
    assert 0 < third.bound < 1e-15


def test_whole_rounds_what_is_certain_alone():
    got = RULES["whole"](Span.around(np.array([2.9, 3.1, 3.4]), np.array([0.2, 0.05, 0.7])))
    assert list(got.mid[:1]) == [3.0] and got.bound[0] == 0
    assert got.mid[1] == 3.1 and got.bound[1] > 0  # no integer lies in it: kept as it is
    assert got.mid[2] == 3.4 and got.bound[2] >= 0.7


@pytest.mark.filterwarnings("ignore")
def test_division_by_what_may_be_zero():
    numerators = Span(np.array([1e-9, 5.0, 1.0, 0.0]), np.array([-1e-6, 4.0, 0.9, 0.0]), np.array([1e-6, 6.0, 1.1, 0.0]))
    denominators = Span(np.array([0.0, 0.0, 1e-9, 3.0]), np.array([0.0, 0.0, -1e-6, 3.0]), np.array([0.0, 0.0, 1e-6, 3.0]))
    got = RULES["div"](numerators, denominators)
    assert np.isnan(got.mid[0]) and got.bound[0] == 0  # an empty group's sum over its count
    assert np.isinf(got.mid[1])
    assert np.isinf(got.bound[2])  # nothing is known of it
    assert got.mid[3] == 0 and got.bound[3] == 0


def test_roots_cut_what_noise_put_below_zero():
    got = RULES["sqrt"](Span.around(np.array([4.0, -1e-9, -1.0]), np.array([0.1, 1e-6, 0.1])))
    assert got.low[0] <= 2 <= got.high[0] and got.mid[1] == 0 and 0 < got.bound[1] <= 1.1e-3 and np.isnan(got.mid[2])


def test_inverses_hold_every_matrix_between_the_ends(rng):
    for n in (1, 3, 7):
        a = rng.normal(0, 1, (n, n)) + 3 * np.eye(n)
        span = Span.around(a, 1e-4)
        got = RULES["inverse"](span)
        for _ in range(20):
            truth = np.linalg.inv(a + rng.choice([-1e-4, 1e-4], (n, n)))
            assert np.all(got.low - 1e-12 <= truth) and np.all(truth <= got.high + 1e-12)
        assert np.max(got.bound) < 1e-1
    loose = RULES["inverse"](Span.around(np.ones((2, 2)) + 1e-3 * np.eye(2), 1.0))
    assert np.all(np.isinf(loose.bound))


def test_tails_fall_between_their_ends(rng):
    t, df = np.array([0.0, -2.0, 5.0]), np.array([4.0, 30.0, 3.5])
    got = RULES["t_two_sided"](Span.around(t, 0.1), Span.around(df, 0.01))
    for shift in (-0.1, 0.1):
        want = 2 * special.stdtr(df, -np.abs(t + shift))
        assert np.all(got.low <= want) and np.all(want <= got.high)
    chi = RULES["chi2_upper"](Span.around(np.array([3.0]), 1e-6), Span.around(np.array(2.0), 0.0))
    assert chi.low[0] <= np.exp(-1.5) <= chi.high[0] and chi.bound[0] < 1e-6
    one = Span.around(np.array(1.0), 0.0)
    f, z = RULES["f_upper"](one, Span.around(np.array(2.0), 0.0), Span.around(np.array(9.0), 0.0)), RULES["normal_two_sided"](one)
    assert abs(f.mid - 0.40529) < 1e-4 and abs(z.mid - 0.317311) < 1e-6


def test_undefined_numbers_pass_through():
    nan = Span(np.array([np.nan, 1.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    got = RULES["add"](nan, nan)
    assert np.isnan(got.mid[0]) and got.mid[1] == 2 and list(got.bound) == [0, 0]
    small = RULES["at_least"](Span.around(np.array([4.0, 6.0]), 0.0), Span.around(np.array(5.0), 0.0), Span.around(np.array([1.0, 2.0]), 0.1))
    assert np.isnan(small.mid[0]) and small.mid[1] == 2


# ---- what the vault is held against too ----
CASES = json.loads((finish_vectors.PLACE / "cases.json").read_text())["cases"]


def only(kind):
    return [pytest.param(c, id=c.get("name") or c["op"]) for c in CASES if c["kind"] == kind]


@pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="slow: JFHE_TEST_SLOW=1")
def test_the_file_is_what_the_model_writes():
    assert (finish_vectors.PLACE / "cases.json").read_text() == finish_vectors.text()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", only("rule"))
def test_operations_are_those_of_exact_arithmetic(case):
    got = RULES[case["op"]](*(Span.around(np.array(o["values"]), np.array(o["bounds"])) for o in case["operands"]))
    for i, (low, high) in enumerate(zip(case["low"], case["high"], strict=True)):
        if low is None:
            assert np.isnan(got.mid[i]) and got.bound[i] == 0
            continue
        low, high = float(low), float(high)
        assert got.low[i] <= low and high <= got.high[i] and got.low[i] <= got.mid[i] <= got.high[i]
        if np.isfinite(low):
            assert low - got.low[i] <= 1e-15 * abs(low) + 1e-300 and got.high[i] - high <= 1e-15 * abs(high) + 1e-300
        assert not case["exact"][i] or got.bound[i] == 0


def test_tails_hold_those_of_sixty_digits():
    for case in (c for c in CASES if c["kind"] == "tail"):
        got = RULES[case["op"]](*(Span.around(np.array(x), 0.0) for x in case["operands"]))
        assert got.low <= case["low"] and case["high"] <= got.high and got.high - got.low <= 2.0**-28 * case["low"] + 1e-300, case
    far = RULES["normal_two_sided"](Span.around(np.array(60.0), 0.0))
    assert far.low == 0 < far.high  # below the smallest double is not 0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", only("recipe"))
def test_recipes_hold_what_is_true_for_every_input(case):
    array, = case["arrays"]
    found = evaluated(checked(case["nodes"], case["outputs"], [tuple(array["shape"])]), [(np.array(array["values"]), np.array(array["bounds"]))])
    for o, node in enumerate(case["outputs"]):
        low, high = np.atleast_1d(found[node].low), np.atleast_1d(found[node].high)
        for truth in case["truths"]:
            for i, ends in enumerate(truth[o]):
                assert np.isnan(low[i]) if ends is None else low[i] <= ends[0] and ends[1] <= high[i]


def test_nothing_is_decided_by_chance_and_the_probable_bound_holds():
    case, = (c for c in CASES if c["kind"] == "chance")
    array, = case["arrays"]
    steps, values = checked(case["nodes"], case["outputs"], [tuple(array["shape"])]), np.array(array["values"])
    proved, likely = (evaluated(steps, [(values, np.array(array[name]))]) for name in ("bounds", "likely"))
    for o, node in enumerate(case["outputs"]):
        got = Known(proved[node], likely[node])
        words = np.where(np.isnan(got.mid), "undefined", np.where(np.isinf(got.bound), "unknown", "proved"))
        assert words.tolist() == case["shown"][o]
        for truth in case["probable"]:
            for i, ends in enumerate(truth[o]):
                if words[i] != "undefined":
                    assert got.probable[i] <= got.bound[i] and got.mid[i] - got.probable[i] <= ends[0] and ends[1] <= got.mid[i] + got.probable[i]
        assert np.all(got.probable <= 1e-2)
    gone = Known(Span.around(np.array([2.0]), 3.0), Span(*(np.array([np.nan]),) * 3))
    assert gone.probable == gone.bound  # undefined by chance alone


@pytest.mark.filterwarnings("ignore")
def test_what_is_undefined_stays_so_over_what_may_be_zero():
    undefined, near = Span(*(np.array([np.nan]),) * 3), Span.around(np.array([1e-9]), 1e-6)
    assert np.isnan(RULES["div"](undefined, near).mid[0])


def test_integers_that_doubles_rounded_are_not_exact():
    assert Span.around(np.array([2.0**53, 2.0**60]), 0.0).bound.tolist()[0] == 0 < Span.around(np.array([2.0**60]), 0.0).bound[0]

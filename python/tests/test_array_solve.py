"""Linear systems and inverses of encrypted matrices: what is proved of eigenvalues, the polynomial, numpy, refusals."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from world import World

import jupyterfhe as jf
from jupyterfhe.array.functions.solve import Steps, eigenvalues
from jupyterfhe.array.known import Gram, Moment
from jupyterfhe.core import Parameters, errors
from lab import Lab


@pytest.fixture(scope="module")
def lab(place):
    return Lab(World(place / "eleven", Parameters.custom(11, scale_bits=47), rotations=[1 << i for i in range(6)]), log_slots=6)


@pytest.fixture(autouse=True)
def coarse():
    with jf.options.set(precision=1e-2):
        yield


@pytest.fixture(scope="module")
def rows():
    """Sixty patients: three columns and a target, around 0, of sizes up to 1."""
    data = load_diabetes(scaled=False)
    x = np.column_stack([data.data[:60, [2, 3, 8]], data.target[:60]])
    middle, half = (x.max(axis=0) + x.min(axis=0)) / 2, (x.max(axis=0) - x.min(axis=0)) / 1.9
    return (x - middle) / half


def regression(x, ridge=0.2):
    c = np.cov(x, rowvar=False)
    return np.linalg.solve(c[:3, :3] + ridge * np.eye(3), c[:3, 3])


# ---- the polynomial ----
@pytest.mark.parametrize("low, high", [(0.1, 4.1), (0.05, 2.0), (1e-3, 1.0), (3.0, 3.5)])
def test_the_polynomial_is_as_near_to_1_over_x_as_it_says(low, high):
    steps = Steps(low, high)
    doublings = steps.needed(1e-3)
    for x in map(Fraction, np.linspace(low, high, 33).tolist()):
        chebyshev, p = steps.at(0) * (1 - Fraction(steps.alpha) * x), Fraction(steps.alpha)
        for k in range(doublings):
            assert abs(chebyshev) <= 1
            r = chebyshev / steps.at(k)
            assert p * x == 1 - r and abs(r) <= steps.size(k)
            p *= (1 + r) * 2 * steps.at(k) ** 2 / steps.at(k + 1)
            chebyshev = 2 * chebyshev**2 - 1
        assert abs(p * x - 1) <= steps.size(doublings) <= 1e-3
    assert steps.size(doublings - 1) > 1e-3


# ---- numpy ----
def test_a_regression_on_real_data(lab, rows):
    got = lab.both(regression, rows, bounds=(-1.0, 1.0), close=0.02)
    told = got.explain().facts
    assert "solve: degree 15 in a matrix of eigenvalues in [0.2," in told["approximate"] and "assumed" not in told


def test_several_right_sides_and_inverses(lab, rows):
    ridge, public = 0.5 * np.eye(2), np.array([[1.0, -0.5, 0.0], [0.25, 2.0, 0.0]])

    def both(x):
        a = np.cov(x[:, :2], rowvar=False) + ridge
        return np.linalg.inv(a), np.linalg.solve(a, public), np.linalg.solve(a, public[:, 1]), np.linalg.solve(a, a[:, 0])
    lab.both(both, rows, bounds=(-1.0, 1.0), close=0.05)


def test_a_gram_matrix(lab, rows):
    def normal(x):
        z, y = x[:, :2], x[:, 3]
        return np.linalg.solve((z.T @ z + 20 * np.eye(2)) / 60, z.T @ y / 60)
    lab.both(normal, rows, bounds=(-1.0, 1.0), close=0.02)


@pytest.mark.parametrize("slot_axis", [0, 1])
def test_a_matrix_that_was_encrypted_and_a_promise(lab, slot_axis):
    a, b = np.array([[1.0, 0.3, -0.2], [0.3, 0.8, 0.1], [-0.2, 0.1, 0.9]]), np.array([0.5, -1.0, 0.25])
    with jf.options.set(eigenvalues=(0.5, 1.4)):
        got = lab.both(np.linalg.solve, a, b, slot_axis=0, close=0.02)
        lab.both(np.linalg.inv, a, slot_axis=slot_axis, close=0.05)
        lab.both(np.linalg.inv, np.array([[0.7]]), close=0.05)
    assert "eigenvalues of a symmetric matrix of shape (3, 3) lie within [0.5, 1.4]" in got.explain().facts["assumed"]


# ---- what is known ----
def test_what_is_known_follows_an_array(lab, rows):
    x = lab.seal(rows, bounds=(-1.0, 1.0))
    c = np.cov(x, rowvar=False)
    a = c[:3, :3] / 2 + 0.25 * np.eye(3)
    assert isinstance(a.known, Gram) and a.known.ridge == 0.25 and a.known.scale == 0.5 and a.known.rows == (0, 1, 2)
    assert (a - 0.125 * np.eye(3)).known.ridge == 0.125 and a.T.known == a.known and (a + a).known.ridge == 0.5
    least = (a + np.diag([0.0, 0.5, 1.0])).known
    assert least.family is None and 0.2499 < least.ridge <= 0.25
    for forgotten in (a * a, a * np.ones((3, 3)), -a, a[::-1, :], a + np.arange(9.0).reshape(3, 3), a - a, a * -1.0, a[0]):
        assert forgotten.known is None
    del forgotten  # a part of a, which could not change beside it
    b = c[:3, 3]
    assert isinstance(b.known, Moment) and b.known.family.key == a.known.family.key and (2 * b).known.scale == 2
    assert c[1:, 1].known is None and c[:2, 2:].known.reach.shape == (2,)
    a += np.eye(3)
    assert a.known.ridge == 1.25
    a += a * a
    assert a.known is None


def test_eigenvalues_lie_where_they_are_said_to(lab, rows):
    x = lab.seal(rows, bounds=(-1.0, 1.0))
    for f in (lambda v: np.cov(v, rowvar=False) + 0.1 * np.eye(4), lambda v: v.T @ v / 60 + np.diag([0.3, 0.5, 0.4, 0.7]),
              lambda v: np.cov(v[:, :2], rowvar=False) * 3 + np.array([[1.0, 0.5], [0.5, 2.0]])):
        found, true = eigenvalues(f(x)), np.linalg.eigvalsh(f(rows))
        assert 0 < found.low <= true[0] and true[-1] <= found.high and found.words is None


def test_moments_bound_solutions_and_bound_them_better(lab, rows):
    x = lab.seal(rows, bounds=(-1.0, 1.0))
    c = np.cov(x, rowvar=False)
    a, b = c[:3, :3] + 0.1 * np.eye(3), c[:3, 3]
    near, far = np.linalg.solve(a, b), np.linalg.solve(a, b.copy())  # a copy is of no family
    length = np.linalg.norm(regression(rows, 0.1))
    assert length <= near.bounds[1] < far.bounds[1] / 2
    assert np.max(near.error_bound()) < np.max(far.error_bound())


# ---- a standard deviation below a line ----
def test_one_polynomial_for_a_root_and_its_reciprocal(lab, rows):
    with jf.options.set(least_spread=0.3, precision=1e-3):
        z = lab.both(lambda v: (v - v.mean(axis=0)) / v.std(axis=0), rows, bounds=(-1.0, 1.0), close=0.1)
        assert "reciprocal root" in z.explain().facts["approximate"] and "sqrt" not in z.explain().facts["approximate"]
        y = lab.both(lambda v: v / np.sqrt(v * v + 1), rows[:, 0], bounds=(-1.0, 1.0), close=0.1)
        assert "reciprocal root" in y.explain().facts["approximate"]


# ---- refusals ----
def test_refusals(lab, rows):
    x = lab.seal(rows, bounds=(-1.0, 1.0))
    c = np.cov(x[:, :2], rowvar=False)
    with pytest.raises(jf.Refused, match=r"may be singular.*np\.eye\(p\).*eigenvalues"):
        np.linalg.inv(c)
    with pytest.raises(jf.Refused, match="not known to be symmetric"):
        np.linalg.solve(c * np.ones((2, 2)), c[0])
    with pytest.raises(jf.Refused, match=r"inv\(a\) @ b"):
        np.linalg.solve(np.eye(2), c[0])
    with pytest.raises(jf.Refused, match="one square matrix"):
        np.linalg.inv(x)
    with pytest.raises(ValueError, match="right side"):
        np.linalg.solve(c + np.eye(2), np.ones(3))
    with pytest.raises(errors.OutOfMemoryError, match="max_operations"), jf.options.set(max_operations=10):
        np.linalg.inv(c + np.eye(2))
    with pytest.raises(errors.ArgumentError, match="promised"), jf.options.set(eigenvalues=(20.0, 30.0)):
        np.linalg.inv(c)
    for wrong in ((0.0, 1.0), (2.0, 1.0), 3.0, (1.0,)):
        with pytest.raises(errors.ArgumentError), jf.options.set(eigenvalues=wrong):
            pass


def test_depth(lab, rows):
    x = lab.seal(rows[:, :2], bounds=(-1.0, 1.0), level=7)
    a = np.cov(x, rowvar=False)
    with pytest.raises(errors.DepthError, match=r"needs \d+ levels.*solve after decryption"):
        np.linalg.inv(a + 1e-4 * np.eye(2))
    with pytest.warns(UserWarning, match="the levels allow no better"), jf.options.set(precision=1e-6):
        got = np.linalg.inv(a + np.eye(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lab.agree(got, np.linalg.inv(np.cov(rows[:, :2], rowvar=False) + np.eye(2)), close=0.2)

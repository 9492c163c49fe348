"""Comparisons: signs by compositions of polynomials against numpy, ties, edges, real data; what is proved, what is refused."""

import math

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from world import World

import jupyterfhe as jf
from jupyterfhe.array.approximation import composite, signs
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.core import Parameters
from jupyterfhe.core.errors import DepthError
from jupyterfhe.plan import Session, foresee
from lab import Lab


@pytest.fixture(scope="module")
def lab(place):
    return Lab(World(place / "compare", Parameters.custom(11), rotations=[1, 2, 4, 8]))


@pytest.fixture
def coarse():
    with jf.options.set(precision=1e-3, resolution=1.0):
        yield


# ---- the proof ----
@pytest.mark.parametrize("degree", composite.DEGREES)
@pytest.mark.parametrize("low", [0.001, 0.02, 0.3, 0.9])
def test_parts_are_level_and_within_their_bounds(degree, low):
    p = composite.part(degree, low)
    t = np.linspace(low, 1, 20001)
    off = np.abs(np.polynomial.chebyshev.chebval(t, p.coefficients) - 1)
    inside = np.abs(np.polynomial.chebyshev.chebval(np.linspace(-1, 1, 20001), p.coefficients))
    assert off.max() <= p.error <= 1.001 * off.max() + 1e-9  # what sums may round
    assert inside.max() <= p.size <= 1.001 * inside.max()
    assert not p.coefficients[::2].any()
    peaks = np.sum((off[1:-1] >= off[:-2]) & (off[1:-1] >= off[2:]) & (off[1:-1] > 0.99 * off.max()))
    ends = np.sum(off[[0, -1]] > 0.99 * off.max())
    if off.max() > 1e-10:  # the best has one extreme more than coefficients, all alike
        assert peaks + ends >= (degree + 1) // 2 + 1


@pytest.mark.parametrize("degree,low,middle", [(7, 0.1, 0.3), (31, 0.02, -0.6), (63, 0.01, 0.999)])
def test_moved_parts_change_their_sign_elsewhere_and_are_within_their_bounds(degree, low, middle):
    p, wide = composite.moved(degree, low, middle), 1 + abs(middle)
    u = np.linspace(-1, 1, 20001)
    values, far = np.polynomial.chebyshev.chebval(u, p.coefficients), np.abs(u - middle) >= low * wide
    assert np.abs(values - np.sign(u - middle))[far].max() <= p.error <= composite.part(degree, low).error * 1.001 + 1e-9
    assert np.abs(values).max() <= p.size and p.degree == degree


def test_the_last_part_has_the_least_degree_that_reaches_the_goal():
    goal = 1e-5
    chosen = composite.degrees(2.0**-6, 11, goal, summed=True)
    assert composite.off(2.0**-6, chosen) <= goal
    assert sum(math.ceil(math.log2(d + 1)) for d in chosen) == sum(math.ceil(math.log2(d + 1)) for d in composite.degrees(2.0**-6, 14, goal))
    less = [d for d in composite.DEGREES if d < chosen[-1]]
    assert len(chosen) > 1 and chosen[-1] < 31 and all(composite.off(2.0**-6, (*chosen[:-1], d)) > goal for d in less)


def test_an_edge_off_the_middle_costs_no_level(lab):
    x = lab.seal(np.array([-3.0, 2, 3, 0, 2.25]), bounds=(-3.0, 3.0))
    found = signs(x - 2.5, 0.2, goal=1e-2)
    lab.agree(found, np.sign(np.array([-3.0, 2, 3, 0, 2.25]) - 2.5), close=0.02)
    assert foresee(found.values, 0)[1].forecast.depth == sum(math.ceil(math.log2(d + 1)) for d in told_degrees(found))


def told_degrees(found):
    """Degrees as explain() names them."""
    words = str(found.explain()).split("degrees ")[1].split(" on ")[0]
    return [int(d) for d in words.split(",")]


def test_a_composition_is_far_better_than_one_polynomial_of_its_depth():
    chosen = composite.degrees(2.0**-6, 9, 1e-9)
    assert sum(math.ceil(math.log2(d + 1)) for d in chosen) <= 9 and len(chosen) > 1
    low = 2.0**-6
    for d in chosen:
        p = composite.part(d, low)
        low = composite.below(p)
    assert p.error < 2e-3 < composite.part(63, 2.0**-6).error


# ---- numpy ----
def test_every_comparison_with_ties_and_edges(lab, coarse):
    x = np.array([0.0, 1, 2, 3, 7, 7, 4, 0, 5.0])
    y = np.array([0.0, 2, 1, 3, 0, 7, 5, 7, 5.0])
    for f in (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal):
        out = lab.both(f, x, y, bounds=(0.0, 7.0), close=2e-2)
        assert out.dtype == bool
    lab.both(lambda a: a > 3, x, bounds=(0.0, 7.0), close=1e-2)
    lab.both(lambda a: np.greater_equal(3, a), x, bounds=(0.0, 7.0), close=1e-2)


@pytest.mark.parametrize("f,truth", [(lambda x: x >= 0, True), (lambda x: x < 0, False), (lambda x: x > 8, False), (lambda x: x <= 8, True)])
def test_ends_of_the_range_take_no_sign(f, truth):
    """By the promise nothing but the end itself is so near beyond it; rounding has no say in it."""
    x = clear(np.arange(9.0), Session.clear("stats", 6), (0, 8))
    with jf.options.set(resolution=1.0):
        got = f(x)
    assert np.array_equal(opened(got), np.full(9, truth)) and np.max(got.error_bound()) < 1e-12
    assert "differ by 1 or more" in str(got.explain())


def test_truth_that_could_be_either_is_refused_before_it_is_computed():
    """Each of the two signs of an equality is off by a quarter at six levels: together by more than a half."""
    x = clear(np.arange(9.0), Session.clear("stats", 6), (0, 8))
    with jf.options.set(resolution=1.0):
        assert np.array_equal(opened(x < x[::-1]), np.arange(9) < np.arange(9)[::-1])
        with pytest.raises(DepthError, match=r"truth values would be known to 0\.5\d only"):
            x == x[::-1]  # noqa: B015


def test_a_filter_on_real_data(lab, coarse):
    radius = np.round(load_breast_cancer().data[:200, 0])
    found = lab.both(lambda a: np.where(a > 15, a, 0.0), radius, bounds=(0.0, 30.0), close=0.1)
    assert "differ by 1 or more" in str(found.explain())


def test_truth_is_counted_without_a_level(lab, coarse):
    """What is behind the numbers is told too, as false; each number's bound carries its share. Six slots behind ten numbers."""
    x = np.array([-3.0, 0, 1, 3, 2, -1, 1, 0, 3, -2])
    above = lab.seal(x, bounds=(-3.0, 3.0)) > 0
    depth = [foresee(a.values, 0)[1].forecast.depth for a in (above, above.sum(), (above * 1.0).mean())]
    assert depth[0] == depth[1] == depth[2]
    lab.agree(above.sum().astype(float), float(np.sum(x > 0)), close=0.05)


def test_what_cannot_tie_needs_no_polynomial(lab):
    x = lab.seal(np.array([1.0, 2.0]), bounds=(1.0, 2.0))
    out = x > 0.5
    assert out.dtype == bool and lab.open(out).values.tolist() == [True, True]


def test_refusals(lab):
    x = lab.seal(np.array([1.0, 2.0]), bounds=(0.0, 4.0))
    with pytest.raises(jf.Refused, match="as near to each other"):
        _ = x > 1
    with jf.options.set(resolution=1e-9), pytest.raises(jf.JupyterFHEError, match=r"levels left|leave no signs"):
        _ = (x > 1).compute()
    with pytest.raises(jf.JupyterFHEError, match="resolution"):
        jf.options.resolution = 0

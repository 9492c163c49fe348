"""Extremes, ranks and order statistics of vectors against numpy and scipy: ties, real data, what is proved, what is refused."""

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.datasets import load_iris
from world import World

import jupyterfhe as jf
from jupyterfhe.array import pairs
from jupyterfhe.array.approximation import tables
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.core import Parameters
from jupyterfhe.plan import Session, foresee
from lab import ClearLab, Lab


@pytest.fixture(scope="module")
def lab(place):
    """Ciphertexts of 16 slots."""
    return Lab(World(place / "order", Parameters.custom(13), rotations=[1, 2, 4, 8]))


@pytest.fixture(scope="module")
def wide():
    """Twenty levels, in the clear."""
    return ClearLab(Parameters.custom(20), 11)


@pytest.fixture(scope="module")
def lean():
    """In the clear, levels that come back."""
    return Session.clear("deep-lean")


@pytest.fixture(autouse=True)
def coarse():
    with jf.options.set(precision=1e-3, resolution=1.0):
        yield


# ---- what it is made of ----
@pytest.mark.parametrize("n,slots", [(2, 4), (3, 16), (4, 16), (5, 32), (8, 64), (9, 64), (32, 1024), (33, 256), (128, 16384)])
def test_every_pair_stands_once_in_its_tiles(n, slots):
    layout = pairs.Pairs(n, slots)
    i, k = layout.places()
    there = i >= 0
    found = sorted(zip(i[there].tolist(), k[there].tolist(), strict=True))
    assert found == [(a, b) for a in range(n) for b in range(n) if a != b]
    assert np.array_equal(there, k >= 0)
    if (n, slots) == (128, 16384):
        assert len(layout.each) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 11])
def test_windows_of_any_count(wide, count):
    x = np.arange(64.0)
    v = wide.seal(x, bounds=(0, 64)).strips.flat[0]
    from jupyterfhe.plan import compute
    out = pairs.window(v.values[0], count, 3)
    compute([out])
    got = out.stored.numbers[:20] * v.gain + count * v.shift
    assert np.allclose(got, [sum(x[t + 3 * j] for j in range(count)) for t in range(20)])


@pytest.mark.parametrize("n", [2, 5, 20, 64])
def test_tables_are_within_their_bounds(n):
    nodes, wanted = np.linspace(-0.97, 0.97, n), np.eye(n)[n - 1]
    found = tables.table(tuple(nodes), tuple(wanted), tables.depth(n))
    value = np.polynomial.chebyshev.chebval
    assert np.abs(value(nodes, found.coefficients) - wanted).max() <= found.off < 1e-9
    for distance in (1e-6, 1e-3 / n):
        for side in (-1, 1):
            off = np.abs(value(nodes + side * distance, found.coefficients) - wanted)
            assert np.all(off <= found.near(distance)), n
    assert np.abs(value(np.linspace(-1, 1, 9999), found.coefficients)).max() <= found.size < 4
    assert found.near(1e-3 / n).sum() < 3e-3  # places that are known to 1/1000 pick numbers to about as much


# ---- encrypted ----
def test_extremes_with_ties(lab):
    x = np.array([2.0, 0, 3, 3])
    y = lab.seal(x, bounds=(0, 3))
    for f in (np.max, np.argmax, np.median):
        lab.agree(f(y), f(x), close=0.1)
    assert "differ by 1 or more" in str(np.max(y).explain())


def test_ranks_with_ties(lab):
    x = np.array([2.0, 0, 3, 3, 1, 2])
    y = np.concatenate([lab.seal(x, bounds=(0, 3))])
    for method in ("average", "first"):
        lab.agree(jf.rank(y[:4], method), rankdata(x[:4], {"first": "ordinal"}.get(method, method)), close=0.1)


def test_classes_by_their_scores(lab):
    scores = np.round(np.random.default_rng(5).uniform(0, 3, (20, 3)))
    lab.both(lambda s: np.argmax(s, axis=1), scores, bounds=(0, 3), slot_axis=0, close=0.1)


# ---- in the clear, with the same bounds ----
@pytest.mark.parametrize("method", ["average", "min", "max", "first", "ordinal"])
def test_ranks_of_real_data(wide, method):
    petals = np.round(load_iris().data[::5, 2] * 2)  # 30 flowers, many alike
    got = jf.rank(wide.seal(petals, bounds=(2, 14)), method)
    wide.agree(got, rankdata(petals, "ordinal" if method == "first" else method), close=1e-2)


def test_order_statistics_of_real_data(wide):
    petals = np.round(load_iris().data[::5, 2] * 2)
    x = wide.seal(petals, bounds=(2, 14))
    for f in (np.min, np.max, np.median, np.argmin, np.argmax, lambda v: np.percentile(v, [10, 33.3, 90])):
        wide.agree(f(x), f(petals), close=0.1)


@pytest.mark.parametrize("values", [[3.0] * 6, [0.0, 7, 0, 7, 7, 0], [7.0, 6, 5, 4, 3, 2, 1, 0], [4.0]], ids=["equal", "ends", "falling", "one"])
def test_extremes_of_all_sorts(wide, values):
    x = np.array(values)
    y = wide.seal(x, bounds=(0, 7))
    for f in (np.sort, lambda v: np.argsort(v, kind="stable"), np.min, np.ptp, np.argmin, np.argmax, np.max, np.median,
              lambda v: np.quantile(v, 0.25)):
        wide.agree(f(y), f(x), close=0.5)
    for method in ("average", "min", "max", "first"):
        wide.agree(jf.rank(y, method), rankdata(x, {"first": "ordinal"}.get(method, method)), close=0.1)
    for f in (lambda v: np.clip(v, 1, 6), lambda v: np.maximum(v, 3), lambda v: np.minimum(v, v[::-1]), lambda v: np.abs(v - 3),
              lambda v: np.where(v == v[0], v, -v)):
        wide.agree(f(y), f(x), close=0.1)


def drawn(session, n, steps):
    """Numbers of [0, 1] at some steps, with bounds that leave differences within a unit."""
    x = np.random.default_rng(3).integers(0, steps, n, endpoint=True) / steps
    return x, clear(x, session, (-0.55, 1.55)).within(0, 1)


def test_the_bound_of_many_sorted_numbers_says_something():
    _, y = drawn(Session.clear(Parameters.custom(25, scale_bits=48)), 128, 64)
    with jf.options.set(resolution=1 / 64, precision=1e-5):
        assert np.max(np.sort(y).error_bound()) < 0.05  # 18.5 with errors of counts tiled, and tiles as large as their sum


@pytest.mark.parametrize("f,most", [(np.argmax, 1e-2), (lambda v: np.quantile(v, 0.3), 2e-3), (np.sort, 1e-2)], ids=["argmax", "quantile", "sort"])
def test_order_survives_bootstraps(lean, f, most):
    """Counts are off by a hundredth after one, and tables of them by more, until they are told once more."""
    x, y = drawn(lean, 24, 64)
    with jf.options.set(resolution=1 / 64, precision=1e-4):
        got = f(y)
        assert foresee(got.values)[1].forecast.bootstraps >= 2
        bound = np.max(got.error_bound())
        assert bound < most and np.all(np.abs(opened(got) - f(x)) <= bound)


@pytest.mark.parametrize("n", [200, 1000])
def test_places_of_many_numbers_are_looked_up(lean, n):
    """A polynomial for so many would lie across a bootstrap: that bootstrap is the table."""
    x, y = drawn(lean, n, 16)
    with jf.options.set(resolution=1 / 16, precision=1e-4):
        for f, most in ((np.median, 1e-2), (np.argmax, 0.2)):  # the last: bit by bit, so that it is an index
            got = f(y)
            text = str(got.explain())
            bound = np.max(got.error_bound())
            assert f"a table of {n:,} numbers, looked up in 2 bootstraps" in text
            assert bound < most and np.all(np.abs(opened(got) - f(x)) <= bound)


def test_moduli_and_extremes_are_as_fine_as_signs(lab):
    x, y = np.array([-3.0, 0, 1, 3, 2, -1]), np.array([-3.0, 1, 1, -3, 3, 0])
    for f in (np.maximum, np.minimum, lambda a, b: np.abs(a), lambda a, b: np.clip(a, -1, 2)):
        lab.both(f, x, y, bounds=(-3.0, 3.0), close=5e-3)  # one polynomial of degree 127 would be off by 1e-2
    assert "modulus of 1 or more" in str(np.abs(lab.seal(x, bounds=(-3.0, 3.0))).explain())


def test_a_masks_sum_spends_no_level_on_what_is_behind_its_numbers(wide):
    x = wide.seal(np.arange(10.0), bounds=(0, 9))
    above = (x > 4).astype(float)
    middle = x.strips.flat[0].shift
    both = above * (x - middle)
    assert both.strips.flat[0].pad == 0.0
    wide.agree(both.sum(), ((np.arange(10) > 4) * (np.arange(10) - middle)).sum(), close=0.1)


# ---- refused ----
def test_refusals(lab, wide):
    x = wide.seal(np.arange(5.0), bounds=(0, 4))
    with jf.options.set(resolution=None), pytest.raises(jf.Refused, match="as near to each other"):
        np.max(x)
    with jf.options.set(resolution=1e-6), pytest.raises(jf.JupyterFHEError, match="deep"):
        np.max(x).compute()
    with pytest.raises(jf.JupyterFHEError, match="deep"):  # a sign and two tables do not fit 13 levels
        np.sort(lab.seal(np.array([0.0, 15, 4]), bounds=(0, 15))).compute()
    with pytest.raises(jf.Refused, match="Compare with public thresholds"):
        np.max(wide.seal(np.zeros(1025), bounds=(0, 1)))
    for bad in (lambda: jf.rank(x, "dense"), lambda: np.max(wide.seal(np.ones((2, 2)))), lambda: np.sort(wide.seal(np.ones((2, 2))))):
        with pytest.raises(jf.Refused):
            bad()
    with pytest.raises(ValueError):
        np.quantile(x, 1.5)


def test_one_number_is_first_smallest_and_largest(wide):
    x = wide.seal(np.array([3.0]), bounds=(0, 4))
    for method in ("average", "min", "first"):
        assert opened(jf.rank(x, method)).tolist() == [1.0]
    for f in (np.min, np.max, np.median, np.argmax, lambda a: np.max(a, keepdims=True)):
        got = f(wide.seal(np.array(3.0), bounds=(0, 4)))
        assert got.shape == () and opened(got) == f(np.array(3.0))


def test_ranks_of_public_numbers():
    x = np.array([3.0, 1, 1, 5, 3, 0, 3])
    for method in ("average", "min", "max", "ordinal"):
        assert np.array_equal(jf.rank(x, method), rankdata(x, method))

"""Functions by polynomials: their proved bounds against dense grids, numpy on encrypted data, refusals."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from world import World

import jupyterfhe as jf
from jupyterfhe.array import approximation as ap
from jupyterfhe.array.approximation import certify
from jupyterfhe.array.approximation.choose import choose
from jupyterfhe.core import Parameters, errors
from lab import Lab


@pytest.fixture(scope="module")
def lab(place):
    return Lab(World(place / "eight", Parameters.custom(8), rotations=[1, 2, 4, 8, -1]))


@pytest.fixture
def coarse():
    """Bounds of a part in ten thousand: fewer levels."""
    with jf.options.set(precision=1e-4):
        yield


# ---- the proof ----
def apart(f, found, span, gain, shift):
    """Largest distance on a dense grid."""
    u = np.linspace(*span, 20001)
    low, high = found.body.interval
    y = (2 * found.factor * u - low - high) / (high - low)
    p = found.shift + found.gain * np.polynomial.chebyshev.chebval(y, found.body.coefficients)
    return float(np.abs(p - f.value(shift + gain * u)).max())


SMOOTH = [("exp", 2.0, 0.0), ("exp", 0.3, 3.0), ("log", 0.9, 1.0), ("log", -0.45, 0.5), ("tanh", 4.0, 0.0), ("sin", 8.0, 1.0),
          ("arctan", 3.0, 0.2), ("sinh", 3.0, 0.0), ("cosh", 3.0, 0.0), ("sqrt", 0.49, 0.5), ("reciprocal", 0.45, 0.5),
          ("reciprocal", -0.45, -0.5)]
SPANS = [(-1.0, 1.0), (-0.3, 0.45), (-1.0, 0.999), (0.1, 0.2)]


@pytest.mark.parametrize("name, gain, shift", SMOOTH)
@pytest.mark.parametrize("span", SPANS)
def test_proved_bounds_of_smooth_functions_hold_and_are_tight(name, gain, shift, span):
    f = ap.SMOOTH[name]
    for levels, precision in ((4, 1e-6), (9, 1e-6), (9, 1e-9)):
        found = choose(f, span, gain, shift, levels, precision)
        if found is None:
            continue
        off = apart(f, found, span, gain, shift)
        assert off <= found.error <= 1.5 * off + 1e-11 * (abs(found.shift) + found.gain)
        assert found.depth <= levels and found.body.depth == found.depth
    assert found is not None and found.reached


@pytest.mark.parametrize("f, gain, shift", [(ap.Modulus(), 1.0, 0.0), (ap.Modulus(), 2.0, 0.7),
                                            (ap.Clip(0.0, np.inf), 1.0, 0.1), (ap.Clip(-0.2, 0.5), 1.0, 0.0),
                                            (ap.Root(), 1.0, 1.0), (ap.Power(-0.5), 0.4, 0.5), (ap.Power(-2.0), 0.4, -0.6)])
def test_proved_bounds_of_straight_pieces_and_powers_hold_and_are_tight(f, gain, shift):
    for levels in (4, 6):
        found = choose(f, (-1.0, 1.0), gain, shift, levels, 1e-6)
        off = apart(f, found, (-1.0, 1.0), gain, shift)
        assert off <= found.error <= 1.5 * off
    u = np.linspace(0.5, 1.0, 2001)  # and on a part of the window, which has its own factor
    found = choose(f, (0.5, 1.0), gain, shift, 6, 1e-6)
    if found:
        assert apart(f, found, (u[0], u[-1]), gain, shift) <= found.error


def test_a_bound_counts_what_is_between_the_points():
    """A polynomial that is 0 at all points that are looked at, but for the oversampling."""
    degree = 16
    c = np.zeros(degree + 1)
    c[degree] = 1.0  # 0 at the points of its own degree
    assert abs(np.polynomial.chebyshev.chebval(certify.nodes(degree), c)).max() < 1e-12
    assert certify.piece(-1.0, 1.0, np.zeros_like, degree, c) >= 1.0


def test_degrees_grow_with_precision():
    degrees = [choose(ap.SMOOTH["log"], (-1.0, 1.0), 0.45, 0.5, 9, p).degree for p in (1e-2, 1e-4, 1e-6, 1e-9)]
    assert degrees == sorted(set(degrees))
    found = choose(ap.SMOOTH["log"], (-1.0, 1.0), 0.45, 0.5, 3, 1e-6)
    assert found.degree == 7 and not found.reached  # all that three levels allow


def test_the_best_of_a_degree_is_nearly_reached():
    found = choose(ap.Modulus(), (-1.0, 1.0), 1.0, 0.0, 6, 1e-6)
    assert found.degree == 62 and found.error < 1.4 * 0.2801694990 / 62  # Bernstein's constant


# ---- numpy ----
FUNCTIONS = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "reciprocal": np.reciprocal, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "arctan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "exp2": np.exp2, "expm1": np.expm1, "cbrt": np.cbrt, "power -2": lambda a: a**-2, "power .3": lambda a: a**0.3,
    "root": lambda a: a**0.5, "base": lambda a: 2.0**a, "one by": lambda a: 1 / a,
    "float_power": lambda a: np.float_power(a, -1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_every_number(lab, rng, coarse, name):
    x = np.append(rng.uniform(0.5, 2, 18), [0.5, 2.0])
    y = lab.both(FUNCTIONS[name], x, bounds=(0.5, 2.0), close=1e-3)
    assert "off by at most" in y.explain().facts["approximate"]


@pytest.mark.parametrize("shape", [(), (1,), (16,), (17,), (3, 5), (17, 2)])
def test_functions_of_shapes(lab, rng, coarse, shape):
    x = rng.uniform(0.5, 2, shape)
    lab.both(lambda a: (np.exp(a), np.sum(np.log(a)), 1 / a + a), x, bounds=(0.5, 2.0), close=1e-2)


def test_padding_is_0_after_a_function(lab, rng, coarse):
    x = rng.uniform(0.5, 2, 17)
    lab.both(lambda a: (np.sum(np.exp(a)), np.mean(1 / a), np.exp(a[1:4]).sum(), np.log(a + a[3]).sum()), x,
             bounds=(0.5, 2.0), close=1e-2)


def test_functions_of_results(lab, rng, coarse):
    x = rng.uniform(-1, 1, 20)
    lab.both(lambda a: (np.tanh(0.5 * a * a - 0.2), np.exp(-a) * 3), x, close=1e-2)
    lab.both(lambda a: np.sqrt(np.exp(a)), x, close=1e-2)  # the error of one goes through the other's slope


def test_quotients(lab, rng, coarse):
    x, y = rng.uniform(-1, 1, 20), rng.uniform(1, 2, 20)
    a, b = lab.seal(x), lab.seal(y, bounds=(1.0, 2.0))
    lab.agree(a / b, x / y)
    lab.agree(3.0 / b, 3.0 / y)
    lab.agree(np.array([1.0, 2.0])[:, None] / -b, np.array([1.0, 2.0])[:, None] / -y)
    lab.agree(np.average(a, weights=b), np.average(x, weights=y))
    with pytest.raises(jf.Refused, match=r"may be 0.*within"):
        b / a


def test_extremes(lab, rng):
    x, y = rng.uniform(-1, 1, (2, 20))
    with pytest.warns(UserWarning, match=r"degree 126 on .* off by at most .* was asked for"):
        lab.both(np.abs, x[:5], close=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lab.both(lambda a: np.clip(a, -0.2, 0.5), x, close=0.1)
        lab.both(lambda a: (np.maximum(a, 0), np.minimum(0.25, a)), x, close=0.1)
        lab.both(lambda a, b: (np.maximum(a, b), np.minimum(a, b)), x, y, close=0.1)
    a = lab.seal(x, bounds=(-1.0, 1.0))
    assert np.clip(a, -5, 5).computed and abs(a + 2).computed  # nothing to do
    lab.agree(abs(a - 2), abs(x - 2))


def test_signs_need_a_gap(lab, rng):
    x = rng.choice([-1, 1], 20) * rng.uniform(0.3, 1, 20)
    a = lab.seal(x, bounds=(-1.0, 1.0))
    with pytest.raises(jf.Refused, match="gap"):
        np.sign(a)
    with jf.options.set(precision=1e-3):
        s = jf.sign(a, 0.3)
    lab.agree(s, np.sign(x), close=1e-2)
    assert "no number is nearer to 0 than 0.3" in str(s.explain())
    lab.agree(np.sign(a + 2), np.ones(20))


# ---- statistics ----
def test_spread_and_correlation_of_real_data(place, rng):
    world = World(place / "twelve", Parameters.custom(11), rotations=[1, 2, 4, 8, 16, 32, 64, 128, 256])
    lab, data = Lab(world, 9), load_diabetes().data[:, [2, 3, 8]]
    with jf.options.set(precision=1e-4, least_spread=0.1):
        got = lab.seal(data)
        lab.agree(np.std(got, axis=0), data.std(axis=0), close=1e-3)
        assert "standard deviation" in str(np.std(got).explain())
        lab.agree(np.std(got, ddof=1), data.std(ddof=1), close=1e-3)
        r = np.corrcoef(got, rowvar=False)
        lab.agree(r, np.corrcoef(data, rowvar=False), close=0.1)
        assert np.max(r.error_bound()) < 0.1
    with pytest.raises(jf.Refused, match="least_spread"):
        np.corrcoef(got, rowvar=False)


def test_root_at_0(lab, rng):
    x = rng.uniform(0, 1, 20)
    with pytest.warns(UserWarning, match="sqrt"):
        lab.both(lambda a: np.sqrt(a), np.append(x, 0.0), bounds=(0.0, 1.0), close=0.1)
        lab.both(lambda a: (np.std(a), np.linalg.norm(a)), x, close=0.5)


# ---- promises and refusals ----
def test_promised_ranges(lab, rng, coarse):
    x = rng.uniform(0.5, 2, 20)
    a = lab.seal(x)
    with pytest.raises(jf.Refused, match="within"):
        np.log(a)
    y = np.log(a.within(0.5, 2))
    assert "numbers of shape (20,) lie within [0.5, 2]" in y.explain().facts["assumed"]
    assert "log: degree" in y.explain().facts["approximate"]
    lab.agree(y, np.log(x))
    z = y * 2
    assert "within [0.5, 2]" in z.explain().facts["assumed"]  # also when the way to y is forgotten
    with pytest.raises(errors.ArgumentError):
        a.within(2, 1)
    with pytest.raises(errors.ArgumentError):
        a.within(10, 11)


@pytest.mark.parametrize("f", [np.log, np.sqrt, np.reciprocal, np.log10, lambda a: a**0.5, lambda a: a**-1, np.log1p])
def test_intervals_where_a_function_is_not_defined(lab, rng, f):
    with pytest.raises(jf.Refused, match="within"):
        f(lab.seal(rng.uniform(-2, 2, 5)))


def test_no_levels_no_function(lab, rng):
    a = lab.seal(rng.uniform(-8, 8, 5), level=2)
    with pytest.raises(errors.DepthError, match="levels left"):
        np.sin(a)
    with pytest.raises(jf.Refused, match="complex"):
        np.exp(lab.seal(np.array([1j, 1.0])))


def test_a_simulation_shows_the_distance(rng):
    x = rng.uniform(0.5, 2, 20)
    found = jf.simulate(lambda a: np.log(a), x, bounds=[(0.5, 2.0)])
    assert 1e-9 < found.difference <= found.error_bound

"""Tables of any function and steps at public edges: exact integers to the last digit, approximate numbers within their bounds."""

import math
from fractions import Fraction

import numpy as np
import pytest
from sklearn.datasets import load_digits
from world import World

import jupyterfhe as jf
from jupyterfhe import Refused
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.client import decrypt_array, encrypt_array
from jupyterfhe.core import Parameters, errors
from jupyterfhe.plan import Session
from lab import ClearLab


@pytest.fixture(scope="module")
def world(place):
    """Fourteen levels, for counts of counts."""
    return World(place / "look-ups", Parameters.custom(14, scale_bits=44), rotations=[1 << i for i in range(14)])


@pytest.fixture(scope="module")
def wide():
    return ClearLab(Parameters.custom(14), 6)


@pytest.fixture(scope="module")
def grey():
    """Shades of 40 points of a picture, 0 to 3."""
    return (load_digits().images[7].ravel()[:40] // 5.5).astype(int)


@pytest.fixture(scope="module")
def sealed(world, grey):
    return encrypt_array(grey, world.secret, exact=True, keys=world.keys, bounds=(0, 3))


def same(world, got, want):
    opened = decrypt_array(got, world.secret)
    assert not np.any(opened.error_bound) or opened.values.dtype == float
    np.testing.assert_array_equal(opened.values, want)
    assert opened.values.dtype == np.asarray(want).dtype


# ---- exact ----
def test_tables_of_exact_integers(world, sealed, grey):
    same(world, jf.lut(lambda k: k * k % 3 - 1, range(4))(sealed), grey * grey % 3 - 1)
    same(world, jf.lut(lambda k: k in (1, 2), range(4))(sealed), (grey == 1) | (grey == 2))
    same(world, jf.lut(lambda k: Fraction(k, 8), range(-2, 9))(sealed), grey / 8)
    same(world, jf.lut(lambda k: 5, range(4))(sealed), np.full(len(grey), 5))


@pytest.mark.parametrize("f", [
    lambda x: np.digitize(x, [1, 2.5]), lambda x: np.digitize(x, [2, 1, 1], right=True), lambda x: np.searchsorted([0, 1, 1, 3], x, side="right"),
    lambda x: np.histogram(x, [0, 1, 3])[0], lambda x: np.floor(x / 2), lambda x: np.rint(x / 2), lambda x: np.ceil(x / -2)])
def test_steps_of_exact_integers(world, sealed, grey, f):
    same(world, f(sealed), f(grey))


def test_order_of_exact_integers(world, sealed, grey):
    for f in (np.max, np.sort):
        same(world, f(sealed[:9]), f(grey[:9]))


def test_order_of_few_exact_integers(world):
    for values, f in (([2, 2, 2], np.min), ([0, 2, 1, 2], lambda v: np.median(v / 2)), ([1], np.max), ([2, 0], lambda v: np.quantile(v, 0.3))):
        x = encrypt_array(np.array(values), world.secret, exact=True, keys=world.keys, bounds=(0, 2))
        assert abs(decrypt_array(f(x), world.secret).values - f(np.array(values))) < 1e-12


def test_indices_of_exact_integers(world, sealed, grey):
    same(world, np.argmax(sealed), np.argmax(grey))


@pytest.mark.parametrize("values", [[1, 1, 1], [1], [1, 0], [-1, -1, 1, -1, 0, 1]], ids=["equal", "one", "falling", "ties"])
def test_indices_of_few_exact_integers(world, values):
    x = np.array(values)
    y = encrypt_array(x, world.secret, exact=True, keys=world.keys, bounds=(-1, 1))
    for f in (np.argmin, np.argmax, lambda v: np.argsort(v, kind="stable")):
        same(world, f(y), f(x))


def test_order_of_what_falls_as_its_integers_rise(world):
    x = np.array([0, 2, 1, 2])
    y = encrypt_array(x, world.secret, exact=True, keys=world.keys, bounds=(0, 2))
    for f in (lambda v: np.max(-v), lambda v: np.sort(1 - 2 * v), lambda v: np.argmin(-v)):
        same(world, f(y), f(x))


# ---- approximate ----
def test_tables_of_approximate_numbers(wide):
    k = np.random.default_rng(3).integers(-2, 9, 70)
    x = wide.seal(k.astype(float), bounds=(-2, 8))
    for f in (lambda k: math.sqrt(k + 2), lambda k: k % 3, lambda k: 7, lambda k: k > 3):
        want = np.array([f(int(v)) for v in k])
        got = jf.lut(f, range(-2, 9))(x)
        wide.agree(got, want if want.dtype == bool else want.astype(float), close=1e-3)
        wide.agree(got.astype(float).sum(), want.sum().astype(float), close=1e-2)
    assert "whole ones of -2 to 8" in str(got.explain())


@pytest.fixture(scope="module")
def endless():
    """Where levels come back."""
    return ClearLab(Parameters.preset("deep-lean"), 12)


@pytest.mark.parametrize("low,high,wanted", [(0, 1024, "1,025 numbers, looked up in 2"), (-90, 310, "401 numbers, looked up in 2")])
def test_tables_of_wide_ranges_in_bootstraps(endless, low, high, wanted):
    """How much ink each of 1,797 handwritten digits has, in grey values and less a mean one: in more slots than numbers."""
    ink = load_digits().images.sum(axis=(1, 2)).astype(int)
    k = np.clip(ink, low, high)
    x = endless.seal(k.astype(float), bounds=(low, high))
    for f in (lambda k: k * k % 7,) if low else (lambda k: k > 250, lambda k: math.sqrt(k) - 3):
        want = np.array([f(int(v)) for v in k])
        got = jf.lut(f, range(low, high + 1))(x)
        assert wanted in str(got.explain()) and "to look tables up" in str(got.explain())
        endless.agree(got, want if want.dtype == bool else want.astype(float), close=2e-3)
    if low:  # a table of a table, which takes away what the first is off
        y = jf.lut(lambda k: k // 2, range(low, high + 1))(x)
        endless.agree(jf.lut(lambda k: k % 5, range(low // 2, high // 2 + 1))(y), (k // 2 % 5).astype(float), close=0.05)


STEPS = [lambda x: np.digitize(x, [-3, 0, 0.5, 7, 90]), lambda x: np.digitize(x, [-3, 0, 0.5, 7, 90], right=True), lambda x: np.digitize(x, [7, 0, -3], right=True),
         lambda x: np.digitize(x, [7, 0, -3]), lambda x: np.searchsorted([-3, 0, 0, 7], x, side="right"), lambda x: np.searchsorted([-3, 0, 0, 7], x), lambda x: x // 3,
         lambda x: x // -2.5, lambda x: x % 7, lambda x: x % -2.5, lambda x: np.floor(x / 4), lambda x: np.histogram(x, [-60, -3, 0, 7])[0]]


@pytest.mark.parametrize("f", STEPS)
def test_steps_of_numbers_on_a_grid_are_tables(endless, f):
    """Whole numbers, and quarters; ties on edges, negative ones, edges outside and between."""
    k = np.random.default_rng(8).integers(-60, 61, 300).astype(float)
    k[:6] = -3, 0, 7, -60, 60, -2
    x = endless.seal(k, bounds=(-60, 60))
    for sealed, plain in ((x.whole(), k), (x.within(-60, 60, step=1), k), ((x / 4).within(-15, 15, step=0.25), k / 4)):
        endless.agree(f(sealed), f(plain).astype(float), close=1e-2)  # of 300 numbers' tables where they are counted


def test_rounding_on_a_grid_and_tenths(endless):
    k = np.random.default_rng(9).integers(-40, 41, 200)
    k[:4] = 5, -5, 15, 0
    tenths = endless.seal(k / 10, bounds=(-4, 4)).within(-4, 4, step=0.1)
    for f in (np.floor, np.ceil, np.rint, np.trunc, np.round):
        endless.agree(f(tenths), f(k / 10), close=2e-3)
    endless.agree(np.digitize(tenths, [-0.3, 0.3], right=True), np.digitize(k / 10, [-0.3, 0.3], right=True).astype(float), close=2e-3)
    endless.agree(np.digitize(1 - tenths / 3, [0.9, 1]), np.digitize(1 - k / 30, [0.9, 1]).astype(float), close=2e-3)
    whole = tenths.whole()
    assert np.floor(whole) is whole


def test_tables_or_signs_as_forecasts_say(endless):
    x = endless.seal(np.arange(-200.0, 201), bounds=(-200, 200)).whole()
    assert "4 edges by a table" in str(np.digitize(x, [-7, 0, 8, 150]).explain())
    with jf.options.set(resolution=1.0):
        told = str(np.digitize(x, [0]).explain())
    assert "1 edge by signs" in told and "a table would take" in told
    told = str(np.digitize(x, [0]).explain())
    assert "1 edge by a table" in told and "do not tell" in told
    with pytest.raises(errors.ArgumentError, match="step above 0"):
        x.within(0, 1, step=0)


def test_half_open_bins_and_halves(wide):
    with jf.options.set(resolution=0.5, precision=1e-4):
        x = np.array([-2.0, -1.5, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3])
        y = wide.seal(x, bounds=(-2, 3))
        for f in (np.rint, np.floor, np.ceil, np.trunc, np.round, lambda v: v % 1.5, lambda v: v // -2, lambda v: np.histogram(v, [-2, 0, 3])[0],
                  lambda v: np.histogram(v, 2, (-0.5, 2.5))[0]):
            wide.agree(f(y), f(x), close=1e-2)


# ---- refused ----
def test_refusals(world, sealed, wide):
    x = wide.seal(np.arange(5.0), bounds=(0, 600))
    for bad, words in ((lambda: jf.lut(lambda k: k, range(3))(sealed), "all of the declared range"), (lambda: jf.lut(math.sqrt, range(9))(sealed), "fractions"),
                       (lambda: jf.lut(lambda k: k, range(601))(x), "more than 512"), (lambda: np.histogram(x), "encrypted"), (lambda: np.floor(x), "resolution"),
                       (lambda: np.argsort(np.concatenate([sealed, sealed])), "more than 64"), (lambda: np.ptp(sealed), "exact"), (lambda: np.quantile(sealed, 1 / math.pi), "0.25"),
                       (lambda: np.digitize([1], x), "public")):
        with pytest.raises(jf.Refused, match=words):
            bad()
    for domain in ([], [0.5]):
        with pytest.raises(jf.JupyterFHEError, match="whole numbers"):
            jf.lut(abs, domain)
    with pytest.raises(jf.JupyterFHEError, match="finite real"):
        jf.lut(lambda k: "grade", range(3))
    with pytest.raises(jf.JupyterFHEError, match="levels"):
        jf.lut(lambda k: k, range(257))(ClearLab(Parameters.custom(6)).seal(np.arange(2.0), bounds=(0, 256)))
    with jf.options.set(resolution=0.01), pytest.raises(jf.Refused, match="64"):
        np.floor(x)


def test_a_table_of_public_numbers():
    """A function that is simulated gets mock data first."""
    square, x = jf.lut(lambda k: k * k, range(5)), np.array([[0, 4], [2, 2]])
    assert np.array_equal(square(x), x * x) and square(x).dtype == np.int64 and square(3.0) == 9
    assert jf.simulate(square, x.astype(float), params="stats", bounds=[(0, 4)]).difference < 1e-9
    for bad in (5, 1.5, np.nan, "two"):
        with pytest.raises(errors.ArgumentError, match="of its domain"):
            square(bad)


@pytest.mark.parametrize("f", [lambda x: x // 1e-9, lambda x: x % 1e-9, np.floor, np.round, np.rint])
def test_steps_without_number_are_refused_before_they_are_listed(f):
    x = clear(np.arange(9.0), Session.clear("ml", 4), (0, 1e12))
    with jf.options.set(resolution=1.0), pytest.raises(Refused, match="steps inside of the numbers' range"):
        f(x)


@pytest.mark.parametrize("rows", [1, 60, 64, 3000, 5000])
def test_histograms_of_few_numbers_are_known_better_than_those_of_all_slots(rows):
    x = np.arange(rows) * 7 % 41
    with jf.options.set(resolution=1.0):
        counts, edges = np.histogram(clear(x.astype(float), Session.clear("ml", 12), (0, 40)), [0, 10, 20, 30, 40])
    bound = np.max(counts.error_bound())
    assert np.max(np.abs(opened(counts) - np.histogram(x, edges)[0])) <= bound < 4e-5 * rows + 1e-3

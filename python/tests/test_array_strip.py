"""Strips by themselves: what functions rarely reach. In the clear, so that every digit can be asked for."""

import numpy as np
import pytest

from jupyterfhe.array import interval as iv
from jupyterfhe.array.strip import Strip, combine
from jupyterfhe.core import Parameters
from jupyterfhe.plan import Session, Value, compute, foresee
from jupyterfhe.plan.leaf import Clear


@pytest.fixture(scope="module")
def session():
    return Session.clear(Parameters.custom(6), 3)


def strip(session, u, gain=1.0, shift=0.0, pad=0.0, drift=0.0):
    """A strip of numbers u with a known padding."""
    slots, values = session.slots, []
    full = np.concatenate([u, np.full(-len(u) % slots, pad)])
    for i in range(0, len(full), slots):
        values.append(Value.leaf(session, Clear(full[i:i + slots].copy(), 1.0)))
    return Strip(session, tuple(values), len(u), gain, shift, (-1.0, 1.0), pad, drift)


def numbers(s):
    compute(s.values)
    u = np.concatenate([v.stored.numbers for v in s.values])
    return s.shift + s.gain * (u[:s.length] if s.length else u[:1])


@pytest.mark.parametrize("pad", [0.0, 0.5, -1.0])
def test_a_known_padding_is_taken_out_of_sums(session, pad):
    u, w = np.linspace(-1, 1, 13), np.linspace(1, -0.5, 13)
    s, t = strip(session, u, 2.0, 5.0, pad), strip(session, w, 0.5, -1.0, pad / 2)
    x, y = 5 + 2 * u, -1 + 0.5 * w
    for got, want in ((s.sum(), x.sum()), (s.times(t).sum(), (x * y).sum()),
                      (combine([(s, 1.0), (t, -3.0)]).sum(), (x - 3 * y).sum()), (s.times(s).sum(), (x * x).sum()),
                      (s.scaled(-2.0).shifted(1.0).sum(), (1 - 2 * x).sum())):
        assert numbers(got)[0] == pytest.approx(want, rel=1e-12)
        low, high = got.bounds
        assert low <= want <= high


@pytest.mark.parametrize("pad", [0.0, 0.5, -1.0])
@pytest.mark.parametrize("n", [1, 3, 4, 7, 13])
def test_sums_for_one_slot_alone_are_those_of_all(session, pad, n):
    s = strip(session, np.linspace(-1, 0.5, n), 2.0, 5.0, pad)
    assert numbers(s.sum(alone=True))[0] == pytest.approx(numbers(s.sum())[0], rel=1e-12)
    assert s.sum(alone=True).length == (1 if n < 5 else None)


def test_an_unknown_padding_is_masked(session):
    u = np.linspace(-1, 1, 5)
    s = strip(session, u, pad=0.5)
    blind = Strip(session, s.values, 5, 1.0, 0.0, s.range, None)
    assert numbers(blind.sum())[0] == pytest.approx(0.0, abs=1e-12) and foresee(blind.sum().values)[1].forecast.depth == 1
    assert foresee(s.sum().values)[1].forecast.depth == 0


@pytest.mark.parametrize("f", [lambda s, t: s.times(t), lambda s, t: combine([(s, 2.0), (t, -1.0)]), lambda s, t: s.scaled(3.0),
                               lambda s, t: s.shifted(0.1), lambda s, t: s.times(s), lambda s, t: s.sum(),
                               lambda s, t: s.times_vector(np.arange(1.0, 6)), lambda s, t: s.plus_vector(np.arange(5.0)),
                               lambda s, t: s.polynomial([1.0, 2, 3])])
def test_what_rounding_left_goes_along(session, f):
    """Numbers that are off by a strip's drift give results that are off by the result's drift at the most."""
    u, w, off = np.linspace(-1, 1, 5), np.linspace(0.25, -1, 5), 1e-3
    for side in (1, -1):
        for which in (0, 1):
            exact = [strip(session, u, 2.0, 3.0), strip(session, w, 1.0, -2.0)]
            moved = [strip(session, u, 2.0, 3.0), strip(session, w, 1.0, -2.0)]
            moved[which] = moved[which].shifted(side * off)
            marked = list(exact)
            marked[which] = exact[which]._like(drift=off)
            got = f(*marked)
            apart = np.abs(numbers(f(*moved)) - numbers(f(*exact))).max()
            assert apart <= got.drift * (1 + 1e-9) + 1e-12
            assert got.drift < 100 * off


def test_public_numbers_and_like_units_take_no_level(session):
    u = np.linspace(-1, 1, 5)
    a, b, c = strip(session, u, 4.0), strip(session, u, 1.0), strip(session, u, 0.3)
    for terms, depth in (([(a, 1.0), (b, 1.0)], 0), ([(a, 1.0), (a, 2.0), (b, -1.0)], 0),
                         ([(b, 1.0), (strip(session, u), -1.0)], 0), ([(a, 1.0), (c, 1.0)], 1),
                         ([(a, 0.1), (b, 0.25), (c, 7.0)], 1)):
        total = combine(terms)
        assert foresee(total.values)[1].forecast.depth == depth
        assert numbers(total) == pytest.approx(sum(k * s.gain * u for s, k in terms), rel=1e-12, abs=1e-12)
    for n in (10, 442, 2000):  # a mean's gain is rounded, and yet a whole part of the numbers' own
        centred = combine([(strip(session, u, 0.3), 1.0), (strip(session, u, 0.3).sum().scaled(1.0 / n), -1.0)])
        assert foresee(centred.values)[1].forecast.depth == 0
        assert numbers(centred) == pytest.approx(0.3 * (u - u.sum() / n), rel=1e-12, abs=1e-12)
    assert a.scaled(0.1).shifted(5).values is a.values
    product = a.shifted(1.0).times(b.shifted(-2.0))
    plan = foresee(product.values)[1]
    assert (plan.forecast.depth, plan.forecast.products) == (1, 1)


def test_intervals_hold_what_was_computed(rng):
    for _ in range(2000):
        a, b = (tuple(sorted(rng.normal(size=2) * 10.0 ** rng.integers(-3, 4))) for _ in range(2))
        x, y = rng.uniform(*a), rng.uniform(*b)
        c = rng.normal()
        claims = (iv.add(a, b), x + y), (iv.mul(a, b), x * y), (iv.scale(a, c), c * x), (iv.square(a), x * x)
        for (low, high), value in claims:
            assert low <= value <= high
    assert iv.square((-1.0, 2.0))[0] == 0.0 and iv.square((-3.0, -2.0))[0] == pytest.approx(4.0)
    assert [iv.power_of_two(x) for x in (1.0, 1.5, 0.3, 2.0)] == [1.0, 2.0, 0.5, 2.0]

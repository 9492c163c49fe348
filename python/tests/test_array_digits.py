"""Sorting by digits of places: tiles, tables and the way home, then numbers within what is proved."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe.array import digits, network, ranks
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.plan import Session, foresee


@pytest.fixture(scope="module")
def lean():
    """In the clear, levels that come back."""
    return Session.clear("deep-lean")


@pytest.mark.parametrize("n,slots", [(5, 64), (16, 64), (17, 512), (30, 256), (81, 2048)])
def test_digits_bring_numbers_home(n, slots):
    """The product of both tables, slot by slot, for a random order."""
    layout, rng = digits.Layout(n, slots), np.random.default_rng(n)
    assert layout.fits
    place, x = rng.permutation(n), rng.uniform(size=n)
    at = np.where(layout.there, place[layout.number.clip(max=n - 1)], 0)
    first, second = (np.where(layout.there, table[np.where(layout.there, at + offset, 0)], table[0])
                     for offset, table in (layout.first(), layout.second()))
    assert not np.any(first[~layout.there])  # so that what is behind the numbers is multiplied by next to nothing
    carried = second * np.where(layout.there, x[layout.number.clip(max=n - 1)], 0)
    slot, sums = np.arange(slots), np.zeros(slots)
    for t in range(layout.base):
        product = first * np.roll(carried, -((layout.base - t) % layout.base) * layout.tile)
        for row in range(layout.rows):
            sums[(row * layout.tile - t) % slots] += product[row * layout.tile:(row + 1) * layout.tile].sum()
    home = layout.home()
    out = sum(row * sums[(slot + k) % slots] for k, row in zip(home.index.tolist(), home.rows, strict=True))
    want = np.zeros(slots)
    want[place] = x
    assert np.allclose(out, want)


@pytest.mark.parametrize("indices", [False, True])
def test_numbers_are_sorted_within_their_bound(lean, indices):
    x = np.random.default_rng(3).integers(0, 16, 81, endpoint=True) / 16
    y = clear(x, lean, (-0.55, 1.55)).within(0, 1)
    f = (lambda v: np.argsort(v, kind="stable")) if indices else np.sort
    with jf.options.set(resolution=1 / 16, precision=1e-4):
        assert digits.wanted(y)
        got = f(y)
        assert foresee(got.values)[1].forecast.bootstraps <= 8  # a network takes more than fifty
        bound = np.max(got.error_bound())
        assert bound < (0.2 if indices else 0.03) and np.all(np.abs(opened(got) - f(x)) <= bound)
        if not indices:
            more = got[:40] * got[:40]  # there is room for what comes then
            assert np.all(np.abs(opened(more) - np.sort(x)[:40] ** 2) <= more.error_bound())


def test_who_is_sorted_by_digits(lean):
    def vector(n, session=lean):
        return clear(np.zeros(n), session, (0, 1))

    assert not digits.wanted(vector(80)) and digits.wanted(vector(1024))
    many = vector(1025)
    assert not digits.wanted(many) and network.wanted(many)
    with jf.options.set(resolution=1 / 8), pytest.raises(jf.Refused, match="each number's place"):
        np.argsort(vector(257))
    assert not digits.wanted(vector(500, Session.clear("ml"))) and ranks.MOST == 1024

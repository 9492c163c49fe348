"""Networks of comparisons: they sort whatever there is, within what is proved; what cannot be told apart any more is refused."""

import itertools

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe.array import network, ranks
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.plan import Session, foresee


@pytest.fixture(scope="module")
def lean():
    """In the clear, levels that come back."""
    return Session.clear("deep-lean")


@pytest.fixture(autouse=True)
def coarse():
    with jf.options.set(resolution=1 / 8, precision=1e-4):
        yield


@pytest.mark.parametrize("n", range(1, 11))
def test_zeros_and_ones_are_sorted(n):
    """All of them; so is whatever else there may be, by the principle of zeros and ones [Knu98, 5.3.4]."""
    x = np.array(list(itertools.product([0, 1], repeat=n)))
    for apart, first in network.rounds(n):
        a, b = x[:, first], x[:, first + apart]
        x[:, first], x[:, first + apart] = np.minimum(a, b), np.maximum(a, b)
    assert np.all(np.diff(x, axis=1) >= 0)


def test_rounds_and_comparisons():
    found = list(network.rounds(2048))
    assert len(found) == 66  # 11 * 12 / 2
    assert sum(len(first) for _, first in found) == (11 * 11 - 11 + 4) * 2**9 - 1
    for apart, first in found:  # no number is in two comparisons of a round
        both = np.concatenate([first, first + apart])
        assert len(set(both)) == len(both) and both.max() < 2048


@pytest.mark.parametrize("values", [[1.0, 0, 1, 0.5, 0.5], [0.25] * 4, [1.0, 0.875, 0.125]], ids=["ends", "equal", "falling"])
def test_numbers_are_sorted_within_their_bound(lean, values):
    x = np.array(values)
    y = clear(x, lean, (0, 1))
    got = ranks.one(y, network.ordered(y))
    bound = got.error_bound().max()
    assert bound < 0.02
    assert np.all(np.abs(opened(got) - np.sort(x)) <= bound)


def test_many_numbers_are_sorted_by_a_network(lean):
    with pytest.raises(jf.JupyterFHEError, match="known to"):
        network.ordered(clear(np.zeros(81), lean, (0, 100)))
    few, many = clear(np.zeros(80), lean, (0, 1)), clear(np.zeros(81), lean, (0, 1))
    assert not network.wanted(few) and network.wanted(many)
    assert not network.wanted(clear(np.zeros(500), Session.clear("ml"), (0, 1)))
    y = clear(np.array([1.0, 0, 0.5]), lean, (0, 1))
    plan = foresee(ranks.one(y, network.ordered(y)).values)[1]
    assert plan.forecast.bootstraps == 6 and plan.outputs[0].level >= 3  # it can go on

"""Masks that are made sharp where levels allow: what they pick, what they are off, and when they are left as they are."""

import numpy as np
import pytest

from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries, sharp
from jupyterfhe.frame.products import left, product
from jupyterfhe.plan import Session, foresee

ROWS = 3000  # of 4,096 slots: what stands behind them is no code


@pytest.fixture(scope="module")
def session():
    return Session.clear("ml", 12)


def column(session, count, missing):
    """Codes and which are there, as arrays, and encrypted with 0 in the slots of the others."""
    codes, there = np.arange(ROWS) * 7 % count, (np.arange(ROWS) % 5 > 0) | (not missing)
    middle = (count - 1) / 2
    array = clear(np.where(there, codes, middle).astype(float), session, (0, count - 1))
    valid = clear(there.astype(float), session, (0, 1)) if missing else None
    return codes, there, EncryptedCategorical(array, count, valid=valid)


@pytest.mark.parametrize("count", [5, 10])  # 0 stands for a code, and for none
@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("picked", [(0,), (2,), (0, 3)])
def test_sharp_masks_pick_what_plain_ones_do(session, count, missing, picked, monkeypatch):
    monkeypatch.setattr(sharp, "WORTH", 0.0)
    codes, there, sealed = column(session, count, missing)
    plain = sealed.indicator(picked)
    (mask,) = sharp.chosen([plain], left)
    assert mask is not plain
    want, bound = np.isin(codes, picked) & there, mask.error_bound()
    assert np.max(bound) < min(4e-7, np.max(plain.error_bound()))
    assert np.all(np.abs(opened(mask) - want) <= bound)
    total = np.sum(mask)
    assert abs(opened(total) - want.sum()) <= total.error_bound() < 0.01


def test_sharp_masks_cost_no_level_that_a_product_needs(session):
    _, _, ten = column(session, 10, False)
    mask, low = ten.indicator([3]), clear(np.ones(ROWS), session, (0, 1))
    while left(low) > 4:
        low = low * clear(np.ones(ROWS), session, (0, 1))
    assert left(product([low, mask])) == left(low) - 1
    assert sharp.chosen([mask, low], left)[0] is not mask
    _, _, poor = column(Session.clear("stats", 12), 10, False)
    assert left(poor.indicator([3])) < sharp.LEVELS + sharp.KEPT
    assert sharp.chosen([poor.indicator([3])], left)[0] is poor.indicator([3])


def test_few_slots_are_counted_by_plain_masks():
    codes = EncryptedCategorical(clear(np.arange(10.0), Session.clear("ml", 4), (0, 9)), 10)
    assert sharp.chosen([codes.indicator([3])], left)[0] is codes.indicator([3])


def test_groups_under_a_numeric_filter_are_counted_exactly(session):
    """10^4 rows, of which 0.54 could be miscounted before."""
    row = np.arange(10_000)
    ages, groups, visits = row * 11 % 63 + 18.0, row * 7 % 10, row * row % 16
    age = EncryptedSeries(clear(ages - 49, session, (-31, 31)), kind="int", offset=49)
    of = EncryptedCategorical(clear(groups.astype(float), session, (0, 9)), 10)
    frame = EncryptedFrame({"age": age, "g": EncryptedSeries(of.array, kind="category", codes=of),
                            "visits": EncryptedSeries(clear(visits - 7.5, session, (-7.5, 7.5)), kind="int", offset=7.5)})
    sums = frame[frame.age >= 40].groupby("g").groups()[3]
    for series, want in ((None, groups == 3), (frame.visits._categories("a test").indicator([2]), (groups == 3) & (visits == 2))):
        total = sums._sum(*(() if series is None else (series,)))
        assert abs(opened(total) - (want & (ages >= 40)).sum()) <= total.error_bound() < 0.1


def test_filters_of_few_rows_are_summed_without_a_level():
    """Most slots hold nothing, and are told as all are: their share of what signs are off is counted in."""
    ages = np.arange(500) * 11 % 63 + 18.0
    age = EncryptedSeries(clear(ages - 49, Session.clear("ml"), (-31, 31)), kind="int", offset=49)
    kept = (age >= 40).rest
    depth = [foresee(a.values, 0)[1].forecast.depth for a in (kept, np.sum(kept))]
    assert depth[0] == depth[1]
    assert abs(opened(np.sum(kept)) - np.sum(ages >= 40)) <= np.sum(kept).error_bound() < 0.1

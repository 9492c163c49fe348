"""Merges by encrypted keys: what they find, and that errors are counted for one label and for rows alone."""

import numpy as np
import pandas as pd
import pytest

from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries, lookups
from jupyterfhe.plan import Session


def key(codes, session, names, missing=None):
    """A category of public labels; where a code is missing its slot holds 0."""
    there = np.ones(len(codes), bool) if missing is None else ~missing
    held = clear(np.where(there, codes, (len(names) - 1) / 2).astype(float), session, (0, len(names) - 1))
    valid = None if missing is None else clear(there.astype(float), session, (0, 1))
    of = EncryptedCategorical(held, len(names), names, valid)
    return EncryptedSeries(held, kind="category", categories=names, codes=of, name="key", valid=valid)


def numbers(x, session, there):
    """Whole numbers from 0 to 40, some missing."""
    rest = clear(np.where(there, x - 20.0, 0.0), session, (-20, 20))
    return EncryptedSeries(rest, kind="int", offset=20.0, name="x", valid=clear(there.astype(float), session, (0, 1)))


def tables(rows, count, slots, missing=True):
    """Two tables, one to many, encrypted and in pandas: the right one lacks every fifth label, and two numbers."""
    session, names = Session.clear("ml", slots), tuple(f"k{i}" for i in range(count))
    left, right = np.arange(rows) * 7 % count, np.array([i for i in range(count) if i % 5])[::-1]
    lost, x = (np.arange(rows) % 11 == 3) & missing, np.arange(len(right)) * 17 % 41.0
    there = np.arange(len(right)) > 1
    sealed = (EncryptedFrame({"key": key(left, session, names, lost if missing else None)}),
              EncryptedFrame({"key": key(right, session, names), "x": numbers(x, session, there)}))
    plain = pd.DataFrame({"key": np.where(lost, None, left)}), pd.DataFrame({"key": right, "x": np.where(there, x, np.nan)})
    return (*sealed, *plain)


@pytest.mark.parametrize("how", ["left", "inner"])
def test_merged_numbers_are_those_of_pandas_within_less_than_one(how):
    left, right, a, b = tables(60, 10, 12)
    got, want = left.merge(right, on="key", how=how), a.merge(b, on="key", how="left").x
    assert np.all(np.abs(opened(got.x.filled) - want.fillna(0)) <= got.x.filled.error_bound())
    assert np.max(got.x.filled.error_bound()) < 0.1
    sums = got.x.sums()
    for told, one, limit in ((sums.total(got.x), want.sum(), 12.0), (sums.raw_count(got.x), want.count(), 0.3)):
        assert abs(opened(told) - one) <= told.error_bound() < limit


def test_sums_over_many_labels_and_rows_have_bounds_that_say_something():
    """200 rows by 60 labels: 10^6 was proved of this sum before."""
    left, right, a, b = tables(200, 60, 12, False)
    total, want = left.merge(right, on="key").x.sum(), a.merge(b, on="key", how="left").x.sum()
    assert abs(opened(total) - want) <= total.error_bound() < 0.02 * want


@pytest.mark.parametrize("rows", [1, 100, 4096])  # the last fill all slots: there is no window to rotate
@pytest.mark.parametrize("pad", [0.0, 1.0])
def test_windows_hold_the_sum_in_every_row(rows, pad):
    part = clear(np.eye(30)[7], Session.clear("ml", 12), (0, 1))
    strip = part.strips.flat[0]
    tail = np.r_[np.zeros(30), np.full(strip.session.slots - 30, pad)]
    strip = strip._like(values=(strip.values[0].add_vector(lookups.Vector(tail)).mul_const(0.1),), pad=0.1 * pad, gain=strip.gain * 10,
                        range=(0.0, 0.1))
    found = lookups._number(part, lookups._summed(strip, rows))
    assert np.allclose(opened(found), 1.0, atol=1e-6) and np.shape(opened(found)) == (() if rows == 4096 else (rows,))

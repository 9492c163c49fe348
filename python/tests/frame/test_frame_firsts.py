"""First rows as encrypted masks: sums, means and counts of frames without repetitions, against pandas."""

import numpy as np
import pytest

from jupyterfhe import Refused
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.core import Parameters
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries, firsts
from jupyterfhe.plan import Session

pd = pytest.importorskip("pandas")
datasets = pytest.importorskip("statsmodels.datasets")
ROWS = 90


@pytest.fixture(scope="module")
def data():
    """Rows of the survey: five labels of which some are missing, two truth values."""
    fair = datasets.fair.load_pandas().data[::60][:ROWS].reset_index(drop=True)
    rate = (fair.rate_marriage - 1).where(np.arange(ROWS) % 9 != 4)
    return pd.DataFrame({"rate": rate, "kids": fair.children > 0, "age": fair.age})


def sealed(data, session):
    there = data.rate.notna().to_numpy()
    codes = clear(data.rate.fillna(2.0).to_numpy(), session, (0, 4))
    rate = EncryptedCategorical(codes, 5, valid=clear(there.astype(float), session, (0, 1)))
    return EncryptedFrame({"rate": EncryptedSeries(codes, kind="category", codes=rate, valid=rate.valid),
                           "kids": EncryptedSeries(clear(data.kids.to_numpy(float), session, (0, 1)), kind="bool"),
                           "age": EncryptedSeries(clear(data.age.to_numpy() - 30, session, (-15, 15)), offset=30.0)})


@pytest.fixture(scope="module")
def df(data):
    return sealed(data, Session.clear(Parameters.custom(20), 9))


@pytest.mark.parametrize("keep", ["first", "last", False])
@pytest.mark.parametrize("columns", ["rate", "kids", ["rate", "kids"]])
def test_rows_without_repetitions_are_summed(df, data, columns, keep):
    ours, theirs = (d.drop_duplicates(columns, keep=keep) for d in (df, data))
    count, total = ours.sums().raw_count(), ours.age.sum()
    assert abs(opened(count) - len(theirs)) <= count.error_bound() < 0.4
    assert abs(opened(total) - theirs.age.sum()) <= total.error_bound() + 1e-9


def test_filters_come_first(df, data):
    ours, theirs = (d[d.kids].drop_duplicates("rate") for d in (df, data))
    count = ours.sums().raw_count()
    assert abs(opened(count) - len(theirs)) <= count.error_bound() < 0.4
    assert "counted" in str(ours.age.sum().explain())


def test_no_row_that_counts(df):
    none = df[df.rate.isin([0]) & df.rate.isin([1])].drop_duplicates("rate").sums().raw_count()
    assert abs(opened(none)) <= none.error_bound() < 0.4


@pytest.mark.parametrize("level,slots,words", [(6, 9, "levels beyond the masks"), (20, 7, "in 128 slots")])
def test_where_levels_or_slots_lack_it_is_refused(data, level, slots, words):
    frame = sealed(data, Session.clear(Parameters.custom(level), slots)).drop_duplicates("rate")
    with pytest.raises(Refused, match=words):
        frame.age.sum()


@pytest.mark.parametrize("rows", [1, 2, 3, 33])
def test_few_rows(data, rows):
    part = data[:rows]
    ours, theirs = (d.drop_duplicates("kids") for d in (sealed(part, Session.clear(Parameters.custom(20), 9)), part))
    count = ours.sums().raw_count()
    assert abs(opened(count) - len(theirs)) <= count.error_bound() < 0.4


@pytest.mark.parametrize("zero,far,slip", [(-0.98, (-0.9, 0.99), 1e-3), (0.9, (-0.05, 0.05), 1e-3)])
def test_steps_are_one_at_a_point_and_small_on_an_interval(zero, far, slip):
    c, near, off = firsts._step(15, zero, far, slip)
    value = np.polynomial.chebyshev.Chebyshev(c)
    assert np.abs(value(np.linspace(zero - slip, zero + slip, 99)) - 1).max() <= near < 0.2
    assert np.abs(value(np.linspace(*far, 9999))).max() <= off < 0.1

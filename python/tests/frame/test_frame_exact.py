"""Columns of exact integers: what frames give of them equals pandas' answer, no bound needed."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import Refused, client, frame, stats
from jupyterfhe.client import tables

pd = pytest.importorskip("pandas")
ROWS = 90


@pytest.fixture(scope="module")
def both(owner, tmp_path_factory):
    """Counts of a health survey (RAND), a category and a float column, in pandas and encrypted."""
    found = pytest.importorskip("statsmodels.datasets").randhie.load_pandas().data[:ROWS]
    row = np.arange(ROWS)
    data = pd.DataFrame({"visits": found.mdvis.astype(int), "plan": (found.mdvis > 2).astype(int), "ward": np.array(list("abc"))[row % 3],
                         "left": pd.array([None if i % 7 == 2 else int(i % 50) - 9 for i in row], dtype="Int64"),
                         "coins": found.lncoins.astype(float)})
    home = tmp_path_factory.mktemp("exact")
    data.to_csv(home / "t.csv", index=False)
    declared = {n: {"exact": "yes"} for n in ("visits", "plan", "left")} | {"ward": {"exact": "yes", "type": "category",
                                                                                     "labels": "public"}}
    with tables.open_source(home / "t.csv") as source:
        tables.draft(source, overrides=declared).encrypt(home / "t", owner.secret)
    return jf.open_frame(home / "t", keys=owner.folder), data


@pytest.mark.parametrize("ours,theirs", [
    ("df.visits.sum()", ""), ("df.left.sum()", ""), ("df.left.count()", ""), ("df.visits * df.plan + 1", ""), ("df.left.fillna(3)", ""),
    ("df.ward.value_counts()", "df.ward.value_counts(sort=False)"), ("df.groupby('ward')[['visits', 'left']].sum()", ""),
    ("pd.crosstab(df.ward, df.plan)", ""), ("df[(df.ward == 'a') & (df.plan == 1)][['visits', 'ward']]", "")])
def test_equal_to_pandas(owner, both, ours, theirs):
    df, data = both
    got = eval(ours, {"df": df, "pd": frame})
    if not hasattr(got, "result"):
        got = frame.Result("record", [frame.Output("value", got)])
    opened = client.decrypt_frame(got, owner.secret)
    want = eval(theirs or ours, {"df": data, "pd": pd})
    assert all(np.all(b == 0) for b in opened.error_bound.values())
    if np.ndim(want) == 0:
        assert opened.columns["value"] == want
        return
    made, want = (x.to_frame() if isinstance(x, pd.Series) else x for x in (opened.to_pandas(), want))
    assert list(map(str, made.index)) == list(map(str, want.index)) and made.astype(str).to_numpy().tolist() == want.astype(str).to_numpy().tolist()


def test_quotients_of_integers_are_off_by_rounding_alone(owner, both):
    df, data = both
    got = client.decrypt_frame(frame.Result("record", [frame.Output("mean", df.left.mean()), frame.Output("var", df.left.var()),
                                                       frame.Output("by", df[df.ward == "a"].visits.mean())]), owner.secret)
    for name, want in (("mean", data.left.mean()), ("var", data.left.var()), ("by", data[data.ward == "a"].visits.mean())):
        assert abs(got[name] - want) <= 1e-12 * abs(want) and got.error_bound[name] <= 1e-12 * abs(want)


def test_exact_masks_do_not_meet_approximate_numbers(both):
    df, _ = both
    with pytest.raises(Refused, match="exact"):
        df.groupby("ward")["coins"].sum()
    with pytest.raises(Refused, match="exact"):
        df.coins + df.visits


def test_exact_totals_meet_approximate_ones(owner, both):
    df, data = both
    got = df.visits.sum() / 9 + df.coins.sum()
    opened = client.decrypt_frame(frame.Result("record", [frame.Output("value", got)]), owner.secret)
    assert abs(opened.columns["value"] - data.visits.sum() / 9 - data.coins.sum()) <= opened.error_bound["value"] < 1e-2


def test_chi_square_of_exact_counts(owner, both):
    df, data = both
    theirs = pytest.importorskip("scipy.stats")
    got = client.decrypt_frame(stats.chi2_contingency(df.ward, df.plan), owner.secret)
    counts = pd.crosstab(data.ward, data.plan)
    want = theirs.chi2_contingency(counts)
    assert counts.shape == (3, 2) and abs(got.statistic - want.statistic) <= got.error_bound["statistic"] + 1e-12 < 1e-9

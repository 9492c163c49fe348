"""Frames and statistics on money: credit cards (Greene's accounts) and the economy of the United States by quarters."""

import datetime

import numpy as np
import pytest

from jupyterfhe import client, stats

pd = pytest.importorskip("pandas")
datasets = pytest.importorskip("statsmodels.datasets")
theirs = pytest.importorskip("scipy.stats")


@pytest.fixture(scope="module")
def cards(encrypted):
    found = datasets.ccard.load_pandas().data
    data = pd.DataFrame({"spent": found.AVGEXP, "income": found.INCOME, "age": found.AGE.astype(int), "owns": found.OWNRENT == 1})
    data["band"] = pd.cut(data.income, [0, 2.5, 4, 99], labels=["low", "middle", "high"]).astype(str)
    data.loc[np.arange(len(data)) % 10 == 7, "spent"] = np.nan
    return data, encrypted("cards", data, log_slots=8, band={"type": "category", "categories": ["low", "middle", "high"]})


@pytest.fixture(scope="module")
def economy(encrypted):
    found = datasets.macrodata.load_pandas().data
    data = found[["realgdp", "cpi", "unemp", "infl"]].iloc[:120].reset_index(drop=True)
    days = [datetime.date(int(y), 3 * int(q) - 2, 1) for y, q in zip(found.year[:120], found.quarter[:120], strict=True)]
    return data, encrypted("economy", data, log_slots=8), days


def held(owner, mine, want, rel):
    """Decrypted as a frame: each number within its bound of pandas', and the bound tight enough to say something."""
    got = client.decrypt_frame([mine], owner.secret)[0]
    want = want.to_frame() if isinstance(want, pd.Series) else want
    for name, column in want.items():
        truth = column.to_numpy(dtype=float)
        values, bound, likely = (np.asarray(of[name], dtype=float) for of in (got.columns, got.error_bound, got.error_probable))
        assert np.array_equal(np.isnan(values), np.isnan(truth)), name
        there = ~np.isnan(truth)
        assert np.all(np.abs(values - truth)[there] <= bound[there] + 1e-10 * np.abs(truth)[there]), (name, values, truth, bound)
        assert np.all(bound[there] <= rel * (1 + np.abs(truth[there]))), (name, bound, truth)
        assert np.all(np.abs(values - truth)[there] <= likely[there] + 1e-10 * np.abs(truth)[there]) and np.all(likely <= bound), (name, likely)
    return got


def test_spending_by_band_of_income(owner, cards):
    data, df = cards
    chosen = {"n": ("spent", "count"), "total": ("spent", "sum"), "mean": ("spent", "mean"), "years": ("age", "sum")}
    want = data.groupby(pd.Categorical(data.band, ["low", "middle", "high"]), observed=False).agg(**chosen)
    got = held(owner, df.groupby("band").agg(**chosen), want, 1e-2)
    assert list(got.columns["n"]) == list(want.n) and list(got.columns["years"]) == list(want.years)


def test_owners_against_tenants(owner, cards):
    data, df = cards
    mine = stats.ttest_ind(df[df.owns]["spent"], df[~df.owns]["spent"], equal_var=False)
    want = theirs.ttest_ind(data.spent[data.owns], data.spent[~data.owns], equal_var=False, nan_policy="omit")
    got = client.decrypt_frame([mine], owner.secret)[0]
    for name in ("statistic", "pvalue"):
        assert abs(got[name] - getattr(want, name)) <= got.error_bound[name] <= 1e-2


def test_spending_explained_by_income_and_age(owner, cards):
    sm = pytest.importorskip("statsmodels.api")
    data, df = cards
    kept = data.dropna()
    want = sm.OLS(kept.spent, sm.add_constant(kept[["income", "age"]].astype(float))).fit()
    got = client.decrypt_frame([stats.ols(df.spent, df[["income", "age"]])], owner.secret)[0]
    for name in ("params", "bse", "tvalues", "rsquared"):
        truth, mine, bound = (np.asarray(x, dtype=float) for x in (getattr(want, name), got[name], got.error_bound[name]))
        assert np.all(np.abs(mine - truth) <= bound + 1e-9 * np.abs(truth)), (name, mine, truth, bound)
        assert np.all(bound <= 0.5 * (1 + np.abs(truth))), (name, bound)  # income and age go together


def test_growth_and_windows(owner, economy):
    data, df, _ = economy
    held(owner, df[["realgdp", "cpi"]].diff(), data[["realgdp", "cpi"]].diff(), 1e-3)
    held(owner, df[["unemp", "infl"]].rolling(4).mean(), data[["unemp", "infl"]].rolling(4).mean(), 1e-3)
    held(owner, df[["infl"]].cumsum(), data[["infl"]].cumsum(), 1e-2)


def test_years_from_quarters(owner, economy):
    data, df, days = economy
    want = data[["unemp", "infl"]].set_index(pd.DatetimeIndex(days)).resample("YS").mean()
    held(owner, df[["unemp", "infl"]].set_index(days).resample("YS").mean(), want.reset_index(drop=True), 1e-3)


def test_what_moves_together(owner, economy):
    data, df, _ = economy
    held(owner, df[["realgdp", "cpi", "unemp"]].corr(), data[["realgdp", "cpi", "unemp"]].corr().reset_index(drop=True), 1e-2)

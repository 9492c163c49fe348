"""Statistics against scipy and statsmodels: breast cancer, heart transplants, the RAND health experiment, California's schools."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client, stats

pd = pytest.importorskip("pandas")
datasets = pytest.importorskip("statsmodels.datasets")
theirs = pytest.importorskip("scipy.stats")


@pytest.fixture(scope="module")
def cancer(encrypted):
    from sklearn.datasets import load_breast_cancer
    found = load_breast_cancer(as_frame=True)
    data = found.data[["mean radius", "mean texture", "mean smoothness", "worst area"]].copy()
    data["benign"] = np.where(found.target == 1, "yes", "no")
    data["size"] = pd.cut(data["mean radius"], [0, 12, 14, 17, 99], labels=list("abcd")).astype(str)
    data.loc[np.arange(len(data)) % 9 == 4, "mean texture"] = np.nan
    return data, encrypted("cancer", data, benign={"type": "category", "categories": ["no", "yes"]})


def close(opened, want, rel=1e-4):
    """Each field within its bound of the truth, which is tight enough to say something."""
    for name, truth in want.items():
        got, bound, truth = opened[name], opened.error_bound[name], np.asarray(truth, dtype=float)
        assert np.all(np.abs(got - truth) <= bound + 1e-10 * np.abs(truth)), (name, got, truth, bound)
        assert np.all(bound <= rel * (1 + np.abs(truth))), (name, bound, truth)
        likely = opened.error_probable[name]
        assert np.all(likely <= bound) and np.all(np.abs(got - truth) <= likely + 1e-10 * np.abs(truth)), (name, got, truth, likely)


def opened(owner, *outcomes):
    found = client.decrypt_frame(list(outcomes), owner.secret)
    return found[0] if len(found) == 1 else found


def test_t_tests(owner, cancer):
    data, df = cancer
    yes, no = (data[data.benign == b] for b in ("yes", "no"))
    mine = [df[df.benign == b]["mean texture"] for b in ("yes", "no")]
    x, y = data["mean texture"], data["mean radius"]
    cases = {
        stats.ttest_ind(*mine): theirs.ttest_ind(yes["mean texture"], no["mean texture"], nan_policy="omit"),
        stats.ttest_ind(*mine, equal_var=False): theirs.ttest_ind(yes["mean texture"], no["mean texture"], equal_var=False, nan_policy="omit"),
        stats.ttest_1samp(df["mean texture"], 19.0): theirs.ttest_1samp(x, 19.0, nan_policy="omit"),
        stats.ttest_rel(df["mean texture"], df["mean radius"]): theirs.ttest_rel(x, y, nan_policy="omit")}
    for got, want in zip(opened(owner, *cases), cases.values(), strict=True):
        close(got, {"statistic": want.statistic, "pvalue": want.pvalue, "df": want.df}, 1e-2)


def test_f_oneway_and_chi_square(owner, cancer):
    data, df = cancer
    groups = [data["mean texture"][data["size"] == c].dropna() for c in "abcd"]
    counts = pd.crosstab(data["size"], data.benign)
    got = opened(owner, stats.f_oneway(df["mean texture"], df["size"]), stats.chi2_contingency(df["size"], df.benign))
    close(got[0], dict(zip(("statistic", "pvalue"), theirs.f_oneway(*groups), strict=True)), 0.2)
    want = theirs.chi2_contingency(counts)
    close(got[1], {"statistic": want.statistic, "pvalue": want.pvalue, "dof": want.dof, "expected_freq": want.expected_freq}, 1e-8)


def test_chi_square_of_two_by_two_is_corrected(owner, cancer):
    data, df = cancer
    big = data["size"].isin(["c", "d"])
    want = theirs.chi2_contingency(pd.crosstab(big, data.benign))
    got = opened(owner, stats.chi2_contingency(jf.crosstab(df["size"].isin(["c", "d"]), df.benign)))
    close(got, {"statistic": want.statistic, "pvalue": want.pvalue}, 1e-8)


def test_correlation_and_lines(owner, cancer):
    data, df = cancer
    x, y = data["mean texture"].dropna(), data["worst area"][data["mean texture"].notna()]
    got = opened(owner, stats.pearsonr(df["mean texture"], df["worst area"]), stats.linregress(df["mean texture"], df["worst area"]))
    r, line = theirs.pearsonr(x, y), theirs.linregress(x, y)
    close(got[0], {"statistic": r.statistic, "pvalue": r.pvalue}, 1e-3)
    close(got[1], {n: getattr(line, n) for n in ("slope", "intercept", "rvalue", "pvalue", "stderr", "intercept_stderr")}, 1e-2)


def test_skew_and_kurtosis_within_1e_4(owner, cancer):
    data, df = cancer
    names = ["mean radius", "mean texture", "mean smoothness", "worst area"]
    from jupyterfhe.frame import Output, Result
    mine = Result("record", [Output(f"{n} {f.__name__}", f(df[n])) for n in names for f in (stats.skew, stats.kurtosis)])
    got = opened(owner, mine)
    for n in names:
        for f in (theirs.skew, theirs.kurtosis):
            name, want = f"{n} {f.__name__}", f(data[n], nan_policy="omit")
            assert abs(got[name] - want) <= min(1e-4 * max(1, abs(want)), float(got.error_bound[name])), name


def test_zscores(owner, cancer):
    data, df = cancer
    got = opened(owner, stats.zscore(df["mean texture"]))
    want = theirs.zscore(data["mean texture"], nan_policy="omit")
    values, bound = got.columns["mean texture"], got.error_bound["mean texture"]
    assert np.array_equal(np.isnan(values), np.isnan(want))
    assert np.nanmax(np.abs(values - want)) <= np.max(bound) <= 1e-3


def test_least_squares(owner, encrypted):
    sm = pytest.importorskip("statsmodels.api")
    data = datasets.star98.load_pandas().data[["NABOVE", "LOWINC", "PERASIAN", "PERHISP", "AVYRSEXP"]].astype(float)
    data.loc[[3, 77, 200], "LOWINC"] = np.nan
    df = encrypted("star", data)
    kept = data.dropna()
    names = ["LOWINC", "PERASIAN", "PERHISP", "AVYRSEXP"]
    want = sm.OLS(kept.NABOVE, sm.add_constant(kept[names])).fit()
    got = opened(owner, stats.ols(df.NABOVE, df[names]))
    close(got, {n: getattr(want, n) for n in ("params", "bse", "tvalues", "pvalues", "rsquared", "nobs")}, 0.1)
    close(got, {n: getattr(want, n) for n in ("fvalue", "f_pvalue")}, 1.0)  # a quotient of two differences of worst cases


def test_survival(owner, encrypted):
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff
    heart = datasets.heart.load_pandas().data
    data = pd.DataFrame({"year": np.minimum(heart.survival // 200, 5).astype(int), "died": heart.censors.astype(int),
                         "old": np.where(heart.age > 48, "yes", "no")})
    df = encrypted("heart", data, year={"bounds": [0, 5]}, died={"type": "bool"})
    curve, test = opened(owner, stats.kaplan_meier(df.year, df.died), stats.logrank(df.year, df.died, df.old))
    want = SurvfuncRight(data.year, data.died)
    at = [list(curve.index).index(t) for t in want.surv_times]
    assert np.array_equal(curve.events[at], want.n_events) and np.array_equal(curve.at_risk[at], want.n_risk)
    assert np.allclose(curve.survival[at], want.surv_prob, atol=1e-12) and np.all(curve.error_bound["survival"][at] < 1e-9)
    assert np.allclose(curve.std_error[at], want.surv_prob_se, atol=1e-12)
    chi, p = survdiff(data.year, data.died, data.old)
    close(test, {"statistic": chi, "pvalue": p}, 1e-8)

"""Encrypted frames against pandas on a survey of 1974 (Fair), values missing in two numeric columns and one category."""

import datetime
import os

import numpy as np
import pytest
from frame_cases import CASES, FACTS, FAMILIES, Case

import jupyterfhe as jf
from jupyterfhe import client, frame
from jupyterfhe.array import EncryptedArray
from jupyterfhe.array.finish import Finished
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.client import frames, tables
from jupyterfhe.client.finishing import finish
from jupyterfhe.core import Parameters
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries, Output, Result
from jupyterfhe.plan import Session

pd = pytest.importorskip("pandas")
datasets = pytest.importorskip("statsmodels.datasets")

# each family's first two are run encrypted; the others too where time does not matter
FEW = [c for family in FAMILIES for c in [c for c in CASES if c.family == family][:2]]
ENCRYPTED = [c for c in (CASES if os.environ.get("JFHE_TEST_SLOW") else FEW) if not c.deep]
ROWS, SLOTS = 300, 8  # 300 rows in chunks of 256: two, the second nearly empty
DAYS = [datetime.date(1974, 1, 1) + datetime.timedelta(days=2 * i) for i in range(ROWS)]


@pytest.fixture(scope="module")
def data():
    """The survey's first rows as pandas has them."""
    fair = datasets.fair.load_pandas().data[:ROWS]
    out = pd.DataFrame({"age": fair.age, "yrs_married": fair.yrs_married, "affairs": fair.affairs.round(4)})
    out["work"] = pd.Categorical([f"o{int(c)}" for c in fair.occupation], [f"o{i}" for i in range(1, 7)])
    out["rate"] = pd.Categorical([f"r{int(c)}" for c in fair.rate_marriage], [f"r{i}" for i in range(1, 6)])
    out["kids"] = fair.children > 0
    row = np.arange(ROWS)
    out.loc[row % 7 == 3, "age"] = np.nan
    out.loc[(row % 11 == 1) | (row > 290), "affairs"] = np.nan
    out.loc[row % 13 == 2, "work"] = np.nan
    out["educ"] = fair.educ.where(row % 9 != 4)
    return out


@pytest.fixture(scope="module")
def sealed(owner, data, tmp_path_factory):
    """The same, encrypted from a file."""
    home = tmp_path_factory.mktemp("frame")
    data.astype({"educ": "Int64"}).to_csv(home / "fair.csv", index=False)
    declared = {"educ": {"type": "int", "bounds": [9, 20]}} | {n: {"type": "category", "categories": list(data[n].cat.categories)} for n in ("work", "rate")}
    with tables.open_source(home / "fair.csv") as source:
        tables.draft(source, overrides=declared).encrypt(home / "fair", owner.secret, log_slots=SLOTS)
    return EncryptedFrame(jf.open(home / "fair", keys=owner.folder))


def as_result(x):
    return Result("record", [Output("value", x)]) if isinstance(x, (Finished, EncryptedArray)) else x


@pytest.fixture(scope="module")
def answers(owner, sealed):
    """Chosen cases, computed by one plan."""
    made = [as_result(eval(c.ours, {"df": sealed, "pd": frame, "np": np, "days": DAYS})) for c in ENCRYPTED]
    return dict(zip([c.ours for c in ENCRYPTED], client.decrypt_frame(made, owner.secret), strict=True))


def in_the_clear(data, session):
    """The same frame whose values are in the clear: the same programs and bounds, no ciphertexts."""
    columns = {}
    for name, column in data.items():
        there = ~column.isna().to_numpy()
        valid = None if there.all() else clear(there.astype(float), session, (0, 1))
        if isinstance(column.dtype, pd.CategoricalDtype):
            labels = tuple(column.cat.categories)
            codes = np.where(there, column.cat.codes.to_numpy(), (len(labels) - 1) / 2)
            codes = EncryptedCategorical(clear(codes, session, (0, len(labels) - 1)), len(labels), labels, valid)
            columns[name] = EncryptedSeries(codes.array, kind="category", categories=labels, codes=codes, valid=valid)
        elif column.dtype == bool:
            columns[name] = EncryptedSeries(clear(column.to_numpy(float), session, (0, 1)), kind="bool")
        else:
            values = column.to_numpy(float)
            middle, half = (np.nanmin(values) + np.nanmax(values)) / 2, np.nanmax(values) - np.nanmin(values)
            half = half / 2 if name == "educ" else half  # of which whole numbers are codes
            rest = clear(np.where(there, values - middle, 0.0), session, (-half, half))
            columns[name] = EncryptedSeries(rest, valid=valid, offset=middle, kind="int" if name == "educ" else "float")
    return EncryptedFrame(columns)


@pytest.fixture(scope="module")
def simulated(owner, data):
    """Every case in the clear: what decryption would give but for noise, with the bounds that a plan declares."""
    df, deep = (in_the_clear(data, Session.clear(p, s)) for p, s in ((owner.params, SLOTS), (Parameters.custom(24), 11)))

    def open_part(array):
        bound = array.error_bound()
        return opened(array), bound, bound
    found = {}
    for case in CASES:
        with jf.options.set(resolution=0.5 if case.deep else None, precision=1e-5):
            names = {"df": deep if case.deep else df, "pd": frame, "np": np, "days": DAYS}
            result = frames._result(as_result(eval(case.ours, names)), None)
            found[case.ours] = frames._opened(result, iter(finish(result.roots, open_part)), lambda _: None, str)
    return found


def equal(case, opened, want):
    got, want_table = opened.to_pandas(), want
    bound = np.column_stack([np.broadcast_to(b, got.shape[:1] or (1,)) for b in opened.error_bound.values()])
    table = got.to_frame() if isinstance(got, pd.Series) else got
    wanted = want_table.to_frame() if isinstance(want_table, pd.Series) else want_table
    if not hasattr(wanted, "items"):
        wanted = pd.DataFrame({"value": [wanted]}, index=["value"])
    assert [str(x) for x in table.index] == [str(x) for x in wanted.index]
    assert table.shape == wanted.shape
    if table.shape[1] > 1:
        assert [str(c) for c in table.columns] == [str(c) for c in wanted.columns]
    for i, (mine, theirs) in enumerate(zip(table.items(), wanted.items(), strict=True)):
        a, b = mine[1].to_numpy(object), theirs[1].to_numpy(object)
        gone = pd.isna(b)
        assert np.array_equal(pd.isna(a), gone), case.name
        if any(isinstance(x, str) for x in b):
            assert list(a[~gone]) == list(b[~gone])
            continue
        a, b = a[~gone].astype(float), b[~gone].astype(float)
        off, top = np.abs(a - b), np.max(np.abs(b), initial=0.0)
        assert np.all(off <= bound[~gone, i] + 1e-12 * top), (case.name, off.max())
        assert np.max(bound[~gone, i], initial=0.0) <= case.close * (1 + top), (case.name, bound.max(), top)


@pytest.mark.parametrize("case", CASES, ids=[c.ours for c in CASES])
def test_as_pandas(case, data, simulated):
    equal(case, simulated[case.ours], eval(case.theirs or case.ours, {"df": data, "pd": pd, "np": np, "days": DAYS}))


# rows that are all equal, none that is left, one, and a missing one among few
FEW_ROWS = ["df[df.educ == 14]", "df[df.educ > 20]", "df.head(1)", "df.head(5)"]
EDGES = {"educ.rank()": "", "educ.rank('dense', ascending=False)": "educ.rank(method='dense', ascending=False)", "educ.nlargest(3)": "educ.nlargest(3).sort_index()",
         "educ.nsmallest(2, keep='all')": "educ.nsmallest(2, keep='all').sort_index()", "educ.sort_values()": "educ.sort_values().reset_index(drop=True)",
         "educ.sort_values(False, 'first')": "educ.sort_values(ascending=False, na_position='first').reset_index(drop=True)", "educ.describe()": "", "educ.median()": "",
         "educ.between(14, 14)": "", "educ.drop_duplicates(keep=False)": "", "drop_duplicates(['educ', 'kids'], keep='last')[['educ', 'kids']]": "",
         "groupby('kids')['educ'].max()": "groupby('kids')['educ'].max().reindex([False, True])"}


@pytest.mark.parametrize("rows", FEW_ROWS)
def test_edges_as_pandas(rows, data, owner):
    df = in_the_clear(data, Session.clear(owner.params, SLOTS))
    for ours, theirs in EDGES.items():
        result = frames._result(as_result(eval(f"{rows}.{ours}", {"df": df})), None)
        got = frames._opened(result, iter(finish(result.roots, lambda a: (opened(a), a.error_bound(), a.error_bound()))), lambda _: None, str)
        equal(Case(ours, "", ours), got, eval(f"{rows}.{theirs or ours}", {"df": data}))


@pytest.mark.parametrize("name", FACTS)
def test_facts_as_pandas(name, data, sealed, capsys):
    ours, theirs, _ = FACTS[name]
    kinds = {"float64": "float", "Int64": "int"}
    assert eval(ours, {"df": sealed}) == eval(theirs, {"df": data.astype({"educ": "Int64"}), "kinds": kinds})
    printed = capsys.readouterr().out
    assert (f"{ROWS} rows" in printed and all(n in printed for n in data)) == (name == "df.info")
    assert all(size > 0 for size in sealed.memory_usage().values())


@pytest.mark.parametrize("case", ENCRYPTED, ids=[c.ours for c in ENCRYPTED])
def test_encrypted_as_pandas(case, data, answers):
    equal(case, answers[case.ours], eval(case.theirs or case.ours, {"df": data, "pd": pd, "np": np, "days": DAYS}))


def test_the_document_says_what_is_tested():
    import sys
    from pathlib import Path

    import frame_cases

    from jupyterfhe import stats
    root = Path(__file__).resolve().parents[3]
    sys.path.insert(0, str(root / "tools"))
    import frame_docs
    assert (root / "docs/pandas.md").read_text() == frame_docs.document(), "run .venv/bin/python tools/frame_docs.py"
    assert set(frame_cases.STATS) == set(stats.__all__) - {"Outcome"}
    tests = (Path(__file__).parent / "test_stats_scipy.py").read_text()
    assert all(f"stats.{name}" in tests for name in frame_cases.STATS)

"""What frames refuse, what they keep secret, edges of data, and results that are saved and opened."""

import datetime
import json
import operator

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import Refused, client, stats
from jupyterfhe.array.recipe import laid_out
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.client import tables
from jupyterfhe.core import Parameters
from jupyterfhe.core.errors import ArgumentError, ChecksumError, FormatError, StorageError
from jupyterfhe.frame import EncryptedFrame, EncryptedSeries
from jupyterfhe.frame.masks import indicator
from jupyterfhe.plan import Session
from jupyterfhe.plan.leaf import Filed

ROWS = 40


@pytest.fixture(scope="module")
def folder(owner, tmp_path_factory):
    """Rows whose answers are known by looking: a group without rows, one of one row, a column that is all equal."""
    home = tmp_path_factory.mktemp("rules")
    rows = [{"x": i / 4, "same": 7.5, "k": "one" if i == 3 else "many", "b": i % 2, "day": f"2024-01-{1 + i % 28:02}",
             "n": None if i % 5 == 0 else i % 6} for i in range(ROWS)]
    (home / "t.json").write_text(json.dumps(rows))
    declared = {"k": {"type": "category", "categories": ["many", "one", "none"], "labels": "private"}, "b": {"type": "bool"},
                "n": {"type": "int", "bounds": [0, 5]}}
    with tables.open_source(home / "t.json") as source:
        tables.draft(source, overrides=declared).encrypt(home / "t", owner.secret, log_slots=4)
    with tables.open_source(home / "t.json") as source:
        tables.draft(source, overrides={"k": {"type": "category", "categories": ["many", "one", "none"]}},
                     only=["x", "k"]).encrypt(home / "open", owner.secret, log_slots=4)
    few = [{"k": "one", "pay": 7.5, "since": "2020-02-29"}, {"k": "many", "pay": None, "since": "2021-01-01"}]
    (home / "few.json").write_text(json.dumps(few))
    with tables.open_source(home / "few.json") as source:
        tables.draft(source, overrides={"k": {"type": "category", "categories": ["one", "many"]},
                                        "pay": {"bounds": [0, 10]}}).encrypt(home / "few", owner.secret, log_slots=4)
    return home


@pytest.fixture(scope="module")
def df(owner, folder):
    return jf.open_frame(folder / "t", keys=owner.folder)


def shown(owner, x, **options):
    return client.decrypt_frame(x, owner.secret, **options)


X = np.arange(ROWS) / 4


@pytest.mark.parametrize("keep", [lambda age: age >= 40, lambda age: age < 40, lambda age: age > 40, lambda age: age <= 40])
def test_filters_by_many_declared_values_count_rows(keep):
    """By one polynomial of 63 values rows were counted to within 90."""
    row, session = np.arange(2000), Session.clear("ml")
    ages, groups = row * 11 % 63 + 18.0, row * 7 % 10.0
    age = EncryptedSeries(clear(ages - 49, session, (-31, 31)), kind="int", offset=49)
    frame = EncryptedFrame({"age": age, "g": EncryptedSeries(clear(groups - 4.5, session, (-4.5, 4.5)), kind="int", offset=4.5)})
    (counts,), _, _ = laid_out(frame[keep(frame.age)].groupby("g").size().result().roots)
    bound = np.max(counts.error_bound())
    assert bound < 0.07  # 16,384 slots are summed whatever the rows
    assert np.all(np.abs(opened(counts) - np.bincount(groups[keep(ages)].astype(int), minlength=10)) <= bound)


@pytest.mark.parametrize("name,edge", [("ge", 50), ("lt", 50), ("gt", 49), ("le", 18), ("ge", 81)])
def test_missing_values_are_below_and_above_nothing(name, edge):
    """Where nothing is there slots hold 0, which stands for 49.5: right on the edge of the sign that tells 49 from 50."""
    row, session = np.arange(500), Session.clear("ml")
    ages, there = row * 11 % 64 + 18.0, (row % 7 > 0).astype(float)
    rest, valid = clear((ages - 49.5) * there, session, (-31.5, 31.5)), clear(there, session, (0, 1))
    got = getattr(operator, name)(EncryptedSeries(rest, valid=valid, kind="int", offset=49.5), edge)
    truth = got.rest
    want = getattr(operator, name)(ages, edge) * there
    off = np.abs(np.asarray(opened(truth), dtype=float) - want)
    assert np.all(off <= truth.error_bound()) and np.max(truth.error_bound()) < 1e-2


def test_groups_of_one_and_of_none(owner, df):
    got = shown(owner, df.groupby("k").agg(n=("x", "count"), total=("x", "sum"), mean=("x", "mean"), spread=("x", "std")))
    many = np.delete(X, 3)
    assert list(got.n) == [ROWS - 1, 1, 0]
    assert np.allclose(got.total, [many.sum(), 0.75, 0], atol=got.error_bound["total"].max())
    assert np.allclose(got["mean"][:2], [many.mean(), 0.75], atol=1e-3) and np.isnan(got["mean"][2])
    assert abs(got.spread[0] - many.std(ddof=1)) < 1e-3 and np.all(np.isnan(got.spread[1:]))


def test_all_equal_columns(owner, df):
    got = shown(owner, df[["same"]].describe())
    assert got.same[0] == ROWS and abs(got.same[1] - 7.5) <= got.error_bound["same"][1] < 1e-4 and got.same[2] < 1e-2


def test_small_groups_are_kept_out_of_what_is_shown(owner, df):
    got = shown(owner, [df.groupby("k", min_count=5)["x"].mean(), df.groupby("k", min_count=5).size(),
                        jf.crosstab(df.k, df.b, min_count=5)])
    assert [list(g.index) for g in got] == [[0]] * 3  # the other groups are not there: one of one row, one of none
    assert abs(got[0].columns["x"][0] - np.delete(X, 3).mean()) < 1e-3 and list(got[1].columns["size"]) == [ROWS - 1]
    assert got[2].columns["True"][0] == 19
    grouped = df.groupby("b", min_count=20)
    wide = df.pivot_table("x", "b", "k", min_count=19)
    both, table = shown(owner, [grouped["x"].mean() * 2 - grouped["x"].sum(), wide])
    assert list(both.index) == [0, 1] and list(table.index) == [0, 1] and np.isnan(table.columns["1"]).all()
    with pytest.raises(Refused, match="margins"):
        jf.crosstab(df.k, df.b, margins=True, min_count=5)


def test_integers_of_a_small_range_are_counted(owner, df):
    got = shown(owner, df.n.value_counts())
    n = np.arange(ROWS) % 6
    assert list(got.columns["count"]) == [int(((n == v) & (np.arange(ROWS) % 5 != 0)).sum()) for v in range(6)]


def test_private_labels_stay_with_the_owner(owner, df):
    assert "many" not in repr(df) and "many" not in json.dumps(df.groupby("k").size().index.to_json())
    size = df.groupby("k").size()
    assert shown(owner, size).index == [0, 1, 2]
    labels = {"k": ["many", "one", "none"]}.get
    assert shown(owner, size, labels=labels).index == ["many", "one", "none"]
    assert shown(owner, df[["k"]][2:5], labels=labels).columns["k"].tolist() == ["many", "one", "many"]


def test_dates_and_times_between_them(owner, df):
    got = shown(owner, [df.day.head(3), (df.day + 2).head(3), (df.day - df.day.shift(1)).head(3)])
    assert [str(d) for d in got[0].columns["day"]] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert str(got[1].columns["day"][0]) == "2024-01-03"
    assert np.isnan(got[2].columns["day"][0]) and abs(got[2].columns["day"][1] - 1) < 1e-4


def test_resample_on_a_public_grid(owner, df):
    import datetime
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=2 * i) for i in range(ROWS)]
    got = shown(owner, df[["x"]].set_index(days).resample("MS").sum())
    months = [d.month for d in days]
    want = [X[np.array(months) == m].sum() for m in (1, 2, 3)]
    assert [d.month for d in got.index] == [1, 2, 3]
    assert np.allclose(got.x, want, atol=got.error_bound["x"].max() + 1e-9)


def test_results_are_saved_and_opened_elsewhere(owner, df, tmp_path):
    made = {"frame": df.groupby("b")[["x", "n"]].mean(), "rows": df[df.b == 1][["x", "n", "day"]],
            "test": stats.ttest_ind(df[df.b == 1].x, df[df.b == 0].x), "one": df.x.mean()}
    for name, x in made.items():
        jf.save(x, tmp_path / name)
        again, before = shown(owner, tmp_path / name), None if name == "one" else shown(owner, x)
        if before is None:
            assert abs(again.columns["value"] - X.mean()) < 1e-5
            continue
        for column, values in before.columns.items():
            other = again.columns[column]
            assert [str(v) for v in other] == [str(v) for v in values] if values.dtype == object else \
                np.allclose(other, values, atol=1e-3, equal_nan=True)
    assert again.shape == "record" and len(shown(owner, tmp_path / "rows").index) == ROWS // 2
    again = jf.open(tmp_path / "frame", keys=owner.folder)
    jf.save(again, tmp_path / "copy")
    with pytest.raises(StorageError):
        jf.save(made["one"], tmp_path / "one")
    with pytest.raises(StorageError, match="not replaced"):
        jf.save(df.x.values, tmp_path / "array")
        jf.save(made["one"], tmp_path / "array", replace=True)


@pytest.fixture(scope="module")
def saved(owner, df, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "r"
    jf.save(df.groupby("b")[["x"]].mean(), path)
    return path


@pytest.mark.parametrize("change", [
    lambda m: m.update(version=2), lambda m: m.update(nodes=[]), lambda m: m.update(nodes=[["part", 0, 10**6, [2]]]),
    lambda m: m["nodes"].append(["exec", [0]]), lambda m: m.update(shape="cube"), lambda m: m["outputs"][0].update(node=10**6),
    lambda m: m["outputs"][0].update(kind="text"), lambda m: m.update(index={"labels": ["a"], "names": [None], "secret": [None]}),
    lambda m: m.update(index={"range": [0, 2, 0], "names": [None], "secret": [None]}), lambda m: m.update(arrays=[]),
    lambda m: m["nodes"].append(["reshape", [0], [10**9, 10**9]]), lambda m: m["nodes"].append(["number", [3], [1, 2]]),
    lambda m: m["nodes"].append(["add", [0, 10**5]]), lambda m: m["arrays"][0].update(shape=[-1]), lambda m: m.update(title=7)])
def test_a_strangers_result_is_refused(owner, saved, tmp_path, change):
    import shutil
    shutil.copytree(saved, tmp_path / "r")
    manifest = json.loads((tmp_path / "r/manifest.json").read_text())
    change(manifest)
    (tmp_path / "r/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FormatError):
        shown(owner, tmp_path / "r")


def test_a_changed_ciphertext_is_refused(owner, saved, tmp_path):
    import shutil
    shutil.copytree(saved, tmp_path / "r")
    path = tmp_path / "r/0.jfhe"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises((ChecksumError, FormatError)):
        shown(owner, tmp_path / "r")


@pytest.mark.parametrize("write", [
    "len(df[df.b == 1])", "bool(df)", "float(df.x)", "df.x > 3", "df.x.median()", "df.sort_values('x')", "df.x == 3", "df.groupby('x')",
    "df.k + 1", "df.day * 2", "df.day + df.day", "df.k.sum()", "df[df.b == 1].x.shift(1)", "df.set_index('k')",
    "df.resample('MS')", "df.merge(df, on='k')", "df.x.mean().compute", "df[df.b == 1].x + df.x", "df.n.values", "df.groupby('k')['x'].agg('median')",
    "df.k > 1", "df.k < df.x", "df.k.median()", "df.x.between(1, 2)", "df.x.max()", "df[df.b == 1].x.rank()", "df.sort_values('n', ignore_index=False)", "df.groupby('b')['x'].max()",
    "df.x.nunique()", "jf.cut(df.k, [0, 1])", "df.x & df.b", "np.hypot(df.x, df.same)", "df.x[df.b == 1]", "df.merge(df.groupby('k').mean(), on='k')", "df.groupby(df.x)"])
def test_refusals_say_why(df, write):
    with pytest.raises((Refused, AttributeError, TypeError), match=r".{20}"):
        eval(write, {"df": df, "np": np, "jf": jf})


@pytest.mark.parametrize("wide", [1, 5])
def test_dates_are_filtered(wide):
    """Two of them differ by 1, so no resolution is asked for: of few days by a polynomial, of many by a sign."""
    days = (np.arange(ROWS) * wide % (28 * wide)) - 13.5 * wide
    rest = clear(days, Session.clear(Parameters.custom(16), 6), (-13.5 * wide, 13.5 * wide))
    s = EncryptedSeries(rest, kind="date", epoch="2024-01-01", offset=13.5 * wide, name="day")
    day = [datetime.date(2024, 1, 1) + datetime.timedelta(days=int(d + 13.5 * wide)) for d in days]
    for other in ("2024-01-20", datetime.date(2024, 1, 5), datetime.datetime(2024, 1, 5, 12)):
        edge = np.datetime64(other)
        for f in (operator.gt, operator.le, operator.lt, operator.ge):
            assert np.array_equal(opened(f(s, other).rest) > 0.5, f(np.array(day, dtype="datetime64[us]"), edge)), (other, f)
            assert f(s, other).rest.error_bound().max() < 0.1


def test_masks_of_labels_that_were_not_declared():
    """Codes of 9 to 20 among 21 labels: the others cost no degree, and no bound; what is missing is filled with 0."""
    codes, there = np.array([9, 20, 14, 14.5, 12, 13]), np.array([1, 1, 1, 0, 1, 1.0])
    session = Session.clear(Parameters.custom(6), 4)
    x, valid = clear(codes, session, (9, 20)), clear(there, session, (0, 1))
    for chosen in (range(14, 21), range(9), range(21), [0, 13], range(9, 21)):
        got = indicator(x, 21, chosen, valid)
        want = np.isin(codes, list(chosen)) * there
        assert np.max(got.error_bound()) < 1e-3
        assert np.abs(opened(got) - want).max() < 1e-3, chosen


def test_order_of_groups_without_rows(owner, df):
    got = shown(owner, [df[df.k == 2][["n"]].median(), df.groupby("b")["n"].max(), df[df.n > 9][["n"]].min(), df[df.b == 1][["n"]].nunique()])
    n = np.where(np.arange(ROWS) % 5 == 0, np.nan, np.arange(ROWS) % 6)
    value = [next(iter(g.columns.values())) for g in got]
    assert np.isnan(value[0][0]) and np.isnan(value[2][0])
    assert list(got[1].columns["n"]) == [np.nanmax(n[::2]), np.nanmax(n[1::2])]
    assert value[3][0] == len(set(n[1::2][~np.isnan(n[1::2])]))


def test_rows_that_repeat(owner, df, tmp_path):
    """Private labels, one of which nobody has; missing numbers; filters that leave none; one row; saved and opened elsewhere."""
    jf.save(df[["x", "k", "n"]].drop_duplicates(["k", "n"]), tmp_path / "r")
    got = shown(owner, [df[df.k == 2].drop_duplicates("n"), df[df.k == 2].n.unique(), df.head(1).drop_duplicates("b"), df[df.b == 1].n.unique(),
                        df.head(1).sort_values("n"), df[["n", "day"]].drop_duplicates("n").head(8)])
    number = [None if i % 5 == 0 else i % 6 for i in range(ROWS)]
    firsts = [i for i in range(ROWS) if (i == 3, number[i]) not in [(j == 3, number[j]) for j in range(i)]]
    saved = shown(owner, tmp_path / "r", labels={"k": ["many", "one", "none"]}.get)
    assert list(saved.index) == firsts and saved.columns["k"].tolist() == ["one" if i == 3 else "many" for i in firsts]
    assert [len(g.index) for g in got[:3]] == [0, 0, 1]
    assert [None if np.isnan(v) else v for v in got[3].columns["n"]] == [*sorted({number[i] for i in range(1, ROWS, 2)} - {None}), None]
    assert np.isnan(got[4].columns["n"][0]) and got[4].columns["x"][0] == pytest.approx(0.0, abs=1e-4)
    assert list(got[5].index) == [i for i in range(8) if number[i] not in number[:i]] and str(got[5].columns["day"][1]) == "2024-01-02"


def test_two_tables_meet_by_encrypted_keys(owner, folder, df):
    """Labels in another order, of which the right side lacks one; dates, and a number that is missing there."""
    left, few = (jf.open_frame(folder / n, keys=owner.folder) for n in ("open", "few"))
    both = left.merge(few, on="k")
    assert "twice" in str(both.pay.sum().explain())
    got, total, inner = shown(owner, [both.head(5), both[["pay"]].mean(), left.merge(few[["k"]], on="k", how="inner").head(3)])
    assert [v if v == v else None for v in np.round(got.columns["pay"].astype(float), 3)] == [None, None, None, 7.5, None]
    assert [str(d) for d in got.columns["since"][2:5]] == ["2021-01-01", "2020-02-29", "2021-01-01"]
    assert list(total.index) == ["pay"] and abs(total[""][0] - 7.5) <= total.error_bound[""][0] < 0.1 and list(inner.index) == [0, 1, 2]
    for bad, words in ((lambda: df.merge(few, on="k"), "kept"), (lambda: left.merge(left[["k", "x"]], on="k"), "both sides"),
                       (lambda: few.merge(left.assign(c=left.k)[["k", "c"]], on="k"), "get_dummies"), (lambda: df.merge(few.assign(n=few.pay), on="n"), "not declared")):
        with pytest.raises((Refused, ArgumentError), match=words):
            bad()


@pytest.mark.parametrize("write,words", [
    ("df.drop_duplicates('b').x.sum()", "in 16 slots"), ("df.drop_duplicates('b').groupby('k').size()", "in 16 slots"), ("df.n.nlargest(2).mean()", "decided at decryption"),
    ("df.sort_values('n').x.mean()", "finished at decryption"), ("df.drop_duplicates('x')", "not declared"), ("df.drop_duplicates()", "not declared"),
    ("df.drop_duplicates(['k', 'b', 'n'], keep='all')", "keep is"), ("df.x.unique()", "not declared"), ("df.sort_values('other')", "no column"),
    ("df.sort_values(['n', 'x'])", "not declared")])
def test_what_is_told_at_decryption_is_not_computed_on(df, write, words):
    with pytest.raises((Refused, ArgumentError), match=words):
        eval(write, {"df": df})


def test_repeats_among_too_many_rows_or_values_are_refused():
    session = Session.clear(Parameters.custom(6), 13)
    s = EncryptedSeries(clear(np.arange(6000) % 100 - 49.5, session, (-49.5, 49.5)), kind="int", offset=49.5, name="n")
    with pytest.raises(Refused, match=r"6,000 rows repeat others, of 100 declared"):
        s.drop_duplicates()
    with pytest.raises(Refused, match="more than 547 rows"):
        EncryptedFrame({"n": s}).sort_values("n")


@pytest.mark.parametrize("write,words", [
    ("df.day > 3", "dates"), ("df.n > '3'", "numbers"), ("df.n.between(1, 2, inclusive='most')", "inclusive"), ("df.n.quantile(1.5)", "0, 1"),
    ("jf.cut(df.n, [3, 1])", "rise"), ("jf.cut(df.n, 3)", "rise"), ("jf.cut(df.n, [0, 1, 2], labels=['a', 'a'])", "different"),
    ("df.k == 'other'", "kept by the owner"), ("open_.k == 'other'", "no label that was declared"), ("df.nothing_here['x']", "has no"),
    ("df['nothing']", "no column"), ("df.x.set_axis([1, 2])", "2 labels"), ("df.x.rolling(99)", "1 to 40"), ("df.groupby('k', min_count=-1)", "min_count"),
    ("df.groupby([1, 2])", "labels"), ("df.assign(y=[1.0, 2.0])", "broadcast"), ("df.n == 9", "declared"),
    ("df[['x']].set_index(list(range(40))).x + df.x.set_axis([0] * 40)", "twice")])
def test_mistakes_are_named(owner, folder, df, write, words):
    open_ = jf.open_frame(folder / "open", keys=owner.folder)
    with pytest.raises((ArgumentError, AttributeError, ValueError, Refused), match=words):
        eval(write, {"df": df, "open_": open_, "jf": jf})


def test_nothing_that_prints_shows_a_value(owner, df):
    texts = [repr(df), df._repr_html_(), repr(df.x), repr(df.x.mean()), repr(df.groupby("k")), repr(stats.ttest_1samp(df.x, 0.0)),
             repr(shown(owner, df[["x"]]))]
    assert all("0.75" not in t and "9.5" not in t for t in texts)
    with pytest.raises(TypeError):
        __import__("pickle").dumps(df)


def test_arrays_become_columns(owner):
    a = client.encrypt_array(np.array([[1.0, 2.0], [3.0, 5.0], [8.0, 13.0]]), owner.secret, keys=owner.folder, log_slots=4, bounds=(0, 16))
    frame = EncryptedFrame({"a": a[:, 0], "b": EncryptedSeries(a[:, 1])})
    got = shown(owner, [frame.cov(), frame.assign(c=lambda d: d.a * d.b)])
    want = np.cov([[1, 3, 8], [2, 5, 13]])
    assert np.allclose([got[0].a, got[0].b], want, atol=1e-3) and np.allclose(got[1].c, [2, 15, 104], atol=1e-3)
    assert np.allclose(client.decrypt_array(frame.to_array(), owner.secret).values, [[1, 2], [3, 5], [8, 13]], atol=1e-5)
    lazily = client.decrypt_finished(frame.a.mean() / a[0, 1] - 1, owner.secret)
    assert abs(lazily.values - 1.0) <= lazily.error_bound < 1e-5


def test_a_saved_frame_of_rows_told_at_decryption_is_opened_and_saved_again(owner, df, tmp_path):
    jf.save(df[["k", "b"]].drop_duplicates(["k", "b"]), tmp_path / "first")
    again = jf.open(tmp_path / "first", keys=owner.folder)
    jf.save(again, tmp_path / "second")
    assert list(shown(owner, tmp_path / "second").index) == [0, 1, 3]


def test_parts_that_are_opened_alone_are_written_at_the_last_level_and_columns_keep_theirs(owner, df, tmp_path):
    groups, rows = df.groupby("k").agg(mean=("x", "mean"), sd=("x", "std")), df[["x"]].assign(y=df.x * df.x)
    for name, result in (("late", groups), ("rows", rows)):
        jf.save(result, tmp_path / name)
    late, kept = ([Filed(f).info.level for f in (tmp_path / name).glob("*.jfhe")] for name in ("late", "rows"))
    assert max(late) <= 1 and sorted(set(kept)) == [5, 6]
    many = np.delete(X, 3)
    got = shown(owner, tmp_path / "late")
    assert abs(got["mean"][0] - many.mean()) <= got.error_probable["mean"][0] <= got.error_bound["mean"][0] < 1e-2
    again = jf.open(tmp_path / "rows", keys=owner.folder)
    assert np.allclose(shown(owner, again[["y"]].assign(z=again.y * again.y).head(5)).columns["z"], X[:5]**4, atol=1e-3)


def test_what_is_computed_apart_is_not_spent(owner, df):
    square = df.x.rest * df.x.rest
    apart = square.aside()
    assert square.aside().values == apart.values
    apart.compute(keep_levels=0)
    assert not square.computed and {v.stored.level for v in apart.values} <= {0, 1}
    square.compute()
    assert {v.stored.level for v in square.values} == {5} and square.aside().values == apart.values  # the smaller one serves again
    assert np.allclose(client.decrypt_array(apart, owner.secret).values, client.decrypt_array(square, owner.secret).values, atol=1e-4)

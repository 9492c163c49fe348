"""jfhe keygen, encrypt, stats, decrypt from end to end: every number within the bound that was printed with it."""

import hashlib
import json
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from cli_tool import (
    SLOW,
    assert_within,
    cancer,
    csv_text,
    exact,
    keys,
    opened,
    place,
    refused,
    run,
    seal,
    statistics,
    works,
    write_table,
)


@pytest.fixture(scope="module")
def cancer_run():
    """All 30 columns with the default preset; (got, want)."""
    names, columns, table = cancer()
    folder = place() / "cancer"
    folder.mkdir()
    return statistics(table, folder, preset="stats"), exact(names, columns)


def columns_of(n, *kinds, seed=5):
    rng = np.random.default_rng(seed)
    make = {
        "normal": lambda: rng.normal(3, 2, n), "uniform": lambda: rng.uniform(-1, 1, n), "constant": lambda: np.full(n, 7.25),
        "zero": lambda: np.zeros(n), "large": lambda: 1e9 + rng.uniform(0, 1, n), "tiny": lambda: 1e-120 * rng.normal(0, 1, n),
        "huge": lambda: 1e120 * rng.normal(0, 1, n), "counts": lambda: rng.integers(0, 9, n).astype(float),
    }
    return [make[kind]() for kind in kinds]


def check(tmp_path, names, columns, *encrypt, **kwargs):
    table = write_table(tmp_path / "table.csv", names, columns)
    got = statistics(table, tmp_path, *encrypt, **kwargs)
    used = assert_within(got, exact(names, columns))
    assert used < 1
    return got


# ---- breast cancer --------------------------------------------------------------------------------------------------
def test_cancer_within_bounds(cancer_run):
    got, want = cancer_run
    assert len(got) == 3 * 30 + 2 * (30 * 29 // 2)
    assert 1e-9 < assert_within(got, want) < 1  # a bound that nothing comes near would prove nothing


def test_cancer_bounds_are_small(cancer_run):
    """Bounds in units of what they bound: means to 9 digits of the spread, correlations to 4."""
    got, _ = cancer_run
    names, columns, _ = cancer()
    for name, column in zip(names, columns):
        spread = column.max() - column.min()
        assert got["mean", name, name][1] < 1e-9 * spread
        assert got["variance", name, name][1] < 1e-6 * spread**2
    assert all(bound < 1e-3 for (what, *_), (_, bound) in got.items() if what == "correlation")


def test_cancer_against_numpy(cancer_run):
    """What a reader would compare with; numpy's own rounding is far below the bounds."""
    got, _ = cancer_run
    names, columns, _ = cancer()
    x = np.array(columns)
    cov, corr = np.cov(x), np.corrcoef(x)
    for i, a in enumerate(names):
        assert abs(got["mean", a, a][0] - x[i].mean()) <= got["mean", a, a][1]
        assert abs(got["variance", a, a][0] - x[i].var(ddof=1)) <= got["variance", a, a][1]
        for j in range(i + 1, 30):
            b = names[j]
            assert abs(got["covariance", a, b][0] - cov[i, j]) <= got["covariance", a, b][1]
            assert abs(got["correlation", a, b][0] - corr[i, j]) <= got["correlation", a, b][1]


def test_csv_says_the_same(cancer_run):
    got, _ = cancer_run
    rows = csv_text(works("decrypt", "--keys", keys("stats"), "--in", place() / "cancer/result", "--csv"))
    assert rows[0] == {"statistic": "count", "column": "", "with": "", "value": "569", "bound": "0"}
    again = {(r["statistic"], r["column"], r["with"]): (float(r["value"]), float(r["bound"])) for r in rows[1:]}
    assert set(again) == set(got)
    for key, (value, bound) in again.items():
        assert value == got[key][0] and got[key][1] <= bound <= 1.01 * got[key][1]


def test_the_table_for_people_holds_too(cancer_run):
    """Rounded values and rounded bounds: still a value within its bound."""
    _, want = cancer_run
    text = works("decrypt", "--keys", keys("stats"), "--in", place() / "cancer/result")
    assert text.startswith("569 rows")
    for name in cancer()[0]:
        line = next(row for row in text.splitlines() if row.startswith(name[:26]))
        shown = re.findall(r"(\S+) \+- (\S+)", line)
        assert len(shown) == 3
        for what, (value, bound) in zip(["sum", "mean", "variance"], shown):
            assert abs(Fraction(value) - want[what, name, name]) <= Fraction(bound), (what, name)
    worst = Fraction(re.search(r"each, as shown, within (\S+)", text)[1])
    matrix = text.split("\neach,")[0].splitlines()[-30:]
    for i, line in enumerate(matrix):
        for j, cell in enumerate(line.split()[1:]):
            a, b = cancer()[0][min(i, j)], cancer()[0][max(i, j)]
            true = 1 if i == j else want["correlation", a, b]
            assert abs(Fraction(cell) - true) <= worst


# ---- shapes and kinds of columns ------------------------------------------------------------------------------------
def test_stats_lite(tmp_path):
    names, columns, _ = cancer()
    check(tmp_path, names[:4], columns[:4])


@pytest.mark.skipif(not SLOW, reason="JFHE_TEST_SLOW")
@pytest.mark.parametrize("preset", ["ml"])
def test_larger_presets(tmp_path, preset):
    names, columns, _ = cancer()
    check(tmp_path, names[:3], columns[:3], preset=preset)


def test_custom_parameters(tmp_path):
    folder = tmp_path / "keys"
    works("keygen", "--depth", "3", "--scale-bits", "40", "--out", folder)
    names, columns = ["a", "b"], columns_of(50, "normal", "uniform")
    table = write_table(tmp_path / "t.csv", names, columns)
    works("encrypt", "--keys", folder, "--in", table, "--out", tmp_path / "sealed")
    works("stats", "--keys", folder, "--in", tmp_path / "sealed", "--out", tmp_path / "result")
    answer = json.loads(works("decrypt", "--keys", folder, "--in", tmp_path / "result", "--json"))
    got = {(s["statistic"], s["column"], s["with"]): (s["value"], s["bound"]) for s in answer["statistics"]}
    assert_within(got, exact(names, columns))


@pytest.mark.parametrize("rows", [2, 3, 4, 5, 17, 8191, 8192, 8193, 16385])
def test_numbers_of_rows(tmp_path, rows):
    """Two rows, full and nearly full ciphertexts, one row more."""
    check(tmp_path, ["a", "b"], columns_of(rows, "normal", "uniform"))


@pytest.mark.parametrize("count", [1, 2, 11])
def test_numbers_of_columns(tmp_path, count):
    """Eleven: 66 products, more than one ciphertext gathers."""
    names = [f"col {i}" for i in range(count)]
    got = check(tmp_path, names, columns_of(40, *["normal"] * count))
    assert len(got) == 3 * count + count * (count - 1)


def test_odd_columns(tmp_path):
    """A constant has no correlation; extremes of size keep their bounds; a large mean costs a small variance its digits."""
    kinds = ["constant", "zero", "large", "tiny", "huge", "counts"]
    got = check(tmp_path, kinds, columns_of(60, *kinds))
    for other in kinds[2:]:
        assert got["correlation", "constant", other] == (None, None)
    assert got["correlation", "tiny", "huge"][1] < 1e-3
    assert 0 <= got["variance", "zero", "zero"][1] < 1e-6


def test_equal_and_opposite_columns(tmp_path):
    x = columns_of(100, "normal")[0]
    got = check(tmp_path, ["x", "again", "minus"], [x, x, -x])
    assert 1 - 1e-4 < got["correlation", "x", "again"][0] <= 1
    assert -1 <= got["correlation", "x", "minus"][0] < -1 + 1e-4


def test_names_that_need_quotes(tmp_path):
    names = ['a "quoted", name', "Länge\u00a0µm", "two\nlines", "=1+1"]
    got = check(tmp_path, names, columns_of(9, *["normal"] * 4))
    assert ("mean", names[2], names[2]) in got
    rows = csv_text(works("decrypt", "--keys", keys(), "--in", tmp_path / "result", "--csv"))
    assert {r["column"] for r in rows[1:]} == set(names)
    assert "two?lines" in works("decrypt", "--keys", keys(), "--in", tmp_path / "result")


def test_forms_of_numbers_and_lines(tmp_path):
    """A byte order mark, CRLF, quotes, blanks, signs, exponents, more digits than a double has, no newline at the end."""
    text = '\ufeff"a",b\r\n" 1.5 ",+2\r\n-.5,2e0\r\n5.,"20e-1"\r\n0.1234567890123456789012345678901234567890,1E+00'
    (tmp_path / "t.csv").write_bytes(text.encode())
    got = statistics(tmp_path / "t.csv", tmp_path)
    columns = [[1.5, -0.5, 5, 0.12345678901234568], [2, 2, 2, 1]]
    assert_within(got, exact(["a", "b"], columns))


# ---- options --------------------------------------------------------------------------------------------------------
def test_declared_bounds(tmp_path):
    columns = columns_of(30, "uniform", "counts")
    columns[0][:2] = [-1, 1]  # on the bound itself
    check(tmp_path, ["a", "b=c"], columns, "--bound", "a=-1:1", "--bound", "b=c=0:8")
    manifest = json.loads((tmp_path / "sealed/manifest.json").read_text())
    assert [(c["centre"], c["half"]) for c in manifest["columns"]] == [(0, 1), (4, 4)]


def test_found_bounds_hide_the_extremes(tmp_path):
    columns = columns_of(30, "normal")
    seal(write_table(tmp_path / "t.csv", ["a"], columns), tmp_path / "sealed")
    c = json.loads((tmp_path / "sealed/manifest.json").read_text())["columns"][0]
    low, high = c["centre"] - c["half"], c["centre"] + c["half"]
    assert low < columns[0].min() and columns[0].max() < high
    spread = columns[0].max() - columns[0].min()
    grid = 2.0 ** (math.frexp(spread)[1] - 4)
    assert low / grid == round(low / grid) and high / grid == round(high / grid)


@pytest.mark.parametrize("level", [2, 3, 6])
def test_lower_levels(tmp_path, level):
    names, columns, table = cancer()
    folder = tmp_path / str(level)
    folder.mkdir()
    got = statistics(table, folder, "--level", level, "--columns", "mean_area,mean_radius", preset="stats")
    assert_within(got, exact(("mean_area", "mean_radius"), [columns[names.index("mean_area")], columns[0]]))
    size = (folder / "sealed/c0-0.ct").stat().st_size
    assert size < (level + 2) * 16384 * 6 + 8192  # one residue of 48 bits a level, and the first


def test_columns_and_private_names(tmp_path):
    _, columns, table = cancer()
    got = statistics(table, tmp_path, "--private-names", "--columns", "worst_area,mean_area", stats=["--columns", "c1"])
    assert_within(got, exact(["c1"], [columns[3]]))
    sealed = b"".join(p.read_bytes() for p in sorted((tmp_path / "sealed").iterdir()))
    result = b"".join(p.read_bytes() for p in sorted((tmp_path / "result").iterdir()))
    assert b"area" not in sealed + result


def test_rows_are_public_and_alone(tmp_path):
    """No value of the table in any file that leaves the owner: as text, or as the bytes of a double."""
    value = 1234.5678
    table = tmp_path / "t.csv"
    table.write_text(f"a\n{value}\n17\n{value}\n")
    statistics(table, tmp_path)
    for path in [*(tmp_path / "sealed").iterdir(), *(tmp_path / "result").iterdir()]:
        data = path.read_bytes()
        assert b"1234.5678" not in data and np.float64(value).tobytes() not in data and np.float32(value).tobytes() not in data


# ---- the same bytes -------------------------------------------------------------------------------------------------
def digest(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_stats_is_deterministic(tmp_path):
    """The same bytes from every backend of this CPU and from two threads."""
    sealed = seal(write_table(tmp_path / "t.csv", ["a", "b"], columns_of(9000, "normal", "uniform")), tmp_path / "sealed")
    backends = [t["backend"] for t in json.loads(works("selftest", "--json"))["tests"]]
    assert "ref" in backends
    outcomes = {}
    for isa in backends:
        for threads in (1, 2):
            out = tmp_path / f"{isa}-{threads}"
            works("stats", "--keys", keys(), "--in", sealed, "--out", out, "--threads", threads, env={"JFHE_ISA": isa})
            outcomes[isa, threads] = digest(out)
    assert len({tuple(d.items()) for d in outcomes.values()}) == 1
    assert opened(tmp_path / "ref-1") == opened(tmp_path / "ref-2")


def test_encryption_is_not_deterministic(tmp_path):
    table = write_table(tmp_path / "t.csv", ["a"], columns_of(5, "normal"))
    a, b = seal(table, tmp_path / "a"), seal(table, tmp_path / "b")
    assert (a / "c0-0.ct").read_bytes() != (b / "c0-0.ct").read_bytes()


def test_selftest_names_what_it_tested():
    answer = json.loads(works("selftest", "--json"))
    assert answer["ok"] and {t["scheme"] for t in answer["tests"]} == {"ckks"}
    assert len({t["sha256"] for t in answer["tests"]}) == 1
    text = works("selftest")
    assert "ckks  ref" in text and text.endswith("selftest passed\n")


def test_one_row_has_no_variance(tmp_path):
    table = write_table(tmp_path / "t.csv", ["a"], [[1.0]])
    seal(table, tmp_path / "sealed")
    refused("stats", "--keys", keys(), "--in", tmp_path / "sealed", "--out", tmp_path / "r", says="1 rows", absent=tmp_path / "r")


def test_bench_json():
    done = run("bench", "--json", "--filter", "ntt_fwd", "--budget-ms", "1")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines and all({"name", "params", "median_ns"} <= set(line) for line in lines)


# ---- many rows ------------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not SLOW, reason="JFHE_TEST_SLOW")
def test_a_million_rows(tmp_path):
    """Four columns of scikit-learn's diabetes data, resampled with a small jitter; so many that gathering takes fewer at a time."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    x, rng = np.column_stack([data.data[:, [2, 3, 8]], data.target]), np.random.default_rng(1)
    rows = x[rng.integers(0, len(x), 1_000_000)]
    rows = rows + rng.uniform(-0.005, 0.005, rows.shape) * x.std(axis=0)
    check(tmp_path, ["bmi", "bp", "s5", "progression"], list(rows.T), preset="stats")


@pytest.mark.skipif(not SLOW, reason="JFHE_TEST_SLOW")
def test_too_many_rows(tmp_path):
    """More than fit under the modulus: told before the work."""
    table = tmp_path / "t.csv"
    table.write_text("a\n" + "1\n2\n" * 1_750_000)
    seal(table, tmp_path / "sealed", preset="stats")
    refused("stats", "--keys", keys("stats"), "--in", tmp_path / "sealed", "--out", tmp_path / "r", says="these parameters allow", absent=tmp_path / "r")

"""What columns are taken for, how bounds are widened, and what an owner declares."""

import math
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyterfhe.client import tables
from jupyterfhe.client.tables_cells import MISSING
from jupyterfhe.client.tables_declared import parse_override, specify
from jupyterfhe.client.tables_rows import Cells, TableError
from jupyterfhe.client.tables_schema import Spec, middle, padded
from jupyterfhe.client.tables_survey import Survey
from jupyterfhe.core import errors


def survey(values, words=True, most=100):
    out = Survey("x", MISSING, most)
    array = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    for at in range(0, len(array), 7):  # in batches
        out.see(Cells(array[at:at + 7], words))
    return out


@pytest.mark.parametrize(("texts", "kind"), [
    (["1", "2", "-3"], "int"), (["0", "1", "1"], "bool"), (["1", "0", ""], "bool"), (["1.0", "2"], "float"), (["1e3"], "float"),
    ([".5", "+1", " 2 "], "float"), (["+1", "2"], "int"), (["true", "FALSE", "Yes", "no"], "bool"),
    (["2024-01-31", "1969-12-01"], "date"), (["2024-01-31", "2024-01-31T10:00"], "datetime"),
    (["2024-01-31 10:00:00.25Z", "2024-01-31T10:00:00+02:00"], "datetime"), (["a", "b", "a"], "category"),
    (["1", "2", "x", "3", "4"], "int"), (["1.5", "2", "x", "3"], "float"),
    (["a", "b", "1"], "category"),
    (["2024-02-30", "2024-02-28", "2024-02-27"], "date"), ([str(i) + "x" for i in range(101)], None), (["", "NA", "nan"], None),
    (["inf", "1", "2"], "int"), (["0x10", "1", "2"], "int"), (["1_000", "1", "2"], "int"), (["\u0661", "2", "3"], "int"),
    (["1e999", "1", "2"], "float"), (["12345678901234567890", "1"], "int"), (["-0", "0", "1"], "bool")])
def test_kinds_are_found(texts, kind):
    assert survey(texts).kind == kind


@pytest.mark.parametrize(("array", "kind"), [
    (pa.array([1, 2, None]), "int"), (pa.array([0, 1], pa.uint8()), "bool"), (pa.array([True, False]), "bool"),
    (pa.array([1.0, 2.0]), "float"), (pa.array([1.0, math.nan]), "float"), (pa.array(["1", "2"]), "category"),
    (pa.array(["2024-01-31"]), "date"), (pa.array([19000], pa.date32()), "date"),
    (pa.array([1], pa.timestamp("ns", "UTC")), "datetime")])
def test_types_of_files_are_kept(array, kind):
    assert survey(array, words=False).kind == kind


def test_missing_values_are_counted():
    assert survey(["", "1", "NA", " null ", "2"]).missing == 3
    assert survey(pa.array([math.nan, 1.0, None]), words=False).missing == 2
    assert survey(pa.array(["", "NA", None]), words=False).missing == 1  # in typed files words are words


def read(kind, values, words=True, **attributes):
    spec = Spec("x", kind)
    for name, value in attributes.items():
        setattr(spec, name, value)
    array = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    numbers, missing, wrong = spec.read(Cells(array, words), MISSING)
    return numbers.tolist(), missing.tolist(), {int(i): why for rows, why in wrong for i in rows}


def test_cells_become_numbers():
    assert read("float", ["1.5", "+2", " 3e-1 ", "", ".5"]) == ([1.5, 2.0, 0.3, 0.0, 0.5], [False] * 3 + [True, False], {})
    assert read("int", ["1", "2.0", "-0"])[0] == [1, 2, 0]
    assert read("bool", ["true", "no", "1", "0"])[0] == [1, 0, 1, 0]
    assert read("date", ["1970-01-02", "1969-12-31"])[0] == [1, -1]
    assert read("date", ["2000-01-02"], epoch="2000-01-01")[0] == [1]
    assert read("datetime", ["1970-01-01T00:00:01.5Z", "1970-01-01T01:00:00+01:00", "1970-01-02"])[0] == [1.5, 0, 86400]
    assert read("datetime", ["2000-01-01T00:00:00.000001"], epoch="2000-01-01")[0] == [1e-6]  # no digit is lost by the shift
    assert read("category", ["b", "a"], labels=["a", "b"])[0] == [1, 0]
    assert read("float", pa.array([1, 2], pa.int64()), words=False)[0] == [1, 2]
    assert read("float", pa.array(["1", "2"]), words=False)[0] == [1, 2]  # declared, so read
    assert read("date", pa.array([86_400_000_000], pa.timestamp("us")), words=False)[0] == [1]
    assert read("category", pa.array([3, 1]), words=False, labels=["1", "3"])[0] == [1, 0]


@pytest.mark.parametrize(("kind", "text", "why"), [
    ("float", "1x", "no finite number"), ("float", "1e999", "not finite"), ("float", "inf", "no finite number"),
    ("float", "0x10", "no finite number"), ("float", "1,5", "no finite number"), ("int", "1.5", "no integer"),
    ("int", "9007199254740993", "2^53"), ("int", "12345678901234567890", "2^53"), ("bool", "2", "neither"),
    ("date", "2024-02-30", "no date"), ("date", "31.1.2024", "no date"), ("datetime", "2024-01-01T25:00", "no time"),
    ("category", "7q", "declared categories"), ("float", "1" * 400, "not finite"), ("float", "1e", "no finite number")])
def test_cells_that_do_not_fit_are_named_without_their_value(kind, text, why):
    good = {"bool": "1", "date": "2024-01-01", "datetime": "2024-01-01", "category": "a"}.get(kind, "1")
    _, _, wrong = read(kind, [good, text, good], labels=["a", "b"])
    assert list(wrong) == [1] and why in wrong[1] and text not in wrong[1]


def test_numbers_are_the_nearest_doubles(rng):
    values = rng.normal(size=2000) * 10.0 ** rng.integers(-300, 300, 2000)
    assert read("float", [repr(float(v)) for v in values])[0] == values.tolist()


def test_bounds_and_refused_missing_values_are_faults():
    _, _, wrong = read("float", ["1", "9", ""], declared=True, lo=0.0, hi=5.0, missing="refuse")
    assert wrong[1].endswith("outside its bounds") and wrong[2].endswith("is missing")


# ---- bounds ----
finite = st.floats(-1e130, 1e130)


@given(finite, finite, st.booleans())
@example(0.0, 0.0, False)
@example(5.0, 5.0, True)
@example(1e100, math.nextafter(1e100, math.inf), False)
def test_widened_bounds_hold(a, b, whole):
    low, high = min(a, b), max(a, b)
    if whole:
        low, high = math.floor(low), math.ceil(high)
    lo, hi = padded(float(low), float(high), whole)
    assert lo <= low <= high <= hi and (not whole or (lo == math.floor(lo) and hi == math.floor(hi)))
    assert not (low >= 0 > lo) and not (high <= 0 < hi)
    assert padded(low, high, whole) == (lo, hi)


@given(st.floats(1, 2), st.floats(1, 2), st.floats(0.01, 1))
def test_bounds_say_little(a, b, c):
    """Every pair of extremes within a quarter of the grid gives few different bounds: an eighth of the spread is not told."""
    low, spread = a * 100, b + 1
    lo, hi = padded(low, low + spread)
    assert low - lo >= spread / 32 and hi - (low + spread) >= spread / 32
    assert Fraction(lo) % Fraction(1, 8) == 0 and Fraction(hi) % Fraction(1, 8) == 0


@given(finite, finite, st.floats(0, 1))
@example(-1e130, 1e130, 0.5)
@example(3.0, 3.0, 0.0)
@example(0.1, 0.3, 1.0)
@example(0.0, 5e-324, 1.0)
def test_normalised_numbers_never_exceed_one(a, b, part):
    low, high = min(a, b), max(a, b)
    centre, half = middle(low, high)
    assert math.frexp(half)[0] == 0.5 and (low == high or half <= max(2 * (high - low), 2.0**-1000))
    assert Fraction(centre) - Fraction(half) <= Fraction(low) and Fraction(high) <= Fraction(centre) + Fraction(half)
    for x in (low, high, min(max(low + part * (high - low), low), high)):
        assert abs((x - centre) / half) <= 1


# ---- what owners declare ----
def test_overrides_are_read():
    assert parse_override("age:type=int,bounds=0..120") == ("age", {"type": "int", "bounds": (0.0, 120.0)})
    assert parse_override("a:b:categories=x|y z|") == ("a:b", {"categories": ["x", "y z", ""]})
    assert parse_override("t:bounds=-1e3..-.5")[1] == {"bounds": (-1000.0, -0.5)}
    assert parse_override("t:epoch=2000-01-01,missing=mask")[1] == {"epoch": "2000-01-01", "missing": "mask"}


@pytest.mark.parametrize("text", [
    "age", "age:", ":type=int", "age:type=text", "age:bounds=1", "age:bounds=2..1", "age:bounds=a..b", "age:bounds=0..inf",
    "age:bounds=0..2024-01-01", "age:colour=red", "age:type", "age:epoch=now", "age:epoch=2024-13-01", "age:categories=a|a",
    "age:missing=guess", "age:bounds=0..1e999"])
def test_wrong_overrides_are_refused(text):
    with pytest.raises(errors.ArgumentError):
        parse_override(text)


def test_declared_columns():
    spec = specify(survey(["1", "2"]), {"type": "float", "bounds": (0.0, 9.0), "unit": "kg"})
    assert (spec.kind, spec.lo, spec.hi, spec.unit) == ("float", 0, 9, "kg")
    spec = specify(survey(["2024-01-01"]), parse_override("x:bounds=2024-01-01..2024-12-31,epoch=2024-01-01")[1])
    assert (spec.lo, spec.hi, spec.epoch) == (0, 365, "2024-01-01")
    spec = specify(survey(["a", "b"]), {"categories": ["b", "a", "c"]})
    spec.settle()
    assert (spec.labels, spec.lo, spec.hi) == (["b", "a", "c"], 0, 2)
    spec = specify(survey(["a", "b", "c"]), {"labels": "private"})
    spec.settle()
    assert not spec.public_labels and spec.hi == 2
    spec = specify(survey([str(i) for i in range(3)]), {"type": "category"})
    assert spec.labels == ["0", "1", "2"]


@pytest.mark.parametrize(("texts", "chosen", "why"), [
    ([f"name {i}" for i in range(200)], {}, "more than 100 different texts"), (["", ""], {}, "no value at all"),
    ([f"name {i}" for i in range(200)], {"type": "category"}, "too many labels"), (["a"], {"bounds": (0.0, 1.0)}, "do not fit"),
    (["1"], {"epoch": "2020-01-01"}, "is for dates"), (["2024-01-01"], {"bounds": (0.0, 1.0)}, "do not fit")])
def test_what_cannot_be_encrypted_says_what_to_do(texts, chosen, why):
    with pytest.raises(errors.JupyterFHEError, match=why):
        specify(survey(texts), chosen)


def test_ranges_beyond_the_doubles_of_products_are_refused():
    spec = Spec("x", "float")
    spec.note(np.array([1e200]), np.array([False]))
    with pytest.raises(TableError, match="range"):
        spec.settle()


# ---- drafts ----
def draft(tmp_path, text, name="t.csv", **options):
    (tmp_path / name).write_text(text)
    with tables.open_source(tmp_path / name) as source:
        return tables.draft(source, **options)


def test_malformed_cells_are_listed_by_line(tmp_path):
    rows = [f"{i},{'oops' if i % 3 == 0 else i / 2},{i}" for i in range(90)]
    rows[4] = "4,5"
    with pytest.raises(TableError) as caught:
        draft(tmp_path, "a,b,c\n" + "\n".join(rows) + "\n")
    lines = caught.value.lines
    assert "31 malformed rows" in str(caught.value) and len(lines) == 21 and lines[-1] == "and 11 more"
    assert lines[0] == "line 2: column 'b' is no finite number" and lines[2] == "line 6: 2 cells, the header has 3"
    assert not any("oops" in line for line in lines)


def test_columns_are_chosen(tmp_path):
    text = "a,b,c\n1,x,\n2,y,3\n"
    names = lambda **options: [s.name for s in draft(tmp_path, text, **options).specs]  # noqa: E731
    assert names() == ["a", "b", "c"] and names(drop=["b"]) == ["a", "c"] and names(only=["c", "a"]) == ["a", "c"]
    for options in ({"drop": ["d"]}, {"only": ["d"]}, {"overrides": {"d": {}}}, {"drop": ["a", "b", "c"]}):
        with pytest.raises(errors.ArgumentError):
            names(**options)
    masked = lambda **options: [s.masked for s in draft(tmp_path, text, **options).specs]  # noqa: E731
    assert masked() == [False, False, True] and masked(missing="mask") == [True] * 3
    assert masked(overrides={"a": {"missing": "mask"}}) == [True, False, True]
    with pytest.raises(TableError) as caught:
        draft(tmp_path, text, missing="refuse")
    assert caught.value.lines == ["line 2: column 'c' is missing"]
    assert [s.found_missing for s in draft(tmp_path, text, words=("x", "")).specs] == [0, 1, 1]


def test_names_that_appear_late_in_json_were_missing_before(tmp_path):
    found = draft(tmp_path, '{"a": 1}\n{"a": 2, "b": 5}\n', "t.ndjson")
    assert [(s.name, s.found_missing) for s in found.specs] == [("a", 0), ("b", 1)]

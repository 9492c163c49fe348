"""Columns that were encrypted in both ways: what is exact stays exact, and what exact integers cannot do is done approximately."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import Refused, client
from jupyterfhe.client import tables

ROWS = 300
RNG = np.random.default_rng(3)
DATA = {"age": RNG.integers(20, 90, ROWS), "sick": RNG.integers(0, 2, ROWS), "ward": RNG.integers(0, 4, ROWS),
        "bmi": np.round(RNG.uniform(18, 40, ROWS), 2)}


@pytest.fixture(scope="module")
def table(quick, tmp_path_factory):
    home = tmp_path_factory.mktemp("twins")
    rows = zip(*DATA.values(), strict=True)
    (home / "t.csv").write_text("\n".join([",".join(DATA), *(",".join(map(str, row)) for row in rows)]) + "\n")
    overrides = {"age": {"exact": "both", "bounds": (0.0, 120.0)}, "ward": {"exact": "both", "bounds": (0.0, 3.0)}}
    with tables.open_source(home / "t.csv") as source:
        tables.draft(source, overrides=overrides | {"sick": {"exact": "both"}}).encrypt(home / "t", quick.secret)
    return jf.open(home / "t", keys=quick.folder)


def _set(x, key, value):
    x = x.copy()
    x[key] = value
    return x


EXACT = {
    "sum": lambda t: t["age"].sum(), "of some": lambda t: (t["age"] * t["sick"])[5:].sum(), "groups": lambda t: (t["ward"] == 2).sum(),
    "side by side": lambda t: t[["age", "ward"]].sum(axis=0), "set": lambda t: _set(t["age"], slice(0, 9), 7).sum(),
}
MIXED = {
    "product": lambda t: (t["age"] * 2 + 1) * t["bmi"], "masked": lambda t: (t["age"] - t["sick"]) + t["bmi"],
    "parts": lambda t: t["age"][10:20] * t["bmi"][10:20], "set": lambda t: _set(t["age"], slice(0, 9), 7) + t["bmi"],
    "beside": lambda t: t[["age", "bmi", "sick"]].sum(axis=0), "covariance": lambda t: np.cov(np.stack([t["age"], t["bmi"]])),
    "matrix": lambda t: t[["age", "ward"]].T @ t["bmi"], "fractions": lambda t: t["age"] * DATA["bmi"],
    "stacked": lambda t: np.stack([t["sick"], t["bmi"]])[0] * 0.5,
}


@pytest.mark.parametrize("name", EXACT)
def test_what_can_be_exact_is(quick, table, name):
    got = EXACT[name](table)
    assert got.exact
    np.testing.assert_array_equal(client.decrypt_array(got, quick.secret).values, EXACT[name](Plain()))


@pytest.mark.parametrize("name", MIXED)
def test_what_cannot_be_is_approximate(quick, table, name):
    got, want = MIXED[name](table), MIXED[name](Plain())
    assert not got.exact and "approximate encryption" in str(got.explain())
    opened = client.decrypt_array(got, quick.secret)
    assert np.all(np.abs(opened.values - want) <= opened.error_bound + 1e-9 * np.abs(want)) and opened.values.shape == want.shape


class Plain:
    """The same columns in the clear."""

    def __getitem__(self, names):
        return DATA[names] if isinstance(names, str) else np.stack([DATA[n] for n in names], axis=1)


def test_a_sum_too_large_to_be_exact_is_approximate(table):
    square = table["age"] * table["age"]
    large = square * square
    assert large.exact and not large.sum().exact


def test_public_numbers_count_as_they_were(quick, table):
    weights = np.ones(ROWS, dtype=int)
    made = table["age"] * weights
    weights[:] = 0
    opened = client.decrypt_array(made.approximate().sum(), quick.secret)
    assert abs(opened.values - DATA["age"].sum()) <= opened.error_bound


def test_a_long_chain_is_walked(quick, table):
    x = table["age"]
    for _ in range(3000):
        x = x + 1
    opened = client.decrypt_array(x.approximate()[0:2], quick.secret)
    assert np.all(np.abs(opened.values - DATA["age"][:2] - 3000) <= opened.error_bound)


def test_without_an_approximate_form_it_is_refused(quick):
    x = client.encrypt_array(np.arange(9), quick.secret, exact=True, keys=quick.folder)
    for refused in (lambda: np.sqrt(x), lambda: x.approximate(), lambda: (x + 1).approximate()):
        with pytest.raises(Refused, match="exact"):
            refused()

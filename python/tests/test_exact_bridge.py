"""Totals that go from exact integers to approximate numbers and back inside of one program, against numpy."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import Refused, client
from jupyterfhe.client import tables
from jupyterfhe.core import errors

ROWS = 900
RNG = np.random.default_rng(43)
AGE, SICK = RNG.integers(20, 90, ROWS), RNG.integers(0, 2, ROWS)
BMI = RNG.uniform(18, 40, ROWS)


def exact(world, values, **options):
    return client.encrypt_array(values, world.secret, exact=True, keys=world.folder, **options)


def sealed(world, values, bounds):
    return client.encrypt_array(values, world.secret, keys=world.folder, bounds=bounds)


def check(world, got, want, most):
    """Within the bound, and the bound below `most`."""
    opened = client.decrypt_array(got, world.secret)
    assert np.all(np.abs(opened.values - want) <= opened.error_bound), (opened.values, want, opened.error_bound)
    assert np.max(opened.error_bound) <= most, opened.error_bound
    return opened


@pytest.fixture(scope="module")
def data(quick):
    return exact(quick, AGE, bounds=(0, 120), results=40), sealed(quick, BMI, (10.0, 60.0))


MIXED = {
    "sum": (lambda a, b: a.sum() + b.sum(), 2), "difference": (lambda a, b: b.sum() - 2 * a.sum(), 2),
    "mean": (lambda a, b: a.mean() - b.mean(), 2e-3), "shifted": (lambda a, b: (a.sum() - 40000) / 7 + b.mean(), 0.1),
    "of some": (lambda a, b: a[5:90].sum() / 1000 + b.mean(), 1e-2),
    "several": (lambda a, b: np.stack([a.sum(), (a * a).sum()]) / 1000 + b.mean(), 0.05),
}


@pytest.mark.parametrize("name", MIXED)
def test_a_total_meets_approximate_numbers(quick, data, name):
    f, most = MIXED[name]
    got = f(*data)
    assert not got.exact and "exact to approximate: bridge" in str(got.explain())
    check(quick, got, f(AGE, BMI), most)


@pytest.mark.parametrize("name", ["fair", "randhie"])
def test_counts_of_surveys_beside_means(quick, name):
    """Who has children beside affairs (Fair, 1974); visits beside the logarithm of coinsurance (RAND)."""
    found = pytest.importorskip("statsmodels.datasets").__dict__[name].load_pandas().data[:700]
    counted, measured = (found.children > 0, found.affairs) if name == "fair" else (found.mdvis.astype(int), found.lncoins)
    counted, measured = counted.to_numpy(), measured.to_numpy()
    whole = exact(quick, counted, results=34, **({} if counted.dtype == bool else {"bounds": (0, 80)}))
    floats = sealed(quick, measured, (0.0, 60.0))
    check(quick, whole.sum() / 700 - floats.mean(), counted.mean() - measured.mean(), 2e-3)
    check(quick, np.stack([whole.mean(), floats.mean()]), [counted.mean(), measured.mean()], 2e-3)


def test_a_table_in_both_forms_goes_over_where_it_is_asked(quick, tmp_path):
    (tmp_path / "t.csv").write_text("n,x\n" + "\n".join(f"{a},{b}" for a, b in zip(AGE, BMI, strict=True)) + "\n")
    with tables.open_source(tmp_path / "t.csv") as source:
        tables.draft(source, overrides={"n": {"exact": "both", "bounds": (0.0, 120.0)}}).encrypt(tmp_path / "t", quick.secret)
    t = jf.open(tmp_path / "t", keys=quick.folder)
    usual, over = t["n"].sum() + t["x"].sum(), t["n"].sum().approximate(crossing=True) + t["x"].sum()
    assert "approximate encryption" in str(usual.explain()) and "bridge" in str(over.explain())
    for got in (usual, over):
        check(quick, got, AGE.sum() + BMI.sum(), 20)


def test_a_total_is_more_exact_than_its_approximate_sum(quick, data):
    both = client.encrypt_array(AGE.astype(float), quick.secret, keys=quick.folder, bounds=(0.0, 120.0))
    over = data[0].sum().approximate()
    assert not over.exact and over.dtype == float
    bridged, summed = check(quick, over, AGE.sum(), 1e-3), check(quick, both.sum(), AGE.sum(), 50)
    assert 1000 * bridged.error_bound < summed.error_bound


def test_computing_and_saving_keep_what_came_over(quick, data, tmp_path):
    total = data[0].sum()
    got = (total + data[1].sum()).compute()
    assert got.computed and not total.computed
    got.save(tmp_path / "x")
    check(quick, jf.load(tmp_path / "x", keys=quick.folder), AGE.sum() + BMI.sum(), 2)
    np.testing.assert_array_equal(client.decrypt_array(total * 3, quick.secret).values, 3 * AGE.sum())


def test_a_stored_total_goes_over_while_a_level_is_left(quick, data):
    total = data[0].sum().compute(keep_levels=2)
    check(quick, total + data[1].mean(), AGE.sum() + BMI.mean(), 0.5)
    low = data[0].sum().compute(keep_levels=0)
    with pytest.raises(errors.DepthError, match="no level"):
        low + data[1].mean()


def test_more_moduli_leave_a_product(quick):
    """Four moduli of 18 bits, a total of 17: room for one product."""
    age = exact(quick, AGE, bounds=(0, 120), results=64)
    bmi = sealed(quick, BMI, (10.0, 60.0))
    got = age.sum() * bmi[:64].mean()
    check(quick, got, AGE.sum() * BMI[:64].mean(), 2500)
    narrow = exact(quick, AGE, bounds=(0, 120), results=40).sum() * bmi[:64].mean()
    with pytest.raises(errors.RangeError, match="results=64"):
        client.decrypt_array(narrow, quick.secret)


def test_vectors_are_refused_without_a_second_encryption(data):
    with pytest.raises(Refused, match="totals first"):
        data[0] + data[1]


# ---- and back ----
def test_a_count_becomes_exact(quick, tmp_path):
    """An approximate filter's count, from truth values, becomes an integer and meets exact ones."""
    mask = client.encrypt_array(SICK.astype(bool), quick.secret, keys=quick.folder)
    age = exact(quick, AGE, bounds=(0, 120), results=40)
    count = mask.sum().astype(int)
    assert count.exact and count.dtype == np.int64 and "approximate to exact: bridge" in str(count.explain())
    opened = client.decrypt_array(count, quick.secret)
    assert opened.values == SICK.sum() and opened.error_bound == 0
    together = client.decrypt_array(3 * count - 7 + age.sum(), quick.secret)
    assert together.values == 3 * SICK.sum() - 7 + AGE.sum()
    stored = mask.sum().astype(int).compute()
    stored.save(tmp_path / "count")
    assert client.decrypt_array(jf.load(tmp_path / "count", keys=quick.folder) * 5, quick.secret).values == 5 * SICK.sum()
    assert client.decrypt_array(stored + age.sum(), quick.secret).values == SICK.sum() + AGE.sum()
    half = np.rint(mask.sum()) / 4
    assert half.exact and client.decrypt_array(half, quick.secret).values == SICK.sum() / 4
    assert client.decrypt_array(np.count_nonzero(mask[:100]).astype(int), quick.secret).values == SICK[:100].sum()


def test_promised_integers_become_exact_and_go_back_again(quick):
    x = sealed(quick, AGE % 4.0, (0.0, 3.0))
    total = x[:50].sum()
    with pytest.raises(Refused, match="Promise"):
        total.astype(int)
    whole = total.whole().astype(int)
    assert "assumed" in str(whole.explain()) and "are integers" in str(whole.explain())
    assert client.decrypt_array(whole, quick.secret).values == (AGE % 4)[:50].sum()
    shifted = (total + 0.25).whole()  # a false promise of the caller is his; a shift by a quarter is public, and seen
    assert client.decrypt_array((shifted - 0.25).whole().astype(int), quick.secret).values == (AGE % 4)[:50].sum()


def test_what_is_not_told_from_its_neighbours_is_refused(quick):
    x = sealed(quick, 1e6 * AGE, (0.0, 1.2e8))
    for refused in (lambda: x.sum().whole().astype(int), lambda: (x * x).sum().whole().astype(int)):
        with pytest.raises((errors.RangeError, errors.DepthError)):
            refused()
    with pytest.raises(Refused, match="vector"):
        x.whole().astype(int)


def test_products_of_what_came_back_are_refused(quick):
    mask = client.encrypt_array(SICK.astype(bool), quick.secret, keys=quick.folder)
    count = mask.sum().astype(int)
    with pytest.raises(errors.DepthError):
        client.decrypt_array(count * count, quick.secret)

"""Functions number by number: kinds, what nobody has, what is refused, exact columns, and their bounds."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import Refused, client
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.core import Parameters
from jupyterfhe.core.errors import ArgumentError
from jupyterfhe.frame import EncryptedFrame, EncryptedSeries
from jupyterfhe.plan import Session

pd = pytest.importorskip("pandas")
N = 24
X = np.arange(N) % 9 / 2 - 2
THERE = np.arange(N) % 5 != 1


@pytest.fixture(scope="module")
def x():
    """Halves of [-2, 2], some missing: their slots hold what stands for 1/4, on no side of a step."""
    session = Session.clear(Parameters.custom(24), 6)
    rest = clear(np.where(THERE, X - 0.25, 0.0), session, (-2.25, 2.25))
    return EncryptedSeries(rest, valid=clear(THERE.astype(float), session, (0, 1)), offset=0.25, name="x")


@pytest.fixture(autouse=True)
def halves():
    with jf.options.set(resolution=0.5):
        yield


@pytest.mark.parametrize("f", [np.floor, np.ceil, np.abs, lambda s: s.round(), lambda s: s // 1, lambda s: s % 2, lambda s: s.clip(0, 1)])
def test_what_is_missing_adds_nothing(x, f):
    """Where nothing is there a sign may be neither; sums must not see it."""
    got = f(x)
    assert np.abs(opened(got.rest)[~THERE]).max() <= np.max(got.rest.error_bound()) < 1e-3
    want = f(pd.Series(X))[THERE].sum()
    total = got.sum()
    assert abs(opened(total) - want) <= np.max(total.error_bound())


@pytest.mark.parametrize("f", [lambda s, b: s.where(b), lambda s, b: s.where(b, 1.5), lambda s, b: s.mask(b, s * 2), lambda s, b: (s * 2).where(b, s)])
def test_choices_of_what_is_missing(x, f):
    """A row is there where what was taken is; the rest adds nothing."""
    even = np.arange(N) % 2 == 0
    got = f(x, EncryptedSeries(clear(even.astype(float), x.session, (0, 1)), kind="bool"))
    want = f(pd.Series(np.where(THERE, X, np.nan)), pd.Series(even))
    assert abs(opened(got.sum()) - want.sum()) < 1e-6 and abs(opened(got.valid).sum() - want.count()) < 1e-6


def test_kinds(x):
    session = x.session
    k = EncryptedSeries(clear(np.arange(N) % 4.0, session, (0, 3)), kind="int", name="k")
    b = EncryptedSeries(clear(np.arange(N) % 2.0, session, (0, 1)), kind="bool", name="b")
    assert [s.kind for s in (k.clip(1, 2), k.clip(0.5, 2), k // 2, k % 1.5, k.round(), np.floor(k), abs(b))] == [
        "int", "float", "int", "float", "int", "float", "int"]
    assert [s.kind for s in (k.where(b), k.where(b, 1.5), b.where(b, k), x.where(b, k), k.map(lambda v: v > 1), b.map({True: 0.5, False: 0}))] == [
        "int", "float", "int", "float", "bool", "float"]
    assert np.array_equal(opened(k.map(lambda v: v > 1).rest) > 0.5, np.arange(N) % 4 > 1)


def test_refusals(x):
    session = x.session
    date = EncryptedSeries(x.rest, kind="date", epoch="2020-01-01", name="day")
    sealed = jf.EncryptedCategorical(clear(np.arange(N) % 3.0, session, (0, 2)), 3)
    label = EncryptedSeries(sealed.array, kind="category", codes=sealed, name="label")
    public = jf.EncryptedCategorical(sealed.array, 3, ("a", "b", "c"))
    b = EncryptedSeries(clear(np.arange(N) % 2.0, session, (0, 1)), kind="bool", name="b")
    for f in (date.abs, lambda: date.where(b), lambda: label.clip(0, 1), lambda: x.map(abs), lambda: label.map(abs), lambda: x // x,
              lambda: x.clip(x), lambda: x.where(x), lambda: x.where(b.head(3)), lambda: x.kept((b.rest,)).where(b)):
        with pytest.raises(Refused):
            f()
    with pytest.raises(ArgumentError, match="the dict has no 'c'"):
        EncryptedSeries(public.array, kind="category", codes=public, name="c").map({"a": 1, "b": 2})
    with pytest.raises(ArgumentError, match="numbers"):
        EncryptedSeries(public.array, kind="category", codes=public, name="c").map(str)
    with pytest.raises(ArgumentError, match="another encrypted column"):
        x.where(b, "none")
    assert not hasattr(EncryptedFrame({"x": x, "b": b}).groupby("b"), "y")


def test_exact_columns_stay_exact(owner, encrypted):
    data = pd.DataFrame({"age": np.arange(30) % 8, "kids": np.arange(30) % 3 > 0, "n": pd.array([None if i % 7 == 0 else i % 5 for i in range(30)], "Int64")})
    df = encrypted("exactly", data, log_slots=5, age={"bounds": [0, 7]}, n={"bounds": [0, 4], "type": "int"})
    cases = [lambda d: d.age // 3, lambda d: d.age % 3, lambda d: d.age.clip(2, 5), lambda d: d.n.map(lambda v: v * v), lambda d: d.age.where(d.kids, 0),
             lambda d: d.groupby("kids").age.sum()]
    for f, out in zip(cases, client.decrypt_frame([f(df) for f in cases], owner.secret), strict=True):
        want, got = f(data).astype(float).to_numpy(), out.to_pandas()
        assert np.array_equal(np.asarray(got, dtype=float), want, equal_nan=True)
        assert all(np.all(np.asarray(b) == 0) for b in out.error_bound.values())

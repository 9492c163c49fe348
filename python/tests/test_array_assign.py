"""``x[key] = value``: as numpy does it, or refused where numpy would change another array too."""

import gc

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe.core import errors
from lab import Lab


@pytest.fixture(scope="module")
def lab(short):
    return Lab(short)


KEYS = {
    "row": (0, 2.5), "row of public numbers": (1, [0.5, -1, 2]), "column": ((slice(None), 1), -0.5),
    "entry": ((3, 2), 7), "last": ((-1, -1), 0.25), "slice": ((slice(2, 19, 3), slice(1, None)), 1.0),
    "block": ((slice(0, 4), slice(0, 2)), np.arange(8.0).reshape(4, 2)), "rows by number": ([0, 5, 17], np.ones((3, 3))),
    "mask of rows": (np.arange(20) % 3 == 0, 0.125), "mask": (np.arange(60).reshape(20, 3) % 7 == 0, np.arange(9.0)),
    "everything": (Ellipsis, np.linspace(0, 1, 60).reshape(20, 3)), "none": (slice(3, 3), 5.0), "twice": ([4, 4], [[1.0] * 3, [2.0] * 3]),
    "whole numbers": (2, np.array([1, 2, 3])), "pairs": (([1, 18], [0, 2]), [0.5, 0.75]),
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("slot_axis", [0, 1])
@pytest.mark.parametrize("sealed", [False, True])
def test_as_numpy(lab, rng, name, slot_axis, sealed):
    x, (key, value) = rng.uniform(-1, 1, (20, 3)), KEYS[name]
    if slot_axis == 1 and sealed and name in ("everything", "column"):
        pytest.skip("sixty rows of three: the other axis says the same, sooner")
    got, want = lab.seal(x, slot_axis=slot_axis), x.copy()
    want[key] = value
    got[key] = lab.seal(np.asarray(value, dtype=float)) if sealed else value
    lab.agree(got, want)
    lab.agree(np.sum(got), want.sum())


def test_kinds_and_shapes(lab, rng):
    def both(f, *arrays):
        plain, sealed = [a.copy() for a in arrays], [lab.seal(a) for a in arrays]
        f(*plain)
        f(*sealed)
        for got, want in zip(sealed, plain, strict=True):
            lab.agree(got, want)
    x, y, z = rng.normal(size=40), rng.normal(size=3), rng.normal(size=40) + 1j
    flags = rng.random(20) < 0.5
    both(lambda a: a.__setitem__(0, 3), x)
    both(lambda a: a.__setitem__(slice(None, None, 2), a[1::2] * 2), x)
    both(lambda a: a.__setitem__(slice(15, 18), [1.0, 2.0, 3.0]), x)  # over the edge of a ciphertext
    both(lambda a, b: a.__setitem__(slice(30, 33), b), x, y)
    both(lambda a, b: a.__setitem__(slice(5, 7), b.sum()), x, y)
    both(lambda a: a.__setitem__(5, 2 - 3j), z)
    both(lambda a, b: a.__setitem__(slice(3, 6), b), z, y)
    both(lambda a: a.__setitem__(slice(2, 5), True), flags)
    both(lambda a: a.__setitem__(slice(2, 12), ~a[3:13]), flags)
    both(lambda a: a.__setitem__((), 4.0), np.array(1.5))
    both(lambda a: a.__setitem__((0, slice(None)), a[1]), rng.normal(size=(2, 20)))
    both(lambda a: a.__setitem__(0, np.ones((1, 1, 20))), rng.normal(size=(2, 20)))
    both(lambda a: a.__setitem__(2, a.mean(axis=0)), rng.normal(size=(5, 2))[:, :1])


def test_in_place_on_parts(lab, rng):
    x = rng.normal(size=(20, 3))
    got, want = lab.seal(x), x.copy()
    for a in (got, want):
        a[:, 0] += 1
        a[:, 1] *= a[:, 0]
        a[4] -= a[5]
        a[6:8] = a[7:9]
    lab.agree(got, want)


def test_whole_strips_cost_nothing(lab, rng):
    x = lab.seal(rng.normal(size=(20, 3)))
    x[:, 1] = x[:, 0] + 1
    x[:, 2] = 5.0
    assert x.strips[0, 1].values == x.strips[0, 0].values and x[:, :2].copy().computed
    one = lab.seal(rng.normal(size=20))
    one[3] = 0.5
    assert one.explain().plan.forecast.depth == 1 and one.explain().plan.forecast.rotations == 0


def test_refused_while_numpy_would_change_something_else(lab, rng):
    x = lab.seal(rng.normal(size=(20, 3)))
    with pytest.raises(jf.Refused, match=r"x\[0, 1\] = v in place of x\[0\]\[1\]"):
        x[0][1] = 5
    for part in (lambda a: a[2:4], lambda a: a.T, lambda a: a.reshape(60)[:3], lambda a: a[:, None], lambda a: a.T[0]):
        kept = part(x)
        for change, array in ((lambda a: a.__setitem__(0, 1.0), x), (lambda a: a.__setitem__(0, 1.0), kept),
                              (lambda a: a.__iadd__(1), x)):
            with pytest.raises(jf.Refused, match=r"\.copy\(\)"):
                change(array)
        del kept, array


def test_allowed_once_nobody_would_notice(lab, rng):
    x = lab.seal(rng.normal(size=(20, 3)))
    free = x[0].copy(), x * 2, x[[0, 1]], x.sum(axis=0)
    x[0] = 1.0
    x[0] = x[1]
    row = x[0]
    x[1] = row  # what is assigned may be a part itself
    row = x[0]
    del x
    gc.collect()
    row[1] = 2.0  # now it is alone
    assert len(free) == 4 and row.shape == (3,)
    whole = lab.seal(np.zeros((4, 20)))
    for i in range(200):  # what is forgotten does not pile up
        whole[i % 4]
    assert len(whole.kin._alive) < 40


def test_refusals(lab, rng):
    x, flags = lab.seal(rng.normal(size=20)), lab.seal(rng.random(20) < 0.5)
    with pytest.raises(jf.Refused, match="do not go into an array of float64"):
        x[0] = 1j
    with pytest.raises(jf.Refused, match="do not go into an array of bool"):
        flags[0] = 1.0
    with pytest.raises(jf.Refused, match="an encrypted number is no index"):
        x[x] = 1.0
    with pytest.raises(jf.Refused, match="neither encrypted nor a number"):
        x[0] = "a"
    with pytest.raises(errors.InvalidValueError, match="NaN"):
        x[0] = np.nan
    with pytest.raises(ValueError, match="broadcast"):
        x[:3] = np.ones(4)
    with pytest.raises(IndexError):
        x[20] = 1.0
    with pytest.raises(errors.ContextError):
        x[0] = Lab(lab.world, 5).seal(1.0)
    with pytest.raises(errors.OutOfMemoryError, match="max_operations"), jf.options.set(max_operations=5):
        x[::-1] = lab.seal(np.arange(20.0))
    before = x.strips.copy()
    assert np.all(before == x.strips)  # what was refused changed nothing

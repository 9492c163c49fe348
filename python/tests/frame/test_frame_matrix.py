"""Every function of groups and of columns on every kind of column, at edges of data: one row, chunk edges, what is missing, groups of none.

In the clear: the programs and recipes are those that ciphertexts run, decoded with the bounds that a plan declares.
"""

import itertools

import numpy as np
import pandas as pd
import pytest

from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.client import frames
from jupyterfhe.client.finishing import finish
from jupyterfhe.core import Parameters
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries
from jupyterfhe.plan import Session

LOG_SLOTS, TOP = 3, 5  # 8 rows a chunk; whole numbers are 0 to 5
LABELS = ("a", "b", "none")
COLUMNS = ("real", "whole", "truth")
SUMS = ("sum", "mean", "count", "var", "std", "sem", "size")
ORDER = ("min", "median", "max", "nunique")  # of whole numbers
ROWS = (1, 8, 9, 17)
MISSING = ("none", "some", "all of a group")
SHAPE = ("random", "all equal", "one group")


@pytest.fixture(scope="module")
def session():
    return Session.clear(Parameters.custom(8), LOG_SLOTS)


def made(session, rows, missing, shape):
    """The data as pandas has them, and encrypted in the clear."""
    rng = np.random.default_rng([rows, MISSING.index(missing), SHAPE.index(shape)])
    group = np.zeros(rows, dtype=int) if shape == "one group" else np.arange(rows) % 2
    whole = np.full(rows, 3.0) if shape == "all equal" else rng.integers(0, TOP + 1, rows).astype(float)
    there = {"none": np.ones(rows, dtype=bool), "some": np.arange(rows) % 3 != 1, "all of a group": group != 1}[missing]
    numbers = {"real": whole / 4 - 0.5, "whole": whole, "truth": (whole > 2).astype(float)}
    plain = pd.DataFrame({n: np.where(there, v, np.nan) if n != "truth" else v for n, v in numbers.items()})
    plain["group"] = pd.Categorical([LABELS[g] for g in group], LABELS)
    valid = None if there.all() else clear(there.astype(float), session, (0, 1))

    def centred(values, low, high, kind):
        middle = (low + high) / 2
        rest = clear(np.where(there, values - middle, 0.0), session, (low - middle, high - middle))
        return EncryptedSeries(rest, valid=valid, offset=middle, kind=kind)
    codes = EncryptedCategorical(clear(group.astype(float), session, (0, 2)), 3, LABELS)
    return plain, EncryptedFrame({
        "real": centred(numbers["real"], -0.5, 0.75, "float"), "whole": centred(numbers["whole"], 0, TOP, "int"),
        "truth": EncryptedSeries(clear(numbers["truth"], session, (0, 1)), kind="bool"),
        "group": EncryptedSeries(codes.array, kind="category", categories=LABELS, codes=codes)})


def shown(x):
    def open_part(array):
        bound = array.error_bound()
        return opened(array), bound, bound
    result = x.result()
    return frames._opened(result, iter(finish(result.roots, open_part)), lambda _: None, str)


def agree(got, want, what):
    """Within the bound, undefined where pandas says so."""
    values, truth = np.asarray(got.columns[what], dtype=float), np.asarray(want, dtype=float)
    assert np.array_equal(np.isnan(values), np.isnan(truth)), (what, values, truth)
    assert np.all((np.abs(values - truth) <= got.error_bound[what] + 1e-9) | np.isnan(truth)), (what, values, truth)
    assert np.all(got.error_bound[what] < 0.1), what


@pytest.mark.parametrize("missing,shape", list(itertools.product(MISSING, SHAPE)))
def test_groups(session, missing, shape):
    for rows in ROWS:
        plain, frame = made(session, rows, missing, shape)
        groups, encrypted = plain.groupby("group", observed=False), frame.groupby("group")
        wanted = {f"{c}_{f}": (c, f) for c in COLUMNS for f in SUMS} | {f"whole_{f}": ("whole", f) for f in ORDER}
        got = shown(encrypted.agg(**wanted))
        assert list(got.index) == list(LABELS)
        for name, (column, function) in wanted.items():
            agree(got, getattr(groups[column], function)(), name)


@pytest.mark.parametrize("missing", MISSING[:2])
def test_columns(session, missing):
    """One number a column, and what describe says of all."""
    for rows in ROWS:
        plain, frame = made(session, rows, missing, "random")
        for function in ("sum", "mean", "count", "var", "std"):
            got = shown(getattr(frame[["real", "whole"]], function)())
            agree(got, getattr(plain[["real", "whole"]], function)(), "")
        counts = shown(frame.group.value_counts())
        assert list(counts.columns[next(iter(counts.columns))]) == [int((plain.group == label).sum()) for label in LABELS]

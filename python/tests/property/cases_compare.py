"""Comparisons of whole numbers and truth values, ties included."""

import numpy as np
from cases_approximate import ranged
from table import proves

FAMILY = "Comparisons, told apart as far as jf.options.resolution says"


def compares(name, sign):
    """A comparison of two arrays, or of one and a public number."""
    @proves(name, FAMILY, f"np.{name}(p, q)", deep=True, dtypes=("int16", "bool"), axes=(0, 2), public=True, close=0.1,
            settings={"resolution": 1.0, "precision": 0.02}, options="whole numbers of [0, 3]; scalars and arrays",
            refused={"numbers that may be as near to each other as they like": f"x {sign} y"},
            remark="Numbers that differ must differ by the resolution or more; the result's error bound counts on it.")
    def make(pick):
        x = whole(pick)
        if pick.flag():
            c = pick.one(1, 2, -1, 5)
            return (lambda a: getattr(np, name)(a, c)), [x]
        return getattr(np, name), [x, whole(pick, x.shape)]


def whole(pick, shape=None):
    """Whole numbers, or truth values."""
    x = ranged(pick, 0, 3, shape)
    if x.values.dtype == bool:
        x.options.clear()
    return x


for _name, _sign in (("greater", ">"), ("greater_equal", ">="), ("less", "<"), ("less_equal", "<="), ("equal", "=="),
                     ("not_equal", "!=")):
    compares(_name, _sign)

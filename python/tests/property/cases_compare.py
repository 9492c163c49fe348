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


STEPS = {"deep": "order", "dtypes": ("int16", "bool"), "axes": (0, 2), "close": 0.1, "settings": {"resolution": 0.5, "precision": 0.01}}


@proves("digitize", FAMILY, "np.digitize(k, [1, 2.5])", options="public edges, rising and falling; right=", **STEPS,
        refused={"encrypted edges": "np.digitize(w, v)"}, remark="A sign an edge inside of the range.")
def digitize(pick):
    edges, right = pick.one([1, 2], [0.5, 2, 9], [-4], [2.5, 1, 0], []), pick.flag()
    return (lambda a: np.digitize(plain(a), edges, right=right)), [whole(pick)]


@proves("searchsorted", FAMILY, "np.searchsorted([0, 1, 1, 2.5], k)", options="side=", **STEPS,
        refused={"a sorter": "np.searchsorted([0, 1], k, sorter=[0, 1])"})
def searchsorted(pick):
    edges, side = pick.one([1, 2], [0, 1, 1, 3], [7.5]), pick.one("left", "right")
    return (lambda a: np.searchsorted(edges, plain(a), side=side)), [whole(pick)]


@proves("histogram", FAMILY, "np.histogram(k, [0, 1, 3])[0]", options="public edges; a count of bins with range=", **STEPS | {"empty": False, "axes": (1, 2)},
        refused={"edges that the numbers would tell": "np.histogram(k)"}, remark="The counts; edges come back as they were given.")
def histogram(pick):
    bins, more = pick.one(([0, 1, 3], {}), ([1, 2.5, 4], {}), (3, {"range": (0, 3)}), ([-3, -1], {}))
    return (lambda a: np.histogram(plain(a), bins, **more)[0]), [whole(pick, pick.one((3,), (17,), (2, 3)))]


def divides(name, sign):
    """Division to whole numbers."""
    @proves(name, FAMILY, f"np.{name}(k, 2)", options="public numbers, of either sign", **STEPS, refused={"an encrypted divisor": f"x {sign} v"})
    def make(pick):
        by = pick.one(2, 1.5, -2, 10)
        return (lambda a: getattr(np, name)(plain(a), by)), [whole(pick)]


divides("floor_divide", "//")
divides("remainder", "%")


def plain(a):
    """Truth values as numbers, as numpy has them here."""
    return a.astype(float) if a.dtype == bool else a


for _name, _sign in (("greater", ">"), ("greater_equal", ">="), ("less", "<"), ("less_equal", "<="), ("equal", "=="),
                     ("not_equal", "!=")):
    compares(_name, _sign)

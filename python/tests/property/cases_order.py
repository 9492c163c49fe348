"""Extremes, order statistics and sorting of whole numbers, ties included; in the clear, with the bounds that a plan declares."""

import numpy as np
from drawing import Drawn
from table import proves

FAMILY = "Order, by all pairs, told apart as far as jf.options.resolution says"
DECLARED = {"deep": "order", "dtypes": ("float64", "int16", "bool"), "empty": False, "close": 0.1}
SETTINGS = {"resolution": 1.0, "precision": 0.01}
LENGTHS = (1, 2, 3, 5, 16, 17)


def line(pick, shape=None):
    """Whole numbers of [0, 3], one vector."""
    dtype = pick.dtype()
    shape = (pick.one(*LENGTHS),) if shape is None else shape
    values = pick.values(shape, "bool" if dtype == "bool" else "float64", -0.49, 3.49)
    values = values if dtype == "bool" else np.clip(np.round(values), 0, 3).astype(dtype)
    return Drawn(values, False, {} if dtype == "bool" else {"bounds": (0, 3)})


def reduces(name, remark="", **arguments):
    """A reduction of a vector, or along an axis off the slots."""
    more = "".join(f", {value}" for value in arguments.values())

    @proves(name, FAMILY, f"np.{name}(k{more})", axes=(1, 2), remark=remark,
            options="whole numbers of [0, 3]; vectors of up to 17, three along an axis off the slots",
            refused={"several axes at once": f"np.{name}(X{more}, axis=None)"},
            settings=SETTINGS, **DECLARED)
    def make(pick):
        if (pick.axes_first.pop() if pick.axes_first else pick.one(1, 2)) == 1:
            axis, x = pick.one(None, 0, -1), line(pick)
        else:
            axis, x = pick.one(1, -1), line(pick, (pick.one(2, 17), 3))
            x.options["slot_axis"] = 0
        keep = pick.flag()
        return (lambda a: getattr(np, name)(numbers(a), *arguments.values(), axis=axis, keepdims=keep)), [x]


def numbers(a):
    """numpy has no quantiles of truth values."""
    return a.astype(float) if isinstance(a, np.ndarray) and a.dtype == bool else a


reduces("max", "One sign of all n^2 differences, a table of n places, a product.")
reduces("min")
reduces("ptp")
reduces("argmax", "As a float; the first of equal ones.")
reduces("argmin")
reduces("median")
reduces("quantile", q=0.3)
reduces("percentile", q=80)


def sorts(name, remark):
    """A vector in order."""
    @proves(name, FAMILY, f"np.{name}(k, kind='stable')", axes=(1, 1), options="whole numbers of [0, 3]; up to 17",
            remark=remark, refused={"several axes": f"np.{name}(X)"}, settings=SETTINGS, **DECLARED)
    def make(pick):
        return (lambda a: getattr(np, name)(numbers(a), kind="stable")), [line(pick)]


sorts("sort", "Two tables' levels beyond a sign: more than 'ml' has but for a few numbers; 'deep-lean' sorts 80, and more by a network.")
sorts("argsort", "As floats.")

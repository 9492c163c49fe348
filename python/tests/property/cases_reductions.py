"""Sums and what is made of them."""

import numpy as np
from table import ALL, NUMBERS, proves

FAMILY = "Sums, means, moments"


@proves("sum", FAMILY, "np.sum(X, axis=0)", options="axis, keepdims, initial")
def sums(pick):
    x = pick.array()
    axis, keep, more = pick.axes(x), pick.flag(), pick.one({}, {}, {"initial": 2.0})
    return (lambda a: np.sum(a, axis=axis, keepdims=keep, **more)), [x]


@proves("mean", FAMILY, "np.mean(X, axis=0)", options="axis, keepdims")
def mean(pick):
    x = pick.array()
    axis, keep = pick.axes(x), pick.flag()
    return (lambda a: a.mean(axis=axis, keepdims=keep)), [x]


@proves("average", FAMILY, "np.average(X, axis=0, weights=w)", options="axis, weights (public), keepdims", empty=False,
        refused={"encrypted weights": "np.average(x, weights=y)"})
def average(pick):
    x = pick.array()
    keep = pick.flag()
    if not x.ndim or pick.flag():
        axis = pick.axes(x)
        return (lambda a: np.average(a, axis=axis, keepdims=keep)), [x]
    axis = pick.axis(x)
    weights = np.abs(pick.values((x.shape[axis],), "float64", 0.25, 2.0))
    return (lambda a: np.average(a, axis=axis, weights=weights, keepdims=keep)), [x]


@proves("var", FAMILY, "np.var(X, axis=0)", options="axis, ddof, keepdims")
def var(pick):
    x = pick.array()
    axis, keep, ddof = pick.axes(x), pick.flag(), pick.one(0, 0, 1)
    return (lambda a: np.var(a, axis=axis, keepdims=keep, ddof=ddof)), [x]


@proves("cov", FAMILY, "np.cov(X, rowvar=False)", dtypes=ALL, axes=(1, 2), options="y, rowvar, bias, ddof",
        remark="An inner sum for each pair of variables.")
def cov(pick):
    n, d = pick.one(*[k for k in (2, 15, 16, 17, 33)]), pick.whole(1, 3)
    rowvar, bias, ddof = pick.flag(), pick.flag(), pick.one(None, None, 0, 1)
    x = pick.array((d, n) if rowvar else (n, d)) if pick.flag() else pick.array((n,))
    if x.ndim == 1 and pick.flag():
        return (lambda a, b: np.cov(a, b, bias=bias, ddof=ddof)), [x, pick.array((n,))]
    return (lambda a: np.cov(a, rowvar=rowvar, bias=bias, ddof=ddof)), [x]


@proves("prod", FAMILY, "np.prod(X, axis=1)", axes=(2, 3), options="axis, keepdims, initial", scales=(0, 0, -2, 2), dtypes=NUMBERS,
        refused={"products along the slots": "np.prod(x)"}, remark="Along axes that are not along the slots: ceil(log2(n)) levels.")
def prod(pick):
    rows = pick.one((17,), (2,), (2, 15), (16, 1), (0,))
    x = pick.array((*rows, pick.whole(1, 4)))
    x.options["slot_axis"] = len(rows) - 1 if rows[-1] > 1 else 0  # not the one that is multiplied along
    keep, more = pick.flag(), pick.one({}, {"initial": 3.0})
    return (lambda a: np.prod(a, axis=-1, keepdims=keep, **more)), [x]


@proves("count_nonzero", FAMILY, "np.count_nonzero(p)", dtypes=("bool",), options="axis, keepdims",
        refused={"numbers that are no truth values": "np.count_nonzero(x)"})
def count_nonzero(pick):
    x = pick.array()
    axis, keep = pick.axes(x), pick.flag()
    return (lambda a: np.count_nonzero(a, axis=axis, keepdims=keep)), [x]


@proves("cumsum", FAMILY, "np.cumsum(x)", axes=(1, 2), options="axis", remark="Along half-empty slots no level; along full ones two.")
def cumsum(pick):
    x = pick.array()
    axis = pick.axis(x)
    return (lambda a: np.cumsum(a, axis=axis)), [x]

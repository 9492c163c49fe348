"""Functions by polynomials over the declared range, and what ends in a root or a quotient."""

import numpy as np
from drawing import Drawn
from table import REAL, proves

FAMILY = "By approximation over the declared range"
DECLARED = {"deep": True, "dtypes": REAL, "axes": (0, 2), "close": 0.05}


def ranged(pick, low, high, shape=None):
    """Numbers of a declared interval, two ciphertexts at the most."""
    shape = pick.sized((), (1,), (2,), (17,), (16, 1), (2, 3), (0,), (3, 0)) if shape is None else shape
    dtype = pick.dtype()
    values = pick.values(shape, "float64", low, high)
    if dtype == "int16":  # whole numbers of the interval
        values = np.clip(np.round(values), np.ceil(low), np.floor(high))
    values = np.clip(values.astype(dtype), low, high).astype(dtype)
    return Drawn(values, False, {"bounds": (low, high)})


def smooth(name, example, *intervals, **more):
    """A function of one number; each interval holds a whole number."""
    @proves(name, FAMILY, example, options="ranges " + ", ".join(f"[{a:g}, {b:g}]" for a, b in intervals), **DECLARED, **more)
    def make(pick):
        return getattr(np, name), [ranged(pick, *pick.one(*intervals))]


smooth("exp", "np.exp(x)", (-1, 1), (-4, 3), (0, 2))
smooth("exp2", "np.exp2(x)", (-1, 1), (-4, 3))
smooth("expm1", "np.expm1(x)", (-1, 1), (-0.5, 2))
smooth("log", "np.log(x + 2)", (0.5, 2), (1, 5), refused={"numbers that may be 0 or below": "np.log(x)"})
smooth("log2", "np.log2(x + 2)", (0.5, 2), (1, 5), refused={"numbers that may be 0 or below": "np.log2(x)"})
smooth("log10", "np.log10(x + 2)", (0.5, 2), (1, 5), refused={"numbers that may be 0 or below": "np.log10(x)"})
smooth("log1p", "np.log1p(x / 2)", (-0.5, 1), (0, 4), refused={"numbers that may be -1 or below": "np.log1p(2 * x)"})
smooth("sqrt", "np.sqrt(x + 2)", (0.5, 2), (1, 5), (0, 1), refused={"numbers that may be below 0": "np.sqrt(x)"},
       remark="Coarse for ranges from 0.")
smooth("cbrt", "np.cbrt(x + 2)", (0.5, 2), (1, 5), refused={"numbers that may be 0 or below": "np.cbrt(x)"})
smooth("reciprocal", "np.reciprocal(x + 2)", (0.5, 2), (-4, -1), refused={"numbers that may be 0": "np.reciprocal(x)"})
smooth("tanh", "np.tanh(x)", (-1, 1), (-3, 3))
smooth("sinh", "np.sinh(x)", (-1, 1), (-3, 2))
smooth("cosh", "np.cosh(x)", (-1, 1), (-3, 2))
smooth("sin", "np.sin(x)", (-1, 1), (-4, 4), (1, 3))
smooth("cos", "np.cos(x)", (-1, 1), (-4, 4), (1, 3))
smooth("arctan", "np.arctan(x)", (-1, 1), (-2, 3))
smooth("absolute", "np.absolute(x)", (-1, 1), (-3, 2), (1, 2), remark="Free where the sign is known, else coarse near 0.")
smooth("fabs", "np.fabs(x)", (-1, 1), (1, 2), remark="As absolute.")
smooth("sign", "np.sign(x + 2)", (0.5, 2), (-3, -1), refused={"numbers on both sides of 0": "np.sign(x)"},
       remark="jf.sign(x, gap) takes a promise of how near to 0 numbers are.")


def extreme(name):
    """The larger or smaller of two."""
    @proves(name, FAMILY, f"np.{name}(x, y)", public=True, options="ranges within [-1, 1]; scalars and arrays", **DECLARED)
    def make(pick):
        x = ranged(pick, -1, 1)
        if pick.flag():
            c = pick.one(0.25, -0.5, 2.0)
            return (lambda a: getattr(np, name)(a, c)), [x]
        return getattr(np, name), [x, ranged(pick, -1, 1, x.shape)]


for _name in ("maximum", "minimum", "fmax", "fmin"):
    extreme(_name)


@proves("clip", FAMILY, "np.clip(x, -0.5, 0.5)", options="public bounds, one or both", **DECLARED)
def clip(pick):
    low, high = pick.one((-0.5, 0.5), (None, 0.25), (-2.0, 2.0), (0.0, None), (1.5, 2.0))
    return (lambda a: np.clip(a, low, high)), [ranged(pick, -1, 1)]


@proves("float_power", FAMILY, "np.float_power(x + 2, -1.5)", options="exponents -2.5 to 2.5, ranges above 0", **DECLARED,
        refused={"fractional powers of numbers that may be 0": "np.float_power(x, 1.5)"})
def float_power(pick):
    r = pick.one(0.5, -0.5, -1, 1.5, -1.5, 2)
    return (lambda a: np.float_power(a, r)), [ranged(pick, *pick.one((0.5, 2), (1, 4)))]


@proves("true_divide", FAMILY, "x / (y + 2)", public=True, options="denominators that are encrypted", **DECLARED,
        refused={"denominators that may be 0": "1 / x"}, remark="The same function as divide.")
def true_divide(pick):
    shape = pick.sized((), (1,), (17,), (16, 1), (2, 3))
    below = ranged(pick, *pick.one((0.5, 2), (-3, -1), (1, 8)), shape)
    above = pick.array(below.shape, public=pick.flag(), scale=0)
    above.options.pop("slot_axis", None)
    return np.true_divide, [above, below]


# ---- statistics ----
def _apart(pick, shape, axis):
    """Numbers of [-1, 1] whose deviations are at least half of the range's half."""
    rng = np.random.default_rng(pick.whole(0, 2**32 - 1))
    values = np.sign(rng.permuted(np.broadcast_to(np.linspace(-1, 1, shape[axis]), np.moveaxis(np.empty(shape), axis, -1).shape),
                                  axis=-1)) * 0.9 + rng.uniform(-0.1, 0.1, np.moveaxis(np.empty(shape), axis, -1).shape)
    return Drawn(np.moveaxis(values, -1, axis), False, {"bounds": (-1.0, 1.0), "slot_axis": axis})


STATISTICS = DECLARED | {"dtypes": ("float64",), "axes": (1, 2), "empty": False}
SPREAD = {"settings": {"least_spread": 0.5}}


@proves("std", FAMILY, "np.std(x)", options="axis, ddof, keepdims", **STATISTICS, **SPREAD,
        remark="Coarse unless `jf.options.least_spread` promises that numbers are not all alike; tested with 0.5.")
def std(pick):
    shape, axis = pick.one(((16,), 0), ((33,), 0), ((17, 2), 0), ((2, 16), 1))
    keep, ddof = pick.flag(), pick.one(0, 1)
    return (lambda a: np.std(a, axis=axis, ddof=ddof, keepdims=keep)), [_apart(pick, shape, axis)]


@proves("corrcoef", FAMILY, "np.corrcoef(X, rowvar=False)", options="rowvar", **(STATISTICS | {"close": 0.3, "axes": (2, 2)}), **SPREAD,
        refused={"correlations without `jf.options.least_spread`": "np.corrcoef(X)"},
        remark="Needs `jf.options.least_spread`, tested with 0.5.")
def corrcoef(pick):
    if pick.flag():
        return (lambda a: np.corrcoef(a)), [_apart(pick, (2, 16), 1)]
    return (lambda a: np.corrcoef(a, rowvar=False)), [_apart(pick, (17, 2), 0)]


@proves("linalg.norm", FAMILY, "np.linalg.norm(x + 2)", options="axis, keepdims", remark="Euclidean; coarse where all may be 0.", **STATISTICS)
def norm(pick):
    shape, axis = pick.one(((16,), None), ((2, 3), 1), ((17, 2), 0), ((3, 2), None))
    keep = pick.flag()
    return (lambda a: np.linalg.norm(a, axis=axis, keepdims=keep)), [ranged(pick, 0.5, 2, shape)]


# ---- matrices ----
MATRICES = DECLARED | {"dtypes": ("float64",), "empty": False}
EIGENVALUES = {"settings": {"eigenvalues": (0.5, 1.5)}}
PROMISE = "Symmetric: Gram matrices and covariances plus a ridge, as in the example, or `jf.options.eigenvalues` promised; tested with (0.5, 1.5)."


def _definite(pick, p):
    """A symmetric matrix of eigenvalues within [0.5, 1.5], both ends among them now and then."""
    rng = np.random.default_rng(pick.whole(0, 2**32 - 1))
    q, _ = np.linalg.qr(rng.normal(size=(p, p)))
    values = pick.one(rng.uniform(0.5, 1.5, p), np.linspace(0.5, 1.5, p), np.ones(p))
    a = (q * values) @ q.T
    return Drawn((a + a.T) / 2, False, {"bounds": (-1.5, 1.5)} | ({} if pick.flag() else {"slot_axis": 1}))


@proves("linalg.inv", FAMILY, "np.linalg.inv(np.cov(X.T) + np.eye(3))", **MATRICES | {"axes": (2, 2)}, **EIGENVALUES, remark=PROMISE,
        refused={"matrices that may be singular": "np.linalg.inv(0 * Q)"})
def inv(pick):
    return np.linalg.inv, [_definite(pick, pick.one(1, 2, 3))]


@proves("linalg.solve", FAMILY, "np.linalg.solve(np.cov(X.T) + np.eye(3), v)", public=True, options="one right side, several",
        **MATRICES | {"axes": (1, 2)}, **EIGENVALUES, remark=PROMISE)
def solve(pick):
    p = pick.one(1, 2, 3)
    shape = pick.sized((p,), (p, 2))
    b = Drawn(pick.values(shape, "float64", -1.0, 1.0), len(shape) == 2 and pick.flag(), {"bounds": (-1.0, 1.0)})
    return np.linalg.solve, [_definite(pick, p), b]


def step(name, example, refused, *intervals):
    """Rounding, where all numbers of a range go to one."""
    @proves(name, FAMILY, example, deep=True, dtypes=("float64", "float32"), axes=(0, 2), refused={"ranges with a step inside": refused},
            options="ranges " + ", ".join(f"[{a:g}, {b:g}]" for a, b in intervals), remark="A constant: costs nothing.")
    def make(pick):
        return getattr(np, name), [ranged(pick, *pick.one(*intervals))]


step("round", "np.round(x / 4 + 2)", "np.round(x)", (1.75, 2.25), (-0.25, 0.25))
step("rint", "np.rint(x / 4 + 2)", "np.rint(x)", (1.75, 2.25))
step("floor", "np.floor(x / 4 + 2.5)", "np.floor(x)", (2.25, 2.75), (-0.75, -0.25))
step("ceil", "np.ceil(x / 4 + 2.5)", "np.ceil(x)", (2.25, 2.75), (-0.75, -0.25))
step("trunc", "np.trunc(x / 4 + 2.5)", "np.trunc(x * 2)", (2.25, 2.75), (-0.75, 0.75))

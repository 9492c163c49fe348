"""Shapes, joining and picking."""

import numpy as np
from table import ALL, proves

VIEWS, JOINS, FACTS = "Shapes, views", "Joining, picking, moving", "Public facts"


def view(name, example, make, **declared):
    """A function that moves no number between slots."""
    proves(name, VIEWS, example, **declared)(make)


view("transpose", "X.T", lambda pick: _permuted(pick), options="axes")
view("swapaxes", "np.swapaxes(X, 0, 1)", lambda pick: _two_axes(pick, np.swapaxes), axes=(1, 3))
view("moveaxis", "np.moveaxis(X, 0, -1)", lambda pick: _two_axes(pick, np.moveaxis), axes=(1, 3))


def _permuted(pick):
    x = pick.array()
    axes = pick.one(None, tuple(np.random.default_rng(pick.whole(0, 99)).permutation(x.ndim).tolist()))
    return (lambda a: np.transpose(a, axes)), [x]


def _two_axes(pick, f):
    x = pick.array()
    i, j = pick.axis(x), pick.axis(x)
    return (lambda a: f(a, i, j)), [x]


@proves("expand_dims", VIEWS, "np.expand_dims(x, 0)", options="axis, also several")
def expand_dims(pick):
    x = pick.array()
    axis = pick.one(0, -1, x.ndim, (0, -1))
    return (lambda a: np.expand_dims(a, axis)), [x]


@proves("squeeze", VIEWS, "np.squeeze(x[:, None])", options="axis")
def squeeze(pick):
    x = pick.array()
    ones = [i for i, n in enumerate(x.shape) if n == 1]
    axis = pick.one(None, *ones)
    return (lambda a: np.squeeze(a, axis)), [x]


@proves("ravel", VIEWS, "np.ravel(x[None])", remark="Free where the slot axis stays whole, else numbers are picked.")
def ravel(pick):
    return (lambda a: np.ravel(a)), [pick.array(pick.sized((5, 3), (17,), (1, 16), (), (0, 2), (2, 1, 3)))]


@proves("reshape", VIEWS, "x.reshape(1, -1, 1)", remark="Free where the slot axis stays whole, else numbers are picked.",
        refused={"Fortran's order": "np.reshape(X, (3, -1), order='F')"})
def reshape(pick):
    new = {(20,): (4, 5), (4, 5): (20,), (3, 2, 2): (2, 6), (17, 2, 1): (17, 1, 2), (): (1, 1), (1,): (), (2, 17): (2, 17, 1),
           (0, 3): (3, 0), (6, 3): (-1,), (16, 2): (2, -1)}
    old = pick.sized(*new)
    new = new[old]
    return (lambda a: a.reshape(new)), [pick.array(old)]


@proves("broadcast_to", VIEWS, "np.broadcast_to(x, (4, x.shape[0]))", axes=(0, 2))
def broadcast_to(pick):
    x = pick.array()
    shape = (pick.whole(0, 3), *(n if n != 1 else pick.whole(1, 3) for n in x.shape))
    return (lambda a: np.broadcast_to(a, shape)), [x]


for _name in ("atleast_1d", "atleast_2d", "copy"):
    view(_name, f"np.{_name}(x)", lambda pick, f=getattr(np, _name): (f, [pick.array()]))


# ---- joining ----
def _several(pick, alike):
    """Two or three arrays of a shape, one of them perhaps public."""
    shape = pick.shape()
    arrays = [pick.array(shape, public=i == 1 and pick.whole(0, 3) == 0) for i in range(pick.whole(1, 3))]
    if not alike and shape:
        axis = pick.whole(0, len(shape) - 1)
        other = tuple(pick.one(1, 2, 15) if i == axis else n for i, n in enumerate(shape))
        return [*arrays, pick.array(other)], axis
    return arrays, pick.whole(-1 - len(shape) if alike else 0, len(shape) if alike else len(shape) - 1)


JOINED = {"public": True, "axes": (1, 2), "remark": "Free along axes that are not along the slots."}


@proves("concatenate", JOINS, "np.concatenate([x, y])", options="axis", **JOINED)
def concatenate(pick):
    arrays, axis = _several(pick, False)
    return (lambda *a: np.concatenate(a, axis=axis)), arrays


@proves("stack", JOINS, "np.stack([x, y])", options="axis", **JOINED)
def stack(pick):
    arrays, axis = _several(pick, True)
    return (lambda *a: np.stack(a, axis=axis)), arrays


for _name in ("vstack", "hstack", "column_stack"):
    @proves(_name, JOINS, f"np.{_name}([x, y])", **JOINED)
    def _join(pick, f=getattr(np, _name)):
        arrays, _ = _several(pick, True)
        return (lambda *a: f(a)), arrays


# ---- picking ----
@proves("take", JOINS, "np.take(X, [2, 0], axis=1)", axes=(1, 3), empty=False, options="axis; indices are public")
def take(pick):
    x = pick.array()
    axis = pick.axis(x)
    indices = [pick.whole(-x.shape[axis], x.shape[axis] - 1) for _ in range(pick.whole(1, 4))]
    return (lambda a: np.take(a, indices, axis=axis)), [x]


@proves("roll", JOINS, "np.roll(x, 1)", axes=(1, 2), options="shift, axis")
def roll(pick):
    x = pick.array()
    shift, axis = pick.whole(-5, 20), pick.axis(x)
    return (lambda a: np.roll(a, shift, axis)), [x]


@proves("flip", JOINS, "np.flip(X, axis=1)", axes=(1, 2), options="axis", remark="Along the slots a rotation each number.")
def flip(pick):
    x = pick.array()
    axis = pick.axes(x)
    return (lambda a: np.flip(a, axis)), [x]


@proves("repeat", JOINS, "np.repeat(X, 2, axis=1)", axes=(1, 2), options="axis")
def repeat(pick):
    x = pick.array()
    n, axis = pick.whole(0, 3), pick.axis(x)
    return (lambda a: np.repeat(a, n, axis=axis)), [x]


@proves("diff", JOINS, "np.diff(x)", axes=(1, 2), dtypes=tuple(d for d in ALL if d != "bool"), options="n, axis, prepend")
def diff(pick):
    x = pick.array()
    n, axis, more = pick.whole(0, 2), pick.axis(x), pick.one({}, {}, {"prepend": 0.5})
    return (lambda a: np.diff(a, n=n, axis=axis, **more)), [x]


# ---- public ----
for _name in ("shape", "ndim", "size", "iscomplexobj", "isrealobj", "zeros_like", "ones_like"):
    @proves(_name, FACTS, f"np.{_name}(x)", remark="Public; nothing is computed.")
    def _fact(pick, f=getattr(np, _name)):
        return f, [pick.array()]


@proves("empty_like", FACTS, "np.shape(np.empty_like(x))", remark="Public zeros; nothing is computed.")
def empty_like(pick):
    return (lambda a: 0 * np.empty_like(a, dtype=float)), [pick.array()]


@proves("full_like", FACTS, "np.full_like(x, 2.5)", dtypes=("float64",), remark="Public; nothing is computed.")
def full_like(pick):
    return (lambda a: np.full_like(a, 2.5)), [pick.array(dtype="float64")]

"""Products of vectors and matrices."""

import numpy as np
from table import NUMBERS, proves

FAMILY = "Vectors and matrices"
SCALES = (0, 0, 0, -7, 3)


def _inner(pick):
    """Shapes that a matrix product takes: outer lengths small unless they are along the slots."""
    n, k, m = pick.one((17, 2, 2), (2, 16, 2), (1, 33, 2), (3, 2, 15), (2, 2, 2), (1, 1, 1), (3, 3, 1), (2, 17, 1))
    return (k,) if n == 1 and pick.flag() else (n, k), (k,) if m == 1 and pick.flag() else (k, m)


@proves("matmul", FAMILY, "X @ W", public=True, dtypes=NUMBERS, axes=(1, 3), scales=SCALES,
        remark="Public factors whose common axis is not along the slots need no rotation.")
def matmul(pick):
    a, b = _inner(pick)
    if len(a) == 2 and pick.whole(0, 4) == 0:
        a = (2, *a)
    return np.matmul, pick.sides(a, b)


@proves("dot", FAMILY, "np.dot(x, y)", public=True, dtypes=NUMBERS, axes=(0, 2), scales=SCALES,
        refused={"more than two axes": "np.dot(X[None], W)"})
def dot(pick):
    a, b = ((), pick.shape(0, 2)) if pick.whole(0, 4) == 0 else _inner(pick)
    return np.dot, pick.sides(a, b)


@proves("inner", FAMILY, "np.inner(x, y)", public=True, dtypes=NUMBERS, axes=(1, 2), scales=SCALES)
def inner(pick):
    a, b = _inner(pick)
    return np.inner, pick.sides(a, b[::-1])


@proves("outer", FAMILY, "np.outer(x, u)", public=True, dtypes=NUMBERS, axes=(1, 1), scales=SCALES)
def outer(pick):
    return np.outer, pick.sides(*pick.one(((17,), (2,)), ((3,), (16,)), ((1,), (1,)), ((3,), (2,)), ((0,), (2,))))


@proves("vdot", FAMILY, "np.vdot(z, z)", public=True, dtypes=NUMBERS, axes=(1, 1), scales=SCALES)
def vdot(pick):
    shape = pick.one((2,), (16,), (17,), (1,), (33,))
    return np.vdot, pick.sides(shape, shape)


@proves("tensordot", FAMILY, "np.tensordot(X, X, axes=([0], [0]))", public=True, dtypes=NUMBERS, axes=(1, 3), scales=SCALES,
        options="axes")
def tensordot(pick):
    a, b, axes = pick.one(((17, 2), (17, 2), ([0], [0])), ((3, 2), (2, 3), 1), ((2, 3), (2, 3), 2), ((3, 16), (16,), 1),
                          ((2, 3, 2), (3, 2), ([1, 2], [0, 1])), ((17,), (2,), 0))
    return (lambda x, y: np.tensordot(x, y, axes=axes)), pick.sides(a, b)


@proves("einsum", FAMILY, "np.einsum('ij,j->i', X, u)", public=True, dtypes=NUMBERS, axes=(1, 3), scales=SCALES, options="subscripts",
        refused={"diagonals and ellipses": "np.einsum('ii', Q)"})
def einsum(pick):
    text, *shapes = pick.one(("ij,ik->jk", (17, 2), (17, 2)), ("ij,j->i", (16, 3), (3,)), ("ij,ij", (17, 2), (17, 2)),
                             ("ij,jk->ki", (2, 3), (3, 2)), ("i,j->ij", (15,), (2,)), ("ij,j->ij", (17, 2), (2,)),
                             ("abc,ac->b", (2, 2, 3), (2, 3)))
    if pick.whole(0, 4) == 0:
        return (lambda x: np.einsum("ij->j", x)), [pick.array((17, 3))]
    return (lambda x, y: np.einsum(text, x, y)), pick.sides(*shapes)


@proves("diagonal", FAMILY, "np.diagonal(Q)", dtypes=(*NUMBERS, "bool"), axes=(2, 2), options="offset",
        refused={"more than two axes": "np.diagonal(X[None])"})
def diagonal(pick):
    offset = pick.whole(-2, 2)
    return (lambda a: np.diagonal(a, offset)), [pick.array(pick.one((3, 3), (17, 3), (2, 16), (1, 1), (4, 2)))]


@proves("trace", FAMILY, "np.trace(Q)", dtypes=(*NUMBERS, "bool"), axes=(2, 2), options="offset")
def trace(pick):
    offset = pick.whole(-1, 1)
    return (lambda a: np.trace(a, offset=offset)), [pick.array(pick.one((3, 3), (17, 3), (2, 16), (2, 2), (4, 2)))]


@proves("convolve", FAMILY, "np.convolve(x, [0.25, 0.5, 0.25])", dtypes=NUMBERS, axes=(1, 1), options="mode; the kernel is public", deep=True,
        refused={"two encrypted vectors": "np.convolve(x, y)"})
def convolve(pick):
    kernel = pick.values((pick.whole(1, 4),), "float64", -2.0, 2.0)
    mode, x = pick.one("full", "same", "valid"), pick.array((pick.one(2, 3, 15, 16, 17, 30),))
    return ((lambda a: np.convolve(a, kernel, mode)) if pick.flag() else (lambda a: np.convolve(kernel, a, mode))), [x]

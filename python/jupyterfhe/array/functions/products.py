"""Products of vectors and matrices: encrypted with public ones, encrypted with encrypted ones."""

import numpy as np

from ..operand import number
from ..refusal import Refused
from ..registry import implements, ufunc
from ..strip import combine
from ..ufuncs import is_encrypted, kind, multiply, operands
from .reductions import add_up as total


def _combinations(a, b):
    """``a @ b`` for a public b of two axes, where the axis that goes is not along the slots: no rotation."""
    width = b.shape[1]
    rows = a.strips.reshape(-1, a.strips.shape[-1])
    out = np.empty((len(rows), width), dtype=object)
    for i, row in enumerate(rows):
        for j in range(width):
            out[i, j] = combine((s, number(c)) for s, c in zip(row, b[:, j], strict=True))
    strips = out.reshape((*a.strips.shape[:-1], width))
    return a.like(shape=(*a.shape[:-1], width), dtype=kind(a, (b, 0.0)), strips=strips)


@ufunc(np.matmul)
def matmul(x, y):
    """Matrix products of any shapes."""
    parts = operands(x, y)
    if parts is None:
        return NotImplemented
    a, b = (p if is_encrypted(p) else p[0] for p in parts)
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: Input operand does not have enough dimensions")
    if a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(f"matmul: the inner dimensions of {a.shape} and {b.shape} differ")
    if a.ndim == 1 or b.ndim == 1:
        out = matmul(a[None, :] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b)
        out = out[..., 0] if b.ndim == 1 else out
        return out[..., 0, :] if a.ndim == 1 and b.ndim > 1 else out[..., 0] if a.ndim == 1 else out
    if not is_encrypted(a):
        return np.swapaxes(matmul(np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2)), -1, -2)
    shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
    if 0 in shape or not a.shape[-1]:
        return np.zeros(shape)
    if not is_encrypted(b) and b.ndim == 2 and a.slot_axis != a.ndim - 1:
        return _combinations(a, b)
    return total(multiply(a[..., :, :, None], b[..., None, :, :]), axis=-2)


@implements(np.dot)
def dot(a, b, out=None):
    """As numpy's: inner products of vectors, products of matrices, scaling by numbers."""
    parts = operands(a, b)
    a, b = (p if is_encrypted(p) else p[0] for p in parts)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    if a.ndim > 2 or b.ndim > 2:
        raise Refused("np.dot of more than two axes", "Use @ or np.einsum.")
    return matmul(a, b)


@implements(np.inner)
def inner(a, b):
    """Sums of products over the last axes."""
    parts = operands(a, b)
    a, b = (p if is_encrypted(p) else p[0] for p in parts)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    return tensordot(a, b, axes=(-1, -1))


@implements(np.vdot)
def vdot(a, b):
    """Sum of products, the first conjugated."""
    return matmul(np.ravel(np.conj(a)), np.ravel(b))


@implements(np.outer)
def outer(a, b, out=None):
    """All products of two vectors."""
    return multiply(np.ravel(a)[:, None], np.ravel(b)[None, :])


@implements(np.tensordot)
def tensordot(a, b, axes=2):
    """Sums of products over given axes."""
    parts = operands(a, b)
    a, b = (p if is_encrypted(p) else p[0] for p in parts)
    if isinstance(axes, (int, np.integer)):
        axes = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    left, right = ([x] if np.ndim(x) == 0 else list(x) for x in axes)
    left, right = [i % a.ndim for i in left], [i % b.ndim for i in right]
    free = [[i for i in range(x.ndim) if i not in gone] for x, gone in ((a, left), (b, right))]
    letters = "abcdefghijklmnopqrstuvwxyz"[:len(left)]
    names = [["?"] * a.ndim, ["?"] * b.ndim]
    for letter, i, j in zip(letters, left, right, strict=True):
        names[0][i] = names[1][j] = letter
    rest = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for side, indices in zip(names, free, strict=True):
        for i in indices:
            side[i] = next(rest)
    result = "".join(n for side in names for n in side if n.isupper())
    return einsum(f"{''.join(names[0])},{''.join(names[1])}->{result}", a, b)


def _labelled(subscripts, arrays):
    """Labels of each operand and of the result."""
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    names = left.split(",")
    if "." in text or len(names) != len(arrays):
        raise Refused(f"np.einsum of '{subscripts}'", "Write a label for every axis of every operand.")
    if not arrow:
        once = [c for c in sorted(set(left) - {","}) if left.count(c) == 1]
        right = "".join(once)
    for label, x in zip(names, arrays, strict=True):
        if len(label) != x.ndim or len(set(label)) != len(label):
            raise Refused(f"np.einsum of '{subscripts}' with an operand of {x.ndim} axes",
                          "Give each axis a label of its own; np.trace and np.diagonal take diagonals.")
    return names, right


@implements(np.einsum)
def einsum(subscripts, *operands_, out=None, optimize=False, **_):
    """Sums of products by labels, without diagonals."""
    arrays = [p if is_encrypted(p) else p[0] for p in operands(*operands_)]
    names, result = _labelled(subscripts, arrays)
    if len(arrays) == 2 and (quick := _as_matmul(names, result, arrays)) is not None:
        return quick
    order = result + "".join(sorted(set("".join(names)) - set(result)))
    product = None
    for label, x in zip(names, arrays, strict=True):
        x = np.transpose(x, [label.index(c) for c in order if c in label])
        x = x[tuple(slice(None) if c in label else None for c in order)]
        product = x if product is None else multiply(product, x)
    gone = tuple(range(len(result), len(order)))
    return total(product, axis=gone) if gone else product


def _as_matmul(names, result, arrays):
    """'ij,jk->ik' and the like: a product of matrices, which may need no rotation."""
    a, b = names
    common = [c for c in a if c in b]
    if len(common) != 1 or len(a) > 2 or len(b) > 2 or set(result) != set(a + b) - set(common):
        return None
    x = arrays[0] if a[-1] == common[0] else np.transpose(arrays[0])
    y = arrays[1] if b[0] == common[0] else np.transpose(arrays[1])
    out = matmul(x, y)
    made = a.replace(common[0], "") + b.replace(common[0], "")
    return out if made == result else np.transpose(out)


@implements(np.diagonal)
def diagonal(a, offset=0, axis1=0, axis2=1):
    """A diagonal of a matrix: a mask a row, one level."""
    if a.ndim != 2 or {axis1 % 2, axis2 % 2} != {0, 1}:
        raise Refused("np.diagonal of other than two axes", "Take matrices one at a time.")
    a = a if axis1 % 2 == 0 else np.transpose(a)
    rows, columns = a.shape
    n = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    part = a[max(-offset, 0):max(-offset, 0) + n, max(offset, 0):max(offset, 0) + n]
    if a.slot_axis is None or n < 2:
        return part[np.arange(n), np.arange(n)]
    return total(multiply(part, np.eye(n)), axis=1 - part.slot_axis).like(dtype=a.dtype)


@implements(np.trace)
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """The sum of a diagonal."""
    return total(diagonal(a, offset, axis1, axis2))


"""Functions that are steps: bins, remainders; of exact integers by tables, of others by signs at the edges."""

import bisect
import builtins
import itertools
import math

import numpy as np

from .. import exactly
from ..layout import afford, mapped
from ..operand import public
from ..refusal import Refused
from ..registry import implements, ufunc
from ..ufuncs import FLOAT, add, is_encrypted, multiply, negative, subtract
from . import compare, gridded
from .common import only

EDGES_MAX = 64  # a sign each
STEPS_MAX = 4096  # as wide as the widest table: more are not even listed


def stepped(x, edges, strict=None):
    """How many public edges each number reaches.

    Parameters
    ----------
    x : EncryptedArray
    edges : sequence of float
        Rising.
    strict : callable of float, optional
        Whether an edge is reached by what lies above it alone; all count by ``x >= edge`` by default.

    Returns
    -------
    EncryptedArray of the same shape
        Of int64 for exact integers, else of float64.

    Notes
    -----
    Cost: of exact integers one table, and of numbers on a declared grid where levels come back; else a sign an edge inside of
    the range, all of the same depth.
    """
    strict = strict or (lambda _: False)
    if x.exact:
        rising = [float(e) for e in edges]
        return exactly.tabled(x, lambda v: sum((v > e) if strict(e) else (v >= e) for e in rising))
    low, high = x.bounds
    inside = [e for e in edges if low < e <= high or (e == low and strict(e))]
    base = sum(1 for e in edges if e not in inside and e <= low)

    def reached(v):
        return float(base + sum((v > e) if strict(e) else (v >= e) for e in inside))

    return gridded.cheaper(x, reached, len(inside), lambda: _by_signs(x, inside, base, strict))


def listed(low, high):
    """The whole numbers above one and up to another, at which something steps; refused where they are many.

    Parameters
    ----------
    low, high : int

    Returns
    -------
    range
    """
    if high - low > STEPS_MAX:
        raise Refused(f"{high - low:,} steps inside of the numbers' range, more than {STEPS_MAX:,}",
                      "Declare a tighter range: x.within(low, high); or step after decryption.")
    return builtins.range(low + 1, high + 1)


def _by_signs(x, inside, base, strict):
    """A sign for each edge inside of the numbers' range."""
    if len(inside) > EDGES_MAX:
        raise Refused(f"{len(inside)} edges inside of the numbers' range, more than {EDGES_MAX}",
                      "Take fewer; or encrypt whole numbers with exact=True, of which a table has up to 1,024; or promise a "
                      "grid, x.within(low, high, step=s), with parameters whose levels come back.")
    afford(64 * len(inside) * len(x.values), f"comparisons with {len(inside)} edges", "Take fewer edges.")
    total = x * 0.0 + float(base)
    for e in inside:
        total = total + (compare.greater if strict(e) else compare.greater_equal)(x, e).astype(FLOAT)
    return total


# ---- bins ----
@implements(np.digitize)
def digitize(x, bins, right=False):
    """Which bin of public edges each number is in."""
    if is_encrypted(bins):
        raise Refused("np.digitize at encrypted edges", "Edges are public; compare with x > edge.")
    edges, falling = _edges(bins)
    if falling:  # numpy counts those above then
        return subtract(float(len(edges)) if not x.exact else len(edges), stepped(x, edges, lambda _: right))
    return stepped(x, edges, lambda _: right)


@implements(np.searchsorted)
def searchsorted(a, v, side="left", sorter=None):
    """Where encrypted numbers would stand in a public rising vector."""
    only("searchsorted", sorter=(sorter, None))
    if side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right' (got {side!r})")
    if is_encrypted(a):
        raise Refused("np.searchsorted in encrypted numbers", "Count: (x < value).sum() is where it would stand.")
    edges, _ = _edges(a)
    return stepped(v, edges, lambda _: side == "left")


@implements(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    """How many numbers each bin of public edges holds; the last one is closed."""
    only("histogram", density=(density, None), weights=(weights, None))
    if np.ndim(bins) == 0:
        if range is None:
            raise Refused("np.histogram whose edges would be encrypted", "Name them, or range=(low, high).")
        edges = np.histogram_bin_edges(np.zeros(0), bins, range)
    else:
        edges, falling = _edges(bins)
        edges = np.array(edges)
        if falling or len(edges) < 2:
            raise ValueError("`bins` must increase monotonically, when an array")
    flat = np.ravel(a)
    if flat.exact:
        counts = [np.sum(exactly.tabled(flat, lambda v, i=i: _bin(v, edges) == i)) for i in builtins.range(len(edges) - 1)]
        return np.stack(counts), edges
    flat.known = a.known  # of every number
    above = _above(flat, edges.tolist())
    counts = [hi - lo for hi, lo in itertools.pairwise(above)]
    sealed = next((c for c in counts if is_encrypted(c)), None)
    if sealed is None:
        return np.array(counts), edges
    return np.stack([c if is_encrypted(c) else sealed * 0.0 + c for c in counts]), edges


def _above(flat, edges):
    """How many numbers reach each edge, above the last one alone; public where the range tells."""
    low, high = flat.bounds
    last = [k == len(edges) - 1 for k in builtins.range(len(edges))]
    inside = [k for k, e in enumerate(edges) if not (e > high or (e == high and last[k]) or e <= low)]
    tables = gridded.reached(flat, [edges[k] for k in inside], [last[k] for k in inside])
    out = [float(flat.size) if e <= low and not (last[k] and e == low) else 0.0 for k, e in enumerate(edges)]
    for i, k in enumerate(inside):
        above = compare.greater if last[k] else compare.greater_equal
        out[k] = _counted(above(flat, edges[k]).astype(FLOAT) if tables is None else tables[i])
    return out


def _counted(truths):
    """How many are 1: of few numbers a sum over few slots, for all of a ciphertext's would be off together by more than one."""
    if truths.strips.size != 1 or truths.slot_axis is None:
        return np.sum(truths)
    return truths.like(shape=(), slot_axis=None, strips=mapped(lambda s: s.sum(alone=True), truths.strips.reshape(())))


def _bin(v, edges):
    """The bin of a number; -1 outside."""
    if not edges[0] <= v <= edges[-1]:
        return -1
    return min(bisect.bisect_right(edges.tolist(), v), len(edges) - 1) - 1


def _edges(bins):
    """Public edges, rising, and whether they came falling."""
    found = public(bins)
    if found is None or found[0].ndim != 1 or found[0].dtype.kind == "c":
        raise ValueError("bins must be one-dimensional public numbers")
    edges = found[0].astype(float)
    if np.all(np.diff(edges) >= 0):
        return edges.tolist(), False
    if np.all(np.diff(edges) <= 0):
        return edges[::-1].tolist(), True
    raise ValueError("bins must be monotonically increasing or decreasing")


# ---- remainders ----
@ufunc(np.floor_divide)
def floor_divide(x, y):
    """Whole numbers below a quotient by a public number: how many of its multiples each number reaches."""
    by = _divisor(x, y)
    if not x.exact:
        table = gridded.tabled(x, lambda v: float(np.floor_divide(v, by)))
        if table is not None:
            return table
    x, by = (x, by) if by > 0 else (negative(x), -by)
    low, high = (math.floor(end / by) for end in x.bounds) if x.size else (0, 0)
    return add(stepped(x, [k * by for k in listed(low, high)]), float(low))


@ufunc(np.remainder)
def remainder(x, y):
    """What a division by a public number leaves, of the divisor's sign."""
    by = _divisor(x, y)
    if not x.exact:
        table = gridded.tabled(x, lambda v: float(np.remainder(v, by)))
        if table is not None:
            return table
    return subtract(x, multiply(floor_divide(x, by), by))


def _divisor(x, y):
    if not is_encrypted(x) or is_encrypted(y) or np.ndim(y) or not math.isfinite(y) or y == 0:
        raise Refused("a remainder but of encrypted numbers by one public number that is not 0", "Divide after decryption.")
    return float(y)

"""Which of numpy's functions work on exact integers, what their results' dtypes are, and what meets approximate numbers.

The functions themselves are those of all encrypted arrays: strips differ, not the rules. Here stands what differs: dtypes are
numpy's, a function of few declared values is a table, and whatever needs an approximation is refused, or computed on the
approximate form where there is one.
"""

import math
from fractions import Fraction

import numpy as np

from ..core.errors import ArgumentError, ContextError, DepthError, RangeError
from ..plan.reach import reachable
from . import bridge, counting, ufuncs
from .operand import public
from .refusal import Refused
from .registry import REDUCTIONS, implements
from .twin import approximate, paired

INT, FLOAT, BOOL = np.dtype(np.int64), np.dtype(np.float64), np.dtype(bool)
SHARED = {np.add, np.subtract, np.multiply, np.negative, np.positive, np.square, np.conjugate, np.matmul, np.logical_and,
          np.bitwise_and, np.logical_or, np.bitwise_or, np.logical_xor, np.bitwise_xor, np.logical_not, np.invert}
OWN = {np.divide: ufuncs.divide, np.power: ufuncs.power}  # without what approximations add to them
FLOATING = {np.mean, np.var, np.average, np.cov, np.divide}  # numpy makes floats of integers
REFUSED = {np.ptp, np.std, np.corrcoef, np.linalg.norm, np.linalg.solve, np.linalg.inv,
           np.convolve}
TABLES = {
    np.equal: lambda x, c: x == c, np.not_equal: lambda x, c: x != c, np.less: lambda x, c: x < c,
    np.less_equal: lambda x, c: x <= c, np.greater: lambda x, c: x > c, np.greater_equal: lambda x, c: x >= c,
    np.floor_divide: lambda x, c: x // c, np.remainder: lambda x, c: x % c, np.maximum: max, np.minimum: min,
}
TURNED = {np.equal: np.equal, np.not_equal: np.not_equal, np.less: np.greater, np.less_equal: np.greater_equal,
          np.greater: np.less, np.greater_equal: np.less_equal, np.maximum: np.maximum, np.minimum: np.minimum}
COMPARISONS = set(TURNED) - {np.maximum, np.minimum}
UNARY = {np.absolute: abs, np.sign: lambda x: (x > 0) - (x < 0)}
STEPS = {np.floor, np.ceil, np.trunc, np.rint}
REWRITE = ("Encrypt the column approximately (exact=False, or exact='both' for both), or apply it after decryption.")


def is_exact(x):
    """Whether an operand is an encrypted array of exact integers."""
    return ufuncs.is_encrypted(x) and x.exact


def _leaves(x):
    """Operands inside of lists and tuples."""
    if isinstance(x, (list, tuple)):
        for y in x:
            yield from _leaves(y)
    else:
        yield x


# ---- where exact and approximate meet ----
def met(*operands):
    """Operands of one scheme: exact ones go over to their approximate form beside approximate ones, or over the bridge.

    Parameters
    ----------
    *operands : object

    Returns
    -------
    list of object

    Raises
    ------
    Refused
        When exact integers meet approximate numbers, and there is no approximate form of them.
    """
    found = [x for x in _leaves(operands) if ufuncs.is_encrypted(x)]
    if not any(x.exact for x in found):
        return list(operands)
    if all(x.exact for x in found):
        instead = bridge.met(found)
        return [_put(x, instead) for x in operands] if instead else list(operands)
    return [approximate(x, crossing=True) for x in operands]


def _put(x, instead):
    """An operand with others in the place of some arrays, by their ids."""
    return type(x)(_put(y, instead) for y in x) if isinstance(x, (list, tuple)) else instead.get(id(x), x)


def _tried(run, call, operands, options):
    """What `run` gives of exact operands; where they refuse, what `call` gives of their approximate forms.

    A range that does not fit, levels that run out and moduli that do not meet are such refusals too. Other errors are the
    caller's.
    """
    try:
        return _within_reach(paired(run(), call, operands, options))
    except (Refused, RangeError, DepthError, ContextError) as why:
        if any(x.twin is None for x in _leaves(operands) if is_exact(x)):
            raise
        try:
            return call(*(approximate(x) for x in operands), **options)
        except Refused as other:
            raise (why if isinstance(why, RangeError) else other) from None


def _within_reach(out):
    """A result; refused where no level is left for it, but maybe for its approximate form. Others are when computed."""
    for array in _leaves(out):
        if is_exact(array) and array.twin is not None and not reachable(array.values):
            raise DepthError("no level is left for these integers",
                             "Multiply fewer times in a row, or narrow what is compared.")
    return out


def check(strips, dtype):
    """Refuse numbers that an array of integers or truth values cannot hold.

    Parameters
    ----------
    strips : ndarray of WholeStrip
    dtype : dtype
    """
    if dtype == FLOAT:
        return
    if not all(s.integral for s in strips.flat):
        raise Refused("fractions do not go into an array of integers", "Write x = x.astype(float) first.")
    if dtype == BOOL and not all(s.interval[0] >= 0 and s.interval[1] <= 1 for s in strips.flat):
        raise Refused("numbers do not go into an array of truth values", "Write x = x.astype(int) first.")


# ---- ufuncs ----
def run_ufunc(what, method, inputs, options):
    """Run a ufunc's method; see :func:`jupyterfhe.array.ufuncs.run`.

    Parameters
    ----------
    what : numpy.ufunc
    method : str
    inputs : tuple
    options : dict

    Returns
    -------
    EncryptedArray or NotImplemented
    """
    first, inputs = inputs, met(*inputs)
    if not any(map(is_exact, inputs)):
        return ufuncs.run(what, method, inputs, options) if not any(map(is_exact, first)) else getattr(what, method)(
            *inputs, **options)
    return _tried(lambda: _ufunc(what, method, inputs, options), getattr(what, method), inputs, options)


def _ufunc(what, method, inputs, options):
    """The same of exact operands alone."""
    if method == "__call__" and (what in TABLES or what in UNARY) and not options:
        return _table(what, *inputs)
    if method == "__call__" and what in STEPS and not options:
        return ufuncs.run(what, method, inputs, options)
    if what not in SHARED and what not in OWN and not (method == "reduce" and what in REDUCTIONS):
        raise Refused(f"np.{what.__name__} of exact integers", REWRITE)
    if method == "__call__" and what in OWN and not options:
        if what is np.divide and ufuncs.is_encrypted(inputs[1]):
            raise Refused("a division by encrypted integers", "Return numerator and denominator, and divide after decryption.")
        out = OWN[what](*inputs)
    else:
        out = ufuncs.run(what, method, inputs, options)
    return _typed(out, inputs, what in FLOATING)


def _table(what, *inputs):
    """A function of every number by its declared values."""
    if what in UNARY:
        a, = inputs
        return ufuncs.each(a, lambda s: s.looked_up(UNARY[what]), _numbers_of(a))
    a, b = inputs
    if not is_exact(a) and what in TURNED:
        a, b, what = b, a, TURNED[what]
    if not is_exact(a) or (is_exact(b) and what not in (np.equal, np.not_equal)):
        raise Refused(f"np.{what.__name__} of these operands", "Compare exact integers with public ones.")
    if is_exact(b):
        return _table(what, ufuncs.subtract(*(_counted(x) for x in (a, b))), 0)
    found = public(b)
    if found is None:
        return NotImplemented
    if what in (np.floor_divide, np.remainder) and not np.all(found[0]):
        raise ArgumentError("a division by 0", "Mask such entries first, for instance with np.where.")
    f, (array, _) = TABLES[what], found
    out = ufuncs.with_public(a, array.astype(FLOAT), lambda s, c: s.looked_up(lambda x: f(x, Fraction(c))),
                             _no_vectors, _numbers_of(a))
    return out.like(dtype=BOOL) if what in COMPARISONS else out


def tabled(a, f):
    """A function of every number by its declared values, whole numbers or truth values.

    Parameters
    ----------
    a : EncryptedArray
        Exact.
    f : callable of Fraction

    Returns
    -------
    EncryptedArray
    """
    return ufuncs.each(a, lambda s: s.looked_up(f), _numbers_of(a))


def _no_vectors(*_):
    raise Refused("a comparison with other numbers along the slots", "Compare with one number for all of this axis.")


def _counted(x):
    return x.like(dtype=INT) if x.dtype == BOOL else x


def _numbers_of(a):
    return FLOAT if a.dtype == FLOAT else INT


@implements(np.isin)
def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
    """Whether each is one of some public numbers, by the column's declared values."""
    if not is_exact(element):
        raise Refused("np.isin of approximate numbers", "Compare exact integers with public ones.")
    wanted = {Fraction(x) for x in np.ravel(np.asarray(test_elements)).tolist()}
    return ufuncs.each(element, lambda s: s.looked_up(lambda x: (x in wanted) != invert), BOOL)


# ---- functions ----
def _ordered(function, x, *args, **options):
    """Order statistics of exact integers: by counts of their declared values."""
    args = [options.pop("q"), *args] if "q" in options else list(args)
    share = ENDS[function] if function in ENDS else args.pop(0) if function in (np.quantile, np.percentile) else None
    more = {k for k, v in options.items() if k not in ("axis", "kind") and v not in (None, False)}
    if more or any(axis not in (None, 0, -1) for axis in (*args, options.get("axis"))):
        raise Refused(f"np.{function.__name__} of exact integers with these options", "Leave them out.")
    if function is np.percentile:
        share = np.asarray(share, dtype=float) / 100
    if function in INDICES and x.shape == (1,):
        return x * 0 if function is np.argsort else x[0] * 0
    if function in INDICES:
        return _as_array(x, INDICES[function](x, f"np.{function.__name__}"))
    if x.shape == (1,):
        return x.copy() if function is np.sort else x[0] if not np.ndim(share) else np.stack([x[0]] * len(share))
    if np.ndim(share):
        return np.stack([_ordered(np.quantile, x, float(s)) for s in share])
    found = counting.ordered(x) if function is np.sort else counting.statistic(x, float(share), f"np.{function.__name__}")
    return _as_array(x, found)


def _as_array(x, found):
    """A vector's result of one strip, of one number or as many as it has."""
    strips = np.empty((1,) if found.length is not None else (), dtype=object)
    strips[...] = found
    return x.like(shape=x.shape if strips.ndim else (), slot_axis=0 if strips.ndim else None, strips=strips,
                  dtype=INT if found.integral else FLOAT)


ENDS = {np.min: 0.0, np.max: 1.0, np.median: 0.5, np.sort: 0.0}
INDICES = {np.argmin: lambda x, name: counting.index(x, name, False), np.argmax: lambda x, name: counting.index(x, name, True),
           np.argsort: counting.indices}
ORDERS = {*ENDS, *INDICES, np.quantile, np.percentile}


def run_function(function, implementation, args, options):
    """Run one of numpy's functions.

    Parameters
    ----------
    function, implementation : callable
        numpy's and ours.
    args : tuple
    options : dict

    Returns
    -------
    object
    """
    first, args = args, met(*args)
    if not any(map(is_exact, _leaves(args))):
        return implementation(*args, **options) if not any(map(is_exact, _leaves(first))) else function(*args, **options)

    def run():
        if function in ORDERS:
            return _ordered(function, *args, **options)
        if function in REFUSED:
            raise Refused(f"np.{function.__name__} of exact integers", REWRITE)
        return _typed(implementation(*args, **options), args, function in FLOATING)
    return _tried(run, function, args, options)


# ---- dtypes ----
def _typed(out, inputs, floating):
    """A result with numpy's dtype: integers stay integers beside integers."""
    if not is_exact(out) or out.dtype != FLOAT or floating:
        return out
    for x in _leaves(inputs):
        kind = x.dtype.kind if hasattr(x, "dtype") else "i" if isinstance(x, int) else "f" if x is not None else "i"
        if kind not in "iub" and not isinstance(x, (str, slice)):
            return out
    return out.like(dtype=INT) if all(s.integral for s in out.strips.flat) else out


def astype(array, dtype):
    """Truth values and integers as numbers of another type, without rounding.

    Parameters
    ----------
    array : EncryptedArray
    dtype : dtype

    Returns
    -------
    EncryptedArray
    """
    if dtype == array.dtype:
        return array
    if dtype == FLOAT or (dtype == INT and array.dtype == BOOL):
        out = array.like(dtype=dtype)
        out.twin = array.twin
        return out
    raise Refused(f"{array.dtype} does not become {dtype} without being decrypted", "Round after decryption.")


def numbers_of(array, opened):
    """An array's numbers, of opened integers: what decryption ends with.

    Parameters
    ----------
    array : EncryptedArray
    opened : callable of (WholeValue, int, int)
        Gives the first integers of a value, of a proved bound on their moduli.

    Returns
    -------
    ndarray
        Of the array's shape and dtype; floats are the exact rationals, rounded once.
    """
    axis = array.slot_axis
    out = np.empty(array.shape, dtype=array.dtype)
    rows = out[..., None] if axis is None else np.moveaxis(out, axis, -1)
    strips = array.strips if axis is None else np.squeeze(array.strips, axis)
    for at in np.ndindex(strips.shape):
        s, n = strips[at], rows.shape[-1]
        bound, slots = max(1, *map(abs, s.range)), s.session.slots
        parts = [opened(v, bound, min(slots, n - i * slots)) for i, v in enumerate(s.values)]
        rows[at] = _finished(np.concatenate(parts), s, array.dtype)
    return out


def _finished(u, s, dtype):
    """``shift + gain * u``, once u is known."""
    d = math.lcm(s.gain.denominator, s.shift.denominator)
    k, c = int(s.gain * d), int(s.shift * d)
    largest = max(1, *map(abs, s.range)) * abs(k) + abs(c)
    if dtype.kind in "ib":
        if d != 1 or largest >= 2**63:
            raise ArgumentError("a result is no integer of 64 bits", "Take it as floats: x.astype(float).")
        return u * k + c
    if largest <= 2**53 and d <= 2**53:  # both are doubles, so the quotient is rounded once
        return (u * k + c).astype(float) / d
    return np.array([float(Fraction(int(x) * k + c, d)) for x in u])

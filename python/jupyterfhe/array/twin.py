"""The approximate form of exact arrays: a column that was encrypted in both ways has one, and so has what is computed from it.

Exact integers do less than approximate numbers: no roots, no division by each other, no meeting with floats. So that a notebook
need not know which column is which, an exact result remembers how it came about, and where its exact form is not enough the
same steps are taken on the approximate ones.
"""

import numpy as np

from ..plan.notes import note
from . import bridge, known
from .refusal import Refused

WORDS = "a column of exact integers went over to its approximate encryption"


class Twin:
    """How to make the approximate form of an exact array; made at most once, and only when it is asked for.

    Parameters
    ----------
    make : callable
        Gives it, of the approximate forms of `sources`.
    sources : sequence of Twin

    Notes
    -----
    Memory: a few hundred bytes an operation, and copies of public operands: they may be changed later, exact arrays too, and a
    twin stands for what they were. Chains are walked without recursion, since a user's loop makes them.
    """

    __slots__ = ("_made", "_make", "_sources")

    def __init__(self, make, sources=()):
        """Make nothing yet."""
        self._make, self._sources, self._made = make, tuple(sources), None

    def __call__(self):
        """The approximate array, one of its own at each call."""
        stack = [self]
        while stack:
            top = stack[-1]
            waiting = [s for s in top._sources if s._made is None]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if top._made is None:
                top._made = top._make(*(s._made.like() for s in top._sources))
                top._make, top._sources = None, ()
        return self._made.like()


class _Place:
    """Where the approximate form of an operand goes."""

    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


def _frozen(x, sources):
    """An operand as it is now; exact arrays are replaced by places, and their twins collected."""
    if isinstance(x, (list, tuple)):
        return type(x)(_frozen(y, sources) for y in x)
    if isinstance(x, np.ndarray):
        return x.copy()
    if not getattr(x, "exact", False):
        return x
    sources.append(x.twin)
    return _Place(len(sources) - 1)


def _filled(x, arrays):
    if isinstance(x, (list, tuple)):
        return type(x)(_filled(y, arrays) for y in x)
    return arrays[x.number] if isinstance(x, _Place) else x


def paired(out, call, args, options=None):
    """Let an exact result know its approximate form, where all exact operands have one.

    Parameters
    ----------
    out : object
        What `call` gave; a list or tuple of arrays too.
    call : callable
        Works on approximate arrays as well.
    args : sequence of object
    options : dict, optional

    Returns
    -------
    object
        `out`.
    """
    results = out if isinstance(out, (list, tuple)) else [out]
    if not any(getattr(x, "exact", False) for x in results):
        return out
    sources, options = [], options or {}
    frozen = [_frozen(x, sources) for x in args]
    if not sources or any(s is None for s in sources):
        return out
    for i, result in enumerate(results):
        def make(*arrays, i=i):
            made = call(*(_filled(x, arrays) for x in frozen), **options)
            return made[i] if results is out else made
        if getattr(result, "exact", False):
            result.twin = Twin(make, sources)
    return out


def approximate(x, crossing=False):
    """An operand's approximate form; lists and tuples of operands one by one.

    Parameters
    ----------
    x : object
    crossing : bool, default=False
        Whether single numbers without a second encryption go over by the bridge.

    Returns
    -------
    object

    Raises
    ------
    Refused
        When it is exact and there is no approximate encryption of what it was computed from.
    """
    if isinstance(x, (list, tuple)):
        return type(x)(approximate(y, crossing) for y in x)
    if not getattr(x, "exact", False):
        return x
    if x.twin is None and crossing and bridge.single(x):
        return bridge.to_approximate(x)
    if x.twin is None:
        raise Refused("exact integers and approximate numbers in one expression",
                      "Encrypt the column in both ways (exact='both'), compute totals first, which go over by themselves, or "
                      "finish after decryption.")
    out = noted(x.twin())
    if all(s.integral for s in x.strips.flat):
        out.known = known.Whole()
    return out


def noted(array):
    """An approximate form, of which :meth:`EncryptedArray.explain` says that it is one.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    EncryptedArray
    """
    for value in array.values:
        note(value, WORDS)
    return array

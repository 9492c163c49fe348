"""Results that the reader's side finishes: a recipe of a few operations over encrypted parts.

A division, a root or a tail probability that ends a computation costs many levels on ciphertexts and nothing after decryption.
:class:`Finished` writes it down instead: leaves are encrypted arrays and public numbers, nodes one of :data:`OPERATIONS`.
Whoever holds the key decrypts the leaves and evaluates the nodes with intervals, so that a bound comes out as well
(protocol/finish.md).
"""

import numpy as np

from .array import EncryptedArray
from .refusal import Refused

NODES_MAX, ARGUMENTS_MAX = 1 << 16, 1 << 12
# name: how many operands, and whether their shapes broadcast
OPERATIONS = {"add": (2, True), "sub": (2, True), "mul": (2, True), "div": (2, True), "sqrt": (1, True), "whole": (1, True),
              "larger": (2, True),
              "at_least": (3, True), "sum": (1, False), "cumsum": (1, False), "cumprod": (1, False), "stack": (None, False),
              "reshape": (1, False), "index": (1, False), "inverse": (1, False), "t_two_sided": (2, True), "f_upper": (3, True),
              "chi2_upper": (2, True), "normal_two_sided": (1, True)}


class Finished:
    """Numbers that are computed when the parts they are made of are decrypted.

    ``+ - * /``, ``**`` by 2 and ``numpy.sqrt`` go on writing the recipe; encrypted arrays and public numbers may stand beside
    it.

    Attributes
    ----------
    op : str
        ``part``, ``number``, or a key of :data:`OPERATIONS`.
    args : tuple of Finished
    data : object
        A part's array, a number's values, or what an operation wants besides operands.
    shape : tuple of int
    """

    __slots__ = ("__weakref__", "args", "data", "op", "shape")
    __array_priority__ = 2000
    dtype = np.dtype(np.float64)
    __hash__ = None

    def __init__(self, op, args, data, shape):
        """Keep the parts; :func:`part`, :func:`number` and :func:`node` make them."""
        self.op, self.args, self.data, self.shape = op, args, data, tuple(shape)

    @property
    def ndim(self):
        """How many axes."""
        return len(self.shape)

    @property
    def size(self):
        """How many numbers."""
        return int(np.prod(self.shape, dtype=int))

    def __len__(self):
        """Length of the first axis."""
        if not self.shape:
            raise TypeError("len() of a single number")
        return self.shape[0]

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        """Write down a ufunc."""
        name = _UFUNCS.get(ufunc)
        if method != "__call__" or out is not None or options:
            raise Refused(f"np.{ufunc.__name__}.{method} of numbers that are finished at decryption", ADVICE)
        if name is None:
            raise Refused(f"np.{ufunc.__name__} of numbers that are finished at decryption", ADVICE)
        if name == "square":
            return node("mul", inputs[0], inputs[0])
        if name == "negative":
            return node("sub", 0.0, inputs[0])
        return node(name, *inputs)

    def _operator(op, swapped=False):
        def method(self, other):
            return node(op, other, self) if swapped else node(op, self, other)
        return method

    __add__, __sub__, __mul__, __truediv__ = map(_operator, ("add", "sub", "mul", "div"))
    __radd__, __rmul__ = __add__, __mul__
    __rsub__, __rtruediv__ = _operator("sub", True), _operator("div", True)
    del _operator

    def __neg__(self):
        """Less than nothing."""
        return node("sub", 0.0, self)

    def __pow__(self, k):
        """Squares."""
        if k != 2:
            raise Refused(f"a power {k} of numbers that are finished at decryption", "Multiply, or raise it after decryption.")
        return node("mul", self, self)

    def __getitem__(self, i):
        """An entry of the first axis."""
        if not isinstance(i, (int, np.integer)) or not -len(self) <= i < len(self):
            raise IndexError(f"numbers that are finished at decryption are picked by one number below {len(self)}")
        return node("index", self, data=int(i) % len(self))

    def __iter__(self):
        """Entries of the first axis."""
        return (self[i] for i in range(len(self)))

    def sum(self):
        """The sum along the last axis."""
        return node("sum", self)

    def reshape(self, *shape):
        """Another shape of as many numbers."""
        return node("reshape", self, data=tuple(shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape))

    def __array__(self, *_, **__):
        """Refuse: there are no plain numbers here."""
        raise Refused("numbers that are finished at decryption cannot become a plain array", ADVICE)

    def __bool__(self):
        """Refuse."""
        raise Refused("whether such a number is true is known after decryption", "Decide there.")

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted results are not pickled: save them by name")

    def __repr__(self):
        """What finishes it; never a value."""
        ops = sorted({n.op for n in ordered([self])} - {"part", "number"})
        return f"<Finished shape {self.shape}, at decryption: {', '.join(ops) or 'nothing'}>"


ADVICE = "client.decrypt_frame and decrypt_array open it; go on there."
_UFUNCS = {np.add: "add", np.subtract: "sub", np.multiply: "mul", np.divide: "div", np.sqrt: "sqrt", np.square: "square",
           np.negative: "negative"}


def part(array):
    """An encrypted array as a leaf.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    Finished
    """
    return Finished("part", (), array, array.shape)


def number(values):
    """Public numbers as a leaf.

    Parameters
    ----------
    values : array_like

    Returns
    -------
    Finished
    """
    values = np.array(values, dtype=float)
    return Finished("number", (), values, values.shape)


def finished(x):
    """Whatever may stand in a recipe, as a node of one.

    Parameters
    ----------
    x : Finished, EncryptedArray or array_like

    Returns
    -------
    Finished
    """
    return x if isinstance(x, Finished) else part(x) if isinstance(x, EncryptedArray) else number(x)


def node(op, *args, data=None):
    """An operation of a recipe.

    Parameters
    ----------
    op : str
        A key of :data:`OPERATIONS`.
    *args : Finished, EncryptedArray or array_like
    data : int or tuple of int, optional
        Of ``index`` the number, of ``reshape`` the shape.

    Returns
    -------
    Finished
    """
    args = tuple(map(finished, args))
    return Finished(op, args, data, shape_of(op, [a.shape for a in args], data))


def shape_of(op, shapes, data):
    """Shape of an operation's result.

    Parameters
    ----------
    op : str
    shapes : list of tuple of int
        Of the operands.
    data : int or tuple of int or None

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        When the operands do not fit.
    """
    count, broadcasts = OPERATIONS[op]
    if (count is not None and len(shapes) != count) or not 0 < len(shapes) <= ARGUMENTS_MAX:
        raise ValueError(f"{op} takes {count or 'some'} operands, not {len(shapes)}")
    if broadcasts:
        return np.broadcast_shapes(*shapes)
    shape = shapes[0]
    if op == "stack":
        if any(s != shape for s in shapes):
            raise ValueError("stacked numbers have different shapes")
        return (len(shapes), *shape)
    if op == "reshape":
        if int(np.prod(data, dtype=int)) != int(np.prod(shape, dtype=int)):
            raise ValueError(f"{shape} does not become {data}")
        return tuple(data)
    if not shape:
        raise ValueError(f"{op} takes an axis")
    if op == "index":
        if not 0 <= data < shape[0]:
            raise ValueError(f"number {data} of {shape[0]}")
        return shape[1:]
    if op == "inverse":
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ValueError(f"a matrix of shape {shape} has no inverse")
        return shape
    return shape[:-1] if op == "sum" else shape


def whole(x):
    """Numbers known to be integers: the reader rounds them, so that they are exact while their error is below 1/2."""
    return node("whole", x)


def at_least(count, least, x):
    """`x` where `count` is at least `least`, else undefined; the reader's side looks, for nobody else can."""
    return node("at_least", count, float(least), x)


def sqrt(x):
    """Square roots of numbers that are not negative."""
    return node("sqrt", x)


def larger(a, b):
    """The larger of two."""
    return node("larger", a, b)


def smaller(a, b):
    """The smaller of two."""
    return -larger(-finished(a), -finished(b))


def modulus(x):
    """Without its sign."""
    return larger(x, -finished(x))


def stack(items):
    """Several of one shape along a new first axis."""
    return node("stack", *items)


def ordered(roots):
    """All nodes under some, operands first, each once.

    Parameters
    ----------
    roots : list of Finished

    Returns
    -------
    list of Finished
    """
    out, seen, pending = [], set(), [(r, False) for r in reversed(roots)]
    while pending:
        found, ready = pending.pop()
        if ready:
            out.append(found)
        elif id(found) not in seen:
            seen.add(id(found))
            pending.append((found, True))
            pending += [(a, False) for a in reversed(found.args)]
    return out

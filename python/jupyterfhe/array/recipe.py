"""A recipe as JSON, and its parts as few arrays: what is written beside ciphertexts and read as a stranger's.

Parts that lie alike are joined: numbers off the slots end to end, vectors along the slots one below the other. So a table of a
hundred means is one array of sums and counts, computed by one plan.
"""

import math

import numpy as np

from ..core.errors import FormatError
from .array import EncryptedArray
from .finish import ARGUMENTS_MAX, NODES_MAX, OPERATIONS, Finished, finished, ordered, shape_of
from .refusal import Refused

ENTRIES_MAX = 1 << 24  # of a public operand, or of any node


def laid_out(roots):
    """Parts as arrays, and nodes as JSON.

    Parameters
    ----------
    roots : list of Finished

    Returns
    -------
    (list of EncryptedArray, list, list of int)
        The arrays, of shape (P,) or (P, n); the nodes, operands first; where the roots stand among them.
    """
    order = ordered(roots)
    places, arrays = _joined({id(n.data): n.data for n in order if n.op == "part"})
    number = {id(n): i for i, n in enumerate(order)}
    nodes = []
    for found in order:
        if found.op == "part":
            which, start = places[id(found.data)]
            nodes.append(["part", which, start, list(found.shape)])
        elif found.op == "number":
            nodes.append(["number", list(found.shape), found.data.ravel().tolist()])
        else:
            nodes.append([found.op, [number[id(a)] for a in found.args],
                          *([] if found.data is None else [list(found.data) if isinstance(found.data, tuple) else found.data])])
    return arrays, nodes, [number[id(r)] for r in roots]


def _joined(parts):
    """``{id: (array, first entry)}`` and the arrays."""
    groups = {}
    for name, array in parts.items():
        if array.slot_axis is not None and array.ndim != 1:
            raise Refused("a table of several axes inside a recipe", "Take its columns one by one.")
        alike = getattr(array, "exact", False), str(array.dtype), None if array.slot_axis is None else array.shape[0]
        groups.setdefault(alike, []).append((name, array))
    places, arrays = {}, []
    for (_, _, rows), members in groups.items():
        start = 0
        for name, array in members:
            places[name] = len(arrays), start
            start += array.size if rows is None else 1
        if rows is None:
            flat = [a.reshape(-1) for _, a in members]
            arrays.append(flat[0] if len(flat) == 1 else np.concatenate(flat))
        else:
            arrays.append(np.stack([a for _, a in members]))
    return places, arrays


def outright(nodes, outputs):
    """Arrays of which some numbers are outputs as they are decrypted, so that they may be computed on when the result is
    opened again.

    Parameters
    ----------
    nodes : list
        As :func:`laid_out` gives them.
    outputs : list of int

    Returns
    -------
    set of int
    """
    found, pending = set(), list(outputs)
    while pending:
        op, *rest = nodes[pending.pop()]
        if op == "part":
            found.add(rest[0])
        elif op in ("reshape", "index", "stack"):
            pending += rest[0]
        elif op == "add" and nodes[rest[0][1]][0] == "number":  # a column's values are encrypted less a public number
            pending.append(rest[0][0])
    return found


def recalled(arrays, nodes, outputs):
    """The recipe that :func:`laid_out` wrote, over arrays that were read.

    Parameters
    ----------
    arrays : list of EncryptedArray
    nodes : object
        From JSON.
    outputs : object
        From JSON.

    Returns
    -------
    list of Finished

    Raises
    ------
    FormatError
        When it is none.
    """
    made = checked(nodes, outputs, [a.shape for a in arrays])
    out = []
    for op, args, data, shape in made:
        if op == "part":
            which, start = data
            out.append(Finished("part", (), _piece(arrays[which], start, shape), shape))
        else:
            out.append(Finished(op, tuple(out[a] for a in args), data, shape))
    return [out[i] for i in outputs]


def _piece(array, start, shape):
    if array.ndim == 2:
        return array[start]
    return array[start:start + math.prod(shape)].reshape(shape)


def checked(nodes, outputs, shapes):
    """Nodes of a recipe, checked before anything is made of them.

    Parameters
    ----------
    nodes, outputs : object
        From JSON.
    shapes : list of tuple of int
        Of the arrays that the parts are of.

    Returns
    -------
    list of (str, tuple of int, object, tuple of int)
        Operation, numbers of operands, data, shape. A part's data are its array and first entry.

    Raises
    ------
    FormatError
    """
    _need(isinstance(nodes, list) and 0 < len(nodes) <= NODES_MAX, "it has no nodes, or too many")
    out, total = [], 0
    for entry in nodes:
        _need(isinstance(entry, list) and 2 <= len(entry) <= 4 and isinstance(entry[0], str), "a node is none")
        try:
            made = _node(entry, out, shapes)
        except ValueError as why:
            raise FormatError(f"the recipe cannot be used: {why}") from None
        total += math.prod(made[3])
        _need(total <= ENTRIES_MAX * 4, "it is too large")
        out.append(made)
    _need(isinstance(outputs, list) and all(_whole(i, len(out) - 1) for i in outputs), "an output is none of its nodes")
    return out


def _node(entry, before, shapes):
    op = entry[0]
    if op == "part":
        _need(len(entry) == 4 and _whole(entry[1], len(shapes) - 1) and _whole(entry[2], ENTRIES_MAX), "a part is none")
        whole, start, shape = shapes[entry[1]], entry[2], _shape(entry[3])
        if len(whole) == 2:
            _need(start < whole[0] and shape == whole[1:], "a part is not in its array")
        else:
            _need(len(whole) == 1 and start + math.prod(shape) <= whole[0], "a part is not in its array")
        return "part", (), (entry[1], start), shape
    if op == "number":
        _need(len(entry) == 3 and isinstance(entry[2], list), "a number is none")
        shape = _shape(entry[1])
        _need(len(entry[2]) == math.prod(shape) and all(_is_number(x) for x in entry[2]), "a number is none")
        return "number", (), np.array(entry[2], dtype=float).reshape(shape), shape
    _need(op in OPERATIONS, f"its operation {op[:40]!r} is unknown")
    args = entry[1]
    _need(isinstance(args, list) and 0 < len(args) <= ARGUMENTS_MAX and all(_whole(a, len(before) - 1) for a in args),
          f"an operand of {op} is none of the nodes before it")
    data = None
    _need((len(entry) == 3) == (op in ("index", "reshape")), f"{op} has too many members, or too few")
    if op == "index":
        data = entry[2]
        _need(_whole(data, ENTRIES_MAX), "an index is none")
    elif op == "reshape":
        data = _shape(entry[2])
    shape = shape_of(op, [before[a][3] for a in args], data)
    _need(math.prod(shape) <= ENTRIES_MAX, "a node is too large")
    return op, tuple(args), data, shape


def _need(fine, what):
    if not fine:
        raise FormatError(f"the recipe cannot be used: {what}")


def _whole(x, most):
    return type(x) is int and 0 <= x <= most


def _is_number(x):
    return type(x) in (int, float) and abs(x) < 1e300


def _shape(x):
    _need(isinstance(x, list) and len(x) <= 8 and all(_whole(n, 1 << 40) for n in x), "a shape is none")
    return tuple(x)


def roots_of(items):
    """Numbers of any sort as nodes.

    Parameters
    ----------
    items : iterable of Finished, EncryptedArray or array_like

    Returns
    -------
    list of Finished
    """
    return [finished(x) for x in items]


def session_of(roots):
    """The session that the parts of a recipe are of.

    Parameters
    ----------
    roots : list of Finished

    Returns
    -------
    jupyterfhe.plan.Session or None
    """
    return next((n.data.session for n in ordered(roots) if n.op == "part" and isinstance(n.data, EncryptedArray)), None)

"""A saved result as a frame or series again, where its recipe leaves that open."""

import numpy as np

from ..array import EncryptedArray
from .frame import EncryptedFrame
from .series import EncryptedSeries


def revived(result):
    """What a saved frame or series was.

    Columns of plain numbers are computed on as before; those that are finished at decryption go on as such; categories are
    shown and saved, and no more, since how many labels their polynomials have is not written.

    Parameters
    ----------
    result : Result

    Returns
    -------
    EncryptedFrame, EncryptedSeries or Result
        The result itself where a column is one number in all rows, or a filter one that is finished at decryption: it can be
        saved again and opened.
    """
    keep = _mask(result.keep)
    columns = [o for o in result.outputs if o.cells.ndim == 1 and (o.valid is None or o.valid.ndim == 1)]
    if result.shape == "record" or len(columns) < len(result.outputs) or (result.keep is not None and keep is None):
        return result
    keep = () if keep is None else (keep,)
    if result.shape == "series":
        return _series(columns[0], result.index, keep)
    out = EncryptedFrame({o.name: _series(o, result.index, ()) for o in columns}, result.index, keep)
    out.tables = result.tables
    return out


def _mask(node):
    """A mask that computes: encrypted as it is, or public; None for others."""
    if node is None or node.op not in ("part", "number"):
        return None
    return node.data if node.op == "part" else np.broadcast_to(node.data >= 0.5, node.shape)


def _series(output, index, keep):
    cells, valid = output.cells, _mask(output.valid)
    rest, offset = _line(cells)
    plain = rest is not None and output.kind != "category" and (output.valid is None or valid is not None)
    numbers = {"values": None, "valid": output.valid, "late": cells}
    if plain:
        numbers = {"values": rest, "valid": valid, "offset": offset}
    return EncryptedSeries(index=index, name=output.name, kind=output.kind, keep=keep, epoch=output.epoch,
                           categories=output.categories, source=output.source, **numbers)


def _line(cells):
    """An encrypted array and a public number added to it, where cells are no more than that; else None and 0."""
    if cells.op == "part" and isinstance(cells.data, EncryptedArray):
        return cells.data, 0.0
    if cells.op == "add" and cells.args[0].op == "part" and cells.args[1].op == "number" and not cells.args[1].shape:
        return cells.args[0].data, float(cells.args[1].data)
    return None, 0.0

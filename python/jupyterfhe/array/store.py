"""Arrays as folders: ``manifest.json`` says how numbers lie, one container a ciphertext holds them.

What is read may come from anybody: names of files are made here, sizes and numbers are checked before anything is made of
them. What a manifest says of ranges is believed as the headers of ciphertexts are: who wrote it is decided above, by
signatures.
"""

import json
import math
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from ..core import containers
from ..core.errors import ContextError, FormatError, KeyMissingError, StorageError
from ..plan import Session, Value, compute
from .array import array_of
from .strip import Strip, count

MANIFEST, FORMAT, VERSION = "manifest.json", "jupyterfhe array", 1
MANIFEST_MAX = 64 << 20  # bytes
STRIPS_MAX = 1 << 20
DTYPES = ("float64", "complex128", "bool")


def save(array, path):
    """Write an array; see :meth:`EncryptedArray.save`.

    Parameters
    ----------
    array : EncryptedArray
    path : path-like
    """
    path = Path(path)
    if array.session.is_clear:
        raise StorageError("a simulation is not saved: its numbers are in the clear", "Save encrypted arrays.")
    if os.path.lexists(path):
        raise StorageError(f"{path} exists already; nothing was written", "Choose a new name.")
    compute(array.values)
    part = Path(tempfile.mkdtemp(prefix=f".{path.name}.part-", dir=path.parent))
    try:
        for i, value in enumerate(array.values):
            value.stored.load(array.session.params).save(part / f"{i}.jfhe")
        containers.save(part / MANIFEST, json.dumps(manifest(array), allow_nan=False).encode())
        part.chmod(0o755)
        os.rename(part, path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def manifest(array):
    """What the folder of an array says of it.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    dict
    """
    session, number = array.session, {v: i for i, v in enumerate(array.values)}
    strips = [{"length": s.length, "gain": _pair(s.gain), "shift": _pair(s.shift), "range": list(s.range), "drift": s.drift,
               "pad": None if s.pad is None or isinstance(s.pad, Value) else _pair(s.pad),
               "values": [number[v] for v in s.values]} for s in array.strips.flat]
    return {"format": FORMAT, "version": VERSION, "params": session.params.hash, "key": session.keys.key_id,
            "log_slots": session.log_slots, "shape": list(array.shape), "dtype": str(array.dtype),
            "slot_axis": array.slot_axis, "ciphertexts": len(number), "strips": strips}


def _pair(c):
    return [complex(c).real, complex(c).imag]


# ---- reading ----
def read_manifest(path):
    """The checked manifest of a folder, before keys are known.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict

    Raises
    ------
    FormatError
    """
    data = containers.read(Path(path) / MANIFEST, MANIFEST_MAX)
    try:
        found = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as why:
        raise FormatError(f"{path} has no readable manifest: {type(why).__name__}") from None
    _need(isinstance(found, dict) and found.get("format") == FORMAT, "it is no array's manifest")
    _need(found.get("version") == VERSION, f"it is of version {found.get('version')!r}, this library reads {VERSION}")
    _need(found.get("dtype") in DTYPES, "its dtype is unknown")
    _need(isinstance(found.get("params"), str) and isinstance(found.get("key"), (str, type(None))), "its ids are no text")
    for name, most in (("log_slots", 16), ("ciphertexts", STRIPS_MAX * 64)):
        _need(_whole(found.get(name), most), f"its {name} is out of range")
    shape, strips = found.get("shape"), found.get("strips")
    _need(isinstance(shape, list) and len(shape) <= 32 and all(_whole(s, 1 << 40) for s in shape), "its shape is out of range")
    slot = found.get("slot_axis")
    _need(slot is None or (_whole(slot, len(shape) - 1) and shape[slot] > 1), "its slot axis is out of range")
    rest = math.prod(1 if i == slot else s for i, s in enumerate(shape))
    _need(isinstance(strips, list) and len(strips) == rest <= STRIPS_MAX, "its strips do not fill its shape")
    return found


def _no_constant(text):
    raise ValueError(text)


def _need(fine, what):
    if not fine:
        raise FormatError(f"the manifest cannot be used: {what}")


def _whole(x, most):
    return isinstance(x, int) and not isinstance(x, bool) and 0 <= x <= most


def _number(x):
    fine = isinstance(x, (int, float)) and not isinstance(x, bool) and abs(x) < 1e300
    _need(fine, "a number is none")
    return float(x)


def _complex(x):
    _need(isinstance(x, list) and len(x) == 2, "a factor is no pair of numbers")
    re, im = map(_number, x)
    return complex(re, im) if im else re


def _strip(session, found, values, length):
    _need(isinstance(found, dict), "a strip is no object")
    own, span, chosen = found.get("length"), found.get("range"), found.get("values")
    _need((own in (None, 1) if length is None else own == length), "a strip's length is not the array's")
    chunks = 1 if own is None else count(session, own)
    _need(isinstance(chosen, list) and len(chosen) == chunks and all(_whole(i, len(values) - 1) for i in chosen),
          "a strip's ciphertexts are not there")
    _need(isinstance(span, list) and len(span) == 2, "a strip has no range")
    low, high = map(_number, span)
    drift, gain = _number(found.get("drift")), _complex(found.get("gain"))
    _need(low <= high and drift >= 0 and gain != 0, "a strip's range, drift or gain cannot be")
    parts = tuple(values[i] for i in chosen)
    pad = parts[0] if own is None else None if found.get("pad") is None else _complex(found["pad"])
    return Strip(session, parts, own, gain, _complex(found.get("shift")), (low, high), pad, drift)


def load(path, session):
    """Read an array.

    Parameters
    ----------
    path : path-like
        What :func:`save` wrote. Ciphertexts stay in their files until they are needed.
    session : jupyterfhe.plan.Session, or path-like, or jupyterfhe.core.EvaluationKeys
        What to compute with.

    Returns
    -------
    EncryptedArray

    Raises
    ------
    FormatError, ContextError, KeyMissingError, StorageError
    """
    path, found = Path(path), read_manifest(path)
    if not isinstance(session, Session):
        session = Session.of(session, found["log_slots"])
    if found["params"] != session.params.hash:
        raise ContextError(f"{path} is of other parameters than {session.params}", "Open it with the keys of its own owner.")
    if session.keys.key_id not in (None, found["key"]):
        raise KeyMissingError(f"{path} is under key {str(found['key'])[:8]}, the session's keys are of "
                              f"{session.keys.key_id[:8]}", "Open it with the keys of its own owner.")
    values = [session.file(path / f"{i}.jfhe") for i in range(found["ciphertexts"])]
    slot, shape = found["slot_axis"], tuple(found["shape"])
    length = None if slot is None else shape[slot]
    strips = np.empty(len(found["strips"]), dtype=object)
    for i, strip in enumerate(found["strips"]):
        strips[i] = _strip(session, strip, values, length)
    return array_of(session, shape, np.dtype(found["dtype"]), slot,
                    strips.reshape([1 if i == slot else s for i, s in enumerate(shape)]))

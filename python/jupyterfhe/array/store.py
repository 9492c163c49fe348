"""Arrays as folders: ``manifest.json`` says how numbers lie, one container a ciphertext holds them.

What is read may come from anybody: names of files are made here, sizes and numbers are checked before anything is made of
them. What a manifest says of ranges is believed as the headers of ciphertexts are: who wrote it is decided above, by
signatures.
"""

import hashlib
import json
import math
import os
import re
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..core import Ciphertext, containers
from ..core.errors import ChecksumError, ContextError, FormatError, KeyMissingError, StorageError
from ..core.integers import PARTS_MAX
from ..plan import Session, Value, compute
from ..plan.leaf import Filed
from ..plan.notes import ASSUMED, assumed_of, note
from ..plan.whole import Residues
from .array import array_of
from .staged import staged
from .strip import Strip, count
from .whole import WholeStrip

MANIFEST, FORMAT, VERSION = "manifest.json", "jupyterfhe array", 2
WHOLE = 3  # version of exact integers: each vector is a ciphertext a modulus
READABLE = (1, VERSION, WHOLE)  # 1 has neither hashes nor what was assumed
MANIFEST_MAX = 64 << 20  # bytes
STRIPS_MAX, WORDS_MAX, WORD_MAX = 1 << 20, 256, 1000
CIPHERTEXT_MAX = 1 << 30  # bytes
DTYPES = ("float64", "complex128", "bool")
WHOLE_DTYPES = ("int64", "float64", "bool")
DIGITS_MAX = 400  # of a public integer; numerators and denominators of means of means stay far below
_HASH = re.compile(r"[0-9a-f]{64}")
_INTEGER = re.compile(r"-?[0-9]+")


class Hashed(Filed):
    """A container in a file that must be the one that a manifest names, each time it is read.

    Parameters
    ----------
    path : path-like
    sha256 : str
        Hex digits.
    """

    __slots__ = ("_sha256",)

    def __init__(self, path, sha256):
        """Read the header."""
        super().__init__(path)
        self._sha256 = sha256

    def load(self, params):
        """Read it, and check its hash before anything is made of it."""
        data = containers.scanned(self.path, CIPHERTEXT_MAX)
        if hashlib.sha256(data).hexdigest() != self._sha256:
            raise ChecksumError(f"{self.path} is not the file that its manifest names")
        return Ciphertext.from_bytes(params, data)


def save(array, path, replace=False):
    """Write an array; see :meth:`EncryptedArray.save`.

    Parameters
    ----------
    array : EncryptedArray
    path : path-like
    replace : bool, default=False
        Whether a folder that is there is exchanged for it.
    """
    path = Path(path)
    if array.session.is_clear:
        raise StorageError("a simulation is not saved: its numbers are in the clear", "Save encrypted arrays.")
    if os.path.lexists(path) and not replace:
        raise StorageError(f"{path} exists already; nothing was written", "Choose a new name.")
    compute(array.values)
    with staged(path, replace) as part:
        containers.save(part / MANIFEST, json.dumps(manifest(array, written(array, part)), allow_nan=False).encode())


def written(array, part, first=0):
    """Write the ciphertexts of a computed array.

    Parameters
    ----------
    array : EncryptedArray
    part : Path
    first : int, default=0
        Number of the first file.

    Returns
    -------
    list of str
        SHA-256 of each, hex digits.
    """
    hashes = []
    for value in array.values:
        for ciphertext in _ciphertexts(value, array.session.params):
            data = ciphertext.to_bytes()
            containers.save(part / f"{first + len(hashes)}.jfhe", data)
            hashes.append(hashlib.sha256(data).hexdigest())
    return hashes


def _ciphertexts(value, params):
    found = value.stored.load(params)
    return found if isinstance(found, list) else [found]


def manifest(array, hashes=None):
    """What the folder of an array says of it.

    Parameters
    ----------
    array : EncryptedArray
        Computed.
    hashes : list of str, optional
        SHA-256 of each container, hex digits; left out where the folder is kept by hashes of its own.

    Returns
    -------
    dict
    """
    number = {v: i for i, v in enumerate(array.values)}
    if array.exact:
        return _manifest_whole(array, hashes, number)
    strips = [{"length": s.length, "gain": _pair(s.gain), "shift": _pair(s.shift), "range": list(s.range), "drift": s.drift,
               "pad": None if s.pad is None or isinstance(s.pad, Value) else _pair(s.pad),
               "values": [number[v] for v in s.values]} for s in array.strips.flat]
    return _root(array, hashes, strips) | {"version": VERSION, "ciphertexts": len(number), "assumed": assumed_of(array.values)}


def _root(array, hashes, strips):
    session = array.session
    return {"format": FORMAT, "params": session.params.hash, "key": session.keys.key_id, "log_slots": session.log_slots,
            "shape": list(array.shape), "dtype": str(array.dtype), "slot_axis": array.slot_axis, "sha256": hashes,
            "strips": strips}


def _manifest_whole(array, hashes, number):
    """Integers as texts: JSON's numbers are doubles to many readers."""
    moduli = array.session.moduli
    strips = [{"length": s.length, "gain": _quotient(s.gain), "shift": _quotient(s.shift), "range": [str(u) for u in s.range],
               "pad": str(s.pad) if isinstance(s.pad, int) else None, "values": [number[v] for v in s.values]}
              for s in array.strips.flat]
    return _root(array, hashes, strips) | {"version": WHOLE, "moduli": list(moduli), "ciphertexts": len(number) * len(moduli),
                                             "assumed": assumed_of(array.values)}


def _quotient(x):
    return [str(x.numerator), str(x.denominator)]


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
    return checked(found)


def checked(found):
    """A manifest of an array, checked before anything is made of it.

    Parameters
    ----------
    found : object
        From JSON.

    Returns
    -------
    dict

    Raises
    ------
    FormatError
    """
    _need(isinstance(found, dict) and found.get("format") == FORMAT, "it is no array's manifest")
    version = found.get("version")
    _need(version in READABLE and not isinstance(version, bool), f"it is of version {str(version)[:20]!r}, this library reads "
          f"{' and '.join(map(str, READABLE))}")
    _need(found.get("dtype") in (WHOLE_DTYPES if version == WHOLE else DTYPES), "its dtype is unknown")
    moduli = found.get("moduli", [0])
    _need(isinstance(moduli, list) and 0 < len(moduli) <= PARTS_MAX and len(set(moduli)) == len(moduli)
          and all(_whole(t, 2**32 - 1) for t in moduli) and (version == WHOLE) == ("moduli" in found),
          "its moduli are no few different numbers")
    _need(isinstance(found.get("params"), str) and isinstance(found.get("key"), (str, type(None))), "its ids are no text")
    for name, most in (("log_slots", 17), ("ciphertexts", STRIPS_MAX * 64)):
        _need(_whole(found.get(name), most), f"its {name} is out of range")
    hashes, assumed = found.get("sha256"), found.get("assumed", [])
    _need(hashes is None or (isinstance(hashes, list) and len(hashes) == found["ciphertexts"] and all(map(_hash, hashes))),
          "its hashes are none, or not one a ciphertext")
    _need(isinstance(assumed, list) and len(assumed) <= WORDS_MAX and all(map(_words, assumed)), "what it assumes is no text")
    shape, strips = found.get("shape"), found.get("strips")
    _need(isinstance(shape, list) and len(shape) <= 32 and all(_whole(s, 1 << 40) for s in shape), "its shape is out of range")
    slot = found.get("slot_axis")
    _need(slot is None or (_whole(slot, len(shape) - 1) and shape[slot] > 1), "its slot axis is out of range")
    rest = math.prod(1 if i == slot else s for i, s in enumerate(shape))
    _need(isinstance(strips, list) and len(strips) == rest <= STRIPS_MAX, "its strips do not fill its shape")
    _need(found["ciphertexts"] % len(moduli) == 0, "its vectors do not have a ciphertext a modulus")
    return found


def _no_constant(text):
    raise ValueError(text)


def _need(fine, what):
    if not fine:
        raise FormatError(f"the manifest cannot be used: {what}")


def _hash(x):
    return isinstance(x, str) and bool(_HASH.fullmatch(x))


def _words(x):
    return isinstance(x, str) and len(x) <= WORD_MAX and x.isprintable()


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
        session = Session.of(session, None if found.get("moduli") else found["log_slots"])
    return assembled(found, session, path)


def assembled(found, session, path, first=0):
    """An array of a checked manifest and the files that hold its ciphertexts.

    Parameters
    ----------
    found : dict
    session : jupyterfhe.plan.Session
    path : Path
    first : int, default=0
        Number of its first file.

    Returns
    -------
    EncryptedArray

    Raises
    ------
    FormatError, ContextError, KeyMissingError, StorageError
    """
    moduli = found.get("moduli")
    if found["params"] != session.params.hash:
        raise ContextError(f"{path} is of other parameters than {session.params}", "Open it with the keys of its own owner.")
    if session.keys.key_id not in (None, found["key"]):
        raise KeyMissingError(f"{path} is under key {str(found['key'])[:8]}, the session's keys are of "
                              f"{session.keys.key_id[:8]}", "Open it with the keys of its own owner.")
    places = [path / f"{first + i}.jfhe" for i in range(found["ciphertexts"])]
    hashes = found.get("sha256") or [None] * len(places)
    filed = [Filed(p) if h is None else Hashed(p, h) for p, h in zip(places, hashes, strict=True)]
    if moduli:
        return _load_whole(found, filed, session)
    values = [session.leaf(stored) for stored in filed]
    _note(found, values)
    return _array(found, session, values, _strip)


def _note(found, values):
    """Let values know what a manifest says was assumed."""
    for value in values:
        for words in found.get("assumed", []):
            note(value, ASSUMED + words)


def _array(found, session, values, strip_of):
    slot, shape = found["slot_axis"], tuple(found["shape"])
    length = None if slot is None else shape[slot]
    strips = np.empty(len(found["strips"]), dtype=object)
    for i, strip in enumerate(found["strips"]):
        strips[i] = strip_of(session, strip, values, length)
    return array_of(session, shape, np.dtype(found["dtype"]), slot,
                    strips.reshape([1 if i == slot else s for i, s in enumerate(shape)]))


# ---- exact integers ----
def _load_whole(found, filed, session):
    session, count = session.whole(tuple(found["moduli"])), len(found["moduli"])
    _need(found["log_slots"] == session.log_slots, "its log_slots is not the ring's")
    vectors = [filed[i:i + count] for i in range(0, len(filed), count)]
    most = [0] * len(vectors)
    for strip in found["strips"]:
        _need(isinstance(strip, dict), "a strip is no object")
        for i in _chosen(strip, vectors):
            most[i] = max(most[i], *(abs(u) for u in _span(strip)))
    values = [session.leaf(Residues(parts, bound)) for parts, bound in zip(vectors, most, strict=True)]
    _note(found, values)
    array = _array(found, session, values, _whole_strip)
    _need(array.dtype == np.float64 or all(s.integral for s in array.strips.flat), "its integers are none")
    return array


def _whole_strip(session, found, values, length):
    parts = tuple(values[i] for i in _chosen(found, values))
    own = found.get("length")
    _need((own in (None, 1) if length is None else own == length), "a strip's length is not the array's")
    _need(len(parts) == (1 if own is None else -(-own // session.slots)), "a strip's ciphertexts are not there")
    gain, shift = _fraction(found.get("gain")), _fraction(found.get("shift"))
    _need(gain != 0, "a strip's gain cannot be")
    pad = parts[0] if own is None else None if found.get("pad") is None else _digits(found["pad"])
    return WholeStrip(session, parts, own, gain, shift, _span(found), pad)


def _chosen(found, values):
    chosen = found.get("values")
    _need(isinstance(chosen, list) and chosen and all(_whole(i, len(values) - 1) for i in chosen),
          "a strip's ciphertexts are not there")
    return chosen


def _span(found):
    span = found.get("range")
    _need(isinstance(span, list) and len(span) == 2, "a strip has no range")
    low, high = map(_digits, span)
    _need(low <= high, "a strip's range cannot be")
    return low, high


def _digits(x):
    _need(isinstance(x, str) and len(x) <= DIGITS_MAX and _INTEGER.fullmatch(x) is not None, "a number is no integer")
    return int(x)


def _fraction(x):
    _need(isinstance(x, list) and len(x) == 2, "a factor is no pair of integers")
    p, q = map(_digits, x)
    _need(q > 0, "a denominator cannot be")
    return Fraction(p, q)

"""Checks of what strangers send: JSON with limits before anything is built, names, hashes, objects without unknown members."""

import hashlib
import json
import re

from .errors import Refused

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}")
HASH = re.compile(r"[0-9a-f]{64}")
KEY_ID = re.compile(r"[0-9a-f]{32}")
WORKSPACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
DEVICE = re.compile(r"[0-9a-f]{32,64}")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
BASE64_MAX = 87384  # 64 KiB of bytes
INPUTS_MAX = 4096
DEPTH_MAX = 32
PARTS_MAX = 1 << 20  # an empty list takes 3 bytes of text and 56 of memory: count what will be built, before it is
_PARTS = re.compile(rb"[\[{,]")


def canonical(value):
    """The one JSON text of a value: members sorted, no blanks, ASCII.

    Returns
    -------
    bytes
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def digest(data):
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def parse(data, what, code="bad_request"):
    """Read a JSON object from a stranger.

    Parameters
    ----------
    data : bytes
        Its length was limited by who read it.
    what : str
        Named in messages.
    code : str
        Of refusals.

    Returns
    -------
    dict
    """
    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError
        return found

    def number(text):
        value = float(text)
        if value - value != 0:  # infinite
            raise ValueError
        return value

    def refuse(_):
        raise ValueError

    if sum(1 for _ in _PARTS.finditer(data)) > PARTS_MAX:
        raise Refused(code, f"{what} has too many parts", f"At most {PARTS_MAX} members and entries.")
    try:
        root = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse, parse_float=number)
    except (ValueError, RecursionError):
        raise Refused(code, f"{what} is no JSON", "UTF-8, no name twice, no NaN, no infinity.") from None
    if type(root) is not dict:
        raise Refused(code, f"{what} is no JSON object")
    if _deeper(root, DEPTH_MAX):
        raise Refused(code, f"{what} is nested too deeply")
    return root


def _deeper(root, limit):
    level = [root]
    for _ in range(limit):
        inner = []
        for value in level:
            if type(value) is dict:
                inner += [v for v in value.values() if type(v) in (dict, list)]
            else:
                inner += [v for v in value if type(v) in (dict, list)]
        if not inner:
            return False
        level = inner
    return True


def known(value, what, required, optional=()):
    """An object with all of `required`, perhaps some of `optional`, and nothing else.

    Parameters
    ----------
    value : object
    what : str
    required, optional : collections of str

    Returns
    -------
    dict
    """
    if type(value) is not dict:
        raise Refused("bad_request", f"{what} is no object")
    for name in required:
        if name not in value:
            raise Refused("bad_request", f"{what} lacks {name!r}")
    for name in value:
        if name not in required and name not in optional:
            raise Refused("bad_request", f"{what} has an unknown member", f"It may have {', '.join([*required, *optional])}.")
    return value


def _text(pattern, value, what, hint):
    if type(value) is not str or pattern.fullmatch(value) is None:
        raise Refused("bad_request", f"{what} is not well-formed", hint)
    return value


def name(value, what="a name"):
    """A plain name: of a dataset, branch, tag or file."""
    return _text(NAME, value, what, "Letters, digits, dot, dash, underscore; at most 127, no dot at the front.")


def sha256(value, what="a hash"):
    """64 hex digits."""
    return _text(HASH, value, what, "64 hexadecimal digits, small letters.")


def key_id(value):
    """The public name of a key."""
    return _text(KEY_ID, value, "key_id", "32 hexadecimal digits, small letters.")


def workspace(value):
    """The id of a workspace."""
    return _text(WORKSPACE, value, "workspace", "Small letters, digits, dashes.")


def device(value):
    """The id of a device."""
    return _text(DEVICE, value, "device", "32 to 64 hexadecimal digits, small letters.")


def sealed(value, what):
    """Base64 of bytes that only clients open; None stays None."""
    if value is None:
        return None
    if type(value) is not str or len(value) > BASE64_MAX or len(value) % 4 or BASE64.fullmatch(value) is None:
        raise Refused("bad_request", f"{what} is no base64 of at most 64 KiB")
    return value


def nullable(check, value, what):
    """None, or what `check` lets pass."""
    return None if value is None else check(value, what)


def inputs(value):
    """Hashes of what something was computed from."""
    if type(value) is not list or len(value) > INPUTS_MAX:
        raise Refused("bad_request", f"inputs is no list of at most {INPUTS_MAX} hashes")
    return [sha256(v, "an entry of inputs") for v in value]


def whole(value, what, low, high):
    """An integer in [low, high]; `value` may be its text, from a query."""
    if type(value) is str and re.fullmatch(r"\d{1,16}", value):
        value = int(value)
    if type(value) is not int or not low <= value <= high:
        raise Refused("bad_request", f"{what} is no number from {low} to {high}")
    return value


def flag(value, what):
    """A truth value."""
    if type(value) is not bool:
        raise Refused("bad_request", f"{what} is neither true nor false")
    return value

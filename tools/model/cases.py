"""A known-answer case is a flat record; this module says how records look in JSON and in the C header.

A field is one of
    int                 a number                          -> one word
    list of int         small signed numbers              -> words, two's complement
    Words(list)         64-bit words, shown in hex        -> words
    Limbs(list, list..) rows of words, one string a row   -> words, row after row
    Doubles(list)       C99 hexadecimal floats            -> IEEE bits
    bytes               hex after "0x"                    -> words, little-endian, padded with zeros
"""

import struct


class Words(list):
    """64-bit words."""


class Limbs(list):
    """Rows of 64-bit words."""


class Doubles(list):
    """IEEE doubles."""


def _hex(row) -> str:
    return " ".join(f"{x:x}" for x in row)


def to_json(value):
    """The JSON form of a field."""
    if isinstance(value, Words):
        return _hex(value)
    if isinstance(value, Limbs):
        return [_hex(row) for row in value]
    if isinstance(value, Doubles):
        return [x.hex() for x in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value


def to_words(value) -> list[int]:
    """The C form of a field, from its Python or its JSON form."""
    if isinstance(value, int):
        return [value % (1 << 64)]
    if isinstance(value, bytes):
        padded = value + bytes(-len(value) % 8)
        return [int.from_bytes(padded[i:i + 8], "little") for i in range(0, len(padded), 8)]
    if isinstance(value, str):
        if value.startswith("0x"):
            return to_words(bytes.fromhex(value[2:]))
        return [int(x, 16) for x in value.split()]
    out = []
    for x in value:
        if isinstance(x, float):
            out += struct.unpack("<Q", struct.pack("<d", x))
        elif isinstance(x, str) and "p" in x:
            out += struct.unpack("<Q", struct.pack("<d", float.fromhex(x)))
        elif isinstance(x, str):
            out += to_words(x)
        elif isinstance(x, list):
            out += x
        else:
            out.append(x % (1 << 64))
    return out

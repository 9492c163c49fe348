"""Encryption and decryption of exact integers: a ciphertext for each modulus."""

import numpy as np

from ..core import errors
from ..core.call import Handle
from .cipher import _adopt, _Object
from .engine import engine, ffi, lib
from .keys import SecretKey


class _Space(Handle):
    """This engine's tables of one modulus, for one call."""

    __slots__ = ()

    def __init__(self, context, t):
        super().__init__(engine, engine.make("jfhe_bgv", lib.jfhe_bgv_new, context.pointer, t), lib.jfhe_bgv_free,
                         context.pointer)


def seal_integers(values, key, moduli, *, level=None):
    """Encrypt integers into containers' bytes, one a modulus.

    Parameters
    ----------
    values : ndarray of int64 of shape (n,)
        n at most the ring degree; the rest is 0.
    key : SecretKey or PublicKey
        A secret key makes containers half as large.
    moduli : sequence of int
        As :func:`jupyterfhe.core.integers.moduli` gives them.
    level : int, optional
        Multiplications that shall be possible; all by default. A lower level makes smaller files.

    Returns
    -------
    list of bytes

    Notes
    -----
    Reveals: moduli and level. Nothing in a container depends on the integers' range.
    """
    context, level = key.context, key.params.ceiling if level is None else level
    return [_seal(values, key, _Space(context, t), t, level) for t in moduli]


def _seal(values, key, space, t, level):
    context, ctx = key.context, key.context.pointer
    residues = np.mod(values, t)
    residues = np.ascontiguousarray(np.where(residues > t // 2, residues - t, residues), dtype=np.int64)
    plain = _Object(context, "jfhe_pt", lib.jfhe_pt_new, ctx, level)
    out = _Object(context, "jfhe_ct", lib.jfhe_ct_new, ctx, 1, level)
    with context.gate:
        engine.run(lib.jfhe_bgv_encode, lib.jfhe_bgv_encode_scratch(space.pointer), space.pointer, plain.pointer,
                   engine.source(residues, "int64_t[]"), len(residues), 0.0, lib.JFHE_BGV_FRESH, level)
    secret = isinstance(key, SecretKey)
    with key.use() as pointer:
        function = lib.jfhe_encrypt if secret else lib.jfhe_encrypt_public
        engine.run(function, lib.jfhe_encrypt_scratch(ctx), ctx, out.pointer, plain.pointer, pointer)
    encoding = lib.JFHE_ENCODING_SEEDED if secret else lib.JFHE_ENCODING_PACKED
    data = bytearray(lib.jfhe_ct_write_size(out.pointer, encoding))
    engine.check(lib.jfhe_ct_write(engine.target(data), len(data), out.pointer, encoding))
    return bytes(data)


def open_integers(ciphertexts, key, moduli, bound, count):
    """Open a vector of integers, for holders of the key.

    Parameters
    ----------
    ciphertexts : sequence of Ciphertext or bytes-like
        One a modulus.
    key : SecretKey
    moduli : sequence of int
    bound : int
        What the moduli of the integers are proved not to exceed.
    count : int
        How many; the first ones.

    Returns
    -------
    ndarray of int64 of shape (count,)
        Exactly the integers.

    Raises
    ------
    KeyMissingError
        When they are under another key.
    RangeError
        When the bound reaches what the moduli carry: the integers may have wrapped.
    InvalidValueError
        When an integer exceeds the bound: the ciphertexts do not belong together.
    """
    parts = np.empty((len(moduli), count), dtype=np.int64)
    for row, ciphertext, t in zip(parts, ciphertexts, moduli, strict=True):
        _open(row, ciphertext, key, t)
    out = np.empty(count, dtype=np.int64)
    engine.check(lib.jfhe_bgv_join(engine.target(out, "int64_t[]"), count, engine.source(parts, "int64_t[]"),
                                   ffi.new("uint32_t[]", list(moduli)), len(moduli), float(bound)))
    return out


def _open(row, ciphertext, key, t):
    """Residues of one modulus, centred."""
    ct, context = _adopt(ciphertext, key), key.context
    if lib.jfhe_ct_packing(ct.pointer) != lib.JFHE_PACK_INT:
        raise errors.FormatError("a ciphertext of integers is wanted, and this one holds approximate numbers")
    plain = _Object(context, "jfhe_pt", lib.jfhe_pt_new, context.pointer, lib.jfhe_ct_level(ct.pointer))
    with key.use() as pointer:
        engine.run(lib.jfhe_decrypt, lib.jfhe_decrypt_scratch(context.pointer), context.pointer, plain.pointer, ct.pointer,
                   pointer)
    space = _Space(context, t)
    with context.gate:
        engine.run(lib.jfhe_bgv_decode, lib.jfhe_bgv_decode_scratch(space.pointer), space.pointer,
                   engine.target(row, "int64_t[]"), len(row), plain.pointer)

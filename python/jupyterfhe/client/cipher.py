"""Encryption and decryption. Numbers come in and go out here, on the owner's machine, and nowhere else."""

import math

import numpy as np

from ..core import errors
from ..core.call import Handle
from ..core.ciphertext import Ciphertext
from ..core.plaintext import PACKING_TEXT, PACKINGS, as_numbers
from ..core.plaintext import encode as encode_with
from .engine import engine, ffi, lib
from .keys import SecretKey


class _Object(Handle):
    """A ciphertext or plaintext of this module's engine."""

    __slots__ = ()

    def __init__(self, context, kind, make, *args, at=0):
        free = {"jfhe_ct": lib.jfhe_ct_free, "jfhe_pt": lib.jfhe_pt_free}[kind]
        super().__init__(engine, engine.make(kind, make, *args, at=at), free, context.pointer)


def public_bound(parts):
    """A bound that says little: the power of two at or above the largest modulus.

    Parameters
    ----------
    parts : (ndarray, ndarray or None)
        As :func:`~jupyterfhe.core.plaintext.as_numbers` gives them.

    Returns
    -------
    float
        0 when there is none, for NaN and infinity, on which the engine then says where.
    """
    re, im = parts
    largest = float(np.max(np.abs(re) if im is None else np.hypot(re, im), initial=0.0))
    if not math.isfinite(largest):
        return 0.0
    if largest == 0.0:
        return 1.0
    fraction, exponent = math.frexp(largest)
    return math.ldexp(1.0, exponent - (fraction == 0.5)) if exponent < 1024 else largest


def _encrypt(values, key, level, bound, packing, log_slots):
    """A ciphertext of this engine."""
    parts, params, context = as_numbers(values), key.params, key.context
    packing = packing or ("real" if parts[1] is None else "complex")
    level = params.ceiling if level is None else level
    log_slots = params.log_n - 1 if log_slots is None else log_slots
    ctx = context.pointer
    plain = _Object(context, "jfhe_pt", lib.jfhe_pt_new, ctx, level)
    out = _Object(context, "jfhe_ct", lib.jfhe_ct_new, ctx, 1, level)
    with context.gate:
        encode_with(engine, lib.jfhe_ckks_encode_fresh, lib.jfhe_ckks_encode_scratch(ctx), ctx, plain.pointer, parts,
                    PACKINGS[packing], log_slots, level, 0.0, public_bound(parts) if bound is None else bound)
    with key.use() as pointer:
        function = lib.jfhe_encrypt if isinstance(key, SecretKey) else lib.jfhe_encrypt_public
        engine.run(function, lib.jfhe_encrypt_scratch(ctx), ctx, out.pointer, plain.pointer, pointer)
    return out


def seal(values, key, *, level=None, bound=None, packing=None, log_slots=None):
    """Encrypt numbers into a container's bytes, ready to be sent.

    Parameters
    ----------
    values : array_like of shape (n,)
        Real or complex; n at most the slots. The rest is 0.
    key : SecretKey or PublicKey
        A secret key makes containers half as large.
    level : int, optional
        Multiplications that shall be possible; all by default. A lower level makes smaller files.
    bound : float, optional
        Public bound on the modulus of every number. By default the power of two at or above the largest, which tells the
        computing side that much about it; a declared bound tells nothing.
    packing : {'real', 'complex', 'coeff'}, optional
        By default as the dtype says.
    log_slots : int, optional
        log2 of the slots; the vector repeats when there are fewer than the ring holds.

    Returns
    -------
    bytes

    Raises
    ------
    InvalidValueError
        For NaN, infinity, or a number beyond `bound`.
    RangeError
        When numbers of this bound do not fit.
    """
    out = _encrypt(values, key, level, bound, packing, log_slots)
    encoding = lib.JFHE_ENCODING_SEEDED if isinstance(key, SecretKey) else lib.JFHE_ENCODING_PACKED
    data = bytearray(lib.jfhe_ct_write_size(out.pointer, encoding))
    engine.check(lib.jfhe_ct_write(engine.target(data), len(data), out.pointer, encoding))
    return bytes(data)


def encrypt(values, key, **options):
    """Encrypt numbers.

    Parameters
    ----------
    values : array_like of shape (n,)
    key : SecretKey or PublicKey
    **options
        As of :func:`seal`.

    Returns
    -------
    jupyterfhe.core.Ciphertext
    """
    return Ciphertext.from_bytes(key.params, seal(values, key, **options))


class Opened:
    """Numbers that were decrypted, with their bounds. What prints it prints no value; ask for :attr:`values`.

    Attributes
    ----------
    values : ndarray of shape (n,)
        float64 or complex128.
    error_bound : float
        Bound on the absolute error of each: proved, and for a release the noise is included.
    error_probable : float
        Bound that holds for all with about 99.99 % chance; for a release :attr:`error_bound`.
    released : bool
        Whether they were flooded, so that they may be shown to others.
    """

    __slots__ = ("error_bound", "error_probable", "released", "values")

    def __init__(self, values, error_bound, error_probable, released=False):
        """Keep the parts."""
        self.values, self.error_bound, self.error_probable, self.released = values, error_bound, error_probable, released

    def __len__(self):
        """How many there are."""
        return len(self.values)

    def __array__(self, dtype=None, copy=None):
        """The values."""
        return np.array(self.values, dtype=dtype, copy=copy)

    def __reduce_ex__(self, protocol):
        """Refuse: values would go where nobody sees."""
        raise TypeError("decrypted numbers are not pickled; take .values and store them yourself if they may be stored")

    def __repr__(self):
        """How many, how exact."""
        what = "released" if self.released else "decrypted, for holders of the key alone"
        return f"<Opened {len(self.values)} numbers, each within {self.error_bound:.1e}; {what}>"


def _adopt(ciphertext, key):
    """The ciphertext in this engine; a :class:`Ciphertext` crosses as a container."""
    data = ciphertext
    if isinstance(ciphertext, Ciphertext):
        if ciphertext.params is not key.params:
            raise errors.ContextError(f"the ciphertext is of {ciphertext.params}, the key of {key.params}")
        data = ciphertext.to_bytes("raw")
    view = engine.source(data)
    return _Object(key.context, "jfhe_ct", lib.jfhe_ct_read, key.context.pointer, view, len(view), at=1)


def _room(ct, count, imaginary):
    """Arrays for `count` numbers, the second None where imaginary parts are not wanted."""
    have = 1 << lib.jfhe_ct_log_slots(ct.pointer)
    count = have if count is None else count
    if not 0 < count <= have:
        raise errors.ArgumentError(f"{count} numbers asked of a ciphertext of {have}")
    if imaginary is None:
        imaginary = PACKING_TEXT[lib.jfhe_ct_packing(ct.pointer)] == "complex"
    return np.empty(count), np.empty(count) if imaginary else None


def _joined(re, im):
    return re if im is None else re + 1j * im


def decrypt(ciphertext, key, count=None, *, imaginary=None):
    """Open a ciphertext, for holders of the key. What is shown to anybody else goes through :func:`release`.

    Parameters
    ----------
    ciphertext : Ciphertext or bytes-like
        A container's bytes are opened without the computing engine.
    key : SecretKey
    count : int, optional
        How many numbers; all by default.
    imaginary : bool, optional
        Whether to keep imaginary parts; by default where the packing is complex.

    Returns
    -------
    Opened

    Raises
    ------
    KeyMissingError
        When it is under another key.
    RangeError
        When its bound no longer fits: the numbers would be wrong.
    """
    ct, ctx = _adopt(ciphertext, key), key.context.pointer
    re, im = _room(ct, count, imaginary)
    plain = _Object(key.context, "jfhe_pt", lib.jfhe_pt_new, ctx, lib.jfhe_ct_level(ct.pointer))
    with key.use() as pointer:
        engine.run(lib.jfhe_decrypt, lib.jfhe_decrypt_scratch(ctx), ctx, plain.pointer, ct.pointer, pointer)
    with key.context.gate:
        engine.run(lib.jfhe_ckks_decode, lib.jfhe_ckks_decode_scratch(ctx), ctx, engine.target(re, "double[]"),
                   ffi.NULL if im is None else engine.target(im, "double[]"), len(re), plain.pointer)
    return Opened(_joined(re, im), lib.jfhe_pt_error(plain.pointer), lib.jfhe_ct_error_probable(ct.pointer))


def release(ciphertext, key, *, releases, strength=40, keep=None, count=None, imaginary=None):
    """Open a ciphertext for somebody who does not hold the key: noise hides what its error would tell about the key.

    Parameters
    ----------
    ciphertext : Ciphertext or bytes-like
    key : SecretKey
        Counts the release; when it came from a file, the file holds the new count before the numbers are returned.
    releases : int
        How many releases this key may ever make; the same figure each time.
    strength : {40, 64}, default=40
        Bits of statistical security.
    keep : array_like of bool of shape (count,), optional
        Which numbers are released; others are 0 and cost nothing. All by default.
    count, imaginary : optional
        As of :func:`decrypt`.

    Returns
    -------
    Opened

    Raises
    ------
    RangeError
        When the noise would drown the numbers; the message says how many bits are missing.
    BudgetError
        When the releases are used up.
    """
    ct, ctx = _adopt(ciphertext, key), key.context.pointer
    re, im = _room(ct, count, imaginary)
    mask = None if keep is None else np.ascontiguousarray(keep, dtype=np.uint8)
    if mask is not None and mask.shape != re.shape:
        raise errors.ArgumentError(f"keep has shape {mask.shape}, not {re.shape}")
    error = ffi.new("double *")
    with key.counted() as pointer:
        engine.run(lib.jfhe_release, lib.jfhe_release_scratch(ctx), ctx, engine.target(re, "double[]"),
                   ffi.NULL if im is None else engine.target(im, "double[]"), len(re), error, ct.pointer, pointer,
                   ffi.NULL if mask is None else engine.source(mask), strength, releases)
    return Opened(_joined(re, im), error[0], error[0], released=True)

"""Arrays in and out: encrypted on the owner's machine, opened there."""

import numpy as np

from ..array import EncryptedArray
from ..array import store as folders
from ..array.exactly import numbers_of
from ..array.fresh import lay_out, lay_out_whole, plain, result_bits, whole, whole_bounds
from ..array.interval import EPS
from ..array.simulate import assembled
from ..core import Ciphertext, EvaluationKeys
from ..core.errors import RangeError
from ..core.integers import moduli
from ..plan import Session, Value, compute
from ..plan.leaf import Held
from ..plan.notes import assumed_of
from ..plan.whole import Residues, WholeValue
from .cipher import decrypt, encrypt
from .integers import open_integers, seal_integers


class OpenedArray:
    """Numbers of an array that was decrypted, with their bounds. What prints it prints no value; ask for :attr:`values`.

    Attributes
    ----------
    values : ndarray
        float64, complex128, bool, or int64 of exact integers.
    error_bound : float or ndarray of the array's shape
        Bound on the absolute error of each, proved; rounding of doubles included.
    error_probable : float or ndarray of the array's shape
        Bound that holds with about 99.99 % chance.
    assumed : tuple of str
        What whoever computed promised and nothing could check, how much compared numbers differ for instance. The bounds hold
        if these do.
    """

    __slots__ = ("assumed", "error_bound", "error_probable", "values")

    def __init__(self, values, error_bound, error_probable, assumed=()):
        """Keep the parts."""
        self.values, self.error_bound, self.error_probable = values, error_bound, error_probable
        self.assumed = tuple(assumed)

    def __array__(self, dtype=None, copy=None):
        """The values."""
        return np.array(self.values, dtype=dtype, copy=copy)

    def __reduce_ex__(self, protocol):
        """Refuse: values would go where nobody sees."""
        raise TypeError("decrypted numbers are not pickled; take .values and store them yourself if they may be stored")

    def __repr__(self):
        """Shape and exactness."""
        worst = np.max(self.error_bound, initial=0.0)
        words = "".join(f"; assumed: {text}" for text in self.assumed)
        return (f"<OpenedArray {self.values.shape}, {self.values.dtype}, each within {worst:.1e}{words}; for holders of the "
                "key alone>")


def _session(key, keys, log_slots):
    if isinstance(keys, Session):
        return keys
    if keys is None:
        folder = getattr(key, "path", None)
        folder = folder and folder.parent
        keys = folder if folder and (folder / "relin.key").exists() else EvaluationKeys(key.params)
    return Session.of(keys, log_slots)


def encrypt_array(values, key, *, bounds=None, slot_axis=None, level=None, keys=None, log_slots=None, exact=None, results=None):
    """Encrypt an array.

    Parameters
    ----------
    values : array_like
        Of any shape: truth values, integers, floats or complex numbers.
    key : SecretKey or PublicKey
    bounds : (array_like, array_like), optional
        Lows and highs that hold for every number: public, seen by whoever computes, and the tighter the more exact. They
        broadcast over all axes but the slot axis, so a table takes one a column; rounder figures than
        ``(X.min(axis=0), X.max(axis=0))`` tell less. By default powers of two around the largest modulus of each column, both
        signs. For complex numbers the high one bounds moduli.
    slot_axis : int, optional
        The axis that runs along the slots; the longest by default.
    level : int, optional
        Multiplications that shall be possible; all by default.
    keys : path-like, jupyterfhe.core.EvaluationKeys or jupyterfhe.plan.Session, optional
        What to compute with; by default the evaluation keys beside the secret key, if there are any.
    log_slots : int, optional
        log2 of the numbers in a ciphertext; all that the ring has by default.
    exact : bool, optional
        Whether integers and truth values are encrypted exactly, as integers; `bounds` are then two integers. By default where
        the key's parameters are made for integers ('exact', 'exact-deep').
    results : int, optional
        Of exact integers: bits that the largest result shall have, sign included, up to 64. Arrays meet when it is equal. By
        default what a sum of squares of all of them needs.

    Returns
    -------
    jupyterfhe.array.EncryptedArray
        Save it with ``.save(folder)``; ``.bounds`` says what it publishes.

    Raises
    ------
    InvalidValueError
        For NaN, infinity, or a number outside of `bounds`.
    """
    session = _session(key, keys, log_slots)
    kind = np.asarray(values).dtype.kind
    if exact or (exact is None and kind in "biu" and key.params.name.startswith("exact")):
        return _encrypt_whole(whole(values), key, session, bounds, slot_axis, level, results)

    def leaf(u):
        u = u.astype(float) if u.dtype == bool else u
        return session.hold(encrypt(u, key, bound=1.0, level=level, log_slots=session.log_slots))

    return lay_out(session, plain(values), bounds, slot_axis, leaf)


def _encrypt_whole(values, key, session, bounds, slot_axis, level, results):
    bounds = whole_bounds(values) if bounds is None else tuple(int(b) for b in bounds)
    session = session.whole(moduli(key.params, result_bits(bounds, values.size) if results is None else results))

    def leaf(chunk):
        sealed = seal_integers(chunk, key, session.moduli, level=level)
        parts = [Held(Ciphertext.from_bytes(key.params, data)) for data in sealed]
        return session.leaf(Residues(parts, max(map(abs, bounds))))

    return lay_out_whole(session, values, bounds, slot_axis, leaf)


def seal_array(path, values, key, **options):
    """Encrypt an array into a folder, ready to be sent.

    Parameters
    ----------
    path : path-like
        Must not exist.
    values, key, **options
        As of :func:`encrypt_array`.
    """
    encrypt_array(values, key, **options).save(path)


def decrypt_array(array, key):
    """Open an array, for holders of the key.

    Parameters
    ----------
    array : EncryptedArray or path-like
        What is not computed yet is computed first, for this purpose alone: call ``compute()`` to keep it.
    key : SecretKey

    Returns
    -------
    OpenedArray

    Raises
    ------
    RangeError
        When the error of truth values reaches 1/2.
    """
    if not isinstance(array, EncryptedArray):
        found = folders.read_manifest(array)
        log_slots = None if found.get("moduli") else found["log_slots"]
        array = folders.load(array, Session.of(EvaluationKeys(key.params), log_slots))
    if array.exact:
        return _decrypt_whole(array, key)
    wanted = {v: v if v.stored is not None else Value(v.session, v.made, v.mag, v.complex, v.promise) for v in array.values}
    compute(wanted.values(), keep_levels=0)
    opened = {v: decrypt(w.stored.load(key.params), key, imaginary=v.complex) for v, w in wanted.items()}
    values = assembled(array, lambda v: opened[v].values)
    worst = array.errors({v: o.error_bound for v, o in opened.items()})
    likely = array.errors({v: min(o.error_probable + EPS, o.error_bound) for v, o in opened.items()})
    if array.dtype == bool:
        if np.max(worst, initial=0.0) >= 0.5:
            raise RangeError("truth values are no longer certain: their error bound reaches 1/2",
                             "Combine fewer of them in a row, or use parameters of more precision.")
        worst = likely = np.zeros(array.shape) if array.shape else 0.0
    return OpenedArray(values, worst, likely, assumed_of(wanted.values()))


def _decrypt_whole(array, key):
    """Exact integers, or public rationals times exact integers, which are rounded once."""
    wanted = {v: v if v.stored is not None else WholeValue(v.session, v.made, v.mag, False) for v in array.values}
    compute(wanted.values(), keep_levels=0)

    def opened(value, bound, count):
        return open_integers(wanted[value].stored.load(key.params), key, value.session.moduli, bound, count)

    worst = array.errors({})
    return OpenedArray(numbers_of(array, opened), worst, worst, assumed_of(wanted.values()))

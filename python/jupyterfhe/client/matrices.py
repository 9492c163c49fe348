"""Packed matrices in and out: encrypted on the owner's machine, opened there."""

import numpy as np

from ..array import matrix
from ..core.errors import ArgumentError
from .arrays import OpenedArray, decrypt_array, encrypt_array


def encrypt_matrix(values, key, *, square=False, bound=None, log_slots=None, **options):
    """Encrypt a matrix in blocks, for products with ``@``.

    Parameters
    ----------
    values : array_like of shape (n, m)
    key : SecretKey or PublicKey
    square : bool or int, default=False
        Whether it shall be multiplied by another encrypted matrix; a power of two is the side of blocks, which both must
        share. Else it is multiplied by public ones.
    bound : float, optional
        Public bound on every entry's modulus; a power of two above the largest by default.
    log_slots : int, optional
        log2 of the numbers in a ciphertext; all that the ring has by default.
    **options
        As of :func:`encrypt_array`: level, keys.

    Returns
    -------
    jupyterfhe.array.matrix.PackedMatrix

    Notes
    -----
    Memory: ``ceil(n / rows) * ceil(m / columns)`` ciphertexts, blocks as of :func:`jupyterfhe.array.matrix.blocks`.
    """
    values = np.asarray(values)
    if values.ndim != 2 or not values.size or values.dtype.kind not in "biuf":
        raise ArgumentError("a matrix has two axes and real numbers")
    slots = 1 << (key.params.log_n - 1 if log_slots is None else log_slots)
    block = matrix.blocks(values.shape, slots, square=square)
    bounds = (-float(bound), float(bound)) if bound is not None else None
    arranged = matrix.arrange(values, slots, block)
    if bounds is None:
        bounds = _bounds(arranged)
    array = encrypt_array(arranged, key, bounds=bounds, slot_axis=2, log_slots=log_slots, **options)
    return matrix.PackedMatrix(array, values.shape, block)


def _bounds(arranged):
    """One for all blocks, so that their units agree."""
    largest = float(np.abs(arranged).max()) or 1.0
    return -2.0 ** np.ceil(np.log2(largest)), 2.0 ** np.ceil(np.log2(largest))


def decrypt_matrix(packed, key):
    """Open a packed matrix.

    Parameters
    ----------
    packed : jupyterfhe.array.matrix.PackedMatrix
    key : SecretKey

    Returns
    -------
    OpenedArray
        Of the matrix's shape.
    """
    opened = decrypt_array(packed.array, key)
    return OpenedArray(*(matrix.restore(np.broadcast_to(part, packed.array.shape), packed.shape, packed.block)
                         for part in (opened.values, opened.error_bound, opened.error_probable)))

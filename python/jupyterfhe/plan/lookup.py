"""Public tables as polynomials modulo a prime: any function of a small domain, and the masks of rotations."""

import functools

import numpy as np


@functools.lru_cache(maxsize=256)
def coefficients(table, modulus):
    """Coefficients of the polynomial p modulo a prime with ``p(i) = table[i]``.

    Parameters
    ----------
    table : tuple of int
        Of at most as many numbers as the modulus.
    modulus : int

    Returns
    -------
    list of int
        Ascending, between minus and plus half the modulus; of degree below ``len(table)``.

    Notes
    -----
    Newton's divided differences on 0, 1, 2, ...: after step k all denominators are k, a unit modulo the prime.
    Time: proportional to the square of the table's length.
    """
    d = np.array([v % modulus for v in table], dtype=object)
    n = len(d)
    for k in range(1, n):
        d[k:] = (d[k:] - d[k - 1:-1]) * pow(k, -1, modulus) % modulus
    out = np.zeros(n, dtype=object)
    for k in range(n - 1, -1, -1):  # out = out * (x - k) + d[k]
        shifted = np.zeros(n, dtype=object)
        shifted[1:] = out[:-1]
        out = (shifted - k * out) % modulus
        out[0] = (out[0] + d[k]) % modulus
    while n > 1 and out[n - 1] == 0:
        n -= 1
    return [int(c) - modulus if 2 * c > modulus else int(c) for c in out[:n]]


@functools.lru_cache(maxsize=64)
def passed(slots, k):
    """1 where a turn of both rows by k gives the line's number, 0 where it gives the other row's.

    Parameters
    ----------
    slots, k : int

    Returns
    -------
    ndarray of int64 of shape (slots,)
    """
    half = slots // 2
    return (np.arange(slots) % half < half - k).astype(np.int64)

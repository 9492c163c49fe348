"""The negacyclic transform, whose order stored ciphertexts depend on. Contract: kernel/kernel.h."""

from .primes import psi


def brv(j: int, bits: int) -> int:
    """Reverse the lowest `bits` bits of j."""
    r = 0
    for _ in range(bits):
        r = r << 1 | j & 1
        j >>= 1
    return r


def log2(n: int) -> int:
    """The exponent of a power of two."""
    assert n > 0 and n & (n - 1) == 0
    return n.bit_length() - 1


def forward_by_definition(a: list[int], q: int) -> list[int]:
    """A[j] = sum a[i] psi^(i (2 brv(j) + 1)), term by term: for small degrees."""
    n, log_n = len(a), log2(len(a))
    w = psi(q, log_n)
    powers = [pow(w, e, q) for e in range(2 * n)]
    return [sum(a[i] * powers[i * (2 * brv(j, log_n) + 1) % (2 * n)] for i in range(n)) % q
            for j in range(n)]


def _cyclic(a: list[int], w: int, q: int) -> list[int]:
    """X[k] = sum a[i] w^(i k), natural order, by even and odd halves."""
    n = len(a)
    if n == 1:
        return list(a)
    even, odd = _cyclic(a[::2], w * w % q, q), _cyclic(a[1::2], w * w % q, q)
    low, high, t = [0] * (n // 2), [0] * (n // 2), 1
    for k in range(n // 2):
        v = odd[k] * t % q
        low[k], high[k] = (even[k] + v) % q, (even[k] - v) % q
        t = t * w % q
    return low + high


def forward(a: list[int], q: int) -> list[int]:
    """Coefficients to evaluations: twist by psi^i, transform, reorder."""
    n, log_n = len(a), log2(len(a))
    w, t, twisted = psi(q, log_n), 1, []
    for x in a:
        twisted.append(x * t % q)
        t = t * w % q
    natural = _cyclic(twisted, w * w % q, q)
    return [natural[brv(j, log_n)] for j in range(n)]


def inverse(values: list[int], q: int) -> list[int]:
    """Evaluations to coefficients."""
    n, log_n = len(values), log2(len(values))
    w = psi(q, log_n)
    natural = [values[brv(k, log_n)] for k in range(n)]
    twisted = _cyclic(natural, pow(w, -2, q), q)
    back, t = pow(w, -1, q), pow(n, -1, q)
    out = []
    for x in twisted:
        out.append(x * t % q)
        t = t * back % q
    return out


def galois_perm(log_n: int, g: int) -> list[int]:
    """X -> X^g in evaluation form: out[j] = in[perm[j]], from where each evaluation point goes."""
    n = 1 << log_n
    place = {2 * brv(j, log_n) + 1: j for j in range(n)}
    return [place[g * (2 * brv(j, log_n) + 1) % (2 * n)] for j in range(n)]

"""Z_Q[X]/(X^N + 1) for one big Q: coefficients are Python integers, a product is one integer product."""

from functools import reduce

from . import ntt


def product(values) -> int:
    """The product of integers; 1 for none."""
    return reduce(lambda a, b: a * b, values, 1)


def centred(x: int, q: int) -> int:
    """The representative of x mod odd q in (-q/2, q/2)."""
    x %= q
    return x - q if x > q // 2 else x


def round_half_even(num: int, den: int) -> int:
    """num/den to the nearest integer, ties to even; den > 0."""
    whole, rest = divmod(num, den)
    if 2 * rest > den or (2 * rest == den and whole & 1):
        whole += 1
    return whole


def add(a: list[int], b: list[int], q: int) -> list[int]:
    return [(x + y) % q for x, y in zip(a, b)]


def sub(a: list[int], b: list[int], q: int) -> list[int]:
    return [(x - y) % q for x, y in zip(a, b)]


def scale(a: list[int], c: int, q: int) -> list[int]:
    return [x * c % q for x in a]


def _join(a: list[int], width: int) -> int:
    """sum a_i 2^(8 width i) of signed a_i: the positive ones less the negative ones."""
    up = b"".join(max(x, 0).to_bytes(width, "little") for x in a)
    down = b"".join(max(-x, 0).to_bytes(width, "little") for x in a)
    return int.from_bytes(up, "little") - int.from_bytes(down, "little")


def mul(a: list[int], b: list[int], q: int) -> list[int]:
    """Negacyclic product. Each coefficient gets a field wide enough for a signed sum of N products; half a field is added
    to each, so that none borrows from its neighbour."""
    n = len(a)
    a, b = [centred(x, q) for x in a], [centred(x, q) for x in b]
    bits = max(map(abs, a)).bit_length() + max(map(abs, b)).bit_length() + n.bit_length() + 1
    width = bits // 8 + 1
    half = 1 << (8 * width - 1)
    bias = int.from_bytes(half.to_bytes(width, "little") * (2 * n), "little")
    data = (_join(a, width) * _join(b, width) + bias).to_bytes(2 * n * width, "little")
    wide = [int.from_bytes(data[i * width:(i + 1) * width], "little") - half for i in range(2 * n)]
    return [(wide[i] - wide[i + n]) % q for i in range(n)]


def mul_by_definition(a: list[int], b: list[int], q: int) -> list[int]:
    """The schoolbook product: the second way."""
    n = len(a)
    out = [0] * n
    for i in range(n):
        for j in range(n):
            sign = 1 if i + j < n else -1
            out[(i + j) % n] += sign * a[i] * b[j]
    return [x % q for x in out]


def automorphism(a: list[int], g: int, q: int) -> list[int]:
    """a(X^g)."""
    n = len(a)
    out = [0] * n
    for i, x in enumerate(a):
        e = i * g % (2 * n)
        out[e % n] = x % q if e < n else -x % q
    return out


def divide(x: list[int], from_primes: list[int], to_primes: list[int]) -> list[int]:
    """round(x * prod(T \\ X) / prod(X \\ T)) modulo prod(T), the remainder centred: rlwe/keyswitch.h."""
    up = product(p for p in to_primes if p not in from_primes)
    down = product(p for p in from_primes if p not in to_primes)
    target, whole = product(to_primes), product(from_primes)
    out = []
    for c in x:
        y = c % whole * up
        out.append((y - centred(y, down)) // down % target if down > 1 else y % target)
    return out


def to_limbs(a: list[int], primes: list[int]) -> list[list[int]]:
    """Evaluation form, limb by limb: how the engine holds it."""
    return [ntt.forward([x % q for x in a], q) for q in primes]


def from_limbs(limbs: list[list[int]], primes: list[int]) -> list[int]:
    """The polynomial modulo the product, from evaluation form."""
    return from_residues([ntt.inverse(limb, q) for limb, q in zip(limbs, primes)], primes)


def from_residues(rows: list[list[int]], primes: list[int]) -> list[int]:
    """The polynomial modulo the product, from residues of its coefficients."""
    q = product(primes)
    units = [q // p * pow(q // p, -1, p) for p in primes]
    return [sum(r * u for r, u in zip(column, units)) % q for column in zip(*rows)]

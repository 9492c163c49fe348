"""Exact integers as BGV writes them: the phase of a ciphertext is v modulo Q, v = factor * message modulo t. Contract: bgv/space.h.

The engine keeps t^-1 times such a ciphertext; `ours` and `theirs` go from one to the other.
"""

from . import poly, rlwe


def root(t: int, log_n: int) -> int:
    """The root of order 2n that slots are values at: the least non-residue to the power (t - 1)/2n."""
    x = 2
    while pow(x, (t - 1) // 2, t) != t - 1:
        x += 1
    return pow(x, (t - 1) >> (log_n + 1), t)


def exponents(log_n: int) -> list[int]:
    """Slot by slot, first row, second row: its root is psi to this power."""
    n = 1 << log_n
    row = [pow(5, i, 2 * n) for i in range(n // 2)]
    return row + [2 * n - e for e in row]


def slots_to_poly(values, t: int, log_n: int) -> list[int]:
    """The polynomial with these values: interpolation by definition."""
    n, w = 1 << log_n, root(t, log_n)
    where = exponents(log_n)
    return [sum(v * pow(w, -e * i, t) for v, e in zip(values, where)) * pow(n, -1, t) % t for i in range(n)]


def poly_to_slots(a, t: int, log_n: int) -> list[int]:
    """Values of a polynomial of integers at the slots' roots, centred."""
    w = root(t, log_n)
    return [poly.centred(sum(c * pow(w, e * i, t) for i, c in enumerate(a)), t) for e in exponents(log_n)]


def ours(parts, t: int, q: int) -> list[list[int]]:
    return [poly.scale(c, pow(t, -1, q), q) for c in parts]


def theirs(parts, t: int, q: int) -> list[list[int]]:
    return [poly.scale(c, t, q) for c in parts]


def switch_modulus(c, t: int, source: list[int], to: list[int]) -> list[int]:
    """(c A - delta)/D for the least delta that is c A modulo D and 0 modulo t."""
    up = poly.product(p for p in to if p not in source)
    down = poly.product(p for p in source if p not in to)
    q, target, unit = poly.product(source), poly.product(to), t * pow(t, -1, down)
    out = []
    for x in c:
        y = x % q * up
        out.append((y - poly.centred(y * unit, t * down)) // down % target)
    return out


def step_factor(t: int, source: list[int], to: list[int]) -> int:
    """What a change of modulus multiplies the message by: A/D modulo t."""
    up = poly.product(p for p in to if p not in source)
    down = poly.product(p for p in source if p not in to)
    return up * pow(down, -1, t) % t


def noise(ctx: rlwe.Context, level, parts, s, t: int) -> list[int]:
    """v of one of our ciphertexts."""
    q = ctx.modulus(level)
    return [poly.centred(t * x, q) for x in rlwe.decrypt(ctx, level, parts, s)]

"""Roots of unity and the encoder in exact arithmetic. Contracts: ring/ring.h, kernel/kernel.h, jfhe/ckks.h."""

from functools import cache
from math import isqrt

from .poly import round_half_even

BITS = 256           # fixed point of every root here
ONE = 1 << BITS


@cache
def circle(turn: int) -> tuple[list[int], list[int]]:
    """cos and sin of 2 pi k / turn for k in [0, turn), turn a power of two >= 8, times 2^BITS.

    By repeated halving of the angle (square roots), then by doubling the table with the half step; each step loses
    a few units of 2^-BITS, so the result is right to far more than the 53 bits that are asked of it.
    """
    guard = 64
    one = 1 << (BITS + guard)
    c, s = 0, one                                    # a quarter turn
    steps = [(c, s)]
    while (1 << (len(steps) + 1)) < turn:
        c = isqrt((one + c) * one // 2)              # cos(x/2) = sqrt((1 + cos x) / 2)
        s = s * one // (2 * c)                       # sin(x/2) = sin x / (2 cos(x/2))
        steps.append((c, s))
    cos, sin = [one], [0]
    while len(cos) < turn // 4:                      # first quadrant: interleave with the next finer step
        c, s = steps[len(cos).bit_length()]
        half = [((a * c - b * s) // one, (b * c + a * s) // one) for a, b in zip(cos, sin)]
        cos = [x for pair in zip(cos, (h[0] for h in half)) for x in pair]
        sin = [x for pair in zip(sin, (h[1] for h in half)) for x in pair]
    cos = [round_half_even(x, 1 << guard) for x in cos]
    sin = [round_half_even(x, 1 << guard) for x in sin]
    for _ in range(3):                               # quarter turns are exact
        quarter = turn // 4
        cos, sin = cos + [-x for x in sin[-quarter:]], sin + cos[-quarter:]
    return cos, sin


def fft_arguments(n: int) -> list[int]:
    """Argument of node k < n of the encoder's tree, in units of 1/(8n) turns: c_1 = e^(i pi/4), c_2k = sqrt(c_k),
    c_(2k+1) = i c_2k. Entry 0 is unused."""
    whole = 8 * n
    args = [0, whole // 8]
    for k in range(1, n // 2 + 1):
        args += [args[k] // 2, args[k] // 2 + whole // 4]
    return args[:max(n, 2)]


def fft_roots(n: int) -> tuple[list[float], list[float]]:
    """The doubles nearest to the tree's roots, entries 1 .. n-1 (entry 0 is set to 0)."""
    cos, sin = circle(8 * n)
    args = fft_arguments(n)[1:n]
    # a quotient of two integers is rounded to the nearest double
    return [0.0] + [cos[a] / ONE for a in args], [0.0] + [sin[a] / ONE for a in args]


def fft_exponents(n: int) -> list[int]:
    """e(j): output j of the forward transform is the value at exp(2 pi i e(j) / (4n)). Follows the tree to its leaves:
    a leaf under node k evaluates at c_k (first) or at -c_k (second)."""
    if n == 1:
        return [1]
    args = fft_arguments(n)
    out = []
    for k in range(n // 2, n):
        at = args[k] // 2                            # 1/(8n) turns to 1/(4n)
        out += [at, (at + 2 * n) % (4 * n)]
    return out


def encode(values: list[tuple[int, int]], unit: int, log_n: int, log_slots: int, scale: tuple[int, int]):
    """Coefficients, as exact quotients (num, den), of the polynomial whose slot j is values[j]/unit.

    values are pairs of integers; scale is a quotient. Slot j is the value at zeta^(5^j), zeta = e^(2 pi i / 2M), in the
    ring of degree M = 2 * slots; the polynomial of degree N has these coefficients at stride N/M.
    """
    slots, n = 1 << log_slots, 1 << log_n
    m = 2 * slots
    turn = max(2 * m, 8)
    cos, sin = circle(turn)
    spread, step = turn // (2 * m), n // m
    num = [0] * n
    powers, p = [], 1
    for _ in values:
        powers.append(p)
        p = p * 5 % (2 * m)
    for i in range(m):
        total = 0
        for (re, im), e in zip(values, powers):      # Re(z * conj(zeta^(e i)))
            at = e * i % (2 * m) * spread
            total += re * cos[at] + im * sin[at]
        num[i * step] = total * 2 * scale[0]
    return num, m * ONE * unit * scale[1]

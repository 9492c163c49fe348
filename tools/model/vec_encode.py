"""Vectors of the encoder: its roots, and numbers to coefficients."""

from fractions import Fraction

from . import poly, roots
from .cases import Doubles, Words
from .inputs import Inputs

ABOUT = (
    "Encoding. roots: entries 1..n-1 of the transform's tree, the doubles nearest to the true values; exponents: where "
    "output j evaluates. encode: slot j of the polynomial is its value at zeta^(5^j), zeta = exp(i pi / N); sparse packing "
    "uses the subring of X^(N/2slots); coeff packing (2) writes the numbers as they are. coeff is scale * inverse embedding, "
    "rounded to nearest, ties to even, from exact arithmetic. near[i] = 1 where the exact value lies within scale * bound * 2^-47 of "
    "a tie: there an encoder in doubles may be off by one, elsewhere it must agree. The bound is the largest modulus, rounded up.")


def roots_case(n: int) -> dict:
    re, im = roots.fft_roots(n)
    return {"kind": "roots", "name": f"roots-{n}", "n": n, "re": Doubles(re), "im": Doubles(im),
            "exponents": roots.fft_exponents(n)}


def _rounded(exact: list[Fraction], window: Fraction):
    half, coeff, near = Fraction(1, 2), [], []
    for x in exact:
        coeff.append(poly.round_half_even(x.numerator, x.denominator))
        distance = abs(x - x.__floor__() - half)
        near.append(1 if 0 < distance < window else 0)
    return coeff, near


def encode_case(name: str, log_n: int, packing: int, log_slots: int, count: int, scale: float, unit: int) -> dict:
    """Slots are multiples of 1/unit (a power of two, so they are doubles) below 1 in each part."""
    data = Inputs(f"encode/{name}")
    re, im = data.small(count, unit), data.small(count, unit) if packing == 1 else [0] * count
    s = Fraction(scale)
    num, den = roots.encode(list(zip(re, im)), unit, log_n, log_slots, (s.numerator, s.denominator))
    coeff, near = _rounded([Fraction(x, den) for x in num], s * 2 * Fraction(1, 1 << 47))
    return _record(name, log_n, packing, log_slots, scale, [x / unit for x in re], [x / unit for x in im], coeff, near)


def coefficient_case() -> dict:
    """Ties, signs and large words: here nothing but the rounding happens."""
    values = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, -0.0, 1.0, -1.0, 2.0 ** 40 + 0.5, -(2.0 ** 40) - 0.75]
    coeff = [poly.round_half_even(*Fraction(x).as_integer_ratio()) for x in values] + [0] * 4
    return _record("coefficients", 4, 2, 4, 1.0, values, [0.0] * len(values), coeff, [0] * 16)


def _record(name, log_n, packing, log_slots, scale, re, im, coeff, near) -> dict:
    return {"kind": "encode", "name": f"encode-{name}", "log_n": log_n, "packing": packing, "log_slots": log_slots,
            "scale": Doubles([scale]), "re": Doubles(re), "im": Doubles(im),
            "coeff": Words([c % (1 << 64) for c in coeff]), "near": near}


def cases() -> list[dict]:
    """All cases of the file."""
    out = [roots_case(n) for n in (2, 8, 32)]
    out += [encode_case("real", 3, 0, 2, 4, 2.0 ** 30, 1 << 12),
            encode_case("complex", 4, 1, 3, 8, 2.0 ** 36, 1 << 20),
            encode_case("odd-scale", 5, 1, 4, 16, 12345678901.25, 1 << 10),
            encode_case("short", 6, 1, 5, 11, 2.0 ** 32, 1 << 16),
            encode_case("sparse", 6, 0, 2, 4, 2.0 ** 34, 1 << 16),
            encode_case("one-slot", 4, 1, 0, 1, 2.0 ** 34, 1 << 16),
            coefficient_case()]
    return out

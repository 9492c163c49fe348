"""Vectors of CKKS operations that the contract determines bit by bit: over the world of rlwe.json."""

from . import poly, vec_rlwe
from .cases import Limbs
from .inputs import Inputs

ABOUT = (
    "CKKS operations in the world of rlwe.json, evaluation form. linear: from ciphertexts a and b over `level`: sum, difference, "
    "negative of a, a times i (X^(N/2)), a times the integer k. rescale: both parts divided by level's primes that `to` lacks. "
    "square: a times a, relinearised and rescaled.")


def _pair(name: str, level: tuple):
    data, q = Inputs(f"ckks/{name}"), vec_rlwe.CTX.modulus(level)
    return [data.residues(vec_rlwe.CTX.n, q) for _ in range(2)]


def _fields(prefix: str, level: tuple, parts) -> dict[str, Limbs]:
    return {f"{prefix}{i}": Limbs(vec_rlwe.rlwe.limbs(vec_rlwe.CTX, level, c)) for i, c in enumerate(parts)}


def linear_case() -> dict:
    level = (0, 1, 2)
    q, n, k = vec_rlwe.CTX.modulus(level), vec_rlwe.CTX.n, -1234567
    a, b = _pair("a", level), _pair("b", level)
    i = [0] * n
    i[n // 2] = 1
    return ({"kind": "linear", "name": "linear", "level": list(level), "k": [k]}
            | _fields("a", level, a) | _fields("b", level, b)
            | _fields("sum", level, [poly.add(x, y, q) for x, y in zip(a, b)])
            | _fields("difference", level, [poly.sub(x, y, q) for x, y in zip(a, b)])
            | _fields("negative", level, [poly.scale(x, -1, q) for x in a])
            | _fields("times_i", level, [poly.mul(x, i, q) for x in a])
            | _fields("times_k", level, [poly.scale(x, k, q) for x in a]))


def rescale_case(name: str, level: tuple, to: tuple) -> dict:
    ctx = vec_rlwe.CTX
    a = _pair(f"rescale/{name}", level)
    out = [poly.divide(x, ctx.values(level), ctx.values(to)) for x in a]
    return ({"kind": "rescale", "name": f"rescale-{name}", "level": list(level), "to": list(to)}
            | _fields("a", level, a) | _fields("r", to, out))


def square_case(world: vec_rlwe.World) -> dict:
    level, to = (0, 1, 2, 3), (0, 1, 2)
    a = world.ciphertext("square", level, 40)[1]
    out = vec_rlwe.rlwe.multiply(vec_rlwe.CTX, level, to, a, a, world.relin)
    return ({"kind": "square", "name": "square", "level": list(level), "to": list(to)}
            | _fields("a", level, a) | _fields("r", to, out))


def cases() -> list[dict]:
    """All cases of the file."""
    return [linear_case(), rescale_case("step", (0, 1, 2, 3), (0, 1, 2)),
            rescale_case("rational", (0, 1, 2, 3), (0, 1, 5)), square_case(vec_rlwe.World())]

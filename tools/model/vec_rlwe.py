"""Vectors of rlwe: division by primes, key switching, decryption, products and rotations of ciphertexts."""

from . import ntt, poly, primes, rlwe
from .cases import Limbs, Words
from .inputs import Inputs

ABOUT = (
    "Ciphertexts over any subset of primes. Every row of words is one limb in evaluation form, ascending by prime, specials "
    "last. divide: round(x * prod(to minus from) / prod(from minus to)), the remainder centred. evk: a switching key in full; `a` is expanded from "
    "`seed` (domains 16 + digit), b = -a*target + error + P*[prime in digit]*source. switch: a key switch of c over `level` to `to` with add0, "
    "add1 (absent: zero). decrypt: parts c0, c1 (c2) under `secret` give `message`, exact small integers. product: tensor, "
    "relinearise and rescale in one division. rotate: switch with the Galois key, then X -> X^g.")

LOG_N = 4
PRIMES = [primes.prime_below(b, i) for b, i in
          ((48, 0), (46, 0), (46, 1), (46, 2), (44, 0), (28, 0), (20, 0), (48, 1), (48, 2))]
CTX = rlwe.Context(LOG_N, tuple(PRIMES), (7, 8))
CHAIN, DIGITS = (0, 1, 2, 3, 4, 5, 6), ((0, 1), (2, 3), (4, 5, 6))
GALOIS = 5


def _limbs(indices, a) -> Limbs:
    return Limbs(rlwe.limbs(CTX, indices, a))


def _square(s: list[int]) -> list[int]:
    big = 1 << 64
    wrapped = [x % big for x in s]
    return [poly.centred(x, big) for x in poly.mul(wrapped, wrapped, big)]


class World:
    """One secret, its keys, and what was made with them: the same in every case."""

    def __init__(self):
        data = Inputs("rlwe/world")
        n = CTX.n
        self.s = data.small(n, 1)
        self.seeds = {"relin": data.bytes(32), "galois": data.bytes(32)}
        self.errors = {k: [data.small(n, 21) for _ in DIGITS] for k in ("relin", "galois")}
        self.relin = rlwe.switch_key(CTX, CHAIN, DIGITS, _square(self.s), self.s, self.errors["relin"], self.seeds["relin"])
        turned = rlwe.galois_source(self.s, LOG_N, GALOIS)
        self.galois = rlwe.switch_key(CTX, CHAIN, DIGITS, self.s, turned, self.errors["galois"], self.seeds["galois"])

    def ciphertext(self, name: str, level, bits: int):
        """A fresh seeded ciphertext of a random message of `bits` bits: (message, parts, seed)."""
        data = Inputs(f"rlwe/ciphertext/{name}")
        message, e, seed = data.small(CTX.n, 1 << bits), data.small(CTX.n, 21), data.bytes(32)
        return message, rlwe.encrypt(CTX, level, message, self.s, e, seed), seed


def divide_case(name: str, source: tuple, target: tuple) -> dict:
    x = Inputs(f"divide/{name}").residues(CTX.n, CTX.modulus(source))
    out = poly.divide(x, CTX.values(source), CTX.values(target))
    return {"kind": "divide", "name": f"divide-{name}", "from": list(source), "to": list(target),
            "x": _limbs(source, x), "out": _limbs(target, out)}


def divide_cases() -> list[dict]:
    return [divide_case("rescale", (0, 1, 2, 3), (0, 1, 2)), divide_case("inner-prime", (0, 1, 2, 3), (0, 2, 3)),
            divide_case("two-primes", (0, 1, 2, 5), (0, 1)), divide_case("rational", (0, 1, 2, 3), (0, 1, 5)),
            divide_case("only-add", (0, 1), (0, 1, 5)), divide_case("to-one", (0, 2, 3, 4), (4,)),
            divide_case("tiny", (0, 6), (0,)), divide_case("specials", (0, 1, 2, 7, 8), (0, 1, 2)),
            divide_case("specials-and-step", (0, 1, 2, 3, 7, 8), (0, 1, 2, 6)), divide_case("same", (0, 3), (0, 3))]


def evk_case(world: World, which: str) -> dict:
    key, every = getattr(world, which), CHAIN + CTX.special
    return {"kind": "evk", "name": which, "galois": GALOIS if which == "galois" else 0, "seed": world.seeds[which],
            "secret": world.s, "errors": [x for row in world.errors[which] for x in row],
            "b": Limbs([row for b in key.b for row in rlwe.limbs(CTX, every, b)])}


def switch_case(world: World, name: str, level: tuple, to: tuple, extra: tuple[bool, bool]) -> dict:
    data, q = Inputs(f"switch/{name}"), CTX.modulus(level)
    c = data.residues(CTX.n, q)
    adds = [data.residues(CTX.n, q) if used else None for used in extra]
    out = rlwe.key_switch(CTX, level, to, c, *adds, world.relin)
    case = {"kind": "switch", "name": f"switch-{name}", "level": list(level), "to": list(to), "c": _limbs(level, c)}
    case |= {f"add{i}": _limbs(level, a) for i, a in enumerate(adds) if a}
    return case | {"r0": _limbs(to, out[0]), "r1": _limbs(to, out[1])}


def switch_cases(world: World) -> list[dict]:
    return [switch_case(world, "plain", CHAIN, CHAIN, (False, False)),
            switch_case(world, "low", (0, 1), (0, 1), (True, False)),
            switch_case(world, "gaps", (0, 3, 4, 6), (0, 3, 4, 6), (True, True)),
            switch_case(world, "rescaled", (0, 1, 2, 3, 4), (0, 1, 2, 3), (True, True)),
            switch_case(world, "rational", (0, 1, 2, 3), (0, 1, 5), (True, True)),
            switch_case(world, "one-prime", (2,), (2,), (False, True))]


def decrypt_cases(world: World) -> list[dict]:
    out = []
    for name, level, bits in (("one-prime", (0,), 30), ("chain", (0, 1, 2), 40), ("gaps", (1, 4, 6), 40)):
        message, parts, seed = world.ciphertext(name, level, bits)
        near = rlwe.decrypt(CTX, level, parts, world.s)
        assert max(abs(a - b) for a, b in zip(near, message)) <= 21
        out.append({"kind": "decrypt", "name": f"decrypt-{name}", "level": list(level), "secret": world.s, "seed": seed,
                    "c0": _limbs(level, parts[0]), "c1": _limbs(level, parts[1]),
                    "message": Words([x % (1 << 64) for x in near])})
    level = (0, 1, 2)
    parts = rlwe.tensor(CTX, level, world.ciphertext("x", level, 20)[1], world.ciphertext("y", level, 20)[1])
    near = rlwe.decrypt(CTX, level, parts, world.s)
    out.append({"kind": "decrypt", "name": "decrypt-degree-2", "level": list(level), "secret": world.s}
               | {f"c{i}": _limbs(level, c) for i, c in enumerate(parts)}
               | {"message": Words([x % (1 << 64) for x in near])})
    return out


def product_cases(world: World) -> list[dict]:
    out = []
    for name, level, to in (("step", (0, 1, 2, 3), (0, 1, 2)), ("rational", (0, 1, 2, 3), (0, 1, 5))):
        a, b = (world.ciphertext(f"product/{name}/{x}", level, 40) for x in "ab")
        r = rlwe.multiply(CTX, level, to, a[1], b[1], world.relin)
        ratio = CTX.modulus(level) / CTX.modulus(to)
        q = CTX.modulus(level)
        clear = [poly.centred(x, q) for x in poly.mul([m % q for m in a[0]], [m % q for m in b[0]], q)]
        got = rlwe.decrypt(CTX, to, r, world.s)
        assert max(abs(x - y / ratio) for x, y in zip(got, clear)) < 1 << 10
        out.append({"kind": "product", "name": f"product-{name}", "level": list(level), "to": list(to)}
                   | {f"{x}{i}": _limbs(level, c) for x, ct in (("a", a), ("b", b)) for i, c in enumerate(ct[1])}
                   | {f"d{i}": _limbs(level, c) for i, c in enumerate(rlwe.tensor(CTX, level, a[1], b[1]))}
                   | {"r0": _limbs(to, r[0]), "r1": _limbs(to, r[1])})
    return out


def rotate_cases(world: World) -> list[dict]:
    out = []
    for name, level in (("chain", (0, 1, 2)), ("gaps", (0, 2, 5))):
        ct = world.ciphertext(f"rotate/{name}", level, 30)[1]
        r = rlwe.rotate(CTX, level, ct, GALOIS, world.galois)
        turned = rlwe.decrypt(CTX, level, r, world.s)
        q = CTX.modulus(level)
        clear = [poly.centred(x, q) for x in poly.automorphism(rlwe.decrypt(CTX, level, ct, world.s), GALOIS, q)]
        assert max(abs(x - y) for x, y in zip(turned, clear)) < 1 << 10
        out.append({"kind": "rotate", "name": f"rotate-{name}", "level": list(level), "g": GALOIS,
                    "c0": _limbs(level, ct[0]), "c1": _limbs(level, ct[1]),
                    "r0": _limbs(level, r[0]), "r1": _limbs(level, r[1])})
    return out


def ring_case() -> dict:
    """What all cases of the file share; first, so that a reader meets it before it needs it."""
    return {"kind": "world", "name": "world", "log_n": LOG_N, "primes": Words(PRIMES), "special": list(CTX.special),
            "digit_of": [next(d for d, digit in enumerate(DIGITS) if i in digit) for i in CHAIN],
            "psi": Words([primes.psi(q, LOG_N) for q in PRIMES])}


def cases() -> list[dict]:
    """All cases of the file."""
    world = World()
    assert ntt.inverse(rlwe.limbs(CTX, (0,), [1] + [0] * 15)[0], PRIMES[0])[0] == 1
    return [ring_case(), *divide_cases(), evk_case(world, "relin"), evk_case(world, "galois"), *switch_cases(world),
            *decrypt_cases(world), *product_cases(world), *rotate_cases(world)]

"""Vectors of base and ring: streams, samplers, primes, transforms, conversions."""

from . import aes, chacha, ntt, poly, primes
from .cases import Limbs, Words
from .inputs import Inputs

BASE_ABOUT = (
    "Randomness. aes: blocks first.. of stream (domain, index) of a seed. chacha: bytes of a keyed stream from its start; "
    "skip bytes are drawn first. ternary: small integers drawn from a keyed stream. secret: the key of jfhe_sk_from_entropy: coefficients are ternary draws of "
    "the entropy's stream 1, the id is the first 16 bytes of its stream 2.")
RING_ABOUT = (
    "Rings. Words are hexadecimal. prime: the (index+1)-th prime of `bits` bits and its 2^18-th root of unity. ntt: "
    "coefficients and evaluations modulo q. perm: X -> X^g in evaluation form. automorphism: a(X^g) in coefficient form. "
    "uniform: residues expanded from a seed. conv: x modulo the primes `from` (coefficient residues) taken to the primes `to`: "
    "`centred` is the exact centred value, `approximate` is sum y_j Q/q_j with digits y_j in [0, q_j).")


def aes_cases() -> list[dict]:
    out = []
    for i, (domain, index, first, blocks) in enumerate(
            ((1, 0, 0, 4), (16, 5, 7, 3), (0x7FFFFFFF, 127, (1 << 32) - 1, 2), (0x80000001, 3, (2 << 32) + 11, 1))):
        seed = Inputs(f"aes/{i}").bytes(32)
        out.append({"kind": "aes", "name": f"aes-{i}", "seed": seed, "domain": domain, "index": index,
                    "first": Words([first]), "blocks": blocks,
                    "stream": aes.Aes(seed).stream(domain, index, first, blocks)})
    return out


def chacha_cases() -> list[dict]:
    out = []
    for i, (stream, skip, size) in enumerate(((0, 0, 128), (1, 3, 40), (0x0123456789ABCDEF, 1021, 96))):
        key = Inputs(f"chacha/{i}").bytes(32)
        rng = chacha.Rng(key, stream)
        rng.bytes(skip)
        out.append({"kind": "chacha", "name": f"chacha-{i}", "key": key, "stream": Words([stream]), "skip": skip,
                    "size": size, "bytes": rng.bytes(size)})
    for i, n in enumerate((16, 200)):
        key = Inputs(f"ternary/{i}").bytes(32)
        out.append({"kind": "ternary", "name": f"ternary-{i}", "key": key, "stream": Words([i]),
                    "values": chacha.Rng(key, i).ternary(n)})
    return out


def secret_cases() -> list[dict]:
    """What 32 bytes of entropy become: a recovery file must mean the same key for ever."""
    out = []
    for i in range(2):
        entropy = Inputs(f"secret/{i}").bytes(32)
        out.append({"kind": "secret", "name": f"secret-{i}", "log_n": 5 + i, "entropy": entropy,
                    "id": chacha.Rng(entropy, 2).bytes(16), "values": chacha.Rng(entropy, 1).ternary(32 << i)})
    return out


def prime_cases() -> list[dict]:
    out = []
    for bits, index in ((20, 0), (20, 1), (28, 0), (36, 2), (44, 0), (46, 0), (46, 13), (48, 0), (48, 1), (48, 40)):
        q = primes.prime_below(bits, index)
        out.append({"kind": "prime", "name": f"prime-{bits}-{index}", "bits": bits, "index": index, "q": Words([q]),
                    "root": Words([primes.root(q) if q else 0])})
    return out


def ntt_cases() -> list[dict]:
    out = []
    for log_n, bits, index in ((3, 20, 0), (3, 48, 0), (4, 46, 1), (5, 36, 0), (6, 48, 2), (6, 28, 0)):
        q = primes.prime_below(bits, index)
        a = Inputs(f"ntt/{log_n}/{q}").residues(1 << log_n, q)
        a[0], a[1] = q - 1, 0
        out.append({"kind": "ntt", "name": f"ntt-{1 << log_n}-{bits}", "log_n": log_n, "q": Words([q]),
                    "coeff": Words(a), "eval": Words(ntt.forward_by_definition(a, q))})
    q = primes.prime_below(48, 0)
    out.append({"kind": "ntt", "name": "ntt-64-extreme", "log_n": 6, "q": Words([q]), "coeff": Words([q - 1] * 64),
                "eval": Words(ntt.forward([q - 1] * 64, q))})
    return out


def automorphism_cases() -> list[dict]:
    out = []
    for log_n, g in ((3, 3), (3, 15), (4, 5), (6, 125), (6, 127)):
        out.append({"kind": "perm", "name": f"perm-{1 << log_n}-{g}", "log_n": log_n, "g": g,
                    "perm": ntt.galois_perm(log_n, g)})
        q = primes.prime_below(44, 0)
        a = Inputs(f"automorphism/{log_n}/{g}").residues(1 << log_n, q)
        out.append({"kind": "automorphism", "name": f"automorphism-{1 << log_n}-{g}", "log_n": log_n, "g": g,
                    "q": Words([q]), "coeff": Words(a), "out": Words(poly.automorphism(a, g, q))})
    for log_n, k in ((4, 1), (4, -1), (6, 7), (10, -300), (15, 12345)):
        g = pow(5, k % (1 << log_n), 2 << log_n)
        out.append({"kind": "galois", "name": f"galois-{log_n}-{k}", "log_n": log_n, "k": [k], "g": g,
                    "inverse": pow(g, -1, 2 << log_n)})
    return out


def uniform_cases() -> list[dict]:
    out = []
    for log_n, q, index, domain in ((3, primes.prime_below(48, 0), 0, 1), (6, primes.prime_above(46), 2, 16),
                                    (6, primes.prime_below(20, 0), 5, 17), (5, primes.prime_above(40), 7, 0x7FFFFFFF)):
        seed = Inputs(f"uniform/{log_n}/{q}").bytes(32)
        out.append({"kind": "uniform", "name": f"uniform-{1 << log_n}-{q.bit_length()}", "log_n": log_n, "q": Words([q]),
                    "index": index, "domain": domain, "seed": seed,
                    "values": Words(aes.uniform(seed, 1 << log_n, q, index, domain))})
    return out


def conv_case(name: str, qs: list[int], source: list[int], target: list[int], log_n: int = 3) -> dict:
    """x random but for edges: 0, 1, Q-1, about Q/2 on both sides."""
    from_q, to_q = [qs[i] for i in source], [qs[i] for i in target]
    q = poly.product(from_q)
    x = Inputs(f"conv/{name}").residues(1 << log_n, q)
    near = q >> 20                       # far enough from Q/2 that the rounding rule decides alike everywhere
    x[:5] = [0, 1, q - 1, q // 2 - near, q // 2 + near]
    hats = [q // p for p in from_q]
    digits = [[c % p * pow(h, -1, p) % p for c in x] for p, h in zip(from_q, hats)]
    rough = [sum(d[i] * h for d, h in zip(digits, hats)) for i in range(len(x))]
    return {"kind": "conv", "name": name, "log_n": log_n, "primes": Words(qs), "from": source, "to": target,
            "x": Limbs([[c % p for c in x] for p in from_q]), "digits": Limbs(digits),
            "centred": Limbs([[poly.centred(c, q) % p for c in x] for p in to_q]),
            "approximate": Limbs([[r % p for r in rough] for p in to_q])}


def conv_cases() -> list[dict]:
    qs = [primes.prime_below(b, i) for b, i in
          ((48, 0), (46, 0), (46, 1), (44, 0), (20, 0), (36, 0), (48, 1), (48, 2))]
    return [conv_case("one-to-all", qs, [0], [1, 2, 3, 4, 5]),
            conv_case("small-to-big", qs, [4], [0, 7]),
            conv_case("digit", qs, [1, 2], [0, 3, 4, 6, 7]),
            conv_case("many-to-one", qs, [0, 1, 2, 3, 5, 6], [7]),
            conv_case("specials-down", qs, [6, 7], [0, 1, 2, 3, 4, 5])]


def base() -> list[dict]:
    return aes_cases() + chacha_cases() + secret_cases()


def ring() -> list[dict]:
    return prime_cases() + ntt_cases() + automorphism_cases() + uniform_cases() + conv_cases()

"""Hashes at real sizes: SHA-256 over limbs as little-endian 64-bit words; inputs expand from seeds."""

import hashlib
import struct

from . import aes, chacha, ntt, poly, primes, rlwe, roots
from .cases import Words
from .inputs import Inputs

ABOUT = (
    "SHA-256 of limbs (little-endian 64-bit words, in order) at real sizes. large-ntt: uniform residues from `seed` (domain 1, index "
    "0), their transform. large-switch: secret and errors are ternary draws of one keyed stream (secret first, then one error a digit), the key "
    "switches s^2 -> s with its a from `seed`, c is uniform (domain 1); hashes of b (digit by digit, chain then specials), and of r0, r1 after "
    "a switch over the whole chain to the chain without its last prime. large-roots: the encoder's roots 1..n-1, all re then all im.")


def digest(rows) -> bytes:
    """SHA-256 of rows of words."""
    h = hashlib.sha256()
    for row in rows:
        h.update(struct.pack(f"<{len(row)}Q", *row))
    return h.digest()


def ntt_case(log_n: int, bits: int) -> dict:
    q, seed = primes.prime_below(bits, 0), Inputs(f"large/ntt/{log_n}").bytes(32)
    x = aes.uniform(seed, 1 << log_n, q, 0, rlwe.DOMAIN_CT)
    return {"kind": "large_ntt", "name": f"large-ntt-{log_n}", "log_n": log_n, "q": Words([q]), "seed": seed,
            "uniform": digest([x]), "eval": digest([ntt.forward(x, q)]), "coeff": digest([ntt.inverse(x, q)])}


def roots_case(n: int) -> dict:
    re, im = roots.fft_roots(n)
    packed = struct.pack(f"<{2 * n - 2}d", *re[1:], *im[1:])
    return {"kind": "large_roots", "name": f"large-roots-{n}", "n": n, "hash": hashlib.sha256(packed).digest()}


def switch_case(log_n: int, chain_bits: tuple, digits: tuple) -> dict:
    """One hybrid key switch merged with a rescaling."""
    count: dict[int, int] = {}
    values = []
    for bits in (*chain_bits, 48, 48):
        index = count.get(bits, 0)
        count[bits] = index + 1
        values.append(primes.prime_below(bits, index))
    chain = tuple(range(len(chain_bits)))
    ctx = rlwe.Context(log_n, tuple(values), (len(chain), len(chain) + 1))
    data = Inputs(f"large/switch/{log_n}")
    seed, key = data.bytes(32), data.bytes(32)
    rng = chacha.Rng(key, 0)
    s = rng.ternary(ctx.n)
    errors = [rng.ternary(ctx.n) for _ in digits]
    big = 1 << 64
    wrapped = [x % big for x in s]
    square = [poly.centred(x, big) for x in poly.mul(wrapped, wrapped, big)]
    evk = rlwe.switch_key(ctx, chain, digits, square, s, errors, seed)
    c = ctx.uniform(seed, chain, rlwe.DOMAIN_CT)
    to = chain[:-1]
    out = rlwe.key_switch(ctx, chain, to, c, None, None, evk)
    every = chain + ctx.special
    return {"kind": "large_switch", "name": f"large-switch-{log_n}", "log_n": log_n, "primes": Words(values),
            "special": list(ctx.special), "seed": seed, "key": key,
            "digit_of": [next(d for d, digit in enumerate(digits) if i in digit) for i in chain],
            "b": digest(row for b in evk.b for row in rlwe.limbs(ctx, every, b)),
            "r0": digest(rlwe.limbs(ctx, to, out[0])), "r1": digest(rlwe.limbs(ctx, to, out[1]))}


def quick() -> list[dict]:
    """What --check recomputes."""
    return [ntt_case(12, 46), roots_case(1 << 10)]


def slow() -> list[dict]:
    """What --check --all recomputes as well."""
    return [ntt_case(14, 48), ntt_case(16, 48), roots_case(1 << 15),
            switch_case(11, (48, 46, 46, 46, 46), ((0, 1), (2, 3), (4,))),
            switch_case(13, (48, 46, 46, 46), ((0, 1), (2, 3)))]

"""Keys, ciphertexts and hybrid key switching in exact integers. Contracts: rlwe/ct.h, rlwe/evk.h, rlwe/keyswitch.h.

A Context is a degree and a list of primes, some of them special. A ciphertext is a pair of polynomials modulo the
product of the primes at `level` (a list of indices into the primes, ascending).
"""

from dataclasses import dataclass

from . import aes, ntt, poly

DOMAIN_CT, DOMAIN_PK, DOMAIN_EVK = 1, 2, 16


@dataclass(frozen=True)
class Context:
    """Degree and primes; indices in `special` are P."""

    log_n: int
    primes: tuple[int, ...]
    special: tuple[int, ...]

    @property
    def n(self) -> int:
        return 1 << self.log_n

    def values(self, indices) -> list[int]:
        """The primes at these indices."""
        return [self.primes[i] for i in indices]

    def modulus(self, indices) -> int:
        return poly.product(self.values(indices))

    def uniform(self, seed: bytes, indices, domain: int) -> list[int]:
        """The polynomial whose evaluation form is expanded from a seed."""
        limbs = [aes.uniform(seed, self.n, self.primes[i], i, domain) for i in indices]
        return poly.from_limbs(limbs, self.values(indices))


def encrypt(ctx: Context, level, message, s, e, seed: bytes):
    """Seeded: c1 from the seed, c0 = m + e - c1 s."""
    q = ctx.modulus(level)
    c1 = ctx.uniform(seed, level, DOMAIN_CT)
    c0 = [(m + x - y) % q for m, x, y in zip(message, e, poly.mul(c1, s, q))]
    return c0, c1


def decrypt(ctx: Context, level, parts, s) -> list[int]:
    """Centred c0 + c1 s + c2 s^2."""
    q, total = ctx.modulus(level), [0] * ctx.n
    for part in reversed(parts):
        total = poly.add(poly.mul(total, s, q), part, q)
    return [poly.centred(x, q) for x in total]


@dataclass(frozen=True)
class SwitchKey:
    """b_d, a_d modulo the product of chain and specials; one pair a digit."""

    chain: tuple[int, ...]
    digits: tuple[tuple[int, ...], ...]
    b: list[list[int]]
    a: list[list[int]]


def switch_key(ctx: Context, chain, digits, source, target, errors, seed: bytes) -> SwitchKey:
    """b_d = -a_d target + e_d + P [prime in D_d] source."""
    indices = tuple(chain) + ctx.special
    qp, p = ctx.modulus(indices), ctx.modulus(ctx.special)
    b, a = [], []
    for d, digit in enumerate(digits):
        inside = ctx.modulus(digit)
        outside = ctx.modulus(i for i in chain if i not in digit)
        selector = outside * pow(outside, -1, inside)          # 1 on the digit's primes, 0 on the chain's others
        a_d = ctx.uniform(seed, indices, DOMAIN_EVK + d)
        masked = poly.mul(a_d, target, qp)
        b.append([(e + p * selector * f - m) % qp for e, f, m in zip(errors[d], source, masked)])
        a.append(a_d)
    return SwitchKey(tuple(chain), tuple(map(tuple, digits)), b, a)


def decompose(ctx: Context, level, c, key: SwitchKey) -> list[list[int]]:
    """Digit d of c: its centred residue modulo the digit's primes at this level; empty digits are left out (None)."""
    out = []
    for digit in key.digits:
        here = [i for i in digit if i in level]
        q = ctx.modulus(here)
        out.append([poly.centred(x, q) for x in c] if here else None)
    return out


def inner(ctx: Context, level, c, key: SwitchKey):
    """The inner product of c's digits with the key, modulo the level's primes and the specials."""
    qp = ctx.modulus(tuple(level) + ctx.special)
    r0, r1 = [0] * ctx.n, [0] * ctx.n
    for digit, b, a in zip(decompose(ctx, level, c, key), key.b, key.a):
        if digit is not None:
            r0 = poly.add(r0, poly.mul(digit, b, qp), qp)
            r1 = poly.add(r1, poly.mul(digit, a, qp), qp)
    return r0, r1


def key_switch(ctx: Context, level, target, c, add0, add1, key: SwitchKey):
    """((add0, add1) + KS(c)) times prod(T \\ S)/prod(S \\ T), in one division."""
    qp, p = ctx.modulus(tuple(level) + ctx.special), ctx.modulus(ctx.special)
    source, to = ctx.values(tuple(level) + ctx.special), ctx.values(target)
    out = []
    for part, extra in zip(inner(ctx, level, c, key), (add0, add1)):
        whole = poly.add(part, poly.scale(extra, p, qp), qp) if extra else part
        out.append(poly.divide(whole, source, to))
    return tuple(out)


def tensor(ctx: Context, level, a, b):
    """The degree-2 product of two ciphertexts."""
    q = ctx.modulus(level)
    cross = poly.add(poly.mul(a[0], b[1], q), poly.mul(a[1], b[0], q), q)
    return poly.mul(a[0], b[0], q), cross, poly.mul(a[1], b[1], q)


def multiply(ctx: Context, level, target, a, b, key: SwitchKey):
    """Multiply, relinearise and rescale from `level` to `target`."""
    d0, d1, d2 = tensor(ctx, level, a, b)
    return key_switch(ctx, level, target, d2, d0, d1, key)


def rotate(ctx: Context, level, ct, g: int, key: SwitchKey):
    """Apply X -> X^g: switch c1 from s to s(X^(1/g)), then the automorphism."""
    r0, r1 = key_switch(ctx, level, level, ct[1], ct[0], None, key)
    q = ctx.modulus(level)
    return poly.automorphism(r0, g, q), poly.automorphism(r1, g, q)


def galois_source(s, log_n: int, g: int) -> list[int]:
    """s(X^(1/g)) in small integers: what the Galois key for g switches to."""
    big = 1 << 64
    turned = poly.automorphism([x % big for x in s], pow(g, -1, 2 << log_n), big)
    return [poly.centred(x, big) for x in turned]


def limbs(ctx: Context, indices, a) -> list[list[int]]:
    """Evaluation form over these primes."""
    return [ntt.forward([x % ctx.primes[i] for x in a], ctx.primes[i]) for i in indices]

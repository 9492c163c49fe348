"""The model against published answers and against itself, a second way."""

import hashlib
import math
import random

from tools.model import aes, chacha, ntt, poly, primes, rlwe, roots


def test_primes_are_prime_and_roots_primitive():
    for bits in (20, 30, 46, 47, 48):
        q = primes.prime_below(bits, 0)
        assert q.bit_length() == bits and q % primes.STEP == 1 and primes.is_prime(q)
        w = primes.root(q)
        assert pow(w, primes.STEP // 2, q) == q - 1
    assert [n for n in range(2, 60) if primes.is_prime(n)] == [
        n for n in range(2, 60) if all(n % d for d in range(2, n))]
    assert not primes.is_prime(3215031751) and primes.is_prime((1 << 61) - 1)
    assert primes.prime_below(20, 0) == 786433 and primes.prime_below(20, 1) == 0


def test_transform_two_ways_and_products():
    rng = random.Random(1)
    for log_n in (3, 4, 6):
        q, n = primes.prime_below(48, log_n), 1 << log_n
        a, b = ([rng.randrange(q) for _ in range(n)] for _ in range(2))
        fa, fb = ntt.forward(a, q), ntt.forward(b, q)
        assert fa == ntt.forward_by_definition(a, q) and ntt.inverse(fa, q) == a
        product = poly.mul(a, b, q)
        assert product == poly.mul_by_definition(a, b, q)
        assert ntt.forward(product, q) == [x * y % q for x, y in zip(fa, fb)]


def test_automorphism_two_ways():
    rng = random.Random(2)
    q, a = primes.prime_below(40, 0), [rng.randrange(1 << 40) for _ in range(16)]
    for g in (3, 5, 25, 31):
        perm = ntt.galois_perm(4, g)
        fa = ntt.forward([x % q for x in a], q)
        assert ntt.forward(poly.automorphism(a, g, q), q) == [fa[j] for j in perm]


def test_aes_answers_fips197_and_sp800_38a():
    key = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    cipher = aes.Aes(key + bytes(16))
    assert cipher.encrypt(bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == (
        "69c4e0d86a7b0430d8cdb78070b4c55a")
    cipher = aes.Aes(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c") + bytes(16))
    assert cipher.encrypt(bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")).hex() == (
        "3ad77bb40d7a3660a89ecaf32466ef97")


def test_uniform_retries():
    q = primes.prime_above(46)
    out = aes.uniform(bytes(range(32)), 64, q, 3, 1)
    first = aes.Aes(bytes(range(32))).stream(1, 3, 0, 24)
    words = [int.from_bytes(first[6 * j:6 * j + 6], "little") % (1 << 47) for j in range(64)]
    assert any(w >= q for w in words) and all(x < q for x in out)
    assert all(x == w for x, w in zip(out, words) if w < q)


def test_chacha_answers_rfc8439():
    # RFC 8439 2.3.2: its 96-bit nonce's first word is the high half of our counter
    key, nonce = bytes(range(32)), bytes.fromhex("000000090000004a00000000")
    high, stream = int.from_bytes(nonce[:4], "little"), int.from_bytes(nonce[4:], "little")
    assert chacha.block(key, 1 | high << 32, stream).hex().startswith("10f1e7e4d13b5915500fdd1fa32071c4")


def test_roots_against_libm_and_the_circle():
    for turn in (8, 16, 256):
        cos, sin = roots.circle(turn)
        for k in range(turn):
            assert abs(cos[k] / roots.ONE - math.cos(2 * math.pi * k / turn)) < 1e-14
            assert abs(sin[k] / roots.ONE - math.sin(2 * math.pi * k / turn)) < 1e-14
            assert abs(cos[k] ** 2 + sin[k] ** 2 - roots.ONE ** 2) < roots.ONE << 8
    assert roots.circle(16)[0][4] == 0 and roots.circle(16)[1][4] == roots.ONE


def test_fft_tree_evaluates_the_folded_polynomial():
    rng = random.Random(3)
    for n in (2, 8, 32):
        re, im = roots.fft_roots(n)
        p = [complex(rng.random(), rng.random()) for _ in range(n)]
        x, m = list(p), 1
        while m < n:
            h = n // (2 * m)
            for b in range(m):
                c = complex(re[m + b], im[m + b])
                for i in range(2 * b * h, 2 * b * h + h):
                    u, v = x[i], c * x[i + h]
                    x[i], x[i + h] = u + v, u - v
            m *= 2
        for got, e in zip(x, roots.fft_exponents(n)):
            assert e % 4 == 1
            point = complex(math.cos(2 * math.pi * e / (4 * n)), math.sin(2 * math.pi * e / (4 * n)))
            assert abs(got - sum(c * point ** i for i, c in enumerate(p))) < 1e-9


def test_encode_then_evaluate():
    rng = random.Random(4)
    log_n, log_slots = 5, 3
    z = [(rng.randrange(-99, 99), rng.randrange(-99, 99)) for _ in range(8)]
    num, den = roots.encode(z, 100, log_n, log_slots, (1, 1))
    m = [x / den for x in num]
    for j, (re, im) in enumerate(z):
        angle = 2 * math.pi * pow(5, j, 64) / 64
        point = complex(math.cos(angle), math.sin(angle))
        value = sum(c * point ** i for i, c in enumerate(m))
        assert abs(value - complex(re, im) / 100) < 1e-12


def _context():
    qs = [primes.prime_below(b, i) for b, i in ((40, 0), (40, 1), (36, 0), (36, 1), (42, 0), (42, 1))]
    return rlwe.Context(5, tuple(qs), (4, 5))


def test_key_switch_means_what_it_says():
    rng, ctx = random.Random(5), _context()
    n, level = ctx.n, (0, 1, 2, 3)
    s = [rng.randrange(-1, 2) for _ in range(n)]

    def small():
        return [rng.randrange(-3, 4) for _ in range(n)]

    m = [rng.randrange(-(1 << 60), 1 << 60) for _ in range(n)]
    ct = rlwe.encrypt(ctx, level, m, s, small(), bytes(32))
    near = rlwe.decrypt(ctx, level, ct, s)
    assert max(abs(x - y) for x, y in zip(near, m)) <= 3

    square = [poly.centred(x, 1 << 64) for x in poly.mul([x % (1 << 64) for x in s], [x % (1 << 64) for x in s], 1 << 64)]
    key = rlwe.switch_key(ctx, level, ((0, 1), (2, 3)), square, s, [small(), small()], b"k" * 32)
    out = rlwe.multiply(ctx, level, (0, 1, 2), ct, ct, key)
    got = rlwe.decrypt(ctx, (0, 1, 2), out, s)
    want = [x // ctx.primes[3] for x in rlwe.decrypt(ctx, level, rlwe.tensor(ctx, level, ct, ct), s)]
    assert max(abs(x - y) for x, y in zip(got, want)) < 4 * n

    g = 5
    turned = rlwe.galois_source(s, ctx.log_n, g)
    key = rlwe.switch_key(ctx, level, ((0, 1), (2, 3)), s, turned, [small(), small()], b"g" * 32)
    got = rlwe.decrypt(ctx, level, rlwe.rotate(ctx, level, ct, g, key), s)
    q = ctx.modulus(level)
    want = [poly.centred(x, q) for x in poly.automorphism([x % q for x in near], g, q)]
    assert max(abs(x - y) for x, y in zip(got, want)) < 4 * n


def test_division_rounds_the_quotient():
    rng, ctx = random.Random(6), _context()
    x = [rng.randrange(ctx.modulus((0, 1, 2))) for _ in range(32)]
    out = poly.divide(x, ctx.values((0, 1, 2)), ctx.values((0, 3)))
    target, down = ctx.modulus((0, 3)), ctx.modulus((1, 2))
    for a, b in zip(x, out):
        assert (b - poly.round_half_even(a * ctx.primes[3], down)) % target == 0


def test_hash_of_the_test_generator_is_fixed():
    from tools.model.inputs import Inputs
    assert hashlib.sha256(Inputs("fixed").bytes(64)).hexdigest()[:8] == "c7e8a8e9"

"""The engine and the big-integer model meet in bytes, at a real size.

What the engine writes, the model opens with the secret; what the model writes, the engine opens; and a product and a
rotation of the engine are, bit by bit, what the model computes from the same containers. The library is called as any
binding would call it. JFHE_LIBRARY names another one than build/libjfhe_client.so.
"""

import ctypes
import os
from ctypes import byref, c_double, c_int32, c_size_t, c_uint32, c_void_p
from pathlib import Path

import pytest

from tools.model import container, poly, rlwe, roots
from tools.model.inputs import Inputs

ROOT = Path(__file__).resolve().parents[2]
PLACES = [os.environ.get("JFHE_LIBRARY"), ROOT / "build/libjfhe_client.so", ROOT / "build/test/libjfhe_client.so"]
SLOTS = 1 << 12


class Engine:
    """The shared library: calls that return a status raise when it is not 0."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(str(path))
        self.lib.jfhe_last_error.restype = ctypes.c_char_p

    def __call__(self, name, *args):
        function = getattr(self.lib, name)
        function.restype = c_uint32
        status = function(*args)
        assert status == 0, f"{name}: status {status}, {self.lib.jfhe_last_error().decode()}"

    def make(self, name, *args):
        """A new object through its first argument."""
        out = c_void_p()
        self(name, byref(out), *args)
        return out

    def read(self, name, ctx, data):
        """An object from its container; these take the context first."""
        out = c_void_p()
        self(name, ctx, byref(out), data, c_size_t(len(data)))
        return out

    def number(self, name, *args, kind=c_size_t):
        function = getattr(self.lib, name)
        function.restype = kind
        return function(*args)

    def bytes_of(self, what, thing, *encoding):
        size = self.number(f"jfhe_{what}_write_size", thing, *encoding)
        assert size > 0
        buffer = ctypes.create_string_buffer(size)
        self(f"jfhe_{what}_write", buffer, c_size_t(size), thing, *encoding)
        return buffer.raw


@pytest.fixture(scope="module")
def engine():
    path = next((p for p in PLACES if p and Path(p).exists()), None)
    if path is None:
        pytest.fail("build/libjfhe_client.so is not built")
    return Engine(path)


class World:
    """One context, one secret, two ciphertexts, on both sides."""

    def __init__(self, engine):
        self.e = e = engine
        self.ctx = e.make("jfhe_ctx_new_preset", b"stats-lite")
        self.top = e.number("jfhe_ctx_levels", self.ctx, kind=c_uint32)
        self.sk = e.make("jfhe_sk_from_entropy", self.ctx, Inputs("interop/secret").bytes(32))
        self.scratch = ctypes.create_string_buffer(64 << 20)
        self.room = (self.scratch, c_size_t(len(self.scratch)))
        log_n, primes = container.parameters(container.read(e.bytes_of("ctx", self.ctx)))
        self.keys = e.make("jfhe_keyring_new", self.ctx)
        relin = self.key("jfhe_keygen_relin")
        self.model = rlwe.Context(log_n, tuple(primes), tuple(relin.p))
        self.s = container.secret(container.read(e.bytes_of("sk", self.sk)))
        self.relin = self.switch_key(relin)
        self.values = [self.numbers("x"), self.numbers("y")]
        self.cts = [self.encrypt(v) for v in self.values]

    def numbers(self, name):
        data = Inputs(f"interop/{name}")
        return [complex(a, b) / 4096 for a, b in zip(data.small(SLOTS, 2048), data.small(SLOTS, 2048))]

    def key(self, maker, *args):
        """Makes a switching key, and gives the ring of keys what comes back from its bytes."""
        evk = self.e.make(maker, self.ctx, self.sk, *args, c_uint32(self.top))
        data = self.e.bytes_of("evk", evk, c_uint32(container.SEEDED))
        self.e("jfhe_keyring_add", self.keys, self.e.read("jfhe_evk_read", self.ctx, data))
        return container.read(data)

    def switch_key(self, data):
        every, n = data.q + data.p, data.digits
        limbs = container.polynomials(data, self.model.primes, range(16, 16 + n))
        whole = [poly.from_limbs(rows, self.model.values(every)) for rows in limbs]
        return rlwe.SwitchKey(tuple(data.q), tuple(map(tuple, data.digit)), whole[:n], whole[n:])

    def encode(self, values):
        pt = self.e.make("jfhe_pt_new", self.ctx, c_uint32(self.top))
        re, im = ((c_double * SLOTS)(*part) for part in zip(*((v.real, v.imag) for v in values)))
        self.e("jfhe_ckks_encode", self.ctx, pt, re, im, c_size_t(SLOTS), c_uint32(1), c_uint32(12), c_uint32(self.top),
               c_double(0), c_double(1), *self.room)
        return pt

    def room_for_ct(self):
        return self.e.make("jfhe_ct_new", self.ctx, c_uint32(1), c_uint32(self.top))

    def encrypt(self, values):
        ct = self.room_for_ct()
        self.e("jfhe_encrypt", self.ctx, ct, self.encode(values), self.sk, *self.room)
        return ct

    def open(self, ct, encoding=container.PACKED):
        """The container of a ciphertext, and its polynomials in big integers."""
        data = container.read(self.e.bytes_of("ct", ct, c_uint32(encoding)))
        values = self.model.values(data.q)
        return data, [poly.from_limbs(rows, values) for rows in container.polynomials(data, self.model.primes, [1])]


@pytest.fixture(scope="module")
def world(engine):
    return World(engine)


def slot(message, scale, j):
    """Slot j of an integer polynomial, exactly but for the last division."""
    n = len(message)
    cos, sin = roots.circle(2 * n)
    at, e, re, im = 0, pow(5, j, 2 * n), 0, 0
    for m in message:
        re, im, at = re + m * cos[at], im + m * sin[at], (at + e) % (2 * n)
    return complex(re / roots.ONE / scale, im / roots.ONE / scale)


def test_the_model_opens_what_the_engine_encrypts(world):
    data, parts = world.open(world.cts[0], container.SEEDED)
    assert data.encoding == container.SEEDED and len(parts) == 2
    message = rlwe.decrypt(world.model, data.q, parts, world.s)
    for j in (0, 1, 77, SLOTS - 1):
        assert abs(slot(message, data.scale, j) - world.values[0][j]) <= data.worst


def test_the_keys_are_what_their_definition_says(world):
    model, key = world.model, world.relin
    every = key.chain + model.special
    qp, s = model.modulus(every), world.s
    square = poly.mul(s, s, qp)
    for d, digit in enumerate(key.digits):
        outside = model.modulus(i for i in key.chain if i not in digit)
        selector = outside * pow(outside, -1, model.modulus(digit)) * model.modulus(model.special)
        noise = poly.sub(poly.add(key.b[d], poly.mul(key.a[d], s, qp), qp), poly.scale(square, selector, qp), qp)
        noise = [poly.centred(x, qp) for x in noise]
        assert max(map(abs, noise)) <= 21
        spread = sum(x * x for x in noise) / len(noise)
        assert 9.5 < spread < 11.5 and abs(sum(noise)) / len(noise) < 0.3    # variance 21/2, mean 0


def test_the_secret_is_ternary_and_balanced(world):
    n = len(world.s)
    for value in (-1, 0, 1):
        assert abs(world.s.count(value) - n / 3) < 5 * (n * 2 / 9) ** 0.5


def test_a_product_of_the_engine_is_the_models_bit_by_bit(world):
    e, out = world.e, world.room_for_ct()
    e("jfhe_ckks_mul", world.ctx, out, *world.cts, world.keys, *world.room)
    (a, x), (_, y), (r, got) = (world.open(ct) for ct in (*world.cts, out))
    want = rlwe.multiply(world.model, tuple(a.q), tuple(r.q), x, y, world.relin)
    assert got == [list(w) for w in want]
    message = rlwe.decrypt(world.model, r.q, got, world.s)
    for j in (0, 5, SLOTS - 1):
        assert abs(slot(message, r.scale, j) - world.values[0][j] * world.values[1][j]) <= r.worst


def test_a_rotation_of_the_engine_is_the_models_bit_by_bit(world):
    e, out = world.e, world.room_for_ct()
    g = e.number("jfhe_galois_rotate", world.ctx, c_int32(-3), kind=c_uint32)
    assert g == pow(5, -3, 4 * SLOTS)
    key = world.switch_key(world.key("jfhe_keygen_galois", c_uint32(g)))
    e("jfhe_ckks_rotate", world.ctx, out, world.cts[0], c_int32(-3), world.keys, *world.room)
    (a, x), (r, got) = world.open(world.cts[0]), world.open(out)
    assert got == [list(w) for w in rlwe.rotate(world.model, tuple(a.q), x, g, key)]
    message = rlwe.decrypt(world.model, r.q, got, world.s)
    assert abs(slot(message, r.scale, 3) - world.values[0][0]) <= r.worst


def test_the_engine_opens_what_the_model_encrypts(world):
    e, like = world.e, world.open(world.cts[0], container.SEEDED)[0]
    picked = {0: 0.25 + 0.5j, 9: -0.125j, SLOTS - 1: -0.75}
    values = [(round(v.real * 8), round(v.imag * 8)) for v in (picked.get(j, 0j) for j in range(SLOTS))]
    message = _encode_few(values, 8, like)
    data = Inputs("interop/model")
    noise, seed = data.small(world.model.n, 3), data.bytes(32)
    parts = rlwe.encrypt(world.model, like.q, message, world.s, noise, seed)
    text = container.write_ciphertext(like, rlwe.limbs(world.model, like.q, parts[0]), seed)
    ct = e.read("jfhe_ct_read", world.ctx, text)
    pt = e.make("jfhe_pt_new", world.ctx, c_uint32(world.top))
    e("jfhe_decrypt", world.ctx, pt, ct, world.sk, *world.room)
    re, im = (c_double * SLOTS)(), (c_double * SLOTS)()
    e("jfhe_ckks_decode", world.ctx, re, im, c_size_t(SLOTS), pt, *world.room)
    for j in range(SLOTS):
        assert abs(complex(re[j], im[j]) - picked.get(j, 0)) <= like.worst


def _encode_few(values, unit, like):
    """roots.encode, for a vector that is almost all zero: only the slots that hold something are summed."""
    n = 1 << like.log_n
    cos, sin = roots.circle(2 * n)
    out = [0] * n
    scale = int(like.scale)
    assert scale == like.scale
    for j, (re, im) in enumerate(values):
        if re or im:
            e, at = pow(5, j, 2 * n), 0
            for i in range(n):
                out[i] += re * cos[at] + im * sin[at]
                at = (at + e) % (2 * n)
    return [poly.round_half_even(2 * scale * x, n * unit * roots.ONE) for x in out]

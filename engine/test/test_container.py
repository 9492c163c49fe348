"""A reader of containers written from protocol/container.md alone, over the stored vectors: two readers, one answer."""

import hashlib
import json
import math
import struct
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "protocol/vectors/container"
INDEX = json.loads((FOLDER / "container.json").read_text())

OK, FORMAT, VERSION, CHECKSUM, TRUNCATED = 0, 13, 14, 15, 16
PARAMS, CONTEXT, KEY, LEVEL, SCALE, RANGE, FORM, VALUE, BUDGET = 4, 6, 7, 8, 9, 10, 11, 12, 19
PARAMETERS, CIPHERTEXT, PUBLIC, SWITCH, SECRET = 1, 2, 3, 4, 5
RAW, PACKED, SEEDED, RAW_SEEDED = 1, 2, 3, 4
ENCODINGS = {PARAMETERS: {6}, CIPHERTEXT: {1, 2, 3}, PUBLIC: {3, 4}, SWITCH: {1, 2, 3, 4}, SECRET: {5}}
SMALL = ["object", "encoding", "scheme", "log_n", "form", "packing", "log_slots", "degree", "level", "kind", "digits", "other"]


class Refused(Exception):
    pass


def need(ok, status):
    if not ok:
        raise Refused(status)


def u32(b, at):
    return struct.unpack_from("<I", b, at)[0]


def u64(b, at):
    return struct.unpack_from("<Q", b, at)[0]


def a_set(b, at):
    return u64(b, at) | u64(b, at + 8) << 64


def members(s):
    return [i for i in range(128) if s >> i & 1]


def first8(data):
    return hashlib.sha256(data).digest()[:8]


def payload_sum(payload):
    blocks = -(-len(payload) // 32)
    words = struct.unpack(f"<{8 * blocks}I", payload.ljust(32 * blocks, b"\0"))
    a = [sum(words[j::8]) for j in range(8)]
    b = [sum((blocks - i) * w for i, w in enumerate(words[j::8])) for j in range(8)]
    return first8(struct.pack("<17Q", *(x % 2**64 for x in a + b), len(payload)))


class Header:
    def __init__(self, b):
        magic = bytes.fromhex("4a4648450d0a1a0a")
        need(b[:8] == magic[:len(b)], FORMAT)
        need(len(b) >= 12, TRUNCATED)
        need(u32(b, 8) == 1, VERSION)
        need(len(b) >= 256, TRUNCATED)
        self.length, self.total, self.at, self.size = u32(b, 12), u64(b, 16), u64(b, 24), u64(b, 32)
        need(256 <= self.length <= 1280 and self.length % 16 == 0, FORMAT)
        need(self.length <= self.at <= self.length + 4096 and self.at + self.size == self.total, FORMAT)
        need(self.total <= len(b), TRUNCATED)
        need(first8(b[:248] + b[256:self.length]) == b[248:256], CHECKSUM)
        for i, name in enumerate(SMALL):
            setattr(self, name, b[40 + i])
        self.galois, self.hash, self.q, self.p = u32(b, 52), b[64:96], a_set(b, 96), a_set(b, 112)
        self.scale, self.mag, self.worst, self.sd = struct.unpack_from("<4d", b, 128)
        self.key_id, self.from_id, self.seed, self.sum = b[160:176], b[176:192], b[192:224], b[224:232]
        need(self.length == 256 + 16 * self.digits, FORMAT)
        self.digit = [a_set(b, 256 + 16 * d) for d in range(self.digits)]
        self.modulus, self.factor = u64(b, 232), u64(b, 240)
        integers = self.object == CIPHERTEXT and self.scheme == 2
        need(not any(b[56:64]) and (integers or not self.modulus | self.factor), FORMAT)
        self.check(b)
        need(not any(b[self.length:self.at]), FORMAT)

    def check(self, b):
        need(self.object in ENCODINGS, FORMAT)
        need(self.encoding in ENCODINGS[self.object], FORM)
        need(3 <= self.log_n <= 17, FORMAT)
        kind, seeded = self.object, self.encoding in (SEEDED, RAW_SEEDED)
        zero = []
        if kind != CIPHERTEXT:
            zero += [b[42], *b[44:48], *b[128:144]]
        if kind != SWITCH:
            zero += [*b[49:56], *b[176:192]]
        if kind == SECRET:
            zero += [b[48], *b[96:112]]
        if kind not in (PARAMETERS, SWITCH):
            zero += b[112:128]
        if kind not in (CIPHERTEXT, SWITCH):
            zero += b[144:160]
        if kind == PARAMETERS:
            zero += b[160:176]
        need(not any(zero) and (seeded or not any(self.seed)), FORMAT)
        need(kind == SECRET or self.q, FORMAT)
        if kind in (PARAMETERS, SWITCH):
            need(self.p and min(members(self.p)) > max(members(self.q)), FORMAT)
        need(self.level < 64, LEVEL)
        if kind == CIPHERTEXT:
            need(math.isfinite(self.scale) and self.scale >= 1, SCALE)
        for x in (self.mag, self.worst, self.sd):
            need(math.isfinite(x) and math.copysign(1, x) == 1, VALUE)
        if kind == CIPHERTEXT and self.scheme == 2:
            t = self.modulus
            need(17 <= t < 2**32 and all(t % d for d in range(2, math.isqrt(t) + 1)) and 1 <= self.factor < t, FORM)
            slots = min(((t - 1) & (1 - t)).bit_length() - 2, self.log_n)
            need(self.form == 1 and self.packing == 3 and slots >= 3 and self.log_slots == slots, FORM)
            need(self.degree == 1 and self.scale == 1, FORM)
        elif kind == CIPHERTEXT:
            need(self.scheme == 1 and self.form <= 1 and (self.form == 1 or not seeded), FORM)
            need(self.packing <= 2 and self.log_slots <= self.log_n - (self.packing != 2), FORM)
            need(1 <= self.degree <= (1 if seeded else 2), FORM)
        need(kind == PARAMETERS or any(self.key_id), KEY)
        if kind == SWITCH:
            self.check_key()
        limbs = len(members(self.q | self.p))
        word = 8 if self.encoding in (RAW, RAW_SEEDED) else 6
        polys = {CIPHERTEXT: self.degree + 1, PUBLIC: 2, SWITCH: 2 * self.digits}.get(kind, 0)
        size = (polys * limbs << self.log_n) * word // (2 if seeded else 1)
        size = {PARAMETERS: 128 + 8 * limbs + 16 * (self.level + 1), SECRET: 16 + 2**self.log_n // 4}.get(kind, size)
        align = 4096 if kind in (PUBLIC, SWITCH, SECRET) else 64
        need(self.at == -(-self.length // align) * align and self.size == size, FORMAT)

    def check_key(self):
        need(1 <= self.kind <= 7, KEY)
        need(self.galois % 2 == 1 and self.galois < 2 << self.log_n if self.kind == 2 else self.galois == 0, KEY)
        need(3 <= self.other < self.log_n if self.kind in (4, 5) else self.other == 0, KEY)
        need(any(self.from_id) and (self.kind > 2 or self.from_id == self.key_id), KEY)
        need(self.digits >= 1 and all(1 <= len(members(d)) <= 64 for d in self.digit), KEY)
        need(len(members(self.p)) <= 64, KEY)
        need(sum(self.digit) == self.q and sum(len(members(d)) for d in self.digit) == len(members(self.q)), KEY)


def agree(h):
    need(2**h.log_n == INDEX["degree"] and h.hash.hex() == INDEX["params_hash"], CONTEXT)
    need(max(members(h.q | h.p), default=0) < len(INDEX["primes"]), CONTEXT)
    levels, product = INDEX["levels"], math.prod(INDEX["primes"][i] for i in members(h.q))
    if h.object == SECRET or h.kind in (4, 5):
        return
    need(h.level < len(levels), LEVEL)
    up_to = 0
    for s in levels[:h.level + 1]:
        up_to |= s
    need({CIPHERTEXT: h.q == levels[h.level], PUBLIC: h.q == up_to, SWITCH: h.q & up_to == up_to}[h.object], LEVEL)
    if h.object == CIPHERTEXT and h.scheme == 2:
        need(h.modulus < min(INDEX["primes"]), CONTEXT)
        need(2 * h.worst < product and h.mag <= 2.0**500, RANGE)
    elif h.object == CIPHERTEXT:
        need(h.scale <= product, SCALE)
        need(h.scale * (h.mag + h.worst) <= product, RANGE)


def check_residues(h, payload):
    word = 8 if h.encoding in (RAW, RAW_SEEDED) else 6
    words = [int.from_bytes(payload[i:i + word], "little") for i in range(0, len(payload), word)]
    primes = [INDEX["primes"][i] for i in members(h.q | h.p)]
    for i, w in enumerate(words):
        need(w < primes[(i >> h.log_n) % len(primes)], VALUE)


def read_params(h, payload):
    name, tail = payload[:24].split(b"\0", 1)
    need(name and not name.strip(b"abcdefghijklmnopqrstuvwxyz0123456789-_") and not any(tail), FORMAT)
    fields, steps = struct.unpack_from("<10I", payload, 24), payload[64:128]
    count = len(members(h.q | h.p))
    least, most = (3, 0, 20, 0, 1, 20, 0, 0, 0, 1), (17, 256, 96, 63, 32, 48, 96, 64, 48, 128)
    need(all(a <= x <= b for a, x, b in zip(least, fields, most, strict=True)), PARAMS)
    need(fields[0] == h.log_n and fields[3] == h.level and fields[9] == count, FORMAT)
    need(not fields[7] or min(fields[6], fields[8]) >= 20, PARAMS)
    need(all(20 <= s <= 60 for s in steps[:h.level]) and not any(steps[h.level:]), PARAMS)
    primes = [u64(payload, 128 + 8 * i) for i in range(count)]
    levels = [a_set(payload, 128 + 8 * count + 16 * i) for i in range(h.level + 1)]
    need(primes == INDEX["primes"] and levels == INDEX["levels"], CONTEXT)
    words = [fields[0], fields[1], count, *primes, h.p % 2**64, h.p >> 64, h.level]
    words += [w for s in levels for w in (s % 2**64, s >> 64)]
    need(hashlib.sha256(b"jfhe-params-1" + struct.pack(f"<{len(words)}Q", *words)).digest() == h.hash, CONTEXT)


def read(b, wanted):
    h = Header(b)
    need(h.object == wanted, FORMAT)
    if h.object != PARAMETERS:
        agree(h)
    payload = b[h.at:h.total]
    if h.object == SECRET:
        need(not any(payload[8:16]), FORMAT)
        need(u32(payload, 0) <= u32(payload, 4), BUDGET)
    need(payload_sum(payload) == h.sum, CHECKSUM)
    if h.object in (CIPHERTEXT, PUBLIC, SWITCH):
        check_residues(h, payload)
    need(len(b) == h.total, TRUNCATED)
    if h.object == SECRET:
        need(not any(x >> 2 * k & 3 == 2 for x in payload[16:] for k in range(4)), VALUE)
    if h.object == PARAMETERS:
        read_params(h, payload)


@pytest.mark.parametrize("vector", INDEX["vectors"], ids=lambda v: v["file"])
def test_vector(vector):
    b = (FOLDER / vector["file"]).read_bytes()
    assert hashlib.sha256(b).hexdigest() == vector["sha256"]
    status = OK
    try:
        read(b, vector["object"])
    except Refused as refused:
        status = refused.args[0]
    assert status == vector["status"]


def test_every_file_is_listed():
    assert {p.name for p in FOLDER.glob("*.bin")} == {v["file"] for v in INDEX["vectors"]}


def test_the_engine_writes_these_bytes():
    """Its test compares what it writes with one digest; here, that this is the files' digest."""
    all_of_them = hashlib.sha256(b"".join((FOLDER / v["file"]).read_bytes() for v in INDEX["vectors"]))
    assert all_of_them.hexdigest() in (Path(__file__).parent / "t-codec-header.c").read_text()


def test_the_page_shows_the_vector():
    page = (FOLDER.parents[1] / "container.md").read_text()
    lines = [line.split("   ")[0] for line in page.splitlines()]
    b = (FOLDER / "ok-ct-seeded.bin").read_bytes()
    for at in [*range(0, 0x110, 16), 0x150]:
        row = b[at:at + 16].hex(" ")
        assert f"{at:03x}  {row[:23]}  {row[24:]}" in lines

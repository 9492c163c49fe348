"""Containers, read and written from protocol/container.md: enough of them to meet the engine in bytes.

A reader for honest bytes: it checks sums and lengths, and refuses nothing else.
"""

import hashlib
import struct
from dataclasses import dataclass

from . import aes

MAGIC = b"JFHE\r\n\x1a\n"
PARAMETERS, CIPHERTEXT, PUBLIC, SWITCH, SECRET = 1, 2, 3, 4, 5
RAW, PACKED, SEEDED, RAW_SEEDED = 1, 2, 3, 4


def _first8(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:8]


def payload_sum(payload: bytes) -> bytes:
    """Two running sums in each of eight lanes, hashed."""
    blocks = (len(payload) + 31) // 32
    a, b = [0] * 8, [0] * 8
    for row in struct.iter_unpack("<8I", payload.ljust(32 * blocks, b"\0")):
        a = [x + w for x, w in zip(a, row)]
        b = [x + y for x, y in zip(b, a)]
    return _first8(struct.pack("<17Q", *(x % (1 << 64) for x in a + b), len(payload)))


def _set(data: bytes) -> list[int]:
    bits = int.from_bytes(data, "little")
    return [i for i in range(128) if bits >> i & 1]


def _set_bytes(indices) -> bytes:
    return sum(1 << i for i in indices).to_bytes(16, "little")


@dataclass
class Container:
    """The fields that the model needs, and the payload."""

    header: bytes
    payload: bytes

    def __post_init__(self):
        h = self.header
        self.object, self.encoding, self.log_n, self.degree = h[40], h[41], h[43], h[47]
        self.packing, self.log_slots, self.level, self.digits = h[45], h[46], h[48], h[50]
        self.galois, = struct.unpack_from("<I", h, 52)
        self.hash, self.q, self.p = h[64:96], _set(h[96:112]), _set(h[112:128])
        self.scale, self.magnitude, self.worst, self.deviation = struct.unpack_from("<4d", h, 128)
        self.key_id, self.seed = h[160:176], h[192:224]
        self.digit = [_set(h[256 + 16 * d:272 + 16 * d]) for d in range(self.digits)]

    def rows(self) -> list[list[int]]:
        """Every limb of the payload, in order."""
        size, n = (8 if self.encoding in (RAW, RAW_SEEDED) else 6), 1 << self.log_n
        data = self.payload
        words = [int.from_bytes(data[i:i + size], "little") for i in range(0, len(data), size)]
        return [words[i:i + n] for i in range(0, len(words), n)]


def read(data: bytes) -> Container:
    """Bytes to a container; asserts what an honest writer keeps."""
    assert data[:8] == MAGIC and data[8:12] == b"\x01\0\0\0"
    header_len, total, offset, size = struct.unpack_from("<IQQQ", data, 12)
    assert total == len(data) == offset + size
    header, payload = data[:header_len], data[offset:]
    assert header[248:256] == _first8(header[:248] + header[256:]), "header checksum"
    assert header[224:232] == payload_sum(payload), "payload checksum"
    assert not any(data[header_len:offset])
    return Container(header, payload)


def write_ciphertext(like: Container, c0: list[list[int]], seed: bytes) -> bytes:
    """A seeded ciphertext with the metadata of another one."""
    payload = b"".join(x.to_bytes(6, "little") for row in c0 for x in row)
    h = bytearray(like.header[:256])
    h[16:40] = struct.pack("<3Q", 256 + len(payload), 256, len(payload))
    h[41] = SEEDED
    h[192:224] = seed
    h[224:232] = payload_sum(payload)
    h[248:256] = _first8(bytes(h[:248]))
    return bytes(h) + payload


def parameters(data: Container) -> tuple[int, list[int]]:
    """log N and the primes."""
    log_n, = struct.unpack_from("<I", data.payload, 24)
    count, = struct.unpack_from("<I", data.payload, 60)
    return log_n, list(struct.unpack_from(f"<{count}Q", data.payload, 128))


def secret(data: Container) -> list[int]:
    """The ternary coefficients."""
    packed = data.payload[16:]
    return [(0, 1, None, -1)[packed[i // 4] >> 2 * (i % 4) & 3] for i in range(1 << data.log_n)]


def polynomials(data: Container, primes, domains) -> list[list[list[int]]]:
    """Limbs of every polynomial; those that a seed stands for are expanded, in these domains."""
    rows, every = data.rows(), data.q + data.p
    out = [rows[i:i + len(every)] for i in range(0, len(rows), len(every))]
    if data.encoding in (SEEDED, RAW_SEEDED):
        n = 1 << data.log_n
        out += [[aes.uniform(data.seed, n, primes[i], i, d) for i in every] for d in domains]
    return out

"""ChaCha20 and the secret distributions. Contracts: base/secret/rng.h, ring/secret/sample.h."""

M32 = 0xFFFFFFFF
_QUARTERS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
             (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def block(key: bytes, counter: int, stream: int) -> bytes:
    """One block of 64 bytes: a 64-bit counter, then a 64-bit nonce (RFC 8439's rounds)."""
    state = [int.from_bytes(b"expand 32-byte k"[4 * i:4 * i + 4], "little") for i in range(4)]
    state += [int.from_bytes(key[4 * i:4 * i + 4], "little") for i in range(8)]
    state += [counter & M32, counter >> 32, stream & M32, stream >> 32]
    x = list(state)
    for _ in range(10):
        for a, b, c, d in _QUARTERS:
            for left, right, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[left] = (x[left] + x[right]) & M32
                t = x[turned] ^ x[left]
                x[turned] = (t << by | t >> (32 - by)) & M32
    return b"".join(((u + v) & M32).to_bytes(4, "little") for u, v in zip(x, state))


class Rng:
    """The byte stream of one key, consumed from front to back."""

    def __init__(self, key: bytes, stream: int):
        self.key, self.stream, self.counter, self.rest = key, stream, 0, b""

    def bytes(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self.rest) < count:
            self.rest += block(self.key, self.counter, self.stream)
            self.counter += 1
        out, self.rest = self.rest[:count], self.rest[count:]
        return out

    def word(self) -> int:
        """The next little-endian 64-bit word."""
        return int.from_bytes(self.bytes(8), "little")

    def ternary(self, n: int) -> list[int]:
        """Uniform in {-1, 0, 1}: floor(3u / 2^64) - 1."""
        return [(3 * self.word() >> 64) - 1 for _ in range(n)]

"""Deterministic inputs of the vectors: SHA-256 in counter mode under a name."""

import hashlib


class Inputs:
    """An endless byte stream that depends on its name alone."""

    def __init__(self, name: str):
        self.name, self.counter, self.rest = name, 0, b""

    def bytes(self, count: int) -> bytes:
        while len(self.rest) < count:
            self.rest += hashlib.sha256(f"{self.name}/{self.counter}".encode()).digest()
            self.counter += 1
        out, self.rest = self.rest[:count], self.rest[count:]
        return out

    def below(self, bound: int) -> int:
        """Uniform in [0, bound) up to 2^-128."""
        size = bound.bit_length() // 8 + 17
        return int.from_bytes(self.bytes(size), "little") % bound

    def residues(self, n: int, q: int) -> list[int]:
        return [self.below(q) for _ in range(n)]

    def small(self, n: int, bound: int) -> list[int]:
        """Integers in [-bound, bound]."""
        return [self.below(2 * bound + 1) - bound for _ in range(n)]

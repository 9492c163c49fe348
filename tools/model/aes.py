"""AES-128 in counter mode, the expander of public randomness. Contracts: base/aes.h, ring/ring.h.

The cipher is written from FIPS 197: the S-box from inverses in GF(2^8), then one table of columns.
"""

RETRY_DOMAIN = 1 << 31


def _times2(x: int) -> int:
    x <<= 1
    return x ^ 0x11B if x & 0x100 else x


def _gf_mul(a: int, b: int) -> int:
    r = 0
    while b:
        if b & 1:
            r ^= a
        a, b = _times2(a), b >> 1
    return r


def _make_sbox() -> list[int]:
    box = []
    for x in range(256):
        inv = next((y for y in range(256) if _gf_mul(x, y) == 1), 0)
        r = 0x63
        for shift in range(5):
            r ^= (inv << shift | inv >> (8 - shift)) & 0xFF
        box.append(r)
    return box


SBOX = _make_sbox()
# Column of MixColumns for row r and byte x, as a little-endian word: rotations of (2, 1, 1, 3).
_COLUMN = [[0] * 256 for _ in range(4)]
for _x, _s in enumerate(SBOX):
    _col = [_times2(_s), _s, _s, _times2(_s) ^ _s]
    for _r in range(4):
        _COLUMN[_r][_x] = int.from_bytes(bytes(_col[(i - _r) % 4] for i in range(4)), "little")


class Aes:
    """One 32-byte seed: a key and an initial value."""

    def __init__(self, seed: bytes):
        assert len(seed) == 32
        self.iv = int.from_bytes(seed[16:], "little")
        words = [list(seed[4 * i:4 * i + 4]) for i in range(4)]
        rcon = 1
        for i in range(4, 44):
            t = list(words[i - 1])
            if i % 4 == 0:
                t = [SBOX[b] for b in t[1:] + t[:1]]
                t[0] ^= rcon
                rcon = _times2(rcon)
            words.append([a ^ b for a, b in zip(words[i - 4], t)])
        self.keys = [int.from_bytes(bytes(w), "little") for w in words]

    def encrypt(self, block: bytes) -> bytes:
        """One block of the bare cipher."""
        keys, c0, c1, c2, c3 = self.keys, _COLUMN[0], _COLUMN[1], _COLUMN[2], _COLUMN[3]
        s = [int.from_bytes(block[4 * i:4 * i + 4], "little") ^ keys[i] for i in range(4)]
        for r in range(4, 40, 4):
            a, b, c, d = s
            s = [c0[w & 255] ^ c1[x >> 8 & 255] ^ c2[y >> 16 & 255] ^ c3[z >> 24] ^ keys[r + i]
                 for i, (w, x, y, z) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c)))]
        out = b""
        for i in range(4):
            last = bytes(SBOX[s[(i + row) % 4] >> 8 * row & 255] for row in range(4))
            out += (int.from_bytes(last, "little") ^ keys[40 + i]).to_bytes(4, "little")
        return out

    def block(self, domain: int, index: int, t: int) -> bytes:
        """Block t of stream (domain, index)."""
        counter = t | index << 64 | domain << 96
        return self.encrypt((self.iv ^ counter).to_bytes(16, "little"))

    def stream(self, domain: int, index: int, first: int, blocks: int) -> bytes:
        """Blocks first .. first+blocks-1."""
        return b"".join(self.block(domain, index, first + t) for t in range(blocks))


def uniform(seed: bytes, n: int, q: int, index: int, domain: int) -> list[int]:
    """n uniform residues modulo q: 48-bit words masked to the bits of q, retried while they are too large."""
    aes, mask = Aes(seed), (1 << q.bit_length()) - 1
    data = aes.stream(domain, index, 0, (6 * n + 15) // 16)
    out = []
    for j in range(n):
        x = int.from_bytes(data[6 * j:6 * j + 6], "little") & mask
        retry = 0
        while x >= q:
            block = aes.block(domain | RETRY_DOMAIN, index, retry // 2 << 32 | j)
            at = 6 * (retry % 2)
            x = int.from_bytes(block[at:at + 6], "little") & mask
            retry += 1
        out.append(x)
    return out

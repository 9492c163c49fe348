"""The shared list of primes and their roots of unity. Contract: ring/primes.h."""

STEP = 1 << 18  # every prime is 1 modulo this
# Enough witnesses for every n < 3.3e24 (Sorenson and Webster, 2015).
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)


def is_prime(n: int) -> bool:
    """Miller-Rabin, exact below 2^64."""
    if n < 2:
        return False
    for p in _WITNESSES:
        if n % p == 0:
            return n == p
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd //= 2
        twos += 1
    for a in _WITNESSES:
        x = pow(a, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime_below(bits: int, index: int) -> int:
    """The (index+1)-th prime 1 mod 2^18 counting down from 2^bits, of exactly `bits` bits; 0 if none."""
    q = ((1 << bits) - 1) // STEP * STEP + 1
    while q >= 1 << (bits - 1):
        if q < 1 << bits and is_prime(q):
            if index == 0:
                return q
            index -= 1
        q -= STEP
    return 0


def prime_above(bits: int) -> int:
    """The smallest prime 1 mod 2^18 above 2^bits: about half of all masked words lie beyond it."""
    q = (1 << bits) // STEP * STEP + 1
    while not (q > 1 << bits and is_prime(q)):
        q += STEP
    return q


def root(q: int) -> int:
    """The primitive 2^18-th root of unity that all rings share."""
    x = 2
    while pow(x, (q - 1) // 2, q) != q - 1:
        x += 1
    return pow(x, (q - 1) // STEP, q)


def psi(q: int, log_n: int) -> int:
    """The primitive 2N-th root of the ring of degree N = 2^log_n."""
    return pow(root(q), (1 << 17) >> log_n, q)

"""The two matrix products that every library computes: 512x512 encrypted times public, 128x128 encrypted times encrypted."""

from __future__ import annotations

import numpy as np

PLAIN, ENCRYPTED = 512, 128
NAMES = {PLAIN: "matmul_plain_512", ENCRYPTED: "matmul_encrypted_128"}
WRONG = 1e-4


def factors(side: int):
    """The same two matrices for every library: uniform in [-1, 1]."""
    draw = np.random.default_rng(side)
    return draw.uniform(-1.0, 1.0, (side, side)), draw.uniform(-1.0, 1.0, (side, side))


def linear(one: float, two: float) -> float:
    """1 where twice the work takes twice the time."""
    return round(two / one / 2, 3)

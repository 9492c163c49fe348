"""Random array programs: no number outside of its worst-case bound, and probable bounds that say something.

A program takes two encrypted arrays and a public one and applies up to eight of numpy's functions to what it has so far; numpy runs the
same steps. Steps that the levels do not allow, or options.max_operations, are left out. Programs are drawn from a fixed seed; what encryption draws is not fixed.
"""

import os

import numpy as np
import pytest

from jupyterfhe import EncryptedArray
from jupyterfhe.core.errors import DepthError, OutOfMemoryError, RangeError
from jupyterfhe.plan import foresee
from lab import Lab

SLOW = os.environ.get("JFHE_TEST_SLOW")
SMALL, FULL = (800, 200) if SLOW else (60, 8)  # programs on ciphertexts of 16 numbers, and of all that the ring has
LENGTHS = {4: (2, 9, 15, 16, 17, 24, 33), 12: (100, 1000, 4095, 4096, 4097, 6000, 8200)}  # by log2 of the numbers in a ciphertext

UNARY = [
    lambda a, r: a * a, lambda a, r: -a, lambda a, r: a + float(r.normal()), lambda a, r: a * float(r.normal()), lambda a, r: a / 3,
    lambda a, r: np.square(a), lambda a, r: a**3, lambda a, r: a - np.mean(a), lambda a, r: a - np.mean(a, axis=0),
    lambda a, r: np.sum(a, axis=int(r.integers(a.ndim))) if a.ndim else a, lambda a, r: np.mean(a), lambda a, r: np.var(a),
    lambda a, r: np.var(a, axis=0) if a.ndim else a, lambda a, r: np.cumsum(a, axis=0) if a.ndim else a,
    lambda a, r: np.diff(a, axis=-1) if a.ndim else a, lambda a, r: np.roll(a, int(r.integers(1, 4)), axis=-1) if a.ndim else a,
    lambda a, r: a.T, lambda a, r: a[1:] if a.ndim else a, lambda a, r: a[..., ::2] if a.ndim else a,
    lambda a, r: np.polyval(r.normal(size=4), a), lambda a, r: np.where(r.random(a.shape) < 0.5, a, 0.5),
    lambda a, r: a @ r.normal(size=a.shape[-1]) if a.ndim else a, lambda a, r: a * r.normal(size=a.shape),
    lambda a, r: a + r.normal(size=a.shape), lambda a, r: np.concatenate([a, a[:1]]) if a.ndim else a,
    lambda a, r: np.cov(a) if a.ndim == 1 and a.shape[0] > 1 else np.cov(a.T) if a.ndim == 2 and a.shape[0] > 1 else a]
BINARY = [lambda a, b, r: a + b, lambda a, b, r: a - b, lambda a, b, r: a * b, lambda a, b, r: 0.3 * a - 0.7 * b,
          lambda a, b, r: a @ b if a.ndim and b.ndim else a * b, lambda a, b, r: np.stack([a, b]),
          lambda a, b, r: np.vdot(a, b), lambda a, b, r: a * b - np.mean(a) * b]


def step(have, rng, most):
    """One more pair (encrypted, plain) made of those that are there, or None where numpy or the levels refuse."""
    seed = int(rng.integers(2**31))
    f = BINARY[rng.integers(len(BINARY))] if rng.random() < 0.4 else UNARY[rng.integers(len(UNARY))]
    picked = [have[max(rng.integers(len(have)), rng.integers(len(have)))] for _ in range(2 if f in BINARY else 1)]
    try:
        plain = f(*(p for _, p in picked), np.random.default_rng(seed))
    except (ValueError, IndexError):
        return None
    if not np.size(plain) or np.size(plain) > most or np.abs(plain).max() > 1e4:
        return None
    try:
        sealed = f(*(s for s, _ in picked), np.random.default_rng(seed))
        foresee(sealed.values)
    except (DepthError, RangeError, OutOfMemoryError):  # the last: jf.options.max_operations
        return None
    return sealed, plain


def program(lab, seed):
    """Run one; give for each result (worst error over its bound, probable bound over the largest error)."""
    rng = np.random.default_rng([20, seed])
    n, d = int(rng.choice(LENGTHS[lab.log_slots])), int(rng.integers(1, 4))
    have = []
    for shape in ((n, d), (n,) if rng.random() < 0.5 else (n, d)):
        values = rng.uniform(-1, 1, shape) * 2.0 ** rng.integers(-3, 4) + rng.integers(-2, 3)
        tight = (float(values.min()), float(values.max())) if rng.random() < 0.5 else None
        have.append((lab.seal(values, bounds=tight), values))
    made = []
    for _ in range(8):
        if (pair := step(have, rng, 12 * 2**lab.log_slots)) is not None:
            have.append(pair)
            made.append(pair)
    out = []
    for sealed, plain in made[-2:]:
        assert isinstance(sealed, EncryptedArray) and sealed.shape == np.shape(plain)
        opened = lab.open(sealed)
        off = np.abs(opened.values - plain)
        worst, likely = np.max(opened.error_bound), np.max(opened.error_probable)
        if (off > opened.error_bound).any():
            pytest.fail(f"program {seed}: off by {off.max()}, bound {worst}")
        if off.max() > 0:
            out.append((float(np.max(off / opened.error_bound)), float(likely / off.max()), bool(likely < off.max())))
    return out


def run(lab, programs):
    """Run programs; give the median of probable bounds over errors."""
    results = [r for seed in range(programs) for r in program(lab, seed)]
    ratio, beyond = float(np.median([likely for _, likely, _ in results])), sum(out for *_, out in results)
    print(f"{programs} programs of 2^{lab.log_slots} slots, {len(results)} results: the worst error is "
          f"{max(w for w, *_ in results):.3g} of its bound, the median of probable bound over error {ratio:.3g}, {beyond} errors beyond "
          "their probable bounds")
    assert len(results) > programs
    assert beyond <= max(1, len(results) // 1000)  # each holds with about 99.99 %
    return ratio


def test_no_result_leaves_its_bound_and_probable_bounds_are_near(labs):
    assert run(labs[True], SMALL) < 100  # 16 numbers in 4096 slots


def test_probable_bounds_are_near_errors_in_full_ciphertexts(quick):
    assert run(Lab(quick, 12), FULL) < 100


def test_a_wrong_number_is_noticed(labs, rng):
    sealed, plain = labs[True].seal(rng.normal(size=20)), np.zeros(20)
    opened = labs[True].open(np.square(sealed))
    assert (np.abs(opened.values - plain) > opened.error_bound).any()

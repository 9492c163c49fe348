"""Every evaluation function against numpy, inside the bound that it declares."""

import numpy as np
import pytest

from jupyterfhe.core import LinearMap, Plaintext, Polynomial, errors, evaluate
from jupyterfhe.core.plaintext import as_numbers


@pytest.fixture
def pair(lite, rng):
    x, y = rng.uniform(-1, 1, (2, lite.params.slots))
    return x, y, lite.seal(x), lite.seal(y)


def test_sums_and_differences(lite, pair):
    x, y, a, b = pair
    lite.check(evaluate.add(a, b), x + y)
    lite.check(evaluate.sub(a, b), x - y)
    lite.check(evaluate.neg(a), -x)
    lite.check(evaluate.add_const(a, 2.5), x + 2.5)
    lite.check(evaluate.mul_int(a, -7), -7 * x)
    lite.check(evaluate.mul_i(a), 1j * x)


def test_with_plaintexts(lite, pair):
    x, y, a, _ = pair
    p = Plaintext.encode(lite.params, y)
    lite.check(evaluate.add_plain(a, p), x + y)
    lite.check(evaluate.sub_plain(a, p), x - y)
    product = evaluate.mul_plain(a, p)
    assert product.level == a.level
    lite.check(evaluate.rescale(product), x * y)


def test_products(lite, pair):
    x, y, a, b = pair
    product = evaluate.mul(a, b, lite.keys)
    assert product.level == a.level - 1
    assert product.error_bound <= evaluate.product_bound(a, b) * (1 + 1e-9)
    lite.check(product, x * y)
    lite.check(evaluate.square(a, lite.keys), x * x)
    lite.check(evaluate.mul_const(a, -0.3), -0.3 * x)
    lazy = evaluate.mul_lazy(a, b)
    assert (lazy.degree, lazy.level) == (2, a.level)
    lite.check(lazy, x * y)
    lite.check(evaluate.rescale(evaluate.relin(lazy, lite.keys)), x * y)
    lite.check(evaluate.relin_rescale(lazy, lite.keys), x * y)
    twice = evaluate.mul(product, evaluate.to_level(a, 1), lite.keys)
    assert twice.level == 0
    lite.check(twice, x * y * x)


def test_levels(lite, pair):
    x, _, a, _ = pair
    for level in (0, 1, 2):
        lower = evaluate.to_level(a, level)
        assert lower.level == level and lower.scale == pytest.approx(lite.params.scale(level), rel=1e-9)
        lite.check(lower, x)
        kept = evaluate.drop_level(a, level)
        assert kept.level == level and kept.scale == a.scale
        lite.check(kept, x)


@pytest.mark.parametrize("k", [0, 1, 64, -4096, 4096])
def test_rotations(lite, pair, k):
    lite.check(evaluate.rotate(pair[2], k, lite.keys), np.roll(pair[0], -k))


def test_rotations_together(lite, pair):
    x, _, a, _ = pair
    for k, out in zip([0, 1, 8], evaluate.rotate_many(a, [0, 1, 8], lite.keys), strict=True):
        lite.check(out, np.roll(x, -k))
    lite.check(evaluate.rotate_sum(a, [0, 1, 8], lite.keys), x + np.roll(x, -1) + np.roll(x, -8))
    z = x + 1j * pair[1]
    lite.check(evaluate.conjugate(lite.seal(z), lite.keys), z.conj())


def test_sums_of_slots(lite, pair):
    x, _, a, _ = pair
    lite.check(evaluate.inner_sum(a, lite.keys), np.full(a.slots, x.sum()))
    want = sum(np.roll(x, -j * 16) for j in range(4))
    lite.check(evaluate.inner_sum(a, lite.keys, count=4, stride=16), want)


def test_gathered_means(lite, rng):
    from jupyterfhe import client

    rows = rng.uniform(-1, 1, (3, lite.params.slots))
    out = evaluate.gather([lite.seal(row) for row in rows], lite.keys)
    opened = client.decrypt(out, lite.secret)
    apart = len(opened) // 4
    assert out.packing == "coeff"
    assert np.abs(opened.values[::apart][:3] - rows.mean(axis=1)).max() <= opened.error_bound


def test_linear_maps(deep, rng):
    n = 8
    m, x = rng.normal(size=(n, n)), rng.normal(size=n)
    m[np.abs(m) < 0.5] = 0
    some = LinearMap.from_matrix(deep.params, m)
    assert some.norm == pytest.approx(np.abs(m).sum(axis=1).max())
    if deep.keys.missing(some.rotations):
        deep.secret.add_rotations(deep.folder, some.rotations)
        for k in some.rotations:
            deep.keys.add(deep.folder / f"galois-{deep.params.galois(k)}.key")
    out = evaluate.linmap(deep.seal(x, log_slots=3), some, deep.keys)
    assert out.level == deep.params.levels - 1
    deep.check(out, m @ x)
    shift = LinearMap(deep.params, {1: np.ones(8)}, log_slots=3)
    deep.check(evaluate.linmap(deep.seal(x, log_slots=3), shift, deep.keys), np.roll(x, -1))
    assert some.nbytes > 0 and some.diagonals <= n


def test_polynomials(deep, rng):
    x = rng.uniform(-4, 4, deep.params.slots)
    a = deep.seal(x, bound=4.0)
    cubic = Polynomial([0.5, 0.0, -1.0, 0.25])
    assert (cubic.degree, cubic.depth) == (3, 2)
    deep.check(evaluate.poly(a, cubic, deep.keys), 0.5 - x**2 + 0.25 * x**3)
    soft = Polynomial.fit(np.tanh, 15, (-4, 4))
    out = evaluate.poly(a, soft, deep.keys, promised=True)
    deep.check(out, [soft(v) for v in x])
    assert np.abs(np.tanh(x) - [soft(v) for v in x]).max() < 0.02 and out.level == a.level - soft.depth


def test_a_fit_passes_exceptions_on():
    def fails(x):
        raise ZeroDivisionError("at a node")

    with pytest.raises(ZeroDivisionError, match="at a node"):
        Polynomial.fit(fails, 7, (-1, 1))
    with pytest.raises(errors.InvalidValueError, match="not finite"):
        Polynomial.fit(lambda x: float("inf"), 7, (-1, 1))


@pytest.mark.parametrize("values", [np.arange(5), np.arange(5, dtype=np.float32), [True, False], [1 + 2j, -3j], [0.0],
                                    np.array([2**14, -(2**14)])])
def test_types_of_numbers(lite, values):
    lite.check(lite.seal(values, level=1), values)


def test_numbers_that_doubles_lack_are_refused(lite):
    assert as_numbers(np.array([2**53, -(2**53)]))[0].tolist() == [2.0**53, -(2.0**53)]
    with pytest.raises(errors.InvalidValueError, match="2\\^53"):
        lite.seal(np.array([2**53 + 1]))
    with pytest.raises(errors.InvalidValueError, match="not a type of numbers"):
        lite.seal(np.array(["a"]))
    with pytest.raises(errors.ArgumentError, match="dimensions"):
        lite.seal(np.zeros((2, 2)))


def test_results_do_not_depend_on_threads(lite, pair):
    _, _, a, b = pair
    one = evaluate.mul(a, b, lite.keys).to_bytes()
    lite.params.threads = 2
    try:
        assert lite.params.threads == 2
        assert evaluate.mul(a, b, lite.keys).to_bytes() == one
    finally:
        lite.params.threads = 1

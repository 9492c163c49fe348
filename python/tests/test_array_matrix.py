"""Packed matrices: products with public and encrypted matrices, layouts, keys."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from world import World

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.array import matrix
from jupyterfhe.array.turning import Turns, linear
from jupyterfhe.core import Parameters, errors
from jupyterfhe.plan import Map, Session, Value
from jupyterfhe.plan.leaf import Clear

SLOTS = 64


@pytest.fixture(scope="module")
def powers(place):
    """Keys of powers of two alone: maps fall back on rotations."""
    return World(place / "powers", Parameters.custom(4), rotations=[1, 2, 4, 8, 16, 32])


@pytest.fixture(scope="module")
def every(place):
    """Keys of all rotations: the engine's linear maps."""
    return World(place / "every", Parameters.custom(4), rotations=range(1, SLOTS))


@pytest.fixture(params=["powers", "every"])
def world(request):
    return request.getfixturevalue(request.param)


def seal(world, values, **options):
    return client.encrypt_matrix(values, world.secret, keys=world.keys, log_slots=6, **options)


def agree(world, got, want):
    opened = client.decrypt_matrix(got, world.secret)
    assert got.shape == want.shape == opened.values.shape
    off = np.abs(opened.values - want)
    assert np.all(off <= opened.error_bound) and opened.error_bound.max() < 1e-3
    return got


@pytest.mark.parametrize("shape", [(8, 8), (1, 5), (5, 3), (20, 8), (3, 16), (30, 100), (64, 1)])
@pytest.mark.parametrize("square", [False, True])
def test_arranging_and_restoring(rng, shape, square):
    x = rng.normal(size=shape)
    block = matrix.blocks(shape, SLOTS, square=square)
    slots = matrix.arrange(x, SLOTS, block)
    assert SLOTS % (block[0] * block[1]) == 0 and slots.shape[2] == SLOTS
    assert np.array_equal(matrix.restore(slots, shape, block), x)


@pytest.mark.parametrize("shape", [(8, 8, 8), (5, 3, 7), (20, 8, 8), (3, 16, 4), (30, 5, 1), (1, 64, 2)])
def test_products_with_public_matrices(world, rng, shape):
    n, k, m = shape
    a, p = rng.uniform(-1, 1, (n, k)), rng.uniform(-3, 3, (k, m))
    agree(world, seal(world, a) @ p, a @ p)


def test_products_over_several_blocks_of_columns(powers, rng):
    a, p = rng.uniform(-1, 1, (3, 100)), rng.uniform(-1, 1, (100, 70))
    agree(powers, seal(powers, a) @ p, a @ p)


@pytest.mark.parametrize("shape", [(8, 8, 8), (5, 3, 7), (12, 10, 9), (2, 2, 2), (9, 1, 1)])
def test_products_of_encrypted_matrices(world, rng, shape):
    n, k, m = shape
    a, b = rng.uniform(-1, 1, (n, k)), rng.uniform(-2, 2, (k, m))
    side = 2 if max(shape) == 2 else 8
    agree(world, seal(world, a, square=side) @ seal(world, b, square=side), a @ b)


def test_chains_and_sums(every, rng):
    a, b = rng.uniform(-1, 1, (2, 8, 8))
    x, y = seal(every, a, square=True), seal(every, b, square=True)
    agree(every, (x @ y) @ b, a @ b @ b)
    agree(every, x @ y + 2 * x - y / 4, a @ b + 2 * a - b / 4)
    agree(every, -x, -a)


def test_real_data(powers):
    data = load_breast_cancer().data[:40, :8]
    a = (data - data.mean(axis=0)) / data.std(axis=0)
    agree(powers, seal(powers, a) @ (a.T @ a), a @ (a.T @ a))


def test_between_layouts(every, rng):
    a, p = rng.uniform(-1, 1, (10, 3)), rng.uniform(-1, 1, (3, 4))
    x = client.encrypt_array(a, every.secret, keys=every.keys, log_slots=6, slot_axis=0)
    y = agree(every, matrix.packed(x) @ p, a @ p)
    opened = client.decrypt_array(y.unpacked() * 2, every.secret)
    assert np.all(np.abs(opened.values - 2 * (a @ p)) <= opened.error_bound)
    with jf.options.set(max_operations=3), pytest.raises(errors.OutOfMemoryError, match="max_operations"):
        matrix.packed(x)


def test_refusals(powers, rng):
    a = rng.uniform(-1, 1, (8, 8))
    x, s = seal(powers, a), seal(powers, a, square=True)
    with pytest.raises(ValueError, match="inner dimensions"):
        x @ np.ones((3, 3))
    with pytest.raises(ValueError, match="inner dimensions"):
        s @ seal(powers, a[:3], square=8)
    with pytest.raises(jf.Refused, match="transpose"):
        np.ones((8, 8)) @ x
    with pytest.raises(errors.ArgumentError, match="square"):
        s @ seal(powers, a[:, :4].repeat(2, 1), square=4)
    with pytest.raises(errors.ArgumentError, match="one public number"):
        x * np.ones((8, 8))
    with jf.options.set(max_operations=10), pytest.raises(errors.OutOfMemoryError, match="products"):
        s @ s
    assert "0." not in repr(x)


def test_maps_by_rotations_are_the_maps(rng):
    """The fallback against the definition, for indices of both signs."""
    session = Session.clear("stats-lite", 6)
    x = rng.normal(size=SLOTS)
    leaf = Value.leaf(session, Clear(x, 4.0))
    for index in ([0], [5], [-7, -1, 0, 3, 9], range(-8, 8), range(0, 64, 8)):
        m = Map(list(index), rng.normal(size=(len(index), SLOTS)))
        want = sum(row * np.roll(x, -k) for k, row in zip(m.index, m.rows, strict=True))
        from jupyterfhe.array.turning import _by_rotations
        for made in (linear(leaf, m), _by_rotations(leaf, m)):
            jf.plan.compute([made])
            assert np.allclose(made.stored.numbers, want, atol=1e-9)
    turned = Turns(leaf).get(-3)
    jf.plan.compute([turned])
    assert np.array_equal(turned.stored.numbers, np.roll(x, 3))

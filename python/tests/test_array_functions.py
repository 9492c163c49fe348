"""numpy's functions on encrypted arrays: reductions, products, shapes, layouts, at chunk edges."""

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe.core import errors
from lab import Lab


@pytest.fixture(scope="session")
def lab(short):
    return Lab(short)


# ---- reductions ----
@pytest.mark.parametrize("shape", [(2,), (16,), (17,), (40,), (5, 3), (3, 20), (20, 2, 2), (1,), (1, 1), ()])
def test_sums_and_means(lab, rng, shape):
    x = rng.uniform(-2, 2, shape)
    lab.both(lambda a: (np.sum(a), np.mean(a), a.sum(keepdims=True), np.var(a), a.mean()), x)
    for axis in range(len(shape)):
        lab.both(lambda a, i=axis: (a.sum(i), a.mean(axis=i, keepdims=True), np.var(a, axis=i), np.sum(a, (i,))), x)
    if len(shape) == 3:
        lab.both(lambda a: (a.sum((0, 2)), a.mean((1, 2)), np.add.reduce(a, axis=1), a.var((0, 1), ddof=1)), x)


def test_weights_products_and_counts(lab, rng):
    x, w = rng.uniform(0.5, 1.5, (20, 3)), rng.uniform(1, 2, 20)
    lab.both(lambda a: (np.average(a, axis=0, weights=w), np.average(a), np.average(a, weights=np.outer(w, [1, 2, 3])),
                        np.prod(a, axis=1), np.sum(a, initial=5.0)), x)
    with pytest.raises(jf.Refused, match="along the slots"):
        np.prod(lab.seal(x), axis=0)
    with pytest.raises(jf.Refused, match="may be 0"):
        np.average(lab.seal(x), weights=lab.seal(x))
    with pytest.raises(jf.Refused, match="dtype="):
        np.sum(lab.seal(x), dtype=np.float32)


def test_padding_never_enters_a_sum(lab, rng):
    x, y = rng.uniform(1, 2, 20), rng.uniform(1, 2, 20)
    lab.both(lambda a, b: ((a + 5).sum(), (a - a.mean()).sum(), ((a - a.mean()) * (b - b.mean())).sum(),
                           (a * b.sum() + 1).mean(),
                           np.polyval([1.0, 2, 3], a).sum(), (a[3:] + 1).sum(), (a * 0 + 2).sum(), (a * y + b).sum(),
                           ((a - a.mean()) ** 2).mean()), x, y)


@pytest.mark.parametrize("rowvar", [True, False])
def test_covariances(lab, rng, rowvar):
    x, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    m = x.T if rowvar else x
    lab.both(lambda a, b: (np.cov(a, rowvar=rowvar), np.cov(a, rowvar=rowvar, bias=True), np.cov(b),
                           np.cov(b, b, ddof=0)), m, y)
    lab.both(lambda a: np.cov(a, rowvar=not rowvar), m[:3, :3])
    z = rng.normal(size=(2, 18)) + 1j * rng.normal(size=(2, 18))
    lab.both(np.cov, z)


# ---- products ----
@pytest.mark.parametrize("shapes", [((20,), (20,)), ((3, 20), (20,)), ((20,), (20, 3)), ((20, 3), (3, 2)), ((2, 20), (20, 3)),
                                    ((20, 3), (3,)), ((3,), (3, 20)), ((3, 3), (3, 3)), ((20, 2), (2, 2)),
                                    ((2, 2, 20), (20, 2)),
                                    ((1, 20), (20, 1))])
def test_matrix_products(lab, rng, shapes):
    a, b = (rng.uniform(-1, 1, s) for s in shapes)
    lab.both(lambda x, y: x @ y, a, b)
    lab.both(lambda x: x @ b, a)
    lab.both(lambda y: a @ y, b)


def test_other_products(lab, rng):
    x, y, m = rng.normal(size=20), rng.normal(size=3), rng.normal(size=(20, 3))
    lab.both(lambda a, b, c: (np.dot(a, a), np.inner(a, a), np.outer(a, b), np.outer(b, [1, 2]), np.vdot(a, a), np.dot(c, b),
                              np.dot(c, 2.0), np.tensordot(c, c, axes=([0], [0])), np.tensordot(c, b, 1), np.inner(c, b),
                              c.T @ c, np.multiply.outer(b, b)), x, y, m)
    lab.both(lambda c, b: (np.einsum("ij,ik->jk", c, c), np.einsum("ij,j->i", c, b), np.einsum("ij->j", c),
                           np.einsum("ij,ij", c, c), np.einsum("ij,j->ij", c, b), np.einsum("ij,jk->ki", c, np.eye(3))), m, y)
    with pytest.raises(jf.Refused, match="label"):
        np.einsum("ii", lab.seal(np.eye(3)))
    with pytest.raises(ValueError, match="inner dimensions"):
        lab.seal(x) @ lab.seal(y)


@pytest.mark.parametrize("shape", [(3, 3), (20, 3), (3, 20)])
def test_diagonals(lab, rng, shape):
    x = rng.normal(size=shape)
    lab.both(lambda a: (np.trace(a), np.diagonal(a), np.diagonal(a, 1), np.trace(a, offset=-1)), x)


# ---- shapes ----
def test_views(lab, rng):
    x = rng.normal(size=(20, 2, 3))
    a = lab.both(lambda a: (a.T, a.transpose(1, 0, 2), a.swapaxes(0, 2), np.moveaxis(a, 0, -1), a[None], a[..., None, :],
                            np.expand_dims(a, (0, 2)), np.squeeze(a[:, :1]), a.reshape(20, 6), a.reshape(1, 20, 3, 2),
                            a.ravel()[:3],
                            np.broadcast_to(a[:, 0, 0], (4, 20)), a.copy()), x)
    assert all(p.session is a[0].session for p in a)
    b = lab.seal(x)
    assert b.T.computed and b.reshape(20, 6).computed and np.broadcast_to(b, (5, 20, 2, 3)).computed
    assert np.shape(b) == (20, 2, 3) and np.ndim(b) == 3 and np.size(b) == 120 and len(b) == 20 and b.T.slot_axis == 2
    assert np.zeros_like(b).shape == b.shape and np.iscomplexobj(b) is False
    with pytest.raises(ValueError, match="reshape"):
        b.reshape(7, 7)


def test_reshapes_that_cut_the_slots(lab, rng):
    x = rng.normal(size=20)
    lab.both(lambda a: (a.reshape(4, 5), a.reshape(2, -1), a.reshape(20, 1), a.reshape(1, 20, 1), a.reshape(4, 5).ravel()), x)
    lab.both(lambda a: a.reshape(-1), rng.normal(size=(5, 4)))


@pytest.mark.parametrize("key", [np.s_[3], np.s_[-1], np.s_[2:9], np.s_[14:19], np.s_[::3], np.s_[::-1], np.s_[5:5], np.s_[3:4],
                                 np.s_[[1, 17, 1]], np.s_[...], np.s_[None, 4:], np.s_[:, None], np.s_[-3:]])
def test_indices_of_a_vector(lab, rng, key):
    x = rng.normal(size=20)
    lab.both(lambda a: a[key], x)
    if np.size(x[key]):
        lab.both(lambda a: a[key].sum() + 1, x)


@pytest.mark.parametrize("key", [np.s_[:, 1], np.s_[4, :], np.s_[2:9, ::2], np.s_[[0, 19]], np.s_[:, [2, 0]], np.s_[3, 1],
                                 np.s_[..., -1], np.s_[1:3, None, 2], np.s_[5, [0, 2]], np.s_[None, 1:2, 1:2],
                                 np.s_[:, [True, False, True]], np.s_[np.arange(20) % 7 == 0]])
def test_indices_of_a_table(lab, rng, key):
    x = rng.normal(size=(20, 3))
    lab.both(lambda a: a[key], x)


def test_indices_that_are_refused(lab, rng):
    a = lab.seal(rng.normal(size=(20, 3)))
    for key in (np.s_[a], np.s_["x"], np.s_[1.5], np.s_[np.ones((20, 3), dtype=bool)], np.s_[[1, 2], [0, 1]]):
        with pytest.raises((jf.Refused, IndexError)):
            a[key]
    for key in (np.s_[20], np.s_[:, 3], np.s_[0, 0, 0], np.s_[np.ones(7, dtype=bool)]):
        with pytest.raises(IndexError):
            a[key]


def test_loops(lab, rng):
    x = rng.normal(size=(3, 20))
    rows = list(lab.seal(x))
    assert len(rows) == 3
    lab.agree(rows[1], x[1])
    lab.agree(sum(lab.seal(x[0, :4])), x[0, :4].sum())
    with pytest.raises(jf.Refused, match="loop over slots"):
        iter(lab.seal(np.zeros(65)))


@pytest.mark.parametrize("n", [5, 16, 30])
def test_joining(lab, rng, n):
    x, y, z = rng.normal(size=20), rng.normal(size=n) * 10, rng.normal(size=(20, 2))
    lab.both(lambda a, b: (np.concatenate([a, b]), np.concatenate([b, [1.0, 2.0], a]), np.hstack([a, b, a]),
                           np.concatenate([a, b]).sum()), x, y)
    lab.both(lambda a, c: (np.stack([a, a + 1]), np.stack([a, a], axis=1), np.vstack([a, a]), np.column_stack([a, c]),
                           np.concatenate([c, c], axis=0), np.concatenate([c, c], axis=1), np.stack([a.sum(), a.mean(), 1.0]),
                           np.column_stack([np.ones(20), a])), x, z)
    with pytest.raises(ValueError):
        np.concatenate([lab.seal(x), lab.seal(z)])


# ---- along an axis ----
@pytest.mark.parametrize("n", [2, 7, 8, 15, 16, 17, 40])
def test_running_sums_and_differences(lab, rng, n):
    x = rng.uniform(-1, 3, n)
    lab.both(lambda a: (np.cumsum(a), np.cumsum(a + 1).sum(), np.diff(a), np.roll(a, 2), np.roll(a, -3), np.flip(a),
                        a[::-1]), x)


def test_running_sums_of_tables(lab, rng):
    x = rng.normal(size=(18, 3))
    lab.both(lambda a: (np.cumsum(a, axis=0), np.cumsum(a, axis=1), np.diff(a, axis=1), np.diff(a, axis=0),
                        np.roll(a, 1, axis=0),
                        np.roll(a, (1, 2), (0, 1)), np.take(a, [2, 0], axis=1), np.repeat(a, 2, axis=1), np.diff(a, n=2),
                        np.diff(a, axis=0, prepend=0.0), (a - a.mean(axis=0)).cumsum(axis=0)), x)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolutions(lab, rng, mode):
    x = rng.normal(size=20)
    lab.both(lambda a: (np.convolve(a, [1.0, -2.0, 0.5], mode), np.convolve([2.0], a, mode)), x)
    with pytest.raises(jf.Refused, match="two encrypted"):
        np.convolve(lab.seal(x), lab.seal(x))


# ---- choosing, polynomials ----
def test_where(lab, rng):
    x, y, c = rng.normal(size=20), rng.normal(size=20), rng.random(20) < 0.5
    lab.both(lambda a, b: (np.where(c, a, b), np.where(c, a, 0), np.where(~c, 1.5, b),
                           np.where(c[:, None], a[:, None], [1.0, 2.0]),
                           np.where(True, a, b), np.where(c, a, b).sum()), x, y)
    lab.both(lambda p, a, b: np.where(p, a, b), c, x, y)
    with pytest.raises(jf.Refused, match="truth values"):
        np.where(lab.seal(x), 1, 2)


@pytest.mark.parametrize("p", [[2.0], [0.0], [1, 2], [1, 0, 0], [0.5, -1, 0.25, 3], [1e-3, 0, 0, 0, 0, 1, -1]])
def test_polyval(lab, rng, p):
    x = rng.uniform(-2, 3, 20)
    lab.both(lambda a: (np.polyval(p, a), np.polyval(p, a + 0.5).mean()), x)
    lab.both(lambda a: np.polyval(p[:3], a), x[:5] + 1j * x[5:10])


# ---- layouts ----
def test_what_is_too_dear_is_refused_with_a_rewrite(lab, rng):
    a, b = lab.seal(rng.normal(size=60)), lab.seal(rng.normal(size=50))
    with jf.options.set(max_operations=40):
        with pytest.raises(errors.OutOfMemoryError, match=r"np\.where|numbers apart"):
            np.outer(a, b)
        with pytest.raises(errors.OutOfMemoryError, match=r"np\.where"):
            np.flip(a)


def test_the_slot_axis_may_be_chosen(lab, rng):
    x = rng.normal(size=(3, 5))
    assert lab.seal(x, slot_axis=0).slot_axis == 0 and lab.seal(x).slot_axis == 1
    a, b = lab.seal(x, slot_axis=0), lab.seal(x)
    lab.agree(a + b, 2 * x)
    lab.agree(a @ b.T, x @ x.T)


def test_vectors_of_many_ciphertexts(deep, rng):
    lab = Lab(deep, None)
    x = rng.normal(size=20_000)
    a = lab.seal(x)
    assert len(a.values) == 3
    lab.agree(a * 2 + x, 3 * x)
    lab.agree(a[8190:8195], x[8190:8195])

"""What the property tests found once."""

import numpy as np
import pytest


def test_rows_join_tables_that_lie_otherwise(lab, rng):
    table, row = rng.normal(size=(20, 3)), rng.normal(size=(1, 3))
    assert lab.seal(table).slot_axis == 0 and lab.seal(row).slot_axis == 1
    lab.both(lambda a, b: (np.vstack([a, b]), np.concatenate([b, a])), table, row)


def test_arrays_without_numbers_join(lab):
    got = np.concatenate([lab.seal(np.zeros((0, 1)))] * 2, axis=1)
    assert got.shape == (0, 2)


def test_a_choice_between_sizes_that_differ_much(lab):
    big, small = np.array([[[27.0]]]), np.array([[[2.5e-10], [-4.3e-10]]])
    got = np.where(np.zeros((1, 2, 1), dtype=bool), lab.seal(big), lab.seal(small, bounds=(-4.3e-10, 2.6e-10)))
    lab.agree(got, small)


def test_one_number_for_all(lab):
    a = lab.seal(np.full(3, 0.27), bounds=(0.27, 0.27))
    lab.agree(np.polyval([1.0, -2.0, 3.0], a), np.polyval([1.0, -2.0, 3.0], np.full(3, 0.27)))
    assert a.bounds[1] - a.bounds[0] < 1e-15


def test_truth_values_as_numpy_types_them(lab, rng):
    p, q, r = rng.random((3, 20)) < 0.5
    assert np.square(lab.seal(p)).dtype == float and np.conj(lab.seal(p)).dtype == float
    got = np.where(lab.seal(p), lab.seal(q), lab.seal(r))
    lab.agree(got, np.where(p, q, r))
    lab.agree(np.diagonal(lab.seal(p.reshape(5, 4))), np.diagonal(p.reshape(5, 4)))


def test_no_differences(lab, rng):
    x = rng.normal(size=5)
    lab.agree(np.diff(lab.seal(x), n=0, prepend=1.0), x)
    with pytest.raises(ValueError):
        np.diff(lab.seal(x), n=-1)


def test_one_number_beside_zeros_of_several_ciphertexts(lab, rng):
    x = rng.normal(size=24)
    lab.both(lambda a: (a * 0 + a.sum(), a - a + a.mean()), x)


def test_a_matrix_by_a_stack_of_matrices(lab, rng):
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(2, 3, 2))
    lab.both(lambda a, b: a @ b, a, b)


def test_polynomials_of_nothing(lab):
    """Ranges that are 0 but for rounding outward, and numbers that are off by more than their range is wide."""
    a = lab.seal(np.zeros(3), bounds=(0.0, 0.0))
    strip = a.strips.flat[0]
    for size, drift in ((0.0, 0.0), (1e-323, 1e-15), (0.0, 1e-3), (1e-8, 1e-3)):
        x = strip._like(range=(-size, size), drift=drift)
        assert x.polynomial([0.5, 0.0, 1.0]).drift >= drift * (drift + 2 * abs(x.gain) * size)
    lab.agree(np.polyval([1.0, 0.0, 0.5], a - a), np.full(3, 0.5))

"""Evaluation keys: found, checked, mapped, loaded late, derived."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys, Parameters, errors, evaluate


@pytest.fixture
def fresh(lite):
    return EvaluationKeys.open(lite.folder)


def test_nothing_is_loaded_before_it_is_needed(lite, fresh, rng):
    x = rng.normal(size=lite.params.slots)
    assert (fresh.count, fresh.nbytes) == (0, 0)
    assert fresh.params is lite.params and fresh.key_id == lite.secret.id
    assert fresh.rotations == sorted([1 << i for i in range(12)]) and fresh.has_relin
    lite.check(evaluate.rotate(lite.seal(x), 2, fresh), np.roll(x, -2))
    assert fresh.count == 1 and fresh.nbytes > 0
    lite.check(evaluate.square(lite.seal(x), fresh), x * x)
    assert fresh.count == 2


def mapped_files():
    return {line.split(maxsplit=5)[5].strip() for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}


@pytest.mark.parametrize("expand", [False, True])
def test_unpacked_keys_stay_in_their_files(lite, fresh, tmp_path, rng, expand):
    x = rng.normal(size=lite.params.slots)
    mapped = fresh.unpack(tmp_path / "mapped", expand=expand)
    product = evaluate.mul(lite.seal(x), lite.seal(x), mapped)
    lite.check(product, x * x)
    assert mapped.count == 1 and mapped.nbytes == 0
    assert str(tmp_path / "mapped/relin.key") in mapped_files()
    assert mapped.rotations == fresh.rotations
    a = lite.seal(x)
    assert evaluate.square(a, mapped).to_bytes() == evaluate.square(a, fresh).to_bytes()


def test_a_mapping_ends_with_its_keys(lite, fresh, tmp_path):
    keys = fresh.unpack(tmp_path / "mapped")
    keys.need(relin=True)
    assert str(tmp_path / "mapped/relin.key") in mapped_files()
    del keys
    assert str(tmp_path / "mapped/relin.key") not in mapped_files()


def test_what_is_absent_is_named(lite):
    keys = EvaluationKeys(lite.params)
    a = lite.seal([1.0, 2.0])
    for do, says in ((lambda: evaluate.square(a, keys), "relinearisation"),
                     (lambda: evaluate.conjugate(a, keys), "conjugation"),
                     (lambda: evaluate.rotate(a, -1, keys), r"rotation by -1 \(galois-\d+.key\) among the 0 added"),
                     (lambda: evaluate.inner_sum(a, keys, count=4), "rotation by 1 ")):
        with pytest.raises(errors.KeyMissingError, match=says):
            do()
    assert keys.missing([1, 2]) == [1, 2] and lite.keys.missing([1, 3]) == [3]


def test_keys_are_added_one_by_one(lite, rng):
    x = rng.normal(size=lite.params.slots)
    keys = EvaluationKeys(lite.params)
    keys.add(lite.secret.galois_bytes(lite.params.galois(3)))
    keys.add(lite.folder / "relin.key")
    lite.check(evaluate.rotate(lite.seal(x), 3, keys), np.roll(x, -3))
    lite.check(evaluate.square(lite.seal(x), keys), x * x)


def test_a_key_of_a_higher_level_replaces_a_lower_one(lite, rng):
    x = rng.uniform(-1, 1, lite.params.slots) / 4
    keys = EvaluationKeys(lite.params)
    keys.add(lite.secret.relin_bytes(level=1))
    lite.check(evaluate.square(lite.seal(x, level=1), keys), x * x)
    with pytest.raises(errors.KeyMissingError):
        evaluate.square(lite.seal(x), keys)
    keys.add(lite.secret.relin_bytes())
    lite.check(evaluate.square(lite.seal(x), keys), x * x)
    assert keys.count == 1


def test_foreign_keys_are_refused(lite, deep, tmp_path):
    with client.SecretKey.generate(lite.params) as other, pytest.raises(errors.KeyMissingError, match="of their own"):
        lite.keys.add(other.relin_bytes())
    with pytest.raises(errors.ContextError):
        lite.keys.add(deep.folder / "relin.key")
    for name in ("secret.key", "public.key", "params.jfhe"):
        with pytest.raises(errors.FormatError, match="not a key to compute with"):
            lite.keys.add(lite.folder / name)
    shutil.copy(lite.folder / "secret.key", tmp_path / "relin.key")
    with pytest.raises(errors.FormatError, match="never goes there"):
        EvaluationKeys.open(tmp_path, lite.params)


def test_a_damaged_key_is_refused_when_it_is_loaded(lite, fresh, tmp_path):
    keys = fresh.unpack(tmp_path / "damaged")
    path = tmp_path / "damaged/relin.key"
    data = bytearray(path.read_bytes())
    data[-9] ^= 4
    path.write_bytes(data)
    with pytest.raises(errors.ChecksumError):
        evaluate.square(lite.seal([1.0]), keys)
    assert keys.count == 0


def test_rotations_are_derived_without_a_secret(deep, rng):
    keys = EvaluationKeys.open(deep.folder, deep.params)
    x = rng.normal(size=deep.params.slots)
    assert keys.missing([13]) == [13]
    keys.derive([13])
    assert keys.missing([13]) == [] and keys.nbytes > 0
    deep.check(evaluate.rotate(deep.seal(x), 13, keys), np.roll(x, -13))
    with pytest.raises(errors.KeyMissingError, match=r"parent|rotation"):
        keys.derive([64])


def test_parameters_are_shared(lite):
    assert Parameters.load(lite.folder) is lite.params is Parameters.from_bytes(lite.params.to_bytes())
    assert Parameters.custom(3) is not lite.params
    assert lite.params.hash == EvaluationKeys.open(lite.folder).params.hash


def test_keys_are_not_pickled(lite):
    with pytest.raises(TypeError, match=r"EvaluationKeys\.open"):
        pickle.dumps(lite.keys)
    assert lite.secret.id[:8] in repr(lite.keys)

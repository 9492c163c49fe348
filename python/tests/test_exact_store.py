"""Exact integers in folders: what is written is read, what is damaged is refused."""

import json

import numpy as np
import pytest

from jupyterfhe.array import store
from jupyterfhe.client import decrypt_array, encrypt_array
from jupyterfhe.core.errors import ChecksumError, FormatError, JupyterFHEError
from jupyterfhe.plan.notes import ASSUMED, note

X = np.arange(-3, 9000)


@pytest.fixture(scope="module")
def saved(quick, tmp_path_factory):
    place = tmp_path_factory.mktemp("exact")
    x = encrypt_array(X, quick.secret, exact=True, bounds=(-10, 10000), keys=quick.keys)
    x.save(place / "x")
    (x * 3 + 1).mean().save(place / "mean")
    (x[:100] + 0.5).save(place / "half")
    encrypt_array(X > 5, quick.secret, exact=True, keys=quick.keys).save(place / "mask")
    return place


@pytest.mark.parametrize("name, want", [("x", X), ("mean", (X * 3 + 1).mean()), ("half", X[:100] + 0.5), ("mask", X > 5)])
def test_what_was_saved_is_read(saved, quick, name, want):
    opened = decrypt_array(saved / name, quick.secret)
    assert opened.values.dtype == np.asarray(want).dtype
    np.testing.assert_array_equal(opened.values, want)


def test_what_was_read_goes_on(saved, quick):
    x = store.load(saved / "x", quick.keys)
    assert x.exact and x.dtype == np.int64
    np.testing.assert_array_equal(decrypt_array((x * x).sum(), quick.secret).values, (X * X).sum())


def test_no_value_stands_in_the_manifest(quick, tmp_path):
    encrypt_array(np.array([4711, 5000]), quick.secret, exact=True, bounds=(0, 10000), keys=quick.keys).save(tmp_path / "y")
    assert "4711" not in (tmp_path / "y" / "manifest.json").read_text()


def test_promises_are_kept(quick, tmp_path):
    x = encrypt_array(np.arange(5), quick.secret, exact=True, bounds=(0, 9), keys=quick.keys)
    for value in x.values:
        note(value, ASSUMED + "nobody is twice in it")
    x.sum().save(tmp_path / "z")
    assert decrypt_array(tmp_path / "z", quick.secret).assumed == ("nobody is twice in it",)


def changed(saved, tmp_path, change):
    target = tmp_path / "copy"
    target.mkdir()
    for path in (saved / "x").iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    root = json.loads((target / "manifest.json").read_text())
    change(root)
    (target / "manifest.json").write_text(json.dumps(root))
    return target


@pytest.mark.parametrize("change", [
    lambda r: r.update(moduli=[]), lambda r: r.update(moduli=[7, 7]), lambda r: r.update(moduli=["7"]),
    lambda r: r.update(moduli=[r["moduli"][0]]), lambda r: r.update(moduli=r["moduli"][::-1]), lambda r: r.pop("moduli"),
    lambda r: r.update(version=2), lambda r: r.update(dtype="complex128"), lambda r: r.update(log_slots=12),
    lambda r: r["strips"][0].update(gain=["1", "0"]), lambda r: r["strips"][0].update(gain=["0", "1"]),
    lambda r: r["strips"][0].update(gain=["1", "2"]), lambda r: r["strips"][0].update(range=["5", "1"]),
    lambda r: r["strips"][0].update(range=["0", "9" * 500]), lambda r: r["strips"][0].update(range=["0", "9" * 30]),
    lambda r: r["strips"][0].update(values=[0]), lambda r: r["strips"][0].update(values=[9, 10]),
    lambda r: r["strips"][0].update(shift=[1, 1]), lambda r: r["strips"][0].update(length=5)])
def test_a_manifest_that_does_not_fit_is_refused(saved, quick, tmp_path, change):
    with pytest.raises(JupyterFHEError):
        store.load(changed(saved, tmp_path, change), quick.keys)


def test_other_bytes_are_refused(saved, quick, tmp_path):
    target = changed(saved, tmp_path, lambda r: None)
    (target / "0.jfhe").write_bytes((target / "2.jfhe").read_bytes())
    with pytest.raises((ChecksumError, FormatError)):
        decrypt_array(target, quick.secret)

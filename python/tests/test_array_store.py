"""Arrays on disk and on screen: folders that nobody can trick, and texts that hold no value."""

import copy
import gc
import json
import shutil

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.array import store
from jupyterfhe.core import errors
from lab import Lab


@pytest.fixture(scope="session")
def lab(short):
    return Lab(short)


@pytest.fixture(scope="session")
def folder(lab, tmp_path_factory):
    path = tmp_path_factory.mktemp("arrays") / "table"
    client.seal_array(path, np.linspace(-1, 1, 60).reshape(20, 3) + np.arange(3), lab.key, keys=lab.world.keys, log_slots=4)
    return path


TABLE = np.linspace(-1, 1, 60).reshape(20, 3) + np.arange(3)


# ---- folders ----
def test_what_the_owner_writes_the_server_opens(lab, folder, tmp_path):
    x = jf.open(folder, lab.world.keys)
    assert x.shape == (20, 3) and x.slot_axis == 0 and x.values[0].stored.ciphertext is None
    result = np.cov(x, rowvar=False)
    result.save(tmp_path / "cov")
    lab.agree(jf.load(tmp_path / "cov", lab.world.keys), np.cov(TABLE, rowvar=False))
    opened = client.decrypt_array(tmp_path / "cov", lab.key)  # with the secret key alone
    assert np.all(np.abs(opened.values - np.cov(TABLE, rowvar=False)) <= opened.error_bound)
    assert np.abs(np.asarray(client.decrypt_array(folder, lab.key)) - TABLE).max() < 1e-9


@pytest.mark.parametrize("values", [np.array(1.5), np.array([True, False] * 20), np.arange(3) + 2j, np.zeros((0, 3)),
                                    np.ones((1, 1)), np.arange(40.0)])
def test_all_kinds_come_back(lab, tmp_path, values):
    lab.seal(values).save(tmp_path / "x")
    back = jf.load(tmp_path / "x", lab.world.keys)
    lab.agree(back, values)
    assert back.dtype == lab.seal(values).dtype
    lab.agree(back.astype(complex) * 1j if values.dtype != bool else ~back, values * 1j if values.dtype != bool else ~values)


def test_keys_are_found(lab, folder, tmp_path):
    with pytest.raises(errors.KeyMissingError, match=r"jf\.open\(path, keys=folder\)"):
        jf.open(folder)
    home = tmp_path / "home"
    home.mkdir()
    (home / "keys").symlink_to(lab.world.folder)
    shutil.copytree(folder, home / "table")
    assert jf.open(home / "table").session is jf.open(folder, lab.world.folder).session
    session = jf.session(lab.world.keys, 4)
    try:
        assert jf.open(folder).session is session
    finally:
        jf._current = None


def test_arrays_of_others_are_refused(lab, folder, deep, lite):
    with pytest.raises(errors.ContextError, match="other parameters"):
        jf.open(folder, lite.keys)
    assert deep.params is lab.world.params  # the same parameters, another key
    with pytest.raises(errors.KeyMissingError, match="is under key"):
        jf.open(folder, deep.keys)


def test_a_folder_is_whole_or_not_there(lab, folder, tmp_path, monkeypatch):
    x = jf.open(folder, lab.world.keys)
    with pytest.raises(errors.StorageError, match="exists already"):
        x.save(folder)
    monkeypatch.setattr(store, "manifest", lambda array: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        (x + 1).save(tmp_path / "half")
    assert list(tmp_path.iterdir()) == []


HOSTILE = [("format", "other"), ("version", 2), ("version", None), ("dtype", "object"), ("shape", [20, 4]), ("shape", [-20, 3]),
           ("shape", [20.0, 3]), ("shape", "20x3"), ("shape", [1 << 50, 3]), ("slot_axis", 5), ("slot_axis", -1),
           ("slot_axis", True), ("slot_axis", 1), ("slot_axis", None), ("ciphertexts", -1), ("ciphertexts", 1 << 40),
           ("strips", None), ("strips", []),
           ("params", 3), ("log_slots", 99), ("log_slots", "4")]
STRIP = [("length", 21), ("length", None), ("gain", 0.5), ("gain", [0.0, 0.0]), ("gain", [1e308, 1e308]), ("gain", ["1", 0]),
         ("range", [1, -1]), ("range", [0]), ("range", [0, True]), ("drift", -1), ("drift", "x"), ("values", [0]),
         ("values", [0, 99]),
         ("values", [0, -1]), ("values", [0, 1, 1]), ("values", "01"), ("shift", None), ("pad", "zero")]


@pytest.mark.parametrize("where", ["manifest", "strip"])
def test_manifests_from_anybody(lab, folder, tmp_path, where):
    good = json.loads((folder / "manifest.json").read_text())
    bad = tmp_path / "bad"
    shutil.copytree(folder, bad)
    for name, value in HOSTILE if where == "manifest" else STRIP:
        found = copy.deepcopy(good)
        (found if where == "manifest" else found["strips"][1])[name] = value
        (bad / "manifest.json").write_text(json.dumps(found))
        with pytest.raises((errors.FormatError, errors.ArgumentError, errors.StorageError, FileNotFoundError)):
            jf.open(bad, lab.world.keys)
    for text in ("", "[]", "{", "null", '{"format": NaN}', "[" * 100_000, '{"format": "jupyterfhe array", "version": 1}'):
        (bad / "manifest.json").write_text(text)
        with pytest.raises(errors.FormatError):
            jf.open(bad, lab.world.keys)


def test_ciphertexts_from_anybody(lab, folder, tmp_path):
    bad = tmp_path / "bad"
    shutil.copytree(folder, bad)
    (bad / "1.jfhe").write_bytes(b"nothing")
    with pytest.raises(errors.FormatError):
        jf.open(bad, lab.world.keys)
    data = bytearray((folder / "1.jfhe").read_bytes())
    data[-40] ^= 1
    (bad / "1.jfhe").write_bytes(data)
    with pytest.raises(errors.FormatError):
        (jf.open(bad, lab.world.keys) + 1).sum().compute()


# ---- on screen ----
def test_no_text_holds_a_value(lab):
    secret = 0.734519
    a = lab.seal(np.full(20, secret))
    for x in (a, a.compute(), a * 3, (a * 3).compute(), a.sum(), lab.seal(secret), a[2], lab.seal(np.array([True]))):
        for text in (repr(x), str(x), x._repr_html_(), str(x.explain(details=True)), x.explain()._repr_html_()):
            assert "734519" not in text and "2.2035" not in text and "14.69" not in text
    opened = lab.open(a)
    assert "0.7345" not in repr(opened) and "7345" not in f"{opened}"
    with pytest.raises(TypeError, match="pickled"):
        opened.__reduce_ex__(2)


def test_repr_says_what_there_is(lab, rng):
    a = lab.seal(rng.normal(size=(20, 3)))
    text = repr(a * a)
    for part in ("(20, 3)", "float64", "CKKS", "levels left 5", "error <= ", "not computed yet", "6 ciphertexts",
                 lab.key.id[:8]):
        assert part in text, part
    assert "not computed" not in repr((a * a).compute()) and "levels left 5" in repr((a * a).compute())
    assert a._repr_html_().startswith("<table>") and "cannot be computed" in repr(a**128)


def test_what_explain_says_happens(lab, rng):
    x = rng.normal(size=(20, 3))
    a = lab.seal(x)
    cov = np.cov(a, rowvar=False)
    why = cov.explain(details=True)
    for part in ("time", "memory", "levels", "relinearisations", "error", "revealed", "sums over slots", "output 'y0'"):
        assert part in str(why), part
    assert sum(n for _, n, _ in why.tree) == why.plan.forecast.operations
    bound, likely = cov.error_bound(), cov.error_bound(probable=True)
    assert bound.shape == (3, 3) and np.all(likely <= bound)
    cov.compute()
    assert np.allclose(cov.error_bound(), bound, rtol=1e-12)
    off = np.abs(lab.open(cov).values - np.cov(x, rowvar=False))
    assert np.all(off <= bound) and np.all(off <= likely)
    assert "computed already" in str(cov.explain())
    assert isinstance(a.sum().error_bound(), float)


def test_decrypting_keeps_levels_for_later(lab, rng):
    x = rng.normal(size=20)
    y = lab.seal(x) ** 2
    lab.agree(y, x**2)
    assert not y.computed
    y.compute()
    assert y.values[0].stored.level == lab.world.params.levels - 1
    lab.agree(y * y, x**4)


def test_nothing_is_kept_alive(lab, rng):
    import weakref
    a = lab.seal(rng.normal(size=20))
    inner = a * a
    watched = weakref.ref(inner.values[0])
    outer = (inner + 1).sum()
    outer.compute()
    del inner
    gc.collect()
    assert watched() is None  # a computed value forgets what it was made of
    del a, outer
    gc.collect()


def test_what_was_released_of_memory(lab, rng):
    """Values of 400 results in a row come and go; ciphertexts do not pile up."""
    from jupyterfhe.core import Ciphertext
    a = lab.seal(rng.normal(size=20))
    for _ in range(5):
        (a * a).compute()
    gc.collect()
    before = sum(isinstance(o, Ciphertext) for o in gc.get_objects())
    for _ in range(50):
        (a * a).compute()
    gc.collect()
    assert sum(isinstance(o, Ciphertext) for o in gc.get_objects()) <= before + 2


# ---- simulation ----
def test_simulation_agrees_and_declares_a_bound(lab, rng):
    x = rng.normal(size=(30, 3))
    seen = []

    def study(a):
        seen.append(type(a))
        return np.cov(a, rowvar=False), (a - a.mean(axis=0)) @ np.ones(3), np.polyval([1.0, 0, 2], a)

    found = jf.simulate(study, x, params=lab.world.params)
    assert found.difference < 1e-12 < found.error_bound < 1e-3
    assert "declared bound" in repr(found) and "relinearisations" in repr(found) and len(found.explanation) == 3
    assert seen == [np.ndarray, jf.EncryptedArray] and isinstance(found.result[1], np.ndarray)
    with pytest.raises(errors.DepthError):
        jf.simulate(lambda a: a**256, x, params=lab.world.params)
    with pytest.raises(errors.ContextError, match="sessions"):
        jf.simulate(lambda a: a + lab.seal(x) if isinstance(a, jf.EncryptedArray) else a, x, params=lab.world.params)

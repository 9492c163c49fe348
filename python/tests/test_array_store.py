"""Arrays on disk and on screen: folders that nobody can trick, and texts that hold no value."""

import copy
import gc
import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.array import staged as staging
from jupyterfhe.array import store
from jupyterfhe.array.staged import staged
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
    monkeypatch.setattr(store, "manifest", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        (x + 1).save(tmp_path / "half")
    assert list(tmp_path.iterdir()) == []


HOSTILE = [("format", "other"), ("version", 3), ("version", None), ("version", True), ("version", [2]), ("dtype", "object"), ("shape", [20, 4]), ("shape", [-20, 3]),
           ("shape", [20.0, 3]), ("shape", "20x3"), ("shape", [1 << 50, 3]), ("slot_axis", 5), ("slot_axis", -1),
           ("slot_axis", True), ("slot_axis", 1), ("slot_axis", None), ("ciphertexts", -1), ("ciphertexts", 1 << 40),
           ("strips", None), ("strips", []),
           ("params", 3), ("log_slots", 99), ("log_slots", "4"), ("sha256", []), ("sha256", "00"), ("sha256", [0] * 6),
           ("sha256", ["0" * 63 + "G"] * 6), ("assumed", "all is well"), ("assumed", ["\x1b[2J"]), ("assumed", [3]),
           ("assumed", ["x" * 1001]), ("assumed", ["x"] * 300)]
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


def test_each_file_is_the_one_that_was_written(lab, folder, tmp_path):
    """Another ciphertext of the same owner in the place of one passes every check but the hash."""
    bad = tmp_path / "bad"
    shutil.copytree(folder, bad)
    (bad / "1.jfhe").write_bytes((folder / "2.jfhe").read_bytes())
    x = jf.open(bad, lab.world.keys)
    for use in (lambda: (x[:, 1] * 2 + x[:, 0]).compute(), lambda: client.decrypt_array(bad, lab.key), lambda: x.save(tmp_path / "y")):
        with pytest.raises(errors.ChecksumError, match=r"1\.jfhe is not the file"):
            use()
    assert not (tmp_path / "y").exists() and [p.name for p in tmp_path.iterdir()] == ["bad"]


def test_folders_of_the_first_version_are_read(lab, folder, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    found = json.loads((folder / "manifest.json").read_text())
    assert found["version"] == 2 and len(found.pop("sha256")) == 6 and found.pop("assumed") == []
    (old / "manifest.json").write_text(json.dumps(found | {"version": 1}))
    lab.agree(jf.open(old, lab.world.keys) + 1, TABLE + 1)


def test_what_was_assumed_is_kept(lab, tmp_path):
    x = lab.seal(np.linspace(0.5, 1, 20))
    y = (x.within(0.5, 1) * 2).sum()
    y.save(tmp_path / "y")
    back = jf.open(tmp_path / "y", lab.world.keys)
    assert "within [0.5, 1]" in back.explain().facts["assumed"] and "within [0.5, 1]" in (back * 3).explain().facts["assumed"]
    back.save(tmp_path / "z")
    assert json.loads((tmp_path / "z/manifest.json").read_text())["assumed"] == ["numbers of shape (20,) lie within [0.5, 1]"]


def test_saving_syncs_before_and_after_the_name_appears(lab, tmp_path, monkeypatch):
    x, seen = lab.seal(np.arange(20.0)), []
    real = os.fsync, os.rename

    def fsync(handle):
        seen.append(("fsync", os.readlink(f"/proc/self/fd/{handle}")))
        real[0](handle)

    def rename(a, b):
        seen.append(("rename", str(b)))
        real[1](a, b)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    x.save(tmp_path / "x")
    at = seen.index(("rename", str(tmp_path / "x")))
    before = [name for _, name in seen[:at]]
    assert sum(".jfhe.part-" in name for name in before) == 2 and any("manifest.json" in name for name in before)
    assert os.path.basename(before[-1]).startswith(".x.part-")  # the folder itself, last
    assert seen[at + 1] == ("fsync", str(tmp_path))


KILLED = """
import os, signal, sys
import numpy as np
import jupyterfhe as jf
from jupyterfhe.array import store
x = jf.open(sys.argv[1], sys.argv[2])
store.manifest = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
(x + 1).save(sys.argv[3])
"""


def test_what_a_killed_process_left_goes_with_the_next_save(lab, folder, tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, folder, lab.world.folder, tmp_path / "y"], check=False)
    assert done.returncode == -signal.SIGKILL
    left = list(tmp_path.iterdir())
    assert len(left) == 1 and left[0].name.startswith(".y.part-") and len(list(left[0].glob("*.jfhe"))) == 6
    (tmp_path / ".mine.part-abcdefgh").mkdir()
    (tmp_path / ".mine.part-abcdefgh/notes.txt").write_text("not ours")
    with staged(tmp_path / "z"):  # somebody else is writing
        (jf.open(folder, lab.world.keys) + 1).save(tmp_path / "y")
        names = {p.name for p in tmp_path.iterdir()}
        assert names >= {"y", ".mine.part-abcdefgh"} and left[0].name not in names and len(names) == 3
    assert (tmp_path / "z").is_dir()


@pytest.mark.parametrize("native", [True, False])
def test_replacing_is_one_step(lab, tmp_path, monkeypatch, native):
    if not native:
        monkeypatch.setattr(staging.ctypes, "CDLL", lambda *_, **__: None)
    lab.seal(np.zeros(20)).save(tmp_path / "x")
    old = jf.open(tmp_path / "x", lab.world.keys)
    jf.save(np.square(old + 1), tmp_path / "x", replace=True)  # it is computed of what it replaces
    lab.agree(jf.open(tmp_path / "x", lab.world.keys), np.ones(20))
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    with pytest.raises(errors.JupyterFHEError):
        (old * old).compute()  # its files are others now
    with pytest.raises(errors.StorageError, match="exists already"):
        jf.save(lab.seal(np.zeros(20)), tmp_path / "x")


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

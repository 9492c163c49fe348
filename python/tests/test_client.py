"""The owner's side: keys on disk, encryption, decryption, releases; and the same files for the C tool."""

import csv
import json
import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.client import files
from jupyterfhe.core import Ciphertext, EvaluationKeys, errors, evaluate, inspect


# ---- numbers ----
def test_encryption_by_either_key(lite, rng):
    x = rng.normal(size=lite.params.slots)
    public = client.PublicKey.load(lite.folder)
    assert public.id == lite.secret.id
    lite.check(client.encrypt(x, lite.secret), x)
    lite.check(client.encrypt(x, public), x)
    assert len(client.seal(x, lite.secret)) < 0.6 * len(client.seal(x, public))
    lite.check(lite.seal(x / 8, level=0), x / 8)
    lite.check(lite.seal(x[:4], log_slots=2), x[:4])
    coefficients = rng.normal(size=8192)
    lite.check(lite.seal(coefficients, packing="coeff"), coefficients)


def test_two_encryptions_differ(lite):
    assert client.seal([1.0], lite.secret) != client.seal([1.0], lite.secret)


@pytest.mark.parametrize(("values", "bound"), [([0.75, -0.3], 1.0), ([1.0], 1.0), ([1.0000001], 2.0), ([0.0], 1.0),
                                               ([3 + 4j], 8.0), ([1e-9], 2.0**-29)])
def test_the_published_bound_is_a_power_of_two(lite, values, bound):
    assert lite.seal(values).magnitude == pytest.approx(bound, rel=1e-9)


def test_a_declared_bound_is_published_instead(lite):
    assert lite.seal([0.1], bound=100.0).magnitude == pytest.approx(100.0, rel=1e-9)
    with pytest.raises(errors.InvalidValueError):
        lite.seal([0.1, 101.0], bound=100.0)


def test_decryption_of_bytes(lite, rng):
    x = rng.normal(size=100)
    opened = client.decrypt(client.seal(x, lite.secret), lite.secret, 100)
    assert np.abs(opened.values - x).max() <= opened.error_bound and len(opened) == 100
    assert np.asarray(opened).dtype == np.float64 and not opened.released
    z = client.decrypt(client.seal(x + 1j, lite.secret), lite.secret, 100)
    assert np.iscomplexobj(z.values)


def test_other_keys_open_nothing(lite, deep):
    a = lite.seal([1.0])
    with client.SecretKey.generate(lite.params) as other, pytest.raises(errors.KeyMissingError, match="another key"):
        client.decrypt(a, other)
    with pytest.raises(errors.ContextError):
        client.decrypt(a, deep.secret)
    with pytest.raises(errors.ArgumentError, match="asked of"):
        client.decrypt(a, lite.secret, 5000)


def test_hostile_bytes_are_refused(lite, rng):
    good = client.seal([1.0, 2.0], lite.secret, level=0)
    for _ in range(200):
        bad = bytearray(good)
        bad[rng.integers(len(bad))] ^= 1 << int(rng.integers(8))
        with pytest.raises(errors.JupyterFHEError):
            client.decrypt(bytes(bad), lite.secret)
        with pytest.raises(errors.JupyterFHEError):
            Ciphertext.from_bytes(lite.params, bytes(bad))


# ---- the secret ----
def test_the_secret_lies_in_a_private_file(lite):
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in lite.folder.iterdir()}
    assert modes.pop("secret.key") == 0o600 and set(modes.values()) == {0o644}
    assert inspect((lite.folder / "secret.key").read_bytes()).key_id == lite.secret.id


def test_a_secret_that_others_may_read_is_refused(lite, tmp_path):
    path = tmp_path / "secret.key"
    path.write_bytes((lite.folder / "secret.key").read_bytes())
    path.chmod(0o640)
    with pytest.raises(errors.StorageError, match="chmod 600"):
        client.SecretKey.load(path, lite.params)
    path.chmod(0o600)
    with client.SecretKey.load(path, lite.params) as key:
        assert key.id == lite.secret.id
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(errors.TruncatedError):
        client.SecretKey.load(path, lite.params)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(errors.StorageError, match="no regular file"):
        client.SecretKey.load(tmp_path / "pipe", lite.params)


def test_a_closed_key_does_nothing(lite):
    key = client.SecretKey.load(lite.folder)
    with key:
        key.public_bytes()
    assert key.closed and "closed" in repr(key)
    key.close()
    for do in (lambda: client.encrypt([1.0], key), lambda: client.decrypt(lite.seal([1.0]), key), key.public_bytes,
               lambda: client.release(lite.seal([1.0]), key, releases=1), lambda: key.releases):
        with pytest.raises(errors.ClosedError, match="Load it again"):
            do()


def test_a_fork_does_not_share_its_noise(lite):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = "encrypted"
        try:
            client.seal([1.0], lite.secret)
        except errors.ClosedError as why:
            said = str(why)
        os.write(write, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert "forked" in os.read(read, 500).decode()
    client.seal([1.0], lite.secret)


def test_buffers_that_held_the_secret_are_wiped(lite, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(files, "wipe", lambda buffer, wipe=files.wipe: (seen.append(buffer), wipe(buffer)))
    with client.SecretKey.load(lite.folder) as key:
        key.save(tmp_path / "copy.key")
    assert len(seen) == 2 and all(len(b) > 2048 and not any(b) for b in seen)


def test_scratch_that_held_numbers_is_wiped(lite, rng):
    from jupyterfhe.client.engine import engine

    client.decrypt(lite.seal(rng.normal(size=4096)), lite.secret)
    block = engine.arena.take(64)
    assert not any(bytes(engine.ffi.buffer(block)))
    engine.arena.give(block)


def test_keys_are_never_overwritten(lite, tmp_path):
    with pytest.raises(errors.StorageError, match="exists already"):
        client.keygen(lite.folder)
    with pytest.raises(errors.StorageError, match=r"already|exist"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(client.SecretKey, "relin_bytes", lambda self, level: (_ for _ in ()).throw(errors.StorageError("already full")))
        client.keygen(tmp_path / "half", "stats-lite")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileExistsError):
        lite.secret.save(lite.folder / "public.key")


# ---- releases ----
@pytest.fixture
def counted(deep, tmp_path):
    path = tmp_path / "secret.key"
    files.write_new(path, (deep.folder / "secret.key").read_bytes(), secret=True)
    with client.SecretKey.load(path, deep.params) as key:
        yield key


def test_a_release_is_flooded_counted_and_kept(deep, counted):
    x = np.array([1000.0, 2000.0, 3000.0, 4000.0])
    a = deep.seal(x, bound=4096.0)
    exact = client.decrypt(a, counted, 4)
    out = client.release(a, counted, releases=3, count=4, keep=[True, False, True, True])
    assert out.released and "released" in repr(out) and out.error_bound > 1000 * exact.error_bound
    assert out.values[1] == 0.0
    assert np.abs(out.values - x)[[0, 2, 3]].max() <= out.error_bound
    assert counted.releases == 1
    assert stat.S_IMODE(counted.path.stat().st_mode) == 0o600
    with client.SecretKey.load(counted.path, deep.params) as again:
        assert again.releases == 1
        client.release(a, again, releases=3, count=4)
    client.release(a, counted, releases=3, count=4)  # counts on from the file, not from its own memory
    with pytest.raises(errors.BudgetError, match="used up"):
        client.release(a, counted, releases=3, count=4)
    assert [p.name for p in counted.path.parent.iterdir()] == ["secret.key"]


def test_nothing_is_released_that_was_not_counted(deep, counted, monkeypatch):
    a = deep.seal([1.0], bound=1024.0)

    def full(path, data):
        raise OSError(28, "no room")

    monkeypatch.setattr(files, "replace_secret", full)
    with pytest.raises(OSError, match="no room"):
        client.release(a, counted, releases=2, count=1)
    monkeypatch.undo()
    counted.path.unlink()
    with pytest.raises(FileNotFoundError):
        client.release(a, counted, releases=2, count=1)


def test_a_release_that_would_drown_is_refused(lite):
    with pytest.raises(errors.RangeError, match="more bits"):
        client.release(lite.seal([1e-6], bound=1e-6), lite.secret, releases=1)


# ---- the C tool and Python read each other's folders ----
def table(path, columns):
    with open(path, "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))


def test_the_tool_computes_with_keys_of_python(lite, tool, tmp_path):
    from sklearn.datasets import load_diabetes

    bmi = load_diabetes().data[:, 2]
    table(tmp_path / "t.csv", {"bmi": map(repr, map(float, bmi))})
    run = lambda *words: subprocess.run([tool, *map(str, words)], check=True, capture_output=True, text=True).stdout  # noqa: E731
    run("encrypt", "--keys", lite.folder, "--in", tmp_path / "t.csv", "--out", tmp_path / "sealed")
    run("stats", "--keys", lite.folder, "--in", tmp_path / "sealed", "--out", tmp_path / "result")
    answer = json.loads(run("decrypt", "--keys", lite.folder, "--in", tmp_path / "result", "--json"))
    mean = next(s for s in answer["statistics"] if s["statistic"] == "mean")
    assert abs(mean["value"] - bmi.mean()) <= mean["bound"]
    assert lite.secret.id[:8] in run("inspect", lite.folder / "relin.key")


def test_python_computes_with_keys_of_the_tool(tool, tmp_path, rng):
    subprocess.run([tool, "keygen", "--preset", "stats-lite", "--out", tmp_path / "k"], check=True, capture_output=True)
    keys = EvaluationKeys.open(tmp_path / "k")
    with client.SecretKey.load(tmp_path / "k") as key:
        assert key.id == keys.key_id
        x = rng.normal(size=keys.params.slots)
        out = client.decrypt(evaluate.inner_sum(evaluate.square(client.encrypt(x, key), keys), keys), key, 1)
    assert abs(out.values[0] - (x * x).sum()) <= out.error_bound


def test_python_writes_the_files_that_the_tool_writes(lite, tool, tmp_path):
    subprocess.run([tool, "keygen", "--preset", "stats-lite", "--out", tmp_path / "k"], check=True, capture_output=True)
    ours, theirs = ({p.name: p.stat().st_size for p in folder.iterdir()} for folder in (lite.folder, tmp_path / "k"))
    assert ours == theirs
    assert (lite.folder / "params.jfhe").read_bytes() == (tmp_path / "k/params.jfhe").read_bytes()


def test_an_exit_wipes_and_does_not_crash(lite):
    script = (f"from jupyterfhe import client\nkey = client.SecretKey.load({str(lite.folder)!r})\n"
              "c = client.encrypt([1.0], key)\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""


def test_keys_of_both_directions(tmp_path):
    with client.keygen(tmp_path / "both", "stats-lite", rotations="both", conjugate=False) as key:
        found = EvaluationKeys.open(tmp_path / "both", key.params).rotations
        assert found == sorted([*(1 << i for i in range(12)), *(-(1 << i) for i in range(11))])
        x = client.encrypt_array(np.arange(100.0), key)
        assert np.roll(x, 1).explain().plan.forecast.rotations == 5  # by -1, and by 99 = 64 + 32 + 2 + 1
        opened = client.decrypt_array(np.roll(x, 1), key)
        assert np.all(np.abs(opened.values - np.roll(np.arange(100.0), 1)) <= opened.error_bound)

"""Names with a store and without one, in one process and by the command line."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import errors
from jupyterfhe.kernel import progress
from jupyterfhe.kernel import space as spaces
from jupyterfhe.kernel.reference import bundle


@pytest.fixture
def home(quick, folders, tmp_path, monkeypatch):
    """A workspace of folders."""
    home = tmp_path / "h"
    (home / "data").mkdir(parents=True)
    shutil.copytree(quick.folder, home / "keys")
    shutil.copytree(folders / "threshold", home / "data/threshold")
    shutil.copytree(folders / "v1", home / "data/patients")
    monkeypatch.setenv("JUPYTERFHE_HOME", str(home))
    monkeypatch.delenv("JUPYTERFHE_STORE", raising=False)
    return home


@pytest.fixture
def stored(owner, tmp_path, monkeypatch):
    """The environment of a kernel with a store."""
    for name, value in owner.store.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUPYTERFHE_CACHE", str(tmp_path / "cache"))
    spaces._spaces.clear()
    yield owner
    spaces._spaces.clear()


def test_without_a_store_names_are_folders(home):
    assert jf.secret("threshold").shape == () and len(jf.open("patients")) == 400
    assert jf.datasets() == [{"name": "patients"}, {"name": "threshold"}]
    assert jf.save(jf.open("patients")["mean_area"].mean(), "area") == home / "data/area"
    with pytest.raises(errors.ArgumentError, match="no single number but has shape"):
        jf.secret("patients")
    for wrong in (lambda: jf.ref("0" * 64), lambda: jf.history("patients"), lambda: jf.open("patients", version=1)):
        with pytest.raises(errors.ArgumentError, match="needs a store"):
            wrong()
    with pytest.raises(errors.ArgumentError, match="folders have no versions"):
        jf.open(home / "data/patients", tag="x")


def test_with_a_store_a_path_is_still_a_folder(stored, home, monkeypatch):
    monkeypatch.setenv("JUPYTERFHE_STORE", stored.store.url)
    monkeypatch.chdir(home / "data")
    assert jf.open("patients").session.results is not None  # the dataset, although a folder of that name is here
    assert jf.open("./patients", keys=home / "keys").session.results is None


def test_a_folder_meets_the_store(stored, quick, folders, cancer, tmp_path):
    x = jf.open(folders / "threshold", quick.keys)
    y = jf.open("patients")["mean_radius"]
    with pytest.raises(errors.JupyterFHEError, match="do not meet"):  # other keys of one secret: two sessions
        _ = x + y
    saved = jf.save(x * 2, "twice")
    assert saved.new and np.shape(jf.open("twice")) == ()
    found = client.decrypt_array(jf.ref(saved.tree_hash), quick.secret)
    assert abs(found.values - 34.5) <= found.error_bound


def test_what_is_in_no_store_is_shown_as_text(stored, quick, folders):
    table = jf.open(folders / "v1", quick.keys)
    assert set(bundle(spaces.current(), table)) == {"text/plain", "text/html"}
    assert set(bundle(None, jf.open("patients")["mean_area"])) == {"text/plain", "text/html"}


def test_versions_are_chosen_by_what_people_have(stored):
    first = stored.first
    second = stored.upload("patients", "v2")
    assert len(jf.open("patients", version=first[:8])) == 400 and len(jf.open("patients", version=second)) == 569
    assert [row["number"] for row in jf.history("patients")] == [2, 1]
    for wrong, words in (({"version": "abc"}, "has no version abc"), ({"version": 3}, "It has 2"), ({"version": 0}, "no version 0"),
                         ({"version": True}, "number or a snapshot's id"), ({"version": "0" * 64}, "no version 00000000"),
                         ({"tag": "x"}, "has no tag x"), ({"branch": "x"}, "There is main"),
                         ({"tag": "x", "version": 1}, "exclude each other")):
        with pytest.raises(errors.JupyterFHEError, match=words):
            jf.open("patients", **wrong)
    for name in ("", ".x", "a b", "x" * 128, "\u00fc"):
        with pytest.raises(errors.ArgumentError, match="1 to 127"):
            jf.open(name)


def test_the_session_finds_no_key(stored):
    stored.store.data.keys.clear()
    with pytest.raises(errors.KeyMissingError, match="no evaluation keys of key"):
        jf.open("patients")


def test_a_kept_result_that_is_not_what_was_planned_is_not_taken(stored, cancer):
    x = jf.open("patients")["mean_radius"]
    (x * x).sum().compute()
    (memo, kept), = stored.store.data.results.items()
    other = jf.open("threshold")
    kept["tree"] = jf.open("threshold").session.results.origins.get(other).tree.json  # a store that swaps
    spaces._spaces.clear()
    y = jf.open("patients")["mean_radius"]
    z = (y * y).sum().compute()
    found = client.decrypt_array(z, stored.world.secret)
    assert abs(found.values - (cancer["mean_radius"][:400] ** 2).sum()) <= found.error_bound
    assert memo in stored.store.data.results


def test_one_program_on_other_data_is_another_result(stored, cancer):
    ramp = np.linspace(-1, 1, 400)
    stored.upload("other", "reversed")
    for name, values in (("patients", cancer["mean_area"][:400]), ("other", cancer["mean_area"][399::-1])):
        found = client.decrypt_array((jf.open(name)["mean_area"] * ramp).sum().compute(), stored.world.secret)
        assert abs(found.values - (values * ramp).sum()) <= found.error_bound
    assert len({r["program"] for r in stored.store.data.results.values()}) == 1 and len(stored.store.data.results) == 2


def test_blobs_that_were_swept_are_sent_again(stored):
    x = jf.open("patients")["mean_radius"]
    first = x.mean().compute()
    tree = first.session.results.keep(first).tree
    for digest, _ in tree.files.values():
        stored.store.data.path(digest).unlink()
    program = next(iter(stored.store.data.results.values()))["program"]
    stored.store.data.path(program).unlink()
    stored.store.data.results.clear()
    first.session.results._kept.clear()
    first.session.results.keep(first)
    assert not stored.store.data.lacking(tree.json) and len(stored.store.data.results) == 1
    assert stored.store.data.path(program).exists()


def test_a_forked_child_asks_and_leases_by_itself(stored):
    x = jf.open("patients")
    space = spaces.current()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            names = ",".join(row["name"] for row in space.datasets())
            space.cache.checkout(space.origins.get(x).tree, space.store)
            os.write(writer, f"{names} {len(list((space.cache.home / 'leases').iterdir()))}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1000) == b"patients,threshold 2"
    assert space.store.status()["api"] == 1
    os.close(reader), os.close(writer)


def test_a_script_in_a_notebooks_terminal_works_on_its_own_workspace(stored, home, tmp_path):
    (tmp_path / "s.py").write_text("import jupyterfhe as jf\njf.save(jf.open('patients')['mean_area'].mean(), 'm')\n")
    environment = dict(os.environ) | {"JUPYTERFHE_STORE": "http://127.0.0.1:1/jupyterfhe/v1"}
    done = subprocess.run([sys.executable, "-m", "jupyterfhe.cli", "run", str(tmp_path / "s.py")], env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads((home / "data/m/manifest.json").read_text())["shape"] == []


def test_the_kernels_code_never_loads_the_client():
    script = ("import sys\nfor m in ('app', 'cache', 'extension', 'install', 'magics', 'progress', 'reference', 'results', 'space', "
              "'store', 'transport', 'trees', 'variables', '__main__'):\n    __import__(f'jupyterfhe.kernel.{m}')\n"
              "print([m for m in sys.modules if 'client' in m and m.startswith('jupyterfhe') or 'secret_native' in m])")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_importing_jupyterfhe_loads_no_ipython():
    script = "import sys, jupyterfhe, jupyterfhe.kernel.space; print('IPython' in sys.modules or 'ipykernel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"


def test_in_a_terminal_progress_is_a_bar(capsys):
    told = []
    progress.listeners.add(told.append)
    try:
        with jf.options.set(progress=True), progress.Show("upload", 100, 5.0) as shown:
            shown.add(50)
        with jf.options.set(progress=False), progress.Show("upload", 100, 5.0):
            pass
        with jf.options.set(progress=True), pytest.raises(KeyboardInterrupt), progress.Show("download", 100, 5.0):
            raise KeyboardInterrupt
        with jf.options.set(progress=True), progress.Show("upload", 100, 0.1) as shown:  # too fast to be shown
            shown.add(100)
    finally:
        progress.listeners.discard(told.append)
    said = capsys.readouterr().err
    assert "uploading" in said and "fetching" in said
    assert [m["state"] for m in told] == ["running", "done"] * 2 + ["running", "cancelled"]
    assert [m["label"] for m in told] == ["upload"] * 4 + ["download"] * 2
    assert told[1]["done"] == told[1]["total"] == 100 and told[0]["id"] == told[1]["id"] != told[2]["id"]

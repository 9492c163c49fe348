"""An owner, a store, and kernels that know neither key nor value."""

import json
import shutil

import numpy as np
import pytest
from fake_store import FakeStore
from running import Running

from jupyterfhe import client
from jupyterfhe.client import tables
from jupyterfhe.kernel.install import install


@pytest.fixture(scope="session")
def cancer():
    """The breast-cancer data: some columns, by name."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    chosen = "mean radius", "mean texture", "mean area", "worst perimeter"
    return {n.replace(" ", "_"): data.data[:, list(data.feature_names).index(n)] for n in chosen}


@pytest.fixture(scope="session")
def folders(quick, cancer, tmp_path_factory):
    """What a vault would upload: two versions of a table, and a number."""
    home = tmp_path_factory.mktemp("vault")
    for name, rows in (("v1", range(400)), ("v2", range(569)), ("reversed", range(399, -1, -1))):
        records = [{n: float(c[i]) for n, c in cancer.items()} for i in rows]
        (home / f"{name}.json").write_text(json.dumps(records))
        with tables.open_source(home / f"{name}.json") as source:
            tables.draft(source).encrypt(home / name, quick.secret)
    client.seal_array(home / "threshold", np.float64(17.25), quick.secret, keys=quick.keys)
    return home


class Owner:
    """The store with the owner's data in it, and the owner's eyes."""

    def __init__(self, store, world, folders, home):
        self.store, self.world, self.folders, self.home = store, world, folders, home
        self.key_id = world.keys.key_id

    def upload(self, name, folder):
        return self.store.upload(name, self.folders / folder, self.key_id)

    def opened(self, ref):
        """Decrypt what a reference stands for."""
        folder = self.home / ref["tree_hash"]
        folder.mkdir(exist_ok=True)
        for file in ref["tree"]["files"]:
            shutil.copyfile(self.store.data.path(file["sha256"]), folder / file["name"])
        return client.decrypt_array(folder, self.world.secret)

    def agrees(self, ref, want):
        found = self.opened(ref)
        assert np.shape(found.values) == np.shape(want) == tuple(ref["shape"])
        assert np.all(np.abs(found.values - want) <= found.error_bound)
        # what the header says of decryption's own rounding comes on top of the ciphertext's bound
        assert np.max(np.abs(found.values - want)) <= ref["error_bound"] <= 1e-3 * (1 + np.max(np.abs(want)))
        return found


@pytest.fixture
def owner(quick, folders, tmp_path):
    with FakeStore(tmp_path / "blobs") as store:
        store.add_keys(quick.folder, quick.keys.key_id)
        owner = Owner(store, quick, folders, tmp_path)
        owner.first = owner.upload("patients", "v1")
        owner.upload("threshold", "threshold")
        yield owner


@pytest.fixture(scope="session")
def specs(tmp_path_factory):
    """The kernelspec, installed somewhere."""
    return tmp_path_factory.mktemp("prefix") / "share/jupyter/kernels"


@pytest.fixture(scope="session")
def installed(specs):
    install(prefix=specs.parents[2])
    return specs


@pytest.fixture
def start(installed, owner, tmp_path):
    """Start kernels; each may have a cache of its own."""
    running = []

    def start(cache="cache", local=True, **more):
        environment = owner.store.environment(local) | {"JUPYTERFHE_CACHE": str(tmp_path / cache)} | more
        running.append(Running(installed, environment, tmp_path))
        return running[-1]

    yield start
    for kernel in running:
        kernel.__exit__()

"""A ring above keys that a kernel uses already: added in the store, climbed to without a restart; with JFHE_TEST_SLOW=1 run."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from real_store import RealStore
from running import Running

from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys
from jupyterfhe.core.above import PREFIX, unflatten

pytest.importorskip("jupyter_server")
SLOW = pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="JFHE_TEST_SLOW")
NUMBERS = np.linspace(-1, 1, 40)
POWERS = "def power(x, n):\n    y = x\n    for _ in range(n):\n        y = y * x\n    return y\n"


class Lender:
    """An owner of keys, a store, and the ring above that comes later."""

    def __init__(self, home, preset, above):
        self.keys, self.home = home / "keys", home
        self.secret = client.keygen(self.keys, preset, rotations=[1], conjugate=True)
        self.key_id = EvaluationKeys.open(self.keys).key_id
        client.seal_array(home / "numbers", NUMBERS, self.secret, keys=self.keys, bounds=(-1, 1))
        self.store = RealStore(home / "server").__enter__()
        self.store.add_keys(self.keys, self.key_id)
        self.store.upload("numbers", home / "numbers", self.key_id)
        client.add_ladder(self.keys, self.secret, above, rotations=[])

    def flat(self, without=()):
        """What a vault would register: the keys' tree and the ring above in it."""
        place = Path(tempfile.mkdtemp(dir=self.home))
        for path in (self.keys / "above").iterdir():
            if path.name not in without:
                os.link(path, place / f"{PREFIX}{path.name}")
        return place

    def add_above(self, without=()):
        self.store.ask("PUT", f"/workspaces/personal/keys/{self.key_id}",
                       {"tree": self.store.tree(self.flat(without)), "elements": []})

    def close(self):
        self.store.__exit__()
        self.secret.close()


@pytest.fixture(scope="module")
def lender(tmp_path_factory):
    lender = Lender(tmp_path_factory.mktemp("above"), "stats", "deep-small")
    yield lender
    lender.close()


def started(lender, installed, cache="cache"):
    return Running(installed, lender.store.environment() | {"JUPYTERFHE_CACHE": str(lender.home / cache)}, lender.home)


def opened(lender, ref):
    return client.decrypt_array(lender.store.fetch(ref["tree"], lender.home / ref["tree_hash"]), lender.secret)


def test_a_running_kernel_climbs_when_a_ring_is_added(lender, installed):
    with started(lender, installed) as kernel:
        kernel.good(f"{POWERS}x = jf.open('numbers')\ny = power(x, 7)")
        refused = kernel.run("print(y.explain())").traceback
        assert "parameters stats have 6" in refused, refused
        assert "Add any depth" in refused and "jupyterfhe ladder" in refused
        assert kernel.good("s = power(x, 1)\ns").ref["shape"] == [40]
        with pytest.raises(AssertionError, match=r"422.*the ring above lacks above-lower\.key"):
            lender.add_above(without=["lower.key"])
        lender.add_above()
        said = kernel.good("print(y.explain())").text  # of an array that was opened before
        assert "too deep for stats: 1 inputs lifted to deep-small" in said and "bootstraps" in said
        assert kernel.good("z = jf.open('numbers')\nprint(z.session is x.session, 'ring' in (z + x).explain().facts)").text == "True False\n"
        (above,) = (lender.home / "cache/trees").glob("*.keys/above")
        assert {p.name for p in above.iterdir()} - {"mapped"} == {p.name for p in (lender.keys / "above").iterdir()}


def test_files_of_a_flat_folder(lender, tmp_path):
    assert unflatten(lender.keys, tmp_path) == 0 and not any(tmp_path.iterdir())
    count = unflatten(lender.flat(), tmp_path)
    assert count == len(list((lender.keys / "above").iterdir())) and (tmp_path / "above/lift.key").is_file()


@SLOW
def test_a_cell_deeper_than_ml_runs(installed, tmp_path_factory):
    """Keys, upload, kernel, result, decryption, as they are in a notebook."""
    lender = Lender(tmp_path_factory.mktemp("deep"), "ml", "deep-lean")
    try:
        lender.add_above()
        with started(lender, installed) as kernel:
            ref = kernel.finish(kernel.start(f"{POWERS}y = power(jf.open('numbers'), 20)\ny"), timeout=600).ref
            found = opened(lender, ref)
            error = np.abs(found.values - NUMBERS**21)
            print(f"off by {error.max():.1e} within {found.error_bound.max():.1e}")
            assert np.all(error <= found.error_bound) and found.error_bound.max() < 2e-3
    finally:
        lender.close()

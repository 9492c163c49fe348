"""Keys made once for all tests of the package, and what they share."""

import os
from pathlib import Path

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys, Parameters

ROOT = Path(__file__).resolve().parents[2]


class World:
    """One owner's folder of keys, the secret open, the evaluation keys a server would have."""

    def __init__(self, folder, params, **options):
        self.folder, self.secret = folder, client.keygen(folder, params, **options)
        self.params = self.secret.params
        self.keys = EvaluationKeys.open(folder, self.params)

    def seal(self, values, **options):
        return client.encrypt(values, self.secret, **options)

    def check(self, ciphertext, want, probable=True):
        """Decrypt; every number within the proved bound of what numpy says, and the probable bound no larger."""
        want = np.asarray(want)
        opened = client.decrypt(ciphertext, self.secret, len(want), imaginary=np.iscomplexobj(want))
        off = np.abs(opened.values - want).max()
        assert off <= opened.error_bound, (off, opened.error_bound)
        assert opened.error_probable <= opened.error_bound
        if probable:
            assert off <= opened.error_probable
        return off


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def lite(place):
    """stats-lite: 4096 slots, two multiplications."""
    return World(place / "lite", "stats-lite")


@pytest.fixture(scope="session")
def deep(place):
    """Six multiplications, 8192 slots."""
    return World(place / "deep", Parameters.custom(6), rotations=[1, 2, 3, 5], parents=[1, 4, 8])


@pytest.fixture(scope="session")
def short(place):
    """Six multiplications, and the rotations of short vectors."""
    return World(place / "short", Parameters.custom(6), rotations=[1, 2, 4, 8, -1])


@pytest.fixture(scope="session")
def quick(place):
    """Three multiplications in the smallest secure ring, for many examples."""
    return World(place / "quick", Parameters.custom(3, scale_bits=38, first_bits=48), rotations=[*(1 << i for i in range(12)), -1])


@pytest.fixture
def rng():
    return np.random.default_rng(2718)


@pytest.fixture(scope="session")
def tool():
    """The command line tool."""
    path = Path(os.environ.get("JFHE_TOOL", ROOT / "build/jfhe"))
    assert path.exists(), f"{path} is not built"
    return path

"""Keys made once for all tests of the package, and what they share."""

import os
from pathlib import Path

import numpy as np
import pytest
from world import World

from jupyterfhe.core import Parameters

ROOT = Path(__file__).resolve().parents[2]


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

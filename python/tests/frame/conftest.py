"""Keys for all tests of frames; cases stand beside the tests that run them."""

import sys
from pathlib import Path

import pytest
from world import World

import jupyterfhe as jf
from jupyterfhe.client import tables
from jupyterfhe.core import Parameters

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def owner(place):
    """Six multiplications, and a key for each power of two: sums walk to nothing."""
    return World(place / "frames", Parameters.custom(6))


@pytest.fixture(scope="module")
def encrypted(owner, tmp_path_factory):
    """Encrypts a pandas frame from a file, in chunks of 2^log_slots slots."""
    home = tmp_path_factory.mktemp("files")

    def make(name, data, log_slots=9, **declared):
        data.to_csv(home / f"{name}.csv", index=False)
        with tables.open_source(home / f"{name}.csv") as source:
            tables.draft(source, overrides=declared).encrypt(home / name, owner.secret, log_slots=log_slots)
        return jf.open_frame(home / name, keys=owner.folder)
    return make

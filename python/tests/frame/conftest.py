"""Keys for all tests of frames; cases stand beside the tests that run them."""

import sys
from pathlib import Path

import pytest
from world import World

from jupyterfhe.core import Parameters

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def owner(place):
    """Six multiplications, and a key for each power of two: sums walk to nothing."""
    return World(place / "frames", Parameters.custom(6))

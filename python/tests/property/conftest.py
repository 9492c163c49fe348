"""Small ciphertexts for many examples."""

import pytest

from lab import Lab


@pytest.fixture(scope="session")
def labs(quick, short):
    """By whether more than three levels are needed."""
    return {False: Lab(quick), True: Lab(short)}


@pytest.fixture(scope="session")
def lab(labs):
    """The smallest ring."""
    return labs[False]

"""Small ciphertexts for many examples."""

import pytest

from jupyterfhe.core import Parameters
from lab import ClearLab, Lab


@pytest.fixture(scope="session")
def labs(quick, short):
    """By whether more than three levels are needed; for orders, which need twenty, in the clear."""
    return {False: Lab(quick), True: Lab(short), "order": ClearLab(Parameters.custom(20), 8)}


@pytest.fixture(scope="session")
def lab(labs):
    """The smallest ring."""
    return labs[False]

"""The engine's objects in Python: parameters, evaluation keys, ciphertexts, and what can be done with them.

This storey is thin on purpose: one Python object an engine object, one function an engine call. It chooses no scale and no
level, and knows no array; the storeys above do. Nothing here can decrypt: that is :mod:`jupyterfhe.client`.
"""

from . import errors, evaluate
from .above import Above
from .bootstrap import Bootstrap
from .ciphertext import Ciphertext
from .containers import Info, inspect
from .keys import EvaluationKeys
from .maps import LinearMap, Polynomial
from .parameters import Parameters
from .plaintext import Plaintext

__all__ = ["Above", "Bootstrap", "Ciphertext", "EvaluationKeys", "Info", "LinearMap", "Parameters", "Plaintext", "Polynomial",
           "errors", "evaluate", "inspect"]

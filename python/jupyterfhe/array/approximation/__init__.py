"""Polynomials in the place of functions, each with a proved bound on how far they are apart (docs/SOUNDNESS.md)."""

from .apply import applied, apply
from .smooth import SMOOTH, Power
from .straight import Clip, Modulus, Root, Sign

__all__ = ["SMOOTH", "Clip", "Modulus", "Power", "Root", "Sign", "applied", "apply"]

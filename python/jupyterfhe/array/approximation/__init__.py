"""Polynomials in the place of functions, each with a proved bound on how far they are apart (docs/SOUNDNESS.md)."""

from .apply import applied, apply
from .signs import signs
from .smooth import SMOOTH, Power
from .straight import Clip, Modulus, Root

__all__ = ["SMOOTH", "Clip", "Modulus", "Power", "Root", "applied", "apply", "signs"]

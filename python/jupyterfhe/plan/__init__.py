"""Encrypted programs: expressions on encrypted vectors, planned and run by the engine.

A :class:`Value` is one encrypted vector that may not be computed yet, a :class:`Session` the keys to compute with, and
:func:`compute` does it. Shapes, chunks and ranges are the next storey's: :mod:`jupyterfhe.array`.
"""

from .execute import Graph, compute, cross, foresee, worst_error
from .options import options
from .program import Plan, Program, Run, cancel_all
from .session import Session
from .value import Map, Value, Vector

__all__ = ["Graph", "Map", "Plan", "Program", "Run", "Session", "Value", "Vector", "cancel_all", "compute", "cross", "foresee",
           "options", "worst_error"]

"""The engine that computes: :mod:`jupyterfhe._native`, which holds no secret code."""

from .. import _native
from .call import Binding

engine = Binding(_native)
ffi, lib = engine.ffi, engine.lib

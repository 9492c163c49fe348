"""The engine that holds secrets: :mod:`jupyterfhe.client._secret_native`, with contexts of its own."""

import threading
import weakref

from ..core.call import Arena, Binding, Gate, Handle
from . import _secret_native


class _Wiped(Arena):
    """Scratch that held numbers or small secrets is overwritten before it is kept."""

    def give(self, block):
        """Wipe, then keep."""
        ffi.memmove(block, bytes(len(block)), len(block))
        super().give(block)


engine = Binding(_secret_native)
ffi, lib = engine.ffi, engine.lib
engine.arena = _Wiped(ffi)

_live = weakref.WeakValueDictionary()
_making = threading.Lock()


class Context(Handle):
    """This module's own tables of some parameters; one a process, made when first needed."""

    __slots__ = ("gate", "params")

    def __init__(self, params):
        """Use :func:`context_of`."""
        data = params.to_bytes()
        pointer = engine.make("jfhe_ctx", lib.jfhe_ctx_new_from_container, engine.source(data), len(data), 17)
        super().__init__(engine, pointer, lib.jfhe_ctx_free)
        self.params, self.gate = params, Gate()


def context_of(params):
    """The context of parameters, with as many threads as they have now.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters

    Returns
    -------
    Context
    """
    with _making:
        context = _live.get(params.hash)
        if context is None:
            context = _live[params.hash] = Context(params)
    if lib.jfhe_ctx_threads(context.pointer) != params.threads:
        with context.gate.alone():
            engine.check(lib.jfhe_ctx_set_threads(context.pointer, params.threads))
    return context

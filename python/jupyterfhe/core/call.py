"""How Python calls the engine: statuses become exceptions, memory finds owners, scratch is kept a thread.

A :class:`Binding` wraps one extension module. ``core`` has one for ``jupyterfhe._native``; ``client`` has its own, for its
own module holds a second engine (docs/adr/0014).
"""

import functools
import itertools
import threading
import weakref

from . import errors


class Arena(threading.local):
    """Scratch of the calling thread; it grows to what was asked for most and goes with the thread."""

    def __init__(self, ffi):
        """Start empty."""
        self._new = ffi.new_allocator(should_clear_after_alloc=False)
        self._block = None

    def take(self, size):
        """A block of at least `size` bytes, the thread's own until :meth:`give`; a nested call gets another."""
        block, self._block = self._block, None
        if block is None or len(block) < size:
            block = None  # the old one goes before the new one comes
            block = self._new("char[]", max(size + size // 8, 1 << 16))
        return block

    def give(self, block):
        """Keep a block for the next call."""
        self._block = block

    @property
    def nbytes(self):
        """Bytes that this thread keeps."""
        return 0 if self._block is None else len(self._block)

    def trim(self):
        """Give this thread's block back to the system."""
        self._block = None


class Gate:
    """Many may compute, one may change what they compute with; a change waits until nobody computes.

    Whoever computes does not wait for somebody who waits to change: a long run must not hold up all others.
    """

    def __init__(self):
        """Start open."""
        self._free = threading.Condition(threading.Lock())
        self._inside = 0
        self._mine = threading.local()  # how often this thread is inside

    def __enter__(self):
        """Compute."""
        with self._free:
            self._inside += 1
        self._mine.depth = getattr(self._mine, "depth", 0) + 1

    def __exit__(self, *_):
        """No longer."""
        self._mine.depth -= 1
        with self._free:
            self._inside -= 1
            if self._inside == 0:
                self._free.notify_all()

    def alone(self):
        """``with gate.alone():`` changes. Refused to a thread that computes: it would wait for itself."""
        if getattr(self._mine, "depth", 0):
            raise errors.InternalError("threads or keys were changed from inside an operation",
                                       "Change them before it starts or after it ended.")
        return _Alone(self._free, lambda: self._inside == 0)


class _Alone:
    """Holds the gate's lock, so that nobody enters meanwhile."""

    def __init__(self, condition, empty):
        self._condition, self._empty = condition, empty

    def __enter__(self):
        self._condition.acquire()
        self._condition.wait_for(self._empty)

    def __exit__(self, *_):
        self._condition.release()


class Handle:
    """Wraps an engine object: freed when Python forgets it, never before what was made from it.

    :attr:`pointer` is the owner: whoever holds it, holds the object. Until it has been freed, `keep` is held outside of it:
    in a garbage cycle Python finalises in any order, and engine objects look at their context when they are freed.
    """

    __slots__ = ("__weakref__", "pointer")

    def __init__(self, binding, pointer, free, *keep):
        """Take ownership.

        Parameters
        ----------
        binding : Binding
        pointer : cdata
        free : builtin
            The engine's own function.
        *keep
            What the object uses: pointers of others, mapped memory.
        """
        name = next(_names)
        _kept[name] = keep, weakref.ref(pointer, functools.partial(_kept.pop, name))
        self.pointer = binding.ffi.gc(pointer, free)

    def disown(self, binding):
        """Forget the object, which an engine call has just taken; this wrapper is empty afterwards.

        Parameters
        ----------
        binding : Binding
        """
        binding.ffi.gc(self.pointer, None)
        self.pointer = None

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError(f"a {type(self).__name__} is not pickled: a pickle runs code where it is opened. "
                        "Use save() and load(), or to_bytes() and from_bytes().")


# What each living object uses. The owner calls `free` with the bare pointer and then forgets that pointer, whose end takes
# the entry out. Nothing here is Python code: what a signal raises while an object is freed would be lost.
_kept, _names = {}, itertools.count()


class Binding:
    """One extension module's calls.

    Parameters
    ----------
    native : module
        With ``ffi`` and ``lib``.
    """

    def __init__(self, native):
        """Look nothing up yet."""
        self.ffi, self.lib = native.ffi, native.lib
        self.arena = Arena(self.ffi)
        self._classes = {getattr(self.lib, f"JFHE_ERR_{name}"): kind for name, kind in errors.BY_STATUS.items()}

    def check(self, status):
        """Raise what a status other than JFHE_OK stands for."""
        if status:
            raise self.error(status)

    def error(self, status):
        """The exception of a status, with the engine's detail of this thread's last failure."""
        detail = self.ffi.string(self.lib.jfhe_last_error()).decode("utf-8", "replace")
        text = self.ffi.string(self.lib.jfhe_status_text(status)).decode()
        kind = self._classes.get(status, errors.JupyterFHEError)
        return kind(detail or text, status=status)

    def make(self, kind, function, *args, at=0):
        """The object that `function` writes through its pointer argument number `at`."""
        out = self.ffi.new(f"{kind} **")
        self.check(function(*args[:at], out, *args[at:]))
        return out[0]

    def run(self, function, size, *args):
        """Call with scratch of `size` bytes as the last two arguments."""
        block = self.arena.take(size)
        try:
            self.check(function(*args, block, len(block)))
        finally:
            self.arena.give(block)

    def text(self, function, size, *args):
        """What a function of fixed size writes, as hex digits."""
        out = self.ffi.new("uint8_t[]", size)
        function(*args, out)
        return bytes(out).hex()

    def source(self, data, kind="uint8_t[]"):
        """A view of a caller's bytes or array, without a copy."""
        return self.ffi.from_buffer(kind, data)

    def target(self, data, kind="uint8_t[]"):
        """The same, to be written."""
        return self.ffi.from_buffer(kind, data, require_writable=True)

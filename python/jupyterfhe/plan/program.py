"""Programs, plans and runs: one Python object an engine object (``jfhe/plan.h``)."""

import weakref

from ..core import Ciphertext, containers
from ..core.call import Handle
from ..core.engine import engine, ffi, lib

WANTS, OUTPUT, PAUSE, DONE = lib.JFHE_RUN_WANTS, lib.JFHE_RUN_OUTPUT, lib.JFHE_RUN_PAUSE, lib.JFHE_RUN_DONE


def hashed(function, pointer):
    """The SHA-256 that an engine function writes."""
    out = ffi.new("uint8_t[]", lib.JFHE_HASH_BYTES)
    engine.check(function(pointer, out))
    return bytes(out)


class Program(Handle):
    """A graph of operations on vectors of ``2**log_slots`` slots.

    Parameters
    ----------
    log_slots : int
    """

    __slots__ = ("_out", "_polys", "_vectors")

    def __init__(self, log_slots):
        """Start empty."""
        super().__init__(engine, engine.make("jfhe_program", lib.jfhe_program_new, log_slots), lib.jfhe_program_free)
        self._out = ffi.new("uint32_t *")
        self._vectors, self._polys = {}, {}  # tables made, by id; the object is kept, so that the id stays its own

    def _call(self, function, *args):
        status = function(self.pointer, self._out, *args)
        if status:
            raise engine.error(status)
        return self._out[0]

    def _vector(self, vector):
        if id(vector) not in self._vectors:
            im = ffi.NULL if vector.im is None else engine.source(vector.im, "double[]")
            number = self._call(lib.jfhe_program_vector, engine.source(vector.re, "double[]"), im, len(vector.re))
            self._vectors[id(vector)] = number, vector
        return self._vectors[id(vector)][0]

    def _poly(self, polynomial):
        if id(polynomial) not in self._polys:
            basis = lib.JFHE_BASIS_CHEB if polynomial.basis == "chebyshev" else lib.JFHE_BASIS_POWER
            c, interval = polynomial.coefficients, polynomial.interval or (0.0, 0.0)
            number = self._call(lib.jfhe_program_poly, engine.source(c, "double[]"), len(c), basis, *interval)
            self._polys[id(polynomial)] = number, polynomial
        return self._polys[id(polynomial)][0]

    def _map(self, map_):
        if id(map_) not in self._polys:
            number = self._call(lib.jfhe_program_linmap, engine.source(map_.index, "int32_t[]"), len(map_.index),
                                engine.source(map_.rows, "double[]"), ffi.NULL)
            self._polys[id(map_)] = number, map_
        return self._polys[id(map_)][0]

    def input(self, name, is_complex, bound):
        """An encrypted input; returns its value's number, as all below do.

        Parameters
        ----------
        name : str
        is_complex : bool
        bound : float
            The largest modulus that the program is made for.
        """
        packing = lib.JFHE_PACK_COMPLEX if is_complex else lib.JFHE_PACK_REAL
        return self._call(lib.jfhe_program_input, name.encode(), packing, bound)

    def append(self, op, args, data):
        """An operation as a :class:`~jupyterfhe.plan.value.Value` names it, on numbers of values made before.

        Parameters
        ----------
        op : str
        args : sequence of int
        data : object

        Returns
        -------
        int
        """
        if op in ("add", "sub", "neg", "mul", "conjugate", "bootstrap"):
            return self._call(getattr(lib, f"jfhe_program_{op}"), *args)
        if op in ("add_const", "mul_const"):
            return self._call(getattr(lib, f"jfhe_program_{op}"), *args, data.real, data.imag)
        if op in ("add_vector", "mul_vector", "lookup"):
            return self._call(getattr(lib, f"jfhe_program_{op}"), *args, self._vector(data))
        if op in ("rotate", "settle"):
            return self._call(getattr(lib, f"jfhe_program_{op}"), *args, data)
        if op == "inner_sum":
            return self._call(lib.jfhe_program_inner_sum, *args, *data)
        if op == "linmap":
            return self._call(lib.jfhe_program_apply_linmap, *args, self._map(data))
        polynomial, promised = data
        flags = lib.JFHE_POLY_PROMISED if promised else 0
        return self._call(lib.jfhe_program_apply_poly, *args, self._poly(polynomial), flags)

    def promise(self, value, bound):
        """No number of the value is above `bound` in modulus."""
        engine.check(lib.jfhe_program_promise(self.pointer, value, bound))

    def output(self, name, value):
        """Name a result."""
        return self._call(lib.jfhe_program_output, name.encode(), value)

    @property
    def hash(self):
        """SHA-256 of its binary form."""
        return hashed(lib.jfhe_program_hash, self.pointer)

    def to_bytes(self, text=False):
        """Its binary form, or its text as bytes (protocol/plan.md)."""
        size = lib.jfhe_program_write_size(self.pointer, text)
        out = bytearray(size)
        engine.check(lib.jfhe_program_write(engine.target(out), size, self.pointer, text))
        return bytes(out)


class Output:
    """What a plan says of a result before it is computed.

    Attributes
    ----------
    level : int
    magnitude, error_bound, error_probable : float
    """

    __slots__ = ("error_bound", "error_probable", "level", "magnitude")

    def __init__(self, plan, number):
        """Ask the engine."""
        level, numbers = ffi.new("uint32_t *"), ffi.new("double[3]")
        engine.check(lib.jfhe_plan_output(plan.pointer, number, level, numbers, numbers + 1, numbers + 2))
        self.level, (self.magnitude, self.error_bound, self.error_probable) = level[0], numbers


class Plan(Handle):
    """How to compute a program with these keys, and what is proved of its results.

    Parameters
    ----------
    program : Program
    params : jupyterfhe.core.Parameters
    ring : cdata or None
        A ``jfhe_keyring *``; None plans for typical keys, and such a plan does not run.
    infos : list of cdata or None
        A ``jfhe_info *`` an input; None for fresh encryptions.
    keep_levels : int
        Levels that results should still have.
    memory_limit : int
        Bytes; 0 for none.
    optimize : int
    bootstrap : jupyterfhe.core.Bootstrap, optional
        How levels come back; without it they do not.
    rung : jupyterfhe.core.above.Rung, optional
        Where inputs come from and results go, if not the ring of `params`.
    shared : bool, default=False
        On a rung: whether parts of the program are to share ciphertexts, of which `bootstrap` has all slots.

    Attributes
    ----------
    bootstrap : jupyterfhe.core.Bootstrap or None
    shared : bool
    params : jupyterfhe.core.Parameters
        Of inputs and results.
    gate : jupyterfhe.core.call.Gate
        Of the ring in which it is computed.
    """

    __slots__ = ("bootstrap", "gate", "infos", "outputs", "params", "program", "shared")

    def __init__(self, program, params, ring, infos, *, keep_levels=0, memory_limit=0, optimize=2, bootstrap=None, rung=None,
                 shared=False):
        """Plan."""
        self.program, self.gate, self.params = program, params.gate, params if rung is None else rung.small
        self.bootstrap, self.shared = bootstrap, shared
        options = ffi.new("jfhe_plan_options *")
        lib.jfhe_plan_options_init(options)
        options.keep_levels, options.memory_limit, options.opt_level = keep_levels, memory_limit, optimize
        if rung is not None and not shared:
            options.flags = lib.JFHE_PLAN_APART
        self.infos = None if infos is None else ffi.new("jfhe_info[]", [info[0] for info in infos])
        with params.gate:
            used = [ffi.NULL if thing is None else thing.pointer for thing in (bootstrap, rung)]
            pointer = engine.make("jfhe_plan", lib.jfhe_plan_new_on, params.pointer, ring or ffi.NULL, *used, program.pointer,
                                  self.infos or ffi.NULL, options)
        super().__init__(engine, pointer, lib.jfhe_plan_free, params.pointer, program.pointer, ring, *used)
        self.outputs = [Output(self, i) for i in range(lib.jfhe_program_outputs(program.pointer))]

    @property
    def forecast(self):
        """The ``jfhe_forecast`` of a whole run."""
        out = ffi.new("jfhe_forecast *")
        lib.jfhe_plan_forecast(self.pointer, out)
        return out

    @property
    def rotations(self):
        """Rotations whose keys it uses."""
        count = lib.jfhe_plan_rotations(self.pointer, ffi.NULL, 0)
        out = ffi.new("int32_t[]", max(count, 1))
        lib.jfhe_plan_rotations(self.pointer, out, count)
        return list(out)[:count]

    @property
    def text(self):
        """A line an operation."""
        size = lib.jfhe_plan_text(self.pointer, ffi.NULL, 0)
        out = ffi.new("char[]", size)
        lib.jfhe_plan_text(self.pointer, out, size)
        return ffi.string(out).decode("utf-8", "replace")

    @property
    def hash(self):
        """SHA-256 over all that fixes the results' bytes but the inputs."""
        return hashed(lib.jfhe_plan_hash, self.pointer)

    def __repr__(self):
        """Its forecast."""
        f = self.forecast
        return f"<Plan of {f.operations} operations, {f.seconds:.3g} s, {containers.human(f.memory_bytes)}>"


class Run(Handle):
    """One computation of a plan, by one thread; :meth:`cancel` alone may come from another.

    Parameters
    ----------
    plan : Plan
    skip : container of int
        Numbers of outputs that are not wanted; what only they need is left out.
    """

    __slots__ = ("_lent", "gate", "params", "state")

    def __init__(self, plan, skip=()):
        """Take scratch."""
        self.params, self.gate, self.state, self._lent = plan.params, plan.gate, ffi.new("jfhe_run_state *"), []
        skipped = ffi.new("uint8_t[]", [i in skip for i in range(len(plan.outputs))])
        pointer = engine.make("jfhe_run", lib.jfhe_run_new, plan.pointer, skipped)
        super().__init__(engine, pointer, lib.jfhe_run_free, plan.pointer, self._lent)
        _runs.add(self)

    def advance(self, seconds):
        """Work until something happens or about so many seconds are over.

        Parameters
        ----------
        seconds : float

        Returns
        -------
        int
            WANTS, OUTPUT, PAUSE or DONE; details in :attr:`state`.
        """
        with self.gate:
            engine.check(lib.jfhe_run_advance(self.pointer, seconds, self.state))
        return self.state.event

    def give(self, number, ciphertext):
        """Hand an input over; the run owns it then."""
        pointer = ciphertext.pointer
        ciphertext.disown(engine)  # first: an interrupt in between may leak it, not free it twice
        status = lib.jfhe_run_give(self.pointer, number, pointer)
        if status:
            why = engine.error(status)
            lib.jfhe_ct_free(pointer)
            raise why

    def lend(self, number, ciphertext):
        """Let it read an input that others go on using; nothing is copied."""
        self._lent.append(ciphertext.pointer)
        engine.check(lib.jfhe_run_lend(self.pointer, number, ciphertext.pointer))

    def take(self, number):
        """A ready output."""
        out = ffi.new("jfhe_ct **")
        engine.check(lib.jfhe_run_take(self.pointer, number, out))
        return Ciphertext(self.params, out[0])

    def cancel(self):
        """Stop at the next operation."""
        lib.jfhe_run_cancel(self.pointer)


_runs = weakref.WeakSet()


def cancel_all():
    """Stop every run of this process at its next operation; they raise CancelledError in their own threads."""
    for run in list(_runs):
        run.cancel()

"""From expressions to results: collect the graph, plan it, run it, keep what was computed."""

import contextlib

from ..core import errors
from . import clear, keys, modular, notes
from .bridge import Bridge, Crossed
from .leaf import Held
from .options import options
from .program import DONE, OUTPUT, WANTS, Plan, Program, Run
from .progress import Bar
from .residues import WholePlan
from .session import PLANS_KEPT
from .shelf import shelf_for
from .value import LEAVES
from .whole import WholeSession

CROWDED = ("A total that came over from exact integers has little room above it: encrypt its column with results=64, or "
           "approximately too (exact='both').")
LADDERS = "stats", "ml"  # presets that a ring can be added above
_CLIMB = ("Give these keys a ring above, for what is encrypted already too: Add any depth in the vault's dialog of keys (of "
          "'ml'), or jupyterfhe ladder. Or: ")
WHOLE = ("It takes the keys for bootstrapping all slots: what numbers were compared with is brought back by these alone. Ask "
         "the owner of the data for keys of the ring above as jupyterfhe ladder makes them now.")
# What works number by number, so that chunks can share a ciphertext.
BY_NUMBERS = {"add", "sub", "neg", "mul", "add_const", "mul_const", "add_vector", "mul_vector", "poly", "conjugate"}
SLICE = 0.05  # seconds of work between two looks at Ctrl-C and the bar


class Graph:
    """What wanted values are made of, in an order in which everything is made before it is read.

    Parameters
    ----------
    values : iterable of Value
        Of one session; those that are leaves already are left out.
    """

    def __init__(self, values):
        """Walk, without recursion: chains are as long as a user's loop."""
        self.wanted = list(dict.fromkeys(v for v in values if v.stored is None))
        self.order, self.leaves = [], []  # (value, made) and (value, stored): read once, for others compute too
        seen, stack = set(), [(v, None) for v in reversed(self.wanted)]
        while stack:
            value, made = stack.pop()
            if made is not None:
                self.order.append((value, made))
                continue
            if value in seen:
                continue
            seen.add(value)
            made = value.made
            if made[0] in LEAVES:
                self.leaves.append((value, made[2]))
                continue
            stack.append((value, made))
            stack.extend((a, None) for a in reversed(made[1]) if a not in seen)
        self.session = self.wanted[0].session if self.wanted else None

    def cross(self):
        """Compute what comes over from the other scheme; whether there was anything.

        Returns
        -------
        bool
            The graph is to be walked anew then.
        """
        waiting = [(value, stored) for value, stored in self.leaves if isinstance(stored, Bridge)]
        for value, stored in waiting:
            value.made = "input", (), stored.cross()
        return bool(waiting)

    def program(self):
        """The :class:`Program`: inputs, operations, promises, outputs.

        Returns
        -------
        Program
        """
        program, number = Program(self.session.log_slots), {}
        for i, (value, stored) in enumerate(self.leaves):
            at = number[value] = program.input(f"x{i}", stored.complex, max(stored.magnitude, 2.0**-1000))
            if value.promise is not None and value.promise < stored.magnitude:
                program.promise(at, value.promise)
        for value, (op, args, data) in self.order:
            at = number[value] = program.append(op, [number[a] for a in args], data)
            if value.promise is not None:
                program.promise(at, value.promise)
        for i, value in enumerate(self.wanted):
            program.output(f"y{i}", number[value])
        return program


def _shape(infos):
    """What of the inputs a plan depends on, so that it serves again for others of the same."""
    return tuple((i.level, i.scale, i.magnitude, i.error_worst, i.error_sd, i.packing, bytes(i.key_id)) for i in infos)


def _name(graph, program, keep):
    infos = None if graph.session.is_clear else _shape([stored.info for _, stored in graph.leaves])
    # threads: a plan says how much scratch they take together
    return program.hash, infos, keep, options.memory_limit, options.optimize, graph.session.params.threads


def _ring(graph, session):
    return keys.ring(session, ((op, data) for _, (op, _, data) in graph.order))


def _make(graph, program, keep, ring, session):
    """Plan in a session: the graph's own, or that of the ring above it; there chunks share ciphertexts if that pays."""
    shared = _shared(graph, program, keep, ring, session)
    try:
        alone = _alone(graph, program, keep, ring, session)
    except errors.DepthError:
        if shared is None:
            raise
        return shared
    return shared if shared is not None and _better(shared, alone) else alone


def _shared(graph, program, keep, ring, session):
    """A plan in which chunks share ciphertexts two and two, or None where they cannot."""
    ops = {op for _, (op, _, _) in graph.order}
    if session.reached is None or len(graph.wanted) < 2 or not ops <= BY_NUMBERS:
        return None
    with contextlib.suppress(errors.DepthError, errors.FormError, errors.RangeError):
        if session.shared is not None:
            return _plan(graph, program, keep, ring, session, session.shared, shared=True)
    return None


def _alone(graph, program, keep, ring, session):
    """A plan in which no chunks share.

    A bootstrap of the session's slots takes less time, one of all brings back what was settled.
    """
    try:
        return _plan(graph, program, keep, ring, session, session.bootstrap)
    except errors.FormError as why:
        if session.bootstrap is None or session.log_slots == session.params.log_n - 1:
            raise
        if session.apart is None:
            raise errors.FormError(why.detail, WHOLE, why.status) from None
    return _plan(graph, program, keep, ring, session, session.apart)


def _better(shared, alone):
    """Whether it saves time, and proves as much to a bit: two levels less may mean a bootstrap more."""
    bound = max(o.error_bound for o in alone.outputs)
    return shared.forecast.seconds < alone.forecast.seconds and max(o.error_bound for o in shared.outputs) <= 2 * bound


def _plan(graph, program, keep, ring, session, bootstrap, *, shared=False):
    rung = None if session.reached is None else session.reached.rung(typical=ring is None)
    settings = {"keep_levels": keep, "memory_limit": options.memory_limit or 0, "optimize": options.optimize,
                "bootstrap": bootstrap, "rung": rung, "shared": shared}
    infos = None if session.is_clear else [stored.info for _, stored in graph.leaves]
    try:
        try:
            return Plan(program, session.params, ring, infos, **settings)
        except errors.RangeError:
            if keep >= session.params.levels:
                raise
            # low levels have small moduli: what does not fit there beside its error may fit above
            return Plan(program, session.params, ring, infos, **{**settings, "keep_levels": session.params.levels})
    except errors.DepthError as why:
        raise _too_deep(session, why) from None
    except errors.RangeError as why:
        if not any(isinstance(stored, (Bridge, Crossed)) for _, stored in graph.leaves):
            raise
        raise errors.RangeError(why.detail, CROWDED, why.status) from None


def _place(graph, program, keep):
    """The session in which a graph is computed: its own, or, where that lacks the depth, that of the ring above."""
    session = graph.session
    if session.above is None:
        return session
    name = _name(graph, program, keep)
    for place in (session, session.above):
        if name in place.plans:
            return place
    try:
        _make(graph, program, keep, None, session)
    except errors.DepthError:
        if session.above.params.threads != session.params.threads:
            session.above.params.threads = session.params.threads
        return session.above
    return session


def _too_deep(session, why):
    """A refusal for want of levels, with what would help."""
    if session.between is not None:
        return errors.DepthError(f"{why.detail} (between two bootstraps of {session.params.name} there are {session.between})",
                                 f"Encrypt inputs at level {session.params.ceiling}, which is the default, and use polynomials "
                                 f"of at most {session.between} levels.", why.status)
    lacks = f"; {session.lacks_for_bootstrap}" if session.params.bootstrap_levels is not None else ""
    if session.lacks_above:
        lacks += f"; the ring above lacks {session.lacks_above}"
    climb = _CLIMB if session.params.name in LADDERS else ""
    return errors.DepthError(f"{why.detail} (parameters {session.params.name} have {session.params.ceiling}{lacks})",
                             f"{climb}Multiply fewer times in a row, compute() less often "
                             "with less kept for later, or encrypt with parameters of more depth: 'stats' has 6, 'ml' 14, "
                             "'deep-lean' has no end.", why.status)


def _bring(graph, program, keep, session):
    """Load what bootstraps need, where a plan will have some; typical keys tell whether it will.

    Returns
    -------
    (Bootstrap or None, bool)
        Which bootstrap, and whether chunks share ciphertexts.
    """
    if session.bootstrap is None:
        return None, False
    plan = _make(graph, program, keep, None, session)
    if plan.shared:
        session.keys.need(rotations=[session.slots])  # of halves
    if plan.forecast.bootstraps:
        session.keys.need_bootstrap(plan.bootstrap.wants)
        session.keys.lighten(plan.bootstrap)
        plan.bootstrap.prepare()
    return plan.bootstrap, plan.shared


def _levels(session, keep):
    keep = options.keep_levels if keep is None else keep
    return session.params.levels if keep is None else keep


def foresee(values, keep_levels=None):
    """Plan without running, for typical keys where some are missing.

    Parameters
    ----------
    values : sequence of Value
        Of one session.
    keep_levels : int, optional

    Returns
    -------
    (Graph, Plan or None)
        None when all values are leaves.
    """
    graph = Graph(values)
    if not graph.wanted:
        return graph, None
    if isinstance(graph.session, WholeSession):
        return graph, WholePlan(graph, options.keep_levels if keep_levels is None else keep_levels)
    return graph, _climbing(graph.session, lambda: _foresee(graph, keep_levels))


def _foresee(graph, keep_levels):
    keep, program = _levels(graph.session, keep_levels), graph.program()
    session = _place(graph, program, keep)
    try:
        return _make(graph, program, keep, None if session.is_clear else _ring(graph, session), session)
    except errors.KeyMissingError:
        return _make(graph, program, keep, None, session)


def worst_error(values):
    """The largest error that values can have when they are computed.

    In a ring above too, where there is one: what comes later may be deep, and then all of a program climbs.

    Parameters
    ----------
    values : sequence of Value
        Of one session, approximate, not all leaves.

    Returns
    -------
    float
    """
    graph, plan = foresee(values)
    plans, above = [plan], graph.session.above
    if above is not None and not plan.forecast.lifts:
        # inputs that are too low to climb are never there
        with contextlib.suppress(errors.DepthError, errors.RangeError):
            plans.append(_make(graph, graph.program(), _levels(graph.session, None), None, above))
    return max(out.error_bound for plan in plans for out in plan.outputs)


def cross(values):
    """Compute what comes over from the other scheme on the way to values, so that a plan of them is that of their run.

    Parameters
    ----------
    values : iterable of Value

    Returns
    -------
    bool
        Whether there was anything.
    """
    return Graph(values).cross()


def compute(values, keep_levels=None):
    """Compute values; each is a leaf afterwards.

    Parameters
    ----------
    values : iterable of Value
    keep_levels : int, optional
        Levels that results shall have for further work, as far as inputs allow; ``options.keep_levels`` by default.

    Raises
    ------
    DepthError, RangeError, KeyMissingError, OutOfMemoryError
        Before anything runs.
    CancelledError, KeyboardInterrupt
        While it runs; what was finished is kept, and the next run goes on from there.

    Notes
    -----
    Memory: the plan's forecast, shown by :func:`foresee`. Time: the forecast; Ctrl-C acts between two operations.
    """
    by_session = {}
    for value in values:
        by_session.setdefault(id(value.session), []).append(value)
    for group in by_session.values():
        graph = Graph(group)
        if graph.cross():
            graph = Graph(group)
        if graph.wanted:
            _runner(graph.session)(graph, keep_levels)
            notes.inherit(graph)


def _runner(session):
    if isinstance(session, WholeSession):
        return lambda graph, keep: modular.run(graph, options.keep_levels if keep is None else keep)
    return clear.run if session.is_clear else lambda graph, keep: _climbing(session, lambda: _compute(graph, keep))


def _climbing(session, work):
    """Do it; once more where it was too deep, and keys of a ring above have come meanwhile."""
    try:
        return work()
    except errors.DepthError:
        if not session.grew():
            raise
        return work()


def _compute(graph, keep_levels):
    keep, program = _levels(graph.session, keep_levels), graph.program()
    session = _place(graph, program, keep)
    bootstrap, shared = _bring(graph, program, keep, session)
    ring = _ring(graph, session)
    with session.params.gate:  # until its end: neither threads nor keys change under a run
        name = _name(graph, program, keep)
        with session.lock:
            plan = session.plans.pop(name, None)  # taken out: one run at a time
        if plan is None:
            plan = _plan(graph, program, keep, ring, session, bootstrap, shared=shared)
        _run(graph, plan)
        with session.lock:
            session.plans[name] = plan
            while len(session.plans) > PLANS_KEPT:
                session.plans.popitem(last=False)


def _run(graph, plan):
    """Drive a run to its end; what an earlier one finished is taken from the shelf."""
    shelf = shelf_for(graph, plan)
    found = shelf.found if shelf else {}
    for number, held in found.items():
        graph.wanted[number].made = "input", (), held
    if len(found) == len(graph.wanted):
        return
    run = Run(plan, found)
    with Bar(plan.forecast.seconds, "computing") as bar:
        while (event := run.advance(SLICE)) != DONE:
            if event == WANTS:
                number = run.state.number
                graph.leaves[number][1].feed(run, number)
            elif event == OUTPUT:
                number = run.state.number
                result = run.take(number)
                graph.wanted[number].made = "input", (), Held(result)
                if shelf:
                    shelf.put(number, result)
            bar.show(run.state)
    if shelf:
        shelf.prune(options.shelf_limit)

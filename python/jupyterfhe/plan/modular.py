"""Runs of exact integers: a plan computed once for each modulus."""

from ..core import errors
from . import keys as key_steps
from . import lookup
from .leaf import Held
from .progress import Bar
from .residues import WholePlan
from .whole import Residues


def run(graph, keep_levels):
    """Compute a graph of integers; each wanted value is a leaf afterwards.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph
    keep_levels : int or None

    Raises
    ------
    DepthError, KeyMissingError
        Before anything runs.
    """
    session, plan = graph.session, WholePlan(graph, keep_levels)
    ring = load_keys(graph)
    with session.params.gate:
        while True:
            try:
                results = _run(plan, ring)
                break
            except (errors.DepthError, errors.RangeError):  # the model was off: a level higher
                plan = WholePlan(graph, keep_levels, plan.start + 1)
    for value, parts in zip(graph.wanted, results, strict=True):
        value.made = "input", (), Residues(map(Held, parts), value.mag)


def load_keys(graph):
    """Load what a graph's operations need; see :func:`jupyterfhe.plan.keys.ring`.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph

    Returns
    -------
    cdata
    """
    session, half = graph.session, graph.session.slots // 2
    named, amounts, swaps = set(), set(), False
    for _, (op, _, data) in graph.order:
        named.add(op)
        if op == "rotate":
            amounts.add(data % half)
            swaps = True
        elif op in ("inner_sum", "row_sum"):
            amounts.update(1 << t for t in range(min(data, half).bit_length() - 1))
            swaps |= op == "inner_sum"
    keys, rows = session.keys, session.rows
    relin = bool(named & {"mul", "look_up"})
    if relin and not keys.has_relin:
        raise errors.KeyMissingError("the program multiplies encrypted integers, and there is no relinearisation key",
                                     "Open the whole folder of evaluation keys; relin.key is one of its files.")
    return keys.need(relin=relin, conjugate=swaps, galois=key_steps.elements(rows, sorted(amounts - {0})))


class _Shown:
    """How far a run is, as a bar asks it."""

    def __init__(self, total):
        self.done, self.seconds_left, self._total, self._spent = 0.0, total, total or 1.0, 0.0

    def add(self, seconds):
        self._spent += seconds
        self.done, self.seconds_left = self._spent / self._total, max(self._total - self._spent, 0.0)


def _run(plan, ring):
    """By wanted value: its ciphertexts, one a modulus."""
    out, shown = [[] for _ in plan.outputs], _Shown(plan.forecast.seconds)
    with Bar(plan.forecast.seconds, "computing") as bar:
        for number, space in enumerate(plan.session.spaces):
            worker = _Worker(plan, space, number, ring)
            for i, step in enumerate(plan.steps):
                worker.do(i, step)
                shown.add(step.seconds)
                bar.show(shown)
            for parts, value, foreseen in zip(out, plan.wanted, plan.outputs, strict=True):
                parts.append(worker.result(value, foreseen.level))
    return out


class _Worker:
    """One modulus of a run."""

    def __init__(self, plan, space, number, ring):
        self._plan, self._space, self._number, self._ring = plan, space, number, ring
        self._made, self._last = {}, plan.last()
        self._leaves = dict(plan.graph.leaves)

    def _at(self, value, level):
        """Its ciphertext at a level, or lower where it is lower; a leaf is read when it is first needed."""
        if value not in self._made:
            self._made[value] = self._leaves[value].parts[self._number].load(self._plan.session.params)
        found = self._made[value]
        if found.level > level:
            found = self._space.to_level(found, level)
            if value in self._leaves:
                self._made[value] = found  # no step reads it higher: all begin at one level
        return found

    def do(self, i, step):
        """A step; what nothing reads after it is forgotten."""
        level = step.levels[0]
        args = [self._at(a, self._plan.start if a in self._leaves else level) for a in step.args]
        level = min(level, *(a.level for a in args))
        args = [a if a.level == level else self._space.to_level(a, level) for a in args]
        if level == 0 and step.op in ("mul", "mul_sum"):
            raise errors.DepthError("no level is left for a product of integers")
        self._made[step.value] = getattr(self, f"_{step.op}")(*args, step.data)
        for a in step.args:
            if self._last[a] == i:
                self._made.pop(a, None)

    def result(self, value, level):
        """A result, at a level or as little above as its noise needs."""
        found = self._made[value]
        while level < found.level:
            try:
                return self._space.to_level(found, level)
            except errors.RangeError:
                level += 1
        return found

    # ---- operations ----
    def _add(self, a, b, _):
        return self._space.add(a, b)

    def _sub(self, a, b, _):
        return self._space.sub(a, b)

    def _neg(self, a, _):
        return self._space.neg(a)

    def _add_const(self, a, c):
        return self._space.add_const(a, c)

    def _mul_const(self, a, c):
        return self._space.mul_const(a, c)

    def _add_vector(self, a, vector):
        return self._space.add_vector(a, vector.numbers)

    def _mul_vector(self, a, vector):
        return self._space.mul_vector(a, vector.numbers)

    def _mul(self, a, b, _):
        return self._space.mul(a, b, a.level - 1, self._ring)

    def _mul_sum(self, *factors):
        return self._space.mul_sum(factors[:-1:2], factors[1:-1:2], factors[0].level - 1, self._ring)

    def _inner_sum(self, a, count):
        return self._space.inner_sum(a, 1, count // 2, True, self._ring)

    def _row_sum(self, a, count):
        return self._space.inner_sum(a, 1, count, False, self._ring)

    def _look_up(self, a, data):
        table, low = data
        space = self._space
        shifted = space.add_const(a, -low)
        return space.poly(shifted, lookup.coefficients(table, space.modulus), self._ring)

    def _rotate(self, a, k):
        """Rows turn by keys that are there; what passed an end takes the other row's."""
        space, n = self._space, self._plan.session.slots
        half, turned = n // 2, k % (n // 2)
        if k % n >= half:
            a = space.swap(a, self._ring)
        if not turned:
            return a
        for step in key_steps.steps(self._plan.session.rows, turned):
            a = space.turn(a, step, self._ring)
        other = space.swap(a, self._ring)
        return space.add(other, space.mul_vector(space.sub(a, other), lookup.passed(n, turned)))

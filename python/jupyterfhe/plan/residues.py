"""Plans and runs of exact integers: a graph computed once for each modulus, at levels chosen from a model of the noise.

The model decides where levels are spent, never what is right: each operation of the engine proves its own bound on the noise
and refuses what no longer fits. Where it refuses a plan that does not begin at the top, the next one begins a level higher.
"""

import collections
import functools
import math

from ..core import errors
from ..core.integers import NOISE_BITS
from . import keys as key_steps
from . import lookup
from .leaf import Held
from .progress import Bar
from .whole import Residues

MARGIN = 1.5  # bits between what the model says and what still fits
CALM = 16  # bits above the floor from which a factor is lowered before a product
SWITCH = 4.4e-4  # seconds of a key switch of one residue at N = 2^14, docs/perf.md
Step = collections.namedtuple("Step", "value op args data levels level noise seconds")


class Forecast:
    """What a run takes; the fields of ``jfhe_forecast`` that people are shown."""

    def __init__(self, plan):
        """Count."""
        steps, times = plan.steps, len(plan.session.moduli)
        self.seconds = times * sum(s.seconds for s in steps)
        self.memory_bytes, self.key_bytes = plan.memory(), plan.session.keys.nbytes
        self.operations = times * len(steps)
        self.products = times * sum(s.op in ("mul", "look_up") for s in steps)
        self.rotations = times * sum(s.op in ("rotate", "inner_sum", "row_sum") for s in steps)
        self.level_in = plan.start
        self.depth = plan.start - min((o.level for o in plan.outputs), default=plan.start)


class Foreseen:
    """What a plan says of a result: its level. Exact results have no error."""

    error_bound = error_probable = 0.0

    def __init__(self, level):
        """Keep it."""
        self.level = level


class NoRoom(Exception):
    """A plan that begins too low."""


class Model:
    """Noise in bits, as the engine bounds it (docs/SOUNDNESS.md, "BGV"), to within a bit or two.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters
    modulus : int
    """

    def __init__(self, params, modulus):
        """Derive what all steps use."""
        self.params, self.tau = params, math.log2(modulus)
        self.floor = self.tau + NOISE_BITS + 1.1 * (params.log_n - 14)
        self.vector = self.tau + params.log_n / 2 + 2  # a public vector, as the engine measures it

    def room(self, level):
        """Bits that noise may have at a level."""
        return self.params.log_q(level) - 1

    def lowered(self, level, noise, to):
        """Noise after going down."""
        if to == level:
            return noise
        gone = sum(math.log2(self.params.step(i)) for i in range(to + 1, level + 1))
        return joined(noise + self.tau - 1 - gone, self.floor)

    def calm(self, level, noise):
        """The level to which a factor goes before a product, and its noise there."""
        while level > 1 and noise > self.floor + CALM and (less := self.lowered(level, noise, level - 1)) < noise - CALM:
            level, noise = level - 1, less
        return level, noise

    def lowest(self, level, noise, keep):
        """The lowest level that holds a result, `keep` at least."""
        while level > keep and self.lowered(level, noise, level - 1) + MARGIN < self.room(level - 1):
            level, noise = level - 1, self.lowered(level, noise, level - 1)
        return level


def joined(a, b):
    """Bits of a sum of noises."""
    return max(a, b) + math.log2(1 + 2.0 ** -min(abs(a - b), 60))


class WholePlan:
    """How to compute a graph of integers.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph
    keep_levels : int or None
        Levels that results should still have; None leaves what is there.
    start : int, optional
        The lowest level to begin at.

    Raises
    ------
    DepthError
        When no level that the inputs have is enough.
    """

    def __init__(self, graph, keep_levels, start=0):
        """Find the lowest level from which it can be computed."""
        self.graph, self.session, self.keep = graph, graph.session, keep_levels
        self._model = Model(self.session.params, max(self.session.moduli))
        top = max((stored.level for _, stored in graph.leaves), default=0)
        keep = top if keep_levels is None else keep_levels
        start = top if keep >= top else max(start, 0)
        for self.start in range(start, top + 1):
            try:
                self.steps, self.outputs = self._steps(keep)
            except NoRoom:
                continue
            return
        raise errors.DepthError(
            f"more multiplications in a row, or sums of more of their results, than {top} levels of integers of "
            f"{self.session.params.name} hold", "Multiply fewer times in a row, narrow what is compared, or encrypt with "
            "parameters of more depth: 'stats' has 6 levels, 'ml' 14.")

    # ---- choosing levels ----
    def _steps(self, keep):
        model, state, out = self._model, {}, []
        top = self.session.params.levels
        for value, stored in self.graph.leaves:
            fresh = model.tau + self.session.params.log_n + 2.5
            noise = fresh if stored.level == top else model.floor + MARGIN
            level = min(self.start, stored.level)
            state[value] = level, model.lowered(stored.level, noise, level)
        for value, (op, args, data) in self.graph.order:
            levels, level, noise = RULES[op](model, [state[a] for a in args], data)
            if noise + MARGIN > model.room(level) or level < 0:
                raise NoRoom
            state[value] = level, noise
            out.append(Step(value, op, args, data, levels, level, noise, seconds(self.session.params, op, levels[0], data)))
        return out, [Foreseen(model.lowest(*state[v], min(keep, state[v][0]))) for v in self.graph.wanted]

    def memory(self):
        """Bytes of ciphertexts at the most, for one modulus at a time; results of all."""
        last = self._last()
        size = {v: self._bytes(min(self.start, s.level)) for v, s in self.graph.leaves}
        held = most = 0
        for i, step in enumerate(self.steps):
            size[step.value] = self._bytes(step.level)
            held += size[step.value] + sum(size[a] for a in step.args if a.stored is not None)
            most = max(most, held)
            held -= sum(size[a] for a in set(step.args) if last.get(a) == i)
        return most + sum(self._bytes(o.level) for o in self.outputs) * len(self.session.moduli)

    def _bytes(self, level):
        return 2 * self.session.params.limbs(level) * self.session.slots * 8

    def _last(self):
        """By value: the step after which nothing reads it."""
        last = {}
        for i, step in enumerate(self.steps):
            for a in step.args:
                last[a] = i
        for value in self.graph.wanted:
            last[value] = len(self.steps)
        return last

    @functools.cached_property
    def forecast(self):
        """What it takes."""
        return Forecast(self)

    @property
    def text(self):
        """A line an operation."""
        number = {v: i for i, (v, _) in enumerate(self.graph.leaves)}
        lines = [f"modulo {' * '.join(map(str, self.session.moduli))}, from level {self.start}"]
        for i, step in enumerate(self.steps, len(number)):
            number[step.value] = i
            names = " ".join(f"%{number[a]}" for a in step.args)
            lines.append(f"%{i} = {step.op} {names}   level {step.level}   noise 2^{step.noise:.1f}   "
                         f"{1000 * step.seconds * len(self.session.moduli):.3g} ms")
        return "\n".join(lines)


# ---- what each operation does to levels and noise: (levels of operands, level, noise) ----
def _sum(model, states, data):
    level = min(at for at, _ in states)
    noises = [model.lowered(at, n, level) for at, n in states]
    return [level] * len(states), level, joined(*noises) if len(noises) > 1 else noises[0]


def _product(model, states, data):
    states = [model.calm(*s) for s in states]
    level = min(at for at, _ in states)
    noise = sum(model.lowered(at, n, level) for at, n in states)
    if level == 0 or noise + MARGIN > model.room(level):
        raise NoRoom
    return [level] * 2, level - 1, joined(noise - math.log2(model.params.step(level)), model.floor)


def _grown(by):
    def rule(model, states, data):
        (level, noise), = states
        return [level], level, joined(noise, model.floor) + by(model, data)
    return rule


def _scaled(model, states, data):
    (level, noise), = states
    return [level], level, noise + min(math.log2(max(abs(data), 1)), model.tau - 1)


def _rotation(model, states, data):
    (level, noise), = states
    half = 1 << (model.params.log_n - 1)
    return [level], level, joined(noise, model.floor) + (0.5 if data % half == 0 else model.vector + 1)


def _look_up(model, states, data):
    """A level a doubling of the degree; tables that fill a power of two end with more noise, or one level less: measured."""
    level, noise = model.calm(*states[0])
    n, doublings = len(data[0]), (len(data[0]) - 1).bit_length()
    if n == 2:
        return [level], level, joined(noise, model.floor) + model.tau
    full = n > 8 and 4 * n > 3 << doublings
    tight = full and (n > 64 or model.tau > math.log2(model.params.step(model.params.levels)) - 21.2)
    down = n - 2 if n < 4 else doublings + tight
    if level < down:
        raise NoRoom
    return [level], level - down, model.floor + (CALM if full else 2)


RULES = {"add": _sum, "sub": _sum, "neg": _sum, "add_const": _sum, "add_vector": _sum, "mul_const": _scaled, "mul": _product,
         "mul_vector": _grown(lambda model, data: model.vector), "rotate": _rotation, "look_up": _look_up,
         "inner_sum": _grown(lambda model, data: math.log2(data) + 0.5),
         "row_sum": _grown(lambda model, data: math.log2(data) + 0.5)}


def seconds(params, op, level, data):
    """About how long an operation takes on one thread.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters
    op : str
    level : int
    data : object

    Returns
    -------
    float
    """
    limbs, size = params.limbs(level), (1 << params.log_n) / 2**14
    switch, little = SWITCH * size * limbs**1.15, 3e-5 * size * limbs
    if op == "look_up":
        return 2 * math.sqrt(2 * len(data[0])) * switch
    if op == "rotate":
        return 3 * switch
    return {"mul": switch, "mul_vector": 3e-4 * size + 4 * little, "add_vector": 3e-4 * size + 4 * little,
            "inner_sum": switch * params.log_n, "row_sum": switch * math.log2(data or 2) if op == "row_sum" else 0.0
            }.get(op, little)


# ---- running ----
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
            for parts, value, foreseen in zip(out, plan.graph.wanted, plan.outputs, strict=True):
                parts.append(worker.result(value, foreseen.level))
    return out


class _Worker:
    """One modulus of a run."""

    def __init__(self, plan, space, number, ring):
        self._plan, self._space, self._number, self._ring = plan, space, number, ring
        self._made, self._last = {}, plan._last()
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
        if a.level == 0:
            raise errors.DepthError("no level is left for a product of integers")
        return self._space.mul(a, b, a.level - 1, self._ring)

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

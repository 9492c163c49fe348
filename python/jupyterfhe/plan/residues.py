"""Plans of exact integers: the level of every operation, as low as a model of the noise lets results be, and what it takes."""

import collections
import functools
import hashlib
import json
import math

from ..core import errors
from . import products
from .noise import MARGIN, RULES, Model, NoRoom
from .whole import Whole

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
        self.products = times * sum(s.op in ("mul", "mul_sum", "look_up") for s in steps)
        self.rotations = times * sum(s.op in ("rotate", "inner_sum", "row_sum") for s in steps)
        self.level_in, self.bootstraps, self.lifts = plan.start, 0, 0
        self.depth = plan.start - min((o.level for o in plan.outputs), default=plan.start)


class Foreseen:
    """What a plan says of a result: its level, and bits of noise by the model. Exact results have no error."""

    error_bound = error_probable = 0.0

    def __init__(self, level, noise):
        """Keep them."""
        self.level, self.noise = level, noise


class WholePlan:
    """How to compute a graph of integers.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph
    keep_levels : int or None
        Levels that results should still have; None leaves what is there.
    start : int, optional
        The lowest level to begin at.

    Attributes
    ----------
    wanted : list of WholeValue
        What stands for each value that the graph wants: of equal ones the first.
    outputs : list of Foreseen
        Of each.

    Raises
    ------
    DepthError
        When no level that the inputs have is enough.
    """

    def __init__(self, graph, keep_levels, start=0):
        """Find the lowest level from which it can be computed."""
        self.graph, self.session = graph, graph.session
        order, self.wanted = products.once(graph)
        self._order = products.merged(order, self.wanted)
        self._model = Model(self.session.params, max(self.session.moduli))
        top = max((stored.level for _, stored in graph.leaves), default=0)
        keep = top if keep_levels is None else keep_levels
        start = top if keep >= top else max(start, 0)
        for self.start in range(start, top + 1):
            try:
                self.steps, self.outputs = self._steps(keep)
            except NoRoom:
                continue
            if self.start == top or all(out.level >= keep for out in self.outputs):
                return
        raise errors.DepthError(
            f"more multiplications in a row, or sums of more of their results, than {top} levels of integers of "
            f"{self.session.params.name} hold", "Multiply fewer times in a row, narrow what is compared, or encrypt with "
            "parameters of more depth: 'stats' has 6 levels, 'ml' 14.")

    # ---- choosing levels ----
    def _steps(self, keep):
        model, state, out = self._model, {}, []
        for value, stored in self.graph.leaves:
            level = min(self.start, stored.level)
            state[value] = level, model.lowered(stored.level, stored.noise(model), level)
        for value, (op, args, data) in self._order:
            levels, level, noise = RULES[op](model, [state[a] for a in args], data)
            if noise + MARGIN > model.room(level) or level < 0:
                raise NoRoom
            state[value] = level, noise
            out.append(Step(value, op, args, data, levels, level, noise, seconds(self.session.params, op, levels, data)))
        return out, [self._foreseen(*state[v], keep) for v in self.wanted]

    def _foreseen(self, level, noise, keep):
        low = self._model.lowest(level, noise, min(keep, level))
        return Foreseen(low, self._model.lowered(level, noise, low))

    def memory(self):
        """Bytes of ciphertexts at the most, for one modulus at a time; results of all."""
        last = self.last()
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

    def last(self):
        """By value: the step after which nothing reads it."""
        last = {}
        for i, step in enumerate(self.steps):
            for a in step.args:
                last[a] = i
        for value in self.wanted:
            last[value] = len(self.steps)
        return last

    @functools.cached_property
    def hash(self):
        """SHA-256 of what is computed: parameters, moduli, operations with their public numbers, what is wanted at which level.

        Levels of operations are not in it: they follow from these and from the inputs, and results are the same integers.
        """
        number = {v: i for i, (v, _) in enumerate(self.graph.leaves)}
        lines = []
        for value, (op, args, data) in self.graph.order:
            number[value] = len(number)
            lines.append([op, [number[a] for a in args], _told(data)])
        said = {"params": self.session.params.hash, "moduli": list(self.session.moduli), "inputs": len(self.graph.leaves),
                "program": lines, "wanted": [number[v] for v in self.graph.wanted], "levels": [o.level for o in self.outputs]}
        return hashlib.sha256(json.dumps(said, separators=(",", ":"), sort_keys=True).encode()).digest()

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


def _told(data):
    """Public numbers of an operation, as JSON."""
    if isinstance(data, Whole):
        return hashlib.sha256(data.numbers.astype("<i8").tobytes()).hexdigest()
    return data  # an integer, a table of them with its lowest number, or None


def seconds(params, op, levels, data):
    """About how long an operation takes on one thread.

    Parameters
    ----------
    params : jupyterfhe.core.Parameters
    op : str
    levels : list of int
        Of its operands.
    data : object

    Returns
    -------
    float
    """
    limbs, size = params.limbs(levels[0]), (1 << params.log_n) / 2**14
    switch, little = SWITCH * size * limbs**1.15, 3e-5 * size * limbs
    if op == "look_up":
        return 2 * math.sqrt(2 * len(data[0])) * switch
    if op in ("inner_sum", "row_sum"):
        return switch * math.log2(data)
    if op in ("mul_vector", "add_vector"):
        return 3e-4 * size + 4 * little
    return {"rotate": 3 * switch, "mul": switch, "mul_sum": switch + 2 * little * len(levels)}.get(op, little)

"""A model of the noise of exact integers, from which levels are chosen.

It decides where levels are spent, never what is right: each operation of the engine proves its own bound on the noise, and
refuses what no longer fits (docs/SOUNDNESS.md, "BGV").
"""

import math

from ..core.integers import NOISE_BITS

MARGIN = 1.5  # bits between what the model says and what still fits
CALM = 16  # bits above the floor from which a factor is lowered before a product


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
        self.fresh = self.tau + params.log_n + 2.5
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


# ---- what each operation does to levels and noise: (levels of operands, level, noise) ----
def _sum(model, states, data):
    level = min(at for at, _ in states)
    noises = [model.lowered(at, n, level) for at, n in states]
    return [level] * len(states), level, joined(*noises) if len(noises) > 1 else noises[0]


def _product(model, states, data):
    states = [model.calm(*s) for s in states]
    level = min(at for at, _ in states)
    noises = [model.lowered(at, n, level) for at, n in states]
    noise = max(a + b for a, b in zip(noises[::2], noises[1::2], strict=True)) + math.log2(len(states) / 2)
    if level == 0 or noise + MARGIN > model.room(level):
        raise NoRoom
    return [level] * len(states), level - 1, joined(noise - math.log2(model.params.step(level)), model.floor)


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


def _slots(model, data):
    return math.log2(data) + 0.5


RULES = {"add": _sum, "sub": _sum, "neg": _sum, "add_const": _sum, "add_vector": _sum, "mul_const": _scaled, "mul": _product,
         "mul_sum": _product, "mul_vector": _grown(lambda model, data: model.vector), "rotate": _rotation,
         "inner_sum": _grown(_slots), "row_sum": _grown(_slots), "look_up": _look_up}

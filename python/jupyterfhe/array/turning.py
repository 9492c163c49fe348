"""Rotations and linear maps with whatever keys there are: rotations share their steps, maps fall back on rotations."""

import numpy as np

from ..plan import Vector
from ..plan.keys import has


class Turns:
    """Rotations of one value, each a step from another, so that many take one key switch each with keys of powers of two.

    Parameters
    ----------
    value : jupyterfhe.plan.Value
    """

    def __init__(self, value):
        self.session, self.made = value.session, {0: value}

    def get(self, k):
        """The value rotated by k.

        Parameters
        ----------
        k : int

        Returns
        -------
        Value
        """
        k %= self.session.slots
        if k in self.made:
            return self.made[k]
        if not self.session.is_clear and has(self.session, [k]) and not self.session.keys.can_derive:
            self.made[k] = self.made[0].rotate(k)
        else:
            step = k & -k
            self.made[k] = self.get(k - step).rotate(step)
        return self.made[k]


def linear(value, map_):
    """A value through a map: by the engine's linear maps where all keys are there, else by rotations of powers of two.

    Parameters
    ----------
    value : jupyterfhe.plan.Value
    map_ : jupyterfhe.plan.Map

    Returns
    -------
    Value
    """
    session = value.session
    if has(session, [] if session.is_clear else map_.rotations(session.params, session.log_slots)):
        return value.linear(map_)
    return _by_rotations(value, map_)


def _by_rotations(value, map_):
    """Baby steps of one value; giant steps one after the other on the sum, from the farthest, each by the same key."""
    slots, index = value.session.slots, map_.index.astype(int)
    stride = int(np.gcd.reduce(index)) or 1
    stride &= -stride  # a power of two
    least = int(index.min())
    steps = (index - least) // stride
    width = 1
    while width * width < int(steps.max()) + 1:
        width *= 2
    base = Turns(value).get(least)
    babies, giants = Turns(base), {}
    for at, s in enumerate(steps.tolist()):
        giants.setdefault(s // width, []).append((s % width, at))
    out = None
    for g in range(max(giants), -1, -1):
        out = out.rotate(width * stride) if out is not None else None
        for b, at in giants.get(g, ()):
            # what is rotated by g steps later must be multiplied where it is now
            row = Vector(np.roll(map_.rows[at], (g * width * stride) % slots))
            part = babies.get(b * stride).mul_vector(row)
            out = part if out is None else out.add(part)
    return out

"""Numbers that come over from the other scheme: leaves of one graph that another graph makes first. See docs/adr/0043.

A leaf's header is told before there is a ciphertext, with a bound on its error that the ciphertext then keeps, or is refused.
"""

import math

from ..core import bridge, errors
from ..core.engine import ffi, lib
from ..core.integers import NOISE_BITS
from .leaf import Held
from .noise import Model
from .residues import WholePlan
from .value import LEAVES, Value
from .whole import Residues, WholeValue

SPARE = 4.0  # how much larger an error may come out than the model of the noise says
COARSE = 2.0**-6  # of the largest number: a bound beyond it is no use
LANDING = 1  # where integers arrive: low, but others that meet them there still have room for their noise


class Crossed(Held):
    """A ciphertext that came over.

    Parameters
    ----------
    ciphertext : jupyterfhe.core.Ciphertext
    source : Value
        What it was made of, which has been computed.
    """

    __slots__ = ("source",)

    def __init__(self, ciphertext, source):
        """Keep both."""
        super().__init__(ciphertext)
        self.source = source


class Bridge:
    """What stands for a ciphertext until it is there.

    Parameters
    ----------
    source : Value
        The value of the other scheme.
    run : callable
        Computes it.
    """

    complex, nbytes = False, 0
    words = ""

    def __init__(self, source, run):
        """Nothing is computed yet."""
        self.source, self._run, self._made = source, run, None

    def cross(self):
        """What holds the ciphertext; made once, its source before it.

        Returns
        -------
        Held or Residues
        """
        if self._made is None:
            if self.source.stored is None:
                self._run()
            self._made = self._taken(self.source.stored)
            self._run = None
        return self._made


class ToApproximate(Bridge):
    """An exact integer that all slots hold, as an approximate number: ``unit`` times it.

    Parameters
    ----------
    source : WholeValue
    most : int
        Bound on its modulus, at least 1.
    run : callable

    Attributes
    ----------
    unit : float
    level : int
    keep : int
        The level that `source` must have.

    Raises
    ------
    DepthError
        When no level is left to take its noise away.
    """

    words = "exact to approximate: bridge"

    def __init__(self, source, most, run):
        """Choose the level; nothing is computed."""
        super().__init__(source, run)
        self._most = float(most) * (1 + 2.0**-52)
        self.level, self.keep, self._limit = _prospect(source, self._most)
        self.unit = bridge.unit(source.session.spaces, self.level, self._most)
        self.magnitude = self.unit * self._most
        self.info = _header(source, self.level, self.magnitude, self._limit)

    def _taken(self, stored):
        session = self.source.session
        parts = stored.load(session.params)
        low = min(part.level for part in parts)
        parts = [p if p.level == low else s.to_level(p, low) for s, p in zip(session.spaces, parts, strict=True)]
        slots = session.base.log_slots
        made = Crossed(bridge.to_approximate(session.spaces, parts, slots, self.level, self._most), self.source)
        if made.info.error_worst > self._limit:
            raise errors.RangeError("exact integers have more noise than was foreseen", ADVICE)
        return made


class ToExact(Bridge):
    """An approximate number that all slots hold, and that is an integer times a unit, as an exact integer.

    Parameters
    ----------
    session : WholeSession
    source : Value
    unit : float
    most : int
        Bound on the integer's modulus, at least 1.
    off : float
        How far it is from an integer beside its error.
    error : float
        Bound on the error of `source`, at a level above 0.
    run : callable

    Raises
    ------
    RangeError
        When it is not told from its neighbours.
    """

    words = "approximate to exact: bridge"

    def __init__(self, session, source, unit, most, off, error, run):
        """Nothing is computed."""
        super().__init__(source, run)
        self._session, self._unit, self._off, self._error = session, unit, off, error
        self.magnitude, self.level = most, LANDING
        error = error / abs(unit) + off
        if not error < 0.5:
            raise errors.RangeError(f"an integer that is off by up to {error:.2g} is not told from its neighbours",
                                    "Use parameters of more precision, or sum fewer numbers.")
        self._noise = session.params.log_q(self.level) + math.log2(max(error, 2.0**-40) * 1.5)

    def noise(self, model):
        """Bits of noise."""
        return self._noise

    def of(self, places):
        """The same modulo some of the moduli; see :meth:`jupyterfhe.plan.whole.Residues.of`."""
        session = self._session.base.whole(tuple(self._session.moduli[i] for i in places))
        return ToExact(session, self.source, self._unit, self.magnitude, self._off, self._error, self._run)

    def _taken(self, stored):
        ciphertext, number = stored.load(self._session.params), (self._unit, float(self.magnitude), self._off)
        made = (bridge.to_exact(space, ciphertext, *number, self.level) for space in self._session.spaces)
        return Residues([Crossed(part, self.source) for part in made], self.magnitude)


ADVICE = "Compute it with levels left, x.compute(keep_levels=2), or from columns of more levels."


def _prospect(source, most):
    """The level of the number, the level of the integer that leads there, and a bound on the error.

    The number's is one above the highest that has room for it within [-1, 1]: larger numbers are more exact there, and sums
    have room. The integer's is the lowest whose noise is lost in the rounding of the division between the two levels, for work
    on it costs more the higher it is.
    """
    session = source.session
    params, room = session.params, math.log2(session.product) - math.log2(most)
    top = [n for n in range(params.levels) if params.log_q(n) - math.log2(params.scale(n)) <= room]
    for level in range(min(max(top, default=0) + 1, params.levels - 1), -1, -1):
        best = None
        for at, noise in _ways(source, level + 1):
            unit = bridge.unit(session.spaces, level, most)
            rounding = 2.0 ** (NOISE_BITS + 1.1 * (params.log_n - 14)) / params.scale(level) + unit * most * 2.0**-46
            off = unit * len(session.moduli) * 2.0 ** (math.log2(session.product) + noise - 1 - params.log_q(at))
            best = min(best or (math.inf,), (SPARE * (off + rounding), at))
            if off <= rounding:
                break
        if best and best[0] <= COARSE * unit * most:
            return level, best[1], best[0]
    raise errors.DepthError("no level is left to take exact integers over to approximate numbers", ADVICE)


def _ways(source, least):
    """Levels that a value can have, from `least` on, with its bits of noise there."""
    from .execute import Graph
    if source.stored is not None:
        if source.stored.level >= least:
            yield source.stored.level, source.stored.noise(Model(source.session.params, max(source.session.moduli)))
        return
    graph = Graph([source])
    for keep in range(least, max(stored.level for _, stored in graph.leaves) + 1):
        out = WholePlan(graph, keep).outputs[0]
        if out.level >= least:
            yield out.level, out.noise


def _header(source, level, magnitude, error):
    """What the ciphertext will say of itself, its error at the most."""
    session, info = source.session.base, ffi.new("jfhe_info *")
    info.object, info.scheme, info.degree = lib.JFHE_OBJECT_CT, lib.JFHE_SCHEME_CKKS, 1
    info.form, info.packing = lib.JFHE_FORM_EVAL, lib.JFHE_PACK_REAL
    info.log_n, info.log_slots = session.params.log_n, session.log_slots
    info.level, info.scale, info.magnitude = level, session.params.scale(level), magnitude
    info.error_worst = info.error_probable = error
    info.error_sd = error / 11.0  # a guide: nothing is refused on its account
    ffi.memmove(info.params_hash, bytes.fromhex(session.params.hash), lib.JFHE_HASH_BYTES)
    ffi.memmove(info.key_id, _key_of(source), lib.JFHE_ID_BYTES)
    return info


def _key_of(source):
    """The key under which the leaves of an expression are."""
    while source.made[0] not in LEAVES:
        source = source.made[1][0]
    if source.made[0] == "bridge":
        return _key_of(source.made[2].source)
    return bytes(source.stored.info.key_id)



def approximate(source, most, run):
    """A value of what :class:`ToApproximate` makes.

    Parameters
    ----------
    source : WholeValue
    most : int
    run : callable

    Returns
    -------
    Value
    """
    made = ToApproximate(source, most, run)
    value = Value(source.session.base, ("bridge", (), made), made.magnitude, False)
    value.depth = source.session.params.ceiling - made.level  # others are to come to it, not it to them
    return value


def exact(session, source, unit, most, off, error, run):
    """A value of what :class:`ToExact` makes.

    Parameters
    ----------
    session : WholeSession
    source : Value
    unit, most, off, error : float
    run : callable

    Returns
    -------
    WholeValue
    """
    made = ToExact(session, source, unit, most, off, error, run)
    return WholeValue(session, ("bridge", (), made), most, False)

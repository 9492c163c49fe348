"""One number from exact integers to approximate numbers and back, one function an engine call (``jfhe/bridge.h``)."""

from .ciphertext import Ciphertext
from .engine import engine, ffi, lib


def _pointers(kind, objects):
    return ffi.new(f"{kind} *[]", [x.pointer for x in objects])


def unit(spaces, level, most):
    """What an integer is multiplied by when it becomes an approximate number of a level.

    Parameters
    ----------
    spaces : sequence of Integers
        Of each modulus.
    level : int
        Of the result.
    most : float
        Bound on the integer's modulus.

    Returns
    -------
    float

    Raises
    ------
    RangeError
        When the moduli do not hold such integers.
    """
    out = ffi.new("double *")
    engine.check(lib.jfhe_bridge_unit(out, _pointers("jfhe_bgv", spaces), len(spaces), level, most))
    return out[0]


def to_approximate(spaces, parts, log_slots, level, most):
    """The ciphertext whose slots all hold ``unit(spaces, level, most)`` times an integer.

    Parameters
    ----------
    spaces : sequence of Integers
    parts : sequence of Ciphertext
        One a modulus, of one level: the integer in all slots, modulo each.
    log_slots, level : int
        Of the result.
    most : float

    Returns
    -------
    Ciphertext

    Raises
    ------
    RangeError, DepthError
        When noise leaves no room, or they are below the level.
    """
    params = spaces[0].params
    out = Ciphertext.empty(params, level)
    with params.gate:
        engine.run(lib.jfhe_bridge_to_ckks, lib.jfhe_bridge_scratch(params.pointer, parts[0].level),
                   _pointers("jfhe_bgv", spaces), out.pointer, _pointers("jfhe_ct", parts), len(parts), log_slots, level, most)
    return out


def to_exact(space, ciphertext, unit, most, off, level):
    """The integer that is in all slots, times `unit`, modulo a modulus.

    Parameters
    ----------
    space : Integers
    ciphertext : Ciphertext
        Approximate numbers.
    unit, most, off : float
        Bounds on the integer's modulus, and on how far the number is from it beside its error.
    level : int
        Of the result.

    Returns
    -------
    Ciphertext

    Raises
    ------
    RangeError
        When it is not told from its neighbours.
    """
    params = space.params
    out = Ciphertext.empty(params, level)
    with params.gate:
        engine.run(lib.jfhe_bridge_to_bgv, lib.jfhe_bridge_scratch(params.pointer, ciphertext.level), space.pointer,
                   out.pointer, ciphertext.pointer, unit, most, off, level)
    return out

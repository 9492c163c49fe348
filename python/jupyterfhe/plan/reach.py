"""Whether integers can still be computed from the levels that their inputs have: told when an operation is written down."""

import weakref

from .noise import MARGIN, RULES, Model, NoRoom
from .value import LEAVES, upwards

_known = weakref.WeakKeyDictionary()  # by value: (level, noise), or None where no level is left


def reachable(values):
    """Whether the model of the noise sees a way to compute values; a :class:`~jupyterfhe.plan.residues.WholePlan` decides.

    Parameters
    ----------
    values : iterable of WholeValue
        Of one session.

    Returns
    -------
    bool

    Notes
    -----
    Time: a few operations for each value that is new. All is counted from the inputs' own levels: no plan begins higher.
    """
    wanted = list(values)
    if not wanted:
        return True
    session = wanted[0].session
    model = Model(session.params, max(session.moduli))
    for value in upwards(wanted, _known):
        op, args, data = value.made
        _known[value] = (data.level, data.noise(model)) if op in LEAVES else _after(model, op, args, data)
    return all(_known[v] is not None for v in wanted)


def _after(model, op, args, data):
    states = [_known[a] for a in args]
    if None in states:
        return None
    try:
        _, level, noise = RULES[op](model, states, data)
    except NoRoom:
        return None
    return (level, noise) if level >= 0 and noise + MARGIN <= model.room(level) else None

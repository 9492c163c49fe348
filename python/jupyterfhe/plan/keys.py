"""Which evaluation keys a program needs, and their loading."""

import weakref

from ..core.errors import KeyMissingError

_steps = weakref.WeakKeyDictionary()  # by EvaluationKeys: (how many keys, step table) for each count of slots


def ring(session, ops):
    """Load what a program's operations need.

    Parameters
    ----------
    session : Session
    ops : iterable of (str, object)
        Names and public data of its operations.

    Returns
    -------
    cdata
        The ``jfhe_keyring *``.
    """
    amounts, exact, names = set(), set(), set()
    for op, data in ops:
        names.add(op)
        if op == "rotate":
            amounts.add(data)
        elif op == "inner_sum":
            stride, count = data
            amounts.update(stride << t for t in range(count.bit_length() - 1))
        elif op == "linmap":
            exact.update(data.rotations(session.params, session.log_slots))
    keys = session.keys
    derive(session, exact)
    amounts |= exact
    galois = elements(session, sorted(k % session.slots for k in amounts if k % session.slots))
    relin = bool(names & {"mul", "poly"})
    if relin and not keys.has_relin:
        raise KeyMissingError("the program multiplies encrypted numbers, and there is no relinearisation key",
                              "Open the whole folder of evaluation keys; relin.key is one of its files.")
    return keys.need(relin=relin, galois=galois, conjugate=bool(names & {"conjugate", "settle"}))


def has(session, rotations):
    """Whether keys of all these rotations are there, or can be derived.

    Parameters
    ----------
    session : Session
    rotations : iterable of int

    Returns
    -------
    bool
    """
    if session.is_clear or session.keys.can_derive:
        return True
    have = set(session.keys.galois)
    return all(_element(session, k % session.slots, have) for k in rotations if k % session.slots)


def derive(session, rotations):
    """Make keys that linear maps need exactly, where parents of them are there.

    Parameters
    ----------
    session : Session
    rotations : iterable of int
    """
    have = set(session.keys.galois)
    missing = [k for k in sorted(rotations) if k % session.slots and not _element(session, k % session.slots, have)]
    if missing and session.keys.can_derive:
        session.keys.derive(missing)


def elements(session, amounts):
    """Galois elements of present keys that make these rotations, several in a row where none does at once.

    Parameters
    ----------
    session : Session
    amounts : iterable of int
        In [1, slots).

    Returns
    -------
    list of int
    """
    have = set(session.keys.galois)
    return sorted({_element(session, step, have) for k in amounts for step in steps(session, k)})


def steps(session, amount):
    """Rotations of present keys that make one, in their order.

    Parameters
    ----------
    session : Session
    amount : int
        In [1, slots).

    Returns
    -------
    list of int

    Raises
    ------
    KeyMissingError
    """
    have, slots, out = set(session.keys.galois), session.slots, []
    while amount:
        step = amount if _element(session, amount, have) else _table(session, have)[amount]
        if not step:
            raise KeyMissingError(f"no key rotates by {amount}, nor do several in a row")
        out.append(step if session.params.galois(step) in have else step - slots)
        amount = (amount - step) % slots
    return out


def _element(session, k, have):
    """The first of the elements for a rotation that the engine would try and that has a key."""
    for amount in (k, k - session.slots):
        galois = session.params.galois(amount)
        if galois in have:
            return galois
    return None


def _table(session, have):
    """The last step of a shortest row of rotations to each amount, 0 where there is none."""
    made = _steps.setdefault(session.keys, {}).get(session.slots)
    if made is not None and made[0] == have:
        return made[1]
    slots, present = session.slots, [k % session.slots for k in session.keys.rotations]
    present = [k for k in dict.fromkeys(present) if k]
    last, queue = [0] * slots, [0]
    for at in queue:  # grows while it is read
        for step in present:
            to = (at + step) % slots
            if to and not last[to]:
                last[to] = step
                queue.append(to)
    _steps[session.keys][slots] = have, last
    return last

"""Keys of the ring above those of a key id (docs/adr/0038, 0049): in the same tree, their names begin with ``above-``.

They are of other parameters, and of a secret that nobody kept. Two of them lead between the two secrets: ``above-lift.key``
from the registered one up, ``above-lower.key`` back. Nothing ever leaves the registry, so what would keep kernels from climbing
must not enter it.
"""

import re

from .errors import Refused

PREFIX = "above-"
PARAMETERS, SWITCHING = 1, 4
RELIN, GALOIS, LIFT, LOWER, SPARSE, DENSE = 1, 2, 4, 5, 6, 7
# By name: kind of switching key (None: parameters), and the ends that it leads from and to.
FIXED = {"params.jfhe": (None, "", ""), "relin.key": (RELIN, "", "upper"), "lift.key": (LIFT, "small", "upper"),
         "lower.key": (LOWER, "upper", "small"), "sparse.key": (SPARSE, "upper", "sparse"),
         "dense.key": (DENSE, "sparse", "upper")}
ELEMENT = re.compile(r"galois-([1-9][0-9]{0,9})\.key")
WHOLE = "Register all keys of a ring above together, as the folder 'above' of jupyterfhe ladder has them."


def require_ring(heads, key_id, small):
    """Refuse keys of a ring above with which programs could not climb.

    Parameters
    ----------
    heads : dict of str to (Head or None)
        By name in the tree.
    key_id : str
        Of the ring below, under which all is registered.
    small : str or None
        Hash of that ring's parameters, where the tree says it.
    """
    found = {name.removeprefix(PREFIX): head for name, head in heads.items()}
    for name, head in found.items():
        _require_kind(name, head)
    lacking = [PREFIX + name for name in FIXED if name not in found]
    if lacking:
        raise Refused("bad_tree", f"the ring above lacks {', '.join(lacking)}", WHOLE)
    ends = {"small": key_id, "upper": found["lift.key"].key_id, "sparse": found["sparse.key"].key_id}
    if len(set(ends.values())) < len(ends):
        raise Refused("bad_tree", f"{PREFIX}lift.key leads to a secret that is below or sparse", WHOLE)
    if found["params.jfhe"].params == small:
        raise Refused("bad_tree", f"{PREFIX}params.jfhe is of the parameters below it", "A ring above is larger.")
    for name, head in found.items():
        _require_ends(name, head, ends)
        if head.params != found["params.jfhe"].params:
            raise Refused("bad_tree", f"{PREFIX}{name} is of other parameters than {PREFIX}params.jfhe", WHOLE)


def _require_kind(name, head):
    """Each file is what its name says, so no two are of one Galois element."""
    kind, galois = FIXED[name][0] if name in FIXED else GALOIS, ELEMENT.fullmatch(name)
    if name not in FIXED and not galois:
        raise Refused("bad_tree", f"{PREFIX}{name} is no name of a key of a ring above", WHOLE)
    want = (PARAMETERS, 0, 0) if kind is None else (SWITCHING, kind, int(galois[1]) if galois else 0)
    if head is None or (head.what, head.kind, head.galois) != want:
        raise Refused("bad_tree", f"{PREFIX}{name} is not what its name says", WHOLE)


def _require_ends(name, head, ends):
    kind, start, end = FIXED.get(name, (GALOIS, "", "upper"))
    if kind is None:
        return
    if head.key_id != ends[end] or (start and head.from_id != ends[start]):
        raise Refused("bad_tree", f"{PREFIX}{name} is of another secret than {PREFIX}lift.key", WHOLE)

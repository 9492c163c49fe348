"""What the head of a container says in public (protocol/container.md): what it is, of which parameters, whose key."""

from typing import NamedTuple

from . import above
from .blobs import MAGIC
from .errors import Refused

BYTES = 192  # up to the seed
PARAMETERS, CIPHERTEXT, PUBLIC, SWITCHING = 1, 2, 3, 4
BETWEEN_RINGS = (4, 5)  # kinds of switching keys: lift and lower have parameters at both ends


class Head(NamedTuple):
    """Fields of a container's header.

    Attributes
    ----------
    what, kind : int
        Object; of switching keys, which.
    params, key_id, from_id : str
        Hexadecimal digits.
    galois : int
        Of a key for an automorphism.
    """

    what: int
    kind: int
    params: str
    key_id: str
    from_id: str
    galois: int

    @classmethod
    def of(cls, data):
        """The head of a container, None where there is none."""
        if len(data) < BYTES or data[:len(MAGIC)] != MAGIC:
            return None
        return cls(data[40], data[49], data[64:96].hex(), data[160:176].hex(), data[176:192].hex(),
                   int.from_bytes(data[52:56], "little"))


def require_keys_of(files, tree, key_id):
    """Refuse evaluation keys that would keep kernels from opening any: of another secret, of other parameters, or no keys.

    Parameters
    ----------
    files : Files
    tree : Tree
        Whose blobs are there. What is no container says nothing here.
    key_id : str
        Under which it is registered.
    """
    params, upper = {}, {}
    for name, (sha256, _) in tree.files.items():
        head = Head.of(files.head(sha256, BYTES))
        if name.startswith(above.PREFIX):
            upper[name] = head
            continue
        if head is None:
            continue
        if head.what == CIPHERTEXT:
            raise Refused("bad_tree", f"{name} is a ciphertext, not a key")
        # the sparse secret of bootstrapping has an id of its own: our key is at one end
        if head.what in (PUBLIC, SWITCHING) and key_id not in (head.key_id, head.from_id):
            raise Refused("bad_tree", f"{name} is a key of {head.key_id[:8]}, and these are of {key_id[:8]}",
                          "Register the keys of each secret under its own id.")
        if not (head.what == SWITCHING and head.kind in BETWEEN_RINGS):
            params.setdefault(head.params, name)
    if len(params) > 1:
        first, second = list(params.values())[:2]
        raise Refused("bad_tree", f"{second} is of other parameters than {first}",
                      "Keys of a secret have the parameters that it was made with.")
    if upper:
        above.require_ring(upper, key_id, next(iter(params), None))

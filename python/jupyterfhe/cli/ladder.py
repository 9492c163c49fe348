"""``jupyterfhe ladder``: keys of a larger ring, to which deep programs climb."""

import json
import time

from .. import client
from ..core import Parameters
from ..core.bootstrap import wants
from ..core.containers import human
from .main import Refused, home_of, load_key
from .text import harmless, progress, seconds

# By preset: the larger rings that carry its primes; the first is the default.
RUNGS = {"stats": ("deep-small",), "ml": ("deep-lean", "deep")}


def chosen(preset, below):
    """The larger ring's preset.

    Parameters
    ----------
    preset : str or None
        What was asked for; None for the default.
    below : str
        The workspace's own.

    Returns
    -------
    str
    """
    rungs = RUNGS.get(below, ())
    if not rungs or (preset and preset not in rungs):
        above = f"above {below} there is {' or '.join(rungs)}" if rungs else f"there is no ring above {below}"
        raise Refused(f"ladder: {above}; a workspace of preset {' or '.join(RUNGS)} can have one. See jupyterfhe help ladder")
    return preset or rungs[0]


def keys(preset, params):
    """How many keys a ladder has above some parameters.

    Parameters
    ----------
    preset : str
        Of the larger ring.
    params : jupyterfhe.core.Parameters

    Returns
    -------
    int
    """
    above = Parameters.preset(preset)
    return 6 + len(wants(above).rotations) + params.log_n - 1


def run(args):
    """Make it.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
    """
    space, start = home_of(args), time.monotonic()
    below = Parameters.load(space.keys)
    preset = chosen(args.preset, below.name)
    with load_key(args, space) as secret, progress(keys(preset, below), "making keys") as tell:
        above = client.add_ladder(space.keys, secret, preset, tell=tell)
    public = [p.stat().st_size for p in above.iterdir()]
    spent = time.monotonic() - start
    if args.json:
        print(json.dumps({"folder": str(above), "preset": preset, "below": below.name, "files": len(public),
                          "bytes": sum(public), "seconds": round(spent, 3)}))
        return 0
    print(f"Above {below.name}: {preset}")
    print(f"  for servers  the {len(public)} files of {harmless(str(above))}, {human(sum(public))}")
    print(f"  made in      {seconds(spent)}")
    return 0

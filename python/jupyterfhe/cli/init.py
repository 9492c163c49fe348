"""``jupyterfhe init``: a workspace with keys."""

import json
import os
import time
from pathlib import Path

from .. import client
from ..client import files
from ..core import Parameters, workspace
from ..core.containers import human
from . import ladder
from .main import Refused
from .text import harmless, progress, seconds


def _params(args):
    if args.preset and args.depth is not None:
        raise Refused("init: --preset and --depth exclude each other; see jupyterfhe help init")
    if args.depth is None:
        if args.scale_bits is not None or args.security is not None:
            raise Refused("init: --scale-bits and --security go with --depth; see jupyterfhe help init")
        return Parameters.preset(args.preset or "stats")
    return Parameters.custom(args.depth, scale_bits=46 if args.scale_bits is None else args.scale_bits,
                             security=args.security or 128)


def _ladder(args, params):
    """The preset of the ring above, or None."""
    return None if args.ladder is None else ladder.chosen(None if args.ladder is True else args.ladder, params.name)


def _depth(params):
    if params.bootstrap_levels is None:
        return f"{params.levels} multiplications in a row"
    low, _, high = params.bootstrap_levels
    return f"any number of multiplications in a row, {high - low} between two bootstraps"


def run(args):
    """Make it.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
    """
    if args.dir and args.home:
        raise Refused("init: DIR and --home name the same; say one of them")
    home = Path(args.dir or args.home or os.environ.get(workspace.VARIABLE) or workspace.DEFAULT)
    start, params = time.monotonic(), _params(args)
    above, powers = _ladder(args, params), [1 << i for i in range(params.log_n - 1)]
    with files.staged(home) as part:
        with (progress(len(powers) + 2 + (ladder.keys(above, params) if above else 0), "making keys") as tell,
              client.keygen(part / "keys", params, rotations="none") as secret):
            tell(2)
            for k in powers:
                secret.add_rotations(part / "keys", [k])
                tell(1)
            if above:
                client.add_ladder(part / "keys", secret, above, tell=tell)
            key_id = secret.id
        (part / "data").mkdir()
        (part / "private").mkdir(mode=0o700)
        public = [p.stat().st_size for p in (part / "keys").rglob("*") if p.is_file() and p.name != "secret.key"]
    spent = time.monotonic() - start
    if args.json:
        print(json.dumps({"home": str(home), "key_id": key_id, "preset": params.name, "log_n": params.log_n,
                          "levels": params.levels, "slots": params.slots, "security": params.security, "above": above,
                          "files": len(public), "bytes": sum(public), "seconds": round(spent, 3)}))
        return 0
    print(f"Workspace {harmless(str(home))}, key {key_id[:8]}")
    print(f"  parameters   {params.name}: {_depth(params)}, {params.slots} numbers a ciphertext, "
          f"{params.security}-bit security")
    if above:
        print(f"  above it     {above}: {_depth(Parameters.preset(above))}, when a program needs them")
    print(f"  secret       {harmless(str(home / 'keys/secret.key'))}, readable by you alone; it stays on this machine")
    print(f"  for servers  the other {len(public)} files of keys/, {human(sum(public))}")
    print(f"  made in      {seconds(spent)}")
    return 0

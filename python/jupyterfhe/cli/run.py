"""``jupyterfhe run``: a script in a process of its own, in which the client cannot be imported."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from ..core import workspace
from .main import Refused, Terminated, home_of


def _state(space):
    """Names and when each was put in place."""
    return {name: space.place(name).stat().st_mtime_ns for name in space.names()}


def run(args):
    """Run it.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
        The script's own status; 128 and the signal's number when one ended it.
    """
    from ..plan.options import SHELF

    space, script = home_of(args), Path(args.script)
    if not script.is_file():
        raise Refused(f"{script}: there is no such script")
    before = _state(space)
    environment = os.environ | {workspace.VARIABLE: str(space.home.absolute())}
    environment.setdefault(SHELF, str(space.home.absolute() / "shelf"))  # so that a run that was killed goes on
    environment.pop("JUPYTERFHE_STORE", None)  # of a notebook's server, in whose terminal we may be: names are this workspace's
    command = [sys.executable, "-m", "jupyterfhe.cli.guarded", str(script), *args.arguments]
    with subprocess.Popen(command, env=environment, stdout=2 if args.json else None) as process:  # our JSON stays alone
        try:
            status = process.wait()
        except Terminated:
            process.send_signal(signal.SIGINT)
            raise  # leaving the block waits for the script to clean up
    after = _state(space)
    saved = [name for name in after if after[name] != before.get(name)]
    status = 128 - status if status < 0 else status
    if args.json:
        print(json.dumps({"script": str(script), "status": status, "saved": saved}))
    elif saved and not status:
        print(f"saved: {', '.join(saved)}", file=sys.stderr)
    return status

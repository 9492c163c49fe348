"""``jupyterfhe vault``: serve the vault on this machine.

It ends when its parent closes its standard input, so that it never outlives the server that started it.
"""

import argparse
import contextlib
import json
import os
import sys
import threading
import webbrowser

from .bundle import BundleError
from .server import Vault

PORT = 8899


def parser():
    """Of the command line.

    Returns
    -------
    argparse.ArgumentParser
    """
    out = argparse.ArgumentParser(prog="jupyterfhe vault", allow_abbrev=False,
                                  description="Serve the vault, where keys and readable data live, on this machine's loopback.")
    out.add_argument("--port", type=int, default=PORT, help="0 takes a free one and prints it as one JSON line (default: 8899)")
    out.add_argument("--host", default="127.0.0.1", help="a loopback address (default: 127.0.0.1)")
    out.add_argument("--lab", action="append", default=[], metavar="ORIGIN",
                     help="a JupyterLab that may use it, as http://localhost:8888; may be repeated (default: port 8888 here)")
    out.add_argument("--store", action="append", metavar="ORIGIN", help="where ciphertexts may go (default: as --lab)")
    out.add_argument("--mode", choices=("local", "hub"), default="local", help="hub: this machine is not the user's own")
    out.add_argument("--no-browser", action="store_true", help="do not open a window")
    out.add_argument("--until-eof", action="store_true", help="end when standard input closes (implied by --port 0)")
    return out


def main(words=None):
    """Serve until it is stopped.

    Parameters
    ----------
    words : list of str, optional

    Returns
    -------
    int
        Exit status: 0, or 2 for what was refused.
    """
    args = parser().parse_args(words)
    labs = args.lab or ["http://localhost:8888", "http://127.0.0.1:8888"]
    try:
        vault = Vault(args.port, labs, args.store, args.host, args.mode)
    except (ValueError, BundleError) as why:
        print(f"jupyterfhe: {why}", file=sys.stderr)
        return 2
    except OSError as why:
        print(f"jupyterfhe: port {args.port}: {why.strerror}; choose another with --port", file=sys.stderr)
        return 2
    child = args.until_eof or args.port == 0
    if child:
        print(json.dumps({"port": vault.port, "url": vault.url, "pid": os.getpid()}), flush=True)
        threading.Thread(target=_end_with_parent, args=(vault,), daemon=True).start()
    else:
        print(f"The vault is at {vault.url} for {', '.join(vault.labs)}; Ctrl-C stops it.", flush=True)
        if not args.no_browser:
            webbrowser.open(vault.url)
    with contextlib.suppress(KeyboardInterrupt):
        vault.serve()
    return 0


def _end_with_parent(vault):
    """Wait for the end of standard input."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    vault.close()

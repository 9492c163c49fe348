"""The kernelspec `Python 3 (JupyterFHE)`, and where Jupyter looks for it."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

NAME, TITLE = "jupyterfhe", "Python 3 (JupyterFHE)"


def spec(python="python"):
    """The contents of ``kernel.json``.

    Parameters
    ----------
    python : str
        Jupyter reads a bare ``python`` as its own interpreter.

    Returns
    -------
    dict
    """
    # -P: a random.py beside a notebook must not be imported in the place of Python's own
    argv = [python, "-P", "-Xfrozen_modules=off", "-m", "jupyterfhe.kernel", "-f", "{connection_file}"]
    return {"argv": argv, "display_name": TITLE, "language": "python", "interrupt_mode": "signal",
            "kernel_protocol_version": "5.5", "metadata": {"debugger": True, "supported_encryption": ["curve"]}}


def install(prefix=None, user=False):
    """Put the kernelspec where Jupyter looks.

    Parameters
    ----------
    prefix : path-like, optional
        An environment's folder.
    user : bool
        The user's own folder instead.

    Returns
    -------
    str
        Where it lies.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / NAME
        made.mkdir()
        # an interpreter by its full path, for Jupyter may run in another environment
        (made / "kernel.json").write_text(json.dumps(spec(sys.executable), indent=1) + "\n")
        prefix = None if prefix is None else str(prefix)
        return KernelSpecManager().install_kernel_spec(str(made), NAME, user=user, prefix=prefix)


def remove(prefix=None):
    """Remove what :func:`install` put there.

    Parameters
    ----------
    prefix : path-like, optional
        The environment's folder.
    """
    shutil.rmtree(Path(prefix or sys.prefix) / "share/jupyter/kernels" / NAME, ignore_errors=True)


def main(words):
    """Run ``python -m jupyterfhe.kernel install``.

    Parameters
    ----------
    words : list of str

    Returns
    -------
    int
    """
    parser = argparse.ArgumentParser(prog="python -m jupyterfhe.kernel install", description=f"Install the kernelspec {TITLE}.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--sys-prefix", action="store_true", help="into this Python's environment (default)")
    where.add_argument("--user", action="store_true", help="for this user, in all environments")
    where.add_argument("--prefix", help="into the environment in this folder")
    args = parser.parse_args(words)
    try:
        place = install(None if args.user else args.prefix or sys.prefix, args.user)
    except OSError as why:
        print(f"jupyterfhe: {os.fspath(why.filename or '')}: {why.strerror}; try --user", file=sys.stderr)
        return 2
    print(f"installed {TITLE} in {place}")
    return 0

"""Reading the command line, and what every command shares: one line and status 2 for what is refused."""

import argparse
import os
import signal
import sys

from ..core import errors, workspace
from . import help as texts
from .text import harmless

BAD = 2
PRESETS = ("stats-lite", "stats", "ml", "deep", "deep-lean", "deep-small", "exact", "exact-deep")
LADDERS = ("deep-lean", "deep", "deep-small")  # presets that bootstrap, for the ring above a workspace's own


class Refused(Exception):
    """A command line that is wrong; the message says what and what to do."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing a usage of its own."""

    def __init__(self, command):
        super().__init__(prog=f"jupyterfhe {command}", add_help=False, allow_abbrev=False)
        self.add_argument("--home")

    def error(self, message):
        """Refuse."""
        raise Refused(f"{self.prog.removeprefix('jupyterfhe ')}: {message}; see jupyterfhe help {self.prog.split()[1]}")


def _init(words):
    parser = _Parser("init")
    parser.add_argument("dir", nargs="?")
    parser.add_argument("--preset", choices=PRESETS)
    parser.add_argument("--depth", type=int)
    parser.add_argument("--scale-bits", type=int)
    parser.add_argument("--security", type=int, choices=(128, 192, 256))
    parser.add_argument("--ladder", nargs="?", const=True, choices=LADDERS)
    parser.add_argument("--json", action="store_true")
    from . import init

    return init.run(parser.parse_args(words))


def _ladder(words):
    parser = _Parser("ladder")
    parser.add_argument("preset", nargs="?", choices=LADDERS)
    parser.add_argument("--key")
    parser.add_argument("--json", action="store_true")
    from . import ladder

    return ladder.run(parser.parse_args(words))


def _encrypt(words):
    parser = _Parser("encrypt")
    parser.add_argument("file")
    parser.add_argument("--as", dest="name")
    for flag in ("--yes", "--dry-run", "--json"):
        parser.add_argument(flag, action="store_true")
    for option in ("--column", "--only", "--drop", "--na"):
        parser.add_argument(option, action="append", default=[])
    parser.add_argument("--missing", choices=("mask", "refuse"))
    parser.add_argument("--categories", choices=("public", "private"), default="private")
    parser.add_argument("--names", choices=("public", "sealed"), default="public")
    parser.add_argument("--exact", choices=("no", "yes", "both"))
    parser.add_argument("--results", type=int)
    parser.add_argument("--level", type=int)
    parser.add_argument("--slots", type=int)
    parser.add_argument("--format", choices=("csv", "tsv", "json", "parquet"))
    parser.add_argument("--delimiter")
    parser.add_argument("--key")
    args = parser.parse_args(words)
    if args.name is None and not args.dry_run:
        parser.error("--as NAME is missing")
    from . import encrypt

    return encrypt.run(args)


def _inspect(words):
    parser = _Parser("inspect")
    parser.add_argument("what", nargs="*")
    parser.add_argument("--json", action="store_true")
    from . import inspect

    return inspect.run(parser.parse_args(words))


def _run(words):
    at = next((i for i, w in enumerate(words) if not w.startswith("-") and (i == 0 or words[i - 1] != "--home")), len(words))
    parser = _Parser("run")
    parser.add_argument("script")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(words[:at + 1])
    args.arguments = words[at + 1:]
    from . import run

    return run.run(args)


def _decrypt(words):
    parser = _Parser("decrypt")
    parser.add_argument("name")
    parser.add_argument("--key")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--csv")
    parser.add_argument("--json", nargs="?", const="-")
    parser.add_argument("--parquet")
    args = parser.parse_args(words)
    if sum(w is not None for w in (args.csv, args.json, args.parquet)) > 1:
        parser.error("--csv, --json and --parquet exclude each other")
    from . import decrypt

    return decrypt.run(args)


def _vault(words):
    from ..vault.command import main as serve

    return serve(words)


COMMANDS = {"init": _init, "ladder": _ladder, "encrypt": _encrypt,
            "inspect": _inspect, "run": _run, "decrypt": _decrypt, "vault": _vault}


def _dispatch(words):
    if not words or words[0] in ("-h", "--help") or words == ["help"]:
        print(texts.MAIN, end="")
        return 0 if words else BAD
    command, rest = words[0], words[1:]
    if command == "help":
        command, rest = rest[0], ["--help"]
    if command == "--version":
        from importlib.metadata import version

        print(f"jupyterfhe {version('jupyterfhe')}")
        return 0
    if command not in COMMANDS:
        raise Refused(f"there is no command '{command}'; see jupyterfhe help")
    own = rest if command != "run" else rest[:1]  # what follows a script is the script's
    if any(w in ("-h", "--help") for w in own):
        print(texts.OF[command], end="")
        return 0
    return COMMANDS[command](rest)


class Terminated(KeyboardInterrupt):
    """SIGTERM, which unlike Ctrl-C on a terminal reached this process alone."""


def _stop(number, frame):
    raise Terminated


def say(text):
    """A line on standard error."""
    print(f"jupyterfhe: {harmless(text)}", file=sys.stderr)


def main(words=None):
    """Run a command.

    Parameters
    ----------
    words : list of str, optional
        The command line by default.

    Returns
    -------
    int
        The exit status: 0, 2 for what was refused, 130 when interrupted; that of the script for ``run``.
    """
    signal.signal(signal.SIGTERM, _stop)  # so that half-made folders are removed
    try:
        status = _dispatch(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BAD
    except Refused as why:
        say(str(why))
    except KeyboardInterrupt:
        say("stopped; nothing half-written was left")
        return 130
    except errors.JupyterFHEError as why:
        say(f"{why.detail}. {why.advice}".rstrip())
        for line in getattr(why, "lines", ()):
            print(f"  {harmless(line)}", file=sys.stderr)
    except OSError as why:
        say(f"{why.filename}: {why.strerror}" if why.filename else str(why))
    except ModuleNotFoundError as why:
        if why.name != "pyarrow":
            raise
        say("reading tables needs pyarrow; install it with: pip install 'jupyterfhe[files]'")
    return BAD


def home_of(args):
    """The workspace that a command line names.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    jupyterfhe.core.workspace.Workspace
    """
    return workspace.find(args.home)


def load_key(args, space):
    """The secret key that a command line names.

    Parameters
    ----------
    args : argparse.Namespace
    space : jupyterfhe.core.workspace.Workspace

    Returns
    -------
    jupyterfhe.client.SecretKey
    """
    from ..client import SecretKey
    from ..core import Parameters

    path = args.key or space.keys / "secret.key"
    if not os.path.lexists(path):
        raise Refused(f"{path}: there is no secret key; say where it is with --key FILE")
    return SecretKey.load(path, Parameters.load(space.keys))

"""Wiring: what IPython calls when it shows, runs and asks."""

import os

from ..array import EncryptedArray
from ..array.table import EncryptedTable
from ..plan import options
from ..plan import progress as runs
from ..plot import EncryptedChart
from . import charts, faults, finished, progress, variables
from .magics import FheMagics
from .reference import bundle
from .space import current
from .store import GRANT

SHOWN = {EncryptedArray: bundle, EncryptedTable: bundle, EncryptedChart: charts.bundle,
         **dict.fromkeys(finished.KINDS, finished.bundle)}  # how each kind is shown
_loaded = {}  # by id of a shell: Variables


def hide_grant():
    """Read the grant and take it out of the environment, which ``%env`` and child processes show."""
    current()
    os.environ.pop(GRANT, None)


def load(shell):
    """Connect a shell; harmless when it is connected.

    Parameters
    ----------
    shell : InteractiveShell
    """
    if id(shell) in _loaded:
        return
    hide_grant()
    if options.shelf is None and (space := current()) is not None:
        options.shelf = space.cache.unfinished  # an interrupted cell goes on where it stopped
    for kind, show in SHOWN.items():  # for_type serves subclasses too
        shell.display_formatter.mimebundle_formatter.for_type(kind, lambda value, show=show: show(current(), value))
    shell.register_magics(FheMagics)
    faults.show_short()
    runs.maker = progress.of_run
    watch = _loaded[id(shell)] = variables.Variables(shell, current)
    shell.events.register("pre_run_cell", watch.started)
    shell.events.register("post_run_cell", watch.ended)
    kernel = getattr(shell, "kernel", None)
    if kernel is not None and hasattr(kernel, "comm_manager"):
        kernel.comm_manager.register_target(variables.TARGET, watch.opened)


def unload(shell):
    """Disconnect a shell.

    Parameters
    ----------
    shell : InteractiveShell
    """
    watch = _loaded.pop(id(shell), None)
    if watch is None:
        return
    for kind in SHOWN:
        shell.display_formatter.mimebundle_formatter.pop(kind, None)
    shell.events.unregister("pre_run_cell", watch.started)
    shell.events.unregister("post_run_cell", watch.ended)
    shell.magics_manager.magics["line"].pop("fhe", None)
    runs.maker = None
    kernel = getattr(shell, "kernel", None)
    if kernel is not None and hasattr(kernel, "comm_manager"):
        kernel.comm_manager.unregister_target(variables.TARGET, watch.opened)

"""What a person reads when something is refused: the line of the cell, what was wrong, what to do."""

import linecache
import traceback

from ..core.errors import JupyterFHEError


def _cell_line(error):
    """The innermost line of a cell that led here, as text; empty when none did."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "ipykernel_" in frame.filename or frame.filename.startswith("<ipython-input"):
            return f"line {frame.lineno}: {linecache.getline(frame.filename, frame.lineno).strip()[:200]}"
    return ""


def lines(error):
    """The lines that IPython shows in the place of a traceback; ``%tb`` shows it all.

    Parameters
    ----------
    error : JupyterFHEError

    Returns
    -------
    list of str
    """
    return [*filter(None, [_cell_line(error)]), f"{type(error).__name__}: {error}"]


def shorten(error):
    """Let an interruption read like a refusal: where, and what next, without the frames of this package.

    Parameters
    ----------
    error : BaseException
        Others than KeyboardInterrupt are left as they are.
    """
    if isinstance(error, KeyboardInterrupt):
        said = "KeyboardInterrupt: stopped. Run the cell again: it goes on where it stopped."
        error._render_traceback_ = lambda: [*filter(None, [_cell_line(error)]), said]


def show_short():
    """Tell IPython, which asks an exception for ``_render_traceback_``."""
    JupyterFHEError._render_traceback_ = lines

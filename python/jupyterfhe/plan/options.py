"""What a person may set: how results are shown, how much may be spent."""

import contextlib
import math
import os

from ..core.errors import ArgumentError

SHELF = "JUPYTERFHE_SHELF"  # variable that says where finished results are kept


def _count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _positive_interval(v):
    return isinstance(v, tuple) and len(v) == 2 and all(isinstance(x, (int, float)) for x in v) and 0 < v[0] < v[1] < math.inf


_CHECKS = {
    "progress": (lambda v: v in ("auto", True, False), "'auto', True or False"),
    "slow": (lambda v: isinstance(v, (int, float)) and v >= 0, "a number of seconds"),
    "keep_levels": (lambda v: v is None or _count(v), "None or a count of levels"),
    "max_operations": (lambda v: _count(v) and v > 0, "a positive count"),
    "memory_limit": (lambda v: v is None or _count(v), "None or a count of bytes"),
    "optimize": (lambda v: v in (0, 1, 2, 3), "0 to 3"),
    "precision": (lambda v: isinstance(v, (int, float)) and 0 < v < 1, "a number between 0 and 1"),
    "least_spread": (lambda v: v is None or (isinstance(v, (int, float)) and 0 < v <= 1), "None or a number in (0, 1]"),
    "resolution": (lambda v: v is None or (isinstance(v, (int, float)) and 0 < v < math.inf), "None or a number above 0"),
    "shelf": (lambda v: v is None or isinstance(v, (str, os.PathLike)), "None or a folder"),
    "shelf_limit": (_count, "a count of bytes"),
    "eigenvalues": (lambda v: v is None or _positive_interval(v), "None or a pair (low, high), 0 < low < high"),
}


class Options:
    """Settings of the whole process; ``with options.set(progress=False):`` changes some for a while.

    Attributes
    ----------
    progress : {'auto', True, False}
        Whether a run that takes longer than `slow` shows a bar; 'auto' does in terminals and notebooks.
    slow : float, default=1.0
        Seconds of forecast from which a bar is shown.
    keep_levels : int or None, default=None
        Levels that :meth:`compute` leaves for further work; None leaves all that the inputs allow. Fewer is faster.
    max_operations : int, default=20_000
        The most rotations and products that a change of layout may cost before it is refused with a rewrite.
    memory_limit : int or None, default=None
        Bytes that a run may take; a plan that needs more is refused with both numbers.
    optimize : {0, 1, 2, 3}, default=2
        How hard the planner works.
    precision : float, default=1e-6
        Error wanted of approximations by polynomials, as a share of the width of the function's values.
    least_spread : float or None, default=None
        Promise that every standard deviation is at least this share of half the width of its numbers' declared range; None
        promises nothing. Divisions by standard deviations need it. Results are wrong, unseen, where it is broken.
    resolution : float or None, default=None
        Promise that numbers which are compared and differ at all, differ by this or more: 1 for whole numbers, 0.01 for cents.
        Comparisons, extremes and order need it, np.abs, maximum, minimum and clip are finer with it; a finer one takes more
        levels. Results are wrong, unseen, where it is broken.
    shelf : path-like or None, default=None
        Folder where finished results of runs that take longer than `slow` are kept, encrypted as they are, so that the same run
        after an interruption, or ``kill -9``, computes only what is missing. ``jupyterfhe run`` sets the workspace's (by the
        variable JUPYTERFHE_SHELF).
    shelf_limit : int, default=2 GiB
        Bytes that such results may take together; the oldest go first.
    eigenvalues : (float, float) or None, default=None
        Promise that matrices given to ``np.linalg.solve`` and ``inv`` are symmetric, of eigenvalues in this interval; None
        takes what can be proved. Results are wrong, unseen, where it is broken.
    """

    __slots__ = tuple(_CHECKS)

    def __init__(self):
        """Defaults."""
        self.progress, self.slow, self.keep_levels = "auto", 1.0, None
        self.max_operations, self.memory_limit, self.optimize = 20_000, None, 2
        self.precision, self.least_spread, self.eigenvalues, self.resolution = 1e-6, None, None, None
        self.shelf, self.shelf_limit = os.environ.get(SHELF) or None, 2 << 30

    def __setattr__(self, name, value):
        """Refuse what is no setting, or not one of its values."""
        if name not in _CHECKS:
            raise AttributeError(f"there is no option {name!r}; there are {', '.join(_CHECKS)}")
        check, words = _CHECKS[name]
        if not check(value):
            raise ArgumentError(f"option {name} is {words}, not {value!r}")
        object.__setattr__(self, name, value)

    @contextlib.contextmanager
    def set(self, **changes):
        """Change some settings inside a ``with`` block.

        Parameters
        ----------
        **changes
            Settings by name.

        Yields
        ------
        Options
        """
        before = {name: getattr(self, name, None) for name in changes}
        try:
            for name, value in changes.items():
                setattr(self, name, value)
            yield self
        finally:
            for name, value in before.items():
                if name in _CHECKS:
                    setattr(self, name, value)

    def __repr__(self):
        """All settings."""
        return f"Options({', '.join(f'{name}={getattr(self, name)!r}' for name in _CHECKS)})"


options = Options()

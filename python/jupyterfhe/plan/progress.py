"""A bar that shows the time a run still needs, by the pace so far."""

import sys

from .options import options

maker = None  # a kernel puts a function of the forecast here, whose results have at(done, seconds_left) and show themselves


class Bar:
    """Shown when a run is forecast to be slow; silent otherwise.

    Parameters
    ----------
    seconds : float
        The forecast.
    words : str
        What is being done.
    """

    def __init__(self, seconds, words):
        """Open a bar where one is wanted."""
        self._bar, self._shown = None, None if maker is None else maker(seconds)
        if self._shown is not None:
            return
        wanted = options.progress
        if wanted is False or (wanted == "auto" and (seconds < options.slow or not (_notebook() or sys.stderr.isatty()))):
            return
        self._bar = _kind()(total=1.0, desc=words, file=sys.stderr, leave=False,
                            bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}{postfix}")

    def show(self, state):
        """Show how far a run is.

        Parameters
        ----------
        state : cdata
            A ``jfhe_run_state *``.
        """
        if self._shown is not None:
            self._shown.at(min(state.done, 1.0), state.seconds_left)
        elif self._bar is not None:
            self._bar.n = min(state.done, 1.0)
            self._bar.set_postfix_str(f"{remaining(state.seconds_left)} left", refresh=True)

    def __enter__(self):
        """Itself."""
        if self._shown is not None:
            self._shown.__enter__()
        return self

    def __exit__(self, *failure):
        """Close."""
        if self._shown is not None:
            self._shown.__exit__(*failure)
        if self._bar is not None:
            self._bar.close()


def remaining(seconds):
    """Seconds in words."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes}:{seconds:02} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _notebook():
    """Whether a Jupyter kernel runs us; IPython is not loaded to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _kind():
    if _notebook() and "ipywidgets" in sys.modules:
        from tqdm.notebook import tqdm
    else:
        from tqdm.std import tqdm
    return tqdm

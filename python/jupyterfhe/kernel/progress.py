"""Progress of computing, uploading and fetching: shown in the cell's output, and told to the page (protocol/kernel.md)."""

import secrets
import sys
import time

from ..core.errors import CancelledError
from ..plan import options
from ..plan.progress import remaining

MIME = "application/vnd.jupyterfhe.progress+json"
EVERY = 0.25  # seconds between two messages
PACE = 50e6  # bytes a second that a store is expected to take and give
HASHED = 500e6  # and that are hashed where its files are read as they lie
WORDS = {"compute": ("computing", "computed"), "upload": ("uploading", "uploaded"), "download": ("fetching", "fetched"),
         "keys": ("preparing keys", "prepared keys")}

listeners = set()  # called with each message: the variables comm is one


def expected(size, local=False):
    """Seconds that so many bytes are expected to take.

    Parameters
    ----------
    size : int
    local : bool
        Whether they need not be sent.

    Returns
    -------
    float
    """
    return size / (HASHED if local else PACE)


def publisher():
    """The notebook's display publisher, or None where there is none. IPython is not loaded to find out.

    Returns
    -------
    object or None
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell.display_pub if type(shell).__name__ == "ZMQInteractiveShell" else None


class Show:
    """One thing that takes time; ``with Show(...) as shown: shown.add(n)``.

    Parameters
    ----------
    label : {'compute', 'upload', 'download', 'keys'}
    total : float
        Bytes, or 1 for a share.
    forecast : float
        Seconds. Nothing is shown below ``options.slow``, unless it turns out longer.
    """

    def __init__(self, label, total, forecast):
        """Show nothing yet."""
        self.label, self.total, self._forecast = label, max(total, 0), forecast
        self.done, self.left, self._start, self._last = 0, None, time.monotonic(), 0.0
        self.id, self._shown, self._bar = f"fhe-{secrets.token_hex(8)}", False, None

    def __enter__(self):
        """Itself."""
        if self.total and self._forecast > options.slow:
            self._tell("running")
        return self

    def add(self, more):
        """So much more is done.

        Parameters
        ----------
        more : float
        """
        self.done = min(self.done + more, self.total)
        past = time.monotonic() - self._start
        self.at(self.done, past * (self.total - self.done) / self.done if self.done else None)

    def at(self, done, left):
        """So much is done.

        Parameters
        ----------
        done : float
        left : float or None
            Seconds.
        """
        self.done, self.left = max(self.done, min(done, self.total)), left
        now = time.monotonic()
        slow = max(self._forecast, now - self._start + (left or 0.0) if now - self._start > EVERY else 0.0) > options.slow
        if slow and now - self._last >= EVERY:
            self._tell("running")

    def __exit__(self, kind, why, trace):
        """The last word, if there was a first."""
        if kind is None:
            self.done, self.left = self.total, 0.0
        if self._last:
            stopped = kind is not None and issubclass(kind, (KeyboardInterrupt, CancelledError))
            self._tell("done" if kind is None else "cancelled" if stopped else "failed")

    def message(self, state):
        """What is told.

        Parameters
        ----------
        state : str

        Returns
        -------
        dict
        """
        return {"version": 1, "id": self.id, "label": self.label, "done": self.done, "total": self.total,
                "seconds_left": None if self.left is None else round(self.left, 2),
                "seconds": round(time.monotonic() - self._start, 2), "state": state}

    def _tell(self, state):
        self._last = time.monotonic()
        message = self.message(state)
        for listener in list(listeners):
            listener(message)
        if options.progress is False:
            return
        publish = publisher()
        if publish is not None:
            publish.publish({MIME: message, "text/plain": self._words(message)}, transient={"display_id": self.id},
                            update=self._shown)
            self._shown = True
        elif options.progress is True or sys.stderr.isatty():
            self._terminal(message)

    def _words(self, message):
        state, seconds = message["state"], message["seconds"]
        if state == "done":
            return f"{WORDS[self.label][1]} in {remaining(seconds)}"
        share = f"{WORDS[self.label][0]}: {100 * self.done / self.total:.0f} %" if self.total else WORDS[self.label][0]
        if state != "running":
            return f"{share}, {state} after {remaining(seconds)}"
        return share if self.left is None else f"{share}, {remaining(self.left)} left"

    def _terminal(self, message):
        if self._bar is None:
            from tqdm.std import tqdm
            self._bar = tqdm(total=1.0, desc=WORDS[self.label][0], file=sys.stderr, leave=False,
                             bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}{postfix}")
        self._bar.n = self.done / self.total if self.total else 0.0
        self._bar.set_postfix_str("" if self.left is None else f"{remaining(self.left)} left", refresh=True)
        if message["state"] != "running":
            self._bar.close()


def of_run(seconds):
    """What :class:`jupyterfhe.plan.progress.Bar` shows a run with, in a kernel.

    Parameters
    ----------
    seconds : float
        Forecast.

    Returns
    -------
    Show
    """
    return Show("compute", 1.0, seconds)

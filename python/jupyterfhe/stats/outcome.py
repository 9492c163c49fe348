"""What a statistic gives: named numbers that are finished at decryption."""

from ..array import EncryptedArray
from ..array.finish import finished
from ..core.errors import ArgumentError
from ..frame import EncryptedSeries, Output, Result
from ..frame.columns import centred
from ..frame.revived import revived


class Outcome:
    """Named numbers, as scipy's results have them.

    Parameters
    ----------
    title : str
        ``TtestResult`` say.
    **fields : Finished, EncryptedArray or number
    """

    def __init__(self, title, **fields):
        """Keep the fields."""
        self.title, self.fields = title, {n: finished(x) for n, x in fields.items()}

    def __getattr__(self, name):
        """A field."""
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(f"there is no {name!r} among {', '.join(self.__dict__.get('fields', ()))}") from None

    def __iter__(self):
        """Fields in order, for ``statistic, pvalue = ...``."""
        return iter(self.fields.values())

    @classmethod
    def of(cls, result):
        """What a saved record was.

        Parameters
        ----------
        result : jupyterfhe.frame.Result

        Returns
        -------
        Outcome or Finished
            A single number without a title is itself.
        """
        if not result.title and len(result.outputs) == 1:
            return result.outputs[0].cells
        return cls(result.title, **{o.name or f"c{i}": o.cells for i, o in enumerate(result.outputs)})

    def result(self):
        """What is saved and opened.

        Returns
        -------
        jupyterfhe.frame.Result
        """
        return Result("record", [Output(n, x) for n, x in self.fields.items()], title=self.title)

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted results are not pickled: save them by name")

    def __repr__(self):
        """Names; never a value."""
        return f"<{self.title}: {', '.join(self.fields)}, finished at decryption>"


def opened(result):
    """A saved result as the frame, series, statistic or number that it was.

    Parameters
    ----------
    result : jupyterfhe.frame.Result

    Returns
    -------
    EncryptedFrame, EncryptedSeries, Outcome, Finished or Result
    """
    return Outcome.of(result) if result.shape == "record" else revived(result)


def sample(x, name="x"):
    """What a statistic takes, as a series of numbers.

    Parameters
    ----------
    x : EncryptedSeries or EncryptedArray of shape (n,)
    name : str
        For messages.

    Returns
    -------
    EncryptedSeries
    """
    if isinstance(x, EncryptedArray):
        rest, offset = centred(x)
        return EncryptedSeries(rest, None, name, offset=offset)
    if not isinstance(x, EncryptedSeries):
        raise ArgumentError(f"{name} is a {type(x).__name__}, no encrypted series", "Statistics of public data are scipy's.")
    return x._numbers("a statistic")


def pair(a, b):
    """Two samples of the same rows, and their sums."""
    a, b = sample(a, "x"), sample(b, "y")
    return a, b, a._pair(b)

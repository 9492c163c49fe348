"""Text for terminals: tables, sizes, numbers with honest digits, and a bar for what takes longer than a second."""

import contextlib
import datetime
import math
import sys
import unicodedata

import numpy as np


def harmless(text):
    """Text that cannot move a cursor or hide: control and formatting characters become visible.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return "".join(c if unicodedata.category(c)[0] != "C" else f"\\x{ord(c):02x}" for c in text)


def shortened(text, most):
    """Text of at most `most` characters."""
    return text if len(text) <= most else text[:most - 1] + "…"


def columns(rows, right=(), gap="  ", most=40):
    """Lines of aligned columns.

    Parameters
    ----------
    rows : list of list of str
    right : container of int
        Columns that are aligned to the right.
    gap : str
    most : int
        Longer cells are shortened.

    Returns
    -------
    list of str
    """
    rows = [[shortened(harmless(cell), most) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [gap.join(cell.rjust(w) if i in right else cell.ljust(w)
                     for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]


def bounds(kind, lo, hi, unit, epoch):
    """Bounds of a column in words; dates as dates.

    Parameters
    ----------
    kind : str
    lo, hi : float
    unit, epoch : str or None

    Returns
    -------
    str
    """
    ends = [f"{end:.0f}" if float(end).is_integer() and abs(end) < 1e15 else f"{end:.6g}" for end in (lo, hi)]
    if kind in ("date", "datetime"):
        try:
            start = datetime.datetime.fromisoformat(epoch)
            day = kind == "date"
            moments = [start + (datetime.timedelta(end) if day else datetime.timedelta(seconds=end)) for end in (lo, hi)]
            ends = [str(m.date()) if day else m.isoformat(timespec="seconds") for m in moments]
        except OverflowError:  # before the year 1 or after 9999
            pass
        unit = None
    return f"{ends[0]} .. {ends[1]}" + (f" {unit}" if unit else "")


def seconds(count):
    """Seconds in words."""
    if count < 1:
        return f"{count * 1e3:.0f} ms"
    return f"{count:.1f} s" if count < 100 else f"{int(count) // 60}:{int(count) % 60:02} min"


def decimals(bound):
    """Digits behind the point that a bound supports: the last one's unit is between the bound and ten times it.

    Parameters
    ----------
    bound : float

    Returns
    -------
    int or None
        Negative before the point; None when the number is exact.
    """
    if bound == 0:
        return None
    if not math.isfinite(bound):
        return -400
    return -math.ceil(math.log10(bound) - 1e-12)


def cut(value, bound):
    """A number cut to the digits that its bound supports, and a bound on what is left.

    Parameters
    ----------
    value, bound : float

    Returns
    -------
    (str, float)
        The text, and a bound on the distance of the number it shows from the true one.
    """
    places = decimals(bound)
    if places is None:
        text = f"{value:.0f}" if value == math.floor(value) and abs(value) < 1e16 else repr(value)
        return text, 0.0
    if not math.isfinite(value):
        return "undefined", math.inf
    digits = places + (math.floor(math.log10(abs(value))) if value else 0)  # behind the first one
    if places > 15 or abs(value) >= 1e16 or places < 0:
        text = f"{value:.{min(max(digits, 0), 16)}e}" if digits >= 0 or value == 0 else "0"
    else:
        text = f"{value:.{places}f}"
    # float(text) is within half a unit in the last place of what the text says: 2^-53 of it
    off = abs(float(text) - value) + 2.0**-52 * abs(value)
    return ("0" if float(text) == 0 else text), (bound + off) * (1 + 2.0**-40)


def cut_all(values, bound):
    """As :func:`cut`, of many numbers of one bound.

    Parameters
    ----------
    values : ndarray of float64 of shape (n,)
    bound : float

    Returns
    -------
    (list of str, float)
        The largest of their bounds.
    """
    places = decimals(bound)
    if places is None or not 0 <= places <= 15 or not (np.abs(values) < 1e16).all():
        pairs = [cut(v, bound) for v in values.tolist()]
        return [text for text, _ in pairs], max((left for _, left in pairs), default=0.0)
    texts = [f"{v:.{places}f}" for v in values.tolist()]
    shown = np.array(list(map(float, texts)))
    texts = [text if number else "0" for text, number in zip(texts, shown.tolist(), strict=True)]
    off = np.abs(shown - values) + 2.0**-52 * np.abs(values)
    return texts, (bound + float(off.max(initial=0.0))) * (1 + 2.0**-40)


def shown_bound(bound):
    """A bound with two digits, not below it."""
    if not math.isfinite(bound):
        return "any"
    text, step = f"{bound:.1e}", 0
    while float(text) < bound:
        step += 1
        text = f"{bound * (1 + 0.02 * step):.1e}"
    return text


@contextlib.contextmanager
def progress(total, words):
    """A bar on a terminal, from the first second on.

    Parameters
    ----------
    total : int
    words : str

    Yields
    ------
    callable
        ``tell(n)``: n more are done.
    """
    from tqdm.std import tqdm

    with tqdm(total=total, desc=words, delay=1, leave=False, file=sys.stderr, disable=not sys.stderr.isatty(),
              bar_format="{desc} {percentage:3.0f}%|{bar}| {remaining} left") as bar:
        yield bar.update

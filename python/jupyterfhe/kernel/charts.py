"""What a cell shows of an encrypted chart: what to draw, and references to numbers (protocol/kernel.md)."""

import time

from . import finished
from .reference import reference, shown

MIME = "application/vnd.jupyterfhe.chart+json"


def specification(space, chart):
    """Compute what a chart needs, put it into the store, and say how to draw it.

    Parameters
    ----------
    space : Space
    chart : EncryptedChart

    Returns
    -------
    dict
    """
    start = time.monotonic()
    refs = [(finished.reference if isinstance(a, finished.KINDS) else reference)(space, a) for a in chart.arrays]
    return chart.spec() | {"refs": refs, "seconds": round(time.monotonic() - start, 3)}


def bundle(space, chart):
    """What a cell shows, by MIME type.

    Parameters
    ----------
    space : Space or None
        None shows text alone.
    chart : EncryptedChart

    Returns
    -------
    dict
    """
    if space is None or chart.is_clear:
        return {"text/plain": repr(chart)}
    return shown(chart, MIME, lambda: specification(space, chart))

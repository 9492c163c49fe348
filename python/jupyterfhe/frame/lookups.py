"""One row's numbers under each label, settled, and looked up by the rows of another table.

Every row has one label at most, and sums are over the rows that there are: no bound of a single operation knows either, so
errors would be counted as often as there are labels, and slots. They are settled instead, each time before they would be
(adr/0047): what a number is off is a part of it then, which counts for its own label and for rows alone, once what stands
behind the rows is taken away. Depth: a level for what leaves rows alone, at each side, and the product.
"""

import numpy as np

from ..array import interval as iv
from ..array.approximation.signs import HALF, settling
from ..array.functions.within import narrowed
from ..array.layout import mapped
from ..array.strip import Strip, rescaled
from ..plan import Value, Vector
from .products import left, product
from .sharp import ROOM_MAX, SURELY

LAST = 2  # the product with a mask, and what leaves out slots behind its rows
QUARTER = 0.2  # settled numbers are twice as large, and with what they are off below HALF: they are settled again


def gathered(parts, low, high, rows):
    """Sums over rows of one table, of which one a label is not 0.

    Parameters
    ----------
    parts : dict of int to EncryptedArray of shape (n,)
        Rows under a label.
    low, high : float
        Where the sums lie.
    rows : int
        Of the table that looks them up.

    Returns
    -------
    dict of int to EncryptedArray of shape (rows,), or None
        The same number in each row; None where levels or room lack.

    Notes
    -----
    Cost: a level, a sum over as many slots as both tables have rows, and a conjugation a label.
    """
    strips = _strips(parts)
    if strips is None or min(map(left, parts.values())) < LAST + 1:
        return None
    wide = QUARTER
    for s in strips:
        far = max(abs(low), abs(high)) + s.length * abs(s.shift)
        wide = max(wide, iv.up((far + _drift(s, _window(s, rows))) / abs(s.gain)))
    # one ratio for all, so that their sum needs no level
    sums = [_summed(rescaled(s, s.gain * wide / QUARTER), rows) for s in strips]
    sums = None if None in sums else _settled(sums)
    return None if sums is None else {i: _number(parts[i], s) for i, s in zip(parts, sums, strict=True)}


def looked_up(codes, cells, low, high):
    """Each row's number: that of its label.

    Parameters
    ----------
    codes : EncryptedCategorical
        Of rows.
    cells : dict of int to EncryptedArray
        As :func:`gathered` gives them.
    low, high : float
        Where they lie, 0 among them.

    Returns
    -------
    EncryptedArray of shape (rows,)
        What stands behind its rows is unknown, so that sums leave it out.
    """
    total, behind = None, 0.0
    for i, cell in cells.items():
        part = product([codes.indicator([i]), cell], summed=False)
        total = part if total is None else total + part
        behind += max(abs(s.gain) * _behind(s) for s in part.strips.flat)
    numbers = [c.strips.flat[0] for c in cells.values()]
    drifts = [s.drift for s in numbers]
    # a row is off by what its own label's number is off, not by what all are: each part has counted its own once or more
    more = max(drifts) - sum(drifts) * (1 - 2.0**-40)

    levels = left(total)

    def one_of_them(strip):
        strip = narrowed(strip, low, high)._like(drift=iv.up(strip.drift + more), pad=None)
        reach = max(strip.size, behind / abs(strip.gain))
        if reach > HALF and levels > LAST:  # masks that leave out missing labels are of a unit of their own
            strip = rescaled(strip, strip.gain * iv.up(reach / HALF) * (1 + 2.0**-40))
        held = _settled([strip], behind / abs(strip.gain))
        return strip if held is None else held[0]
    return total.like(strips=mapped(one_of_them, total.strips))


def _strips(parts):
    """The strips of arrays of one strip of one ciphertext each; None of others, and where levels come back."""
    out = []
    for part in parts.values():
        if getattr(part, "exact", False) or part.strips.size != 1 or part.session.between is not None:
            return None
        out.append(part.strips.flat[0])
        if out[-1].length is None or out[-1].chunks > 1 or any(isinstance(c, complex) for c in (out[-1].gain, out[-1].shift)):
            return None
    return out


def _behind(strip):
    """Bound on what slots behind the rows hold."""
    if not strip.behind:
        return 0.0
    if strip.pad is None:
        return max(v.mag for v in strip.values)
    return strip.pad.mag if isinstance(strip.pad, Value) else abs(strip.pad)


def _settled(strips, behind=0.0):
    """The same numbers, where what they were off is a part of them: a conjugation each; None without room for that."""
    if max([behind, *(s.size for s in strips)]) > HALF:
        return None
    room = SURELY * settling([v for s in strips for v in s.values])
    if room > ROOM_MAX:
        return None
    out = []
    for s in strips:
        reach = iv.up(2 * max(s.size, behind) + room)
        values = tuple(v.promising((1 - room) / 2, always=True).settle(1).promising(reach) for v in s.values)
        out.append(s._like(values=values, gain=s.gain / 2, range=iv.add(iv.scale(s.range, 2.0), iv.sym(room)),
                           pad=values[0] if s.length is None else None, drift=iv.up(s.drift + abs(s.gain) / 2 * room)))
    return out


def _drift(strip, count):
    """Bound on what a sum over so many slots of a strip is off, but for errors."""
    return iv.up(count * (strip.drift + 16 * iv.EPS * (strip.largest + abs(strip.shift))))


def _window(strip, rows):
    """A power of two that reaches from any of some rows to all of a strip's."""
    return min(1 << (strip.length + rows - 2).bit_length(), strip.session.slots)


def _summed(strip, rows):
    """The sum over a strip's rows in each of some rows: over a window of slots that begins in any of them and ends behind all.

    A sum is off by as much as it has slots. Every window holds some of the rows, of which one is not 0 at the most; what stands
    behind them is known.
    """
    n, slots, (value,) = strip.length, strip.session.slots, strip.values
    count = _window(strip, rows)
    every, total = count == slots, value.inner_sum(count)
    if strip.behind and strip.pad != 0:
        if not isinstance(strip.pad, float):
            return None
        empty = np.cumsum(np.r_[0, np.tile(np.arange(slots) >= n, 2)])
        total = total.add_vector(Vector(-strip.pad * (empty[count:count + slots] - empty[:slots])))
    total = (total if every else total.rotate(1 - rows)).promising(QUARTER, always=True)
    pad = total if every else None
    return Strip(strip.session, (total,), None if every else rows, strip.gain, n * strip.shift, iv.sym(QUARTER), pad,
                 _drift(strip, count))


def _number(array, strip):
    several = strip.length is not None
    strips = np.empty((), dtype=object)
    strips[()] = strip
    return array.like(shape=(strip.length,) if several else (), dtype=np.dtype(float), slot_axis=0 if several else None,
                      strips=strips)

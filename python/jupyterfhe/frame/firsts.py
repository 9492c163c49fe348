"""The first row of each declared value as an encrypted mask, which sums can use.

How many rows of its value stand before a row is a sum over a window of slots, without a level. Whether that is 0 is told by
Chebyshev's polynomials: on an interval from 1 to twice the rows they stay within 1, and beyond it they grow fastest. Two of
them make one whose degree is the product of both, and which is settled in between; what comes out is made sharp as masks are
(sharp.py). Depth beyond the masks: about log2(rows)/2 + 7 levels (adr/0047).
"""

import itertools
import math

import numpy as np

from ..array import interval as iv
from ..array.approximation import certify
from ..array.approximation.signs import HALF, settling
from ..array.finish import Finished
from ..array.strip import Strip
from ..array.twin import approximate
from ..core import Polynomial
from ..plan import Vector
from ..plan.notes import note
from .products import left, product
from .refusal import Refused
from .sharp import ROOM_MAX, SURELY, cubed

GOAL = 2.0**-7  # of a row: what all slots may be off together by the polynomials' own distance from 0
DEGREES = ((3, 3), (3, 7), (7, 7), (7, 15), (15, 15), (15, 31), (31, 31))  # a level more each
NEXT = 2  # levels for the product with a column, and its sum
INSTEAD = ("Shown and saved, such frames need no level. Sums of them do: encrypt with more of them, Parameters.custom(...), or "
           "group by the same columns.")


class Firsts(Finished):
    """A filter that the reader's side decides, and that can be had as an encrypted mask too."""

    __slots__ = ("_made", "_parts")

    def __init__(self, told, columns, keep, factors):
        """Keep what both forms are made of.

        Parameters
        ----------
        told : Finished
            The filter as a recipe.
        columns, keep, factors
            As of :func:`jupyterfhe.frame.repeats.repeated`.
        """
        super().__init__(told.op, told.args, told.data, told.shape)
        self._parts, self._made = (columns, keep, factors), None

    def sealed(self):
        """The mask under encryption, made once.

        Returns
        -------
        EncryptedArray of shape (rows,)

        Raises
        ------
        Refused
            Where levels lack, and of more rows than half a ciphertext holds.

        Notes
        -----
        Cost: for every combination of declared values a mask, a sum over slots, a polynomial, three products and two
        conjugations.
        """
        if self._made is None:
            self._made = _sealed(*self._parts)
        return self._made


def _sealed(columns, keep, factors):
    total = None
    for masks in itertools.product(*(_masks(c) for c in columns)):
        mask = masks[0] if len(masks) + len(factors) == 1 else product([*masks, *map(approximate, factors)])
        if total is None and len(mask) > 1:
            _check(mask, columns)
        part = product([mask, mask.like(strips=_alone(mask.strips, keep))]) if len(mask) > 1 else mask
        total = part if total is None else total + part
    names, spent = ", ".join(str(c.name) for c in columns), left(mask) - left(part)
    note(total.values[0], f"rows that stay of those alike in {names}: counted, {spent} levels beyond the masks")
    return total


def _masks(series):
    """Where each declared value is, and where none is."""
    codes = series._categories("sums over rows that do not repeat others")
    found = [approximate(codes.indicator([i])) for i in range(len(codes))]
    if codes.valid is not None:
        found.append(~codes.valid if isinstance(codes.valid, np.ndarray) else 1.0 - approximate(codes.valid))
    return found


def _check(mask, columns):
    """Refuse what would not fit, before it is planned."""
    (strip,) = mask.strips.flat if mask.strips.size == 1 else (None,)
    session, rows = mask.session, len(columns[0].index)
    if strip is None or strip.chunks > 1 or rows + 2 * _window(rows) > session.slots:
        raise Refused(f"sums over first rows of {rows:,} rows in {session.slots:,} slots",
                      "A third of a ciphertext holds them: encrypt into larger chunks, or group by the same columns.")
    needed = 1 + sum(d.bit_length() for d in _degrees(rows, session.slots)) + 2 + 1 + NEXT
    if session.between is None and left(mask) < needed:
        raise Refused(f"sums over the rows that are first of their values: {needed} levels beyond the masks, which leave "
                      f"{left(mask)}", INSTEAD)


def _window(rows):
    """A power of two that reaches from any row to all before it."""
    return 1 << max(rows - 2, 0).bit_length()


def _degrees(rows, slots):
    """Degrees of the two polynomials, of least depth, that are small enough from 1 to twice the rows."""
    end = math.acosh(1 + 2 / (2 * rows - 1))
    for pair in DEGREES:
        if 3 * slots / math.cosh(end * math.prod(pair)) ** 2 <= GOAL:
            return pair
    raise Refused(f"sums over first rows of {rows:,} rows", INSTEAD)


def _alone(strips, keep):
    """Strips that are 1 where no other row of the mask stands before, behind, or at all."""
    out = strips.copy()
    out.flat[0] = _zero(_counts(strips.flat[0], keep))
    return out


def _counts(strip, keep):
    """How many rows that count stand before each (behind it, elsewhere); behind the last row as many as rows, and more."""
    if strip.pad is None or not isinstance(strip.pad, float):
        strip = strip.masked()
    session, rows = strip.session, strip.length
    (value,), slots, wide = strip.values, session.slots, _window(rows)
    window, sums = np.zeros(slots), None
    for shift in {"first": (-wide,), "last": (1,), False: (-wide, 1)}[keep]:
        window[(shift + np.arange(wide)) % slots] = 1
        part = value.inner_sum(wide).rotate(shift)
        sums = part if sums is None else sums.add(part)
    empty, reach = np.arange(slots) >= rows, window.sum()
    pads = np.rint(np.fft.irfft(np.fft.rfft(empty) * np.conj(np.fft.rfft(window)), slots))  # of slots in each one's window
    behind = strip.pad + strip.shift / strip.gain  # what a pad adds to a count, in the units of the slots
    counts = sums.add_vector(Vector(-pads * behind + np.where(empty, rows / strip.gain, 0.0)))
    shift = strip.shift * reach
    ends = sorted(((0.0 - shift) / strip.gain, (2.0 * rows - shift) / strip.gain))
    drift = iv.up(reach * (strip.drift + 8 * iv.EPS * (abs(strip.shift) + abs(strip.gain))))
    counts = counts.promising(iv.up(max(map(abs, ends))))
    return strip._like(values=(counts,), shift=shift, range=tuple(ends), pad=None, drift=drift)


def _zero(counts):
    """1 where a count is 0, 0 where it is 1 or more: a level, a polynomial, a settled cubic."""
    top = 2 * counts.length
    (value,) = counts.values
    half = value.mul_const(2 * HALF * counts.gain / top).add_const(2 * HALF * counts.shift / top - HALF)
    held, room = _held(half)  # 2 HALF (2 c/top - 1), within room
    end, slip = 2 * HALF, room + 4 * HALF * counts.drift / top
    zero, far = -end, (-end + 4 * HALF / top - slip, min(end + slip, 1.0))
    before, last = _degrees(counts.length, counts.session.slots)
    p, near, off = _step(before, zero, far, slip)
    share = min(HALF, 0.49 / (1 + near))
    held, room = _held(_through(held, share * p))  # 2 share g, which is 1 where the count is 0, within room
    zero, slip, off = 2 * share, 2 * share * near + room, 2 * share * off + room
    p, near, off = _step(last, zero, (-off, off), slip)
    share = min(HALF, 0.49 / (1 + 2 * max(near, off)))
    body = 2 * share * p
    body[0] -= share
    (sharp,), drift, apart = cubed([_through(held, body)], share, near, off)
    drift += apart * counts.session.slots / counts.length  # what stands behind the rows is off by less than they are
    return Strip(counts.session, (sharp,), counts.length, 1.0, 0.0, (-(2.0**-40), 1 + 2.0**-40), 0.0, iv.up(drift))


def _held(value):
    """(twice what the slots hold, errors and all; bound on these)."""
    room = SURELY * settling([value])
    if room > ROOM_MAX:
        raise Refused(f"first rows: counts are known to {room:.1e} of their range only", INSTEAD)
    return value.promising((1 - room) / 2, always=True).settle(1), room


def _through(value, coefficients):
    """A polynomial on [-1, 1]."""
    size = iv.up(float(np.abs(coefficients).sum()))
    return value.poly(Polynomial(coefficients, "chebyshev", (-1.0, 1.0)), size, promised=True)


def _step(degree, zero, far, slip):
    """A multiple of a Chebyshev polynomial: 1 at a point outside of an interval, and as small on that as can be.

    Parameters
    ----------
    degree : int
    zero : float
    far : (float, float)
    slip : float
        How far from `zero` arguments that stand for it may be.

    Returns
    -------
    (ndarray, float, float)
        Coefficients; how far from 1 near `zero`, and from 0 on the interval.
    """
    middle, half = sum(far) / 2, (far[1] - far[0]) / 2

    def grown(t):
        y = (t - middle) / half * (1 if zero > middle else -1)
        inside = np.cos(degree * np.arccos(np.clip(y, -1, 1)))
        return np.where(np.abs(y) <= 1, inside, np.sign(y) ** degree * np.cosh(degree * np.arccosh(np.maximum(np.abs(y), 1))))
    at = certify.nodes(2 * (degree + 1))
    c = np.polynomial.chebyshev.chebfit(at, grown(at) / grown(np.array(zero)), degree)
    near = certify.piece(zero - slip, zero + slip, np.ones_like, degree, c)
    return c, near, certify.piece(*far, np.zeros_like, degree, c)

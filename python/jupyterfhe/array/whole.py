"""One encrypted row of exact integers: the counterpart of :class:`~jupyterfhe.array.strip.Strip`, with the same methods.

A strip stands for the numbers ``shift + gain * u``: u the integers in the slots, gain and shift public rationals. What public
numbers do to all of it alike touches gain and shift alone, so means and quotients by public numbers stay exact; they become
floats when they are decrypted, rounded once. Intervals of u are intervals of Python's integers. A strip whose interval the
moduli do not hold is refused when it is made. See docs/adr/0024.
"""

import math
from fractions import Fraction

import numpy as np

from ..core import errors
from ..plan.whole import Whole, WholeValue
from .line import Line, count, matched, padding, spread
from .rational import fitting, integers, outward, rational, rational_gcd
from .refusal import Refused

DOMAIN_MAX = 1024  # values of a column that is looked up in tables


class WholeStrip(Line):
    """Integers in slots.

    Attributes
    ----------
    session : jupyterfhe.plan.whole.WholeSession
    values : tuple of WholeValue
        Chunks.
    length : int or None
        How many numbers; None when every slot of one chunk holds the same number.
    gain, shift : Fraction
        Public.
    range : (int, int)
        Interval of every u.
    pad : int, WholeValue or None
        What slots behind the last number hold, as u; None when it is unknown.
    """

    __slots__ = ("gain", "length", "pad", "range", "session", "shift", "values")

    complex = False
    drift = 0.0

    def __init__(self, session, values, length, gain, shift, range, pad):
        """Keep the parts, or refuse what the moduli do not hold."""
        self.session, self.values, self.length, self.pad = session, values, length, pad
        self.gain, self.shift, self.range = Fraction(gain), Fraction(shift), range
        largest = max(abs(range[0]), abs(range[1]))
        if 2 * largest >= session.product or largest >= 2**63:
            raise errors.RangeError(
                f"integers up to 2^{math.log2(largest):.1f} may come out, and these moduli hold "
                f"{min(session.product.bit_length() - 2, 63)} bits beside the sign",
                "Encrypt with results= more bits, declare tighter bounds, or sum in several parts.")

    def _like(self, **changes):
        parts = {name: changes.get(name, getattr(self, name)) for name in self.__slots__}
        return WholeStrip(**parts)

    def constant(self, number, slip=0.0):
        """A public number in the place of every number."""
        values = tuple(v.mul_const(0) for v in self.values)
        return self._like(values=values, gain=1, shift=rational(number, slip), range=(0, 0),
                          pad=values[0] if self.length is None else 0)

    # ---- what it is ----
    @property
    def size(self):
        """Bound on the modulus of every u."""
        return float(max(abs(self.range[0]), abs(self.range[1])))

    @property
    def largest(self):
        """Bound on the modulus of every number."""
        return max(map(abs, self.bounds))

    @property
    def interval(self):
        """Lowest and highest number, exactly.

        Returns
        -------
        (Fraction, Fraction)
        """
        ends = sorted(self.shift + self.gain * u for u in self.range)
        return ends[0], ends[1]

    @property
    def bounds(self):
        """Interval of the numbers in doubles."""
        low, high = self.interval
        return outward(low, -math.inf), outward(high, math.inf)

    @property
    def integral(self):
        """Whether every number is an integer."""
        return self.gain.denominator == self.shift.denominator == 1

    def error(self, bounds):
        """Bound on the error of every number: none for integers, else one rounding."""
        return 0.0 if self.integral else math.ulp(self.largest) / 2

    # ---- with public numbers: free ----
    def scaled(self, c, slip=0.0):
        """Times a public number."""
        c = rational(c, slip)
        return self.constant(0) if c == 0 else self._like(gain=self.gain * c, shift=self.shift * c)

    def in_ratio(self, p, q, slip=0.0):
        """Times a quotient of public numbers, exactly."""
        return self.scaled(rational(p) / rational(q, slip))

    def shifted(self, c, slip=0.0):
        """Plus a public number."""
        return self._like(shift=self.shift + rational(c, slip))

    def conjugate(self):
        """Itself."""
        return self

    def in_unit(self, gain, shift=None):
        """U as integers of another unit: ``x = shift + gain * u'``.

        Parameters
        ----------
        gain : Fraction
            The present one is a multiple of it.
        shift : Fraction, optional
            What the present one differs from by a multiple of `gain`; the present one by default.

        Returns
        -------
        WholeStrip
        """
        k, c = self.gain / gain, (self.shift - (self.shift if shift is None else shift)) / gain
        if k.denominator != 1 or c.denominator != 1:
            raise errors.InternalError("a unit that does not divide a strip's own")
        k, c = int(k), int(c)
        if (k, c) == (1, 0):
            return self
        values = tuple(v.mul_const(k).add_const(c) for v in self.values)
        pad = values[0] if self.length is None else _plus(_times(self.pad, k), c)
        ends = sorted(k * u + c for u in self.range)
        return self._like(values=values, gain=gain, shift=self.shift - gain * c, range=(ends[0], ends[1]), pad=pad)

    def centred(self):
        """Without a shift: the shift goes into the integers. What products need."""
        return self.in_unit(rational_gcd(self.gain, self.shift), 0)

    # ---- with public vectors ----
    def times_vector(self, v, slip=0.0):
        """Times public integers, one each: noise, and a level where a product follows."""
        numbers, unit = integers(v, slip)
        if not numbers.any():
            return self.spread_to(len(v)).constant(0)
        x = self.centred()
        values = tuple(u.mul_vector(p) for u, p in zip(spread(x, count(x.session, len(v))), pieces(x, numbers), strict=True))
        ends = [u * w for u in x.range for w in (int(numbers.min()), int(numbers.max()))]
        return WholeStrip(x.session, values, len(v), x.gain * unit, 0, (min(ends), max(ends)), 0)

    def plus_vector(self, v, slip=0.0):
        """Plus public numbers, one each."""
        numbers, unit = integers(v, slip)
        x = self.in_unit(rational_gcd(self.gain, unit))
        numbers = fitting(numbers, unit / x.gain)
        chunks, parts = spread(x, count(x.session, len(v))), pieces(x, numbers)
        values = tuple(u.add_vector(p) for u, p in zip(chunks, parts, strict=True))
        span = x.range[0] + int(numbers.min()), x.range[1] + int(numbers.max())
        return WholeStrip(x.session, values, len(v), x.gain, x.shift, span, padding(x))

    # ---- with others ----
    def times(self, other):
        """The product, number by number: one level, one relinearisation a chunk and modulus."""
        same = other is self
        x, y = matched(self.centred(), self.centred() if same else other.centred())
        n = max(x.chunks, y.chunks)
        xs, ys = spread(x, n), spread(y, n)
        values = tuple(u.mul(u if same else w) for u, w in zip(xs, ys, strict=True))
        pads = padding(x), padding(y)
        pad = None if None in pads else _times(*pads)
        ends = [u * w for u in x.range for w in y.range]
        low, high = min(ends), max(ends)
        if same:
            low = 0 if x.range[0] <= 0 <= x.range[1] else min(u * u for u in x.range)
        length = x.length if y.length is None else y.length
        if length is None:
            pad = values[0]
        return WholeStrip(x.session, values, length, x.gain * y.gain, 0, (low, high), pad)

    def polynomial(self, coefficients):
        """A polynomial of every number: a level a degree.

        Parameters
        ----------
        coefficients : sequence of float
            Ascending.
        """
        out = self.constant(coefficients[-1])
        for k in reversed(coefficients[:-1]):
            out = (out.times(self) if out.range != (0, 0) else self.scaled(out.shift)).shifted(k)
        return out

    def looked_up(self, f):
        """A function of every number: a polynomial on the column's declared values.

        Parameters
        ----------
        f : callable of Fraction
            Gives an integer.

        Raises
        ------
        Refused
            When there are more than :data:`DOMAIN_MAX` values.

        Notes
        -----
        Cost: about ``ceil(log2(count)) + 1`` levels and ``2 sqrt(2 count)`` products.
        """
        low, high = self.range
        if high - low >= DOMAIN_MAX:
            raise Refused(f"a comparison over {high - low + 1:,} declared values, more than {DOMAIN_MAX}",
                          "Declare tighter bounds, round to fewer values before encrypting, or encrypt the mask itself.")
        table = tuple(int(f(self.shift + self.gain * u)) for u in range(low, high + 1))
        span = min(table), max(table)
        if span[0] == span[1]:
            return self.constant(span[0])
        values = tuple(v.look_up(table, low, max(map(abs, span))) for v in self.values)
        known = isinstance(self.pad, int) and low <= self.pad <= high
        pad = values[0] if self.length is None else table[self.pad - low] if known else None
        return self._like(values=values, gain=1, shift=0, range=span, pad=pad)

    # ---- over slots ----
    def sum(self):
        """The sum of all numbers, in every slot: rotations, no level unless the padding is unknown."""
        n = self.length
        if n is None:
            raise errors.InternalError("a sum over slots of something that has one number")
        if self.pad is None and self.behind:
            return self.masked().sum()
        total = self.values[0]
        for v in self.values[1:]:
            total = total.add(v)
        total = total.inner_sum(self.session.slots)
        if self.behind:
            extra = _times(self.pad, self.behind)
            total = total.sub(extra) if isinstance(extra, WholeValue) else total.add_const(-extra)
        return self._like(values=(total,), length=None, shift=self.shift * n, range=(self.range[0] * n, self.range[1] * n),
                          pad=total)

    def running(self):
        """Running sums: four parts of a chunk, in each of which a sum over as many slots never meets its own end."""
        strip = self.in_unit(rational_gcd(self.gain, self.shift), 0).masked()
        strip = strip if strip.pad == 0 or not strip.behind else strip.zeroed()
        quarter, out, before = self.session.slots // 4, [], None
        for u in strip.values:
            total = None
            for i in range(4):
                cut = np.zeros(self.session.slots, dtype=np.int64)
                cut[i * quarter:(i + 1) * quarter] = 1
                piece = u.mul_vector(Whole(cut))
                whole = piece.inner_sum(self.session.slots)
                run = whole.sub(piece.row_sum(quarter)).add(piece)
                part = (run if before is None else run.add(before)).mul_vector(Whole(cut))
                before = whole if before is None else before.add(whole)
                total = part if total is None else total.add(part)
            out.append(total)
        low, high = strip.range
        n = strip.length
        return strip._like(values=tuple(out), range=(min(low, low * n), max(high, high * n)), pad=None if strip.behind else 0)

    def masked(self):
        """The same numbers, 0 (as u) behind them: noise where that is not known already."""
        return self if not self.behind or self.pad is not None else self.zeroed()

    def zeroed(self):
        """The same numbers, 0 (as u) behind them."""
        keep = self.length - (self.chunks - 1) * self.session.slots
        last = self.values[-1].mul_vector(Whole(np.ones(keep, dtype=np.int64)))
        return self._like(values=(*self.values[:-1], last), pad=0)

    def promising(self):
        """Itself."""
        return self

    # ---- several strips; called by strip.combine and layout.gather ----
    @staticmethod
    def combined(terms):
        """The sum of strips, each times a public number.

        Parameters
        ----------
        terms : list of (WholeStrip, float)

        Returns
        -------
        WholeStrip
        """
        many = max(s.length or 0 for s, _ in terms)
        terms = [(s.replicated() if many > 1 and s.length == 1 else s, rational(c)) for s, c in terms]
        first = terms[0][0]
        parts, shift = {}, Fraction(0)
        for s, c in terms:
            matched(first, s)
            shift += c * s.shift
            if s.range != (0, 0):
                before = parts.get(s.values, (s, 0))
                parts[s.values] = s, before[1] + c * s.gain
        parts = [(s, k) for s, k in parts.values() if k]
        length = next((s.length for s, _ in terms if s.length is not None), None)
        if not parts:
            return (first if length is None else first.spread_to(length)).constant(0)._like(shift=shift)
        gain = rational_gcd(*(k for _, k in parts))
        n = count(first.session, length or 1)
        columns = [(spread(s, n), int(k / gain), s) for s, k in parts]
        columns.sort(key=lambda column: column[1] < 0)  # positive ones first: a difference needs no negation
        values = tuple(_sum([(chunks[i], k) for chunks, k, _ in columns]) for i in range(n))
        pad = 0
        for _, k, s in columns:
            pad = _plus(pad, _times(padding(s), k))
        ends = [sorted(k * u for u in s.range) for _, k, s in columns]
        span = sum(e[0] for e in ends), sum(e[1] for e in ends)
        return WholeStrip(first.session, values, length, gain, shift, span, values[0] if length is None else pad)

    @staticmethod
    def gathered(strips, groups, which, n):
        """Numbers of several strips as one; see :func:`jupyterfhe.array.layout.gather`.

        Parameters
        ----------
        strips : sequence of WholeStrip
        groups : list of list
            ``(strip, chunk, rotation, positions)`` of each chunk of the result.
        which : ndarray of int of shape (n,)
        n : int

        Returns
        -------
        WholeStrip
        """
        for s in strips[1:]:
            if s.session is not strips[0].session:
                strips[0].session.refuse(s.session)
        gain = rational_gcd(*(s.gain for s in strips))
        strips = [s.in_unit(gain) for s in strips]
        values, pad = [], 0
        for group in groups:
            value, pad = _piece(strips, group)
            values.append(value)
        span = min(s.range[0] for s in strips), max(s.range[1] for s in strips)
        out = WholeStrip(strips[0].session, tuple(values), n, gain, 0, span, pad)
        shifts = [s.shift for s in strips]
        if len(set(shifts)) == 1:
            return out._like(shift=shifts[0])
        unit = rational_gcd(*shifts)
        whole = fitting(np.array([int(s / unit) for s in shifts], dtype=object)[which], 1)
        return out.plus_integers(whole, unit)

    def plus_integers(self, numbers, unit):
        """Plus public integers of a unit, one each."""
        x = self.in_unit(rational_gcd(self.gain, unit))
        numbers = fitting(numbers, unit / x.gain)
        values = tuple(u.add_vector(p) for u, p in zip(x.values, pieces(x, numbers), strict=True))
        return x._like(values=values, range=(x.range[0] + int(numbers.min()), x.range[1] + int(numbers.max())))


# ---- helpers ----
def pieces(strip, numbers):
    """Public integers in chunks."""
    slots = strip.session.slots
    return [Whole(numbers[i:i + slots]) for i in range(0, len(numbers), slots)]


def _times(p, q):
    """A padding times an integer or another padding."""
    if p is None or (isinstance(p, int) and p == 0):
        return p
    if isinstance(q, WholeValue):
        return p.mul(q) if isinstance(p, WholeValue) else q.mul_const(p)
    return p.mul_const(q) if isinstance(p, WholeValue) else p * q


def _plus(p, q):
    """The sum of two paddings."""
    if p is None or q is None:
        return None
    if isinstance(p, WholeValue):
        return p.add(q) if isinstance(q, WholeValue) else p.add_const(q)
    return q.add_const(p) if isinstance(q, WholeValue) else p + q


def _sum(terms):
    """One chunk: values times integers."""
    (value, k), *rest = terms
    out = value.mul_const(k)
    for value, k in rest:
        out = out.sub(value.mul_const(-k)) if k < 0 else out.add(value.mul_const(k))
    return out


def _piece(strips, groups):
    """One chunk, and what is behind its numbers."""
    if len(groups) == 1:
        which, piece, k, _ = groups[0]
        return strips[which].values[piece].rotate(k), None
    total = None
    for which, piece, k, at in groups:
        mask = np.zeros(int(at.max()) + 1, dtype=np.int64)
        mask[at] = 1
        part = strips[which].values[piece].rotate(k).mul_vector(Whole(mask))
        total = part if total is None else total.add(part)
    return total, 0

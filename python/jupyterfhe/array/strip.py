"""One encrypted row of numbers: chunks of slots, and the public line that says what they stand for.

A strip stands for the numbers ``shift + gain * u``, u its slots. Whatever public numbers do to all of it alike is done to
`gain` and `shift`: it costs nothing, and no level. Ranges of u are carried along, and so is what the slots behind the last
number hold (`pad`), so that sums over slots need no mask. See docs/adr/0016.
"""

import itertools
import math
from fractions import Fraction

from ..core import Polynomial, errors
from ..plan import Value, Vector
from . import interval as iv
from .interval import EPS
from .line import Line, count, matched, padding, spread

UNITS = (1, -1, 1j, -1j)  # factors that round nothing
NOTHING = 2.0**-500  # numbers up to here go into the drift: no doubles are left to scale them with
ROOMY = 2.0**12  # u up to here costs nothing while a level is left, and the planner keeps one for it at the end


class Strip(Line):
    """Numbers in slots.

    Attributes
    ----------
    session : jupyterfhe.plan.Session
    values : tuple of Value
        Chunks.
    length : int or None
        How many numbers; None when every slot of one chunk holds the same number.
    gain, shift : float or complex
        Public.
    range : (float, float)
        Interval of every u; for complex u (-r, r), r a bound on the modulus.
    pad : float, complex, Value or None
        What slots behind the last number hold, as u: a public number, an encrypted one, or None when it is unknown.
    drift : float
        Bound on how far ``shift + gain * u`` is from what it stands for, by rounding of public arithmetic.
    """

    __slots__ = ("drift", "gain", "length", "pad", "range", "session", "shift", "values")

    def __init__(self, session, values, length, gain, shift, range, pad, drift=0.0):
        """Keep the parts."""
        self.session, self.values, self.length, self.pad, self.range = session, values, length, pad, range
        self.gain, self.shift, self.drift = real(gain), real(shift), drift
        if not (math.isfinite(abs(gain)) and math.isfinite(abs(shift)) and math.isfinite(drift) and gain != 0):
            raise errors.RangeError("a public factor takes the numbers beyond the doubles",
                                    "Change the units, so that numbers stay below 1e300.")

    def constant(self, number, drift=0.0):
        """A public number in the place of every number."""
        values = tuple(v.mul_const(0) for v in self.values)
        return self._like(values=values, gain=1.0, shift=number, range=(0.0, 0.0), drift=drift,
                          pad=values[0] if self.length is None else 0.0)

    def _like(self, **changes):
        parts = {name: changes.get(name, getattr(self, name)) for name in self.__slots__}
        return Strip(**parts)

    # ---- what it is ----
    @property
    def complex(self):
        """Whether u may have imaginary parts."""
        return any(v.complex for v in self.values)

    @property
    def size(self):
        """Bound on the modulus of every u."""
        return iv.modulus(self.range)

    @property
    def largest(self):
        """Bound on the modulus of every number."""
        return iv.up(abs(self.shift) + iv.up(abs(self.gain) * self.size))

    @property
    def bounds(self):
        """Interval of the numbers; for complex ones that of their moduli."""
        if self.complex or isinstance(self.gain, complex) or isinstance(self.shift, complex):
            return iv.sym(iv.up(self.largest + self.drift))
        low, high = iv.add(iv.scale(self.range, self.gain), (self.shift, self.shift))
        return iv.down(low - self.drift), iv.up(high + self.drift)

    def error(self, bounds):
        """Bound on the error of every number.

        Parameters
        ----------
        bounds : callable
            Gives a :class:`Value`'s bound.

        Returns
        -------
        float
        """
        worst = max(map(bounds, self.values))
        return iv.up(iv.up(abs(self.gain) * worst) + self.drift + 4 * EPS * self.largest)

    # ---- with public numbers: free ----
    def scaled(self, c, slip=0.0):
        """Times a public number.

        Parameters
        ----------
        c : float or complex
        slip : float, default=0.0
            Relative distance of `c` from what it stands for.
        """
        if c == 0:
            return self.constant(0.0, slip * self.largest)
        if c == 1 and slip == 0:
            return self
        exact = c in UNITS and slip == 0
        drift = abs(c) * (self.drift + (0.0 if exact else (2 * EPS + slip) * self.largest))
        return self._like(gain=self.gain * c, shift=self.shift * c, drift=iv.up(drift))

    def in_ratio(self, p, q, slip=0.0):
        """Times a quotient of public numbers; `slip` as of :meth:`scaled`."""
        return self.scaled(p / q, slip + EPS)

    def shifted(self, c, slip=0.0):
        """Plus a public number; `slip` as of :meth:`scaled`."""
        shift = self.shift + c
        drift = 0.0 if c == 0 else self.drift + EPS * (abs(shift) + abs(c)) + slip * abs(c)
        return self if c == 0 else self._like(shift=shift, drift=iv.up(drift))

    def conjugate(self):
        """Every number conjugated."""
        values = tuple(v.conjugate() for v in self.values)
        pad = self.pad.conjugate() if self.pad is not None else None
        pad = values[0] if self.length is None else pad
        return self._like(values=values, gain=conj(self.gain), shift=conj(self.shift), pad=pad)

    # ---- with public vectors: one level, or none for sums ----
    def times_vector(self, v, slip=0.0):
        """Times public numbers, one each.

        Parameters
        ----------
        v : ndarray of shape (length,)
        slip : float, default=0.0
            Relative distance of its numbers from what they stand for.
        """
        largest = float(abs(v).max())
        if largest == 0.0:
            return self.spread_to(len(v)).constant(0.0)  # zeros are exact whatever they stand for
        factor, offset = iv.power_of_two(largest), self.shift / self.gain
        v = v / factor  # exactly, but for what underflows
        if abs(offset) > 4:  # apart: together the offset would multiply the error of the encoded vector
            drift = largest * (self.drift + (4 * EPS + slip) * abs(self.shift))
            base = self._like(shift=0.0, drift=0.0, pad=padding(self))
            return base.times_vector(v * factor, slip).plus_vector(v * (factor * self.shift), drift)
        parts = pieces(self.session, v)
        chunks = spread(self, len(parts))
        values = tuple(u.add_const(offset).mul_vector(p) for u, p in zip(chunks, parts, strict=True))
        size = iv.up((self.size + abs(offset)) * (1 + 4 * EPS))
        span = iv.sym(size)
        if not (self.complex or isinstance(offset, complex) or v.dtype.kind == "c"):
            inner = iv.add(self.range, (iv.down(offset), iv.up(offset)))
            span = iv.mul(inner, (float(v.min()), float(v.max())))
        drift = largest * (self.drift + (8 * EPS + slip) * self.largest)
        return Strip(self.session, values, len(v), self.gain * factor, 0.0, span, 0.0, iv.up(drift)).promising()

    def plus_vector(self, v, slip=0.0):
        """Plus public numbers, one each.

        Parameters
        ----------
        v : ndarray of shape (length,)
        slip : float, default=0.0
            Their distance from what they stand for, absolute.
        """
        middle = float((v.real.min() + v.real.max()) / 2)
        rest, base = v - middle, self.shifted(middle)
        reach, largest = float(abs(rest).max()), float(abs(v).max())
        drift = iv.up(base.drift + slip + 4 * EPS * (largest + self.largest))
        if reach == 0.0:
            return base.spread_to(len(v))._like(drift=drift)
        return base._plus(rest, reach, drift)

    def _plus(self, rest, reach, drift):
        """Add numbers around 0 of moduli up to `reach`."""
        base = self
        room = min(ROOMY, self.session.vector_room)
        if reach > abs(self.gain) * room:  # they would not fit beside u: a level for another unit
            base = rescaled(self, iv.power_of_two(reach))
        parts = pieces(self.session, rest / base.gain)
        chunks = spread(base, len(parts))
        values = tuple(u.add_vector(p) for u, p in zip(chunks, parts, strict=True))
        far = iv.up(reach / abs(base.gain))
        span = iv.add(base.range, iv.sym(far))
        if not isinstance(base.gain, complex) and rest.dtype.kind != "c":
            span = iv.add(base.range, tuple(sorted((iv.down(rest.min() / base.gain), iv.up(rest.max() / base.gain)))))
        return Strip(self.session, values, len(rest), base.gain, base.shift, span, padding(base),
                     iv.up(drift + base.drift - self.drift)).promising()

    # ---- with others ----
    def times(self, other):
        """The product, number by number: one level, one relinearisation a chunk."""
        x, y = matched(self, other)
        a, b = y.shift / y.gain, x.shift / x.gain  # x y = gains (u + b)(w + a) = gains (u w + a u + b w) + shifts
        n = max(x.chunks, y.chunks)
        values = tuple(_product(u, w, a, b) for u, w in zip(spread(x, n), spread(y, n), strict=True))
        pads = padding(x), padding(y)
        pad = _behind(*pads, a, b)
        gain = x.gain * y.gain
        drift = x.largest * y.drift + y.largest * x.drift + x.drift * y.drift + 8 * EPS * x.largest * y.largest
        length = x.length if y.length is None else y.length
        return Strip(x.session, values, length, gain, x.shift * y.shift, _span(x, y, a, b), pad, iv.up(drift)).promising()

    def polynomial(self, coefficients):
        """A real polynomial of every number, in ceil(log2(degree + 1)) levels.

        Parameters
        ----------
        coefficients : sequence of float
            Ascending.
        """
        if self.complex or isinstance(self.gain, complex) or isinstance(self.shift, complex):
            return self._horner(coefficients)
        c = composed(coefficients, self.shift, self.gain)
        while len(c) > 1 and c[-1] == 0:
            c.pop()
        off = self.drift / abs(self.gain)
        slope = sum(i * abs(k) * (self.size + off) ** (i - 1) for i, k in enumerate(c) if i)
        reach = sum(abs(k) * self.size**i for i, k in enumerate(c) if i)
        drift = (1 + 2.0**-30) * slope * off + (len(c) + 4) * EPS * (reach + abs(c[0]))
        if reach < NOTHING:
            return self.constant(c[0], iv.up(drift + reach))
        if len(c) == 2:
            return self._like(gain=c[1], shift=c[0], drift=iv.up(drift))
        # without its constant, so that a padding of 0 stays 0; a power of two as unit, so that nothing is rounded
        unit = iv.power_of_two(reach)
        body = Polynomial([0.0] + [k / unit for k in c[1:]])
        size = iv.up(reach / unit * (1 + 2 * len(c) * EPS))
        values = tuple(v.poly(body, size) for v in self.values)
        pad = values[0] if self.length is None else 0.0 if isinstance(self.pad, float) and self.pad == 0 else None
        return Strip(self.session, values, self.length, unit, c[0], iv.sym(size), pad, iv.up(drift)).promising()

    def _horner(self, coefficients):
        """A level a degree: for complex numbers."""
        out = self.constant(coefficients[-1])
        for k in reversed(coefficients[:-1]):
            out = out.times(self).shifted(k) if out.size else self.scaled(out.shift).shifted(k)
        return out

    # ---- over slots ----
    def sum(self, alone=False):
        """The sum of all numbers, in every slot: rotations, no level unless the padding is unknown.

        Parameters
        ----------
        alone : bool, default=False
            In the first slot alone, over as many slots as it takes: errors come as often as there are slots in a sum.
        """
        n = self.length
        if n is None:
            raise errors.InternalError("a sum over slots of something that has one number")
        if self.pad is None and self.behind:
            return self.masked().sum(alone)
        session, behind, count = self.session, self.behind, self.session.slots
        if alone and self.chunks == 1:
            count = 1 << (n - 1).bit_length()
            behind = count - n
        total = self.values[0]
        for v in self.values[1:]:
            total = total.add(v)
        total = total.inner_sum(count)
        span, shift = iv.scale(self.range, float(n)), self.shift * n
        drift = n * (self.drift + 2 * EPS * abs(self.shift))
        if behind and isinstance(self.pad, Value):
            total = total.sub(self.pad.mul_const(behind))
        elif behind and self.pad != 0:
            extra = self.pad * behind
            shift = shift - self.gain * extra
            drift += 4 * EPS * (abs(self.gain * extra) + abs(shift))
            span = iv.sym(iv.up(iv.modulus(span) + abs(extra))) if isinstance(extra, complex) else iv.add(span, (extra, extra))
        if count < session.slots:
            return Strip(session, (total,), 1, self.gain, shift, span, None, iv.up(drift))
        return Strip(session, (total,), None, self.gain, shift, span, total, iv.up(drift)).promising()

    def masked(self):
        """The same numbers, 0 (as u) behind them: a level where that is not known already."""
        if not self.behind or self.pad is not None:
            return self
        keep = self.length - (self.chunks - 1) * self.session.slots
        last = self.values[-1].mul_vector(Vector([1.0] * keep))
        return self._like(values=(*self.values[:-1], last), pad=0.0)

    def promising(self):
        """The same, with ranges that are tighter than what the engine would find promised to it."""
        bound = self.size
        if self.behind and self.pad is None:
            return self
        if self.behind:
            bound = max(bound, self.pad.mag if isinstance(self.pad, Value) else abs(self.pad))
        values = tuple(v.promising(bound) for v in self.values)
        return self._like(values=values, pad=values[0] if self.length is None else self.pad)


    def declared(self):
        """The same over columns as their owner encrypted them, whose range is known better than their files say.

        Bounds of products and polynomials rest on it as they rest on every declared range: the owner's client checked it.
        """
        reach = iv.up(self.size + self.drift / abs(self.gain) + EPS)
        return self._like(values=tuple(v.declared(reach) for v in self.values))


# ---- helpers ----
def real(c):
    """A float where nothing is imaginary."""
    return c.real if isinstance(c, complex) and c.imag == 0 else c


def conj(c):
    """Conjugate of a float or complex."""
    return c.conjugate()


def pieces(session, v):
    """A public vector in chunks."""
    return [Vector(v[i:i + session.slots]) for i in range(0, len(v), session.slots)]


def rescaled(strip, gain):
    """The same numbers in another unit: a level."""
    ratio = strip.gain / gain
    values = tuple(v.mul_const(ratio) for v in strip.values)
    pad = times_number(strip.pad, ratio)
    if strip.length is None:
        pad = values[0]
    return strip._like(values=values, gain=gain, pad=pad, drift=iv.up(strip.drift + 4 * EPS * strip.largest),
                       range=_ratio_range(strip, ratio))


def _ratio_range(strip, ratio):
    if isinstance(ratio, complex):
        return iv.sym(iv.up(abs(ratio) * strip.size * (1 + 2 * EPS)))
    return iv.scale(strip.range, ratio)


def times_number(p, c):
    """A padding times a public number."""
    if p is None:
        return None
    return p.mul_const(c) if isinstance(p, Value) else real(p * c)


def plus(p, q):
    """The sum of two paddings."""
    if p is None or q is None:
        return None
    if isinstance(p, Value):
        return p.add(q) if isinstance(q, Value) else p.add_const(q)
    return q.add_const(p) if isinstance(q, Value) else real(p + q)


def composed(coefficients, shift, gain):
    """Coefficients of ``p(shift + gain u)``, each rounded once."""
    shift, gain, out = Fraction(shift), Fraction(gain), [Fraction(0)]
    for k in reversed(coefficients):
        middle = [shift * high + gain * low for low, high in itertools.pairwise(out)]
        out = [Fraction(k) + shift * out[0], *middle, gain * out[-1]]
    return [float(k) for k in out]


def _product(u, w, a, b):
    """``u w + a u + b w`` of values or public numbers, in a form that the planner makes one sum of."""
    if isinstance(u, Value) and isinstance(w, Value):
        out = u.mul(w)
    elif isinstance(u, Value) or isinstance(w, Value):
        value, number = (u, w) if isinstance(u, Value) else (w, u)
        out = 0.0 if number == 0 else value.mul_const(number)
    else:
        out = u * w
    if u is w and a == b:
        return plus(out, times_number(u, 2 * a)) if a != 0 else out
    for part, factor in ((u, a), (w, b)):
        if factor != 0:
            out = plus(out, times_number(part, factor))
    return out


def _behind(p, q, a, b):
    """Padding of ``u w + a u + b w``: unknown where one is, unless that one's only factor is a 0 that is known."""
    if None not in (p, q):
        return _product(p, q, a, b)
    known = q if p is None else p
    zero = isinstance(known, float) and known == 0 and (a if p is None else b) == 0 and (p is not None or q is not None)
    return 0.0 if zero else None


def _span(x, y, a, b):
    """Range of ``u w + a u + b w = (u + b)(w + a) - a b``, the quotients a and b being rounded."""
    if x.complex or y.complex or isinstance(a, complex) or isinstance(b, complex):
        radius = x.size * y.size + abs(a) * x.size + abs(b) * y.size
        return iv.sym(iv.up(radius * (1 + 8 * EPS)))
    if x.values is y.values and a == b:
        low, high = iv.square(iv.add(x.range, (b, b)))
        product = iv.square((b, b))
    else:
        low, high = iv.mul(iv.add(x.range, (b, b)), iv.add(y.range, (a, a)))
        product = iv.mul((a, a), (b, b))
    shifted = iv.add((low, high), (-product[1], -product[0]))
    apart = iv.add(iv.mul(x.range, y.range), iv.add(iv.scale(x.range, a), iv.scale(y.range, b)))
    return max(shifted[0], apart[0]), min(shifted[1], apart[1])


def combine(terms):
    """The sum of strips, each times a public number.

    Parameters
    ----------
    terms : iterable of (Strip, float or complex)
        Of lengths that go together.

    Returns
    -------
    Strip

    Notes
    -----
    Cost: no level where units agree up to small integers, else one for all together.
    """
    terms = list(terms)
    if not isinstance(terms[0][0], Strip):
        return terms[0][0].combined(terms)  # exact integers: array/whole.py
    many = max(s.length or 0 for s, _ in terms)
    if many > 1:
        terms = [(s.replicated() if s.length == 1 else s, c) for s, c in terms]
    first = terms[0][0]
    shift, drift, parts = 0.0, 0.0, {}
    for s, c in terms:
        if s.session is not first.session:
            first.session.refuse(s.session)
        shift = shift + c * s.shift
        drift += abs(c) * (s.drift + (0.0 if c in UNITS else 2 * EPS * s.largest)) + EPS * abs(shift)
        if s.size == 0.0:
            continue
        before = parts.get(s.values)  # by what it is made of: x - x is 0
        parts[s.values] = (s, c * s.gain) if before is None else (s, before[1] + c * s.gain)
    parts = [(s, k) for s, k in parts.values() if k != 0]
    lengths = {s.length for s, _ in terms} - {None}
    if len(lengths) > 1:
        raise errors.InternalError(f"strips of {sorted(lengths)} numbers met")
    length = lengths.pop() if lengths else None
    if not parts:
        first = first if length is None else first.spread_to(length)
        return first.constant(shift, iv.up(drift))
    return _joined(parts, length, shift, drift)


def _unit(parts):
    """The common gain: that of all where they agree, the smallest where the others are small multiples.

    Else the one that leaves the sum least deep, of several the largest: terms of another gain spend a level.
    """
    gains = [k for _, k in parts]
    least, most = min(gains, key=abs), max(gains, key=abs)
    if abs(least) == abs(most):
        return gains[0]
    ratios = [whole(k / least) for k in gains]
    size = sum(abs(r) * s.size for r, (s, _) in zip(ratios, parts, strict=True))
    small = size <= ROOMY and all(isinstance(r, float) and r.is_integer() for r in ratios)
    if small:
        return least

    def depth(unit):
        return max(max(v.depth for v in s.values) + (k != unit) for s, k in parts)

    # what is large already is so at a level that has the room
    room = {g: ROOMY * own.size if own.size > ROOMY else ROOMY for own, g in parts}
    roomy = [g for g in gains if sum(abs(k / g) * s.size for s, k in parts) <= room[g]]
    return min([most, *roomy], key=lambda g: (depth(g), -abs(g)))


def whole(ratio):
    """The integer beside a ratio that rounding moved off it, by 4 * EPS of it at the most; else the ratio.

    A mean's gain is that of its numbers over n, rounded: their ratio is meant to be n.
    """
    ratio = real(ratio)
    near = float(round(ratio)) if isinstance(ratio, float) and abs(ratio) < 2.0**31 else 0.0
    return near if near and abs(ratio - near) <= 4 * EPS * abs(near) else ratio


def _joined(parts, length, shift, drift):
    """Sum of strips times gains, which replace their own."""
    session = parts[0][0].session
    gain = _unit(parts)
    n = 1 if length is None else count(session, length)  # parts may all be single numbers, beside zeros that were left out
    columns, span, pad, is_complex = [], (0.0, 0.0), 0.0, False
    for s, k in parts:
        ratio = whole(k / gain)
        drift += 0.0 if k in (gain, -gain) else 8 * EPS * abs(k) * s.size  # the quotient's rounding, and whole's
        columns.append((spread(s, n), ratio))
        is_complex |= s.complex or isinstance(ratio, complex)
        grown = _ratio_range(s, ratio)
        span = iv.add(span, grown)
        pad = plus(pad, times_number(padding(s), ratio))
    if is_complex:
        span = iv.sym(iv.modulus(span))
    values = tuple(_sum([(chunks[i], ratio) for chunks, ratio in columns]) for i in range(n))
    if length is None:
        pad = values[0]
    return Strip(session, values, length, gain, shift, span, pad, iv.up(drift)).promising()


def _sum(terms):
    """One chunk: values times ratios. Positive ones first, so that a difference needs no negation."""
    terms = sorted(terms, key=lambda t: t[1] == -1)
    value, ratio = terms[0]
    out = value.mul_const(ratio)
    for value, ratio in terms[1:]:
        out = out.sub(value) if ratio == -1 else out.add(value.mul_const(ratio))
    return out

"""Choice by public conditions, parts of complex numbers, polynomials."""

import numpy as np

from ..operand import public
from ..refusal import Refused, refuse
from ..registry import implements
from ..strip import combine
from ..ufuncs import COMPLEX, FLOAT, each, is_encrypted


@implements(np.where)
def where(condition, x=None, y=None, /):
    """Entries of x where a public mask is true, of y elsewhere: one level where both are in one strip."""
    if is_encrypted(condition):
        if x is None:
            raise refuse("size", "np.where")
        if condition.dtype != bool:
            raise Refused("np.where of encrypted numbers that are no truth values", "Encrypt them with dtype=bool.")
        x, y = (v if is_encrypted(v) else public(v)[0] for v in (x, y))
        same = x.dtype == bool and y.dtype == bool
        x, y = (v.astype(FLOAT) if v.dtype == bool else v for v in (x, y))
        out = condition.astype(FLOAT) * (x - y) + y
        return out.like(dtype=np.dtype(bool)) if same else out
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    mask = np.asarray(condition, dtype=bool).astype(float)
    x, y = (v if is_encrypted(v) else public(v)[0] for v in (x, y))
    same = x.dtype == bool and y.dtype == bool
    out = x.astype(FLOAT) * mask if x.dtype == bool else x * mask
    out = out + (y.astype(FLOAT) if y.dtype == bool else y) * (1.0 - mask)
    return out.like(dtype=np.dtype(bool)) if same else out


@implements(np.real)
def real(val):
    """Real parts."""
    if val.dtype != COMPLEX:
        return val
    return each(val, lambda s: combine([(s, 0.5), (s.conjugate(), 0.5)]), FLOAT)


@implements(np.imag)
def imag(val):
    """Imaginary parts."""
    if val.dtype != COMPLEX:
        return each(val, lambda s: s.constant(0.0), FLOAT)
    return each(val, lambda s: combine([(s, -0.5j), (s.conjugate(), 0.5j)]), FLOAT)


@implements(np.polyval)
def polyval(p, x):
    """A polynomial with public real coefficients, the highest power first."""
    if is_encrypted(p):
        raise Refused("np.polyval of encrypted coefficients", "Sum powers yourself: c[0] * x**2 + c[1] * x + c[2].")
    p = np.asarray(p)
    if p.dtype.kind == "c" or p.ndim != 1:
        raise Refused("np.polyval of complex or nested coefficients", "Evaluate real and imaginary parts apart.")
    coefficients = [float(c) for c in p[::-1]] or [0.0]
    return each(x, lambda s: s.polynomial(coefficients), COMPLEX if x.dtype == COMPLEX else FLOAT)

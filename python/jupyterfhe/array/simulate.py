"""The same program on mock data: by numpy, and by the encrypted arrays' own code in the clear, with the declared bound."""

import numpy as np

from ..plan import Session, Value
from ..plan.leaf import Clear
from .array import EncryptedArray
from .fresh import lay_out, plain


class Simulation:
    """What :func:`simulate` found.

    Attributes
    ----------
    truth : object
        What the function gives for the mock data themselves.
    result : object
        What the encrypted arrays' code gives, in the clear: arrays in the places of encrypted ones.
    difference : float
        Largest distance of the two: rounding of doubles, and of approximations by polynomials.
    error_bound : float
        Bound that an encrypted run would declare, ciphertexts' errors included.
    explanation : list of Explanation
        Costs of an encrypted run, one a result.
    """

    def __init__(self, truth, result, difference, error_bound, explanation):
        """Keep the parts."""
        self.truth, self.result, self.difference = truth, result, difference
        self.error_bound, self.explanation = error_bound, explanation

    def __repr__(self):
        """The comparison, and costs."""
        lines = [f"numpy and the encrypted program differ by {self.difference:.2e}; declared bound {self.error_bound:.2e}"]
        return "\n\n".join([*lines, *map(str, self.explanation)])


def clear(values, session, bounds=None, slot_axis=None):
    """An array in the clear that behaves like an encrypted one.

    Parameters
    ----------
    values : array_like
    session : jupyterfhe.plan.Session
        Of :meth:`~jupyterfhe.plan.Session.clear`.
    bounds, slot_axis : optional
        As of ``client.encrypt_array``.

    Returns
    -------
    EncryptedArray
    """
    def leaf(u):
        chunk = np.zeros(session.slots, dtype=u.dtype)
        chunk[:len(u)] = u
        return Value.leaf(session, Clear(chunk, 1.0))

    values = plain(values)
    return lay_out(session, values, bounds, slot_axis, lambda u: leaf(u.astype(float) if u.dtype == bool else u))


def opened(array):
    """The numbers of an array in the clear.

    Parameters
    ----------
    array : EncryptedArray

    Returns
    -------
    ndarray
    """
    array.compute()
    return assembled(array, lambda value: value.stored.numbers)


def assembled(array, numbers):
    """An array's numbers, of those of its ciphertexts.

    Parameters
    ----------
    array : EncryptedArray
    numbers : callable of Value
        Gives its slots.

    Returns
    -------
    ndarray
    """
    axis = array.slot_axis
    out = np.empty(array.shape, dtype=complex if array.dtype.kind == "c" else float)
    rows = out[..., None] if axis is None else np.moveaxis(out, axis, -1)
    strips = array.strips if axis is None else np.squeeze(array.strips, axis)
    for at in np.ndindex(strips.shape):
        s = strips[at]
        u = np.concatenate([numbers(v) for v in s.values])[:rows.shape[-1]]
        x = s.shift + s.gain * u
        rows[at] = x if out.dtype.kind == "c" else x.real
    return out > 0.5 if array.dtype == bool else out


def simulate(function, *mock, params="stats", bounds=None):
    """Run a function on mock data by numpy and by the encrypted arrays' code in the clear, and compare.

    Parameters
    ----------
    function : callable
        Takes arrays; returns an array or a tuple of arrays.
    *mock : array_like
        Data of the shape and range of the real ones, none of it secret.
    params : str or jupyterfhe.core.Parameters, default='stats'
    bounds : sequence, optional
        For each of `mock` what ``client.encrypt_array`` takes as bounds, or None.

    Returns
    -------
    Simulation
    """
    session = Session.clear(params)
    bounds = bounds or [None] * len(mock)
    truth = function(*map(np.asarray, mock))
    found = function(*(clear(x, session, b) for x, b in zip(mock, bounds, strict=True)))
    pairs = list(zip(truth, found, strict=True)) if isinstance(found, (tuple, list)) else [(truth, found)]
    explanation, results, difference, bound = [], [], 0.0, 0.0
    for wanted, got in pairs:
        if isinstance(got, EncryptedArray):
            explanation.append(got.explain())
            bound = max(bound, float(np.max(got.error_bound(), initial=0.0)))
            got = opened(got)
        results.append(got)
        apart = np.abs(np.asarray(got, dtype=complex) - np.asarray(wanted, dtype=complex))
        difference = max(difference, float(np.max(apart, initial=0.0)))
    result = type(found)(results) if isinstance(found, (tuple, list)) else results[0]
    return Simulation(truth, result, difference, bound, explanation)

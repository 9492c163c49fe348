"""Encrypted arrays: any shape, numpy's operators and functions, no value in sight."""

import numbers
import operator
import sys

import numpy as np

from ..core import containers, errors
from ..plan import Value, compute, foresee
from ..plan.whole import WholeSession
from . import bridge, exactly, known, registry
from .assign import VIEWS, alone, assign, relate
from .index import select
from .layout import mapped
from .refusal import Refused, drawing, refuse, unknown
from .twin import approximate, paired

FLOAT, COMPLEX, BOOL = np.dtype(np.float64), np.dtype(np.complex128), np.dtype(bool)


def array_of(session, shape, dtype, slot_axis, strips):
    """An array of the class that its shape and dtype ask for.

    Parameters
    ----------
    session : jupyterfhe.plan.Session
    shape : tuple of int
    dtype : dtype
        float64, complex128 or bool.
    slot_axis : int or None
        The axis along the slots; its length is 2 or more.
    strips : ndarray of object
        A strip a number outside of `slot_axis`; of `shape`, but 1 along `slot_axis`.

    Returns
    -------
    EncryptedArray, EncryptedScalar or EncryptedBool
    """
    kind = EncryptedArray if shape else EncryptedBool if dtype == BOOL else EncryptedScalar
    self = object.__new__(kind)
    self.session, self.shape, self.dtype, self.slot_axis, self.strips = session, tuple(shape), dtype, slot_axis, strips
    self.known = self.kin = self.twin = None
    return self


class EncryptedArray(np.lib.mixins.NDArrayOperatorsMixin):
    """Numbers that stay encrypted while numpy's operators and functions compute on them, lazily.

    Made by :func:`jupyterfhe.open`, by ``client.encrypt_array`` on the owner's machine, and by operations. Public operands
    may be numpy arrays, Python numbers, fractions and decimals. Nothing runs before :meth:`compute`, saving or decryption.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
        What decryption gives: float64, complex128 or bool; int64 of exact integers.
    slot_axis : int or None
        The axis that runs along the slots of ciphertexts. What combines numbers of other axes rotates nothing.
    session : jupyterfhe.plan.Session
    known : known.Gram, known.Moment, known.RootOf, known.Whole, known.Grid or None
        What is proved of it beyond ranges.
    kin : assign.Kin or None
        Arrays that numpy would let share memory with it.
    twin : jupyterfhe.array.twin.Twin or None
        Of exact integers whose column was encrypted approximately too: makes the approximate form.
    """

    __slots__ = ("__weakref__", "dtype", "kin", "known", "session", "shape", "slot_axis", "strips", "twin")
    __array_priority__ = 1000

    def __init__(self, *_):
        """Use :func:`jupyterfhe.open`."""
        raise TypeError("encrypted arrays are opened or computed, not made: jupyterfhe.open(path)")

    def like(self, **changes):
        """An array with some parts changed."""
        parts = {n: changes.get(n, getattr(self, n)) for n in ("session", "shape", "dtype", "slot_axis", "strips")}
        return array_of(**parts)

    def expanded(self, ndim):
        """The array with axes of length 1 in front."""
        if ndim == self.ndim:
            return self
        new = (1,) * (ndim - self.ndim)
        slot = None if self.slot_axis is None else self.slot_axis + len(new)
        return self.like(shape=new + self.shape, strips=self.strips.reshape(new + self.strips.shape), slot_axis=slot)

    @property
    def exact(self):
        """Whether its numbers are exact integers, or public rationals times exact integers: BGV, not CKKS."""
        return isinstance(self.session, WholeSession)

    # ---- shape ----
    @property
    def ndim(self):
        """How many axes."""
        return len(self.shape)

    @property
    def size(self):
        """How many numbers."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def itemsize(self):
        """Bytes of a decrypted number."""
        return self.dtype.itemsize

    @property
    def T(self):
        """Transposed; free."""
        return np.transpose(self)

    def __len__(self):
        """Length of the first axis, which is public."""
        if not self.shape:
            raise TypeError("len() of an encrypted scalar")
        return self.shape[0]

    def __getitem__(self, key):
        """Numbers by public indices, slices and masks; free but for pieces of the slot axis.

        Parameters
        ----------
        key : int, slice, None, Ellipsis, ndarray of int or bool, or a tuple of them

        Returns
        -------
        EncryptedArray

        Notes
        -----
        Cost along the slot axis: a rotation for each different offset, one level when several pieces are put together.
        """
        out = paired(select(self, key), operator.getitem, (self, key))
        out.known = known.block(self, key)
        if not any(isinstance(k, (np.ndarray, list)) for k in (key if isinstance(key, tuple) else (key,))):
            relate(out, self)
        return out

    def __setitem__(self, key, value):
        """Put numbers in the places of others, by public indices, slices and masks.

        Parameters
        ----------
        key : int, slice, None, Ellipsis, ndarray of int or bool, or a tuple of them
        value : EncryptedArray, number or array_like
            Of a shape that broadcasts to what the key picks.

        Raises
        ------
        Refused
            While an array lives that numpy would change as well: a part of this one, or what this is a part of.

        Notes
        -----
        Cost: free off the slot axis; along it one level, and a rotation for each different offset of encrypted numbers.
        """
        strips = assign(self, key, value)
        if self.exact:
            exactly.check(strips, self.dtype)
        changed = paired(self.like(strips=strips), _with, (self, key, value))
        self.strips, self.known, self.twin = strips, None, changed.twin

    def __iter__(self):
        """Along the first axis."""
        if not self.shape:
            raise TypeError("an encrypted scalar is not iterable")
        if self.slot_axis == 0 and len(self) > 64:
            raise refuse("__iter__")
        return (self[i] for i in range(len(self)))

    # ---- numpy ----
    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        """Run a ufunc; in place for ``x += y``."""
        if out is not None and not all(isinstance(o, EncryptedArray) for o in out):
            raise refuse("out", f"np.{ufunc.__name__}")
        result = exactly.run_ufunc(ufunc, method, inputs, options)
        if method == "__call__":
            known.carried(ufunc, inputs, result)
        if out is None or result is NotImplemented:
            return result
        return out[0]._become(result)

    def __array_function__(self, function, types, args, options):
        """Run one of numpy's functions."""
        implementation = registry.FUNCTIONS.get(function)
        if implementation is None:
            raise unknown(function.__name__)
        out = known.carried(function, args, exactly.run_function(function, implementation, args, options))
        if function in VIEWS and isinstance(out, EncryptedArray) and isinstance(args[0], EncryptedArray):
            relate(out, args[0])
        return out

    def _become(self, other):
        """Take another's numbers, as an array that is written in place does."""
        if not self.shape:
            return other
        if other.shape != self.shape:
            raise ValueError(f"non-broadcastable output operand with shape {self.shape} doesn't match the broadcast "
                             f"shape {other.shape}")
        if other.dtype != self.dtype and (other.dtype == COMPLEX or self.dtype == BOOL or self.exact or other.exact):
            raise Refused(f"numbers of {other.dtype} do not go into an array of {self.dtype}", "Write y = y + x.")
        if self.kin is not None and self.kin.whole() is self:  # a part may: x[0] += 1 changes it, then puts it into x
            alone(self, other)
        self.slot_axis, self.strips, self.known, self.twin = other.slot_axis, other.strips, other.known, other.twin
        return self

    def __array__(self, *_, **__):
        """Refuse: there are no plain numbers here."""
        raise refuse("picture" if drawing(sys._getframe(1)) else "__array__")

    def _method(name):
        def method(self, *args, **options):
            return getattr(np, name)(self, *args, **options)
        method.__name__, method.__doc__ = name, f"As :func:`numpy.{name}`."
        return method

    sum, mean, var, prod, cumsum, trace = map(_method, ("sum", "mean", "var", "prod", "cumsum", "trace"))
    dot, take, swapaxes, diagonal, squeeze, ravel = map(_method, ("dot", "take", "swapaxes", "diagonal", "squeeze", "ravel"))
    conj, conjugate, std, min, max, argmin, argmax, sort = map(
        _method, ("conj", "conjugate", "std", "min", "max", "argmin", "argmax", "sort"))
    round, clip, nonzero, repeat = map(_method, ("round", "clip", "nonzero", "repeat"))
    flatten = _method("ravel")
    del _method

    def reshape(self, *shape, order="C"):
        """Another shape, as :func:`numpy.reshape`."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)

    def transpose(self, *axes):
        """Axes in another order; free."""
        axes = axes[0] if len(axes) == 1 and (axes[0] is None or not isinstance(axes[0], int)) else axes or None
        return np.transpose(self, axes)

    def astype(self, dtype, **_):
        """Truth values as numbers, numbers as complex ones; single numbers that are integers as exact ones.

        Parameters
        ----------
        dtype : dtype
            int of approximate numbers: of counts, that is sums of truth values, and of what :meth:`whole` promises, if the
            proved error is below 1/2.
        """
        dtype = np.dtype(dtype)
        if self.exact:
            return exactly.astype(self, dtype)
        if dtype == bridge.INT:
            return bridge.to_exact(self)
        if dtype.kind not in "fc" or (self.dtype == COMPLEX and dtype.kind != "c"):
            raise Refused(f"{self.dtype} does not become {dtype} without being decrypted", "Round after decryption.")
        return self.like(dtype=COMPLEX if dtype.kind == "c" else FLOAT)

    def copy(self, order="C"):
        """An array that changes apart."""
        out = self.like(strips=self.strips.copy())
        out.twin = self.twin
        return out

    __copy__ = copy

    def __deepcopy__(self, memo):
        """As :meth:`copy`."""
        return self.copy()

    @property
    def real(self):
        """Real parts."""
        return np.real(self)

    @property
    def imag(self):
        """Imaginary parts."""
        return np.imag(self)

    def within(self, low, high, step=None):
        """The same numbers, promised by the caller to lie in an interval, which makes functions of them exact enough.

        Parameters
        ----------
        low, high : float
        step : float, optional
            Promises as well that they are `low` plus multiples of it, as readings of an instrument or prices are. Where levels
            come back, bins, floor, remainders and comparisons with several edges are tables then.

        Returns
        -------
        EncryptedArray

        Notes
        -----
        Nothing checks it: where a number lies outside, results are wrong and no bound says so. :meth:`explain` shows it as
        assumed. Reveals: the interval and the step.
        """
        from .functions.within import stepping, within
        array = self if self.twin is None else approximate(self)
        if step is not None:
            return stepping(array, low, high, step)
        return within(array, low, high, f"numbers of shape {self.shape} lie within [{low:g}, {high:g}]")

    def whole(self):
        """The same numbers, promised by the caller to be integers, so that ``astype(int)`` and ``np.rint`` make them exact.

        Returns
        -------
        EncryptedArray

        Notes
        -----
        Nothing checks it: other numbers become some integer, or none. :meth:`explain` shows it as assumed.
        """
        return self if self.exact else bridge.promised(self)

    def approximate(self, crossing=False):
        """The same numbers in approximate form; itself where it is approximate.

        Parameters
        ----------
        crossing : bool, default=False
            Take single numbers over by the bridge, though there is a second encryption: far more exact, at once where they are
            computed already, with fewer levels. False computes them anew from the second encryption, and takes the bridge where
            there is none.

        Returns
        -------
        EncryptedArray

        Raises
        ------
        Refused
            For vectors without a second encryption.
        """
        if crossing and self.exact and bridge.single(self):
            return bridge.to_approximate(self)
        return approximate(self, crossing=True)

    # ---- what is refused ----
    def _refuses(name):
        def refused(self, *_):
            raise refuse(name)
        refused.__name__, refused.__doc__ = name, "Refuse."
        return refused

    __bool__, __float__, __index__ = _refuses("__bool__"), _refuses("__float__"), _refuses("__index__")
    __int__ = __complex__ = item = tolist = __float__
    __contains__ = _refuses("compare")
    __hash__ = None
    del _refuses

    # math's functions, where a range tells the result
    def __round__(self, digits=None):
        """``np.round``."""
        return np.round(self, digits or 0)

    def __floor__(self):
        """``np.floor``."""
        return np.floor(self)

    def __ceil__(self):
        """``np.ceil``."""
        return np.ceil(self)

    def __trunc__(self):
        """``np.trunc``."""
        return np.trunc(self)

    def __format__(self, spec):
        """Its repr; no value is there to format."""
        if spec:
            raise refuse("format")
        return str(self)

    def __reduce_ex__(self, protocol):
        """Refuse: pickles run code when they are read."""
        raise TypeError("encrypted arrays are not pickled: a pickle runs code where it is opened. Use x.save(folder) and "
                        "jupyterfhe.load(folder).")

    # ---- computing ----
    @property
    def values(self):
        """All ciphertexts, as :class:`~jupyterfhe.plan.Value`, each once."""
        return list(dict.fromkeys(v for s in self.strips.flat for v in s.values))

    @property
    def computed(self):
        """Whether nothing is left to compute."""
        return all(v.stored is not None for v in self.values)

    def compute(self, keep_levels=None):
        """Compute now, and keep the result.

        Parameters
        ----------
        keep_levels : int, optional
            Levels to keep for further work; ``options.keep_levels`` by default, which keeps all that inputs allow.

        Returns
        -------
        EncryptedArray
            Itself.

        Raises
        ------
        DepthError, RangeError, KeyMissingError, OutOfMemoryError
            Before anything runs.
        """
        if self.session.results is None:
            compute(self.values, keep_levels)
        else:
            self.session.results.compute(self, keep_levels)
        return self

    def aside(self):
        """The same numbers to be opened alone: what is not computed yet can be computed at the last level without being spent
        for more work.

        Returns
        -------
        EncryptedArray
        """
        def apart(strip):
            pad = strip.pad.aside() if isinstance(strip.pad, Value) else strip.pad
            return strip._like(values=tuple(v.aside() for v in strip.values), pad=pad)
        return self.like(strips=mapped(apart, self.strips))

    def _outlook(self):
        """By value: (level, error bound, probable bound); and the plan of what is not computed, or None."""
        values = self.values
        graph, plan = foresee(values) if values else (None, None)
        known = {}
        for value, out in zip(graph.wanted, plan.outputs, strict=True) if plan else ():
            known[value] = out.level, out.error_bound, out.error_probable
        for value in values:
            if value not in known:
                known[value] = _of_stored(value)
        return known, plan

    def error_bound(self, probable=False):
        """How far decrypted numbers are from the true ones at the most, proved; rounding of doubles included.

        Parameters
        ----------
        probable : bool, default=False
            Give the bound that holds with about 99.99 % chance instead.

        Returns
        -------
        float, or ndarray of the array's shape
        """
        known, _ = self._outlook()
        return self.errors({v: parts[2 if probable else 1] for v, parts in known.items()})

    def errors(self, bounds):
        """Bounds of all numbers, of those of ciphertexts.

        Parameters
        ----------
        bounds : dict of Value to float

        Returns
        -------
        float, or ndarray of the array's shape
        """
        out = np.zeros(self.strips.shape)
        for at in np.ndindex(out.shape):
            out[at] = self.strips[at].error(bounds.__getitem__)
        return np.broadcast_to(out, self.shape) if self.shape else float(out)

    def explain(self, details=False):
        """What computing takes: time, memory, levels, error, and what is revealed.

        Parameters
        ----------
        details : bool, default=False
            Add the plan, a line an operation.

        Returns
        -------
        Explanation
            Prints itself in terminals and notebooks.
        """
        from .explain import Explanation
        return Explanation(self, details)

    def save(self, path):
        """Compute, and write a folder that appears whole or not at all; :func:`jupyterfhe.load` reads it.

        Parameters
        ----------
        path : path-like
            Must not exist.
        """
        from .store import save
        save(self, path)

    @property
    def nbytes(self):
        """Bytes of the ciphertexts that are there."""
        return sum(v.stored.nbytes for v in self.values if v.stored is not None)

    @property
    def bounds(self):
        """Public interval that holds every number."""
        spans = [s.bounds for s in self.strips.flat]
        return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else (0.0, 0.0)

    def describe(self):
        """Facts about it, never a value: name and text."""
        facts = {"shape": str(self.shape), "dtype": str(self.dtype), "scheme": self.describe_scheme()}
        try:
            known, plan = self._outlook()
            if known:
                worst = np.max(self.errors({v: parts[1] for v, parts in known.items()}))
                facts["levels left"] = str(min(level for level, _, _ in known.values()))
                facts["error"] = f"<= {worst:.1e}" if worst else "none"
            if plan is not None:
                facts["not computed yet"] = f"about {plan.forecast.seconds:.2g} s"
        except errors.JupyterFHEError as why:
            facts["cannot be computed"] = why.detail
        parts = len(self.session.moduli) if self.exact else 1
        facts["size"] = f"{len(self.values) * parts} ciphertexts, {containers.human(self.nbytes)} now"
        facts["key"] = "none, in the clear" if self.session.is_clear else str(self.session.keys.key_id)[:8]
        return facts

    def describe_scheme(self):
        """Scheme, parameters and, of exact integers, moduli, in words."""
        name = self.session.params.name
        if not self.exact:
            return f"CKKS, {name}"
        moduli = self.session.moduli
        return f"BGV, {name}, {self.session.product.bit_length() - 1} bits in {len(moduli)} " \
               f"modul{'us' if len(moduli) == 1 else 'i'} {' * '.join(map(str, moduli))}"

    def __repr__(self):
        """Shape, dtype, scheme, levels, error bound, size, key; never a value."""
        return f"<{type(self).__name__} {', '.join(f'{name} {text}' for name, text in self.describe().items())}>"

    def _repr_html_(self):
        """The same as a table."""
        from .explain import table
        return table(type(self).__name__, self.describe())


def _with(array, key, value):
    """An array after an assignment."""
    array[key] = value
    return array


def _of_stored(value: Value):
    """Level and bounds of a leaf."""
    stored = value.stored
    if value.session.is_clear:
        return value.session.params.levels, 0.0, 0.0
    return stored.level, stored.info.error_worst, stored.info.error_probable


class EncryptedScalar(EncryptedArray):
    """One encrypted number. Python's numbers, fractions and decimals compute with it, and ``sum`` of a list of them."""

    __slots__ = ()


class EncryptedBool(EncryptedArray):
    """One encrypted truth value: ``& | ^ ~`` combine them, arithmetic counts them as 0 and 1."""

    __slots__ = ()


numbers.Number.register(EncryptedScalar)
numbers.Number.register(EncryptedBool)

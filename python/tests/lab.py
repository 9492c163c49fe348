"""A bench for arrays: a function runs on plain and on encrypted arrays, and must agree within the bound that it declared."""

import types

import numpy as np

from jupyterfhe import client
from jupyterfhe.array import EncryptedArray
from jupyterfhe.array.simulate import clear, opened
from jupyterfhe.core.errors import JupyterFHEError  # noqa: F401  what tests expect
from jupyterfhe.plan import Session


class Lab:
    """Small ciphertexts: 16 numbers each, so that arrays of a few dozen have chunks and edges."""

    def __init__(self, world, log_slots=4):
        self.world, self.key, self.log_slots = world, world.secret, log_slots

    def seal(self, values, **options):
        return client.encrypt_array(values, self.key, keys=self.world.keys, log_slots=self.log_slots, **options)

    def open(self, array):
        return client.decrypt_array(array, self.key)

    def agree(self, got, want, close=1e-3):
        """Shape, kind of dtype, and every number within its bound, which says something."""
        want = np.asarray(want)
        if not isinstance(got, EncryptedArray):  # nothing encrypted is left in it
            assert np.shape(got) == want.shape and np.array_equal(got, want, equal_nan=True)
            return
        assert got.shape == want.shape, (got.shape, want.shape)
        opened = self.open(got)
        assert opened.values.shape == want.shape and opened.values.dtype == got.dtype
        assert (want.dtype.kind == "c") == (got.dtype.kind == "c") and (want.dtype == bool) == (got.dtype == bool)
        off = np.abs(opened.values.astype(complex) - want.astype(complex))
        assert np.all(off <= opened.error_bound), (off.max(), np.max(opened.error_bound))
        if want.size:
            assert np.max(opened.error_bound) <= close * max(1.0, float(np.abs(want).max())), np.max(opened.error_bound)
            low, high = got.bounds
            real = want.real if want.dtype.kind != "c" else np.abs(want)
            assert low - 1e-9 <= real.min() and real.max() <= high + 1e-9

    def both(self, f, *arrays, close=1e-3, **options):
        """Run on both kinds and compare; also tuples of results."""
        want, got = f(*arrays), f(*(self.seal(x, **options) for x in arrays))
        if isinstance(want, (tuple, list)):
            for w, g in zip(want, got, strict=True):
                self.agree(g, w, close)
        else:
            self.agree(got, want, close)
        return got


class ClearLab(Lab):
    """The same programs and bounds on numbers in the clear: for what needs deep rings, whose ciphertexts take seconds."""

    def __init__(self, params, log_slots=4):
        self.session = Session.clear(params, log_slots)

    def seal(self, values, bounds=None, slot_axis=None):
        return clear(values, self.session, bounds, slot_axis)

    def open(self, array):
        bound = array.error_bound()  # before its plan is gone
        return types.SimpleNamespace(values=opened(array), error_bound=bound, error_probable=bound)

"""Each status has its class; each message says what happened and what to do next."""

import re

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.core import Ciphertext, EvaluationKeys, Parameters, Plaintext, errors, evaluate, inspect
from jupyterfhe.core.engine import engine, ffi, lib


def test_every_status_has_a_class():
    names = {n.removeprefix("JFHE_ERR_") for n in dir(lib) if n.startswith("JFHE_ERR_")}
    assert names == set(errors.BY_STATUS) and len(names) == lib.JFHE_STATUS_COUNT - 1
    advice = [kind.advice for kind in errors.BY_STATUS.values()]
    assert len(set(advice)) == len(advice)


def changed(data, at, to=None):
    data = bytearray(data)
    data[at] = data[at] ^ 1 if to is None else to
    return bytes(data)


def stream_that_fails(world):
    @ffi.def_extern()
    def jfhe_py_write(self, data, size):
        return 1

    engine.check(lib.jfhe_ct_write_stream(lib.jfhe_py_write, ffi.NULL, world.seal([1.0]).pointer, lib.JFHE_ENCODING_PACKED))


def too_large(world):
    a = world.seal([1.0], bound=2.0**30)
    while True:
        a = evaluate.add(a, a)


CASES = {
    "ArgumentError": (lambda w: Parameters.preset("statz"), "stats-lite"),
    "OutOfMemoryError": (lambda w: Parameters.from_bytes(w.params.to_bytes(), max_log_n=10), "smaller"),
    "InternalError": (lambda w: engine.check(lib.jfhe_ckks_rescale(w.params.pointer, w.seal([1.0]).pointer,
                      w.seal([1.0]).pointer, ffi.new("char[8]"), 8)), "scratch of 8 bytes"),
    "ParameterError": (lambda w: Parameters.custom(61), "60"),
    "SecurityError": (lambda w: Parameters.custom(10, log_n=12), "106"),
    "ContextError": (lambda w: Ciphertext.from_bytes(Parameters.custom(3), w.seal([1.0]).to_bytes()), "degree 2"),
    "KeyMissingError": (lambda w: evaluate.rotate(w.seal([1.0]), 3, w.keys), "rotation by 3"),
    "DepthError": (lambda w: evaluate.add(w.seal([1.0]), w.seal([1.0], level=1)), "level"),
    "ScaleError": (lambda w: evaluate.add(evaluate.mul_plain(w.seal([1.0]), Plaintext.encode(w.params, [1.0])),
                                          w.seal([1.0])), "scale"),
    "RangeError": (too_large, "modulus"),
    "FormError": (lambda w: evaluate.neg(w.seal([1.0])).to_bytes("seeded"), "encoding"),
    "InvalidValueError": (lambda w: w.seal([1.0, np.nan]), "nan|NaN|finite"),
    "FormatError": (lambda w: Ciphertext.from_bytes(w.params, b"x" * 4096), "container|magic"),
    "VersionError": (lambda w: inspect(changed(w.seal([1.0]).to_bytes(), 8, 99)), "version"),
    "ChecksumError": (lambda w: Ciphertext.from_bytes(w.params, changed(w.seal([1.0]).to_bytes(), 5000)), "checksum"),
    "TruncatedError": (lambda w: Ciphertext.from_bytes(w.params, w.seal([1.0]).to_bytes()[:-1]), "bytes"),
    "StorageError": (stream_that_fails, "function"),
    "ClosedError": (lambda w: closed(w), "closed"),
    "BudgetError": (lambda w: [client.release(w.seal([1.0], bound=2.0**15), spent(w), releases=1, count=1) for _ in range(2)],
                    "used up"),
}
_SPENT = []


def spent(world):
    if not _SPENT:
        _SPENT.append(client.SecretKey.load(world.folder))
        _SPENT[0].path = None  # counted in memory: the other tests' key stays fresh
    return _SPENT[0]


def closed(world):
    with client.SecretKey.generate(world.params) as key:
        pass
    client.encrypt([1.0], key)


@pytest.mark.parametrize("name", CASES)
def test_an_error_of_each_kind(lite, name):
    do, says = CASES[name]
    kind = getattr(errors, name)
    with pytest.raises(kind) as caught:
        do(lite)
    error = caught.value
    assert type(error) is kind and re.search(says, str(error)), str(error)
    assert str(error) == f"{error.detail}. {error.advice}" and error.advice.endswith((".", "file"))
    assert error.detail


def test_what_only_the_engine_can_cause_is_mapped_too():
    for name in ("ENTROPY", "CANCELLED"):
        assert type(engine.error(getattr(lib, f"JFHE_ERR_{name}"))) is errors.BY_STATUS[name]


def test_builtin_kinds_still_catch():
    assert issubclass(errors.KeyMissingError, LookupError) and issubclass(errors.FormatError, ValueError)
    assert issubclass(errors.OutOfMemoryError, MemoryError) and issubclass(errors.StorageError, OSError)


def test_no_message_holds_a_value(lite):
    secret = 123456.789
    for do in (lambda: lite.seal([secret], bound=1.0), lambda: lite.seal([secret, np.inf]),
               lambda: evaluate.rotate(lite.seal([secret]), 3, lite.keys), lambda: lite.seal([secret] * 5000)):
        with pytest.raises(errors.JupyterFHEError) as caught:
            do()
        assert "123456" not in str(caught.value) and "1.23" not in str(caught.value)


def test_the_detail_is_of_this_thread(lite):
    with pytest.raises(errors.KeyMissingError, match="no parent key"):
        EvaluationKeys(lite.params).derive([1])

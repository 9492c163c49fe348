"""Who owns what, for how long; what is never shown; and that the interpreter runs on while the engine works."""

import copy
import gc
import os
import pickle
import signal
import sys
import threading
import time
import weakref

import numpy as np
import pytest

from jupyterfhe import client
from jupyterfhe.core import Ciphertext, EvaluationKeys, LinearMap, Parameters, Plaintext, Polynomial, call, errors, evaluate
from jupyterfhe.core.call import Gate, Handle
from jupyterfhe.core.engine import engine, lib


# ---- lifetimes ----
def test_parameters_outlive_what_was_made_in_them():
    params = Parameters.custom(1, scale_bits=30)
    watch = weakref.ref(params)
    plain = Plaintext.encode(params, [1.0])
    empty = Ciphertext.empty(params, 1, degree=2)
    del params
    gc.collect()
    assert watch() is not None and plain.level == 1
    del plain
    gc.collect()
    assert watch() is not None and empty.nbytes == 0
    del empty
    gc.collect()
    assert watch() is None


@pytest.mark.parametrize("cycle", [False, True])
def test_an_object_is_freed_once_and_before_what_it_uses(cycle):
    order = []

    class Box:
        pass

    for i in range(100):
        box = Box()
        box.first = Handle(engine, engine.ffi.new("int *"), lambda p, i=i: order.append((i, "first")))
        box.second = Handle(engine, engine.ffi.new("int *"), lambda p, i=i: order.append((i, "second")), box.first.pointer)
        if cycle:
            box.self = box
    del box
    gc.collect()
    assert len(order) == 200
    for i in range(100):
        assert [what for j, what in order if j == i] == ["second", "first"]


def test_a_pointer_alone_keeps_its_object(lite):
    size = lib.jfhe_ct_write_size(lite.seal([1.0]).pointer, lib.JFHE_ENCODING_PACKED)
    assert size == len(lite.seal([2.0]).to_bytes("packed"))
    params = Parameters.custom(1, scale_bits=32)
    plain = Plaintext.encode(params, [1.0]).pointer
    del params
    gc.collect()
    assert lib.jfhe_pt_level(plain) == 1


def test_what_the_engine_took_is_not_freed_twice():
    freed = []
    thing = Handle(engine, engine.ffi.new("int *"), freed.append, "kept")
    before = len(call._kept)
    thing.disown(engine)
    del thing
    gc.collect()
    assert freed == [] and len(call._kept) == before - 1


def test_copies_are_the_same_object(lite):
    a = lite.seal([1.0])
    assert copy.copy(a) is a and copy.deepcopy([a])[0] is a


def test_scratch_grows_and_goes_with_its_thread(lite):
    sizes = []

    def work():
        assert engine.arena.nbytes == 0
        a = lite.seal(np.ones(8))
        evaluate.square(a, lite.keys)
        first = engine.arena.nbytes
        evaluate.rotate_many(a, [1, 2], lite.keys)
        sizes.extend([first, engine.arena.nbytes])
        engine.arena.trim()
        sizes.append(engine.arena.nbytes)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(sizes) == 3 and 0 < sizes[0] <= sizes[1] and sizes[2] == 0


def test_a_nested_call_gets_other_scratch():
    first = engine.arena.take(100)
    second = engine.arena.take(100)
    assert first != second
    engine.arena.give(second)
    engine.arena.give(first)
    engine.arena.trim()


# ---- nothing is shown, nothing is pickled ----
def test_no_repr_holds_a_value(lite, rng):
    value = 7919.25
    a = lite.seal([value, -value])
    things = [a, evaluate.square(a, lite.keys), lite.params, lite.keys, lite.secret, Plaintext.encode(lite.params, [value]),
              client.decrypt(a, lite.secret), client.PublicKey.load(lite.folder)]
    for thing in things:
        for text in (repr(thing), str(thing), f"{thing}", repr([thing])):
            assert "7919" not in text and "8192 " not in text.replace("2^13", ""), text
    with client.SecretKey.generate(lite.params) as key:
        assert repr(key) == f"<SecretKey {key.id[:8]}, stats-lite>"


def test_nothing_is_pickled(lite):
    a = lite.seal([1.0])
    opened = client.decrypt(a, lite.secret)
    things = [a, lite.params, lite.secret, Plaintext.encode(lite.params, [1.0]), Polynomial([0.0, 1.0, 2.0]), opened,
              LinearMap(lite.params, {0: np.ones(4)}, log_slots=2), client.PublicKey.load(lite.folder)]
    for thing in things:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="pickled"):
                pickle.dumps(thing, protocol)


def test_truth_is_refused(lite):
    with pytest.raises(TypeError, match="encrypted mask"):
        bool(lite.seal([1.0]))
    with pytest.raises(TypeError):
        float(lite.seal([1.0]))


# ---- containers ----
def test_containers_come_back(lite, tmp_path, rng):
    x = rng.normal(size=lite.params.slots)
    a = lite.seal(x)
    for encoding in (None, "seeded", "packed", "raw"):
        a.save(tmp_path / "a.ct", encoding)
        again = Ciphertext.load(lite.params, tmp_path / "a.ct")
        assert again.to_bytes("packed") == a.to_bytes("packed")
        assert (again.level, again.scale, again.key_id, again.error_bound) == (a.level, a.scale, a.key_id, a.error_bound)
        lite.check(again, x)
    assert len(a.to_bytes()) < 0.6 * len(a.to_bytes("packed"))
    assert [p.name for p in tmp_path.iterdir()] == ["a.ct"]


def test_files_are_capped_before_they_are_read(lite, tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    for load in (lambda p: Ciphertext.load(lite.params, p), Parameters.load):
        with pytest.raises(errors.OutOfMemoryError, match="more than"):
            load(tmp_path / "huge")
        with pytest.raises(errors.StorageError, match="no regular file"):
            load(tmp_path / "pipe")
        with pytest.raises(errors.TruncatedError):
            load(tmp_path / "empty")
    for name in ("empty", "pipe"):
        with pytest.raises(errors.JupyterFHEError):
            EvaluationKeys(lite.params).add(tmp_path / name)


@pytest.mark.parametrize("wrap", [bytearray, memoryview, lambda b: np.frombuffer(b, np.uint8)])
def test_any_buffer_is_read_where_it_lies(lite, wrap):
    a = lite.seal([3.0])
    lite.check(Ciphertext.from_bytes(lite.params, wrap(a.to_bytes())), [3.0])


# ---- threads ----
class Runner(threading.Thread):
    """Counts what it finishes, until it is stopped."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.count, self.stop, self.started_once = work, 0, False, threading.Event()

    def run(self):
        while not self.stop:
            self.work()
            self.count += 1
            self.started_once.set()


@pytest.fixture
def no_forced_switch():
    """The interpreter takes its lock from no thread that does not give it up itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    yield
    sys.setswitchinterval(before)


def overlapped(one_call, other):
    """How many calls of `other` a second thread finished while this one was inside `one_call`."""
    runner, keep = Runner(other), sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    runner.start()
    runner.started_once.wait(60)
    sys.setswitchinterval(keep)
    time.sleep(0.02)  # until no thread waits by the old interval
    before = runner.count
    one_call()
    after = runner.count
    runner.stop = True
    sys.setswitchinterval(0.001)
    runner.join(60)
    sys.setswitchinterval(keep)
    return after - before


def test_two_threads_compute_at_once(deep, rng, no_forced_switch):
    a = deep.seal(rng.uniform(-1, 1, deep.params.slots))
    b = deep.seal(rng.uniform(-1, 1, deep.params.slots))
    many = Polynomial.fit(np.sin, 31, (-1, 1))
    ring, ctx = deep.keys.need(relin=True), deep.params.pointer
    out = Ciphertext.empty(deep.params, deep.params.levels - many.depth)
    size = lib.jfhe_poly_eval_scratch(ctx, many.pointer, a.level)
    scratch = engine.ffi.new("char[]", size)

    def one_call():  # one call into the engine, about a hundred products long
        assert lib.jfhe_poly_eval(ctx, out.pointer, a.pointer, many.pointer, 0, ring, scratch, size) == lib.JFHE_OK

    result = Ciphertext.empty(deep.params, deep.params.levels)

    def other():  # one engine call too, started and finished by the second thread
        assert lib.jfhe_ckks_add(ctx, result.pointer, a.pointer, b.pointer) == lib.JFHE_OK

    assert max(overlapped(one_call, other) for _ in range(5)) > 0
    # The control: a call that keeps the interpreter's lock lets nobody in.
    assert overlapped(lambda: sorted(range(300_000, 0, -1)), other) == 0


def test_many_threads_share_keys_and_parameters(lite, rng):
    keys = EvaluationKeys.open(lite.folder)
    x = rng.normal(size=lite.params.slots)
    a, failed, results = lite.seal(x), [], {}

    def work(k):
        try:
            results[k] = evaluate.rotate(evaluate.square(a, keys), 1 << k, keys)
        except BaseException as why:
            failed.append(why)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failed == [] and keys.count == 13
    for k, out in results.items():
        lite.check(out, np.roll(x * x, -(1 << k)))


def test_a_gate_lets_a_change_wait():
    gate, inside, seen = Gate(), threading.Event(), []

    def computes():
        with gate:
            inside.set()
            release.wait(60)
            seen.append("computed")

    release = threading.Event()
    worker = threading.Thread(target=computes)
    worker.start()
    inside.wait(60)
    changer = threading.Thread(target=lambda: [gate.alone().__enter__(), seen.append("changed")])
    changer.start()
    changer.join(0.05)
    assert seen == []
    release.set()
    changer.join(60)
    worker.join(60)
    assert seen == ["computed", "changed"]


def test_a_change_from_inside_is_refused(lite):
    with lite.params.gate, pytest.raises(errors.InternalError, match="from inside"):
        lite.params.threads = 2
    assert lite.params.threads == 1


def test_an_interrupt_while_objects_are_freed_arrives(lite):
    class Stopped(Exception):
        pass

    def stop(number, frame):
        raise Stopped

    before, caught = signal.signal(signal.SIGALRM, stop), 0
    try:
        for _ in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 5e-4)
                until = time.monotonic() + 5
                while time.monotonic() < until:
                    Handle(engine, engine.ffi.new("int *"), engine.ffi.release, "kept")
            except Stopped:
                caught += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert caught == 300

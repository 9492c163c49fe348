"""Expressions on encrypted vectors: computed right, planned from what is there, cancelled without a trace."""

import gc
import threading
import time

import numpy as np
import pytest

from jupyterfhe.core import EvaluationKeys, Polynomial, errors
from jupyterfhe.plan import Session, Value, Vector, cancel_all, compute, foresee, options, program, progress


@pytest.fixture
def session(deep):
    return Session.of(deep.keys)


@pytest.fixture
def pair(deep, session, rng):
    x, y = rng.uniform(-1, 1, (2, session.slots))
    return x, y, session.hold(deep.seal(x, bound=1.0)), session.hold(deep.seal(y, bound=1.0))


def opened(world, value):
    assert value.stored is not None
    return value.stored.ciphertext


def test_every_operation(deep, session, pair, rng):
    x, y, a, b = pair
    v, z = rng.normal(size=session.slots), rng.normal(size=100) + 1j * rng.normal(size=100)
    padded = np.concatenate([z, np.zeros(session.slots - 100)])
    cubic, soft = Polynomial([0.5, 0.0, -1.0, 0.25]), Polynomial.fit(np.tanh, 7, (-1, 1))
    want = [(a.add(b), x + y), (a.sub(b), x - y), (a.neg(), -x), (a.mul(b), x * y), (a.mul(a), x * x),
            (a.add_const(2.5), x + 2.5), (a.mul_const(-0.3), -0.3 * x), (a.mul_const(3), 3 * x), (a.mul_const(1j), 1j * x),
            (a.add_vector(Vector(v)), x + v), (a.mul_vector(Vector(v)), x * v), (a.mul_vector(Vector(z)), x * padded),
            (a.rotate(3), np.roll(x, -3)), (a.inner_sum(4), sum(np.roll(x, -j) for j in range(4))),
            (a.poly(cubic, 2.0), 0.5 - x**2 + 0.25 * x**3), (a.poly(soft, 1.0, True), [soft(t) for t in x]),
            (a.mul(b).promising(0.5), x * y)]
    compute([value for value, _ in want], keep_levels=0)
    for value, numbers in want:
        deep.check(opened(deep, value), numbers)
    assert a.rotate(0) is a and a.mul_const(1) is a and a.add_const(0) is a and a.conjugate() is a


def test_a_computed_value_is_a_leaf_and_the_next_run_reuses_it(deep, session, pair):
    x, y, a, b = pair
    c = a.mul(b)
    d = c.add(a)
    compute([c])
    held = c.stored
    assert c.made[1] == () and held.level == deep.params.levels - 1
    compute([c, d])
    assert c.stored is held and len(foresee([d.add(c)])[0].leaves) == 2
    deep.check(opened(deep, d), x * y + x)


def test_levels_kept(deep, session, pair):
    _, _, a, b = pair
    for keep, level in ((0, 0), (2, 2), (None, deep.params.levels - 1)):
        c = a.mul(b)
        compute([c], keep)
        assert c.stored.level == level
    with options.set(keep_levels=1):
        c = a.mul(b)
        compute([c])
        assert c.stored.level == 1


def test_a_result_that_does_not_fit_at_the_lowest_level_comes_at_a_higher_one(deep, session, rng):
    x = rng.uniform(-1e-11, 1e-11, size=session.slots)
    c = session.hold(deep.seal(x, bound=1.0)).mul_const(2.0**35).promising(0.5).poly(Polynomial([0.5, 0.0, 1.0]), 1.0)
    compute([c], 0)
    assert c.stored.level > 0
    deep.check(opened(deep, c), 0.5 + (2.0**35 * x) ** 2)


def test_a_long_chain_neither_recurses_nor_leaks(deep, session, pair):
    x, _, a, _ = pair
    c = a
    for _ in range(30_000):
        c = c.add_const(1e-6)
    del _
    compute([c], 0)
    deep.check(opened(deep, c), x + 0.03, probable=False)
    d = a
    for _ in range(30_000):
        d = d.neg()
    del d  # frees a deep expression without overflowing the stack
    gc.collect()


def test_plans_are_kept_for_the_same_program_and_ranges(deep, session, pair, monkeypatch):
    x, y, a, b = pair
    made = []
    monkeypatch.setattr("jupyterfhe.plan.execute.Plan", lambda *args, **kw: (made.append(1), program.Plan(*args, **kw))[1])
    session.plans.clear()
    for _ in range(3):
        c = a.mul(b)
        compute([c], 0)
    deep.check(opened(deep, c), x * y)
    assert len(made) == 1
    compute([a.mul(session.hold(deep.seal(y, bound=2.0)))], 0)
    assert len(made) == 2
    compute([a.mul(session.hold(deep.seal(y, bound=1.0, level=3)))], 0)  # the same program of inputs at other levels
    assert len(made) == 3
    for k in range(20):
        compute([a.add_const(k + 1)], 0)
    assert len(session.plans) == 16


def test_what_is_foreseen_happens(deep, session, pair):
    _, _, a, b = pair
    c = a.mul(b).inner_sum(4)
    _, plan = foresee([c], 0)
    assert plan.forecast.products == 1 and sorted(plan.rotations) == [1, 2]
    compute([c], 0)
    stored = opened(deep, c)
    out = plan.outputs[0]
    assert (out.level, out.magnitude) == (stored.level, stored.magnitude)
    assert out.error_probable == pytest.approx(stored.error_probable, rel=0.5)
    assert "output 'y0'" in plan.text and plan.forecast.seconds > 0 and len(plan.hash) == 32


def test_equal_programs_are_equal_bytes(session, pair):
    _, _, a, b = pair
    graphs = [foresee([a.mul(b).add(a)])[0].program() for _ in range(2)]
    assert graphs[0].to_bytes() == graphs[1].to_bytes() and graphs[0].hash == graphs[1].hash
    assert graphs[0].to_bytes(text=True).startswith(b"jfp 1")


def test_the_same_bytes_again_and_on_two_threads(deep, session, pair):
    _, _, a, b = pair
    out = []
    for threads in (1, 1, 2):
        deep.params.threads = threads
        try:
            c = a.mul(b).rotate(5)
            compute([c], 0)
            out.append(opened(deep, c).to_bytes())
        finally:
            deep.params.threads = 1
    assert out[0] == out[1] == out[2]


# ---- keys ----
def test_rotations_without_a_key_are_made_of_others(deep, pair):
    x, _, a, _ = pair
    b = a.rotate(4)  # keys: 1, 2, 3, 5
    compute([b], 0)
    deep.check(opened(deep, b), np.roll(x, -4))


def test_keys_are_loaded_when_needed(lite, rng):
    keys = EvaluationKeys.open(lite.folder, lite.params)
    session = Session.of(keys)
    a = session.hold(lite.seal(rng.normal(size=9)))
    compute([a.add(a)], 0)
    assert keys.count == 0
    compute([a.mul(a)], 0)
    assert keys.count == 1
    compute([a.rotate(-1)], 0)
    assert 1 < keys.count <= 14


def test_missing_keys_are_named(lite, rng):
    keys = EvaluationKeys(lite.params)
    session = Session.of(keys)
    a = session.hold(lite.seal(rng.normal(size=9)))
    with pytest.raises(errors.KeyMissingError, match="relin"):
        compute([a.mul(a)])
    keys.add(lite.folder / "relin.key")
    with pytest.raises(errors.KeyMissingError, match="rotates by 1"):
        compute([a.rotate(1)])
    _, plan = foresee([a.rotate(1)])  # explained all the same
    assert plan.rotations == [1]


# ---- refusals ----
def test_values_of_two_sessions_do_not_meet(lite, deep, rng):
    a = Session.of(lite.keys).hold(lite.seal([1.0]))
    b = Session.of(deep.keys).hold(deep.seal([1.0]))
    with pytest.raises(errors.ContextError, match="one set of parameters"):
        a.add(b)
    with pytest.raises(errors.ContextError, match="no ciphertext of"):
        a.session.hold(deep.seal([1.0]))
    with pytest.raises(errors.ArgumentError, match="slots"):
        a.session.hold(lite.seal([1.0], log_slots=3))
    assert Session.of(lite.keys) is a.session and Session.of(lite.folder) is a.session


def test_too_many_products_are_refused_before_anything_runs(lite):
    a = Session.of(lite.keys).hold(lite.seal([0.5]))
    b = a.mul(a).mul(a).mul(a.mul(a).mul(a))
    with pytest.raises(errors.DepthError, match=r"multiplies 3 times in a row.*stats-lite have 2"):
        compute([b])
    assert b.stored is None


def test_a_memory_limit_is_refused_with_both_numbers(pair):
    _, _, a, b = pair
    with options.set(memory_limit=1 << 20), pytest.raises(errors.OutOfMemoryError, match=r"1048576|1\.0 MiB"):
        compute([a.mul(b)])


def test_no_truth_no_pickle_no_value(pair):
    _, _, a, _ = pair
    with pytest.raises(TypeError, match="not known"):
        bool(a)
    with pytest.raises(TypeError, match="pickled"):
        a.__reduce_ex__(2)
    assert "0." not in repr(a) and "slots" in repr(a)
    with pytest.raises(errors.InvalidValueError, match="NaN"):
        Vector([1.0, np.nan])


# ---- stopping, progress ----
def test_cancelling_keeps_what_was_finished(deep, session, pair, monkeypatch):
    x, _, a, _ = pair
    first, second = a.mul(a), a.mul(a).mul(a).mul(a).mul(a)
    taken = program.Run.take
    monkeypatch.setattr(program.Run, "take", lambda run, number: (run.cancel(), taken(run, number))[1])
    with pytest.raises(errors.CancelledError, match="Nothing was half-written"):
        compute([first, second], 0)
    monkeypatch.undo()
    assert first.stored is not None and second.stored is None
    compute([first, second], 0)
    deep.check(opened(deep, second), x**5)


def test_cancelling_from_another_thread(session, pair):
    _, _, a, _ = pair
    many = [a.mul(a).add_const(k).mul(a) for k in range(400)]
    failure = []

    def work():
        try:
            compute(many, 0)
        except errors.CancelledError as why:
            failure.append(why)

    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + 30
    while not any(v.stored for v in many) and time.monotonic() < until:
        time.sleep(0.01)
    cancel_all()
    thread.join(30)
    assert failure and not thread.is_alive() and any(v.stored is None for v in many)


def test_ctrl_c_stops_between_two_operations(deep, session, pair, monkeypatch):
    _, _, a, b = pair
    c = a.mul(b)

    def interrupted(self, state):
        raise KeyboardInterrupt

    monkeypatch.setattr(progress.Bar, "show", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compute([c])
    monkeypatch.undo()
    compute([c])
    assert c.stored is not None


def test_a_bar_with_the_time_left(pair, capsys):
    _, _, a, b = pair
    with options.set(progress=True):
        compute([a.mul(b)])
    assert "computing" in capsys.readouterr().err
    compute([a.mul(b).add_const(1)])
    assert capsys.readouterr().err == ""  # quick, and no terminal
    assert [progress.remaining(s) for s in (1.25, 42.0, 90, 4020)] == ["1.2 s", "42 s", "1:30 min", "1 h 07 min"]


def test_options_are_checked():
    with pytest.raises(AttributeError, match="no option"):
        options.colour = "red"
    with pytest.raises(errors.ArgumentError, match="progress is 'auto'"):
        options.progress = "yes"
    with options.set(slow=3.0):
        assert options.slow == 3.0 and "slow=3.0" in repr(options)
    assert options.slow == 1.0


# ---- files, simulation ----
def test_a_leaf_in_a_file_is_read_when_wanted(deep, session, pair, tmp_path):
    x, _, a, _ = pair
    path = tmp_path / "x.jfhe"
    path.write_bytes(opened(deep, a).to_bytes())
    b = session.file(path)
    assert b.stored.ciphertext is None and b.mag == a.mag
    c = b.add(b)
    compute([c], 0)
    deep.check(opened(deep, c), 2 * x)
    path.write_bytes(deep.seal(x, level=1).to_bytes())  # another one took its place
    with pytest.raises(errors.DepthError, match="planned"):
        compute([b.add_const(1.0)], 0)


def test_the_same_program_in_the_clear(deep, session, pair, rng):
    from jupyterfhe.plan.leaf import Clear

    x, y, a, b = pair
    bare = Session.clear(deep.params)
    u, v = (Value.leaf(bare, Clear(n, 1.0)) for n in (x, y))
    soft, w = Polynomial.fit(np.tanh, 7, (-1, 1)), Vector(rng.normal(size=50))

    def circuit(p, q):
        return (p.mul(q).add(p.rotate(3)).inner_sum(4).add_vector(w).sub(q.mul_vector(w)).mul_const(0.25).add_const(1.0)
                .neg().add(p.poly(soft, 1.0, True)).add(p.mul_const(1j).conjugate()))

    both = circuit(a, b), circuit(u, v)
    _, plan = foresee([both[1]], 0)
    compute(both, 0)
    deep.check(opened(deep, both[0]), both[1].stored.numbers)
    assert 0 < plan.outputs[0].error_bound < 1e-3

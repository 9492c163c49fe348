"""Programs that climb: data of 'stats' computed in the ring above where depth demands it; refusals; with JFHE_TEST_SLOW=1 run."""

import os

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import Parameters, errors
from jupyterfhe.core.bootstrap import wants
from jupyterfhe.core.containers import inspect_file
from jupyterfhe.plan import Session, foresee, worst_error

SLOW = pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="JFHE_TEST_SLOW")
NUMBERS = np.linspace(-1, 1, 40)
DEPTH = 6  # of 'stats'


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    """A folder of keys of 'stats' with a ring above it, few rotations, and the secret."""
    home = tmp_path_factory.mktemp("ladder") / "keys"
    with client.keygen(home, "stats", rotations=[1, 2], conjugate=False) as secret:
        client.add_ladder(home, secret, "deep-small", rotations=[], shared=True)
        yield home, secret


def rotations_of(log_slots):
    """Names of keys with which vectors of so many slots are brought back above."""
    params = Parameters.preset("deep-small")
    return {f"galois-{params.galois(k)}.key" for k in wants(params, log_slots).rotations}


OWN, ALL = rotations_of(13), rotations_of(14)  # of the slots of 'stats', and of all


def linked(home, to, without=()):
    """The folder again, some files of the ring above left out."""
    (to / "above").mkdir(parents=True)
    for path in [*home.glob("*"), *home.glob("above/*")]:
        if path.is_file() and path.name not in ("secret.key", *without):
            os.link(path, to / path.relative_to(home))
    return to


def sealed(owner, keys=None, **options):
    return client.encrypt_array(NUMBERS, owner[1], keys=keys or owner[0], bounds=(-1, 1), **options)


def powers(x, count):
    out = x
    for _ in range(count):
        out = out * x
    return out


def forecast(array, keep=None):
    return foresee(array.values, keep)[1].forecast


# ---- what climbs ----
def test_depth_alone_decides(owner):
    x = sealed(owner)
    shallow, deep = forecast(powers(x, DEPTH)), forecast(powers(x, DEPTH + 1))
    assert (shallow.lifts, shallow.lowers, shallow.bootstraps) == (0, 0, 0)
    assert (deep.lifts, deep.lowers) == (1, 1) and deep.bootstraps >= 1
    assert deep.seconds > 3 * shallow.seconds


def test_data_of_before_climb_too(owner):
    """Encrypted at a low level: what is left of it after lifting is what a bootstrap takes."""
    assert forecast(powers(sealed(owner, level=4), 5)).bootstraps >= 1
    with pytest.raises(errors.DepthError, match=r"1 levels when it is lifted; bootstrapping begins at level 2"):
        forecast(powers(sealed(owner, level=2), 4))
    with pytest.raises(errors.DepthError, match=r"nothing is left of it when it is lifted"):
        forecast(powers(sealed(owner, level=0), 6))


def test_explained(owner):
    said = powers(sealed(owner), 20).explain()
    assert "too deep for stats: 1 inputs lifted to deep-small" in said.facts["ring"]
    assert "1 lifts to a larger ring" in str(said) and "1 returns from it" in str(said)
    assert "ring" not in powers(sealed(owner), 3).explain().facts


def test_approximations_fit_between_bootstraps(owner):
    """What comes later may be deep: a function takes no more levels than there are between two bootstraps."""
    session = Session.of(owner[0])
    assert session.between == 4 and session.bootstrap is None and session.above.between == 4
    assert forecast(powers(np.exp(sealed(owner)) / 3, DEPTH)).bootstraps >= 1


def test_keys(owner):
    """The upper ring's secret is nobody's; every key is gated where it is published."""
    home, secret = owner
    above = home / "above"
    lift, lower = inspect_file(above / "lift.key"), inspect_file(above / "lower.key")
    assert lift.from_id == secret.id == lower.key_id and lift.key_id == lower.from_id != secret.id
    assert not (above / "secret.key").exists() and not (above / "public.key").exists()
    assert lift.params_hash == Parameters.load(above).hash and lift.log_n_other == 14
    with pytest.raises(errors.StorageError, match="exists already"):
        client.add_ladder(home, secret, "deep-small")


def settled(x, count):
    """What comparisons are made of: a number that takes its error in, and goes on."""
    (value,) = x.values
    value = value.mul_const(0.25).promising(0.25, always=True).settle(1).promising(0.6, always=True)
    for _ in range(count):
        value = value.mul(value).promising(0.6, always=True)
    return foresee([value])[1]


def test_what_was_settled_is_brought_back_by_a_bootstrap_of_all_slots(owner, tmp_path):
    """Where its keys are there: repetitions of a lifted vector are different numbers then."""
    x = sealed(owner)
    both, plain = settled(x, DEPTH + 1), foresee(powers(x, DEPTH + 1).values)[1]
    assert both.forecast.lifts == 1 and both.forecast.bootstraps >= 1
    assert len(both.bootstrap.wants.rotations) == len(ALL) and len(plain.bootstrap.wants.rotations) == len(OWN)
    alone = linked(owner[0], tmp_path / "all", OWN - ALL)  # as they are made by default
    assert foresee(powers(sealed(owner, keys=alone), DEPTH + 1).values)[1].bootstrap.wants == both.bootstrap.wants
    old = linked(owner[0], tmp_path / "own", ALL - OWN)  # as they were made before
    assert forecast(powers(sealed(owner, keys=old), DEPTH + 1)).bootstraps >= 1
    with pytest.raises(errors.FormError, match=r"what was settled(.|\n)*as jupyterfhe ladder makes them now"):
        settled(sealed(owner, keys=old), DEPTH + 1)


def test_errors_of_what_may_climb_are_those_of_the_ring_above(owner):
    """Limits of settled values are chosen before it is known how deep a program will be."""
    x = sealed(owner) * sealed(owner)
    below = foresee(x.values)[1].outputs[0].error_bound
    assert worst_error(x.values) > 1.5 * below


# ---- refusals ----
@pytest.mark.parametrize("name", ["lift.key", "lower.key", "sparse.key", "relin.key"])
def test_a_missing_key_is_named(owner, tmp_path, name):
    """An upload that was interrupted between two files; what does not climb goes on."""
    home = linked(owner[0], tmp_path / "keys", [name])
    if name == "relin.key":
        os.link(owner[0] / name, home / name)
    x = sealed(owner, keys=home)
    with pytest.raises(errors.DepthError, match=r"the ring above lacks the key for"):
        powers(x, DEPTH + 1).compute()
    assert forecast(powers(x, DEPTH)).lifts == 0


def test_keys_of_others_are_named(owner, tmp_path):
    with client.SecretKey.generate(owner[1].params) as other, client.SecretKey.generate(Parameters.preset("deep-small")) as upper:
        lift, lower = upper.rung_bytes(other)
    for name, data in (("lift.key", lift), ("lower.key", lower), ("lift.key", lower)):
        home = linked(owner[0], tmp_path / f"{name}{len(data)}", [name])
        (home / "above" / name).write_bytes(data)
        with pytest.raises(errors.DepthError, match=r"the ring above lacks a key for (lifting|lowering)"):
            powers(sealed(owner, keys=home), DEPTH + 1).compute()


def test_half_a_file_is_named(owner, tmp_path):
    home = linked(owner[0], tmp_path / "keys", ["dense.key"])
    (home / "above" / "dense.key").write_bytes(b"half")
    with pytest.raises(errors.DepthError, match=r"the ring above lacks keys that can be read"):
        powers(sealed(owner, keys=home), DEPTH + 1).compute()


def test_rings_that_are_not_on_the_ladder(tmp_path):
    with client.SecretKey.generate(Parameters.preset("stats")) as secret:
        with pytest.raises(errors.ContextError, match="does not carry the primes"):
            client.add_ladder(tmp_path, secret, "deep-lean")
        with pytest.raises(errors.ParameterError, match="no levels for bootstrapping"):
            client.add_ladder(tmp_path, secret, "ml")
    assert not any(tmp_path.iterdir())


# ---- run ----
@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The keys that owners of 'ml' make who name nothing, and the ring above."""
    home = tmp_path_factory.mktemp("usual") / "keys"
    with client.keygen(home, "ml") as secret:
        client.add_ladder(home, secret)
        yield home, secret


def check(array, secret, want, bound):
    opened = client.decrypt_array(array, secret)
    error, proved = np.abs(np.asarray(opened) - want), np.asarray(opened.error_bound)
    print(f"off by {np.max(error):.1e} within {proved.max():.1e}")
    assert proved.max() < bound and np.all(error <= proved)


@SLOW
def test_deep_programs_within_their_bounds(tmp_path):
    """What came down goes up again."""
    with client.keygen(tmp_path / "keys", "ml", rotations=[1]) as secret:
        client.add_ladder(tmp_path / "keys", secret, rotations=[])
        y = powers(sealed((tmp_path / "keys", secret)), 20)
        y.compute()
        assert y.values[0].stored.info.log_n == 15 and y.values[0].stored.level >= 4
        check(y, secret, NUMBERS**21, 2e-3)
        again = powers(y, 5)
        assert forecast(again).bootstraps == 1
        again.compute()
        check(again, secret, NUMBERS**126, 2e-2)


@SLOW
@pytest.mark.parametrize("name,f,n,steps", [("above", lambda v: v > 0.25, 40, 1024), ("sort", np.sort, 16, 16),
                                            ("argmax", np.argmax, 8, 64), ("quantile", lambda v: np.quantile(v, 0.3), 16, 64)])
def test_order_of_data_of_ml(usual, name, f, n, steps):
    """With ties; what is found lies within a bound that tells it from all else."""
    numbers = np.random.default_rng(9).integers(0, steps, n, endpoint=True) / steps
    with jf.options.set(resolution=1 / steps, precision=1e-4):
        x = client.encrypt_array(numbers, usual[1], keys=usual[0], bounds=(-0.55, 1.55)).within(0, 1)
        y = f(x)
        assert forecast(y).bootstraps >= 2 and forecast(y).lifts == 1
        y.compute()
        check(y, usual[1], f(numbers).astype(float), 5e-3)


@SLOW
def test_chunks_share_ciphertexts(tmp_path):
    """Three bootstraps for two chunks, where each by itself takes two."""
    numbers = np.linspace(-1, 1, 20_000)
    with client.keygen(tmp_path / "keys", "ml", rotations=[1]) as secret:
        client.add_ladder(tmp_path / "keys", secret, rotations=[], shared=True)
        x = client.encrypt_array(numbers, secret, keys=tmp_path / "keys", bounds=(-1, 1))
        y = powers(x, 20)
        assert forecast(y).bootstraps == 3 and forecast(y).lifts == 2
        assert forecast(y + y.sum()).bootstraps >= 4  # a sum over slots is none of a half's
        y.compute()
        check(y, secret, numbers**21, 3e-3)


@SLOW
def test_a_deep_program_of_default_keys(owner):
    y = powers(sealed(owner), 9)
    y.compute()
    check(y, owner[1], NUMBERS**10, 0.1)

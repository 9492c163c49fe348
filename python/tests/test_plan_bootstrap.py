"""Bootstraps in programs: keys, plans, refusals; with JFHE_TEST_SLOW=1 deep programs beside numpy."""

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys, Parameters, errors
from jupyterfhe.core.bootstrap import wants
from jupyterfhe.plan import Session, foresee

SLOW = pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="JFHE_TEST_SLOW")
BETWEEN = 8


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    """A folder of keys of 'deep-lean', few rotations besides those of bootstrapping, and the secret."""
    home = tmp_path_factory.mktemp("lean") / "keys"
    with client.keygen(home, "deep-lean", rotations=[1, 2]) as secret:
        yield home, secret


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The keys that owners make who name none: tiles turn by amounts for which two rotations would be walked hundreds of times."""
    home = tmp_path_factory.mktemp("usual") / "keys"
    with client.keygen(home, "deep-lean") as secret:
        yield home, secret


def linked(home, to, without=()):
    """The folder again, some files left out."""
    to.mkdir()
    for path in home.iterdir():
        if path.is_file() and path.name not in ("secret.key", *without):
            os.link(path, to / path.name)
    return to


def sealed(owner, values, keys=None, **options):
    return client.encrypt_array(values, owner[1], keys=keys or owner[0], **{"bounds": (-1, 1), **options})


def powers(x, count):
    out = x
    for _ in range(count):
        out = out * x
    return out


def planned(array, keep=None):
    return foresee(array.values, keep)[1]


# ---- keys ----
def test_keys_and_their_levels(owner):
    home, secret = owner
    params = secret.params
    assert params.bootstrap_levels == (3, 19, 11) and params.ceiling == 11
    keys = EvaluationKeys.open(home)
    wanted = wants(params)
    assert keys.has_pair and keys.lacks_for_bootstrap(wanted) == ""
    few = {params.galois(k) for k in (*wanted.rotations, 2)} | {params.galois_conjugate}
    assert set(keys.galois) == few and len(wanted.rotations) == 4
    upload = sum((home / n).stat().st_size for n in ("relin.key", "sparse.key", "dense.key")) + sum(
        (home / f"galois-{g}.key").stat().st_size for g in few - {params.galois(2)})
    assert upload < 200e6
    assert Parameters.preset("stats").bootstrap_levels is None and Parameters.preset("stats").ceiling == 6


def test_fresh_numbers_begin_where_bootstraps_end(owner):
    x = sealed(owner, np.linspace(-1, 1, 8))
    assert x.values[0].stored.level == 11


@pytest.mark.parametrize("name", ["sparse.key", "dense.key", "relin.key", "galois-5.key"])
def test_a_missing_key_is_named(owner, tmp_path, name):
    """An upload that was interrupted between two files."""
    home = linked(owner[0], tmp_path / "keys", [name])
    keys = EvaluationKeys.open(home)
    assert name.split("-")[-1].removesuffix(".key") in keys.lacks_for_bootstrap(wants(keys.params)) or name == "relin.key"
    x = sealed(owner, np.linspace(-1, 1, 8), keys=home)
    with pytest.raises((errors.DepthError, errors.KeyMissingError), match=r"the key for|no relinearisation key"):
        powers(x, 12).compute()
    if name != "relin.key":
        assert planned(powers(x, 8)).forecast.bootstraps == 0  # what needs none goes on


def test_half_a_file_is_refused(owner, tmp_path):
    """An upload that was interrupted inside of one."""
    home = linked(owner[0], tmp_path / "keys", ["dense.key"])
    (home / "dense.key").write_bytes((owner[0] / "dense.key").read_bytes()[:100_000])
    with pytest.raises(errors.FormatError):
        powers(sealed(owner, np.linspace(-1, 1, 8), keys=home), 12).compute()


def test_keys_of_others_are_refused(owner, tmp_path):
    home, secret = owner
    down, up = secret.pair_bytes()
    with client.SecretKey.generate(secret.params) as other:
        strange, _ = other.pair_bytes()
    (tmp_path / "strange").write_bytes(strange)
    with pytest.raises(errors.KeyMissingError, match="the others are of"):
        EvaluationKeys.open(home).add(tmp_path / "strange")
    with client.SecretKey.generate(Parameters.preset("stats-lite")) as small:
        with pytest.raises(errors.ContextError, match="other parameters"):
            EvaluationKeys.open(home).add(small.relin_bytes())
        with pytest.raises(errors.SecurityError):  # a sparse secret is safe in large rings alone
            small.pair_bytes()
    # halves of two pairs
    mixed = linked(home, tmp_path / "mixed", ["sparse.key"])
    (mixed / "sparse.key").write_bytes(down)
    del up
    with pytest.raises(errors.KeyMissingError, match="no key back from the sparse secret"):
        powers(sealed(owner, np.linspace(-1, 1, 8), keys=mixed), 12).compute()


def test_a_key_of_too_low_a_level_is_named(owner, tmp_path):
    home, secret = owner
    low = linked(home, tmp_path / "keys", ["galois-5.key"])
    (low / "galois-5.key").write_bytes(secret.galois_bytes(5, 11))
    keys = EvaluationKeys.open(low)
    assert "up to level 20; the one" in keys.lacks_for_bootstrap(wants(keys.params))
    with pytest.raises(errors.DepthError, match=r"rotation by 1 .* serves level 11"):
        powers(sealed(owner, np.linspace(-1, 1, 8), keys=low), 12).compute()


def test_keys_are_mapped_and_written_once(owner, tmp_path):
    home = linked(owner[0], tmp_path / "keys")
    first, second = EvaluationKeys.open(home), EvaluationKeys.open(home)
    wanted = wants(first.params)
    first.need_bootstrap(wanted)
    files = {p: p.stat().st_mtime_ns for p in (home / "mapped").iterdir()}
    assert len(files) == 8 and first.nbytes == 0
    second.need_bootstrap(wanted)
    assert {p: p.stat().st_mtime_ns for p in (home / "mapped").iterdir()} == files and second.nbytes == 0
    assert {p.stat().st_mode & 0o222 for p in (home / "mapped").iterdir()} <= {0o200}
    shutil.rmtree(home / "mapped")
    (home / "mapped").write_text("in the way")  # no files can be made: in memory then
    third = EvaluationKeys.open(home)
    third.need_bootstrap(wanted)
    assert third.nbytes > 150e6 and third.count == 8


HOLD = """
import sys
from pathlib import Path
from jupyterfhe.core import containers, keys

home, held = Path(sys.argv[1]), []
params = keys.EvaluationKeys.open(home).params
for name in ("dense.key", "relin.key"):
    source = keys.Source(home / name, containers.inspect_file(home / name))
    held.append(source.mapped(params, home / keys.MAPPED).open(params))
print("held", flush=True)
sys.stdin.read()
"""


def held(pid, home):
    """Files of keys that a process has mapped, bytes of them in memory, and those that others have there too."""
    found, inside = np.zeros(3, dtype=int), False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            inside = str(home / "mapped") in line
            found[0] += inside
        elif inside:
            name, size = line.split(":")[0], line.split()[1]
            found[1:] += [int(size) << 10 if name in names else 0 for names in (("Rss",), ("Shared_Clean", "Shared_Dirty"))]
    return found


def test_two_processes_have_one_copy_of_the_keys(owner, tmp_path):
    """Both write the files, neither knowing of the other; one of each stays."""
    home = linked(owner[0], tmp_path / "keys")
    command = [sys.executable, "-c", HOLD, home]
    with (subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first,
          subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as second):
        assert first.stdout.readline() == second.stdout.readline() == b"held\n"
        for process in (first, second):
            files, resident, shared = held(process.pid, home)
            assert files == 2 and shared == resident > 20e6
        first.stdin.close()
        second.stdin.close()


# ---- plans ----
def _two(x):
    """Two rows of products that meet at their ends."""
    return powers(x, 12) * powers((x * x - 0.5).within(-1, 1), 11)


def test_plans_place_bootstraps(owner):
    x = sealed(owner, np.linspace(-1, 1, 8))
    for count, expect in ((BETWEEN, 0), (BETWEEN + 1, 1), (2 * BETWEEN, 1), (2 * BETWEEN + 1, 2), (30, 3)):
        plan = planned(powers(x, count))
        assert plan.forecast.bootstraps == expect and 3 <= plan.outputs[0].level <= 11
    assert planned(powers(x, 11), keep=0).forecast.bootstraps == 0  # all that there is, for a result that ends
    text = str(powers(x, 30).explain())
    assert "bootstraps" in text and "3 bootstraps" in text.replace("  ", " ") and "at once" not in text
    assert "up to 2 at once" in str(_two(x).explain())


def test_an_iteration_as_it_is_taught_contracts(owner):
    """x - (g(x) - y)/6, g beside its own argument: one polynomial, whose slope is followed."""
    y = sealed(owner, np.linspace(-2, 2, 8), bounds=(-2, 2))
    x = y / 6
    for _ in range(30):
        x = (x - (np.polyval([1, 0, 3, 0], x) - y) / 6).within(-1, 1)
    assert planned(x).outputs[0].error_bound < 1e-2


def test_without_the_pair_depth_ends(owner, tmp_path):
    home = linked(owner[0], tmp_path / "keys", ["sparse.key", "dense.key"])
    x = sealed(owner, np.linspace(-1, 1, 8), keys=home)
    with pytest.raises(errors.DepthError, match=r"have 11; the key for the way to the sparse secret"):
        powers(x, 12).compute()
    small = Session.of(home)
    assert small.bootstrap is None and small.between is None


def test_inputs_that_cannot_be_bootstrapped(owner):
    x = sealed(owner, np.linspace(-1, 1, 8), level=2)
    with pytest.raises(errors.DepthError, match="has 2 levels; bootstrapping begins at level 3"):
        powers(x, 4).compute()


def test_numbers_beyond_what_was_declared_are_refused(owner):
    with pytest.raises(errors.JupyterFHEError, match=r"outside|bounds"):
        sealed(owner, np.array([0.5, 1.5]), bounds=(-1, 1))


# ---- runs ----
SLOTS = 32768


def compared(owner, array, want):
    """Computes; all within the bound, which says something; the largest error."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    plan = planned(array)
    array.compute()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    opened = client.decrypt_array(array, owner[1])
    off = np.abs(np.asarray(opened.values, dtype=float) - want)
    bound = np.max(opened.error_bound)
    print(f"{plan.forecast.bootstraps} bootstraps, {plan.forecast.depth} levels; error {off.max():.2e}, bound {bound:.2e}; "
          f"{grown / 2**30:.2f} GiB, forecast {plan.forecast.memory_bytes / 2**30:.2f}")
    assert np.all(off <= opened.error_bound) and bound < 0.2 * np.abs(want).max()
    assert grown < 1.3 * plan.forecast.memory_bytes
    return off.max()


@SLOW
def test_a_network_of_thirty_layers(owner):
    """Convolutions of three taps with cubics between them, over a vector of all slots."""
    rng = np.random.default_rng(7)
    taps = rng.permuted(np.array([0.97, -0.02, 0.01]) * rng.choice([-1, 1], (30, 1)), axis=1)
    bias = rng.uniform(-0.02, 0.02, 30)

    def network(h):
        for w, b in zip(taps, bias, strict=True):
            h = w[0] * h + w[1] * np.roll(h, -1) + w[2] * np.roll(h, -2) + b
            h = np.polyval([-0.05, 0, 0.92, 0], h)
        return h

    u = rng.uniform(-1, 1, SLOTS)
    assert compared(owner, network(sealed(owner, u)), network(u)) < 1e-5


def newton(y, steps, x=None):
    """x^3 + 3 x = y by Newton's method with the slope of one place, x <- x - (x^3 + 3 x - y)/6; |y| <= 2."""
    sixth = y / 6
    x = sixth if x is None else x
    for _ in range(steps):
        x = np.polyval([-1 / 6, 0, 0.5, 0], x) + sixth
    return x


@SLOW
def test_fifty_iterations_of_newtons_method(owner):
    """In two programs: what the first leaves can be bootstrapped by the second."""
    u = np.random.default_rng(8).uniform(-2, 2, SLOTS)
    y = sealed(owner, u, bounds=(-2, 2))
    half = newton(y, 25)
    half.compute()
    x = newton(y, 25, half)
    assert compared(owner, x, newton(u, 50)) < 1e-5
    root = np.asarray(client.decrypt_array(x, owner[1]).values)
    assert np.abs(root**3 + 3 * root - u).max() < 1e-4


@SLOW
@pytest.mark.parametrize("name,f,n,steps", [("above", lambda v: v > 0.25, SLOTS, 1024), ("sort", np.sort, 16, 16), ("argmax", np.argmax, 8, 64),
                                            ("quantile", lambda v: np.quantile(v, 0.3), 16, 64), ("looked up", np.median, 256, 16), ("digits", np.sort, 128, 64)])
def test_order_with_bootstraps(usual, name, f, n, steps):
    """Ties among them; what is found lies within a bound that tells it from all else."""
    u = np.random.default_rng(9).integers(0, steps, n, endpoint=True) / steps
    with jf.options.set(resolution=1 / steps, precision=1e-4):
        assert compared(usual, f(sealed(usual, u, bounds=(-0.55, 1.55)).within(0, 1)), f(u)) < 1e-3


@SLOW
def test_a_program_computes_with_the_mapped_files(owner):
    home = owner[0]
    x = sealed(owner, np.linspace(-1, 1, 8))
    want = np.linspace(-1, 1, 8) ** 10
    compared(owner, powers(x, 9), want)
    maps = Path("/proc/self/maps").read_text()
    assert maps.count(str(home / "mapped")) >= 5  # relin.key and others may be there since before


@SLOW
@pytest.mark.parametrize("bits", [4, 8, 10, 12])
def test_tables_with_bootstraps(owner, bits):
    """Signed remainders of squares, of every number there is; those of 4 bits are a polynomial."""
    k = np.random.default_rng(bits).integers(0, 1 << bits, SLOTS)
    x = sealed(owner, k.astype(float), bounds=(0, (1 << bits) - 1))
    assert compared(owner, jf.lut(lambda v: v * v % 11 - 5, range(1 << bits))(x), k * k % 11 - 5) < 1e-3

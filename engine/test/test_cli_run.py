"""`jfhe explain` and `jfhe run`: right within their bounds, refused in one line, never half-written, reused when nothing changed."""

import ctypes
import fcntl
import functools
import hashlib
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from ctypes import c_double, c_int32, c_size_t, c_uint32, c_void_p

import numpy as np
import pytest
from cli_tool import ROOT, SLOW, TOOL, keys, place, plain_signals, refused, run, works
from test_interop import PLACES, Engine

SLOTS = 1 << 12
ROOM = ctypes.create_string_buffer(64 << 20)
SCRATCH = (ROOM, c_size_t(len(ROOM)))

MEAN = """jfp 1
slots 2^12

%0 = input "x" real 0.5
%1 = input "y" complex 0.5
%2 = mul %0 %1
%3 = mul_const %2 0.000244140625
%4 = inner_sum %3 1 4096
%5 = rotate %2 7
%6 = sub %5 %0
%7 = add_const %6 0.25 -0.5

output "mean" %4
output "r 7/ü" %7
end
"""


@functools.cache
def engine():
    path = next(p for p in PLACES if p and os.path.exists(p))
    return Engine(path)


class Owner:
    """The side that holds the secret: what the command line keeps to itself, through the library."""

    def __init__(self, folder):
        self.e, e = engine(), engine()
        data = (folder / "params.jfhe").read_bytes()
        self.ctx = e.make("jfhe_ctx_new_from_container", data, c_size_t(len(data)), c_uint32(17))
        self.sk = e.read("jfhe_sk_read", self.ctx, (folder / "secret.key").read_bytes())
        self.top = e.number("jfhe_ctx_levels", self.ctx, kind=c_uint32)

    def encrypt(self, path, values, packing, level=None, bound=None):
        e, level = self.e, c_uint32(self.top if level is None else level)
        values = np.asarray(values, complex)
        parts = np.ascontiguousarray(values.real), np.ascontiguousarray(values.imag)
        re_part, im = (x.ctypes.data_as(ctypes.POINTER(c_double)) for x in parts)
        pt, ct = e.make("jfhe_pt_new", self.ctx, level), e.make("jfhe_ct_new", self.ctx, c_uint32(1), level)
        e("jfhe_ckks_encode", self.ctx, pt, re_part, im if packing else None, c_size_t(len(values)), c_uint32(packing), c_uint32(12),
          level, c_double(0), c_double(bound or np.abs(values).max()), *SCRATCH)
        e("jfhe_encrypt", self.ctx, ct, pt, self.sk, *SCRATCH)
        path.write_bytes(e.bytes_of("ct", ct, c_uint32(3)))
        return path

    def decrypt(self, path):
        """Numbers, and the bound that the container proves for each."""
        e = self.e
        ct = e.read("jfhe_ct_read", self.ctx, path.read_bytes())
        pt = e.make("jfhe_pt_new", self.ctx, c_uint32(e.number("jfhe_ct_level", ct, kind=c_uint32)))
        e("jfhe_decrypt", self.ctx, pt, ct, self.sk, *SCRATCH)
        re_part, im = np.zeros(SLOTS), np.zeros(SLOTS)
        pointers = (x.ctypes.data_as(ctypes.POINTER(c_double)) for x in (re_part, im))
        e("jfhe_ckks_decode", self.ctx, *pointers, c_size_t(SLOTS), pt, *SCRATCH)
        return re_part + 1j * im, e.number("jfhe_ct_error_worst", ct, kind=c_double)


@functools.cache
def owner(preset="stats-lite", number=0):
    return Owner(keys(preset, number))


@functools.cache
def inputs():
    """x real, y complex: their numbers and files, in a folder."""
    folder = place() / "run-inputs"
    folder.mkdir()
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-0.5, 0.5, SLOTS), (rng.uniform(-0.35, 0.35, SLOTS) + 1j * rng.uniform(-0.35, 0.35, SLOTS))
    owner().encrypt(folder / "x.jfhe", x, 0)
    owner().encrypt(folder / "y.jfhe", y, 1)
    return folder, x, y


def write(folder, text, name="p.jfp"):
    path = folder / name
    path.write_text(text)
    return path


def go(program, out, *more, keys_of=None, **kwargs):
    return works("run", program, "--keys", keys_of or keys(), "--in", inputs()[0], "--out", out, *more, **kwargs)


def report(program, out, *more, **kwargs):
    return json.loads(go(program, out, "--json", *more, **kwargs))


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---- results --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("level", "0123")
def test_results_lie_within_their_bounds(tmp_path, level):
    _, x, y = inputs()
    told = report(write(tmp_path, MEAN), tmp_path / "out", f"-O{level}")
    assert names(tmp_path / "out") == ["mean.jfhe", "mean.json", "r%207%2F%C3%BC.jfhe", "r%207%2F%C3%BC.json"]
    want = {"mean": np.full(SLOTS, (x * y).mean()), "r 7/ü": np.roll(x * y, -7) - x + 0.25 - 0.5j}
    for o in told["outputs"]:
        path = tmp_path / "out" / o["file"]
        values, worst = owner().decrypt(path)
        assert o["error_worst"] == worst and np.abs(values - want[o["name"]]).max() <= worst < 1e-3
        assert np.abs(want[o["name"]]).max() <= o["magnitude"]
        assert digest(path) == o["sha256"] and path.stat().st_size == o["bytes"] and o["reused"] is False
    assert told["memory_peak"] <= 1.3 * told["forecast"]["memory_bytes"]


def test_the_same_bytes_with_any_threads_and_backend(tmp_path):
    program, seen = write(tmp_path, MEAN), set()
    backends = [""] + [b for b in ("ref", "avx2", "avx512ifma") if run("selftest", env={"JFHE_ISA": b}).returncode == 0]
    for backend in backends:
        for threads in (1, 2):
            out = tmp_path / f"{backend}-{threads}"
            go(program, out, "--threads", threads, env={"JFHE_ISA": backend} if backend else None)
            seen.add(tuple(digest(out / n) for n in names(out) if n.endswith(".jfhe")))
    assert len(seen) == 1


def test_text_and_binary_form_are_one_program(tmp_path):
    vectors = ROOT / "protocol/vectors/program"
    text, binary = (json.loads(works("explain", vectors / f"ok-mean{end}", "--preset", "stats-lite", "--json"))
                    for end in (".jfp", "-binary.bin"))
    assert text == binary and text["program"] == digest(vectors / "ok-mean-binary.bin")


def test_what_is_said_before_and_after(tmp_path):
    said = go(write(tmp_path, MEAN), tmp_path / "out").splitlines()
    assert re.match(r"  plan      8 operations become \d+: 1 relinearisations, \d+ rotations", said[1])
    assert re.match(r"  forecast  .* on one thread, .* of memory at most, keys ", said[2])
    assert re.match(r"  output    'mean': level \d, \|value\| <= \S+, error <= \S+ \(typically \S+\)$", said[3])
    assert re.match(r"  done      2 results, .* in .* with .* of memory at most$", said[5]) and len(said) == 6


# ---- what is there already ------------------------------------------------------------------------------------------
def test_nothing_changed_nothing_computed(tmp_path):
    program, out = write(tmp_path, MEAN), tmp_path / "out"
    first = report(program, out)
    before = {n: (out / n).stat().st_mtime_ns for n in names(out)}
    again = report(program, out)
    assert [o["reused"] for o in again["outputs"]] == [True, True] and again["seconds"] == 0
    assert [o["sha256"] for o in again["outputs"]] == [o["sha256"] for o in first["outputs"]]
    assert before == {n: (out / n).stat().st_mtime_ns for n in names(out)}
    said = go(program, out)
    assert said.count("is there already, from the same plan and inputs") == 2 and "nothing was left to compute" in said


def reused(told):
    return {o["name"]: o["reused"] for o in told["outputs"]}


@pytest.mark.parametrize("change", ["result", "result cut", "result gone", "record gone", "record of another key"])
def test_what_does_not_fit_is_computed_again(tmp_path, change):
    program, out = write(tmp_path, MEAN), tmp_path / "out"
    first = report(program, out)
    result, record = out / "mean.jfhe", out / "mean.json"
    if change == "result":
        data = bytearray(result.read_bytes())
        data[-1] ^= 1
        result.write_bytes(data)
    elif change == "result cut":
        os.truncate(result, 1000)
    elif change == "record of another key":
        record.write_text(record.read_text().replace('"key":"', '"key":"0', 1))
    else:
        (result if change == "result gone" else record).unlink()
    if change == "record gone":
        refused("run", program, "--keys", keys(), "--in", inputs()[0], "--out", out, says="no run has written it")
        return
    again = report(program, out)
    assert reused(again) == {"mean": False, "r 7/ü": True}
    assert [o["sha256"] for o in again["outputs"]] == [o["sha256"] for o in first["outputs"]]


def test_other_inputs_programs_and_options_are_other_results(tmp_path):
    folder, x, _ = inputs()
    out, other = tmp_path / "out", tmp_path / "in"
    shutil.copytree(folder, other)
    program = write(tmp_path, MEAN)
    report(program, out)
    assert set(reused(report(program, out, "-O0")).values()) == {False}
    assert set(reused(report(program, out)).values()) == {False}
    owner().encrypt(other / "x.jfhe", x, 0)
    told = json.loads(works("run", program, "--keys", keys(), "--in", other, "--out", out, "--json"))
    assert set(reused(told).values()) == {False}
    program.write_text(MEAN.replace("rotate %2 7", "rotate %2 6"))
    assert reused(report(program, out))["r 7/ü"] is False


# ---- interruptions --------------------------------------------------------------------------------------------------
MANY = 150


@functools.cache
def long_program():
    lines = ["jfp 1", "slots 2^12", "", '%0 = input "x" real 0.5']
    for i in range(MANY):
        lines += [f"%{2 * i + 1} = rotate %0 {i + 1}", f"%{2 * i + 2} = mul %{2 * i + 1} %0"]
    lines += [f'output "o{i}" %{2 * i + 2}' for i in range(MANY)] + ["end", ""]
    return write(place(), "\n".join(lines), "long.jfp")


def start(out, **kwargs):
    return subprocess.Popen([str(w) for w in (TOOL, "run", long_program(), "--keys", keys(), "--in", inputs()[0], "--out", out)],
                            stdout=subprocess.PIPE, stderr=kwargs.pop("stderr", subprocess.PIPE), text=True,
                            preexec_fn=plain_signals, **kwargs)


def results(out):
    return [n for n in names(out) if n.endswith(".jfhe")] if out.exists() else []


def stop_in_the_middle(out, number):
    process = start(out)
    while process.poll() is None and len(results(out)) < 5:
        time.sleep(0.002)
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == -number, (process.returncode, err)
    return err


@functools.cache
def whole():
    """The long program's results, undisturbed."""
    out = place() / "long-out"
    report(long_program(), out)
    return {n: digest(out / n) for n in results(out)}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_interrupted_runs_go_on(tmp_path, number):
    out = tmp_path / "out"
    err = stop_in_the_middle(out, number)
    done = results(out)
    assert 5 <= len(done) < MANY
    for name in done:  # what is there is whole
        works("inspect", out / name)
        assert digest(out / name) == whole()[name]
    if number != signal.SIGKILL:
        assert err == f"jfhe: stopped; {len(done)} of {MANY} results are finished and stay, another run goes on from there\n"
        assert not [n for n in os.listdir(out) if n.startswith(".")]
    told = report(long_program(), out)
    assert sum(o["reused"] for o in told["outputs"]) == len(done)
    assert {n: digest(out / n) for n in results(out)} == whole()
    assert not [n for n in os.listdir(out) if n.startswith(".")]


def test_what_a_kill_left_in_the_making_is_swept(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".mean.jfhe.part-a1B2c3").write_bytes(b"half")
    (out / ".mine").write_text("keep")
    go(write(tmp_path, MEAN), out)
    assert names(out)[0] == ".mine" and not [n for n in names(out) if ".part-" in n]


def test_one_run_at_a_time(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    held = os.open(out, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    program = write(tmp_path, MEAN)
    refused("run", program, "--keys", keys(), "--in", inputs()[0], "--out", out, says="another run is writing there")
    os.close(held)
    go(program, out)


def test_progress_on_a_terminal(tmp_path):
    """Slowed down by the slowest backend, so that a second passes; nothing is drawn elsewhere, as works() checks everywhere."""
    master, slave = pty.openpty()
    process = start(tmp_path / "out", stderr=slave, env={**os.environ, "JFHE_ISA": "ref"})
    os.close(slave)
    seen, begin = b"", time.monotonic()
    while process.poll() is None:
        if select.select([master], [], [], 0.05)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the other end was closed
                break
    process.communicate()
    took = time.monotonic() - begin
    os.close(master)
    if took < 2:
        pytest.skip(f"over after {took:.1f} s")
    shown = re.findall(rb"computing \[[#.]{30}\] +(\d+) %, (\S+) (ms|s|min) left", seen)
    shares = [int(s) for s, _, _ in shown]
    assert len(shares) > 3 and shares == sorted(shares) and shares[-1] <= 100


# ---- refusals -------------------------------------------------------------------------------------------------------
def refuse(tmp_path, text, *words, says, keys_of=None, ins=None):
    out = tmp_path / "out"
    program = write(tmp_path, text)
    ins = ["--in", inputs()[0]] if ins is None else ins
    refused("run", program, "--keys", keys_of or keys(), *ins, "--out", out, *words, says=says, absent=out)


def test_too_deep(tmp_path):
    text = MEAN.replace('output "mean" %4', "%8 = mul %4 %4\n%9 = mul %8 %8\n%10 = mul %9 %9\noutput \"mean\" %10")
    refuse(tmp_path, text, says=["p.jfp: ", "levels"])
    refused("explain", tmp_path / "p.jfp", "--preset", "stats-lite", says="levels")
    works("explain", tmp_path / "p.jfp", "--preset", "stats")


def test_memory_limit(tmp_path):
    needed = json.loads(works("explain", write(tmp_path, MEAN), "--keys", keys(), "--json"))["memory_bytes"]
    refuse(tmp_path, MEAN, "--memory-limit", "100K", says="memory")
    go(tmp_path / "p.jfp", tmp_path / "out", "--memory-limit", f"{needed / 2**20 + 1:.3f}MiB")
    for bad in ("0", "-1", "lots", "4X", "1e300", "4GiBs", ""):
        refuse(tmp_path / "out", MEAN, "--memory-limit", bad, says="--memory-limit wants a size")


def test_wrong_keys(tmp_path):
    refuse(tmp_path, MEAN, says="another secret", keys_of=keys("stats-lite", 1))
    refuse(tmp_path, MEAN, says="other parameters", keys_of=keys("stats"))
    bare = tmp_path / "bare"
    works("keygen", "--preset", "stats-lite", "--rotations", "none", "--out", bare)
    for name in ("secret.key", "relin.key"):
        shutil.copy(keys() / name, bare / name)
    refuse(tmp_path, MEAN, says="rot", keys_of=bare)


def test_missing_and_unknown_inputs(tmp_path):
    folder, one = inputs()[0], tmp_path / "one"
    one.mkdir()
    shutil.copy(folder / "x.jfhe", one)
    refuse(tmp_path, MEAN, says="input 'x' is missing", ins=[])
    refuse(tmp_path, MEAN, says="input 'y' is missing", ins=["--in", f"x={folder}/x.jfhe"])
    refuse(tmp_path, MEAN, says="y.jfhe: cannot be opened", ins=["--in", one])
    refuse(tmp_path, MEAN, says="no input called 'z'", ins=["--in", folder, "--in", f"z={folder}/x.jfhe"])
    refuse(tmp_path, MEAN, says="given twice", ins=["--in", f"x={folder}/x.jfhe", "--in", f"x={folder}/y.jfhe"])
    refuse(tmp_path, MEAN, says="a second one", ins=["--in", folder, "--in", one])
    refuse(tmp_path, MEAN, says="NAME=FILE or a folder", ins=["--in", tmp_path / "nowhere"])
    refuse(tmp_path, MEAN, says="is not a regular file", ins=["--in", folder, "--in", f"x={folder}"])
    works("run", tmp_path / "p.jfp", "--keys", keys(), "--in", one, "--in", f"y={folder}/y.jfhe", "--out", tmp_path / "out")


def test_inputs_that_do_not_fit(tmp_path):
    folder, x, _ = inputs()
    refuse(tmp_path, MEAN, says=["'x'", "packed otherwise"], ins=["--in", folder, "--in", f"x={folder}/y.jfhe"])
    refuse(tmp_path, MEAN.replace("real 0.5", "real 0.4"), says=["'x'", "0.4"])
    refuse(tmp_path, MEAN.replace("2^12", "2^11").replace("4096", "2048"), says="2^11")
    low = owner().encrypt(tmp_path / "low.jfhe", x, 0, level=0)
    refuse(tmp_path, MEAN, says="level", ins=["--in", folder, "--in", f"x={low}"])
    refuse(tmp_path, MEAN, says="ciphertext", ins=["--in", folder, "--in", f"x={keys()}/relin.key"])
    for how in ("cut", "longer", "flip", "text"):
        data = bytearray((folder / "x.jfhe").read_bytes())
        data = {"cut": data[:-1], "longer": data + b"\0", "flip": data[:5000] + b"\1" + data[5001:], "text": b"hello"}[how]
        (tmp_path / "bad.jfhe").write_bytes(data)
        if how == "flip":  # found when it is read: what was said before stays said
            words = "--in", folder, "--in", f"x={tmp_path}/bad.jfhe", "--out", tmp_path / "out"
            done = run("run", tmp_path / "p.jfp", "--keys", keys(), *words)
            assert done.returncode == 2 and "checksum" in done.stderr and not (tmp_path / "out").exists()
        else:
            refuse(tmp_path, MEAN, says="bad.jfhe: ", ins=["--in", folder, "--in", f"x={tmp_path}/bad.jfhe"])


def test_programs_that_are_none(tmp_path):
    refuse(tmp_path, MEAN.replace("rotate %2", "rotate %9"), says="p.jfp: program, line 9: rotate reads value 9")
    refuse(tmp_path, "", says="p.jfp: ")
    refuse(tmp_path, MEAN.replace('%4 = inner_sum %3 1 4096', "%4 = bootstrap %3"), says="bootstrap")
    words = "--keys", keys(), "--in", inputs()[0], "--out", tmp_path / "out"
    refused("run", tmp_path / "none.jfp", *words, says="none.jfp: cannot be opened")
    data = (ROOT / "protocol/vectors/program/binary-checksum.bin").read_bytes()
    (tmp_path / "b.jfp").write_bytes(data)
    refused("explain", tmp_path / "b.jfp", "--preset", "stats", says="b.jfp: program, byte 138: the checksum does not match")


def test_targets_that_are_none(tmp_path):
    program, out = write(tmp_path, MEAN), tmp_path / "out"
    words = "run", program, "--keys", keys(), "--in", inputs()[0], "--out", out
    out.write_text("a file")
    refused(*words, says="cannot be opened")
    out.unlink()
    refused(*words[:-1], tmp_path / "no/where", says="cannot be made")
    out.mkdir()
    (out / "mean.json").write_text("{}")
    refused(*words, says="is no record of a run")
    (out / "mean.json").unlink()
    (out / "mean.jfhe").write_text("mine")
    refused(*words, says="no run has written it")
    assert names(out) == ["mean.jfhe"] and (out / "mean.jfhe").read_text() == "mine"
    long = write(tmp_path, MEAN.replace('"mean"', '"' + "ü" * 120 + '"'), "long.jfp")
    refused("run", long, *words[2:], says="too long for a file")


@pytest.mark.parametrize("words, says", [
    ((), "a program is missing"), (("p.jfp",), "one of --preset and --keys"), (("p.jfp", "q.jfp", "--preset", "stats"), "a second one"),
    (("p.jfp", "--preset", "stats", "-O4"), "-O0 to -O3"), (("p.jfp", "--preset", "stats", "-O1", "-O1"), "-O is given twice"),
    (("p.jfp", "--preset", "stats", "-x"), "unknown option"), (("p.jfp", "--preset", "none"), "--preset: "),
    (("p.jfp", "--preset", "stats", "--stop-after", "none"), "input, simplify, cse, products, bootstraps, levels, ring, rotations, bounds, schedule"),
    (("p.jfp", "--preset", "stats", "--keys", "k"), "one of --preset and --keys")])
def test_words_of_explain(tmp_path, words, says):
    write(tmp_path, MEAN)
    refused("explain", *words, says=says, cwd=tmp_path)


# ---- explain --------------------------------------------------------------------------------------------------------
def test_explain_stops_after_each_pass(tmp_path):
    program = write(tmp_path, MEAN)
    for name in ["input", "simplify", "cse", "products", "bootstraps", "levels", "ring", "rotations", "bounds", "schedule"]:
        said = works("explain", program, "--preset", "stats-lite", "--stop-after", name)
        assert said.startswith(f"after pass '{name}' at -O2, 4096 slots, parameters stats-lite\n")
        assert ("error <=" in said) == (name in ("bounds", "schedule")) and ("about " in said) == (name == "schedule")
        told = json.loads(works("explain", program, "--preset", "stats-lite", "--stop-after", name, "--json"))
        assert told["text"] == said and told["pass"] == name and [o["name"] for o in told["outputs"]] == ["mean", "r 7/ü"]
        assert ("plan" in told) == (name == "schedule")


def test_explain_shows_where_levels_come_back(tmp_path):
    turns = "".join(f"%{i + 1} = mul %{i} %0\n" for i in range(20))
    program = write(tmp_path, f'jfp 1\nslots 2^15\n%0 = input "x" real 1\n{turns}output "y" %20\nend\n')
    told = json.loads(works("explain", program, "--preset", "deep-lean", "--keep-levels", "3", "--json"))
    assert told["bootstraps"] == 2 and told["levels"] == 20 and told["outputs"][0]["level"] == 3
    placed = works("explain", program, "--preset", "deep-lean", "--keep-levels", "3", "--stop-after", "bootstraps")
    assert placed.count(" = bootstrap %") == 2
    assert ", 2 bootstraps; 20 levels" in works("explain", program, "--preset", "deep-lean", "--keep-levels", "3")
    assert "bootstrap" not in works("explain", program, "--preset", "deep-lean", "--stop-after", "products")


def test_explain_foresees_what_run_does(tmp_path):
    program = write(tmp_path, MEAN)
    told = json.loads(works("explain", program, "--keys", keys(), "--json"))
    ran = report(program, tmp_path / "out")
    for before, after in zip(told["outputs"], ran["outputs"], strict=True):
        assert before["level"] == after["level"] and after["error_worst"] <= 1.01 * before["error_worst"]
    assert told["seconds"] > 0 and told["relinearisations"] == 1 and told["key_bytes"] > 0


# ---- the ring above -------------------------------------------------------------------------------------------------
POWERS = ("jfp 1\nslots 2^12\n%0 = input \"x\" real 1\n" + "".join(f"%{i + 1} = mul %{i} %0\n" for i in range(9))
          + 'output "y" %9\nend\n')


@functools.cache
def climbing():
    """Keys of 'stats' with those of 'deep-small' above, for bootstraps of all slots; what the owner's tools make (docs/adr/0049)."""
    folder, e, below = place() / "keys-climbing", engine(), owner("stats")
    shutil.copytree(keys("stats"), folder)
    (folder / "above").mkdir()
    ctx = e.make("jfhe_ctx_new_preset", b"deep-small")
    sk = e.make("jfhe_sk_new", ctx)
    turns, levels, count, sine = (c_int32 * 64)(), (c_uint32 * 64)(), c_size_t(), c_uint32()
    e("jfhe_bootstrap_wants", ctx, turns, levels, c_size_t(64), ctypes.byref(count), ctypes.byref(sine), c_uint32(14), c_uint32(1))
    sparse, dense = c_void_p(), c_void_p()
    e("jfhe_keygen_bootstrap", ctypes.byref(sparse), ctypes.byref(dense), ctx, sk)
    conjugate = e.number("jfhe_galois_conjugate", ctx, kind=c_uint32)
    made = {"relin": e.make("jfhe_keygen_relin", ctx, sk, sine), "lift": e.make("jfhe_keygen_lift", ctx, below.sk, sk),
            "lower": e.make("jfhe_keygen_lower", ctx, sk, below.sk), "sparse": sparse, "dense": dense,
            f"galois-{conjugate}": e.make("jfhe_keygen_galois", ctx, sk, c_uint32(conjugate), sine)}
    for k, level in list(zip(turns, levels, strict=True))[:count.value]:
        g = e.number("jfhe_galois_rotate", ctx, c_int32(k), kind=c_uint32)
        made[f"galois-{g}"] = e.make("jfhe_keygen_galois", ctx, sk, c_uint32(g), c_uint32(level))
    for name, key in made.items():
        (folder / f"above/{name}.key").write_bytes(e.bytes_of("evk", key, c_uint32(3)))
    (folder / "above/params.jfhe").write_bytes(e.bytes_of("ctx", ctx))
    return folder


def test_deep_programs_climb(tmp_path):
    program, folder = write(tmp_path, POWERS), climbing()
    said = works("explain", program, "--keys", folder)
    assert "1 lifted, 1 lowered" in said and "of stats" in said and " = bootstrap %" in said
    shallow = write(tmp_path, MEAN, "shallow.jfp")
    assert "lifted" not in works("explain", shallow, "--keys", folder)
    refused("explain", program, "--keys", keys("stats"), says="has 6 levels, the program multiplies 9 times")
    some = tmp_path / "some"
    (some / "above").mkdir(parents=True)
    for path in (p for p in folder.rglob("*") if p.is_file() and p.name != "lower.key"):
        os.link(path, some / path.relative_to(folder))
    refused("explain", program, "--keys", some, says="above/lower.key: cannot be opened")


@pytest.mark.skipif(not SLOW, reason="JFHE_TEST_SLOW")
def test_deep_programs_run_in_the_ring_above(tmp_path):
    program, folder, x = write(tmp_path, POWERS), climbing(), np.linspace(-1, 1, SLOTS)
    sealed = owner("stats").encrypt(tmp_path / "x.jfhe", x, 0)
    words = "run", program, "--in", f"x={sealed}", "--json"
    for more in (("--keys", folder), ("--keys", keys("stats"), "--above", folder / "above")):
        told = json.loads(works(*words, *more, "--out", tmp_path / f"out{len(more)}"))
        found, bound = owner("stats").decrypt(tmp_path / f"out{len(more)}/y.jfhe")
        assert told["forecast"]["bootstraps"] >= 1 and np.abs(found - x**10).max() <= bound < 0.1


# ---- the secret -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", ["cli/cmd_run.c", "cli/cmd_explain.c", "cli/results.c", "cli/program.c", "cli/above.c"])
def test_code_knows_no_secret(source):
    folder, seen, todo = ROOT / "engine/src", set(), [source]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            path = folder / name if (folder / name).exists() else ROOT / "engine/include" / name
            todo += re.findall(r'^#include "([^"]+)"', path.read_text(), re.M)
    assert len(seen) > 3 and not [n for n in seen if "secret" in n]


def test_run_works_without_the_secret(tmp_path):
    server = tmp_path / "server"
    shutil.copytree(keys(), server)
    (server / "secret.key").unlink()
    os.mkfifo(server / "secret.key")  # opening this would hang
    go(write(tmp_path, MEAN), tmp_path / "out", keys_of=server)


# ---- opening ----
def opened(path, *more):
    return json.loads(works("decrypt", "--keys", keys(), "--in", path, "--json", *more))


def test_results_are_opened_by_their_owner(tmp_path):
    go(write(tmp_path, MEAN), tmp_path / "out")
    for name in ("mean", "r%207%2F%C3%BC"):
        want, bound = owner().decrypt(tmp_path / "out" / f"{name}.jfhe")
        told = opened(tmp_path / "out" / f"{name}.jfhe")
        got = np.array(told["real"]) + 1j * np.array(told["imaginary"])
        assert len(got) == SLOTS and np.array_equal(got, want) and told["bound"] >= bound
        assert len(opened(tmp_path / "out" / f"{name}.jfhe", "--count", "3")["real"]) == 3
    text = works("decrypt", "--keys", keys(), "--in", inputs()[0] / "x.jfhe")
    assert text.startswith("4096 numbers, each within ") and "4088 more" in text
    lines = works("decrypt", "--keys", keys(), "--in", inputs()[0] / "x.jfhe", "--csv").splitlines()
    assert lines[0] == "slot,value,bound" and len(lines) == 1 + SLOTS
    x = np.array([float(line.split(",")[1]) for line in lines[1:]])
    assert np.all(np.abs(x - inputs()[1]) <= float(lines[1].split(",")[2]))


def test_what_is_not_the_owners_stays_shut(tmp_path):
    shut = inputs()[0] / "x.jfhe"
    broken = tmp_path / "broken.jfhe"
    broken.write_bytes(shut.read_bytes()[:-1])
    for keys_of, path, says in ((keys("stats-lite", 1), shut, "another key"), (keys(), broken, "broken.jfhe"), (keys(), tmp_path / "none", "none"),
                                (keys(), keys() / "relin.key", "relin.key")):
        said = refused("decrypt", "--keys", keys_of, "--in", path)
        assert says in said, said

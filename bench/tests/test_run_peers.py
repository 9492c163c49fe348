"""The driver without any peer: how lines are read, matched, divided and shown."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

BENCH = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BENCH))

import peers_prepare  # noqa: E402
import run_peers  # noqa: E402


def line(peer: str, median: float, *, name="ckks_mul", log_n=14, primes=7, threads=1, **more) -> dict:
    params = {"logN": log_n, "primes": primes, "threads": threads}
    return {"peer": peer, "name": name, "params": params, "median_ns": median, "p10_ns": median, "p90_ns": median} | more


def table_of(*rounds: list[dict]) -> str:
    results = run_peers.Results()
    for number, lines in enumerate(rounds):
        for one in lines:
            results.add(number, one)
    return run_peers.table(results)


def row_of(table: str, peer: str) -> str:
    return next(row for row in table.splitlines() if row.startswith(f"  {peer} "))


def test_ratio_is_taken_round_by_round():
    # The machine is three times slower in the second round; both sides suffer, the ratio does not.
    table = table_of([line("jupyterfhe", 1e6), line("seal", 4e6)], [line("jupyterfhe", 3e6), line("seal", 12e6)])
    assert "4.00x" in row_of(table, "seal")


def test_ratio_needs_a_common_round():
    table = table_of([line("jupyterfhe", 1e6)], [line("seal", 4e6)])
    assert "x" not in row_of(table, "seal").split("]")[1].split("primes")[0]


def test_another_chain_is_starred():
    table = table_of([line("jupyterfhe", 1e6), line("seal", 4e6), line("lattigo", 4e6, primes=8)])
    assert "(least 4.00x)*" in row_of(table, "lattigo")
    assert "(least 4.00x) " in row_of(table, "seal")


def test_ratio_of_the_least_outlives_a_disturbed_round():
    ours = [line("jupyterfhe", 5e6, min_ns=1e6), line("jupyterfhe", 5e6, min_ns=2e6)]
    table = table_of([ours[0], line("seal", 5e6, min_ns=3e6)], [ours[1], line("seal", 5e6, min_ns=4e6)])
    assert "1.00x (least 3.00x)" in row_of(table, "seal")


def test_sizes_divide_like_times():
    ours = {"peer": "jupyterfhe", "name": "key_rotation_bytes", "params": {"logN": 16, "primes": 25}, "bytes": 40_000_000}
    theirs = ours | {"peer": "openfhe", "bytes": 100_000_000}
    assert "2.50x" in row_of(table_of([ours, theirs]), "openfhe")


def test_threads_and_degree_are_never_mixed():
    table = table_of([line("jupyterfhe", 1e6), line("openfhe", 9e6, threads=2), line("seal", 9e6, log_n=15)])
    assert "9.00x" not in table


def test_the_browser_row_compares_a_value():
    results = run_peers.Results()
    ours = line("jupyterfhe-wasm", 4e6, name="encode")
    ours["params"]["values"] = 16384
    results.add(0, ours)
    results.add(0, line("node-seal", 6e6, name="encode"))  # 8192 values: 3 times as long for each
    assert run_peers.browser(results) == [
        "encode in WebAssembly, a value: ours 244 ns, node-seal 732 ns at least; 3.00x (least 3.00x)"]
    results.add(0, line("node-seal", 6e6, name="encrypt_seeded"))
    assert len(run_peers.browser(results)) == 1


def test_our_module_is_missing_until_it_is_built(monkeypatch, tmp_path):
    monkeypatch.setenv("JFHE_WASM", str(tmp_path / "jfhe.wasm"))
    with pytest.raises(peers_prepare.Missing, match="make wasm"):
        peers_prepare.our_wasm()


def test_only_json_lines_count():
    text = 'chatter\n{broken\n{"other": 1}\n' + json.dumps(line("seal", 1)) + "\n"
    assert [one["peer"] for one in run_peers.lines_of(text)] == ["seal"]


def test_a_failing_job_is_named_and_not_repeated(tmp_path):
    count = tmp_path / "count"
    job = run_peers.Job("seal", ("sh", "-c", f"echo x >> {count}; echo it broke >&2; exit 3", "--"))
    results = run_peers.Results()
    run_peers.measure([[job]], 3, 1.0, results)
    assert results.faults == {"seal": "it broke"}
    assert count.read_text() == "x\n"


def test_a_peer_that_cannot_be_had_is_missing():
    def absent() -> Path:
        raise peers_prepare.Missing("no Python 3.10 on this machine")

    ready, missing = run_peers.prepare_all([run_peers.Peer("openfhe", absent)])
    assert (ready, missing) == ({}, {"openfhe": "no Python 3.10 on this machine"})


def test_a_failed_step_says_where_its_log_is(tmp_path, monkeypatch):
    monkeypatch.setattr(peers_prepare, "BENCH", tmp_path / "bench")
    with pytest.raises(peers_prepare.Missing, match=r"making failed, see bench/x\.log"):
        peers_prepare.call(["false"], cwd=tmp_path, log=tmp_path / "bench" / "x.log", what="making")


def test_a_recipe_is_built_once_until_it_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(peers_prepare, "CACHE", tmp_path / "cache")
    recipe, built = tmp_path / "recipe", []
    recipe.write_text("one")
    for text in ("one", "one", "two"):
        recipe.write_text(text)
        peers_prepare.once("peer", [recipe], "tools", lambda folder, log: built.append(recipe.read_text()))
    assert built == ["one", "two"]


def cases() -> dict:
    return json.loads((BENCH / "cases.json").read_text())


@pytest.mark.parametrize("case", cases()["ckks"], ids=lambda c: f"2^{c['logn']}")
def test_our_chains_obey_the_security_table(case):
    # 128 bits, uniform ternary secret: 98.5 % of the largest log2(QP) for this degree.
    largest = {14: 430, 15: 868, 16: 1747}[case["logn"]]
    assert sum(case["bits"]) + sum(case["special"]) <= 0.985 * largest
    assert max(case["bits"] + case["special"]) <= 48
    per_digit = -(-len(case["bits"]) // case["dnum"])
    assert len(case["special"]) == per_digit
    assert sum(case["bits"][:per_digit]) <= sum(case["special"])


def test_the_limb_has_a_transform_of_every_degree():
    q = cases()["prime"]
    assert q < 2**48 and all((q - 1) % 2 ** (n + 1) == 0 for n in cases()["ntt_logn"])
    assert all(pow(base, q - 1, q) == 1 for base in (2, 3, 5, 7, 11, 13))


def test_seal_with_our_key_modulus_has_more_levels():
    case = cases()["ckks"][1]
    command = run_peers.seal_command([], case, equal_qp=True)
    bits = [int(b) for b in command[command.index("--bits") + 1].split(",")]
    ours = sum(case["bits"]) + sum(case["special"])
    assert len(bits) - 1 > len(case["bits"]) and ours - 48 < sum(bits) <= ours


def test_locks_name_no_registry():
    locks = [*BENCH.glob("peers/**/crates.lock"), *BENCH.glob("peers/*/requirements.txt"),
             *BENCH.glob("peers/*/package-lock.json"), *BENCH.glob("peers/*/go.sum")]
    assert len(locks) == 7
    for lock in locks:
        assert not re.search(r"://|^\s*(-i|--index|source =)|\"resolved\"", lock.read_text(), re.M), lock


def test_arrays_run_side_by_side_with_ours():
    ready = {peer.name: Path("/none") for peer in run_peers.PEERS}
    tables, matrices = run_peers.array_batches(cases(), run_peers.PEERS, ready)
    assert {job.peer for job in tables} == {"jupyterfhe", "jupyterfhe-all-levels", "openfhe", "openfhe-lean", "tenseal",
                                            "tenseal-lean"}
    assert {job.peer for job in matrices} >= {"jupyterfhe", "openfhe-numpy", "tenseal"}
    assert all("48,46,46,46,46,46,46" in job.command for job in tables + matrices)


def test_bootstraps_run_beside_peers_with_the_same_levels_left():
    made = run_peers.extra("mine-bootstrap=/none")
    ready = {peer.name: Path("/none") for peer in [*run_peers.PEERS, made]}
    batches = run_peers.batches(cases(), [*run_peers.PEERS, made], ready, Path("/none/jfhe"), ["bootstrap"], [1, 2])
    assert [[job.peer for job in batch] for batch in batches] == [["jupyterfhe", "openfhe", "mine-bootstrap"]] * 4
    assert all(job.command[-8:] == batch[1].command[-8:] for batch in batches for job in batch[1:])
    assert "deep-lean" in batches[0][0].command and batches[2][0].threads == 2
    sparse = batches[1]
    assert {"bootstrap_sparse", "deep-lean:12"} < set(sparse[0].command)
    assert all(job.command[-2:] == ("--log-slots", 12) for job in sparse[1:])


def test_minima_run_beside_scheme_switching_where_it_ends():
    ready = {peer.name: Path("/none") for peer in run_peers.PEERS}
    found = run_peers.batches(cases(), run_peers.PEERS, ready, None, ["order"], [1])
    assert [[job.peer for job in batch] for batch in found] == [["openfhe", "jupyterfhe"], ["jupyterfhe"], ["jupyterfhe"]]
    assert [batch[-1].command[3] for batch in found] == [8, 64, 128]
    rows = table_of([line(peer, ns, name="minimum_8", peak_bytes=10**9, params={"ring": ring, "primes": 17, "threads": 1, "steps": 16})
                     for peer, ns, ring in (("jupyterfhe", 2e9, 15), ("openfhe", 6e10, 16))])
    assert "30.00x" in row_of(rows, "openfhe") and "ring 16, steps 16" in row_of(rows, "openfhe")


def test_peers_of_arrays_are_shown_with_memory_and_what_was_measured():
    params = {"logN": 14, "primes": 7, "threads": 1}
    ours = line("jupyterfhe", 1e9, name="array_cov", peak_bytes=3_000_000_000)
    theirs = line("openfhe", 9e9, name="array_cov", peak_bytes=4_000_000_000)
    theirs["params"] = params | {"measured": 65536, "linear": 2.01}
    row = row_of(table_of([ours, theirs]), "openfhe")
    assert "9.00x" in row and "peak 4000.00 MB, measured 65536, linear 2.01" in row


def test_a_wrong_table_ends_the_peer(monkeypatch, capsys):
    sys.path.insert(0, str(BENCH / "peers" / "common"))
    table = pytest.importorskip("peer_table")

    class Library(table.Library):
        slots = 64
        encrypt = staticmethod(lambda values: np.array(values))
        decrypt = staticmethod(lambda c: float(c.ravel()[0]))
        add = staticmethod(lambda chunks: sum(chunks))
        over_slots = staticmethod(lambda c: c.sum() + 0 * c)
        scaled = product = staticmethod(lambda a, b: a * b)
        minus = staticmethod(lambda a, b: a - b)
        dot = staticmethod(lambda xs, ys: sum(x * y for x, y in zip(xs, ys, strict=True)))

    for chunks in ("0", "8"):
        monkeypatch.setattr(sys, "argv", ["x", "--rows", "1000", "--chunks", chunks])
        args = table.arguments()
        table.run(Library(), table.Printer("fake", "0", "", args), args)
        names = [json.loads(row)["name"] for row in capsys.readouterr().out.splitlines()]
        assert names == ["array_mean", "array_cov"]
        Library.minus = staticmethod(lambda a, b: a - 0.5 * b + 0.1)  # a library that is wrong
        with pytest.raises(SystemExit, match="wrong array_cov"):
            table.run(Library(), table.Printer("fake", "0", "", args), args)
        Library.minus = staticmethod(lambda a, b: a - b)
        capsys.readouterr()

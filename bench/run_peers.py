"""Run the peers and our engine side by side and print ratios.

``make bench-peers`` calls this.  See README.md for what is equal and how to read the table.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import peers_prepare as prepare

BENCH = Path(__file__).resolve().parent
OURS = "jupyterfhe"
OURS_WASM = "jupyterfhe-wasm"
TIMEOUT_S = 900

NTT_NAMES = ["ntt_fwd", "ntt_inv"]
OUR_SETS = {14: "stats", 15: "n15", 16: "n16"}  # the parameter sets of `jfhe bench` that are the cases of cases.json
CKKS_NAMES = ["ckks_mul", "ckks_rotate", "ckks_rotate_hoisted8", "encode", "encrypt_seeded", "encode_encrypt_seeded",
              "decrypt_decode", "key_rotation_bytes"]
INT_NAMES = ["int_mul", "int_rotate", "int_add", "int_encode", "int_encode_encrypt_seeded", "int_decrypt_decode"]
BOOTSTRAP_NAMES = ["bootstrap_real", "bootstrap_sparse"]
ARRAY_NAMES = ["array_mean", "array_cov", "matmul_plain_512", "matmul_encrypted_128"]
MATRICES = ["--what", "matrices"]
PART = ["--chunks", 8]  # of 123 chunks of a million rows, where covariances of all would take minutes


@dataclass(frozen=True)
class Job:
    """One process: a peer on one case with a number of threads."""

    peer: str
    command: tuple
    threads: int = 1


@dataclass(frozen=True)
class Peer:
    """How to prepare a peer and what it runs: ``ntt(folder, cases)``, ``ckks(folder, case)``, ``ints(folder, case)``,
    ``bootstrap(folder, case)`` and ``order(folder, case)`` give commands, ``arrays`` one for tables or matrices, without the arguments of the chain.
    """

    name: str
    prepare: Callable[[], Path]
    ntt: Callable[[Path, dict], list] | None = None
    ckks: Callable[[Path, dict], list | None] | None = None
    two_threads: bool = False
    arrays: Callable[[Path], list] | None = None
    ints: Callable[[Path, dict], list] | None = None
    bootstrap: Callable[[Path, dict], list] | None = None
    order: Callable[[Path, dict], list | None] | None = None


def joined(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def limb(program: Path, cases: dict) -> list:
    return [program, "--prime", cases["prime"], "--logn", joined(cases["ntt_logn"])]


def chain(case: dict, *, special: bool = False, dnum: bool = False) -> list:
    """The arguments that name a chain, for libraries that choose the special primes or not."""
    out = ["--logn", case["logn"], "--bits", joined(case["bits"]), "--scale", case["scale"]]
    out += ["--special", joined(case["special"])] if special else []
    return out + (["--dnum", case["dnum"]] if dnum else [])


def seal_command(program: list, case: dict, *, equal_qp: bool = False) -> list | None:
    """SEAL appends its one special prime; it refuses ring degrees above 2^15 at 128 bits.

    With ``equal_qp`` the chain grows until the key modulus is ours, so that SEAL has more levels.
    """
    if case["logn"] > 15:
        return None
    bits, one = list(case["bits"]), case["special"][0]
    limit = sum(case["bits"]) + sum(case["special"])
    while equal_qp and sum(bits) + case["scale"] + one <= limit:
        bits.append(case["scale"])
    return [*program, "--logn", case["logn"], "--bits", joined([*bits, one]), "--scale", case["scale"]]


def python_command(folder: Path, script: str) -> list:
    return [folder / "venv" / "bin" / "python", BENCH / "peers" / script]


def tenseal_command(folder: Path, case: dict) -> list | None:
    program = python_command(folder, "tenseal/tenseal_bench.py")
    return None if case["logn"] > 15 else [*program, *chain(case, special=True)]


def arrays(script: str, *more) -> Callable[[Path], list]:
    """The command of a Python peer for arrays, in its own virtual environment."""
    return lambda folder: [*python_command(folder, script), *more]


def our_arrays(*more) -> Callable[[Path], list]:
    """The same of our package, in the project's."""
    return lambda root: [root / ".venv" / "bin" / "python", BENCH / "peers" / "ours" / "arrays.py", *more]


def integers(scheme: str) -> Callable[[Path, dict], list]:
    """OpenFHE with exact integers in one of its schemes."""
    return lambda folder, case: [*python_command(folder, "openfhe/openfhe_ints.py"), "--scheme", scheme,
                                 "--logn", case["logn"], "--depth", case["depth"]]


def bootstrap(case: dict) -> list:
    """The arguments of a bootstrap of all slots, or of fewer."""
    out = ["--scale", case["scale"], "--dnum", case["dnum"], "--after", case["after"], "--stages", case["stages"]]
    return [*out, "--log-slots", case["log_slots"]] if "log_slots" in case else out


def our_minimum(root: Path, case: dict) -> list:
    """The least of some numbers and where it stands."""
    return [root / ".venv" / "bin" / "python", BENCH / "order.py", "minimum", case["numbers"], "--steps", case["steps"],
            "--depth", case["depth"], "--scale", case["scale"], "--json"]


def openfhe_minimum(folder: Path, case: dict) -> list | None:
    """The same by scheme switching; none where it takes longer than anybody waits, or more memory than there is."""
    command = [*python_command(folder, "openfhe/openfhe_order.py"), "--numbers", case["numbers"], "--steps", case["steps"]]
    return [*command, "--logn", case["peer_logn"]] if case["peer_logn"] else None


def node_command(folder: Path, case: dict) -> list | None:
    script = folder / "node_seal_bench.mjs"
    return seal_command([prepare.node(folder), script], case) if case["logn"] == 14 else None


def our_wasm_command(folder: Path, case: dict) -> list | None:
    """The preset `stats` is the case of 2^14."""
    script = BENCH.parent / "lab" / "packages" / "wasm" / "bench" / "encrypt.mjs"
    return [prepare.node(folder), script] if case["logn"] == 14 else None


def seal_program(folder: Path, name: str) -> Path:
    return folder / "programs" / name


PEERS = [
    Peer("hexl", prepare.seal, ntt=lambda f, c: limb(seal_program(f, "hexl_bench"), c)),
    Peer("tfhe-ntt", prepare.tfhe_ntt, ntt=lambda f, c: limb(f / "target" / "release" / "peer-tfhe-ntt", c)),
    Peer("seal", prepare.seal, ckks=lambda f, c: seal_command([seal_program(f, "seal_bench")], c)),
    Peer("seal-equal-qp", prepare.seal, ckks=lambda f, c: seal_command(
        [seal_program(f, "seal_bench"), "--label", "seal-equal-qp"], c, equal_qp=True)),
    Peer("openfhe", prepare.openfhe, two_threads=True, ckks=lambda f, c: [
        *python_command(f, "openfhe/openfhe_bench.py"), *chain(c, dnum=True)]),
    Peer("openfhe", prepare.openfhe, two_threads=True, bootstrap=lambda f, c: [
        *python_command(f, "openfhe/openfhe_bootstrap.py"), *bootstrap(c)]),
    Peer("openfhe", prepare.openfhe, order=openfhe_minimum),
    Peer(OURS, prepare.our_package, order=our_minimum),
    Peer("openfhe-bgv", prepare.openfhe, ints=integers("bgv")),
    Peer("openfhe-bfv", prepare.openfhe, ints=integers("bfv")),
    Peer("lattigo", prepare.lattigo, ntt=lambda f, c: limb(f / "lattigo_bench", c),
         ckks=lambda f, c: [f / "lattigo_bench", *chain(c, special=True)]),
    Peer("tenseal", prepare.tenseal, ckks=tenseal_command),
    Peer("node-seal", prepare.node_seal, ckks=node_command),
    Peer(OURS_WASM, prepare.our_wasm, ckks=our_wasm_command),
    Peer(OURS, prepare.our_package, arrays=our_arrays()),
    Peer(OURS + "-all-levels", prepare.our_package, arrays=our_arrays("--way", "all-levels")),
    Peer("openfhe", prepare.openfhe, arrays=arrays("openfhe/openfhe_arrays.py", *PART)),
    Peer("openfhe-lean", prepare.openfhe, arrays=arrays("openfhe/openfhe_arrays.py", "--way", "lean")),
    Peer("tenseal", prepare.tenseal, arrays=arrays("tenseal/tenseal_arrays.py", *PART)),
    Peer("tenseal-lean", prepare.tenseal, arrays=arrays("tenseal/tenseal_arrays.py", *PART, "--way", "lean")),
    Peer(OURS, prepare.our_package, arrays=our_arrays(*MATRICES)),
    Peer(OURS + "-outer", prepare.our_package, arrays=our_arrays(*MATRICES, "--way", "outer")),
    Peer("openfhe-numpy", prepare.openfhe_numpy, arrays=arrays("openfhe_numpy/openfhe_numpy_arrays.py")),
    Peer("openfhe-numpy-lean", prepare.openfhe_numpy, arrays=arrays("openfhe_numpy/openfhe_numpy_arrays.py", "--way", "lean")),
    Peer("tenseal", prepare.tenseal, arrays=arrays("tenseal/tenseal_arrays.py", *MATRICES)),
    Peer("tenseal-lean", prepare.tenseal, arrays=arrays("tenseal/tenseal_arrays.py", *MATRICES, "--way", "lean")),
]


def extra(text: str) -> Peer:
    """A peer that somebody built, ``NAME=PROGRAM``: it takes the arguments of ``chain``, or of ``bootstrap`` where its name ends in
    -bootstrap, and prints the same lines.
    """
    name, _, program = text.partition("=")
    path = Path(program)

    def found() -> Path:
        if not path.is_file():
            raise prepare.Missing(f"no program {path.name}")
        return path.resolve()

    if name.endswith("-bootstrap"):
        return Peer(name, found, two_threads=True, bootstrap=lambda f, c: [f, *bootstrap(c)])
    return Peer(name, found, two_threads=True, ckks=lambda f, c: [f, *chain(c, special=True, dnum=True)])


@dataclass
class Series:
    """One measurement over all rounds."""

    line: dict
    medians: dict[int, float] = field(default_factory=dict)  # round -> median_ns
    low: float = float("inf")
    p10: list[float] = field(default_factory=list)
    p90: list[float] = field(default_factory=list)

    def add(self, round_: int, line: dict) -> None:
        if "median_ns" not in line:
            return
        self.medians[round_] = line["median_ns"]
        self.low = min(self.low, line.get("min_ns", line["p10_ns"]))
        self.p10.append(line["p10_ns"])
        self.p90.append(line["p90_ns"])

    @property
    def params(self) -> dict:
        return self.line.get("params", {})


def key_of(line: dict) -> tuple:
    """Which measurements of two libraries stand beside each other."""
    params = line.get("params", {})
    return line["name"], params.get("logN", 0), params.get("threads", 1)


class Results:
    """All lines that came back, by measurement and peer."""

    def __init__(self) -> None:
        self.lines: list[dict] = []
        self.series: dict[tuple, dict[str, Series]] = {}
        self.faults: dict[str, str] = {}

    def add(self, round_: int, line: dict) -> None:
        self.lines.append(line | {"round": round_})
        of_peer = self.series.setdefault(key_of(line), {})
        of_peer.setdefault(line["peer"], Series(line)).add(round_, line)


def lines_of(text: str) -> list[dict]:
    """The JSON lines of a program's output; other lines are chatter."""
    out = []
    for row in text.splitlines():
        if row.startswith("{"):
            try:
                line = json.loads(row)
            except json.JSONDecodeError:
                continue
            if "name" in line:
                out.append(line)
    return out


def run(job: Job, budget_ms: float, cpus: list[int]) -> tuple[list[dict], str]:
    """Run a job pinned to as many processors as it has threads; give its lines and, if it failed, why."""
    pinned = ["taskset", "-c", joined(cpus[-job.threads:])]
    ours = job.peer == OURS and "bench" in job.command
    command = [*pinned, *job.command, *([] if ours else ["--budget-ms", budget_ms])]
    env = os.environ | {"OMP_NUM_THREADS": str(job.threads), "GOMAXPROCS": str(job.threads)}
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=env, timeout=TIMEOUT_S,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return [], f"took more than {TIMEOUT_S} s"
    except FileNotFoundError as error:
        return [], f"no {error.filename} on this machine"
    fault = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    return lines_of(done.stdout), fault


def our_jobs(jfhe: Path, names: list[str], threads: int, parameters: str | None = None) -> list[Job]:
    extra = (["--preset", parameters] if parameters else []) + (["--threads", threads] if threads > 1 else [])
    return [Job(OURS, (jfhe, "bench", "--json", "--filter", name, *extra), threads) for name in names]


def batches(cases: dict, peers: list[Peer], ready: dict[str, Path], jfhe: Path | None, groups: list[str],
            threads: list[int], clock: str = "wall") -> list[list[Job]]:
    """Jobs that belong side by side, in the order in which they run."""
    out = []
    chosen = [p for p in peers if p.name in ready]
    if "ntt" in groups and 1 in threads:
        jobs = [Job(p.name, tuple(p.ntt(ready[p.name], cases))) for p in chosen if p.ntt]
        out.append(jobs + (our_jobs(jfhe, NTT_NAMES, 1) if jfhe else []))
    if "ckks" in groups:
        for count in threads:
            for case in cases["ckks"]:
                wanted = [p for p in chosen if p.ckks and (count == 1 or p.two_threads)]
                commands = [(p, p.ckks(ready[p.name], case)) for p in wanted]
                extra = ["--threads", count] if count > 1 else []
                ours = our_jobs(jfhe, CKKS_NAMES, count, OUR_SETS[case["logn"]]) if jfhe else []
                out.append(ours + [Job(p.name, (*c, *extra), count) for p, c in commands if c])
    if "bootstrap" in groups:
        for count in threads:
            for case in cases["bootstrap"]:
                name = BOOTSTRAP_NAMES["log_slots" in case]
                ours = our_jobs(jfhe, [name], count, case["set"]) if jfhe else []
                wanted = [p for p in chosen if p.bootstrap and (count == 1 or p.two_threads)]
                out.append(ours + [Job(p.name, tuple(p.bootstrap(ready[p.name], case)), count) for p in wanted])
    if "order" in groups and 1 in threads:
        for case in cases["order"]:
            commands = [(p, p.order(ready[p.name], case)) for p in chosen if p.order]
            out.append([Job(p.name, (*c, "--clock", clock)) for p, c in commands if c])
    if "ints" in groups and 1 in threads:
        for case in cases["ints"]:
            ours = our_jobs(jfhe, INT_NAMES, 1, case["set"]) if jfhe else []
            out.append(ours + [Job(p.name, tuple(p.ints(ready[p.name], case))) for p in chosen if p.ints])
    if "arrays" in groups and 1 in threads:
        out += array_batches(cases, chosen, ready, clock)
    return out


def array_batches(cases: dict, chosen: list[Peer], ready: dict[str, Path], clock: str = "wall") -> list[list[Job]]:
    """Tables, then matrices; at the ring degree that our preset for statistics has."""
    out = []
    for case in (c for c in cases["ckks"] if c["logn"] == 14):
        more = [*chain(case, special=True, dnum=True), "--clock", clock]
        jobs = [(p.name, [*p.arrays(ready[p.name]), *more]) for p in chosen if p.arrays]
        for matrices in (False, True):
            out.append([Job(n, tuple(c)) for n, c in jobs if matrices == ("matrices" in c or n.startswith("openfhe-numpy"))])
    return out


def measure(plan: list[list[Job]], rounds: int, budget_ms: float, results: Results) -> None:
    """Every round runs every job once, each batch turned by one place so that no peer is always first."""
    cpus = sorted(os.sched_getaffinity(0))
    failed: set[Job] = set()
    for round_ in range(rounds):
        for batch in plan:
            turn = round_ % max(1, len(batch))
            for job in batch[turn:] + batch[:turn]:
                if job in failed:
                    continue
                print(f"round {round_ + 1}/{rounds}: {job.peer}, {job.threads} thread(s)", file=sys.stderr)
                lines, fault = run(job, budget_ms, cpus)
                for line in lines:
                    line.setdefault("peer", OURS)
                    line.setdefault("params", {}).setdefault("threads", job.threads)
                    results.add(round_, line)
                if fault:
                    failed.add(job)
                    results.faults.setdefault(job.peer, fault)


def human_time(ns: float) -> str:
    if ns >= 1e9:
        return f"{ns / 1e9:8.2f} s "
    return f"{ns / 1e3:8.1f} us" if ns < 1e6 else f"{ns / 1e6:8.2f} ms"


def human_bytes(count: int) -> str:
    return f"{count / 1e6:8.2f} MB" if count >= 1e6 else f"{count / 1e3:8.1f} kB"


def ratio(peer: Series, ours: Series) -> str:
    """How many of ours fit into one of theirs: the median over the rounds in which both ran, and that of the least."""
    both = sorted(set(peer.medians) & set(ours.medians))
    if both:
        least = f"least {peer.low / ours.low:.2f}x"
        return f"{median(peer.medians[r] / ours.medians[r] for r in both):6.2f}x ({least})"
    if not peer.medians and "bytes" in peer.line and ours.line.get("bytes"):
        return f"{peer.line['bytes'] / ours.line['bytes']:6.2f}x"
    return "     --"


def row(name: str, series: Series, ours: Series | None) -> str:
    """One peer in the table; a star says that its chain is not ours, so that the ratio is not of equals."""
    params = series.params
    if series.medians:
        value = f"{human_time(median(series.medians.values()))}  [{human_time(series.low).strip()} least]"
    else:
        value = human_bytes(series.line.get("bytes", 0))
    shape = f"{params.get('primes', '?')} primes, logQP {params.get('logQP', '?')}, dnum {params.get('dnum', '?')}"
    if "peak_bytes" in series.line:
        shape = f"peak {human_bytes(series.line['peak_bytes']).strip()}" + "".join(
            f", {name} {params[name]}" for name in ("ring", "measured", "linear", "levels", "bits", "steps", "off", "keys_s") if name in params)
    star = "*" if ours and params.get("primes") != ours.params.get("primes") else " "
    text = f"  {name:22s}{value:34s}"
    if ours is not None and name != OURS:
        text += f"{ratio(series, ours)}{star}"
    elif name != OURS:
        text += "        "
    else:
        text += "   ours "
    size = f"  {series.line['bytes']} bytes" if series.medians and "bytes" in series.line else ""
    return f"{text}  {shape}{size}"


def table(results: Results) -> str:
    """The figures, one block a measurement."""
    order = [*NTT_NAMES, "ntt_fwd_lazy", "ntt_inv_lazy", *CKKS_NAMES, *INT_NAMES, *BOOTSTRAP_NAMES]
    rank = {name: i for i, name in enumerate(order)}
    out = []
    for key in sorted(results.series, key=lambda k: (k[2], rank.get(k[0], len(rank)), k[0], k[1])):
        name, log_n, threads = key
        of_peer = results.series[key]
        ring = f", N = 2^{log_n}" if log_n else ""  # each program says its own where rings differ
        out.append(f"{name}{ring}, {threads} thread{'s' if threads > 1 else ''}")
        ours = of_peer.get(OURS)
        for peer in sorted(of_peer, key=lambda p: (p != OURS, median(of_peer[p].medians.values() or [0]))):
            out.append(row(peer, of_peer[peer], ours))
    return "\n".join(out)


def a_value(series: Series, ns: float) -> float:
    """Nanoseconds a number that the ciphertext carries; without complex packing there are N/2."""
    return ns / series.params.get("values", 2 ** (series.params["logN"] - 1))


def browser(results: Results) -> list[str]:
    """Ours in WebAssembly against node-seal, a value: the ratio of each round, and of the two least."""
    out = []
    for (name, _, _), of_peer in sorted(results.series.items()):
        ours, peer = of_peer.get(OURS_WASM), of_peer.get("node-seal")
        both = sorted(set(ours.medians) & set(peer.medians)) if ours and peer else []
        if both:
            rounds = median(a_value(peer, peer.medians[r]) / a_value(ours, ours.medians[r]) for r in both)
            low, high = a_value(ours, ours.low), a_value(peer, peer.low)
            out.append(f"{name} in WebAssembly, a value: ours {low:.0f} ns, node-seal {high:.0f} ns at least; "
                       f"{rounds:.2f}x (least {high / low:.2f}x)")
    return out


def versions(results: Results) -> list[str]:
    seen = {}
    for line in results.lines:
        seen.setdefault((line["peer"], str(line.get("version", ""))), str(line.get("flags", "")))
    return [f"{peer} {version}: {flags}" for (peer, version), flags in sorted(seen.items())]


def machine() -> dict:
    cpu = next((row.split(":", 1)[1].strip() for row in Path("/proc/cpuinfo").read_text().splitlines()
                if row.startswith("model name")), "unknown") if Path("/proc/cpuinfo").exists() else "unknown"
    commit = prepare.output(["git", "-C", BENCH, "rev-parse", "--short=12", "HEAD"]).strip()
    return {"cpu": cpu, "processors": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0], "commit": commit}


def prepare_all(peers: list[Peer]) -> tuple[dict[str, Path], dict[str, str]]:
    """Prepare the chosen peers; a peer that cannot be had is named, never dropped in silence."""
    ready, missing = {}, {}
    for peer in peers:
        try:
            print(f"preparing {peer.name}", file=sys.stderr)
            ready[peer.name] = peer.prepare()
            if peer.name in ("node-seal", OURS_WASM):
                prepare.node(ready[peer.name])
        except prepare.Missing as why:
            ready.pop(peer.name, None)
            missing[peer.name] = str(why)
    return ready, missing


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=",".join(dict.fromkeys(p.name for p in PEERS)), help="which, by name")
    parser.add_argument("--extra", action="append", default=[], type=extra, metavar="NAME=PROGRAM",
                        help="a further peer that you built yourself")
    parser.add_argument("--groups", default="ntt,ckks,ints,arrays,bootstrap,order")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--logn", default="", help="only these ring degrees of the CKKS and integer cases")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget-ms", type=float, default=800, help="time a measurement in one round")
    parser.add_argument("--clock", default="wall", choices=["wall", "processor"], help="of the groups arrays and order")
    parser.add_argument("--jfhe", type=Path, default=BENCH.parent / "build" / "jfhe")
    parser.add_argument("--prepare-only", action="store_true")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    args = arguments(argv)
    cases = json.loads((BENCH / "cases.json").read_text())
    if args.logn:
        keep = {int(n) for n in args.logn.split(",")}
        for group in ("ckks", "ints"):
            cases[group] = [case for case in cases[group] if case["logn"] in keep]
    wanted = args.peers.split(",")
    peers = [p for p in PEERS if p.name in wanted] + args.extra
    ready, missing = prepare_all(peers)
    jfhe = args.jfhe if args.jfhe.exists() else None
    if jfhe is None:
        missing[OURS] = f"no {args.jfhe.name}: run `make engine`; the peers' own figures follow without ratios"
    results = Results()
    if not args.prepare_only:
        plan = batches(cases, peers, ready, jfhe, args.groups.split(","), [int(t) for t in args.threads.split(",")],
                       args.clock)
        measure(plan, args.rounds, args.budget_ms, results)
        out = BENCH / "out" / f"peers-{datetime.datetime.now():%Y%m%d-%H%M%S}.json"
        out.parent.mkdir(exist_ok=True)
        out.write_text(json.dumps({"machine": machine(), "rounds": args.rounds, "budget_ms": args.budget_ms,
                                   "missing": missing, "faults": results.faults, "lines": results.lines}, indent=1))
        print(table(results))
        print("\n".join(browser(results)))
        print("\n" + "\n".join(versions(results)))
        print(f"written: {out.relative_to(BENCH.parent)}")
    for name, why in sorted(missing.items()):
        print(f"missing: {name}: {why}")
    for name, why in sorted(results.faults.items()):
        print(f"failed: {name}: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

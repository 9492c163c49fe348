"""Kernels on the real server: upload, compute, restart, a second version, rollback, the same hash; by link and by HTTP."""

import json

import numpy as np
import pytest
from real_store import RealStore
from running import Running

from jupyterfhe import client

pytest.importorskip("jupyter_server")
CELL = "import numpy as np\ndf = jf.open('patients')\nc = np.cov(df[['mean_radius', 'mean_area']].T)\nc"


@pytest.fixture(scope="module")
def store(quick, folders, tmp_path_factory):
    with RealStore(tmp_path_factory.mktemp("real") / "server") as store:
        store.add_keys(quick.folder, quick.keys.key_id)
        yield store


@pytest.fixture
def start(installed, store, tmp_path):
    running = []

    def start(cache="cache", local=True, **more):
        environment = store.environment(local) | {"JUPYTERFHE_CACHE": str(tmp_path / cache)} | more
        running.append(Running(installed, environment, tmp_path))
        return running[-1]

    yield start
    for kernel in running:
        kernel.__exit__()


def covariance(cancer, rows):
    return np.cov(np.column_stack([cancer["mean_radius"][:rows], cancer["mean_area"][:rows]]).T)


def opened(store, quick, ref, folder):
    return client.decrypt_array(store.fetch(ref["tree"], folder), quick.secret)


def test_the_whole_way(store, start, quick, folders, cancer, tmp_path):
    first_version = store.upload("patients", folders / "v1", quick.keys.key_id)
    kernel = start(PYTHONHASHSEED="1")
    first = kernel.good(CELL).ref
    found = opened(store, quick, first, tmp_path / "first")
    assert np.all(np.abs(found.values - covariance(cancer, 400)) <= found.error_bound)
    kept = store.ask("GET", f"/workspaces/personal/results/{first['memo']}")
    assert kept["tree_hash"] == first["tree_hash"] and kept["program"] == first["program"]
    assert json.loads(store.blob(first["tree_hash"])) == first["tree"]

    store.upload("patients", folders / "v2", quick.keys.key_id)
    second = kernel.good(CELL).ref
    found = opened(store, quick, second, tmp_path / "second")
    assert np.all(np.abs(found.values - covariance(cancer, 569)) <= found.error_bound)
    assert second["tree_hash"] != first["tree_hash"]

    store.rollback("patients", first_version)
    for number, local in enumerate((True, False)):
        again = start(cache=f"new{number}", local=local, PYTHONHASHSEED=str(7 + number))
        again.good("import jupyterfhe.plan.execute as e\ndef never(*_): raise RuntimeError('computed')\ne._run = never")
        third = again.good(CELL).ref
        assert third["reused"] and third["tree_hash"] == first["tree_hash"]
    shown = again.good("jf.history('patients')").bundles[-1]["text/plain"]
    assert shown.count("commit") == 2 and shown.count("rollback") == 1
    assert len(again.run("print(len(jf.open('patients', version=2)))").text.strip()) == 3


def test_a_result_is_saved_twice_by_two_kernels(store, start, folders, quick):
    store.upload("saved_from", folders / "v1", quick.keys.key_id)
    kernels = [start(cache=f"k{i}") for i in range(2)]
    for kernel in kernels:
        kernel.good("x = jf.open('saved_from')['mean_area']\ny = x.mean()\ny")
    numbers = [kernel.start(f"for i in range(5): jf.save(y * ({number} + 10 * i + 1), 'shared')") for number, kernel in
               enumerate(kernels)]
    for kernel, number in zip(kernels, numbers, strict=True):
        ran = kernel.finish(number)
        assert ran.status == "ok", ran.traceback
    assert len(store.ask("GET", "/workspaces/personal/datasets/shared/snapshots")["snapshots"]) == 10
    assert "shared" in kernels[0].good("jf.datasets()").bundles[-1]["text/plain"]
    refused = kernels[0].run("jf.save(y, 'saved_from')").error
    assert "uploaded and is no result" in refused


def test_tags_and_branches(store, start, folders, quick):
    number = store.upload("tagged", folders / "v1", quick.keys.key_id)
    store.ask("PUT", "/workspaces/personal/datasets/tagged/tags/paper", {"snapshot": number})
    store.ask("PUT", "/workspaces/personal/datasets/tagged/branches/trial", {"snapshot": number})
    store.upload("tagged", folders / "v2", quick.keys.key_id)
    kernel = start()
    said = kernel.good("print(len(jf.open('tagged')), len(jf.open('tagged', tag='paper')), len(jf.open('tagged', branch='trial')))")
    assert said.text == "569 400 400\n"
    assert "has no tag never" in kernel.run("jf.open('tagged', tag='never')").error
    assert "has no version 9" in kernel.run("jf.open('tagged', version=9)").error
    assert "paper" in kernel.good("%fhe history tagged").bundles[-1]["text/plain"]


def test_the_store_keeps_no_value_and_the_log_says_what_was_done(store, start, folders, quick, cancer):
    number = store.upload("logged", folders / "v1", quick.keys.key_id)
    kernel = start(local=False)
    kernel.good("df = jf.open('logged')\nm = df['mean_texture'].mean()\nm")
    events = store.ask("GET", "/workspaces/personal/events?limit=1000")["events"]
    assert any(e["object"] == number for e in events)
    log = (store.folder / "log").read_text()
    assert store.grant not in log and store.token not in log
    for value in np.concatenate(list(cancer.values()))[:400]:
        assert f"{value:.10g}" not in log or len(f"{value:.10g}") < 6


def holds(pid, needles):
    """Which of some bytes stand in a process's writable memory."""
    found = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for row in maps.read().splitlines():
            where, rights = row.split()[:2]
            if "w" not in rights or row.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(n, 16) for n in where.split("-"))
            rest = b""
            while start < end:
                try:
                    memory.seek(start)
                    piece = memory.read(min(1 << 24, end - start))
                except OSError:  # a page that is not there
                    break
                if not piece:
                    break
                found |= {n for n, data in needles.items() if data in rest + piece}
                rest, start = piece[-64:], start + len(piece)
    return found


def test_memory_of_kernel_and_server_holds_no_value_and_no_key(store, start, quick, tmp_path):
    values = np.random.default_rng().uniform(-1, 1, 6)
    client.seal_array(tmp_path / "canaries", values, quick.secret, keys=quick.keys)
    store.upload("canaries", tmp_path / "canaries", quick.keys.key_id)
    secret = (quick.folder / "secret.key").read_bytes()
    needles = {f"double {i}": v.tobytes() for i, v in enumerate(values)} | {f"text {i}": repr(float(v)).encode() for i, v in
                                                                          enumerate(values)}
    middle = len(secret) - 1024  # of the coefficients, which end the container
    needles |= {f"key {at}": secret[at:at + 48] for at in range(middle, middle + 144, 48)}
    kernel = start(local=False)
    ref = kernel.good("x = jf.open('canaries')\ny = (x * x).sum()\ny").ref
    found = opened(store, quick, ref, tmp_path / "sum")
    assert abs(found.values - (values**2).sum()) <= found.error_bound
    pid = kernel.manager.provisioner.pid
    assert not holds(pid, needles) and not holds(store.process.pid, needles)
    kernel.good(f"planted = float('{float(values[3])!r}')\nkey = bytes.fromhex('{needles[f'key {middle}'].hex()}')")
    assert {"double 3", "text 3", f"key {middle}"} <= holds(pid, needles)  # the search finds what is there
    everything = b"".join(p.read_bytes() for p in store.folder.rglob("*") if p.is_file())
    everything += b"".join(p.read_bytes() for p in (tmp_path / "cache").rglob("*") if p.is_file())
    assert not {name for name, data in needles.items() if data in everything} - {"text 3"}


def test_evaluation_keys_that_come_later_join_those_that_are_used(store, start, folders, quick, tmp_path):
    store.upload("growing", folders / "v1", quick.keys.key_id)
    kernel = start()
    kernel.good("a = jf.open('growing')['mean_area']\nn = len(a.session.keys.galois)")
    more = tmp_path / "more"
    more.mkdir()
    quick.secret.add_rotations(more, [77])
    (name,) = (p.name for p in more.iterdir())
    known = store.ask("GET", f"/workspaces/personal/keys/{quick.keys.key_id}")
    tree = store.tree(more)
    store.ask("PUT", f"/workspaces/personal/keys/{quick.keys.key_id}",
              {"tree": {"files": [f for f in tree["files"] if f["name"] == name]},
               "elements": [{"file": name, "kind": "galois", "galois_element": int(name[7:-4])}]})
    assert len(store.ask("GET", f"/workspaces/personal/keys/{quick.keys.key_id}")["elements"]) == len(known["elements"]) + 1
    kernel.good("b = jf.open('growing')['mean_radius']\nassert b.session is a.session and len(b.session.keys.galois) == n + 1")
    assert kernel.good("s = (a * b).sum()\ns").ref["shape"] == []


def test_many_threads_of_one_kernel_open_at_once(store, start, folders, quick):
    store.upload("threads", folders / "v1", quick.keys.key_id)
    said = start(local=False).good(
        "import threading\nout = []\n"
        "work = [threading.Thread(target=lambda: out.append(len(jf.open('threads')))) for _ in range(8)]\n"
        "[t.start() for t in work]; [t.join() for t in work]\nprint(out)").text
    assert said == f"{[400] * 8}\n"

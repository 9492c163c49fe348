"""The cache: whole after any crash, shared by processes, bounded, and believing nobody."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_store import FakeStore

from jupyterfhe.core import errors
from jupyterfhe.kernel.cache import Cache
from jupyterfhe.kernel.results import Results
from jupyterfhe.kernel.store import Store
from jupyterfhe.kernel.transport import Http, StoreError
from jupyterfhe.kernel.trees import Tree, canonical


@pytest.fixture
def fake(tmp_path):
    with FakeStore(tmp_path / "blobs") as fake:
        yield fake


def store_of(fake, local=False):
    found = fake.environment(local)
    return Store.of_environment(found)


def lay(fake, count, size, seed=1):
    """A tree of the store, of random files."""
    rng, files = random.Random(seed), []
    for i in range(count):
        data = rng.randbytes(size)
        digest = hashlib.sha256(data).hexdigest()
        fake.data.put(digest, data)
        files.append((f"{i}.jfhe", digest, size))
    return Tree(files)


def fine(place, tree):
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in place.iterdir()}
    return found == {name: digest for name, (digest, _) in tree.files.items()}


@pytest.mark.parametrize("local", [True, False])
def test_a_tree_is_checked_out_once(fake, tmp_path, local):
    tree, store, cache = lay(fake, 5, 1000), store_of(fake, local), Cache(tmp_path / "cache", 1 << 30)
    place = cache.checkout(tree, store)
    assert fine(place, tree) and place.name == tree.hash
    asked = len(fake.data.asked)
    assert cache.checkout(tree, store) == place and len(fake.data.asked) == asked
    assert (asked == 0) == local
    linked = {p.stat().st_ino for p in place.iterdir()} == {fake.data.path(d).stat().st_ino for d, _ in tree.files.values()}
    assert linked == local and cache.size == (0 if local else 5000)
    assert all(not os.access(p, os.W_OK) or p.stat().st_mode & 0o222 == 0 for p in place.iterdir())


def test_a_folder_that_somebody_damaged_is_made_again(fake, tmp_path):
    tree, store = lay(fake, 3, 500), store_of(fake)
    cache = Cache(tmp_path / "cache")
    place = cache.checkout(tree, store)
    (place / "0.jfhe").unlink()
    (place / "1.jfhe").unlink()
    (place / "1.jfhe").write_bytes(b"short")
    assert fine(Cache(tmp_path / "cache").checkout(tree, store), tree)


@pytest.mark.parametrize("local", [True, False])
def test_other_bytes_are_refused(fake, tmp_path, local):
    tree = lay(fake, 1, 4000)
    path = fake.data.path(tree.files["0.jfhe"][0])
    path.chmod(0o644)
    for wrong in (b"x" * 4000, b"x" * 4001, b"x" * 10, b""):
        path.write_bytes(wrong)
        with pytest.raises(errors.ChecksumError, match=r"damaged|something else"):
            Cache(tmp_path / "cache").checkout(tree, store_of(fake, local))
    assert not list((tmp_path / "cache/trees").iterdir()) and not list((tmp_path / "cache/parts").iterdir())
    assert not list((tmp_path / "cache/blobs").glob("*/*"))


@pytest.mark.parametrize("found", [
    None, [], {}, {"files": []}, {"files": {}}, {"files": [{}]}, {"files": [{"name": "a", "sha256": "0" * 64, "size": -1}]},
    {"files": [{"name": "../a", "sha256": "0" * 64, "size": 1}]}, {"files": [{"name": "a/b", "sha256": "0" * 64, "size": 1}]},
    {"files": [{"name": ".hidden", "sha256": "0" * 64, "size": 1}]}, {"files": [{"name": "a", "sha256": "0" * 63, "size": 1}]},
    {"files": [{"name": "a", "sha256": "0" * 64, "size": True}]}, {"files": [{"name": "a\n", "sha256": "0" * 64, "size": 1}]},
    {"files": [{"name": "b", "sha256": "0" * 64, "size": 1}, {"name": "a", "sha256": "0" * 64, "size": 1}]},
    {"files": [{"name": "a", "sha256": "0" * 64, "size": 1}] * 2}, {"files": [], "more": 1},
    {"files": [{"name": "a", "sha256": "0" * 64, "size": 1, "more": 2}]}, {"files": [{"name": 3, "sha256": "0" * 64, "size": 1}]},
])
def test_what_is_no_tree_is_refused(found):
    with pytest.raises(errors.FormatError):
        Tree.checked(found)


def test_the_hash_is_that_of_canonical_json():
    tree = Tree([("b", "1" * 64, 2), ("a", "0" * 64, 1)])
    text = '{"files":[{"name":"a","sha256":"' + "0" * 64 + '","size":1},{"name":"b","sha256":"' + "1" * 64 + '","size":2}]}'
    assert tree.text.decode() == text and tree.hash == hashlib.sha256(text.encode()).hexdigest()
    assert Tree.checked(tree.json).hash == tree.hash
    assert canonical({"b": "\u00e4", "a": 1.5}) == b'{"a":1.5,"b":"\\u00e4"}'


def test_a_reference_to_another_tree_is_refused(fake, tmp_path):
    results = Results(store_of(fake), Cache(tmp_path / "cache"))
    tree = lay(fake, 1, 10)
    fake.data.put(tree.hash, tree.text)
    assert results.tree(tree.hash).files == tree.files
    other = hashlib.sha256(b"{}").hexdigest()
    fake.data.put(other, b"{}")
    with pytest.raises(errors.FormatError):
        results.tree(other)
    for wrong in ("", "zz", None, "0" * 63):
        with pytest.raises(errors.ArgumentError, match="64 hex digits"):
            results.tree(wrong)
    with pytest.raises(errors.ArgumentError, match="no tree 00000000"):
        results.tree("0" * 64)


# ---- room ----
def age(cache, tree, seconds):
    at = time.time() - seconds
    os.utime(cache.home / "trees" / tree.hash, (at, at))


def test_what_was_used_longest_ago_goes(fake, tmp_path):
    store, trees = store_of(fake), [lay(fake, 4, 10_000, seed) for seed in range(6)]
    script = ("import sys; sys.path.insert(0, sys.argv[1]); from test_kernel_cache import *\n"
              "store = Store.of_environment(dict(os.environ)); c = Cache(sys.argv[2], 1 << 30)\n"
              "c.checkout(Tree.checked(json.loads(sys.argv[3])), store)")
    for tree in trees:  # by processes that have ended
        subprocess.run([sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "cache"), tree.text.decode()],
                       env=dict(os.environ) | fake.environment(False), check=True)
    cache = Cache(tmp_path / "cache", 100_000)
    for i, tree in enumerate(trees):
        age(cache, tree, 1000 - 100 * i)
    mine = cache.checkout(trees[0], store)  # in use: it stays although it was the oldest
    age(cache, trees[0], 2000)
    assert cache.size <= 100_000
    cache.evict()
    left = {p.name for p in (cache.home / "trees").iterdir()}
    assert left == {trees[0].hash, trees[5].hash} and fine(mine, trees[0])
    assert len(list((cache.home / "blobs").glob("*/*"))) == 8
    assert len(list((cache.home / "leases").iterdir())) == 1


def test_the_stores_own_files_cost_nothing_and_are_not_touched(fake, tmp_path):
    tree = lay(fake, 4, 10_000)
    before = {d: fake.data.path(d).stat().st_mtime_ns for d, _ in tree.files.values()}
    cache = Cache(tmp_path / "cache", 0)
    place = cache.checkout(tree, store_of(fake, True))
    cache.evict()
    assert fine(place, tree) and cache.size == 0
    assert before == {d: fake.data.path(d).stat().st_mtime_ns for d, _ in tree.files.values()}


def test_a_tree_of_a_living_process_stays(fake, tmp_path):
    tree = lay(fake, 2, 10_000)
    script = ("import sys; sys.path.insert(0, sys.argv[1]); from test_kernel_cache import *\n"
              "store = Store.of_environment(dict(os.environ)); c = Cache(sys.argv[2])\n"
              "c.checkout(Tree.checked(json.loads(sys.argv[3])), store); print('ready', flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "cache"), tree.text.decode()],
                          env=dict(os.environ) | fake.environment(False), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        cache = Cache(tmp_path / "cache", 0)
        cache.evict()
        assert fine(cache.home / "trees" / tree.hash, tree)
        process.send_signal(signal.SIGKILL)
    cache.evict()
    assert not (cache.home / "trees" / tree.hash).exists() and not list((cache.home / "blobs").glob("*/*"))


def work(home, texts, seed, rounds):
    """Check trees out in a tiny room, again and again; what it gives is whole."""
    store, rng = Store.of_environment(dict(os.environ)), random.Random(seed)
    trees = [Tree.checked(json.loads(text)) for text in texts]
    for _ in range(rounds):
        cache = Cache(home, 50_000)  # a new lease each: the old one's trees are nobody's as soon as it is collected
        tree = rng.choice(trees)
        place = cache.checkout(tree, store)
        cache.evict()
        assert fine(place, tree), tree
        os.close(cache._lease)


def test_processes_share_it_and_kills_leave_it_whole(fake, tmp_path):
    trees = [lay(fake, 3, 10_000, seed) for seed in range(5)]
    home, texts = tmp_path / "cache", [t.text.decode() for t in trees]
    script = ("import sys; sys.path.insert(0, sys.argv[1]); from test_kernel_cache import *\n"
              "work(sys.argv[2], sys.argv[4:], int(sys.argv[3]), 10**6)")
    rng, killed, processes = random.Random(5), 0, []
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            while len(processes) < 3:
                processes.append(subprocess.Popen(
                    [sys.executable, "-c", script, str(Path(__file__).parent), str(home), str(rng.randrange(10**6)), *texts],
                    env=dict(os.environ) | fake.environment(False), stderr=subprocess.PIPE, text=True))
            time.sleep(rng.uniform(0.3, 1.2))
            victim = processes.pop(0)
            assert victim.poll() is None, victim.stderr.read()
            victim.kill()
            victim.communicate()
            killed += 1
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert killed > 10
    cache = Cache(home, 0)
    for tree in trees:
        assert fine(cache.checkout(tree, store_of(fake)), tree)
    del cache
    Cache(home, 0).evict()
    assert not list((home / "parts").iterdir())


# ---- transport ----
def test_a_cut_connection_is_tried_again(fake):
    fake.data.broken = 3
    assert store_of(fake).status()["api"] == 1
    fake.data.broken = 100
    with pytest.raises(StoreError, match="does not answer"):
        store_of(fake).status()


def test_an_answer_that_ends_early_is_asked_for_again(fake, tmp_path):
    tree = lay(fake, 2, 100_000)
    fake.data.cut = 2
    assert fine(Cache(tmp_path / "cache").checkout(tree, store_of(fake)), tree) and fake.data.cut == 0
    fake.data.cut = 2
    assert store_of(fake).status()["api"] == 1
    fake.data.put(tree.hash, tree.text)
    fake.data.cut = 2
    assert Results(store_of(fake), Cache(tmp_path / "cache")).tree(tree.hash).hash == tree.hash


def test_no_error_shows_the_grant(fake):
    fake.data.grant = "other"
    with pytest.raises(StoreError) as why:
        Store(fake.url, grant="the-old-one").status()
    assert "the-old-one" not in f"{why.value!r} {why.value}" and "Restart the kernel" in str(why.value)
    assert "grant" not in repr(Store(fake.url, grant="hidden")).replace("granted", "")


@pytest.mark.parametrize("base", ["ftp://x/", "nonsense", "http://", "http://h/?q", "http://u:p@h/"])
def test_what_is_no_address_is_refused(base):
    with pytest.raises(StoreError, match="no address"):
        Http(base, "")

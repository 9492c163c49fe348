"""The same store on PostgreSQL, where its programs and a driver are there; else these are skipped."""

import os
import shutil
import subprocess
import tempfile
import threading
from glob import glob
from pathlib import Path

import pytest
import sqlalchemy as sa
import test_server_events
import test_server_garbage
import test_server_versions
from things import WS, array_files, commit, commit_body, put

from jupyterfhe_server.services.errors import Refused
from jupyterfhe_server.services.store import Limits, Store

pytest.importorskip("psycopg")
BIN = (shutil.which("initdb") and Path(shutil.which("initdb")).parent) or next(map(Path, sorted(glob("/usr/lib/postgresql/*/bin"))), None)
pytestmark = pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed")
SAME = [getattr(module, name) for module, names in (
    (test_server_versions, ("test_a_branch_moves_only_from_where_one_thinks_it_is", "test_a_commit_that_is_sent_again_is_the_same",
                            "test_disjoint_changes_are_joined", "test_diff_names_chunks", "test_history_in_pages",
                            "test_rolling_back_gives_the_old_tree_and_keeps_history", "test_tags_never_move_and_branches_begin_once",
                            "test_a_deleted_name_is_free_and_its_past_is_gone_from_sight", "test_summaries")),
    (test_server_events, ("test_each_action_is_an_entry", "test_refusals_are_entries_and_leave_nothing_else",
                          "test_leaves_are_those_of_rfc_6962", "test_pages")),
    (test_server_garbage, ("test_what_is_fresh_stays_and_what_is_old_goes", "test_what_is_named_never_goes",
                           "test_deleted_datasets_go_after_their_grace_and_shared_blobs_stay"))) for name in names]


@pytest.fixture(scope="module")
def cluster():
    """A server of PostgreSQL that listens at a socket file only."""
    with tempfile.TemporaryDirectory(prefix="jfhe-pg-") as folder:
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if who:
            shutil.chown(folder, "postgres", "postgres")
        data = Path(folder) / "data"
        run = lambda *words: subprocess.run([BIN / words[0], *words[1:]], check=True, cwd=folder, stdin=subprocess.DEVNULL,  # noqa: E731
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
        run("initdb", "-D", data, "-U", "jfhe", "-A", "trust", "-N")
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses=''", "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture
def store(cluster, tmp_path):
    name = f"d{abs(hash(str(tmp_path)))}"
    admin = sa.create_engine(f"postgresql+psycopg://jfhe@/postgres?host={cluster}", isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    made = Store(f"postgresql+psycopg://jfhe@/{name}?host={cluster}", tmp_path / "blobs", Limits(reserve=0))
    yield made
    made.close()


@pytest.mark.parametrize("same", SAME, ids=lambda f: f.__name__)
def test_as_on_sqlite(store, same):
    same(store)


def test_of_commits_at_once_one_wins(store):
    base = commit(store, "d", array_files((), b"base"))["snapshot"]
    sides = [array_files((), bytes([i])) for i in range(6)]
    for side in sides:
        for data in side.values():
            put(store, data)
    barrier, outcomes = threading.Barrier(6), []

    def one(side):
        barrier.wait()
        try:
            outcomes.append(store.commit(WS, "t", "d", commit_body(side, base))["snapshot"])
        except Refused as why:
            outcomes.append(why.code)

    threads = [threading.Thread(target=one, args=(s,)) for s in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 5
    ids = [e["id"] for e in store.events(WS, 0, 100)["events"]]
    assert ids == list(range(1, len(ids) + 1))

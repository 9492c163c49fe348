"""Files: the order in which they become durable, and what a full disk does."""

import errno
import os

import pytest
from things import WS, commit, new_store, put, table_files

from jupyterfhe_server.services import blobs, shapes
from jupyterfhe_server.services.errors import Refused


def test_a_name_appears_after_the_bytes_are_durable_and_before_the_row(store, monkeypatch):
    """What a power cut would show: write, fsync of the file, link, fsync of the folder, commit of the row."""
    order, real = [], {n: getattr(os, n) for n in ("write", "fsync", "link")}

    def spy(name):
        def act(first, *args, **kwargs):
            kind = "folder" if name == "fsync" and os.path.isdir(f"/proc/self/fd/{first}") else ""
            order.append(name + kind)
            return real[name](first, *args, **kwargs)
        return act

    for name in real:
        monkeypatch.setattr(blobs.os, name, spy(name))
    import sqlalchemy

    sqlalchemy.event.listen(store.database.engine, "commit", lambda conn: order.append("commit"))
    put(store, b"bytes")
    assert order == ["write", "fsync", "link", "fsyncfolder", "commit"]


def test_blobs_are_read_only_files_named_by_their_hash(store):
    sha256 = put(store, b"bytes")
    path = store.files.path(sha256)
    assert path.read_bytes() == b"bytes" and path.parent.name == sha256[:2]
    assert path.stat().st_mode & 0o777 == 0o444 and path.stat().st_nlink == 1
    put(store, b"bytes")
    assert path.stat().st_nlink == 1 and not list(store.files.temporary.iterdir())


def test_a_file_that_is_there_is_never_replaced(store):
    sha256 = put(store, b"bytes")
    before = store.files.path(sha256).stat()
    put(store, b"bytes")
    after = store.files.path(sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_full_disk_refuses_and_leaves_nothing(store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(blobs.os, "write", full)
        with pytest.raises(Refused) as why:
            put(store, b"bytes")
        assert why.value.code == "full"
    assert not list(store.files.temporary.iterdir())
    commit(store, "d", table_files({"a": b"1"}))


def test_the_reserve_stays_free(tmp_path):
    store = new_store(tmp_path, reserve=1 << 60)
    with pytest.raises(Refused) as why:
        put(store, b"x")
    assert why.value.code == "full" and why.value.status == 507
    store.close()


def test_an_upload_that_is_aborted_while_a_thread_writes(store):
    """No write goes to a descriptor that was closed, and perhaps given to another file."""
    import threading

    for _ in range(50):
        incoming = store.files.begin(shapes.digest(b"x"), 1 << 30)
        failures = []

        def write(incoming=incoming, failures=failures):
            try:
                for _ in range(200):
                    incoming.write(b"y" * 1000)
            except Refused:
                pass
            except OSError as why:
                failures.append(why)

        thread = threading.Thread(target=write)
        thread.start()
        incoming.abort()
        thread.join()
        assert not failures
    assert not list(store.files.temporary.iterdir())


def test_secret_keys_are_known_by_their_first_bytes(store):
    secret = blobs.MAGIC + bytes(32) + b"\x05" + bytes(8)
    for pieces in ([secret], [secret[:5], secret[5:40], secret[40:]], [bytes([b]) for b in secret]):
        incoming = store.files.begin(shapes.digest(secret), len(secret))
        with pytest.raises(Refused) as why:
            for piece in pieces:
                incoming.write(piece)
        assert why.value.code == "secret"
        incoming.abort()
    put(store, blobs.MAGIC + bytes(32) + b"\x04" + bytes(8))
    assert store.has(WS, shapes.digest(secret)) is None

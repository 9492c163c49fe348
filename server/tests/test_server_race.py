"""Several clients at once: one wins, the others are told or joined; a large upload leaves the server free for others."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
from serving import ROOT
from things import WS, Api, array_files, commit_body, fresh, table_files

from jupyterfhe_server.services import shapes

AT = f"/workspaces/{WS}"


def race(server, name, bodies):
    """Commit all at once; returns the statuses and answers in the order of `bodies`."""
    grant, barrier = server.grant("vault"), threading.Barrier(len(bodies))

    def one(body):
        with Api(server, grant) as client:
            client.ask("GET", "/status")  # the connection stands
            barrier.wait(300)
            return client.ask("POST", f"{AT}/datasets/{name}/commits", json=body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(one, bodies))


def test_of_two_commits_one_is_told(server, api):
    for _ in range(5):
        name = fresh()
        base = api.commit(name, array_files((), b"base"))["snapshot"]
        sides = [array_files((), secrets.token_bytes(9)) for _ in range(4)]
        for side in sides:
            api.put_files(side)
        answers = race(server, name, [commit_body(side, base) for side in sides])
        won = [a for a in answers if a.status_code == 201]
        assert len(won) == 1 and [a.status_code for a in answers].count(409) == 3
        head = won[0].json()["snapshot"]
        assert all(a.json()["head"] == head for a in answers if a.status_code == 409)
        assert api.ask("GET", f"{AT}/datasets/{name}").json()["branches"]["main"] == head
        assert len(api.ask("GET", f"{AT}/datasets/{name}/snapshots?branch=main").json()["snapshots"]) == 2


def test_of_first_commits_one_is_told(server, api):
    name, sides = fresh(), [array_files((), secrets.token_bytes(9)) for _ in range(4)]
    for side in sides:
        api.put_files(side)
    answers = race(server, name, [commit_body(side) for side in sides])
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


def test_commits_that_change_other_columns_are_all_taken(server, api):
    name, columns = fresh(), {c: b"old" + c.encode() for c in "abcdef"}
    base = api.commit(name, table_files(columns))["snapshot"]
    new = {c: b"new" + c.encode() for c in "abcdef"}
    sides = [table_files({**columns, c: new[c]}) for c in "abcdef"]
    for side in sides:
        api.put_files(side)
    answers = race(server, name, [commit_body(side, base) for side in sides])
    assert [a.status_code for a in answers] == [201] * 6
    assert sum(a.json()["rebased"] for a in answers) == 5
    told = api.ask("GET", f"{AT}/datasets/{name}").json()["snapshot"]
    assert told["tree_hash"] == shapes.digest(shapes.canonical(api.ask("GET", f"{AT}/snapshots/{told['id']}").json()["tree"]))
    manifest = api.ask("GET", f"{AT}/snapshots/{told['id']}").json()["manifest"]
    assert {c["name"]: c["files"][0]["sha256"] for c in manifest["columns"]} == {c: shapes.digest(d) for c, d in new.items()}


def test_the_same_blob_from_many_clients(server, api):
    data, grant = secrets.token_bytes(300_000), server.grant("vault")

    def one(_):
        with Api(server, grant) as client:
            return client.put_blob(data)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(one, range(6)))) == 1
    assert api.ask("GET", f"{AT}/blobs/{shapes.digest(data)}", status=200).content == data


def test_a_large_upload_uses_steady_memory_and_blocks_nobody(server, api):
    """Between two pieces of one upload a whole request of another client is answered: the order, not a time, says so."""
    piece, count = secrets.token_bytes(1 << 20), 192
    import hashlib

    total = hashlib.sha256()
    for _ in range(count):
        total.update(piece)
    process, seen, answered = psutil.Process(server.process.pid), [], []

    def body():
        for i in range(count):
            yield piece
            if i % 32 == 16:
                answered.append((i, api.ask("GET", f"{AT}/datasets", status=200).status_code))
            if i % 8 == 4:
                seen.append(process.memory_info().rss)

    address = f"{server.address}{ROOT}{AT}/blobs/{total.hexdigest()}"
    headers = {"Authorization": f"Bearer {server.grant()}", "Content-Length": str(count << 20)}
    answer = httpx.put(address, content=body(), headers=headers, timeout=900)
    assert answer.status_code == 201 and len(answered) == 6
    growth = max(seen) - seen[1]  # behind the first pieces, when buffers have their size
    assert growth < 48 << 20, f"{growth / 2**20:.0f} MiB more in the middle of {count} MiB"
    before = process.memory_info().rss
    with httpx.stream("GET", address, headers={"Authorization": headers["Authorization"]}, timeout=900) as reply:
        found, most = hashlib.sha256(), before
        for i, data in enumerate(reply.iter_bytes(1 << 20)):
            found.update(data)
            if i % 32 == 16:
                api.ask("GET", f"{AT}/datasets", status=200)
                most = max(most, process.memory_info().rss)
    assert found.hexdigest() == total.hexdigest() and most - before < 48 << 20

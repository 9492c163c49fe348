"""What strangers send: names, sizes, bodies, trees and manifests that are wrong on purpose. Nothing is kept, nothing falls over."""

import contextlib
import json
import secrets
import socket
import time

import pytest
from serving import ROOT
from things import CONTRACT, KEY, WS, Api, array_files, commit_body, fresh, table_files, tree_of

from jupyterfhe_server.services import shapes
from jupyterfhe_server.services.blobs import MAGIC

OCTETS = {"Content-Type": "application/octet-stream"}
AT = f"/workspaces/{WS}"
SECRET = MAGIC + bytes(32) + b"\x05" + bytes(300)


@pytest.fixture
def api(small):
    with Api(small, small.grant("vault")) as client:
        yield client


def leftovers(server):
    return list((server.store_dir / "blobs/tmp").iterdir())


def soon(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fsecret", "a%2Fb", "a%00b", "%20", "a%0d%0ab", ".hidden", "x" * 128, "%ff", "é", "a b"])
def test_names_are_plain_or_refused(api, name):
    for path in (f"{AT}/datasets/{name}", f"{AT}/blobs/{name}", f"{AT}/keys/{name}", f"{AT}/snapshots/{name}", f"{AT}/results/{name}"):
        answer = api.client.get(path)
        assert answer.status_code in (400, 404), path
        assert answer.json()["error"]["code"] in ("bad_request", "not_found")


def test_wrong_bytes_leave_nothing(small, api):
    sha256 = shapes.digest(b"right")
    for data in (b"wrong", b"rightt", b"", b"r" * 900_000):
        answer = api.ask("PUT", f"{AT}/blobs/{sha256}", content=data, headers=OCTETS)
        assert answer.status_code == 422 and answer.json()["error"]["code"] == "wrong_hash"
    api.ask("HEAD", f"{AT}/blobs/{sha256}", status=404)
    assert not leftovers(small) and not (small.store_dir / "blobs" / sha256[:2] / sha256).exists()


@pytest.mark.parametrize("data", [SECRET, SECRET[:41]])
def test_a_secret_key_is_not_stored(small, api, data):
    answer = api.ask("PUT", f"{AT}/blobs/{shapes.digest(data)}", content=data, headers=OCTETS)
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "secret"
    assert not leftovers(small)
    tree = {"files": [{"name": "secret.key", "sha256": "0" * 64, "size": 1}]}
    answer = api.ask("PUT", f"{AT}/keys/{KEY}", json={"tree": tree, "elements": []}, status=422)
    assert answer.json()["error"]["code"] == "secret"


def test_too_large_is_refused_before_it_is_read(small, api):
    answer = api.ask("PUT", f"{AT}/blobs/{'0' * 64}", content=bytes(2 << 20), headers=OCTETS)
    assert answer.status_code == 413
    assert not leftovers(small)


def raw(server, head, *pieces, close=True):
    """Send bytes as they are; returns what came back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as wire:
        wire.sendall(head)
        for piece in pieces:
            if callable(piece):
                piece()
            else:
                with contextlib.suppress(OSError):
                    wire.sendall(piece)
        if close:
            return b""
        found = b""
        with contextlib.suppress(ConnectionError):  # but a TimeoutError shall be seen: the server did not hang up
            while data := wire.recv(65536):
                found += data
        return found


def head(server, path, length, grant, *more):
    lines = [f"PUT {ROOT}{path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {grant}", "Connection: close",
             *([f"Content-Length: {length}"] if length is not None else []), *more]
    return "\r\n".join([*lines, "", ""]).encode()


def test_an_upload_without_length_is_refused(small):
    path = f"{AT}/blobs/{shapes.digest(b'abc')}"
    chunked = head(small, path, None, small.grant(), "Transfer-Encoding: chunked")
    assert b" 411 " in raw(small, chunked, b"3\r\nabc\r\n0\r\n\r\n", close=False)
    assert not leftovers(small)


def test_an_upload_that_is_cut_off_leaves_nothing(small, api):
    data = secrets.token_bytes(600_000)
    path, seen = f"{AT}/blobs/{shapes.digest(data)}", []

    def wait():
        assert soon(lambda: leftovers(small))
        seen.append(len(leftovers(small)))

    raw(small, head(small, path, len(data), small.grant()), data[:300_000], wait)
    assert seen == [1]
    assert soon(lambda: not leftovers(small))
    api.ask("HEAD", path, status=404)
    api.put_blob(data)
    api.ask("HEAD", path, status=200)


def test_an_upload_that_dawdles_is_dropped(small):
    data = secrets.token_bytes(5000)
    answer = raw(small, head(small, f"{AT}/blobs/{shapes.digest(data)}", len(data), small.grant()), data[:10],
                 lambda: soon(lambda: leftovers(small)), close=False)  # idle_seconds is 1 here; the server hangs up
    assert b" 20" not in answer
    assert soon(lambda: not leftovers(small))


def test_a_json_body_without_end_is_refused(small, api):
    most = api.ask("GET", "/status").json()["limits"]["body_max"]
    path = f"{AT}/results/{'0' * 64}"
    assert b" 413 " in raw(small, head(small, path, most + 1, small.grant()), b"x", close=False)
    chunk = b"10000\r\n" + b"[" * 65536 + b"\r\n"
    answer = raw(small, head(small, path, None, small.grant(), "Transfer-Encoding: chunked"), *[chunk] * (most // 65536 + 2), close=False)
    assert b" 20" not in answer
    api.ask("GET", "/status", status=200)


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{", b'{"sha256": ["x"]}', b'{"sha256": []}', b'{"sha256": "x"}', b'{"sha256": [1]}', b'\xff{}', b'{"a": NaN}',
    b'{"sha256": [], "sha256": []}', b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50, b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}",
    b'{"sha256": ["' + b"0" * 64 + b'"], "more": 1}', json.dumps({"sha256": ["0" * 64] * 4097}).encode(),
    b'{"a": "' + b"\\ud800" * 10 + b'"}'])
def test_bodies_that_are_wrong_are_refused(api, body):
    answer = api.client.post(f"{AT}/blobs:missing", content=body, headers={"Content-Type": "application/json"})
    CONTRACT.check_answer("POST", f"{AT}/blobs:missing", answer)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "bad_request"


@pytest.mark.parametrize("said", ["bytes=0-", "bytes=2-3", "bytes=-4", "bytes=5-500"])
def test_ranges(api, said):
    api.put_blob(b"0123456789")
    start, end = {"bytes=0-": (0, 10), "bytes=2-3": (2, 4), "bytes=-4": (6, 10), "bytes=5-500": (5, 10)}[said]
    answer = api.ask("GET", f"{AT}/blobs/{shapes.digest(b'0123456789')}", headers={"Range": said}, status=206)
    assert answer.content == b"0123456789"[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/10"


@pytest.mark.parametrize(("said", "status"), [("bytes=10-", 416), ("bytes=5-2", 416), ("bytes=-0", 416), ("bytes=-", 200),
                                              ("lines=1-2", 200), ("bytes=0-1,3-4", 200), ("bytes=" + "9" * 30 + "-", 200)])
def test_ranges_that_are_none(api, said, status):
    api.put_blob(b"0123456789")
    api.ask("GET", f"{AT}/blobs/{shapes.digest(b'0123456789')}", headers={"Range": said}, status=status)


def commit(api, body):
    return api.ask("POST", f"{AT}/datasets/{fresh()}/commits", json=body)


def test_trees_that_are_wrong_are_refused(api):
    files = table_files({"a": secrets.token_bytes(8), "b": b"2"})
    tree = tree_of(files)
    answer = commit(api, commit_body(files))
    assert answer.status_code == 422
    assert answer.json()["missing"] == sorted({f["sha256"] for f in tree["files"]})
    assert answer.json()["error"]["code"] == "missing"
    api.put_files(files)
    entries = tree["files"]
    for wrong, code in (
            (entries[::-1], "bad_tree"), ([*entries, entries[-1]], "bad_tree"), (entries[:2], "bad_tree"),
            ([*entries[:2], {**entries[2], "size": 7}], "bad_tree"), ([{**entries[0], "name": "../x"}, *entries[1:]], "bad_request"),
            ([{**entries[0], "size": -1}, *entries[1:]], "bad_request"), ([{**entries[0], "size": True}, *entries[1:]], "bad_request"),
            ([{**entries[0], "sha256": "A" * 64}, *entries[1:]], "bad_request"), (entries * 30_000, "bad_request"),
            (entries[1:], "bad_manifest")):
        answer = commit(api, {**commit_body(files), "tree": {"files": wrong}})
        assert answer.status_code >= 400 and answer.json()["error"]["code"] == code, (code, answer.text[:200])
    assert commit(api, commit_body(files)).status_code == 201


GOOD = json.loads(array_files()["manifest.json"])
TABLE = json.loads(table_files({"a": b"1"})["manifest.json"])


@pytest.mark.parametrize("manifest", [
    b"", b"{}", b"[" * 200_000, b'{"format":' + b'{"a":' * 40 + b"1" + b"}" * 41, b'{"format": "jupyterfhe array", "format": 1}',
    b'{"format": "jupyterfhe array", "x": [' + b"[]," * 400_000 + b"1]}", b'{"format": "jupyterfhe array", "x": Infinity}',
    json.dumps({**GOOD, "format": "other"}).encode(), json.dumps({**GOOD, "shape": [1 << 60]}).encode(),
    json.dumps({**GOOD, "shape": [1] * 40}).encode(), json.dumps({**GOOD, "ciphertexts": 1 << 50}).encode(),
    json.dumps({**GOOD, "ciphertexts": 2}).encode(), json.dumps({**GOOD, "sha256": ["0" * 64]}).encode(), json.dumps({**GOOD, "sha256": []}).encode(),
    json.dumps({**GOOD, "dtype": {"a": 1}}).encode(),
    json.dumps({**GOOD, "key": "00" * 16}).encode(), json.dumps({**GOOD, "params": [1]}).encode(),
    json.dumps({**TABLE, "columns": TABLE["columns"] * 2}).encode(), json.dumps({**TABLE, "rows": -1}).encode(),
    json.dumps({**TABLE, "columns": [{"name": "a", "files": [{"name": "../../etc/passwd", "sha256": "0" * 64}]}]}).encode(),
    json.dumps({**TABLE, "columns": [{"name": "a\nb", "files": []}]}).encode(), json.dumps({**TABLE, "columns": {}}).encode(),
    json.dumps({**TABLE, "columns": [[]]}).encode(), b'\xff\xfe{}'])
def test_manifests_that_are_bombs_are_refused(small, api, manifest):
    if len(manifest) > 1 << 20:
        manifest = manifest[:30] + b"[" * 1_000_000
    files = {**array_files(), "a-0.jfhe": b"1", "manifest.json": manifest}
    api.put_files(files)
    answer = commit(api, commit_body(files))
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "bad_manifest", answer.text[:200]
    memo = {"tree": tree_of(files), "key_id": KEY, "program": None, "inputs": []}
    assert api.ask("PUT", f"{AT}/results/{'1' * 64}", json=memo).status_code == 422


def test_keys_are_added_and_never_replaced(api):
    key_id, at = fresh("")[1:].ljust(32, "0"), f"{AT}/keys/"
    a, b = {"galois-5.key": b"5" + key_id.encode()}, {"galois-5.key": b"other"}
    c = {"other.key": b"same element"}
    for files in (a, b, c):
        api.put_files(files)
    element = {"file": "galois-5.key", "kind": "galois", "galois_element": 5}
    offer = {"tree": tree_of(a), "elements": [element]}
    api.ask("PUT", at + key_id, json=offer, status=200)
    api.ask("PUT", at + key_id, json=offer, status=200)
    api.ask("PUT", at + key_id, json={"tree": tree_of(b), "elements": [element]}, status=409)
    api.ask("PUT", at + key_id, json={"tree": tree_of(c), "elements": [{**element, "file": "other.key"}]}, status=409)
    for wrong in ([{**element, "file": "not-there"}], [{**element, "kind": "x"}], [{**element, "galois_element": None}], [element] * 2,
                  [{**element, "x": 1}], [{**element, "galois_element": 1 << 40}], "x"):
        assert api.ask("PUT", at + key_id, json={"tree": tree_of(a), "elements": wrong}).status_code in (400, 422), wrong
    assert api.ask("GET", at + key_id).json()["tree"] == tree_of(a)


def container(what, key_id, params="cd", from_id="0" * 32, kind=0):
    """The head of a container, and nothing behind it."""
    head = bytearray(256)
    head[:8], head[40], head[49] = MAGIC, what, kind
    head[64:96], head[160:176], head[176:192] = bytes.fromhex(params * 32), bytes.fromhex(key_id), bytes.fromhex(from_id)
    return bytes(head)


def ring_above(ours, upper, sparse, params="ef"):
    """The heads of all keys of a ring above."""
    def key(key_id, kind, from_id="0" * 32, galois=0):
        head = bytearray(container(4, key_id, params, from_id, kind))
        head[52:56] = galois.to_bytes(4, "little")
        return bytes(head)

    return {"above-params.jfhe": container(1, "0" * 32, params), "above-relin.key": key(upper, 1, upper),
            "above-galois-5.key": key(upper, 2, upper, 5), "above-sparse.key": key(sparse, 6, upper),
            "above-dense.key": key(upper, 7, sparse), "above-lift.key": key(upper, 4, ours), "above-lower.key": key(ours, 5, upper)}


def test_a_ring_above_is_registered_whole_and_of_one_secret(api):
    ours, upper, sparse, theirs = (secrets.token_hex(16) for _ in range(4))
    below = {"params.jfhe": container(1, "0" * 32), "relin.key": container(4, ours, kind=1)}
    fine, other = ring_above(ours, upper, sparse), ring_above(ours, theirs, sparse)
    elsewhere = ring_above(theirs, upper, sparse)

    def ask(above, status, elements=()):
        files = {**below, **above}
        api.put_files(files)
        answer = api.ask("PUT", f"{AT}/keys/{ours}", json={"tree": tree_of(files), "elements": list(elements)}, status=status)
        return answer.json()["error"]["message"] if status != 200 else answer.json()

    for name in set(fine) - {"above-galois-5.key"}:
        assert f"lacks {name}" in ask({n: d for n, d in fine.items() if n != name}, 422)
    assert "lacks above-params.jfhe, above-relin.key" in ask({n: fine[n] for n in ("above-lift.key", "above-lower.key")}, 422)
    for name in set(fine) - {"above-params.jfhe", "above-lift.key", "above-sparse.key"}:  # by which the others are measured
        changed = elsewhere if name == "above-lower.key" else ring_above(ours, upper, theirs) if name == "above-dense.key" else other
        assert f"{name} is of another secret" in ask({**fine, name: changed[name]}, 422)
    for name in ("above-lift.key", "above-sparse.key"):
        assert "is of another secret" in ask({**fine, name: other[name]}, 422)
    assert "above-lift.key is of another secret" in ask({**fine, "above-lift.key": elsewhere["above-lift.key"]}, 422)
    for name in set(fine) - {"above-params.jfhe"}:
        assert "of other parameters than above-params" in ask({**fine, name: ring_above(ours, upper, sparse, "ab")[name]}, 422)
    assert "of the parameters below it" in ask(ring_above(ours, upper, sparse, "cd"), 422)
    assert "leads to a secret that is below" in ask(ring_above(ours, ours, sparse), 422)
    assert "leads to a secret that is below" in ask(ring_above(ours, upper, upper), 422)
    for name, data in (("above-x.jfhe", container(2, upper, "ef")),
                       ("above-galois-05.key", fine["above-galois-5.key"]), ("above-", fine["above-relin.key"])):
        assert "is no name of a key" in ask({**fine, name: data}, 422)
    for name, data in (("above-galois-25.key", fine["above-galois-5.key"]), ("above-relin.key", container(2, upper, "ef")),
                       ("above-relin.key", b"no container"), ("above-params.jfhe", fine["above-relin.key"]),
                       ("above-lift.key", fine["above-lower.key"]), ("above-galois-5.key", container(3, upper, "ef"))):
        assert "is not what its name says" in ask({**fine, name: data}, 422)
    element = {"file": "above-galois-5.key", "kind": "galois", "galois_element": 5}
    assert "ring above" in ask(fine, 400, [element])
    assert "above-relin.key" not in str(ask({}, 200)["tree"])  # as keys are made first, and then again with the ring
    assert ask(fine, 200)["tree"] == tree_of({**below, **fine}) and ask(fine, 200)["galois_elements"] == 0
    ask(other, 409)
    more = {"above-galois-25.key": bytearray(fine["above-galois-5.key"])}
    more["above-galois-25.key"][52] = 25
    assert ask({n: bytes(d) for n, d in more.items()}, 200)["files"] == len(below) + len(fine) + 1


def test_keys_of_another_secret_or_preset_are_refused_and_keep_nobody_from_theirs(api):
    ours, theirs = secrets.token_hex(16), secrets.token_hex(16)
    fine = {"params.jfhe": container(1, "0" * 32), "public.key": container(3, ours), "relin.key": container(4, ours, kind=1),
            "sparse.key": container(4, theirs, from_id=ours, kind=6), "dense.key": container(4, ours, from_id=theirs, kind=7),
            "lift.key": container(4, ours, params="ef", from_id=theirs, kind=4)}
    wrong = [({"galois-5.key": container(4, theirs, kind=2)}, "is a key of"), ({"public.key": container(3, theirs, from_id="0" * 32)}, "is a key of"),
             ({"galois-5.key": container(4, ours, params="ef", kind=2)}, "of other parameters"),
             ({"params.jfhe": container(1, "0" * 32, params="ef")}, "of other parameters"), ({"galois-5.key": container(2, ours)}, "is a ciphertext")]
    for more, words in wrong:
        files = {**fine, **more}
        api.put_files(files)
        answer = api.ask("PUT", f"{AT}/keys/{ours}", json={"tree": tree_of(files), "elements": []}, status=422)
        assert answer.json()["error"]["code"] == "bad_tree" and words in answer.json()["error"]["message"], (more.keys(), answer.text)
    api.ask("GET", f"{AT}/keys/{ours}", status=404)
    api.ask("PUT", f"{AT}/keys/{ours}", json={"tree": tree_of(fine), "elements": []}, status=200)
    late = {"galois-5.key": container(4, ours, params="ef", kind=2)}
    api.put_files(late)
    answer = api.ask("PUT", f"{AT}/keys/{ours}", json={"tree": tree_of(late), "elements": []}, status=422)
    assert "of other parameters" in answer.json()["error"]["message"], "what is added has to fit what is there"
    assert api.ask("GET", f"{AT}/keys/{ours}").json()["tree"] == tree_of(fine)


def test_devices_wraps_and_results_are_never_replaced(api):
    device, memo = secrets.token_hex(16), secrets.token_hex(32)
    api.ask("PUT", f"{AT}/keys/{KEY}/wraps/{device}", json={"sealed": "c2VhbGVk"}, status=404)
    api.ask("PUT", f"{AT}/devices/{device}", json={"public_key": "cHVibGlj"}, status=200)
    api.ask("PUT", f"{AT}/devices/{device}", json={"public_key": "cHVibGlj", "label": "bGFiZWw="}, status=200)
    api.ask("PUT", f"{AT}/devices/{device}", json={"public_key": "b3RoZXI="}, status=409)
    for wrong in ("", "!", "A", None, 5, "A" * 87388):
        assert api.ask("PUT", f"{AT}/devices/{device}", json={"public_key": wrong}).status_code == 400
    api.ask("PUT", f"{AT}/keys/{KEY}/wraps/{device}", json={"sealed": "c2VhbGVk"}, status=200)
    api.ask("PUT", f"{AT}/keys/{KEY}/wraps/{device}", json={"sealed": "c2VhbGVk"}, status=200)
    api.ask("PUT", f"{AT}/keys/{KEY}/wraps/{device}", json={"sealed": "b3RoZXI="}, status=409)
    one, two = array_files(data=b"one"), array_files(data=b"two")
    api.put_files({**one, "x": two["0.jfhe"], "y": two["manifest.json"]})
    for files, status in ((one, 200), (one, 200), (two, 409)):
        api.ask("PUT", f"{AT}/results/{memo}", json={"tree": tree_of(files), "key_id": KEY, "program": None, "inputs": []}, status=status)


def test_methods_that_are_none(api):
    for method, path in (("DELETE", f"{AT}/events"), ("PUT", "/status"), ("POST", f"{AT}/datasets"), ("PATCH", "/status")):
        assert api.client.request(method, path).status_code == 405, (method, path)
    assert api.client.get("/other").status_code == 404
    assert api.client.get(f"{AT}/events?after=-1").status_code == 400
    assert api.client.get(f"{AT}/events?limit=1001").status_code == 400
    assert api.client.get(f"{AT}/datasets/x/diff?from=1").status_code == 400


def test_a_member_hears_why_a_long_body_is_refused(server):
    """Not while it is sent: closing then would look like a broken network, and be tried for ever."""
    length, path = 12 << 20, f"{AT}/keys/{KEY}"
    for grant, wanted in ((server.grant("kernel"), b" 403 "), ("0" * 64, b" 401 ")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=120) as wire:
            wire.sendall(head(server, path, length, grant))
            if wanted == b" 403 ":
                wire.sendall(bytes(length // 2))
                wire.settimeout(1)
                with pytest.raises(TimeoutError):
                    wire.recv(1)
                wire.settimeout(120)
                wire.sendall(bytes(length - length // 2))
            assert wanted in wire.recv(65536)  # a stranger at once: whoever may not send is not waited for

"""Who may do what: no token, wrong audience, expired, another workspace, other sites, members' roles."""

import re
import sqlite3

import httpx
import pytest
from serving import ROOT, TOKEN
from things import CONTRACT, KEY, WS, Api, array_files, commit, commit_body, fresh, new_store

from jupyterfhe_server.services import grants, workspaces
from jupyterfhe_server.services.errors import Refused

FILL = {"ws": WS, "name": "nothing", "sha256": "0" * 64, "tag": "t", "branch": "b", "id": "0" * 64, "key_id": "0" * 32,
        "device": "0" * 32, "memo": "0" * 64}
ALL = [(method, template) for method, template, _, _ in CONTRACT.operations]


def filled(template, **other):
    return re.sub(r"\{(\w+)\}", lambda m: {**FILL, **other}[m[1]], template)


@pytest.mark.parametrize("said", [None, "Bearer " + "0" * 64, "Bearer " + TOKEN[:-1] + "0", "token nonsense", "Basic eDp5"])
def test_nobody_gets_anything(server, said):
    for method, template in ALL:
        headers = {} if said is None else {"Authorization": said}
        answer = httpx.request(method, server.address + ROOT + filled(template), headers=headers, timeout=240,
                               content=b"x" if method in ("PUT", "POST") else None)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer", (method, template)
        CONTRACT.check_answer(method, filled(template), answer)


def test_a_body_of_nobody_is_not_read(server):
    sent = 0

    def body():
        nonlocal sent
        for _ in range(4096):
            sent += 1 << 16
            yield bytes(1 << 16)

    address = f"{server.address}{ROOT}/workspaces/{WS}/blobs/{'0' * 64}"
    try:
        answer = httpx.put(address, content=body(), headers={"Content-Length": str(1 << 28)}, timeout=240)
        assert answer.status_code == 401
    except httpx.TransportError:
        pass  # closed while we sent
    assert not list((server.store_dir / "blobs/tmp").iterdir())


def test_a_kernel_reads_and_saves_and_no_more(server):
    needs = {(t, m): op["x-role"] for m, t, _, op in CONTRACT.operations}
    with Api(server, server.grant("kernel")) as kernel:
        for method, template in ALL:
            body = {"content": b"{}"} if method in ("PUT", "POST") else {}
            answer = kernel.ask(method, filled(template), **body)
            barred = needs[template, method] in ("read", "edit", "admin") or template == "/grants"
            assert (answer.status_code == 403) == barred, (method, template, answer.status_code)


def test_a_grant_makes_no_grants(server):
    with Api(server, server.grant("vault")) as vault:
        vault.ask("POST", "/grants", json={"audience": "vault"}, status=403)


def test_an_expired_grant_is_none(server):
    grant = server.grant("vault")
    with Api(server, grant) as vault:
        vault.ask("GET", "/status", status=200)
        with sqlite3.connect(server.store_dir / "store.db", timeout=30) as raw:
            raw.execute("UPDATE grants SET expires = created WHERE hash = ?", (grants._hash(grant),))
        vault.ask("GET", "/status", status=401)


def test_another_workspace_is_not_there(server, api):
    other = fresh("w")
    with sqlite3.connect(server.store_dir / "store.db", timeout=30) as raw:
        raw.execute("INSERT INTO workspaces (id, name, epoch, created) VALUES (?, 'Other', 1, 1)", (other,))
    with Api(server, server.grant("vault")) as vault:
        for client in (vault, api):
            for method, template in ALL:
                if "{ws}" in template:
                    body = {"content": b"{}"} if method in ("PUT", "POST") else {}
                    there, nowhere = (client.ask(method, filled(template, ws=w), **body) for w in (other, "nowhere"))
                    assert there.status_code == nowhere.status_code == 404, (method, template)
                    assert there.content == nowhere.content  # one cannot tell whether it exists
        api.ask("POST", "/grants", json={"audience": "vault", "workspace": other}, status=404)


def test_blobs_of_another_workspace_are_missing(store):
    with store.database.write() as conn:
        workspaces.create(conn, "other", "Other")
    files = array_files(data=b"theirs")
    commit(store, "x", files, ws="other")
    body = commit_body(files)
    assert store.missing(WS, [f["sha256"] for f in body["tree"]["files"]])["missing"]
    with pytest.raises(Refused) as why:  # naming the hash gives nobody the bytes, nor the manifest
        store.commit(WS, "tester", "x", body)
    assert why.value.code == "missing"


def test_only_the_vault_is_told_across_origins(tmp_path_factory):
    from serving import Server

    with Server(tmp_path_factory.mktemp("cors"), "--JupyterFHE.vault_url=http://127.0.0.1:9999/") as server:
        grant, url = server.grant("vault"), f"{server.address}{ROOT}/status"

        def told(method, origin, **headers):
            found = httpx.request(method, url, headers={"Origin": origin, **headers}, timeout=240)
            assert "access-control-allow-credentials" not in found.headers
            return found.headers.get("access-control-allow-origin")

        bearer = {"Authorization": f"Bearer {grant}"}
        assert told("GET", "http://127.0.0.1:9999", **bearer) == "http://127.0.0.1:9999"
        assert told("OPTIONS", "http://127.0.0.1:9999") == "http://127.0.0.1:9999"
        assert told("GET", "http://127.0.0.1:9999") is None  # only with a grant
        assert told("GET", "http://127.0.0.1:9999", Authorization="Bearer " + "0" * 64) == "http://127.0.0.1:9999"  # to read its 401
        for other in ("http://127.0.0.1:9998", "http://localhost:9999", "https://127.0.0.1:9999", "null", "http://evil.example",
                      "http://127.0.0.1:9999.evil.example", "http://127.0.0.1:99999", "x"):
            assert told("GET", other, **bearer) is None and told("OPTIONS", other) is None, other
            assert told("GET", other, Authorization=f"token {TOKEN}") is None, other
        status = httpx.get(url, headers=bearer, timeout=240).json()
        assert status["vault"] == {"url": "http://127.0.0.1:9999/", "port": None, "mode": "external", "state": "external",
                                   "detail": None}


def test_a_cookie_needs_the_xsrf_header(server):
    with httpx.Client(base_url=server.address, follow_redirects=True, timeout=240) as browser:
        browser.get(f"/tree?token={TOKEN}")
        browser.get(f"/login?token={TOKEN}")
        body = {"audience": "vault"}
        assert browser.post(f"{ROOT}/grants", json=body).status_code == 403
        assert browser.post(f"{ROOT}/grants", json=body, headers={"X-XSRFToken": "0|0|0|0"}).status_code == 403
        xsrf = browser.cookies.get("_xsrf")
        assert xsrf
        made = browser.post(f"{ROOT}/grants", json=body, headers={"X-XSRFToken": xsrf})
        assert made.status_code == 201
        crossed = browser.post(f"{ROOT}/grants", json=body, headers={"X-XSRFToken": xsrf, "Origin": "http://evil.example"})
        assert crossed.status_code == 403


def test_a_strange_host_name_is_refused(server):
    grant = server.grant("vault")
    answer = httpx.get(f"{server.address}{ROOT}/status", headers={"Host": "evil.example", "Authorization": f"Bearer {grant}"},
                       timeout=240)
    assert answer.status_code == 403  # a page that rebinds its name to 127.0.0.1


def test_refusals_of_members_are_in_the_log(server, api):
    before = api.ask("GET", f"/workspaces/{WS}/events?limit=1").json()["last"]
    with Api(server, server.grant("kernel")) as kernel:
        kernel.ask("DELETE", f"/workspaces/{WS}/datasets/x", status=403)
    kernel_entry = api.ask("GET", f"/workspaces/{WS}/events?after={before}").json()["events"][-1]
    assert (kernel_entry["actor"], kernel_entry["action"], kernel_entry["outcome"]) == ("owner:kernel", "refused.delete", "forbidden")


def test_the_text_log_holds_no_grant_and_no_token(server):
    grants_made = [server.grant("vault"), server.grant("kernel")]
    for grant in grants_made:
        with Api(server, grant) as client:
            client.ask("GET", "/status", status=200)
            client.ask("GET", f"/workspaces/{WS}/datasets/..", status=404)
            client.client.get(f"/status?grant={grant}")
    text = server.log_path.read_text()
    assert TOKEN not in text and "GET" in text
    for grant in grants_made:
        assert f"Bearer {grant}" not in text
    held = b"".join(p.read_bytes() for p in server.store_dir.glob("store.db*"))
    assert all(g.encode() not in held for g in grants_made)


@pytest.mark.parametrize(("role", "audience", "can"), [
    ("relay", None, "relay"), ("compute", None, "compute"), ("edit", None, "edit"), ("admin", "kernel", "compute"),
    ("edit", "vault", "edit"), ("relay", "kernel", "relay"), (None, None, None)])
def test_members_have_roles_and_grants_never_more(tmp_path, role, audience, can):
    store = new_store(tmp_path)
    store.single = False
    with store.database.write() as conn:
        if role:
            workspaces.join(conn, WS, "ada", role)
    grant = store.grant(WS, "ada", audience)["grant"] if audience else None
    found = store.identify(grant, None if grant else "ada", WS)
    assert found[3] == can and found[0] == ("ada" if not audience else f"ada:{audience}")
    assert store.identify(None, "bob", WS)[3] is None
    store.close()


def test_a_grant_is_for_one_workspace(store):
    store.single = False
    with store.database.write() as conn:
        workspaces.create(conn, "other", "Other")
        for ws in (WS, "other"):
            workspaces.join(conn, ws, "ada", "admin")
    grant = store.grant(WS, "ada", "vault")["grant"]
    assert store.identify(grant, None, WS)[3] == store.identify(grant, None, None)[3] == "admin"
    assert store.identify(grant, None, "other")[3] is None and store.identify(None, "ada", "other")[3] == "admin"


def test_a_key_id_is_only_32_digits(api):
    assert len(KEY) == 32
    api.ask("GET", f"/workspaces/{WS}/keys/{'0' * 33}", status=400)

"""protocol/rest.yaml and the handlers say the same: addresses, methods, roles, bodies, answers."""

import re

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from openapi_spec_validator import validate
from things import CONTRACT, KEY, WS, Api, array_files, commit_body, fresh, table_files, tree_of

from jupyterfhe_server.handlers import ROUTES
from jupyterfhe_server.handlers.status import Nothing
from jupyterfhe_server.services import keys, shapes, trees, workspaces
from jupyterfhe_server.services.errors import STATUS
from jupyterfhe_server.services.schema import metadata

SCHEMAS = CONTRACT.document["components"]["schemas"]


def test_it_is_openapi():
    validate(CONTRACT.document)


def test_each_operation_is_a_route_and_the_reverse():
    told = {(template, method): op["x-role"] for method, template, _, op in CONTRACT.operations}
    routed = {}
    for pattern, handler in ROUTES:
        if handler is Nothing:
            continue
        template = re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", pattern)
        for method, role in handler.needs.items():
            assert getattr(handler, method.lower()).__wrapped__.__wrapped__, "authenticated and authorised"
            assert handler.auth_resource == "jupyterfhe"
            routed[template, method] = role
    assert routed == told
    assert ROUTES[-1][1] is Nothing


def test_limits_and_codes_are_those_of_the_code():
    assert SCHEMAS["Tree"]["properties"]["files"]["maxItems"] == trees.FILES_MAX
    assert SCHEMAS["Inputs"]["maxItems"] == shapes.INPUTS_MAX
    assert SCHEMAS["Base64"]["maxLength"] == shapes.BASE64_MAX
    assert SCHEMAS["Element"]["properties"]["kind"]["enum"] == list(keys.KINDS)
    assert SCHEMAS["Role"]["enum"] == list(workspaces.ROLES)
    for schema, pattern in (("Hash", shapes.HASH), ("KeyId", shapes.KEY_ID), ("Name", shapes.NAME), ("DeviceId", shapes.DEVICE),
                            ("WorkspaceId", shapes.WORKSPACE), ("Base64", shapes.BASE64)):
        assert SCHEMAS[schema]["pattern"] == f"^{pattern.pattern}$"
    text = CONTRACT.document["components"]["responses"]["Error"]["description"]
    assert {*re.findall(r"`(\w+)`", text)} == {*STATUS}
    for code, status in STATUS.items():
        assert re.search(rf"\b{status}\b[^;]*`{code}`", text.replace("\n", " ")), code


def test_tables_are_those_of_the_migrations(store):
    with store.database.engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
        assert {*sa.inspect(conn).get_table_names()} == {*metadata.tables, "alembic_version"}


def test_every_operation_answers_as_described(server):
    with Api(server) as lab, Api(server, server.grant("vault")) as vault, Api(server, server.grant("kernel")) as kernel:
        name, at = fresh(), f"/workspaces/{WS}"
        assert kernel.ask("GET", "/status", status=200).json()["workspace"]["role"] == "compute"
        lab.ask("POST", "/grants", json={"audience": "kernel", "workspace": WS}, status=201)
        first, second = table_files({"a": b"1" * 50, "b": b"2"}), table_files({"a": b"1x", "b": b"2"})
        hashes = [f["sha256"] for f in tree_of(first)["files"]]
        found = vault.ask("POST", f"{at}/blobs:missing", json={"sha256": hashes}, status=200).json()
        assert found == {"missing": hashes}
        one = vault.commit(name, first, note="c2VhbGVk")
        two = kernel.commit(name, second, one["snapshot"], program="cd" * 32, inputs=["ef" * 32])
        assert vault.ask("GET", f"{at}/blobs/{hashes[0]}", status=200).content == b"1" * 50
        assert vault.ask("GET", f"{at}/blobs/{hashes[0]}", status=206, headers={"Range": "bytes=1-2"}).content == b"11"
        assert vault.ask("HEAD", f"{at}/blobs/{hashes[0]}", status=200).headers["content-length"] == "50"
        listed = lab.ask("GET", f"{at}/datasets", status=200).json()
        assert next(d for d in listed if d["name"] == name) == kernel.ask("GET", f"{at}/datasets/{name}", status=200).json()
        history = kernel.ask("GET", f"{at}/datasets/{name}/snapshots?branch=main&limit=1", status=200).json()
        assert [s["id"] for s in history["snapshots"]] == [two["snapshot"]] and history["more"]
        older = kernel.ask("GET", f"{at}/datasets/{name}/snapshots?limit=5&before={two['snapshot']}", status=200).json()
        assert [s["id"] for s in older["snapshots"]] == [one["snapshot"]] and not older["more"]
        full = kernel.ask("GET", f"{at}/snapshots/{two['snapshot']}", status=200).json()
        assert full["tree"] == tree_of(second) and full["manifest"]["rows"] == 10 and full["inputs"] == ["ef" * 32]
        assert shapes.digest(shapes.canonical(full["tree"])) == full["tree_hash"]
        said = {n: full[n] for n in ("dataset", "branch", "action", "parent", "tree_hash", "key_id", "program", "inputs", "note",
                                     "actor", "created")}
        assert shapes.digest(shapes.canonical({**said, "workspace": WS})) == full["id"]
        assert kernel.ask("GET", f"{at}/blobs/{full['tree_hash']}", status=200).content == shapes.canonical(full["tree"])
        lab.ask("PUT", f"{at}/datasets/{name}/tags/v1", json={"snapshot": one["snapshot"]}, status=200)
        lab.ask("PUT", f"{at}/datasets/{name}/branches/side", json={"snapshot": one["snapshot"]}, status=200)
        back = {"branch": "main", "to": one["snapshot"], "parent": two["snapshot"]}
        three = lab.ask("POST", f"{at}/datasets/{name}/rollback", json=back, status=201).json()
        assert three["tree_hash"] == one["tree_hash"]
        diff = lab.ask("GET", f"{at}/datasets/{name}/diff?from={one['snapshot']}&to={two['snapshot']}", status=200).json()
        assert [c["name"] for c in diff["columns"]["changed"]] == ["a"] and not diff["same"]
        everything_about_keys(lab, vault, kernel, at)
        memo, result = shapes.digest(name.encode()), array_files(data=name.encode())
        kernel.put_files(result)
        offer = {"tree": tree_of(result), "key_id": KEY, "program": "cd" * 32, "inputs": [two["tree_hash"]]}
        kept = kernel.ask("PUT", f"{at}/results/{memo}", json=offer, status=200).json()
        assert kernel.ask("GET", f"{at}/results/{memo}", status=200).json() == kept
        lab.ask("DELETE", f"{at}/datasets/{name}", status=200)
        lab.ask("GET", f"{at}/datasets/{name}", status=404)
        log = lab.ask("GET", f"{at}/events?after=2&limit=1000", status=200).json()
        assert log["events"][0]["id"] == 3 and log["events"][-1]["action"] == "dataset.delete"
        seen = lab.seen | vault.seen | kernel.seen
        assert seen == {op["operationId"] for _, _, _, op in CONTRACT.operations}


def everything_about_keys(lab, vault, kernel, at):
    key_id, device = fresh("")[1:].ljust(32, "0"), fresh("")[1:].ljust(32, "1")
    relin = {"params.jfhe": b"params", "relin.key": key_id.encode()}
    more = {"galois-5.key": key_id.encode() + b"5", "relin.key": key_id.encode()}
    vault.put_files({**relin, **{f"{n}+": d for n, d in more.items()}})
    elements = [{"file": "relin.key", "kind": "relin", "galois_element": None}]
    vault.ask("PUT", f"{at}/keys/{key_id}", json={"tree": tree_of(relin), "elements": elements}, status=200)
    elements.append({"file": "galois-5.key", "kind": "galois", "galois_element": 5})
    both = vault.ask("PUT", f"{at}/keys/{key_id}", json={"tree": tree_of(more), "elements": elements}, status=200).json()
    assert both["tree"] == tree_of({**relin, **more}) and both["galois_elements"] == 1
    assert kernel.ask("GET", f"{at}/keys/{key_id}", status=200).json() == both
    assert key_id in [k["key_id"] for k in kernel.ask("GET", f"{at}/keys", status=200).json()]
    vault.ask("PUT", f"{at}/devices/{device}", json={"public_key": "cHVibGlj"}, status=200)
    assert vault.ask("GET", f"{at}/devices/{device}", status=200).json() in vault.ask("GET", f"{at}/devices", status=200).json()
    vault.ask("PUT", f"{at}/keys/{key_id}/wraps/{device}", json={"sealed": "c2VhbGVk"}, status=200)
    assert vault.ask("GET", f"{at}/keys/{key_id}/wraps/{device}", status=200).json()["sealed"] == "c2VhbGVk"
    lab.ask("GET", f"{at}/keys/{'0' * 32}", status=404)


def test_commit_bodies_that_the_contract_forbids_are_refused(api):
    good = commit_body(array_files())
    api.put_files(array_files())
    for change in ({"more": 1}, {"branch": ".."}, {"parent": 5}, {"key_id": "zz"}, {"inputs": "x"}, {"note": "!"}, {"rebase": 1},
                   {"program": "ab"}, {"tree": {"files": []}}, {"tree": {**good["tree"], "x": 1}}, {"key_id": None},
                   {"tree": {"files": [{**good["tree"]["files"][0], "mode": 7}, good["tree"]["files"][1]]}}):
        body = {**good, **change}
        assert not CONTRACT.accepts("POST", f"/workspaces/{WS}/datasets/x/commits", body), change
        api.ask("POST", f"/workspaces/{WS}/datasets/{fresh()}/commits", json=body, status=400)

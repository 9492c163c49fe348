"""The vault's server gives its files with strict headers and nothing else, checks them, and ends with its parent."""

import hashlib
import http.client
import json
import shutil
import signal
import subprocess
import sys

import pytest

from jupyterfhe.vault import Vault, bundle, server

LABS = ["http://localhost:8888", "http://127.0.0.1:8888"]


@pytest.fixture
def folder(tmp_path):
    """A small bundle of our own, so that these tests need no build."""
    files = {"index.html": b"<!doctype html>", "paint.html": b"<!doctype html>", "index.js": b"1", "jfhe.wasm": b"\0asm"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    (tmp_path / "manifest.json").write_text(json.dumps({"format": bundle.FORMAT, "files": digests}))
    (tmp_path / "secret.txt").write_text("not listed")
    return tmp_path


@pytest.fixture
def vault(folder):
    running = Vault(labs=LABS, stores=["http://localhost:8888"], folder=folder).start()
    yield running
    running.close()


def ask(vault, path, method="GET", host=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", vault.port, timeout=5)
    connection.request(method, path, headers={"Host": host or f"localhost:{vault.port}", **headers})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, dict(response.getheaders()), data


def test_files_and_headers(vault, folder):
    for path, name, kind in (("/", "index.html", "text/html"), ("/paint.html", "paint.html", "text/html"),
                             ("/index.js?x=1", "index.js", "text/javascript"), ("/jfhe.wasm", "jfhe.wasm", "application/wasm")):
        status, headers, data = ask(vault, path)
        assert status == 200 and data == (folder / name).read_bytes() and headers["Content-Type"].startswith(kind)
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert headers["Origin-Agent-Cluster"] == "?1"
    policy = ask(vault, "/")[1]["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "worker-src 'self'",
                 "connect-src 'self' http://localhost:8888;", f"frame-ancestors {' '.join(LABS)};", "img-src 'self' blob: data:",
                 "require-trusted-types-for 'script'", "base-uri 'none'", "form-action 'none'"):
        assert part in policy + ";"
    assert "unsafe-inline" not in policy and "*" not in policy


def test_not_modified(vault):
    tag = ask(vault, "/")[1]["ETag"]
    status, headers, data = ask(vault, "/", **{"If-None-Match": tag})
    assert status == 304 and not data and "frame-ancestors" in headers["Content-Security-Policy"]


def test_config(vault, folder):
    status, _, data = ask(vault, "/config.json")
    found = json.loads(data)
    assert status == 200 and found["labs"] == LABS and found["mode"] == "local" and found["stores"] == ["http://localhost:8888"]
    assert found["files"]["index.js"] == hashlib.sha256((folder / "index.js").read_bytes()).hexdigest()


@pytest.mark.parametrize("path", ["/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/static/", "/index.html/",
                                  "/manifest.json", "/.git/config", "/index.html%00", "/" + "a" * 5000, "/\\index.html"])
def test_nothing_else(vault, path):
    status, headers, data = ask(vault, path)
    assert status == 404 and b"not listed" not in data and b"index" not in data
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_no_other_method(vault, method):
    assert ask(vault, "/", method)[0] == 501


def test_head(vault):
    status, headers, data = ask(vault, "/", "HEAD")
    assert status == 200 and data == b"" and int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", "127.0.0.1.evil.example:8888", ""])
def test_other_names_of_this_address(vault, host):
    if host == "":
        host = " "
    status, _, data = ask(vault, "/config.json", host=host)
    assert status == 421 and b"labs" not in data


def test_changed_files_are_refused(folder):
    (folder / "index.js").write_bytes(b"2")
    with pytest.raises(bundle.BundleError, match="SHA-256"):
        Vault(folder=folder)


def test_what_is_served_is_what_was_checked(vault, folder):
    (folder / "index.js").write_bytes(b"evil")
    assert ask(vault, "/index.js")[2] == b"1"


@pytest.mark.parametrize("change", [lambda f: (f / "index.js").unlink(), lambda f: (f / "manifest.json").unlink(),
                                    lambda f: (f / "manifest.json").write_text("[]"),
                                    lambda f: (f / "manifest.json").write_text('{"format": "x", "files": {}}')])
def test_what_is_no_bundle(folder, change):
    change(folder)
    with pytest.raises(bundle.BundleError):
        bundle.load(folder)


def test_names_outside(folder):
    (folder / "manifest.json").write_text(json.dumps({"format": bundle.FORMAT, "files": {"../x.js": "0" * 64}}))
    with pytest.raises(bundle.BundleError, match="no file of a vault"):
        bundle.load(folder)


def test_only_loopback(folder):
    for host in ("0.0.0.0", "192.168.1.2", "::"):
        with pytest.raises(ValueError, match="loopback"):
            Vault(host=host, folder=folder)


def test_origins():
    assert server.origin("HTTP://LocalHost:8888/") == "http://localhost:8888"
    assert server.origin("https://hub.example.org:443") == "https://hub.example.org"
    assert server.origin("http://[::1]:8888") == "http://[::1]:8888"
    for bad in ("localhost:8888", "http://a b", "http://x/path", "javascript:alert(1)", "http://a; script-src *", "*", "null",
                "http://x:99999", "http://x\nSet-Cookie: a"):
        with pytest.raises(ValueError, match="no origin"):
            server.origin(bad)


def command(*words, **options):
    code = ("import sys; from pathlib import Path; from jupyterfhe.vault import bundle, server, command; "
            "server.Vault.__init__.__defaults__ = (*server.Vault.__init__.__defaults__[:-1], Path(sys.argv.pop(1))); "
            "sys.exit(command.main(sys.argv[1:]))")
    return subprocess.Popen([sys.executable, "-c", code, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def test_it_ends_with_its_parent(folder):
    child = command(str(folder), "--port", "0", "--lab", LABS[0])
    said = json.loads(child.stdout.readline())
    assert set(said) == {"port", "url", "pid"}
    connection = http.client.HTTPConnection("127.0.0.1", said["port"], timeout=5)
    connection.request("GET", "/", headers={"Host": f"127.0.0.1:{said['port']}"})
    assert connection.getresponse().status == 200
    connection.close()
    child.stdin.close()
    assert child.wait(10) == 0
    child.stdout.close()
    child.stderr.close()


def test_interrupting_and_a_taken_port(folder):
    child = command(str(folder), "--port", "0", "--until-eof", "--no-browser")
    port = json.loads(child.stdout.readline())["port"]
    other = command(str(folder), "--port", str(port), "--until-eof")
    _, words = other.communicate(timeout=20)
    assert other.returncode == 2 and f"port {port}" in words
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=10)
    assert child.returncode == 0


def test_bad_words(folder):
    child = command(str(folder), "--lab", "not an origin")
    _, words = child.communicate(timeout=20)
    assert child.returncode == 2 and "no origin" in words


def test_the_built_bundle_is_whole():
    assert (bundle.STATIC / bundle.MANIFEST).exists(), "not built: make vault"
    files = bundle.load()
    assert {"index.html", "paint.html", "index.js", "paint.js", "keeper.js", "publisher.js", "reader.js", "sealer.js", "stretcher.js",
            "vault.css", "jfhe.wasm"} == set(files)
    for name in ("index.html", "paint.html"):
        page = files[name].data.decode()
        assert "integrity=" in page and "<script>" not in page and "style=" not in page and "http" not in page


def test_the_command_is_known():
    done = subprocess.run([sys.executable, "-m", "jupyterfhe.cli", "vault", "--lab", "x"], capture_output=True, text=True)
    assert done.returncode == 2 and "no origin" in done.stderr
    assert shutil.which(sys.executable)

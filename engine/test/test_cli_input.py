"""Bad input to the command line tool: one line that says what and where, exit status 2, nothing written."""

import json
import os
import shutil
import subprocess

import numpy as np
import pytest
from cli_tool import TOOL, cancer, gone, keys, place, refused, run, seal, works, write_table

GOOD = b"a,b\n1,2\n3,4\n5,7\n"


def table(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    return path


# ---- tables ---------------------------------------------------------------------------------------------------------
BAD_TABLES = {
    "nan": (b"a,b\n1,2\nnan,3\n", ":3:1: column 'a' is no finite number"),
    "NaN": (b"a,b\n1,2\n1,NaN\n", ":3:2: column 'b'"),
    "inf": (b"a,b\n1,inf\n", ":2:2: column 'b'"),
    "-Infinity": (b"a,b\n1,-Infinity\n", ":2:2: column 'b'"),
    "overflow": (b"a,b\n1,1e999\n", ":2:2: column 'b'"),
    "hexadecimal": (b"a,b\n0x10,1\n", ":2:1: column 'a'"),
    "signed hexadecimal": (b"a,b\n-0X1P3,1\n", ":2:1: column 'a'"),
    "two numbers": (b"a,b\n1 2,1\n", ":2:1: column 'a'"),
    "decimal comma": (b"a,b\n\"1,5\",1\n", ":2:1: column 'a'"),
    "sign alone": (b"a,b\n-,1\n", ":2:1: column 'a'"),
    "point alone": (b"a,b\n.,1\n", ":2:1: column 'a'"),
    "half an exponent": (b"a,b\n1e,1\n", ":2:1: column 'a'"),
    "empty cell": (b"a,b\n1,2\n,3\n", ":3:1: column 'a' is empty"),
    "empty last cell": (b"a,b\n1,2\n3,\n", ":3:2: column 'b' is empty"),
    "blank cell": (b"a,b\n1,  \n", ":2:2: column 'b'"),
    "text column": (b"a,b\n1,high\n", ":2:2: column 'b' is no finite number"),
    "short row": (b"a,b\n1,2\n3\n", ":3: 1 cells, the header has 2"),
    "long row": (b"a,b\n1,2,3\n", ":2: 3 cells, the header has 2"),
    "trailing comma": (b"a,b\n1,2,\n", ":2: 3 cells"),
    "blank line between": (b"a\n1\n\n2\n", ":3: a blank line between rows"),
    "open quote": (b"a,b\n1,\"2\n3,4\n", "quote that is never closed"),
    "text after a quote": (b"a,b\n1,\"2\"x\n", ":2: text after a closing quote"),
    "quote inside": (b"a,b\n1,2\"3\n", ":2: a quote inside a cell"),
    "zero byte": (b"a,b\n1,\x002\n", ":2: a zero byte"),
    "no text": (b"\x89PNG\r\n\x1a\n\x00\x00", ":1: the name of column 1 is no UTF-8"),
    "a table of zeros": (b"a\n1\n" + bytes(5000), ":3: a zero byte; this is no text file"),
    "no UTF-8": (b"a,\xff\xfe\n1,2\n", ":1: the name of column 2 is no UTF-8"),
    "nothing": (b"", "is empty; a header row is needed"),
    "header alone": (b"a,b\n", "no rows below the header"),
    "nameless": (b"a,\n1,2\n", ":1: column 2 has no name"),
    "same name": (b"a,a\n1,2\n", ":1: more than one column 'a'"),
    "too wide": (b"a,b\n1,1e150\n2,1\n", "column 'b' spans too large"),
    "long row of text": (b"a,b\n1," + b"9" * (1 << 20) + b"\n", ":2: a row longer than 1 MiB"),
    "many columns": (b",".join(b"c%d" % i for i in range(4097)) + b"\n", ":1: more than 4096 columns"),
    "bad row after many": (b"a,b\n" + b"1,2\n" * 20000 + b"1,x\n", ":20002:2: column 'b'"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_bad_table(tmp_path, name):
    data, says = BAD_TABLES[name]
    out = tmp_path / "out"
    line = refused("encrypt", "--keys", keys(), "--in", table(tmp_path, data), "--out", out, says=["t.csv", says], absent=out)
    assert "high" not in line and "999" not in line  # no value of the table


def test_missing_and_odd_files(tmp_path):
    out = tmp_path / "out"
    for path, says in [(tmp_path / "none.csv", "No such file"), (tmp_path, "not a regular file"), ("/dev/null", "not a regular file")]:
        refused("encrypt", "--keys", keys(), "--in", path, "--out", out, says=says, absent=out)
    os.mkfifo(tmp_path / "pipe")
    refused("encrypt", "--keys", keys(), "--in", tmp_path / "pipe", "--out", out, says="not a regular file", absent=out)


BAD_OPTIONS = [
    (["--bound", "a=0:2"], "column 'a' is outside its bound"),
    (["--bound", "a=1:2.9999999999999996"], "column 'a' is outside its bound"),
    (["--bound", "c=0:9"], "no column that is encrypted"),
    (["--bound", "a=9:0"], "the lower first"),
    (["--bound", "a=0"], "COLUMN=LOW:HIGH"),
    (["--bound", "a=0:nan"], "two numbers"),
    (["--bound", "a=0:9", "--bound", "a=0:8"], "names column 'a' twice"),
    (["--columns", "a,c"], "no column 'c'"),
    (["--columns", "a,a"], "names 'a' twice"),
    (["--columns", ""], "names no column"),
    (["--level", "7"], "over the top level"),
    (["--level", "99"], "a number up to"),
    (["--level", "x"], "wants a number"),
    (["--level", "1", "--level", "1"], "--level is given twice"),
    (["--threads", "-1"], "wants a number"),
    (["--colour"], "unknown option '--colour'"),
    (["--private-names=1"], "takes no value"),
    (["extra"], "'extra' is not expected"),
    (["--bound"], "--bound needs a value"),
]


@pytest.mark.parametrize("words,says", BAD_OPTIONS, ids=lambda v: v[0:40] if isinstance(v, str) else "")
def test_bad_options(tmp_path, words, says):
    path = table(tmp_path, GOOD.replace(b"5,7", b"2,7"))
    refused("encrypt", "--keys", keys(), "--in", path, "--out", tmp_path / "out", *words, says=says, absent=tmp_path / "out")


def test_wrong_words():
    refused("frobnicate", says="no command 'frobnicate'")
    refused("help", "frobnicate", says="no command")
    refused("keygen", "--out", place() / "never", says="--preset is missing", absent=place() / "never")
    refused("keygen", "--preset", "big", "--out", place() / "never", says="--preset", absent=place() / "never")
    refused("keygen", "--preset", "stats", "--depth", "3", "--out", place() / "never", says="exclude each other", absent=place() / "never")
    refused("keygen", "--depth", "30", "--log-n", "13", "--out", place() / "never", says="keygen: --depth", absent=place() / "never")
    refused("keygen", "--preset", "stats", "--rotations", "some", "--out", place() / "never", says="--rotations", absent=place() / "never")
    refused("decrypt", "--keys", keys(), "--in", place(), "--csv", "--json", says="exclude each other")
    refused("inspect", says="a file is missing")
    for command in ["encrypt", "stats", "decrypt"]:
        refused(command, says="--keys is missing")
    refused("bench", "--preset", "stats,nope", says="--preset: no parameter set")
    refused("bench", "--preset", "stats-lite", "--filter", "nothing_is_called_that", says="--filter: no measurement")
    assert run().returncode == 2 and run().stdout == ""
    for command in ["keygen", "encrypt", "inspect", "stats", "decrypt", "bench", "selftest"]:
        text = works("help", command)
        assert text.startswith(f"jfhe {command}") and works(command, "--help") == text == works(command, "-h")
        assert command in works("help")
    assert works("--version").startswith("jfhe ")


def test_unknown_instruction_set():
    refused("keygen", "--preset", "stats-lite", "--out", place() / "never", env={"JFHE_ISA": "mmx"}, absent=place() / "never")


# ---- keys -----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sealed():
    return seal(write_table(place() / "small.csv", ["a", "b"], [[1, 2, 3.5], [4, 4.5, 6]]), place() / "small")


@pytest.fixture(scope="module")
def result(sealed):
    works("stats", "--keys", keys(), "--in", sealed, "--out", place() / "small-result")
    return place() / "small-result"


def test_keys_of_other_parameters(tmp_path, sealed, result):
    other = keys("stats")
    refused("stats", "--keys", other, "--in", sealed, "--out", tmp_path / "o", says="other parameters", absent=tmp_path / "o")
    refused("decrypt", "--keys", other, "--in", result, says="other parameters")
    mixed = tmp_path / "mixed"
    shutil.copytree(keys(), mixed)
    shutil.copy(other / "relin.key", mixed)
    refused("stats", "--keys", mixed, "--in", sealed, "--out", tmp_path / "o", says="relin.key", absent=tmp_path / "o")
    shutil.copy(other / "secret.key", mixed)
    refused("encrypt", "--keys", mixed, "--in", cancer()[2], "--out", tmp_path / "o", says="secret.key", absent=tmp_path / "o")


def test_keys_of_another_secret(tmp_path, sealed, result):
    other = keys(number=1)
    refused("stats", "--keys", other, "--in", sealed, "--out", tmp_path / "o", says="stats", absent=tmp_path / "o")
    refused("decrypt", "--keys", other, "--in", result, says="another key")


@pytest.mark.parametrize("name", ["relin.key", "galois", "params.jfhe"])
def test_missing_keys(tmp_path, sealed, name):
    part = tmp_path / "part"
    shutil.copytree(keys(), part)
    for path in part.glob(name + "*"):
        path.unlink()
    refused("stats", "--keys", part, "--in", sealed, "--out", tmp_path / "o", absent=tmp_path / "o")


@pytest.mark.parametrize("name", ["params.jfhe", "relin.key", "secret.key"])
@pytest.mark.parametrize("how", ["cut", "flip", "longer", "empty"])
def test_damaged_keys(tmp_path, sealed, name, how):
    part = tmp_path / "part"
    shutil.copytree(keys(), part)
    damage(part / name, how)
    words = ["encrypt", "--in", cancer()[2]] if name == "secret.key" else ["stats", "--in", sealed]
    refused(*words, "--keys", part, "--out", tmp_path / "o", says=name, absent=tmp_path / "o")


def damage(path, how, at=None):
    data = bytearray(path.read_bytes())
    if how == "cut":
        data = data[: at if at is not None else len(data) // 2]
    elif how == "flip":
        data[at if at is not None else len(data) // 2] ^= 4
    elif how == "longer":
        data += b"\0"
    else:
        data = b""
    path.write_bytes(data)


# ---- ciphertexts ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["cut", "flip", "longer", "empty"])
def test_damaged_ciphertexts(tmp_path, sealed, result, how):
    for folder, name in [(sealed, "c1-0.ct"), (result, "products-1.ct")]:
        copy = tmp_path / folder.name
        shutil.copytree(folder, copy)
        damage(copy / name, how)
        if folder is sealed:
            refused("stats", "--keys", keys(), "--in", copy, "--out", tmp_path / "o", says=name, absent=tmp_path / "o")
        else:
            refused("decrypt", "--keys", keys(), "--in", copy, says=name)
        if how != "flip":
            refused("inspect", copy / name, says=name)


def test_inspect_sees_every_flip_in_a_header(tmp_path, sealed):
    good = sealed / "c0-0.ct"
    assert "ciphertext" in works("inspect", good)
    bad = tmp_path / "bad.ct"
    for at in range(0, 256, 7):
        shutil.copy(good, bad)
        damage(bad, "flip", at)
        refused("inspect", bad, says="bad.ct")
    for at in [0, 1, 100, 255, 256, 4000]:
        shutil.copy(good, bad)
        damage(bad, "cut", at)
        refused("inspect", bad, says="bad.ct")


def test_inspect_tells_each_kind(sealed):
    files = [keys() / n for n in ["params.jfhe", "secret.key", "public.key", "relin.key"]] + [sealed / "c0-0.ct"]
    objects = [json.loads(line) for line in works("inspect", "--json", *files).splitlines()]
    assert [o["object"] for o in objects] == ["parameter literal", "secret key", "public key", "switching key", "ciphertext"]
    assert len({o["params"] for o in objects}) == 1 and objects[4]["log_n"] == 13
    assert 0 < objects[4]["error_probable"] < objects[4]["error_worst"]
    assert f"typically {objects[4]['error_probable']:.1e}" in works("inspect", files[4])


def test_swapped_ciphertexts(tmp_path, sealed):
    copy = tmp_path / "copy"
    shutil.copytree(sealed, copy)
    shutil.copy(sealed / "c0-0.ct", copy / "c1-0.ct")
    refused("stats", "--keys", keys(), "--in", copy, "--out", tmp_path / "o", says=["c1-0.ct", "SHA-256"], absent=tmp_path / "o")


# ---- manifests ------------------------------------------------------------------------------------------------------
def set_in(*path):
    """A change: the member at path gets the last argument."""
    *way, last, value = path

    def change(m):
        for step in way:
            m = m[step]
        m[last] = value

    return change


def drop(*path):
    *way, last = path

    def change(m):
        for step in way:
            m = m[step]
        del m[last]

    return change


TABLE_CHANGES = {
    "rows 0": set_in("rows", 0),
    "rows a fraction": set_in("rows", 2.5),
    "rows negative": set_in("rows", -3),
    "rows of text": set_in("rows", "3"),
    "rows of more chunks": set_in("rows", 10**6),
    "rows over the limit": set_in("rows", 10**9),
    "no rows": drop("rows"),
    "log_slots": set_in("log_slots", 4),
    "log_slots out of range": set_in("log_slots", 13),
    "format": set_in("format", "jfhe-table-2"),
    "another format": set_in("format", "jfhe-stats-1"),
    "parameters": set_in("params", "0" * 64),
    "key": set_in("key_id", "0" * 32),
    "no key": set_in("key_id", ""),
    "unknown member": set_in("comment", "hello"),
    "unknown in a column": set_in("columns", 0, "unit", "m"),
    "unknown in a file": set_in("columns", 0, "files", 0, "size", 1),
    "no columns": set_in("columns", []),
    "a column of text": set_in("columns", 0, "x"),
    "a nameless column": set_in("columns", 0, "name", ""),
    "half 0": set_in("columns", 0, "half", 0),
    "half negative": set_in("columns", 0, "half", -1),
    "half huge": set_in("columns", 0, "half", 1e200),
    "no half": drop("columns", 0, "half"),
    "no files": set_in("columns", 0, "files", []),
    "more files": lambda m: m["columns"][0]["files"].append(m["columns"][0]["files"][0]),
    "a path": set_in("columns", 0, "files", 0, "name", "../small/c0-0.ct"),
    "an absolute path": set_in("columns", 0, "files", 0, "name", "/etc/passwd"),
    "a hidden file": set_in("columns", 0, "files", 0, "name", ".hidden"),
    "a short digest": set_in("columns", 0, "files", 0, "sha256", "00"),
    "a digest of capitals": set_in("columns", 0, "files", 0, "sha256", "A" * 64),
    "another digest": set_in("columns", 0, "files", 0, "sha256", "0" * 64),
}


@pytest.mark.parametrize("name", TABLE_CHANGES)
def test_changed_table_manifest(tmp_path, sealed, name):
    copy = tmp_path / "copy"
    shutil.copytree(sealed, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    TABLE_CHANGES[name](manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    refused("stats", "--keys", keys(), "--in", copy, "--out", tmp_path / "o", absent=tmp_path / "o")


RESULT_CHANGES = {
    "rows 1": set_in("rows", 1),
    "count": set_in("numbers", 0, "count", 1),
    "count huge": set_in("numbers", 0, "count", 4096),
    "what": set_in("numbers", 0, "what", "products"),
    "what else": set_in("numbers", 0, "what", "medians"),
    "no numbers": set_in("numbers", []),
    "numbers missing": drop("numbers"),
    "a column less": drop("columns", 1),
    "a column twice": lambda m: m["columns"].append(m["columns"][0]),
    "many columns": lambda m: m["columns"].extend([m["columns"][0]] * 5000),
    "products as sums": lambda m: m["numbers"][0].update({k: m["numbers"][1][k] for k in ("name", "sha256")}),
    "unknown member": set_in("signature", "x"),
    "another key": set_in("key_id", "0" * 32),
}


@pytest.mark.parametrize("name", RESULT_CHANGES)
def test_changed_result_manifest(tmp_path, result, name):
    copy = tmp_path / "copy"
    shutil.copytree(result, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    RESULT_CHANGES[name](manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    refused("decrypt", "--keys", keys(), "--in", copy)


BAD_JSON = [b"", b"{", b"[]", b"{}", b"nul", b'{"a":1,}', b'{"a":1 "b":2}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1e999}', b'{"a":0x1}',
            b'{"a":nan}', b'{"a":"\x01"}', b'{"a":"\\x"}', b'{"a":"\\u0000"}', b'{"a":"\xff"}', b'{"a":1}x', b'{"a":1}\0', b'{"a":1,"a":1}',
            b"[" * 100000, b'{"a":' * 20 + b"1" + b"}" * 20, b'{' + b",".join(b'"%d":1' % i for i in range(40)) + b"}"]


@pytest.mark.parametrize("text", BAD_JSON, ids=range(len(BAD_JSON)))
def test_bad_json(tmp_path, sealed, text):
    copy = tmp_path / "copy"
    shutil.copytree(sealed, copy)
    (copy / "manifest.json").write_bytes(text)
    refused("stats", "--keys", keys(), "--in", copy, "--out", tmp_path / "o", says="manifest.json", absent=tmp_path / "o")


def test_a_table_is_no_result(tmp_path, sealed, result):
    refused("decrypt", "--keys", keys(), "--in", sealed, says="not a result of jfhe stats")
    refused("stats", "--keys", keys(), "--in", result, "--out", tmp_path / "o", says="not a table of jfhe encrypt", absent=tmp_path / "o")


def test_levels_below_what_stats_needs(tmp_path):
    out = seal(write_table(tmp_path / "t.csv", ["a"], [[1, 2, 3]]), tmp_path / "low", "--level", "1")
    refused("stats", "--keys", keys(), "--in", out, "--out", tmp_path / "o", says="below level", absent=tmp_path / "o")


def test_random_damage(tmp_path, sealed, result):
    """Two hundred random changes of manifests: refused in one line, or as good as before; never a crash."""
    rng = np.random.default_rng(7)
    for i in range(200):
        copy = tmp_path / f"copy{i}"
        shutil.copytree(result, copy)
        data = bytearray((copy / "manifest.json").read_bytes())
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(len(data))] = rng.choice(list(b'0123456789"{}[],:.-ea\\\xff\x00'))
        (copy / "manifest.json").write_bytes(data)
        done = run("decrypt", "--keys", keys(), "--in", copy)
        assert done.returncode in (0, 2), data
        assert done.returncode == 0 or (done.stdout == "" and done.stderr.count("\n") == 1), done.stderr
        shutil.rmtree(copy)


def test_no_escape_sequence_reaches_a_terminal(tmp_path):
    """Names are data: neither messages nor tables repeat their control characters."""
    evil = "x\x1b[2J\u009b31m"
    line = refused("encrypt", "--keys", keys(), "--in", table(tmp_path, f"{evil}\nnone\n".encode()), "--out", tmp_path / "o", says="x?[2J??31m")
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line[:-1])
    seal(write_table(tmp_path / "t.csv", [evil], [[1, 2, 3]]), tmp_path / "s")
    works("stats", "--keys", keys(), "--in", tmp_path / "s", "--out", tmp_path / "r")
    for form in [[], ["--json"]]:
        text = works("decrypt", "--keys", keys(), "--in", tmp_path / "r", *form)
        assert "\x1b" not in text and (form or "\u009b" not in text)


def test_closed_or_full_output(sealed, result):
    words = [str(TOOL), "decrypt", "--keys", str(keys()), "--in", str(result)]
    with open("/dev/full", "w") as full:
        for more in [[], ["--json"], ["--csv"]]:
            done = subprocess.run(words + more, stdout=full, stderr=subprocess.PIPE, text=True)
            assert done.returncode == 2 and "standard output" in done.stderr
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and done.stderr == "jfhe: standard output cannot be written\n"


def test_closed_output_never_lands_in_a_file(tmp_path, sealed):
    """With standard output closed, a file of ours must not become descriptor 1."""
    out = tmp_path / "o"
    words = [str(TOOL), "stats", "--keys", str(keys()), "--in", str(sealed), "--out", str(out)]
    subprocess.run(["sh", "-c", '"$@" >&- 2>&-', "sh", *words])
    for path in out.iterdir():
        assert b"computed on ciphertexts" not in path.read_bytes()
    works("decrypt", "--keys", keys(), "--in", out)


def test_gone_is_a_check(tmp_path):
    """The helper itself must be able to fail."""
    (tmp_path / "x.part-abc").mkdir()
    with pytest.raises(AssertionError):
        gone(tmp_path / "x")

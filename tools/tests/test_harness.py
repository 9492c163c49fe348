"""The C harness and the counting of its programs notice failures, crashes and absent tests."""

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from support import lay, load

TEST = Path(__file__).resolve().parents[2] / "engine/test"
runner = load("run_tests.py")

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="needs cc")


def run(root, body, **env):
    lay(root, {"t.c": f'#include "harness.h"\n{body}\n'})
    subprocess.run(["cc", "-std=c17", f"-I{TEST}", str(root / "t.c"), str(TEST / "harness.c"), "-lm",
                    "-o", str(root / "t")], check=True)
    done = subprocess.run([str(root / "t")], capture_output=True, text=True, env=env)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("check", "message"), [
    ("CHECK(1 == 2)", "1 == 2"),
    ("CHECK_EQ(3, 4)", "got 3 (0x3), want 4"),
    ("CHECK_OK(5)", "status 5, want 0"),
    ("CHECK_STATUS(0, 5)", "status 0, want 5"),
    ("CHECK_CLOSE(1.0, 1.5, 0.25)", "off by 0.5"),
    ("CHECK_CLOSE(0.0 / 0.0, 0.0, 1.0)", "nan"),
    ('CHECK_MEM("abc", "abd", 3)', "byte 2 of 3 is 63, want 64"),
    ("REQUIRE(0)", ": 0"),
    ("REQUIRE_OK(2)", "status 2"),
])
def test_each_check_fails(tmp_path, check, message):
    status, out = run(tmp_path, f"JFI_TEST(good) {{ CHECK(1); }}\nJFI_TEST(bad) {{ {check}; }}")
    assert status == 1
    assert message in out
    assert out.endswith("1 passed, 1 failed\n")


def test_nothing_run_is_a_failure(tmp_path):
    assert run(tmp_path, "")[0] == 1


def test_skips_and_instruction_sets(tmp_path):
    body = "#include <string.h>\nJFI_TEST(a) { CHECK(!strcmp(jfi_test_isa(), \"ref\")); }"
    assert run(tmp_path, body, JFHE_ISA="ref,none") == (0, "1 checks\n1 passed, 0 failed, 1 skipped\n")
    assert run(tmp_path, 'JFI_TEST(a) { SKIP("why"); }')[0] == 77
    assert run(tmp_path, "JFI_TEST_SLOW(a) { CHECK(0); }")[0] == 77
    assert run(tmp_path, "JFI_TEST_SLOW(a) { CHECK(0); }", JFHE_TEST_SLOW="1")[0] == 1


def test_many_samples_where_the_engine_is_fast(tmp_path):
    body = "JFI_TEST_MANY(a) { CHECK(0); }"
    assert run(tmp_path, body)[0] == 1
    assert run(tmp_path, body, JFHE_ISA="ref")[0] == 77
    assert run(tmp_path, body, JFHE_ISA="ref", JFHE_TEST_SLOW="1")[0] == 1


def test_numbers_are_the_same_everywhere(tmp_path):
    body = """#include <inttypes.h>
    #include <stdio.h>
    JFI_TEST(a) { jfi_test_rng r; jfi_test_rng_init(&r, 0); printf("%" PRIx64 "\\n", jfi_test_rng_u64(&r));
      unsigned char b[3]; jfi_test_rng_fill(&r, b, 3); CHECK(jfi_test_rng_below(&r, 1) == 0); }"""
    first = run(tmp_path, body)[1].splitlines()[0]
    assert first == run(tmp_path, body)[1].splitlines()[0]
    assert first != run(tmp_path, body, JFHE_TEST_SEED="2")[1].splitlines()[0]


@pytest.mark.parametrize(("status", "output", "counts"), [
    ("run", "7 checks\n3 passed, 0 failed\n", (3, 0, 0)),
    ("fail", "FAIL x\n2 passed, 1 failed, 4 skipped\n", (2, 1, 4)),
    ("fail", "Segmentation fault", (0, 1, 0)),
    ("fail", "2 passed, 0 failed\nleak found", (2, 1, 0)),
    ("notrun", "0 passed, 0 failed, 2 skipped\n", (0, 0, 2)),
])
def test_counting(status, output, counts):
    case = ElementTree.Element("testcase", status=status)
    if status == "notrun":
        ElementTree.SubElement(case, "skipped", message="SKIP_RETURN_CODE=77")
    ElementTree.SubElement(case, "system-out").text = output
    assert runner.count_program(case)[:3] == counts


def test_suites_count_what_pytest_and_node_count(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    lay(tmp_path, {
        "test_py.py": "import pytest\ndef test_a(): pass\ndef test_b(): assert 0, 'because'\n@pytest.mark.skip\ndef test_c(): pass\n",
        "js.test.mjs": "import test from 'node:test';\ntest('a', () => {});\ntest('b', () => { throw new Error('of course'); });\n"
                       "test('c', { skip: true }, () => {});\n",
        "dies.test.mjs": "process.exit(3);\n"})
    tally = runner.Tally()
    runner.suites(tally, 2, {
        "py": lambda: runner.pytest(["test_*.py"]), "js": lambda: runner.node(["js.*"]),
        "dies": lambda: runner.node(["dies.*"]), "none": lambda: runner.node(["absent/*.mjs"])})
    assert (tally.passed, tally.failed, tally.skipped) == (2, 4, 2)
    told = capsys.readouterr().out
    assert told.index("py ") < told.index("js ") < told.index("none ")
    assert all(word in told for word in ("because", "of course", "no file is named absent/*.mjs"))

"""The stored vectors are what the model computes today, and the comparison can fail."""

import json
import os
import shutil

from tools.model import __main__ as command
from tools.model import emit


def test_stored_vectors_are_the_models():
    assert command.check("JFHE_TEST_SLOW" in os.environ) == []


def test_one_flipped_digit_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "vectors"
    shutil.copytree(emit.FOLDER, folder)
    monkeypatch.setattr(emit, "FOLDER", folder)
    path = folder / "ring.json"
    data = json.loads(path.read_text())
    case = next(c for c in data["cases"] if c["kind"] == "ntt")
    case["eval"] = case["eval"][:-1] + ("0" if case["eval"][-1] != "0" else "1")
    path.write_text(json.dumps(data))
    wrong = command.check(False)
    assert len(wrong) == 2 and "vectors.h" in wrong[0] and case["name"] in wrong[1]


def test_every_case_is_read_by_a_test_of_the_engine():
    programs = "".join(p.read_text() for p in emit.HEADER.parent.glob("t-*.c"))
    programs += (emit.HEADER.parent / "vec-world.c").read_text()
    for name in command.ABOUTS:
        for case in emit.read(name):
            assert f'"{case["kind"]}"' in programs, case["kind"]

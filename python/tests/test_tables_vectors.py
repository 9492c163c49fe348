"""The command line finds in the files of protocol/vectors/tables what expected.json says; the vault's tests read the same."""

import json

import pytest
from tables_vectors import FOLDER, expected, found

CASES = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_inference(case):
    want = {k: v for k, v in case.items() if k not in ("file", "delimiter", "drop")}
    assert found(FOLDER / case["file"]) == want


def test_all_files_are_expected():
    there = {p.name for p in FOLDER.iterdir()} - {"expected.json"}
    assert there == {case["file"] for case in CASES}
    assert len(there) > 45


def test_options_are_written_down():
    assert [{k: v for k, v in case.items() if k in ("file", "delimiter", "drop")} for case in expected()] == [
        {k: v for k, v in case.items() if k in ("file", "delimiter", "drop")} for case in CASES]

"""Writing the vectors: one JSON file a room, and one C header that holds them all, for tests that have no files."""

import json
from pathlib import Path

from .cases import to_json, to_words

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "protocol" / "vectors"
HEADER = ROOT / "engine" / "test" / "vectors.h"
HEAD = """/* vectors.h: the known answers of protocol/vectors, written by `python -m tools.model --write`; do not edit.
 * A case is a kind, a name and named rows of 64-bit words (tools/model/cases.py). */
/* clang-format off */
#ifndef JFI_TEST_VECTORS_H
#define JFI_TEST_VECTORS_H
#include "vec-cases.h"
"""


def json_text(about: str, cases: list[dict]) -> str:
    """The text of one file."""
    lines = [json.dumps({k: to_json(v) for k, v in case.items()}) for case in cases]
    return '{"about": ' + json.dumps(about) + ',\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"


def _name(*parts: str) -> str:
    """A C identifier."""
    return "_".join(parts).replace("-", "_")


def header_text(files: dict[str, list[dict]]) -> str:
    """The text of vectors.h from the cases of all files, in Python or in JSON form. Arrays are named after their case, so that
    a new case changes no other line."""
    rows, table = [], []
    for cases in files.values():
        for case in cases:
            fields = []
            for key, value in case.items():
                if key in ("kind", "name"):
                    continue
                words, array = to_words(value), _name("v", case["kind"], case["name"], key)
                rows.append(f"static const uint64_t {array}[] = {{" + ",".join(f"0x{x:x}u" for x in words) + "};")
                fields.append(f'{{"{key}",{len(words)},{array}}}')
            array = _name("f", case["kind"], case["name"])
            rows.append(f"static const vec_field {array}[] = {{" + ",".join(fields) + "};")
            table.append(f'{{"{case["kind"]}","{case["name"]}",{len(fields)},{array}}},')
    return (HEAD + "\n".join(rows) + "\nstatic const vec_case vec_cases_all[] = {\n" + "\n".join(table)
            + "\n};\nenum { VEC_CASES = sizeof vec_cases_all / sizeof vec_cases_all[0] };\n#endif\n")


def read(name: str) -> list[dict]:
    """The cases of a file as they lie on disk."""
    return json.loads((FOLDER / f"{name}.json").read_text())["cases"]


def others() -> dict[str, list[dict]]:
    """Cases that the engine wrote itself, to be the same in every build: the model does not compute programs."""
    return {"results": read("results")}


def write(abouts: dict[str, str], files: dict[str, list[dict]]) -> None:
    """Write every file and the header."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, cases in files.items():
        (FOLDER / f"{name}.json").write_text(json_text(abouts[name], cases))
    HEADER.write_text(header_text(files | others()))


def write_files(files: dict[Path, bytes]) -> None:
    """Write vectors that are files, and remove others beside them."""
    for folder in {path.parent for path in files}:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path not in files:
                path.unlink()
    for path, data in files.items():
        path.write_bytes(data)

"""Write or check the known-answer vectors: see the package's help text."""

import argparse
import sys

from . import emit, vec_base, vec_bgv, vec_ckks, vec_encode, vec_large, vec_program, vec_rlwe

ABOUTS = {"base": vec_base.BASE_ABOUT, "ring": vec_base.RING_ABOUT, "encode": vec_encode.ABOUT, "rlwe": vec_rlwe.ABOUT,
          "ckks": vec_ckks.ABOUT, "bgv": vec_bgv.ABOUT,
          "large": vec_large.ABOUT, "program": vec_program.ABOUT}


def build(everything: bool) -> dict[str, list[dict]]:
    """All cases, file by file; without `everything`, the slow ones are left out."""
    return {"base": vec_base.base(), "ring": vec_base.ring(), "encode": vec_encode.cases(), "rlwe": vec_rlwe.cases(),
            "ckks": vec_ckks.cases(), "bgv": vec_bgv.cases(),
            "large": vec_large.quick() + (vec_large.slow() if everything else []), "program": vec_program.cases()}


def check(everything: bool) -> list[str]:
    """What differs from the files, one line each."""
    wrong = []
    stored = {name: emit.read(name) for name in ABOUTS}
    if emit.HEADER.read_text() != emit.header_text(stored | emit.others()):
        wrong.append(f"{emit.HEADER.name} does not hold what protocol/vectors holds: run python -m tools.model --write")
    for name, cases in build(everything).items():
        known = {case["name"]: case for case in stored[name]}
        for case in cases:
            if known.get(case["name"]) != {k: emit.to_json(v) for k, v in case.items()}:
                wrong.append(f"{name}.json: {case['name']} is not what the model computes")
        if everything and len(known) != len(cases):
            wrong.append(f"{name}.json: {len(known)} cases, the model has {len(cases)}")
    files = vec_program.files(vec_program.cases())
    there = {path: path.read_bytes() for path in (emit.FOLDER / "program").glob("*")}
    return wrong + [f"program/{path.name} is not what the model writes" for path in sorted(files.keys() | there.keys())
                    if files.get(path) != there.get(path)]


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.model", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="compute all vectors and write them")
    what.add_argument("--check", action="store_true", help="recompute the quick vectors and compare")
    parser.add_argument("--all", action="store_true", help="with --check: the slow ones too")
    args = parser.parse_args()
    if args.write:
        emit.write(ABOUTS, build(True))
        emit.write_files(vec_program.files(vec_program.cases()))
        return 0
    wrong = check(args.all)
    print("\n".join(wrong) if wrong else "every vector agrees with the model")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

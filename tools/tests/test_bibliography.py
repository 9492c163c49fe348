"""Every key that a comment or a page cites has its line in docs/bibliography.md, and every line is cited."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"\[([A-Z][A-Za-z]*\d\d[a-z]?)(?:,[^\]\n]*)?\]")
LISTED = re.compile(r"^\| ([A-Z][A-Za-z]*\d\d[a-z]?) \|", re.M)


def sources():
    yield from (p for p in (ROOT / "engine").rglob("*.[ch]"))
    yield from (p for folder in ("tools", "engine", "protocol", "python", "bench") for p in (ROOT / folder).rglob("*.py"))
    yield from (p for folder in ("docs", "protocol") for p in (ROOT / folder).rglob("*.md") if p.name != "bibliography.md")


def test_cited_is_listed_and_listed_is_cited():
    cited = {}
    for path in sources():
        for key in CITED.findall(path.read_text()):
            cited.setdefault(key, path.relative_to(ROOT).as_posix())
    listed = LISTED.findall((ROOT / "docs/bibliography.md").read_text())
    assert cited
    assert {key: where for key, where in cited.items() if key not in listed} == {}
    assert sorted(set(listed) - set(cited)) == []
    assert listed == sorted(set(listed), key=str.lower)

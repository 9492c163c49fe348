"""What changed between two manifests, and one manifest of two changes that touch other columns."""

from .errors import Refused
from .manifests import TABLE, listed, summary
from .manifests import kind as kind_of
from .trees import MANIFEST

AGAIN = "Open the new head and apply your change to it."  # what to do where the other side was first
_PARTS = ("files", "mask", "exact")  # members that list files


def _named(root):
    return {c["name"]: c for c in root["columns"]} if root["format"] == TABLE else {}


def _chunks(old, new, part):
    """Numbers of the files whose bytes differ, or that one side lacks; of columns that are exact alone the exact ones."""
    a, b = ([f["sha256"] for f in (c.get(part) or (c.get("exact") or {}).get(part) or [])] for c in (old, new))
    short = min(len(a), len(b))
    return [i for i in range(short) if a[i] != b[i]] + list(range(short, max(len(a), len(b))))


def _changed(name, old, new):
    described = sorted(k for k in {*old, *new} - {*_PARTS} if old.get(k) != new.get(k))
    if (old.get("exact") is None) != (new.get("exact") is None):
        described.append("exact")
    found = {"name": name, "chunks": _chunks(old, new, "files"), "mask_chunks": _chunks(old, new, "mask"),
             "described": described}
    return found if found["chunks"] or found["mask_chunks"] or described else None


def diff(old, new):
    """What differs between two snapshots.

    Parameters
    ----------
    old, new : pair of (Tree, dict)
        Tree and manifest.

    Returns
    -------
    dict
        As `Diff` of protocol/rest.yaml, without `from` and `to`.
    """
    (tree_a, a), (tree_b, b) = old, new
    columns_a, columns_b = _named(a), _named(b)
    both = [n for n in columns_a if n in columns_b]
    changed = [c for n in both if (c := _changed(n, columns_a[n], columns_b[n]))]
    shared = [n for n in tree_a.files if n in tree_b.files]
    return {
        "same": tree_a == tree_b,
        "kind": {"from": kind_of(a), "to": kind_of(b)},
        "rows": {"from": summary(a)["rows"], "to": summary(b)["rows"]},
        "columns": {"added": [n for n in columns_b if n not in columns_a],
                    "removed": [n for n in columns_a if n not in columns_b],
                    "changed": changed, "unchanged": len(both) - len(changed)},
        "files": {"added": len(tree_b.files) - len(shared), "removed": len(tree_a.files) - len(shared),
                  "changed": sum(tree_a.files[n][0] != tree_b.files[n][0] for n in shared)},
    }


def _pick(base, ours, theirs, what):
    """One of two changes of one thing; None stands for absent."""
    if ours in (theirs, base):
        return theirs
    if theirs == base:
        return ours
    raise Refused("conflict", f"the branch has moved, and both sides changed {what}", AGAIN)


def merge(base, ours, theirs):
    """Apply the change from `base` to `ours` on `theirs`, which came from `base` too.

    Parameters
    ----------
    base, ours, theirs : pair of (Tree, dict)

    Returns
    -------
    files : dict
        Of the merged tree, without the manifest.
    manifest : dict

    Raises
    ------
    Refused
        When both changed one column, one other file, or what holds for the whole table; and for arrays.
    """
    roots = [m for _, m in (base, ours, theirs)]
    if any(root["format"] != TABLE for root in roots):
        raise Refused("conflict", "the branch has moved", AGAIN)
    whole = [{k: v for k, v in root.items() if k != "columns"} for root in roots]
    if not whole[0] == whole[1] == whole[2]:
        raise Refused("conflict", "the branch has moved, and rows or parameters differ", "Open the new head and start from it.")
    old, mine, other = (_named(root) for root in roots)
    order = [*other, *(n for n in mine if n not in other)]
    chosen = {n: _pick(old.get(n), mine.get(n), other.get(n), f"column {n!r}") for n in order}
    columns = [c for c in chosen.values() if c is not None]
    if not columns:
        raise Refused("conflict", "the branch has moved, and no column would be left")
    return _files(base, ours, theirs, columns), {**whole[2], "columns": columns}


def _files(base, ours, theirs, columns):
    held = [{f["name"] for c in root["columns"] for part in listed(c) for f in part} for _, root in (base, ours, theirs)]
    files = {}
    for column in columns:
        for part in listed(column):
            for entry in part:
                name, sha256 = entry["name"], entry["sha256"]
                found = next(t.files[name] for t, _ in (ours, theirs) if t.files.get(name, ("",))[0] == sha256)
                if files.setdefault(name, found) != found:
                    raise Refused("conflict", "the branch has moved, and both sides wrote a file of one name")
    others = sorted({n for t, _ in (base, ours, theirs) for n in t.files} - set().union(*held) - {MANIFEST})
    for name in others:
        found = _pick(*(t.files.get(name) for t, _ in (base, ours, theirs)), f"file {name}")
        if found is not None:
            files[name] = found
    return files

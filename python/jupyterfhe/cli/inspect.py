"""``jupyterfhe inspect``: what is public of a table, a result or a container."""

import json
import os
from pathlib import Path

from ..core import containers, errors, tables
from .main import BAD, home_of, say
from .text import bounds, columns, harmless

MEMBERS = (("shape", list), ("dtype", str), ("key_id", str), ("key", str), ("params", str))  # of results' manifests


def _table(name, table):
    out = {"name": name, "object": "table", "rows": table.rows, "columns": len(table.columns), "level": table.level,
           "log_slots": table.log_slots, "params": table.params_hash, "key_id": table.key_id, "fields": []}
    for c in table.columns:
        out["fields"].append({"name": c.name, "kind": c.kind, "unit": c.unit, "epoch": c.epoch, "lo": c.lo, "hi": c.hi,
                              "categories": c.categories, "mask": c.masked, "files": len(c.files),
                              "exact": "no" if not c.exact else "both" if c.approximate else "yes"})
    return out


def _table_text(found, size):
    print(f"{found['name']}: encrypted table, {found['rows']} rows, {found['columns']} columns, {containers.human(size)}")
    print(f"  key {found['key_id'][:8]}, parameters {found['params'][:16]}..., level {found['level']}, "
          f"2^{found['log_slots']} rows a ciphertext\n")
    rows = [["column", "type", "bounds", "may be missing"]]
    for c in found["fields"]:
        words = bounds(c["kind"], c["lo"], c["hi"], c["unit"], c["epoch"])
        if c["kind"] == "category":
            words = " | ".join(c["categories"]) if c["categories"] else "labels are the owner's"
        exact = {"no": "", "yes": ", exact", "both": ", exact and approximate"}[c["exact"]]
        rows.append([c["name"], c["kind"] + exact, words, "yes" if c["mask"] else "no"])
    print("\n".join("  " + line for line in columns(rows, most=60)))


def _folder(name, folder, as_json):
    size = sum(p.stat().st_size for p in folder.iterdir() if p.is_file())
    kind = tables.format_of(folder)
    if kind == tables.FORMAT:
        found = _table(name, tables.open_table(folder)) | {"bytes": size}
        if not as_json:
            return _table_text(found, size)
    else:
        root = tables.manifest_of(folder)
        found = {"name": name, "object": kind, "bytes": size}
        for member, wanted in (*MEMBERS, ("assumed", list)):
            if isinstance(root.get(member), wanted) and len(root[member]) <= 64 and (root[member] or member == "shape"):
                found[member] = root[member]
        if not as_json:
            said = [(k, str(found[k])) for k, _ in MEMBERS if k in found]
            words = [f"{k} {v}" if len(v) <= 32 else f"{k} {v[:16]}..." for k, v in said]
            print(f"{name}: {harmless(kind)}, {containers.human(size)}")
            for line in ([", ".join(words)] if words else []) + [f"assumed: {text}" for text in found.get("assumed", [])]:
                print(f"  {harmless(line)}")
            return None
    print(json.dumps(found, ensure_ascii=False))
    return None


def _file(path, as_json):
    info = containers.inspect_file(path)
    size = os.stat(path).st_size
    if size != info.total_bytes:
        raise errors.TruncatedError(f"{path}: {size} bytes, its header says {info.total_bytes}")
    found = {"file": str(path), "object": info.object_text, "encoding": info.encoding_text, "bytes": info.total_bytes,
             "log_n": info.log_n, "level": info.level, "params": info.params_hash, "key_id": info.key_id}
    is_ct = info.object == containers.OBJECTS["ciphertext"]
    if is_ct:
        found |= {"log_slots": info.log_slots, "scale": info.scale, "magnitude": info.magnitude,
                  "error_worst": info.error_worst, "error_probable": info.error_probable}
    if as_json:
        print(json.dumps(found))
        return
    print(f"{harmless(str(path))}: {found['object']}, {found['encoding']}, {containers.human(size)}")
    print(f"  parameters {info.params_hash[:16]}..., degree 2^{info.log_n}, key {info.key_id[:8]}, level {info.level}")
    if is_ct:
        print(f"  2^{info.log_slots} numbers, |number| <= {info.magnitude:.4g}, error <= {info.error_worst:.1e}")


def _all(space, as_json):
    """One line for each table and result."""
    names = space.names()
    if as_json:
        print(json.dumps({"home": str(space.home), "names": [{"name": n, "format": tables.format_of(space.place(n))}
                                                             for n in names]}))
        return
    print(f"Workspace {harmless(str(space.home))}: {len(names) or 'no'} {'name' if len(names) == 1 else 'names'}")
    for name in names:
        try:
            kind = tables.format_of(space.place(name))
        except errors.JupyterFHEError:
            kind = "no manifest that can be read"
        print(f"  {name}  {harmless(kind)}")


def run(args):
    """Do it; what is wrong with one does not keep others from being shown.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
    """
    if not args.what:
        _all(home_of(args), args.json)
        return 0
    status = 0
    for what in args.what:
        try:
            path = Path(what)
            if "/" not in what and not path.exists():
                path = home_of(args).existing(what)
            if path.is_dir():
                _folder(path.name if "/" not in what else what, path, args.json)
            else:
                _file(path, args.json)
        except errors.JupyterFHEError as why:
            say(f"{what}: {why.detail}. {why.advice}" if what not in why.detail else str(why))
            status = BAD
        except OSError as why:
            say(f"{what}: {why.strerror}")
            status = BAD
    return status

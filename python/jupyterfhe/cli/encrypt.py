"""``jupyterfhe encrypt``: shows what a table's columns hold, asks, encrypts."""

import json
import os
import sys
import time

from ..client import tables
from ..client.tables_cells import MISSING
from ..client.tables_declared import parse_override
from ..core.containers import human
from ..core.parameters import Parameters
from . import kept
from .main import Refused, home_of, load_key
from .text import bounds, columns, harmless, progress, seconds


def _log(slots):
    if slots is None:
        return None
    if slots < 1 or slots & (slots - 1):
        raise Refused("encrypt: --slots wants a power of two; see jupyterfhe help encrypt")
    return slots.bit_length() - 1


def _delimiter(word):
    word = {"tab": "\t", "\\t": "\t"}.get(word, word)
    if word is not None and (len(word) != 1 or not word.isascii() or word in '"\r\n\0'):
        raise Refused("encrypt: --delimiter wants one character; see jupyterfhe help encrypt")
    return word


def _overrides(args):
    out = {}
    for text in args.column:
        name, declared = parse_override(text)
        if set(declared) & set(out.get(name, {})):
            raise Refused(f"encrypt: --column declares something of {name!r} twice")
        out.setdefault(name, {}).update(declared)
    return out


def _exact(args, space):
    """How whole numbers are encrypted where nothing is declared of a column; None for what every client does."""
    if args.exact or space is None:
        return args.exact
    return "yes" if Parameters.load(space.keys).name.startswith("exact") else None


def _described(spec):
    return {"name": spec.name, "public_name": spec.public_name, "kind": spec.kind, "unit": spec.unit, "epoch": spec.epoch,
            "lo": spec.lo, "hi": spec.hi, "declared": spec.declared, "categories": spec.labels,
            "public_categories": spec.public_labels, "missing": spec.found_missing, "mask": spec.masked, "exact": spec.exact}


def _bounds_text(spec):
    if spec.kind == "category":
        labels = " | ".join(spec.labels)
        return labels if spec.public_labels else f"{len(spec.labels)} labels, private"
    return bounds(spec.kind, spec.lo, spec.hi, spec.unit, spec.epoch) + (" (declared)" if spec.declared else "")


def show(draft, out):
    """Print the columns, and what becomes public.

    Parameters
    ----------
    draft : jupyterfhe.client.tables.Draft
    out : file
    """
    print(f"{harmless(str(draft.source.path))}: {draft.rows} rows\n", file=out)
    sealed = any(spec.public_name != spec.name for spec in draft.specs)
    rows = [["column", *(["in scripts"] if sealed else []), "type", "bounds", "missing"]]
    for spec in draft.specs:
        exact = {"no": "", "yes": ", exact", "both": ", exact and approximate"}[spec.exact]
        missing = f"{spec.found_missing}" + (" (mask)" if spec.masked else "")
        rows.append([spec.name, *([spec.public_name] if sealed else []), spec.kind + exact, _bounds_text(spec), missing])
    print("\n".join(columns(rows, most=60)), file=out)
    if draft.left_out:
        print(f"\nleft out: {harmless(', '.join(draft.left_out))}", file=out)
    masks = sum(spec.masked for spec in draft.specs)
    labels = {spec.public_labels for spec in draft.specs if spec.kind == "category"}
    secret = [words for words, yes in (("every value", True), ("names of columns", sealed), ("private labels", False in labels),
                                       ("which values are missing", masks)) if yes]
    public = f"these {'' if sealed else 'names, '}types and bounds{', labels as shown' if True in labels else ''}, "
    public += "which columns have a mask, " if masks else ""
    print(f"\nPublic afterwards: {public}the number of rows.\nSecret: {', '.join(secret)}.", file=out)


def _confirmed(args):
    if args.yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or args.json:
        raise Refused("encrypt: say --yes to encrypt the columns as shown, or --column to change them; nothing was written")
    sys.stdout.flush()
    print("\nEncrypt like this? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def run(args):
    """Do it.

    Parameters
    ----------
    args : argparse.Namespace

    Returns
    -------
    int
    """
    start, log_slots, delimiter, overrides = time.monotonic(), _log(args.slots), _delimiter(args.delimiter), _overrides(args)
    space = place = None
    if args.name is not None:
        space = home_of(args)
        place = space.place(args.name)
        if os.path.lexists(place):
            raise Refused(f"{place} exists already; choose another name, nothing was written")
    with tables.open_source(args.file, args.format, delimiter) as source:
        draft = tables.draft(source, only=args.only or None, drop=args.drop, overrides=overrides, labels=args.categories,
                             names=args.names, missing=args.missing or "auto", words=(*MISSING, *args.na),
                             exact=_exact(args, space), progress=progress)
        if not args.json:
            show(draft, sys.stdout)
        if args.dry_run:
            if args.json:
                print(json.dumps({"rows": draft.rows, "columns": [_described(s) for s in draft.specs]}, ensure_ascii=False))
            return 0
        if not _confirmed(args):
            print("Nothing was written.", file=sys.stderr)
            return 1
        with load_key(args, space) as key:
            space.data.mkdir(exist_ok=True)
            undo = kept.keep(space, args.name, draft.specs)
            try:
                made = draft.encrypt(place, key, level=args.level, log_slots=log_slots, results=args.results,
                                     progress=progress)
            except BaseException:
                undo()
                raise
    spent = time.monotonic() - start
    if args.json:
        print(json.dumps({"name": args.name, "folder": str(place), "rows": draft.rows, **made, "seconds": round(spent, 3),
                          "columns": [_described(s) for s in draft.specs]}, ensure_ascii=False))
        return 0
    print(f"\n{args.name}: {made['files']} files, {human(made['bytes'])} in {harmless(str(place))}, made in {seconds(spent)}")
    return 0

"""Look for secrets where none may be: memory of processes, files, recorded traffic.

    canaries.py NEEDLES.json [--pid PID]... [--path FOLDER|FILE]...

NEEDLES.json: {"numbers": [float, ...], "texts": [str, ...], "bytes": {"name": hex, ...}}. Each is looked for in many forms: as
text, as base64 at each of three places, as hex in both cases, reversed in UTF-16, and numbers as float64 and float32 of both orders of
bytes. Prints {"found": [{"needle", "form", "where"}], "searched": bytes}. Reads /proc/PID/mem: as root, or where that is allowed.
"""

import argparse
import base64
import json
import os
import struct
import sys
from pathlib import Path

import numpy as np

BLOCK = 32 << 20
MAX_PER_NEEDLE = 50  # places that are told


def base64_forms(data):
    """What of the base64 of any text with these bytes in it does not depend on their neighbours."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)
        begin = (0, 2, 3)[shift]
        end = len(text) - (0 if (len(data) + shift) % 3 == 0 else 4)
        if end - begin >= 8:
            yield text[begin:end]


def encodings(name, data):
    """Forms of bytes: (name of the form, bytes)."""
    yield name, data
    yield f"{name}, hex", data.hex().encode()
    yield f"{name}, HEX", data.hex().upper().encode()
    for text in base64_forms(data):
        yield f"{name}, base64", text
        yield f"{name}, base64url", text.replace(b"+", b"-").replace(b"/", b"_")


def needles(spec):
    """{bytes: (needle, form)} of all that is looked for."""
    found = {}

    def add(needle, name, data):
        for form, text in encodings(name, data):
            if len(text) >= 6:
                found.setdefault(text, (needle, form))

    for number in spec.get("numbers", ()):
        needle = repr(number)
        add(needle, "text", needle.encode())
        found.setdefault(needle.encode("utf-16-le"), (needle, "UTF-16"))
        for order, name in (("<", "little"), (">", "big")):
            add(needle, f"float64 {name}", struct.pack(order + "d", number))
    for text in spec.get("texts", ()):
        add(text, "text", text.encode())
        found.setdefault(text.encode("utf-16-le"), (text, "UTF-16"))
    for name, digits in spec.get("bytes", {}).items():
        if len(set(bytes.fromhex(digits))) < 8:
            raise SystemExit(f"{name}: too few different bytes to be looked for")
        add(name, "bytes", bytes.fromhex(digits))
    return found


class Searcher:
    """Finds many needles in one pass: a table of the needles' first two bytes, then of the next two, then all of them."""

    def __init__(self, found):
        self.forms, self.longest = found, max(map(len, found))
        self.first, self.second = np.zeros(1 << 16, bool), np.zeros(1 << 16, bool)
        self.by_head = {}
        for text in found:
            self.first[text[0] << 8 | text[1]] = self.second[text[2] << 8 | text[3]] = True
            self.by_head.setdefault(text[:4], []).append(text)

    def search(self, block):
        """Yield the needles in a block of bytes."""
        a = np.frombuffer(block, np.uint8)
        if len(a) < 4:
            return
        pairs = a[:-1].astype(np.uint16) << 8 | a[1:]
        at = np.flatnonzero(self.first[pairs[:-2]])
        at = at[self.second[pairs[at + 2]]]
        for i in at.tolist():
            for text in self.by_head.get(block[i:i + 4], ()):
                if block.startswith(text, i):
                    yield text


def memory(pid):
    """Blocks of a process's readable memory, with the name of the area."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            place, rights, *rest = line.split()
            if "r" not in rights or rest[-1] in ("[vvar]", "[vsyscall]"):
                continue
            begin, end = (int(x, 16) for x in place.split("-"))
            for at in range(begin, end, BLOCK):
                try:
                    mem.seek(at)
                    yield f"{line.split()[-1]}", mem.read(min(BLOCK + 4096, end - at))
                except (OSError, ValueError):
                    break


def files(path):
    """Blocks of all files in a folder, and their names, which may tell something too."""
    path = Path(path)
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
        yield "a name", str(file).encode()
        try:
            with open(file, "rb") as data:
                before = b""
                while block := data.read(BLOCK):
                    yield str(file), before + block
                    before = block[-4096:]
        except FileNotFoundError:  # a database's journal comes and goes
            continue


def main(words):
    """Search, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("needles", type=Path)
    parser.add_argument("--pid", type=int, action="append", default=[])
    parser.add_argument("--path", action="append", default=[])
    args = parser.parse_args(words)
    searcher, found, searched = Searcher(needles(json.loads(args.needles.read_text()))), {}, 0
    places = [(f"process {pid}", lambda pid=pid: memory(pid)) for pid in args.pid if pid != os.getpid()]
    places += [("", lambda path=path: files(path)) for path in args.path]
    for title, blocks in places:
        for where, block in blocks():
            searched += len(block)
            for text in searcher.search(block):
                needle, form = searcher.forms[text]
                spots = found.setdefault((needle, form), [])
                spot = f"{title} {where}".strip()
                if len(spots) < MAX_PER_NEEDLE and spot not in spots:
                    spots.append(spot)
    out = [{"needle": n, "form": f, "where": w} for (n, f), w in found.items()]
    print(json.dumps({"found": out, "searched": searched}))


if __name__ == "__main__":
    main(sys.argv[1:])

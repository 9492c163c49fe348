"""OpenFHE's Python binding: means and covariances of a table whose columns are vectors of ciphertexts.

Two ways: `openfhe` multiplies as its examples do; `openfhe-lean` first drops the levels that are not needed, relinearises
and rescales sums of products once.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import peer_table as table
from openfhe_bench import checked_context


class Library(table.Library):
    """What the table needs of OpenFHE."""

    def __init__(self, args):
        self.cc, self.note = checked_context(args)
        self.keys = self.cc.KeyGen()
        self.cc.EvalMultKeyGen(self.keys.secretKey)
        self.slots, self.lean, self.top = 1 << (args.logn - 1), args.way == "lean", len(args.bits) - 1
        self.cc.EvalRotateKeyGen(self.keys.secretKey, [1 << i for i in range(args.logn - 1)])

    def encrypt(self, values):
        return self.cc.Encrypt(self.keys.secretKey, self.cc.MakeCKKSPackedPlaintext(values))

    def decrypt(self, ciphertext):
        return self.cc.Decrypt(self.keys.secretKey, ciphertext).GetRealPackedValue()[0]

    def lowered(self, column, levels):
        return [self.cc.LevelReduce(c, None, self.top - levels) for c in column] if self.lean else column

    def add(self, chunks):
        total = chunks[0]
        for c in chunks[1:]:
            total = self.cc.EvalAdd(total, c)
        return total

    def over_slots(self, c):
        shift = 1
        while shift < self.slots:
            c = self.cc.EvalAdd(c, self.cc.EvalRotate(c, shift))
            shift *= 2
        return c

    def scaled(self, c, factor):
        return self.cc.Rescale(self.cc.EvalMult(c, factor))

    def product(self, a, b):
        return self.cc.Rescale(self.cc.EvalMult(a, b))

    def dot(self, xs, ys):
        if not self.lean:
            return self.add([self.product(x, y) for x, y in zip(xs, ys, strict=True)])
        total = None
        for x, y in zip(xs, ys, strict=True):
            p = self.cc.EvalMultNoRelin(x, y)
            total = p if total is None else self.cc.EvalAdd(total, p)
        return self.cc.Rescale(self.cc.Relinearize(total))

    def minus(self, a, b):
        return self.cc.EvalSub(a, b)


if __name__ == "__main__":
    args = table.arguments()
    library = Library(args)
    name = "openfhe-lean" if library.lean else "openfhe"
    flags = ["wheel, no HEXL, Python binding", "levels dropped first, sums relinearised once" * library.lean, library.note]
    printer = table.Printer(name, importlib.metadata.version("openfhe"), ", ".join(filter(None, flags)), args)
    table.run(library, printer, args)

"""TenSEAL: means and covariances of a table of CKKS vectors, and products of matrices.

It relinearises after each product. The `lean` way brings vectors down to the level that is needed by multiplying with 1,
for it has no other; and for products with public matrices it leaves rescaling out, which nothing needs before decryption.

Matrices: column k of the left factor lies in one vector, as often as it fits; row k of the right one beside it, each number
repeated. The sum over k of their products holds whole columns of the result, with no rotation.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import matrices
import numpy as np
import peer_table as table
import tenseal as ts


class Library(table.Library):
    """What the table needs of TenSEAL."""

    def __init__(self, args):
        bits = [*args.bits, args.special[0]]  # SEAL has one special prime, the last
        self.context = ts.context(ts.SCHEME_TYPE.CKKS, 1 << args.logn, coeff_mod_bit_sizes=bits,
                                  encryption_type=ts.ENCRYPTION_TYPE.SYMMETRIC, n_threads=args.threads)
        self.context.global_scale = 2.0**args.scale
        self.slots, self.lean, self.top = 1 << (args.logn - 1), args.way == "lean", len(args.bits) - 1

    def encrypt(self, values):
        return ts.ckks_vector(self.context, values)

    def decrypt(self, vector):
        return vector.decrypt()[0]

    def lowered(self, column, levels):
        if not self.lean:
            return column
        for _ in range(self.top - levels):
            column = [c * 1.0 for c in column]
        return column

    def add(self, chunks):
        if len(chunks) == 1:
            return chunks[0]
        total = chunks[0] + chunks[1]
        for c in chunks[2:]:
            total += c
        return total

    def sums(self, table):
        return [self.add(column) for column in table]  # lowering would cost more than it saves

    def over_slots(self, c):
        return c.sum()

    def scaled(self, c, factor):
        return c * factor

    def product(self, a, b):
        return a * b

    def dot(self, xs, ys):
        total = xs[0] * ys[0]
        for x, y in zip(xs[1:], ys[1:], strict=True):
            total += x * y
        return total

    def minus(self, a, b):
        return a - b


def product(library, side, terms, encrypted):
    """The first vector of a product's columns, `terms` of the sum: seconds, and how far it is off."""
    a, b = matrices.factors(side)
    wide = library.slots // side
    left = library.lowered([library.encrypt(np.tile(a[:, k], wide).tolist()) for k in range(terms)], 1)
    right = [np.repeat(b[k, :wide], side).tolist() for k in range(terms)]
    if encrypted:
        right = library.lowered([library.encrypt(row) for row in right], 1)
    took, got = table.seconds(lambda: library.dot(left, right))
    want = a[:, :terms] @ b[:terms, :wide]
    return took, np.abs(np.array(got.decrypt()).reshape(wide, side).T - want).max()


def run_matrices(library, printer) -> None:
    """Both products, of each one vector of columns."""
    for side, encrypted in ((matrices.ENCRYPTED, True), (matrices.PLAIN, False)):
        library.context.auto_rescale = encrypted or not library.lean
        vectors = side * side // library.slots
        terms = min(side, 128)
        one, _ = product(library, side, terms // 2, encrypted)
        two, off = product(library, side, terms, encrypted)
        printer.line(matrices.NAMES[side], [two * (side / terms) * vectors], off, matrices.WRONG,
                     measured=f"{terms} of {side * vectors} products of vectors", linear=matrices.linear(one, two))


if __name__ == "__main__":
    args = table.arguments()
    library = Library(args)
    flags = "wheel, SEAL without HEXL, Python binding" + (", levels dropped first by products with 1" if library.lean else "")
    printer = table.Printer("tenseal" + ("-lean" if library.lean else ""), importlib.metadata.version("tenseal"), flags, args)
    if args.what == "matrices":
        run_matrices(library, printer)
    else:
        library.context.generate_galois_keys()
        table.run(library, printer, args)

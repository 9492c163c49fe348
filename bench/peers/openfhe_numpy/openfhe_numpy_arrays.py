"""openfhe-numpy: products of matrices. It has them for two square matrices that fit one ciphertext each, so larger ones go
block by block, as a user has to write it.

The `lean` way has a chain of as many primes as one product needs, for the library's products of what is encrypted at a lower
level are wrong. What is measured is two products of blocks and their sum; the time is scaled by how many there are.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "openfhe"))
import matrices
import numpy as np
import openfhe as fhe
import openfhe_numpy as onp
import peer_table as table

SIDE = 64  # of a block: 64 * 64 = 2^12 numbers; 128 * 128 do not fit 2^13 slots
DEPTH = 3


def context(args) -> fhe.CryptoContext:
    """The library wants automatic rescaling."""
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetRingDim(1 << args.logn)
    parameters.SetMultiplicativeDepth(len(args.bits) - 1)
    parameters.SetFirstModSize(args.bits[0])
    parameters.SetScalingModSize(args.scale)
    parameters.SetScalingTechnique(fhe.FIXEDAUTO)
    parameters.SetKeySwitchTechnique(fhe.HYBRID)
    parameters.SetNumLargeDigits(args.dnum)
    parameters.SetSecretKeyDist(fhe.UNIFORM_TERNARY)
    parameters.SetSecurityLevel(fhe.SecurityLevel.HEStd_NotSet)
    parameters.SetBatchSize(1 << (args.logn - 1))
    cc = fhe.GenCryptoContext(parameters)
    for feature in (fhe.PKE, fhe.KEYSWITCH, fhe.LEVELEDSHE, fhe.ADVANCEDSHE):
        cc.Enable(feature)
    return cc


class Blocks:
    """Blocks of matrices and their products."""

    def __init__(self, args):
        self.cc = context(args)
        self.keys = self.cc.KeyGen()
        self.cc.EvalMultKeyGen(self.keys.secretKey)
        onp.EvalSquareMatMultRotateKeyGen(self.keys.secretKey, SIDE)
        self.slots = 1 << (args.logn - 1)

    def block(self, matrix, r, c, encrypted=True):
        """One block, encrypted or not."""
        part = matrix[r * SIDE:(r + 1) * SIDE, c * SIDE:(c + 1) * SIDE]
        kind = "C" if encrypted else "P"
        return onp.array(self.cc, part, self.slots, onp.ROW_MAJOR, kind, public_key=self.keys.publicKey)

    def product(self, a, b, count, encrypted):
        """``count`` products of blocks and their sum: seconds, and how far it is off."""
        left = [self.block(a, 0, k) for k in range(count)]
        right = [self.block(b, k, 0, encrypted) for k in range(count)]

        def total():
            out = left[0] @ right[0]
            for x, y in zip(left[1:], right[1:], strict=True):
                out = out + x @ y
            return out

        took, got = table.seconds(total)
        want = a[:SIDE, :count * SIDE] @ b[:count * SIDE, :SIDE]
        return took, np.abs(np.array(got.decrypt(self.keys.secretKey, unpack_type="original")) - want).max()


def main() -> None:
    args = table.arguments()
    if args.way == "lean":
        args.bits, args.dnum = args.bits[:DEPTH + 1], 2
    blocks = Blocks(args)
    name = "openfhe-numpy" + ("-lean" if args.way == "lean" else "")
    flags = "wheel, no HEXL, over the 128-bit limit by its 60-bit special primes" + (
        ", a chain for this product alone" if args.way == "lean" else "")
    printer = table.Printer(name, importlib.metadata.version("openfhe-numpy"), flags, args)
    for side, encrypted in ((matrices.ENCRYPTED, True), (matrices.PLAIN, False)):
        a, b = matrices.factors(side)
        one, _ = blocks.product(a, b, 1, encrypted)
        two, off = blocks.product(a, b, 2, encrypted)
        count = (side // SIDE)**3
        printer.line(matrices.NAMES[side], [two / 2 * count], off, matrices.WRONG, measured=f"2 of {count} products of blocks",
                     linear=matrices.linear(one, two))


if __name__ == "__main__":
    main()

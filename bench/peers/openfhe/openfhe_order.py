"""OpenFHE: the least of some numbers and where it stands, by switching every difference to FHEW, where its sign is told, and back."""

from __future__ import annotations

import argparse
import importlib.metadata
import resource
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import measure
import openfhe as fhe
import openfhe_setup

DEPTH = 13  # of the way back from FHEW to CKKS, and of a product; every halving of the numbers takes one more
LARGE = 25  # bits of the modulus at which FHEW tells signs of many bits
ENLARGED = 512  # what differences are multiplied by on their way


def more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--numbers", type=int, default=8, help="a power of two")
    parser.add_argument("--steps", type=int, default=16, help="of [0, 1], at which numbers lie")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    parser.add_argument("--toy", action="store_true", help="no security, a small ring: to see that it runs")


def context(args, depth: int, security) -> fhe.CryptoContext:
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetFirstModSize(60)
    parameters.SetScalingModSize(50)
    parameters.SetScalingTechnique(fhe.FLEXIBLEAUTO)
    parameters.SetBatchSize(args.numbers)
    cc = openfhe_setup.finish(parameters, 13 if args.toy else args.logn, depth, security)
    cc.Enable(fhe.ADVANCEDSHE)
    cc.Enable(fhe.SCHEMESWITCH)
    return cc


def switching(cc: fhe.CryptoContext, keys, args) -> None:
    """Keys for the ways to FHEW and back; without security where there is none on this side either."""
    how = fhe.SchSwchParams()
    how.SetSecurityLevelCKKS(fhe.HEStd_NotSet if args.toy else fhe.HEStd_128_classic)
    how.SetSecurityLevelFHEW(fhe.TOY if args.toy else fhe.STD128)
    how.SetCtxtModSizeFHEWLargePrec(LARGE)
    how.SetNumSlotsCKKS(args.numbers)
    how.SetNumValues(args.numbers)
    how.SetComputeArgmin(True)
    secret = cc.EvalSchemeSwitchingSetup(how)
    cc.EvalSchemeSwitchingKeyGen(keys, secret)
    beta = cc.GetBinCCForSchemeSwitch().GetBeta()
    cc.EvalCompareSwitchPrecompute((1 << LARGE) // (2 * beta), ENLARGED)


def main() -> None:
    args = measure.arguments(more)
    depth = DEPTH + args.numbers.bit_length() - 1
    if args.toy:
        cc, note = context(args, depth, fhe.SecurityLevel.HEStd_NotSet), "no security"
    else:
        cc, note = openfhe_setup.at_128_bits(partial(context, args, depth), "over the 128-bit limit")
    begin = time.perf_counter_ns()
    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    switching(cc, keys, args)
    key_seconds = (time.perf_counter_ns() - begin) / 1e9
    values = [(5 * i + 3) % (args.steps + 1) / args.steps for i in range(args.numbers)]
    sealed = cc.Encrypt(keys.publicKey, cc.MakeCKKSPackedPlaintext(values))
    now = time.perf_counter_ns if args.clock == "wall" else time.process_time_ns
    begin = now()
    least, where = cc.EvalMinSchemeSwitching(sealed, keys.publicKey, args.numbers, args.numbers)
    times = [now() - begin]
    got, one_hot = (cc.Decrypt(keys.secretKey, c).GetRealPackedValue()[:args.numbers] for c in (least, where))
    off = max(abs(got[0] - min(values)), *(abs(h - (i == values.index(min(values)))) for i, h in enumerate(one_hot)))
    if off > 0.5 / args.steps:
        raise SystemExit(f"openfhe: the least is {min(values)}, it found {got[0]}, at {one_hot}")
    flags = "wheel, no HEXL, Python binding, scheme switching" + (", " + note if note else "")
    params = {"ring": 13 if args.toy else args.logn, "primes": depth + 1, "threads": args.threads, "steps": args.steps}
    meter = measure.Meter("openfhe", importlib.metadata.version("openfhe"), flags, params, args.budget_ms)
    meter.times(f"minimum_{args.numbers}", times, peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                keys_s=round(key_seconds, 1), off=f"{off:.1e}")


if __name__ == "__main__":
    main()

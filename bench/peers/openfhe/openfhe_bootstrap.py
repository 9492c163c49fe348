"""OpenFHE: one bootstrap of all 2^15 slots in a ring of 2^16, or of fewer, at 128 bits, with its sparse-secret encapsulation where it has that."""

from __future__ import annotations

import importlib.metadata
import math
import resource
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import measure
import openfhe as fhe
import openfhe_setup

SECRETS = {"uniform": fhe.UNIFORM_TERNARY, "encapsulated": fhe.SPARSE_ENCAPSULATED}
LOG_SLOTS = 15  # all
# First primes have a bit or five more than the scale: numbers up to 1 leave the library its correction factor.
FIRST_MORE = {59: 1}


def more(parser) -> None:
    parser.add_argument("--secret", default="encapsulated", choices=SECRETS)
    parser.add_argument("--after", type=int, default=6, help="levels left")
    parser.add_argument("--stages", type=int, default=3, help="levels of each transform")
    parser.add_argument("--log-slots", type=int, default=LOG_SLOTS)


def context(args, depth: int, security) -> fhe.CryptoContext:
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetFirstModSize(args.scale + FIRST_MORE.get(args.scale, 5))
    parameters.SetScalingModSize(args.scale)
    parameters.SetScalingTechnique(fhe.FIXEDAUTO)
    parameters.SetNumLargeDigits(args.dnum)
    cc = openfhe_setup.finish(parameters, 16, depth, security, secret=SECRETS[args.secret])
    cc.Enable(fhe.ADVANCEDSHE)
    cc.Enable(fhe.FHE)
    return cc


def main() -> None:
    args = measure.arguments(more)
    slots = 1 << args.log_slots
    budget = [args.stages, args.stages]
    depth = args.after + fhe.FHECKKSRNS.GetBootstrapDepth(budget, SECRETS[args.secret])
    cc, note = openfhe_setup.at_128_bits(partial(context, args, depth), "over the 128-bit limit")
    cc.EvalBootstrapSetup(budget, [0, 0], slots)
    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    cc.EvalBootstrapKeyGen(keys.secretKey, slots)
    values = [i % 1000 / 1001 for i in range(slots)]
    low = cc.Encrypt(keys.publicKey, cc.MakeCKKSPackedPlaintext(values, 1, depth - 1, None, slots))
    times = []
    while len(times) < 2 or sum(times) < args.budget_ms * 1e6:
        begin = time.perf_counter_ns()
        high = cc.EvalBootstrap(low)
        times.append(time.perf_counter_ns() - begin)
    got = cc.Decrypt(keys.secretKey, high).GetRealPackedValue()
    bits = -math.log2(max(abs(g - v) for g, v in zip(got, values, strict=True)))
    flags = f"wheel, no HEXL, Python binding, {args.secret} secret" + (", " + note if note else "")
    params = {"logN": 16, "slots": slots, "primes": depth + 1, "dnum": args.dnum, "threads": args.threads, "levels": args.after}
    meter = measure.Meter("openfhe", importlib.metadata.version("openfhe"), flags, params, args.budget_ms)
    name = "bootstrap_real" if args.log_slots == LOG_SLOTS else "bootstrap_sparse"
    meter.times(name, times, bits=round(bits, 1), peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


if __name__ == "__main__":
    main()

"""TenSEAL (the wheel; SEAL without HEXL inside, called through its Python binding): CKKS vectors."""

from __future__ import annotations

import importlib.metadata
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import measure
import tenseal as ts


def main() -> None:
    args = measure.arguments()
    bits = [*args.bits, args.special[0]]  # SEAL has one special prime, the last
    context = ts.context(ts.SCHEME_TYPE.CKKS, 1 << args.logn, coeff_mod_bit_sizes=bits,
                         encryption_type=ts.ENCRYPTION_TYPE.SYMMETRIC, n_threads=args.threads)
    context.global_scale = 2.0**args.scale
    params = {"logN": args.logn, "logQ": sum(args.bits), "logQP": sum(bits), "primes": len(args.bits)}
    params |= {"dnum": len(args.bits), "threads": args.threads}
    version = importlib.metadata.version("tenseal")
    meter = measure.Meter("tenseal", version, "wheel, SEAL without HEXL, Python binding", params, args.budget_ms)

    values = [math.sin(0.001 * i) for i in range(1 << (args.logn - 1))]
    plain = ts.plain_tensor(values)
    a = ts.ckks_vector(context, plain)
    b = ts.ckks_vector(context, plain)
    product = (a * b).decrypt()
    worst = max(abs(p - v * v) for p, v in zip(product, values, strict=True))
    if worst > 1e-3:
        raise SystemExit(f"tenseal: wrong result, off by {worst}")
    meter.time("ckks_mul", lambda: a * b)
    size = len(a.serialize())
    meter.time("encode_encrypt_seeded", lambda: ts.ckks_vector(context, plain), note="with the list's conversion",
               bytes=size)


if __name__ == "__main__":
    main()

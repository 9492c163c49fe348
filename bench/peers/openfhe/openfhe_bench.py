"""OpenFHE (the wheel, built without HEXL, called through its Python binding): CKKS."""

from __future__ import annotations

import importlib.metadata
import math
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import measure
import openfhe as fhe
import openfhe_setup

# OpenFHE takes special primes of 60 bits, as many as hold the largest digit.
SPECIAL_BITS = 60


def context(args, security) -> fhe.CryptoContext:
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetFirstModSize(args.bits[0])
    parameters.SetScalingModSize(args.scale)
    parameters.SetScalingTechnique(fhe.FIXEDMANUAL)
    parameters.SetNumLargeDigits(args.dnum)
    parameters.SetBatchSize(1 << (args.logn - 1))
    return openfhe_setup.finish(parameters, args.logn, len(args.bits) - 1, security)


def checked_context(args) -> tuple[fhe.CryptoContext, str]:
    return openfhe_setup.at_128_bits(partial(context, args), "over the 128-bit limit by its 60-bit special primes")


def main() -> None:
    args = measure.arguments()
    cc, note = checked_context(args)
    per_digit = math.ceil(len(args.bits) / args.dnum)
    digit_bits = max(sum(args.bits[i : i + per_digit]) for i in range(0, len(args.bits), per_digit))
    log_q = sum(args.bits)
    params = {"logN": args.logn, "logQ": log_q, "primes": len(args.bits), "dnum": args.dnum, "threads": args.threads}
    params["logQP"] = log_q + SPECIAL_BITS * math.ceil(digit_bits / SPECIAL_BITS)
    flags = "wheel, no HEXL, Python binding" + (", " + note if note else "")
    meter = measure.Meter("openfhe", importlib.metadata.version("openfhe"), flags, params, args.budget_ms)

    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    cc.EvalRotateKeyGen(keys.secretKey, [1])
    one_key = fhe.SerializeEvalAutomorphismKeyString(fhe.BINARY, keys.secretKey.GetKeyTag())
    meter.size("key_rotation_bytes", len(one_key))
    cc.EvalRotateKeyGen(keys.secretKey, list(range(2, 9)))

    values = [math.sin(0.001 * i) for i in range(1 << (args.logn - 1))]
    plain = cc.MakeCKKSPackedPlaintext(values)
    a = cc.Encrypt(keys.secretKey, plain)
    b = cc.Encrypt(keys.secretKey, plain)

    def multiply():
        return cc.Rescale(cc.EvalMult(a, b))

    def decrypt(ciphertext):
        return cc.Decrypt(keys.secretKey, ciphertext)

    def check(ciphertext, want) -> None:
        got = decrypt(ciphertext).GetRealPackedValue()
        worst = max(abs(g - w) for g, w in zip(got, want, strict=True))
        if worst > 1e-3:
            raise SystemExit(f"openfhe: wrong result, off by {worst}")

    def hoisted():
        digits = cc.EvalFastRotationPrecompute(a)
        return [cc.EvalFastRotation(a, i, 2 << args.logn, digits) for i in range(1, 9)]

    check(multiply(), [v * v for v in values])
    check(hoisted()[2], values[3:] + values[:3])
    meter.time("ckks_mul", multiply)
    meter.time("ckks_rotate", lambda: cc.EvalRotate(a, 1))
    meter.time("ckks_rotate_hoisted8", hoisted)
    meter.time("encode", lambda: cc.MakeCKKSPackedPlaintext(values), note="with the list's conversion")
    size = len(fhe.Serialize(a, fhe.BINARY))
    meter.time("encrypt_seeded", lambda: cc.Encrypt(keys.secretKey, plain), note="symmetric, not seeded", bytes=size)
    low = cc.LevelReduce(a, None, len(args.bits) - 1)
    check(low, values)
    meter.time("decrypt_decode", lambda: decrypt(low), logQ=args.bits[0], primes=1)


if __name__ == "__main__":
    main()

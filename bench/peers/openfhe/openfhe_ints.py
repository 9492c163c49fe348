"""OpenFHE (the wheel, built without HEXL, called through its Python binding): exact integers in BGV and BFV."""

from __future__ import annotations

import argparse
import importlib.metadata
import math
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "common"))
import measure
import openfhe as fhe
import openfhe_setup

MODULUS = 65537
PARAMETERS = {"bgv": fhe.CCParamsBGVRNS, "bfv": fhe.CCParamsBFVRNS}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scheme", choices=sorted(PARAMETERS), required=True)
    parser.add_argument("--depth", type=int, required=True, help="products in a row that the parameters must carry")


def context(args, security) -> fhe.CryptoContext:
    parameters = PARAMETERS[args.scheme]()
    parameters.SetPlaintextModulus(MODULUS)
    if args.scheme == "bgv":
        parameters.SetScalingTechnique(fhe.FIXEDMANUAL)
    return openfhe_setup.finish(parameters, args.logn, args.depth, security)


def main() -> None:
    args = measure.arguments(options)
    cc, note = openfhe_setup.at_128_bits(partial(context, args), "over the 128-bit limit at this depth")
    flags = f"{args.scheme}, wheel, no HEXL, Python binding" + (", " + note if note else "")
    params = {"logN": args.logn, "depth": args.depth, "t": MODULUS, "threads": args.threads}
    params["logQ"] = round(math.log2(cc.GetModulus()))
    meter = measure.Meter(f"openfhe-{args.scheme}", importlib.metadata.version("openfhe"), flags, params, args.budget_ms)

    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    cc.EvalRotateKeyGen(keys.secretKey, [1])
    slots = 1 << args.logn
    values = [i * 7919 % MODULUS - MODULUS // 2 for i in range(slots)]
    plain = cc.MakePackedPlaintext(values)
    a = cc.Encrypt(keys.publicKey, plain)
    b = cc.Encrypt(keys.publicKey, plain)

    def multiply():
        product = cc.EvalMult(a, b)
        return cc.ModReduce(product) if args.scheme == "bgv" else product

    def decrypt(ciphertext):
        return cc.Decrypt(keys.secretKey, ciphertext)

    got = decrypt(multiply()).GetPackedValue()
    if any((g - v * v) % MODULUS for g, v in zip(got, values, strict=True)):
        raise SystemExit(f"openfhe: wrong product in {args.scheme}")
    meter.time("int_mul", multiply)
    meter.time("int_rotate", lambda: cc.EvalRotate(a, 1))
    meter.time("int_add", lambda: cc.EvalAdd(a, b))
    meter.time("int_encode", lambda: cc.MakePackedPlaintext(values), note="with the list's conversion")
    meter.time("int_encode_encrypt_seeded", lambda: cc.Encrypt(keys.publicKey, cc.MakePackedPlaintext(values)),
               note="public key, not seeded, with the list's conversion")
    meter.time("int_decrypt_decode", lambda: decrypt(a), note="from the top level")


if __name__ == "__main__":
    main()

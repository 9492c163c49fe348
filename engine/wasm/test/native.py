"""The native engine for the tests of the WebAssembly one: each command reads and writes containers.

    native.py sk PRESET ENTROPY_HEX OUT            the key that entropy gives
    native.py ctx PRESET OUT                       the parameter container
    native.py encrypt PRESET SK COUNT OUT          numbers (t % 97) / 97 + i ((t % 89) / 89 - 1/2), bound 1.2
    native.py decrypt PRESET SK CT OUT             all slots as doubles, re then im, then the error bound
    native.py relin PRESET SK LEVEL OUT            the relinearisation key
    native.py rung PRESET BELOW SK SMALL_SK LIFT LOWER  the keys from the ring of preset BELOW to this one and back
    native.py square PRESET RELIN CT OUT           the square of a ciphertext, packed

JFHE_LIBRARY names another library than build/libjfhe_client.so. A status other than 0 ends it with the engine's words.
"""

import ctypes
import os
import struct
import sys
from ctypes import byref, c_char_p, c_double, c_size_t, c_uint32, c_void_p
from pathlib import Path

LIBRARY = os.environ.get("JFHE_LIBRARY", Path(__file__).resolve().parents[3] / "build/libjfhe_client.so")
COMPLEX, PACKED, SEEDED = 1, 2, 3

lib = ctypes.CDLL(str(LIBRARY))
lib.jfhe_last_error.restype = c_char_p


def call(name, *args):
    status = getattr(lib, name)(*args)
    if status:
        sys.exit(f"{name}: {lib.jfhe_last_error().decode()}")


def number(name, *args, kind=c_uint32):
    function = getattr(lib, name)
    function.restype = kind
    return function(*args)


def new(name, *args):
    out = c_void_p()
    call(name, byref(out), *args)
    return out


def read(name, ctx, path):
    data, out = Path(path).read_bytes(), c_void_p()
    call(name, ctx, byref(out), data, c_size_t(len(data)))
    return out


def write(what, thing, path, *encoding):
    size = number(f"jfhe_{what}_write_size", thing, *encoding, kind=c_size_t)
    buffer = ctypes.create_string_buffer(size)
    call(f"jfhe_{what}_write", buffer, c_size_t(size), thing, *encoding)
    Path(path).write_bytes(buffer.raw)


def room(ctx, *names):
    size = max(number(f"jfhe_{name}_scratch", ctx, kind=c_size_t) for name in names)
    return ctypes.create_string_buffer(size), c_size_t(size)


def sk(ctx, entropy, out):
    write("sk", new("jfhe_sk_from_entropy", ctx, bytes.fromhex(entropy)), out)


def encrypt(ctx, key, count, out):
    count, level = int(count), c_uint32(number("jfhe_ctx_levels", ctx))
    values = [(c_double * count)(*map(f, range(count))) for f in (lambda t: t % 97 / 97, lambda t: t % 89 / 89 - 0.5)]
    pt, ct = new("jfhe_pt_new", ctx, level), new("jfhe_ct_new", ctx, c_uint32(1), level)
    scratch = room(ctx, "ckks_encode", "encrypt")
    log_slots = c_uint32(number("jfhe_ctx_log_n", ctx) - 1)
    call("jfhe_ckks_encode", ctx, pt, *values, c_size_t(count), c_uint32(COMPLEX), log_slots, level, c_double(0),
         c_double(1.2), *scratch)
    call("jfhe_encrypt", ctx, ct, pt, read("jfhe_sk_read", ctx, key), *scratch)
    write("ct", ct, out, c_uint32(SEEDED))


def decrypt(ctx, key, path, out):
    ct, count = read("jfhe_ct_read", ctx, path), number("jfhe_ctx_slots", ctx)
    pt = new("jfhe_pt_new", ctx, c_uint32(number("jfhe_ct_level", ct)))
    scratch = room(ctx, "decrypt", "ckks_decode")
    re, im = (c_double * count)(), (c_double * count)()
    call("jfhe_decrypt", ctx, pt, ct, read("jfhe_sk_read", ctx, key), *scratch)
    call("jfhe_ckks_decode", ctx, re, im, c_size_t(count), pt, *scratch)
    error = number("jfhe_ct_error_worst", ct, kind=c_double)
    Path(out).write_bytes(bytes(re) + bytes(im) + struct.pack("<d", error))


def relin(ctx, key, level, out):
    key = read("jfhe_sk_read", ctx, key)
    write("evk", new("jfhe_keygen_relin", ctx, key, c_uint32(int(level))), out, c_uint32(SEEDED))


def rung(ctx, below, key, small, lift, lower):
    small = read("jfhe_sk_read", new("jfhe_ctx_new_preset", below.encode()), small)
    key = read("jfhe_sk_read", ctx, key)
    write("evk", new("jfhe_keygen_lift", ctx, small, key), lift, c_uint32(SEEDED))
    write("evk", new("jfhe_keygen_lower", ctx, key, small), lower, c_uint32(SEEDED))


def square(ctx, relin, path, out):
    ct, ring = read("jfhe_ct_read", ctx, path), new("jfhe_keyring_new", ctx)
    call("jfhe_keyring_add", ring, read("jfhe_evk_read", ctx, relin))
    level = number("jfhe_ct_level", ct)
    size = number("jfhe_ckks_mul_scratch", ctx, c_uint32(level), kind=c_size_t)
    result = new("jfhe_ct_new", ctx, c_uint32(1), c_uint32(level - 1))
    call("jfhe_ckks_square", ctx, result, ct, ring, ctypes.create_string_buffer(size), c_size_t(size))
    write("ct", result, out, c_uint32(PACKED))


def main(command, preset, *args):
    ctx = new("jfhe_ctx_new_preset", preset.encode())
    if command == "ctx":
        write("ctx", ctx, *args)
    else:
        {"sk": sk, "encrypt": encrypt, "decrypt": decrypt, "relin": relin, "rung": rung, "square": square}[command](ctx, *args)


if __name__ == "__main__":
    main(*sys.argv[1:])

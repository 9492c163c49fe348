"""Vectors of programs: both forms of whole programs, and how a reader answers what is none."""

import hashlib
import struct
from pathlib import Path

from . import emit
from . import program as P

ABOUT = (
    "Programs. data: bytes given to a reader, status: how it answers (0: well). Then text, binary and hash: the forms that a writer gives "
    "the program and SHA-256 of the binary one. sizes: bytes of data, text, binary. The same bytes lie in program/, one file a case: "
    ".jfp for text, .bin for the binary form.")

MEAN = b"""jfp 1
slots 2^2

@0 = vector: 0.25

%0 = input "x" real 10
%1 = inner_sum %0 1 4
%2 = mul_vector %1 @0
promise %2 10

output "m" %2
end
"""
EVERY = b"""jfp 1
slots 2^3

@0 = vector: 1 2.5 -3 1e-7 3 5 6 7
@1 = vector complex: 1 0 2 1 0 -1
@2 = poly power: 0 1 0 -0.125
@3 = poly chebyshev -1 1: 0.1 2 3
@4 = linmap:
  diagonal 0: 1 1 1 1 1 1 1 1
  diagonal -2: 0 0 0 0 1 1 1 1

%0 = input "age" real 100
%1 = input "a \\"b\\"" complex 2
%2 = add %0 %1
%3 = mul %2 %2
promise %3 17
%4 = mul_const %3 0.1 -2
%5 = mul_const %4 2
%6 = add_const %5 0 1
%7 = add_vector %6 @0
%8 = mul_vector %7 @1
%9 = rotate %8 -3
%10 = conjugate %9
%11 = inner_sum %10 2 4
%12 = linmap %11 @4
%13 = poly %12 @2
%14 = poly %13 @3 promised
%15 = level %14 3
%16 = lookup %15 @0
%17 = bootstrap %16
%18 = neg %17
%19 = sub %18 %0
promise %19 0

output "mean" %19
output "x" %3
output "again" %3
end
"""
LOOSE = b"""jfp 1\t# by hand\r
  slots 2 ^ 2 #four\r
\r
%0=input"x" real 0x1.4p3
@0  =  vector  :  \t+0.25E0
%1 = inner_sum%0 1 4
%2 = mul_vector %1 @0
output"m" %2
promise %2 11
# the smaller one counts
promise %2 1e1
promise %2 12
end

# nothing"""
NAMES = 'jfp 1\nslots 2^0\n\n%0 = input "é \\\\ \\" # % 漢 𝄞" complex 0.5\n\noutput "{}" %0\nend\n'.format("n" * 255).encode()
NUMBERS = b"""jfp 1
slots 2^4

@0 = vector: 5e-324 1.7976931348623157e+308 -2.2250738585072014e-308 0.1 0.3333333333333333 123456789012345680000 1e+21 0.000001
  1.5e-7 9007199254740993e0 0x1.fffffffffffffp-1 -0 0x0p0 1.00000000000000011102230246251565404236316680908203125
  1.000000000000000111022302462515654042363166809082031251 9.999999999999999999e22

%0 = input "x" real 0.1

output "x" %0
end
"""
MAP = (b"jfp 1\nslots 2^4\n\n@0 = linmap complex:\n  diagonal 15: 1 2 3 4 5 6 7 8\n"
       + b"".join(b"    " + b" ".join(b"%d" % i for i in range(8 * j, 8 * j + 8)) + b"\n" for j in range(1, 4))
       + b"  diagonal -15: 1 0 0 0 0 0 0 0\n" + 3 * b"    0 0 0 0 0 0 0 0\n"
       + b'\n%0 = input "x" complex 1\n%1 = linmap %0 @0\n\noutput "y" %1\nend\n')

SETTLED = b"""jfp 1
slots 2^2

@0 = poly chebyshev -1 1: 0 0.625 0 -0.125

%0 = input "x" real 1
%1 = poly %0 @0 promised
promise %1 0.49
%2 = settle %1 1

output "x" %2
end
"""

GOOD = {"ok-mean": MEAN, "ok-every-operation": EVERY, "ok-loose": LOOSE, "ok-names": NAMES, "ok-numbers": NUMBERS, "ok-map": MAP, "ok-settled": SETTLED}


def _line(old: bytes, new: bytes) -> bytes:
    assert MEAN.count(old) == 1, old
    return MEAN.replace(old, new)


# A text each: the mean with one thing wrong.
BAD_TEXT = {
    "version-2": b"jfp 2\n", "version-word": b"jfp one\n", "version-alone": b"jfp 1",
    "no-slots": _line(b"slots 2^2\n", b""), "slots-17": _line(b"2^2", b"2^17"), "slots-3": _line(b"2^2", b"3^2"),
    "slots-huge": _line(b"2^2", b"2^4294967298"), "no-end": _line(b"end\n", b""), "half-end": _line(b"end\n", b"en"),
    "behind-end": MEAN + b"end\n", "no-output": _line(b'output "m" %2\n', b""), "unknown-statement": _line(b"promise", b"premise"),
    "value-skipped": _line(b"%2 = ", b"%3 = "), "value-twice": _line(b"%2 = ", b"%1 = "), "value-leading-zero": _line(b"%2 = ", b"%02 = "),
    "forward": _line(b"inner_sum %0", b"inner_sum %1"), "far": _line(b"inner_sum %0", b"inner_sum %4294967296"),
    "operation-unknown": _line(b"mul_vector", b"mul_vectors"), "operation-of-a-plan": _line(b"mul_vector %1 @0", b"mul_i %1"),
    "no-operand": _line(b"mul_vector %1 @0", b"mul_vector"), "table-for-value": _line(b"%1 @0", b"@0 @0"),
    "operand-more": _line(b"mul_vector %1 @0", b"mul_vector %1 @0 @0"), "no-table": _line(b"mul_vector %1 @0", b"mul_vector %1 @1"),
    "table-kind": _line(b"mul_vector %1 @0", b"linmap %1 @0"), "table-skipped": _line(b"@0 = ", b"@1 = "),
    "table-equal": _line(b"@0 = vector: 0.25\n", b"@0 = vector: 0.25\n@1 = vector: 0x1p-2\n"),
    "table-word": _line(b"= vector", b"= matrix"), "vector-empty": _line(b": 0.25", b":"), "vector-long": _line(b"0.25", b"1 2 3 4 5"),
    "vector-half": _line(b"vector: 0.25", b"vector complex: 1 2 3"), "vector-word": _line(b"0.25", b"0.25 nan"),
    "number-infinite": _line(b"0.25", b"inf"), "number-large": _line(b"0.25", b"1e309"), "number-hex-large": _line(b"0.25", b"0x1p1024"),
    "number-hex-inexact": _line(b"0.25", b"0x1.00000000000008p0"), "number-hex-small": _line(b"0.25", b"0x1p-1075"),
    "number-hex-no-power": _line(b"0.25", b"0x1.8"), "number-no-digit": _line(b"0.25", b"."), "number-exponent": _line(b"0.25", b"1e"),
    "number-comma": _line(b"0.25", b"0,25"), "number-long": _line(b"0.25", b"0.25" + 997 * b"0"), "number-glued": _line(b"0.25", b"0.25@0"),
    "poly-constant": _line(b"vector: 0.25", b"poly power: 1 0 0"), "poly-one": _line(b"vector: 0.25", b"poly power: 1"),
    "poly-basis": _line(b"vector: 0.25", b"poly legendre: 1 1"), "poly-interval": _line(b"vector: 0.25", b"poly chebyshev 1 1: 1 1"),
    "poly-interval-wide": _line(b"vector: 0.25", b"poly chebyshev -1e308 1e308: 1 1"),
    "poly-long": _line(b"vector: 0.25", b"poly power:" + 1025 * b" 1"), "poly-complex": _line(b"vector: 0.25", b"poly power complex: 1 1"),
    "map-empty": _line(b"vector: 0.25", b"linmap:"), "map-index": _line(b"vector: 0.25", b"linmap:\ndiagonal 4: 1 2 3 4"),
    "map-index-minus": _line(b"vector: 0.25", b"linmap:\ndiagonal -4: 1 2 3 4"),
    "map-index-twice": _line(b"vector: 0.25", b"linmap:\ndiagonal 1: 1 2 3 4\ndiagonal -3: 1 2 3 4"),
    "map-index-minus-0": _line(b"vector: 0.25", b"linmap:\ndiagonal -0: 1 2 3 4"),
    "map-short": _line(b"vector: 0.25", b"linmap:\ndiagonal 1: 1 2 3"), "map-long": _line(b"vector: 0.25", b"linmap:\ndiagonal 1: 1 2 3 4 5"),
    "map-shifted": _line(b"vector: 0.25", b"linmap:\ndiagonal 1: 1 2 3\ndiagonal 2: 1 2 3 4 5"),
    "map-number-first": _line(b"vector: 0.25", b"linmap: 1\ndiagonal 1: 1 2 3 4"),
    "bound-0": _line(b"real 10", b"real 0"), "bound-minus": _line(b"real 10", b"real -1"), "packing": _line(b"real 10", b"imaginary 10"),
    "name-empty": _line(b'"x"', b'""'), "name-open": _line(b'"x"', b'"x'), "name-escape": _line(b'"x"', b'"\\x"'),
    "name-control": _line(b'"x"', b'"\t"'), "name-control-c1": _line(b'"x"', b'"\xc2\x85"'), "name-zero": _line(b'"x"', b'"\0"'),
    "name-utf8": _line(b'"x"', b'"\xff"'), "name-overlong": _line(b'"x"', b'"\xc0\xaf"'), "name-surrogate": _line(b'"x"', b'"\xed\xa0\x80"'),
    "name-cut": _line(b'"x"', b'"\xe6\xbc"'), "name-long": _line(b'"x"', b'"' + 256 * b"x" + b'"'),
    "name-escape-long": _line(b'"x"', b'"' + 256 * b'\\"' + b'"'),
    "input-twice": _line(b"%1 = inner_sum %0 1 4", b'%1 = input "x" real 1'), "output-twice": _line(b"end\n", b'output "m" %1\nend\n'),
    "output-forward": _line(b'output "m" %2', b'output "m" %3'), "sum-count-3": _line(b"1 4", b"1 3"), "sum-count-0": _line(b"1 4", b"1 0"),
    "sum-stride-0": _line(b"1 4", b"0 1"), "sum-long": _line(b"1 4", b"2 4"), "sum-stride-minus": _line(b"1 4", b"-1 4"),
    "rotate-large": _line(b"inner_sum %0 1 4", b"rotate %0 2147483648"), "rotate-real": _line(b"inner_sum %0 1 4", b"rotate %0 1.0"),
    "rotate-plus": _line(b"inner_sum %0 1 4", b"rotate %0 +1"), "level-minus": _line(b"inner_sum %0 1 4", b"level %0 -1"),
    "promise-minus": _line(b"promise %2 10", b"promise %2 -1"), "promise-forward": _line(b"promise %2 10", b"promise %3 1"),
    "const-none": _line(b"inner_sum %0 1 4", b"add_const %0"), "const-three": _line(b"inner_sum %0 1 4", b"add_const %0 1 2 3"),
    "settle-0": _line(b"mul_vector %1 @0", b"settle %1 0"), "settle-minus": _line(b"mul_vector %1 @0", b"settle %1 -1"),
    "settle-none": _line(b"mul_vector %1 @0", b"settle %1"), "settle-two": _line(b"mul_vector %1 @0", b"settle %1 1 0"),
    "flag-word": _line(b"mul_vector %1 @0", b"poly %1 @0 promise"), "character": _line(b"%2 = mul", b"%2 = \x80mul"),
    "carriage-return": _line(b"slots 2^2", b"slots\r2^2"),
}


def _sealed(data: bytes) -> bytes:
    """With length and checksum made right."""
    body = data[:16] + struct.pack("<Q", len(data)) + data[24:-32]
    return body + hashlib.sha256(body).digest()


def _patched(data: bytes, at: int, new: bytes, drop: int | None = None) -> bytes:
    return _sealed(data[:at] + new + data[at + (len(new) if drop is None else drop):])


def _bad_binary() -> dict[str, bytes]:
    mean, every = (P.write_binary(P.read(x)) for x in (MEAN, EVERY))
    # mean: table at 64 (16 bytes), %0 at 80 (4 + 8 + 3), %1 at 95 (16), %2 at 111 (12 + 8), output at 131 (7), checksum at 138
    nan, minus_0, infinity = struct.pack("<d", float("nan")), struct.pack("<d", -0.0), struct.pack("<d", float("inf"))
    one, settled = struct.pack("<I", 1), P.write_binary(P.read(SETTLED))
    limit = settled.index(b"\x12\0\0\0\1\0\0\0") + 8
    at = {"map": every.index(b"\3\0\0\0\2\0\0\0"), "poly": every.index(b"\2\0\0\0\4\0\0\0"), "cheb": every.index(b"\2\0\1\0\3\0\0\0"),
          "const": every.index(b"\6\0\0\0\5\0\0\0"), "level": every.index(b"\x0f\0\0\0\x0e\0\0\0"),
          "flag": every.index(b"\x0e\0\1\0\x0d\0\0\0"), "rotate": every.index(b"\x0a\0\0\0\x08\0\0\0")}
    return {
        "empty-header": mean[:8], "magic": b"JFHE" + mean[4:], "magic-as-text": mean.replace(b"\r\n", b"\n", 1), "cut-in-magic": mean[:5],
        "cut-in-version": mean[:11], "cut-in-header": mean[:63], "cut-in-records": mean[:100], "cut-at-end": mean[:-1], "tail": mean + b"\0",
        "version-0": mean[:8] + bytes(4) + mean[12:], "version-2-cut": mean[:8] + b"\2\0\0\0", "total-small": mean[:16] + b"\x5f" + mean[17:],
        "total-huge": mean[:16] + b"\xff" * 8 + mean[24:], "flipped": mean[:90] + b"\1" + mean[91:], "checksum": mean[:-1] + bytes([mean[-1] ^ 1]),
        "log-slots-17": _patched(mean, 12, b"\x11"), "tables-more": _patched(mean, 24, b"\2"), "tables-huge": _patched(mean, 24, b"\xff" * 4),
        "tables-none": _patched(mean, 24, b"\0"), "operations-none": _patched(mean, 28, b"\0"), "operations-huge": _patched(mean, 28, b"\xff" * 4),
        "operations-more": _patched(mean, 28, b"\4"), "operations-less": _patched(mean, 28, b"\2"), "inputs-none": _patched(mean, 32, b"\0"),
        "inputs-more": _patched(mean, 32, b"\2"), "outputs-none": _patched(mean, 36, b"\0"), "outputs-more": _patched(mean, 36, b"\2"),
        "no-outputs-at-all": _sealed(mean[:36] + bytes(4) + mean[40:131] + mean[138:]), "reserved": _patched(mean, 63, b"\1"),
        "gap": _patched(mean, 64, b"\0", 0), "left-over": _patched(mean, 138, b"\0", 0),
        "table-kind-0": _patched(mean, 64, b"\0"), "table-kind-4": _patched(mean, 64, b"\4"), "table-complex-2": _patched(mean, 65, b"\2"),
        "table-complex": _patched(mean, 65, b"\1"), "table-basis": _patched(mean, 66, b"\1"), "table-reserved": _patched(mean, 67, b"\1"),
        "table-count-0": _patched(mean, 68, b"\0"), "table-count-5": _patched(mean, 68, b"\5"), "table-nan": _patched(mean, 72, nan),
        "table-infinity": _patched(mean, 72, infinity), "table-minus-0": _patched(mean, 72, minus_0),
        "table-equal": _sealed(mean[:24] + b"\2" + mean[25:80] + mean[64:80] + mean[80:]),
        "map-index": _patched(every, at["map"] + 8, b"\x08"), "map-count-0": _patched(every, at["map"] + 4, b"\0"),
        "map-count-9": _patched(every, at["map"] + 4, b"\x09"), "map-basis": _patched(every, at["map"] + 2, b"\1"),
        "poly-complex": _patched(every, at["poly"] + 1, b"\1"), "poly-basis-2": _patched(every, at["poly"] + 2, b"\2"),
        "poly-interval-of-power": _patched(every, at["poly"] + 8, struct.pack("<d", 1)), "poly-interval": _patched(every, at["cheb"] + 8, struct.pack("<d", 1)),
        "poly-interval-minus-0": _patched(every, at["poly"] + 8, minus_0), "poly-constant": _patched(every, at["poly"] + 32, bytes(24)),
        "poly-count-1": _patched(every, at["poly"] + 4, b"\1"), "poly-count-1025": _patched(every, at["poly"] + 4, b"\1\4"),
        "operation-0": _patched(mean, 95, b"\0"), "operation-19": _patched(mean, 95, b"\x13"), "operation-255": _patched(mean, 95, b"\xff"),
        "promise-2": _patched(mean, 112, b"\2"), "promise-missing": _patched(mean, 112, b"\0"), "promise-minus": _patched(mean, 123, struct.pack("<d", -1)),
        "promise-minus-0": _patched(mean, 123, minus_0), "promise-nan": _patched(mean, 123, nan), "promise-infinite": _patched(mean, 123, infinity),
        "flag-of-sum": _patched(mean, 97, b"\1"), "flag-2": _patched(every, at["flag"] + 2, b"\2"), "operation-reserved": _patched(mean, 98, b"\1"),
        "packing-2": _patched(mean, 82, b"\2"), "bound-0": _patched(mean, 84, bytes(8)), "bound-minus": _patched(mean, 84, struct.pack("<d", -1)),
        "bound-nan": _patched(mean, 84, nan), "bound-infinite": _patched(mean, 84, infinity), "name-empty": _patched(mean, 92, b"\0\0", 3),
        "name-long": _patched(mean, 92, b"\0\1" + 256 * b"x", 3), "name-longest": _patched(mean, 92, b"\xff\xff"),
        "name-zero": _patched(mean, 94, b"\0"), "name-control": _patched(mean, 94, b"\n"), "name-utf8": _patched(mean, 94, b"\x80"),
        "name-del": _patched(mean, 94, b"\x7f"), "forward": _patched(mean, 99, one), "far": _patched(mean, 99, b"\xff" * 4),
        "stride-0": _patched(mean, 103, bytes(4)), "stride-huge": _patched(mean, 103, b"\xff" * 4), "count-3": _patched(mean, 107, b"\3"),
        "count-0": _patched(mean, 107, b"\0"), "count-8": _patched(mean, 107, b"\x08"), "no-table": _patched(mean, 119, one),
        "table-kind-other": _patched(every, every.index(b"\x08\0\0\0\6\0\0\0") + 8, b"\2"), "const-nan": _patched(every, at["const"] + 8, nan),
        "const-minus-0": _patched(every, at["const"] + 8, minus_0), "level-minus": _patched(every, at["level"] + 8, b"\xff" * 4),
        "limit-0": _patched(settled, limit, bytes(8)), "limit-nan": _patched(settled, limit, nan), "limit-infinite": _patched(settled, limit, infinity),
        "output-forward": _patched(mean, 131, b"\3"), "output-name-cut": _patched(mean, 135, b"\2"), "output-name-empty": _patched(mean, 135, b"\0\0", 3),
        "output-twice": _sealed(mean[:36] + b"\2" + mean[37:138] + mean[131:138] + mean[138:]),
        "input-twice": _sealed(mean[:28] + b"\4\0\0\0\2\0\0\0" + mean[36:95] + mean[80:95] + mean[95:]),
    }


def _case(name: str, data: bytes, good: bool) -> dict:
    try:
        p = P.read(data)
    except P.Refused as refused:
        assert not good, (name, refused)
        return {"kind": "program", "name": name, "status": refused.status, "sizes": [len(data), 0, 0], "data": data}
    assert good, name
    text, binary = P.write_text(p), P.write_binary(p)
    return {"kind": "program", "name": name, "status": 0, "sizes": [len(data), len(text), len(binary)], "data": data, "text": text,
            "binary": binary, "hash": P.program_hash(p)}


def cases() -> list[dict]:
    """All of them, by name."""
    good = [_case(name, data, True) for name, data in GOOD.items()]
    out = good + [_case(case["name"] + "-binary", case["binary"], True) for case in good]
    out += [_case("text-" + name, data, False) for name, data in BAD_TEXT.items()]
    return out + [_case("binary-" + name, data, False) for name, data in _bad_binary().items()]


def files(all_cases: list[dict]) -> dict[Path, bytes]:
    """The same as files."""
    return {emit.FOLDER / "program" / (c["name"] + (".jfp" if c["data"][:4] == b"jfp " else ".bin")): c["data"] for c in all_cases}

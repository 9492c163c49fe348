"""check_magic reads the comments, and fails when a constant and its formula differ."""

import pytest
from support import lay, load

tool = load("check_magic")


def complaints(tmp_path, text, name="src/a.c"):
    lay(tmp_path, {name: text})
    return tool.check([tmp_path])[1]


@pytest.mark.parametrize("text", [
    "#define A 1125899906842624 /* magic: A = 2**50 */\n",
    "enum { B = 12, /* magic: B = ceil(log2(4095)) */ C = 3 };\n",
    "/* magic: C = 2**64 // 3 */\nstatic const uint64_t C = UINT64_C(0x5555555555555555);\n",
    "static const double D = 0.70710678118654757; /* magic: D = sqrt(0.5) */\n",
    "static const double D = 0.707106781186547; /* magic: D ~ sqrt(0.5) */\n",
    "#define E 7\n#define F 49u /* magic: F = E**2; F where F % 2 == 1 */\n",
    "/* magic: P where v > 96 */\nstatic const uint64_t P[] = {\n  97, /* a */ 281474976710677};\n",
    "/* magic: P where is_prime(v) and v % 4 == 1 */\nstatic const uint64_t P[2] = {13,\n 17};\n",
    "/* magic: P = 2**i */\nstatic const int P[] = {1, 2, 4};\n",
    "#define G (1u << 20) /* magic: G = 1024**2 */\n",
    "#define H 0x1.8p3 /* magic: H = 12 */\n",
    "/* magic: none, FIPS 180-4 */\nstatic const uint64_t K[] = {0x123456789abcd,\n 0x123456789abce};\n",
    "void f(void) {\n  /* magic: pi = floor_pi(2**126) */\n  const u128 pi = (u128)UINT64_C(0xc90fdaa22168c234) << 64"
    " | UINT64_C(0xc4c6628b80dc1cd1);\n}\n",
    "uint64_t f(uint64_t x) { return x & 0x5555555555555555 & UINT64_C(0x00ff00ff00ff00ff); }\n",
    "#define K ((1 << 4) | 3) /* magic: K = 19 */\n",
    "#define MASK 0xffffffffffff\n#define TOP 4503599627370496\n",
])
def test_right_constants_pass(tmp_path, text):
    assert complaints(tmp_path, text) == []


@pytest.mark.parametrize(("text", "why"), [
    ("#define A 1125899906842625 /* magic: A = 2**50 */\n", "1125899906842624"),
    ("enum { B = 11 /* magic: B = ceil(log2(4095)) */ };\n", "B is 11"),
    ("static const double D = 0.70710678118654746; /* magic: D = sqrt(0.5) */\n", "D is"),
    ("static const double D = 0.7071; /* magic: D ~ sqrt(0.5) */\n", "D is"),
    ("/* magic: P where is_prime(v) */\nstatic const uint64_t P[] = {13, 15};\n", "P[1] is 15"),
    ("#define A 4 /* magic: B = 4 */\n", "no literal is given to B"),
    ("#define A 4 /* magic: A = nothing + 1 */\n", "nothing is not known"),
    ("#define A 4 /* magic: A = __import__('os').getpid() */\n", "cannot evaluate"),
    ("#define A 4 /* magic: A = 9**9**9 */\n", "too large"),
    ("#define A 4 /* magic: A is four */\n", "cannot read"),
    ("#define A 4 /* magic: A = 1 // 0 */\n", "zero"),
    ("#define A 4 /* magic: A = 4\n */\n", "must end on its line"),
    ("static const uint64_t q = 281474976710677;\n", "needs a magic comment"),
    ("uint64_t f(void) { return 0x123456789abcd; }\n", "needs a magic comment"),
    ("#define K ((1 << 4) | 3) /* magic: K = 20 */\n", "K is 19"),
    ("double f(void) { return 3.14159265358979; }\n", "needs a magic comment"),
])
def test_wrong_constants_are_named(tmp_path, text, why):
    found = complaints(tmp_path, text)
    assert found
    assert why in found[0]


def test_a_formula_may_use_a_name_of_another_file(tmp_path):
    lay(tmp_path, {"include/n.h": "#define LOG_N 15\n"})
    assert complaints(tmp_path, "#define N 32768 /* magic: N = 2**LOG_N */\n") == []


def test_is_prime():
    sieve = [n for n in range(2000) if n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))]
    assert [n for n in range(2000) if tool.is_prime(n)] == sieve
    assert tool.is_prime(2**61 - 1)
    assert not tool.is_prime(3825123056546413051)  # passes for the first nine prime bases

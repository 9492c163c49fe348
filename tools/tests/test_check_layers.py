"""check_layers refuses each kind of wrong arrow, and lets the right ones pass."""

import pytest
from support import lay, load

tool = load("check_layers")

GOOD = {
    "include/jfhe/status.h": "",
    "include/jfhe/secret.h": '#include "jfhe/status.h"\n',
    "src/base/mem.h": '#include "jfhe/status.h"\n',
    "src/base/secret/rng.h": '#include "jfhe/secret.h"\n',
    "src/kernel/kernel.h": '#include "base/mem.h"\n',
    "src/kernel/ref/ref.h": '#include "kernel/kernel.h"\n',
    "src/kernel/avx2/avx2.h": '#include <immintrin.h>\n#include "kernel/ref/ref.h"\n',
    "src/kernel/select.c": '#include "kernel/avx2/avx2.h"\n',
    "src/ring/ring.h": '#include "kernel/kernel.h"\n',
    "src/rlwe/ct.h": '#include "ring/ring.h"\n',
    "src/rlwe/keyswitch.h": "",
    "src/rlwe/secret/sk.h": '#include "base/secret/rng.h"\n',
    "src/ckks/encode.h": '#include "rlwe/ct.h"\n',
    "src/bgv/encode.h": "",
    "src/codec/write.h": '#include "rlwe/ct.h"\n',
    "src/api/file.c": '#include "codec/write.h"\n#include "ckks/encode.h"\n',
    "src/cli/main.c": '#include "jfhe/secret.h"\n#include "ckks/encode.h"\n#include "rlwe/secret/sk.h"\n',
}


def test_right_arrows_pass(tmp_path):
    seen, complaints = tool.check(lay(tmp_path, GOOD))
    assert complaints == []
    assert seen > 15


@pytest.mark.parametrize(("path", "line", "why"), [
    ("src/ring/bad.c", '#include "rlwe/ct.h"', "ring does not see rlwe"),
    ("src/base/bad.c", '#include "kernel/kernel.h"', "base does not see kernel"),
    ("src/ckks/bad.c", '#include "bgv/encode.h"', "ckks does not see bgv"),
    ("src/ckks/bad.c", '#include "rlwe/secret/sk.h"', "only secret/"),
    ("src/ckks/bad.c", '#include "jfhe/secret.h"', "only secret/"),
    ("src/ckks/bad.c", '#include "codec/write.h"', "codec is seen by"),
    ("src/ckks/bad.c", '#include "kernel/avx2/avx2.h"', "backend"),
    ("src/ckks/bad.c", '#  include <immintrin.h>', "intrinsics"),
    ("src/codec/bad.c", '#include "rlwe/keyswitch.h"', "types, not algorithms"),
    ("src/kernel/wasm128/bad.c", '#include "kernel/avx2/avx2.h"', "another"),
    ("src/kernel/ref/bad.c", '#include "ring/ring.h"', "kernel does not see ring"),
    ("src/ckks/bad.c", '#include "encode.h"', "no such header"),
    ("src/api/bad.c", '#include "cli/main.c"', "nobody sees cli"),
    ("include/jfhe/bad.h", '#include "base/mem.h"', "public headers only"),
    ("include/jfhe/bad.h", '#include "jfhe/secret.h"', "only secret/"),
    ("src/attic/bad.c", "", "no room called attic"),
])
def test_wrong_arrow_is_refused(tmp_path, path, line, why):
    _, complaints = tool.check(lay(tmp_path, {**GOOD, path: line + "\n"}))
    assert len(complaints) == 1
    assert why in complaints[0]
    assert "bad." in complaints[0]


def test_empty_tree_is_no_success(tmp_path):
    assert tool.check(tmp_path)[1]

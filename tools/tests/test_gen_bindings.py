import ctypes
import re
import subprocess
from pathlib import Path

import cffi
import pytest
from support import TOOLS, lay, load

gen = load("gen_bindings")
headers, exports, typescript, cdef = gen.headers, gen.exports, gen.typescript, gen.cffi
ROOT = TOOLS.parent

HEADER = """
#ifndef JFHE_JFHE_H
#define JFHE_JFHE_H
#include <stddef.h>
#include <stdint.h>
#define JFHE_CHECK __attribute__((warn_unused_result))
/** How it went. */
typedef enum jfhe_status { JFHE_OK = 0, JFHE_ERR_ARG = 1, /**< a null pointer */ } jfhe_status;
enum { JFHE_WORDS = 4 /**< of an id */, JFHE_MORE };
enum jfhe_object { JFHE_OBJECT_A = 7, JFHE_OBJECT_B };
/** A box. */
typedef struct jfhe_box jfhe_box;
typedef struct jfhe_view {
  uint8_t kind;
  uint64_t size;  /**< in bytes */
  uint8_t id[JFHE_WORDS];
  uint32_t pad;
  double scale;
} jfhe_view;
typedef int (*jfhe_write_fn)(void *self, const void *data, size_t len);
/** Make one.
 *
 *  Returns JFHE_OK, else
 *          JFHE_ERR_ARG. */
JFHE_API JFHE_CHECK jfhe_status jfhe_box_new(jfhe_box **out, const char *name, uint32_t in);
JFHE_API const char *jfhe_box_name(const jfhe_box *box);  /**< its name */
JFHE_API size_t jfhe_box_size(const jfhe_box *box, double by);
JFHE_API void jfhe_box_free(jfhe_box *box);
JFHE_API JFHE_CHECK jfhe_status jfhe_box_write_stream(jfhe_write_fn write, void *self, const jfhe_box *box);
JFHE_API void jfhe_boxes(jfhe_box *const *out, const void *from, size_t count);
JFHE_API uint32_t jfhe_none(void);
#endif
"""


def model(tmp_path, text=HEADER):
    lay(tmp_path, {"jfhe/jfhe.h": text})
    return headers.read(tmp_path, ["jfhe/jfhe.h"])


def declared(tmp_path, declaration):
    return model(tmp_path, HEADER.replace("#endif\n", declaration + "\n#endif\n"))


# ---- the headers of the engine ----
def test_the_files_are_fresh(capsys):
    assert gen.main(["--check"]) == 0, capsys.readouterr().out


def test_every_public_function_is_found():
    words = re.compile(r"^JFHE_API\b[^;(]*?\b(jfhe_\w+)\(", re.M)
    text = "".join(p.read_text() for p in (ROOT / "engine/include/jfhe").glob("*.h"))
    found = {f.name for f in headers.read(ROOT / "engine/include", gen.HEADERS).functions}
    assert found == set(words.findall(text)) and len(found) > 150


def test_structs_lie_as_the_compiler_lays_them(tmp_path):
    structs = headers.read(ROOT / "engine/include", gen.HEADERS).structs
    assert structs
    for struct in structs:
        offsets, size, _ = headers.layout(struct)
        checks = "".join(f"_Static_assert(offsetof({struct.name}, {f.name}) == {at}, \"{f.name}\");\n"
                         for f, at in zip(struct.fields, offsets))
        source = (f'#include "jfhe/jfhe.h"\n{checks}_Static_assert(sizeof({struct.name}) == {size}, "size");\n')
        subprocess.run(["cc", "-fsyntax-only", f"-I{ROOT}/engine/include", "-x", "c", "-"], input=source, text=True,
                       check=True)


# ---- reading ----
def test_a_function_keeps_its_types_and_its_text(tmp_path):
    first, name, size, *_ = model(tmp_path).functions
    assert (first.name, first.returns.base) == ("jfhe_box_new", "jfhe_status")
    assert [(p.name, p.type.base, p.type.stars) for p in first.params] == [
        ("out", "jfhe_box", 2), ("name", "char", 1), ("in", "uint32_t", 0)]
    assert first.doc == "Make one.\n\nReturns JFHE_OK, else\n        JFHE_ERR_ARG."
    assert (name.doc, size.doc) == ("its name", "")


def test_enums_count_on(tmp_path):
    _, words, kinds = model(tmp_path).enums
    assert [m[:2] for m in words.members] == [("JFHE_WORDS", 4), ("JFHE_MORE", 5)]
    assert [m[1] for m in kinds.members] == [7, 8]
    assert words.members[0][2] == "of an id"
    assert declared(tmp_path, "enum { JFHE_MANY = 1 << 20 /**< a lot */, JFHE_NEXT };").enums[-1].members == [
        ("JFHE_MANY", 1 << 20, "a lot"), ("JFHE_NEXT", (1 << 20) + 1, "")]


def test_a_layout_has_gaps(tmp_path):
    class View(ctypes.Structure):
        _fields_ = [("kind", ctypes.c_uint8), ("size", ctypes.c_uint64), ("id", ctypes.c_uint8 * 4),
                    ("pad", ctypes.c_uint32), ("scale", ctypes.c_double)]

    offsets, size, _ = headers.layout(model(tmp_path).structs[0])
    assert offsets == [getattr(View, n).offset for n, *_ in View._fields_] and size == ctypes.sizeof(View)


@pytest.mark.parametrize(("declaration", "why"), [
    ("JFHE_API void jfhe_a(uint64_t x);", "by value"),
    ("JFHE_API uint64_t jfhe_a(void);", "by value"),
    ("JFHE_API void jfhe_a(jfhe_view v);", "by value"),
    ("JFHE_API void jfhe_a(const char *format, ...);", "variadic"),
    ("JFHE_API void jfhe_a(uint32_t);", "without a name"),
    ("JFHE_API void jfhe_a(unsigned long x);", "one word"),
    ("typedef struct jfhe_c { size_t len; } jfhe_c;", "same size"),
    ("int jfhe_global;", "does not hold"),
    ("enum { JFHE_SUM = 1 + 2 };", "perhaps shifted"),
])
def test_what_no_binding_carries_is_refused(tmp_path, declaration, why):
    with pytest.raises(headers.Refused, match=rf"jfhe/jfhe\.h:\d+: .*{why}"):
        declared(tmp_path, declaration)


def test_a_struct_may_hold_a_struct(tmp_path):
    inner = "typedef struct jfhe_pair { uint8_t a; double b; } jfhe_pair;\n"
    found = declared(tmp_path, inner + "typedef struct jfhe_both { uint32_t n; jfhe_pair pair; uint8_t last; } jfhe_both;")
    assert headers.layout(found.structs[2]) == ([0, 8, 24], 32, 8)
    ffi = cffi.FFI()
    ffi.cdef(cdef.write(found))
    assert (ffi.offsetof("jfhe_both", "pair", "b"), ffi.sizeof("jfhe_both")) == (16, 32)
    text = typescript.write(found, exports.ALLOCATOR)
    assert "readonly pair: Pair;" in text and "pair: readPair(memory, (at + 8) as Ptr<'jfhe_pair'>)" in text


# ---- writing ----
def test_exports_leave_out_what_calls_back(tmp_path):
    lines = exports.write(model(tmp_path)).splitlines()
    names = [line for line in lines if not line.startswith("#")]
    assert names == ["free", "malloc", "jfhe_box_free", "jfhe_box_name", "jfhe_box_new", "jfhe_box_size", "jfhe_boxes",
                     "jfhe_none"]
    assert "#   jfhe_box_write_stream" in lines


def test_calls_are_typed(tmp_path):
    text = typescript.write(model(tmp_path), exports.ALLOCATOR)
    assert "boxNew(out: Ptr<'jfhe_box*'>, name: Ptr<'char'>, in_: number): void {" in text
    assert "this.check(this.x.jfhe_box_new(out, name, in_));" in text
    assert "return (this.x.jfhe_box_name(box) >>> 0) as Ptr<'char'>;" in text
    assert "boxSize(box: Ptr<'jfhe_box'>, by: number): number {\n    return this.x.jfhe_box_size(box, by) >>> 0;" in text
    assert "boxes(out: Ptr<'jfhe_box*'>, from: Ptr, count: number): void {" in text
    assert "none(): number {" in text and "write_stream" not in text


def test_constants_and_structs(tmp_path):
    text = typescript.write(model(tmp_path), exports.ALLOCATOR)
    assert "/** of an id */\nexport const WORDS = 4;" in text
    assert "export const ObjectKind = {\n  A: 7,\n  B: 8\n} as const;" in text
    assert "  readonly size: bigint;" in text and "pad:" not in text
    assert "export const VIEW_BYTES = 32;" in text
    assert "scale: view.getFloat64(at + 24, true)" in text and "kind: view.getUint8(at)" in text
    assert "id: new Uint8Array(memory, at + 16, 4).slice()" in text


def test_the_definition_is_what_cffi_reads(tmp_path):
    text = cdef.write(model(tmp_path))
    ffi = cffi.FFI()
    ffi.cdef(text)
    assert "jfhe_status jfhe_box_new(jfhe_box **out, const char *name, uint32_t in);" in text
    assert "void jfhe_boxes(jfhe_box **out, const void *from, size_t count);" in text
    assert "JFHE_OK = 0, JFHE_ERR_ARG = 1" in text and "JFHE_WORDS = 4, JFHE_MORE = 5" in text
    assert {f for f, _ in ffi.typeof("jfhe_view").fields} == {"kind", "size", "id", "pad", "scale"}
    assert ffi.sizeof("jfhe_view") == 32
    assert "extern \"Python\" {\n    int jfhe_py_write(void *self, const void *data, size_t len);\n}" in text


def test_the_computing_side_gets_no_secret():
    public, client = (ROOT / f"python/native/{name}.cdef" for name in ("_native", "_secret_native"))
    secret = {f.name for f in headers.read(ROOT / "engine/include", gen.HEADERS).functions if f.header == "jfhe/secret.h"}
    assert len(secret) > 15
    for name in secret:
        assert f" {name}(" in client.read_text() or f"*{name}(" in client.read_text()
        assert name not in public.read_text()
    assert "jfhe_sk" not in public.read_text()


def test_a_stale_file_is_named_and_not_touched(tmp_path, capsys):
    for header in gen.HEADERS:
        lay(tmp_path, {f"engine/include/{header}": HEADER})
    assert gen.main([], root=tmp_path) == 0 and gen.main(["--check"], root=tmp_path) == 0
    path = Path(tmp_path) / "engine/wasm/exports.txt"
    path.write_text(path.read_text().replace("jfhe_none\n", ""))
    capsys.readouterr()
    assert gen.main(["--check"], root=tmp_path) == 1
    assert "engine/wasm/exports.txt is stale: run tools/gen_bindings" in capsys.readouterr().out
    assert "jfhe_none" not in path.read_text()

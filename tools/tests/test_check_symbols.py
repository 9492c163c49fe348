"""check_symbols refuses libraries whose contents break a promise; the libraries are made by gcc."""

import shutil
import subprocess

import pytest
from support import lay, load

tool = load("check_symbols")
API = '#define JFHE_API __attribute__((visibility("default")))\n'
GOOD = {
    "include/jfhe/api.h": API + "/* JFHE_API int jfhe_not_this(void); */\nJFHE_API int jfhe_add(int a,\n  int b);\n",
    "include/jfhe/secret.h": '#include "jfhe/api.h"\nJFHE_API int jfhe_keygen(void);\n',
    "public.c": '#include "jfhe/api.h"\nint jfi_carry;\nint jfhe_add(int a, int b) { return a + b + jfi_carry; }\n',
    "secret.c": '#include "jfhe/secret.h"\n#include <sys/random.h>\n'
                "int jfi_secret(void) { char c; return (int)getrandom(&c, 1, 0); }\n"
                "int jfhe_keygen(void) { return jfi_secret(); }\n",
}


def build(root, files):
    lay(root, {**GOOD, **files})
    objects = root / "CMakeFiles/jfhe_secret_objects.dir/rlwe/secret"
    objects.mkdir(parents=True)
    public, secret = root / "public.o", objects / "secret.c.o"
    for source, obj in (("public.c", public), ("secret.c", secret)):
        subprocess.run(["cc", "-fPIC", "-fvisibility=hidden", f"-I{root}/include", "-fno-builtin",
                        "-Wno-implicit-function-declaration", "-c", str(root / source), "-o", str(obj)], check=True)
    for name, parts in (("libjfhe", [public]), ("libjfhe_client", [public, secret])):
        parts = list(map(str, parts))
        subprocess.run(["ar", "rcs", str(root / f"{name}.a"), *parts], check=True)
        subprocess.run(["cc", "-shared", "-o", str(root / f"{name}.so"), *parts], check=True)
    return list(tool.check(root, root / "include"))


pytestmark = pytest.mark.skipif(not shutil.which("cc") or not shutil.which("nm"), reason="needs cc and nm")


def test_good_libraries_pass(tmp_path):
    assert build(tmp_path, {}) == []


@pytest.mark.parametrize(("name", "old", "new", "why"), [
    ("public.c", "int jfhe_add(", "JFHE_API int jfhe_more(void) { return 1; }\nint jfhe_add(", "exports jfhe_more"),
    ("public.c", "jfi_carry; }", "jfi_carry + jfhe_keygen(); }", "mentions jfhe_keygen"),
    ("public.c", "int jfi_carry;", "int jfi_secret(void);\nint jfi_carry;\nint jfi_x(void) { return jfi_secret(); }",
     "mentions jfi_secret"),
    ("public.c", "jfi_carry; }", "getrandom(0, 0, 0); }", "entropy"),
    ("public.c", "jfi_carry; }", "\"/dev/urandom\"[a]; }", "/dev/urandom"),
    ("public.c", "jfi_carry; }", "printf(\"x\"); }", "prints"),
    ("secret.c", "(int)getrandom", "abort(), (int)getrandom", "ends the process"),
    ("public.c", "jfi_carry", "carry", "begins with neither"),
    ("include/jfhe/api.h", "int jfhe_add", "int jfhe_gone(void);\nJFHE_API int jfhe_add", "jfhe_gone is declared"),
])
def test_broken_promises_are_named(tmp_path, name, old, new, why):
    assert old in GOOD[name]
    complaints = build(tmp_path, {name: GOOD[name].replace(old, new)})
    assert any(why in c for c in complaints), complaints

"""check_libm names each transcendental call that could reach a value."""

import pytest
from support import lay, load

tool = load("check_libm")


@pytest.mark.parametrize("text", [
    "double f(double x) { return sqrt(x) + fabs(x) + floor(x) + ldexp(x, 2); }",
    "/* exp(x) */ double f(double x) { return jfi_log2(x); }",
    'int f(double x) { return jfi_fail(1, "%.1f",\n log2(x)); }',
    "double f(double x) { return log2(x); /* libm: printed, never stored */ }",
    'void f(void) { puts("sin(x)"); }',
])
def test_harmless_code_passes(tmp_path, text):
    assert tool.check([lay(tmp_path, {"a.c": text})])[1] == []


@pytest.mark.parametrize("name", ["sin", "cosf", "exp2", "log2", "pow", "atan2", "tanh"])
def test_transcendental_call_is_named(tmp_path, name):
    text = f"double f(double x) {{\n  g();\n  return {name}(x);\n}}\n"
    complaints = tool.check([lay(tmp_path, {"a.c": text})])[1]
    assert len(complaints) == 1
    assert f"a.c:3: {name} differs" in complaints[0]

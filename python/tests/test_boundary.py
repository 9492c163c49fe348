"""A process that computes holds no secret code; only `jupyterfhe.client` loads it."""

import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path

from jupyterfhe import _native
from jupyterfhe.client import _secret_native

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["jfhe_sk_new", "jfhe_keygen_public", "jfhe_keygen_galois", "jfhe_encrypt", "jfhe_decrypt", "jfhe_release",
         "jfhe_sk_read"]


def check_symbols():
    loader = importlib.machinery.SourceFileLoader("check_symbols", str(ROOT / "tools/check_symbols"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_symbols", loader))
    loader.exec_module(module)
    return module


def loaded_after(code):
    """Modules and mapped libraries of ours in a new process."""
    script = (f"{code}\nimport sys\nprint([m for m in sys.modules if m.startswith('jupyterfhe')])\n"
              "print(sorted({line.split()[-1].rsplit('/', 1)[-1] for line in open('/proc/self/maps') if 'abi3' in line}))")
    out = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    modules, libraries = map(eval, out.splitlines())
    return modules, libraries


def test_importing_jupyterfhe_loads_no_secret_code():
    modules, libraries = loaded_after("import jupyterfhe")
    assert not any("client" in m or "secret" in m for m in modules)
    assert "_secret_native.abi3.so" not in libraries


def test_neither_does_all_of_core():
    every = sorted(p.stem for p in (ROOT / "python/jupyterfhe/core").glob("*.py"))
    modules, libraries = loaded_after("".join(f"import jupyterfhe.core.{m}\n" for m in every if m != "__init__"))
    assert not any("client" in m or "secret" in m for m in modules)
    assert libraries == ["_native.abi3.so"]


def test_the_client_does():
    modules, libraries = loaded_after("import jupyterfhe.client")
    assert "jupyterfhe.client._secret_native" in modules
    assert libraries == ["_native.abi3.so", "_secret_native.abi3.so"]


def test_the_first_module_holds_none_of_it():
    tool = check_symbols()
    assert list(tool.check_extension(Path(_native.__file__), ROOT / "engine")) == []
    assert not any(hasattr(_native.lib, name) for name in NAMES)


def test_the_check_finds_it_in_the_second():
    found = "\n".join(check_symbols().check_extension(Path(_secret_native.__file__), ROOT / "engine"))
    for name in NAMES:
        assert f"holds {name}\n" in f"{found}\n" and hasattr(_secret_native.lib, name)
    assert "a source of entropy" in found


def test_the_two_engines_do_not_meet():
    """Neither exports the engine, so that one's calls cannot bind to the other's code."""
    for module in (_native, _secret_native):
        exported, _ = check_symbols().split_symbols(Path(module.__file__), "-D")
        assert exported == {f"PyInit_{module.__name__.rsplit('.', 1)[1]}"}

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


PACKAGE = {
    "__init__.py": "from . import core\nfrom .core.keys import K\n",
    "core/__init__.py": "from . import engine\nfrom .keys import K\n",
    "core/engine.py": "from .. import _native\n",
    "core/keys.py": "import numpy\nimport jupyterfhe.core.engine\nfrom .engine import lib\n",
    "plan/graph.py": "from ..core import keys\n",
    "array/a.py": "from ..plan.graph import G\nfrom jupyterfhe.core.keys import K\n",
    "client/engine.py": "from . import _secret_native\nfrom ..core import keys\n",
    "client/keys.py": "from .engine import lib\nfrom ..array import a\n",
    "kernel/k.py": "from ..array import a\n",
    "cli/main.py": "from ..client import keys\nfrom ..array import a\n",
}


def test_right_imports_pass(tmp_path):
    seen, complaints = tool.check_python(lay(tmp_path / "jupyterfhe", PACKAGE))
    assert complaints == [] and seen > 12


@pytest.mark.parametrize(("path", "line", "why"), [
    ("core/bad.py", "from ..plan import graph", "core does not see plan"),
    ("core/bad.py", "def f():\n    from jupyterfhe.array.a import A", "core does not see array"),
    ("core/bad.py", "from .. import _native", "_native is seen from core/engine.py alone"),
    ("core/bad.py", "from .._native import lib", "_native is seen from core/engine.py alone"),
    ("array/bad.py", "import jupyterfhe._native", "_native is seen from core/engine.py alone"),
    ("array/bad.py", "from ..client import keys", "only cli and client see client"),
    ("__init__.py", "from . import client", "only cli and client see client"),
    ("kernel/bad.py", "import importlib\nimportlib.import_module('jupyterfhe.client.keys')", "only cli and client"),
    ("kernel/bad.py", "__import__('jupyterfhe.client._secret_native')", "client/engine.py alone"),
    ("kernel/bad.py", "from importlib import import_module\nimport_module('.client', __package__)", "in full"),
    ("client/bad.py", "from ._secret_native import lib", "client/engine.py alone"),
    ("core/bad.py", "import jupyterfhe", "no room imports"),
    ("core/bad.py", "from jupyterfhe import something", "no room imports"),
    ("array/bad.py", "from ..cli import main", "nobody sees cli"),
    ("attic/bad.py", "from ..core import keys", "no room called attic"),
])
def test_a_wrong_import_is_refused(tmp_path, path, line, why):
    _, complaints = tool.check_python(lay(tmp_path / "jupyterfhe", {**PACKAGE, path: line + "\n"}))
    assert len(complaints) == 1 and why in complaints[0] and path in complaints[0], complaints


def test_an_empty_package_is_no_success(tmp_path):
    assert tool.check_python(tmp_path)[1]


SERVER = {
    "__init__.py": "def points():\n    from .app import App\n",
    "app.py": "from tornado import web\nfrom .handlers import ROUTES\nfrom .services.store import Store\nfrom .vault import V\n",
    "vault.py": "import subprocess\n",
    "handlers/base.py": "from jupyter_server.base.handlers import APIHandler\nfrom .. import __version__\n",
    "handlers/blobs.py": "from ..services import shapes\nfrom .base import Handler\n",
    "services/store.py": "import sqlalchemy\nfrom . import blobs\nfrom .blobs import Files\n",
    "migrations/env.py": "from alembic import context\n",
}


def test_right_imports_of_the_server_pass(tmp_path):
    seen, complaints = tool.check_server(lay(tmp_path / "jupyterfhe_server", SERVER))
    assert complaints == [] and seen > 10


@pytest.mark.parametrize(("path", "line", "why"), [
    ("services/bad.py", "import jupyterfhe", "no engine"),
    ("services/bad.py", "def f():\n    from jupyterfhe.core import tables", "no engine"),
    ("vault.py", "__import__('jupyterfhe.vault')", "no engine"),
    ("handlers/bad.py", "__import__('jupyter' + 'fhe')", "no engine"),
    ("services/bad.py", "from ..handlers import base", "services does not see handlers"),
    ("services/bad.py", "from tornado import web", "no web server"),
    ("services/bad.py", "from jupyter_server.auth import User", "no web server"),
    ("handlers/bad.py", "from ..app import App", "handlers does not see app"),
    ("handlers/bad.py", "from jupyterfhe_server.vault import V", "handlers does not see vault"),
    ("attic/bad.py", "import os", "no room called attic"),
])
def test_a_wrong_import_of_the_server_is_refused(tmp_path, path, line, why):
    _, complaints = tool.check_server(lay(tmp_path / "jupyterfhe_server", {**SERVER, path: line + "\n"}))
    assert len(complaints) == 1 and why in complaints[0] and path in complaints[0], complaints


def test_an_empty_server_is_no_success(tmp_path):
    assert tool.check_server(tmp_path)[1]

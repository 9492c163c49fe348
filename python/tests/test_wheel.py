"""The wheel: its tag, what is in it, and that it works away from the source tree."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from jupyterfhe import _native
from jupyterfhe.client import _secret_native

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-build-isolation",
                    "--no-deps", "--wheel-dir", out, ROOT], check=True)
    (path,) = out.iterdir()
    return path


def test_one_wheel_serves_every_later_python(wheel):
    assert re.fullmatch(r"jupyterfhe-[\d.]+-cp311-abi3-linux_\w+\.whl", wheel.name)
    assert all(Path(m.__file__).name.endswith(".abi3.so") for m in (_native, _secret_native))


def test_it_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as parts:
        names = {n for n in parts.namelist() if ".dist-info/" not in n}
        sources = {str(p.relative_to(ROOT / "python")) for p in (ROOT / "python/jupyterfhe").rglob("*.py")}
        data = {f"jupyterfhe-{version('jupyterfhe')}.data/data/{p.relative_to(ROOT / 'python')}"
                for p in (ROOT / "python/share").rglob("*") if p.is_file()}
        pages = {str(p.relative_to(ROOT / "python")) for p in (ROOT / "python/jupyterfhe/vault/static").rglob("*") if p.is_file()}
        assert names == sources | data | pages | {"jupyterfhe/_native.abi3.so", "jupyterfhe/client/_secret_native.abi3.so"}
        assert any(name.endswith("share/jupyter/kernels/jupyterfhe/kernel.json") for name in data)
        for name in names:  # where it was built is nobody's business
            assert str(ROOT).encode() + b"/" not in parts.read(name), name


def test_it_works_away_from_the_source_tree(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as parts:
        parts.extractall(tmp_path / "site")
    script = ("import sys, jupyterfhe\nfrom jupyterfhe import client\nfrom jupyterfhe.core import evaluate, EvaluationKeys\n"
              "key = client.keygen('k', 'stats-lite')\nkeys = EvaluationKeys.open('k')\n"
              "out = client.decrypt(evaluate.square(client.encrypt([3.0], key), keys), key, 1)\n"
              "assert abs(out.values[0] - 9) <= out.error_bound < 1e-5\nprint(jupyterfhe.__file__)\n")
    # -S: without the hook that an editable installation leaves; the other packages are named instead
    done = subprocess.run([sys.executable, "-S", "-c", script], cwd=tmp_path, capture_output=True, text=True,
                          env={"PYTHONPATH": f"{tmp_path / 'site'}:{sysconfig.get_paths()['purelib']}"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "site/jupyterfhe/__init__.py")

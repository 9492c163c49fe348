"""The kernelspec: shipped, installed by command, found by Jupyter."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyterfhe.kernel import install

SHIPPED = Path(__file__).resolve().parents[2] / "share/jupyter/kernels/jupyterfhe/kernel.json"


def test_what_is_shipped_is_what_the_command_installs(tmp_path):
    assert json.loads(SHIPPED.read_text()) == install.spec()
    place = Path(install.install(prefix=tmp_path))
    found = json.loads((place / "kernel.json").read_text())
    assert found == install.spec(sys.executable) and found["display_name"] == "Python 3 (JupyterFHE)"
    assert KernelSpecManager(kernel_dirs=[str(place.parent)]).get_kernel_spec("jupyterfhe").argv[0] == sys.executable


@pytest.mark.parametrize(("words", "status", "said"), [
    (["install", "--prefix", "{}"], 0, "installed Python 3 (JupyterFHE) in {}/share/jupyter/kernels/jupyterfhe"),
    (["install", "--prefix", "/proc/nowhere"], 2, "try --user"),
    (["install", "--sys-prefix", "--user"], 2, "not allowed with"),
    ([], 2, "python -m jupyterfhe.kernel install"),
    (["--help"], 0, "python -m jupyterfhe.kernel install"),
])
def test_the_command(tmp_path, words, status, said):
    done = subprocess.run([sys.executable, "-m", "jupyterfhe.kernel", *(w.format(tmp_path) for w in words)], capture_output=True,
                          text=True, check=False)
    assert done.returncode == status and said.format(tmp_path) in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_modules_beside_a_notebook_are_found_and_hide_none_of_python(start, tmp_path):
    (tmp_path / "mine.py").write_text("here = 3\n")
    (tmp_path / "random.py").write_text("raise RuntimeError('not this one')\n")
    kernel = start()
    assert kernel.good("import random\nprint(random.__file__)").text.endswith("/random.py\n")
    assert kernel.good("import mine\nprint(mine.here)").text == "3\n"


def test_another_ipython_kernel_becomes_one(start):
    kernel = start()
    kernel.good("%unload_ext jupyterfhe.kernel")
    plain = kernel.good("df = jf.open('patients')\ndf").bundles[-1]
    assert "application/vnd.jupyterfhe.ref+json" not in plain and "400 rows" in plain["text/plain"]
    assert "fhe" in kernel.run("%fhe status").text
    kernel.good("%load_ext jupyterfhe.kernel")
    assert kernel.good("df").ref["shape"] == [400, 4]

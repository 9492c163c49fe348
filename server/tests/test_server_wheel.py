"""The wheel holds what a server needs, and brings the file that turns the extension on."""

import subprocess
import sys
import zipfile
from pathlib import Path

SERVER = Path(__file__).resolve().parents[1]


def test_the_wheel_has_code_migrations_and_configuration(tmp_path):
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
                    "--disable-pip-version-check", "--wheel-dir", tmp_path, SERVER], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("jupyterfhe_server-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    code = {str(p.relative_to(SERVER)) for p in (SERVER / "jupyterfhe_server").rglob("*") if p.suffix in (".py", ".mako")}
    assert code <= set(names)
    assert any(n.endswith("data/etc/jupyter/jupyter_server_config.d/jupyterfhe_server.json") for n in names)
    assert not [n for n in names if "tests" in n or n.endswith(".pyc")]
    assert "py3-none-any" in wheel.name


def test_importing_the_server_loads_no_engine():
    script = ("import sys; import jupyterfhe_server.app; "
              "bad = [m for m in sys.modules if m == 'jupyterfhe' or m.startswith('jupyterfhe.') or m == 'numpy']; "
              "sys.exit(str(bad) if bad else 0)")
    subprocess.run([sys.executable, "-c", script], check=True)

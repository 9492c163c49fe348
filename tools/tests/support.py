"""Load a tool that has no .py in its name, and lay out a small engine to show it."""

import importlib.machinery
import importlib.util
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(TOOLS / name))
    loader_spec = importlib.util.spec_from_loader(name, loader)
    module = importlib.util.module_from_spec(loader_spec)
    loader.exec_module(module)
    return module


def lay(root, files):
    """Write {path: text} under a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root

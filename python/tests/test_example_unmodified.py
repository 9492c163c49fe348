"""The example of unmodified numpy code: every result within the bound that it prints, in the clear and encrypted."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples/unmodified.py"
PARTS = {"standardise": 0.05, "covariance": 1e-2, "correlation": 0.05, "regression": 0.05, "network": 1e-3}


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("unmodified", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_study_is_numpy_and_nothing_else():
    tree = ast.parse(SCRIPT.read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name in ("standardise", "scaled", "regression", "network", "study"):
        names = {n.id for n in ast.walk(functions[name]) if isinstance(n, ast.Name)}
        assert not names & {"jf", "jupyterfhe", "client", "isinstance", "hasattr", "type"}, name
        assert not any(isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.walk(functions[name])), name


@pytest.mark.parametrize("name", ["diabetes", "breast-cancer"])
def test_every_result_is_within_its_printed_bound(example, name, tmp_path):
    """A hundred rows and the regression's four columns; all of them with JFHE_TEST_SLOW, below."""
    import jupyterfhe as jf
    whole, lines = example.PUBLIC[name], []
    public = whole | {"columns": {c: whole["columns"][c] for c in whole["chosen"]}}
    before = {option: getattr(jf.options, option) for option in example.PROMISES}
    try:
        out = example.compare(name, tmp_path, rows=100, public=public, show=lines.append)
    finally:
        for option, value in before.items():
            setattr(jf.options, option, value)
    assert set(out) == set(PARTS)
    for part, (want, got, bound) in out.items():
        assert np.all(np.abs(got - want) <= bound), part
        assert bound.max() <= PARTS[part] * np.abs(want).max(), (part, bound.max())  # a bound that says something
    assert sum("held" in line for line in lines) == 5 and not any("BROKEN" in line for line in lines)


@pytest.mark.skipif("not os.environ.get('JFHE_TEST_SLOW')", reason="a minute: part of make test-slow")
def test_the_whole_script():
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, env=os.environ | {"PYTHONWARNINGS": "error"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("held") == 10 and "BROKEN" not in done.stdout

"""What a run takes, in a process of its own, beside what its plan foresaw."""

import json
import subprocess
import sys

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core import errors

MEASURE = """
import gc, json, sys
import numpy as np
import jupyterfhe as jf
from jupyterfhe.plan import foresee

def status(name):
    return next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if line.startswith(name))

folder, keys, program = sys.argv[1:]
jf.options.precision = 1e-4
y = eval(program, {"np": np, "jf": jf, "x": jf.open(folder, keys)})
forecast = foresee(y.values)[1].forecast  # keys are loaded by now
gc.collect()
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # VmHWM starts anew
before = status("VmRSS")
y.compute()
print(json.dumps([status("VmHWM") - before, forecast.memory_bytes]))
"""
PROGRAMS = ["x * x", "np.cov(x, rowvar=False)", "np.sum(x, axis=1)", "(x - x.mean(axis=0)) ** 2", "np.exp(x[:, 0])",
            "x @ (np.arange(8.0).reshape(4, 2) / 7)", "np.mean(x, axis=0)", "np.exp(x)"]
SMALL = 24 << 20  # Python's own objects, and what the allocator keeps, whatever the program


@pytest.fixture(scope="module")
def folder(place):
    """Sixty-four ciphertexts: 16 chunks of 4 columns."""
    home = place / "memory"
    home.mkdir()
    with client.keygen(home / "keys", "stats", conjugate=False) as key:
        x = np.random.default_rng(1).uniform(-1, 1, (16 * 8192, 4))
        client.seal_array(home / "x", x, key, bounds=(-1.0, 1.0))
    return home


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_peak_is_what_was_foreseen(folder, program):
    done = subprocess.run([sys.executable, "-c", MEASURE, folder / "x", folder / "keys", program], capture_output=True, text=True,
                          check=True)
    grown, forecast = json.loads(done.stdout)
    assert grown <= 1.3 * max(forecast, SMALL), (grown >> 20, forecast >> 20)
    assert forecast <= 1.3 * max(grown, SMALL), (grown >> 20, forecast >> 20)  # nor is it a frightened guess


def test_a_forecast_above_the_limit_is_refused_with_the_number(folder):
    x = jf.open(folder / "x", folder / "keys")
    y = x * x
    need = y.explain().plan.forecast.memory_bytes
    assert f"at most {need / 2**20:.1f} MiB" in y.explain().facts["memory"]
    with jf.options.set(memory_limit=need // 2):
        for use in (y.compute, y.explain, lambda: y.save(folder / "y")):
            with pytest.raises(errors.OutOfMemoryError, match=rf"{need / 2**20:.1f} MiB.*{need / 2**21:.1f}"):
                use()
        assert "cannot be computed" in repr(y)
    assert not y.computed and not (folder / "y").exists()

"""Exact integers in a real kernel: shown as references, kept and found again by a restarted kernel, saved and opened by name."""

import json

import numpy as np
import pytest

from jupyterfhe.client import tables

ROWS = 200
RNG = np.random.default_rng(11)
DATA = {"visits": RNG.integers(0, 50, ROWS), "ward": RNG.integers(0, 3, ROWS), "cost": np.round(RNG.uniform(0, 9, ROWS), 2)}
JF = "import numpy as np\nt = jf.open('visits')\n"


@pytest.fixture
def visits(owner, quick, tmp_path):
    """The owner with a table whose whole numbers are there in both ways."""
    (tmp_path / "t.json").write_text(json.dumps([{n: c[i].item() for n, c in DATA.items()} for i in range(ROWS)]))
    with tables.open_source(tmp_path / "t.json") as source:
        tables.draft(source, exact="both", overrides={"ward": {"bounds": (0.0, 2.0)}}).encrypt(tmp_path / "t", quick.secret)
    owner.store.upload("visits", tmp_path / "t", owner.key_id)
    return owner


def equals(owner, ref, want, dtype):
    assert (ref["scheme"], ref["dtype"], ref["program"]) == ("BGV", dtype, None)
    opened = owner.opened(ref)
    np.testing.assert_array_equal(opened.values, want)
    assert ref["error_bound"] == np.max(opened.error_bound)


def test_exact_results_are_references(visits, start):
    kernel = start()
    total = kernel.good(JF + "s = np.sum(t['visits'])\ns").ref
    equals(visits, total, DATA["visits"].sum(), "int64")
    assert total["error_bound"] == 0 and not total["reused"] and len(total["inputs"]) == 1
    assert total["size"] == sum(f["size"] for f in total["tree"]["files"]) and total["levels_left"] is not None
    equals(visits, kernel.good("(t['visits'] * (t['ward'] == 1)).sum()").ref, DATA["visits"][DATA["ward"] == 1].sum(), "int64")
    equals(visits, kernel.good("t['ward'] == 2").ref, DATA["ward"] == 2, "bool")
    mean = kernel.good("t['visits'].mean()").ref
    equals(visits, mean, DATA["visits"].mean(), "float64")
    assert mean["tree_hash"] != total["tree_hash"] and mean["reused"]
    mixed = kernel.good("(t['visits'] * t['cost']).sum()").ref
    assert mixed["scheme"] == "CKKS" and mixed["program"]
    visits.agrees(mixed, (DATA["visits"] * DATA["cost"]).sum())
    cell = "t['visits'].sum().approximate(crossing=True) / 10 + t['cost'].sum()"
    over = kernel.good(cell).ref  # an exact total beside an approximate one: lineage leads to the table, by way of the total
    assert over["scheme"] == "CKKS" and over["program"] and total["inputs"][0] in over["inputs"] and len(over["inputs"]) == 2
    visits.agrees(over, DATA["visits"].sum() / 10 + DATA["cost"].sum())
    assert kernel.good(cell).ref["reused"]


def test_a_restarted_kernel_finds_them(visits, start):
    cells = JF + "w = np.arange(len(t))\nd = (t['visits'] * w).sum()\nd"
    first = start(PYTHONHASHSEED="1").good(cells).ref
    kernel = start(cache="again", PYTHONHASHSEED="2")
    kernel.good("import jupyterfhe.plan.modular as m\ndef never(*_): raise RuntimeError('computed')\nm._run = never")
    again = kernel.good(cells).ref
    assert again["reused"] and (again["tree_hash"], again["memo"]) == (first["tree_hash"], first["memo"])
    assert kernel.run("(t['visits'] * (w + 1)).sum()").error == "RuntimeError: computed"


def test_they_are_saved_and_opened_by_name(visits, start):
    kernel = start()
    kernel.good(JF + "assert jf.save(np.cumsum(t['visits'][:9]), 'running').new")
    equals(visits, kernel.good("r = jf.open('running')\nr").ref, np.cumsum(DATA["visits"][:9]), "int64")
    equals(visits, kernel.good("(r * 2)[-1]").ref, 2 * DATA["visits"][:9].sum(), "int64")
    assert kernel.good("print(jf.save(r + 0, 'running').new)").text == "False\n"

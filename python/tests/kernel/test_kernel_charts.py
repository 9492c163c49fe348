"""Charts in a real kernel: what leaves it says what to draw and of which references, and holds no value."""

import json

import numpy as np

CHART = "application/vnd.jupyterfhe.chart+json"
JF = "import numpy as np\ndf = jf.open('patients')\n"


def test_a_chart_is_a_specification_of_references(owner, start, cancer):
    kernel = start()
    ran = kernel.good(JF + "c = jf.plot.scatter(df['mean_radius'], df[['mean_texture', 'mean_area']], label=['a', 'b'], title='T')\nc")
    bundle = ran.bundles[-1]
    assert set(bundle) == {CHART, "text/plain", "text/html"}
    chart = bundle[CHART]
    assert (chart["mark"], chart["title"], len(chart["refs"]), chart["bins"]) == ("scatter", "T", 2, None)
    assert [s["y"] for s in chart["series"]] == [{"ref": 1, "column": 0}, {"ref": 1, "column": 1}]
    assert all(s["x"] == {"ref": 0, "column": None} for s in chart["series"])
    owner.agrees(chart["refs"][0], cancer["mean_radius"][:400])
    owner.agrees(chart["refs"][1], np.stack([cancer["mean_texture"], cancer["mean_area"]], axis=1)[:400])
    said = json.dumps(bundle)
    assert not any(f"{v:.15g}" in said for v in cancer["mean_area"] if len(f"{v:.15g}") >= 6)


def test_an_array_that_is_drawn_twice_is_computed_once(owner, start):
    kernel = start()
    chart = kernel.good(JF + "m = df[['mean_radius', 'mean_area']].mean(axis=0)\njf.plot.bar(['r', 'a'], m)").bundles[-1][CHART]
    before = len(owner.store.data.results)
    again = kernel.good("jf.plot.line(m, m)").bundles[-1][CHART]
    assert len(again["refs"]) == 1 and again["refs"][0]["tree_hash"] == chart["refs"][0]["tree_hash"]
    assert len(owner.store.data.results) == before


def test_a_chart_that_cannot_be_computed_says_why(owner, start):
    ran = start().good(JF + "x = df['mean_radius'] / 30\nfor _ in range(6): x = x * x\njf.plot.line(x)")
    assert CHART not in ran.bundles[-1] and "fewer times" in ran.bundles[-1]["text/plain"]


def test_a_reference_tells_what_was_promised(owner, start):
    kernel = start()
    plain = kernel.good(JF + "m = df['mean_radius'].mean()\nm").ref
    assert plain["assumed"] == []
    ref = kernel.good("q = m.within(14, 14.5)\nq").ref
    assert len(ref["assumed"]) == 1 and "14" in ref["assumed"][0]
    again = kernel.good(f"jf.ref('{ref['tree_hash']}')").ref
    assert again["assumed"] == ref["assumed"], "the manifest keeps it"

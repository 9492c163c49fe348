"""Frames, series and statistics at the end of cells: encrypted outputs that are found again, saved, and opened by their owner as pandas has them."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from running import REF

from jupyterfhe import client
from jupyterfhe.client import tables

JF = "import numpy as np\nfrom jupyterfhe import stats\ndf = jf.open_frame('people')\n"
LABELS = ["cook", "smith"]
SEALED = b"names and labels that the owner alone reads"


@pytest.fixture(scope="module")
def people():
    """Two trades and ages of 300 people, some ages missing; from the breast-cancer measurements."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    age = np.round(data.data[:300, 0] * 2)
    return pd.DataFrame({"job": [LABELS[i] for i in data.target[:300]], "age": np.where(np.arange(300) % 17, age, np.nan)})


@pytest.fixture(scope="module")
def folder(quick, people, tmp_path_factory):
    """The table as a vault would upload it, with something sealed."""
    home = tmp_path_factory.mktemp("people")
    (home / "people.json").write_text(people.to_json(orient="records"))
    with tables.open_source(home / "people.json") as source:
        tables.draft(source).encrypt(home / "table", quick.secret)
    (home / "table" / "sealed.bin").write_bytes(SEALED)
    return home / "table"


@pytest.fixture
def kernel(owner, start, folder):
    owner.store.upload("people", folder, owner.key_id)
    kernel = start()
    kernel.good(JF)
    return kernel


def opened(owner, ref):
    """A reference, decrypted by the owner."""
    folder = owner.home / ref["tree_hash"]
    folder.mkdir(exist_ok=True)
    for file in ref["tree"]["files"]:
        shutil.copyfile(owner.store.data.path(file["sha256"]), folder / file["name"])
    return client.decrypt_frame(folder, owner.world.secret)


GROUPS = "g = df.groupby('job').agg(n=('age', 'count'), mean=('age', 'mean'))\ng"


def test_a_table_of_groups_is_shown_and_found_again(owner, kernel, start, people):
    ran = kernel.good(GROUPS)
    ref = ran.ref
    assert set(ran.bundles[-1]) == {REF, "text/plain", "text/html"}
    assert (ref["kind"], ref["shape"], ref["dtype"], ref["name"], ref["reused"]) == ("frame", [2, 2], "frame", "g", False)
    assert [(c["name"], c["kind"]) for c in ref["columns"]] == [("n", "int"), ("mean", "float")]
    assert owner.store.data.results[ref["memo"]]["tree"] == ref["tree"]
    found, want = opened(owner, ref).to_pandas(), people.groupby("job").agg(n=("age", "count"), mean=("age", "mean"))
    assert list(found.index) == LABELS and list(found.n) == list(want.n) and np.allclose(found["mean"], want["mean"], atol=1e-3)
    again = start(cache="another").good(JF + GROUPS).ref
    assert again["reused"] and again["tree_hash"] == ref["tree_hash"] and again["memo"] == ref["memo"]
    assert kernel.good("%fhe explain g").bundles[-1]["text/plain"]


def test_what_is_sealed_of_its_tables_travels_with_it(owner, kernel):
    ref = kernel.good("total = df.age.sum()\ntotal.compute()\nmean = df.age * 1.0\nm = (mean - 3).mean()\nm").ref
    files = {f["name"]: f["sha256"] for f in ref["tree"]["files"]}
    assert owner.store.data.path(files["sealed-0.bin"]).read_bytes() == SEALED and "sealed-1.bin" not in files


def test_statistics_and_series_are_shown(owner, kernel, people):
    both = [people.age[people.job == j].dropna() for j in LABELS]
    ref = kernel.good("t = stats.ttest_ind(df[df.job == 'cook'].age, df[df.job == 'smith'].age)\nt").ref
    assert (ref["kind"], ref["dtype"], ref["shape"]) == ("record", "TtestResult", [3])
    found = opened(owner, ref)
    want = (both[0].mean() - both[1].mean()) / np.sqrt(people.age.dropna().groupby(people.job).apply(lambda x: (x.size - 1) * x.var()).sum()
                                                       / (both[0].size + both[1].size - 2) * (1 / both[0].size + 1 / both[1].size))
    assert abs(found.statistic[()] - want) <= found.error_bound["statistic"] + 1e-9
    series = kernel.good("df.job.value_counts()").ref
    assert series["kind"] == "series" and series["shape"] == [2]
    assert list(opened(owner, series).to_pandas()) == [int((people.job == j).sum()) for j in LABELS]


def test_a_frame_that_is_the_whole_table_is_shown_as_it(owner, kernel):
    ref = kernel.good("df").ref
    assert ref["kind"] == "table" and ref["shape"] == [300, 2]
    part = kernel.good("df[df.job == 'cook'][['age']]").ref
    assert part["kind"] == "frame" and part["shape"] == [300, 1]
    assert len(opened(owner, part).to_pandas()) == kernel_count(owner, kernel)


def kernel_count(owner, kernel):
    """How many are cooks, counted by the owner."""
    return int(opened(owner, kernel.good("df[df.job == 'cook'].age.sums().count()").ref).value[()])


def test_saved_frames_are_opened_and_go_on(owner, kernel, people):
    kernel.good(GROUPS + "\nassert jf.save(g, 'groups').new\nassert not jf.save(g, 'groups').new")
    head = owner.store.data.snapshots[owner.store.data.datasets["groups"]["branches"]["main"]]
    assert head["kind"] == "frame"
    ref = kernel.good("h = jf.open('groups')\nassert type(h) is jf.EncryptedFrame and h.columns == ['n', 'mean']\nr = h['mean'] / h['n']\nr").ref
    want = people.groupby("job").age.agg(lambda x: x.mean() / x.count())
    assert np.allclose(opened(owner, ref).to_pandas(), want, atol=1e-4)
    plain = kernel.good("jf.save(df[['age', 'job']], 'years')\nc = jf.open('years')\nc.age.mean()").ref
    assert np.isclose(opened(owner, plain).value[()], people.age.mean(), atol=1e-3)
    assert "finished at decryption" in kernel.run("h['mean'].sum()").error
    kernel.good("jf.save(stats.ttest_1samp(df.age, 30), 'test')\nt = jf.open('test')\nassert type(t).__name__ == 'Outcome' and t.title == 'TtestResult'")
    assert "uploaded and is no result" in kernel.run("jf.save(g, 'people')").error


def test_the_panel_lists_them(kernel):
    kernel.good("s = df.age + 1\nt = stats.ttest_1samp(df.age, 30)\n" + GROUPS)
    code = ("import json\nfrom jupyterfhe.kernel import extension\nlisted = next(iter(extension._loaded.values())).listed()\n"
            "print(json.dumps([{k: v[k] for k in ('name', 'kind', 'shape', 'computed')} for v in listed if v['name'] in 'dfgst']))")
    rows = {row.pop("name"): row for row in json.loads(kernel.good(code).text)}
    assert rows["df"] == {"kind": "table", "shape": [300, 2], "computed": True} and rows["g"] == {"kind": "frame", "shape": [2, 2], "computed": True}
    assert rows["s"] == {"kind": "series", "shape": [300], "computed": False} and rows["t"] == {"kind": "record", "shape": [3], "computed": False}


def test_no_output_holds_a_value_and_what_cannot_be_says_why(kernel, people):
    kernel.good(GROUPS)
    ran = kernel.good("x = df.age / 100\nfor _ in range(7): x = x * x\nx")
    assert REF not in ran.bundles[-1] and "not shown: " in ran.bundles[-1]["text/plain"]
    for value in people.groupby("job").age.mean():
        assert f"{value:.6g}" not in kernel.everything

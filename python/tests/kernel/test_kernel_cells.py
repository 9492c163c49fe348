"""Cells in a real kernel: what is shown is a reference, what was computed is not computed again, nobody sees a value."""

import numpy as np
from running import REF

JF = "import numpy as np\ndf = jf.open('patients')\n"


def test_a_cell_shows_a_reference_that_the_owner_opens(owner, start, cancer):
    kernel = start()
    ran = kernel.good(JF + "m = df['mean_radius'].mean()\nm")
    ref, bundle = ran.ref, ran.bundles[-1]
    assert set(bundle) == {REF, "text/plain", "text/html"} and bundle["text/plain"].startswith("<EncryptedScalar")
    owner.agrees(ref, cancer["mean_radius"][:400].mean())
    assert (ref["kind"], ref["shape"], ref["dtype"], ref["name"], ref["reused"]) == ("scalar", [], "float64", "m", False)
    assert ref["key_id"] == owner.key_id and ref["inputs"] == [owner.store.data.snapshots[owner.first]["tree_hash"]]
    assert owner.store.data.results[ref["memo"]]["tree"] == ref["tree"]
    assert owner.store.data.path(ref["program"]).read_bytes().startswith(b"JFHP")
    assert ref["size"] == sum(f["size"] for f in ref["tree"]["files"])


def test_a_restarted_kernel_computes_nothing_again(owner, start):
    cells = JF + "x = df[['mean_radius', 'mean_area']]\nc = np.cov(x.T)\nc"
    first = start(PYTHONHASHSEED="1").good(cells).ref
    before = len(owner.store.data.results)
    for number, local in ((2, True), (3, False)):
        kernel = start(cache=f"cache{number}", local=local, PYTHONHASHSEED=str(number))
        kernel.good("import jupyterfhe.plan.execute as e\ndef never(*_): raise RuntimeError('computed')\ne._run = never")
        again = kernel.good(cells).ref
        assert again["reused"] and again["tree_hash"] == first["tree_hash"] and again["memo"] == first["memo"]
        assert again["program"] == first["program"] and again["inputs"] == first["inputs"]
    assert len(owner.store.data.results) == before


def test_without_memory_the_same_bytes_come_again(owner, start):
    cells = JF + "s = (df['mean_area'] * df['mean_radius']).sum()\ns"
    first = start().good(cells).ref
    owner.store.data.results.clear()
    again = start(cache="other", PYTHONHASHSEED="77").good(cells).ref
    assert not again["reused"] and again["tree_hash"] == first["tree_hash"]


def test_versions_and_rollback(owner, start, cancer):
    kernel = start()
    cell = "df = jf.open('patients')\nr = np.mean(df['worst_perimeter'])\nr"
    first = kernel.good("import numpy as np\n" + cell).ref
    owner.upload("patients", "v2")
    second = kernel.good(cell).ref
    assert second["tree_hash"] != first["tree_hash"] and second["shape"] == []
    owner.agrees(second, cancer["worst_perimeter"].mean())
    owner.store.rollback("patients", owner.first)
    third = kernel.good(cell).ref
    assert third["tree_hash"] == first["tree_hash"] and third["reused"]
    for chosen in ("version=2", "version=-2", f"version='{owner.store.data.snapshots[owner.first]['id']}'"):
        length = kernel.good(f"print(len(jf.open('patients', {chosen})))").text
        assert length == ("400\n" if "'" in chosen else "569\n")
    table = kernel.good("jf.history('patients')").bundles[-1]
    assert "rollback" in table["text/plain"] and "<table>" in table["text/html"]


def test_a_result_is_saved_and_opened_by_name(owner, start, cancer):
    kernel = start()
    kernel.good(JF + "saved = jf.save(df['mean_area'].mean() * 2, 'double')\nassert saved.new")
    assert owner.store.data.snapshots[owner.store.data.datasets["double"]["branches"]["main"]]["program"] is not None
    ref = kernel.good("y = jf.open('double')\ny").ref
    owner.agrees(ref, cancer["mean_area"][:400].mean() * 2)
    assert ref["dataset"]["name"] == "double"
    assert kernel.good("print(jf.save(df['mean_area'].mean() * 2, 'double').new)").text == "False\n"
    assert kernel.good("print(jf.save(df['mean_area'].mean() * 3, 'double').new)").text == "True\n"
    refused = kernel.run("jf.save(df['mean_area'], 'patients')")
    assert "uploaded and is no result" in refused.error and len(owner.store.data.datasets["patients"]["branches"]) == 1
    kernel.good("z = jf.ref(" + repr(ref["tree_hash"]) + ")\nassert z.shape == ()")


def test_secrets_compute_with_tables(owner, start, cancer):
    ref = start().good(JF + "t = jf.secret('threshold')\nd = df['mean_radius'].mean() - t\nd").ref
    owner.agrees(ref, cancer["mean_radius"][:400].mean() - 17.25)


def test_arrays_that_share_a_program_compute_once(owner, start, cancer):
    kernel = start()
    total = kernel.good(JF + "a = df['mean_radius'].sum()\na").ref
    kernel.good("import jupyterfhe.plan.execute as e\ndef never(*_): raise RuntimeError('computed')\ne._run = never")
    mean = kernel.good("b = df['mean_radius'].mean()\nb").ref
    assert mean["reused"] and mean["tree_hash"] != total["tree_hash"] and mean["memo"] != total["memo"]
    assert owner.store.data.results[mean["memo"]]["tree"] == mean["tree"]
    owner.agrees(total, cancer["mean_radius"][:400].sum())
    owner.agrees(mean, cancer["mean_radius"][:400].mean())


def test_tables_and_columns_are_shown_as_they_are(owner, start, cancer):
    kernel = start()
    table = kernel.good(JF + "df").ref
    assert table["kind"] == "table" and table["shape"] == [400, 4] and table["dataset"]["name"] == "patients"
    assert table["tree_hash"] == owner.store.data.snapshots[owner.first]["tree_hash"]
    assert [c["name"] for c in table["columns"]] == list(cancer)
    column = kernel.good("c = df['mean_texture']\nc").ref
    assert column["kind"] == "array" and column["program"] is None
    owner.agrees(column, cancer["mean_texture"][:400])
    numbers = kernel.good("df[['mean_radius', 'mean_texture']]").ref
    assert numbers["shape"] == [400, 2] and numbers["name"] is None


def test_an_array_that_was_written_to_is_another(owner, start, cancer):
    kernel = start()
    kernel.good(JF + "jf.save(df['mean_radius'] * 1, 'radius')")
    first = kernel.good("x = jf.open('radius')\nx").ref
    assert first["dataset"]["name"] == "radius"
    second = kernel.good("x += 1\nx").ref
    assert second["dataset"] is None
    assert first["tree_hash"] != second["tree_hash"]
    owner.agrees(second, cancer["mean_radius"][:400] + 1)


def test_what_cannot_be_computed_says_why(owner, start):
    ran = start().good(JF + "x = df['mean_radius'] / 30\nfor _ in range(6): x = x * x\nx")
    assert REF not in ran.bundles[-1]
    assert "not shown: " in ran.bundles[-1]["text/plain"] and "fewer times" in ran.bundles[-1]["text/html"]


def test_no_output_and_no_traceback_holds_a_value(owner, start, cancer):
    kernel = start()
    kernel.good("%xmode Verbose")
    kernel.good(JF + "x = df['mean_radius']\nx")
    bad = [kernel.run(code) for code in (
        "bool(x.sum())", "float(x.mean())", "if x.sum() > 3: pass", "import pickle; pickle.dumps(x)", "pickle.dumps(df)",
        "x + np.ones(7)", "def f(a, b):\n    return a / b / 0\nf(x, df)", "len(x.mean())", "list(x)", "np.array(x)",
        "from jupyterfhe import client", "import jupyterfhe.client.keys", "jf.open('nothing')", "jf.ref('zz')")]
    for ran in bad:
        assert ran.status == "error" and ran.traceback, ran.text
    assert "not pickled" in bad[3].error and "not pickled" in bad[4].error
    assert "holds the secret key's code" in bad[10].error and "It holds patients, threshold" in bad[12].error
    stored = kernel.run("%store x")
    assert "not pickled" in (stored.error or "") + stored.text
    kernel.good("import copy\ny = copy.copy(x); z = copy.deepcopy(x); w = copy.deepcopy(df)\nassert y.shape == z.shape")
    said = kernel.everything
    for value in np.concatenate(list(cancer.values())):
        assert f"{value:.15g}" not in said or len(f"{value:.15g}") < 6, value
    assert "secret-grant" not in said + kernel.good("%env").text + str(kernel.good("%env").bundles)


def test_the_magic(owner, start):
    kernel = start()
    kernel.good(JF + "m = df['mean_radius'].mean()")
    assert "workspace    personal, as edit" in kernel.good("%fhe status").text
    assert "at most" in kernel.good("%fhe explain m").bundles[-1]["text/plain"]
    assert "takes an encrypted variable; there is df, m" in kernel.good("%fhe explain q").text
    assert owner.key_id[:8] in kernel.good("%fhe keys").bundles[-1]["text/plain"]
    assert "patients" in kernel.good("%fhe datasets").bundles[-1]["text/plain"]
    assert "commit" in kernel.good("%fhe history patients").bundles[-1]["text/plain"]
    wrong = kernel.good("%fhe explode").text
    assert "no 'explode'" in wrong and "%fhe history NAME" in wrong
    assert kernel.good("%fhe").text == kernel.good("%fhe help").text
    assert "there is no dataset" in kernel.good("%fhe history nothing").text


def test_a_store_that_is_away_is_told_in_one_line(owner, start):
    kernel = start()
    kernel.good(JF)
    owner.store.data.broken = 2  # two connections are cut: it is tried again
    assert kernel.good("m = df['mean_radius'].mean()\nm").ref
    owner.store.data.grant = "another"
    ran = kernel.run("jf.open('patients')")
    assert "does not accept this kernel's grant" in ran.error and "secret-grant" not in ran.traceback

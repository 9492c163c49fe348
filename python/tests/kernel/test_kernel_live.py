"""What a kernel tells while a cell runs: progress, variables, and how it stops."""

import time

JF = "import numpy as np\ndf = jf.open('patients')\njf.options.slow = 0.2\n"
LONG = "x = df[['mean_radius', 'mean_texture', 'mean_area', 'worst_perimeter']]\nx = x * 0.001\ny = [(x * x * (x + i)).sum(axis=0) for i in range({})]\nz = sum(y)\n"


def test_progress_is_shown_in_place_and_ends(owner, start):
    kernel = start()
    ran = kernel.good(JF + LONG.format(40) + "z")
    told = [p for p in ran.progress if p["label"] == "compute"]
    assert len(told) >= 3 and len({p["id"] for p in told}) == 1
    assert [p["state"] for p in told] == ["running"] * (len(told) - 1) + ["done"]
    shares = [p["done"] for p in told]
    assert shares == sorted(shares) and shares[-1] == told[-1]["total"] == 1.0
    kinds = [o["msg_type"] for o in ran.outputs if o["content"].get("transient", {}).get("display_id") == told[0]["id"]]
    assert kinds == ["display_data"] + ["update_display_data"] * (len(kinds) - 1)
    middle = [p for p in told if 0.2 < p["done"] < 0.8]
    assert all(p["seconds_left"] > 0 for p in middle)
    # a second time nothing is computed, and nothing shown
    again = kernel.good(JF + LONG.format(40) + "z")
    assert again.ref["reused"] and not again.progress and again.ref["tree_hash"] == ran.ref["tree_hash"]


def test_a_quiet_kernel_shows_no_progress(owner, start):
    ran = start().good(JF + "jf.options.progress = False\n" + LONG.format(20) + "z")
    assert ran.ref and not ran.progress


def test_interrupting_stops_cleanly_and_changes_no_result(owner, start):
    kernel = start()
    cells = JF + LONG.format(40) + "z = np.stack(y)\nz"  # many results, each there as soon as it is ready
    number = kernel.start(cells)
    kernel.finish(number, until=lambda ran: any(p["done"] > 0.4 for p in ran.progress))
    pressed = time.monotonic()
    kernel.manager.interrupt_kernel()
    ran = kernel.finish(number)
    assert time.monotonic() - pressed < 30
    assert ran.status == "error" and ran.error.startswith("KeyboardInterrupt")
    assert "goes on where it stopped" in ran.traceback and "execute.py" not in ran.traceback
    assert ran.progress[-1]["state"] == "cancelled" and not owner.store.data.results
    assert kernel.good("print(sum(v.stored is not None for v in z.values))").text == "0\n"
    kernel.good("import jupyterfhe.plan.execute as e\nold = e.shelf_for\ndef seen(*a):\n    s = old(*a)\n    print('kept', len(s.found))\n"
                "    return s\ne.shelf_for = seen")
    again = kernel.good("z")
    after = again.ref
    assert not after["reused"] and 10 < int(again.text.removeprefix("kept ")) < 160
    other = start(cache="other")
    owner.store.data.results.clear()
    assert other.good(cells).ref["tree_hash"] == after["tree_hash"]


class Page:
    """The page's end of the comm, on a subshell of its own as JupyterLab opens it."""

    def __init__(self, kernel, subshell=True):
        self.kernel, self.subshell = kernel, kernel.subshell() if subshell else None
        kernel.shell("comm_open", {"comm_id": "page", "target_name": "jupyterfhe.variables", "data": {}}, self.subshell)

    def tell(self, **data):
        self.kernel.shell("comm_msg", {"comm_id": "page", "data": data}, self.subshell)

    def wait(self, fine, seconds=60):
        said = self.kernel.comms(seconds, fine)
        assert said and fine(said[-1]), said
        return said[-1]


WAIT = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.1)"  # until the test lets it go on


def names(message):
    return [v["name"] for v in message["variables"]] if message["type"] == "variables" else None


def test_variables_are_listed_and_change_unasked(owner, start):
    kernel = start()
    page = Page(kernel)
    assert names(page.wait(lambda m: m["type"] == "variables")) == []
    kernel.good(JF + "m = df['mean_radius'].mean() * df['mean_texture'].mean()\n_hidden = m\nplain = 3")
    told = page.wait(lambda m: m["type"] == "variables" and len(m["variables"]) == 2 and m["variables"][1]["seconds"])
    table, mean = told["variables"]
    assert (table["name"], table["kind"], table["shape"], table["dataset"]["name"]) == ("df", "table", [400, 4], "patients")
    assert (mean["name"], mean["kind"], mean["shape"], mean["computed"]) == ("m", "scalar", [], False)
    assert mean["levels_left"] >= 1 and mean["error_bound"] > 0 and mean["tree_hash"] is None
    ref = kernel.good("m").ref
    mean = page.wait(lambda m: m["type"] == "variables" and m["variables"][1]["computed"])["variables"][1]
    assert mean["tree_hash"] == ref["tree_hash"] and mean["seconds"] is None and mean["size"] > 0
    assert mean["levels_left"] == ref["levels_left"] and mean["error_bound"] == ref["error_bound"]
    kernel.good("del df, m")
    page.wait(lambda m: names(m) == [])
    page.tell(type="dance", id="q1")
    assert page.wait(lambda m: m["type"] == "error")["id"] == "q1"


def test_a_page_is_answered_while_a_cell_runs(owner, start, tmp_path):
    kernel = start()
    page = Page(kernel)
    kernel.good(JF)
    number = kernel.start(f"small = df['mean_area'].sum()\n{WAIT}")
    page.wait(lambda m: names(m) == ["df", "small"])
    page.tell(type="list", id="now")
    told = page.wait(lambda m: m.get("id") == "now")
    assert kernel.busy(number) and told["busy"] and names(told) == ["df", "small"]
    (tmp_path / "go").touch()
    assert kernel.finish(number).status == "ok"


def test_a_new_variable_is_told_while_a_cell_runs_without_subshells_too(owner, start, tmp_path):
    kernel = start()
    page = Page(kernel, subshell=False)
    page.wait(lambda m: m["type"] == "variables")
    number = kernel.start(JF + WAIT)
    page.wait(lambda m: names(m) == ["df"])
    assert kernel.busy(number)
    (tmp_path / "go").touch()
    assert kernel.finish(number).status == "ok"


def test_the_page_cancels_and_sees_progress(owner, start):
    kernel = start()
    page = Page(kernel)
    number = kernel.start(JF + LONG.format(60) + "z.compute()")
    page.wait(lambda m: m["type"] == "progress" and m["label"] == "compute" and m["done"] > 0.1, 60)
    page.tell(type="cancel", id="stop")
    page.wait(lambda m: m["type"] == "cancelled")
    ran = kernel.finish(number)
    assert ran.error.startswith("CancelledError") and not owner.store.data.results


def test_the_page_limits_memory(owner, start):
    kernel = start()
    page = Page(kernel)
    page.tell(type="options", memory_limit=1 << 20, id="o")
    page.wait(lambda m: m["type"] == "chosen" and m["id"] == "o")
    ran = kernel.good(JF + "(df['mean_radius'] * df['mean_area'] * 2).mean()")
    assert "not shown: " in ran.bundles[-1]["text/plain"] and "the limit is 1.0 MiB" in ran.bundles[-1]["text/plain"]
    for wrong in (-1, True, "1 GiB", 1.5):
        page.tell(type="options", memory_limit=wrong, id="w")
        assert page.wait(lambda m: m.get("id") == "w" and m["type"] != "variables")["type"] == "error"
    page.tell(type="options", memory_limit=None, id="n")
    page.wait(lambda m: m["type"] == "chosen" and m["id"] == "n")
    assert kernel.good("print(jf.options.memory_limit)").text == "None\n"


def test_messages_hold_no_grant_and_a_new_one_is_taken(owner, start):
    kernel = start()
    page = Page(kernel)
    kernel.good(JF)
    owner.store.data.grant = "fresh-grant"
    assert "does not accept" in kernel.run("jf.datasets()").error
    page.tell(type="grant", grant="fresh-grant", id="g")
    page.wait(lambda m: m["type"] == "granted")
    assert "patients" in kernel.good("jf.datasets()").bundles[-1]["text/plain"]
    assert "fresh-grant" not in kernel.everything


def test_forecasts_that_wait_for_keys_hold_up_nobody(owner, start):
    """A forecast loads keys, which waits for a run's end; the run tells its progress, which must not wait for the forecast."""
    kernel = start()
    page = Page(kernel)
    page.wait(lambda m: m["type"] == "variables")
    kernel.good(JF + LONG.format(60))
    number = kernel.start("import threading\nother = jf.open('patients')['mean_radius']\n"
                          "def late():\n    import time; time.sleep(1)\n    globals()['fresh'] = np.roll(other, 3) * other\n"
                          "threading.Thread(target=late).start()\nz")
    kernel.finish(number, until=lambda ran: any(p["done"] > 0.2 for p in ran.progress))
    page.tell(type="list", id="now")
    assert "other" in names(page.wait(lambda m: m.get("id") == "now")) and kernel.busy(number)
    assert kernel.finish(number).status == "ok"
    page.wait(lambda m: m["type"] == "variables" and any(v["name"] == "fresh" and v["seconds"] for v in m["variables"]))

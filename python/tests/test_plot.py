"""Charts of encrypted numbers as a person writes them: names of matplotlib, refusals with a way on, no value anywhere."""

import types

import numpy as np
import pytest

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.core.errors import JupyterFHEError


@pytest.fixture(scope="module")
def grid(quick, tmp_path_factory):
    """Twelve rows of three numbers."""
    place = tmp_path_factory.mktemp("plot") / "grid"
    client.seal_array(place, np.arange(36.0).reshape(12, 3) / 7, quick.secret, keys=quick.keys)
    return jf.open(str(place), quick.keys)


def test_columns_are_series(grid):
    spec = jf.plot.line(grid, label=["a", "b", "c"], title="Three", xlabel="t").spec()
    assert [(s["name"], s["x"], s["y"]) for s in spec["series"]] == [
        (name, None, {"ref": 0, "column": i}) for i, name in enumerate("abc")]
    assert (spec["mark"], spec["title"], spec["x_label"], spec["y_label"], spec["version"]) == ("line", "Three", "t", None, 1)


def test_places_are_numbers_dates_or_words(grid):
    column = grid[:, 0]
    assert jf.plot.line(range(12), column).spec()["series"][0]["x"] == {"numbers": [float(i) for i in range(12)]}
    spec = jf.plot.line(np.datetime64("2026-01-01") + np.arange(12), column).spec()
    assert spec["x_time"] and spec["series"][0]["x"]["numbers"][1] - spec["series"][0]["x"]["numbers"][0] == 86_400_000
    spec = jf.plot.bar(list("abcdefghijkl"), column).spec()
    assert spec["x_ticks"] == list("abcdefghijkl") and spec["series"][0]["x"] is None
    assert len(jf.plot.scatter(column, grid[:, 1]).arrays) == 2
    assert len(jf.plot.scatter(column, column).arrays) == 1


def test_bins_are_a_count_or_edges(grid):
    assert jf.plot.hist(grid[:, 0]).spec()["bins"] == 10
    assert jf.plot.hist(grid[:, 0], bins=4, range=(0, 2)).spec()["bins"] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert jf.plot.hist(grid, bins=[0, 1, 5]).spec()["bins"] == [0.0, 1.0, 5.0]


def test_a_square_heat_map_has_the_same_words_on_both_sides(grid):
    spec = jf.plot.heatmap(grid[:3], xlabels=list("xyz")).spec()
    assert spec["x_ticks"] == spec["y_ticks"] == list("xyz")
    assert jf.plot.heatmap(grid, xlabels=list("xyz")).spec()["y_ticks"] is None


@pytest.mark.parametrize(("draw", "words"), [
    (lambda g: jf.plot.line([1, 2, 3]), "no encrypted array"),
    (lambda g: jf.plot.line(range(3), g), "3 places along x and 12 numbers"),
    (lambda g: jf.plot.line(grid_of(g)), "shape"),
    (lambda g: jf.plot.bar(g[:, 0], g[:, 1]), "below bars is public"),
    (lambda g: jf.plot.hist(g, bins=0), "1 to 1000 bins"),
    (lambda g: jf.plot.hist(g, bins=[3, 2]), "that increase"),
    (lambda g: jf.plot.hist(g, bins=[0, np.nan]), "finite"),
    (lambda g: jf.plot.heatmap(g[:, 0]), "2 axes"),
    (lambda g: jf.plot.heatmap(g, xlabels=["one"]), "1 words stand along 3"),
    (lambda g: jf.plot.line(g, label=["a"]), "label names 3 series"),
    (lambda g: jf.plot.line(g, title="t" * 201), "at most 200 characters"),
    (lambda g: jf.plot.line([np.inf] * 12, g), "finite numbers, dates or words"),
    (lambda g: jf.plot.line(g * 1j), "complex"),
])
def test_what_is_no_chart_says_what_to_write(grid, draw, words):
    with pytest.raises(JupyterFHEError, match=words):
        draw(grid)


def grid_of(g):
    """An array of three axes."""
    return g.reshape(2, 6, 3)


def test_a_chart_shows_no_value_and_is_no_list(grid):
    chart = jf.plot.line(grid)
    assert repr(chart) == "<EncryptedChart line, of encrypted numbers of shape (12, 3)>"
    with pytest.raises(jf.Refused, match="not a list of artists"):
        list(chart)


def test_drawing_libraries_are_told_what_to_write(grid):
    library = types.ModuleType("matplotlib.axes")
    exec("import numpy as np\ndef plot(y):\n    return np.atleast_1d(np.asarray(y))", library.__dict__)
    with pytest.raises(jf.Refused, match=r"jf\.plot\.line"):
        library.plot(grid)
    with pytest.raises(jf.Refused, match="plain array"):
        np.asarray(grid)


def test_series_and_frames_are_drawn_as_what_they_are(grid):
    frame = jf.EncryptedFrame({n: grid[:, i] for i, n in enumerate("abc")})
    plain = jf.plot.hist(frame["a"])
    assert [type(a).__name__ for a in plain.arrays] == ["EncryptedArray"]  # no more than an array
    dated = jf.plot.line(frame["a"].set_axis(np.datetime64("2026-01-01") + np.arange(12)))
    assert dated.spec()["x_time"] and len(dated.spec()["series"][0]["x"]["numbers"]) == 12
    means = jf.plot.bar(frame.mean(), title="Means")
    assert [type(a).__name__ for a in means.arrays] == ["EncryptedSeries"] and means.spec()["x_ticks"] is None
    table = jf.plot.heatmap(frame.corr())
    assert table.spec()["series"][0]["y"] == {"ref": 0, "column": None} and "(3, 3)" in repr(table)
    assert [s["name"] for s in jf.plot.line(frame).spec()["series"]] == ["a", "b", "c"]
    with pytest.raises(JupyterFHEError, match="is public"):
        jf.plot.bar(frame["a"], frame["b"])
    with pytest.raises(JupyterFHEError, match="5 places along x and 12 numbers"):
        jf.plot.line(range(5), frame["a"])

"""Frames over exact columns: what pandas gives, to the last digit where it is an integer."""

import numpy as np
import pandas as pd
import pytest
from world import World

import jupyterfhe as jf
from jupyterfhe import client
from jupyterfhe.client import tables
from jupyterfhe.client.frames import decrypt_finished, decrypt_frame


def clear():
    """Heart-like rows of the breast cancer data: an area, a class, a size in three classes; some areas are missing."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    area = np.rint(data.data[:300, 3])
    out = pd.DataFrame({"area": area, "ill": data.target[:300] == 0,
                        "size": pd.Categorical(np.where(area < 450, "small", np.where(area < 700, "middle", "large"))),
                        "day": np.arange(300) % 7})
    out.loc[np.arange(300) % 11 == 3, "area"] = np.nan
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("exact-frames") / "h"
    (home / "data").mkdir(parents=True)
    owner, frame = World(home / "keys", "stats"), clear()
    frame.to_csv(home / "t.csv", index=False)
    with tables.open_source(home / "t.csv") as source:
        overrides = {"area": {"type": "int"}}
        tables.draft(source, exact="yes", overrides=overrides).encrypt(home / "data/t", owner.secret)
    return home, owner, frame


@pytest.fixture
def sealed(made, monkeypatch):
    monkeypatch.setenv("JUPYTERFHE_HOME", str(made[0]))
    return jf.open_frame("t")


def number(made, x):
    key = made[1].secret
    return client.decrypt_array(x, key).values if hasattr(x, "strips") else decrypt_finished(x, key).values


def test_columns_are_exact_and_so_are_their_sums(made, sealed):
    frame = made[2]
    assert sealed["area"].sum().exact
    assert number(made, sealed["area"].sum()) == frame["area"].sum()
    assert number(made, sealed["area"].count()) == frame["area"].count()
    assert number(made, sealed[sealed["ill"]]["area"].sum()) == frame[frame["ill"]]["area"].sum()
    assert number(made, (sealed["day"] == 3).sum()) == (frame["day"] == 3).sum()


def test_means_are_divided_at_decryption(made, sealed):
    frame = made[2]
    assert number(made, sealed["area"].mean()) == pytest.approx(frame["area"].mean(), rel=1e-15)
    assert number(made, sealed["area"].var()) == pytest.approx(frame["area"].var(), rel=1e-12)


def test_groups_and_tables_are_counted_exactly(made, sealed):
    frame, key = made[2], made[1].secret
    wanted = frame.groupby("size", observed=True)["area"].agg(["sum", "count"])
    got = decrypt_frame(sealed.groupby("size")["area"].agg(["sum", "count"]), key).to_pandas()
    np.testing.assert_array_equal(got.loc[wanted.index].to_numpy(dtype=float), wanted.to_numpy())
    wanted = pd.crosstab(frame["size"], frame["day"])
    got = decrypt_frame(sealed["size"].value_counts(), key).to_pandas()
    np.testing.assert_array_equal(got.loc[wanted.index].to_numpy(dtype=float), wanted.sum(axis=1))


def test_rows_of_exact_columns_in_order_and_once_each(made, sealed):
    frame, key = made[2], made[1].secret
    order = ["large", "middle", "small"]  # as labels that the table told were sorted
    frame = frame.assign(size=pd.Categorical(frame["size"].astype(str), order))
    got, first, found = decrypt_frame([sealed[["area", "size", "day"]].head(60).sort_values(["size", "day"]),
                                       sealed[sealed["ill"]].drop_duplicates(["size", "day"]), sealed["day"].unique()], key)
    want = frame[["area", "size", "day"]].head(60).sort_values(["size", "day"], kind="stable")
    np.testing.assert_array_equal(got.to_pandas()[["area", "day"]].to_numpy(dtype=float), want[["area", "day"]].to_numpy(dtype=float))
    assert list(got.columns["size"]) == list(want["size"])
    assert list(first.index) == list(frame[frame["ill"]].drop_duplicates(["size", "day"]).index)
    assert list(found.columns["day"]) == list(range(7))

"""The notebook on groups and tests, cell by cell in a kernel: what its owner decrypts is pandas' and scipy's."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from running import REF
from test_kernel_frames import opened

from jupyterfhe.client import tables

stats = pytest.importorskip("scipy.stats")
NOTEBOOK = Path(__file__).resolve().parents[3] / "templates/frames.ipynb"


@pytest.fixture
def data(owner, quick, tmp_path):
    """The bundled data: two columns and the diagnosis, as the owner's browser uploads them."""
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer()
    data = pd.DataFrame({"mean_radius": found.data[:, 0], "mean_texture": found.data[:, 1],
                         "diagnosis": np.where(found.target == 1, "benign", "malignant")})
    (tmp_path / "breast-cancer.json").write_text(data.to_json(orient="records"))
    with tables.open_source(tmp_path / "breast-cancer.json") as source:
        tables.draft(source, labels="private").encrypt(tmp_path / "table", quick.secret)
    owner.store.upload("breast-cancer", tmp_path / "table", owner.key_id)
    return data


@pytest.mark.skipif(not os.environ.get("JFHE_TEST_SLOW"), reason="slow: JFHE_TEST_SLOW=1; parts of it are in test_kernel_frames")
def test_every_cell_of_the_template_runs(owner, start, data):
    kernel, refs = start(), []
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] == "code":
            ran = kernel.good("".join(cell["source"]))
            refs += [b[REF] for b in ran.bundles if REF in b]
    assert [ref["kind"] for ref in refs] == ["table", "frame", "frame", "record"]
    by = data.groupby("diagnosis").mean_radius
    groups = opened(owner, refs[1]).to_pandas()
    assert list(groups.n) == list(by.count()) and np.allclose(groups[["mean", "sd"]], by.agg(["mean", "std"]), atol=1e-2)
    described = opened(owner, refs[2]).to_pandas()
    want = data[data.diagnosis == "benign"][["mean_radius", "mean_texture"]].describe().loc[["count", "mean", "std"]]
    assert np.allclose(described.to_numpy(float), want, atol=2e-2)
    test = opened(owner, refs[3])
    want = stats.ttest_ind(*(data.mean_radius[data.diagnosis == d] for d in ("benign", "malignant")), equal_var=False)
    for name in ("statistic", "pvalue", "df"):
        assert abs(test.columns[name][()] - getattr(want, name)) <= test.error_bound[name]
    assert "by-diagnosis" in owner.store.data.datasets

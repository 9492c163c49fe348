"""A million rows of four columns for `jfhe encrypt`: .venv/bin/python tools/make_million.py OUT.csv

scikit-learn's diabetes measurements (442 patients: body mass index, blood pressure, s5, progression), resampled with a jitter of half a
percent of the standard deviation, so that rows differ. The same file on every run.
"""

import sys

import numpy as np
from sklearn.datasets import load_diabetes

data = load_diabetes(scaled=False)
x = np.column_stack([data.data[:, [2, 3, 8]], data.target])
rng = np.random.default_rng(1)
rows = x[rng.integers(0, len(x), 1_000_000)]
rows = rows + rng.uniform(-0.005, 0.005, rows.shape) * x.std(axis=0)
np.savetxt(sys.argv[1], rows, delimiter=",", header="bmi,bp,s5,progression", comments="", fmt="%.17g")

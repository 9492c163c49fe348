"""Write the breast-cancer data as a CSV: 30 measurements and a diagnosis."""

import csv
import sys

from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
with open(sys.argv[1], "w", newline="") as out:
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([*(str(n) for n in data.feature_names), "diagnosis"])
    for x, y in zip(data.data, data.target, strict=True):
        rows.writerow([*map(repr, map(float, x)), data.target_names[y]])

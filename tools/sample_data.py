"""Write scikit-learn's breast-cancer measurements as CSV, JSON or Parquet: the data that the welcome notebook opens.

    python tools/sample_data.py OUT.csv|OUT.json|OUT.parquet [--columns N]

569 patients, 30 measurements and the diagnosis. Nothing is made up and nothing is downloaded: the rows are those that
scikit-learn carries.
"""

import argparse
import csv
import json
from pathlib import Path

from sklearn.datasets import load_breast_cancer


def table(columns=30):
    """Names and rows: `columns` measurements, then the diagnosis in words."""
    data = load_breast_cancer()
    names = [str(name).replace(" ", "_") for name in data.feature_names[:columns]] + ["diagnosis"]
    words = [str(word) for word in data.target_names]
    rows = [[*map(float, x[:columns]), words[y]] for x, y in zip(data.data, data.target, strict=True)]
    return names, rows


def write(path, columns=30):
    """Write the table in the format that the file's name ends in."""
    names, rows = table(columns)
    kind = Path(path).suffix
    if kind == ".csv":
        with open(path, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([names, *rows])
    elif kind == ".json":
        Path(path).write_text(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=0), encoding="utf-8")
    elif kind == ".parquet":
        import pyarrow
        import pyarrow.parquet

        columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        pyarrow.parquet.write_table(pyarrow.table(columns), path)
    else:
        raise SystemExit(f"{path}: write .csv, .json or .parquet")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--columns", type=int, default=30, help="measurements to write, of 30")
    args = parser.parse_args()
    write(args.out, args.columns)

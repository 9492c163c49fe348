#!/usr/bin/env python3
"""Encrypted frames beside the figures that others published (docs/perf.md, "Encrypted data frames").

    .venv/bin/python bench/frame.py filter|quantile|exact|table|lines|shape|million [--rows N] [--folder DIR]

Data are those of statsmodels and scikit-learn, tiled to the number of rows; times do not depend on values. Every answer is checked
against pandas or numpy before a time is printed. Wall and processor time are of the server's part (compute) and the reader's
(decrypt); encryption is told apart.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.datasets as datasets

import jupyterfhe as jf
from jupyterfhe import client, stats
from jupyterfhe.array.recipe import laid_out
from jupyterfhe.frame import EncryptedCategorical, EncryptedFrame, EncryptedSeries


class Clock:
    """Wall and processor seconds of named parts."""

    def __init__(self):
        self.parts = {}

    def __call__(self, name, f):
        wall, cpu = time.perf_counter(), time.process_time()
        out = f()
        self.parts[name] = {"wall": round(time.perf_counter() - wall, 3), "cpu": round(time.process_time() - cpu, 3)}
        return out


class Owner:
    """Keys, and columns encrypted into files."""

    def __init__(self, folder, preset="stats"):
        self.folder = Path(folder)
        if not (self.folder / "keys").exists():
            client.keygen(self.folder / "keys", preset).close()
        self.secret = client.SecretKey.load(self.folder / "keys/secret.key")
        self.data = Path(tempfile.mkdtemp(dir=self.folder))
        self.bytes = self.values = 0

    def seal(self, name, values, bounds, level=None):
        """A column, encrypted, written, and opened again as a server does."""
        path = self.data / name
        client.encrypt_array(values, self.secret, bounds=bounds, level=level).save(path)
        self.bytes += sum(f.stat().st_size for f in path.iterdir())
        self.values += len(values)
        return jf.open(path, keys=self.folder / "keys")

    def whole(self, name, values, bounds):
        """Exact integers, of which as many as there are rows are counted."""
        array = client.encrypt_array(np.asarray(values, dtype=int), self.secret, keys=self.folder / "keys", exact=True, bounds=bounds, results=24)
        self.bytes += sum(len(part.to_bytes()) for v in array.values for part in v.stored.load(self.secret.params))
        self.values += len(values)
        return array

    def numbers(self, name, values, level=None):
        low, high = float(values.min()), float(values.max())
        return self.seal(name, values.astype(float), (low, high), level)

    def category(self, name, codes, labels):
        array = self.seal(name, codes.astype(float), (0, len(labels) - 1))
        return EncryptedSeries(array, name=name, kind="category", categories=labels, codes=EncryptedCategorical(array, len(labels), labels))

    def close(self):
        shutil.rmtree(self.data)


def tiled(column, rows):
    return np.resize(np.asarray(column), rows)


def computed(result):
    """The server's part; returns the largest proved bound of what is opened, before integers are made whole."""
    arrays, _, _ = laid_out(result.result().roots)
    for array in arrays:
        array.compute(0)
    return max(float(np.max(array.error_bound())) for array in arrays)


def finish(clock, owner, result, want):
    parts = clock("plan and compute", lambda: computed(result))
    opened = clock("decrypt", lambda: client.decrypt_frame(result, owner.secret))
    worst = 0.0
    for name, truth in want.items():
        got, bound = opened[name], opened.error_bound[name]
        off = np.abs(np.asarray(got, float) - np.asarray(truth, float))
        assert np.all(off <= bound + 1e-9 * np.abs(truth)), (name, off.max(), np.max(bound))
        worst = max(worst, float(off.max()))
    return {"largest error": worst, "largest proved bound of a part": parts} | {f"largest {word} bound": max(float(np.max(of[n])) for n in want)
                                       for word, of in (("probable", opened.error_probable), ("proved", opened.error_bound))}


def survey(rows):
    found = datasets.randhie.load_pandas().data
    return {n: tiled(found[n], rows) for n in found.columns}


def filter_and_group(clock, owner, rows):
    """Filter on two categories, then sum, mean and count of 10 groups."""
    data, row = survey(rows), np.arange(rows)
    plain = pd.DataFrame({"visits": data["mdvis"], "a": data["hlthg"].astype(int), "b": data["physlm"].round().astype(int), "g": row * 7 % 10})
    frame = clock("encrypt", lambda: EncryptedFrame({
        "visits": owner.numbers("visits", plain.visits), "a": owner.category("a", plain.a, ("no", "yes")),
        "b": owner.category("b", plain.b, ("no", "yes")), "g": owner.category("g", plain.g, tuple("abcdefghij"))}))
    result = frame[(frame.a == "yes") & (frame.b == "no")].groupby("g").agg(total=("visits", "sum"), mean=("visits", "mean"), n=("visits", "count"))
    kept = plain[(plain.a == 1) & (plain.b == 0)].groupby("g").visits
    return finish(clock, owner, result, {"total": kept.sum(), "mean": kept.mean(), "n": kept.count()})


def filter_and_quantiles(clock, owner, rows, exact=False):
    """Filter by a number, then median and ninth decile of 10 groups: visits of a year, 15 and more as 15."""
    data, row = survey(rows), np.arange(rows)
    plain = pd.DataFrame({"visits": np.minimum(data["mdvis"], 15).astype(float), "g": row * 7 % 10, "age": (row * 11 % 63) + 18.0})
    labels = tuple("abcdefghij")

    def sealed():
        if exact:
            codes = owner.whole("g", plain.g, (0, 9))
            return {"visits": EncryptedSeries(owner.whole("visits", plain.visits, (0, 15)), kind="int"),
                    "age": EncryptedSeries(owner.whole("age", plain.age, (18, 80)), kind="int"),
                    "g": EncryptedSeries(codes, name="g", kind="category", categories=labels, codes=EncryptedCategorical(codes, 10, labels))}
        return {"visits": EncryptedSeries(owner.seal("visits", plain.visits.to_numpy() - 7.5, (-7.5, 7.5)), kind="int", offset=7.5),
                "age": EncryptedSeries(owner.seal("age", plain.age.to_numpy() - 49, (-31, 31)), kind="int", offset=49),
                "g": owner.category("g", plain.g, labels)}

    frame = clock("encrypt", lambda: EncryptedFrame(sealed()))
    groups = frame[frame.age >= 40].groupby("g")
    result = groups.agg(n=("visits", "count"), median=("visits", "median"), most=("visits", "max"))
    kept = plain[plain.age >= 40].groupby("g").visits
    return finish(clock, owner, result, {"n": kept.count(), "median": kept.median(), "most": kept.max()})


def filter_and_exact_quantiles(clock, owner, rows):
    """The same of exact integers: counts are proved to be what they are."""
    return filter_and_quantiles(clock, owner, rows, exact=True)


def table(clock, owner, rows):
    """A contingency table of 6 by 5 labels and its chi-square."""
    fair = datasets.fair.load_pandas().data
    a, b = (tiled(fair[n], rows).astype(int) - 1 for n in ("occupation", "rate_marriage"))
    x, y = clock("encrypt", lambda: (owner.category("a", a, tuple("abcdef")), owner.category("b", b, tuple("vwxyz"))))
    return finish(clock, owner, jf.crosstab(x, y), {str(label): column for label, column in zip("vwxyz", pd.crosstab(a, b).to_numpy().T, strict=True)})


def lines(clock, owner, rows):
    """Least squares of one column by six, with standard errors."""
    data = survey(rows)
    names = ["lncoins", "idp", "lpi", "fmde", "physlm", "disea"]
    x = np.column_stack([data[n] for n in names]).astype(float)
    y = clock("encrypt", lambda: (owner.numbers("y", data["mdvis"]), EncryptedFrame({n: owner.numbers(n, data[n]) for n in names})))
    full = np.column_stack([np.ones(rows), x])
    beta, rss, *_ = np.linalg.lstsq(full, data["mdvis"].astype(float), rcond=None)
    bse = np.sqrt(np.diag(np.linalg.inv(full.T @ full)) * rss[0] / (rows - 7))
    return finish(clock, owner, stats.ols(*y), {"params": beta, "bse": bse})


def shape(clock, owner, rows):
    """Skewness, kurtosis and a correlation of the breast cancer data's columns."""
    from scipy import stats as theirs
    from sklearn.datasets import load_breast_cancer

    from jupyterfhe.frame import Output, Result
    found = load_breast_cancer(as_frame=True).data
    names = list(found.columns[:10])
    frame = clock("encrypt", lambda: EncryptedFrame({n: owner.numbers(n, found[n].to_numpy()) for n in names}))
    outputs, want = [], {}
    for n in names:
        outputs += [Output(f"{n} skew", stats.skew(frame[n])), Output(f"{n} kurtosis", stats.kurtosis(frame[n]))]
        want |= {f"{n} skew": theirs.skew(found[n]), f"{n} kurtosis": theirs.kurtosis(found[n])}
    outputs.append(Output("r", stats.pearsonr(frame[names[0]], frame[names[1]]).statistic))
    want["r"] = theirs.pearsonr(found[names[0]], found[names[1]]).statistic
    return finish(clock, owner, type("All", (), {"result": lambda self: Result("record", outputs)})(), want)


def million(clock, owner, rows):
    """Sums of 8 columns by 10 groups."""
    data = survey(rows)
    names = ["mdvis", "lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg"]
    g = np.arange(rows) * 7 % 10
    frame = clock("encrypt", lambda: EncryptedFrame({"g": owner.category("g", g, tuple("abcdefghij"))} |
                                                    {n: owner.numbers(n, data[n], level=2) for n in names}))
    want = pd.DataFrame({n: data[n] for n in names}).groupby(g).sum()
    return finish(clock, owner, frame.groupby("g")[names].sum(), {n: want[n] for n in names})


CASES = {"filter": (filter_and_group, 10_000), "quantile": (filter_and_quantiles, 10_000),
         "exact": (filter_and_exact_quantiles, 10_000), "table": (table, 4_000), "lines": (lines, 40_000), "shape": (shape, 569),
         "million": (million, 1_000_000)}


def main():
    """Run one case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--folder", default=tempfile.gettempdir() + "/jupyterfhe-frame-bench")
    args = parser.parse_args()
    run, rows = CASES[args.case]
    rows = args.rows or rows
    preset = "ml" if args.case in ("quantile", "exact") else "stats"
    folder = Path(args.folder if preset == "stats" else f"{args.folder}-{preset}")
    folder.mkdir(exist_ok=True)
    owner, clock = Owner(folder, preset), Clock()
    try:
        out = run(clock, owner, rows)
    finally:
        owner.close()
    out |= {"case": args.case, "rows": rows, "seconds": clock.parts, "uploaded MB": round(owner.bytes / 1e6, 1),
            "bytes a value": round(owner.bytes / owner.values, 1),
            "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)}
    print(json.dumps(out, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

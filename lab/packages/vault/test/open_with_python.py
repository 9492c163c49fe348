"""Open what the vault encrypted with the Python client, and compute with it: KEYS FOLDER CSV-or-value MEAN-or-'-'-or-'scalar'."""

import csv
import json
import sys

import numpy as np

import jupyterfhe as jf
from jupyterfhe.client.arrays import decrypt_array
from jupyterfhe.client.frames import decrypt_frame
from jupyterfhe.client.keys import SecretKey
from jupyterfhe.client.tables_opened import open_chunks
from jupyterfhe.core.tables import open_table

keys, folder, what, target = sys.argv[1:]
key = SecretKey.load(keys)

if target == "scalar":
    opened = decrypt_array(folder, key)
    error = abs(float(opened.values) - float(what))
    print(json.dumps({"worst": error / float(opened.error_bound), "bound": float(opened.error_bound)}))
    sys.exit()

with open(what, newline="") as file:
    header, *rows = csv.reader(file)
table, worst = open_table(folder, key.params), 0.0
at = 0
for chunk in open_chunks(table, key):
    for i, (column, opened) in enumerate(zip(table.columns, chunk, strict=True)):
        if column.kind in ("float", "int") and not column.masked:
            want = np.array([float(r[i]) for r in rows[at:at + len(opened.values)]])
            worst = max(worst, float(np.max(np.abs(opened.values - want) / (opened.bound or 1e-300), initial=0)))
    at += len(chunk[0].values)
report = {"names": table.names, "columns": len(table.columns), "worst": worst}
if target != "-":
    x = jf.open(folder, keys=keys)[table.names[:30]]
    mean = np.mean(x, axis=0)
    mean.save(target)
    opened = decrypt_array(target, key)
    want = np.array([[float(v) for v in r[:30]] for r in rows]).mean(axis=0)
    bounds = np.broadcast_to(opened.error_bound, want.shape)
    report |= {"mean_worst": float(np.max(np.abs(opened.values - want) / bounds)), "mean_bound": float(np.max(bounds)),
               "means": want.tolist(), "mean_bounds": bounds.tolist(), "mean_likely": opened.error_probable.tolist()}
    groups = jf.open_frame(folder, keys=keys).groupby("diagnosis").agg(mean=("mean radius", "mean"))
    jf.save(groups, "./groups")
    opened = decrypt_frame("groups", key)
    report["groups"] = [of["mean"].tolist() for of in (opened.columns, opened.error_bound, opened.error_probable)]
print(json.dumps(report))

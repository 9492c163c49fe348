"""Tables with exact columns, both ways: KEYS HOME. Opens the vault's tables `day` and `alone`, prints their numbers and what Python computes with
`day`, saving results; encrypts the same file as `python`.
"""

import json
import sys
from pathlib import Path

import jupyterfhe as jf
from jupyterfhe.client import tables
from jupyterfhe.client.keys import SecretKey
from jupyterfhe.client.tables_opened import open_chunks
from jupyterfhe.core.tables import open_table

keys, home = sys.argv[1], Path(sys.argv[2])
key, out = SecretKey.load(keys), {}
for name in ("day", "alone"):
    table = open_table(home / name, key.params)
    columns = [[] for _ in table.columns]
    for chunk in open_chunks(table, key):
        for values, opened in zip(columns, chunk, strict=True):
            missing = [False] * len(opened.values) if opened.missing is None else opened.missing
            values += [None if gone else float(x) for x, gone in zip(opened.values, missing, strict=True)]
    out[name] = {"exact": [c.exact for c in table.columns], "approximate": [c.approximate for c in table.columns],
                 "moduli": list(table.moduli), "values": columns}

day = jf.open(home / "day", keys=keys)
for name, array in {"total": day["visits"].sum(), "ward": (day["visits"] * (day["ward"] == 1)).sum(),
                    "cost": (day["visits"] * day["cost"]).sum(), "there": day.there("gap").sum()}.items():
    array.save(home / name)
with tables.open_source(home / "day.csv") as source:
    draft = tables.draft(source, exact="both", labels="private")
    draft.encrypt(home / "python", key)
print(json.dumps(out))

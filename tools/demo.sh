#!/usr/bin/env bash
# A walk through the command line tool: an owner encrypts a CSV, a server that has no secret computes
# statistics on it, the owner opens the result. Usage: tools/demo.sh [PRESET]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-stats}
jfhe=$PWD/build/jfhe
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '$ jfhe %s\n' "$*"; "$jfhe" "$@"; }

.venv/bin/python - "$place/cancer.csv" <<'PY'
import csv, sys
from sklearn.datasets import load_breast_cancer
data = load_breast_cancer()
with open(sys.argv[1], "w", newline="") as out:
    rows = csv.writer(out)
    rows.writerow(name.replace(" ", "_") for name in data.feature_names[:4])
    rows.writerows([repr(float(x)) for x in row[:4]] for row in data.data)
PY
cd "$place"

say "1. The owner makes keys. The secret key lies in a file of its own."
show keygen --preset "$preset" --out keys
ls -l keys | awk 'NR > 1 {print $1, $5, $9}' | sort -k 3 | awk '/galois/ {n++; next} {print} END {print n " keys galois-*.key"}'
say "2. The owner encrypts the Wisconsin breast-cancer measurements: 569 rows, 4 columns."
head -n 3 cancer.csv
show encrypt --keys keys --in cancer.csv --out sealed
show inspect "$(find sealed -type f | sort | head -n 1)"
say "3. The server gets the ciphertexts and the evaluation keys, not the secret key, and computes."
mkdir -p server/keys
cp keys/params.jfhe keys/relin.key keys/galois-*.key server/keys
show stats --keys server/keys --in sealed --out result
say "4. The owner opens the result. Each number comes with the bound on its error."
show decrypt --keys keys --in result
say "5. The same in the clear, by numpy: every number of the result lies within its bound."
"$jfhe" decrypt --keys keys --in result --csv >result.csv
"$OLDPWD/.venv/bin/python" - <<'PY'
import csv, sys
import numpy as np
names = open("cancer.csv").readline().strip().split(",")
x = np.loadtxt("cancer.csv", delimiter=",", skiprows=1)
cov, corr = np.cov(x.T), np.corrcoef(x.T)
wrong = 0
for row in csv.DictReader(open("result.csv")):
    what, value, bound = row["statistic"], float(row["value"]), float(row["bound"])
    if what == "count":
        continue
    i, j = names.index(row["column"]), names.index(row["with"])
    clear = {"sum": x[:, i].sum(), "mean": x[:, i].mean(), "variance": cov[i, i], "covariance": cov[i, j], "correlation": corr[i, j]}[what]
    ok = abs(value - clear) <= bound
    wrong += not ok
    if what in ("mean", "correlation"):
        print(f"{what:<12} {names[i]:<15} {names[j] if i != j else '':<15} {clear:<19.15g} off by {abs(value - clear):.1e}, bound {bound:.1e}{'' if ok else '  WRONG'}")
sys.exit(f"{wrong} numbers lie outside their bounds" if wrong else 0)
PY

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
ls -l keys | tail -n +2 | head -n 12
say "2. The owner encrypts the Wisconsin breast-cancer measurements: 569 rows, 4 columns."
head -n 3 cancer.csv
show encrypt --keys keys --in cancer.csv --out sealed
show inspect "$(find sealed -type f | sort | head -n 1)"
say "3. The server gets the ciphertexts and the evaluation keys, not the secret key, and computes."
mkdir server
cp -r keys server/keys
find server/keys -type f -perm 0600 -print -delete | sed 's/^/left behind: /'
show stats --keys server/keys --in sealed --out result
say "4. The owner opens the result. Each number comes with the bound on its error."
show decrypt --keys keys --in result
say "5. The same, computed by numpy in the clear."
"$OLDPWD/.venv/bin/python" - <<'PY'
import numpy as np
names = open("cancer.csv").readline().split()[0].split(",")
x = np.loadtxt("cancer.csv", delimiter=",", skiprows=1)
for name, column in zip(names, x.T):
    print(f"{name:<16} mean {column.mean():<20.12g} variance {column.var(ddof=1):.12g}")
print(np.array2string(np.corrcoef(x.T), precision=9))
PY

#!/usr/bin/env bash
# Build the three wheels that one installs: jupyterfhe, jupyterfhe-server, jupyterfhe-lab.
# Usage: tools/wheels.sh [FOLDER]        default: build/wheels; the extension and the vault must be built (make lab)
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "${1:-build/wheels}" && cd "${1:-build/wheels}" && pwd)
rm -f "$out"/jupyterfhe*.whl
for place in . server lab; do
    .venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$out" "./$place"
done
ls -1 "$out"

#!/usr/bin/env bash
# Build the JupyterLab extension into build/labextension/@jupyterfhe/extension. Does nothing when nothing changed.
# Usage: lab/build.sh      (after .venv is there: the builder and JupyterLab's list of shared packages are in it)
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd .. && pwd)
out=$root/build/labextension/@jupyterfhe/extension
modules=node_modules/.installed
staging=$("$root/.venv/bin/python" -c 'import jupyterlab, pathlib; print(pathlib.Path(jupyterlab.__file__).parent / "staging/package.json")')

if [ ! -e $modules ] || [ package-lock.json -nt $modules ]; then
    echo "Installing what the extension of JupyterLab is built with: once." >&2
    npm ci --no-audit --no-fund --loglevel=error
    touch $modules
fi

sources=(package.json package-lock.json tsconfig.base.json build.sh packages/{core,ui,extension}/{src,package.json,tsconfig.json}
         packages/{ui,extension}/style packages/extension/schema ../templates "$staging")
if [ -e "$out/package.json" ] && [ -z "$(find "${sources[@]}" -newer "$out/package.json" -type f ! -path "*/extension/src/*.json" -print -quit)" ]; then
    exit 0
fi
echo "Building the extension of JupyterLab." >&2
for template in welcome frames; do cp "../templates/$template.ipynb" "packages/extension/src/$template.json"; done
npx --no-install tsc --build packages/core packages/ui packages/extension
log=$(mktemp)
trap 'rm -f "$log"' EXIT
rm -rf "$out"
if ! (cd packages/extension && "$root/.venv/bin/jupyter-builder" build --core-package-file "$staging" .) >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
touch "$out/package.json"

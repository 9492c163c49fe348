#!/usr/bin/env bash
# Build the vault's bundle into python/jupyterfhe/vault/static, from which the server and the wheel take it.
set -euo pipefail
cd "$(dirname "$0")"
# npm brings what the lock file pins; the copy of that file says what is installed.
if ! cmp -s package-lock.json node_modules/.installed; then
    echo "Installing what the vault is built with: once." >&2
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    cp package-lock.json node_modules/.installed
fi
node_modules/.bin/tsc --project .
node build.mjs "$@"

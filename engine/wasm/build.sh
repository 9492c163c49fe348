#!/usr/bin/env bash
# Build the engine for WebAssembly: build/wasm/jfhe.wasm for browsers (the release), and the TypeScript calls in
# lab/packages/wasm/lib; with --tests also the test programs in build/wasm-test, which ctest runs under Node.
# Usage: engine/wasm/build.sh [--tests] [JOBS]
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=
if [ "${1:-}" = --tests ]; then
    tests=yes
    shift
fi
jobs=${1:-2}
common=(-S engine -G Ninja --toolchain "$PWD/engine/wasm/toolchain.cmake"
    -DCMAKE_BUILD_TYPE=Release --log-level=WARNING)

[ -e build/wasm/build.ninja ] || echo "Compiling the engine for browsers: a minute or two, once." >&2
cmake "${common[@]}" -B build/wasm >/dev/null
cmake --build build/wasm -j "$jobs" -- --quiet | sed "/no work to do/d"
if [ -n "$tests" ]; then
    cmake "${common[@]}" -B build/wasm-test \
        -DJFHE_TESTS=ON -DJFHE_TEST_PARAMS=ON -DJFHE_VERIFY=ON >/dev/null
    cmake --build build/wasm-test -j "$jobs" -- --quiet | sed "/no work to do/d"
fi

# The whole engine must stay a small download: 400 KB gzipped is the promise.
if [ -e build/wasm/jfhe.wasm ]; then
    size=$(gzip -9c build/wasm/jfhe.wasm | wc -c)
    echo "build/wasm/jfhe.wasm: $(wc -c <build/wasm/jfhe.wasm) bytes, $size gzipped"
    if [ "$size" -gt 400000 ]; then
        echo "jfhe.wasm exceeds 400000 bytes gzipped" >&2
        exit 1
    fi
fi

# npm brings the TypeScript that the lock file pins; the copy of that file says what is installed.
package=lab/packages/wasm
if ! cmp -s $package/package-lock.json $package/node_modules/.installed; then
    npm ci --prefix $package --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    cp $package/package-lock.json $package/node_modules/.installed
fi
$package/node_modules/.bin/tsc --project $package

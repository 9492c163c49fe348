#!/usr/bin/env bash
# Constant-time runs: each engine/ctime program under valgrind, with gcc and clang at -O0 and -O3.
# DWARF 4, because the valgrind of Debian 12 does not read all of DWARF 5.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-2} failed=0
for compiler in gcc clang-19; do
    for level in -O0 -O3; do
        tree=build/ctime-$compiler$level
        cmake -S engine -B "$tree" -G Ninja -DCMAKE_C_COMPILER=$compiler -DCMAKE_BUILD_TYPE=Release \
            -DCMAKE_C_FLAGS_RELEASE="$level -gdwarf-4" -DJFHE_CTIME=ON -DJFHE_TEST_PARAMS=ON \
            --log-level=WARNING >/dev/null
        cmake --build "$tree" -j "$jobs" -- --quiet
        echo "== $compiler $level"
        ctest --test-dir "$tree" -j "$jobs" --output-on-failure --no-tests=error || failed=1
    done
done
exit $failed

#!/usr/bin/env bash
# Run the C suite under each named set of sanitizers. Usage: tools/sanitize.sh SET...
# A set is what -fsanitize takes: address,undefined  memory  thread.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-2} failed=0
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer MSAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer

for set in "$@"; do
    tree=build/sanitize-${set//,/-}
    cmake -S engine -B "$tree" -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_FLAGS_RELEASE="-O1 -g" -DJFHE_SANITIZE="$set" \
        -DJFHE_TESTS=ON -DJFHE_TEST_PARAMS=ON -DJFHE_VERIFY=ON --log-level=WARNING >/dev/null
    cmake --build "$tree" -j "$jobs" -- --quiet
    echo "== $set"
    ctest --test-dir "$tree" -j "$jobs" --output-on-failure --timeout 3600 || failed=1
done
exit $failed

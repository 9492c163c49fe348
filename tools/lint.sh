#!/usr/bin/env bash
# Style and structure: clang-format, clang-tidy, ruff, file lengths, the check_* tools, shell syntax.
# Usage: tools/lint.sh [--fix]      --fix rewrites the C sources and checks nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t sources < <(find engine -name '*.[ch]' | sort)
if [ "${1:-}" = --fix ]; then
    clang-format-19 -i "${sources[@]}"
    exit
fi
failed=0
step() { local name=$1; shift; if "$@"; then echo "ok    $name"; else echo "WRONG $name"; failed=1; fi; }

# 900 lines at the most: a longer file holds more than one concept. Generated files say so at the top.
lengths() { awk 'FNR == 1 {made = /[Gg]enerated|do not edit/} FNR == 901 && !made {print FILENAME " has more than 900 lines"; bad = 1} END {exit bad}' "${sources[@]}"; }
tidy() {
    cmake -S engine -B build/lint -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=Release \
        -DJFHE_TESTS=ON -DJFHE_TEST_PARAMS=ON --log-level=WARNING >/dev/null
    # Not the tests: there the analyser follows every path on which a check has already failed.
    printf '%s\n' "${sources[@]}" | grep -E '^engine/(src/.*|test/harness)\.c$' | grep -v /wasm128/ |
        xargs -P "${JOBS:-2}" -n 8 clang-tidy-19 -p build/lint --quiet --warnings-as-errors='*' 2>/dev/null
}
shells() { find tools engine .ci -name '*.sh' -o -path .ci/run -o -name zig-tool | xargs -n 1 bash -n; }

step clang-format clang-format-19 --dry-run --Werror "${sources[@]}"
step lengths lengths
step clang-tidy tidy
step shell shells
step ruff .venv/bin/ruff check --quiet .
for tool in tools/check_layers tools/check_libm tools/check_magic; do step "$tool" .venv/bin/python $tool; done
exit $failed

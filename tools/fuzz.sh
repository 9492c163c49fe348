#!/usr/bin/env bash
# Fuzz every reader for FUZZ_SECONDS (60) on each of JOBS (2) cores, then keep the inputs that reach
# new code in engine/fuzz/corpus/NAME. FUZZ_ONLY=NAME picks one. A finding stops here, its input named.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-2} seconds=${FUZZ_SECONDS:-60} tree=build/fuzz found=0
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer

cmake -S engine -B $tree -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_FLAGS_RELEASE="-O2 -g" -DJFHE_FUZZ=ON -DJFHE_SANITIZE=address,undefined \
    -DJFHE_TEST_PARAMS=ON --log-level=WARNING >/dev/null
cmake --build $tree -j "$jobs" -- --quiet

for source in engine/fuzz/f-*.c; do
    [ -e "$source" ] || { echo "no fuzz target in engine/fuzz" >&2; exit 1; }
    program=$(basename "$source" .c) name=${program#f-}
    [ "${FUZZ_ONLY:-$name}" = "$name" ] || continue
    kept=engine/fuzz/corpus/$name work=$tree/corpus/$name
    mkdir -p "$kept" "$work" "$tree/findings/$name"
    echo "== $name: $jobs x $seconds s"
    "$tree/$program" -fork="$jobs" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=65536 \
        -artifact_prefix="$tree/findings/$name/" "$work" "$kept" 2>"$tree/$name.log" || found=1
    tail -n 3 "$tree/$name.log"
    # -set_cover_merge keeps a near-minimal set, so the repository grows by little.
    "$tree/$program" -set_cover_merge=1 -max_len=65536 "$kept" "$work" 2>/dev/null || found=1
    echo "$name: $(find "$kept" -type f | wc -l) inputs kept, $(du -sh "$kept" | cut -f1)"
done
[ $found = 0 ] || { echo "findings, if any, lie in $tree/findings" >&2; exit 1; }

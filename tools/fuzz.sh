#!/usr/bin/env bash
# Fuzz every reader for FUZZ_SECONDS (60) of processor time on JOBS (2) cores, then keep the inputs that
# reach new code in engine/fuzz/corpus/NAME. FUZZ_ONLY="NAME NAME" picks some. A finding ends its target's
# run, its input kept. Processor time, not the clock's: beside other work a minute of fuzzing stays one.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-2} seconds=${FUZZ_SECONDS:-60} tree=build/fuzz slice=300 least=30 found=0
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer
TIMEFORMAT='%U %S'

cmake -S engine -B $tree -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_FLAGS_RELEASE="-O2 -g" -DJFHE_FUZZ=ON -DJFHE_SANITIZE=address,undefined \
    -DJFHE_TEST_PARAMS=ON --log-level=WARNING >/dev/null
cmake --build $tree -j "$jobs" -- --quiet

# fuzz NAME LIMIT: one slice of at most LIMIT seconds of the clock; the log is NAME.log.
fuzz() {
    "$tree/f-$1" -fork="$jobs" -max_total_time="$2" -rss_limit_mb=2048 -timeout=10 -max_len=65536 \
        -artifact_prefix="$tree/findings/$1/" "$tree/corpus/$1" "engine/fuzz/corpus/$1" 2>"$tree/$1.log"
}

# real NAME: whether one of the inputs that ended a slice is bad when it is run alone. A process that was stopped or
# starved for ten seconds looks like a slow reader to libFuzzer; such inputs are dropped.
real() {
    local input bad=1
    for input in "$tree/findings/$1"/{crash,leak,oom,timeout}-*; do
        [ -e "$input" ] || continue
        if "$tree/f-$1" -timeout=10 -rss_limit_mb=2048 "$input" >/dev/null 2>&1; then rm "$input"; else bad=0; fi
    done
    return $bad
}

for source in engine/fuzz/f-*.c; do
    [ -e "$source" ] || { echo "no fuzz target in engine/fuzz" >&2; exit 1; }
    program=$(basename "$source" .c) name=${program#f-}
    case " ${FUZZ_ONLY:-$name} " in *" $name "*) ;; *) continue ;; esac
    kept=engine/fuzz/corpus/$name work=$tree/corpus/$name spent=0 inputs=0 clean=1
    mkdir -p "$kept" "$work" "$tree/findings/$name"
    echo "== $name: $seconds s of processor time"
    while [ $clean = 1 ] && [ "$spent" -lt "$seconds" ]; do
        limit=$(((seconds - spent) / jobs + 1))
        limit=$((limit < least ? least : limit)) # a slice of a second or two, on a busy machine, is all start
        { time fuzz "$name" $((limit < slice ? limit : slice)) || ! real "$name" || clean=0; } 2>"$tree/$name.time"
        spent=$(awk -v spent="$spent" 'END {print int(spent + $1 + $2 + 0.5)}' "$tree/$name.time")
        ran=$(sed -n 's/^#\([0-9]*\):.*/\1/p' "$tree/$name.log" | tail -n 1)
        inputs=$((inputs + ${ran:-0}))
    done
    [ $clean = 1 ] || { found=1; tail -n 20 "$tree/$name.log"; }
    # -set_cover_merge keeps a near-minimal set, so the repository grows by little.
    "$tree/$program" -set_cover_merge=1 -max_len=65536 "$kept" "$work" 2>/dev/null || found=1
    echo "$name: $spent s, $inputs inputs; $(find "$kept" -type f | wc -l) kept, $(du -sh "$kept" | cut -f1)"
done
[ $found = 0 ] || { echo "findings, if any, lie in $tree/findings" >&2; exit 1; }

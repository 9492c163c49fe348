#!/usr/bin/env bash
# Install the system packages of the named groups, those missing only, when this user may.
# Usage: tools/system.sh GROUP...      groups: build test clang lint valgrind browser
set -euo pipefail

missing=()
# need PACKAGE TEST...: the package is missing when the test fails
need() { local package=$1; shift; "$@" >/dev/null 2>&1 || missing+=("$package"); }
have() { command -v "$1"; }

for group in "$@"; do
    case $group in
    build)
        need gcc have cc
        need libc6-dev test -e /usr/include/stdlib.h
        need cmake have cmake
        need ninja-build have ninja
        ;;
    test)
        need python3 have python3
        need python3-venv python3 -c 'import ensurepip, venv'
        need python3-dev python3 -c 'import os, sysconfig; os.stat(sysconfig.get_paths()["include"] + "/Python.h")'
        need nodejs have node
        need npm have npm
        need binutils have nm
        ;;
    clang)
        need clang-19 have clang-19
        need libclang-rt-19-dev test -d /usr/lib/llvm-19/lib/clang/19/lib/linux
        need llvm-19 have llvm-symbolizer-19
        need libstdc++-12-dev compgen -G '/usr/lib/gcc/*/*/libstdc++.so'
        ;;
    lint)
        need clang-format-19 have clang-format-19
        need clang-tidy-19 have clang-tidy-19
        ;;
    browser)
        need chromium have chromium
        need fonts-dejavu-core test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
        ;;
    valgrind) need valgrind test -e /usr/include/valgrind/memcheck.h ;;
    *) echo "system.sh: no group called $group" >&2; exit 2 ;;
    esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "Please install these packages first: ${missing[*]}" >&2
    exit 1
fi
command -v apt-get >/dev/null || { echo "Please install what these Debian packages hold: ${missing[*]}" >&2; exit 1; }
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "${missing[@]}" >/dev/null

#!/usr/bin/env bash
exec "${BASH_SOURCE[0]%/*}/zig-tool" ar "$@"

"""engine/wasm/exports.txt: what jfhe.wasm lets its host call."""

ALLOCATOR = ["free", "malloc"]


def write(model):
    """One name a line. Functions that want a function of the host's are left out: JavaScript has none to give
    without a table of its own, and each has a sibling that takes bytes or arrays."""
    kept = sorted(f.name for f in model.functions if not model.calls_back(f))
    left_out = sorted(f.name for f in model.functions if model.calls_back(f))
    lines = ["# Written by tools/gen_bindings from engine/include/jfhe; do not edit.",
             "# Memory for arguments and results:", *ALLOCATOR,
             "# Every public function but those that call the host back:", *kept,
             "# Left out:", *(f"#   {name}" for name in left_out)]
    return "\n".join(lines) + "\n"

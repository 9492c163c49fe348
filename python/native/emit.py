"""Write the C of one extension module from its definition: emit.py MODULE DEFINITION HEADERS OUT.

    emit.py jupyterfhe._native _native.cdef jfhe/jfhe.h out.c

cffi's API mode: the compiler sees the real headers beside the definition, so a type, a value or a layout on which the two
disagree stops the build or the import, and arguments are converted by compiled code.
"""

import sys
from pathlib import Path

import cffi


def emit(module, definition, headers, out):
    builder = cffi.FFI()
    builder.cdef(Path(definition).read_text())
    builder.set_source(module, "".join(f'#include "{header}"\n' for header in headers.split(",")))
    builder.emit_c_code(out)


if __name__ == "__main__":
    emit(*sys.argv[1:])

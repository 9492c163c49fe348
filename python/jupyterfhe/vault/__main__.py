"""``python -m jupyterfhe.vault``, as ``jupyterfhe vault``."""

import sys

from .command import main

sys.exit(main(sys.argv[1:]))

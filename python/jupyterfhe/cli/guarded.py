"""``python -m jupyterfhe.cli.guarded SCRIPT ...``: runs a script where importing the client is refused.

Nothing of the client may be loaded here, so nothing is imported that might.
"""

import os
import runpy
import sys

REFUSED = "jupyterfhe.client"


class Guard:
    """An import hook that refuses the client and everything in it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Refuse, or leave it to others."""
        if name == REFUSED or name.startswith(f"{REFUSED}."):
            raise ImportError(f"{name} holds the secret key's code, and a script that jupyterfhe run started computes without "
                              "it; decrypt afterwards with: jupyterfhe decrypt NAME", name=name)


def main():
    """Run ``sys.argv[1]`` as the main program, with the rest as its arguments."""
    sys.meta_path.insert(0, Guard)
    del sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
